"""How a resident's inquiries stand: what was sent when, and whether staff have taken it up. No name of staff is told, and no time promised."""

from __future__ import annotations

from bot.channels.telegram.layout import VERSION, Row
from bot.channels.telegram.person import Person
from bot.channels.telegram.said import has_parts, is_said
from bot.channels.telegram.step import Step
from bot.desk.hours import OfficeHours, moment_text
from bot.store import handoffs
from bot.store.handoffs import Handoff

_SHOWN = 60  # characters of what was asked


def asks_how_it_stands(step: Step, person: Person) -> bool:
    """Whether a message asks for the answer of staff, which is so only where there is something that was sent."""
    said, words = person.incoming.text, person.words
    is_waiting = is_said(said, words.waiting.all)
    if not is_waiting and not has_parts(said, words.state.all):
        return False
    if not is_waiting:
        return bool(handoffs.all_of_person(step.connection, person.id))
    waiting = [one.at for one in handoffs.of_person(step.connection, step.bot, person.id) if one.answered_at is None]
    # "when?" after an answer of the bot's is about that answer.
    return bool(waiting) and not handoffs.talked_since(step.connection, person.chat, person.id, max(waiting), "answer", "partial")


def standing(step: Step, person: Person, hours: OfficeHours) -> tuple[str, list[Row]]:
    """What is told of a person's inquiries, and the buttons under it."""
    found = handoffs.of_person(step.connection, step.bot, person.id)
    if not found:
        ended = handoffs.all_of_person(step.connection, person.id)
        return person.sentence("inquiries_last", number=str(ended[-1].id)) if ended else person.sentence("inquiries_none"), []
    states = {one.id: _state(step, one) for one in found}
    waiting = [one for one in found if states[one.id] != "answered"]
    if not waiting:
        last = person.sentence("inquiries_done")
    elif hours.is_open(step.now):
        last = person.sentence("inquiries_open")
    else:
        last = person.sentence("inquiries_closed", time=hours.opening_text(step.now, person.language))
    buttons = withdrawals(person, [one for one in waiting if one.answered_at is None])
    if len(found) == 1 and found[0].answered_at is not None:
        buttons = after_answer(person, found[0])
    return "\n".join([*(_line(person, one, states[one.id]) for one in found), last]), buttons


def _state(step: Step, found: Handoff) -> str:
    if found.answered_at is None:
        return "claimed" if found.clerk else "waiting"
    said = handoffs.notes_of(step.connection, found.id, "answer", "further")
    return "further" if said and said[-1].role == "further" else "answered"


def _line(person: Person, found: Handoff, state: str) -> str:
    time = moment_text(found.at, person.language)
    return person.sentence("inquiry", number=str(found.id), time=time, state=person.sentence(f"inquiry_{state}"), text=excerpt(found.text))


def after_answer(person: Person, found: Handoff) -> list[Row]:
    """The buttons that stand under an answer of the staff's."""
    return [(person.sentence("solved_button"), f"{VERSION}|hk|{found.id}"), (person.sentence("further_button"), f"{VERSION}|hm|{found.id}")]


def excerpt(text: str) -> str:
    """The beginning of what was asked, by which it is known again."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"


def withdrawals(person: Person, found: list[Handoff]) -> list[Row]:
    """A button for each, by which it is withdrawn."""
    return [(person.sentence("handoff_label", number=str(one.id)), f"{VERSION}|hz|{one.id}") for one in found]
