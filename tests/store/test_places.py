"""Places in people's words."""

import pytest

from store.figures.places import places, same_place


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("false alarm on P-101", {"p101"}),
        ("p101 again, and P 101 too", {"p101"}),
        ("CV-03 and SCR 7b", {"cv3", "scr7b"}),
        ("rang at 10, for 20 minutes, 3 of 5", set()),
        ("F-12 and C-3 and E-1 are no equipment", set()),
        ("the pump", set()),
        ("", set()),
        ("P-101-A-7", set()),
    ],
)
def test_tags_are_found_however_they_are_written(text: str, found: set[str]) -> None:
    assert places(text) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("P-101 rang", "rings for nothing on p 101", True),
        ("P-101 rang", "P-102 rang", False),
        ("it rang", "it rang again", True),
        ("P-101 rang", "it rang", False),
    ],
)
def test_the_same_place(one: str, other: str, same: bool) -> None:
    assert same_place(one, other) is same
    assert same_place(other, one) is same
