"""Change notes: what a data scientist changed in a tool's behaviour, and whose reports that answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from store import access, deliveries, duplicates, embeddings, history, people, quiet, references, rota, teams, tools
from store import feedback as reports
from store.access import Act
from store.deliveries import Kind
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import NOTHING_TO_MEND, OPEN, Feedback, FeedbackStatus
from store.people import Caller, Person
from store.policy import Policy
from store.references import Series
from store.table import Table
from store.tools import Tool, ToolVersion
from store.types import Instant, Word


class NoteStatus(StrEnum):
    """Where a change note stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    LIVE = "live"
    ROLLED_BACK = "rolled_back"


class ChangeNote(Table, table=True):
    """A record of a behaviour change: what, why, and from which version to which."""

    __tablename__ = "change_note"
    __table_args__ = (UniqueConstraint("workspace_id", "number"), Index(None, "tool_id", "live_at"))

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: int = Field(foreign_key="workspace.id")
    number: int
    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    tool_id: int = Field(foreign_key="tool.id")
    author_id: int = Field(foreign_key="person.id")
    what: str
    why: str
    version_from_id: int | None = Field(default=None, foreign_key="tool_version.id")
    version_to_id: int | None = Field(default=None, foreign_key="tool_version.id")
    status: NoteStatus = Field(sa_type=Word(NoteStatus))
    live_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)

    @property
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id

    @property
    def reference(self) -> str:
        """Such as `C-3`."""
        return references.write(Series.CHANGE_NOTE, self.number)


class AnsweredFeedback(Table, table=True):
    """A change note answers a report."""

    __tablename__ = "answered_feedback"
    __table_args__ = (UniqueConstraint("change_note_id", "feedback_id"),)

    id: int | None = Field(default=None, primary_key=True)
    change_note_id: int = Field(foreign_key="change_note.id")
    feedback_id: int = Field(foreign_key="feedback.id", index=True)


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


@dataclass(frozen=True, slots=True)
class Noted:
    """A change note is live."""

    reference: str
    tool: str
    answers: tuple[str, ...]
    people_told: int


def file_change_note(session: Session, change: Change, *, policy: Policy, by: Caller, at: datetime) -> Noted:
    """Record a change that is live now, tell the reporters whom it answers, and have them asked later if it helped.

    Raises:
        Refused: The person does not answer for the tool, the version exists already, or a report cannot be
            answered by this note.
    """
    person = people.known(session, by)
    tool = _tool(session, person, change)
    embedding = embeddings.locked(session, _embedding(session, person, tool).key, person.workspace_id)
    if change.version and tools.version_named(session, tool.key, change.version):
        raise Refused(
            "{tool} already had a version {version}. Give the new one another name.",
            field="version",
            tool=tool.name,
            version=change.version,
        )
    answered = [_answerable(session, tool, embedding, feedback_id) for feedback_id in sorted(set(change.answers))]
    # What goes on in one of them is answered with it, and its reporter told and asked alike.
    joined = [row for feedback in answered for row in duplicates.of_report(session, feedback.key, lock=True)]
    note = _write(session, change, person, tool, embedding, at)
    for feedback in (*answered, *joined):
        session.add(AnsweredFeedback(change_note_id=note.key, feedback_id=feedback.key))
        feedback.status = FeedbackStatus.CHANGED
        reports.answered(feedback, at=at)
        session.add(feedback)
    session.flush()
    history.record(
        session,
        note.workspace_id,
        "change_note_live",
        "change_note",
        note.key,
        at=at,
        actor_id=person.id,
        data={"reference": note.reference, "answers": [feedback.reference for feedback in answered]},
    )
    told = sorted({feedback.reporter_id for feedback in (*answered, *joined)})
    for reporter_id in told:
        mendable = any(
            feedback.reporter_id == reporter_id and feedback.kind not in NOTHING_TO_MEND
            for feedback in (*answered, *joined)
        )
        _tell(session, note, reporter_id, mendable, policy, at)
    _tell_channel(session, note, embedding, at)
    return Noted(note.reference, tool.name, tuple(feedback.reference for feedback in answered), len(told))


def by_id(session: Session, note_id: int) -> ChangeNote:
    """The change note with our id; a missing one is a bug (LookupError)."""
    note = session.get(ChangeNote, note_id)
    if note is None:
        raise LookupError(f"no change note {note_id}")
    return note


def of_embedding(session: Session, embedding_id: int) -> Sequence[ChangeNote]:
    """An embedding's change notes, oldest first."""
    return session.exec(
        select(ChangeNote).where(ChangeNote.embedding_id == embedding_id).order_by(col(ChangeNote.id))
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


def latest_for(session: Session, feedback_id: int) -> int | None:
    """The id of the newest change note that answers a report, or None."""
    return session.exec(
        select(func.max(AnsweredFeedback.change_note_id)).where(AnsweredFeedback.feedback_id == feedback_id)
    ).one()


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


def card(session: Session, note_id: int, reporter_id: int | None = None) -> NoteCard:
    """What people are shown of a change note; a reporter sees their own reports with it."""
    note = by_id(session, note_id)
    return NoteCard(
        id=note.key,
        reference=note.reference,
        tool=tools.by_id(session, note.tool_id).name,
        author=people.by_id(session, note.author_id).name,
        what=note.what,
        why=note.why,
        version=version_name(session, note.version_to_id),
        live=note.status is NoteStatus.LIVE,
        answers=tuple((row.reference, row.text) for row in answered_by(session, note_id, reporter_id)),
    )


def version_name(session: Session, version_id: int | None) -> str | None:
    """The name of a version, or None for no version."""
    version = session.get(ToolVersion, version_id) if version_id else None
    return version.name if version else None


def _tool(session: Session, person: Person, change: Change) -> Tool:
    # Held, because the names of its versions must differ; without stopping reports, which only refer to it.
    tool = session.exec(
        select(Tool)
        .where(Tool.id == change.tool_id, Tool.workspace_id == person.workspace_id)
        .with_for_update(key_share=True)
    ).first()
    if tool is None:
        raise Refused(
            "That tool is not on this site's list any more. Pick another; your text is still here.", field="tool"
        )
    return tool


def _embedding(session: Session, person: Person, tool: Tool) -> Embedding:
    for embedding in embeddings.of_tool(session, tool.key):
        if access.RIGHTS[Act.FILE_CHANGE_NOTE] & access.roles_of(session, person, embeddings=[embedding.key]):
            return embedding
    raise _not_theirs(session, person, tool)


def _not_theirs(session: Session, person: Person, tool: Tool) -> Refused:
    """Why somebody cannot note a change of a tool: their embedding has ended, or they had none about it."""
    for embedding in embeddings.ended_about(session, tool.key):
        if access.RIGHTS[Act.FILE_CHANGE_NOTE] & access.roles_of(session, person, embeddings=[embedding.key]):
            return Refused(
                "{reference} has ended, so changes of {tool} are not noted here any more. "
                "Your text is still here: copy it, close this and give it to {owner}.",
                field="tool",
                reference=embedding.reference,
                tool=tool.name,
                owner=people.by_id(session, tool.owner_id).name,
            )
    return Refused(access.REFUSALS[Act.FILE_CHANGE_NOTE], field="tool")


def _answerable(session: Session, tool: Tool, embedding: Embedding, feedback_id: int) -> Feedback:
    feedback = reports.locked(session, feedback_id, embedding.workspace_id, field="answers")
    if feedback.status is FeedbackStatus.WITHDRAWN:
        raise Refused(
            "{reference} was taken back by whoever filed it. Take it off the list.",
            field="answers",
            reference=feedback.reference,
        )
    if feedback.tool_id != tool.id or feedback.embedding_id != embedding.id:
        raise Refused(
            "{reference} is about another tool or from another team. Take it off the list.",
            field="answers",
            reference=feedback.reference,
        )
    if feedback.status not in OPEN:
        raise Refused(
            "{reference} has been answered meanwhile. Take it off the list.",
            field="answers",
            reference=feedback.reference,
        )
    return feedback


def _write(
    session: Session, change: Change, person: Person, tool: Tool, embedding: Embedding, at: datetime
) -> ChangeNote:
    before = tools.live_version(session, tool.key, at)
    after = None
    if change.version:
        after = ToolVersion(tool_id=tool.key, name=change.version, live_from=at)
        session.add(after)
        session.flush()
    note = ChangeNote(
        workspace_id=person.workspace_id,
        number=references.take(session, person.workspace_id, Series.CHANGE_NOTE),
        embedding_id=embedding.key,
        tool_id=tool.key,
        author_id=person.key,
        what=change.what,
        why=change.why,
        version_from_id=before.id if before else None,
        version_to_id=after.id if after else None,
        status=NoteStatus.LIVE,
        live_at=at,
        created_at=at,
    )
    session.add(note)
    session.flush()
    return note


def _tell(
    session: Session,
    note: ChangeNote,
    reporter_id: int,
    mendable: bool,
    policy: Policy,
    at: datetime,
) -> None:
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.CHANGE_TOLD,
        f"change_note:{note.key}:told:{reporter_id}",
        "change_note",
        note.key,
        at=at,
        person_id=reporter_id,
        due_at=quiet.at_work(session, reporter_id, at),
    )
    if not mendable:
        return
    due_at, expires_at = _when_to_ask(session, reporter_id, policy, at)
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.VERDICT_ASKED,
        f"change_note:{note.key}:verdict:{reporter_id}",
        "change_note",
        note.key,
        at=at,
        person_id=reporter_id,
        due_at=due_at,
        expires_at=expires_at,
    )


def _when_to_ask(session: Session, person_id: int, policy: Policy, at: datetime) -> tuple[datetime, datetime | None]:
    """Near the end of the reporter's n-th shift with the change; some days later for somebody without shifts."""
    shift = rota.nth_shift(session, person_id, at, policy.verdict_after_shifts)
    if shift is None:
        return quiet.on_shift(session, person_id, at + policy.verdict_without_shifts, None)
    return quiet.on_shift(session, person_id, shift.ends_at - policy.prompt_before_shift_end, shift.ends_at)


def _tell_channel(session: Session, note: ChangeNote, embedding: Embedding, at: datetime) -> None:
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.CHANGE_IN_CHANNEL,
        f"change_note:{note.key}:channel",
        "change_note",
        note.key,
        at=at,
        channel=teams.by_id(session, embedding.team_id).channel,
    )
