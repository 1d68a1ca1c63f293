"""Statements that are built once and carried out often, for the acts that many people do at the same time.

To build a statement costs several times what it costs to carry it out, rows cost a fraction of objects, and the way
from a compiled statement to the driver is longer than the driver's own. What an act on the floor asks is therefore
built when its module is, with `bindparam` for what differs, compiled once for each database, and handed to the driver
with its values. SQLAlchemy's types translate both ways, and its transactions and errors stay what they are.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Executable
from sqlmodel import Session

from store import adding, transaction
from store.compiled import Values
from store.table import Table


def rows(session: Session, statement: Executable, values: Values, *, as_kept: bool = False) -> list[Any]:
    """Carry out a statement in the session's transaction.

    Args:
        session: The unit's session.
        statement: Built once, and the same object each time.
        values: What its `bindparam`s stand for.
        as_kept: Without the rows that are to be added later, of which the caller knows.

    Returns:
        Its rows, as named tuples.

    Raises:
        sqlalchemy.exc.DBAPIError: As SQLAlchemy raises it.
        ValueError: A value is none that its column keeps.
    """
    # What was changed on objects before is there to be found, as it is with the ORM's own statements.
    session.flush()
    return transaction.of(session).carry_out(statement, values, as_kept=as_kept)


def rows_once(session: Session, statement: Executable, values: Values) -> list[Any]:
    """The same for what many acts ask that share a transaction: each gets what the first one of them found.

    It may be as old as the transaction, and is never older than its own changes. Where something has to be true after
    a lock was taken it is asked by `rows`.
    """
    session.flush()
    return transaction.of(session).carry_out_once(statement, values)


def row(session: Session, statement: Executable, values: Values, *, as_kept: bool = False) -> Any:
    """The first row, or None."""
    found = rows(session, statement, values, as_kept=as_kept)
    return found[0] if found else None


def scalars(session: Session, statement: Executable, values: Values) -> list[Any]:
    """The first column of each row."""
    return [found[0] for found in rows(session, statement, values)]


def scalar(session: Session, statement: Executable, values: Values) -> Any:
    """The first column of the first row, or None."""
    found = rows(session, statement, values)
    return found[0][0] if found else None


def run(session: Session, statement: Executable, values: Values) -> None:
    """Carry out a statement that answers nothing."""
    rows(session, statement, values)


def dialect_of(session: Session) -> str:
    """The name of the session's database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def add(session: Session, table: type[Table], values: Values) -> int:
    """Add a row with these values; returns its id."""
    return int(scalar(session, adding.one(table), values))


def add_new(session: Session, table: type[Table], values: Values) -> int | None:
    """Add a row unless a unique constraint says that it is there already; returns its id, or None."""
    added = scalar(session, adding.one_new(table, dialect_of(session)), values)
    return None if added is None else int(added)


def add_all_new(session: Session, table: type[Table], many: Sequence[Values]) -> None:
    """Add those of some rows, with the same columns each, that a unique constraint does not say are there already."""
    for statement, values in adding.each_new(table, dialect_of(session), many):
        run(session, statement, values)


def add_each_new(session: Session, table: type[Table], many: Sequence[Values], answers: tuple[str, ...]) -> list[Any]:
    """The same, and these columns of each row that was added, in no particular order."""
    added: list[Any] = []
    for statement, values in adding.each_new(table, dialect_of(session), many, answers):
        added += rows(session, statement, values)
    return added


def add_later(session: Session, table: type[Table], values: Values) -> None:
    """Add a row before the transaction ends, unless a unique constraint says then that it is there already.

    Whatever asks for the table before finds it. All rows that are added to a table so have the same columns.
    """
    transaction.of(session).add_later(table, values)


def add_new_later(session: Session, table: type[Table], values: Values) -> None:
    """The same for a table whose rows have to be new: the unit runs again when one is not."""
    transaction.of(session).add_later(table, values, all_new=True)


def added_later(session: Session, table: type[Table]) -> Sequence[Values]:
    """The rows of a table that wait to be added."""
    return transaction.of(session).waiting(table)
