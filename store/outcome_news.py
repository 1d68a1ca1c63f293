"""What reporters hear of decisions: each once, on their shift, and several within an hour in one message.

The message is written just before it goes out. What has not gone out when a decision is taken back, or another one
takes its place, is called off: nobody hears what does not hold any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select

from store import decisions, deliveries, duplicates, people, quiet, tools
from store import feedback as reports
from store.decisions import Decision
from store.deliveries import Delivery, Kind, Status
from store.feedback import Feedback, FeedbackStatus
from store.feedback import Kind as FeedbackKind

TOGETHER = timedelta(hours=1)
"""After a message of this kind what follows within this time waits, and goes out as one."""
MOST_ACTS = 6
"""As many acts as one message has room for, each with all the words that were said with it."""


def tell(session: Session, workspace_id: int, person_id: int, told: Sequence[Decision], *, at: datetime) -> None:
    """Have a reporter hear of decisions that one act made."""
    _add(session, workspace_id, person_id, "decisions", [decision.key for decision in told], at)


def tell_reopened(
    session: Session, workspace_id: int, person_id: int, taken_back: Sequence[Decision], *, at: datetime
) -> None:
    """Have a reporter hear that what they were told does not hold any more."""
    _add(session, workspace_id, person_id, "reopened", [decision.key for decision in taken_back], at)


def _add(session: Session, workspace_id: int, person_id: int, what: str, ids: list[int], at: datetime) -> None:
    waiting = next((one for one in _waiting(session, person_id) if one.data["acts"] < MOST_ACTS), None)
    if waiting is not None:
        before = waiting.data
        _rewrite(session, waiting, {**before, what: [*before[what], *ids], "acts": before["acts"] + 1})
        return
    deliveries.queue(
        session,
        workspace_id,
        Kind.FEEDBACK_OUTCOME,
        f"person:{person_id}:{what}:{ids[0]}",
        "person",
        person_id,
        at=at,
        person_id=person_id,
        due_at=quiet.at_work(session, person_id, max(at, _quiet_until(session, person_id, at))),
        data={"decisions": [], "reopened": [], "acts": 1, what: ids},
    )


def _quiet_until(session: Session, person_id: int, at: datetime) -> datetime:
    last = session.exec(
        select(func.max(Delivery.due_at)).where(
            Delivery.person_id == person_id,
            Delivery.kind == Kind.FEEDBACK_OUTCOME,
            col(Delivery.status).in_((Status.SENDING, Status.SENT, Status.UNKNOWN)),
            Delivery.due_at > at - TOGETHER,
        )
    ).one()
    return last + TOGETHER if last else at


def _waiting(session: Session, person_id: int) -> Sequence[Delivery]:
    """What is to go out to somebody and was not tried yet, held so that it does not go out meanwhile."""
    return session.exec(
        select(Delivery)
        .where(
            Delivery.person_id == person_id,
            Delivery.kind == Kind.FEEDBACK_OUTCOME,
            Delivery.status == Status.QUEUED,
            Delivery.attempts == 0,
        )
        .order_by(col(Delivery.id))
        .with_for_update()
    ).all()


def _rewrite(session: Session, waiting: Delivery, data: dict[str, Any]) -> None:
    # Whoever holds it has written it out by what was true before: they lose it, and it is written anew.
    waiting.data, waiting.claim_token, waiting.lease_until = data, None, None
    session.add(waiting)


def hearers(session: Session, feedback: Feedback) -> list[int]:
    """Who hears what becomes of a report: its reporter, and those whose own reports go on in it."""
    joined = [row.reporter_id for row in duplicates.of_report(session, feedback.key)]
    return list(dict.fromkeys([feedback.reporter_id, *joined]))


def was_told(session: Session, feedback: Feedback) -> bool:
    """Whether somebody has heard of the decision about a report that stands."""
    decision = decisions.standing(session, feedback.key)
    return decision is not None and any(
        has_heard(session, hearer, decision.key) for hearer in hearers(session, feedback)
    )


def has_heard(session: Session, person_id: int, decision_id: int) -> bool:
    """Whether a message went out to somebody, or may have, that tells of a decision."""
    return any(decision_id in one.data["decisions"] for one in _out(session, person_id))


def _out(session: Session, person_id: int) -> Sequence[Delivery]:
    """What went out to somebody, or may have."""
    return session.exec(
        select(Delivery)
        .where(
            Delivery.person_id == person_id,
            Delivery.kind == Kind.FEEDBACK_OUTCOME,
            or_(
                col(Delivery.status).in_((Status.SENDING, Status.SENT, Status.UNKNOWN)),
                and_(Delivery.status == Status.QUEUED, Delivery.attempts > 0),
            ),
        )
        .order_by(col(Delivery.id))
    ).all()


def show_alone(session: Session, report: Feedback, joined: Decision, root_id: int | None, *, at: datetime) -> None:
    """Have the messages in which its reporter heard that a report went on in another one say that it does not any more.

    Nobody is written to again.

    Args:
        session: The unit's session.
        report: The report, which goes on by itself from now on.
        joined: The decision that it went on in another one.
        root_id: The report in which it went on.
        at: Now.
    """
    of_root = decisions.of_report(session, root_id) if root_id is not None else []
    told = {joined.key, *(decision.key for decision in of_root)}
    for posted in _out(session, report.reporter_id):
        if told.isdisjoint(posted.data["decisions"]):
            continue
        posted.data = {**posted.data, "alone": [*posted.data.get("alone", ()), [report.key, root_id]]}
        session.add(posted)
        session.flush()
        deliveries.rewrite(session, posted, Kind.FEEDBACK_OUTCOME_CHANGED, at=at)


def call_off(session: Session, person_id: int, decision_id: int, *, at: datetime) -> bool:
    """Keep a decision from being told to somebody.

    Returns:
        Whether it had not gone out yet.
    """
    for waiting in _waiting(session, person_id):
        if decision_id in waiting.data["decisions"]:
            left = [one for one in waiting.data["decisions"] if one != decision_id]
            _rewrite(session, waiting, {**waiting.data, "decisions": left})
            if not left and not waiting.data["reopened"]:
                waiting.status, waiting.ended_at = Status.SKIPPED, at
                waiting.reason = "what it was to say does not hold any more"
                session.add(waiting)
            return True
    return False


def reports_in(session: Session, delivery: Delivery) -> list[int]:
    """The ids of its receiver's own reports that a message tells of, each once."""
    told = [
        report.key
        for what, reopened in (("decisions", False), ("reopened", True))
        for decision in _all(session, delivery.data[what])
        for report in _concerned(session, decision, delivery.subject_id, reopened=reopened)
    ]
    return list(dict.fromkeys(told))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of some of a reporter's own reports, by one act."""

    references: tuple[str, ...]
    texts: tuple[str, ...]
    """Their own words in each."""
    kinds: tuple[FeedbackKind, ...]
    tool: str
    status: FeedbackStatus
    words: str
    by: str
    day: date | None = None
    owner: str | None = None
    work_order: str | None = None
    carried_on_by: str | None = None
    """The reference of the report in which they go on."""
    reopened: bool = False
    promised: date | None = None
    """Of what is reopened: the day of the promise that stood before and holds again."""
    goes_alone: bool = False
    """Whether they went on in another one and go on by themselves by now."""


def outcomes(session: Session, delivery: Delivery) -> tuple[Outcome, ...]:
    """What a message tells its receiver, those that one act made as one."""
    person_id = delivery.subject_id
    told: dict[Outcome, list[Feedback]] = {}
    for decision in _all(session, delivery.data["decisions"]):
        for report in _concerned(session, decision, person_id):
            outcome = _outcome(session, decision, report, reopened=False)
            if outcome.status is FeedbackStatus.DUPLICATE and report.duplicate_of_id:
                # The one that was named may go on in yet another one by now.
                outcome = replace(outcome, carried_on_by=reports.by_id(session, report.duplicate_of_id).reference)
            told.setdefault(outcome, []).append(report)
    for decision in _all(session, delivery.data["reopened"]):
        for report in _concerned(session, decision, person_id, reopened=True):
            told.setdefault(_outcome(session, decision, report, reopened=True), []).append(report)
    return tuple(_of_all(outcome, rows) for outcome, rows in told.items())


def as_it_became(session: Session, edit: Delivery) -> tuple[Outcome, ...]:
    """What a message that went out says once some of its reader's reports go on by themselves again.

    Everything else stays in it as it was said.
    """
    person_id, posted = edit.subject_id, deliveries.by_id(session, edit.edits_id or 0)
    alone: dict[int, int | None] = dict(posted.data.get("alone", ()))
    told: dict[Outcome, dict[int, Feedback]] = {}
    for decision in _all(session, posted.data["decisions"]):
        if decision.taken_back_at and posted.attempted_at and decision.taken_back_at < posted.attempted_at:
            continue
        for report in _told_of(session, decision, person_id, alone):
            outcome = _outcome(session, decision, report, reopened=False)
            of_root = decision.feedback_id == alone.get(report.key)
            if report.key in alone and (of_root or decision.status is FeedbackStatus.DUPLICATE):
                outcome = _gone_alone(session, alone[report.key], outcome)
            told.setdefault(outcome, {})[report.key] = report
    for decision in _all(session, posted.data["reopened"]):
        for report in _concerned(session, decision, person_id, reopened=True):
            told.setdefault(_outcome(session, decision, report, reopened=True), {})[report.key] = report
    return tuple(_of_all(outcome, list(rows.values())) for outcome, rows in told.items())


def _told_of(session: Session, decision: Decision, person_id: int, alone: Mapping[int, int | None]) -> list[Feedback]:
    """Those of somebody's reports that a message told them a decision about, but for those that they withdrew."""
    joined = [key for key, root_id in alone.items() if root_id == decision.feedback_id]
    found = _concerned(session, decision, person_id, reopened=True)
    if reports.by_id(session, decision.feedback_id).reporter_id != person_id:
        found = [*found, *(reports.by_id(session, key) for key in joined)]
    return [report for report in found if report.status is not FeedbackStatus.WITHDRAWN]


def _gone_alone(session: Session, root_id: int | None, said: Outcome) -> Outcome:
    root = reports.by_id(session, root_id).reference if root_id is not None else None
    return Outcome((), (), (), said.tool, FeedbackStatus.DUPLICATE, "", "", carried_on_by=root, goes_alone=True)


def _all(session: Session, ids: Iterable[int]) -> Sequence[Decision]:
    return session.exec(select(Decision).where(col(Decision.id).in_(ids)).order_by(col(Decision.id))).all()


def _concerned(session: Session, decision: Decision, person_id: int, *, reopened: bool = False) -> list[Feedback]:
    """Those of somebody's reports that a decision is about, if it still holds: their own, or what goes on in it."""
    decided = reports.by_id(session, decision.feedback_id)
    if decided.status is FeedbackStatus.WITHDRAWN:
        return []
    if not reopened:
        newest = decisions.standing(session, decided.key)
        if newest is None or newest.id != decision.id or decided.status is not decision.status:
            return []
    if decided.reporter_id == person_id:
        return [decided]
    return list(
        session.exec(
            select(Feedback)
            .where(
                Feedback.duplicate_of_id == decided.id,
                Feedback.reporter_id == person_id,
                Feedback.status == FeedbackStatus.DUPLICATE,
            )
            .order_by(col(Feedback.id))
        ).all()
    )


def _outcome(session: Session, decision: Decision, report: Feedback, *, reopened: bool) -> Outcome:
    """What is said, without the reports that it is said of."""
    by_id = decision.taken_back_by_id if reopened else decision.decided_by_id
    carried_on_by = decision.duplicate_of_id if decision.feedback_id == report.id else decision.feedback_id
    return Outcome(
        references=(),
        texts=(),
        kinds=(),
        tool=tools.by_id(session, report.tool_id).name,
        status=decision.status,
        words=(decision.taken_back_because if reopened else decision.words) or "",
        by=people.by_id(session, by_id or decision.decided_by_id).name,
        day=decision.day,
        owner=decision.owner,
        work_order=decision.work_order,
        carried_on_by=reports.by_id(session, carried_on_by).reference if carried_on_by else None,
        reopened=reopened,
        promised=_promised_before(session, decision) if reopened else None,
    )


def _promised_before(session: Session, taken_back: Decision) -> date | None:
    standing = decisions.standing(session, taken_back.feedback_id)
    decided = reports.by_id(session, taken_back.feedback_id)
    if standing is None or decided.status is not FeedbackStatus.ACCEPTED or standing.key > taken_back.key:
        return None
    return standing.day


def _of_all(outcome: Outcome, rows: Sequence[Feedback]) -> Outcome:
    return replace(
        outcome,
        references=tuple(row.reference for row in rows),
        texts=tuple(row.text for row in rows),
        kinds=tuple(row.kind for row in rows),
    )
