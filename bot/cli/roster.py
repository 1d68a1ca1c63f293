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
from store.site import workspace_meant
from store.store import Session


def import_file(file: Path, workspace: str | None, *, dry_run: bool) -> None:
    """Import a roster, or say what that would change; every flaw of the file ends it instead."""
    with database.ending_in_a_sentence():
        lines = _read(file)
        with database.visiting(database.database_url()) as store:
            if dry_run:
                plan = asyncio.run(store.read(_planned, workspace, lines))
            else:
                plan = asyncio.run(store.write(_imported, workspace, lines, at=SystemClock().now()))
    if plan.flaws:
        _end_with(file, plan.flaws)
    for kept in plan.kept:
        typer.echo(f"stays as it is: {kept}")
    changes.show(plan.changes, dry_run=dry_run)


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
    for flaw in flaws:
        typer.echo(f"line {flaw.line}: {flaw.sentence}", err=True)
    database.end(f"{file} has {changes.counted(len(flaws), 'flaw')}. Nothing was changed.")


def _planned(session: Session, workspace: str | None, lines: Sequence[RosterLine]) -> RosterPlan:
    return roster_import.plan_roster(session, _id_of(session, workspace), lines)


def _imported(session: Session, workspace: str | None, lines: Sequence[RosterLine], *, at: datetime) -> RosterPlan:
    return roster_import.import_roster(session, _id_of(session, workspace), lines, at=at)


def _id_of(session: Session, workspace: str | None) -> int:
    meant = workspace_meant(session, workspace)
    assert meant.id is not None  # noqa: S101 - rows that are read have one
    return meant.id
