"""Exposure as CSV: a header with tool, week and shown; from its bytes to lines, or to its flaws."""

import re
from collections.abc import Mapping
from datetime import date

from bot.csv_file import read_lines
from bot.site_file.flaws import Flaw
from store.exposure_import import ExposureLine

COLUMNS = ("tool", "week", "shown")


def read_exposure(content: bytes) -> tuple[ExposureLine, ...] | tuple[Flaw, ...]:
    """Read a list.

    Returns:
        Its lines; or, when anything is wrong, every flaw by its line.
    """
    return read_lines(content, _line, required=COLUMNS, known=COLUMNS, each="tool and week")


def _line(number: int, cells: Mapping[str, str]) -> ExposureLine | Flaw:
    empty = next((name for name in COLUMNS if not cells[name]), None)
    if empty == "shown":
        return Flaw(number, "shown is empty. Take the line out: a week without a figure is not known, and not zero.")
    if empty:
        return Flaw(number, f"{empty} is empty. Fill it in, or take the line out.")
    week = _week(cells["week"])
    if week is None:
        return Flaw(number, f'week "{cells["week"]}" is no week. Write its Monday as 2026-06-01, or 2026-W23.')
    if not re.fullmatch(r"\d{1,100}", cells["shown"], re.ASCII):
        return Flaw(number, f'shown "{cells["shown"]}" is no whole number. Write it in digits alone, such as 1234.')
    return ExposureLine(number, cells["tool"], week, int(cells["shown"]))


def _week(text: str) -> date | None:
    try:
        if found := re.fullmatch(r"(\d{4})-?W(\d{1,2})", text, re.ASCII | re.IGNORECASE):
            return date.fromisocalendar(int(found[1]), int(found[2]), 1)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        return None
    return None
