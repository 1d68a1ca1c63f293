"""Retrying: a delivery that did not go out is queued again, because somebody asked for it.

What the outbox tries again by itself is in `store.sending`; here are the ones that it has given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from store import access, deliveries, history, people, prompts
from store.access import Act
from store.deliveries import Delivery, Status
from store.errors import Refused
from store.people import Caller
from store.prompts import PromptStatus

LATELY = timedelta(days=7)
"""How far back people are shown what went wrong, and send it again by a tap; older ones would be no news any more."""


@dataclass(frozen=True, slots=True)
class Retried:
    """The deliveries that go out again."""

    ids: tuple[int, ...]


def retry(session: Session, delivery_id: int, *, sure: bool, at: datetime) -> Retried:
    """Queue a delivery again for whoever runs the app, who is nobody in Slack.

    Args:
        session: The unit's session.
        delivery_id: Which.
        sure: Whether they looked that one of which nobody knows whether it arrived is not there.
        at: Now.

    Raises:
        Refused: There is none, or it must not go out again; the sentence says why.
    """
    delivery = session.exec(select(Delivery).where(Delivery.id == delivery_id).with_for_update()).first()
    if delivery is None:
        raise Refused("There is no delivery {id} here. Those that there are: alongside deliveries", id=delivery_id)
    _require(session, delivery, at)
    if delivery.status is Status.UNKNOWN and not sure:
        raise Refused(
            "Nobody knows whether {id} arrived, and nothing in Slack would stop a second one. Look whether it is "
            "there. If it is not: alongside deliveries retry {id} --yes",
            id=delivery_id,
        )
    _queue_again(session, [delivery], None, at)
    return Retried((delivery_id,))


def try_again(session: Session, delivery_id: int, *, by: Caller, at: datetime) -> Retried:
    """Queue a delivery again, and with it those to the same receiver that ended in the same way lately.

    Whoever taps has been told whether it may be there already.

    Raises:
        Refused: They are not an admin here, there is no such delivery, or it must not go out again.
    """
    person = people.known(session, by)
    access.require(Act.RETRY_DELIVERIES, access.roles_of(session, person))
    delivery = session.exec(
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.workspace_id == person.workspace_id)
        .with_for_update()
    ).first()
    if delivery is None:
        raise Refused("That message is not here any more. Open the app's home again.")
    _require(session, delivery, at)
    alike = [one for one in _alike(session, delivery, at) if why_not(session, one, at=at) is None]
    _queue_again(session, alike, person.id, at)
    return Retried(tuple(one.key for one in alike))


def why_not(session: Session, delivery: Delivery, *, at: datetime) -> Refused | None:
    """Why a delivery must not go out again; None when it may."""
    if delivery.status is Status.SENT:
        return Refused("It went out. Nothing is sent twice.")
    if delivery.ended_at is None:
        return Refused("It is on its way and goes out by itself. There is nothing to do.")
    person = people.by_id(session, delivery.person_id) if delivery.person_id else None
    if person is not None and not person.active:
        return Refused(
            "The account of {name} is switched off, so nothing is sent to it. When it is switched on again, try then.",
            name=person.name,
        )
    if delivery.edits_id is not None:
        return _why_not_edit(session, delivery, delivery.edits_id)
    return _why_too_late(session, delivery, at)


def _why_not_edit(session: Session, edit: Delivery, post_id: int) -> Refused | None:
    later = select(Delivery.id).where(Delivery.edits_id == post_id, col(Delivery.id) > edit.key).limit(1)
    if session.exec(later).first() is not None:
        return Refused("A later change of the same message took its place. There is nothing to do.")
    if deliveries.message_of(session, post_id) is None:
        return Refused(
            "The message that it changes is not out. Send that one again: alongside deliveries retry {id}", id=post_id
        )
    return None


def _why_too_late(session: Session, delivery: Delivery, at: datetime) -> Refused | None:
    if delivery.expires_at is not None and delivery.expires_at <= at:
        return Refused("Its time is over: what it asks about has passed. There is nothing to do.")
    if delivery.subject == "prompt" and prompts.by_id(session, delivery.subject_id).status is not PromptStatus.OPEN:
        return Refused("Its question was answered or called off meanwhile. There is nothing to do.")
    return None


def _require(session: Session, delivery: Delivery, at: datetime) -> None:
    refused = why_not(session, delivery, at=at)
    if refused is not None:
        raise refused


def _alike(session: Session, delivery: Delivery, at: datetime) -> Sequence[Delivery]:
    return session.exec(
        select(Delivery)
        .where(
            Delivery.workspace_id == delivery.workspace_id,
            Delivery.status == delivery.status,
            or_(Delivery.id == delivery.id, col(Delivery.ended_at) >= at - LATELY),
            col(Delivery.person_id).is_not_distinct_from(delivery.person_id),
            col(Delivery.channel).is_not_distinct_from(delivery.channel),
            col(Delivery.reason).is_not_distinct_from(delivery.reason),
        )
        .order_by(col(Delivery.id))
        .with_for_update()
    ).all()


def _queue_again(session: Session, again: Sequence[Delivery], actor_id: int | None, at: datetime) -> None:
    for delivery in again:
        data = {"was": delivery.status, "reason": delivery.reason}
        delivery.status, delivery.reason, delivery.meaning = Status.QUEUED, None, None
        delivery.due_at, delivery.ended_at = at, None
        delivery.attempts = delivery.looks = 0
        session.add(delivery)
        history.record(
            session,
            delivery.workspace_id,
            "delivery_retried",
            "delivery",
            delivery.key,
            at=at,
            actor_id=actor_id,
            data=data,
        )
