"""What people add to their reports later: nothing of what they said before is overwritten by it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, select

from store.table import Table
from store.types import Instant


class Addition(Table, table=True):
    """A few more words of a report's reporter."""

    __tablename__ = "feedback_addition"

    id: int | None = Field(default=None, primary_key=True)
    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    text: str
    links: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    said_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Added:
    """What was added to a report, and when."""

    text: str
    links: tuple[str, ...]
    at: datetime


def of_report(session: Session, feedback_id: int) -> tuple[Added, ...]:
    """What was added to a report, oldest first."""
    rows = session.exec(select(Addition).where(Addition.feedback_id == feedback_id).order_by(col(Addition.id))).all()
    return tuple(Added(row.text, tuple(row.links or ()), row.said_at) for row in rows)
