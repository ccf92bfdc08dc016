"""What the console says of a reply is Korean that a clerk understands: no name of the code is left without its words."""

from __future__ import annotations

import re
from pathlib import Path

from bot.channels import explain
from bot.matching.evidence import FEATURES

ROOT = Path(__file__).resolve().parents[2]


def test_every_feature_of_the_evidence_has_a_korean_name():
    assert set(FEATURES) <= set(explain.FEATURES)


def test_every_reason_of_a_decision_has_a_korean_sentence():
    sources = [ROOT / "bot" / "engine.py", *(ROOT / "bot" / "dialogue").glob("*.py")]
    reasons = {reason for path in sources for reason in re.findall(r'reason="([^"]+)"', path.read_text(encoding="utf-8"))}

    assert reasons
    assert reasons <= set(explain.REASONS)
