"""Which wording a resident has consented to: the one that was shown with the text, and no other, however the files change meanwhile."""

from __future__ import annotations

from hashlib import sha256

from bot.content import Content
from bot.store.handoffs import Draft

# What is approved with a press: the wording around the text that is shown, and around the message just sent.
SHOWN = ("ask", "terms", "terms_masked", "under_age")
REPORT = ("report_ask", "report_button")


def wording_version(content: Content, language: str, keys: tuple[str, ...] = SHOWN) -> str:
    """By which it is known later which wording was approved."""
    wording = "\n".join(content.say(key, language) for key in keys)
    return sha256(wording.encode("utf-8")).hexdigest()[:12]


def is_current(content: Content, draft: Draft) -> bool:
    """Whether the wording that the draft was shown with is still the one that holds."""
    shown = (SHOWN, REPORT) if draft.kind == "report" else (SHOWN,)
    return draft.consent in {wording_version(content, draft.language, keys) for keys in shown}
