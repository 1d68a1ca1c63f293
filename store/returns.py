"""Returns: somebody's first shift after days off, and the one message that tells them what has happened since.

It is queued for the shift's start and written just before it goes out, from what is true then. What it tells is not
told again: a change that was to be told at the same time is left to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, or_, select

from store import change_notes, deliveries, people, quiet, rosters, tools
from store.change_notes import ChangeNote, NoteCard, NoteStatus
from store.decisions import ANSWERED
from store.deliveries import Delivery, Kind, Letter, Status
from store.feedback import Feedback, FeedbackStatus
from store.history import Event
from store.own_reports import OwnReport
from store.people import Person
from store.restrictions import InForce as InForce
from store.restrictions import Restriction
from store.teams import Member
from store.tellings import Telling
from store.tools import Tool
from store.verdicts import Verdict

SHOWN = 10
"""Of each list; more would not be read at the start of a shift."""
NO_NEWS = (
    FeedbackStatus.NEW,
    FeedbackStatus.ACKNOWLEDGED,
    FeedbackStatus.CHANGED,
    FeedbackStatus.WITHDRAWN,
    FeedbackStatus.ACCEPTED,
    *ANSWERED,
)
"""States of a report that its reporter was told of by themselves, or is by the decision or the change behind it."""
GOES_OUT = (Status.QUEUED, Status.SENDING, Status.SENT)


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody comes back to work: when their last shift ended, and the shift that they begin now."""

    person_id: int
    day: date
    last_on: datetime
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Since:
    """What somebody is told when they come back."""

    zone: str
    changes: tuple[NoteCard, ...]
    """Of their tools, with those of their own reports that each answers."""
    restrictions: tuple[InForce, ...]
    reports: tuple[OwnReport, ...]
    """Their own, of which something became."""
    asked: tuple[NoteCard, ...]
    """Changes of which they were asked whether they helped, and have not said."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.changes or self.restrictions or self.reports or self.asked)


def queue(session: Session, workspace_id: int, returns: Sequence[Return], *, at: datetime) -> None:
    """Queue the message for each of those who come back, once for a shift; for one that is over it is too late."""
    in_time = [one for one in returns if at < one.ends_at]
    if not in_time:
        return
    moments = _moments(session, in_time)
    _follow(session, workspace_id, moments)
    letters = [
        Letter(
            Kind.SINCE_LAST_ON,
            _key(one),
            one.person_id,
            "person",
            one.person_id,
            moments[_key(one)][0],
            moments[_key(one)][1],
            {"last_on": one.last_on.isoformat()},
        )
        for one in in_time
    ]
    deliveries.queue_all(session, workspace_id, letters, at=at)


def _key(one: Return) -> str:
    return f"person:{one.person_id}:since:{one.day}"


def _moments(session: Session, returns: Sequence[Return]) -> dict[str, tuple[datetime, datetime | None]]:
    """When each message goes out and when it is too late for it, by its key: not in their quiet hours."""
    with_quiet = quiet.who_has_some(session, [one.person_id for one in returns])
    return {
        _key(one): quiet.on_shift(session, one.person_id, one.starts_at, one.ends_at)
        if one.person_id in with_quiet
        else (one.starts_at, one.ends_at)
        for one in returns
    }


def _follow(session: Session, workspace_id: int, moments: Mapping[str, tuple[datetime, datetime | None]]) -> None:
    """Some may work another shift of the same day by now."""
    waiting = session.exec(
        select(Delivery)
        .where(
            Delivery.workspace_id == workspace_id,
            col(Delivery.dedupe_key).in_(moments),
            Delivery.status == Status.QUEUED,
        )
        .with_for_update()
    ).all()
    for delivery in waiting:
        delivery.due_at, delivery.expires_at = moments[delivery.dedupe_key]
        session.add(delivery)


def is_at_work(session: Session, delivery: Delivery) -> bool:
    """Whether somebody still works the shift for which a message for their return is, or one at that time."""
    ends_at = delivery.expires_at or delivery.due_at
    since = ends_at.date() - timedelta(days=2)  # a shift of the day before, wherever it is
    just_before = ends_at - timedelta(seconds=1)
    found = (own.under_way_or_next(just_before) for own in rosters.of_person(session, delivery.subject_id, since))
    return any(shift is not None and shift.starts_at <= just_before for shift in found)


def tells(session: Session, told: Delivery) -> frozenset[int]:
    """The changes that a message for somebody's return tells before another one would, or at the same time."""
    for_return = session.exec(
        select(Delivery)
        .where(
            Delivery.person_id == told.person_id,
            Delivery.kind == Kind.SINCE_LAST_ON,
            col(Delivery.due_at) >= told.created_at,
            col(Delivery.due_at) <= told.due_at,
            col(Delivery.status).in_(GOES_OUT),
        )
        .order_by(col(Delivery.due_at))
    ).all()
    return frozenset(
        note.id
        for row in for_return
        if is_at_work(session, row)
        for note in since(session, row).changes
        if _was_live(session, note, row)
    )


def tells_restriction(session: Session, told: Delivery) -> bool:
    """Whether a message for somebody's return tells of the restriction that another one was to tell at that time."""
    for_return = at_the_same_time(session, told)
    return for_return is not None and told.subject_id in {one.id for one in since(session, for_return).restrictions}


def at_the_same_time(session: Session, told: Delivery) -> Delivery | None:
    """The message for somebody's return that goes out when another one to them does, or None."""
    for_return = session.exec(
        select(Delivery).where(
            Delivery.person_id == told.person_id,
            Delivery.kind == Kind.SINCE_LAST_ON,
            Delivery.due_at == told.due_at,
            col(Delivery.status).in_(GOES_OUT),
        )
    ).first()
    return for_return if for_return is not None and is_at_work(session, for_return) else None


def _was_live(session: Session, note: NoteCard, message: Delivery) -> bool:
    live_at = change_notes.by_id(session, note.id).live_at
    return live_at is not None and live_at <= message.due_at


def since(session: Session, delivery: Delivery) -> Since:
    """What somebody is told by a message for their return."""
    person = people.by_id(session, delivery.subject_id)
    last_on = datetime.fromisoformat(delivery.data["last_on"])
    mine = {tool.key: tool for tool in tools.of_teams(session, _teams_of(session, person))}
    return Since(
        zone=person.zone,
        changes=_changes(session, person, mine, last_on),
        restrictions=_restrictions(session, mine, delivery.due_at),
        reports=_reports(session, person, last_on),
        asked=_asked(session, person),
    )


def _teams_of(session: Session, person: Person) -> list[int]:
    return list(session.exec(select(Member.team_id).where(Member.person_id == person.id)).all())


def _changes(session: Session, person: Person, mine: dict[int, Tool], last_on: datetime) -> tuple[NoteCard, ...]:
    told = (
        select(Telling.change_note_id)
        .join(Delivery, col(Delivery.id) == col(Telling.delivery_id))
        .where(Telling.person_id == person.id, col(Delivery.status).in_((Status.SENDING, Status.SENT)))
    )
    notes = session.exec(
        select(ChangeNote)
        .where(
            col(ChangeNote.tool_id).in_(mine),
            ChangeNote.status == NoteStatus.LIVE,
            col(ChangeNote.live_at) >= last_on,
            col(ChangeNote.id).not_in(told),
        )
        .order_by(col(ChangeNote.id).desc())
        .limit(SHOWN)
    ).all()
    return tuple(change_notes.card(session, note.key, person.key) for note in notes)


def _restrictions(session: Session, mine: dict[int, Tool], at: datetime) -> tuple[InForce, ...]:
    rows = session.exec(
        select(Restriction)
        .where(
            col(Restriction.tool_id).in_(mine),
            col(Restriction.lifted_at).is_(None),
            col(Restriction.ended_at).is_(None),
            or_(col(Restriction.until).is_(None), col(Restriction.until) > at),
        )
        .order_by(col(Restriction.id).desc())
        .limit(SHOWN)
    ).all()
    return tuple(InForce(mine[row.tool_id].name, row.what_for, row.until, row.why or "", id=row.key) for row in rows)


def _reports(session: Session, person: Person, last_on: datetime) -> tuple[OwnReport, ...]:
    touched = select(Event.subject_id).where(
        Event.workspace_id == person.workspace_id,
        Event.subject == "feedback",
        Event.at >= last_on,
        col(Event.actor_id).is_distinct_from(person.id),
    )
    rows = session.exec(
        select(Feedback, Tool.name)
        .join(Tool, col(Tool.id) == col(Feedback.tool_id))
        .where(
            Feedback.reporter_id == person.id,
            col(Feedback.id).in_(touched),
            col(Feedback.status).not_in(NO_NEWS),
        )
        .order_by(col(Feedback.id).desc())
        .limit(SHOWN)
    ).all()
    return tuple(OwnReport(row.reference, tool, row.kind, row.text, row.status, row.filed_at) for row, tool in rows)


def _asked(session: Session, person: Person) -> tuple[NoteCard, ...]:
    answered = select(Verdict.change_note_id).where(Verdict.person_id == person.id)
    asked = session.exec(
        select(Delivery.subject_id)
        .where(
            Delivery.person_id == person.id,
            Delivery.kind == Kind.VERDICT_ASKED,
            Delivery.status == Status.SENT,
            col(Delivery.subject_id).not_in(answered),
        )
        .order_by(col(Delivery.id).desc())
        .limit(SHOWN)
    ).all()
    cards = (change_notes.card(session, note_id, person.key) for note_id in asked)
    return tuple(card for card in cards if card.live and card.answers)
