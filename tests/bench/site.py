"""The site that the benchmarks are run on: a crew of many, a data scientist, and somebody who has no tool."""

from sqlmodel import Session

from store.people import Person
from store.teams import Member
from tests.store.site import MONDAY, ZONE, active_embedding, build, slack_id_of

WORKSPACE = "T1"
CALLERS = tuple(f"UCREW{number:03}" for number in range(64))
WITHOUT_TOOLS = slack_id_of("Omar")
"""They are refused: no tool is on the list for them."""


def people_it(session: Session) -> None:
    """The pit crew with 64 more people, and its embedding under way with two data scientists."""
    site = build(session, WORKSPACE)
    active_embedding(session, site)
    crew = [
        Person(workspace_id=site.workspace_id, slack_id=slack_id, name=f"Crew {slack_id}", zone=ZONE, created_at=MONDAY)
        for slack_id in CALLERS
    ]
    session.add_all(crew)
    session.flush()
    session.add_all(Member(team_id=site.team_id, person_id=one.key, crew_id=site.crew_a_id) for one in crew)


def team_id(number: int) -> str:
    """The Slack id of one of many workspaces."""
    return f"TSITE{number:03}"


def crew_of(size: int) -> tuple[str, ...]:
    """The Slack ids of a crew of so many."""
    return tuple(f"UCREW{number:03}" for number in range(size))
