"""How much of each part of the house the tests must run through: its lines, and by themselves its branches.

`make check` measures (all tests, their threads and the processes that they start) and then runs this. The local Slack
and the demo stand for themselves, so that neither hides a hole in the rest of bot nor the rest one in them. The
migrations count as store: every test runs them, and what they decide is code like any other.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coverage import Coverage
from rich.console import Console
from rich.table import Column, Table

REQUIRED = {"store": 95.0, "jobs": 95.0, "bot": 90.0, "bot/local_slack": 90.0, "bot/demo": 90.0}
"""Percent of the lines and percent of the branches, by part: a file belongs to the longest that it lies in."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What the tests ran through, of a file or of all files of a part."""

    lines: int
    ran_lines: int
    branches: int
    ran_branches: int

    def __add__(self, other: "Ran") -> "Ran":
        return Ran(
            self.lines + other.lines,
            self.ran_lines + other.ran_lines,
            self.branches + other.branches,
            self.ran_branches + other.ran_branches,
        )

    @property
    def percent_of_lines(self) -> float:
        """Where there are none, none is missing."""
        return 100 * self.ran_lines / self.lines if self.lines else 100.0

    @property
    def percent_of_branches(self) -> float:
        """Where there are none, none is missing."""
        return 100 * self.ran_branches / self.branches if self.branches else 100.0

    def reaches(self, percent: float) -> bool:
        """Whether both are enough."""
        return min(self.percent_of_lines, self.percent_of_branches) >= percent


def part_of(file: str) -> str:
    """The part that a file belongs to.

    Raises:
        LookupError: To none; REQUIRED lacks one.
    """
    parts = [part for part in REQUIRED if file.startswith(f"{part}/")]
    if not parts:
        raise LookupError(f"{file} belongs to no part of which coverage is required")
    return max(parts, key=len)


def by_file(measured: Mapping[str, Any]) -> dict[str, Ran]:
    """What was run of each file, from coverage's JSON report."""
    return {
        file: Ran(
            *(found["summary"][key] for key in ("num_statements", "covered_lines", "num_branches", "covered_branches"))
        )
        for file, found in measured["files"].items()
    }


def by_part(files: Mapping[str, Ran]) -> dict[str, Ran]:
    """What was run of each part; a part that nothing was measured of is a part without any test."""
    parts = dict.fromkeys(REQUIRED, Ran(0, 0, 0, 0))
    for file, ran in files.items():
        parts[part_of(file)] += ran
    return {part: ran if ran.lines else Ran(1, 0, 0, 0) for part, ran in parts.items()}


def below(files: Mapping[str, Ran], part: str) -> list[str]:
    """The files of a part that do not reach themselves what the part must, the worst first."""
    found = [file for file, ran in files.items() if part_of(file) == part and not ran.reaches(REQUIRED[part])]
    return sorted(found, key=lambda file: (files[file].percent_of_branches, files[file].percent_of_lines))


def report(measured: Mapping[str, Any], console: Console) -> bool:
    """Say how much was run of each part, and which files are in the way of those that lack some.

    Returns:
        Whether every part has enough.
    """
    files = by_file(measured)
    parts = by_part(files)
    table = Table("part", "lines", "branches", "required")
    for part, ran in parts.items():
        table.add_row(part, _percent(ran.percent_of_lines), _percent(ran.percent_of_branches), _percent(REQUIRED[part]))
    console.print(table)
    lacking = [part for part, ran in parts.items() if not ran.reaches(REQUIRED[part])]
    for part in lacking:
        console.print(_holes(part, files, measured["files"]))
    return not lacking


def _holes(part: str, files: Mapping[str, Ran], measured: Mapping[str, Any]) -> Table:
    table = Table(
        Column("file", no_wrap=True),
        "lines",
        "branches",
        "lines not run",
        "branches not taken",
        title=f"{part} lacks tests",
    )
    for file in below(files, part):
        table.add_row(
            file,
            _percent(files[file].percent_of_lines),
            _percent(files[file].percent_of_branches),
            " ".join(map(str, measured[file]["missing_lines"])),
            " ".join(f"{start}→{end if end > 0 else 'end'}" for start, end in measured[file]["missing_branches"]),
        )
    return table


def _percent(share: float) -> str:
    return f"{share:.1f} %"


def main() -> int:
    """Report what the last measurement found; 1 when a part has not enough."""
    coverage = Coverage()
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(found))
        measured = json.loads(found.read_text("utf-8"))
    return 0 if report(measured, Console()) else 1


if __name__ == "__main__":
    sys.exit(main())
