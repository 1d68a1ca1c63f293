"""The chain: from a report to the changes that answered it and what its reporter said; from a note to all it has been.

A reporter sees their own reports; everybody's, with names and words, only the embedded people.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import (
    access,
    change_notes,
    feedback,
    note_approval,
    packets,
    people,
    references,
    reporting,
    tellings,
    verdicts,
)
from store.access import Act
from store.change_notes import AnsweredFeedback, ChangeNote, NoteCard
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import NOTHING_TO_MEND, Feedback, FeedbackCard, FeedbackStatus
from store.figures.change_state import ChangeState
from store.people import Caller, Person
from store.references import Series
from store.verdicts import Helped


@dataclass(frozen=True, slots=True)
class Answer:
    """A change that answers a report, and when what happened."""

    note: NoteCard
    live_at: datetime | None
    told_at: datetime | None
    """When its reporter heard of it."""
    verdict: Helped | None
    verdict_at: datetime | None
    """When they first gave one."""
    verdict_changed_at: datetime | None
    """When they last changed it, if they did."""
    words: str
    rolled_back_at: datetime | None
    is_asked: bool = True
    """Whether its reporter is asked for a verdict at all."""


@dataclass(frozen=True, slots=True)
class ReportChain:
    """A report with everything that came of it in changes, oldest first."""

    report: FeedbackCard
    acknowledged_at: datetime | None
    answered_at: datetime | None
    """When somebody first answered it, by reading it or in any other way."""
    decided_at: datetime | None
    answers: tuple[Answer, ...]
    zone: str
    is_own: bool
    can_happen_again: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """A version of a note."""

    number: int
    by: str
    at: datetime
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class NoteChain:
    """A note, what it has been, and where the reports stand that it answers."""

    note: NoteCard
    edits: tuple[Edit, ...]
    """All its versions, oldest first."""
    reports: tuple[tuple[str, FeedbackStatus], ...]
    state: ChangeState
    live_at: datetime | None
    zone: str
    rolled_back_at: datetime | None = None
    approved_by: str | None = None
    """Who gave their OK, where one was needed."""
    approved_at: datetime | None = None


def of_reference(session: Session, series: Series, number: int, *, by: Caller) -> ReportChain | NoteChain:
    """What a reference names: a report or a change note.

    Raises:
        Refused: It names neither, there is none, or it is not theirs to read.
    """
    match series:
        case Series.FEEDBACK:
            return of_report(session, number, by=by)
        case Series.CHANGE_NOTE:
            return of_note(session, number, by=by)
    raise Refused(
        "{reference} is no report and no change note. /embedding-summary says how an embedding is going.",
        reference=references.write(series, number),
    )


def of_report(session: Session, number: int, *, by: Caller) -> ReportChain:
    """A report and what came of it.

    Raises:
        Refused: There is no such report, or it is neither theirs nor of an embedding of theirs.
    """
    person = people.known(session, by)
    report = session.exec(
        select(Feedback).where(Feedback.workspace_id == person.workspace_id, Feedback.number == number)
    ).first()
    # Whether somebody else's report exists is nobody's business.
    if report is None or not (report.reporter_id == person.key or _is_embedded(session, person, report.embedding_id)):
        raise Refused(
            "There is no report {reference} that you can read. `/model-feedback list` shows yours.",
            reference=references.write(Series.FEEDBACK, number),
        )
    return ReportChain(
        report=feedback.card(session, report.key),
        acknowledged_at=report.acknowledged_at,
        answered_at=report.answered_at,
        decided_at=report.decided_at,
        answers=answers_to(session, report),
        zone=reporting.zone_of_tool(session, report.tool_id),
        is_own=report.reporter_id == person.key,
        can_happen_again=report.status is not FeedbackStatus.WITHDRAWN,
    )


def answers_to(session: Session, report: Feedback) -> tuple[Answer, ...]:
    """The changes that answer a report, oldest first."""
    notes = session.exec(
        select(ChangeNote)
        .join(AnsweredFeedback, col(AnsweredFeedback.change_note_id) == col(ChangeNote.id))
        .where(AnsweredFeedback.feedback_id == report.id)
        .order_by(col(ChangeNote.live_at), col(ChangeNote.id))
    ).all()
    return tuple(_answer(session, note, report) for note in notes)


def of_note(session: Session, number: int, *, by: Caller) -> NoteChain:
    """A change note, for the embedded people.

    Raises:
        Refused: There is none, or the person is none of the embedded people.
    """
    person = people.known(session, by)
    note = change_notes.by_number(session, person.workspace_id, number)
    if not _is_embedded(session, person, note.embedding_id):
        raise Refused(
            "Only the embedded people read single notes. /change-note history shows what changed in your tools."
        )
    decision = note_approval.latest(session, note.key)
    approval = decision if decision and decision.approved else None
    return NoteChain(
        note=change_notes.card(session, note.key),
        edits=tuple(
            Edit(one.number, people.by_id(session, one.written_by_id).name, one.written_at, one.what, one.why)
            for one in change_notes.versions_of(session, note.key)
        ),
        reports=tuple((report.reference, report.status) for report in change_notes.to_answer(session, note)),
        state=packets.state_of(session, note),
        live_at=note.live_at,
        zone=reporting.zone_of_tool(session, note.tool_id),
        rolled_back_at=note.rolled_back_at,
        approved_by=people.by_id(session, approval.person_id).name if approval else None,
        approved_at=approval.decided_at if approval else None,
    )


def _answer(session: Session, note: ChangeNote, report: Feedback) -> Answer:
    verdict = verdicts.of(session, note.key, report.reporter_id)
    return Answer(
        note=change_notes.card(session, note.key, report.reporter_id),
        live_at=note.live_at,
        told_at=tellings.was_told(session, note.key, report.reporter_id),
        verdict=verdict.value if verdict else None,
        verdict_at=verdict.given_at if verdict else None,
        verdict_changed_at=verdict.changed_at if verdict else None,
        words=verdict.words if verdict else "",
        rolled_back_at=note.rolled_back_at,
        is_asked=report.kind not in NOTHING_TO_MEND,
    )


def _is_embedded(session: Session, person: Person, embedding_id: int | None) -> bool:
    embedding = session.get(Embedding, embedding_id) if embedding_id else None
    if embedding is None:
        return False
    roles = access.roles_of(session, person, teams=[embedding.team_id], embeddings=[embedding.key])
    return bool(roles & access.RIGHTS[Act.READ_REPORTS])
