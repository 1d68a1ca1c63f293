"""Tellings: who hears of a change that went live, by which message, and of its being taken back.

Reporters of what a change answers hear within the hour, on their shift; everybody else on the tool's teams at the start
of their next shift. Several changes are one message: each telling names the delivery that tells it, and that is written
from those of its changes that are live just before it goes out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, col, select

from store import change_notes, deliveries, quiet, rota, teams, tools
from store.change_notes import ChangeNote, NoteCard, NoteStatus
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Embedding
from store.people import Person
from store.policy import Policy
from store.table import Table
from store.teams import Member
from store.types import Instant

BEFORE_THE_END = timedelta(minutes=15)
"""Who goes home within the hour is told this long before."""
MAY_BE_OUT = (Status.SENDING, Status.SENT, Status.UNKNOWN)


class Telling(Table, table=True):
    """Somebody hears of a change by a message."""

    __tablename__ = "telling"
    __table_args__ = (UniqueConstraint("change_note_id", "person_id"), Index(None, "person_id", "delivery_id"))

    id: int | None = Field(default=None, primary_key=True)
    change_note_id: int = Field(foreign_key="change_note.id")
    person_id: int = Field(foreign_key="person.id")
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    is_reporter: bool
    """Whether the change answers a report of theirs."""
    called_off_at: datetime | None = Field(default=None, sa_type=Instant)
    """Since when there is nothing to tell: the change was taken back before they heard of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The changes that one message tells somebody."""

    own: tuple[NoteCard, ...]
    """Those that answer reports of theirs, with these."""
    others: tuple[NoteCard, ...]


def tell(session: Session, note: ChangeNote, reporters: Collection[int], *, policy: Policy, at: datetime) -> None:
    """Have everybody hear of a change that is live now, once."""
    others = [person_id for person_id in _users(session, note.tool_id) if person_id not in reporters]
    concerned = sorted({*reporters, *others})
    # Two changes at the same moment must not begin two messages to one person.
    session.exec(
        select(Person.id).where(col(Person.id).in_(concerned)).order_by(col(Person.id)).with_for_update(key_share=True)
    ).all()
    waiting = _waiting(session, concerned)
    for reporter_id in sorted(reporters):
        due_at = _soon(session, reporter_id, policy, at)
        joined = _joined(waiting, reporter_id, due_at)
        if joined is not None and joined.kind is Kind.CHANGE_NEWS:
            # It tells them of their own report from now on, so that it must arrive, however late.
            joined.kind, joined.expires_at = Kind.CHANGE_TOLD, None
            session.add(joined)
        delivery_id = joined.key if joined else _begin(session, note, Kind.CHANGE_TOLD, reporter_id, due_at, None, at)
        session.add(Telling(change_note_id=note.key, person_id=reporter_id, delivery_id=delivery_id, is_reporter=True))
    for person_id in others:
        shift = rota.nth_shift(session, person_id, at, 1)
        if shift is None:
            continue
        due_at, expires_at = quiet.on_shift(session, person_id, shift.starts_at, shift.ends_at)
        joined = _joined(waiting, person_id, None)
        delivery_id = (
            joined.key if joined else _begin(session, note, Kind.CHANGE_NEWS, person_id, due_at, expires_at, at)
        )
        session.add(Telling(change_note_id=note.key, person_id=person_id, delivery_id=delivery_id, is_reporter=False))
    session.flush()


def tell_channel(session: Session, note: ChangeNote, embedding: Embedding, *, at: datetime) -> None:
    """One line to the team's channel."""
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


def told(session: Session, delivery: Delivery, without: Collection[int] = ()) -> Told:
    """What a message tells as things stand, without the changes that another one tells."""
    cards = [
        (change_notes.card(session, note_id, delivery.person_id), is_reporter)
        for note_id, is_reporter in told_by(session, delivery.key)
        if note_id not in without
    ]
    return Told(
        own=tuple(card for card, is_reporter in cards if is_reporter and card.answers),
        others=tuple(card for card, is_reporter in cards if not (is_reporter and card.answers)),
    )


def told_by(session: Session, delivery_id: int) -> list[tuple[int, bool]]:
    """The changes that a message tells as things stand: the note's id, and whether it answers a report of theirs."""
    found = session.exec(
        select(Telling.change_note_id, Telling.is_reporter)
        .join(ChangeNote, col(ChangeNote.id) == col(Telling.change_note_id))
        .where(
            Telling.delivery_id == delivery_id,
            col(Telling.called_off_at).is_(None),
            ChangeNote.status == NoteStatus.LIVE,
        )
        .order_by(col(Telling.is_reporter).desc(), col(Telling.change_note_id))
    ).all()
    return [(note_id, is_reporter) for note_id, is_reporter in found]


def take_back(session: Session, note: ChangeNote, *, at: datetime) -> int:
    """Call off what was not told of a change yet, and have those hear that it was taken back who may have been told.

    Returns:
        How many people hear of it.
    """
    found = session.exec(select(Telling).where(Telling.change_note_id == note.id).order_by(col(Telling.id))).all()
    messages = _held(session, [telling.delivery_id for telling in found])
    hear = 0
    for telling in found:
        message = messages[telling.delivery_id]
        if message.status is Status.QUEUED and message.claim_token is None:
            telling.called_off_at = at
            session.add(telling)
            session.flush()
            if not told_by(session, message.key) and not _others(session, message.key, note.key):
                message.status, message.reason, message.ended_at = Status.SKIPPED, "the change was taken back", at
                session.add(message)
        elif message.status in MAY_BE_OUT or message.status is Status.QUEUED or _since_told(session, message):
            _tell_back(session, note, telling, at)
            hear += 1
    _channel_back(session, note, at)
    return hear


def was_told(session: Session, note_id: int, person_id: int) -> datetime | None:
    """When somebody heard of a change, by its own message or by that for their return; None when they did not."""
    telling = session.exec(
        select(Telling).where(Telling.change_note_id == note_id, Telling.person_id == person_id)
    ).first()
    if telling is None or telling.called_off_at is not None:
        return None
    message = deliveries.by_id(session, telling.delivery_id)
    if message.status in MAY_BE_OUT:
        return message.ended_at or message.attempted_at
    since = _since_told(session, message)
    return since.ended_at if since else None


def _users(session: Session, tool_id: int) -> Sequence[int]:
    """Everybody who works in a team that uses a tool."""
    return session.exec(
        select(Member.person_id)
        .join(Person, col(Person.id) == col(Member.person_id))
        .where(col(Member.team_id).in_(tools.teams_using(session, tool_id)), col(Person.active))
        .distinct()
        .order_by(col(Member.person_id))
    ).all()


def _soon(session: Session, person_id: int, policy: Policy, at: datetime) -> datetime:
    """An hour from now, so that several changes are one message; on their shift, and before they go home."""
    ends_at = rota.at_work_until(session, person_id, at)
    soon = at + policy.told_together
    if ends_at is not None:
        soon = max(at, min(soon, ends_at - BEFORE_THE_END))
    return quiet.at_work(session, person_id, soon)


def _waiting(session: Session, person_ids: Collection[int]) -> dict[int, list[Delivery]]:
    """The messages about changes to some people that nobody has begun to send, held so that nobody does."""
    rows = session.exec(
        select(Delivery)
        .where(
            col(Delivery.person_id).in_(person_ids),
            col(Delivery.kind).in_((Kind.CHANGE_TOLD, Kind.CHANGE_NEWS)),
            Delivery.status == Status.QUEUED,
            col(Delivery.claim_token).is_(None),
        )
        .order_by(col(Delivery.id))
        .with_for_update()
    ).all()
    found: dict[int, list[Delivery]] = {}
    for row in rows:
        # Of what it waited for, it may see an older state.
        if row.status is Status.QUEUED and row.claim_token is None and row.attempts == 0:
            found.setdefault(row.person_id or 0, []).append(row)
    return found


def _joined(waiting: Mapping[int, list[Delivery]], person_id: int, due_at: datetime | None) -> Delivery | None:
    """The message to somebody that a further change can go with; a reporter's must not come later than it is due."""
    for row in sorted(waiting.get(person_id, ()), key=lambda row: row.kind is Kind.CHANGE_NEWS):
        if due_at is None or row.kind is Kind.CHANGE_TOLD or row.due_at <= due_at:
            return row
    return None


def _begin(
    session: Session,
    note: ChangeNote,
    kind: Kind,
    person_id: int,
    due_at: datetime,
    expires_at: datetime | None,
    at: datetime,
) -> int:
    begun = deliveries.queue(
        session,
        note.workspace_id,
        kind,
        f"change_note:{note.key}:told:{person_id}",
        "change_note",
        note.key,
        at=at,
        person_id=person_id,
        due_at=due_at,
        expires_at=expires_at,
    )
    assert begun is not None  # noqa: S101 - a note goes live once
    return begun


def _held(session: Session, delivery_ids: Sequence[int]) -> dict[int, Delivery]:
    rows = session.exec(
        select(Delivery).where(col(Delivery.id).in_(delivery_ids)).order_by(col(Delivery.id)).with_for_update()
    ).all()
    return {row.key: row for row in rows}


def _others(session: Session, delivery_id: int, note_id: int) -> bool:
    found = session.exec(
        select(Telling.id).where(
            Telling.delivery_id == delivery_id,
            Telling.change_note_id != note_id,
            col(Telling.called_off_at).is_(None),
        )
    ).first()
    return found is not None


def _since_told(session: Session, message: Delivery) -> Delivery | None:
    """The message for somebody's return that told what another one then had not to tell."""
    if message.status is not Status.SKIPPED:
        return None
    return session.exec(
        select(Delivery)
        .where(
            Delivery.person_id == message.person_id,
            Delivery.kind == Kind.SINCE_LAST_ON,
            col(Delivery.due_at) >= message.created_at,
            col(Delivery.due_at) <= message.due_at,
            col(Delivery.status).in_(MAY_BE_OUT),
        )
        .order_by(col(Delivery.id).desc())
    ).first()


def _tell_back(session: Session, note: ChangeNote, telling: Telling, at: datetime) -> None:
    shift = None if telling.is_reporter else rota.nth_shift(session, telling.person_id, at, 1)
    due_at = quiet.at_work(session, telling.person_id, shift.starts_at if shift else at)
    deliveries.queue(
        session,
        note.workspace_id,
        Kind.CHANGE_TAKEN_BACK,
        f"change_note:{note.key}:taken_back:{telling.person_id}",
        "change_note",
        note.key,
        at=at,
        person_id=telling.person_id,
        due_at=due_at,
    )


def _channel_back(session: Session, note: ChangeNote, at: datetime) -> None:
    posted = deliveries.posted_for(session, note.workspace_id, f"change_note:{note.key}:channel")
    deliveries.call_off(session, (Kind.CHANGE_IN_CHANNEL,), [note.key], "the change was taken back", at)
    if posted is not None and (posted.status in MAY_BE_OUT or posted.claim_token is not None):
        deliveries.queue(
            session,
            note.workspace_id,
            Kind.CHANGE_TAKEN_BACK_IN_CHANNEL,
            f"change_note:{note.key}:taken_back:channel",
            "change_note",
            note.key,
            at=at,
            channel=posted.channel,
        )
