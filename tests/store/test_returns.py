"""After days off there is one message: what changed, what is restricted, what became of reports, what is asked."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from store import (
    absences,
    change_notes,
    closures,
    history,
    prompt_planning,
    returns,
    rosters,
    verdicts,
    written_days,
)
from store.closures import Closing
from store.deliveries import Delivery, Kind, Status
from store.feedback import Feedback, FeedbackStatus
from store.not_now import Days
from store.people import Person
from store.policy import Policy
from store.prompt_planning import TeamDays
from store.restrictions import Restriction
from store.returns import Since
from store.rosters import RosterSource
from store.shifts import OFF
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    CREW_A,
    FIRST_DAY,
    FIRST_SHIFT,
    LATER,
    Site,
    active_embedding,
    filed_report,
    live_change,
    outbox,
)

SHIFT_END = FIRST_SHIFT + timedelta(hours=12)
DAYS_OFF = FIRST_SHIFT + timedelta(days=5)
"""Crew A has nights on the third and fourth day, then four days off."""
BACK = FIRST_SHIFT + timedelta(days=8)
BACK_DAY = FIRST_DAY + timedelta(days=8)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def plan_through(run: Run, day: date) -> None:
    """Plan day after day, each when it begins."""
    for number in range((day - FIRST_DAY).days + 1):
        plan_on(run, FIRST_DAY + timedelta(days=number))


def plan_on(run: Run, day: date) -> None:
    at = FIRST_SHIFT + (day - FIRST_DAY) - timedelta(hours=5)
    while plans := run(prompt_planning.days_to_plan, policy=Policy(), at=at):
        for plan in plans:
            run(written_days.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, plan.coming_back, at=at)


def messages(run: Run, site: Site) -> dict[tuple[str, date], Delivery]:
    names = {person_id: name for name, person_id in site.people.items()}
    return {
        (names[row.person_id or 0], date.fromisoformat(row.dedupe_key.rpartition(":")[2])): row
        for row in run(outbox)
        if row.kind is Kind.SINCE_LAST_ON
    }


def told(run: Run, site: Site, name: str = "Ana") -> Since:
    return run(returns.since, messages(run, site)[name, BACK_DAY])


def test_the_first_shift_after_days_off_has_one_and_no_other_shift(run: Run, site: Site, embedding_id: int) -> None:
    plan_through(run, BACK_DAY + timedelta(days=3))
    days = {day for name, day in messages(run, site) if name == "Ana"}
    assert days == {FIRST_DAY, BACK_DAY}
    row = messages(run, site)["Ana", BACK_DAY]
    assert (row.due_at, row.expires_at) == (BACK, BACK + timedelta(hours=12))
    assert row.data == {"last_on": (FIRST_SHIFT + timedelta(days=4)).isoformat()}


def test_without_anything_to_say_it_is_empty(run: Run, site: Site, embedding_id: int) -> None:
    plan_through(run, BACK_DAY)
    assert told(run, site).is_empty


def test_it_tells_what_changed_in_ones_tools_since_and_whose_report_that_answers(
    run: Run, site: Site, embedding_id: int
) -> None:
    report = run(filed_report, site, "Ana")
    run(live_change, site, at=LATER)  # while Ana was at work
    run(live_change, site, report, at=DAYS_OFF)
    plan_through(run, BACK_DAY)
    assert [(note.reference, note.answers) for note in told(run, site).changes] == [
        ("C-2", (("F-1", "It rang while the belt stood still"),))
    ]
    assert [(note.reference, note.answers) for note in told(run, site, "Ben").changes] == [("C-2", ())]


def test_a_change_that_it_tells_is_not_told_again(run: Run, site: Site, embedding_id: int) -> None:
    run(live_change, site, run(filed_report, site, "Ana"), at=DAYS_OFF)
    plan_through(run, BACK_DAY)
    (change,) = [row for row in run(outbox) if row.kind is Kind.CHANGE_TOLD]
    assert change.due_at == BACK
    assert run(returns.tells, change)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED, Status.SKIPPED])
def test_unless_it_does_not_go_out(run: Run, site: Site, embedding_id: int, status: Status) -> None:
    run(live_change, site, run(filed_report, site, "Ana"), at=DAYS_OFF)
    plan_through(run, BACK_DAY)

    def fail(session: Session) -> None:
        for row in session.exec(select(Delivery).where(Delivery.kind == Kind.SINCE_LAST_ON)):
            row.status = status

    run(fail)
    (change,) = [row for row in run(outbox) if row.kind is Kind.CHANGE_TOLD]
    assert not run(returns.tells, change)


def test_a_change_that_was_told_already_is_not_told_by_it(run: Run, site: Site, embedding_id: int) -> None:
    run(live_change, site, run(filed_report, site, "Ana"), at=DAYS_OFF)
    plan_through(run, BACK_DAY)

    def sent(session: Session) -> None:
        session.exec(select(Delivery).where(Delivery.kind == Kind.CHANGE_TOLD)).one().status = Status.SENT

    run(sent)
    assert told(run, site).is_empty


def test_it_names_the_restrictions_in_force_on_ones_tools(run: Run, site: Site, embedding_id: int) -> None:
    def restrict(session: Session) -> None:
        for tool_id, what_for, until, lifted_at in (
            (site.alarm_id, "night shifts", None, None),
            (site.alarm_id, "the start", BACK + timedelta(days=1), None),
            (site.alarm_id, "over by then", BACK, None),
            (site.alarm_id, "lifted", None, LATER),
            (site.mill_id, "of another team", None, None),
        ):
            session.add(
                Restriction(
                    tool_id=tool_id,
                    set_by_id=site.people["Mei"],
                    what_for=what_for,
                    set_at=LATER,
                    until=until,
                    lifted_at=lifted_at,
                )
            )

    run(restrict)
    plan_through(run, BACK_DAY)
    assert [one.what_for for one in told(run, site).restrictions] == ["the start", "night shifts"]


def test_it_tells_what_became_of_ones_own_reports(run: Run, site: Site, embedding_id: int) -> None:
    report = run(filed_report, site, "Ana")
    run(filed_report, site, "Ben")

    def become(session: Session, status: FeedbackStatus) -> None:
        for row in session.exec(select(Feedback)):
            row.status = status
            history.record(
                session,
                row.workspace_id,
                f"feedback_{status}",
                "feedback",
                row.key,
                at=DAYS_OFF,
                actor_id=site.people["Priya"],
            )

    run(become, FeedbackStatus.CARRIED_OVER)
    plan_through(run, BACK_DAY)
    assert [(one.reference, one.status) for one in told(run, site).reports] == [("F-1", FeedbackStatus.CARRIED_OVER)]
    assert report
    run(become, FeedbackStatus.EXPLAINED)  # of a decision there is a message of its own
    assert told(run, site).is_empty


def test_it_says_of_which_changes_one_has_still_to_say_whether_they_helped(
    run: Run, site: Site, embedding_id: int
) -> None:
    note = run(live_change, site, run(filed_report, site, "Ana"), at=LATER)

    def ask(session: Session) -> None:
        for row in session.exec(select(Delivery).where(col(Delivery.kind).in_((Kind.VERDICT_ASKED, Kind.CHANGE_TOLD)))):
            row.status = Status.SENT

    run(ask)
    plan_through(run, BACK_DAY)
    assert [card.id for card in told(run, site).asked] == [note]
    run(verdicts.give_verdict, note, Helped.BETTER, policy=Policy(), by=site.caller("Ana"), at=BACK)
    assert told(run, site).is_empty
    assert run(change_notes.by_id, note)


def roster(run: Run, site: Site, name: str, noted: dict[date, str]) -> None:
    def note(session: Session) -> None:
        for day, shift in noted.items():
            rosters.note(session, site.team_id, site.people[name], day, shift, RosterSource.ROSTER, at=LATER)

    run(note)


def test_who_swapped_their_first_day_back_has_it_on_the_next_one(run: Run, site: Site, embedding_id: int) -> None:
    roster(run, site, "Ana", {BACK_DAY: OFF})
    plan_through(run, BACK_DAY + timedelta(days=2))
    assert {day for name, day in messages(run, site) if name == "Ana"} == {FIRST_DAY, BACK_DAY + timedelta(days=1)}


def test_who_swapped_into_their_days_off_has_it_there_and_not_when_the_crew_is_back(
    run: Run, site: Site, embedding_id: int
) -> None:
    swapped = BACK_DAY - timedelta(days=1)
    roster(run, site, "Ana", {swapped: "N"})
    plan_through(run, BACK_DAY)
    assert {day for name, day in messages(run, site) if name == "Ana"} == {FIRST_DAY, swapped}
    row = messages(run, site)["Ana", swapped]
    assert row.due_at == BACK - timedelta(hours=12)
    assert row.data == {"last_on": (FIRST_SHIFT + timedelta(days=4)).isoformat()}
    assert ("Ben", BACK_DAY) in messages(run, site)


def test_after_weeks_of_leave_in_the_roster_it_counts_from_the_last_shift_before_them(
    run: Run, site: Site, embedding_id: int
) -> None:
    roster(run, site, "Ana", {FIRST_DAY + timedelta(days=number): OFF for number in range(2, 24)})
    plan_through(run, FIRST_DAY + timedelta(days=24))
    row = messages(run, site)["Ana", FIRST_DAY + timedelta(days=24)]
    assert row.data == {"last_on": (FIRST_SHIFT + timedelta(days=1, hours=12)).isoformat()}


def test_who_does_not_work_that_shift_any_more_is_not_told(run: Run, site: Site, embedding_id: int) -> None:
    plan_through(run, BACK_DAY)
    row = messages(run, site)["Ana", BACK_DAY]
    assert run(returns.is_at_work, row)
    roster(run, site, "Ana", {BACK_DAY: OFF})
    assert not run(returns.is_at_work, row)
    assert run(returns.is_at_work, messages(run, site)["Ben", BACK_DAY])


def test_what_they_would_be_told_then_is_told_by_itself(run: Run, site: Site, embedding_id: int) -> None:
    run(live_change, site, run(filed_report, site, "Ana"), at=DAYS_OFF)
    plan_through(run, BACK_DAY)
    roster(run, site, "Ana", {BACK_DAY: OFF})
    (change,) = [row for row in run(outbox) if row.kind is Kind.CHANGE_TOLD]
    assert not run(returns.tells, change)


def test_it_follows_who_works_another_shift_of_that_day(run: Run, site: Site, embedding_id: int) -> None:
    plan_through(run, BACK_DAY)
    roster(run, site, "Ana", {BACK_DAY: "N"})
    back = run(prompt_planning.coming_back, TeamDays(site.team_id, frozenset({BACK_DAY})))
    run(returns.queue, site.workspace_id, back, at=BACK - timedelta(hours=1))
    night = BACK + timedelta(hours=12)
    rows = messages(run, site)
    assert (rows["Ana", BACK_DAY].due_at, rows["Ana", BACK_DAY].expires_at) == (night, night + timedelta(hours=12))
    assert rows["Ben", BACK_DAY].due_at == BACK
    assert run(returns.is_at_work, rows["Ana", BACK_DAY])


def test_who_is_away_or_gone_has_none(run: Run, site: Site, embedding_id: int) -> None:
    run(absences.go_away, Days(BACK_DAY, BACK_DAY), by=site.caller("Ana"), at=LATER)

    def leave(session: Session) -> None:
        session.get_one(Person, site.people["Ben"]).active = False

    run(leave)
    plan_through(run, BACK_DAY)
    assert {name for name, day in messages(run, site) if day == BACK_DAY} == {"Cleo"}


def test_a_team_that_is_shut_down_has_none(run: Run, site: Site, embedding_id: int) -> None:
    shutdown = Closing(site.team_id, Days(BACK_DAY, BACK_DAY), "Relining")
    run(closures.shut_down, shutdown, by=site.caller("Mei"), at=LATER)
    plan_through(run, BACK_DAY)
    assert {name for name, day in messages(run, site) if day == BACK_DAY and name in CREW_A} == set()


def test_what_is_planned_after_the_shift_is_not_told_any_more(run: Run, site: Site, embedding_id: int) -> None:
    plan_on(run, BACK_DAY + timedelta(days=2))
    assert {day for name, day in messages(run, site) if name == "Ana"} == set()
