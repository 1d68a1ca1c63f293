"""The history: every act appends an event in its own transaction. It is the audit log, and later the outbound feed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, func
from sqlmodel import Field, Session, select

from store import prepared
from store.table import Table
from store.types import Instant

SOURCE = "source"
"""Where a session keeps the key of the request that its transaction answers (see `store.inbound`)."""


class Event(Table, table=True):
    """Something that happened. `data` never holds what people typed."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "workspace_id", "subject", "subject_id"), Index(None, "source"))

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: int = Field(foreign_key="workspace.id")
    kind: str
    """In the past tense, such as `feedback_filed`."""
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    """None when time made it happen."""
    subject: str
    subject_id: int
    at: datetime = Field(sa_type=Instant)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    source: str | None = None
    """The key of the request that asked for it, when a person did."""


def record(
    session: Session,
    workspace_id: int,
    kind: str,
    subject: str,
    subject_id: int,
    *,
    at: datetime,
    actor_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append an event to the history."""
    event = {
        "workspace_id": workspace_id,
        "kind": kind,
        "actor_id": actor_id,
        "subject": subject,
        "subject_id": subject_id,
        "at": at,
        "data": dict(data or {}),
        "source": session.info.get(SOURCE),
    }
    prepared.add_later(session, Event, event)


def newest(session: Session, workspace_id: int) -> int:
    """The id of a workspace's newest event, 0 before the first: whether something happened since."""
    return session.exec(select(func.max(Event.id)).where(Event.workspace_id == workspace_id)).one() or 0
