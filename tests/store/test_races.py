"""People who do the same thing at the same moment, on several connections to PostgreSQL.

Nothing here is left to luck: a third connection holds the row that both need, both are seen to wait for it, and
only then is it let go.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from jobs.prompts import plan_due
from store import (
    absences,
    agreements,
    asking_back,
    deliveries,
    exposure,
    feedback,
    next_days,
    note_drafts,
    packets,
    planned_days,
    prompt_plans,
    prompts,
    reviews,
    sending,
    terms,
    triage,
    unread,
    verdicts,
    written_days,
)
from store.decisions import Step
from store.deliveries import Delivery, Kind, Status
from store.embeddings import EmbeddingStatus
from store.engine import writing_engine
from store.errors import Refused
from store.exposure import Entry, Exposure
from store.feedback import FeedbackStatus, Filed, Report
from store.fitting import Triage
from store.history import Event
from store.inbound import SourceKey, once
from store.not_now import Days, Reason
from store.packets import Compiled
from store.planned_days import Part
from store.policy import Policy
from store.pool import UnitPool
from store.prompt_planning import days_to_plan, days_to_replan
from store.prompt_plans import PromptPlan
from store.prompts import Prompt, PromptStatus, fingerprint
from store.reviews import Outcome
from store.sending import Claimed
from store.store import Store
from store.verdicts import Helped
from tests.store.site import (
    CREW_A,
    FIRST_DAY,
    LATER,
    MONDAY,
    Site,
    active_embedding,
    asked_crew,
    build,
    change,
    due_prompts,
    event_kinds,
    filed_report,
    live_change,
    opened_review,
    outbox,
    planned_embedding,
    proposed_embedding,
    sent_to,
)

LEASE = timedelta(seconds=60)
EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
END = LATER + timedelta(days=31)


class Arena:
    """A PostgreSQL database on which units meet."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = writing_engine(url)
        self._url = url
        # The store's own way to run a unit, from threads instead of from an event loop.
        self._pool = UnitPool(self.engine)
        self._threads = ThreadPoolExecutor(60)

    def do(self, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one unit by itself."""
        return self._pool._transact(lambda session: use_case(session, *args, **kwargs))

    def start(self, use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> "Future[Any]":
        """Begin one unit on a thread of its own."""
        return self._threads.submit(self.do, use_case, *args, **kwargs)

    @contextmanager
    def holding(self, lock: LiteralString) -> Iterator["Holder"]:
        """Hold what a statement locks or changes, as somebody else would, until it is let go."""
        with psycopg.connect(self._url) as connection:
            connection.execute(lock)
            yield Holder(connection, self._url)

    @contextmanager
    def holding_row(self, table: str, row_id: int) -> Iterator["Holder"]:
        """Hold one row."""
        lock = sql.SQL("SELECT 1 FROM {} WHERE id = %s FOR UPDATE").format(sql.Identifier(table))
        with psycopg.connect(self._url) as connection:
            connection.execute(lock, [row_id])
            yield Holder(connection, self._url)

    def close(self) -> None:
        self._threads.shutdown()
        self._pool.close()
        self.engine.dispose()


class Holder:
    """A connection that holds what others wait for."""

    def __init__(self, connection: "psycopg.Connection[Any]", url: str) -> None:
        self._connection = connection
        self._url = url

    def let_go_when_waiting(self, count: int) -> None:
        """Let go as soon as so many units wait for what is held."""
        self.wait_for(count)
        self._connection.commit()

    def wait_for(self, count: int) -> None:
        """See that so many units wait for what is held."""
        patience = time.monotonic() + 10
        with psycopg.connect(self._url, autocommit=True) as watch:
            while (waiting := self._waiting(watch)) < count:
                assert time.monotonic() < patience, f"only {waiting} of {count} units wait for the same thing"
                time.sleep(0.005)

    @staticmethod
    def _waiting(watch: "psycopg.Connection[Any]") -> int:
        row = watch.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        return int(row[0]) if row else 0


@pytest.fixture
def arena(postgres_url: str) -> Iterator[Arena]:
    opened = Arena(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def site(arena: Arena) -> Site:
    built: Site = arena.do(build)
    return built


def outcomes(*asked: "Future[Any]") -> tuple[list[Any], list[BaseException]]:
    """What came of it: the answers, and what was raised."""
    errors = [error for one in asked if (error := one.exception(10)) is not None]
    return [one.result() for one in asked if one.exception() is None], errors


def test_two_data_scientists_acknowledge_at_once_and_the_reporter_hears_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [arena.start(triage.acknowledge, report, by=site.caller(name), at=LATER) for name in ("Priya", "Tom")]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(event_kinds).count("feedback_acknowledged") == 1
    assert arena.do(sent_to, site).count(("feedback_acknowledged", "Ana")) == 1
    assert arena.do(feedback.by_id, report).status is FeedbackStatus.ACKNOWLEDGED


def test_two_change_notes_that_answer_one_report_at_once_and_one_is_refused(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)

    def note(name: str) -> "Future[Any]":
        what = change(site, report)
        return arena.start(note_drafts.file_change_note, what, policy=Policy(), by=site.caller(name), at=LATER)

    with arena.holding_row("feedback", report) as holder:
        asked = [note("Priya"), note("Tom")]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert [answer.reference for answer in answers] == ["C-1"]
    assert [str(error) for error in errors] == ["F-1 has been answered meanwhile. Take it off the list."]
    assert arena.do(event_kinds).count("change_note_live") == 1
    assert arena.do(sent_to, site).count(("change_told", "Ana")) == 1


def test_one_change_note_that_comes_twice_at_once_gets_one_answer_and_no_refusal(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    file, what = note_drafts.file_change_note, change(site, report, version="2.0")
    given = {"policy": Policy(), "by": site.caller("Priya"), "at": LATER}
    with arena.holding_row("feedback", report) as holder:
        asked = [arena.start(once, "view:V1", file, what, **given) for _ in range(2)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert [answer.reference for answer in answers] == ["C-1", "C-1"]
    assert arena.do(event_kinds).count("change_note_live") == 1


def test_two_change_notes_with_one_new_version_at_once_and_one_is_refused(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)

    def note(name: str) -> "Future[Any]":
        what = change(site, version="2.0")
        return arena.start(note_drafts.file_change_note, what, policy=Policy(), by=site.caller(name), at=LATER)

    # Whoever makes a new version of the tool needs its row.
    with arena.holding_row("tool", site.alarm_id) as holder:
        asked = [note("Priya"), note("Tom")]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert len(answers) == 1
    assert [type(error) for error in errors] == [Refused]
    assert "already had a version 2.0" in str(errors[0])


def test_fifty_reports_at_once_are_numbered_one_to_fifty(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    arena.do(filed_report, site)

    def file(session: Session, number: int) -> int:
        report = Report(feedback.Kind.FALSE_ALARM, "", site.alarm_id)
        name = ("Ana", "Ben", "Cleo", "Dan")[number % 4]
        filed = feedback.file_feedback(session, report, by=site.caller(name), at=LATER)
        return int(filed.reference.removeprefix("F-"))

    with arena.holding("SELECT 1 FROM sequence WHERE series = 'F' FOR UPDATE") as holder:
        asked = [arena.start(file, number) for number in range(49)]
        holder.let_go_when_waiting(8)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert sorted(answers) == list(range(2, 51))


def test_the_first_report_of_a_workspace_may_come_twice_at_once(arena: Arena, site: Site) -> None:
    with arena.holding("LOCK TABLE sequence IN ACCESS EXCLUSIVE MODE") as holder:
        asked = [arena.start(filed_report, site, by=name) for name in ("Ana", "Ben")]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert sorted(arena.do(feedback.by_id, report).reference for report in answers) == ["F-1", "F-2"]


def test_a_report_that_is_not_kept_leaves_no_gap(arena: Arena, site: Site) -> None:
    def change_ones_mind(session: Session) -> None:
        filed_report(session, site)
        raise Refused("Never mind.")

    arena.do(filed_report, site)
    with pytest.raises(Refused):
        arena.do(change_ones_mind)
    assert arena.do(feedback.by_id, arena.do(filed_report, site)).reference == "F-2"


def test_the_same_request_on_two_connections_has_one_effect_and_one_answer(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    arena.do(filed_report, site)
    report = Report(feedback.Kind.FALSE_ALARM, "It rang", site.alarm_id)
    with arena.holding("SELECT 1 FROM sequence WHERE series = 'F' FOR UPDATE") as holder:
        asked = [
            arena.start(once, "Ev1", feedback.file_feedback, report, by=site.caller("Ana"), at=LATER) for _ in range(2)
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    filed = Filed("F-2", "Crusher alarm", feedback.Kind.FALSE_ALARM, ("Priya", "Tom"), embedded=True, id=2)
    assert answers == [filed] * 2
    assert arena.do(event_kinds).count("feedback_filed") == 2
    assert len(arena.do(lambda session: session.exec(select(SourceKey)).all())) == 1


def queue(session: Session, site: Site, count: int) -> None:
    for number in range(count):
        deliveries.queue(
            session,
            site.workspace_id,
            Kind.CHANGE_TOLD,
            f"message {number}",
            "change_note",
            number,
            at=MONDAY,
            person_id=site.people["Ana"],
        )


def test_what_one_sender_is_claiming_another_passes_over(arena: Arena, site: Site) -> None:
    arena.do(queue, site, 10)
    with Session(arena.engine) as first, Session(arena.engine) as second:
        mine = sending.claim(first, site.workspace_id, at=LATER, limit=6, lease=LEASE)
        second.execute(text("SET LOCAL lock_timeout = '1s'"))  # whoever waits is in error
        theirs = sending.claim(second, site.workspace_id, at=LATER, limit=6, lease=LEASE)
        assert (len(mine), len(theirs)) == (6, 4)
        assert not {one.id for one in mine} & {one.id for one in theirs}
        first.commit()
        second.commit()


def test_many_senders_never_hold_the_same_delivery(arena: Arena, site: Site) -> None:
    arena.do(queue, site, 100)

    def claim_all() -> list[Claimed]:
        held: list[Claimed] = []
        while some := arena.do(sending.claim, site.workspace_id, at=LATER, limit=7, lease=LEASE):
            held += some
        return held

    with arena.holding("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE") as holder:
        senders = [arena._threads.submit(claim_all) for _ in range(6)]
        holder.let_go_when_waiting(6)
        held, errors = outcomes(*senders)
    assert errors == []
    everything = [claimed.id for some in held for claimed in some]
    assert len(everything) == len(set(everything)) == 100


EDITED_BY_SOMEBODY_ELSE: LiteralString = """
    INSERT INTO delivery (workspace_id, kind, dedupe_key, person_id, edits_id, subject, subject_id, data, status,
                          due_at, attempts, created_at)
    SELECT workspace_id, 'prompt_answered', dedupe_key || ':edit:1', person_id, id, subject, subject_id, data, 'queued',
           due_at, 0, created_at
    FROM delivery
"""


def test_edits_of_one_message_at_once_are_all_kept_and_the_last_of_them_is_still_to_go_out(
    arena: Arena, site: Site
) -> None:
    arena.do(queue, site, 1)

    def rewrite(session: Session) -> None:
        (post,) = [row for row in outbox(session) if row.edits_id is None]
        deliveries.rewrite(session, post, Kind.PROMPT_ANSWERED, at=LATER)

    with arena.holding(EDITED_BY_SOMEBODY_ELSE) as holder:
        both = [arena.start(rewrite), arena.start(rewrite)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*both)
    assert errors == []
    edits = [row for row in arena.do(outbox) if row.edits_id]
    assert len(edits) == len({row.dedupe_key for row in edits}) == 3
    assert (edits[0].status, edits[-1].status) == (Status.SKIPPED, Status.QUEUED)


def test_the_last_two_agreements_at_once_plan_the_embedding_once(arena: Arena, site: Site) -> None:
    embedding_id = arena.do(proposed_embedding, site, by="Mei")
    with arena.holding_row("embedding", embedding_id) as holder:
        asked = [
            arena.start(agreements.agree, embedding_id, True, by=site.caller(name), at=MONDAY)
            for name in ("Olga", "Dmitri")
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert {answer.status for answer in answers} == {EmbeddingStatus.PROPOSED, EmbeddingStatus.PLANNED}
    assert arena.do(event_kinds).count("embedding_planned") == 1


def test_two_processes_that_begin_the_day_begin_it_once(arena: Arena, site: Site) -> None:
    embedding_id = arena.do(proposed_embedding, site, by="Mei")
    for name in ("Olga", "Dmitri"):
        arena.do(agreements.agree, embedding_id, True, by=site.caller(name), at=MONDAY)
    with Session(arena.engine) as first, Session(arena.engine) as second:
        second.execute(text("SET LOCAL lock_timeout = '1s'"))  # whoever waits is in error
        assert terms.begin_due(first, at=LATER) == 1
        assert terms.begin_due(second, at=LATER) == 0
        first.commit()
        second.commit()
    assert arena.do(terms.begin_due, at=LATER) == 0
    assert arena.do(event_kinds).count("embedding_begun") == 1


def test_a_day_that_two_processes_plan_is_planned_once(arena: Arena, site: Site) -> None:
    plan = arena.do(prompt_plans.of_embedding, arena.do(active_embedding, site))
    due = arena.do(due_prompts, site)
    with arena.holding_row("prompt_plan", plan.key) as holder:
        asked = [arena.start(written_days.plan_day, plan.key, None, FIRST_DAY, due, at=LATER) for _ in range(2)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (sorted(answers), errors) == ([0, 3], [])


def test_a_part_of_a_day_that_two_processes_write_is_written_once_and_the_other_leaves_it(
    arena: Arena, site: Site
) -> None:
    plan = arena.do(prompt_plans.of_embedding, arena.do(active_embedding, site))
    arena.do(next_days.open_due, at=LATER, limit=1)
    opened = arena.do(planned_days.of, plan.key, FIRST_DAY)
    due = arena.do(due_prompts, site)
    first = Part(0, due[0].person_id)
    with arena.holding_row("planned_day", opened.id) as holder:
        asked = [
            arena.start(
                written_days.plan_day, plan.key, None, FIRST_DAY, due[:1], at=LATER, part=first, of_day=fingerprint(due)
            )
            for _ in range(2)
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (sorted(answers), errors) == ([0, 1], [])
    left = arena.do(planned_days.of, plan.key, FIRST_DAY)
    assert (left.version, left.written_to) == (1, due[0].person_id)


def test_somebody_who_goes_away_while_a_part_is_written_is_not_asked(arena: Arena, site: Site) -> None:
    plan = arena.do(prompt_plans.of_embedding, arena.do(active_embedding, site))
    arena.do(next_days.open_due, at=LATER, limit=1)
    opened = arena.do(planned_days.of, plan.key, FIRST_DAY)
    due = arena.do(due_prompts, site)
    with arena.holding_row("planned_day", opened.id) as holder:
        written = arena.start(written_days.plan_day, plan.key, None, FIRST_DAY, due, at=LATER)
        away = arena.start(absences.go_away, Days(FIRST_DAY, FIRST_DAY), by=site.caller("Ana"), at=LATER)
        holder.let_go_when_waiting(2)
        _, errors = outcomes(written, away)
    assert errors == []
    # Either the day was left, or it is complete and marked to be computed again.
    left = arena.do(planned_days.of, plan.key, FIRST_DAY)
    assert left.touched_at == LATER
    for day in arena.do(days_to_plan, policy=EVERY_SHIFT, at=LATER):
        arena.do(written_days.plan_day, plan.key, None, day.day, day.due, at=LATER, version=day.version)
    for day in arena.do(days_to_replan, policy=EVERY_SHIFT, at=LATER):
        arena.do(written_days.replan_day, plan.key, day.day, day.version, day.due, at=LATER)
    reasons = arena.do(lambda session: {row.person_id: row.reason for row in session.exec(select(Prompt))})
    assert reasons == {
        person_id: Reason.AWAY if name == "Ana" else None for name, person_id in site.people.items() if name in CREW_A
    }


def test_a_plan_is_not_put_aside_while_its_embedding_begins(arena: Arena, site: Site) -> None:
    embedding_id = arena.do(planned_embedding, site)
    with arena.holding_row("prompt_plan", arena.do(prompt_plans.of_embedding, embedding_id).key) as holder:
        begun = arena.start(terms.begin_due, at=LATER)  # it holds the embedding, and waits for the plan
        holder.wait_for(1)
        aside = arena.start(next_days.open_due, at=LATER, limit=1)
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(begun, aside)
    assert (answers, errors) == ([1, 1], [])
    assert arena.do(next_days.is_any_due, at=LATER)


async def test_two_processes_plan_the_same_days_at_once(postgres_url: str) -> None:
    with Store(postgres_url) as one, Store(postgres_url) as other:
        site = await one.write(build)
        embedding_id = await one.write(active_embedding, site)
        await one.write(more_plans, embedding_id)
        made = await asyncio.gather(*(plan_due(store, EVERY_SHIFT, at=LATER) for store in (one, other)))
        rest = await plan_due(one, EVERY_SHIFT, at=LATER)
        asked = await one.read(lambda session: session.exec(select(Prompt.plan_id, Prompt.person_id)).all())
        sent = await one.read(
            lambda session: session.exec(select(Delivery.subject_id).where(Delivery.kind == Kind.PROMPT)).all()
        )
        through = await one.read(lambda session: set(session.exec(select(col(PromptPlan.planned_through)))))
    assert sum(made) + rest == len(asked) == len(set(asked)) == MANY * len(CREW_A)
    assert (len(sent), len(set(sent)), through) == (len(asked), len(asked), {FIRST_DAY})


MANY = 12


def more_plans(session: Session, embedding_id: int) -> None:
    session.add_all(PromptPlan(embedding_id=embedding_id, created_at=MONDAY) for _ in range(MANY - 1))


def test_a_double_click_on_an_answer_is_one_answer(arena: Arena, site: Site) -> None:
    prompt = arena.do(asked_crew, site, arena.do(active_embedding, site))["Ana"]
    with arena.holding_row("prompt", prompt) as holder:
        asked = [
            arena.start(prompts.answer_prompt, prompt, "did_it_help", "helped", by=site.caller("Ana"), at=LATER)
            for _ in range(2)
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert answers[0] == answers[1]
    assert arena.do(event_kinds).count("prompt_answered") == 1


@pytest.mark.parametrize("second", [Helped.BETTER, Helped.WORSE], ids=["the same", "another"])
def test_a_double_click_on_a_verdict_is_one_verdict(arena: Arena, site: Site, second: Helped) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    note = arena.do(live_change, site, report)
    with arena.holding_row("feedback", report) as holder:
        asked = [
            arena.start(verdicts.give_verdict, note, value, policy=Policy(), by=site.caller("Ana"), at=END)
            for value in (Helped.BETTER, second)
        ]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    kept = arena.do(verdicts.of, note, site.people["Ana"])
    assert verdicts.BECOMES[kept.value] is arena.do(feedback.by_id, report).status
    assert arena.do(event_kinds).count("verdict_given") == len({Helped.BETTER, second})


def test_both_sponsors_sign_at_once_and_it_closes_once(arena: Arena, site: Site) -> None:
    review = arena.do(opened_review, arena.do(active_embedding, site), END)
    with arena.holding_row("review", review) as holder:
        asked = [
            arena.start(reviews.sign_review, review, Outcome.KEEP, by=site.caller(name), at=END)
            for name in ("Olga", "Dmitri")
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert sorted(answer.closed for answer in answers) == [False, True]
    assert arena.do(event_kinds).count("embedding_closed") == 1


def test_two_processes_that_open_a_review_open_it_once(arena: Arena, site: Site) -> None:
    embedding_id = arena.do(active_embedding, site)
    newest = arena.do(packets.compile_packet, embedding_id, policy=Policy(), at=END).newest_event
    compiled = [Compiled("{}", newest), Compiled("[]", newest)]
    with arena.holding_row("embedding", embedding_id) as holder:
        asked = [arena.start(reviews.open_review, embedding_id, packet, at=END) for packet in compiled]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert sorted(answer is None for answer in answers) == [False, True]
    assert arena.do(event_kinds).count("review_opened") == 1


def test_a_prompt_that_is_being_sent_while_prompts_stop_can_be_answered(arena: Arena, site: Site) -> None:
    embedding_id = arena.do(active_embedding, site)
    prompt = arena.do(asked_crew, site, embedding_id, names=("Ana",))["Ana"]
    with arena.holding("UPDATE delivery SET status = 'sending' WHERE kind = 'prompt'") as sender:
        stopping = arena.start(prompts.stop, embedding_id, Reason.EMBEDDING_ENDED, at=LATER)
        sender.let_go_when_waiting(1)
        stopping.result(10)
    assert arena.do(outbox)[-1].status is Status.SENDING
    assert arena.do(prompts.by_id, prompt).status is PromptStatus.OPEN


def test_every_event_of_a_race_is_kept_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    asked = [arena.start(triage.acknowledge, report, by=site.caller("Priya"), at=LATER) for _ in range(20)]
    answers, errors = outcomes(*asked)
    assert (len(answers), errors) == (20, [])
    kinds = arena.do(lambda session: session.exec(select(Event.kind).where(Event.subject_id == report)).all())
    assert kinds.count("feedback_acknowledged") == 1


def test_a_report_that_is_filed_while_the_last_signature_closes_the_embedding_is_not_lost(
    arena: Arena, site: Site
) -> None:
    arena.do(active_embedding, site)
    report = Report(feedback.Kind.FALSE_ALARM, "It rang", site.alarm_id)
    with arena.holding("UPDATE embedding SET status = 'closed'") as closing:
        filing = arena.start(feedback.file_feedback, report, by=site.caller("Ana"), at=LATER)
        closing.let_go_when_waiting(1)
        filed = filing.result(10)
    # It belongs to no embedding then, and its reporter is told so instead of "they see it now".
    assert (filed.heard_by, filed.embedded) == ((), False)


# Triage


def decline(arena: Arena, site: Site, name: str, *reports: int) -> "Future[Any]":
    what = Triage(Step.DECLINE, reports, words=f"{name} says no")
    return arena.start(triage.triage, what, by=site.caller(name), at=LATER)


def test_two_people_who_triage_one_report_at_once_decide_it_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [decline(arena, site, name, report) for name in ("Priya", "Tom")]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert [answer.done for answer in answers] == [("F-1",)]
    assert [str(error) for error in errors] == ["It was declined. Open it again first if that was wrong."]
    assert arena.do(event_kinds).count("feedback_declined") == 1
    assert arena.do(sent_to, site).count(("feedback_outcome", "Ana")) == 1


def test_of_several_at_once_and_one_of_them_alone_each_is_decided_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    reports = [arena.do(filed_report, site) for _ in range(3)]
    with arena.holding_row("feedback", reports[1]) as holder:
        # The one who wants all three holds the first already; the other one only wants the second.
        asked = [decline(arena, site, "Priya", *reports[::-1]), decline(arena, site, "Tom", reports[1])]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    done = sorted(reference for answer in answers for reference in answer.done)
    assert done == ["F-1", "F-2", "F-3"]
    assert len(answers) + len(errors) == 2
    assert arena.do(event_kinds).count("feedback_declined") == 3


def test_two_reports_that_are_each_to_go_on_in_the_other_make_no_circle(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    first, second = (arena.do(filed_report, site) for _ in range(2))

    def goes_on(name: str, report: int, number: int) -> "Future[Any]":
        what = Triage(Step.DUPLICATE, (report,), carries_on=number)
        return arena.start(triage.triage, what, by=site.caller(name), at=LATER)

    with arena.holding_row("feedback", first) as holder:
        asked = [goes_on("Priya", first, 2), goes_on("Tom", second, 1)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (len(answers), [type(error) for error in errors]) == (1, [Refused])
    links = [arena.do(feedback.by_id, report).duplicate_of_id for report in (first, second)]
    assert links.count(None) == 1


def test_two_processes_that_remind_of_what_is_unread_remind_once(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [arena.start(unread.remind, [report], at=END) for _ in range(2)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert (sorted(answers), errors) == ([0, 1], [])
    assert arena.do(sent_to, site).count(("feedback_unread", "Priya")) == 1


def test_a_week_that_two_enter_at_once_has_one_figure_that_counts(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    with arena.holding_row("tool", site.alarm_id) as holder:
        asked = [
            arena.start(exposure.enter, Entry(site.alarm_id, FIRST_DAY, 400 + number), by=site.caller(name), at=LATER)
            for number, name in enumerate(("Priya", "Tom"))
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert sorted(answer.before is None for answer in answers) == [False, True]
    rows = arena.do(lambda session: session.exec(select(Exposure)).all())
    assert [row.replaced_at is None for row in rows].count(True) == 1


def test_two_answers_to_one_question_at_once_are_both_kept(arena: Arena, site: Site) -> None:
    arena.do(active_embedding, site)
    report = arena.do(filed_report, site)
    what = Triage(Step.ASK_BACK, (report,), words="Was the belt empty?")
    arena.do(triage.triage, what, by=site.caller("Priya"), at=LATER)
    with arena.holding_row("feedback", report) as holder:
        asked = [
            arena.start(asking_back.answer_question, 1, words, by=site.caller("Ana"), at=LATER)
            for words in ("Yes", "It shook")
        ]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    assert sorted(arena.do(asking_back.card, 1).answer.splitlines()) == ["It shook", "Yes"]
