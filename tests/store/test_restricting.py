"""Restrictions: who says them, who hears when, what stands, and how one ends."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlmodel import Session, select

from store import (
    access,
    feedback,
    inbox,
    note_lists,
    own_reports,
    packets,
    people,
    prompts,
    reporting,
    restricting,
    restrictions,
    returns,
    tool_history,
)
from store.access import REFUSALS, Act, Role, Scope
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.feedback import Report
from store.policy import Policy
from store.restricting import Limit
from store.returns import Return
from store.shifts import shift_on
from store.teams import Member, Team, pattern_of
from store.tools import ToolUse
from tests.store.conftest import Run
from tests.store.site import (
    FIRST_DAY,
    FIRST_SHIFT,
    LATER,
    MONDAY,
    Site,
    active_embedding,
    asked_crew,
    build,
    event_kinds,
    filed_report,
    live_change,
    outbox,
)

CREW_B_NEXT = FIRST_SHIFT + timedelta(days=4)
"""06:00 in Perth: crew B's first shift of its cycle, while crew A has days off."""
HEARD = (Kind.RESTRICTION_TOLD, Kind.RESTRICTION_LIFTED, Kind.RESTRICTION_ENDED)


def limit(site: Site, **more: object) -> Limit:
    return replace(Limit(site.alarm_id, "P-101", "It missed two failures"), **more)  # type: ignore[arg-type] # as named


def restrict(run: Run, site: Site, by: str = "Mei", at: datetime = LATER, **more: object) -> int:
    """Returns the restriction's id."""
    return run(restricting.restrict, limit(site, **more), by=site.caller(by), at=at).restriction.id


def queued(run: Run, site: Site, kind: Kind) -> dict[str, datetime]:
    """Who is still to hear something, and when."""
    names = {person_id: name for name, person_id in site.people.items()}
    rows = [row for row in run(outbox) if row.kind is kind and row.status is Status.QUEUED]
    return {names[row.person_id]: row.due_at for row in rows if row.person_id}


def send(session: Session, *names: str, site: Site, status: Status = Status.SENT) -> None:
    """What is queued for these people goes out."""
    ids = {site.people[name] for name in names}
    for row in outbox(session):
        if row.kind in HEARD and row.person_id in ids and row.status is Status.QUEUED:
            row.status = status
            session.add(row)


def news_of(run: Run, site: Site, name: str, kind: Kind) -> Delivery:
    return next(row for row in run(outbox) if row.kind is kind and row.person_id == site.people[name])


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def test_every_crew_hears_once_at_its_next_shift_start_and_who_is_at_work_now(
    run: Run, site: Site, embedding_id: int
) -> None:
    restrict(run, site)
    told = queued(run, site, Kind.RESTRICTION_TOLD)
    assert {told[name] for name in ("Ana", "Ben", "Cleo")} == {LATER}
    assert {told[name] for name in ("Dan", "Eve", "Finn")} == {CREW_B_NEXT}
    assert {told[name] for name in ("Priya", "Tom", "Omar")} == {LATER}  # its data scientists and its owner
    assert "Mei" not in told  # who set it
    assert set(told) == {"Ana", "Ben", "Cleo", "Dan", "Eve", "Finn", "Priya", "Tom", "Omar"}


def test_the_crews_of_every_team_that_uses_the_tool_hear_of_it(run: Run, site: Site) -> None:
    def another_team(session: Session) -> None:
        first = session.get_one(Team, site.team_id)
        same = first.model_dump(exclude={"id", "name", "channel"})
        team = Team(**same, name="Mill crew", channel="C_MILL")
        session.add(team)
        session.flush()
        session.add(ToolUse(team_id=team.key, tool_id=site.alarm_id))
        access.give(session, people.by_id(session, site.people["Kay"]), Role.LEAD, Scope.TEAM, team.key, at=MONDAY)
        access.give(session, people.by_id(session, site.people["Gus"]), Role.CHAMPION, Scope.TEAM, team.key, at=MONDAY)
        crew_id = session.exec(select(Member.crew_id)).first()
        session.add(Member(team_id=team.key, person_id=site.people["Olga"], crew_id=crew_id or 0))

    run(another_team)
    restrict(run, site)
    told = queued(run, site, Kind.RESTRICTION_TOLD)
    assert {"Olga", "Kay", "Ana"} <= told.keys()
    assert "Gus" not in told


def test_it_stands_in_everything_about_the_tool(run: Run, site: Site, embedding_id: int) -> None:
    prompt_id = run(asked_crew, site, embedding_id)["Ana"]
    restricted = restrict(run, site)
    by = site.caller("Ana")
    filed = run(feedback.file_feedback, Report(feedback.Kind.MISSED, "", site.alarm_id), by=by, at=LATER)
    shown = [
        filed.restrictions,
        run(reporting.reportable, by=by, at=LATER).restrictions,
        run(own_reports.page, 1, 10, by=by).restrictions,
        run(inbox.first_page, by=site.caller("Priya")).restrictions,
        run(prompts.card, prompt_id).restrictions,
    ]
    assert [[one.id for one in standing] for standing in shown] == [[restricted]] * 5
    (one,) = filed.restrictions
    assert (one.tool, one.what_for, one.why, one.set_by) == ("Crusher alarm", "P-101", "It missed two failures", "Mei")
    other = run(feedback.file_feedback, Report(feedback.Kind.MISSED, "", site.forecast_id), by=by, at=LATER)
    assert other.restrictions == ()


def test_questions_that_wait_for_an_answer_say_it_and_say_it_no_more_once_it_is_lifted(
    run: Run, site: Site, embedding_id: int
) -> None:
    asked = run(asked_crew, site, embedding_id)
    due = FIRST_SHIFT + timedelta(hours=11)

    def sent(session: Session) -> None:
        for row in outbox(session):
            if row.kind is Kind.PROMPT and row.person_id != site.people["Cleo"]:
                row.status = Status.SENT
                session.add(row)

    def redrawn() -> list[int]:
        return sorted(row.subject_id for row in run(outbox) if row.kind is Kind.PROMPT_ASKED_AGAIN)

    run(sent)
    run(prompts.answer_prompt, asked["Ben"], "did_it_help", "helped", by=site.caller("Ben"), at=due)
    restricted = restrict(run, site, at=due)
    assert redrawn() == [asked["Ana"]]  # Ben has answered, and Cleo's has not gone out
    run(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=due)
    assert redrawn() == [asked["Ana"]] * 2


def test_its_notes_and_its_history_say_it(run: Run, site: Site, embedding_id: int) -> None:
    run(live_change, site)
    restricted = restrict(run, site)
    notes = run(note_lists.listed, 1, 10, by=site.caller("Priya"))
    read = run(tool_history.named, "Crusher alarm", 10, by=site.caller("Ana"))
    assert [one.id for one in (*notes.restrictions, *read.restrictions)] == [restricted] * 2


@pytest.mark.parametrize(
    ("day", "wall", "until"),
    [
        (None, None, None),
        (date(2026, 3, 11), time(6), FIRST_SHIFT + timedelta(days=1)),
        (date(2026, 3, 10), None, FIRST_SHIFT + timedelta(hours=18)),  # when that day is over
    ],
)
def test_its_end_is_on_the_clock_of_the_site(
    run: Run, site: Site, day: date | None, wall: time | None, until: datetime | None
) -> None:
    restrict(run, site, day=day, wall=wall)
    (one,) = run(restrictions.on_tools, [site.alarm_id])
    assert (one.until, one.zone) == (until, "Australia/Perth")


def test_an_end_that_is_past_is_refused_at_its_field(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="over already") as refusal:
        restrict(run, site, day=date(2026, 3, 9))
    assert refusal.value.field == "until_day"
    with pytest.raises(Refused, match="no such day"):
        restrict(run, site, day=date.max)
    assert run(event_kinds) == []


@pytest.mark.parametrize("name", ["Ana", "Priya", "Omar", "Olga", "Kay"])
def test_only_a_lead_or_a_duty_contact_of_a_team_with_the_tool_restricts_and_lifts(
    run: Run, site: Site, embedding_id: int, name: str
) -> None:
    restricted = restrict(run, site)
    for act in (
        lambda: run(restricting.restrict, limit(site), by=site.caller(name), at=LATER),
        lambda: run(restricting.lift, restricted, "Mended", by=site.caller(name), at=LATER),
        lambda: run(restricting.restrictable, by=site.caller(name)),
        lambda: run(restricting.liftable, by=site.caller(name)),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.sentence == REFUSALS[Act.RESTRICT_TOOL]


def test_a_lead_restricts_no_tool_that_their_team_does_not_use(run: Run, site: Site) -> None:
    with pytest.raises(Refused) as refusal:
        restrict(run, site, tool_id=site.mill_id)
    assert refusal.value.field == "tool"
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="not on this site's list"):
        restrict(run, site, tool_id=other.alarm_id)


def test_a_duty_contact_may(run: Run, site: Site) -> None:
    def appoint(session: Session) -> None:
        person = people.by_id(session, site.people["Ben"])
        access.give(session, person, Role.DUTY_CONTACT, Scope.TEAM, site.team_id, at=MONDAY)

    run(appoint)
    restrict(run, site, by="Ben")
    told = queued(run, site, Kind.RESTRICTION_TOLD)
    assert "Mei" in told
    assert "Ben" not in told


def test_the_form_has_the_tool_of_the_report_that_it_is_about(run: Run, site: Site) -> None:
    report_id = run(filed_report, site, tool_id=site.forecast_id)
    found = run(restricting.restrictable, report_id, by=site.caller("Mei"))
    assert (found.chosen, found.feedback_id) == (site.forecast_id, report_id)
    assert run(restricting.restrictable, by=site.caller("Mei")).chosen is None
    assert run(restricting.restrictable, 999_999, by=site.caller("Mei")).chosen is None
    restricted = restrict(run, site, tool_id=site.forecast_id, feedback_id=report_id)
    assert run(restrictions.by_id, restricted).feedback_id == report_id
    other = restrict(run, site, feedback_id=report_id)  # about another tool than the one they then picked
    assert run(restrictions.by_id, other).feedback_id is None


def test_the_same_again_is_refused_and_with_another_end_it_is_the_same_one_longer(run: Run, site: Site) -> None:
    first = restrict(run, site, day=date(2026, 3, 12))
    with pytest.raises(Refused, match="Mei has said that already: Crusher alarm, P-101") as refusal:
        restrict(run, site, day=date(2026, 3, 12), what_for=" p-101 ")
    assert refusal.value.field == "what_for"
    run(send, "Ana", site=site)
    longer = run(
        restricting.restrict, limit(site, what_for="P-101", day=date(2026, 3, 20)), by=site.caller("Mei"), at=LATER
    )
    assert (longer.restriction.id, longer.extended) == (first, True)
    assert len(run(restrictions.on_tools, [site.alarm_id])) == 1
    # Ana heard of the first end and hears of the new one; Dan had not heard yet, and hears once.
    assert {"Ana", "Dan"} <= queued(run, site, Kind.RESTRICTION_TOLD).keys()
    rows = [row for row in run(outbox) if row.person_id == site.people["Dan"] and row.kind is Kind.RESTRICTION_TOLD]
    assert [row.status for row in rows] == [Status.SKIPPED, Status.QUEUED]
    assert run(event_kinds) == ["restriction_set", "restriction_extended"]
    assert restrict(run, site, what_for="P-102") != first


def test_lifting_is_told_with_its_reason_to_those_who_have_heard_and_to_nobody_else(
    run: Run, site: Site, embedding_id: int
) -> None:
    restricted = restrict(run, site)
    run(send, "Ana", "Priya", site=site)
    lifted = run(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=LATER + timedelta(hours=1))
    assert (lifted.tool, lifted.what_for, lifted.told) == ("Crusher alarm", "P-101", 2)
    assert queued(run, site, Kind.RESTRICTION_TOLD) == {}
    later = LATER + timedelta(hours=1)
    assert queued(run, site, Kind.RESTRICTION_LIFTED) == {"Ana": later, "Priya": later}
    assert run(restrictions.on_tools, [site.alarm_id]) == ()
    assert run(restricting.has_heard, news_of(run, site, "Ana", Kind.RESTRICTION_LIFTED))
    news = run(restricting.news, restricted)
    assert (news.stands, news.lifted_by, news.because) == (False, "Mei", "New sensor")


def test_it_is_lifted_at_the_start_of_the_shift_of_those_who_are_off(run: Run, site: Site) -> None:
    restricted = restrict(run, site)
    run(send, "Ana", site=site)
    at = FIRST_SHIFT + timedelta(days=4)  # crew A has days off
    run(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=at)
    assert queued(run, site, Kind.RESTRICTION_LIFTED)["Ana"] == FIRST_SHIFT + timedelta(days=8)


def test_whoever_set_it_hears_that_somebody_else_lifted_it(run: Run, site: Site) -> None:
    def appoint(session: Session) -> None:
        person = people.by_id(session, site.people["Ben"])
        access.give(session, person, Role.DUTY_CONTACT, Scope.TEAM, site.team_id, at=MONDAY)

    run(appoint)
    restricted = restrict(run, site, by="Ben")
    run(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=LATER)
    assert queued(run, site, Kind.RESTRICTION_LIFTED).keys() == {"Ben"}
    assert run(restricting.has_heard, news_of(run, site, "Ben", Kind.RESTRICTION_LIFTED))


def test_whoever_got_nothing_in_the_end_hears_nothing_of_the_lifting_either(run: Run, site: Site) -> None:
    restricted = restrict(run, site)
    run(send, "Ana", site=site, status=Status.FAILED)
    run(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=LATER)
    assert not run(restricting.has_heard, news_of(run, site, "Ana", Kind.RESTRICTION_LIFTED))


def test_a_second_lifting_says_who_was_first(run: Run, site: Site) -> None:
    restricted = restrict(run, site)
    run(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=LATER)
    with pytest.raises(Refused, match="Mei has lifted it already"):
        run(restricting.lift, restricted, "Again", by=site.caller("Mei"), at=LATER)
    with pytest.raises(Refused, match="not here any more"):
        run(restricting.lift, 999_999, "Again", by=site.caller("Mei"), at=LATER)
    with pytest.raises(Refused, match="nothing to lift"):
        run(restricting.liftable, by=site.caller("Mei"))


def test_nobody_of_another_workspace_lifts_it(run: Run, site: Site) -> None:
    restricted = restrict(run, site)
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="not on this site's list"):
        run(restricting.lift, restricted, "Mine", by=other.caller("Mei"), at=LATER)
    assert run(restrictions.by_id, restricted).stands


def test_it_ends_by_itself_and_those_who_had_heard_are_told_on_their_shift(run: Run, site: Site) -> None:
    restricted = restrict(run, site, day=date(2026, 3, 12))
    over_at = FIRST_SHIFT + timedelta(days=2, hours=18)
    run(send, "Ana", site=site)
    assert run(restricting.over, at=over_at - timedelta(seconds=1)) == []
    assert run(restricting.over, at=over_at) == [restricted]
    assert not run(restricting.end, restricted, at=over_at - timedelta(seconds=1))
    assert run(restricting.end, restricted, at=over_at)
    assert not run(restricting.end, restricted, at=over_at)
    assert run(restricting.over, at=over_at) == []
    told = queued(run, site, Kind.RESTRICTION_ENDED)
    assert told.keys() == {"Ana", "Mei"}
    assert told["Ana"] == over_at  # crew A is on its night shift
    assert queued(run, site, Kind.RESTRICTION_TOLD) == {}  # to Dan it is not said any more
    assert run(restrictions.on_tools, [site.alarm_id]) == ()
    with pytest.raises(Refused, match="ended already"):
        run(restricting.lift, restricted, "Why?", by=site.caller("Mei"), at=over_at)
    assert run(event_kinds)[-1] == "restriction_ended"


def test_one_without_an_end_never_ends_by_itself_and_a_lifted_one_does_not_end_again(run: Run, site: Site) -> None:
    restrict(run, site)
    lifted = restrict(run, site, what_for="P-102", day=date(2026, 3, 12))
    run(restricting.lift, lifted, "New sensor", by=site.caller("Mei"), at=LATER)
    assert run(restricting.over, at=LATER + timedelta(days=4_000)) == []


def come_back(session: Session, site: Site, name: str) -> None:
    """Somebody's first shift after days off is planned."""
    shift = shift_on(pattern_of(session, session.get_one(Team, site.team_id)), 4, FIRST_DAY + timedelta(days=4))
    assert shift is not None
    back = Return(site.people[name], shift.day, MONDAY, shift.starts_at, shift.ends_at)
    returns.queue(session, site.workspace_id, [back], at=LATER)


def test_whoever_is_told_at_their_return_is_not_told_twice_and_hears_of_its_end(run: Run, site: Site) -> None:
    restricted = restrict(run, site)
    run(come_back, site, "Dan")
    told = news_of(run, site, "Dan", Kind.RESTRICTION_TOLD)
    assert run(returns.tells_restriction, told)
    assert not run(returns.tells_restriction, news_of(run, site, "Eve", Kind.RESTRICTION_TOLD))
    run(send, "Dan", site=site, status=Status.SKIPPED)
    run(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=CREW_B_NEXT + timedelta(hours=1))
    assert run(restricting.has_heard, news_of(run, site, "Dan", Kind.RESTRICTION_LIFTED))


def test_the_review_counts_what_stands_and_nothing_that_is_over(run: Run, site: Site, embedding_id: int) -> None:
    def in_force() -> str:
        return run(packets.compile_packet, embedding_id, policy=Policy(), at=LATER).packet

    restricted = restrict(run, site, day=date(2026, 3, 12))
    assert '"restrictions_in_force":1' in in_force()
    run(restricting.end, restricted, at=LATER + timedelta(days=9))
    assert '"restrictions_in_force":0' in in_force()


def test_a_restriction_that_is_not_there_is_a_bug(run: Run) -> None:
    with pytest.raises(LookupError):
        run(restrictions.by_id, 999_999)
