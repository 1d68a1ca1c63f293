"""Who hears of a change that went live, when, by which message, and of its being taken back."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from store import rolling_back, tellings
from store.deliveries import Delivery, Kind, Status
from store.people import Person
from store.tellings import Telling
from tests.store.conftest import Run
from tests.store.site import (
    CREW_A,
    CREW_B,
    FIRST_SHIFT,
    LATER,
    Site,
    active_embedding,
    filed_report,
    live_change,
    outbox,
)

HOUR = timedelta(hours=1)
TOLD = (Kind.CHANGE_TOLD, Kind.CHANGE_NEWS)
BACK = (Kind.CHANGE_TAKEN_BACK, Kind.CHANGE_TAKEN_BACK_IN_CHANNEL)


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def messages(run: Run, site: Site, *kinds: Kind) -> dict[str, list[Delivery]]:
    """Those of some kinds by the name of whom they are for; the channel's under its id."""
    names = {person_id: name for name, person_id in site.people.items()}
    found: dict[str, list[Delivery]] = {}
    for row in run(outbox):
        if row.kind in kinds:
            found.setdefault(names[row.person_id] if row.person_id else str(row.channel), []).append(row)
    return found


def told_in(run: Run, delivery: Delivery) -> list[tuple[int, bool]]:
    return run(tellings.told_by, delivery.key)


def settle(run: Run, status: Status, *deliveries: Delivery, token: str | None = None) -> None:
    def change(session: Session) -> None:
        for row in session.exec(select(Delivery).where(col(Delivery.id).in_([one.key for one in deliveries]))):
            row.status, row.claim_token = status, token
            row.ended_at = LATER if status is Status.SENT else None

    run(change)


def take_back(run: Run, site: Site, note: int, at: datetime = LATER + 2 * HOUR) -> int:
    return run(rolling_back.roll_back, note, "It missed a seal", by=site.caller("Priya"), at=at).people_told


def test_a_reporter_is_told_an_hour_later_on_their_shift_and_the_others_as_their_next_begins(
    run: Run, site: Site
) -> None:
    run(live_change, site, run(filed_report, site))
    found = messages(run, site, *TOLD)
    assert found.keys() == {*CREW_A, *CREW_B}
    assert (found["Ana"][0].kind, found["Ana"][0].due_at) == (Kind.CHANGE_TOLD, LATER + HOUR)
    ben, dan = found["Ben"][0], found["Dan"][0]
    assert (ben.kind, ben.due_at, ben.expires_at) == (
        Kind.CHANGE_NEWS,
        FIRST_SHIFT + timedelta(days=1),
        FIRST_SHIFT + timedelta(days=1, hours=12),
    )
    assert dan.due_at == FIRST_SHIFT + timedelta(days=4)


@pytest.mark.parametrize(
    ("live_at", "due_at"),
    [
        pytest.param(
            FIRST_SHIFT + timedelta(hours=11, minutes=30),
            FIRST_SHIFT + timedelta(hours=11, minutes=45),
            id="before they go home",
        ),
        pytest.param(
            FIRST_SHIFT + timedelta(hours=11, minutes=50),
            FIRST_SHIFT + timedelta(hours=11, minutes=50),
            id="as they go home",
        ),
        pytest.param(FIRST_SHIFT + timedelta(hours=13), FIRST_SHIFT + timedelta(days=1), id="on their next shift"),
        pytest.param(
            FIRST_SHIFT + timedelta(hours=23, minutes=30),
            FIRST_SHIFT + timedelta(days=1, minutes=30),
            id="an hour later, also where the shift begins meanwhile",
        ),
    ],
)
def test_when_a_reporter_is_told(run: Run, site: Site, live_at: datetime, due_at: datetime) -> None:
    run(live_change, site, run(filed_report, site), at=live_at)
    assert messages(run, site, Kind.CHANGE_TOLD)["Ana"][0].due_at == due_at


def test_who_works_no_shifts_is_told_an_hour_later_and_who_is_gone_is_not_told_the_news(run: Run, site: Site) -> None:
    def leaves(session: Session) -> None:
        session.get_one(Person, site.people["Ben"]).active = False

    run(leaves)
    run(live_change, site, run(filed_report, site, by="Mei"))
    found = messages(run, site, *TOLD)
    assert found["Mei"][0].due_at == LATER + HOUR
    assert "Ben" not in found


def test_several_changes_before_it_goes_out_are_one_message(run: Run, site: Site) -> None:
    first = run(live_change, site, run(filed_report, site))
    second = run(live_change, site, run(filed_report, site), at=LATER + timedelta(minutes=50))
    third = run(live_change, site, at=LATER + timedelta(minutes=55))
    found = messages(run, site, *TOLD)
    assert [len(rows) for rows in found.values()] == [1] * 6
    assert told_in(run, found["Ana"][0]) == [(first, True), (second, True), (third, False)]
    assert told_in(run, found["Ben"][0]) == [(first, False), (second, False), (third, False)]


@pytest.mark.parametrize(("status", "token"), [(Status.QUEUED, "held"), (Status.SENDING, "held"), (Status.SENT, None)])
def test_a_message_that_somebody_is_sending_takes_no_further_change(
    run: Run, site: Site, status: Status, token: str | None
) -> None:
    run(live_change, site, run(filed_report, site))
    settle(run, status, messages(run, site, Kind.CHANGE_TOLD)["Ana"][0], token=token)
    second = run(live_change, site, run(filed_report, site), at=LATER + timedelta(minutes=50))
    mine = messages(run, site, Kind.CHANGE_TOLD)["Ana"]
    assert len(mine) == 2
    assert told_in(run, mine[1]) == [(second, True)]


def test_a_reporter_does_not_wait_for_the_news_of_tomorrow(run: Run, site: Site) -> None:
    run(live_change, site)
    run(live_change, site, run(filed_report, site))
    found = messages(run, site, *TOLD)["Ana"]
    assert [(row.kind, row.due_at) for row in found] == [
        (Kind.CHANGE_NEWS, FIRST_SHIFT + timedelta(days=1)),
        (Kind.CHANGE_TOLD, LATER + HOUR),
    ]


def test_what_nobody_heard_yet_is_called_off_and_nobody_hears_that_it_was_taken_back(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    assert take_back(run, site, note, LATER) == 0
    assert {row.status for rows in messages(run, site, *TOLD).values() for row in rows} == {Status.SKIPPED}
    assert {row.reason for rows in messages(run, site, *TOLD).values() for row in rows} == {"the change was taken back"}
    assert messages(run, site, *BACK) == {}


def test_those_hear_of_it_who_were_told_or_may_have_been(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site), run(filed_report, site, by="Ben"))
    found = messages(run, site, *TOLD)
    settle(run, Status.SENT, found["Ana"][0])
    settle(run, Status.QUEUED, found["Ben"][0], token="held")
    settle(run, Status.UNKNOWN, found["Cleo"][0])
    channel = messages(run, site, Kind.CHANGE_IN_CHANNEL)["C_PIT"][0]
    settle(run, Status.SENT, channel)
    assert take_back(run, site, note) == 3
    assert messages(run, site, *BACK).keys() == {"Ana", "Ben", "Cleo", "C_PIT"}


def test_a_message_that_was_never_sent_after_all_tells_nobody_of_the_taking_back(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    mine = messages(run, site, *TOLD)["Ana"][0]
    settle(run, Status.QUEUED, mine, token="held")
    take_back(run, site, note)
    assert run(tellings.was_told, note, site.people["Ana"]) is None
    settle(run, Status.SENT, mine)
    assert run(tellings.was_told, note, site.people["Ana"]) == LATER


def test_of_two_changes_in_one_message_the_other_is_still_told(run: Run, site: Site) -> None:
    first = run(live_change, site, run(filed_report, site))
    second = run(live_change, site, run(filed_report, site))
    take_back(run, site, first, LATER)
    mine = messages(run, site, Kind.CHANGE_TOLD)["Ana"][0]
    assert mine.status is Status.QUEUED
    assert told_in(run, mine) == [(second, True)]


def test_everybody_has_one_telling_of_each_change(run: Run, site: Site) -> None:
    for _ in range(3):
        run(live_change, site, run(filed_report, site))
    rows = run(lambda session: list(session.exec(select(Telling)).all()))
    assert len(rows) == 18
    assert len({(row.change_note_id, row.person_id) for row in rows}) == 18
