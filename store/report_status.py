"""Where one report stands and all that happened to it, for its reporter and for those who may read it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case
from sqlmodel import Session, col, select

from store import (
    access,
    chain,
    decisions,
    embeddings,
    feedback,
    own_reports,
    people,
    references,
    report_edits,
    reporting,
    unread,
)
from store.access import Act
from store.chain import Answer
from store.change_notes import AnsweredFeedback, ChangeNote, NoteStatus
from store.decisions import Decided
from store.errors import Refused
from store.feedback import OPEN, UNSAFE_FIRST, Feedback, FeedbackCard, FeedbackStatus
from store.fitting import roles_for
from store.history import Event
from store.own_reports import Happened, OwnReport
from store.people import Caller, Person
from store.references import Series
from store.tools import Tool
from store.unread import NextThere


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """Where a report stands, and all that happened to it."""

    card: FeedbackCard
    zone: str
    """The site's, for the times."""
    history: tuple[Happened, ...]
    """Oldest first."""
    can_change: bool
    """Whether whoever looks may change, add to and withdraw it."""
    next_there: NextThere | None = None
    """Who reads it next, as long as nobody has."""
    can_answer: bool = False
    """Whether whoever looks answers for it."""
    answers: tuple[Answer, ...] = ()
    """The changes that answer it, oldest first."""
    decided: Decided | None = None
    """The decision that stands, with what its reporter was told."""
    goes_on_in: str | None = None
    """The reference of the report in which it goes on."""


def status_by_number(session: Session, number: int, *, by: Caller, at: datetime) -> ReportStatus:
    """Where somebody's own report stands, or one that they may read, by the number of its reference.

    Raises:
        Refused: They have none with that number, here or anywhere.
    """
    person = people.known(session, by)
    found = session.exec(
        select(Feedback).where(Feedback.workspace_id == person.workspace_id, Feedback.number == number)
    ).first()
    if found is None or not _may_look(session, person, found):
        # Whether somebody else has one of that number is nobody's business.
        raise Refused(
            "You have no report {reference}. Type /model-feedback list to see yours.",
            reference=references.write(Series.FEEDBACK, number),
        )
    return _status(session, person, found, at)


def _decided(session: Session, report: Feedback) -> Decided | None:
    decision = decisions.standing(session, report.key)
    stands = decision is not None and decision.status is report.status
    return decisions.shown(session, decision) if decision is not None and stands else None


def status_of(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> ReportStatus:
    """The same by our id.

    Raises:
        Refused: It is neither theirs nor one that they may read.
    """
    person = people.known(session, by)
    found = session.get(Feedback, feedback_id)
    if found is None or not _may_look(session, person, found):
        raise Refused(report_edits.NOT_YOURS)
    return _status(session, person, found, at)


def _may_look(session: Session, person: Person, report: Feedback) -> bool:
    return report.reporter_id == person.id or _may_read(session, person, report)


def _status(session: Session, person: Person, report: Feedback, at: datetime) -> ReportStatus:
    return ReportStatus(
        card=feedback.card(session, report.key),
        zone=reporting.zone_of_report(session, report.key),
        history=_history(session, report),
        can_change=report.reporter_id == person.id and report.status in OPEN,
        next_there=unread.next_there(session, report, at=at) if report.status is FeedbackStatus.NEW else None,
        answers=chain.answers_to(session, report),
        decided=_decided(session, report),
        goes_on_in=feedback.by_id(session, report.duplicate_of_id).reference if report.duplicate_of_id else None,
        can_answer=bool(access.RIGHTS[Act.TRIAGE_FEEDBACK] & roles_for(session, person, report)),
    )


def _may_read(session: Session, person: Person, report: Feedback) -> bool:
    if report.embedding_id is None or report.workspace_id != person.workspace_id:
        return False
    embedding = embeddings.by_id(session, report.embedding_id)
    roles = access.roles_of(session, person, teams=[embedding.team_id], embeddings=[embedding.key])
    return bool(roles & access.RIGHTS[Act.READ_REPORTS])


def _history(session: Session, report: Feedback) -> tuple[Happened, ...]:
    events = session.exec(
        select(Event.kind, Event.at, Person.name)
        .outerjoin(Person, col(Person.id) == col(Event.actor_id))
        .where(Event.workspace_id == report.workspace_id, Event.subject == "feedback", Event.subject_id == report.id)
        .order_by(col(Event.id))
    ).all()
    happened = [Happened(kind, at, name or "") for kind, at, name in events]
    return tuple(sorted([*happened, *_notes(session, report)], key=lambda one: one.at))


def _notes(session: Session, report: Feedback) -> list[Happened]:
    notes = session.exec(
        select(ChangeNote, Person.name)
        .join(AnsweredFeedback, col(AnsweredFeedback.change_note_id) == col(ChangeNote.id))
        .join(Person, col(Person.id) == col(ChangeNote.author_id))
        .where(AnsweredFeedback.feedback_id == report.id, ChangeNote.status == NoteStatus.LIVE)
        .order_by(col(ChangeNote.id))
    ).all()
    return [Happened("change_note_live", note.live_at, name, note.reference) for note, name in notes if note.live_at]


def _latest(session: Session, report: Feedback) -> Happened | None:
    reporter = people.by_id(session, report.reporter_id).name
    return next((one for one in reversed(_history(session, report)) if one.by not in ("", reporter)), None)


def first(session: Session, person_id: int, count: int) -> tuple[OwnReport, ...]:
    """Some of somebody's own reports: the newest of those that wait for an answer before the newest others.

    Of each what is unsafe comes first.
    """
    rows = session.exec(
        select(Feedback, Tool.name)
        .join(Tool, col(Tool.id) == col(Feedback.tool_id))
        .where(Feedback.reporter_id == person_id)
        .order_by(case((col(Feedback.status).in_(OPEN), 0), else_=1), UNSAFE_FIRST, col(Feedback.id).desc())
        .limit(count)
    ).all()
    return tuple(own_reports.own(row, tool, _latest(session, row)) for row, tool in rows)
