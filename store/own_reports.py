"""A person's own reports, as they see them in their list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import feedback, people, restrictions
from store.feedback import UNSAFE_FIRST, Feedback, FeedbackStatus, Impact, Kind
from store.people import Caller
from store.restrictions import InForce
from store.tools import Tool


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a report."""

    what: str
    """The kind of the event."""
    at: datetime
    by: str
    """The name of who did it; empty where time did."""
    reference: str = ""
    """Of the change note, where one answered it."""


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report as its reporter sees it in their list."""

    reference: str
    tool: str
    kind: Kind
    text: str
    status: FeedbackStatus
    filed_at: datetime
    id: int = 0
    latest: Happened | None = None
    """What somebody else did about it last."""
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of somebody's own reports, what was unsafe first, then the newest; pages count from 1."""

    reports: tuple[OwnReport, ...]
    number: int
    pages: int
    restrictions: tuple[InForce, ...] = ()
    """What stands on their tools."""


def page(session: Session, number: int, size: int, *, by: Caller) -> Page:
    """A page of what somebody has reported themselves, what was unsafe first, then the newest.

    A number past the end gives the last page.
    """
    person = people.known(session, by)
    count = session.exec(select(func.count()).select_from(Feedback).where(Feedback.reporter_id == person.id)).one()
    pages = max(1, -(-count // size))
    number = min(max(number, 1), pages)
    rows = session.exec(
        select(Feedback, Tool.name)
        .join(Tool, col(Tool.id) == col(Feedback.tool_id))
        .where(Feedback.reporter_id == person.id)
        .order_by(UNSAFE_FIRST, col(Feedback.id).desc())
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    standing = restrictions.on_tools(session, [tool.key for tool in feedback.tools_at_hand(session, person.key)])
    return Page(tuple(own(row, tool) for row, tool in rows), number, pages, standing)


def own(row: Feedback, tool: str, latest: Happened | None = None) -> OwnReport:
    """A report of somebody's, with the name of its tool and what somebody else did about it last."""
    return OwnReport(
        row.reference, tool, row.kind, row.text, row.status, row.filed_at, row.key, latest, row.impact is Impact.UNSAFE
    )
