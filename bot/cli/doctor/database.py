"""The check of the database, as a visitor beside a running app."""

from urllib.parse import urlsplit

from bot.cli import database as databases
from bot.cli.doctor.findings import Finding, Known, State
from store.errors import StoreError, TryAgain
from store.site import overview


async def database(known: Known) -> list[Finding]:
    """Whether the database can be reached and has this version's schema; what it says of the site is kept."""
    url = known.settings.database_url
    try:
        with databases.visiting(url) as store:
            known.workspaces = await store.read(overview)
    except TryAgain as error:
        says = f"The database is busy or away: {error}."
        return [
            Finding("database", State.PROBLEM, says, "Look whether it runs and whether ALONGSIDE_DATABASE_URL fits.")
        ]
    except StoreError as error:
        return [Finding("database", State.PROBLEM, str(error))]
    where = databases.sqlite_file(url) or f"PostgreSQL on {urlsplit(url).hostname or 'this machine'}"
    return [Finding("database", State.OK, f"The database is {where}, with this version's schema.")]
