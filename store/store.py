"""The store: opened once in the composition root, handed to everybody who reads or writes."""

from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy.engine import make_url
from sqlmodel import Session as Session

from store.engine import is_sqlite, reading_engine, writing_engine
from store.group_commit import GroupCommitWriter
from store.pool import ReadingSession, UnitPool
from store.runner_lock import RunnerLock

P = ParamSpec("P")
T = TypeVar("T")
UseCase = Callable[Concatenate[Session, P], T]


class Presence(Enum):
    """What a process is to the database it opens."""

    RUNNER = auto()
    """It listens, ticks and sends; on SQLite there is one at a time."""
    VISITOR = auto()
    """A command on the command line: short ordinary transactions beside a runner."""


class _Writer(Protocol):
    async def run(self, unit: Callable[[Session], Any]) -> Any: ...

    @property
    def waiting(self) -> int: ...

    def close(self) -> None: ...


class Store:
    """Runs use cases in transactions and queries beside them.

    Args:
        url: `sqlite:///file` or `postgresql://user:password@host/database`; the schema must be up to date.
        presence: What this process is to the database.
        capacity: How many writes may wait before one more is told to try again.

    Raises:
        RunnerTaken: A second runner for one SQLite file.
    """

    def __init__(self, url: str, presence: Presence = Presence.RUNNER, *, capacity: int = 1_000) -> None:
        alone = is_sqlite(url) and presence is Presence.RUNNER
        self._lock = RunnerLock(Path(make_url(url).database or "")) if alone else None
        try:
            self._open(url, presence, alone=alone, capacity=capacity)
        except BaseException:
            if self._lock:
                self._lock.release()
            raise

    def _open(self, url: str, presence: Presence, *, alone: bool, capacity: int) -> None:
        self._writing = writing_engine(url)
        self._reading = reading_engine(url)
        self._readers = UnitPool(self._reading, session=ReadingSession)
        self._writer: _Writer
        self._together: GroupCommitWriter | None = None
        if alone:
            self._writing.connect().close()  # a file that is no database is an error of whoever opens it
            self._writer = self._together = GroupCommitWriter(self._writing, capacity=capacity)
            return
        # A SQLite visitor has one connection, hence one thread.
        pool = UnitPool(self._writing, threads=1 if is_sqlite(url) else 8, capacity=capacity)
        self._writer = pool
        if presence is Presence.RUNNER:
            self._together = GroupCommitWriter(self._writing, pool, capacity=capacity)

    async def write(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case in a transaction and return its value once that is committed.

        Raises:
            Refused: A rule said no; nothing changed.
            TryAgain: The store is busy or away; nothing changed.
        """
        result: T = await self._writer.run(lambda session: use_case(session, *args, **kwargs))
        return result

    async def write_together(self, workspace: str, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for what many people do at the same moment: theirs share a commit.

        Args:
            workspace: Slack's id of theirs. Those that share a commit run in the order of these ids, so that of two
                processes which serve the same workspaces neither holds what the other waits for.
            use_case: What to run.
            args: Handed on.
            kwargs: Handed on.

        Raises:
            Refused: A rule said no; nothing changed.
            TryAgain: The store is busy or away; nothing changed.
        """
        if self._together is None:
            return await self.write(use_case, *args, **kwargs)
        result: T = await self._together.run(lambda session: use_case(session, *args, **kwargs), workspace)
        return result

    async def read(self, query: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on a connection that cannot write, on what is committed now."""
        result: T = await self._readers.run(lambda session: query(session, *args, **kwargs))
        return result

    @property
    def waiting(self) -> int:
        """How many writes are queued or under way."""
        apart = self._together is not None and self._together is not self._writer
        return self._writer.waiting + (self._together.waiting if self._together and apart else 0)

    def close(self) -> None:
        """Finish what is queued and let go of the database."""
        if self._together:
            self._together.close()
        self._writer.close()
        self._readers.close()
        self._writing.dispose()
        self._reading.dispose()
        if self._lock:
            self._lock.release()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
