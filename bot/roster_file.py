"""A roster as CSV: a header with person, date and shift, perhaps team; from its bytes to lines, or to its flaws.

Spreadsheets write it in many ways. What has only one meaning is read: UTF-8 with or without a byte order mark, commas
or semicolons, dates as 2026-03-05, 5.3.2026, or with slashes where no month has so many days.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import date

from bot.site_file.flaws import Flaw, did_you_mean
from store.roster_import import RosterLine

REQUIRED = ("person", "date", "shift")
KNOWN = (*REQUIRED, "team")


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
    rows = _rows(text)
    number, header = next(rows, (1, []))
    columns = [name.casefold() for name in header]
    flaws = list(_flaws_of_header(number, columns))
    if flaws:
        return tuple(flaws)
    lines: list[RosterLine] = []
    for number, cells in rows:
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
    reader = csv.reader(text.splitlines(), delimiter=";" if head.count(";") > head.count(",") else ",")
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield reader.line_num, stripped


def _flaws_of_header(line: int, columns: list[str]) -> Iterator[Flaw]:
    if not columns:
        yield Flaw(line, "the file is empty. Begin with the header person,date,shift.")
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
        return Flaw(number, f'date "{cells["date"]}" is not a date. Write it as 2026-03-05.')
    if len(days) > 1:
        earlier, later = sorted(days)
        return Flaw(number, f'date "{cells["date"]}" may be {earlier} or {later}. Write it like these.')
    return RosterLine(number, cells["person"], days.pop(), cells["shift"], cells.get("team", ""))


def _days(text: str) -> set[date]:
    """Every day that a text may mean."""
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII):
        orders = [found.group(1, 2, 3)]
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
