"""The database that the settings name, and how a command ends when something says no."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from pydantic import ValidationError

from bot.settings import Settings
from store import migrations
from store.errors import Refused, StoreError, TryAgain
from store.store import Presence, Store

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql://"


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
    except StoreError as error:
        end(str(error))
    except OSError as error:
        end(f"{error.filename or 'A file'}: {error.strerror or error}.")


def database_url() -> str:
    """The database's URL from the settings.

    Raises:
        Refused: A setting is not what it must be.
    """
    try:
        url = Settings().database_url
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(part) for part in flaw['loc'])}: {flaw['msg']}" for flaw in error.errors())
        raise Refused(
            "A setting is wrong ({wrong}). Put it right in the environment or in .env.", wrong=wrong
        ) from None
    named = url.removeprefix(SQLITE) if url.startswith(SQLITE) else url.removeprefix(POSTGRESQL)
    if named in ("", url):
        raise Refused(
            "ALONGSIDE_DATABASE_URL must be sqlite:///file or postgresql://user:password@host/database. Put it right."
        )
    return url


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


def is_current(url: str) -> bool:
    """Whether the database has this version's schema.

    Raises:
        TryAgain: It cannot be reached.
    """
    with reaching_the_database():
        return migrations.is_current(url)


def upgrade(url: str) -> None:
    """Bring the database to this version's schema.

    Raises:
        TryAgain: It cannot be reached.
    """
    with reaching_the_database():
        migrations.upgrade(url)


@contextmanager
def visiting(url: str) -> Iterator[Store]:
    """An open store beside whatever else runs on a database.

    Raises:
        Refused: The database is missing or has another version's schema.
        TryAgain: It cannot be reached.
    """
    if is_missing(url):
        raise Refused("There is no database at {file} yet. Make it: alongside db upgrade", file=sqlite_file(url))
    if not is_current(url):
        raise Refused("The database has another version's schema. Bring it to this one's: alongside db upgrade")
    with Store(url, Presence.VISITOR) as store:
        yield store
