"""One worker of the gate: `python -m bot.evaluation.shard` asks its share of the messages, and ends.

A job comes in as one JSON object on standard input, and goes out as one on standard output:

    in   {"settings", "knowledge", "intents", "suites": [path…], "asked": [[key, question, language]…], "now", "share", "shares"}
    out  {"version", "rows": [[key, suite, slot, question, kind, body, topics, verdict, marks]…], "notes": [text…]}
         or {"error": [place, problem, remedy]} or {"crash": name of the exception}

The settings hold no secrets. What goes wrong is told by its kind only: the words of an exception might hold those of a resident.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.building import encoder_of, engine_over, tagger_of
from bot.config import Settings
from bot.content import load_content
from bot.dialogue import State
from bot.engine import Engine
from bot.errors import BotError
from bot.evaluation.judgement import CONFIRMED, FALSE_ALARM, Answered, Told
from bot.evaluation.suites import Suite, read_suite, read_time
from bot.evaluation.verdicts import Outcome, run_suite

_NICE = 5  # whoever answers residents comes first; lower still, any other work on the machine would make staff wait for minutes


def main() -> None:
    """Reads the job, asks, writes what came of it."""
    with contextlib.suppress(AttributeError, OSError):  # Windows has no nice
        os.nice(_NICE)
    gc.disable()  # the process does not live long enough for it to pay
    # Whatever a library prints must not come between.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        output.write(json.dumps(_work(json.load(sys.stdin.buffer)), ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _work(job: dict[str, Any]) -> dict[str, Any]:
    try:
        engine = _open_engine(job)
        suites, notes = read_suites([Path(path) for path in job["suites"]])
        rows = [*_suite_rows(engine, suites, job["share"], job["shares"]), *_asked_rows(engine, job["asked"], job["now"])]
        return {"version": engine.content.version, "rows": [pack(row) for row in rows], "notes": notes}
    except BotError as error:
        return {"error": [error.place, error.problem, error.remedy]}
    except Exception as error:
        return {"crash": type(error).__name__}


def _open_engine(job: dict[str, Any]) -> Engine:
    settings = Settings.model_validate(job["settings"])
    content = load_content(Path(job["knowledge"]), Path(job["intents"]))
    # What the served bot does without, it was told of when it started.
    engine = engine_over(content, tagger_of(settings, _ignore), settings, encoder_of(settings, _ignore))
    engine.prepare()
    engine.wait()  # an answer must not hang on how far the encoder has come
    return engine


def _ignore(warning: str) -> None:
    return


def read_suites(paths: Sequence[Path]) -> tuple[list[Suite], list[str]]:
    """(the suites that can be read, what is wrong with the others)."""
    suites: dict[str, Suite] = {}
    notes = []
    for path in paths:
        suite, faults = read_suite(path)
        if suite is None:
            more = f" (이 밖에 {len(faults) - 1}곳 더)" if len(faults) > 1 else ""
            notes.append(f"질문 모음을 읽지 못해 빼고 견주었습니다. {faults[0]}{more}")
        elif suite.name in suites:
            notes.append(f"'{suite.name}'이라는 질문 모음이 둘이라 {path}은(는) 빼고 견주었습니다.")
        else:
            suites[suite.name] = suite
    return [*suites.values()], notes


def _suite_rows(engine: Engine, suites: Sequence[Suite], share: int, shares: int) -> Iterator[Answered]:
    for suite in suites:
        for outcome in run_suite(engine, replace(suite, cases=suite.cases[share::shares])):
            yield Answered(outcome.key, outcome.suite, outcome.slot, outcome.ask.q, _told(outcome))


def _told(outcome: Outcome) -> Told:
    reply, marks = outcome.reply, ((CONFIRMED,) * outcome.confirmed + (FALSE_ALARM,) * outcome.urgent_false)
    return Told(reply.kind, reply.text, reply.topics, outcome.verdict, marks)


def _asked_rows(engine: Engine, asked: Sequence[Sequence[str]], now: str) -> Iterator[Answered]:
    for key, question, language in asked:
        reply = engine.reply(question, State(language=language), read_time(now)).reply
        yield Answered(key, "", "", question, Told(reply.kind, reply.text, reply.topics))


def pack(row: Answered) -> list[Any]:
    """The row as JSON takes it."""
    told = row.told
    return [row.key, row.suite, row.slot, row.question, told.kind, told.body, list(told.topics), told.verdict, list(told.marks)]


def unpack(values: Sequence[Any]) -> Answered:
    """The row that `pack` packed."""
    key, suite, slot, question, kind, body, topics, verdict, marks = values
    return Answered(key, suite, slot, question, Told(kind, body, tuple(topics), verdict, tuple(marks)))


if __name__ == "__main__":
    main()
