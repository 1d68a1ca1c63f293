"""Crews: a lead puts people into them by hand."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from store import access, history, people, planned_days, teams
from store.access import Act
from store.dialect import insert
from store.errors import Refused
from store.people import Caller, Person
from store.teams import Crew, Member, Team


@dataclass(frozen=True, slots=True)
class Movable:
    """The crews that somebody may put people into: the id, the name and the team's name of each."""

    crews: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody is in a crew now."""

    person: str
    crew: str
    team: str


def movable(session: Session, *, by: Caller) -> Movable:
    """The crews that somebody may put people into, by team and name.

    Raises:
        Refused: They may do it in no team, or their teams have no crew yet.
    """
    person = people.known(session, by)
    own = moved_by(session, person)
    if not own:
        raise Refused(access.REFUSALS[Act.MOVE_PEOPLE])
    found = tuple(
        (crew.id, crew.name, team.name) for team in own for crew in teams.crews_of(session, team.key) if crew.id
    )
    if not found:
        raise Refused("Your team has no crew on this site's list yet. Ask an admin to add it.")
    return Movable(found)


def moved_by(session: Session, person: Person) -> list[Team]:
    """The teams in which somebody may put people into crews, by name."""
    return [
        team
        for team in teams.of_workspace(session, person.workspace_id)
        if access.RIGHTS[Act.MOVE_PEOPLE] & access.roles_of(session, person, teams=[team.key])
    ]


def move_to_crew(session: Session, crew_id: int, slack_id: str, *, by: Caller, at: datetime) -> Moved:
    """Put somebody into a crew; nobody is in two crews of a team, so they leave the one in which they were.

    Args:
        session: The unit's session.
        crew_id: Into which.
        slack_id: Whom, as Slack names them.
        by: Who asks.
        at: Now.

    Raises:
        Refused: It is another site's crew, it is not theirs to do, the crew follows a user group, or we do not know
            that person.
    """
    person = people.known(session, by)
    crew = session.get(Crew, crew_id)
    team = teams.by_id(session, crew.team_id) if crew else None
    if crew is None or team is None or team.workspace_id != person.workspace_id:
        raise Refused("That crew is not on this site's list. Pick another.", field="crew")
    access.require(Act.MOVE_PEOPLE, access.roles_of(session, person, teams=[team.key]))
    if crew.user_group:
        raise Refused(
            "Crew {crew} follows a user group. Add them to that group in Slack; they are in the crew within a day.",
            field="crew",
            crew=crew.name,
        )
    chosen = people.by_slack_id(session, person.workspace_id, slack_id)
    if chosen is None:
        raise Refused("That person is not on the site's list yet. Ask an admin to add them.", field="person")
    if not chosen.active:
        raise Refused("{name}'s account is switched off. Pick somebody else.", field="person", name=chosen.name)
    member = session.exec(select(Member).where(Member.team_id == team.id, Member.person_id == chosen.id)).first()
    if member is None or member.crew_id != crew.id:
        _put(session, chosen, crew)
        planned_days.look_soon(session, planned_days.of_team(crew.team_id), at=at)
        data = {"person_id": chosen.key}
        history.record(
            session, team.workspace_id, "crew_changed", "crew", crew_id, at=at, actor_id=person.id, data=data
        )
    return Moved(chosen.name, crew.name, team.name)


def _put(session: Session, person: Person, crew: Crew) -> None:
    session.execute(
        insert(session, Member)
        .values(team_id=crew.team_id, person_id=person.id, crew_id=crew.id)
        .on_conflict_do_update(index_elements=["team_id", "person_id"], set_={"crew_id": crew.id})
    )
