"""What waits for somebody's shift follows when they turn out to work another one.

They swap, they are away, the team closes, a roster says otherwise: just before such a message goes out it is looked
whether its person is at work then, and otherwise it waits for the shift that they do work. It is never called off for
that, never sent on a day off, and not lost when we were away for a whole shift. Who comes to work earlier than it
seemed is told then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from store import quiet, rota
from store.deliveries import Delivery, Kind, Status

AT_SHIFT_START = (Kind.CHANGE_NEWS, Kind.CHANGE_TAKEN_BACK)
AFTER_SHIFTS = (Kind.VERDICT_ASKED, Kind.VERDICT_REMINDER)
WHILE_AT_WORK = (
    Kind.CHANGE_TOLD,
    Kind.VERDICT_ASKED_AGAIN,
    Kind.FEEDBACK_ACKNOWLEDGED,
    Kind.FEEDBACK_OUTCOME,
    Kind.FEEDBACK_QUESTION,
    Kind.FEEDBACK_QUESTION_ANSWERED,
    Kind.CARRIED_OVER_TOLD,
)
FOLLOW = (*AT_SHIFT_START, *AFTER_SHIFTS, *WHILE_AT_WORK)
COME_SOONER = tuple(kind for kind in FOLLOW if kind is not Kind.VERDICT_ASKED_AGAIN)
"""Whoever has not seen a change yet is asked once more at a moment that was chosen for its own sake."""
ANYHOW = timedelta(hours=1)
"""What comes within this time anyway stays where it is: it waits for more that goes out with it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a message goes out, and when it is too late for it."""

    due_at: datetime
    expires_at: datetime | None


def near_the_end_of(count: int, before_end: timedelta) -> Mapping[str, Any]:
    """What a question carries that is to come near the end of somebody's n-th shift after it was queued."""
    return {"shift": count, "before_end": before_end.total_seconds()}


def later(session: Session, delivery: Delivery, *, at: datetime) -> Moment | None:
    """When a message that is due goes out instead, because its person does not work now; None when it may go.

    What nobody sent in time, because we were away, goes out on their next shift. What was tried already is not held
    back.
    """
    person_id = delivery.person_id
    if delivery.kind not in FOLLOW or person_id is None or delivery.edits_id is not None or delivery.attempts:
        return None
    if delivery.expires_at is not None and delivery.expires_at <= at:
        return _missed(session, delivery, person_id, at)
    now = max(delivery.due_at, at)
    due_at, expires_at = now, delivery.expires_at
    wanted = _near_the_end(session, delivery, person_id)
    if wanted is not None and wanted.due_at > due_at:
        due_at, expires_at = wanted.due_at, wanted.expires_at
    moment = Moment(*quiet.on_shift(session, person_id, due_at, expires_at))
    if delivery.kind is Kind.VERDICT_ASKED_AGAIN and delivery.expires_at and moment.due_at >= delivery.expires_at:
        # It says that the embedding ends soon: after that it is not asked any more, and it expires.
        return Moment(delivery.expires_at, delivery.expires_at)
    return moment if moment.due_at > now else None


def _missed(session: Session, delivery: Delivery, person_id: int, at: datetime) -> Moment | None:
    shift = rota.nth_shift(session, person_id, at, 1)
    if shift is None:
        return None
    if delivery.kind in AT_SHIFT_START:
        return Moment(*quiet.on_shift(session, person_id, shift.starts_at, shift.ends_at))
    if delivery.kind is Kind.VERDICT_ASKED and "before_end" in delivery.data:
        due_at = shift.ends_at - timedelta(seconds=delivery.data["before_end"])
        return Moment(*quiet.on_shift(session, person_id, due_at, shift.ends_at))
    return None


def come_sooner(session: Session, person_id: int, *, at: datetime) -> None:
    """Somebody works other shifts than it seemed: what waits for a later one comes in the first that is right."""
    waiting = session.exec(
        select(Delivery)
        .where(
            Delivery.person_id == person_id,
            Delivery.status == Status.QUEUED,
            Delivery.attempts == 0,
            col(Delivery.claim_token).is_(None),
            col(Delivery.edits_id).is_(None),
            col(Delivery.kind).in_(COME_SOONER),
        )
        .order_by(col(Delivery.id))
        .with_for_update()
    ).all()
    for row in waiting:
        moment = _first(session, row, person_id, at)
        if moment.due_at + ANYHOW < row.due_at:
            row.due_at, row.expires_at = moment.due_at, moment.expires_at
            session.add(row)


def _first(session: Session, row: Delivery, person_id: int, at: datetime) -> Moment:
    if row.kind in AFTER_SHIFTS:
        wanted = _near_the_end(session, row, person_id)
        return Moment(row.due_at, row.expires_at) if wanted is None or wanted.due_at < at else wanted
    if row.kind not in AT_SHIFT_START:
        return Moment(quiet.at_work(session, person_id, at), row.expires_at)
    shift = rota.nth_shift(session, person_id, row.created_at, 1)
    if shift is None:
        return Moment(row.due_at, row.expires_at)
    ends_at = shift.ends_at if row.expires_at else None
    return Moment(*quiet.on_shift(session, person_id, max(shift.starts_at, at), ends_at))


def _near_the_end(session: Session, row: Delivery, person_id: int) -> Moment | None:
    if "shift" not in row.data:
        return None
    shift = rota.nth_shift(session, person_id, row.created_at, row.data["shift"])
    if shift is None:
        return None
    due_at = shift.ends_at - timedelta(seconds=row.data["before_end"])
    return Moment(*quiet.on_shift(session, person_id, due_at, shift.ends_at))
