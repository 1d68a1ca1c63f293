"""`alongside db`: the schema."""

from contextlib import nullcontext

import typer

from bot.cli import database
from store import migrations
from store.runner_lock import RunnerLock


def upgrade() -> None:
    """Bring the database to this version's schema; a SQLite file must have no runner meanwhile."""
    with database.ending_in_a_sentence():
        url = database.database_url()
        database.require_folder(url)
        file = database.sqlite_file(url)
        with RunnerLock(file) if file else nullcontext():
            brought = database.bring_up(url)
        typer.echo(f"The database has this version's schema{' now.' if brought.changed else '. Nothing to do.'}")


def check() -> None:
    """Say whether the database has the tables that this version expects."""
    with database.ending_in_a_sentence():
        url = database.database_url()
        with database.visiting(url):
            pass
        with database.reaching_the_database():
            migrations.check(url)
        typer.echo("The database has this version's schema.")
