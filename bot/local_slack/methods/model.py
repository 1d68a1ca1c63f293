"""What a Web API method is: its arguments, scopes, tier and errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

Type = Literal["string", "boolean", "number", "blocks", "view", "metadata", "attachments", "array"]


class Tier(IntEnum):
    """How often a method may be called (https://docs.slack.dev/apis/web-api/rate-limits#overview)."""

    SPECIAL = 0
    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4


@dataclass(frozen=True)
class Argument:
    """An argument; `missing` is the error when a required one is not there."""

    name: str
    type: Type = "string"
    required: bool = False
    missing: str = "invalid_arguments"


@dataclass(frozen=True)
class Method:
    """A Web API method, as its page describes it.

    Attributes:
        tier: How often it may be called.
        scopes: Bot scopes of which one is needed; none are needed when it is empty.
        scope_by_kind: Whether the kind of the conversation says which of the scopes it must be.
        json: Whether it takes a JSON body; the others read forms and queries only.
        token: The kind of token it takes.
        given: Errors that the local Slack gives by itself when they are due.
        told: The other documented errors; it gives them when it is told to.
    """

    name: str
    tier: Tier
    arguments: Mapping[str, Argument]
    scopes: tuple[str, ...] = ()
    scope_by_kind: bool = False
    json: bool = False
    token: Literal["bot", "app"] = "bot"
    given: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()

    @property
    def doc(self) -> str:
        """Slack's page about the method."""
        return f"https://docs.slack.dev/reference/methods/{self.name}"

    @property
    def errors(self) -> frozenset[str]:
        """All its own errors, beside those that every method has."""
        return self.given | self.told


def arguments(required: str = "", optional: str = "") -> Mapping[str, Argument]:
    """Reads `name`, `name:type` and, for required ones, `name:type:error when missing`."""
    return {each.name: each for words, needed in ((required, True), (optional, False)) for each in _read(words, needed)}


def _read(words: str, needed: bool) -> Iterator[Argument]:
    for word in words.split():
        name, kind, missing = (*word.split(":"), "", "")[:3]
        yield Argument(name, kind or "string", needed, missing or "invalid_arguments")  # type: ignore[arg-type]  # the words above are the types


def errors(words: str) -> frozenset[str]:
    """Reads the names of errors."""
    return frozenset(words.split())
