"""Places in people's words: tags as the floor writes them, and what only looks like one."""

from pathlib import Path

import pytest

from store.figures.places import places, where


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("false alarm on P-101", {"p101"}),
        ("p101 again, and P 101 too", {"p101"}),
        ("CV-03 and SCR 7b", {"cv3", "scr7b"}),
        ("cv03a, cv_03 belt slipped", {"cv3a", "cv3"}),
        ("pmp 12 hot brg, trk 7 u/s", {"pmp12", "trk7"}),
        ("310-PU-2 and 310 PU-2", {"310pu2"}),
        ("at 10 P-101 rang", {"p101"}),
        ("P-101-A-7 is no P-101-A", {"p101a7", "p101a"}),
        ("P-10-12 is no P-1012", {"p10-12", "p1012"}),
        ("*P-101* (CV-03-belt), p102/p103.", {"p101", "cv3", "p102", "p103"}),
        ("pump 3, Pump #3, pump no. 3, pump3", {"pump3"}),
        ("Line 2 stopped, conveyor 14b too", {"line2", "conveyor14b"}),
        ("EX 04 stopped", {"ex4"}),
        ("泵 P-7 又响了", {"p7"}),
        ("Ｐ－１０１ rang", {"p101"}),
    ],
)
def test_tags_are_found_however_they_are_written(text: str, found: set[str]) -> None:
    assert places(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the pump",
        "day 2 at 14 in week 3",
        "at 6 30, at 6:30, 12h30, AM 10",
        "rang at 10, for 20 minutes, 2 of 3",
        "it rang 3 times, ran 20 h, took 15, got 4",
        "10 to 12, top 10, 1 x 20, 10x20 mm, 24/7",
        "on 2026-03-04, 10-mar-26, may 4, in week-12",
        "hot: 90 C, vibrates at 12 mm, rpm 1500, ph 7",
        "crew 2, shift 2, step2, page 4, day2",
        "since v2 and v2.1",
        "CO2, H2S and O2 read high",
        "F-12 and C-3 and E-1 are no equipment",
        "it's 3, that's 12",
        "RANG FOR 20, GOT 15, LOST 2 AGAIN",
        "3rd time, 2nd crew",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert places(text) == set()


def test_in_real_work_orders_one_is_seen_only_where_it_was_not_taken_out(reference: Path) -> None:
    texts = (reference / "work_orders" / "work_orders.txt").read_text(encoding="utf-8").splitlines()
    assert [text for text in texts if places(text)] == []
    assert all(places(text.replace("<id>", "CV-03")) == {"cv3"} for text in texts if "<id>" in text)


@pytest.mark.parametrize(
    ("place", "words", "found"),
    [
        ("P-102", "rang like P-101 did", {"p102"}),
        ("pump 3, north side", "rang", {"pump3"}),
        ("North  End", "rang on P-101", {"north end"}),
        ("  ", "rang on P-101", {"p101"}),
        (None, "rang on P-101", {"p101"}),
        (None, "rang", set()),
    ],
)
def test_the_place_that_a_reporter_gave_counts_before_their_words(
    place: str | None, words: str, found: set[str]
) -> None:
    assert where(place, words) == found
