"""Figures about people: shown when enough stand behind them, withheld and marked when not."""

import pytest

from store.policy import Policy
from store.privacy import Withheld, about_people, breakdown


@pytest.mark.parametrize(
    ("people", "needed", "shown"),
    [
        (5, 5, True),
        (6, 5, True),
        (4, 5, False),
        (0, 5, False),
        (3, 3, True),
        (2, 3, False),
    ],
)
def test_a_figure_is_shown_when_enough_people_stand_behind_it(people: int, needed: int, shown: bool) -> None:
    figure = about_people(17, people, Policy(people_needed=needed))
    assert figure == (17 if shown else Withheld(needed))


def test_a_withheld_figure_is_no_zero() -> None:
    assert about_people(0, 5, Policy()) == 0
    assert about_people(0, 1, Policy()) == Withheld(people_needed=5)


@pytest.mark.parametrize("needed", [2, 1, 0, -1])
def test_no_site_may_ask_for_fewer_than_three(needed: int) -> None:
    with pytest.raises(ValueError, match="at least 3"):
        Policy(people_needed=needed)


@pytest.mark.parametrize(
    ("people_by_part", "shown"),
    [
        ({"helped": 5, "in_the_way": 7}, True),
        ({"helped": 12, "in_the_way": 0}, True),
        ({"helped": 5, "in_the_way": 4}, False),
        ({"helped": 50, "in_the_way": 1, "not_used": 0}, False),
        ({"helped": 0, "in_the_way": 0}, False),
    ],
)
def test_parts_of_a_total_are_all_shown_or_none(people_by_part: dict[str, int], shown: bool) -> None:
    counted = {part: (10 * people, people) for part, people in people_by_part.items()}
    figures = breakdown(counted, max(people_by_part.values()), Policy())
    assert figures == {part: 10 * people if shown else Withheld(5) for part, people in people_by_part.items()}


def test_a_total_that_just_enough_people_stand_behind_is_shown_with_its_parts() -> None:
    assert breakdown({"helped": (9, 5), "in_the_way": (0, 0)}, 5, Policy()) == {"helped": 9, "in_the_way": 0}
    assert breakdown({"helped": (9, 5), "in_the_way": (0, 0)}, 4, Policy()) == dict.fromkeys(
        ("helped", "in_the_way"), Withheld(5)
    )
