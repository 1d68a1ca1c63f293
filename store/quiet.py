"""Quiet hours hold for everything that goes to a person and can wait; here is when it goes out then.

What falls into somebody's quiet hours waits until they end. What is told at work never goes out beside a shift: when
the quiet hours outlast the shift, it waits for the first moment of a later one that is not quiet. Reports of something
unsafe, and what somebody brought about by an act of their own, are held back by nothing; questions are left out
(`not_now.why_not`), because an answer that comes a day later says something else.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from store import deliveries, not_now, rota
from store.deliveries import Delivery, Kind, Status
from store.own_settings import Preferences
from store.people import Person

CAN_WAIT = (
    Kind.CHANGE_TOLD,
    Kind.VERDICT_ASKED,
    Kind.SINCE_LAST_ON,
    Kind.FEEDBACK_ACKNOWLEDGED,
    Kind.CARRIED_OVER_TO_OWNER,
    Kind.CARRIED_OVER_TOLD,
    Kind.FEEDBACK_OUTCOME,
    Kind.FEEDBACK_QUESTION,
    Kind.FEEDBACK_QUESTION_ANSWERED,
    Kind.FEEDBACK_UNREAD,
    Kind.CHANGE_NEWS,
    Kind.CHANGE_TAKEN_BACK,
    Kind.VERDICT_ASKED_AGAIN,
    Kind.VERDICT_REMINDER,
    Kind.RESTRICTION_TOLD,
    Kind.RESTRICTION_LIFTED,
    Kind.RESTRICTION_ENDED,
)
SHIFTS_TRIED = 60
"""Somebody whose quiet hours cover so many shifts in a row works only in them."""
LONGEST_SHIFT = timedelta(days=1)
STARTS_IN_A_DAY = 4
"""More shifts than anybody starts within the longest."""
NO_MOMENT = "no moment of the shift is outside the quiet hours"


def at_work(session: Session, person_id: int, at: datetime) -> datetime:
    """The first instant from `at` on at which somebody is on a shift and not in their quiet hours.

    Somebody who works no shifts is told when their quiet hours end, and so is whoever works only in them: what they
    wait for would not come otherwise.
    """
    held = session.get(Preferences, person_id)
    if held is None or held.quiet is None:
        return rota.next_at_work(session, person_id, at)
    zone = session.get_one(Person, person_id).zone
    moment = at
    for _ in range(SHIFTS_TRIED):
        on_shift = rota.next_at_work(session, person_id, moment)
        moment = not_now.after_quiet(held.quiet, zone, on_shift)
        if moment == on_shift:
            return moment
    return not_now.after_quiet(held.quiet, zone, at)


def who_has_some(session: Session, person_ids: Collection[int]) -> set[int]:
    """Of some people those who have set quiet hours."""
    query = select(Preferences.person_id).where(
        col(Preferences.person_id).in_(person_ids), col(Preferences.quiet_from).is_not(None)
    )
    return set(session.exec(query).all())


def on_shift(
    session: Session, person_id: int, due_at: datetime, expires_at: datetime | None
) -> tuple[datetime, datetime | None]:
    """When a message goes out that is due at an instant of a shift, and when it is too late for it.

    Args:
        session: The unit's session.
        person_id: Whom it is for.
        due_at: When it would go out if nobody had quiet hours.
        expires_at: The end of that shift; None for what is bound to none.
    """
    moment = at_work(session, person_id, due_at)
    if expires_at is None or moment < expires_at:
        return moment, expires_at
    return moment, _end_of_shift(session, person_id, moment)


def hold_back(session: Session, person: Person, *, at: datetime) -> None:
    """Somebody has set their quiet hours: what waits for them already keeps to these, too."""
    waiting = session.exec(
        select(Delivery)
        .where(
            Delivery.person_id == person.id,
            Delivery.status == Status.QUEUED,
            Delivery.attempts == 0,
            col(Delivery.kind).in_((*CAN_WAIT, Kind.PROMPT_REMINDER)),
        )
        .order_by(col(Delivery.id))
        .with_for_update()
    ).all()
    for row in waiting:
        due_at, expires_at = on_shift(session, person.key, max(row.due_at, at), row.expires_at)
        if row.kind is Kind.PROMPT_REMINDER and expires_at != row.expires_at:
            deliveries.call_off(session, (Kind.PROMPT_REMINDER,), [row.subject_id], NO_MOMENT, at)
        elif due_at > max(row.due_at, at):
            row.due_at, row.expires_at = due_at, expires_at
            session.add(row)


def _end_of_shift(session: Session, person_id: int, at: datetime) -> datetime | None:
    for count in range(1, STARTS_IN_A_DAY + 1):
        shift = rota.nth_shift(session, person_id, at - LONGEST_SHIFT, count)
        if shift is not None and shift.starts_at <= at < shift.ends_at:
            return shift.ends_at
    return None
