"""How fast a report is acknowledged, against a Bolt app that does nothing.

What is measured is the ack of `/model-feedback false alarm …` with everything that the act writes (the report, the
request's key, the event, a delivery for each data scientist), committed before it leaves: SQLite at synchronous FULL,
PostgreSQL with its fsync. What it is held against is the same server, gate and authorize with a listener that only
acks. Rounds of both alternate in one run; figures are medians of the rounds.
"""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from tests.bench.databases import peopled
from tests.bench.load import Load
from tests.bench.processes import Generator, Measured, beside, generator, server, stub_slack
from tests.bench.row import Row

WARM_UP_S = 1.5
ODD = 0.05


def run(
    kinds: Iterable[str] = ("sqlite", "postgresql"),
    callers: Iterable[int] = (1, 16, 64),
    rounds: int = 5,
    seconds: float = 2.0,
) -> list[Row]:
    """Measure it on some databases, with some numbers of callers at once.

    Args:
        kinds: The databases.
        callers: How many people send at once.
        rounds: How often each app is measured for each figure.
        seconds: How long a round takes.
    """
    rows: list[Row] = []
    for kind in kinds:
        with tempfile.TemporaryDirectory() as folder, peopled(kind, Path(folder)) as url:
            for sends in (True, False):
                # The pause that is asked for in the second part stays in the database: it comes last.
                rows += _measured(kind, url, folder, sends, tuple(callers) if sends else (16,), rounds, seconds)
    return rows


def _measured(
    kind: str, url: str, folder: str, sends: bool, callers: tuple[int, ...], rounds: int, seconds: float
) -> list[Row]:
    rows: list[Row] = []
    with (
        beside(stub_slack(sends=sends)) as slack,
        generator() as load,
        server("noop", "--slack", slack) as noop,
        server("ours", "--slack", slack, "--database", url, "--folder", folder) as ours,
    ):
        pairs = [(number, 0.0) for number in callers]
        for number, odd in [*pairs, (16, ODD)] if sends else pairs:
            bare, full = _paired(load, noop, ours, number, odd, rounds, seconds)
            name = f"ack.{kind}.{number}" + (".odd" if odd else "") + ("" if sends else ".unsent")
            rows += _rows(name, _words(kind, number, odd, sends), bare, full, alone=number == 1)
    return rows


def _paired(
    load: Generator, noop: Measured, ours: Measured, callers: int, odd: float, rounds: int, seconds: float
) -> tuple[list[Load], list[Load]]:
    def once(measured: Measured, length: float) -> Load:
        with measured.awake():
            found = load.load(measured.address, callers, length, odd=odd)
        assert not found.wrong, f"{found.wrong} answers were not 200"
        return found

    once(noop, WARM_UP_S)
    once(ours, WARM_UP_S)
    pairs = [(once(noop, seconds), once(ours, seconds)) for _ in range(rounds)]
    bare, full = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for found in full:
        assert found.kept + found.refused == len(found.latencies), "an answer was neither kept nor refused"
        assert bool(found.refused) == bool(odd)
    return bare, full


def _words(kind: str, callers: int, odd: float, sends: bool) -> str:
    what = f"ack of a report, {kind}, {callers} at once"
    what += ", 5 % repeats and 5 % refusals" if odd else ""
    return what + ("" if sends else ", nothing sent meanwhile")


def _rows(name: str, what: str, bare: list[Load], full: list[Load], *, alone: bool) -> list[Row]:
    def row(part: str, unit: str, figure: Callable[[Load], float], target: str) -> Row:
        mine, theirs = median(map(figure, full)), median(map(figure, bare))
        return Row(f"{name}.{part}", f"{what}: {part}", mine, unit, theirs, mine / theirs, target)

    return [
        row("throughput", "a second", lambda found: found.throughput, "" if alone else ">= 0.35"),
        row("p50", "ms", lambda found: found.latency_ms(0.5), ""),
        row("p99", "ms", lambda found: found.latency_ms(0.99), "<= 3"),
    ]
