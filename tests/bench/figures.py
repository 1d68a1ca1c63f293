"""What was measured: kept in bench.json, shown on the terminal, and written into the README."""

import json
import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.row import Row

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "bench.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- figures: made by `make bench ARGS=--readme` -->\n", "<!-- end of figures -->\n"

Figures = Mapping[str, Sequence[Row]]
"""The rows of each benchmark, by its name."""


def machine() -> str:
    """How large this machine is, and what the figures were made with."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def keep(name: str, rows: Sequence[Row], file: Path = KEPT) -> None:
    """Keep what a benchmark has measured on this machine, in the place of what it measured before."""
    kept = json.loads(file.read_text("utf-8")) if file.exists() else {}
    kept[name] = {
        "at": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "rows": [asdict(row) | {"reached": row.reached} for row in rows],
    }
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")


def kept(file: Path = KEPT) -> Figures:
    """What was kept on a machine like this one."""
    found = json.loads(file.read_text("utf-8"))
    return {
        name: [Row(**{key: value for key, value in row.items() if key != "reached"}) for row in one["rows"]]
        for name, one in found.items()
        if one["machine"] == machine()
    }


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table."""
    table = Table("what", "figure", "unit", "against", "ratio", "target", "reached")
    for row in rows:
        reached = {True: "yes", False: "NO", None: ""}[row.reached]
        against, ratio = _number(row.against), _number(row.ratio)
        table.add_row(row.what, _number(row.figure), row.unit, against, ratio, row.target, reached)
    console.print(table)


def in_readme(figures: Figures, text: str) -> str:
    """The README with the table of these figures in its place.

    Args:
        figures: What was measured.
        text: The README as it stands.

    Raises:
        ValueError: It has no place for them.
    """
    before, there, rest = text.partition(BEGIN)
    _, and_there, after = rest.partition(END)
    if not (there and and_there):
        raise ValueError("the README has no place for the figures")
    rows = [row for rows in figures.values() for row in rows if row.target or row.ratio is None or row.in_readme]
    lines = ["| what | figure | held against | ratio | target |", "| --- | ---: | ---: | ---: | --- |"]
    lines += [
        f"| {row.what} | {_with_unit(row.figure, row)} | {_with_unit(row.against, row)} | {_number(row.ratio)} | "
        f"{_target(row)} |"
        for row in rows
    ]
    table = "\n".join(lines)
    return f"{before}{BEGIN}\n{machine()}:\n\n{table}\n\n{END}{after}"


def _target(row: Row) -> str:
    missed = ", missed" if row.reached is False else ""
    return row.target.replace(">=", "≥").replace("<=", "≤") + missed


def _with_unit(figure: float | None, row: Row) -> str:
    return f"{_number(figure)} {row.unit}".strip() if figure is not None else ""


def _number(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:,.0f}" if figure == int(figure) or abs(figure) >= 100 else f"{figure:.2f}"
