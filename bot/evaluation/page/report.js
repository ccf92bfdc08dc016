"use strict";
// Shows the failures that the chosen verdict, style, suite and text leave. Without it the page shows them all.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const rows = [...document.querySelectorAll("#list > details")];
  const filter = () => {
    const { verdict, style, suite, text } = form.elements;
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const { v, s, f } = row.dataset;
      const fits = (!verdict.value || v === verdict.value) && (!style.value || s === style.value) && (!suite.value || f === suite.value)
        && (!wanted || row.textContent.toLowerCase().includes(wanted));
      row.hidden = !fits;
      shown += fits;
    }
    form.querySelector("output").textContent = `${shown}개`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
})();
