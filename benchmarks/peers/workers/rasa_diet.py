"""Rasa 3.6 as its own template sets it up for intents: words and character 1–4-grams into DIET, 100 epochs; the confidence is Rasa's.

Trained in a process of its own, so that the memory is that of a bot that serves. Runs on Python 3.8 to 3.10.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from worker import Answer, Base, peak_mb, run, use_core

CONFIG = """
version: "3.1"
recipe: default.v1
language: ko
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    entity_recognition: false
    constrain_similarities: true
    random_seed: 7
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        # Rasa writes settings into the home folder, and what it trained into the working folder: a second run would not train at all.
        os.environ["RASA_CACHE_DIRECTORY"] = str(Path(folder) / "cache")
        os.environ.update(HOME=folder, RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", SQLALCHEMY_SILENCE_UBER_WARNING="1")
        training: dict[str, Any] = {}

        def build(request: dict[str, Any]) -> Answer:
            (Path(folder) / "config.yml").write_text(CONFIG, encoding="utf-8")
            (Path(folder) / "nlu.yml").write_text(examples(request["base"]), encoding="utf-8")
            done = subprocess.run([sys.executable, __file__, folder], stdout=subprocess.PIPE, encoding="utf-8", check=True)
            training.update(json.loads(done.stdout.splitlines()[-1]))
            return load(training.pop("model"))

        request = json.load(sys.stdin)
        use_core(request.get("core"))
        result = run(request, build)
        print("\n" + json.dumps({**result, **training}), flush=True)


def examples(base: Base) -> str:
    """The base as Rasa's training data; brackets would be read as entities."""
    lines = ['version: "3.1"', "nlu:"]
    for topic, phrasings in base.items():
        lines += [f"- intent: {topic}", "  examples: |"]
        lines += ["    - " + " ".join(phrasing.translate(str.maketrans("[]{}", "()()")).split()) for phrasing in phrasings]
    return "\n".join(lines) + "\n"


def train(folder: str) -> None:
    from rasa.model_training import train_nlu

    model = train_nlu(str(Path(folder) / "config.yml"), str(Path(folder) / "nlu.yml"), folder)
    print("\n" + json.dumps({"model": model, "training_seconds": time.process_time(), "training_peak_mb": peak_mb()}), flush=True)


def load(model: str) -> Answer:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    loop = asyncio.new_event_loop()

    def answer(question: str) -> tuple[str, float]:
        intent = loop.run_until_complete(agent.parse_message(question))["intent"]
        return intent["name"] or "", intent["confidence"]

    return answer


if __name__ == "__main__":
    train(sys.argv[1]) if len(sys.argv) > 1 else main()
