"""A roster as CSV: a header with person, date and shift, perhaps team; from its bytes to lines, or to its flaws.

Spreadsheets write it in many ways. What has only one meaning is read: UTF-8 with or without a byte order mark, commas,
semicolons or tabs, dates as 2026-03-05, 2026/03/05, 5.3.2026, or with slashes where no month has so many days.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date

from bot.site_file.flaws import Flaw, did_you_mean
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
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return (Flaw(line, "this is not UTF-8 text. Save the file as CSV in UTF-8."),)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend(_rows(text))
    except csv.Error:
        line = rows[-1][0] + 1 if rows else 1
        return (Flaw(line, 'from here on a quotation mark " opens or closes where none belongs. Take it out.'),)
    number, header = rows[0] if rows else (1, [])
    columns = [name.casefold() for name in header]
    flaws = list(_flaws_of_header(number, columns))
    if not flaws and len(rows) == 1:
        flaws = [Flaw(number, "there is no line below the header. Write one for each person and day.")]
    if flaws:
        return tuple(flaws)
    lines: list[RosterLine] = []
    for number, cells in rows[1:]:
        if len(cells) != len(columns):
            flaws.append(Flaw(number, f"there are {len(cells)} columns here, and {len(columns)} in the header."))
            continue
        read = _line(number, dict(zip(columns, cells, strict=True)))
        lines += [read] if isinstance(read, RosterLine) else []
        flaws += [read] if isinstance(read, Flaw) else []
    return tuple(flaws) if flaws else tuple(lines)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with its number."""
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count), strict=True)
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield reader.line_num, stripped


def _flaws_of_header(line: int, columns: list[str]) -> Iterator[Flaw]:
    if not columns:
        yield Flaw(line, "the file is empty. Begin with the header person,date,shift.")
        return
    if not set(columns) & set(KNOWN):
        yield Flaw(line, "the first line must name the columns. Put person,date,shift above it.")
        return
    for name in dict.fromkeys(columns):
        if name not in KNOWN:
            hint = did_you_mean(name, KNOWN, f"Known are {', '.join(KNOWN)}.")
            yield Flaw(line, f'"{name}" is not a column that is known.{hint}')
        elif columns.count(name) > 1:
            yield Flaw(line, f'the column "{name}" is there twice. Keep one of them.')
    for name in REQUIRED:
        if name not in columns:
            yield Flaw(line, f'the column "{name}" is missing. Add it.')


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
