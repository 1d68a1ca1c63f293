"""Why somebody is not asked: each reason alone, their order, and nothing when none holds."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.not_now import Days, PersonThen, QuietHours, Reason, TeamDay, is_quiet, why_not

DAY = date(2026, 3, 10)
DUE = datetime(2026, 3, 10, 9, tzinfo=UTC)
"""17:00 in Perth."""
PERTH = "Australia/Perth"
TODAY = Days(DAY, DAY)
USUAL, SOMEBODY = TeamDay(DAY), PersonThen(zone=PERTH)

EVERYTHING: tuple[tuple[Reason, dict[str, Any], dict[str, Any]], ...] = (
    (Reason.PAUSED, {"paused": True}, {}),
    (Reason.PLAN_STOPPED, {"plan_stopped": True}, {}),
    (Reason.SHUTDOWN, {"shutdowns": (TODAY,)}, {}),
    (Reason.PUBLIC_HOLIDAY, {"holidays": {DAY: "Labour Day"}}, {}),
    (Reason.ACCOUNT_OFF, {}, {"active": False}),
    (Reason.SHARED_ACCOUNT, {}, {"shared": True}),
    (Reason.AWAY, {}, {"absences": (TODAY,)}),
    (Reason.MUTED, {}, {"muted": True}),
    (Reason.QUIET_HOURS, {}, {"quiet": QuietHours(time(16), time(18))}),
)
"""Each reason with what makes it one, in the order in which they count."""


def then(*reasons: Reason) -> tuple[TeamDay, PersonThen]:
    team, person = USUAL, SOMEBODY
    for reason, of_team, of_person in EVERYTHING:
        if reason in reasons:
            team, person = replace(team, **of_team), replace(person, **of_person)
    return team, person


def test_on_a_usual_day_everybody_is_asked() -> None:
    assert why_not(USUAL, SOMEBODY, DUE) is None


@pytest.mark.parametrize("reason", [reason for reason, _, _ in EVERYTHING])
def test_each_reason_alone_is_enough(reason: Reason) -> None:
    assert why_not(*then(reason), DUE) is reason


@given(st.sets(st.sampled_from([reason for reason, _, _ in EVERYTHING])))
def test_of_several_the_first_counts_and_without_all_of_them_the_prompt_goes(reasons: set[Reason]) -> None:
    first = next((reason for reason, _, _ in EVERYTHING if reason in reasons), None)
    assert why_not(*then(*reasons), DUE) is first


def test_a_team_that_works_through_holidays_is_asked_on_them() -> None:
    team = TeamDay(DAY, holidays={DAY}, works_through_holidays=True)
    assert why_not(team, SOMEBODY, DUE) is None


@pytest.mark.parametrize("days", [-1, 1])
def test_the_days_around_a_day_are_other_days(days: int) -> None:
    other = DAY + timedelta(days=days)
    beside = Days(other, other)
    team = TeamDay(DAY, shutdowns=(beside,), holidays={other})
    assert why_not(team, replace(SOMEBODY, absences=(beside,)), DUE) is None


def test_days_have_an_order() -> None:
    assert DAY in Days(DAY, DAY)
    with pytest.raises(ValueError, match="comes before"):
        Days(DAY, DAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "quiet"),
    [
        (16, 18, 15, False),
        (16, 18, 16, True),
        (16, 18, 18, False),
        (22, 6, 23, True),
        (22, 6, 5, True),
        (22, 6, 6, False),
        (22, 6, 12, False),
    ],
)
def test_quiet_hours_have_their_beginning_and_not_their_end_and_go_past_midnight(
    begins: int, ends: int, hour: int, quiet: bool
) -> None:
    assert (time(hour) in QuietHours(time(begins), time(ends))) is quiet


def test_quiet_hours_are_on_the_clock_where_the_person_is() -> None:
    quiet = QuietHours(time(16), time(18))
    assert is_quiet(quiet, PERTH, DUE)
    assert not is_quiet(quiet, "UTC", DUE)


def test_nothing_is_known_of_what_people_do_in_slack() -> None:
    known = {field.name for kind in (TeamDay, PersonThen) for field in fields(kind)}
    assert not {name for name in known if "presence" in name or "status" in name}
