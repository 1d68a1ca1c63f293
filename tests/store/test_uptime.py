"""When some process of ours was at work, and when none was."""

from datetime import timedelta

import pytest

from store import uptime
from tests.store.conftest import Run
from tests.store.site import LATER

MINUTE = timedelta(minutes=1)


def at_work(run: Run, first: int, last: int) -> None:
    for minute in range(first, last + 1):
        run(uptime.note, at=LATER + minute * MINUTE)


def was_down(run: Run, first: int, last: int) -> bool:
    return run(uptime.was_down, LATER + first * MINUTE, LATER + last * MINUTE)


def test_it_is_noted_once_a_minute(run: Run) -> None:
    assert not run(uptime.is_noted, at=LATER)
    at_work(run, 0, 0)
    assert run(uptime.is_noted, at=LATER + timedelta(seconds=59))
    assert not run(uptime.is_noted, at=LATER + MINUTE)


@pytest.mark.parametrize(
    ("first", "last", "down"),
    [(2, 8, False), (10, 20, False), (12, 30, True), (12, 41, False), (35, 40, True), (41, 45, False), (-9, -5, False)],
)
def test_a_time_between_two_runs_is_one_in_which_we_were_down(run: Run, first: int, last: int, down: bool) -> None:
    at_work(run, 0, 10)
    at_work(run, 40, 50)
    assert was_down(run, first, last) is down


def test_a_short_gap_is_none(run: Run) -> None:
    at_work(run, 0, 10)
    at_work(run, 14, 20)
    assert not was_down(run, 12, 13)


def test_a_clock_that_goes_back_changes_nothing(run: Run) -> None:
    at_work(run, 0, 10)
    run(uptime.note, at=LATER)
    assert run(uptime.is_noted, at=LATER + 10 * MINUTE)


def test_nothing_is_said_of_times_before_we_wrote_anything_down(run: Run) -> None:
    assert not was_down(run, 0, 10)
