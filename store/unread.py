"""Reports that nobody has read: one reminder to their data scientists, and when those are there next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, select

from store import (
    deliveries,
    embeddings,
    feedback,
    history,
    own_reports,
    people,
    quiet,
    references,
    shifts,
    working_days,
)
from store.deliveries import Delivery, Kind
from store.embeddings import Embedding
from store.feedback import Feedback, FeedbackCard, FeedbackStatus
from store.own_reports import Page
from store.people import Caller
from store.references import Series
from store.report_edits import EarlierReport

WITHIN = 2
"""Working days of its data scientists within which a report is to be read."""
EARLIEST = timedelta(days=WITHIN)


def overdue(session: Session, *, at: datetime) -> list[int]:
    """The reports that were to be read by now, and of which nobody was reminded.

    A report is due when two working days have gone by for one of its data scientists.
    """
    rows = session.exec(
        select(Feedback, Embedding)
        .join(Embedding, col(Embedding.id) == col(Feedback.embedding_id))
        .where(
            Feedback.status == FeedbackStatus.NEW,
            col(Feedback.unread_told_at).is_(None),
            Feedback.filed_at <= at - EARLIEST,
            col(Embedding.status).in_(embeddings.UNDER_WAY),
        )
        .order_by(col(Feedback.id))
    ).all()
    return [report.key for report, embedding in rows if _is_due(session, report, embedding, at)]


def _is_due(session: Session, report: Feedback, embedding: Embedding, at: datetime) -> bool:
    for hearer in embeddings.data_scientists(session, embedding.key):
        person = people.by_id(session, hearer.key)
        works_on = working_days.of(session, person, embedding.team_id)
        due = working_days.after(_theirs_since(session, report, embedding), WITHIN, person.zone, works_on)
        if due is not None and due <= at:
            return True
    return False


def _theirs_since(session: Session, report: Feedback, embedding: Embedding) -> datetime:
    """When its data scientists got a report: it may have been about a tool of others before."""
    theirs = [tool.key for tool in embeddings.named_tools_of(session, embedding.key)]
    moved = session.exec(
        select(func.max(EarlierReport.replaced_at)).where(
            EarlierReport.feedback_id == report.key, col(EarlierReport.tool_id).not_in(theirs)
        )
    ).one()
    return moved or report.filed_at


def remind(session: Session, feedback_ids: Sequence[int], *, at: datetime) -> int:
    """Remind their data scientists of reports that nobody has read, each in one message. Returns of how many."""
    rows = session.exec(
        select(Feedback)
        .where(
            col(Feedback.id).in_(feedback_ids),
            Feedback.status == FeedbackStatus.NEW,
            col(Feedback.unread_told_at).is_(None),
        )
        .order_by(col(Feedback.id))
        .with_for_update()
    ).all()
    told: dict[int, list[Feedback]] = {}
    for report in rows:
        report.unread_told_at = at
        session.add(report)
        history.record(session, report.workspace_id, "feedback_left_unread", "feedback", report.key, at=at)
        if report.embedding_id is not None:
            for hearer in embeddings.data_scientists(session, report.embedding_id):
                told.setdefault(hearer.key, []).append(report)
    for person_id, unread in told.items():
        deliveries.queue(
            session,
            unread[0].workspace_id,
            Kind.FEEDBACK_UNREAD,
            f"feedback:{unread[0].key}:unread:{person_id}",
            "person",
            person_id,
            at=at,
            person_id=person_id,
            due_at=quiet.at_work(session, person_id, at),
            data={"reports": [report.key for report in unread]},
        )
    return len(rows)


def still_unread(session: Session, delivery: Delivery) -> tuple[FeedbackCard, ...]:
    """The reports of a reminder that are still new."""
    cards = (feedback.card(session, key) for key in delivery.data["reports"])
    return tuple(card for card in cards if card.status is FeedbackStatus.NEW)


@dataclass(frozen=True, slots=True)
class NextThere:
    """Who of those who read a report is there next, and on which day."""

    name: str
    day: date
    today: bool


def next_there(session: Session, report: Feedback, *, at: datetime) -> NextThere | None:
    """Which data scientist of a report's embedding is there next; None when nobody is in sight."""
    if report.embedding_id is None:
        return None
    embedding = embeddings.by_id(session, report.embedding_id)
    if embedding.status not in embeddings.UNDER_WAY:
        return None
    found: list[NextThere] = []
    for hearer in embeddings.data_scientists(session, embedding.key):
        person = people.by_id(session, hearer.key)
        works_on = working_days.of(session, person, embedding.team_id)
        day = working_days.next_there(at, person.zone, works_on)
        if day is not None:
            local = shifts.local_day(at, person.zone)
            found.append(NextThere(person.name, day, day == local))
    return min(found, key=lambda one: one.day, default=None)


@dataclass(frozen=True, slots=True)
class OwnList:
    """A page of somebody's own reports, and of those that nobody has read who is there next, by their reference."""

    page: Page
    next_there: tuple[tuple[str, NextThere], ...] = ()


def own_list(session: Session, number: int, size: int, *, by: Caller, at: datetime) -> OwnList:
    """A page of what somebody has reported themselves, and when somebody is there to read what is new.

    A number past the end gives the last page.
    """
    page = own_reports.page(session, number, size, by=by)
    new = [report.reference for report in page.reports if report.status is FeedbackStatus.NEW]
    rows = session.exec(
        select(Feedback).where(
            Feedback.workspace_id == people.known(session, by).workspace_id,
            col(Feedback.number).in_([references.read(Series.FEEDBACK, reference) for reference in new]),
        )
    ).all()
    found = ((row.reference, next_there(session, row, at=at)) for row in rows)
    return OwnList(page, tuple((reference, there) for reference, there in found if there is not None))
