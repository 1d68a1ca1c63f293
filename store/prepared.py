"""Statements that are built once and carried out often, for the acts that many people do at the same time.

To build a statement costs several times what it costs to carry it out, rows cost a fraction of objects, and the way
from a compiled statement to the driver is longer than the driver's own. What an act on the floor asks is therefore
built when its module is, with `bindparam` for what differs, compiled once for each database, and handed to the driver
with its values. SQLAlchemy's types translate both ways, and its transactions and errors stay what they are.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Dialect, Executable, Insert, bindparam, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from store.dialect import insert_on
from store.table import Table
from store.types import Instant, Word

Values = Mapping[str, Any]
Translate = Callable[[Any], Any]

MOST_AT_ONCE = 32
"""How many rows one statement adds: a power of two, and so is each smaller number, so that there are few statements."""
AT_HAND = "prepared"
"""Where a session keeps the driver's cursor of its transaction."""


def rows(session: Session, statement: Executable, values: Values) -> list[Any]:
    """Carry out a statement in the session's transaction.

    Args:
        session: The unit's session.
        statement: Built once, and the same object each time.
        values: What its `bindparam`s stand for.

    Returns:
        Its rows, as named tuples.

    Raises:
        sqlalchemy.exc.DBAPIError: As SQLAlchemy raises it.
        ValueError: A value is none that its column keeps.
    """
    # What was changed on objects before is there to be found, as it is with the ORM's own statements.
    session.flush()
    at_hand = _at_hand(session)
    compiled = _compiled(at_hand.dialect, statement, values)
    if compiled is None:
        return list(at_hand.connection.execute(statement, values).all())
    return at_hand.carry_out(compiled, values)


def row(session: Session, statement: Executable, values: Values) -> Any:
    """The first row, or None."""
    found = rows(session, statement, values)
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
    session.flush()
    at_hand = _at_hand(session)
    compiled = _compiled(at_hand.dialect, statement, values)
    if compiled is None:
        at_hand.connection.execute(statement, values)
    else:
        at_hand.carry_out(compiled, values)


def dialect_of(session: Session) -> str:
    """The name of the session's database: `sqlite` or `postgresql`."""
    return session.get_bind().dialect.name


def add(session: Session, table: type[Table], values: Values) -> int:
    """Add a row with these values; returns its id."""
    return int(scalar(session, _adding(table), values))


def add_new(session: Session, table: type[Table], values: Values) -> int | None:
    """Add a row unless a unique constraint says that it is there already; returns its id, or None."""
    added = scalar(session, _adding_new(table, dialect_of(session)), values)
    return None if added is None else int(added)


def add_all_new(session: Session, table: type[Table], rows: Sequence[Values]) -> None:
    """Add those of some rows, with the same columns each, that a unique constraint does not say are there already."""
    for statement, values in _together(session, table, rows, ()):
        run(session, statement, values)


def add_each_new(session: Session, table: type[Table], many: Sequence[Values], answers: tuple[str, ...]) -> list[Any]:
    """The same, and these columns of each row that was added, in no particular order."""
    added: list[Any] = []
    for statement, values in _together(session, table, many, answers):
        added += rows(session, statement, values)
    return added


def _together(
    session: Session, table: type[Table], rows: Sequence[Values], answers: tuple[str, ...]
) -> Iterator[tuple[Executable, Values]]:
    rest = list(rows)
    while rest:
        many = min(MOST_AT_ONCE, 1 << len(rest).bit_length() - 1)
        together, rest = rest[:many], rest[many:]
        names = tuple(together[0])
        each = (one[name] for one in together for name in names)
        values = dict(zip(_numbered(names, many), each, strict=True))
        yield _adding_all_new(table, dialect_of(session), names, many, answers), values


@cache
def _adding(table: type[Table]) -> Executable:
    return Insert(_columns(table)).returning(_columns(table).c.id)


@cache
def _adding_new(table: type[Table], dialect: str) -> Executable:
    return insert_on(dialect, _columns(table)).on_conflict_do_nothing().returning(_columns(table).c.id)


@cache
def _adding_all_new(
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


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one database's driver takes it."""

    text: str
    bind: Callable[[Values], Any]
    """From the values by name to what the driver takes."""
    read: Callable[[Iterable[Sequence[Any]]], list[Any]] | None
    """From the driver's rows to named ones; None where there are none."""


@dataclass(frozen=True, slots=True)
class _AtHand:
    """A transaction of a session, with the driver's cursor in it."""

    transaction: object
    connection: Connection
    cursor: Any

    @property
    def dialect(self) -> Dialect:
        return self.connection.dialect

    def carry_out(self, compiled: _Compiled, values: Values) -> list[Any]:
        try:
            self.cursor.execute(compiled.text, compiled.bind(values))
            return compiled.read(self.cursor.fetchall()) if compiled.read else []
        except self.dialect.loaded_dbapi.Error as error:
            raise self._as_told(compiled.text, error) from error

    def _as_told(self, text: str, error: Exception) -> DBAPIError:
        driver: Any = self.connection.connection.dbapi_connection
        is_gone = self.dialect.is_disconnect(error, driver, self.cursor)  # type: ignore[arg-type] # what the driver raised
        if is_gone:
            self.connection.invalidate(error)
        told = DBAPIError.instance(
            text,
            None,
            error,
            self.dialect.loaded_dbapi.Error,
            hide_parameters=self.connection.engine.hide_parameters,
            connection_invalidated=is_gone,
            dialect=self.dialect,
        )
        assert isinstance(told, DBAPIError)  # noqa: S101 - what a driver raised becomes one
        return told


def _at_hand(session: Session) -> _AtHand:
    at_hand: _AtHand | None = session.info.get(AT_HAND)
    if at_hand is None or at_hand.transaction is not session.get_transaction():
        connection = session.connection()
        driver: Any = connection.connection.dbapi_connection
        at_hand = session.info[AT_HAND] = _AtHand(session.get_transaction(), connection, driver.cursor())
    return at_hand


_known: dict[Any, _Compiled | None] = {}
"""By the database's name, the statement and the names of its values."""


def _compiled(dialect: Dialect, statement: Executable, values: Values) -> _Compiled | None:
    """A statement for a database; None when its text differs with its values, as that of an IN does."""
    key = (dialect.name, statement, *values)
    try:
        return _known[key]
    except KeyError:
        _known[key] = found = _compile(dialect, statement, values)
        return found


def _compile(dialect: Dialect, statement: Any, values: Values) -> _Compiled | None:
    compiled = statement.compile(dialect=dialect, column_keys=list(values))
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - no schema is changed here
    if compiled.post_compile_params or compiled.literal_execute_params:
        return None
    assert not compiled.insert_prefetch  # noqa: S101 - whoever adds a row gives all of it
    names = list(compiled.positiontup or ()) if compiled.positional else list(compiled.bind_names.values())
    given = [
        (name, name in values, compiled.params[name], _binding(compiled.binds[name].type, dialect)) for name in names
    ]

    def each(of: Values) -> list[Any]:
        return [
            (translate(of[name]) if translate else of[name]) if is_asked else fixed
            for name, is_asked, fixed, translate in ready
        ]

    ready = [
        (name, is_asked, fixed if is_asked or not translate else translate(fixed), translate)
        for name, is_asked, fixed, translate in given
    ]
    bind: Callable[[Values], Any] = each if compiled.positional else lambda of: dict(zip(names, each(of), strict=True))
    return _Compiled(compiled.string, bind, _reading(statement, dialect))


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Translate | None:
    return _kept_in_mind(kind, kind.dialect_impl(dialect).bind_processor(dialect))


def _kept_in_mind(kind: TypeEngine[Any], translate: Translate | None) -> Translate | None:
    """The same words come again and again, and one act has one instant in many places."""
    return lru_cache(maxsize=100)(translate) if translate and isinstance(kind, (Instant, Word)) else translate


def _reading(statement: Any, dialect: Dialect) -> Callable[[Iterable[Sequence[Any]]], list[Any]] | None:
    columns = list(statement.exported_columns)
    if not columns:
        return None
    named: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc] # names that only the statement knows
    translations = [
        _kept_in_mind(column.type, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for column in columns
    ]
    if not any(translations):
        return lambda found: list(map(named._make, found))

    def read(found: Iterable[Sequence[Any]]) -> list[Any]:
        return [
            named._make(
                translate(value) if translate else value for translate, value in zip(translations, one, strict=True)
            )
            for one in found
        ]

    return read
