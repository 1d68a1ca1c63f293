"""The few statements that both databases have under the same name in different modules."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    CursorResult,
    Delete,
    Float,
    Select,
    Update,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session


def insert(session: Session, table: type[Any]) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT for this session's database that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_on(session.get_bind().dialect.name, table)


def insert_on(dialect: str, table: type[Any]) -> "sqlite.Insert | postgresql.Insert":
    """The same for a database by the name of its dialect, to be built once and kept."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def database_now(session: Session) -> ColumnElement[float]:
    """The database's own clock, in seconds since 1970: leases of several processes are measured on one clock."""
    return now_on(session.get_bind().dialect.name)


def now_on(dialect: str) -> ColumnElement[float]:
    """The same for a database by the name of its dialect."""
    if dialect == "postgresql":
        # A query of its own is asked once, not for each row.
        return literal_column("(SELECT extract(epoch from clock_timestamp())::float8)", Float)
    return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Float)


def database_instant(session: Session) -> datetime:
    """The present instant on the database's own clock."""
    now = session.connection().execute(_asking(session.get_bind().dialect.name)).scalar_one()
    return datetime.fromtimestamp(now, UTC)


@cache
def _asking(dialect: str) -> Select[float]:
    return select(now_on(dialect))


def among(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the values that are given under a name when the statement is carried out.

    PostgreSQL takes them as one array, SQLite as a list in JSON: the statement stays the same for any number of them.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=postgresql.ARRAY(column.type)))
    given = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return column.in_(select(given.c.value))


def one_of_selected(dialect: str, column: ColumnElement[Any], selected: Select[Any]) -> ColumnElement[bool]:
    """Whether a column is one of what a query that locks its rows selects.

    PostgreSQL carries such a query out once only where its result becomes an array; a join might lock more than its
    limit, and a limit that is not known when it is planned might make it read the whole table.
    """
    if dialect == "postgresql":
        return column == any_(func.array(selected.scalar_subquery()))
    return column.in_(selected)


def without_waiting_for_the_disk(dialect: str, statement: ReturningUpdate[Any]) -> ReturningUpdate[Any]:
    """The same statement, whose transaction others see at once and a crash of a PostgreSQL server may undo.

    It reaches the disk before whatever is committed after it: https://www.postgresql.org/docs/current/wal-async-commit.html
    """
    if dialect == "postgresql":
        return statement.returning(func.set_config("synchronous_commit", "off", True))
    return statement


def changed(session: Session, statement: Update | Delete) -> int:
    """Carry out an UPDATE or a DELETE; returns how many rows it changed."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)  # noqa: S101 - these have a count
    return result.rowcount
