"""The OK that some tools' changes need before they go live, from the person whom the site names as the tool's approver.

It is asked for one version of a note. Whoever edits the note asks anew.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, col, select

from store import change_notes, deliveries, going_live, history, people, tools
from store.change_notes import ChangeNote, NoteCard, NoteStatus
from store.deliveries import Delivery, Kind
from store.errors import Refused
from store.people import Caller, Person
from store.table import Table
from store.tools import Tool
from store.types import Instant


class NoteDecision(Table, table=True):
    """What an approver said of a version of a change note."""

    __tablename__ = "change_note_decision"

    id: int | None = Field(default=None, primary_key=True)
    change_note_id: int = Field(foreign_key="change_note.id", index=True)
    revision: int
    person_id: int = Field(foreign_key="person.id")
    approved: bool
    reason: str = ""
    """Why not yet, in their words."""
    decided_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Decided:
    """An approver has decided."""

    reference: str
    approved: bool
    author: str


def approver(session: Session, tool: Tool, author: Person) -> Person | None:
    """Who must say that a change of a tool is all right, or None where nobody has to.

    Raises:
        Refused: It would be the author, or somebody who is not here any more.
    """
    if tool.approver_id is None:
        return None
    person = people.by_id(session, tool.approver_id)
    if person.key == author.key:
        raise Refused(
            "You approve changes of {tool}, and nobody approves their own. Keep it as a draft and have a colleague "
            "file it, or ask {names} to name somebody else.",
            field="when",
            tool=tool.name,
            names=_look_after(session, tool),
        )
    if not person.active:
        raise Refused(
            "{name}, who approves changes of {tool}, is not here any more. Keep it as a draft and ask {names} to name "
            "somebody else.",
            field="when",
            name=person.name,
            tool=tool.name,
            names=_look_after(session, tool),
        )
    return person


def _look_after(session: Session, tool: Tool) -> str:
    return ", ".join(people.look_after(session, tool.workspace_id)) or people.by_id(session, tool.owner_id).name


def send_for_approval(session: Session, note_id: int, *, by: Caller, at: datetime) -> str:
    """Ask the tool's approver for the OK of a draft. Returns the approver's name.

    Raises:
        Refused: It is no draft, its tool needs no OK, or the person is none of the tool's data scientists.
    """
    person = people.known(session, by)
    found = change_notes.held_by(session, note_id, person)
    if found.note.status is not NoteStatus.DRAFT:
        raise Refused("{reference} is no draft any more.", reference=found.note.reference)
    asked = approver(session, found.tool, people.by_id(session, found.note.author_id))
    if asked is None:
        raise Refused("Changes of {tool} need nobody's OK. Say that it is live.", tool=found.tool.name)
    if found.note.approval_asked_at is None:
        ask(session, found.note, asked, at=at)
    return asked.name


def ask(session: Session, note: ChangeNote, asked: Person, *, at: datetime) -> None:
    """Ask an approver for the OK of a note's newest version; questions about older ones are closed."""
    note.approval_asked_at = at
    session.add(note)
    history.record(
        session,
        note.workspace_id,
        "change_note_sent_for_approval",
        "change_note",
        note.key,
        at=at,
        data={"reference": note.reference, "version": note.revision},
    )
    show(session, note, at=at)
    earlier = session.exec(select(NoteDecision.id).where(NoteDecision.change_note_id == note.id)).all()
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.NOTE_APPROVAL_ASKED,
        f"change_note:{note.key}:approval:{note.revision}:{len(earlier)}",
        "change_note",
        note.key,
        at=at,
        person_id=asked.key,
        data={"revision": note.revision},
    )


def approve(session: Session, note_id: int, revision: int, *, by: Caller, at: datetime) -> Decided:
    """Say that a version of a note may go live: at its time, or when its author says that it is.

    Raises:
        Refused: The person is not the tool's approver, or the note is not what they read.
    """
    person, note = _to_decide(session, note_id, by)
    if note.status is NoteStatus.APPROVED and _said(session, note, revision, person):
        return Decided(note.reference, True, people.by_id(session, note.author_id).name)
    _still_open(note, revision)
    _decide(session, note, person, True, "", at)
    note.status = NoteStatus.APPROVED
    session.add(note)
    session.flush()
    going_live.warn_of_neighbours(session, note, at=at)
    return Decided(note.reference, True, people.by_id(session, note.author_id).name)


def to_refuse(session: Session, note_id: int, revision: int, *, by: Caller) -> ChangeNote:
    """The note that an approver is about to say "not yet" of.

    Raises:
        Refused: The person is not the tool's approver, or the note is not what they read.
    """
    person = people.known(session, by)
    note = session.get(ChangeNote, note_id)
    if note is None or note.workspace_id != person.workspace_id:
        raise Refused("That change note is not here any more. Nothing to do.")
    _require_approver(person, tools.by_id(session, note.tool_id))
    _still_open(note, revision)
    return note


def say_not_yet(session: Session, note_id: int, revision: int, reason: str, *, by: Caller, at: datetime) -> Decided:
    """Say that a version of a note may not go live yet, and why; the author gets that word for word.

    Raises:
        Refused: As for `approve`.
    """
    person, note = _to_decide(session, note_id, by)
    _still_open(note, revision)
    _decide(session, note, person, False, reason, at)
    return Decided(note.reference, False, people.by_id(session, note.author_id).name)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an approver said."""

    by: str
    approved: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for an OK as things stand."""

    card: NoteCard
    decision: Decision | None
    """What was said of the version that it asks about; None before, and when the note is another one by now."""
    open: bool
    """Whether it still waits for an answer."""


def question(session: Session, delivery: Delivery) -> Asked:
    """What an approver is shown of a note by a message that asked about a version of it."""
    note = change_notes.by_id(session, delivery.subject_id)
    revision = delivery.data["revision"]
    said = session.exec(
        select(NoteDecision)
        .where(
            NoteDecision.change_note_id == note.id,
            NoteDecision.revision == revision,
            NoteDecision.decided_at >= delivery.created_at,
        )
        .order_by(col(NoteDecision.id))
    ).first()
    is_open = note.revision == revision and note.status is NoteStatus.DRAFT and note.approval_asked_at is not None
    return Asked(change_notes.card(session, note.key), _as_said(session, said) if said else None, is_open)


def waiting_for(session: Session, person: Person) -> tuple[Asked, ...]:
    """The notes that wait for somebody's OK, the one that was asked for first in front."""
    rows = session.exec(
        select(ChangeNote.id)
        .join(Tool, col(Tool.id) == col(ChangeNote.tool_id))
        .where(
            Tool.approver_id == person.id,
            ChangeNote.status == NoteStatus.DRAFT,
            col(ChangeNote.approval_asked_at).is_not(None),
        )
        .order_by(col(ChangeNote.approval_asked_at), col(ChangeNote.id))
    ).all()
    return tuple(Asked(change_notes.card(session, key), None, True) for key in rows if key is not None)


def decision(session: Session, decision_id: int | None) -> Decision | None:
    """What was decided, by the id of the row; None for none."""
    row = session.get(NoteDecision, decision_id) if decision_id else None
    return _as_said(session, row) if row else None


def _as_said(session: Session, row: NoteDecision) -> Decision:
    return Decision(people.by_id(session, row.person_id).name, row.approved, row.reason)


def latest(session: Session, note_id: int) -> NoteDecision | None:
    """What was decided last of a note, or None."""
    return session.exec(
        select(NoteDecision).where(NoteDecision.change_note_id == note_id).order_by(col(NoteDecision.id).desc())
    ).first()


def _to_decide(session: Session, note_id: int, by: Caller) -> tuple[Person, ChangeNote]:
    person = people.known(session, by)
    found = change_notes.held(session, note_id, person.workspace_id)
    _require_approver(person, found.tool)
    return person, found.note


def _require_approver(person: Person, tool: Tool) -> None:
    if tool.approver_id != person.id:
        raise Refused("Only whoever the site names for {tool} approves its changes.", tool=tool.name)


def _still_open(note: ChangeNote, revision: int) -> None:
    if note.revision != revision or note.status is not NoteStatus.DRAFT or note.approval_asked_at is None:
        raise Refused(
            "{reference} was changed or decided since you were asked. The newest message about it has what counts.",
            reference=note.reference,
        )


def _said(session: Session, note: ChangeNote, revision: int, person: Person) -> bool:
    said = latest(session, note.key)
    return said is not None and (said.revision, said.person_id) == (revision, person.id)


def _decide(session: Session, note: ChangeNote, person: Person, approved: bool, reason: str, at: datetime) -> None:
    decision = NoteDecision(
        change_note_id=note.key,
        revision=note.revision,
        person_id=person.key,
        approved=approved,
        reason=reason,
        decided_at=at,
    )
    session.add(decision)
    note.approval_asked_at = None
    session.add(note)
    session.flush()
    history.record(
        session,
        note.workspace_id,
        "change_note_approved" if approved else "change_note_not_yet",
        "change_note",
        note.key,
        at=at,
        actor_id=person.id,
        data={"reference": note.reference, "version": note.revision},
    )
    show(session, note, at=at)
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.NOTE_APPROVED if approved else Kind.NOTE_SENT_BACK,
        f"change_note:{note.key}:decided:{decision.id}",
        "change_note",
        note.key,
        at=at,
        person_id=note.author_id,
        data={"decision": decision.id},
    )


def show(session: Session, note: ChangeNote, *, at: datetime) -> None:
    """Let the questions to approvers about a note say how it stands."""
    for posted in deliveries.posts_about(session, (Kind.NOTE_APPROVAL_ASKED,), note.key):
        deliveries.rewrite(session, posted, Kind.NOTE_APPROVAL_SHOWN, at=at)
