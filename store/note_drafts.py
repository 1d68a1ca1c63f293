"""Writing change notes down: filing one, and editing it. An edit is a version; nothing is overwritten."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from store import (
    access,
    change_notes,
    embeddings,
    going_live,
    history,
    note_approval,
    people,
    references,
    shifts,
    teams,
    tools,
)
from store import feedback as reports
from store.access import Act
from store.change_notes import Change, ChangeNote, Noted, NoteStatus, NoteVersion, When
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import OPEN, Feedback, FeedbackStatus
from store.people import Caller, Person
from store.policy import Policy
from store.references import Series
from store.tools import Tool


def file_change_note(session: Session, change: Change, *, policy: Policy, by: Caller, at: datetime) -> Noted:
    """Write a change down.

    Of one that is live now the reporters are told whom it answers; one that needs an OK, or whose time is still to
    come, waits for that.

    Raises:
        Refused: The person does not answer for the tool, the version exists already, a report cannot be answered by
            this note, or its time is over.
    """
    person = people.known(session, by)
    tool, embedding = _around(session, person, change)
    _may_be_versions(session, tool, change)
    _may_be_planned(session, embedding, change, at)
    approver = None if change.when is When.DRAFT else note_approval.approver(session, tool, person)
    answers = _answers(session, tool, embedding, change)
    note = ChangeNote(
        workspace_id=person.workspace_id,
        number=references.take(session, person.workspace_id, Series.CHANGE_NOTE),
        embedding_id=embedding.key,
        tool_id=tool.key,
        author_id=person.key,
        what=change.what,
        why=change.why,
        status=NoteStatus.DRAFT,
        created_at=at,
    )
    _write_down(session, note, tool, change)
    session.add(note)
    session.flush()
    _keep_version(session, note, person, answers, at)
    if approver or change.when is not When.NOW:
        _happened(session, note, "change_note_drafted", person, at)
    return _go_on(session, note, tool, embedding, change.when, approver, policy=policy, by=person, at=at)


def edit_change_note(
    session: Session, note_id: int, revision: int, change: Change, *, policy: Policy, by: Caller, at: datetime
) -> Noted:
    """Write a new version of a change note. Of one that is live only the words change, and nobody is told again.

    One that was approved needs its OK anew: it was given for other words.

    Raises:
        Refused: Somebody else has changed it meanwhile, it was taken back, or as when it was filed.
    """
    person = people.known(session, by)
    found = change_notes.held_by(session, note_id, person)
    note, tool, embedding = found.note, found.tool, found.embedding
    if note.revision != revision:
        last = change_notes.newest_version(session, note)
        raise Refused(
            "{name} has changed {reference} meanwhile. Your text is still here: copy it, close this and open it again.",
            name=people.by_id(session, last.written_by_id).name,
            reference=note.reference,
        )
    if note.status is NoteStatus.ROLLED_BACK:
        raise Refused("{reference} was taken back. Write a new note instead.", reference=note.reference)
    if note.status is NoteStatus.LIVE:
        answers = change_notes.newest_version(session, note).answers
        _reword(note, change)
        _edited(session, note, person, answers, at)
        return Noted(note.reference, tool.name, (), 0, reworded=True)
    _may_be_versions(session, tool, change)
    _may_be_planned(session, embedding, change, at)
    approver = None if change.when is When.DRAFT else note_approval.approver(session, tool, person)
    answers = _answers(session, tool, embedding, change)
    note.status, note.approval_asked_at = NoteStatus.DRAFT, None
    _write_down(session, note, tool, change)
    _edited(session, note, person, answers, at)
    note_approval.show(session, note, at=at)
    return _go_on(session, note, tool, embedding, change.when, approver, policy=policy, by=person, at=at)


def _go_on(
    session: Session,
    note: ChangeNote,
    tool: Tool,
    embedding: Embedding,
    when: When,
    approver: Person | None,
    *,
    policy: Policy,
    by: Person,
    at: datetime,
) -> Noted:
    """What becomes of a note that was just written down."""
    zone = _zone(session, embedding)
    if when is When.DRAFT:
        return Noted(note.reference, tool.name, (), 0, NoteStatus.DRAFT)
    if approver is not None:
        note_approval.ask(session, note, approver, at=at)
        return Noted(note.reference, tool.name, (), 0, NoteStatus.DRAFT, note.planned_for, zone, approver.name)
    if when is When.LATER:
        note.status = NoteStatus.APPROVED
        session.add(note)
        going_live.warn_of_neighbours(session, note, at=at)
        return Noted(note.reference, tool.name, (), 0, NoteStatus.APPROVED, note.planned_for, zone)
    went = going_live.go_live(session, note, tool, embedding, policy=policy, at=at, by=by)
    return Noted(note.reference, tool.name, went.answers, went.people_told)


def _around(session: Session, person: Person, change: Change) -> tuple[Tool, Embedding]:
    """The tool and the embedding that a new note is for, both held."""
    known = session.exec(
        select(Tool).where(Tool.id == change.tool_id, Tool.workspace_id == person.workspace_id)
    ).first()
    if known is None:
        raise Refused(
            "That tool is not on this site's list any more. Pick another; your text is still here.", field="tool"
        )
    embedding = embeddings.locked(session, _embedding(session, person, known).key, person.workspace_id)
    return change_notes.tool_held(session, known.key), embedding


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


def _may_be_versions(session: Session, tool: Tool, change: Change) -> None:
    version = tools.version_named(session, tool.key, change.version) if change.version else None
    # One that was taken back may go live again.
    if version is not None and version.taken_back_at is None:
        raise Refused(
            "{tool} already had a version {version}. Give the new one another name.",
            field="version",
            tool=tool.name,
            version=change.version,
        )
    if change.version_from and not tools.version_named(session, tool.key, change.version_from):
        raise Refused(
            "{tool} never had a version {version}. Leave this empty for the one that is live.",
            field="version_from",
            tool=tool.name,
            version=change.version_from,
        )


def _may_be_planned(session: Session, embedding: Embedding, change: Change, at: datetime) -> None:
    if change.when is not When.LATER:
        return
    if change.planned_for is None:
        raise Refused("Say when it goes live, or choose another answer above.", field="planned_for")
    if change.planned_for <= at:
        raise Refused(
            "That time is over. Pick one that is still to come, or say that it is live now.", field="planned_for"
        )
    if shifts.local_day(change.planned_for, _zone(session, embedding)) > embedding.last_day:
        raise Refused(
            "{reference} ends before that. Pick a time up to its last day.",
            field="planned_for",
            reference=embedding.reference,
        )


def _answers(session: Session, tool: Tool, embedding: Embedding, change: Change) -> list[int]:
    """The ids of the reports that a note answers, each of which it may."""
    pasted = {_pasted(session, embedding, number) for number in change.pasted}
    for feedback_id in sorted(set(change.answers) | pasted):
        field = "answers" if feedback_id in change.answers else "pasted"
        _require_answerable(session, tool, embedding, feedback_id, field)
    return sorted(set(change.answers) | pasted)


def _pasted(session: Session, embedding: Embedding, number: int) -> int:
    found = session.exec(
        select(Feedback.id).where(Feedback.workspace_id == embedding.workspace_id, Feedback.number == number)
    ).first()
    if found is None:
        raise Refused(
            "There is no report {reference} here. Look at its number, or take it off.",
            field="pasted",
            reference=references.write(Series.FEEDBACK, number),
        )
    return found


def _require_answerable(session: Session, tool: Tool, embedding: Embedding, feedback_id: int, field: str) -> None:
    feedback = reports.locked(session, feedback_id, embedding.workspace_id, field=field)
    if feedback.status is FeedbackStatus.WITHDRAWN:
        raise Refused(
            "{reference} was taken back by whoever filed it. Take it off the list.",
            field=field,
            reference=feedback.reference,
        )
    if feedback.tool_id != tool.id or feedback.embedding_id != embedding.id:
        raise Refused(
            "{reference} is about another tool or from another team. Take it off the list.",
            field=field,
            reference=feedback.reference,
        )
    if feedback.status not in OPEN:
        raise Refused(
            "{reference} has been answered meanwhile. Take it off the list.",
            field=field,
            reference=feedback.reference,
        )


def _write_down(session: Session, note: ChangeNote, tool: Tool, change: Change) -> None:
    _reword(note, change)
    version = tools.version_named(session, tool.key, change.version_from) if change.version_from else None
    note.version_from_id = version.id if version else None
    note.version_to = change.version
    note.planned_for = change.planned_for if change.when is When.LATER else None


def _reword(note: ChangeNote, change: Change) -> None:
    note.what, note.why, note.before, note.after = change.what, change.why, change.before, change.after
    note.expected, note.take_back, note.approval = change.expected, change.take_back, change.approval


def _edited(session: Session, note: ChangeNote, person: Person, answers: Sequence[int], at: datetime) -> None:
    note.revision += 1
    session.add(note)
    session.flush()
    _keep_version(session, note, person, answers, at)
    _happened(session, note, "change_note_edited", person, at)


def _keep_version(session: Session, note: ChangeNote, person: Person, answers: Sequence[int], at: datetime) -> None:
    session.add(
        NoteVersion(
            change_note_id=note.key,
            number=note.revision,
            written_by_id=person.key,
            written_at=at,
            what=note.what,
            why=note.why,
            before=note.before,
            after=note.after,
            expected=note.expected,
            take_back=note.take_back,
            approval=note.approval,
            version_to=note.version_to,
            planned_for=note.planned_for,
            answers=list(answers),
        )
    )
    session.flush()


def _happened(session: Session, note: ChangeNote, kind: str, person: Person, at: datetime) -> None:
    history.record(
        session,
        note.workspace_id,
        kind,
        "change_note",
        note.key,
        at=at,
        actor_id=person.id,
        data={"reference": note.reference, "version": note.revision},
    )


def _zone(session: Session, embedding: Embedding) -> str:
    return teams.by_id(session, embedding.team_id).zone
