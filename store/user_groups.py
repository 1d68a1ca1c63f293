"""Crews whose people are those of a Slack user group: somebody else keeps that list, and we follow it once a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from store import crews, history, teams
from store.people import Person
from store.policy import Policy
from store.teams import Crew, Member, Team


@dataclass(frozen=True, slots=True)
class GroupOfCrew:
    """A crew, and the user group in which its people are, by Slack's id."""

    crew_id: int
    user_group: str


@dataclass(frozen=True, slots=True)
class Followed:
    """How many came into a crew and left it, and how many of its group are not on the site's list."""

    joined: int = 0
    left: int = 0
    unknown: int = 0


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
    """Let a crew have the people of its user group: those on the site's list whose accounts are active, nobody else."""
    crew = session.exec(select(Crew).where(Crew.id == group.crew_id).with_for_update()).first()
    if crew is None or crew.user_group != group.user_group:  # the site file says otherwise since
        return Followed()
    team = teams.by_id(session, crew.team_id)
    query = select(Person).where(Person.workspace_id == team.workspace_id, col(Person.slack_id).in_(slack_ids))
    known = {person.key: person for person in session.exec(query) if person.active}
    members = teams.members_of_crew(session, group.crew_id)
    joining = [person for key, person in sorted(known.items()) if key not in members]
    leaving = session.exec(
        select(Member).where(Member.crew_id == group.crew_id, col(Member.person_id).not_in(known))
    ).all()
    for person in joining:
        crews.put(session, person, crew)
    for member in leaving:
        session.delete(member)
    crew.group_asked_at = at
    session.add(crew)
    followed = Followed(len(joining), len(leaving), len(set(slack_ids)) - len(known))
    if joining or leaving:
        _record(session, team, group, followed, at)
    return followed


def _record(session: Session, team: Team, group: GroupOfCrew, followed: Followed, at: datetime) -> None:
    data = {"joined": followed.joined, "left": followed.left}
    history.record(session, team.workspace_id, "crew_followed", "crew", group.crew_id, at=at, data=data)


def asked_in_vain(session: Session, group: GroupOfCrew, *, policy: Policy, at: datetime) -> None:
    """Slack said nothing of a user group: its crew stays as it is, and is asked about again in a while."""
    crew = session.get(Crew, group.crew_id)
    if crew is not None:
        crew.group_asked_at = at - policy.group_every + policy.profile_retry
        session.add(crew)
