"""What a plan costs those whom it asks, before it is kept."""

from dataclasses import replace
from datetime import date, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.figures.burden import burden, shifts_a_week
from store.prompt_plans import Frequency, Moment, Rules
from store.questions import QUESTIONS, QuestionKind, QuestionSet, own
from store.shifts import OFF, Pattern, ShiftTimes

RULES = Rules(Moment.BEFORE_END, timedelta(hours=1), Frequency.EVERY_SHIFT, 2, timedelta(hours=1), share=100, cap=7)
ONE_TAP = QUESTIONS[QuestionSet.DID_IT_HELP]
LOOK_BACK = QUESTIONS[QuestionSet.WEEKLY_LOOK_BACK]
SHIFTS = Fraction(7, 2)


def pattern(*cycle: str) -> Pattern:
    return Pattern("UTC", date(2026, 3, 2), cycle, {"D": ShiftTimes("D", time(6), 720)})


def test_four_on_and_four_off_are_three_and_a_half_shifts_a_week() -> None:
    assert shifts_a_week(pattern("D", "D", "D", "D", OFF, OFF, OFF, OFF)) == SHIFTS


@pytest.mark.parametrize(
    ("rules", "prompts"),
    [
        (RULES, 3.5),
        (replace(RULES, frequency=Frequency.EVERY_NTH_SHIFT), 1.75),
        (replace(RULES, frequency=Frequency.WEEKLY), 1.0),
        (replace(RULES, share=50), 1.75),
        (replace(RULES, cap=2), 2.0),
    ],
)
def test_a_person_is_asked_so_often_and_spends_ten_seconds_each_time(rules: Rules, prompts: float) -> None:
    found = burden(ONE_TAP, rules, SHIFTS)
    assert found.prompts == prompts
    assert found.minutes == pytest.approx(prompts * 10 / 60)


def test_words_cost_more_than_a_tap() -> None:
    rules = replace(RULES, frequency=Frequency.WEEKLY)
    assert burden(LOOK_BACK, rules, SHIFTS).minutes == pytest.approx((5 + 5 + 5 + 15 + 5 + 30) / 60)


def test_a_crew_that_works_less_than_a_shift_a_week_is_asked_no_oftener_than_it_works() -> None:
    assert burden(ONE_TAP, replace(RULES, frequency=Frequency.WEEKLY), Fraction(1, 2)).prompts == 0.5


@given(st.sampled_from(Frequency), st.integers(1, 99), st.integers(1, 6), st.integers(1, 5))
def test_more_of_anything_never_costs_less(frequency: Frequency, share: int, cap: int, nth: int) -> None:
    rules = replace(RULES, frequency=frequency, share=share, cap=cap, nth=nth)
    cost = burden(ONE_TAP, rules, SHIFTS).minutes
    assert burden(ONE_TAP, replace(rules, share=share + 1), SHIFTS).minutes >= cost
    assert burden(ONE_TAP, replace(rules, cap=cap + 1), SHIFTS).minutes >= cost
    assert burden((*ONE_TAP, own("q2", QuestionKind.TEXT, "Why?")), rules, SHIFTS).minutes >= cost
    assert burden(ONE_TAP, replace(rules, nth=nth + 1), SHIFTS).minutes <= cost
