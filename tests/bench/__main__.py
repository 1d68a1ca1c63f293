"""`python -m tests.bench`: run the benchmarks and print their table."""

import argparse

from rich.console import Console
from rich.table import Table

from tests.bench import ack
from tests.bench.row import Row


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinds", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--callers", nargs="+", type=int, default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    given = parser.parse_args()
    show(ack.run(given.kinds, given.callers, given.rounds, given.seconds))


def show(rows: list[Row]) -> None:
    """Print the table."""
    table = Table("what", "figure", "unit", "against", "ratio", "target", "reached")
    for row in rows:
        against = "" if row.against is None else f"{row.against:.2f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        reached = {True: "yes", False: "NO", None: ""}[row.reached]
        table.add_row(row.what, f"{row.figure:.2f}", row.unit, against, ratio, row.target, reached)
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
