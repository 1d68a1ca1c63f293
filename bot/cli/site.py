"""`alongside site`: how a site begins, and how it changes; who works when."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from bot.cli import changes, database
from bot.render import shift_calendar as shown
from bot.settings import SQLITE
from bot.site_file import read_site
from bot.texts import Texts
from jobs.clock import SystemClock
from store import shift_calendar, shifts
from store.shift_calendar import ShiftCalendar
from store.site import Change, Site, SiteTeam, import_site, plan_site, workspace_meant
from store.store import Session, Store


def import_file(file: Path, *, dry_run: bool) -> None:
    """Import a site file, or say what that would change; every flaw of the file ends it instead."""
    with database.ending_in_a_sentence():
        site = _read(file)
        url = database.database_url()
        at = SystemClock().now()
        if dry_run:
            with _store_to_look_into(url) as store:
                found = asyncio.run(store.read(plan_site, site, at=at))
        else:
            if database.is_missing(url):
                database.bring_up(url)
            with database.visiting(url) as store:
                found = asyncio.run(store.write(import_site, site, at=at))
    changes.show(found, dry_run=dry_run)
    if dry_run:
        for team in site.teams:
            if any(_is_about_shifts(change, team) for change in found):
                _show_calendar(_calendar_of(team, at))


def show_shifts(workspace: str | None) -> None:
    """Print the coming two weeks of every team."""
    with database.ending_in_a_sentence(), database.visiting(database.database_url()) as store:
        found = asyncio.run(store.read(_calendars, workspace, at=SystemClock().now()))
    if not found:
        typer.echo("There is no team here yet. Add one to the site file and import it.")
    for calendar in found:
        _show_calendar(calendar)


def _calendars(session: Session, workspace: str | None, *, at: datetime) -> tuple[ShiftCalendar, ...]:
    meant = workspace_meant(session, workspace)
    assert meant.id is not None  # noqa: S101 - rows that are read have one
    return shift_calendar.of_workspace(session, meant.id, at=at)


def _is_about_shifts(change: Change, team: SiteTeam) -> bool:
    of_it = change.name == team.name or change.name.endswith(f" of {team.name}")
    return of_it and change.what in ("team", "shift", "crew")


def _calendar_of(team: SiteTeam, at: datetime) -> ShiftCalendar:
    crews = [(crew.name, crew.offset) for crew in team.crews]
    return shift_calendar.calendar(team.name, team.pattern, crews, shifts.local_day(at, team.zone))


def _show_calendar(calendar: ShiftCalendar) -> None:
    typer.echo("\n" + shown.plain(calendar, Texts("en-US")))


def _read(file: Path) -> Site:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        database.end(f"{file} is not UTF-8 text. Save it as UTF-8.")
    site = read_site(text)
    if not isinstance(site, Site):
        for flaw in site:
            typer.echo(str(flaw), err=True)
        database.end(f"{file} has {changes.counted(len(site), 'flaw')}. Nothing was changed.")
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
