"""What the bot says to one message: commands here, everything else by the engine. No I/O: what is to be stored or sent comes out.

Every sentence stands in intents/; buttons carry all they need, so that they work after a restart too.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from bot.channels.session import introduce
from bot.channels.telegram.browse import Browse
from bot.channels.telegram.incoming import Incoming
from bot.channels.telegram.layout import REPLY, VERSION, Place, Request, Row, acknowledge, edit, message, read_pick, reply_buttons, reply_messages
from bot.channels.telegram.mydata import held_lines
from bot.channels.telegram.said import language_of, plain
from bot.config import Settings
from bot.content.fields import BLANK
from bot.dialogue import Pick, State
from bot.dialogue.pausing import NOTHING, REASON, Paused
from bot.dialogue.wording import fill
from bot.engine import Engine, Turn
from bot.korean.jamo import decompose
from bot.korean.normalise import normalise
from bot.store.records import Held
from bot.store.retention import OPEN_TIMES

_LINKED = re.compile(r"[\w-]{1,64}", re.ASCII)  # what a link may hand to /start
_SHORTEST, _MISSPELT = 4, 16  # letters of a wish that is known again in spite of a slip
_ALIKE = 0.85  # from which on two spellings are taken for one, by their jamo
_FEW = 2  # buttons of related topics over one that leads to staff
_SHORT = 40  # letters of a message that may stand for a command
WISHES = ("staff", "cancel", "inquiries")  # to ask staff, to withdraw what was sent to them, to see how it stands
_LOST = ("help", "restart")  # of replies to whoever does not know what to ask
_TYPED_LANGUAGES = {"한국어": "ko", "korean": "ko", "english": "en"}  # as the question for the language says
_LANGUAGES = {**_TYPED_LANGUAGES, "ko": "ko", "en": "en", "영어": "en"}


@dataclass(frozen=True, slots=True)
class Response:
    """What follows from a message.

    requests  to be sent, in order
    state     of the conversation afterwards; None leaves it as it was
    turn      what the engine said, to be put on record
    forget    whether all that is kept of the person goes
    wish      of those in WISHES: dealt with elsewhere. A "perhaps" stands beside the answer that holds where there is nothing to wish for
    language  of the wish
    """

    requests: list[Request] = field(default_factory=list)
    state: State | None = None
    turn: Turn | None = None
    forget: bool = False
    wish: str = ""
    language: str = ""


class Conversation:
    """Answers messages over one content. has_staff: whether there are staff whom a resident can ask, at this moment."""

    def __init__(self, engine: Engine, settings: Settings, username: str, has_staff: Callable[[], bool] = lambda: False) -> None:
        self.engine, self.settings, self.username, self.has_staff = engine, settings, username, has_staff
        self.browse = Browse(engine.content)
        self.titles = {language: {topic.id: topic.title.get(language) for topic in engine.content.topics.values()} for language in ("ko", "en")}
        self.typed = {plain(said): command.id for command in engine.content.commands for said in command.typed.all}
        self.wishes = {decompose(said): command for said, command in self.typed.items() if command in WISHES and len(said) >= _SHORTEST}
        self.near = [([plain(part) for part in said.split("+")], command.id) for command in engine.content.commands for said in command.near.all]
        self.commands: dict[str, Callable[[_Moment], Response]] = {
            "start": self._start,
            "help": self._help,
            "topics": self._topics,
            "lang": self._lang,
            "privacy": self._privacy,
            "mydata": self._mydata,
            "delete": self._delete,
            **{name: partial(_wish, name) for name in WISHES},
        }

    def respond(self, incoming: Incoming, stored: str | None, now: dt.datetime, held: Callable[[], Held], paused: Paused = NOTHING) -> Response:
        """The response to a message.

        stored  the state of the conversation as JSON
        held    what is kept of the person, asked for when needed
        paused  what staff have stopped
        """
        state = self.engine.load_state(stored).aged(now, self.engine.idle_minutes) if stored else State()
        moment = _Moment(incoming, state, now, held, self._language(incoming, state), paused)
        if incoming.kind == "press":
            return self._press(moment)
        if incoming.kind == "joined":
            return self._say(moment, "welcome_group", name=f"@{self.username}") if incoming.group else Response()
        if incoming.kind == "media" and not incoming.text:
            name = incoming.name if incoming.name in ("voice", "location") else ""
            return self._say(moment, f"media_{name}" if name else "media")
        if incoming.kind == "command":
            return self._command(incoming.name, moment)
        typed = plain(incoming.text) if incoming.kind == "text" else ""
        if typed in self.typed:
            if self.typed[typed] in WISHES and not state.chosen:  # in the language they are put in
                moment = replace(moment, language=language_of(incoming.text, moment.language))
            return self._command(self.typed[typed], replace(moment, incoming=replace(incoming, text="")))
        if typed in _TYPED_LANGUAGES:
            return self._set_language(moment, _TYPED_LANGUAGES[typed])
        response = self._ask(moment, incoming.text, is_lost=bool(stored) and not State.is_of_today(str(stored)))
        if response.turn is not None and _asks_for_staff(response.turn) and not incoming.group:
            return Response(wish="staff", language=response.turn.reply.language)
        near = self._near(incoming.text) if incoming.kind == "text" and response.turn and not response.turn.reply.urgent else ""
        if not near and typed and response.turn is not None and response.turn.reply.kind == "fallback" and not response.turn.reply.urgent:
            near = self._misspelt(typed)
        if near == "delete":  # not on a guess
            buttons = [(self.sentence("delete_button", moment.language), f"{VERSION}|d")]
            return Response(message(moment.place, self.sentence("delete_ask", moment.language), buttons))
        if near in WISHES and response.turn is not None:
            return response if incoming.group else replace(response, wish=f"{near} perhaps", language=response.turn.reply.language)
        return self._command(near, replace(moment, incoming=replace(incoming, text=""))) if near else response

    def _near(self, text: str) -> str:
        """The command that a short message may mean, or ""."""
        said = plain(text)
        if len(said) > _SHORT:
            return ""
        return next((command for parts, command in self.near if all(part in said for part in parts)), "")

    def is_command(self, text: str) -> bool:
        """Whether a message stands for a command, or may do so."""
        return plain(text) in self.typed or bool(self._near(text))

    def _misspelt(self, said: str) -> str:
        """The wish that a short message may be a misspelling of, or ""."""
        if not _SHORTEST <= len(said) <= _MISSPELT:
            return ""
        found = difflib.get_close_matches(decompose(said), self.wishes, 1, _ALIKE)
        return self.wishes[found[0]] if found else ""

    def sentence(self, key: str, language: str, **values: str) -> str:
        """A sentence of intents/, filled."""
        return fill(self.engine.content.say(key, language), {"contact": self.engine.wording.office.reached(language), **values})

    # -- the engine ----------------------------------------------------------------------------------------------

    def _ask(self, moment: _Moment, said: str | Pick, is_lost: bool = False) -> Response:
        # What has no language of its own (a press, a figure) is answered in the resident's.
        turn = self.engine.reply(said, replace(moment.state, language=moment.language), moment.now, moment.paused)
        language = turn.reply.language
        before = []
        if not turn.reply.urgent:
            before += [self.sentence("state_lost", language)] if is_lost else []
            before += [self.sentence("media_caption", language)] if moment.incoming.kind == "media" else []
            before += [self.sentence("cut", language, length=str(self.settings.limits.message_length))] if moment.incoming.cut else []
        body = turn.reply.body
        if moment.incoming.group:  # where a figure by itself is not seen
            body = body.replace(self.sentence("pick_number", language), self.sentence("pick_number_group", language))
        buttons = reply_buttons(turn.reply, self.titles[language])
        leads_on = not turn.reply.urgent and not (moment.paused.whole and turn.trace.decision.reason == REASON)
        onward = self._onward(turn, language) if not moment.incoming.group else []
        if len(onward) > 1 and not (turn.reply.options or turn.reply.numbered):
            buttons = buttons[:_FEW]  # so that the way to staff is seen
        if not buttons and leads_on and (turn.reply.kind == "fallback" or turn.trace.decision.reason in _LOST):
            buttons = [(self.sentence("topics_button", language), f"{VERSION}|m")]
        return Response(reply_messages(moment.place, turn.reply, [*buttons, *onward], " ".join(before), body), turn.state, turn)

    def _onward(self, turn: Turn, language: str) -> list[Row]:
        """What may be done with a reply: ask staff where it does not answer, and say what one thinks of it where it does."""
        reply, rows = turn.reply, list[Row]()
        if reply.urgent:
            return rows
        decision = turn.trace.decision
        is_unanswered = reply.kind == "fallback" or any(part.missing for part in decision.parts)
        is_open = is_unanswered or bool(decision.withheld) or decision.reason == "complaint"
        if is_open and decision.reason not in ("empty", "language") and self.has_staff():
            rows.append((self.sentence("ask_button", language), f"{VERSION}|ha|{REPLY}"))
        if reply.kind in ("answer", "partial"):
            rows.append([[self.sentence(f"vote_{vote}_button", language), f"{VERSION}|v|{REPLY}|{vote}"] for vote in ("yes", "no", "wrong")])
        return rows

    def is_urgent(self, text: str) -> bool:
        """Whether somebody cries for help."""
        return self.engine.urgent.find(normalise(text)) is not None

    def language(self, incoming: Incoming, stored: str | None, now: dt.datetime) -> str:
        """The language in which a message is answered that is no question."""
        state = self.engine.load_state(stored).aged(now, self.engine.idle_minutes) if stored else State()
        return self._language(incoming, state)

    # -- buttons -------------------------------------------------------------------------------------------------

    def _press(self, moment: _Moment) -> Response:
        incoming, parts = moment.incoming, moment.incoming.name.split("|")
        pick = read_pick(incoming.name)
        if pick is not None and (pick.topic is None or pick.topic in self.engine.content.topics):
            known = tuple(dict.fromkeys(name for name in pick.aspects if name in self.engine.content.aspects))
            response = self._ask(moment, replace(pick, aspects=known))
            return replace(response, requests=[acknowledge(incoming.query), *response.requests])
        if parts[:2] == [VERSION, "l"] and parts[2:] in (["ko"], ["en"]):
            response = self._set_language(moment, parts[2])
            return replace(response, requests=[acknowledge(incoming.query), *response.requests])
        if parts == [VERSION, "d"]:
            response = self._delete(moment)
            return replace(response, requests=[acknowledge(incoming.query), *response.requests])
        if parts == [VERSION, "m"]:
            return Response([acknowledge(incoming.query), *self._topics(moment).requests])
        page = self.browse.page(incoming.name, moment.language)
        if page is None or incoming.message_id is None:
            return Response([acknowledge(incoming.query, self.sentence("stale", moment.language))])
        return Response([acknowledge(incoming.query), edit(incoming.chat_id, incoming.message_id, *page, incoming.thread_id)])

    # -- commands ------------------------------------------------------------------------------------------------

    def _command(self, name: str, moment: _Moment) -> Response:
        if name == "settings":  # Telegram's own menus lead there
            name = "lang"
        if name not in self.commands:
            # In a group it may be meant for another bot.
            if moment.incoming.group:
                return Response()
            meant = difflib.get_close_matches(name, self.commands, 1, 0.7)
            return self._say(moment, "meant_command", command=f"/{meant[0]}") if meant else self._say(moment, "unknown_command")
        return self.commands[name](moment)

    def _start(self, moment: _Moment) -> Response:
        payload = moment.incoming.text.split()[0] if moment.incoming.text.split() else ""
        if payload in self.engine.content.topics:
            return self._ask(moment, Pick(payload))
        if payload and not _LINKED.fullmatch(payload):
            return self._ask(moment, moment.incoming.text)  # no link has such letters: it was typed
        who, source = introduce(self.engine, moment.now, moment.language)
        if moment.incoming.group:
            return self._say(moment, "welcome_group", name=f"@{self.username}", intro=who)
        text = self.sentence("welcome", moment.language, intro=who, source=source or self.engine.wording.office.called(moment.language))
        if self.has_staff():
            text += f"\n{self.sentence('welcome_staff', moment.language)}"
        if payload:
            text = f"{self.sentence('start_unknown', moment.language)}\n\n{text}"
        return Response(message(moment.place, text, self.browse.chapters(moment.language)))

    def _help(self, moment: _Moment) -> Response:
        has_staff = self.has_staff() and not moment.incoming.group  # there nothing is passed on
        shown = [command for command in self.engine.content.commands if has_staff or command.id not in WISHES]
        lines = [f"/{command.id} {command.description.get(moment.language)}" for command in shown]
        if has_staff:
            lines += ["", self.sentence("help_staff", moment.language)]
        return self._say(moment, "help", commands="\n".join(lines))

    def _topics(self, moment: _Moment) -> Response:
        return Response(message(moment.place, self.sentence("topics", moment.language), self.browse.chapters(moment.language)))

    def _lang(self, moment: _Moment) -> Response:
        asked = _LANGUAGES.get(plain(moment.incoming.text))
        if asked:
            return self._set_language(moment, asked)
        buttons = [("한국어", f"{VERSION}|l|ko"), ("English", f"{VERSION}|l|en")]
        return Response(message(moment.place, self.sentence("choose_language", moment.language), buttons))

    def _set_language(self, moment: _Moment, language: str) -> Response:
        state = replace(moment.state, language=language, chosen=True, at=moment.now.astimezone(dt.timezone.utc).isoformat(timespec="seconds"))
        return Response(message(moment.place, self.sentence(f"language_{language}", language)), state)

    def _privacy(self, moment: _Moment) -> Response:
        privacy, language = self.engine.content.privacy, moment.language
        parts = []
        for key, heading in privacy.headings.items():
            said = privacy.privacy[key].get(language)
            if BLANK.search(said):
                said = privacy.not_filled.get(language)
            parts.append(f"{heading.get(language)}\n{fill(said, self._periods() | {'contact': self.engine.wording.office.reached(language)})}")
        return Response(message(moment.place, "\n\n".join(parts)))

    def _mydata(self, moment: _Moment) -> Response:
        if moment.incoming.group:
            return self._say(moment, "mydata_group")
        held = moment.held()
        lines = held_lines(held, lambda key, **values: self.sentence(key, moment.language, **values), moment.now)
        if not lines:
            return self._say(moment, "mydata_none")
        staff = self.sentence("mydata_staff", moment.language, **self._periods()) if held.handoffs else ""
        return self._say(moment, "mydata", held="\n".join(lines), staff=staff, **self._periods())

    def _delete(self, moment: _Moment) -> Response:
        held = moment.held()
        concerns_staff = self.has_staff() or held.handoffs or held.blocked_until
        staff = self.sentence("deleted_staff", moment.language) if concerns_staff else ""
        return replace(self._say(moment, "deleted", staff=staff), forget=True)

    # -- what they share -----------------------------------------------------------------------------------------

    def _say(self, moment: _Moment, key: str, **values: str) -> Response:
        values.setdefault("intro", introduce(self.engine, moment.now, moment.language)[0])
        return Response(message(moment.place, self.sentence(key, moment.language, **values)))

    def _periods(self) -> dict[str, str]:
        store = self.settings.store
        return {"text_days": str(store.text_days), "record_days": str(store.record_days), "open_days": str(OPEN_TIMES * store.text_days)}

    def _language(self, incoming: Incoming, state: State) -> str:
        return state.language or incoming.language or "ko"


@dataclass(frozen=True, slots=True)
class _Moment:
    """A message, and what it is answered by. language: for what is no answer to a question; paused: what staff have stopped."""

    incoming: Incoming
    state: State
    now: dt.datetime
    held: Callable[[], Held]
    language: str
    paused: Paused

    @property
    def place(self) -> Place:
        """Where the answer goes. In a group, and to an edited message, it says which message it answers."""
        incoming = self.incoming
        answers = incoming.kind != "press" and (incoming.group or incoming.edited)
        return Place(incoming.chat_id, incoming.thread_id, incoming.message_id if answers else None)


def _wish(name: str, moment: _Moment) -> Response:
    return Response(wish=name, language=moment.language)


def _asks_for_staff(turn: Turn) -> bool:
    """Whether the message wants a person: nothing else, or something that the bot cannot answer."""
    question, reply = turn.trace.question, turn.reply
    # "담당자한테 물어봐 주세요" also asks who is in charge; that is not what is wanted.
    missing = {aspect for part in turn.trace.decision.parts for aspect in part.missing}
    is_open = (reply.kind == "fallback" and not reply.urgent) or (reply.kind == "partial" and missing == {"who"})
    return turn.trace.decision.reason == "person" or (is_open and question is not None and question.goes("person"))
