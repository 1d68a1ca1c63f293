"""Whom to call about something unsafe: the duty contacts of the shift first, then the others, then the lead.

Whoever is away, whose account is switched off, and whoever reported it themselves are passed over.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from store import absences, embeddings, rosters, shifts, teams
from store.access import Grant, Role, Scope
from store.people import Person
from store.teams import Team


@dataclass(frozen=True, slots=True)
class Circle:
    """Those around a report: its team, its embedding if there is one, and who is not called."""

    team_id: int | None
    embedding_id: int | None
    besides: frozenset[int]
    """Ids of people: who reported it, and who was called before."""


def first(session: Session, circle: Circle, *, at: datetime) -> list[Person]:
    """Whom to call at once: the duty contacts who are on shift, else all of them; and the embedded people.

    Where no duty contact can be called, the lead is.
    """
    on_duty = _duty_contacts(session, circle, at)
    at_work = _at_work(session, circle.team_id, at)
    called = [person for person in on_duty if person.key in at_work] or on_duty or _leads(session, circle, at)
    return each_once([*called, *embedded(session, circle, at=at)])


def embedded(session: Session, circle: Circle, *, at: datetime) -> list[Person]:
    """The embedded people, who are called at once as well."""
    if circle.embedding_id is None:
        return []
    data_scientists = embeddings.embedded(session, circle.embedding_id)
    return [*_to_be_called(session, data_scientists, circle, at), *_holding(session, circle, Role.CHAMPION, at)]


def following(session: Session, circle: Circle, *, again: bool, at: datetime) -> list[list[Person]]:
    """Whom to call after those: the next duty contact, then the lead, then all other duty contacts; none is empty.

    Args:
        session: The unit's session.
        circle: Those around the report.
        again: Whether a next duty contact was called before: it is the lead's turn then.
        at: Now.
    """
    contacts = _duty_contacts(session, circle, at)
    following = [] if again else contacts[:1]
    taken = {person.key for person in following}
    leads = [person for person in _leads(session, circle, at) if person.key not in taken]
    taken |= {person.key for person in leads}
    others = [person for person in contacts if person.key not in taken]
    return [group for group in (following, leads, others) if group]


def reachable(session: Session, circle: Circle, person_ids: Collection[int], *, at: datetime) -> list[Person]:
    """Of some people those who can be called about it, in the order of their ids."""
    known = session.exec(select(Person).where(col(Person.id).in_(person_ids)).order_by(col(Person.id))).all()
    return _to_be_called(session, known, circle, at)


def each_once(people: Iterable[Person]) -> list[Person]:
    """Some people in their order, nobody twice."""
    return list({person.key: person for person in people}.values())


def _duty_contacts(session: Session, circle: Circle, at: datetime) -> list[Person]:
    return _holding(session, circle, Role.DUTY_CONTACT, at)


def _leads(session: Session, circle: Circle, at: datetime) -> list[Person]:
    return _holding(session, circle, Role.LEAD, at)


def _holding(session: Session, circle: Circle, role: Role, at: datetime) -> list[Person]:
    """Those who hold a role in the team, in the order in which it was given to them."""
    if circle.team_id is None:
        return []
    holders = session.exec(
        select(Person)
        .join(Grant, col(Grant.person_id) == col(Person.id))
        .where(Grant.role == role, Grant.scope == Scope.TEAM, Grant.scope_id == circle.team_id)
        .order_by(col(Grant.id))
    ).all()
    return _to_be_called(session, holders, circle, at)


def _to_be_called(session: Session, people: Collection[Person], circle: Circle, at: datetime) -> list[Person]:
    return [
        person
        for person in people
        if person.active
        and person.key not in circle.besides
        and not absences.on(session, [person.key], shifts.local_day(at, person.zone))
    ]


def _at_work(session: Session, team_id: int | None, at: datetime) -> set[int]:
    """Those of a team who are on a shift at an instant; last night's may still be under way."""
    if team_id is None:
        return set()
    team: Team = teams.by_id(session, team_id)
    pattern = teams.pattern_of(session, team)
    today = shifts.local_day(at, team.zone)
    return {
        person_id
        for day in (today - timedelta(days=1), today)
        for person_id, shift in rosters.worked_on(session, team, pattern, day).items()
        if shift.starts_at <= at < shift.ends_at
    }
