"""Who sends for a workspace: one process at a time, so that the pace that Slack allows is kept by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import JSON, or_, update
from sqlmodel import Field, Session, col, select

from store.dialect import changed, database_now, insert
from store.table import Table


class SendingLease(Table, table=True):
    """The process that sends a workspace's deliveries, until when, and which methods Slack has asked to wait."""

    __tablename__ = "sending_lease"

    workspace_id: int = Field(foreign_key="workspace.id", primary_key=True)
    holder: str
    until: float
    """Seconds since 1970 on the database's clock."""
    pauses: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """Until when a method must not be called, as an ISO instant by its name."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that was obtained."""

    is_new: bool
    """Whether somebody else sent for this workspace before: they may just have used up what Slack allows."""
    pauses: Mapping[str, datetime] = field(default_factory=dict)


def obtain(session: Session, workspace_id: int, holder: str, *, lease: timedelta) -> Held | None:
    """Obtain or renew the lease of a workspace; None while somebody else holds it."""
    before = session.execute(
        select(col(SendingLease.holder)).where(SendingLease.workspace_id == workspace_id)
    ).scalar_one_or_none()
    now = database_now(session)
    until = now + lease.total_seconds()
    obtained = session.execute(
        insert(session, SendingLease)
        .values(workspace_id=workspace_id, holder=holder, until=until, pauses={})
        .on_conflict_do_update(
            index_elements=["workspace_id"],
            set_={"holder": holder, "until": until},
            where=or_(col(SendingLease.holder) == holder, col(SendingLease.until) < now),
        )
        .returning(col(SendingLease.pauses))
    ).first()
    if obtained is None:
        return None
    pauses = {method: datetime.fromisoformat(until) for method, until in obtained[0].items()}
    return Held(is_new=before not in (None, holder), pauses=pauses)


def pause(session: Session, workspace_id: int, holder: str, method: str, until: datetime) -> None:
    """Keep that Slack asked for a pause, so that whoever sends next knows it too."""
    lease = session.get(SendingLease, workspace_id)
    if lease is not None and lease.holder == holder:
        lease.pauses = lease.pauses | {method: until.isoformat()}
        session.add(lease)


def let_go(session: Session, holder: str) -> int:
    """Give every lease of a process back, so that another need not wait. Returns how many."""
    return changed(session, update(SendingLease).where(col(SendingLease.holder) == holder).values(until=0.0))
