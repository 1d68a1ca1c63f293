"""Something unsafe: who is called, in which order, who has it, and what its reporter hears."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from store import (
    absences,
    access,
    agreements,
    deliveries,
    direct_reports,
    exports,
    feedback,
    inbox,
    own_reports,
    packets,
    people,
    report_edits,
    scheduling,
    terms,
    tools,
    triage,
    unsafe,
    unsafe_cards,
)
from store.access import REFUSALS, Act, Role, Scope
from store.deliveries import Kind as MessageKind
from store.deliveries import Status
from store.direct_reports import Said
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import Feedback, FeedbackStatus, Filed, Impact, Kind, Report
from store.not_now import Days
from store.people import Person
from store.policy import Policy
from store.roles import Grant
from store.shifts import local_day
from store.teams import Member, Team
from store.tools import ToolUse
from store.unsafe import UnsafeStep
from tests.store.conftest import Run
from tests.store.site import (
    FIRST_SHIFT,
    LATER,
    MONDAY,
    ZONE,
    Site,
    active_embedding,
    another_team,
    build,
    day_crew,
    event_kinds,
    newest,
    outbox,
    proposal,
    sent_to,
    slack_id_of,
)

POLICY = Policy()
STEP = POLICY.unsafe_unseen_after
NUMBER = "555"
MINUTE = timedelta(minutes=1)


def appoint(session: Session, site: Site, *names: str, role: Role = Role.DUTY_CONTACT) -> None:
    for name in names:
        access.give(session, people.by_id(session, site.people[name]), role, Scope.TEAM, site.team_id, at=MONDAY)
        session.flush()


def dismiss(session: Session, site: Site, name: str) -> None:
    held = select(Grant).where(Grant.person_id == site.people[name], Grant.role == Role.DUTY_CONTACT)
    for grant in session.exec(held).all():
        session.delete(grant)


def switch_off(session: Session, site: Site, name: str) -> None:
    session.get_one(Person, site.people[name]).active = False


def say_number(session: Session, site: Site) -> None:
    session.get_one(Team, site.team_id).emergency = NUMBER


def report(run: Run, site: Site, by: str = "Ana", text: str = "The guard opens by itself") -> Filed:
    what = Report(Kind.OTHER, text, site.alarm_id, Impact.UNSAFE)
    return run(unsafe.file_report, what, by=site.caller(by), at=LATER)


def called(run: Run, site: Site) -> list[str]:
    return [name for kind, name in run(sent_to, site) if kind == MessageKind.UNSAFE_CALLED]


def told(run: Run, site: Site, name: str = "Ana") -> list[str]:
    """What somebody is told about it, besides being called."""
    mine = [kind for kind, who in run(sent_to, site) if who == name and kind.startswith("unsafe")]
    return [kind for kind in mine if kind != MessageKind.UNSAFE_CALLED]


def go_on(run: Run, after: timedelta) -> list[bool]:
    """What the ticker does so long after the report."""
    at = LATER + after
    return [run(unsafe.escalate, one, policy=POLICY, at=at) for one in run(unsafe.due, policy=POLICY, at=at)]


def steps(session: Session) -> list[tuple[int, bool]]:
    return [(one.number, one.caught_up) for one in session.exec(select(UnsafeStep).order_by(col(UnsafeStep.id))).all()]


def sent(session: Session, *kinds: MessageKind) -> None:
    for row in outbox(session):
        if row.kind in kinds and row.status is Status.QUEUED:
            row.status = Status.SENT
            session.add(row)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    run(say_number, site)
    return run(active_embedding, site)


def test_the_duty_contact_on_shift_and_the_embedded_people_are_called_at_once(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(appoint, site, "Ben", "Dan")  # Ben's crew is at work, Dan's is not
    run(appoint, site, "Cleo", role=Role.CHAMPION)
    filed = report(run, site)
    assert filed.unsafe is not None
    assert filed.unsafe.called == ("Ben", "Priya", "Tom", "Cleo")
    assert filed.unsafe.number == NUMBER
    assert called(run, site) == ["Ben", "Priya", "Tom", "Cleo"]
    assert {row.due_at for row in run(outbox) if row.kind is MessageKind.UNSAFE_CALLED} == {LATER}
    assert told(run, site) == []


def test_nobody_is_told_twice_of_the_same_report(run: Run, site: Site, embedding_id: int) -> None:
    report(run, site)
    queued = [row.kind for row in run(outbox) if row.status is Status.QUEUED and row.person_id == site.people["Priya"]]
    assert queued.count(MessageKind.UNSAFE_CALLED) == 1
    assert MessageKind.FEEDBACK_FILED not in queued


def test_without_a_duty_contact_on_shift_all_of_them_are_called(run: Run, site: Site) -> None:
    run(appoint, site, "Eve", "Dan")
    report(run, site)
    assert called(run, site) == ["Eve", "Dan"]


def test_without_any_duty_contact_the_lead_is_called(run: Run, site: Site) -> None:
    report(run, site)
    assert called(run, site) == ["Mei"]


def test_somebody_on_last_nights_shift_is_still_on_it(run: Run, site: Site) -> None:
    run(appoint, site, "Dan", "Ben")
    at = LATER + timedelta(days=2, hours=20)  # 05:00 in Perth: crew A's night, which began the evening before
    what = Report(Kind.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    filed = run(unsafe.file_report, what, by=site.caller("Ana"), at=at)
    assert filed.unsafe is not None
    assert filed.unsafe.called == ("Ben",)


def test_whoever_is_away_or_switched_off_or_reported_it_is_passed_over(run: Run, site: Site) -> None:
    run(appoint, site, "Ana", "Ben", "Cleo", "Dan")
    run(switch_off, site, "Ben")
    today = local_day(LATER, ZONE)
    run(absences.go_away, Days(today, today), by=site.caller("Cleo"), at=LATER)
    report(run, site)
    assert called(run, site) == ["Dan"]


def test_after_a_quarter_of_an_hour_the_next_contact_then_the_lead_then_all_others(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan", "Eve", "Finn")
    report(run, site)
    assert go_on(run, STEP - MINUTE) == []
    assert go_on(run, STEP) == [True]
    assert called(run, site) == ["Ben", "Dan"]
    assert told(run, site) == ["unsafe_unseen"]
    assert go_on(run, STEP + MINUTE) == []
    assert go_on(run, 2 * STEP) == [True]
    assert called(run, site) == ["Ben", "Dan", "Mei"]
    assert go_on(run, 3 * STEP) == [True]
    assert called(run, site) == ["Ben", "Dan", "Mei", "Eve", "Finn"]
    assert told(run, site) == ["unsafe_unseen"]  # once
    assert go_on(run, 4 * STEP) == [True]
    assert told(run, site) == ["unsafe_unseen", "unsafe_nobody_left"]
    assert go_on(run, 9 * STEP) == []


def test_the_setting_says_how_long(run: Run, site: Site) -> None:
    report(run, site)
    hasty = Policy(unsafe_unseen_after=timedelta(minutes=2))
    assert run(unsafe.due, policy=hasty, at=LATER + 2 * MINUTE) != []
    assert run(unsafe.due, policy=POLICY, at=LATER + 2 * MINUTE) == []
    with pytest.raises(ValueError, match="unsafe_unseen_after"):
        Policy(unsafe_unseen_after=timedelta())


def test_after_downtime_the_latest_step_is_taken_once_with_those_who_were_missed(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan", "Eve")
    report(run, site)
    assert go_on(run, 2 * STEP + MINUTE) == [True]
    assert called(run, site) == ["Ben", "Dan", "Mei"]
    assert told(run, site) == ["unsafe_unseen"]
    assert run(steps) == [(0, False), (1, True), (2, False)]
    assert go_on(run, 3 * STEP) == []  # they have a quarter of an hour, too
    assert go_on(run, 3 * STEP + MINUTE) == [True]
    assert called(run, site) == ["Ben", "Dan", "Mei", "Eve"]


def test_a_week_of_downtime_makes_no_more_steps_than_there_are_people(run: Run, site: Site) -> None:
    run(appoint, site, "Ben")
    report(run, site)
    assert go_on(run, timedelta(days=7)) == [True]
    assert run(steps) == [(0, False), (1, False)]
    assert called(run, site) == ["Ben", "Mei"]


def test_with_nobody_left_the_reporter_is_told_at_once_and_an_admin_sees_it(run: Run, site: Site) -> None:
    run(switch_off, site, "Mei")
    filed = report(run, site)
    assert filed.unsafe is not None
    assert filed.unsafe.called == ()
    assert told(run, site) == ["unsafe_nobody_left"]
    (left,) = run(unsafe_cards.unanswered, site.workspace_id)
    assert (left.reference, left.tool, left.team, left.at) == ("F-1", "Crusher alarm", "Pit crew", LATER)
    assert go_on(run, 3 * STEP) == []


def test_a_tool_that_no_team_uses_any_more_calls_nobody_and_says_so(run: Run, site: Site, embedding_id: int) -> None:
    def take_away(session: Session) -> None:
        for use in session.exec(select(ToolUse)).all():
            session.delete(use)

    filed = report(run, site, by="Priya")
    assert filed.unsafe is not None
    assert filed.unsafe.called == ("Mei", "Tom")  # the embedding's team
    run(take_away)
    assert run(tools.teams_using, site.alarm_id) == []


def test_who_has_it_is_told_to_the_reporter_and_nobody_else_is_called(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan")
    filed = report(run, site)
    assert run(unsafe.take, filed.id, by=site.caller("Ben"), at=LATER + MINUTE).reference == "F-1"
    assert told(run, site) == ["unsafe_taken"]
    assert go_on(run, 3 * STEP) == []
    card = run(unsafe_cards.card, filed.id, site.people["Ben"])
    assert (card.taken_by, card.taken_at, card.mine, card.is_open) == ("Ben", LATER + MINUTE, True, False)
    assert run(event_kinds)[-1] == "unsafe_taken"


def test_a_second_tap_changes_nothing_and_somebody_else_reads_who_has_it(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan")
    filed = report(run, site)
    run(unsafe.take, filed.id, by=site.caller("Ben"), at=LATER)
    before = run(event_kinds)
    run(unsafe.take, filed.id, by=site.caller("Ben"), at=LATER + MINUTE)
    assert run(event_kinds) == before
    with pytest.raises(Refused, match="Ben has F-1 already"):
        run(unsafe.take, filed.id, by=site.caller("Dan"), at=LATER)
    assert told(run, site) == ["unsafe_taken"]


def test_somebody_who_is_no_duty_contact_any_more_cannot_have_it(run: Run, site: Site) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    run(dismiss, site, "Ben")
    with pytest.raises(Refused) as refusal:
        run(unsafe.take, filed.id, by=site.caller("Ben"), at=LATER)
    assert refusal.value.sentence == REFUSALS[Act.TAKE_UNSAFE]
    assert go_on(run, STEP) == [True]


@pytest.mark.parametrize("name", ["Cleo", "Olga", "Kay"])
def test_people_around_it_cannot_have_it(run: Run, site: Site, name: str) -> None:
    filed = report(run, site)
    with pytest.raises(Refused):
        run(unsafe.take, filed.id, by=site.caller(name), at=LATER)


def test_nobody_takes_a_report_of_another_workspace_or_one_that_called_nobody(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    filed = report(run, site)
    with pytest.raises(Refused, match="not here any more"):
        run(unsafe.take, filed.id, by=other.caller("Mei"), at=LATER)
    plain = run(feedback.file_feedback, Report(Kind.MISSED, "", site.alarm_id), by=site.caller("Ana"), at=LATER)
    with pytest.raises(Refused, match="Nobody was called about F-2"):
        run(unsafe.take, plain.id, by=site.caller("Mei"), at=LATER)


def test_a_data_scientist_who_reads_the_report_has_it_and_the_reporter_hears_it_once(
    run: Run, site: Site, embedding_id: int
) -> None:
    filed = report(run, site)
    run(triage.acknowledge, filed.id, by=site.caller("Priya"), at=LATER + MINUTE)
    assert run(unsafe_cards.card, filed.id, None).taken_by == "Priya"
    assert [kind for kind, who in run(sent_to, site) if who == "Ana" and "feedback" in kind] == []
    assert told(run, site) == ["unsafe_taken"]
    assert go_on(run, STEP) == []


def test_a_data_scientist_who_reads_it_after_somebody_has_it_is_heard_of_as_ever(
    run: Run, site: Site, embedding_id: int
) -> None:
    filed = report(run, site)
    run(unsafe.take, filed.id, by=site.caller("Mei"), at=LATER)
    run(triage.acknowledge, filed.id, by=site.caller("Priya"), at=LATER)
    assert [kind for kind, who in run(sent_to, site) if who == "Ana" and "feedback" in kind] == [
        "feedback_acknowledged"
    ]


def test_a_data_scientist_who_has_it_has_read_the_report_and_the_reporter_hears_one_thing(
    run: Run, site: Site, embedding_id: int
) -> None:
    filed = report(run, site)
    run(unsafe.take, filed.id, by=site.caller("Priya"), at=LATER + MINUTE)
    row = run(feedback.by_id, filed.id)
    assert (row.status, row.acknowledged_at) == (FeedbackStatus.ACKNOWLEDGED, LATER + MINUTE)
    run(triage.acknowledge, filed.id, by=site.caller("Tom"), at=LATER + 2 * MINUTE)
    assert [kind for kind, who in run(sent_to, site) if who == "Ana"] == ["unsafe_taken"]


def test_the_lead_who_has_it_leaves_the_report_to_the_data_scientists(run: Run, site: Site, embedding_id: int) -> None:
    filed = report(run, site)
    run(unsafe.take, filed.id, by=site.caller("Mei"), at=LATER)
    assert run(feedback.by_id, filed.id).status is FeedbackStatus.NEW


def withdraw(session: Session, feedback_id: int, through: bool = True) -> None:
    row = session.get_one(Feedback, feedback_id)
    row.status = FeedbackStatus.WITHDRAWN
    session.add(row)
    if through:
        unsafe.withdraw(session, row, at=LATER + MINUTE)


def withdrawn_told(run: Run, site: Site) -> list[str]:
    return [name for kind, name in run(sent_to, site) if kind == MessageKind.UNSAFE_WITHDRAWN]


def test_when_it_is_withdrawn_those_who_heard_of_it_are_told_and_nobody_else_is_called(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan")
    filed = report(run, site)
    run(sent, MessageKind.UNSAFE_CALLED)
    run(withdraw, filed.id)
    run(withdraw, filed.id)
    assert withdrawn_told(run, site) == ["Ben"]
    assert go_on(run, 3 * STEP) == []
    with pytest.raises(Refused, match="F-1 was withdrawn"):
        run(unsafe.take, filed.id, by=site.caller("Ben"), at=LATER)
    assert run(unsafe_cards.unanswered, site.workspace_id) == ()


def test_nobody_hears_that_something_is_withdrawn_of_which_they_never_heard(run: Run, site: Site) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    run(withdraw, filed.id)
    assert withdrawn_told(run, site) == []
    statuses = {row.kind: row.status for row in run(outbox)}
    assert statuses[MessageKind.UNSAFE_CALLED] is Status.SKIPPED


def test_a_report_that_was_withdrawn_without_a_word_ends_at_the_next_step(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan")
    filed = report(run, site)
    run(sent, MessageKind.UNSAFE_CALLED)
    run(withdraw, filed.id, through=False)
    assert go_on(run, STEP) == [False]
    assert called(run, site) == ["Ben"]
    assert withdrawn_told(run, site) == ["Ben"]


def test_an_edit_that_says_unsafe_calls_people_then_and_once(run: Run, site: Site) -> None:
    def edit(text: str) -> Filed:
        what = Report(Kind.MISSED, text, site.alarm_id, Impact.UNSAFE)
        return run(report_edits.edit_report, plain.id, what, by=site.caller("Ana"), at=LATER + MINUTE)

    plain = run(unsafe.file_report, Report(Kind.MISSED, "", site.alarm_id), by=site.caller("Ana"), at=LATER)
    assert (plain.unsafe, called(run, site)) == (None, [])
    assert run(unsafe.raise_call, plain.id, at=LATER) is None
    assert edit("The guard opens by itself").unsafe is not None
    assert edit("The guard opens by itself, twice").unsafe is None
    assert called(run, site) == ["Mei"]


def test_a_reporter_who_withdraws_it_ends_the_call(run: Run, site: Site) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    run(sent, MessageKind.UNSAFE_CALLED)
    run(report_edits.withdraw_report, filed.id, by=site.caller("Ana"), at=LATER + MINUTE)
    assert withdrawn_told(run, site) == ["Ben"]
    assert go_on(run, 3 * STEP) == []


def test_what_is_unsafe_and_said_to_the_app_is_filed_and_called_about_at_once(run: Run, site: Site) -> None:
    def say(text: str, is_unsafe: bool) -> int | None:
        said = Said("D1", "", text, Kind.OTHER, unsafe=is_unsafe)
        return run(direct_reports.hear, said, policy=POLICY, by=site.caller("Ana"), at=LATER).feedback_id

    assert say("The guard opens", False) is None
    assert called(run, site) == []
    filed = say("It is unsafe", True)
    assert filed is not None
    assert run(feedback.by_id, filed).text == "The guard opens\nIt is unsafe"
    assert called(run, site) == ["Mei"]
    assert run(direct_reports.left, 10, at=LATER + timedelta(days=1)) == []


def test_the_reporter_says_whether_they_may_be_called_and_the_called_see_it(run: Run, site: Site) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    run(sent, MessageKind.UNSAFE_CALLED)

    def edits(session: Session) -> Sequence[object]:
        return [row for row in outbox(session) if row.kind is MessageKind.UNSAFE_CALLED_CHANGED]

    assert run(unsafe_cards.card, filed.id, None).may_call is None
    for yes in (True, True, False):
        run(unsafe.say_whether_to_call, filed.id, yes, by=site.caller("Ana"), at=LATER)
    assert run(unsafe_cards.card, filed.id, None).may_call is False
    assert len(run(edits)) == 2
    with pytest.raises(Refused, match="Only whoever filed"):
        run(unsafe.say_whether_to_call, filed.id, True, by=site.caller("Ben"), at=LATER)


def test_what_waits_for_somebody_is_what_they_were_called_about_and_nobody_has(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan")
    filed = report(run, site)
    assert [one.report.reference for one in run(unsafe_cards.waiting_for, site.people["Ben"])] == ["F-1"]
    assert run(unsafe_cards.waiting_for, site.people["Dan"]) == ()
    run(unsafe.take, filed.id, by=site.caller("Mei"), at=LATER)
    assert run(unsafe_cards.waiting_for, site.people["Ben"]) == ()


def test_how_long_it_took_is_known_of_the_report_and_of_nobody(run: Run, site: Site) -> None:
    first, second = report(run, site), report(run, site, by="Ben")
    run(unsafe.take, first.id, by=site.caller("Mei"), at=LATER + timedelta(minutes=7, seconds=59))
    ids = [first.id, second.id]
    assert run(unsafe_cards.seen_after_minutes, ids) == {first.id: 7, second.id: None}


def test_somebody_in_no_crew_is_called_all_the_same(run: Run, site: Site) -> None:
    def leave(session: Session) -> None:
        for row in session.exec(select(Member).where(Member.person_id == site.people["Ben"])).all():
            session.delete(row)

    run(appoint, site, "Ben")
    run(leave)
    report(run, site)
    assert called(run, site) == ["Ben"]


def test_it_is_known_whether_somebody_got_the_call(run: Run, site: Site) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    run(sent, MessageKind.UNSAFE_CALLED)
    run(withdraw, filed.id)
    news = next(row for row in run(outbox) if row.kind is MessageKind.UNSAFE_WITHDRAWN)
    assert run(unsafe.was_told, run(deliveries.by_id, news.key))


def test_it_stands_first_in_every_list(run: Run, site: Site, embedding_id: int) -> None:
    plain = Report(Kind.MISSED, "Belt", site.alarm_id)
    run(unsafe.file_report, plain, by=site.caller("Ana"), at=LATER)
    report(run, site)
    run(unsafe.file_report, plain, by=site.caller("Ana"), at=LATER)
    own = run(own_reports.page, 1, 10, by=site.caller("Ana")).reports
    assert [(one.reference, one.unsafe) for one in own] == [("F-2", True), ("F-3", False), ("F-1", False)]
    lines = run(inbox.first_page, by=site.caller("Priya")).lines
    assert [line.card.reference for line in lines] == ["F-2", "F-1", "F-3"]
    exported = run(exports.export, 1, by=site.caller("Priya"))
    assert [one.reference for one in exported] == ["F-2", "F-1", "F-3"]


def test_the_review_says_how_long_each_took_and_names_nobody(run: Run, site: Site, embedding_id: int) -> None:
    run(unsafe.file_report, Report(Kind.MISSED, "Belt", site.alarm_id), by=site.caller("Ana"), at=LATER)
    first = report(run, site)
    report(run, site, by="Ben")
    run(unsafe.take, first.id, by=site.caller("Mei"), at=LATER + 4 * MINUTE)
    packet = run(packets.compile_packet, embedding_id, policy=POLICY, at=LATER + STEP).packet
    (tool,) = json.loads(packet)["tools"]
    assert tool["unsafe"] == [
        {"reference": "F-2", "seen_after_minutes": 4},
        {"reference": "F-3", "seen_after_minutes": None},
    ]
    assert [one["reference"] for one in tool["reports"]] == ["F-2", "F-3", "F-1"]
    assert "Mei" not in json.dumps(tool)


# About another team's tool after all


@pytest.fixture
def mill(run: Run, site: Site) -> int:
    """Ana works at the mill as well: Olga leads it, Dan is its duty contact, Finn is embedded; it has a number."""

    def make(session: Session) -> int:
        team = another_team(session, site, site.mill_id, emergency="777")
        session.add(Member(team_id=team.key, person_id=site.people["Ana"], crew_id=day_crew(session, team)))
        for name, role in (("Dan", Role.DUTY_CONTACT), ("Olga", Role.LEAD)):
            access.give(session, people.by_id(session, site.people[name]), role, Scope.TEAM, team.key, at=MONDAY)
        return team.key

    team_id = run(make)
    what = replace(
        proposal(site),
        team_id=team_id,
        tool_ids=(site.mill_id,),
        data_scientists=(slack_id_of("Finn"),),
        sponsor_operations=slack_id_of("Kay"),
    )
    run(scheduling.schedule_embedding, what, by=site.caller("Olga"), at=MONDAY)
    embedding_id = run(newest, Embedding)
    for name in ("Kay", "Dmitri"):
        run(agreements.agree, embedding_id, True, by=site.caller(name), at=MONDAY)
    run(terms.begin_due, at=FIRST_SHIFT)
    return team_id


def moves(run: Run, site: Site, report_id: int) -> Filed:
    by = site.caller("Ana")
    return run(report_edits.choose_tool, report_id, site.mill_id, by=by, at=LATER + MINUTE)


def test_a_call_goes_along_to_those_around_the_other_tool(run: Run, site: Site, embedding_id: int, mill: int) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    assert called(run, site) == ["Ben", "Priya", "Tom"]
    moved = moves(run, site, filed.id)
    assert called(run, site) == ["Ben", "Priya", "Tom", "Dan", "Finn"]
    finn = [row for row in run(outbox) if row.person_id == site.people["Finn"] and row.kind == "feedback_filed"]
    assert [row.reason for row in finn] == [unsafe.TOLD_AS_UNSAFE]
    assert moved.unsafe is not None
    assert (moved.unsafe.number, moved.unsafe.called) == ("777", ("Ben", "Priya", "Tom", "Dan", "Finn"))
    # The others see in what they have what it is about, and it waits for somebody from now on.
    assert run(unsafe.due, policy=POLICY, at=LATER + STEP) == []
    assert go_on(run, MINUTE + STEP) == [True]
    assert called(run, site)[5:] == ["Olga"]


def test_whoever_was_called_before_it_went_along_can_still_have_it(
    run: Run, site: Site, embedding_id: int, mill: int
) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    moves(run, site, filed.id)
    run(unsafe.take, filed.id, by=site.caller("Ben"), at=LATER + 2 * MINUTE)
    assert told(run, site)[-1:] == ["unsafe_taken"]


def test_of_what_somebody_has_the_new_data_scientists_are_told_and_nobody_else(
    run: Run, site: Site, embedding_id: int, mill: int
) -> None:
    run(appoint, site, "Ben")
    filed = report(run, site)
    run(unsafe.take, filed.id, by=site.caller("Ben"), at=LATER)
    moves(run, site, filed.id)
    assert called(run, site) == ["Ben", "Priya", "Tom", "Finn"]
    assert go_on(run, 4 * STEP) == []


def test_somebody_is_left_again_where_it_goes_along_to_others(
    run: Run, site: Site, embedding_id: int, mill: int
) -> None:
    filed = report(run, site)
    for number in range(1, 4):
        go_on(run, number * STEP)
    assert len(run(unsafe_cards.unanswered, site.workspace_id)) == 1
    by = site.caller("Ana")
    run(report_edits.choose_tool, filed.id, site.mill_id, by=by, at=LATER + 4 * STEP)
    assert run(unsafe_cards.unanswered, site.workspace_id) == ()
    assert run(unsafe.due, policy=POLICY, at=LATER + 5 * STEP) == [filed.id]


def test_what_is_not_unsafe_any_more_calls_nobody_anew(run: Run, site: Site, embedding_id: int, mill: int) -> None:
    filed = report(run, site)
    plain = Report(Kind.OTHER, "The guard opens by itself", site.mill_id, None)
    run(report_edits.edit_report, filed.id, plain, by=site.caller("Ana"), at=LATER + MINUTE)
    assert "Dan" not in called(run, site)


def test_between_two_tools_of_one_team_nobody_is_called_twice_or_too_early(run: Run, site: Site) -> None:
    run(appoint, site, "Ben", "Dan")
    filed = report(run, site)
    before = called(run, site)
    run(report_edits.choose_tool, filed.id, site.forecast_id, by=site.caller("Ana"), at=LATER + MINUTE)
    assert called(run, site) == before
