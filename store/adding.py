"""The statements that add rows to a table, built once for each table, database and number of rows."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Insert, bindparam, inspect

from store.compiled import Values
from store.dialect import insert_on
from store.table import Table

MOST_AT_ONCE = 32
"""How many rows one statement adds: a power of two, and so is each smaller number, so that there are few statements."""


@cache
def one(table: type[Table]) -> Executable:
    """Adds a row and answers its id."""
    return Insert(_columns(table)).returning(_columns(table).c.id)


@cache
def one_new(table: type[Table], dialect: str) -> Executable:
    """Adds a row unless a unique constraint says that it is there already; answers its id, or nothing."""
    return insert_on(dialect, _columns(table)).on_conflict_do_nothing().returning(_columns(table).c.id)


def each_new(
    table: type[Table], dialect: str, rows: Sequence[Values], answers: tuple[str, ...] = ()
) -> Iterator[tuple[Executable, Values]]:
    """Add those of some rows, with the same columns each, that a unique constraint does not say are there already.

    Args:
        table: Whose rows they are.
        dialect: The database's name.
        rows: By column.
        answers: The columns that each row which was added answers with.

    Yields:
        Statements with their values.
    """
    rest = list(rows)
    while rest:
        many = min(MOST_AT_ONCE, 1 << len(rest).bit_length() - 1)
        together, rest = rest[:many], rest[many:]
        names = tuple(together[0])
        each = (one[name] for one in together for name in names)
        values = dict(zip(_numbered(names, many), each, strict=True))
        yield _many_new(table, dialect, names, many, answers), values


@cache
def _many_new(
    table: type[Table], dialect: str, names: tuple[str, ...], many: int, answers: tuple[str, ...]
) -> Executable:
    columns = _columns(table)
    numbered = iter(_numbered(names, many))
    given = [{name: bindparam(next(numbered), type_=columns.c[name].type) for name in names} for _ in range(many)]
    adding = insert_on(dialect, columns).values(given).on_conflict_do_nothing()
    return adding.returning(*(columns.c[name] for name in answers)) if answers else adding


@cache
def _numbered(names: tuple[str, ...], many: int) -> tuple[str, ...]:
    return tuple(f"{name}_{place}" for place in range(many) for name in names)


def _columns(table: type[Table]) -> Any:
    return inspect(table).local_table
