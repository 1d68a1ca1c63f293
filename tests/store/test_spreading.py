"""The burden is spread: everybody in turn, nobody too often, and the same people whenever it is computed again."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.spreading import Candidate, choose, week_of

MONDAY = datetime(2026, 3, 2, 4, tzinfo=UTC)
ZONES = ("Australia/Perth", "America/Lima", "UTC")

shares = st.integers(1, 100).map(lambda percent: Fraction(percent, 100))
caps = st.integers(1, 7)
rosters = st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=60)
"""Who is at work on each of some shifts, one a day."""


def played(roster: list[set[int]], share: Fraction, cap: int) -> list[tuple[datetime, tuple[int, ...]]]:
    """Who is asked on each shift, as a plan asks them one after the other."""
    known: dict[int, Candidate] = {}
    asked = []
    for turn, at_work in enumerate(roster):
        at = MONDAY + timedelta(days=turn)
        candidates = [known.get(one, Candidate(one, ZONES[one % 3])) for one in sorted(at_work)]
        chosen = choose(candidates, at=at, turn=turn, share=share, cap=cap)
        assert chosen == choose(candidates, at=at, turn=turn, share=share, cap=cap)
        for one in candidates:
            known[one.person_id] = one
            if one.person_id in chosen:
                known[one.person_id] = replace(one, times=one.times + 1, last=at, recently=(*one.recently[-8:], at))
        asked.append((at, chosen))
    return asked


@settings(deadline=None)  # a busy machine is no fault of the function
@given(rosters, shares, caps)
def test_those_who_were_at_work_together_were_asked_equally_often(
    roster: list[set[int]], share: Fraction, cap: int
) -> None:
    counts = Counter(one for _, chosen in played(roster, share, cap) for one in chosen)
    shifts = {one: tuple(turn for turn, at_work in enumerate(roster) if one in at_work) for one in range(10)}
    # Weeks begin at another hour in another zone, and with them the cap.
    same = [(a, b) for a in shifts for b in shifts if shifts[a] == shifts[b] and ZONES[a % 3] == ZONES[b % 3]]
    assert all(abs(counts[a] - counts[b]) <= 1 for a, b in same)


@settings(deadline=None)
@given(rosters, shares, caps)
def test_nobody_is_asked_more_often_in_a_week_than_the_cap(roster: list[set[int]], share: Fraction, cap: int) -> None:
    weeks = Counter((one, week_of(at, ZONES[one % 3])) for at, chosen in played(roster, share, cap) for one in chosen)
    assert all(count <= cap for count in weeks.values())


@settings(deadline=None)
@given(rosters, shares)
def test_nobody_is_asked_twice_before_the_others_at_work_were_asked_once(
    roster: list[set[int]], share: Fraction
) -> None:
    times: Counter[int] = Counter()
    for (_, chosen), at_work in zip(played(roster, share, 7), roster, strict=True):
        never = {one for one in at_work if times[one] == 0} - set(chosen)
        assert not never or all(times[one] == 0 for one in chosen)
        times.update(chosen)


@settings(deadline=None)
@given(st.integers(1, 30), shares, st.integers(1, 60))
def test_the_share_is_met_over_time(people: int, share: Fraction, shifts: int) -> None:
    asked = sum(len(chosen) for _, chosen in played([set(range(people))] * shifts, share, 7))
    assert 0 <= asked - people * share * shifts < 1


@settings(deadline=None)
@given(st.sets(st.integers(0, 9)), shares)
def test_only_those_at_work_are_asked_and_each_once(at_work: set[int], share: Fraction) -> None:
    ((_, chosen),) = played([at_work], share, 7)
    assert len(chosen) == len(set(chosen))
    assert set(chosen) <= at_work


def test_half_of_three_are_two_and_one_in_turn() -> None:
    asked = [chosen for _, chosen in played([{0, 1, 2}] * 4, Fraction(1, 2), 7)]
    assert asked == [(0, 1), (2,), (0, 1), (2,)]


def test_who_comes_back_from_leave_is_asked_next_and_does_not_catch_up() -> None:
    away = [{1, 2}] * 6
    asked = [chosen for _, chosen in played([*away, *([{0, 1, 2}] * 3)], Fraction(1, 3), 7)]
    assert asked[-3] == (0,)
    assert asked[-2] != (0,) != asked[-1]


def test_who_was_asked_a_moment_ago_is_left_in_peace() -> None:
    rested = Candidate(1, "UTC", 1, MONDAY - timedelta(seconds=1))
    tired = Candidate(2, "UTC", 1, MONDAY)
    chosen = choose([rested, tired], at=MONDAY, turn=0, share=Fraction(1), cap=7, rested_since=MONDAY)
    assert chosen == (1,)


def test_of_two_who_were_asked_at_the_same_time_the_one_who_was_asked_less_often_comes_first() -> None:
    often, seldom = Candidate(1, "UTC", 3, MONDAY), Candidate(2, "UTC", 1, MONDAY)
    assert choose([often, seldom], at=MONDAY, turn=0, share=Fraction(1, 2), cap=7) == (2,)


def test_who_cannot_be_asked_takes_nobodys_place_and_has_turns_of_their_own() -> None:
    others = [
        Candidate(1, "UTC", able=False),
        Candidate(2, "UTC", able=False),
        Candidate(3, "UTC"),
        Candidate(4, "UTC"),
    ]
    chosen = []
    for turn in range(4):
        at = MONDAY + timedelta(days=turn)
        chosen.append(choose(others, at=at, turn=turn, share=Fraction(1, 2), cap=7))
        others = [
            replace(one, turns=one.turns + 1, last=at if one.able else None) if one.person_id in chosen[-1] else one
            for one in others
        ]
    assert chosen == [(1, 3), (2, 4), (1, 3), (2, 4)]


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=9), shares, st.integers(0, 30))
def test_the_same_number_has_its_turn_whoever_cannot_be_asked(able: list[bool], share: Fraction, turn: int) -> None:
    everybody = [Candidate(one, "UTC") for one in range(len(able))]
    some = [replace(one, able=able[one.person_id]) for one in everybody]
    of_all, of_some = (len(choose(one, at=MONDAY, turn=turn, share=share, cap=7)) for one in (everybody, some))
    assert of_some in (of_all, of_all - 1)


@settings(deadline=None)
@given(st.sets(st.integers(0, 9), min_size=1), st.sets(st.integers(0, 9)), shares, st.integers(0, 30))
def test_whose_turn_it_was_stays_and_nobody_comes_in_for_who_has_dropped_out(
    at_work: set[int], dropped_out: set[int], share: Fraction, turn: int
) -> None:
    candidates = [Candidate(one, "UTC") for one in sorted(at_work)]
    first = choose(candidates, at=MONDAY, turn=turn, share=share, cap=7)
    later = [replace(one, able=one.person_id not in dropped_out, chosen=one.person_id in first) for one in candidates]
    assert choose(later, at=MONDAY, turn=turn, share=share, cap=7) == first


@pytest.mark.parametrize(
    ("moment", "zone", "monday"),
    [
        (datetime(2026, 3, 8, 15, 59, tzinfo=UTC), "Australia/Perth", date(2026, 3, 2)),
        (datetime(2026, 3, 8, 16, 0, tzinfo=UTC), "Australia/Perth", date(2026, 3, 9)),
        (datetime(2026, 3, 9, 4, 59, tzinfo=UTC), "America/Lima", date(2026, 3, 2)),
    ],
)
def test_a_week_begins_on_monday_on_the_persons_own_wall(moment: datetime, zone: str, monday: date) -> None:
    assert week_of(moment, zone) == monday


def test_the_cap_counts_the_week_of_the_question_and_no_other() -> None:
    sunday = datetime(2026, 3, 8, 12, tzinfo=UTC)
    one = Candidate(1, "UTC", 1, sunday, (sunday,))
    assert choose([one], at=sunday, turn=0, share=Fraction(1), cap=1) == ()
    assert choose([one], at=sunday + timedelta(days=1), turn=0, share=Fraction(1), cap=1) == (1,)
