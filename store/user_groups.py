"""Crews whose people are those of a Slack user group: somebody else keeps that list, and we follow it once a day.

Nobody is in two crews of a team, and what is done by hand goes before what a group says: whoever is in another crew of
the team already stays there, and an admin sees that the group says otherwise.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, or_, select

from store import history
from store.dialect import insert
from store.errors import N_
from store.people import Person
from store.policy import Policy
from store.teams import Crew, Member, Team

NOBODY = N_("nobody in its user group is on the site's list")
"""Why a crew stays as it is where Slack did say who is in its group."""


@dataclass(frozen=True, slots=True)
class GroupOfCrew:
    """A crew, and the user group in which its people are, by Slack's id."""

    crew_id: int
    user_group: str


@dataclass(frozen=True, slots=True)
class Followed:
    """How many came into a crew and left it, and who of its group did not: not on the list, or in another crew."""

    joined: int = 0
    left: int = 0
    strangers: int = 0
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class GroupTrouble:
    """What an admin should know about the user group of a crew."""

    crew: str
    team: str
    problem: str | None
    """Why the crew stays as it is."""
    strangers: tuple[str, ...] = ()
    """The Slack ids of those who are not on the site's list."""
    elsewhere: tuple[str, ...] = ()
    """The names of those who are in another crew of the team and stay there."""


def with_old_groups(session: Session, before: datetime, limit: int) -> list[GroupOfCrew]:
    """Some of the crews about whose user group Slack was not asked since an instant."""
    query = (
        select(Crew)
        .where(col(Crew.user_group).is_not(None))
        .where(or_(col(Crew.group_asked_at).is_(None), col(Crew.group_asked_at) < before))
        .order_by(col(Crew.id))
        .limit(limit)
    )
    return [GroupOfCrew(crew.id, crew.user_group) for crew in session.exec(query) if crew.id and crew.user_group]


def follow(session: Session, group: GroupOfCrew, slack_ids: Sequence[str], *, at: datetime) -> Followed:
    """Let a crew have the people of its user group: those on the site's list whose accounts are active, nobody else.

    A group in which there is nobody of that kind leaves the crew as it was: a list that somebody has emptied by
    mistake must not end what a whole crew is asked.
    """
    crew = _locked(session, group)
    if crew is None:
        return Followed()
    team = session.get_one(Team, crew.team_id)
    query = select(Person).where(Person.workspace_id == team.workspace_id, col(Person.slack_id).in_(slack_ids))
    people = {person.slack_id: person for person in session.exec(query)}
    wanted = {person.key for person in people.values() if person.active}
    crews_of = dict(
        session.exec(select(Member.person_id, Member.crew_id).where(Member.team_id == team.id).with_for_update()).all()
    )
    now = {person_id for person_id, crew_id in crews_of.items() if crew_id == crew.id}
    elsewhere = wanted & crews_of.keys() - now
    joining, leaving = (wanted - crews_of.keys(), now - wanted) if wanted else (set(), set())
    _move(session, crew, joining, leaving)
    crew.group_asked_at = at
    crew.group_problem = None if wanted else NOBODY
    crew.group_strangers = sorted(set(slack_ids) - people.keys())
    crew.group_elsewhere = sorted(elsewhere)
    session.add(crew)
    if joining or leaving:
        data = {"joined": len(joining), "left": len(leaving)}
        history.record(session, team.workspace_id, "crew_followed", "crew", group.crew_id, at=at, data=data)
    return Followed(len(joining), len(leaving), len(crew.group_strangers), len(elsewhere))


def asked_in_vain(session: Session, group: GroupOfCrew, problem: str | None, *, policy: Policy, at: datetime) -> None:
    """Slack said nothing of a user group: its crew stays as it is, and is asked about again in a while.

    Args:
        session: The unit's session.
        group: Which.
        problem: Why, in words that an admin can act on; None where waiting is all there is to do.
        policy: How long a while is.
        at: Now.
    """
    crew = _locked(session, group)
    if crew is not None:
        crew.group_asked_at = at - policy.group_every + policy.profile_retry
        crew.group_problem = problem or crew.group_problem
        session.add(crew)


def take_up(crew: Crew, user_group: str | None) -> None:
    """A crew follows another user group from now on, or none: Slack is asked about it at the next tick."""
    crew.user_group = user_group
    crew.group_asked_at = crew.group_problem = None
    crew.group_strangers, crew.group_elsewhere = [], []


def troubles(session: Session, workspace_id: int) -> tuple[GroupTrouble, ...]:
    """What an admin of a workspace should know about the user groups of its crews, by team and crew."""
    rows = session.exec(
        select(Crew, Team.name)
        .join(Team, col(Team.id) == col(Crew.team_id))
        .where(Team.workspace_id == workspace_id, col(Crew.user_group).is_not(None))
        .order_by(Team.name, Crew.name)
    ).all()
    here = [person_id for crew, _ in rows for person_id in crew.group_elsewhere]
    names = dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(here))).all())
    return tuple(
        GroupTrouble(
            crew=crew.name,
            team=team,
            problem=crew.group_problem,
            strangers=tuple(crew.group_strangers),
            elsewhere=tuple(names[person_id] for person_id in crew.group_elsewhere),
        )
        for crew, team in rows
        if crew.group_problem or crew.group_strangers or crew.group_elsewhere
    )


def _locked(session: Session, group: GroupOfCrew) -> Crew | None:
    """The crew, unless the site file says otherwise about its group since Slack was asked."""
    crew = session.exec(select(Crew).where(Crew.id == group.crew_id).with_for_update()).first()
    return crew if crew is not None and crew.user_group == group.user_group else None


def _move(session: Session, crew: Crew, joining: Collection[int], leaving: Collection[int]) -> None:
    # A lead may move somebody at this moment: what is done by hand stands, so neither statement touches other crews.
    if joining:
        rows = [{"team_id": crew.team_id, "person_id": person_id, "crew_id": crew.id} for person_id in sorted(joining)]
        session.execute(insert(session, Member).values(rows).on_conflict_do_nothing())
    if leaving:
        session.execute(delete(Member).where(col(Member.crew_id) == crew.id, col(Member.person_id).in_(leaving)))
        _ask_about_siblings(session, crew, leaving)


def _ask_about_siblings(session: Session, crew: Crew, leaving: Collection[int]) -> None:
    """Those who left may go where another group wants them, at the next tick and not only tomorrow."""
    query = select(Crew).where(Crew.team_id == crew.team_id, Crew.id != crew.id, col(Crew.user_group).is_not(None))
    for sibling in session.exec(query):
        if set(leaving) & set(sibling.group_elsewhere):
            sibling.group_asked_at = None
            session.add(sibling)
