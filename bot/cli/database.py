"""The database that the settings name, and how a command ends when something says no."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

import typer

from bot.settings import SQLITE, WrongSetting, read_settings
from jobs.clock import SystemClock
from store import migrations
from store.errors import Refused, StoreError, TryAgain
from store.migrations import Brought, Schema
from store.store import Presence, Store


def end(sentence: str) -> NoReturn:
    """End the command with a sentence on stderr and exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


@contextmanager
def ending_in_a_sentence() -> Iterator[None]:
    """End the command with a sentence, not a stack trace, when the store or the system says no; a bug still shows."""
    try:
        yield
    except TryAgain as error:
        end(f"The database is busy or away: {error}. Check that it runs, then try again.")
    except (StoreError, WrongSetting) as error:
        end(str(error))
    except OSError as error:
        end(f"{error.filename or 'A file'}: {error.strerror or error}.")


def database_url() -> str:
    """The database's URL from the settings.

    Raises:
        WrongSetting: A setting is not what it must be.
    """
    return read_settings().database_url


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL, which may not be there yet; None for PostgreSQL."""
    return Path(url.removeprefix(SQLITE).partition("?")[0]) if url.startswith(SQLITE) else None


def is_missing(url: str) -> bool:
    """Whether a URL names a SQLite file that is not there; looking into it would make an empty one."""
    file = sqlite_file(url)
    return file is not None and not file.exists()


@contextmanager
def reaching_the_database() -> Iterator[None]:
    """What the database's driver says about a connection becomes TryAgain.

    Migrations run outside `Store`, which does this for units; SQLAlchemy's own classes are not imported above the
    store, but its errors carry the driver's under `orig`.
    """
    try:
        yield
    except Exception as error:
        said = getattr(error, "orig", None)
        if said is None:
            raise
        raise TryAgain(" ".join(str(said).split())) from error


def schema_of(url: str) -> Schema:
    """Which schema the database has.

    Raises:
        TryAgain: It cannot be reached.
    """
    with reaching_the_database():
        return migrations.schema_of(url)


def bring_up(url: str) -> Brought:
    """Bring the database to this version's schema, and say where the backup of a SQLite file is.

    Raises:
        StoreError: It cannot be reached or backed up, comes from a newer version, or the upgrade was undone.
    """
    require_folder(url)
    with reaching_the_database():
        return migrations.bring_up(url, at=SystemClock().now(), told=_told_of_backup)


def _told_of_backup(backup: Path) -> None:
    typer.echo(f"The database was backed up to {backup} before its upgrade.", err=True)


def require_folder(url: str) -> None:
    """See that a SQLite file can be written where it is to be.

    Raises:
        Refused: Its folder is not there, or cannot be written.
    """
    if file := sqlite_file(url):
        require_writable(file.absolute().parent, "ALONGSIDE_DATABASE_URL")


def require_writable(folder: Path, setting: str, *, make: bool = False) -> None:
    """See that files can be made in a folder, which is made first when it may be.

    Raises:
        Refused: The folder is not there, or cannot be written.
    """
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refused(
            "The folder {folder} cannot be written ({why}). Put that right, or set {setting} to another place.",
            folder=folder,
            why=error.strerror or error,
            setting=setting,
        ) from None


def require_current(url: str) -> None:
    """See that the database is there with this version's schema.

    Raises:
        Refused: It is missing, or it has another version's schema; the sentence says which command to run.
        TryAgain: It cannot be reached.
    """
    if is_missing(url):
        raise Refused("There is no database at {file} yet. Make it: alongside db upgrade", file=sqlite_file(url))
    schema = schema_of(url)
    with reaching_the_database():
        migrations.require_known(url, schema)
    if schema is Schema.NONE:
        raise Refused("The database is empty. Make its tables: alongside db upgrade")
    if schema is not Schema.CURRENT:
        raise Refused("The database has an older version's schema. Bring it to this one's: alongside db upgrade")


@contextmanager
def visiting(url: str) -> Iterator[Store]:
    """An open store beside whatever else runs on a database.

    Raises:
        Refused: The database is missing or has another version's schema.
        TryAgain: It cannot be reached.
    """
    require_current(url)
    with Store(url, Presence.VISITOR) as store:
        yield store
