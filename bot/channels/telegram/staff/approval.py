"""Staff decide on changed contents: the card of a proposal, its buttons, and what the group is told of files.

Promises: nothing is published but by a press of a member of the group, and what gets worse only by a second one that names it; a proposal is
decided once, whoever presses at the same time; a card shows how things stand, and a stale button answers with what has become of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from bot.channels.serving import Serving
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.publishing import Saved
from bot.channels.telegram.staff import verdicts
from bot.channels.telegram.staff.group import StaffGroup
from bot.channels.telegram.staff.parts import Button, Part, change, data, say, toast
from bot.channels.telegram.staff.verdicts import Judged
from bot.channels.telegram.step import Step
from bot.store import contents, mail, proposals, publications
from bot.store.proposals import DECLINED, JUDGING, OPEN, PUBLISHED, REPLACED, UNDONE, WITHDRAWN, Proposal

NAME = "approval"
PAGES_AT_ONCE = 4  # messages: Telegram lets a bot send twenty a minute to a group
CARD_AGAIN = dt.timedelta(minutes=10)  # after which a proposal whose card has not arrived gets one again
_ON_ITS_WAY = 0  # in place of the id of a card
_FATES = {
    JUDGING: "아직 살펴보는 중입니다.",
    OPEN: "아직 정하지 않은 고침입니다.",
    PUBLISHED: "이미 올린 고침입니다.",
    DECLINED: "올리지 않기로 한 고침입니다.",
    UNDONE: "올렸다가 되돌린 고침입니다.",
    REPLACED: "그 뒤에 파일이 또 바뀌었습니다. 새 카드를 봐 주세요.",
    WITHDRAWN: "파일이 올라가 있는 내용과 같아져 거둔 고침입니다.",
}


class Approval:
    """What becomes of changed contents in the group. on_decided: called when there is something to take up at once, from any thread."""

    def __init__(self, serving: Serving, group: StaffGroup) -> None:
        self.serving, self.group = serving, group
        self.on_decided: Callable[[], None] = lambda: None
        self.part = Part(
            NAME,
            presses={
                "gp": self._publish,
                "gP": self._publish_all_the_same,
                "gn": self._leave,
                "gd": self._decline,
                "gb": self._roll_back,
                "gf": self._put_files_back,
                "ga": self._look_again,
                "gm": self._show_all,
            },
            arrived=self._arrived,
            lost=self._lost,
            tick=self._tick,
        )

    # -- what comes of a save ------------------------------------------------------------------------------------

    def saw(self, step: Step, saved: Saved) -> None:
        """A sound content stands in the folder: it is proposed, in place of what was proposed before."""
        current = publications.current(step.connection)
        waiting = proposals.undecided(step.connection)
        if current is None or saved.version in (current.version, self.serving.version):
            for one in waiting:
                if not one.decided_by:
                    self._close(step, one, WITHDRAWN)
            return
        if any(one.version == saved.version for one in waiting):
            return  # seen by another replica, or before a restart
        if saved.at_start and proposals.was_decided(step.connection, saved.version):
            return
        for one in waiting:
            self._close(step, one, REPLACED)
        proposals.propose(step.connection, saved.version, current.version, saved.ready.snapshot.pack(), step.now)

    def claim(self, step: Step) -> Proposal | None:
        """A proposal that is to be judged by whoever asks; None where there is none, or others see to it."""
        current = publications.current(step.connection)
        for one in proposals.undecided(step.connection):
            if current is not None and one.version == current.version:
                self._close(step, one, PUBLISHED)  # on the command line
                continue
            is_forgotten = one.state == OPEN and not one.is_judged  # the verdict was past its time
            if current is not None and (is_forgotten or one.base != current.version):  # to be held against what is published now
                anew: dict[str, Any] = {"base": current.version, "judged_at": None, "verdict": None}
                proposals.move(step.connection, one.id, (OPEN, JUDGING), JUDGING, **anew)
                self._renew_card(step, one.id)
            if proposals.claim(step.connection, one.id, step.now):
                return proposals.get(step.connection, one.id)
        return None

    def beat(self, step: Step, number: int, tell: bool) -> None:
        """Judging goes on; tell: it takes so long that the group is told of it."""
        proposals.beat(step.connection, number, step.now)
        found = proposals.get(step.connection, number)
        if tell and found is not None and found.message_id is None:
            self._post_card(step, found)

    def judged(self, step: Step, number: int, base: str, judged: Judged) -> None:
        """It has been held against that base; or could not be, and is for staff to decide on all the same."""
        if proposals.judged(step.connection, number, base, judged.as_text()):
            self._renew_card(step, number)

    def tell_fault(self, step: Step, fault: str) -> None:
        """Tells what is wrong with the files, once; and that nothing is any more."""
        if proposals.is_news(step.connection, "content_fault", sha256(fault.encode("utf-8")).hexdigest()[:16] if fault else ""):
            wrong = f"⚠ 고친 파일에 잘못이 있어 쓰지 않았습니다. 주민에게는 앞의 내용이 나갑니다.\n\n{fault}"
            say(step, self.group, verdicts.fit(wrong, []) if fault else "고쳐졌습니다. 파일에 잘못이 없습니다.")

    def tell_unreadable(self, step: Step, number: int, version: str, problem: str) -> None:
        """Tells once that something published cannot be served."""
        if problem and proposals.is_news(step.connection, "content_unreadable", str(number)):
            text = f"⚠ 판 {version}을(를) 이 프로그램이 읽지 못합니다. 지금은 판 {self.serving.version}(으)로 답합니다.\n\n{problem}"
            say(step, self.group, verdicts.fit(text, []))

    def put_back(self, step: Step, number: int, told: str) -> None:
        """Files were put back into the folder, or could not be."""
        if proposals.put_back_done(step.connection, number):
            found = proposals.get(step.connection, number)
            say(step, self.group, f"고침 {number}번: {told}", reply_to=found.message_id or None if found else None)

    def forgotten(self, step: Step) -> None:
        """A resident has all records deleted: no verdict holds residents' own words any more, for it is not kept whose they are."""
        for found in proposals.with_verdict(step.connection):
            judged = _judged(step, found)
            without = judged.without_residents()
            if without != judged:
                proposals.change(step.connection, found.id, verdict=without.as_text())
                if found.state == OPEN:
                    self._renew_card(step, found.id)

    # -- what staff press ----------------------------------------------------------------------------------------

    def _publish(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._waiting(step, incoming, parts)
        if found is None:
            return
        judged = _judged(step, found)
        if not judged.objects:
            self._do_publish(step, incoming, found)
            return
        toast(step, incoming)
        buttons = [[["그래도 올리기", data("gP", found.id, found.base)], ["그만두기", data("gn", found.id)]]]
        say(step, self.group, verdicts.warning(found, judged), buttons, incoming.thread_id, incoming.message_id)

    def _publish_all_the_same(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._waiting(step, incoming, parts)
        if found is None:
            self._end_asking(step, incoming, "이 확인은 지난 것입니다.")
        elif parts[3:] != [found.base]:  # it named what gets worse against another content
            toast(step, incoming, "그사이 나가는 내용이 바뀌었습니다. 카드에서 다시 눌러 주세요.")
        else:
            self._do_publish(step, incoming, found)
            self._end_asking(step, incoming, f"고침 {found.id}번을 나빠지는 것을 알고 올렸습니다({incoming.who}).")

    def _leave(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        toast(step, incoming)
        self._end_asking(step, incoming, "올리지 않고 그만두었습니다. 카드는 그대로 있습니다.")

    def _end_asking(self, step: Step, incoming: Incoming, text: str) -> None:
        if incoming.message_id is not None:
            change(step, self.group, incoming.message_id, text, thread_id=incoming.thread_id)

    def _do_publish(self, step: Step, incoming: Incoming, found: Proposal) -> None:
        if not self._decide(step, incoming, found, (OPEN,), PUBLISHED):
            return
        files = proposals.files_of(step.connection, found.id)
        publications.publish(step.connection, found.version, files, "approved", step.now, incoming.person, f"고침 {found.id}번")
        self._done(step, incoming, found, "올렸습니다. 잠시 뒤부터 주민에게 새 내용이 나갑니다.")

    def _decline(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._waiting(step, incoming, parts)
        if found is not None and self._decide(step, incoming, found, (OPEN,), DECLINED):
            self._done(step, incoming, found, "올리지 않기로 했습니다. 주민에게는 앞의 내용이 나갑니다.")

    def _roll_back(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._found(step, incoming, parts, PUBLISHED)
        if found is None:
            return
        current, files = publications.current(step.connection), contents.get(step.connection, found.base)
        if current is None or current.version != found.version or files is None:
            toast(step, incoming, "지금은 다른 판이 나가고 있습니다. /versions 에서 고를 수 있습니다.")
        elif self._decide(step, incoming, found, (PUBLISHED,), UNDONE):
            publications.publish(step.connection, found.base, files, "rollback", step.now, incoming.person, f"고침 {found.id}번을 되돌림")
            self._done(step, incoming, found, "되돌렸습니다. 잠시 뒤부터 앞의 내용이 나갑니다.")

    def _put_files_back(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._found(step, incoming, parts, DECLINED, UNDONE)
        if found is None:
            return
        if not self._has_own_folder:
            toast(step, incoming, "프로그램에 든 파일이라 고쳐 쓰지 않습니다.")
            return
        proposals.ask_put_back(step.connection, found.id)
        toast(step, incoming)
        self.on_decided()

    def _look_again(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = self._found(step, incoming, parts, DECLINED, UNDONE, WITHDRAWN)
        current = publications.current(step.connection)
        if found is None or current is None:
            return
        others = proposals.undecided(step.connection)
        if others:
            toast(step, incoming, f"고침 {others[0].id}번을 먼저 정해 주세요.")
        elif found.version == current.version:
            toast(step, incoming, "이미 이 내용이 나가고 있습니다.")
        else:
            anew: dict[str, Any] = {
                "base": current.version,
                "judged_at": None,
                "verdict": None,
                "decided_at": None,
                "decided_by": incoming.person,
                "clerk_name": "",
            }
            if proposals.move(step.connection, found.id, (DECLINED, UNDONE, WITHDRAWN), JUDGING, **anew):
                self._done(step, incoming, found, "다시 살펴봅니다.")

    def _show_all(self, step: Step, incoming: Incoming, parts: list[str]) -> None:
        found = proposals.get(step.connection, _number(parts))
        if found is None or not found.is_judged:
            toast(step, incoming, "견준 결과가 남아 있지 않습니다.")
            return
        toast(step, incoming)
        pages = verdicts.pages(_judged(step, found))
        start = _number(parts[1:]) if len(parts) > 3 else 0
        for number, page in enumerate(pages[start : start + PAGES_AT_ONCE], start):
            goes_on = number == start + PAGES_AT_ONCE - 1 and number + 1 < len(pages)
            buttons: list[Button] = [("더 보기", data("gm", found.id, number + 1))] if goes_on else []
            say(step, self.group, page, buttons, incoming.thread_id, incoming.message_id)

    # -- deciding ------------------------------------------------------------------------------------------------

    def _waiting(self, step: Step, incoming: Incoming, parts: list[str]) -> Proposal | None:
        """The proposal, as far as it can be decided on now; else the press is answered."""
        found = self._found(step, incoming, parts, OPEN)
        current = publications.current(step.connection)
        if found is None or (current is not None and current.version == found.base):
            return found
        toast(step, incoming, "그사이 다른 내용이 올라갔습니다. 다시 살펴본 뒤에 눌러 주세요.")
        self.on_decided()
        return None

    def _found(self, step: Step, incoming: Incoming, parts: list[str], *states: str) -> Proposal | None:
        found = proposals.get(step.connection, _number(parts))
        if found is None:
            toast(step, incoming, "그런 고침이 없습니다. 오래되어 지워졌을 수 있습니다.")
        elif found.state not in states:
            toast(step, incoming, _fate(found))
            self._renew_card(step, found.id)
        else:
            return found
        return None

    def _decide(self, step: Step, incoming: Incoming, found: Proposal, before: tuple[str, ...], state: str) -> bool:
        """Decides in a clerk's name; False where a colleague was faster, which the press is answered with."""
        by: dict[str, Any] = {"decided_at": step.now, "decided_by": incoming.person, "clerk_name": incoming.who[:64]}
        if proposals.move(step.connection, found.id, before, state, **by):
            return True
        now = proposals.get(step.connection, found.id)
        toast(step, incoming, _fate(now or found))
        return False

    def _done(self, step: Step, incoming: Incoming, found: Proposal, text: str) -> None:
        toast(step, incoming, text)
        self._renew_card(step, found.id)
        self.on_decided()

    def _close(self, step: Step, found: Proposal, state: str) -> None:
        if proposals.move(step.connection, found.id, proposals.UNDECIDED, state, decided_at=step.now):
            self._renew_card(step, found.id)

    # -- the card ------------------------------------------------------------------------------------------------

    def _buttons(self, found: Proposal, judged: Judged) -> list[Any]:
        rows: list[Any] = []
        if found.state == OPEN:
            rows.append([["올리기", data("gp", found.id)], ["되돌리기", data("gd", found.id)]])
            if judged.verdict is not None and judged.verdict.differences:
                rows.append(("모두 보기", data("gm", found.id)))
        elif found.state == PUBLISHED and found.clerk_name:
            rows.append(("앞의 판으로 되돌리기", data("gb", found.id)))
        elif found.state in (DECLINED, UNDONE, WITHDRAWN):
            if self._has_own_folder and found.state != WITHDRAWN:
                rows.append(("파일도 되돌리기", data("gf", found.id)))
            rows.append(("다시 살펴보기", data("ga", found.id)))
        return rows

    def _renew_card(self, step: Step, number: int) -> None:
        """Has the card show how things stand; where there is none yet, it is posted."""
        found = proposals.get(step.connection, number)
        if found is None or found.message_id == _ON_ITS_WAY:
            return  # it is looked at again when it has arrived
        if found.message_id is None:
            if found.state == OPEN:
                self._post_card(step, found)
            return
        judged = _judged(step, found)
        change(step, self.group, found.message_id, verdicts.card(found, judged), self._buttons(found, judged), note=_note(found))

    def _post_card(self, step: Step, found: Proposal) -> None:
        judged = _judged(step, found)
        proposals.change(step.connection, found.id, message_id=_ON_ITS_WAY)
        say(step, self.group, verdicts.card(found, judged), self._buttons(found, judged), note=_note(found))

    def _arrived(self, step: Step, note: Mapping[str, Any], message_id: int) -> None:
        found = proposals.get(step.connection, int(note["id"]))
        if found is None:
            return
        proposals.change(step.connection, found.id, message_id=message_id or None)
        if note["looks"] != _looks(found):
            self._renew_card(step, found.id)  # it has changed while the card was on its way

    def _lost(self, step: Step, lost: mail.Lost) -> None:
        proposals.change(step.connection, int(lost.note["id"]), message_id=None)  # the next round posts another

    def _tick(self, step: Step) -> None:
        if not self.group.is_usable or self.group.chat_id is None:
            return
        for found in proposals.undecided(step.connection):
            is_missing = found.message_id is None or (found.message_id == _ON_ITS_WAY and step.now - found.at > CARD_AGAIN)
            is_due = found.state == OPEN and is_missing
            if is_due and not mail.has_parcels(step.connection, step.bot, step.keys.chat(self.group.chat_id)):
                self._post_card(step, found)

    @property
    def _has_own_folder(self) -> bool:
        return self.serving.knowledge is not None or self.serving.intents is not None


def _looks(found: Proposal) -> str:
    """By which it is known whether a card shows how things stand."""
    return f"{found.state}|{found.base}|{found.decided_at.timestamp() if found.decided_at else ''}"


def _note(found: Proposal) -> dict[str, Any]:
    return {"part": NAME, "id": found.id, "looks": _looks(found)}


def _judged(step: Step, found: Proposal) -> Judged:
    return Judged.from_text(proposals.verdict_of(step.connection, found.id))


def _fate(found: Proposal) -> str:
    who = f" ({found.clerk_name})" if found.clerk_name else ""
    return f"{_FATES[found.state]}{who}"


def _number(parts: list[str]) -> int:
    """The number that a button carries; 0, which is nobody's, where it carries none."""
    return int(parts[2]) if len(parts) > 2 and parts[2].isascii() and parts[2].isdigit() and len(parts[2]) < 18 else 0


__all__ = ["NAME", "Approval"]
