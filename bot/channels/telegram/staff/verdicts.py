"""What staff read of a changed content: what was changed, which questions would be answered otherwise, and what would get worse.

What would get worse stands first. Everything fits into one message; what has no room there is told on demand, page by page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.session import SEOUL
from bot.channels.telegram.layout import MAX_UNITS, split
from bot.content.changes import Changes
from bot.evaluation.judgement import CONFIRMED, FALSE_ALARM, Difference, Floor, Verdict
from bot.store.proposals import DECLINED, JUDGING, OPEN, PUBLISHED, REPLACED, UNDONE, WITHDRAWN, Proposal

SHOWN, WORSE_SHOWN, NAMES_SHOWN, NOTES_SHOWN = 5, 6, 6, 3
QUESTIONS_SHOWN, FLOORS_SHOWN = 3, 3  # of questions whose answers change alike; of floors that are broken
_QUESTION, _REPLY, _BEFORE = 70, 90, 15  # characters; of a reply those before the first that differ
_ROOM = MAX_UNITS - 200
_MARKS = {CONFIRMED: "사실이 아닌 것을 맞다고 합니다", FALSE_ALARM: "급하지 않은 말을 급한 말로 봅니다"}
_SLOTS = {
    "answer": "답이 있는 질문",
    "partial": "일부만 아는 질문",
    "abstain": "소식지에 없는 질문",
    "chitchat": "인사말",
    "dialogue turn": "이어지는 대화",
}
_HEADS = {
    JUDGING: "질문을 모아 물어보며 살펴보는 중입니다. 주민에게는 아직 앞의 내용이 나갑니다.",
    OPEN: "파일이 바뀌었습니다. 올리기 전에는 주민에게 앞의 내용이 나갑니다.",
    PUBLISHED: "올렸습니다. 주민에게 새 내용이 나갑니다.",
    DECLINED: "올리지 않기로 했습니다. 주민에게는 앞의 내용이 그대로 나갑니다. 고친 파일은 폴더에 그대로 있고, 이 번호로 보관합니다.",
    UNDONE: "올렸다가 앞의 판으로 되돌렸습니다. 고친 파일은 폴더에 그대로 있고, 이 번호로 보관합니다.",
    REPLACED: "그 뒤에 파일이 또 바뀌어, 새 카드로 갈음했습니다.",
    WITHDRAWN: "파일이 올라가 있는 내용과 같아져, 거두었습니다.",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a proposal once it has been looked at.

    verdict  None where it could not be held against what is served
    fault    why not, as staff read it
    """

    changes: Changes = field(default_factory=Changes)
    verdict: Verdict | None = None
    fault: str = ""

    @property
    def objects(self) -> bool:
        """Whether publishing needs a second word."""
        return self.verdict is None or self.verdict.objects

    def without_residents(self) -> Judged:
        """The same without what residents have asked."""
        if self.verdict is None:
            return self
        kept = tuple(one for one in self.verdict.differences if not one.is_residents)
        return self if len(kept) == len(self.verdict.differences) else replace(self, verdict=replace(self.verdict, differences=kept))

    def as_text(self) -> str:
        shown = {"changes": self.changes.as_json(), "verdict": self.verdict.as_json() if self.verdict else None, "fault": self.fault}
        return json.dumps(shown, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str | None) -> Judged:
        """What `as_text` made; of anything else, that it is not known."""
        try:
            value: dict[str, Any] = json.loads(text or "")
            verdict = Verdict.from_json(value["verdict"]) if value["verdict"] is not None else None
            return cls(Changes.from_json(value["changes"]), verdict, str(value["fault"]))
        except (ValueError, KeyError, TypeError):
            return cls(fault="견준 결과가 남아 있지 않습니다.")


def card(found: Proposal, judged: Judged) -> str:
    """The card, as things stand now."""
    lines = [f"고침 {found.id}번 · {_head(found)}", *_changed(judged.changes)]
    if found.state != OPEN:
        return "\n".join(lines)
    return fit("\n".join(lines), _judged(judged))


def warning(found: Proposal, judged: Judged) -> str:
    """What gets worse, for whoever wants to publish all the same."""
    verdict, doubt = judged.verdict, "사실이 정말로 바뀐 것이면 질문 모음의 정답이 옛것일 수 있습니다. 운영하는 분과 함께 보세요."
    tail = f"{doubt}\n그래도 올리려면 아래 단추를 눌러 주세요."
    if verdict is None:
        return fit(f"고침 {found.id}번은 질문 모음으로 살펴보지 못했습니다.", [judged.fault], tail)
    return fit(f"고침 {found.id}번을 올리면 나빠지는 것이 있습니다.", [*_floors(verdict.floors), *_introduced(verdict)], tail)


def pages(judged: Judged) -> list[str]:
    """Everything that would be answered otherwise, in messages."""
    verdict = judged.verdict
    if verdict is None or not verdict.differences:
        return ["답이 달라지는 질문이 없습니다."]
    shown = [f"{number}. {_difference(one)}" for number, one in enumerate(verdict.differences, 1)]
    if verdict.more:
        shown.append(f"이 밖에 {verdict.more}개는 적어 두지 않았습니다.")
    found, page = [], ""
    for one in shown:
        if page and _units(page) + _units(one) + 2 > _ROOM:
            found.append(page)
            page = ""
        page = f"{page}\n\n{one}" if page else one
    return [*found, page]


def fit(head: str, parts: Sequence[str], tail: str = "") -> str:
    """As many of the parts as one message has room for."""
    text = split(head, _ROOM)[0]
    for part in parts:
        if _units(text) + _units(part) + _units(tail) + 4 > _ROOM:
            text += "\n\n…"
            break
        text += f"\n\n{part}"
    return f"{text}\n\n{tail}" if tail else text


def _head(found: Proposal) -> str:
    who = f" {found.clerk_name}," if found.clerk_name else ""
    when = f"{found.decided_at.astimezone(SEOUL):%m월 %d일 %H:%M}" if found.decided_at is not None else ""
    decided = f" ({who.strip()} {when})".replace("( ", "(") if when and found.state in (PUBLISHED, DECLINED, UNDONE) else ""
    version = f" 판 {found.version}" if found.state == PUBLISHED else ""
    return f"{_HEADS[found.state]}{version}{decided}"


def _changed(changes: Changes) -> list[str]:
    lines = [f"파일: {_some(changes.files)}"] if changes.files else []
    kinds = (("고친 주제", changes.changed), ("새 주제", changes.added), ("없앤 주제", changes.removed))
    lines += [f"{name} {len(titles)}개: {_some(titles)}" for name, titles in kinds if titles]
    if changes.files and not any(titles for _, titles in kinds):
        lines.append("바뀐 주제는 없습니다. 봇의 말이나 낱말이 바뀌었습니다.")
    return lines


def _judged(judged: Judged) -> list[str]:
    verdict = judged.verdict
    if verdict is None:
        return [f"⚠ 질문 모음으로 살펴보지 못했습니다.\n{judged.fault}\n올리려면 한 번 더 확인을 받습니다."]
    found = [*_introduced(verdict), *_floors(verdict.floors)]
    others = [one for one in verdict.differences if not one.is_introduced]
    if not verdict.differences:
        found.append("답이 달라지는 질문은 없습니다.")
    elif others:
        found.append(f"답이 달라지는 질문 {len(others) + verdict.more}개{_sums(verdict)}")
        groups = _alike(others)
        found += [f"· {_group(group)}" for group in groups[:SHOWN]]
        left = sum(map(len, groups[SHOWN:])) + verdict.more
        found += [f"이 밖에 {left}개"] if left else []
    asked = f"질문 {verdict.asked:,}개로 살펴보았습니다."
    return [*found, "\n".join([asked, *(f"참고: {note}" for note in verdict.notes[:NOTES_SHOWN])])]


def _sums(verdict: Verdict) -> str:
    parts = [f"새로 답하게 되는 질문 {len(verdict.gained)}개"] if verdict.gained else []
    lost = [one for one in verdict.lost if not one.is_introduced]  # wrong answers are told above
    parts += [f"답하지 못하게 되는 질문 {len(lost)}개"] if lost else []
    return f" ({', '.join(parts)})" if parts else ""


def _introduced(verdict: Verdict) -> list[str]:
    wrong = verdict.introduced
    if not wrong:
        return []
    found = [f"⚠ 틀린 답이 {len(wrong)}개 새로 생깁니다."]
    groups = _alike(wrong)
    found += [f"✗ {_group(group)}" for group in groups[:WORSE_SHOWN]]
    left = sum(map(len, groups[WORSE_SHOWN:]))
    return [*found, *([f"이 밖에 틀린 답 {left}개"] if left else [])]


def _alike(differences: Sequence[Difference]) -> list[list[Difference]]:
    """Put together by what is said before and after, in the order of the first of each: one slip changes many answers in one way."""
    found: dict[tuple[str, ...], list[Difference]] = {}
    for one in differences:
        found.setdefault((*_excerpts(one.before.body, one.after.body), *one.after.marks), []).append(one)
    return [*found.values()]


def _group(group: Sequence[Difference]) -> str:
    """Questions whose answers change alike, the first ones by name."""
    if len(group) == 1:
        return _difference(group[0])
    named = ", ".join(_question(one) for one in group[:QUESTIONS_SHOWN])
    more = f" 밖에 {len(group) - QUESTIONS_SHOWN}개" if len(group) > QUESTIONS_SHOWN else ""
    return f"{named}{more}\n{_change(group[0])}"


def _floors(floors: Sequence[Floor]) -> list[str]:
    if not floors:
        return []
    lines = [f"⚠ 지켜야 할 기준 {len(floors)}개에 못 미치게 됩니다."]
    for one in floors[:FLOORS_SHOWN]:
        what, limit = ("제대로 답함", f"{one.floor:g}% 이상") if one.what == "resolved" else ("틀리게 답함", f"{one.floor:g}% 이하")
        lines.append(f"✗ {one.suite} · {_SLOTS.get(one.slot, one.slot)}: {what} {one.before:g}% → {one.after:g}% (기준 {limit})")
    lines += [f"이 밖에 {len(floors) - FLOORS_SHOWN}개"] if len(floors) > FLOORS_SHOWN else []
    return ["\n".join(lines)]


def _difference(one: Difference) -> str:
    return f"{_question(one)}\n{_change(one)}"


def _question(one: Difference) -> str:
    asked = f" (주민 {one.count}번)" if one.is_residents and one.count else ""
    return f"“{_shorten(one.question, _QUESTION)}”{asked}"


def _change(one: Difference) -> str:
    marks = [_MARKS[mark] for mark in one.after.marks if mark not in one.before.marks and mark in _MARKS]
    before, after = _excerpts(one.before.body, one.after.body)
    return "\n".join([*marks, f"  지금: {before}", f"  고치면: {after}"])


def _excerpts(before: str, after: str) -> tuple[str, str]:
    """Both replies in a line each, from shortly before where they begin to differ."""
    before, after = " ".join(before.split()), " ".join(after.split())
    same = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), min(len(before), len(after)))
    start = before.rfind(" ", 0, max(0, same - _BEFORE)) + 1 if same > _REPLY - 2 * _BEFORE else 0
    head = "…" if start else ""
    return head + _shorten(before[start:], _REPLY), head + _shorten(after[start:], _REPLY)


def _shorten(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _some(names: Sequence[str]) -> str:
    shown = [_shorten(name, 40) for name in names[:NAMES_SHOWN]]
    return ", ".join(shown) + (f" 밖에 {len(names) - NAMES_SHOWN}개" if len(names) > NAMES_SHOWN else "")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "replace")) // 2


__all__ = ["Judged", "card", "fit", "pages", "warning"]
