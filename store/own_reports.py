"""A person's own reports, as they see them in their list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import people
from store.feedback import Feedback, FeedbackStatus, Kind
from store.people import Caller
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


@dataclass(frozen=True, slots=True)
class Page:
    """A page of somebody's own reports, newest first; pages count from 1."""

    reports: tuple[OwnReport, ...]
    number: int
    pages: int


def page(session: Session, number: int, size: int, *, by: Caller) -> Page:
    """A page of what somebody has reported themselves, newest first.

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
        .order_by(col(Feedback.id).desc())
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    return Page(tuple(own(row, tool) for row, tool in rows), number, pages)


def own(row: Feedback, tool: str, latest: Happened | None = None) -> OwnReport:
    """A report of somebody's, with the name of its tool and what somebody else did about it last."""
    return OwnReport(row.reference, tool, row.kind, row.text, row.status, row.filed_at, row.key, latest)
