"""`alongside roster`: who works which shift on which day, from a list that is kept elsewhere."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from bot.cli import changes, database
from bot.roster_file import read_roster
from bot.site_file.flaws import Flaw
from jobs.clock import SystemClock
from store import roster_import
from store.roster_import import RosterFlaw, RosterLine, RosterPlan
from store.site import Change, workspace_meant
from store.store import Session

SHOWN = 30
"""As many lines as fit a terminal."""


def import_file(file: Path, workspace: str | None, *, dry_run: bool) -> None:
    """Import a roster, or say what that would change; every flaw of the file ends it instead."""
    with database.ending_in_a_sentence():
        lines = _read(file)
        at = SystemClock().now()
        with database.visiting(database.database_url()) as store:
            if dry_run:
                plan = asyncio.run(store.read(_planned, workspace, lines, at=at))
            else:
                plan = asyncio.run(store.write(_imported, workspace, lines, at=at))
    if plan.flaws:
        _end_with(file, plan.flaws)
    for line in _short([f"stays as it is: {kept}" for kept in plan.kept]):
        typer.echo(line)
    _show(plan.changes, dry_run=dry_run)


def _show(found: Sequence[Change], *, dry_run: bool) -> None:
    if not found:
        typer.echo("Nothing to change.")
        return
    for line in _short(_by_day(found, dry_run) if len(found) <= SHOWN else _by_person(found, dry_run)):
        typer.echo(line)
    said = "would be noted. Nothing was written" if dry_run else "noted"
    typer.echo(f"{changes.counted(len(found), 'day')} {said}.")


def _by_day(found: Sequence[Change], dry_run: bool) -> list[str]:
    return [f"{_verb(change, dry_run)} {change.name}: {change.detail}" for change in found]


def _by_person(found: Sequence[Change], dry_run: bool) -> list[str]:
    """A line for each person and what becomes of their days: a whole roster is too long to read."""
    together: dict[tuple[str, str], list[str]] = {}
    for change in found:
        together.setdefault((change.name, _verb(change, dry_run)), []).append(change.detail.partition(" ")[0])
    return [
        f"{verb} {name}: {changes.counted(len(days), 'day')}, {_from_to(min(days), max(days))}"
        for (name, verb), days in together.items()
    ]


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def _verb(change: Change, dry_run: bool) -> str:
    return changes.WOULD[change.verb] if dry_run else change.verb.value


def _short(lines: Sequence[str]) -> list[str]:
    more = len(lines) - SHOWN
    return list(lines) if more <= 0 else [*lines[:SHOWN], f"… and {more} more like these"]


def _read(file: Path) -> tuple[RosterLine, ...]:
    lines: list[RosterLine] = []
    flaws: list[Flaw] = []
    for each in read_roster(file.read_bytes()):
        if isinstance(each, RosterLine):
            lines.append(each)
        else:
            flaws.append(each)
    if flaws:
        _end_with(file, flaws)
    return tuple(lines)


def _end_with(file: Path, flaws: Sequence[Flaw | RosterFlaw]) -> NoReturn:
    for line in _short([f"line {flaw.line}: {flaw.sentence}" for flaw in flaws]):
        typer.echo(line, err=True)
    database.end(f"{file} has {changes.counted(len(flaws), 'flaw')}. Nothing was changed.")


def _planned(session: Session, workspace: str | None, lines: Sequence[RosterLine], *, at: datetime) -> RosterPlan:
    return roster_import.plan_roster(session, _id_of(session, workspace), lines, at=at)


def _imported(session: Session, workspace: str | None, lines: Sequence[RosterLine], *, at: datetime) -> RosterPlan:
    return roster_import.import_roster(session, _id_of(session, workspace), lines, at=at)


def _id_of(session: Session, workspace: str | None) -> int:
    meant = workspace_meant(session, workspace)
    assert meant.id is not None  # noqa: S101 - rows that are read have one
    return meant.id
