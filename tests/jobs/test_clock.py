from datetime import UTC, datetime, timedelta, timezone

import pytest

from jobs.clock import SimulatedClock, SystemClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_real_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_story_stands_still_until_it_is_moved() -> None:
    clock = SimulatedClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(hours=2))
    clock.advance_to(NOON + timedelta(hours=3))
    assert clock.now() == NOON + timedelta(hours=3)


def test_a_story_is_told_in_utc_wherever_it_begins() -> None:
    perth = timezone(timedelta(hours=8))
    clock = SimulatedClock(NOON.astimezone(perth))
    clock.advance_to((NOON + timedelta(hours=1)).astimezone(perth))
    assert clock.now().tzinfo is UTC
    assert clock.now() == NOON + timedelta(hours=1)


@pytest.mark.parametrize("step", [timedelta(seconds=-1), timedelta(days=-400)])
def test_time_does_not_go_back(step: timedelta) -> None:
    clock = SimulatedClock(NOON)
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(step)
    assert clock.now() == NOON


def test_standing_still_is_no_step_back() -> None:
    clock = SimulatedClock(NOON)
    clock.advance(timedelta(0))
    assert clock.now() == NOON
