"""It happened again: who may say so, who hears of it, and who is asked once more."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from store import recurrences, rolling_back, verdicts
from store.deliveries import Delivery, Kind
from store.errors import Refused
from store.feedback import Feedback
from store.policy import Policy
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    LATER,
    Site,
    active_embedding,
    build,
    event_kinds,
    filed_report,
    live_change,
    outbox,
    sent_to,
)

DAY = timedelta(days=1)
TOMORROW = LATER + DAY


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def again(run: Run, site: Site, number: int, name: str = "Ben", at: object = TOMORROW) -> recurrences.Again:
    return run(recurrences.happened_again, number, by=site.caller(name), at=at)  # type: ignore[arg-type]


def say(run: Run, site: Site, note: int, value: Helped, name: str = "Ana") -> None:
    run(verdicts.give_verdict, note, value, policy=Policy(), by=site.caller(name), at=TOMORROW)


def report_at(session: Session, site: Site, by: str, text: str, place: str | None) -> int:
    key = filed_report(session, site, by=by, text=text)
    session.get_one(Feedback, key).place = place
    return key


def asked_again(run: Run, site: Site) -> list[tuple[str, str]]:
    names = {person_id: name for name, person_id in site.people.items()}
    rows: list[Delivery] = [row for row in run(outbox) if row.kind is Kind.VERDICT_ASKED_AGAIN]
    return [(names[row.person_id or 0], row.data["because"]) for row in rows]


def test_the_embedded_people_hear_of_it_once_a_day(run: Run, site: Site) -> None:
    run(filed_report, site)
    found = again(run, site, 1)
    assert (found.reference, found.tool, found.heard_by) == ("F-1", "Crusher alarm", ("Priya", "Tom"))
    again(run, site, 1)
    again(run, site, 1, "Cleo")
    heard = [sent for sent in run(sent_to, site) if sent[0] == "happened_again"]
    assert heard == [("happened_again", "Priya"), ("happened_again", "Tom")]
    assert run(event_kinds).count("feedback_happened_again") == 2
    again(run, site, 1, at=TOMORROW + DAY)
    assert len([sent for sent in run(sent_to, site) if sent[0] == "happened_again"]) == 4


def test_who_has_not_seen_it_since_is_asked_once_more_and_no_third_time(run: Run, site: Site) -> None:
    report = run(filed_report, site, text="rang on P-101")
    run(filed_report, site, by="Ben", text="P-101 rings for nothing")
    note = run(live_change, site, report)
    say(run, site, note, Helped.NOT_SEEN_SINCE)
    assert asked_again(run, site) == [("Ana", "end")]
    again(run, site, 2)
    again(run, site, 2, "Cleo")
    again(run, site, 1, "Dan")
    assert asked_again(run, site) == [("Ana", "again")]


@pytest.mark.parametrize("text", ["P-102 rings for nothing", "it rings for nothing"])
def test_not_because_of_another_place(run: Run, site: Site, text: str) -> None:
    report = run(filed_report, site, text="rang on P-101")
    run(filed_report, site, by="Ben", text=text)
    say(run, site, run(live_change, site, report), Helped.NOT_SEEN_SINCE)
    again(run, site, 2)
    assert asked_again(run, site) == [("Ana", "end")]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("rang", "P-101"), ("rings for nothing", "p101"), True),
        (("rang on P-101", None), ("smells", "P 101"), True),
        (("rang on P-101", "P-102"), ("rang on P-101", None), False),
        (("rang", "north end"), ("rang", "North end"), True),
        (("rang", "north end"), ("rang", None), False),
        (("rings for nothing", None), ("it rings for nothing again", None), True),
        (("rings for nothing", None), ("screen stays dark", None), False),
        (("", None), ("", None), False),
    ],
)
def test_the_place_of_a_report_says_what_is_the_same_and_without_one_its_words_do(
    run: Run, site: Site, first: tuple[str, str | None], second: tuple[str, str | None], same: bool
) -> None:
    report = run(report_at, site, "Ana", *first)
    run(report_at, site, "Ben", *second)
    say(run, site, run(live_change, site, report), Helped.NOT_SEEN_SINCE)
    again(run, site, 2, "Cleo")
    assert (("Ana", "again") in asked_again(run, site)) is same


@pytest.mark.parametrize("value", [Helped.BETTER, Helped.SAME])
def test_nor_who_has_said_more(run: Run, site: Site, value: Helped) -> None:
    say(run, site, run(live_change, site, run(filed_report, site)), value)
    again(run, site, 1)
    assert asked_again(run, site) == []


def test_nor_about_a_change_that_was_taken_back(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    say(run, site, note, Helped.NOT_SEEN_SINCE)
    run(rolling_back.roll_back, note, "It missed", by=site.caller("Tom"), at=TOMORROW)
    again(run, site, 1)
    assert [row.status.value for row in run(outbox) if row.kind is Kind.VERDICT_ASKED_AGAIN] == ["skipped"]


def test_a_reporter_who_sees_it_again_themselves_is_asked_about_the_change(run: Run, site: Site) -> None:
    say(run, site, run(live_change, site, run(filed_report, site)), Helped.BETTER)
    assert again(run, site, 1, "Ana").asked
    assert asked_again(run, site) == [("Ana", "again")]


def test_who_does_not_work_with_the_tool_does_not_say_so(run: Run, site: Site) -> None:
    run(filed_report, site)
    with pytest.raises(Refused, match="Only people who work with that tool"):
        again(run, site, 1, "Olga")
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="There is no report F-1 here"):
        again(run, other, 1)
    with pytest.raises(Refused, match="There is no report F-9 here"):
        again(run, site, 9)
