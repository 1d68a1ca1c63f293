"""Statements that are built once and carried out often, for the acts that many people do at the same time.

To build a statement costs several times what it costs to carry it out, and rows cost a fraction of objects. What an
act on the floor asks is therefore built when its module is, with `bindparam` for what differs, and answered by rows.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Executable, Insert, inspect
from sqlmodel import Session

from store.dialect import insert_on
from store.table import Table

Values = Mapping[str, Any]


def execute(
    session: Session, statement: Executable, values: Values | Sequence[Values] | None = None
) -> CursorResult[Any]:
    """Carry out a statement in the session's transaction; a sequence of values carries it out for each."""
    # What was changed on objects before is there to be found, as it is with the ORM's own statements.
    session.flush()
    return session.connection().execute(statement, values)


def dialect_of(session: Session) -> str:
    """The name of the session's database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def add(session: Session, table: type[Table], values: Values) -> int:
    """Add a row with these values; returns its id."""
    return int(execute(session, _adding(table), values).scalar_one())


def add_new(session: Session, table: type[Table], values: Values) -> int | None:
    """Add a row unless a unique constraint says that it is there already; returns its id, or None."""
    added = execute(session, _adding_new(table, dialect_of(session), with_id=True), values).scalar()
    return None if added is None else int(added)


def add_all_new(session: Session, table: type[Table], rows: Sequence[Values]) -> None:
    """Add those of some rows, with the same columns each, that a unique constraint does not say are there already."""
    if rows:
        execute(session, _adding_new(table, dialect_of(session), with_id=False), rows)


@cache
def _adding(table: type[Table]) -> Executable:
    return Insert(_columns(table)).returning(_columns(table).c.id)


@cache
def _adding_new(table: type[Table], dialect: str, *, with_id: bool) -> Executable:
    statement = insert_on(dialect, _columns(table)).on_conflict_do_nothing()
    return statement.returning(_columns(table).c.id) if with_id else statement


def _columns(table: type[Table]) -> Any:
    return inspect(table).local_table
