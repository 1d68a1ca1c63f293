"""Tools: the deployed models and analytics that teams use, their versions and what kinds of report fit them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, UniqueConstraint, and_, bindparam, or_
from sqlmodel import Field, Session, col, select

from store import prepared
from store.table import Keyed, Table
from store.types import Instant, Word


class ToolType(StrEnum):
    """What a tool does for people; it picks the kinds of report that they are offered."""

    ALARM = "alarm"
    FORECAST = "forecast"
    RECOMMENDATION = "recommendation"
    VISION = "vision"
    OPTIMISER = "optimiser"
    ASSISTANT = "assistant"


class Tool(Keyed, table=True):
    """A deployed model or analytic."""

    __tablename__ = "tool"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    workspace_id: int = Field(foreign_key="workspace.id")
    name: str
    type: ToolType = Field(sa_type=Word(ToolType))
    owner_id: int = Field(foreign_key="person.id")
    """Who looks after it when no embedding does."""
    approver_id: int | None = Field(default=None, foreign_key="person.id")
    """Whose OK a change of it needs before it goes live; None where it needs none."""
    created_at: datetime = Field(sa_type=Instant)


class ToolVersion(Table, table=True):
    """A version of a tool and since when it is the live one."""

    __tablename__ = "tool_version"
    __table_args__ = (UniqueConstraint("tool_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    tool_id: int = Field(foreign_key="tool.id")
    name: str
    live_from: datetime = Field(sa_type=Instant)
    taken_back_at: datetime | None = Field(default=None, sa_type=Instant)
    """Since when people work with the one before again."""


def in_use_at(at: Any) -> ColumnElement[bool]:
    """Whether a version had gone live by an instant and was not taken back by then."""
    taken_back = col(ToolVersion.taken_back_at)
    return and_(col(ToolVersion.live_from) <= at, or_(taken_back.is_(None), taken_back > at))


class ToolUse(Table, table=True):
    """A team uses a tool."""

    __tablename__ = "tool_use"
    __table_args__ = (UniqueConstraint("team_id", "tool_id"),)

    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    tool_id: int = Field(foreign_key="tool.id", index=True)


class ToolDependency(Table, table=True):
    """A tool builds on another, so that a change of that one may show in this one."""

    __tablename__ = "tool_dependency"
    __table_args__ = (UniqueConstraint("tool_id", "on_tool_id"),)

    id: int | None = Field(default=None, primary_key=True)
    tool_id: int = Field(foreign_key="tool.id")
    on_tool_id: int = Field(foreign_key="tool.id")


def by_id(session: Session, tool_id: int) -> Tool:
    """The tool with our id; a missing one is a bug (LookupError)."""
    tool = session.get(Tool, tool_id)
    if tool is None:
        raise LookupError(f"no tool {tool_id}")
    return tool


def of_workspace(session: Session, workspace_id: int) -> Sequence[Tool]:
    """A workspace's tools, by name."""
    return session.exec(select(Tool).where(Tool.workspace_id == workspace_id).order_by(Tool.name)).all()


def of_team(session: Session, team_id: int) -> Sequence[Tool]:
    """The tools that a team uses, by name."""
    return session.exec(
        select(Tool)
        .join(ToolUse, col(ToolUse.tool_id) == col(Tool.id))
        .where(ToolUse.team_id == team_id)
        .order_by(Tool.name)
    ).all()


def of_teams(session: Session, team_ids: Iterable[int]) -> Sequence[Tool]:
    """The tools that some teams use, by name."""
    return session.exec(
        select(Tool)
        .join(ToolUse, col(ToolUse.tool_id) == col(Tool.id))
        .where(col(ToolUse.team_id).in_(tuple(team_ids)))
        .order_by(Tool.name)
        .distinct()
    ).all()


def teams_using(session: Session, tool_id: int) -> list[int]:
    """The ids of the teams that use a tool."""
    return prepared.scalars(session, _TEAMS_USING, {"tool_id": tool_id})


_TEAMS_USING = select(ToolUse.team_id).where(ToolUse.tool_id == bindparam("tool_id"))


class LiveVersion(NamedTuple):
    """The version of a tool that people work with."""

    id: int
    name: str
    live_from: datetime


def live_version(session: Session, tool_id: int, at: datetime) -> LiveVersion | None:
    """The version that people were working with at an instant; None before the first."""
    found = prepared.row(session, _LIVE, {"tool_id": tool_id, "at": at})
    return LiveVersion(found.id, found.name, found.live_from) if found else None


_LIVE = (
    select(ToolVersion.id, ToolVersion.name, ToolVersion.live_from)
    .where(ToolVersion.tool_id == bindparam("tool_id"), in_use_at(bindparam("at")))
    .order_by(col(ToolVersion.live_from).desc(), col(ToolVersion.id).desc())
    .limit(1)
)


def version_named(session: Session, tool_id: int, name: str) -> ToolVersion | None:
    """A tool's version by its name, or None."""
    return session.exec(select(ToolVersion).where(ToolVersion.tool_id == tool_id, ToolVersion.name == name)).first()
