"""The bot itself, whole: understanding, deciding and wording. With --semantic, its optional extra is switched on.

Besides what every worker tells: kind and body of each reply, for on its own knowledge the bot is judged by what it says.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from worker import WARM_UP, Answer, run

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
NOW = "2021-02-01T09:00:00+09:00"


def main() -> None:
    request = json.load(sys.stdin)
    replies: list[tuple[str, str]] = []
    warm = min(WARM_UP, len(request["base"]))
    nows = [dt.datetime.fromisoformat(now) for now in [NOW] * warm + (request.get("nows") or [NOW] * len(request["questions"]))]

    with tempfile.TemporaryDirectory() as folder:

        def build(request: dict[str, Any]) -> Answer:
            engine = open_bot(request, Path(folder), "--semantic" in sys.argv)

            def answer(question: str) -> tuple[str, float]:
                reply = engine.reply(question, None, nows[len(replies)]).reply
                replies.append((reply.kind, reply.body))
                return (reply.candidates[0][0] if reply.candidates else "", reply.confidence)

            return answer

        result = run(request, build)
    result["replies"] = replies[warm:]
    print("\n" + json.dumps(result), flush=True)


def open_bot(request: dict[str, Any], folder: Path, semantic: bool) -> Any:
    """The engine over the packaged knowledge, or over the base that was sent."""
    from bot.commands.opening import open_engine
    from bot.config import Settings

    given: dict[str, Any] = {}
    if not request.get("packaged"):
        from benchmarks.parakqc import write_base

        write_base(request["base"], folder)
        given["knowledge"] = folder
    if semantic:
        given["matching"] = {"semantic": True}
    return open_engine(Settings(**given))


if __name__ == "__main__":
    main()
