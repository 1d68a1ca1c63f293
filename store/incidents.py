"""Incidents: what broke, kept under the id that people were told. Nobody's words are in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, Index, delete
from sqlmodel import Field, Session, col, or_, select

from store import workspaces
from store.people import Caller
from store.table import Table
from store.types import Instant


class Incident(Table, table=True):
    """A bug that somebody met, or that a job met by itself."""

    __tablename__ = "incident"
    __table_args__ = (Index(None, "at"),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True)
    """The id that people were told and that the log line carries."""
    workspace_id: int | None = Field(default=None, foreign_key="workspace.id")
    during: str
    """What was asked for or done, such as `/embedding` or `job _begin`; nothing that anybody typed."""
    error: str
    """The error's type."""
    frames: str
    """Where it came from, without values and without the errors' texts, which quote what people typed."""
    version: str
    """The app's."""
    at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Broken:
    """What is known of a bug when it shows."""

    reference: str
    during: str
    error: str
    frames: str
    version: str


def record(session: Session, broken: Broken, *, by: Caller | None, at: datetime) -> None:
    """Keep what broke.

    Args:
        session: The unit's session.
        broken: What is known of it.
        by: Who met it; None when nobody did.
        at: When.
    """
    workspace = workspaces.find(session, by.enterprise_id, by.workspace) if by else None
    session.add(
        Incident(
            reference=broken.reference,
            workspace_id=workspace.id if workspace else None,
            during=broken.during,
            error=broken.error,
            frames=broken.frames,
            version=broken.version,
            at=at,
        )
    )


def newest(session: Session, limit: int) -> Sequence[Incident]:
    """The newest incidents of all workspaces, newest first."""
    return session.exec(select(Incident).order_by(col(Incident.id).desc()).limit(limit)).all()


def find(session: Session, reference: str) -> Incident | None:
    """The incident with the id that people were told, or None."""
    return session.exec(select(Incident).where(Incident.reference == reference.strip().lower())).first()


def since(session: Session, workspace_id: int, earliest: datetime) -> Sequence[Incident]:
    """A workspace's incidents, and those that belong to none, from an instant on, newest first."""
    return session.exec(
        select(Incident)
        .where(
            Incident.at >= earliest,
            or_(col(Incident.workspace_id) == workspace_id, col(Incident.workspace_id).is_(None)),
        )
        .order_by(col(Incident.id).desc())
    ).all()


def forget(session: Session, before: datetime, limit: int) -> int:
    """Delete incidents that are older than an instant, some at a time.

    Returns:
        How many were deleted; as many as `limit` means there may be more.
    """
    old = select(Incident.id).where(Incident.at < before).order_by(col(Incident.at)).limit(limit)
    deleted = session.execute(delete(Incident).where(col(Incident.id).in_(old)))
    assert isinstance(deleted, CursorResult)  # noqa: S101 - a DELETE has a count
    return deleted.rowcount
