"""A list as CSV: a header and lines, from its bytes to cells by column, or to what is wrong with it.

Spreadsheets write it in many ways. What has only one meaning is read: UTF-8 with or without a byte order mark, commas,
semicolons or tabs.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from bot.site_file.flaws import Flaw, did_you_mean

Line = TypeVar("Line")


def read_lines(
    content: bytes,
    read: Callable[[int, Mapping[str, str]], Line | Flaw],
    *,
    required: Sequence[str],
    known: Sequence[str],
    each: str,
) -> tuple[Line, ...] | tuple[Flaw, ...]:
    """Read a list.

    Args:
        content: The file.
        read: Reads a line, by its number and its cells, or says what is wrong with it.
        required: The columns that must be there.
        known: Those that may be.
        each: What a line is for, such as "person and day".

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
    flaws = list(_flaws_of_header(number, columns, required, known))
    if not flaws and len(rows) == 1:
        flaws = [Flaw(number, f"there is no line below the header. Write one for each {each}.")]
    if flaws:
        return tuple(flaws)
    lines: list[Line] = []
    for number, cells in rows[1:]:
        if len(cells) != len(columns):
            flaws.append(Flaw(number, f"there are {len(cells)} columns here, and {len(columns)} in the header."))
            continue
        found = read(number, dict(zip(columns, cells, strict=True)))
        if isinstance(found, Flaw):
            flaws.append(found)
        else:
            lines.append(found)
    return tuple(flaws) if flaws else tuple(lines)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with its number."""
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield reader.line_num, stripped


def _flaws_of_header(line: int, columns: list[str], required: Sequence[str], known: Sequence[str]) -> Iterator[Flaw]:
    if not columns:
        yield Flaw(line, f"the file is empty. Begin with the header {','.join(required)}.")
        return
    if not set(columns) & set(known):
        yield Flaw(line, f"the first line must name the columns. Put {','.join(required)} above it.")
        return
    for name in dict.fromkeys(columns):
        if name not in known:
            hint = did_you_mean(name, known, f"Known are {', '.join(known)}.")
            yield Flaw(line, f'"{name}" is not a column that is known.{hint}')
        elif columns.count(name) > 1:
            yield Flaw(line, f'the column "{name}" is there twice. Keep one of them.')
    for name in required:
        if name not in columns:
            yield Flaw(line, f'the column "{name}" is missing. Add it.')
