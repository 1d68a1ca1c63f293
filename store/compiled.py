"""A statement as one database's driver takes it: its text, and the way there and back for what it is given and finds.

The way from SQLAlchemy's compiled statement to the driver is longer than the driver's own, and is the same each time:
it is gone once for each statement and database. SQLAlchemy's types translate both ways.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Executable, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from store.types import Instant, Word

Values = Mapping[str, Any]
Translate = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement as one database's driver takes it."""

    text: str
    bind: Callable[[Values], Any]
    """From the values by name to what the driver takes."""
    read: Callable[[Iterable[Sequence[Any]]], list[Any]] | None
    """From the driver's rows to named ones; None where there are none."""
    writes: bool
    """Whether it changes something."""
    tables: frozenset[str]
    """The names of all tables that it reads or writes."""


_known: dict[Any, Compiled | None] = {}
"""By the database's name, the statement and the names of its values."""


def compiled_for(dialect: Dialect, statement: Executable, values: Values) -> Compiled | None:
    """A statement for a database; None when its text differs with its values, as that of an IN does."""
    key = (dialect.name, statement, *values)
    try:
        return _known[key]
    except KeyError:
        _known[key] = found = _compile(dialect, statement, values)
        return found


def _compile(dialect: Dialect, statement: Any, values: Values) -> Compiled | None:
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
    return Compiled(compiled.string, bind, _reading(statement, dialect), _writes(compiled), _tables_of(statement))


def _writes(compiled: SQLCompiler) -> bool:
    return bool(compiled.isinsert or compiled.isupdate or compiled.isdelete)


def _tables_of(statement: Any) -> frozenset[str]:
    # What is inserted into is no part of the statement's own tree.
    into = getattr(statement, "table", None)
    parts = [*visitors.iterate(statement), *([into] if into is not None else [])]
    return frozenset(part.name for part in parts if isinstance(part, Table))


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> Translate | None:
    return _kept_in_mind("bind", kind, dialect, kind.dialect_impl(dialect).bind_processor(dialect))


_in_mind: dict[Any, Translate] = {}


def _kept_in_mind(way: str, kind: TypeEngine[Any], dialect: Dialect, translate: Translate | None) -> Translate | None:
    """The same words come again and again, and one act has one instant in many places: each is translated once."""
    if translate is None or not isinstance(kind, (Instant, Word)):
        return translate
    of = kind.words if isinstance(kind, Word) else None
    return _in_mind.setdefault((way, type(kind), of, dialect.name), lru_cache(maxsize=1_000)(translate))


def _reading(statement: Any, dialect: Dialect) -> Callable[[Iterable[Sequence[Any]]], list[Any]] | None:
    columns = list(statement.exported_columns)
    if not columns:
        return None
    named: Any = namedtuple("Row", [column.key for column in columns], rename=True)  # type: ignore[misc] # names that only the statement knows
    translations = [
        _kept_in_mind("read", column.type, dialect, column.type.dialect_impl(dialect).result_processor(dialect, None))
        for column in columns
    ]
    translated = [(place, translate) for place, translate in enumerate(translations) if translate]
    if not translated:
        return lambda found: list(map(named._make, found))

    def read(found: Iterable[Sequence[Any]]) -> list[Any]:
        rows = []
        for one in found:
            values = list(one)
            for place, translate in translated:
                values[place] = translate(values[place])
            rows.append(named._make(values))
        return rows

    return read
