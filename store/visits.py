"""Visits: come and show me. Where two changes did not help, reporter and data scientist look at it together on site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlmodel import Field, Session, select

from store import deliveries, embeddings, feedback, history, people, quiet, rota, shifts, teams, tools
from store.deliveries import Delivery, Kind
from store.embeddings import Embedding
from store.errors import Refused
from store.feedback import Feedback
from store.people import Caller, Person
from store.policy import Policy
from store.table import Keyed
from store.types import Instant, Word

WEEKEND = (5, 6)


class VisitStatus(StrEnum):
    """Where a visit stands."""

    PROPOSED = "proposed"
    BOOKED = "booked"
    CALLED_OFF = "called_off"
    NO_TIME = "no_time"
    """No time is left at which both are on site."""


OPEN = (VisitStatus.PROPOSED, VisitStatus.BOOKED)


class Visit(Keyed, table=True):
    """A time at which a reporter shows a data scientist what they mean."""

    __tablename__ = "visit"

    workspace_id: int = Field(foreign_key="workspace.id")
    embedding_id: int = Field(foreign_key="embedding.id")
    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    reporter_id: int = Field(foreign_key="person.id")
    scientist_id: int = Field(foreign_key="person.id")
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    turn: int = 1
    """How many times were proposed so far."""
    reporter_agreed_at: datetime | None = Field(default=None, sa_type=Instant)
    scientist_agreed_at: datetime | None = Field(default=None, sa_type=Instant)
    status: VisitStatus = Field(sa_type=Word(VisitStatus))
    proposed_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which both are on site."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit as one of the two is shown it."""

    id: int
    turn: int
    report: str
    tool: str
    site: str
    with_whom: str
    is_reporter: bool
    agreed: bool
    """Whether whoever reads it has said yes."""
    status: VisitStatus
    starts_at: datetime
    zone: str


def propose(
    session: Session, report: Feedback, embedding: Embedding, scientist_id: int, *, policy: Policy, at: datetime
) -> bool:
    """Propose a time to both, unless there is one for this report already, or none at which both are on site.

    Returns:
        Whether one is proposed.
    """
    open_one = select(Visit.id).where(Visit.feedback_id == report.id)
    if session.exec(open_one).first() is not None:
        return False
    slot = next(slots(session, report.reporter_id, embedding, at + policy.visit_notice, policy), None)
    if slot is None:
        return False
    visit = Visit(
        workspace_id=report.workspace_id,
        embedding_id=embedding.key,
        feedback_id=report.key,
        reporter_id=report.reporter_id,
        scientist_id=scientist_id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=VisitStatus.PROPOSED,
        proposed_at=at,
    )
    session.add(visit)
    session.flush()
    _happened(session, visit, "visit_proposed", None, at)
    for person_id in (visit.reporter_id, visit.scientist_id):
        _ask(session, visit, person_id, at)
    return True


def slots(session: Session, reporter_id: int, embedding: Embedding, after: datetime, policy: Policy) -> Iterator[Slot]:
    """The times at which a reporter is on shift and data scientists are on site, one a shift, up to the last day."""
    zone = teams.by_id(session, embedding.team_id).zone
    until = shifts.instant(embedding.last_day, policy.on_site_until, zone)
    if until is None or until <= after:
        return
    worked = rota.coming_shifts(session, reporter_id, after - timedelta(days=1), until)
    times = [(shift.starts_at, shift.ends_at) for shift in worked]
    if not times and rota.nth_shift(session, reporter_id, after, 1) is None:
        times = [(after, until)]  # somebody without shifts, such as a lead
    for starts_at, ends_at in times:
        yield from _overlaps(max(starts_at, after), ends_at, zone, policy, until)


def _overlaps(starts_at: datetime, ends_at: datetime, zone: str, policy: Policy, until: datetime) -> Iterator[Slot]:
    day = shifts.local_day(starts_at, zone)
    while (opens := shifts.instant(day, time.min, zone)) is None or opens < ends_at:
        first = shifts.instant(day, policy.on_site_from, zone)
        last = shifts.instant(day, policy.on_site_until, zone)
        if first and last and day.weekday() not in WEEKEND:
            begins = max(first, starts_at)
            if begins + policy.visit <= min(last, ends_at, until):
                yield Slot(begins, begins + policy.visit)
        day += timedelta(days=1)


def agree(session: Session, visit_id: int, turn: int, *, by: Caller, at: datetime) -> VisitStatus:
    """Say that a proposed time is all right; it is booked when both have.

    Raises:
        Refused: It is not theirs, another time was proposed meanwhile, or it is over.
    """
    person, visit = _mine(session, visit_id, by)
    if visit.turn == turn and visit.status is VisitStatus.BOOKED:
        return visit.status
    _require_open(visit, turn)
    if visit.starts_at <= at:
        raise Refused("That time is over. Ask for another one.")
    if person.key == visit.reporter_id:
        visit.reporter_agreed_at = visit.reporter_agreed_at or at
    if person.key == visit.scientist_id:
        visit.scientist_agreed_at = visit.scientist_agreed_at or at
    _happened(session, visit, "visit_agreed", person, at)
    if visit.reporter_agreed_at and visit.scientist_agreed_at:
        visit.status = VisitStatus.BOOKED
        _happened(session, visit, "visit_booked", person, at)
        _tell_booked(session, visit, _other(visit, person), at)
    session.add(visit)
    session.flush()
    _show(session, visit, at)
    return visit.status


def another_time(
    session: Session, visit_id: int, turn: int, *, policy: Policy, by: Caller, at: datetime
) -> VisitStatus:
    """Ask for the next time at which both are on site; who had agreed to the last one is asked anew.

    Raises:
        Refused: It is not theirs, or another time was proposed meanwhile.
    """
    person, visit = _mine(session, visit_id, by)
    _require_open(visit, turn)
    embedding = embeddings.by_id(session, visit.embedding_id)
    # Another day: half an hour later is hardly another time.
    zone = teams.by_id(session, embedding.team_id).zone
    tomorrow = shifts.instant(shifts.local_day(visit.starts_at, zone) + timedelta(days=1), time.min, zone)
    after = max(tomorrow or visit.ends_at, at + policy.visit_notice)
    slot = next(slots(session, visit.reporter_id, embedding, after, policy), None)
    other = _other(visit, person)
    had_agreed = visit.reporter_agreed_at if other == visit.reporter_id else visit.scientist_agreed_at
    visit.reporter_agreed_at = visit.scientist_agreed_at = None
    if slot is None:
        visit.status = VisitStatus.NO_TIME
    else:
        visit.starts_at, visit.ends_at, visit.turn = slot.starts_at, slot.ends_at, visit.turn + 1
    session.add(visit)
    session.flush()
    _happened(session, visit, "visit_moved", person, at)
    _show(session, visit, at)
    if slot is not None and had_agreed:
        _ask(session, visit, other, at)
    return visit.status


def rather_not(session: Session, visit_id: int, *, by: Caller, at: datetime) -> VisitStatus:
    """Leave it: no reason is asked for, and it is not proposed again for this report.

    Raises:
        Refused: It is not theirs.
    """
    person, visit = _mine(session, visit_id, by)
    if visit.status in OPEN:
        was_booked = visit.status is VisitStatus.BOOKED
        visit.status = VisitStatus.CALLED_OFF
        session.add(visit)
        session.flush()
        _happened(session, visit, "visit_called_off", person, at)
        _show(session, visit, at)
        if was_booked:
            _tell_booked(session, visit, _other(visit, person), at)
    return visit.status


def card(session: Session, visit_id: int, person_id: int | None) -> VisitCard:
    """What one of the two is shown of a visit."""
    visit = session.get_one(Visit, visit_id)
    report = feedback.by_id(session, visit.feedback_id)
    team = teams.by_id(session, embeddings.by_id(session, visit.embedding_id).team_id)
    is_reporter = person_id == visit.reporter_id
    other = visit.scientist_id if is_reporter else visit.reporter_id
    return VisitCard(
        id=visit.key,
        turn=visit.turn,
        report=report.reference,
        tool=tools.by_id(session, report.tool_id).name,
        site=team.site,
        with_whom=people.by_id(session, other).name,
        is_reporter=is_reporter,
        agreed=bool(visit.reporter_agreed_at if is_reporter else visit.scientist_agreed_at),
        status=visit.status,
        starts_at=visit.starts_at,
        zone=team.zone,
    )


def _mine(session: Session, visit_id: int, by: Caller) -> tuple[Person, Visit]:
    person = people.known(session, by)
    visit = session.exec(
        select(Visit).where(Visit.id == visit_id, Visit.workspace_id == person.workspace_id).with_for_update()
    ).first()
    if visit is None or person.key not in (visit.reporter_id, visit.scientist_id):
        raise Refused("That was for the two who were asked.")
    return person, visit


def _require_open(visit: Visit, turn: int) -> None:
    if visit.status is not VisitStatus.PROPOSED or visit.turn != turn:
        raise Refused("That time is not asked about any more. Look at the message again.")


def _other(visit: Visit, person: Person) -> int:
    return visit.scientist_id if person.key == visit.reporter_id else visit.reporter_id


def _ask(session: Session, visit: Visit, person_id: int, at: datetime) -> None:
    deliveries.queue(
        session,
        visit.workspace_id,
        Kind.VISIT_PROPOSED,
        f"visit:{visit.key}:{visit.turn}:{person_id}",
        "visit",
        visit.key,
        at=at,
        person_id=person_id,
        due_at=_when(session, visit, person_id, at),
        expires_at=visit.starts_at,
    )


def _when(session: Session, visit: Visit, person_id: int, at: datetime) -> datetime:
    """On their shift and not in their quiet hours, unless the visit were over by then."""
    due_at = quiet.at_work(session, person_id, at)
    return due_at if due_at < visit.starts_at else rota.next_at_work(session, person_id, at)


def _tell_booked(session: Session, visit: Visit, person_id: int, at: datetime) -> None:
    deliveries.queue(
        session,
        visit.workspace_id,
        Kind.VISIT_BOOKED,
        f"visit:{visit.key}:{visit.status}:{visit.turn}:{person_id}",
        "visit",
        visit.key,
        at=at,
        person_id=person_id,
        due_at=_when(session, visit, person_id, at),
        expires_at=visit.starts_at,
    )


def _show(session: Session, visit: Visit, at: datetime) -> None:
    """Let what the two have before them say how the visit stands: of several messages the newest."""
    newest: dict[int | None, Delivery] = {}
    for posted in deliveries.posts_about(session, (Kind.VISIT_PROPOSED,), visit.key):
        newest[posted.person_id] = posted
    for posted in newest.values():
        deliveries.rewrite(session, posted, Kind.VISIT_SHOWN, at=at)


def _happened(session: Session, visit: Visit, kind: str, person: Person | None, at: datetime) -> None:
    history.record(session, visit.workspace_id, kind, "visit", visit.key, at=at, actor_id=person.id if person else None)
