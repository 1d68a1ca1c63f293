"""What somebody may choose from when they schedule an embedding."""

from dataclasses import dataclass

from sqlmodel import Session

from store import access, people, teams, tools
from store.access import Act
from store.errors import Refused
from store.people import Caller


@dataclass(frozen=True, slots=True)
class Schedulable:
    """The teams and tools to choose from: id and name of each."""

    teams: tuple[tuple[int, str], ...]
    tools: tuple[tuple[int, str], ...]


def schedulable(session: Session, *, by: Caller) -> Schedulable:
    """The teams that somebody may schedule an embedding for, and the tools those use.

    Raises:
        Refused: The person may do it for no team, or their teams use no tool yet.
    """
    person = people.known(session, by)
    own = [
        team
        for team in teams.of_workspace(session, person.workspace_id)
        if access.RIGHTS[Act.PROPOSE_EMBEDDING] & access.roles_of(session, person, teams=[team.key])
    ]
    if not own:
        raise Refused(access.REFUSALS[Act.PROPOSE_EMBEDDING])
    used = {tool.key: tool.name for team in own for tool in tools.of_team(session, team.key)}
    if not used:
        raise Refused("Your team has no tool on this site's list yet. Ask an admin to add it.")
    return Schedulable(tuple((team.key, team.name) for team in own), tuple(used.items()))
