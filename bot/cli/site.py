"""`alongside site`: how a site begins, and how it changes."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from bot.cli import database
from bot.settings import SQLITE
from bot.site_file import read_site
from jobs.clock import SystemClock
from store.site import Change, Site, Verb, import_site, plan_site
from store.store import Store

WOULD = {Verb.ADDED: "would add", Verb.CHANGED: "would change", Verb.REMOVED: "would remove"}


def import_file(file: Path, *, dry_run: bool) -> None:
    """Import a site file, or say what that would change; every flaw of the file ends it instead."""
    with database.ending_in_a_sentence():
        site = _read(file)
        url = database.database_url()
        at = SystemClock().now()
        if dry_run:
            with _store_to_look_into(url) as store:
                changes = asyncio.run(store.read(plan_site, site, at=at))
        else:
            if database.is_missing(url):
                database.bring_up(url)
            with database.visiting(url) as store:
                changes = asyncio.run(store.write(import_site, site, at=at))
    _show(changes, dry_run=dry_run)


def _read(file: Path) -> Site:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        database.end(f"{file} is not UTF-8 text. Save it as UTF-8.")
    site = read_site(text)
    if not isinstance(site, Site):
        for flaw in site:
            typer.echo(str(flaw), err=True)
        database.end(f"{file} has {_counted(len(site), 'flaw')}. Nothing was changed.")
    return site


@contextmanager
def _store_to_look_into(url: str) -> Iterator[Store]:
    """The database; for a SQLite file that is not there yet, an empty one elsewhere, so that looking makes none."""
    if not database.is_missing(url):
        with database.visiting(url) as store:
            yield store
        return
    with TemporaryDirectory() as folder:
        empty = f"{SQLITE}{folder}/empty.sqlite"
        database.bring_up(empty)
        with database.visiting(empty) as store:
            yield store


def _show(changes: Sequence[Change], *, dry_run: bool) -> None:
    if not changes:
        typer.echo("Nothing to change.")
        return
    for change in changes:
        verb = WOULD[change.verb] if dry_run else change.verb.value
        typer.echo(f"{verb} {change.what} {change.name}" + (f" ({change.detail})" if change.detail else ""))
    said = "would be made. Nothing was written" if dry_run else "made"
    typer.echo(f"{_counted(len(changes), 'change')} {said}.")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
