"""`alongside errors`: what broke, by the id that people were told."""

import asyncio
import json
from dataclasses import asdict, dataclass

import typer

from bot.cli import database
from store import incidents
from store.errors import Refused
from store.incidents import Incident

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """An incident in a list."""

    id: str
    at: str
    during: str
    error: str


@dataclass(frozen=True, slots=True)
class Account(Line):
    """An incident with all that is known of it."""

    version: str
    frames: str


def show(reference: str | None, *, as_json: bool) -> None:
    """Print the newest errors, or everything that is known of one."""
    with database.ending_in_a_sentence(), database.visiting(database.database_url()) as store:
        if reference is None:
            found = asyncio.run(store.read(incidents.newest, SHOWN))
            _print_list([_line(one) for one in found], as_json=as_json)
            return
        incident = asyncio.run(store.read(incidents.find, reference))
        if incident is None:
            raise Refused(
                "There is no error {reference} here. It may be older than 90 days, or the database was away when it "
                "happened: then only the log has it. What is kept: alongside errors",
                reference=reference,
            )
        _print_one(_account(incident), as_json=as_json)


def _print_list(lines: list[Line], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(line) for line in lines], indent=2))
    elif not lines:
        typer.echo("No errors. When something breaks, people are told an id, and it shows up here.")
    else:
        for line in lines:
            typer.echo(f"{line.id}  {line.at}  {line.error}  {line.during}")
        typer.echo(f"\nWhere one came from: alongside errors {lines[0].id}")


def _print_one(account: Account, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(account), indent=2))
        return
    typer.echo(f"{account.id}  {account.at}  Alongside {account.version}\n{account.during}\n\n{account.frames}")


def _line(incident: Incident) -> Line:
    return Line(incident.reference, _at(incident), incident.during, incident.error)


def _account(incident: Incident) -> Account:
    return Account(
        id=incident.reference,
        at=_at(incident),
        during=incident.during,
        error=incident.error,
        version=incident.version,
        frames=incident.frames,
    )


def _at(incident: Incident) -> str:
    return incident.at.isoformat(timespec="seconds")
