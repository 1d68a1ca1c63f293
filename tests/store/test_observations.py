"""Observations: what a data scientist saw on the floor, filed apart and never counted as a report."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from store import inbox, observations, packets
from store.errors import Refused
from store.feedback import Feedback
from store.observations import Observation, Seen
from store.policy import Policy
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, LATER, Site, active_embedding, outbox


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def observe(run: Run, site: Site, *, by: str = "Priya", **other: Any) -> observations.Observed:
    seen = {"tool_id": site.alarm_id, "text": "They silence it with a glove", "day": FIRST_DAY, **other}
    return run(observations.observe, Seen(**seen), by=site.caller(by), at=LATER)


def kept(session: Session) -> list[Observation]:
    return list(session.exec(select(Observation)).all())


def test_what_is_seen_on_shift_with_a_crew_is_kept_and_is_no_report(run: Run, site: Site, embedding_id: int) -> None:
    before = len(run(outbox))
    assert observe(run, site, crew_id=site.crew_b_id) == observations.Observed("Crusher alarm", "B", 1)
    (row,) = run(kept)
    assert (row.crew_id, row.seen_at, row.noted_at) == (site.crew_b_id, LATER, LATER)
    assert run(lambda session: session.exec(select(Feedback)).all()) == []
    assert run(inbox.first_page, by=site.caller("Priya")).count == 0
    assert len(run(outbox)) == before
    packet = json.loads(run(packets.compile_packet, embedding_id, policy=Policy(), at=LATER).packet)
    assert (packet["observations"], packet["tools"][0]["reports"]) == (1, [])


def test_they_are_listed_apart_newest_first_by_pages(run: Run, site: Site) -> None:
    for number in range(12):
        observe(run, site, text=f"Seen {number}", day=FIRST_DAY - timedelta(days=number))
    first, last = (run(observations.page, number, by=site.caller("Tom")) for number in (1, 99))
    assert (first.number, first.pages, first.count) == (1, 2, 12)
    assert [line.text for line in first.lines] == [f"Seen {number}" for number in range(10)]
    assert [line.day for line in last.lines] == [FIRST_DAY - timedelta(days=number) for number in (10, 11)]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"text": " \n"}, "text"),
        ({"day": FIRST_DAY + timedelta(days=1)}, "day"),
        ({"day": date(2020, 1, 1)}, "day"),
        ({"tool_id": 4_711}, "tool"),
        ({"crew_id": 4_711}, "crew"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(run: Run, site: Site, other: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        observe(run, site, **other)
    assert refused.value.field == field
    assert run(kept) == []


@pytest.mark.parametrize("who", ["Ana", "Mei", "Kay", "Olga"])
def test_nobody_else_notes_or_reads_them(run: Run, site: Site, who: str) -> None:
    for query in (
        lambda: observe(run, site, by=who),
        lambda: run(observations.page, 1, by=site.caller(who)),
        lambda: run(observations.observable, by=site.caller(who), at=LATER),
    ):
        with pytest.raises(Refused, match="Only the data scientists of an embedding note what they saw"):
            query()
    assert run(kept) == []


def test_the_form_offers_ones_own_tools_and_crews_and_today_at_the_site(run: Run, site: Site) -> None:
    offered = run(observations.observable, by=site.caller("Priya"), at=LATER)
    assert offered.tools == ((site.alarm_id, "Crusher alarm"),)
    assert [name for _, name in offered.crews] == ["A", "B"]
    assert offered.today == FIRST_DAY
