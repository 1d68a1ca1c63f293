"""Uptime: when some process of ours was at work, so that what was missed while none was says so."""

from datetime import datetime, timedelta

from sqlmodel import Field, Session, col, select

from store.table import Table
from store.types import Instant

NOTED_EVERY = timedelta(minutes=1)
"""How often it is written down that we are still at work."""
DOWN_AFTER = timedelta(minutes=5)
"""Nothing written down for so long means that no process was at work."""


class Uptime(Table, table=True):
    """A time in which some process ticked, without a gap."""

    __tablename__ = "uptime"

    id: int | None = Field(default=None, primary_key=True)
    began_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant, index=True)


def is_noted(session: Session, *, at: datetime) -> bool:
    """Whether it was written down a moment ago that we are at work."""
    latest = _latest(session)
    return latest is not None and at - latest.seen_at < NOTED_EVERY


def note(session: Session, *, at: datetime) -> None:
    """Write down that we are at work."""
    latest = _latest(session)
    if latest is None or at - latest.seen_at >= DOWN_AFTER:
        session.add(Uptime(began_at=at, seen_at=at))
    elif at > latest.seen_at:
        latest.seen_at = at
        session.add(latest)


def was_down(session: Session, first: datetime, last: datetime) -> bool:
    """Whether no process was at work at any time from one instant to another, as far as we have written it down."""
    begun = session.exec(select(Uptime.id).where(Uptime.began_at <= first).limit(1)).first()
    at_work = select(Uptime.id).where(Uptime.began_at < last, Uptime.seen_at > first - NOTED_EVERY).limit(1)
    return begun is not None and session.exec(at_work).first() is None


def _latest(session: Session) -> Uptime | None:
    return session.exec(select(Uptime).order_by(col(Uptime.seen_at).desc()).limit(1)).first()
