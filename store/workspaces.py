"""Workspaces: one Slack workspace or org install each; every query is bound to one."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, select

from store.dialect import insert
from store.table import Keyed
from store.types import Instant


class Workspace(Keyed, table=True):
    """A Slack workspace, or a whole Enterprise Grid org; an absent id is the empty string, never NULL."""

    __tablename__ = "workspace"
    __table_args__ = (UniqueConstraint("enterprise_id", "slack_id"),)

    enterprise_id: str = ""
    slack_id: str = ""
    name: str
    created_at: datetime = Field(sa_type=Instant)


def find(session: Session, enterprise_id: str, slack_id: str) -> Workspace | None:
    """The workspace with these Slack ids, or None."""
    return session.exec(
        select(Workspace).where(Workspace.enterprise_id == enterprise_id, Workspace.slack_id == slack_id)
    ).first()


def ensure(session: Session, enterprise_id: str, slack_id: str, name: str, *, at: datetime) -> Workspace:
    """The workspace with these Slack ids, made when it is not there yet."""
    session.execute(
        insert(session, Workspace)
        .values(enterprise_id=enterprise_id, slack_id=slack_id, name=name, created_at=at)
        .on_conflict_do_nothing()
    )
    workspace = find(session, enterprise_id, slack_id)
    assert workspace is not None  # noqa: S101 - inserted or found just above
    return workspace
