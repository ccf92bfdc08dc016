"""/topics: from the chapters to the topics of one, in a message that is edited in place.

A button names its chapter by a digest of the title: it still leads there after a restart, and nowhere once the chapter is gone.
"""

from __future__ import annotations

from hashlib import sha256
from statistics import median

from bot.channels.telegram.layout import VERSION, Button, button, shorten
from bot.content import Content
from bot.dialogue import Option
from bot.dialogue.wording import fill

PER_PAGE = 12

Page = tuple[str, list[Button]]  # text, buttons


class Browse:
    """The chapters of one content."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._topics: dict[str, list[str]] = {}
        self._titles = {}
        # In the order of the paper, as far as the topics say where they stand in it.
        lines: dict[str, list[int]] = {}
        for topic, title in content.sections.items():
            lines.setdefault(title.ko, []).extend(content.topics[topic].lines)
        order = {title: median(found) if found else 0 for title, found in lines.items()}
        for topic, title in sorted(content.sections.items(), key=lambda item: order[item[1].ko]):
            mark = sha256(title.ko.encode("utf-8")).hexdigest()[:8]
            self._topics.setdefault(mark, []).append(topic)
            self._titles[mark] = title

    def chapters(self, language: str) -> list[Button]:
        """A button for every chapter."""
        return [(shorten(title.get(language)), f"{VERSION}|c|{mark}|0") for mark, title in self._titles.items()]

    def page(self, data: str, language: str) -> Page | None:
        """What a button of this list leads to, or None where it leads nowhere."""
        parts = data.split("|")
        if parts == [VERSION, "s"]:
            return self.content.say("topics", language), self.chapters(language)
        if len(parts) != 4 or parts[:2] != [VERSION, "c"] or parts[2] not in self._topics or not parts[3].isdecimal():
            return None
        mark, number = parts[2], int(parts[3])
        topics = self._topics[mark][number * PER_PAGE : (number + 1) * PER_PAGE]
        if not topics:
            return None
        buttons = [button(Option(self.content.topics[topic].title.get(language), topic)) for topic in topics]
        if number:
            buttons.append((self.content.say("page_back", language), f"{VERSION}|c|{mark}|{number - 1}"))
        if (number + 1) * PER_PAGE < len(self._topics[mark]):
            buttons.append((self.content.say("page_next", language), f"{VERSION}|c|{mark}|{number + 1}"))
        buttons.append((self.content.say("chapters_back", language), f"{VERSION}|s"))
        return fill(self.content.say("chapter", language), {"chapter": self._titles[mark].get(language)}), buttons
