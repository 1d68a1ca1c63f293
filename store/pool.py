"""A pool of threads, each unit in a transaction of its own: for PostgreSQL, for short visits, and for readers."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlmodel import Session

from store import transaction
from store.errors import RunAgain, TryAgain

Unit = Callable[[Session], Any]

# https://www.postgresql.org/docs/current/errcodes-appendix.html
SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
ATTEMPTS = 5


class ReadingSession(Session):
    """A session that knows what it has loaded until it ends.

    SQLAlchemy's own forgets a row as soon as nobody holds it, and whoever asks for it next loads it again: a page that
    names one tool in ten places asked for it ten times
    (https://docs.sqlalchemy.org/en/20/orm/session_state_management.html#session-referencing-behavior).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded: list[object] = []


@event.listens_for(ReadingSession, "loaded_as_persistent")
def _keep(session: ReadingSession, instance: object) -> None:
    session.loaded.append(instance)


class UnitPool:
    """Runs units of work on a pool of threads.

    Args:
        engine: Where to; its pool has at least as many connections as there are threads.
        session: What a unit is given; readers may be given a `ReadingSession`.
        threads: How many units run at once.
        capacity: How many may be under way or waiting; one more is told to try again.
    """

    def __init__(
        self, engine: Engine, *, session: type[Session] = Session, threads: int = 8, capacity: int = 1_000
    ) -> None:
        self._engine = engine
        self._session = session
        self._capacity = capacity
        self._under_way = 0
        self._closed = False
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="store")

    async def run(self, unit: Unit) -> Any:
        """Run one unit in its own transaction; commit it; return what it returned.

        Raises:
            TryAgain: Too much is waiting, the database is away, or the unit lost its race too often.
            Exception: Whatever the unit raised; its transaction is rolled back.
        """
        if self._closed:
            raise TryAgain("the store has closed")
        if self._under_way >= self._capacity:
            raise TryAgain("too many units are waiting")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, unit)
        finally:
            self._under_way -= 1

    @property
    def waiting(self) -> int:
        """How many units are under way or wait for a thread."""
        return self._under_way

    def close(self) -> None:
        """Wait for the units under way, then end the threads."""
        self._closed = True
        self._threads.shutdown(wait=True)

    def _transact(self, unit: Unit) -> Any:
        for _ in range(ATTEMPTS):
            try:
                with self._session(self._engine, expire_on_commit=False) as session, session.begin():
                    result = unit(session)
                    transaction.end(session)
                    return result
            except RunAgain:
                continue
            except DBAPIError as error:
                if is_away(error):
                    raise TryAgain(str(error.orig)) from error
                if not _lost_a_race(error):
                    raise
        raise TryAgain(f"a unit lost its race {ATTEMPTS} times")


def is_away(error: DBAPIError) -> bool:
    """Whether an error says that the database is out of reach or busy, and nothing of what was asked of it."""
    # A transaction that was idle for too long ends with its connection, by an error of another class.
    broken = isinstance(error, (OperationalError, InterfaceError)) or error.connection_invalidated
    return broken and not _lost_a_race(error)


def _lost_a_race(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in {SERIALIZATION_FAILURE, DEADLOCK_DETECTED}
