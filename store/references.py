"""References that people say aloud: E-4, F-12, C-3. Numbers count up in each workspace, without gaps by races."""

import re
from enum import StrEnum
from functools import cache

from sqlalchemy import Executable, UniqueConstraint
from sqlmodel import Field, Session, col

from store import prepared
from store.dialect import insert_on
from store.table import Table
from store.types import Word


class Series(StrEnum):
    """What is numbered, and the letter in front of the number."""

    EMBEDDING = "E"
    FEEDBACK = "F"
    CHANGE_NOTE = "C"


_BY_LETTER = {series.value: series for series in Series}


class Sequence(Table, table=True):
    """The last number given out in a workspace's series."""

    __tablename__ = "sequence"
    __table_args__ = (UniqueConstraint("workspace_id", "series"),)

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: int = Field(foreign_key="workspace.id")
    series: Series = Field(sa_type=Word(Series))
    last: int


def take(session: Session, workspace_id: int, series: Series) -> int:
    """The next number of a series.

    It locks the series until the transaction ends, so it is taken last, after every other check and lock.
    """
    taken = prepared.scalar(
        session, _taking(prepared.dialect_of(session)), {"workspace_id": workspace_id, "series": series, "last": 1}
    )
    return int(taken)


@cache
def _taking(dialect: str) -> Executable:
    return (
        insert_on(dialect, Sequence)
        .on_conflict_do_update(index_elements=["workspace_id", "series"], set_={"last": col(Sequence.last) + 1})
        .returning(col(Sequence.last))
    )


def write(series: Series, number: int) -> str:
    """The reference as people write it, such as `F-12`."""
    return f"{series.value}-{number}"


def read(series: Series, text: str) -> int | None:
    """The number in what somebody typed for a reference (`F-12`, `f12`, `12`), or None if it is none."""
    match = re.fullmatch(rf"\s*(?:{series.value}\s*-?\s*)?(\d{{1,9}})\s*", text, re.IGNORECASE)
    return int(match[1]) if match else None


def named(text: str) -> tuple[Series, int] | None:
    """The series and the number when what somebody typed is one reference with its letter and nothing else."""
    series = _BY_LETTER.get(text.lstrip()[:1].upper())
    number = read(series, text) if series else None
    return (series, number) if series and number is not None else None
