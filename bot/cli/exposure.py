"""`alongside exposure`: how much each tool has shown in each week, from a list that is kept elsewhere."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import typer

from bot.cli import changes, database
from bot.exposure_file import read_exposure
from bot.site_file.flaws import Flaw
from jobs.clock import SystemClock
from store import exposure_import
from store.exposure_import import ExposureFlaw, ExposureLine, ExposurePlan
from store.site import workspace_meant
from store.store import Session


def import_file(file: Path, workspace: str | None, *, dry_run: bool) -> None:
    """Import a list, or say what that would change; every flaw of the file ends it instead."""
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
    changes.show(plan.changes, dry_run=dry_run)


def _read(file: Path) -> tuple[ExposureLine, ...]:
    lines: list[ExposureLine] = []
    flaws: list[Flaw] = []
    for each in read_exposure(file.read_bytes()):
        if isinstance(each, ExposureLine):
            lines.append(each)
        else:
            flaws.append(each)
    if flaws:
        _end_with(file, flaws)
    return tuple(lines)


def _end_with(file: Path, flaws: Sequence[Flaw | ExposureFlaw]) -> NoReturn:
    for flaw in flaws:
        typer.echo(f"line {flaw.line}: {flaw.sentence}", err=True)
    database.end(f"{file} has {changes.counted(len(flaws), 'flaw')}. Nothing was changed.")


def _planned(session: Session, workspace: str | None, lines: Sequence[ExposureLine], *, at: datetime) -> ExposurePlan:
    return exposure_import.plan_exposure(session, _id_of(session, workspace), lines, at=at)


def _imported(session: Session, workspace: str | None, lines: Sequence[ExposureLine], *, at: datetime) -> ExposurePlan:
    return exposure_import.import_exposure(session, _id_of(session, workspace), lines, at=at)


def _id_of(session: Session, workspace: str | None) -> int:
    meant = workspace_meant(session, workspace)
    assert meant.id is not None  # noqa: S101 - rows that are read have one
    return meant.id
