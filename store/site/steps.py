"""Steps: what an import would write, noted one by one, to be shown or carried out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Protocol

from sqlmodel import Session

from store import shifts


class Verb(StrEnum):
    """What happens to something."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between a site and the database, such as `added`, `person`, `Ola Nordby`, `U0OLA`."""

    verb: Verb
    what: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A change, and what writes it."""

    change: Change
    carry_out: Callable[[], None]


class Row(Protocol):
    """A row of any table; one that is still to be made has no id."""

    id: int | None


class Steps:
    """Steps in the order in which they are to be carried out; noting one writes nothing."""

    def __init__(self, session: Session) -> None:
        self.noted: list[Step] = []
        self._session = session

    def note(self, verb: Verb, what: str, name: str, detail: str, carry_out: Callable[[], None]) -> None:
        """A step of any sort."""
        self.noted.append(Step(Change(verb, what, name, detail), carry_out))

    def add(self, what: str, name: str, row: Row, parents: Mapping[str, Row], detail: str) -> None:
        """Make a row; `parents` are the rows that its foreign keys point at, which may be to be made themselves."""

        def carry_out() -> None:
            for column, parent in parents.items():
                setattr(row, column, self._id(parent))
            self._session.add(row)

        self.note(Verb.ADDED, what, name, detail, carry_out)

    def update(self, what: str, name: str, row: Row, values: Mapping[str, Any]) -> None:
        """Give a row these values; no step when it has them."""
        before = {key: getattr(row, key) for key in values}
        changed = {key: value for key, value in values.items() if value != before[key]}

        def carry_out() -> None:
            for key, value in changed.items():
                setattr(row, key, value)

        if changed:
            detail = "; ".join(f"{in_words(key)} {_shown(before[key])} → {_shown(changed[key])}" for key in changed)
            self.note(Verb.CHANGED, what, name, detail, carry_out)

    def point(self, what: str, name: str, row: Row, column: str, at: Row, detail: str) -> None:
        """Let a foreign key point at another row."""
        self.note(Verb.CHANGED, what, name, detail, lambda: setattr(row, column, self._id(at)))

    def remove(self, what: str, name: str, row: Row, detail: str) -> None:
        """Delete a row."""
        self.note(Verb.REMOVED, what, name, detail, lambda: self._session.delete(row))

    def _id(self, row: Row) -> int | None:
        if row.id is None:  # everything added before goes to the database in one go
            self._session.flush()
        return row.id


def in_words(name: str) -> str:
    """A role or a column as people say it."""
    return name.replace("_", " ")


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list):
        return ", ".join(day if day != shifts.OFF else "off" for day in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
