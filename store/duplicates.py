"""Duplicates: reports that go on in another one. That one is never a duplicate itself, so there are no chains."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from store import decisions, references
from store.errors import Refused, RunAgain
from store.feedback import OPEN, Feedback, FeedbackStatus
from store.references import Series


@dataclass(frozen=True, slots=True)
class Held:
    """Reports that are held until the transaction ends, and the one in which others are to go on."""

    reports: dict[int, Feedback]
    """By their id; those that were asked for and exist."""
    carries_on: Feedback | None


def hold(
    session: Session, workspace_id: int, ids: Iterable[int], carries_on: int | None, *, to_reopen: bool = False
) -> Held:
    """Hold some reports in the order of their ids, so that two who hold several never wait for each other.

    Args:
        session: The unit's session.
        workspace_id: Whose reports they must be.
        ids: Ours.
        carries_on: The number of the report in which they are to go on, if they are.
        to_reopen: Whether they are to be open again, so that what went on with them elsewhere comes back with them.

    Raises:
        Refused: There is no report with that number, or it is not open any more.
        RunAgain: It became a duplicate itself a moment ago.
    """
    wanted = set(ids)
    root_id = _root(session, workspace_id, carries_on) if carries_on is not None else None
    query = select(Feedback).where(Feedback.workspace_id == workspace_id)
    if to_reopen:
        roots = select(Feedback.duplicate_of_id).where(col(Feedback.id).in_(wanted))
        query = query.where(or_(col(Feedback.id).in_(wanted), col(Feedback.duplicate_of_id).in_(roots)))
    elif root_id is None:
        query = query.where(col(Feedback.id).in_(wanted))
    else:  # what goes on in one of them now goes on in that one, too
        query = query.where(
            or_(col(Feedback.id).in_({*wanted, root_id}), col(Feedback.duplicate_of_id).in_(wanted - {root_id}))
        )
    rows = session.exec(query.order_by(col(Feedback.id)).with_for_update()).all()
    root = next((row for row in rows if row.id == root_id), None)
    if root is not None and root.status is FeedbackStatus.DUPLICATE:
        raise RunAgain
    if root is not None and root.status not in OPEN:
        raise Refused(
            "{reference} is not open any more. Pick one that is, or answer these by themselves.",
            field="carries_on",
            reference=root.reference,
        )
    return Held({row.key: row for row in rows if row.key in wanted}, root)


def _root(session: Session, workspace_id: int, number: int) -> int:
    # Its columns alone: the row itself is read when it is held.
    named = session.exec(
        select(Feedback.id, Feedback.duplicate_of_id, Feedback.status).where(
            Feedback.workspace_id == workspace_id, Feedback.number == number
        )
    ).first()
    if named is None or named[0] is None:
        raise Refused(
            "There is no report {reference} here. Pick another one, or correct the number.",
            field="carries_on",
            reference=references.write(Series.FEEDBACK, number),
        )
    key, goes_on_in, status = named
    # One that was answered together with the other goes on by itself once that did not help.
    return goes_on_in if goes_on_in is not None and status is FeedbackStatus.DUPLICATE else key


def held_with(session: Session, feedback_id: int) -> list[Feedback]:
    """Hold a report with those that go on in it, in the order of their ids. Returns the latter."""
    rows = session.exec(
        select(Feedback)
        .where(or_(Feedback.id == feedback_id, Feedback.duplicate_of_id == feedback_id))
        .order_by(col(Feedback.id))
        .with_for_update()
    ).all()
    return [row for row in rows if row.id != feedback_id and row.status is FeedbackStatus.DUPLICATE]


def join(session: Session, feedback: Feedback, root: Feedback) -> None:
    """Let a report go on in another one, with those that have gone on in it so far."""
    for row in of_report(session, feedback.key):
        row.duplicate_of_id = root.key
        session.add(row)
    feedback.duplicate_of_id = root.key
    session.add(feedback)


def come_back(session: Session, report: Feedback, root_id: int) -> None:
    """Let those go on in a report again, which is open again, that went on in another one only because it did.

    They are held, as it is.
    """
    back, others = {report.key}, list(of_report(session, root_id))
    while coming := [row for row in others if _joined_to(session, row) in back]:
        for row in coming:
            row.duplicate_of_id = report.key
            session.add(row)
            back.add(row.key)
        others = [row for row in others if row not in coming]


def _joined_to(session: Session, report: Feedback) -> int | None:
    """In which report it was said to go on, wherever that one went since."""
    decision = decisions.standing(session, report.key)
    return decision.duplicate_of_id if decision is not None else None


def of_report(session: Session, feedback_id: int, *, lock: bool = False) -> Sequence[Feedback]:
    """The reports that go on in another one, oldest first; held when their state is to change."""
    query = (
        select(Feedback)
        .where(Feedback.duplicate_of_id == feedback_id, Feedback.status == FeedbackStatus.DUPLICATE)
        .order_by(col(Feedback.id))
    )
    return session.exec(query.with_for_update() if lock else query).all()
