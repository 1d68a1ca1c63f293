"""A small language for saying what JSON Slack accepts, and Slack's words for what it does not.

A rule takes a value and its JSON pointer and yields the problems it finds. The wording of the problems and
the pointers follow what Slack puts into `response_metadata.messages`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a payload, and where."""

    text: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.text} [json-pointer:{self.pointer}]"


Rule = Callable[[Any, str], Iterator[Problem]]
Check = Callable[[Mapping[str, Any], str], Iterator[Problem]]


def length(value: str, pointer: str, shortest: int, longest: int | None) -> Iterator[Problem]:
    """Problems with the number of characters of a string."""
    if len(value) < shortest:
        yield Problem(f"must be more than {shortest - 1} characters", pointer)
    if longest is not None and len(value) > longest:
        yield Problem(f"must be less than {longest + 1} characters", pointer)


def string(longest: int | None = None, *, shortest: int = 0, pattern: str | None = None) -> Rule:
    """A string of `shortest` to `longest` characters that matches `pattern` as a whole."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("must provide a string", pointer)
            return
        yield from length(value, pointer, shortest, longest)
        if pattern is not None and not re.fullmatch(pattern, value):
            yield Problem(f"must match the pattern {pattern}", pointer)

    return rule


def choice(*allowed: str) -> Rule:
    """One of these strings."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(f"must be a valid enum value: {', '.join(allowed)}", pointer)

    return rule


def integer(low: int | None = None, high: int | None = None) -> Rule:
    """A whole number from `low` to `high`."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem("must provide an integer", pointer)
            return
        if low is not None and value < low:
            yield Problem(f"must be greater than {low - 1}", pointer)
        if high is not None and value > high:
            yield Problem(f"must be less than {high + 1}", pointer)

    return rule


def boolean(value: Any, pointer: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield Problem("must provide a boolean", pointer)


def anything(value: Any, pointer: str) -> Iterator[Problem]:
    """Whatever it is, it passes: a part that this program does not look into."""
    return iter(())


def array(item: Rule, *, at_least: int = 0, at_most: int | None = None) -> Rule:
    """A list of `at_least` to `at_most` items that each pass `item`."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("must provide an array", pointer)
            return
        if len(value) < at_least:
            yield Problem(f"no less than {at_least} items allowed", pointer)
        if at_most is not None and len(value) > at_most:
            yield Problem(f"no more than {at_most} items allowed", pointer)
        for position, each in enumerate(value):
            yield from item(each, f"{pointer}/{position}")

    return rule


def shape(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    *,
    checks: Sequence[Check] = (),
) -> Rule:
    """An object with these fields and no others; `checks` look at the whole once its parts are right."""
    known = {**(optional or {}), **required}

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield Problem("must provide an object", pointer)
            return
        found = list(_fields(value, pointer, required, known))
        yield from found
        if not found:
            for check in checks:
                yield from check(value, pointer)

    return rule


def _fields(
    value: Mapping[str, Any], pointer: str, required: Collection[str], known: Mapping[str, Rule]
) -> Iterator[Problem]:
    for name in required:
        if value.get(name) is None:
            yield Problem(f"missing required field: {name}", pointer)
    for name, part in value.items():
        if name not in known:
            yield Problem(f"invalid additional property: {name}", pointer)
        elif part is not None:
            yield from known[name](part, f"{pointer}/{name}")


def by_type(table: Mapping[str, Rule], allowed: Collection[str] | None = None) -> Rule:
    """An object whose `type` says which rule of the table it must pass."""

    def rule(value: Any, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield Problem("must provide an object", pointer)
            return
        kind = value.get("type")
        if kind is None:
            yield Problem("missing required field: type", pointer)
        elif kind not in table or (allowed is not None and kind not in allowed):
            yield Problem(f"unsupported type: {kind}", f"{pointer}/type")
        else:
            yield from table[kind](value, pointer)

    return rule


def exactly_one(*names: str) -> Check:
    """One of these fields must be there, and only one."""

    def check(value: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
        there = [name for name in names if value.get(name) is not None]
        if not there:
            yield Problem(f"missing required field: {' or '.join(names)}", pointer)
        elif len(there) > 1:
            yield Problem(f"only one of {', '.join(names)} is allowed", pointer)

    return check


def at_least_one(*names: str) -> Check:
    """One of these fields must be there."""

    def check(value: Mapping[str, Any], pointer: str) -> Iterator[Problem]:
        if all(value.get(name) is None for name in names):
            yield Problem(f"missing required field: {' or '.join(names)}", pointer)

    return check
