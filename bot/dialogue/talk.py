"""What a message does to the conversation rather than asks of the newsletter: greeting, thanks, another language, the way back.

A question that stands beside a greeting is answered; the greeting is not.
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.decision import Decision
from bot.dialogue.moment import NOUNS, Moment
from bot.dialogue.telling import Telling

# Where several stand in one message, the first of these speaks.
_ORDER = ("thanks", "goodbye", "safe", "who", "complaint", "praise", "greeting", "laugh", "help")
_ABOVE_ASPECTS = ("thanks", "goodbye", "who")  # said even where an aspect of the last topic seems to be asked
_PARTING = ("thanks", "goodbye", "praise")
_SHORT = 8  # words of a message that hardly asks for anything besides
_OF_THE_BOT = ("who", "help")  # "이름이 뭐예요" asks this of the topic at hand, "네 이름이 뭐야" of the bot
_OF_A_PERSON = ("who", "help", "complaint")  # "사람 바꿔" wants one, whatever else is said
_WEAK = ("laugh", "praise", "complaint", "help", "greeting")


class Talk:
    """Small talk, navigation and languages."""

    def __init__(self, telling: Telling, sure_from: float) -> None:
        self.telling, self.sure_from = telling, sure_from

    def switch(self, moment: Moment) -> Decision | None:
        """A wish for another language says the last reply again in it."""
        question, state = moment.question, moment.state
        if not question.goes("korean", "english") or question.is_sure(self.sure_from) or any(not term.known for term in question.residual):
            return None
        key = f"language_{moment.language}"
        if not state.topics:
            return moment.say("chitchat", key, reason="language")
        topics = moment.of(state.topics)
        told = self.telling.tell(topics, [state.aspects] * len(topics), None, moment.now, moment.language)
        return replace(told, closings=((key, {}),), reason="language")

    def foreign(self, moment: Moment) -> Decision | None:
        """One line in a language that is not served."""
        utterance = moment.question.reading.utterance
        if utterance.language != "other":
            return None
        return moment.say("fallback", f"other_{utterance.script}" if utterance.script else "other_language", reason="another language")

    def converse(self, moment: Moment) -> Decision | None:
        """Small talk and navigation, where nothing is asked besides."""
        question, state = moment.question, moment.state
        sure = question.is_sure(self.sure_from)
        if question.goes("wrong") and state.topics and not moment.strong:
            elsewhere = sure and question.chosen[0].topic_id not in state.topics
            if not elsewhere:
                return moment.say("chitchat", "claimed_wrong", reason="wrong")
        parting = any(cue.id in _PARTING for cue in question.smalltalk) and not moment.aspects and not question.goes("asking", "back", "more")
        if parting and not any(candidate.named >= 0.99 for candidate in question.chosen) and len(question.reading.words) <= _SHORT:
            return self._small_talk(moment)  # 고맙습니다 안심되네요
        if any(term.known or term.kind in NOUNS for term in question.residual):
            return None
        if question.goes("correction") and state.topics and not question.smalltalk and not moment.strong and not sure:
            return moment.say("chitchat", "corrected", reason="correction")
        return self._small_talk(moment) or self._navigate(moment)

    def _small_talk(self, moment: Moment) -> Decision | None:
        found = [cue.id for cue in moment.question.smalltalk]
        talk = next((name for name in _ORDER if name in found), found[0] if found else "")
        if not talk or moment.alone or (talk in _OF_A_PERSON and moment.question.goes("person")):
            return None
        if moment.state.topics:
            if talk in _OF_THE_BOT and moment.aspects and not moment.question.goes("you"):
                return None
            if moment.strong and talk not in _ABOVE_ASPECTS:
                return None
            if talk in _WEAK and moment.question.goes("more", "back"):
                return None
        return moment.say("chitchat", "smalltalk:" + talk, reason=talk)

    def _navigate(self, moment: Moment) -> Decision | None:
        name = next((name for name in ("restart", "stop", "person") if moment.question.goes(name)), "")
        if not name or (moment.strong and (name != "person" or moment.question.is_sure(self.sure_from))):
            return None
        return moment.say("chitchat", "navigation:" + name, reason=name)
