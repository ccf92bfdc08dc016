"""Two contents as a diff that people read."""

from __future__ import annotations

from bot.content.diff import changed_files, unified, unified_texts
from bot.content.snapshot import Snapshot

BEFORE = Snapshot({"knowledge/a.yaml": "가\n나\n", "knowledge/b.yaml": "같음\n", "knowledge/old.yaml": "옛것\n"})
AFTER = Snapshot({"knowledge/a.yaml": "가\n다\n", "knowledge/b.yaml": "같음\n", "knowledge/new.yaml": "새것\n"})


def test_only_what_changed_came_or_went_is_named():
    assert changed_files(BEFORE, AFTER) == ["knowledge/a.yaml", "knowledge/new.yaml", "knowledge/old.yaml"]
    assert changed_files(BEFORE, BEFORE) == []


def test_lines_are_shown_before_and_after():
    lines = unified(BEFORE, AFTER).splitlines()

    assert lines[:6] == ["--- 앞/knowledge/a.yaml", "+++ 뒤/knowledge/a.yaml", "@@ -1,2 +1,2 @@", " 가", "-나", "+다"]
    assert {"+새것", "-옛것"} <= set(lines)
    assert unified(BEFORE, BEFORE) == unified_texts("가", "가", "x") == ""
