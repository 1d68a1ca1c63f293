"""Taking a change back: its reports are open again as they were, and those who were told of it hear why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from store import change_notes, going_alone, history, people, tellings, verdict_asking
from store.change_notes import ChangeNote, NoteStatus
from store.errors import Refused
from store.feedback import OPEN, Feedback, FeedbackStatus
from store.people import Caller
from store.tools import ToolVersion
from store.verdicts import JUDGED


@dataclass(frozen=True, slots=True)
class RolledBack:
    """A change was taken back."""

    reference: str
    tool: str
    reopened: tuple[str, ...]
    """The reports that are open again."""
    people_told: int


def to_roll_back(session: Session, note_id: int, *, by: Caller) -> ChangeNote:
    """The note that somebody is about to take back.

    Raises:
        Refused: It is not live, or the person is none of the tool's data scientists.
    """
    person = people.known(session, by)
    note = change_notes.seen_by(session, note_id, person)
    _require_live(note)
    return note


def roll_back(session: Session, note_id: int, because: str, *, by: Caller, at: datetime) -> RolledBack:
    """Take a change back, with a reason that people get word for word.

    Raises:
        Refused: It is not live, or the person is none of the tool's data scientists.
    """
    person = people.known(session, by)
    found = change_notes.held_by(session, note_id, person)
    note = found.note
    _require_live(note)
    answered = change_notes.answered_by(session, note.key, lock=True)
    before = {link.feedback_id: link.before for link in change_notes.links_of(session, note.key)}
    reopened = []
    for feedback in answered:
        # What a newer change answers too stays with that one, and so does what was decided since.
        if feedback.status in JUDGED and change_notes.latest_for(session, feedback.key) == note.key:
            feedback.status = before[feedback.key]
            session.add(feedback)
            reopened.append(feedback)
    _let_go(session, reopened, at)
    note.status, note.rolled_back_at = NoteStatus.ROLLED_BACK, at
    note.rolled_back_by_id, note.rolled_back_because = person.key, because
    session.add(note)
    session.flush()
    _withdraw_version(session, note, at)
    history.record(
        session,
        note.workspace_id,
        "change_note_rolled_back",
        "change_note",
        note.key,
        at=at,
        actor_id=person.id,
        data={"reference": note.reference, "stand": {feedback.reference: feedback.status for feedback in reopened}},
    )
    told = tellings.take_back(session, note, at=at)
    verdict_asking.call_off(session, note, at=at)
    return RolledBack(note.reference, found.tool.name, tuple(feedback.reference for feedback in reopened), told)


def _let_go(session: Session, reopened: Sequence[Feedback], at: datetime) -> None:
    """What would go on again in a report that was settled or withdrawn since goes on by itself."""
    session.flush()
    for feedback in reopened:
        if feedback.status is FeedbackStatus.DUPLICATE:
            root = session.get(Feedback, feedback.duplicate_of_id) if feedback.duplicate_of_id else None
            if root is None or root.status not in OPEN:
                going_alone.go_alone(session, feedback, at=at)


def _require_live(note: ChangeNote) -> None:
    if note.status is not NoteStatus.LIVE:
        raise Refused("{reference} is not live, so there is nothing to take back.", reference=note.reference)


def _withdraw_version(session: Session, note: ChangeNote, at: datetime) -> None:
    if note.version_to_id is None:
        return
    shared = select(ChangeNote.id).where(
        ChangeNote.version_to_id == note.version_to_id, ChangeNote.status == NoteStatus.LIVE
    )
    if session.exec(shared).first() is None:
        version = session.get_one(ToolVersion, note.version_to_id)
        version.taken_back_at = at
        session.add(version)
