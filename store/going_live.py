"""Going live: a change note counts from now on. Its reports are changed, people are told, and asked later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from store import (
    asking_back,
    change_notes,
    deliveries,
    duplicates,
    embeddings,
    history,
    people,
    tellings,
    tools,
    unsafe,
    verdict_asking,
)
from store import feedback as reports
from store.change_notes import AnsweredFeedback, ChangeNote, NoteStatus
from store.deliveries import Kind
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import OPEN, Feedback, FeedbackStatus
from store.people import Caller, Person
from store.policy import Policy
from store.tools import Tool, ToolVersion

NEIGHBOURS = timedelta(days=1)
"""Of two changes of one tool that are nearer to each other nobody can say which one helped."""


@dataclass(frozen=True, slots=True)
class WentLive:
    """A change note is live."""

    reference: str
    answers: tuple[str, ...]
    left_out: tuple[str, ...]
    """Reports that it was to answer and that were answered meanwhile, or went to another tool."""
    people_told: int


def due(session: Session, *, at: datetime) -> list[tuple[int, int]]:
    """The notes whose time has come, each with its workspace; those that still wait for an OK are not among them."""
    found = session.exec(
        select(ChangeNote.id, ChangeNote.workspace_id)
        .where(ChangeNote.status == NoteStatus.APPROVED, col(ChangeNote.planned_for) <= at)
        .order_by(col(ChangeNote.planned_for), col(ChangeNote.id))
    ).all()
    return [(note_id, workspace_id) for note_id, workspace_id in found if note_id is not None]


def go_live_on_time(session: Session, note_id: int, workspace_id: int, *, policy: Policy, at: datetime) -> bool:
    """A note's time has come: it goes live, unless something else became of it meanwhile.

    One whose embedding is over by now becomes a draft again, and its author hears of it.

    Returns:
        Whether it went live.
    """
    found = change_notes.held(session, note_id, workspace_id)
    note = found.note
    if note.status is not NoteStatus.APPROVED or note.planned_for is None or note.planned_for > at:
        return False
    if found.embedding.status not in embeddings.UNDER_WAY:
        _send_back(session, note, at)
        return False
    went = go_live(session, note, found.tool, found.embedding, policy=policy, at=at, by=None)
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.NOTE_WENT_LIVE,
        f"change_note:{note.key}:went_live",
        "change_note",
        note.key,
        at=at,
        person_id=note.author_id,
        data={"answers": list(went.answers), "left_out": list(went.left_out)},
    )
    return True


def go_live_now(session: Session, note_id: int, *, policy: Policy, by: Caller, at: datetime) -> WentLive:
    """Somebody says that a change is live: at once, whatever time it was planned for.

    Raises:
        Refused: They are none of the tool's data scientists, it needs an OK first, or it is live or was taken back.
    """
    person = people.known(session, by)
    found = change_notes.held_by(session, note_id, person)
    note = found.note
    if note.status in change_notes.WENT_LIVE:
        raise Refused(
            "{reference} went live already. Type /change-note list to see how it stands.", reference=note.reference
        )
    if note.status is NoteStatus.DRAFT and found.tool.approver_id is not None:
        raise Refused(
            "{reference} needs the OK of {name} before it goes live. Ask for it first.",
            reference=note.reference,
            name=people.by_id(session, found.tool.approver_id).name,
        )
    return go_live(session, note, found.tool, found.embedding, policy=policy, at=at, by=person)


def go_live(
    session: Session,
    note: ChangeNote,
    tool: Tool,
    embedding: Embedding,
    *,
    policy: Policy,
    at: datetime,
    by: Person | None,
) -> WentLive:
    """Make a note live; note, tool and embedding are held. What was answered meanwhile is left out."""
    wanted = [
        reports.locked(session, feedback_id, note.workspace_id)
        for feedback_id in sorted(change_notes.newest_version(session, note).answers)
    ]
    answered = [feedback for feedback in wanted if _can_be_answered(feedback, note)]
    # What goes on in one of them is answered with it, and its reporter told and asked alike.
    joined = [row for feedback in answered for row in duplicates.of_report(session, feedback.key, lock=True)]
    before = tools.live_version(session, tool.key, at)
    note.version_from_id = note.version_from_id or (before.id if before else None)
    note.version_to_id = _new_version(session, tool, note.version_to, at)
    note.status, note.live_at = NoteStatus.LIVE, at
    session.add(note)
    for feedback in (*answered, *joined):
        session.add(AnsweredFeedback(change_note_id=note.key, feedback_id=feedback.key, before=feedback.status))
        feedback.status = FeedbackStatus.CHANGED
        reports.answered(feedback, at=at)
        session.add(feedback)
        asking_back.close(session, feedback, at=at)
        if by is not None:
            unsafe.take_with_it(session, feedback, by, at=at)
    session.flush()
    history.record(
        session,
        note.workspace_id,
        "change_note_live",
        "change_note",
        note.key,
        at=at,
        actor_id=by.id if by else None,
        data={
            "reference": note.reference,
            "answers": [feedback.reference for feedback in answered],
            "joined": [feedback.reference for feedback in joined],
        },
    )
    told = sorted({feedback.reporter_id for feedback in (*answered, *joined)})
    tellings.tell(session, note, told, policy=policy, at=at)
    tellings.tell_channel(session, note, embedding, at=at)
    verdict_asking.ask_later(session, note, [*answered, *joined], policy=policy, at=at)
    warn_of_neighbours(session, note, at=at)
    left_out = tuple(feedback.reference for feedback in wanted if feedback not in answered)
    return WentLive(note.reference, tuple(feedback.reference for feedback in answered), left_out, len(told))


def _can_be_answered(feedback: Feedback, note: ChangeNote) -> bool:
    """Whether a report still waits for an answer from where the note is; it may turn out to be about another tool."""
    is_here = (feedback.tool_id, feedback.embedding_id) == (note.tool_id, note.embedding_id)
    return is_here and feedback.status in OPEN


def _new_version(session: Session, tool: Tool, name: str | None, at: datetime) -> int | None:
    if name is None:
        return None
    # Two notes may come with one version: whichever is live first brings it.
    version = tools.version_named(session, tool.key, name)
    if version is None or version.taken_back_at is not None:
        # One that was taken back with the other note is the newest again.
        version = version or ToolVersion(tool_id=tool.key, name=name, live_from=at)
        version.live_from, version.taken_back_at = at, None
        session.add(version)
        session.flush()
    return version.id


def warn_of_neighbours(session: Session, note: ChangeNote, *, at: datetime) -> None:
    """Tell the authors of two changes of one tool within a day of each other, once."""
    when = note.live_at or note.planned_for
    if when is None:
        return
    for other in _near(session, note, when):
        first, second = sorted((note.key, other.key))
        for author_id in sorted({note.author_id, other.author_id}):
            deliveries.queue(
                session,
                note.workspace_id,
                Kind.CHANGES_CLOSE,
                f"change_note:{first}:close_to:{second}:{author_id}",
                "change_note",
                second,
                at=at,
                person_id=author_id,
                data={"other": first},
            )


def _near(session: Session, note: ChangeNote, when: datetime) -> Sequence[ChangeNote]:
    first, last = when - NEIGHBOURS, when + NEIGHBOURS
    live, planned = col(ChangeNote.live_at), col(ChangeNote.planned_for)
    return session.exec(
        select(ChangeNote)
        .where(
            ChangeNote.tool_id == note.tool_id,
            ChangeNote.id != note.id,
            or_(
                (col(ChangeNote.status) == NoteStatus.LIVE) & (live > first) & (live < last),
                (col(ChangeNote.status) == NoteStatus.APPROVED) & (planned > first) & (planned < last),
            ),
        )
        .order_by(col(ChangeNote.id))
    ).all()


def _send_back(session: Session, note: ChangeNote, at: datetime) -> None:
    note.status, note.planned_for = NoteStatus.DRAFT, None
    session.add(note)
    history.record(session, note.workspace_id, "change_note_not_live", "change_note", note.key, at=at)
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.NOTE_SENT_BACK,
        f"change_note:{note.key}:not_live",
        "change_note",
        note.key,
        at=at,
        person_id=note.author_id,
    )
