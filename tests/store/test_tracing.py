"""Where is my message? Deliveries are found by state, kind, person and time, and without reading all of them."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from store import deliveries, direct_reports, restricting, retrying, tracing, triage
from store.decisions import Step
from store.deliveries import Delivery, Kind, Status
from store.direct_reports import Said
from store.errors import Refused
from store.feedback import Kind as FeedbackKind
from store.fitting import Triage
from store.policy import Policy
from store.restricting import Limit
from store.tracing import Wanted
from tests.conftest import SQLITE
from tests.store.conftest import Run
from tests.store.site import (
    LATER,
    MONDAY,
    Site,
    active_embedding,
    asked_crew,
    build,
    filed_report,
    live_change,
    opened_review,
    outbox,
)

ALL = Wanted()


def queue(run: Run, site: Site, key: str, hours: int = 0, kind: Kind = Kind.FEEDBACK_ACKNOWLEDGED, **rest: Any) -> int:
    given = {"person_id": site.people["Ana"], **rest}
    due_at = MONDAY + timedelta(hours=hours)
    made = run(deliveries.queue, site.workspace_id, kind, key, "team", site.team_id, at=MONDAY, due_at=due_at, **given)
    assert made is not None
    return made


def end(run: Run, delivery_id: int, status: Status, reason: str | None = None) -> int:
    def unit(session: Session) -> None:
        row = deliveries.by_id(session, delivery_id)
        row.status, row.reason, row.ended_at = status, reason, row.due_at
        session.add(row)

    run(unit)
    return delivery_id


def found(run: Run, site: Site, wanted: Wanted = ALL, limit: int = 20) -> list[int]:
    return [one.id for one in run(tracing.trace_many, site.workspace_id, wanted, limit)]


def test_the_ones_that_were_due_last_come_first_whatever_became_of_them(run: Run, site: Site) -> None:
    early, late = queue(run, site, "early", 1), queue(run, site, "late", 3)
    lost = end(run, queue(run, site, "lost", 2), Status.UNKNOWN)
    same = queue(run, site, "same", 3)
    assert found(run, site) == [same, late, lost, early]
    assert found(run, site, limit=2) == [same, late]


def test_they_are_found_by_state_kind_and_time(run: Run, site: Site) -> None:
    failed = end(run, queue(run, site, "failed", 1), Status.FAILED)
    lost = end(run, queue(run, site, "lost", 2), Status.UNKNOWN)
    prompt = queue(run, site, "prompt", 3, Kind.PROMPT)
    assert found(run, site, Wanted(states=frozenset({Status.FAILED}))) == [failed]
    assert found(run, site, Wanted(states=frozenset({Status.FAILED, Status.UNKNOWN}))) == [lost, failed]
    assert found(run, site, Wanted(kinds=frozenset({Kind.PROMPT}))) == [prompt]
    assert found(run, site, Wanted(since=MONDAY + timedelta(hours=2))) == [prompt, lost]
    assert found(run, site, Wanted(states=frozenset({Status.SENT}))) == []


def test_those_of_a_person_are_found_with_all_other_wishes(run: Run, site: Site) -> None:
    queue(run, site, "ben", 5, person_id=site.people["Ben"])
    first = queue(run, site, "first", 1)
    lost = end(run, queue(run, site, "lost", 2, Kind.PROMPT), Status.UNKNOWN)
    ana = site.people["Ana"]
    assert found(run, site, Wanted(person_id=ana)) == [lost, first]
    assert found(run, site, Wanted(person_id=ana), limit=1) == [lost]
    assert found(run, site, Wanted(person_id=ana, states=frozenset({Status.QUEUED}))) == [first]
    assert found(run, site, Wanted(person_id=ana, kinds=frozenset({Kind.PROMPT}))) == [lost]
    assert found(run, site, Wanted(person_id=ana, since=MONDAY + timedelta(hours=2))) == [lost]


def test_another_workspaces_messages_are_not_among_them(run: Run, site: Site) -> None:
    queue(run, site, "ours")
    assert found(run, run(build, slack_id="T2")) == []


def test_whom_it_is_for_is_said_by_name(run: Run, site: Site) -> None:
    queue(run, site, "ana", 3)
    queue(run, site, "team", 2, person_id=None, channel="C_PIT")
    queue(run, site, "other", 1, person_id=None, channel="C_GONE")
    whom = [(one.whom, one.channel) for one in run(tracing.trace_many, site.workspace_id, ALL, 9)]
    assert whom == [("Ana", None), ("Pit crew", "C_PIT"), ("C_GONE", "C_GONE")]


def test_one_that_is_still_looked_for_is_told_from_one_that_nobody_knows_of(run: Run, site: Site) -> None:
    lost = end(run, queue(run, site, "lost"), Status.UNKNOWN)

    def look_for_it(session: Session) -> None:
        deliveries.by_id(session, lost).ended_at = None

    assert not run(tracing.trace, lost, at=MONDAY).delivery.is_looked_for
    run(look_for_it)
    assert run(tracing.trace, lost, at=MONDAY).delivery.is_looked_for


# One


def test_everything_of_one_is_its_times_its_changes_and_who_sent_it_again(run: Run, site: Site) -> None:
    post = queue(run, site, "post", 1)

    def rewrite(session: Session) -> None:
        deliveries.rewrite(session, deliveries.by_id(session, post), Kind.FEEDBACK_FILED_SEEN, at=MONDAY)

    run(rewrite)
    end(run, post, Status.FAILED, "gave up")
    assert run(tracing.trace, post, at=MONDAY).why_not_again is None
    run(retrying.retry, post, sure=False, at=MONDAY + timedelta(hours=9))
    trace = run(tracing.trace, post, at=MONDAY)
    assert trace.why_not_again == "It is on its way and goes out by itself. There is nothing to do."
    (edit,) = trace.edited_by
    assert (trace.about, trace.created_at, trace.ended_at, trace.posted) == ("Pit crew", MONDAY, None, None)
    assert [(step.kind, step.at, step.by) for step in trace.steps] == [
        ("delivery_retried", MONDAY + timedelta(hours=9), None)
    ]
    assert run(tracing.trace, edit, at=MONDAY).edits_id == post


def test_what_each_message_of_a_term_is_about_has_a_name(run: Run, site: Site) -> None:
    embedding = run(active_embedding, site)
    run(asked_crew, site, embedding)
    run(live_change, site, run(filed_report, site))
    run(opened_review, embedding, MONDAY + timedelta(days=30))
    rows = run(outbox)
    assert {row.subject for row in rows} == {"embedding", "team", "prompt", "feedback", "change_note", "review"}
    assert {(row.subject, run(tracing.trace, row.key, at=MONDAY).about) for row in rows} == {
        ("embedding", "E-1"),
        ("team", "Pit crew"),
        ("prompt", "E-1"),
        ("feedback", "F-1"),
        ("change_note", "C-1"),
        ("review", "E-1"),
    }


def test_messages_about_people_and_what_they_said_have_a_name(run: Run, site: Site) -> None:
    run(active_embedding, site)
    said = Said("D1", "", "It was silent", FeedbackKind.MISSED)
    ana, policy = site.caller("Ana"), Policy()
    heard = run(direct_reports.hear, said, policy=policy, by=ana, at=LATER)
    assert heard.unfiled_id is not None
    before = {row.subject: run(tracing.trace, row.key, at=LATER).about for row in run(outbox)}
    assert before["unfiled_report"] == "Ana"
    run(direct_reports.file_said, heard.unfiled_id, FeedbackKind.MISSED, by=ana, at=LATER)
    report = run(filed_report, site)
    for what in (Triage(Step.ASK_BACK, (report,), "Which?"), Triage(Step.DECLINE, (report,), "No")):
        run(triage.triage, what, by=site.caller("Priya"), at=LATER)
    run(restricting.restrict, Limit(site.alarm_id, "P-101", ""), by=site.caller("Mei"), at=LATER)
    names = {row.subject: run(tracing.trace, row.key, at=LATER).about for row in run(outbox)}
    wanted = ("unfiled_report", "question_back", "person", "restriction")
    assert [names[subject] for subject in wanted] == ["F-1", "F-2", "Ana", "Crusher alarm"]


SUBJECT_AT = {"queue": 4, "queue_for_each": 3, "Letter": 3}
"""At which place each call that queues a message says what it is about."""


def queued_about(source: str) -> list[object]:
    """What the messages that a module queues are about; None where it does not say so in plain words."""
    found: list[object] = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        match call.func:
            case ast.Attribute(value=ast.Name(id="deliveries"), attr="queue" | "queue_for_each" as name):
                pass
            case ast.Name(id="Letter" as name) | ast.Attribute(attr="Letter" as name):
                pass
            case _:
                continue
        argument = call.args[SUBJECT_AT[name]] if len(call.args) > SUBJECT_AT[name] else None
        found.append(argument.value if isinstance(argument, ast.Constant) else None)
    return found


def test_whatever_a_message_is_about_can_be_named() -> None:
    root = Path(tracing.__file__).parent.parent
    modules = [path for part in ("store", "jobs", "bot") for path in sorted((root / part).rglob("*.py"))]
    queued = {about for path in modules for about in queued_about(path.read_text(encoding="utf-8"))}
    assert queued == set(tracing.ABOUT)


def test_what_a_message_is_about_is_found_in_each_way_to_queue_one() -> None:
    assert queued_about("deliveries.queue(session, 1, kind, key, 'ghost', 7, at=at)") == ["ghost"]
    assert queued_about("deliveries.queue_for_each(session, 1, kind, 'ghost', 7, whom, at=at)") == ["ghost"]
    assert queued_about("Letter(kind, key, 3, 'ghost', 7, due, None)") == ["ghost"]
    assert queued_about("deliveries.queue(session, 1, kind, key, subject, 7, at=at)") == [None]
    assert queued_about("deliveries.queue(session, 1, kind, key, subject='ghost', subject_id=7)") == [None]


def test_a_number_that_nobody_gave_is_a_sentence(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="There is no delivery 9 here"):
        run(tracing.trace, 9, at=MONDAY)


# Whose


@pytest.mark.parametrize("name", ["UANA", "uana", "Ana", " ana "])
def test_somebody_is_found_by_slack_id_or_name(run: Run, site: Site, name: str) -> None:
    assert run(tracing.person_named, site.workspace_id, name) == site.people["Ana"]


def test_a_part_of_a_name_is_enough_when_only_one_has_it(run: Run, site: Site) -> None:
    assert run(tracing.person_named, site.workspace_id, "dmit") == site.people["Dmitri"]


@pytest.mark.parametrize("name", ["Zoe", "", "  "])
def test_nobody_by_that_name_is_a_sentence(run: Run, site: Site, name: str) -> None:
    with pytest.raises(Refused, match="Nobody called"):
        run(tracing.person_named, site.workspace_id, name)


def test_several_by_that_name_are_told_by_their_ids(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match=r"Several people are called an\. .*UANA \(Ana\), UDAN \(Dan\)"):
        run(tracing.person_named, site.workspace_id, "an")


# Among a million


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (ALL, "ix_delivery_workspace_id_status_due_at"),
        (Wanted(states=frozenset({Status.FAILED})), "ix_delivery_workspace_id_status_due_at"),
        (Wanted(since=MONDAY), "ix_delivery_workspace_id_status_due_at"),
        (Wanted(person_id=1), "ix_delivery_person_id_due_at"),
        (Wanted(person_id=1, states=frozenset({Status.SENT}), since=MONDAY), "ix_delivery_person_id_due_at"),
    ],
    ids=["all", "state", "since", "person", "person and all else"],
)
def test_no_wish_reads_or_sorts_the_whole_table(
    run: Run, site: Site, wanted: Wanted, index: str, database_kind: str
) -> None:
    assert [
        plan
        for plan in run(plans, site, wanted, database_kind)
        if index not in plan or "sort" in plan or "temp b-tree" in plan
    ] == []


def plans(session: Session, site: Site, wanted: Wanted, database_kind: str) -> list[str]:
    """How the database goes about each query on deliveries, in small letters and on one line."""
    connection = session.connection()
    if database_kind != SQLITE:  # it would read a small table as a whole
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
    asked: list[tuple[str, Any]] = []

    def note(_1: object, _2: object, statement: str, parameters: Any, *_3: object) -> None:
        if f"FROM {Delivery.__tablename__}" in " ".join(statement.split()):
            asked.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    tracing.trace_many(session, site.workspace_id, wanted, 20)
    event.remove(connection, "before_cursor_execute", note)
    assert asked
    explain = "EXPLAIN QUERY PLAN" if database_kind == SQLITE else "EXPLAIN"
    return [_plan(connection.exec_driver_sql(f"{explain} {sql}", given).all()) for sql, given in asked]


def _plan(lines: Any) -> str:
    said = " ".join(" ".join(map(str, line)) for line in lines).lower()
    # A few rows that are due at the same instant may be sorted by id; the rest comes in order.
    return said.replace("incremental sort", "").replace("presorted key", "").replace("sort key", "")
