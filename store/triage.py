"""Triage: what data scientists do with reports, one or several at once, and what their reporters hear of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import (
    access,
    asking_back,
    decisions,
    deliveries,
    duplicates,
    embeddings,
    history,
    outcome_news,
    people,
    quiet,
    unsafe,
)
from store import feedback as reports
from store.access import Act
from store.decisions import FOLLOWS, Decision, Step
from store.deliveries import Delivery, Status
from store.deliveries import Kind as MessageKind
from store.errors import Refused
from store.feedback import Feedback, FeedbackStatus
from store.fitting import NotDone, Triage, refuse, require_complete, roles_for, sort_out
from store.people import Caller, Person

MOST_AT_ONCE = 100
"""As many reports as one selection has."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A data scientist has seen a report."""

    reference: str


def acknowledge(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
    """Let the reporter know that a data scientist has seen their report.

    A second tap, or a second data scientist's, changes nothing.

    Raises:
        Refused: The person does not answer for the report's tool.
    """
    person = people.known(session, by)
    feedback = reports.locked(session, feedback_id, person.workspace_id)
    access.require(Act.TRIAGE_FEEDBACK, roles_for(session, person, feedback))
    if feedback.status is FeedbackStatus.NEW:
        _acknowledge(session, [feedback], person, at)
    return Acknowledged(feedback.reference)


@dataclass(frozen=True, slots=True)
class Triaged:
    """What was done with some reports, and with which it was not."""

    step: Step
    done: tuple[str, ...]
    not_done: tuple[NotDone, ...] = ()


def triage(session: Session, what: Triage, *, by: Caller, at: datetime) -> Triaged:
    """Do one thing with some reports; what fits only some of them is done with those.

    Raises:
        Refused: It fits none of them, something that it needs is missing, or the person answers for none.
    """
    person = people.known(session, by)
    ids, reopens = what.report_ids[:MOST_AT_ONCE], what.step is Step.REOPEN
    held = duplicates.hold(session, person.workspace_id, ids, what.carries_on, to_reopen=reopens)
    if not held.reports:
        raise Refused("Pick at least one report.", field="reports")
    fitting, not_done = sort_out(session, person, what, held.reports.values(), held.carries_on)
    if not fitting:
        refuse(not_done)
    require_complete(session, what, fitting, at)
    _DO[what.step](_Doing(session, what, fitting, person, held.carries_on, at))
    return Triaged(what.step, tuple(report.reference for report in fitting), tuple(not_done))


# What is done


@dataclass(frozen=True, slots=True)
class _Doing:
    """Something that is done with the reports that it fits."""

    session: Session
    what: Triage
    fitting: Sequence[Feedback]
    person: Person
    root: Feedback | None
    """The report in which they go on."""
    at: datetime


def _do_acknowledge(doing: _Doing) -> None:
    _acknowledge(doing.session, doing.fitting, doing.person, doing.at)


def _acknowledge(session: Session, fitting: Sequence[Feedback], person: Person, at: datetime) -> None:
    again = {feedback.key for feedback in fitting if feedback.answered_at is not None}
    for feedback in fitting:
        feedback.status = FeedbackStatus.ACKNOWLEDGED
        _answered(session, feedback, at)
        _record(session, feedback, "feedback_acknowledged", person, at)
        _show_as_seen(session, feedback, at)
    # Of what is unsafe its reporter hears who has it, which says more.
    read = [one for one in fitting if not unsafe.take_with_it(session, one, person, at=at)]
    # What went to other data scientists was perhaps read before, and its reporter heard so.
    read = [one for one in read if one.key not in again or not _said_to_be_read(session, one)]
    for reporter_id, own in _by_reporter(read).items():
        first, *others = sorted(own, key=lambda one: one.key in again)
        deliveries.queue(
            session,
            first.workspace_id,
            MessageKind.FEEDBACK_ACKNOWLEDGED,
            f"feedback:{first.key}:acknowledged",
            "feedback",
            first.key,
            at=at,
            person_id=reporter_id,
            due_at=quiet.at_work(session, reporter_id, at),
            data={"by": person.key, "others": [other.key for other in others]},
        )


def _said_to_be_read(session: Session, feedback: Feedback) -> bool:
    told = session.exec(
        select(Delivery).where(
            Delivery.person_id == feedback.reporter_id,
            Delivery.kind == MessageKind.FEEDBACK_ACKNOWLEDGED,
            col(Delivery.status).in_((Status.QUEUED, Status.SENDING, Status.SENT, Status.UNKNOWN)),
        )
    ).all()
    return any(feedback.key in (one.subject_id, *one.data.get("others", ())) for one in told)


def _do_ask_back(doing: _Doing) -> None:
    session, what, at = doing.session, doing.what, doing.at
    for feedback in doing.fitting:
        if feedback.status is FeedbackStatus.NEW:  # the question says that it was read
            feedback.status = FeedbackStatus.ACKNOWLEDGED
            _show_as_seen(session, feedback, at)
        _answered(session, feedback, at)
        unsafe.take_with_it(session, feedback, doing.person, at=at)
        asking_back.ask(session, feedback, doing.person, what.words, at=at)
        _record(session, feedback, "question_asked", doing.person, at)


def _do_set_cause(doing: _Doing) -> None:
    session, what, at = doing.session, doing.what, doing.at
    for feedback in doing.fitting:
        feedback.cause = what.cause
        session.add(feedback)
        _record(session, feedback, "cause_set", doing.person, at, {"cause": what.cause})


def _do_decide(doing: _Doing) -> None:
    session, what, at = doing.session, doing.what, doing.at
    becomes = FOLLOWS[what.step].becomes
    assert becomes is not None  # noqa: S101 - of every step that decides something
    told: dict[int, list[Decision]] = {}
    for feedback in doing.fitting:
        hearers = outcome_news.hearers(session, feedback)
        # Another promise before anybody heard of the first one is no later decision.
        since = feedback.decided_at if feedback.status is becomes and feedback.decided_at else at
        decision = Decision(
            feedback_id=feedback.key,
            status=becomes,
            was=_called_off_earlier(session, feedback, hearers, doing.person, at) or feedback.status,
            words=what.words,
            day=what.day,
            owner=what.owner.strip() or None,
            work_order=what.work_order.strip() or None,
            duplicate_of_id=doing.root.key if doing.root else None,
            decided_by_id=doing.person.key,
            decided_at=since,
        )
        session.add(decision)
        session.flush()
        feedback.status, feedback.decided_at = becomes, since
        feedback.cause = what.cause or feedback.cause
        _answered(session, feedback, at)
        if doing.root is not None:
            duplicates.join(session, feedback, doing.root)
            hearers = [feedback.reporter_id]
        unsafe.take_with_it(session, feedback, doing.person, at=at)
        asking_back.close(session, feedback, at=at)
        _record(session, feedback, f"feedback_{becomes}", doing.person, at, {"decision": decision.key})
        _show_as_seen(session, feedback, at)
        for hearer in hearers:
            told.setdefault(hearer, []).append(decision)
    for hearer, of_one in told.items():
        outcome_news.tell(session, doing.fitting[0].workspace_id, hearer, of_one, at=at)


def _do_reopen(doing: _Doing) -> None:
    session, what, at = doing.session, doing.what, doing.at
    told: dict[int, list[Decision]] = {}
    for feedback in doing.fitting:
        decision = decisions.standing(session, feedback.key)
        assert decision is not None  # noqa: S101 - what was decided has a decision
        for hearer in outcome_news.hearers(session, feedback):
            # Who never heard of it, such as somebody whose report was joined to this one later, has nothing to unlearn.
            called_off = outcome_news.call_off(session, hearer, decision.key, at=at)
            if not called_off and outcome_news.has_heard(session, hearer, decision.key):
                told.setdefault(hearer, []).append(decision)
        decision.taken_back_at, decision.taken_back_by_id = at, doing.person.key
        decision.taken_back_because = what.words
        session.add(decision)
        session.flush()
        feedback.status = FeedbackStatus.ACKNOWLEDGED if decision.was is FeedbackStatus.NEW else decision.was
        earlier = decisions.standing(session, feedback.key)
        feedback.decided_at = earlier.decided_at if earlier else None
        root_id, feedback.duplicate_of_id = feedback.duplicate_of_id, None
        session.add(feedback)
        if root_id is not None and decision.status is FeedbackStatus.DUPLICATE:
            session.flush()
            duplicates.come_back(session, feedback, root_id)
        data = {"decision": decision.key, "status": feedback.status}
        _record(session, feedback, "feedback_reopened", doing.person, at, data)
        _show_as_seen(session, feedback, at)
    for hearer, of_one in told.items():
        outcome_news.tell_reopened(session, doing.fitting[0].workspace_id, hearer, of_one, at=at)


_DO: Mapping[Step, Callable[[_Doing], None]] = {
    Step.ACKNOWLEDGE: _do_acknowledge,
    Step.ASK_BACK: _do_ask_back,
    Step.SET_CAUSE: _do_set_cause,
    Step.REOPEN: _do_reopen,
    **dict.fromkeys((Step.ACCEPT, Step.DUPLICATE, Step.PASS_ON, Step.EXPLAIN, Step.DECLINE), _do_decide),
}


# What it takes


def _answered(session: Session, feedback: Feedback, at: datetime) -> None:
    """Somebody has read it and done something with it. No clock is set anew."""
    feedback.acknowledged_at = feedback.acknowledged_at or at
    reports.answered(feedback, at=at)
    session.add(feedback)


def _called_off_earlier(
    session: Session, feedback: Feedback, hearers: Sequence[int], person: Person, at: datetime
) -> FeedbackStatus | None:
    """What was decided before and nobody has heard yet is not told any more: it is as if it was never made.

    What somebody has heard stands behind what holds now, and is told to the others only if it holds again.

    Returns:
        Where the report stood before that decision; None if somebody has heard of it.
    """
    earlier = decisions.standing(session, feedback.key)
    if earlier is None or feedback.status is not earlier.status:
        return None
    if any(outcome_news.has_heard(session, hearer, earlier.key) for hearer in hearers):
        return None
    for hearer in hearers:
        outcome_news.call_off(session, hearer, earlier.key, at=at)
    earlier.taken_back_at, earlier.taken_back_by_id = at, person.key
    session.add(earlier)
    return earlier.was


def _by_reporter(fitting: Sequence[Feedback]) -> dict[int, list[Feedback]]:
    found: dict[int, list[Feedback]] = {}
    for feedback in fitting:
        found.setdefault(feedback.reporter_id, []).append(feedback)
    return found


def _record(
    session: Session,
    feedback: Feedback,
    kind: str,
    person: Person,
    at: datetime,
    data: Mapping[str, object] | None = None,
) -> None:
    history.record(
        session,
        feedback.workspace_id,
        kind,
        "feedback",
        feedback.key,
        at=at,
        actor_id=person.id,
        data=data,
    )


def _show_as_seen(session: Session, feedback: Feedback, at: datetime) -> None:
    if feedback.embedding_id is None:
        return
    session.flush()
    for hearer in embeddings.data_scientists(session, feedback.embedding_id):
        key = f"feedback:{feedback.key}:filed:{hearer.key}"
        posted = deliveries.posted_for(session, feedback.workspace_id, key)
        if posted is not None:
            deliveries.rewrite(session, posted, MessageKind.FEEDBACK_FILED_SEEN, at=at)


def acknowledged_together(session: Session, feedback_ids: Sequence[int]) -> tuple[int, ...]:
    """Of reports that were read together those of which nothing else is told by now."""
    rows = session.exec(
        select(Feedback)
        .where(col(Feedback.id).in_(feedback_ids), Feedback.status == FeedbackStatus.ACKNOWLEDGED)
        .order_by(col(Feedback.id))
    ).all()
    return tuple(row.key for row in rows)
