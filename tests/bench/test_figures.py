"""What was measured is kept, shown and written into the README as it is, missed targets too."""

from pathlib import Path

import pytest
from rich.console import Console

from tests.bench import figures
from tests.bench.row import Row

REACHED = Row("ack.throughput", "ack of a report", 412.5, "a second", 800.0, 0.52, ">= 0.35")
MISSED = Row("due.claim", "claim", 7_000.0, "a second", 1_000.0, 7.0, ">= 8")
ALONE = Row("memory", "memory at rest", 96.4, "MB")
BESIDE = Row("ack.p50", "ack of a report: p50", 4.0, "ms", 2.0, 2.0)


@pytest.mark.parametrize(
    ("row", "reached"),
    [(REACHED, True), (MISSED, False), (ALONE, None), (Row("n", "HTTP 429", 0, target="<= 0", unit=""), True)],
)
def test_a_target_is_held_against_the_ratio_or_the_figure_where_there_is_none(row: Row, reached: bool | None) -> None:
    assert row.reached is reached


def test_what_a_benchmark_measured_before_is_replaced_and_that_of_another_stays(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    figures.keep("ack", [MISSED], file)
    figures.keep("memory", [ALONE], file)
    figures.keep("ack", [REACHED, BESIDE], file)
    assert figures.kept(file) == {"ack": [REACHED, BESIDE], "memory": [ALONE]}


def test_figures_of_another_machine_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "bench.json"
    figures.keep("memory", [ALONE], file)
    monkeypatch.setattr(figures, "machine", lambda: "64 cores")
    figures.keep("ack", [REACHED], file)
    assert figures.kept(file) == {"ack": [REACHED]}


def test_the_terminal_says_which_target_is_missed() -> None:
    console = Console(width=160, record=True)
    figures.show([REACHED, MISSED], console)
    lines = console.export_text().splitlines()
    assert any("claim" in line and "NO" in line for line in lines)
    assert any("ack of a report" in line and "yes" in line for line in lines)


def test_the_readme_gets_what_has_a_target_or_stands_alone_and_says_what_is_missed() -> None:
    place = f"before\n{figures.BEGIN}old\n{figures.END}after\n"
    text = figures.in_readme({"ack": [REACHED, MISSED, BESIDE], "memory": [ALONE]}, place)
    assert "| ack of a report | 412 a second | 800 a second | 0.52 | ≥ 0.35 |\n" in text
    assert "| claim | 7,000 a second | 1,000 a second | 7 | ≥ 8, missed |\n" in text
    assert "| memory at rest | 96.40 MB |  |  |  |\n" in text
    assert "p50" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert figures.in_readme({"memory": [ALONE]}, text).count(figures.BEGIN) == 1


def test_a_readme_without_a_place_for_them_is_told() -> None:
    with pytest.raises(ValueError, match="no place"):
        figures.in_readme({}, "# Alongside\n")
