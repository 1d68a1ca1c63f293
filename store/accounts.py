"""The database's own account of what happened: its events and what was sent, for checks and audits."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store.deliveries import Delivery, Kind, Message, Status
from store.history import Event
from store.people import Person


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event: what, by whom, and the key of the request that asked for it."""

    kind: str
    actor: str | None
    source: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SentDelivery:
    """A delivery that was sent, and where its message is."""

    id: int
    kind: Kind
    edits: int | None
    channel: str | None
    ts: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """All of it."""

    events: tuple[EventLine, ...]
    sent: tuple[SentDelivery, ...]
    not_sent: tuple[tuple[Kind, Status, str | None], ...]
    """What was queued and did not go out, with the reason."""


def account(session: Session) -> Account:
    """Everything that happened and went out, oldest first."""
    events = session.exec(
        select(Event.kind, Person.slack_id, Event.source, Event.at)
        .outerjoin(Person, col(Person.id) == col(Event.actor_id))
        .order_by(col(Event.id))
    ).all()
    rows = session.exec(
        select(Delivery, Message)
        .outerjoin(Message, col(Message.delivery_id) == col(Delivery.id))
        .order_by(col(Delivery.id))
    ).all()
    return Account(
        events=tuple(EventLine(*row) for row in events),
        sent=tuple(
            SentDelivery(
                row.key, row.kind, row.edits_id, message.channel if message else None, message.ts if message else None
            )
            for row, message in rows
            if row.status is Status.SENT
        ),
        not_sent=tuple((row.kind, row.status, row.reason) for row, _ in rows if row.status is not Status.SENT),
    )
