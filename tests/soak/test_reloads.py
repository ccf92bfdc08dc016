"""Hundreds of saves while residents ask, some of them broken: nobody is answered from a half-read file, and nobody is left waiting."""

from __future__ import annotations

import re
import threading
import time

FIRST_CHAT = 10_000
BROKEN = (
    "section: [\n",
    "section: 안전\ntopics:\n  - id: cctv\n    titel: 오타\n",
    "section: 안전\ntopics:\n  - id: lamp\n    title: 등\n    answer: ''\n",
)


def write(folder, number):
    """Two files that belong together: each tells the same number."""
    for name, lamp in (("one", "가로등"), ("two", "보안등")):
        text = f"section: 시험\ntopics:\n  - id: {name}\n    title: {lamp} 점검표\n    answer: 점검표는 {number}번이에요.\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def is_taken_in(content, last):
    return content["fault"] is None and content["version"] != last


def test_reloads_never_mix_two_versions(api, run, tmp_path, is_long, report):
    folder = tmp_path / "knowledge"
    folder.mkdir()
    write(folder, 0)
    saves, chats = 500 if is_long else 12, 20
    stop = threading.Event()
    asked = []

    def ask():
        n = 0
        while not stop.is_set():
            api.message(FIRST_CHAT + n % chats, ("가로등 점검표", "보안등 점검표")[n % 2])
            asked.append(n)
            n += 1
            time.sleep(0.02)

    with run(knowledge=folder) as bot:
        asking = threading.Thread(target=ask)
        asking.start()
        version = bot.ready()["content"]["version"]
        try:
            for n in range(1, saves + 1):
                if n % 3 == 0:
                    (folder / "one.yaml").write_text(BROKEN[n // 3 % 3], encoding="utf-8")
                    bot.wait(lambda: bot.ready()["content"]["fault"], 10)
                else:
                    write(folder, n)
                    bot.wait(lambda last=version: is_taken_in(bot.ready()["content"], last), 10)
                    version = bot.ready()["content"]["version"]
            write(folder, good := saves + 1)
            bot.wait(lambda: any(f"{good}번" in sent.text for sent in api.sent()[-50:]), 10)
        finally:
            stop.set()
            asking.join()
        bot.wait(lambda: len(api.sent()) >= len(asked), 30)

    told = [re.search(r"점검표는 (\d+)번", sent.text) for sent in api.sent()]
    numbers = [int(found[1]) for found in told if found]
    report(f"{saves} saves, a third of them broken, under {len(asked)} questions: {len(numbers)} answers of {len(set(numbers))} versions")
    assert len(numbers) == len(asked) == len(api.sent())
    # One version after another; never an older one again, never a broken one.
    assert numbers == sorted(numbers)
    assert not [number for number in numbers if number % 3 == 0 and number not in (0, good)]
