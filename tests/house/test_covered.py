"""Enough of each part is run by tests, and a part that lacks some is named with its files."""

import io
from typing import Any

import pytest
from rich.console import Console

from tests.house.covered import REQUIRED, Ran, by_part, part_of, report


def measured(**branches: int) -> dict[str, Any]:
    """A measurement in which every file has 100 lines, all of them run, and of 100 branches so many."""
    return {"files": {file.replace("__", "/") + ".py": found(taken) for file, taken in branches.items()}}


def found(taken: int, lines: int = 100) -> dict[str, Any]:
    summary = {"num_statements": 100, "covered_lines": lines, "num_branches": 100, "covered_branches": taken}
    return {"summary": summary, "missing_lines": [7] * (lines < 100), "missing_branches": [[7, -3]] * (taken < 100)}


ENOUGH = {
    "store__feedback": 95,
    "jobs__prompts": 95,
    "bot__sender": 90,
    "bot__local_slack__acting": 90,
    "bot__demo__story": 90,
}


def said(of: dict[str, Any]) -> tuple[bool, str]:
    console = Console(file=io.StringIO(), width=200)
    enough = report(of, console)
    assert isinstance(console.file, io.StringIO)
    return enough, console.file.getvalue()


def test_just_enough_is_enough_and_names_no_file() -> None:
    enough, text = said(measured(**ENOUGH))
    assert enough
    assert ".py" not in text


@pytest.mark.parametrize("file", ENOUGH)
def test_a_part_that_lacks_branches_is_named_with_its_file(file: str) -> None:
    enough, text = said(measured(**ENOUGH | {file: ENOUGH[file] - 1}))
    assert not enough
    assert file.replace("__", "/") + ".py" in text
    assert "7→end" in text


def test_lines_are_required_too() -> None:
    enough, text = said({"files": measured(**ENOUGH)["files"] | {"store/feedback.py": found(100, lines=94)}})
    assert not enough
    assert "store/feedback.py" in text


def test_one_good_file_makes_up_for_another_and_neither_is_named() -> None:
    enough, text = said(measured(**ENOUGH | {"store__feedback": 90, "store__reviews": 100}))
    assert enough
    assert ".py" not in text


def test_the_demo_makes_up_for_nothing_in_the_rest() -> None:
    enough, text = said(
        measured(**ENOUGH | {"bot__sender": 80, "bot__demo__story": 100, "bot__local_slack__acting": 100})
    )
    assert not enough
    assert "bot/sender.py" in text


def test_a_part_of_which_nothing_was_measured_is_a_part_without_tests() -> None:
    enough, _ = said(measured(**{file: taken for file, taken in ENOUGH.items() if not file.startswith("jobs")}))
    assert not enough


def test_every_file_belongs_to_one_part() -> None:
    assert [part_of(f"{part}/x.py") for part in REQUIRED] == list(REQUIRED)
    assert part_of("bot/demography.py") == "bot"
    with pytest.raises(LookupError):
        part_of("scripts/x.py")


def test_parts_add_up_their_files() -> None:
    assert by_part({"jobs/a.py": Ran(10, 9, 4, 2), "jobs/b.py": Ran(1, 1, 0, 0)})["jobs"] == Ran(11, 10, 4, 2)
