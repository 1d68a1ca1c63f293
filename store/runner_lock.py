"""The lock that keeps a SQLite file to one runner: one process that listens, ticks and sends."""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from store.errors import RunnerTaken


class RunnerLock:
    """An advisory lock on a file beside the database; the operating system frees it when the process ends.

    Args:
        database: The path of the SQLite file.

    Raises:
        RunnerTaken: Another process holds it; the sentence says which and what to do.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self._file.close()
            raise RunnerTaken(
                f"Another Alongside (process {holder}) already runs {database}. Stop it first, or use "
                "PostgreSQL, where any number may run."
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> "RunnerLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
