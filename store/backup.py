"""Copies of a SQLite file from before its schema changed, so that there is a way back.

A plain copy of a file in WAL mode can lack what was committed last; SQLite's own backup does not
(https://www.sqlite.org/backup.html).
"""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from store.errors import StoreError

KEPT = 3


class BackupFailed(StoreError):
    """No sound copy could be made; nothing was changed."""


def back_up(file: Path, revision: str, *, at: datetime) -> Path:
    """Copy a SQLite file, look whether the copy is sound, and keep the last few of such copies.

    The copy is there under its name only once it is whole and on the disk.

    Args:
        file: The database, which others may be using.
        revision: The schema it has.
        at: When this is, for the copy's name.

    Returns:
        The copy: `alongside.sqlite.0001-20260302T070000Z.bak` beside `alongside.sqlite`.

    Raises:
        BackupFailed: The database is damaged, or the disk is full or read-only.
    """
    backup = file.with_name(f"{file.name}.{revision}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.bak")
    part = backup.with_suffix(".part")
    try:
        _drop_unfinished(file)
        _copy(file, part)
        _reach_the_disk(part)
        part.replace(backup)
        _reach_the_disk(backup.parent)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise BackupFailed(
            f"{file} could not be backed up ({error}), so nothing was changed. Look at the disk and the file, "
            "then try again."
        ) from error
    _drop_old_ones(file)
    return backup


def backups(file: Path) -> list[Path]:
    """The copies of a SQLite file, the oldest first."""
    return sorted(file.parent.glob(f"{file.name}.*-*Z.bak"), key=lambda backup: backup.name.rpartition("-")[2])


def _copy(file: Path, copy: Path) -> None:
    with closing(sqlite3.connect(file)) as original, closing(sqlite3.connect(copy)) as target:
        original.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        found = [str(row[0]) for row in target.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise sqlite3.DatabaseError(f"it is damaged: {found[0]}")


def _reach_the_disk(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drop_unfinished(file: Path) -> None:
    for part in file.parent.glob(f"{file.name}.*-*Z.part"):
        part.unlink()


def _drop_old_ones(file: Path) -> None:
    for old in backups(file)[:-KEPT]:
        old.unlink()
