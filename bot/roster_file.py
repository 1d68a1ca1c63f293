"""A roster as CSV: a header with person, date and shift, perhaps team; from its bytes to lines, or to its flaws.

Dates are read as 2026-03-05, 2026/03/05, 5.3.2026, or with slashes where no month has so many days.
"""

import re
from collections.abc import Mapping
from datetime import date

from bot.csv_file import read_lines
from bot.site_file.flaws import Flaw
from store.roster_import import RosterLine

REQUIRED = ("person", "date", "shift")
KNOWN = (*REQUIRED, "team")
ISO = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[ T]00:00(?::00)?)?", re.ASCII)
"""A day from its year on, as a spreadsheet writes it that keeps days as midnights too."""


def read_roster(content: bytes) -> tuple[RosterLine, ...] | tuple[Flaw, ...]:
    """Read a roster.

    Returns:
        Its lines; or, when anything is wrong, every flaw by its line.
    """
    return read_lines(content, _line, required=REQUIRED, known=KNOWN, each="person and day")


def _line(number: int, cells: Mapping[str, str]) -> RosterLine | Flaw:
    empty = next((name for name in REQUIRED if not cells[name]), None)
    if empty:
        return Flaw(number, f"{empty} is empty. Fill it in, or take the line out.")
    if "@" in cells["person"]:
        return Flaw(
            number, "an e-mail address is nobody's name here. Write the name that Slack shows, or the Slack id."
        )
    days = _days(cells["date"])
    if not days:
        return Flaw(number, _not_a_day(cells["date"]))
    if len(days) > 1:
        earlier, later = sorted(days)
        return Flaw(number, f'date "{cells["date"]}" may be {earlier} or {later}. Write it like these.')
    return RosterLine(number, cells["person"], days.pop(), cells["shift"], cells.get("team", ""))


def _not_a_day(text: str) -> str:
    if re.fullmatch(r"\d{5}", text, re.ASCII):
        return (
            f'date "{text}" is a spreadsheet\'s own number for a day. Give the column a date format, and save it again.'
        )
    if ISO.fullmatch(text):
        return f'date "{text}" is a day that does not exist. Correct it.'
    return f'date "{text}" cannot be read for sure. Write it as 2026-03-05.'


def _days(text: str) -> set[date]:
    """Every day that a text may mean."""
    if found := ISO.fullmatch(text):
        orders = [found.group(1, 3, 4)]
    elif found := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text, re.ASCII):
        orders = [found.group(3, 2, 1)]
    elif found := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text, re.ASCII):
        orders = [found.group(3, 2, 1), found.group(3, 1, 2)]
    else:
        return set()
    return {day for year, month, number in orders if (day := _day(int(year), int(month), int(number)))}


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
