"""The bot itself, whole: understanding, deciding and wording. With --semantic, its optional extra is switched on.

Besides what every worker tells: kind and body of each reply, for on its own knowledge the bot is judged by what it says.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import tempfile
import threading
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
        os.environ["XDG_CACHE_HOME"] = folder  # nothing is encoded beforehand

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

    given: dict[str, Any] = {"matching": {"semantic": True}} if semantic else {}
    if not request.get("packaged"):
        from benchmarks.parakqc import write_base

        given["knowledge"] = folder / "knowledge"
        given["knowledge"].mkdir()
        write_base(request["base"], given["knowledge"])
    engine = open_engine(Settings(**given))
    engine.prepare()
    if semantic:
        wait_for_encoder()
    return engine


def wait_for_encoder() -> None:
    """Waits until all phrasings are encoded: the bot answers meanwhile, by words alone. Raises RuntimeError where nothing encodes them."""
    encoding = [thread for thread in threading.enumerate() if thread.name == "semantic"]
    if not encoding:
        raise RuntimeError("matching.semantic is set, but no encoder was started")
    for thread in encoding:
        thread.join()


if __name__ == "__main__":
    main()
