from datetime import UTC, datetime, timedelta, timezone

import pytest

from jobs.clock import COUNTED_ON_S, SharedTime, SimulatedClock, SystemClock

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


async def test_the_shared_time_is_asked_for_now_and_then_and_counted_on_in_between() -> None:
    seconds, asked = [100.0], list[datetime]()

    async def ask() -> datetime:
        asked.append(NOON + timedelta(hours=len(asked)))
        return asked[-1]

    shared = SharedTime(ask, lambda: seconds[0])
    assert await shared.now() == NOON
    seconds[0] += COUNTED_ON_S
    assert await shared.now() == NOON + timedelta(seconds=COUNTED_ON_S)
    assert len(asked) == 1
    seconds[0] += 0.1
    assert await shared.now() == NOON + timedelta(hours=1)


async def test_the_shared_time_counts_on_from_before_it_was_asked_for() -> None:
    seconds = [100.0]

    async def ask_slowly() -> datetime:
        seconds[0] += 2.0
        return NOON

    assert await SharedTime(ask_slowly, lambda: seconds[0]).now() == NOON + timedelta(seconds=2)


async def test_a_database_that_does_not_say_the_time_is_asked_again() -> None:
    answers: list[datetime | Exception] = [ConnectionError("away"), NOON]

    async def ask() -> datetime:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    shared = SharedTime(ask)
    with pytest.raises(ConnectionError):
        await shared.now()
    assert (await shared.now()) - NOON < timedelta(seconds=COUNTED_ON_S)
