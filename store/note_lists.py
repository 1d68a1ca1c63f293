"""The change notes of a data scientist's tools in a list: what waits, what is live, what was taken back."""

from dataclasses import dataclass

from sqlmodel import Session, case, col, func, select

from store import change_notes, embeddings, people, reporting, restrictions, tools
from store.change_notes import ChangeNote, NoteCard, NoteStatus
from store.errors import Refused
from store.people import Caller, Person
from store.restrictions import InForce


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note in the list, and what can be done with it."""

    card: NoteCard
    needs_approval: bool
    """Whether somebody's OK is needed, and nobody is asked for it yet."""
    can_go_live: bool
    editable: bool


@dataclass(frozen=True, slots=True)
class NotePage:
    """A page of notes: those that wait first, then the newest; pages count from 1."""

    notes: tuple[NoteLine, ...]
    number: int
    pages: int
    zone: str
    restrictions: tuple[InForce, ...] = ()
    """What their tools are not to be relied on for now."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody's own notes that are not live yet, the oldest of each kind first."""

    to_go_on: tuple[NoteLine, ...] = ()
    """Those that wait for them: to be written on, sent for an OK, or said to be live."""
    to_go_on_count: int = 0
    on_their_way: tuple[NoteCard, ...] = ()
    """Those that wait for somebody else's OK, or for their time."""
    on_their_way_count: int = 0


def waiting(session: Session, person: Person, most: int) -> Waiting:
    """The notes that somebody wrote for embeddings that are under way and that are not live yet.

    Args:
        session: The unit's session.
        person: Their author.
        most: How many of each kind; the others are only counted.
    """
    rows = session.exec(
        select(ChangeNote)
        .where(
            ChangeNote.author_id == person.id,
            col(ChangeNote.embedding_id).in_(embeddings.answered_for(session, person)),
            col(ChangeNote.status).in_((NoteStatus.DRAFT, NoteStatus.APPROVED)),
        )
        .order_by(col(ChangeNote.id))
    ).all()
    own = [note for note in rows if not _for_others(note)]
    others = [note for note in rows if _for_others(note)]
    return Waiting(
        tuple(_line(session, note) for note in own[:most]),
        len(own),
        tuple(change_notes.card(session, note.key) for note in others[:most]),
        len(others),
    )


def listed(session: Session, number: int, size: int, *, by: Caller) -> NotePage:
    """A page of the notes of the embeddings whose data scientist somebody is.

    Raises:
        Refused: They are embedded with no team.
    """
    person = people.known(session, by)
    mine = embeddings.answered_for(session, person)
    if not mine:
        raise Refused("You are not embedded with a team right now, so there are no change notes of yours to list.")
    which = col(ChangeNote.embedding_id).in_(mine)
    count = session.exec(select(func.count()).select_from(ChangeNote).where(which)).one()
    pages = max(1, -(-count // size))
    number = min(max(number, 1), pages)
    waits = case((col(ChangeNote.status).in_((NoteStatus.DRAFT, NoteStatus.APPROVED)), 0), else_=1)
    rows = session.exec(
        select(ChangeNote)
        .where(which)
        .order_by(waits, col(ChangeNote.id).desc())
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    zone = reporting.zone_of_embedding(session, mine[0])
    standing = restrictions.on_tools(session, [row.tool_id for row in rows])
    return NotePage(tuple(_line(session, row) for row in rows), number, pages, zone, standing)


def _line(session: Session, note: ChangeNote) -> NoteLine:
    needs_ok = tools.by_id(session, note.tool_id).approver_id is not None
    is_draft = note.status is NoteStatus.DRAFT
    return NoteLine(
        card=change_notes.card(session, note.key),
        needs_approval=is_draft and needs_ok and note.approval_asked_at is None,
        can_go_live=note.status is NoteStatus.APPROVED or (is_draft and not needs_ok),
        editable=note.status is not NoteStatus.ROLLED_BACK,
    )


def _for_others(note: ChangeNote) -> bool:
    """Whether a note that is not live waits for somebody's OK or for its time, and not for its author."""
    if note.status is NoteStatus.DRAFT:
        return note.approval_asked_at is not None
    return note.planned_for is not None
