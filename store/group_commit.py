"""One writer thread: units that wait together are committed together.

A commit waits for the disk, and SQLite has one writer. Thirty people who answer at the end of a shift therefore share
a commit: the thread takes what has queued up, runs the units in one transaction, commits once, and only then resolves
their callers, so that an answer is never given for something that could still be lost.

The thread begins when its event loop has nothing else to do. Python runs one of them at a time, and hands over at each
of the driver's calls: working at the same time they only got in each other's way, and fewer units shared a commit.

On PostgreSQL others write as well. Units that share a transaction hold what each of them has locked until all have
ended, so they wait for nobody for long: where somebody else was faster, or anything failed, each runs alone.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from store import transaction
from store.errors import RunAgain, TryAgain
from store.pool import Unit, UnitPool, is_away

QUIET = 4
"""Turns of the event loop in which no unit came: a request takes about as many from its arrival to its unit."""
PATIENCE_MS = 200
"""For so long units that share a transaction wait for a row of PostgreSQL. It is well below the second after which the
server looks for transactions that wait for each other: https://www.postgresql.org/docs/current/runtime-config-locks.html"""


@dataclass(slots=True)
class _Waiting:
    unit: Unit
    workspace: str
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None


class _Gathering:
    """The units of one event loop that wait until the thread begins with them; used on that loop alone.

    Args:
        loop: The event loop.
        hand_over: Gives units to the thread.
        most: So many do not wait for more.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, hand_over: Callable[[list[_Waiting]], None], most: int) -> None:
        self._loop = loop
        self._hand_over = hand_over
        self._most = most
        self._units: list[_Waiting] = []
        self._being_written = 0
        self._is_watched = False

    def __len__(self) -> int:
        return len(self._units)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to wait for."""
        return not self._units and not self._being_written

    def add(self, unit: _Waiting) -> None:
        """One more."""
        self._units.append(unit)
        self._watch()

    def written(self, count: int) -> None:
        """The thread has ended with so many."""
        self._being_written -= count
        self._watch()

    def hand_over(self) -> None:
        """Wait for no more."""
        units, self._units = self._units, []
        self._being_written += len(units)
        self._hand_over(units)

    def _watch(self) -> None:
        if self._units and not self._being_written and not self._is_watched:
            self._is_watched = True
            self._loop.call_soon(self._look, 0, 0)

    def _look(self, before: int, quiet: int) -> None:
        quiet = quiet + 1 if len(self._units) == before else 0
        if quiet < QUIET and len(self._units) < self._most:
            self._loop.call_soon(self._look, len(self._units), quiet)
            return
        self._is_watched = False
        self.hand_over()


class _Tainted(Exception):
    """A unit failed and left a trace: what shares its transaction has to be run again without it."""


class GroupCommitWriter:
    """Runs units of work on one thread, many to a commit.

    Args:
        engine: Where to; a SQLite engine's transactions begin IMMEDIATE.
        alone: Runs units that cannot share a transaction; without it the thread does, one by one.
        capacity: How many units may wait; one more is told to try again.
        batch: How many units at most share one commit: whoever came first does not wait for all who came after.
    """

    def __init__(
        self, engine: Engine, alone: UnitPool | None = None, *, capacity: int = 1_000, batch: int = 20
    ) -> None:
        self._engine = engine
        self._alone = alone
        self._batch = batch
        self._capacity = capacity
        self._queue: queue.Queue[_Waiting | None] = queue.Queue()
        self._gathered: dict[asyncio.AbstractEventLoop, _Gathering] = {}
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    async def run(self, unit: Unit, workspace: str = "") -> Any:
        """Queue one unit and wait until it is committed.

        Args:
            unit: What to run.
            workspace: Whose it is: units that share a commit run in the order of their workspaces, so that two
                processes lock the rows of several in the same order.

        Returns:
            What the unit returned.

        Raises:
            TryAgain: The queue is full or closed, or the database is locked by somebody else.
            Exception: Whatever the unit raised; nothing of it was kept.
        """
        if self._closed:  # nobody would take it from the queue any more
            raise TryAgain("the writer has closed")
        loop = asyncio.get_running_loop()
        if self.waiting + (self._alone.waiting if self._alone else 0) >= self._capacity:
            raise TryAgain("the writer's queue is full")
        waiting = _Waiting(unit, workspace, loop, loop.create_future())
        self._gathering(loop).add(waiting)
        try:
            return await waiting.future
        except _Tainted:
            assert self._alone is not None  # noqa: S101 - without it the thread has run the unit
            return await self._alone.run(unit)

    def _gathering(self, loop: asyncio.AbstractEventLoop) -> _Gathering:
        if loop not in self._gathered:
            for ended in [one for one in self._gathered if one.is_closed()]:
                del self._gathered[ended]
            self._gathered[loop] = _Gathering(loop, self._hand_over, self._batch)
        return self._gathered[loop]

    @property
    def waiting(self) -> int:
        """How many units wait for the thread."""
        return self._queue.qsize() + sum(map(len, list(self._gathered.values())))

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        self._closed = True
        for gathered in self._gathered.values():
            gathered.hand_over()
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            together, ending = self._take(first)
            self._commit(together)
            self._resolve(together)
            if ending:
                return

    def _take(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        together = [first]
        while len(together) < self._batch:
            try:
                another = self._queue.get_nowait()
            except queue.Empty:
                return together, False
            if another is None:
                return together, True
            together.append(another)
        return together, False

    def _hand_over(self, units: list[_Waiting]) -> None:
        for unit in units:
            self._queue.put_nowait(unit)

    def _resolve(self, together: list[_Waiting]) -> None:
        # One wake-up for each event loop, not one for each caller.
        for loop in {waiting.loop for waiting in together}:
            done = [waiting for waiting in together if waiting.loop is loop]
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._written, loop, done)

    def _written(self, loop: asyncio.AbstractEventLoop, done: list[_Waiting]) -> None:
        _settle(done)
        gathered = self._gathering(loop)
        gathered.written(len(done))
        if gathered.is_over:
            del self._gathered[loop]

    def _commit(self, together: list[_Waiting]) -> None:
        try:
            with _connected(self._engine) as connection:
                _in_one_transaction(connection, together)
        except _Tainted as tainted:
            for waiting in together:
                waiting.error = tainted if self._alone else None
                if self._alone is None:
                    self._commit_alone(waiting)
        except BaseException as error:
            # Whatever it is, callers wait for it, and the thread goes on for the others.
            for waiting in together:
                waiting.error = _as_told(error)

    def _commit_alone(self, waiting: _Waiting) -> None:
        try:
            with _connected(self._engine) as connection, connection.begin():
                waiting.result = _run(_session(connection), waiting.unit)
                transaction.on(connection).write_later()
        except BaseException as error:
            waiting.error = _as_told(error)


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        try:
            yield connection
        except BaseException:
            # A COMMIT that fails can leave SQLite in its transaction while SQLAlchemy takes it for ended: no unit after
            # it could begin one (https://www.sqlite.org/lang_transaction.html).
            if engine.dialect.name == "sqlite" and (driver := _driver(connection)).in_transaction:
                driver.rollback()
            raise


def _in_one_transaction(connection: Connection, together: list[_Waiting]) -> None:
    with connection.begin() as begun:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
        under_way = transaction.on(connection)
        session = _session(connection)
        for waiting in sorted(together, key=lambda waiting: waiting.workspace):
            mark = under_way.mark()
            try:
                waiting.result = _run(session, waiting.unit)
            except BaseException as error:
                # A unit that was refused before it wrote is simply left out; the others need not be run again.
                left_a_trace = isinstance(error, (DBAPIError, RunAgain)) or not begun.is_active
                if left_a_trace or not under_way.take_back(mark):
                    raise _Tainted from error
                waiting.error = error
        try:
            under_way.write_later()
        except Exception as error:
            raise _Tainted from error


def _session(connection: Connection) -> Session:
    # No savepoint for each unit: they cost a third of the throughput. The session never ends the transaction.
    return Session(bind=connection, expire_on_commit=False, join_transaction_mode="rollback_only")


def _run(session: Session, unit: Unit) -> Any:
    """Run a unit in a session that knows nothing of the ones before it: to make one anew takes longer."""
    try:
        result = unit(session)
        session.flush()
        return result
    finally:
        session.expunge_all()
        session.info.clear()


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _as_told(error: BaseException) -> BaseException:
    return TryAgain(str(error.orig)) if isinstance(error, DBAPIError) and is_away(error) else error


def _settle(done: list[_Waiting]) -> None:
    for waiting in done:
        if waiting.future.done():  # its caller gave up; the unit is committed all the same
            continue
        if waiting.error is not None:
            waiting.future.set_exception(waiting.error)
        else:
            waiting.future.set_result(waiting.result)
