"""Restrictions: a lead's "do not rely on this tool for … until …", shown wherever the tool appears."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, bindparam
from sqlalchemy import select as sa_select
from sqlmodel import Field, Session, col, select

from store import prepared, teams, tools
from store.people import Person
from store.table import Keyed
from store.tools import Tool
from store.types import Instant

SHOWN = 10
"""As many as a banner names."""


class Restriction(Keyed, table=True):
    """A limit on what a tool may be relied on for."""

    __tablename__ = "restriction"

    tool_id: int = Field(foreign_key="tool.id", index=True)
    set_by_id: int = Field(foreign_key="person.id")
    what_for: str
    why: str | None = None
    feedback_id: int | None = Field(default=None, foreign_key="feedback.id")
    """The report that it was set from, if it was."""
    set_at: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant, index=True)
    """None for one that holds until it is lifted."""
    version: int = 1
    """How often its end was set: who was told of an earlier end is told of the new one."""
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    """When its `until` had come."""
    lifted_by_id: int | None = Field(default=None, foreign_key="person.id")
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    lifted_because: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it has neither been lifted nor come to its end."""
        return self.lifted_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class InForce:
    """A restriction on a tool, as people are shown it."""

    tool: str
    what_for: str
    until: datetime | None
    why: str = ""
    set_by: str = ""
    id: int = 0
    zone: str = "UTC"
    """The site's, for the time."""


def on_tools(session: Session, tool_ids: Collection[int]) -> tuple[InForce, ...]:
    """What stands on some tools, the newest first."""
    found = [
        row for tool_id in dict.fromkeys(tool_ids) for row in prepared.rows_once(session, _ON, {"tool_id": tool_id})
    ]
    newest = sorted(found, key=lambda row: row.id, reverse=True)[:SHOWN]
    return tuple(
        InForce(
            tool=row.tool,
            what_for=row.what_for,
            until=row.until,
            why=row.why or "",
            set_by=row.set_by,
            id=row.id,
            zone=zone_of(session, row.tool_id),
        )
        for row in newest
    )


def _on() -> Executable:
    return (
        sa_select(
            col(Restriction.id),
            col(Restriction.tool_id),
            col(Restriction.what_for),
            col(Restriction.until),
            col(Restriction.why),
            col(Tool.name).label("tool"),
            col(Person.name).label("set_by"),
        )
        .join(Tool, col(Tool.id) == col(Restriction.tool_id))
        .join(Person, col(Person.id) == col(Restriction.set_by_id))
        .where(
            col(Restriction.tool_id) == bindparam("tool_id"),
            col(Restriction.lifted_at).is_(None),
            col(Restriction.ended_at).is_(None),
        )
    )


_ON = _on()


def on_tool(session: Session, tool_id: int) -> list[Restriction]:
    """The restrictions that stand on a tool, the oldest first."""
    return list(
        session.exec(
            select(Restriction)
            .where(
                Restriction.tool_id == tool_id,
                col(Restriction.lifted_at).is_(None),
                col(Restriction.ended_at).is_(None),
            )
            .order_by(col(Restriction.id))
        ).all()
    )


def by_id(session: Session, restriction_id: int) -> Restriction:
    """The restriction with our id; a missing one is a bug (LookupError)."""
    found = session.get(Restriction, restriction_id)
    if found is None:
        raise LookupError(f"no restriction {restriction_id}")
    return found


def zone_of(session: Session, tool_id: int) -> str:
    """The site zone of a team that uses a tool; UTC when none does."""
    using = tools.teams_using(session, tool_id)
    return teams.by_id(session, using[0]).zone if using else "UTC"
