"""A transaction under way: the driver's cursor in it, and the rows that are added at its end.

Much of what an act writes is only ever read by others, after it: the event, the messages to be sent, the request's
key. Such rows wait until the transaction ends, and go with those of the other acts that share it, a statement for each
table instead of one for each row. Whoever asks for such a table before gets it with them: they are written first.

Much of what acts ask is the same for all who act at the same moment: which tools their team has, who is embedded
there. Where a query says so, a transaction asks it once, until it changes one of its tables itself.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Engine, Executable, event, inspect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from store import adding
from store.compiled import Compiled, Values, compiled_for
from store.errors import RunAgain
from store.table import Table

UNDER_WAY = "transaction"
"""Where a session keeps its transaction, and a driver's connection its own."""


@dataclass(slots=True)
class _Later:
    """Rows of a table that are added at the end."""

    table: type[Table]
    rows: list[Values] = field(default_factory=list)
    all_new: bool = False
    """Whether each has to be new, or else the unit runs again."""


class Mark(NamedTuple):
    """Where a transaction stood."""

    changes: int
    added_later: int
    rows: dict[str, int]
    """How many rows of each table waited."""


class Transaction:
    """What is known of a driver's connection while a transaction of ours is under way on it.

    Args:
        connection: SQLAlchemy's.
    """

    def __init__(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        self.connection = connection
        self._cursor = driver.cursor()
        self._changes = 0
        """How many statements have changed something, or may have, but for those that added what had waited."""
        self._added_later = 0
        """How many rows were kept to be added at the end, whether or not they still wait."""
        self._later: dict[str, _Later] = {}
        """By the table's name."""
        self._found: dict[Any, tuple[frozenset[str], list[Any]]] = {}
        """By statement and values: of which tables, and what was found; for statements that are asked once."""

    @property
    def dialect(self) -> Dialect:
        """The database's."""
        return self.connection.dialect

    def carry_out(self, statement: Executable, values: Values, *, as_kept: bool = False) -> list[Any]:
        """Carry out a statement.

        Args:
            statement: Built once, and the same object each time.
            values: What its `bindparam`s stand for.
            as_kept: Leave rows of its tables that are to be added at the end where they are.

        Returns:
            Its rows, as named tuples.

        Raises:
            sqlalchemy.exc.DBAPIError: As SQLAlchemy raises it.
            ValueError: A value is none that its column keeps.
        """
        compiled = compiled_for(self.dialect, statement, values)
        if compiled is None:
            found = self.connection.execute(statement, values)
            return list(found.all()) if found.returns_rows else []
        if self._later and not as_kept and not compiled.tables.isdisjoint(self._later):
            self.write_later()
        return self._execute(compiled, values)

    def carry_out_once(self, statement: Executable, values: Values) -> list[Any]:
        """What a query found the first time, if this transaction has changed none of its tables since."""
        key = (statement, *values.items())
        if key not in self._found:
            compiled = compiled_for(self.dialect, statement, values)
            assert compiled is not None  # noqa: S101 - it is given single values
            self._found[key] = compiled.tables, self.carry_out(statement, values)
        return self._found[key][1]

    def changed(self, tables: frozenset[str] | None = None) -> None:
        """Something was changed in these tables, or in any."""
        self._changes += 1
        if self._found:
            kept = () if tables is None else self._found.items()
            self._found = {key: found for key, found in kept if tables and tables.isdisjoint(found[0])}

    def ended(self) -> None:
        """It was committed or rolled back, in part or as a whole."""
        self._later.clear()
        self._found.clear()

    def _execute(self, compiled: Compiled, values: Values) -> list[Any]:
        if compiled.writes:
            self.changed(compiled.tables)
        try:
            self._cursor.execute(compiled.text, compiled.bind(values))
            return compiled.read(self._cursor.fetchall()) if compiled.read else []
        except self.dialect.loaded_dbapi.Error as error:
            raise self._as_told(compiled.text, error) from error

    def add_later(self, table: type[Table], values: Values, *, all_new: bool = False) -> None:
        """Keep a row to be added at the end."""
        name = inspect(table).local_table.name
        waiting = self._later.get(name)
        if waiting is None:
            waiting = self._later[name] = _Later(table, all_new=all_new)
        waiting.rows.append(values)
        self._added_later += 1

    def waiting(self, table: type[Table]) -> list[Values]:
        """The rows of a table that wait to be added."""
        waiting = self._later.get(inspect(table).local_table.name)
        return waiting.rows if waiting else []

    def write_later(self) -> None:
        """Add what waits.

        Raises:
            RunAgain: A row that has to be new is there.
        """
        if not self._later:
            return
        later, self._later = self._later, {}
        changes = self._changes
        for waiting in later.values():
            added = 0
            answers = ("id",) if waiting.all_new else ()
            for statement, values in adding.each_new(waiting.table, self.dialect.name, waiting.rows, answers):
                added += len(self.carry_out(statement, values))
            if waiting.all_new and added < len(waiting.rows):
                raise RunAgain
        self._changes = changes

    def mark(self) -> "Mark":
        """Where it stands now, for `take_back`."""
        return Mark(
            self._changes, self._added_later, {name: len(waiting.rows) for name, waiting in self._later.items()}
        )

    def take_back(self, to: "Mark") -> bool:
        """Let go of the rows that were kept since. Returns whether nothing else has happened since."""
        still_waiting = sum(len(waiting.rows) for waiting in self._later.values())
        kept_since = self._added_later - to.added_later
        if self._changes != to.changes or (kept_since and still_waiting != kept_since + sum(to.rows.values())):
            return False
        if kept_since:
            for name, waiting in list(self._later.items()):
                del waiting.rows[to.rows.get(name, 0) :]
                if not waiting.rows:
                    del self._later[name]
            self._added_later = to.added_later
        return True

    def _as_told(self, text: str, error: Exception) -> DBAPIError:
        driver: Any = self.connection.connection.dbapi_connection
        is_gone = self.dialect.is_disconnect(error, driver, self._cursor)  # type: ignore[arg-type] # what the driver raised
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


def of(session: Session) -> Transaction:
    """The transaction of a session, begun when there is none."""
    known = session.info.get(UNDER_WAY)
    if known is not None and known[0] is session.get_transaction():
        found: Transaction = known[1]
        return found
    found = on(session.connection())
    session.info[UNDER_WAY] = session.get_transaction(), found
    return found


def on(connection: Connection) -> Transaction:
    """The transaction on a connection."""
    found: Transaction | None = connection.info.get(UNDER_WAY)
    if found is None or found.connection is not connection:
        found = connection.info[UNDER_WAY] = Transaction(connection)
    return found


def end(session: Session) -> None:
    """Write what the session's transaction still holds back: its unit has ended, and is about to be committed.

    Raises:
        RunAgain: A row that has to be new is there.
    """
    session.flush()
    known = session.info.get(UNDER_WAY)
    if known is not None:
        known[1].write_later()


@event.listens_for(Engine, "before_cursor_execute")
def _write_first(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
    # What SQLAlchemy carries out on its own account may ask for any table, and change any.
    found: Transaction | None = connection.info.get(UNDER_WAY)
    if found is not None:
        found.write_later()
        if not statement.lstrip().startswith("SELECT"):
            found.changed()


@event.listens_for(Engine, "commit")
def _write_all(connection: Connection) -> None:
    found: Transaction | None = connection.info.get(UNDER_WAY)
    if found is not None:
        found.write_later()
        found.ended()


@event.listens_for(Engine, "rollback")
@event.listens_for(Engine, "rollback_savepoint")
def _forget(connection: Connection, *_: Any) -> None:
    # When a savepoint was set nothing waited: to set it was a statement.
    if not connection.invalidated and (found := connection.info.get(UNDER_WAY)) is not None:
        found.ended()
