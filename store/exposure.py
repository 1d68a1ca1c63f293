"""Exposure: how many alerts or recommendations a tool has shown in a week, so that its errors have a denominator.

A week that is entered again is replaced, and what stood before stays on record. A week of which nobody has said
anything is unknown, never zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Index, or_, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from store import access, embeddings, history, people, reporting, shifts, teams
from store.access import Act
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import Feedback, FeedbackStatus, Kind
from store.figures.weeks import WEEK, monday_of, weeks_of
from store.people import Caller, Person
from store.table import Table
from store.tools import Tool, ToolType
from store.types import Instant

MOST = 100_000_000
"""More than anything shows in a week."""
NOT_COUNTED = (FeedbackStatus.WITHDRAWN, FeedbackStatus.DUPLICATE)
"""What was taken back, or goes on in a report that is counted."""


class Exposure(Table, table=True):
    """How many alerts or recommendations a tool has shown in a week, as somebody has entered it."""

    __tablename__ = "exposure"
    __table_args__ = (
        Index(
            "uq_exposure_standing",
            "tool_id",
            "week",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    tool_id: int = Field(foreign_key="tool.id", index=True)
    week: date
    """Its Monday."""
    shown: int
    entered_by_id: int | None = Field(default=None, foreign_key="person.id")
    """None when it comes from a file."""
    entered_at: datetime = Field(sa_type=Instant)
    replaced_at: datetime | None = Field(default=None, sa_type=Instant)
    """None for the figure that counts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody enters: any day of the week stands for it."""

    tool_id: int
    day: date
    shown: int


@dataclass(frozen=True, slots=True)
class Enterable:
    """What the form of exposure offers: tools by id, name and type, and the last week that is over."""

    tools: tuple[tuple[int, str], ...]
    week: date


@dataclass(frozen=True, slots=True)
class Entered:
    """A week's figure is kept."""

    tool: str
    type: ToolType
    week: date
    shown: int
    before: int | None
    """What it replaces."""


def enterable(session: Session, *, by: Caller, at: datetime) -> Enterable:
    """What somebody may enter the exposure of.

    Raises:
        Refused: The person answers for no tool.
    """
    person = people.known(session, by)
    mine = embeddings.tools_answered_for(session, person)
    if not mine:
        raise Refused(access.REFUSALS[Act.ENTER_EXPOSURE])
    return Enterable(tuple((tool.key, tool.name) for tool in mine), monday_of(shifts.local_day(at, person.zone)) - WEEK)


def enter(session: Session, entry: Entry, *, by: Caller, at: datetime) -> Entered:
    """Keep how much a tool has shown in a week.

    Raises:
        Refused: The person does not answer for the tool, the week has not begun, or the figure cannot be.
    """
    person = people.known(session, by)
    tool = _held(session, entry.tool_id, person.workspace_id)
    under_way = [embedding.key for embedding in embeddings.of_tool(session, tool.key)]
    access.require(Act.ENTER_EXPOSURE, access.roles_of(session, person, embeddings=under_way))
    week = monday_of(entry.day)
    if week > today_of(session, tool.key, at):
        raise Refused("That week has not begun. Pick a day of one that has.", field="week")
    if not 0 <= entry.shown <= MOST:
        raise Refused("That can't be. Write how many it has shown, such as 412.", field="shown")
    before = put(session, tool, week, entry.shown, person, at=at)
    return Entered(tool.name, tool.type, week, entry.shown, before)


def today_of(session: Session, tool_id: int, at: datetime) -> date:
    """The day that it is where a tool is in use: its weeks begin there, wherever somebody enters them."""
    return shifts.local_day(at, reporting.zone_of_tool(session, tool_id))


def put(session: Session, tool: Tool, week: date, shown: int, person: Person | None, *, at: datetime) -> int | None:
    """Let a figure count for a week of a tool, which is held. Returns the one that it replaces."""
    before = session.exec(
        select(Exposure).where(Exposure.tool_id == tool.id, Exposure.week == week, col(Exposure.replaced_at).is_(None))
    ).first()
    if before is not None and before.shown == shown:
        return None
    if before is not None:
        before.replaced_at = at
        session.add(before)
        session.flush()
    by_id = person.key if person else None
    session.add(Exposure(tool_id=tool.key, week=week, shown=shown, entered_by_id=by_id, entered_at=at))
    session.flush()
    history.record(
        session,
        tool.workspace_id,
        "exposure_entered",
        "tool",
        tool.key,
        at=at,
        actor_id=by_id,
        data={"week": week.isoformat(), "shown": shown, "before": before.shown if before else None},
    )
    return before.shown if before else None


def _held(session: Session, tool_id: int, workspace_id: int) -> Tool:
    # Without stopping reports, which only refer to it.
    tool = session.exec(
        select(Tool).where(Tool.id == tool_id, Tool.workspace_id == workspace_id).with_for_update(key_share=True)
    ).first()
    if tool is None:
        raise Refused("That tool is not on this site's list any more. Pick another.", field="tool")
    return tool


def standing(session: Session, tool_ids: Sequence[int], first: date, last: date) -> Mapping[tuple[int, date], int]:
    """The figures that count, by tool and Monday, of the weeks from one day to another."""
    rows = session.exec(
        select(Exposure).where(
            col(Exposure.tool_id).in_(tool_ids),
            Exposure.week >= monday_of(first),
            Exposure.week <= last,
            col(Exposure.replaced_at).is_(None),
        )
    ).all()
    return {(row.tool_id, row.week): row.shown for row in rows}


@dataclass(frozen=True, slots=True)
class WeekOfTool:
    """A week of a tool: what was reported among what it has shown."""

    tool: str
    type: ToolType
    week: date
    shown: int | None
    """None: nobody has said."""
    false_alarms: int
    missed: int
    wrong: int
    """Wrong values and wrong advice."""


def weeks_of_embedding(session: Session, embedding: Embedding, until: date) -> tuple[WeekOfTool, ...]:
    """Each week of an embedding's term that has begun by a day, of each of its tools, oldest first."""
    zone = teams.by_id(session, embedding.team_id).zone
    last = min(embedding.last_day, until)
    mine = embeddings.tools_of(session, embedding.key)
    shown = standing(session, [tool.key for tool in mine], embedding.first_day, last)
    reported = _reported(session, embedding, zone)
    return tuple(
        WeekOfTool(
            tool=tool.name,
            type=tool.type,
            week=week,
            shown=shown.get((tool.key, week)),
            false_alarms=reported.get((tool.key, week, Kind.FALSE_ALARM), 0),
            missed=reported.get((tool.key, week, Kind.MISSED), 0),
            wrong=sum(reported.get((tool.key, week, kind), 0) for kind in (Kind.WRONG_VALUE, Kind.WRONG_ADVICE)),
        )
        for tool in mine
        for week in weeks_of(embedding.first_day, last)
    )


def _reported(session: Session, embedding: Embedding, zone: str) -> Mapping[tuple[int, date, Kind], int]:
    """How many reports of each kind came in each week: a fact about the tool."""
    found: dict[tuple[int, date, Kind], int] = {}
    root = aliased(Feedback)
    rows = session.exec(
        select(Feedback.tool_id, Feedback.filed_at, Feedback.kind)
        .outerjoin(root, col(root.id) == col(Feedback.duplicate_of_id))
        .where(
            Feedback.embedding_id == embedding.id,
            col(Feedback.status).not_in(NOT_COUNTED),
            # One that was answered together with another is the same error still.
            or_(col(root.id).is_(None), col(root.status) == FeedbackStatus.WITHDRAWN),
        )
    ).all()
    for tool_id, filed_at, kind in rows:
        key = (tool_id, monday_of(shifts.local_day(filed_at, zone)), Kind(kind))
        found[key] = found.get(key, 0) + 1
    return found
