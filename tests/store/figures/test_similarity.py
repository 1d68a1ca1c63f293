"""Which reports are alike: by the words of a floor that abbreviates and mistypes, and by the assets that they name.

The work orders are the `text` fields of https://github.com/nlp-tlp/maintie (MIT); they are read where
ALONGSIDE_REFERENCE says and are not part of this project.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from store.figures.similarity import Text, alike, most_alike


def texts(*words: str) -> list[Text]:
    return [Text(key, each) for key, each in enumerate(words)]


def keys(to: str, *words: str, most: int = 5) -> list[int]:
    return [key for key, _ in most_alike(Text(-1, to), texts(*words), most)]


def test_the_likest_comes_first_and_what_has_nothing_in_common_not_at_all() -> None:
    others = ("p 101 rings all night", "screen is dark", "p-101 alarm rang at night, pump ran fine")
    assert keys("P-101 alarm at night while the pump ran fine", *others) == [2, 0]


@pytest.mark.parametrize(
    "words", ["Beltt slipp on CV-03", "belt slips cv03", "BELT SLIPPING, CV 03", "cv_03 belt slipped"]
)
def test_mistyped_and_abbreviated_words_are_still_alike(words: str) -> None:
    assert keys(words, "belt slips on CV-03", "mill trips on start", "haul road wet")[0] == 0


@pytest.mark.parametrize("to", ["насос 12 шумит", "泵 P-7 又响了", "المضخة P-7 ترن"])
def test_any_script_is_compared(to: str) -> None:
    assert keys(to, to + " !", "it rang") == [0]


def test_the_same_asset_is_enough_where_no_word_is_the_same() -> None:
    assert keys("bearing hot on P-101", "smells burnt near P101", "smells burnt near P205") == [0]


def test_so_is_the_same_place_where_its_reporter_said_that_apart() -> None:
    said = [Text(0, "smells burnt", "P101"), Text(1, "smells burnt on P101", "P-205"), Text(2, "burnt", "north end")]
    assert [key for key, _ in most_alike(Text(-1, "bearing hot", "P-101"), said)] == [0]
    assert [key for key, _ in most_alike(Text(-1, "leaks", "North  End"), said)] == [2]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("it rings for nothing", "rings again for nothing", True),
        ("rang on P-101", "smells burnt near p 101", True),
        ("it rings for nothing", "screen stays dark", False),
        ("", "", False),
    ],
)
def test_two_are_alike_or_not(one: str, other: str, expected: bool) -> None:
    assert alike(Text(1, one), Text(2, other)) is expected
    assert alike(Text(2, other), Text(1, one)) is expected


@pytest.mark.parametrize("nothing", ["", "   ", "🔥🔥", "!!!"])
def test_where_nothing_is_said_nothing_is_alike(nothing: str) -> None:
    assert keys(nothing, "P-101 rings", "", "🔥") == []


def test_of_equals_the_first_comes_first_and_no_more_than_asked_for() -> None:
    assert keys("P-101 rings", "P-101 rings", "P-101 rings", "P-101 rings", most=2) == [0, 1]


@pytest.fixture(scope="module")
def work_orders(reference: Path) -> Sequence[str]:
    return (reference / "work_orders" / "work_orders.txt").read_text(encoding="utf-8").splitlines()


def test_a_real_work_order_that_is_mistyped_is_found_again_among_all(work_orders: Sequence[str]) -> None:
    chance = random.Random(7)
    pool = texts(*work_orders)
    picked = [number for number, text in enumerate(work_orders) if len(text) >= 15]
    mistyped = [(number, _mistyped(work_orders[number], chance)) for number in chance.sample(picked, 40)]
    found = [most_alike(Text(-1, words), pool, 1)[:1] for _, words in mistyped]
    right = sum(bool(each) and each[0][0] == number for (number, _), each in zip(mistyped, found, strict=True))
    assert right >= 36


def test_of_work_orders_that_are_drawn_by_lot_hardly_any_two_are_proposed(work_orders: Sequence[str]) -> None:
    chance = random.Random(7)
    proposed = 0
    for _ in range(10):
        drawn = chance.sample(work_orders, 61)
        proposed += len(most_alike(Text(-1, drawn[0]), texts(*drawn[1:]), 60))
    assert proposed <= 10 * 60 * 0.03


def _mistyped(text: str, chance: random.Random) -> str:
    """Two letters of its longest word have changed places."""
    words = text.split()
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[longest]
    place = chance.randrange(1, max(2, len(word) - 2))
    words[longest] = word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
    return " ".join(words)
