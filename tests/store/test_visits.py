"""Come and show me: when both are on site, and what they say of it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from store import embeddings, verdicts, visits
from store.deliveries import Kind
from store.errors import Refused
from store.policy import Policy
from store.verdicts import Helped
from store.visits import Visit, VisitStatus
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, filed_report, live_change, outbox, sent_to

DAY = timedelta(days=1)
SECOND_DAY = datetime(2026, 3, 11, 0, tzinfo=UTC)
"""08:00 in Perth on crew A's second day shift."""


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def contest(run: Run, site: Site, report: int, name: str = "Ana", at: datetime = LATER) -> None:
    note = run(live_change, site, report, at=at)
    run(verdicts.give_verdict, note, Helped.SAME, policy=Policy(), by=site.caller(name), at=at)


def proposed(run: Run, site: Site, report: int | None = None) -> int:
    """A visit about a report of Ana's that two changes did not help. Returns its id."""
    report = report or run(filed_report, site)
    contest(run, site, report)
    contest(run, site, report)
    return newest(run)


def newest(run: Run) -> int:
    return max(visit_id or 0 for visit_id in run(lambda session: session.exec(select(Visit.id)).all()))


def slots(run: Run, site: Site, embedding_id: int, name: str, after: datetime) -> list[datetime]:
    def find(session: Session) -> list[datetime]:
        embedding = embeddings.by_id(session, embedding_id)
        found = visits.slots(session, site.people[name], embedding, after, Policy())
        return [slot.starts_at for slot in found]

    return run(find)


def asked(run: Run, site: Site) -> list[str]:
    return sorted(name for kind, name in run(sent_to, site) if kind == Kind.VISIT_PROPOSED)


def test_the_first_change_that_did_not_help_proposes_nothing_and_the_second_does(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    contest(run, site, report)
    assert asked(run, site) == []
    contest(run, site, report)
    assert asked(run, site) == ["Ana", "Priya"]
    card = run(visits.card, newest(run), site.people["Ana"])
    assert (card.starts_at, card.with_whom, card.report) == (SECOND_DAY, "Priya", "F-1")
    contest(run, site, report)
    assert asked(run, site) == ["Ana", "Priya"]


def test_two_reporters_of_one_change_are_no_second_contest(run: Run, site: Site) -> None:
    reports = [run(filed_report, site, by=name) for name in ("Ana", "Ben")]
    note = run(live_change, site, *reports)
    for name in ("Ana", "Ben"):
        run(verdicts.give_verdict, note, Helped.WORSE, policy=Policy(), by=site.caller(name), at=LATER)
    assert asked(run, site) == []


def test_only_day_shifts_of_weekdays_up_to_the_last_day_are_proposed(run: Run, site: Site, embedding_id: int) -> None:
    found = slots(run, site, embedding_id, "Ana", LATER)
    local = [(moment + timedelta(hours=8)).strftime("%a %d %b %H:%M") for moment in found]
    # Crew A also works a day shift on the 4th of April, a Saturday, and nights after its days.
    assert local == [
        "Tue 10 Mar 09:00",
        "Wed 11 Mar 08:00",
        "Wed 18 Mar 08:00",
        "Thu 19 Mar 08:00",
        "Thu 26 Mar 08:00",
        "Fri 27 Mar 08:00",
        "Fri 03 Apr 08:00",
    ]


def test_somebody_without_shifts_is_met_on_any_weekday(run: Run, site: Site, embedding_id: int) -> None:
    found = slots(run, site, embedding_id, "Mei", LATER)
    assert found[0] == LATER
    assert {moment.weekday() for moment in found} <= {0, 1, 2, 3, 4}


def test_it_is_booked_when_both_have_said_yes_and_who_said_so_first_hears_it(run: Run, site: Site) -> None:
    visit = proposed(run, site)
    assert run(visits.agree, visit, 1, by=site.caller("Ana"), at=LATER) is VisitStatus.PROPOSED
    assert run(visits.agree, visit, 1, by=site.caller("Ana"), at=LATER) is VisitStatus.PROPOSED
    assert run(visits.agree, visit, 1, by=site.caller("Priya"), at=LATER) is VisitStatus.BOOKED
    assert run(visits.agree, visit, 1, by=site.caller("Priya"), at=LATER) is VisitStatus.BOOKED
    assert [name for kind, name in run(sent_to, site) if kind == Kind.VISIT_BOOKED] == ["Ana"]


def test_another_time_asks_anew_whoever_had_agreed(run: Run, site: Site) -> None:
    visit = proposed(run, site)
    run(visits.agree, visit, 1, by=site.caller("Ana"), at=LATER)
    run(visits.another_time, visit, 1, policy=Policy(), by=site.caller("Priya"), at=LATER)
    card = run(visits.card, visit, site.people["Ana"])
    assert (card.turn, card.agreed) == (2, False)
    assert card.starts_at > SECOND_DAY
    assert asked(run, site) == ["Ana", "Ana", "Priya"]
    with pytest.raises(Refused, match="not asked about any more"):
        run(visits.agree, visit, 1, by=site.caller("Ana"), at=LATER)


def test_when_no_time_is_left_that_is_said(run: Run, site: Site) -> None:
    visit, turn = proposed(run, site), 1
    while run(visits.another_time, visit, turn, policy=Policy(), by=site.caller("Ana"), at=LATER) is not (
        VisitStatus.NO_TIME
    ):
        turn += 1
        assert turn < 20
    assert turn > 2


def test_whoever_would_rather_not_is_not_asked_why_nor_again(run: Run, site: Site) -> None:
    report = run(filed_report, site)
    visit = proposed(run, site, report)
    run(visits.agree, visit, 1, by=site.caller("Priya"), at=LATER)
    assert run(visits.rather_not, visit, by=site.caller("Ana"), at=LATER) is VisitStatus.CALLED_OFF
    contest(run, site, report)
    assert asked(run, site) == ["Ana", "Priya"]
    assert [row for row in run(outbox) if row.kind is Kind.VISIT_BOOKED] == []


def test_nobody_else_answers_for_the_two(run: Run, site: Site) -> None:
    visit = proposed(run, site)
    for name in ("Ben", "Tom", "Mei"):
        with pytest.raises(Refused, match="for the two who were asked"):
            run(visits.agree, visit, 1, by=site.caller(name), at=LATER)


def test_a_time_that_is_over_is_not_agreed_to(run: Run, site: Site) -> None:
    visit = proposed(run, site)
    with pytest.raises(Refused, match="That time is over"):
        run(visits.agree, visit, 1, by=site.caller("Ana"), at=SECOND_DAY)
