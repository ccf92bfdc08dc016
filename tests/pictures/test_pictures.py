"""The pictures of the staff guide show what the bot says today."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pictures.plays import PLAYS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "pictures"
sys.path.insert(0, str(FOLDER))

from stamp import digest_of, stamped  # noqa: E402

REMEDY = "run `make pictures`, look at the pictures, and commit them"


@pytest.fixture(scope="module")
def perform(tmp_path_factory):
    """Plays a play once."""
    done = {}

    def performed(name: str):
        if name not in done:
            done[name] = PLAYS[name].perform(tmp_path_factory.mktemp(name))
        return done[name]

    return performed


@pytest.mark.parametrize("name", PLAYS)
def test_the_bot_still_says_what_the_pictures_show(perform, name):
    for picture in perform(name).values():
        file = FOLDER / f"{picture.name}.md"

        assert file.exists(), f"there is no {file.name}: {REMEDY}"
        assert file.read_text(encoding="utf-8") == picture.transcript(), f"{picture.name} has grown stale: {REMEDY}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_a_picture_belongs_to_its_transcript_and_is_small(path):
    image = path.with_suffix(".png").read_bytes()

    assert stamped(image) == digest_of(path.read_text(encoding="utf-8")), f"{path.stem}.png is not the picture of {path.name}: {REMEDY}"
    assert len(image) <= 150_000


def test_the_staff_guide_describes_its_pictures_in_their_own_words():
    shown = re.findall(r"!\[([^\]]*)\]\(pictures/([\w-]+)\.png\)", (ROOT / "docs" / "staff-guide.md").read_text(encoding="utf-8"))

    assert shown
    for alt, name in shown:
        assert alt == (FOLDER / f"{name}.md").read_text(encoding="utf-8").splitlines()[2]


def test_no_picture_is_left_over(perform):
    known = {name for play in PLAYS for name in perform(play)}

    assert {path.stem for path in FOLDER.glob("*.md")} == known
    assert {path.stem for path in FOLDER.glob("*.png")} == known
