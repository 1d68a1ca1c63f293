"""Change notes: what a data scientist changed in a tool's behaviour, and whose reports that answers.

A note is a draft, approved (cleared to go live), live or rolled back. Each edit is a version of it; the row of the note
has the newest. What it is to answer is kept with its versions until it is live; from then on each report has its link.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, Session, col, select

from store import access, embeddings, people, references, tools
from store.access import Act
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import Feedback, FeedbackStatus
from store.people import Person
from store.references import Series
from store.table import Keyed, Table
from store.tools import Tool, ToolVersion
from store.types import Instant, Word


class NoteStatus(StrEnum):
    """Where a change note stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    """Cleared: it goes live at its time, or when somebody says that it is."""
    LIVE = "live"
    ROLLED_BACK = "rolled_back"


WENT_LIVE = (NoteStatus.LIVE, NoteStatus.ROLLED_BACK)
"""Those of which people were told."""


class ChangeNote(Keyed, table=True):
    """A record of a behaviour change: what, why, and from which version to which."""

    __tablename__ = "change_note"
    __table_args__ = (
        UniqueConstraint("workspace_id", "number"),
        Index(None, "tool_id", "live_at"),
        Index(None, "status", "planned_for"),
    )

    workspace_id: int = Field(foreign_key="workspace.id")
    number: int
    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    tool_id: int = Field(foreign_key="tool.id")
    author_id: int = Field(foreign_key="person.id")
    what: str
    why: str
    before: str = ""
    """How the tool behaved before."""
    after: str = ""
    """How it behaves with the change."""
    expected: str = ""
    """What should be better on the floor."""
    take_back: str = ""
    """How to take it back."""
    approval: str = ""
    """Such as the number of a change request elsewhere."""
    version_from_id: int | None = Field(default=None, foreign_key="tool_version.id")
    version_to_id: int | None = Field(default=None, foreign_key="tool_version.id")
    version_to: str | None = None
    """The name of the version that comes with it, which is the tool's once the note is live."""
    revision: int = 1
    """The number of its newest version."""
    status: NoteStatus = Field(sa_type=Word(NoteStatus))
    planned_for: datetime | None = Field(default=None, sa_type=Instant)
    """When it is to go live by itself."""
    approval_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    """Since when its tool's approver is asked for their OK."""
    live_at: datetime | None = Field(default=None, sa_type=Instant)
    rolled_back_at: datetime | None = Field(default=None, sa_type=Instant)
    rolled_back_by_id: int | None = Field(default=None, foreign_key="person.id")
    rolled_back_because: str | None = None
    created_at: datetime = Field(sa_type=Instant)

    @property
    def reference(self) -> str:
        """Such as `C-3`."""
        return references.write(Series.CHANGE_NOTE, self.number)


class NoteVersion(Table, table=True):
    """A change note as somebody wrote it down or edited it."""

    __tablename__ = "change_note_version"
    __table_args__ = (UniqueConstraint("change_note_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    change_note_id: int = Field(foreign_key="change_note.id")
    number: int
    written_by_id: int = Field(foreign_key="person.id")
    written_at: datetime = Field(sa_type=Instant)
    what: str
    why: str
    before: str = ""
    after: str = ""
    expected: str = ""
    take_back: str = ""
    approval: str = ""
    version_to: str | None = None
    planned_for: datetime | None = Field(default=None, sa_type=Instant)
    answers: list[int] = Field(default_factory=list, sa_type=JSON)
    """Ids of the reports that it is to answer."""


class AnsweredFeedback(Table, table=True):
    """A change note that went live answers a report."""

    __tablename__ = "answered_feedback"
    __table_args__ = (UniqueConstraint("change_note_id", "feedback_id"),)

    id: int | None = Field(default=None, primary_key=True)
    change_note_id: int = Field(foreign_key="change_note.id")
    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    before: FeedbackStatus = Field(sa_type=Word(FeedbackStatus))
    """Where the report stood before, to which it returns when the change is taken back."""
    contested_at: datetime | None = Field(default=None, sa_type=Instant)
    """Since when its reporter says that the change did not help."""


class When(StrEnum):
    """When a change is live."""

    NOW = "now"
    LATER = "later"
    DRAFT = "draft"
    """Nobody has decided yet."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a data scientist filled in."""

    tool_id: int
    what: str
    why: str
    version: str | None
    """The name of the new version; None when the change needs none."""
    answers: tuple[int, ...]
    """Ids of the reports that it answers."""
    pasted: tuple[int, ...] = ()
    """Numbers of further ones, as they were typed."""
    version_from: str | None = None
    """The name of the version before; None for the one that is live."""
    before: str = ""
    after: str = ""
    expected: str = ""
    take_back: str = ""
    approval: str = ""
    when: When = When.NOW
    planned_for: datetime | None = None
    """At which time, when it is later."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A change note is kept."""

    reference: str
    tool: str
    answers: tuple[str, ...]
    people_told: int
    status: NoteStatus = NoteStatus.LIVE
    planned_for: datetime | None = None
    zone: str = "UTC"
    """For the time."""
    asked: str | None = None
    """Who is asked for their OK before it goes live."""
    reworded: bool = False
    """Whether only the words of one that is live changed."""


def by_id(session: Session, note_id: int) -> ChangeNote:
    """The change note with our id; a missing one is a bug (LookupError)."""
    note = session.get(ChangeNote, note_id)
    if note is None:
        raise LookupError(f"no change note {note_id}")
    return note


def by_number(session: Session, workspace_id: int, number: int) -> ChangeNote:
    """The change note with a number in a workspace.

    Raises:
        Refused: There is none.
    """
    note = session.exec(
        select(ChangeNote).where(ChangeNote.workspace_id == workspace_id, ChangeNote.number == number)
    ).first()
    if note is None:
        raise Refused(
            "There is no change note {reference} here. Type /change-note list to see what there is.",
            reference=references.write(Series.CHANGE_NOTE, number),
        )
    return note


def locked(session: Session, note_id: int, workspace_id: int) -> ChangeNote:
    """A change note, held until the transaction ends: whoever changes its state asks for it this way.

    Raises:
        Refused: There is none with that id in the workspace.
    """
    note = session.exec(
        select(ChangeNote)
        .where(ChangeNote.id == note_id, ChangeNote.workspace_id == workspace_id)
        .with_for_update(key_share=True)
    ).first()
    if note is None:
        raise Refused("That change note is not here any more. Type /change-note list to see what is.")
    return note


@dataclass(frozen=True, slots=True)
class Held:
    """A change note with what stands around it, all held until the transaction ends."""

    note: ChangeNote
    tool: Tool
    embedding: Embedding


def held(session: Session, note_id: int, workspace_id: int) -> Held:
    """A change note, its tool and its embedding, held in the order in which all hold them.

    Raises:
        Refused: There is no such note in the workspace.
    """
    # Columns, not the row: what is read before it is held may be old.
    around = session.exec(
        select(ChangeNote.embedding_id, ChangeNote.tool_id).where(
            ChangeNote.id == note_id, ChangeNote.workspace_id == workspace_id
        )
    ).first()
    if around is None:
        raise Refused("That change note is not here any more. Type /change-note list to see what is.")
    embedding = embeddings.locked(session, around[0], workspace_id)
    tool = tool_held(session, around[1])
    return Held(locked(session, note_id, workspace_id), tool, embedding)


def held_by(session: Session, note_id: int, person: Person) -> Held:
    """The same for somebody who is to change it.

    Raises:
        Refused: They are none of the data scientists of its embedding, or that is over.
    """
    found = held(session, note_id, person.workspace_id)
    require(session, person, found.embedding)
    return found


def seen_by(session: Session, note_id: int, person: Person) -> ChangeNote:
    """A change note for somebody who may change it, to look at.

    Raises:
        Refused: There is no such note, or they are none of the data scientists of its embedding, or that is over.
    """
    note = session.get(ChangeNote, note_id)
    if note is None or note.workspace_id != person.workspace_id:
        raise Refused("That change note is not here any more. Type /change-note list to see what is.")
    require(session, person, embeddings.by_id(session, note.embedding_id))
    return note


def require(session: Session, person: Person, embedding: Embedding) -> None:
    """See that somebody may note changes for an embedding that is under way.

    Raises:
        Refused: They may not.
    """
    under_way = [embedding.key] if embedding.status in embeddings.UNDER_WAY else []
    access.require(Act.FILE_CHANGE_NOTE, access.roles_of(session, person, embeddings=under_way))


def tool_held(session: Session, tool_id: int) -> Tool:
    """A tool, held because the names of its versions must differ; without stopping reports, which only refer to it."""
    return session.exec(select(Tool).where(Tool.id == tool_id).with_for_update(key_share=True)).one()


def of_embedding(session: Session, embedding_id: int) -> Sequence[ChangeNote]:
    """An embedding's change notes that went live, oldest first."""
    return session.exec(
        select(ChangeNote)
        .where(ChangeNote.embedding_id == embedding_id, col(ChangeNote.status).in_(WENT_LIVE))
        .order_by(col(ChangeNote.id))
    ).all()


def answered_by(
    session: Session, note_id: int, reporter_id: int | None = None, *, lock: bool = False
) -> Sequence[Feedback]:
    """The reports that a note answers, oldest first; of one reporter when given; held when their state is to change."""
    query = (
        select(Feedback)
        .join(AnsweredFeedback, col(AnsweredFeedback.feedback_id) == col(Feedback.id))
        .where(AnsweredFeedback.change_note_id == note_id)
        .order_by(col(Feedback.id))
    )
    if reporter_id is not None:
        query = query.where(Feedback.reporter_id == reporter_id)
    if lock:
        query = query.with_for_update(of=Feedback)
    return session.exec(query).all()


def links_of(session: Session, note_id: int) -> Sequence[AnsweredFeedback]:
    """The links of a note to the reports that it answers."""
    return session.exec(select(AnsweredFeedback).where(AnsweredFeedback.change_note_id == note_id)).all()


def newest_version(session: Session, note: ChangeNote) -> NoteVersion:
    """A note as it was written down last."""
    return session.exec(
        select(NoteVersion).where(NoteVersion.change_note_id == note.id, NoteVersion.number == note.revision)
    ).one()


def versions_of(session: Session, note_id: int) -> Sequence[NoteVersion]:
    """Everything that a note has been, oldest first."""
    return session.exec(
        select(NoteVersion).where(NoteVersion.change_note_id == note_id).order_by(col(NoteVersion.number))
    ).all()


def to_answer(session: Session, note: ChangeNote) -> Sequence[Feedback]:
    """The reports that a note answers, or is to answer once it is live, oldest first."""
    if note.status in WENT_LIVE:
        return answered_by(session, note.key)
    wanted = newest_version(session, note).answers
    return session.exec(select(Feedback).where(col(Feedback.id).in_(wanted)).order_by(col(Feedback.id))).all()


def latest_for(session: Session, feedback_id: int) -> int | None:
    """The id of the change note that answers a report, is live, and went live last, or None."""
    return session.exec(
        select(AnsweredFeedback.change_note_id)
        .join(ChangeNote, col(ChangeNote.id) == col(AnsweredFeedback.change_note_id))
        .where(AnsweredFeedback.feedback_id == feedback_id, ChangeNote.status == NoteStatus.LIVE)
        .order_by(col(ChangeNote.live_at).desc(), col(AnsweredFeedback.id).desc())
        .limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class NoteCard:
    """A change note as people are shown it."""

    id: int
    reference: str
    tool: str
    author: str
    what: str
    why: str
    version: str | None
    live: bool
    answers: tuple[tuple[str, str], ...]
    """Reference and words of each report that it answers; of one reporter only when they are shown it."""
    before: str = ""
    after: str = ""
    expected: str = ""
    take_back: str = ""
    approval: str = ""
    version_from: str | None = None
    revision: int = 1
    status: NoteStatus = NoteStatus.LIVE
    planned_for: datetime | None = None
    waits_for: str | None = None
    """Who is asked for their OK."""
    rolled_back_because: str | None = None


def card(session: Session, note_id: int, reporter_id: int | None = None) -> NoteCard:
    """What people are shown of a change note; a reporter sees their own reports with it."""
    note = by_id(session, note_id)
    tool = tools.by_id(session, note.tool_id)
    reports = to_answer(session, note) if reporter_id is None else _still_theirs(session, note_id, reporter_id)
    asked = note.status is NoteStatus.DRAFT and note.approval_asked_at and tool.approver_id
    return NoteCard(
        id=note.key,
        reference=note.reference,
        tool=tool.name,
        author=people.by_id(session, note.author_id).name,
        what=note.what,
        why=note.why,
        version=note.version_to,
        live=note.status is NoteStatus.LIVE,
        answers=tuple((row.reference, row.text) for row in reports),
        before=note.before,
        after=note.after,
        expected=note.expected,
        take_back=note.take_back,
        approval=note.approval,
        version_from=version_name(session, note.version_from_id),
        revision=note.revision,
        status=note.status,
        planned_for=note.planned_for,
        waits_for=people.by_id(session, tool.approver_id).name if asked and tool.approver_id else None,
        rolled_back_because=note.rolled_back_because,
    )


def _still_theirs(session: Session, note_id: int, reporter_id: int) -> list[Feedback]:
    """A reporter's reports that a note answers, without those that they have withdrawn since."""
    found = answered_by(session, note_id, reporter_id)
    return [one for one in found if one.status is not FeedbackStatus.WITHDRAWN]


def version_name(session: Session, version_id: int | None) -> str | None:
    """The name of a version, or None for no version."""
    version = session.get(ToolVersion, version_id) if version_id else None
    return version.name if version else None
