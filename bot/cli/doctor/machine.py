"""Checks of this machine: room on its disk, and its clock."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from bot.cli import database
from bot.cli.doctor.findings import Finding, Known, State
from store.errors import Refused

ROOM = 1_000_000_000
"""Bytes below which somebody should make room before the database cannot grow."""
CLOCK_MAY_DIFFER = timedelta(seconds=30)


async def disk(known: Known) -> list[Finding]:
    """Whether the database and the packets of reviews can be written, and whether there is room for them."""
    file = database.sqlite_file(known.settings.database_url)
    places = {"ALONGSIDE_FOLDER": _there(known.settings.folder)}
    if file:
        places["ALONGSIDE_DATABASE_URL"] = _there(file.parent)
    try:
        for setting, place in places.items():
            database.require_writable(place, setting)
    except Refused as refused:
        return [Finding("disk", State.PROBLEM, str(refused))]
    free, place = min((known.machine.free_bytes(place), place) for place in places.values())
    room = f"{free / 1e9:.1f} GB are free at {place}"
    if free < ROOM:
        return [Finding("disk", State.WARNING, f"Only {room}.", "Make room, or move what Alongside writes.")]
    return [Finding("disk", State.OK, f"{room}.")]


def _there(place: Path) -> Path:
    """A folder, or the one above it that it will be made in."""
    whole = place.absolute()
    return next(folder for folder in (whole, *whole.parents) if folder.exists())


async def clock(known: Known) -> list[Finding]:
    """Whether this machine's clock is Slack's, by the Date header of its answer."""
    told = known.answer.headers.get("Date")
    if not told:
        return [Finding("clock", State.SKIPPED, "Slack's answer did not say what time it is.")]
    return [beside(parsedate_to_datetime(told), known.machine.now)]


def beside(slacks: datetime, ours: datetime) -> Finding:
    """How far our clock is from Slack's.

    A request that seems five minutes old is refused: https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    ahead = ours - slacks
    if abs(ahead) <= CLOCK_MAY_DIFFER:
        return Finding("clock", State.OK, "This machine's clock is right.")
    seconds = round(abs(ahead).total_seconds())
    says = f"This machine's clock is {seconds} s {'ahead of' if ahead > timedelta() else 'behind'} Slack's."
    do = "Set it by NTP. Questions go out at the wrong time, and from 5 minutes on requests over HTTP are refused."
    return Finding("clock", State.WARNING, says, do)
