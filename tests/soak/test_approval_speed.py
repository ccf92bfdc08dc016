"""How long staff wait: from a save to the card, from a press to the residents' new answer, with the whole packaged content and all its suites.

A busy machine judges later; the card comes in time all the same, and says that the change is being looked at.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from channels.telegram.office import CLERKS, STAFF, set_up
from channels.telegram.running import ROOT, Running

RESIDENT, QUESTION = 501, "/start bell"
OLD, NEW, LATER = "안전비상벨", "안심비상벨", "안내비상벨"


@pytest.fixture
def office(tmp_path):
    """A folder of an office's own, as `yongsan-bot init` makes it."""
    folder = tmp_path / "office"
    subprocess.run([sys.executable, "-m", "bot", "init", str(folder)], cwd=ROOT, check=True, capture_output=True)
    return folder


def test_a_save_is_judged_and_a_press_serves_it(api, tmp_path, office, is_long, report):
    if not is_long:
        pytest.skip("asks all suites; small ones are asked in test_approval.py")
    file = office / "knowledge" / "safety.yaml"
    settings = {"knowledge": office / "knowledge", "intents": office / "intents"}
    with Running(api, tmp_path, **set_up(api), **settings) as bot:

        def told(words: str) -> bool:
            return words in bot.say(RESIDENT, QUESTION)[-1].text

        def seconds(act: Callable[[], object], until: Callable[[], object], at_most: float) -> float:
            begun = time.monotonic()
            act()
            bot.wait(until, at_most)
            return time.monotonic() - begun

        def save(old: str, new: str) -> None:
            file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

        def card(number: int, words: str):
            return next((sent for sent in api.sent(STAFF) if sent.versions[0].startswith(f"고침 {number}번") and words in sent.text), None)

        cold = seconds(lambda: save(OLD, NEW), lambda: card(1, ""), 60)
        judged = cold + seconds(lambda: None, lambda: card(1, "올리기 전에는"), 120)
        bot.press(card(1, ""), "되돌리기", user_id=CLERKS[0])
        save(NEW, OLD)
        bot.wait(lambda: bot.ready()["content"]["proposed"] is None)
        time.sleep(40)  # until the suites have been asked of what serves
        warm = seconds(lambda: save(OLD, LATER), lambda: card(2, ""), 60)
        ready = warm + seconds(lambda: None, lambda: card(2, "올리기 전에는"), 120)
        press = "올리기"
        where = card(2, "")
        if "⚠" in where.text:
            bot.press(where, "올리기", user_id=CLERKS[0])
            where, press = next(sent for sent in api.sent(STAFF) if "그래도 올리려면" in sent.text), "그래도 올리기"
        published = seconds(lambda: api.press(where, press, user_id=CLERKS[0]), lambda: told(LATER), 20)
        bot.wait(lambda: card(2, "올렸습니다"))
        back = seconds(lambda: api.press(card(2, ""), "앞의 판으로 되돌리기", user_id=CLERKS[0]), lambda: told(OLD), 20)

    report(f"right after the start: save → card {cold:.1f} s, judged {judged:.1f} s; later: {warm:.1f} s, {ready:.1f} s")
    report(f"press → new answer {published:.1f} s; back → old answer {back:.1f} s")
    assert max(cold, warm) < 10
    assert max(published, back) < 2
