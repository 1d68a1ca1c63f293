"""What is due in the outbox and has not gone out: how much of each kind, and for how long."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from store.deliveries import Delivery, Kind
from store.sending import WAITING


@dataclass(frozen=True, slots=True)
class Backlog:
    """The due deliveries of a kind."""

    kind: Kind
    count: int
    oldest: datetime
    """When the one that has waited longest was due."""


def backlog(session: Session, *, at: datetime) -> list[Backlog]:
    """What is due in all workspaces at an instant, by kind; kinds of which nothing is due are left out."""
    rows = session.execute(
        select(col(Delivery.kind), func.count(), func.min(Delivery.due_at))
        .where(col(Delivery.status) == WAITING, Delivery.due_at <= at)
        .group_by(col(Delivery.kind))
        .order_by(col(Delivery.kind))
    ).all()
    return [Backlog(kind, count, oldest) for kind, count, oldest in rows]
