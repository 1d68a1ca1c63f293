"""Parts of a YAML document whose values are taken as they are written, each with its line.

YAML would read 06:00 as a number, 2026-03-01 as a date and `off` as false. So nothing is resolved: every scalar is
its text, and the part that it stands in knows what it must be. Whatever is wrong becomes a flaw, and a stand-in is
returned, so that all flaws of a file are found at once; what is built beside flaws is thrown away.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import available_timezones

import yaml
from babel import Locale, UnknownLocaleError

from bot.site_file.flaws import Flaw, did_you_mean

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

PLAIN_TAG = "tag:yaml.org,2002:"
NULL = PLAIN_TAG + "null"


@dataclass(frozen=True, slots=True)
class Word:
    """A text of the file and its line."""

    text: str
    line: int


class Part:
    """A mapping of the file, such as a team.

    Args:
        node: What stands in the file.
        where: How sentences call it, such as `team "Fixed plant"`; empty for the whole file.
        flaws: Where flaws are collected.
        required: The keys that it must have.
        optional: The keys that it may have.
        open_keys: Whether its keys are names that the administrator makes up.
    """

    def __init__(
        self,
        node: yaml.Node | None,
        where: str,
        flaws: list[Flaw],
        *,
        required: tuple[str, ...] = (),
        optional: tuple[str, ...] = (),
        open_keys: bool = False,
    ) -> None:
        self.where = where
        self.line = line_of(node) if node is not None else 1
        self._flaws = flaws
        self._values: dict[str, yaml.Node] = {}
        self._keys: dict[str, int] = {}
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            holds = "names and what belongs to them" if open_keys else f"the keys {', '.join(required + optional)}"
            self.flaw(self.line, f"write {holds} here, each on a line of its own, as `key: value`.")
            return
        self._read(node, None if open_keys else required + optional)
        for key in required:
            if key not in self._keys:
                self.flaw(self.line, f"`{key}` is missing. Add it.")

    def _read(self, node: yaml.MappingNode, known: Iterable[str] | None) -> None:
        for key_node, value in node.value:
            line = line_of(key_node)
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.value.strip():
                self.flaw(line, "a key must be a plain text.")
                continue
            key = key_node.value.strip()
            if key in self._keys:
                self.flaw(line, f"`{key}` is there twice, first on line {self._keys[key]}. Keep one of them.")
            elif known is not None and key not in known:
                otherwise = f"Known here: {', '.join(known)}."
                self.flaw(line, f"`{key}` is not a key that is known here.{did_you_mean(key, known, otherwise)}")
            else:
                self._keys[key] = line
                self._values[key] = value

    def flaw(self, line: int, sentence: str) -> None:
        """Note what is wrong on a line of this part."""
        self._flaws.append(Flaw(line, f"{self.where}: {sentence}" if self.where else sentence))

    def has(self, key: str) -> bool:
        """Whether the part has a key that it may have."""
        return key in self._keys

    def headings(self) -> list[Word]:
        """The keys in their order."""
        return [Word(key, line) for key, line in self._keys.items()]

    def node(self, key: str) -> yaml.Node | None:
        """What stands under a key."""
        return self._values.get(key)

    def line_of(self, key: str) -> int:
        """The line of a key; the part's own when it does not have it."""
        return self._keys.get(key, self.line)

    def text(self, key: str, what: str = "a text") -> str:
        """A text on one line."""
        return self.word(key, what).text

    def word(self, key: str, what: str) -> Word:
        """A text and its line; empty when the key is absent. `what` says in a flaw what it must be."""
        node = self._values.get(key)
        return self._word(node, key, what) if node is not None else Word("", self.line)

    def _word(self, node: yaml.Node, key: str, what: str) -> Word:
        line = line_of(node)
        if not isinstance(node, yaml.ScalarNode):
            self.flaw(line, f"`{key}` must be {what}.")
        elif not node.tag.startswith(PLAIN_TAG):
            self.flaw(line, f"`{key}` has the tag {node.tag}. Leave it away.")
        elif node.tag == NULL or not node.value.strip():
            self.flaw(line, f"`{key}` is empty. Write {what} there.")
        elif not node.value.strip().isprintable():
            self.flaw(line, f"`{key}` must stand on one line, without control characters.")
        else:
            return Word(node.value.strip(), line)
        return Word("", line)

    def _read_as(self, key: str, what: str, read: Callable[[str], T], stand_in: T) -> T:
        """A scalar, through a function that raises ValueError for what it cannot read."""
        word = self.word(key, what)
        if not word.text:
            return stand_in
        try:
            return read(word.text)
        except ValueError:
            self.flaw(word.line, f'{key} "{word.text}" is not {what}.')
            return stand_in

    def slack_id(self, key: str, letters: str, what: str) -> str:
        """An id of Slack's that begins with one of some letters; `what` says which and where to find it."""
        return self._read_as(key, what, lambda text: _matched(rf"[{letters}][A-Z0-9]{{2,}}", text), "")

    def number(self, key: str, low: int, high: int) -> int:
        """A whole number between two others."""

        def read(text: str) -> int:
            number = int(_matched(r"[+-]?\d{1,9}", text))
            if not low <= number <= high:
                raise ValueError
            return number

        return self._read_as(key, f"a whole number from {low} to {high}", read, low)

    def day(self, key: str) -> date:
        """A date."""

        def read(text: str) -> date:
            return date.fromisoformat(_matched(r"\d{4}-\d{2}-\d{2}", text))

        return self._read_as(key, "a date. Write it as 2026-03-01", read, date.min)

    def time_of_day(self, key: str) -> time:
        """A wall time to the minute."""

        def read(text: str) -> time:
            hours, minutes = _matched(r"\d{1,2}:\d{2}", text).split(":")
            return time(int(hours), int(minutes))

        return self._read_as(key, "a time of day. Write it as 06:00", read, time())

    def yes_or_no(self, key: str) -> bool:
        """Whether; no when the key is absent."""

        def read(text: str) -> bool:
            if text.casefold() not in ("true", "yes", "false", "no"):
                raise ValueError
            return text.casefold() in ("true", "yes")

        return self._read_as(key, "yes or no", read, False)

    def locale(self, key: str) -> str:
        """A language, as Slack writes it."""

        def read(text: str) -> str:
            try:
                Locale.parse(text, sep="-")
            except UnknownLocaleError:
                raise ValueError from None
            return text

        return self._read_as(key, "a language. Write it as en-AU", read, "")

    def zone(self, key: str) -> str:
        """An IANA zone."""
        word = self.word(key, "an IANA zone such as Europe/Oslo")
        known = available_timezones()
        if word.text and word.text not in known:
            hint = did_you_mean(word.text, known, "Write it as a place, such as Europe/Oslo.")
            self.flaw(word.line, f'{key} "{word.text}" is not an IANA zone.{hint}')
        return word.text

    def one_of(self, key: str, words: type[E]) -> E:
        """A word of a list."""
        choices = tuple(words)
        word = self.word(key, f"one of {', '.join(choices)}")
        return self.choice(word, choices, key) or choices[0]

    def choice(self, word: Word, choices: tuple[E, ...], key: str) -> E | None:
        """The one of some words that a text is, or None, with a flaw unless it is empty."""
        found = next((choice for choice in choices if choice == word.text), None)
        if found is None and word.text:
            hint = did_you_mean(word.text, choices, f"Choose one of {', '.join(choices)}.")
            self.flaw(word.line, f'{key} "{word.text}" is not known.{hint}')
        return found

    def words(self, key: str) -> list[Word]:
        """A list of texts; empty when the key is absent."""
        found = [self._word(node, key, "a list of plain texts") for node in self.entries(key)]
        return [word for word in found if word.text]

    def entries(self, key: str) -> list[yaml.Node]:
        """What stands in a list; empty when the key is absent."""
        node = self._values.get(key)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.flaw(line_of(node), f"`{key}` must be a list. Write it as [one, another].")
            return []
        return list(node.value)

    def unique_words(self, key: str) -> list[Word]:
        """A list of texts, none of them twice."""
        found: dict[str, Word] = {}
        for word in self.words(key):
            if word.text in found:
                self.flaw(word.line, f"{key}: {word.text} is there twice. Keep one of them.")
            found.setdefault(word.text, word)
        return list(found.values())

    def references(self, key: str, what: str, known: Collection[str] | None) -> tuple[str, ...]:
        """Names of things that stand elsewhere in the file; those that do not are flaws."""
        words = self.unique_words(key)
        for word in words:
            self.refer(word, key, what, known)
        return tuple(word.text for word in words)

    def refer(self, word: Word, key: str, what: str, known: Collection[str] | None) -> None:
        """Check that something is in the file, unless the section that it would be in is missing as a whole."""
        if word.text and known is not None and word.text not in known:
            hint = did_you_mean(word.text, known, f"Add it, or use a {what} that is.")
            self.flaw(word.line, f'{key}: there is no {what} "{word.text}" in this file.{hint}')


def line_of(node: yaml.Node) -> int:
    """The line on which something begins, from 1."""
    return int(node.start_mark.line) + 1


def _matched(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError
    return text
