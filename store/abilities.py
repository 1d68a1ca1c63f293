"""What a person may do here, and who does what they may not: the answer to `help`."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from store import access, crews, embeddings, feedback, people, restricting, scheduling, shift_calendar, teams
from store.access import Act, Role
from store.embeddings import UNDER_WAY, Embedding, EmbeddingStatus
from store.feedback import Feedback
from store.people import Caller, Person
from store.tools import ToolType


@dataclass(frozen=True, slots=True)
class Abilities:
    """What somebody may do, with what it takes to give them one example of each in their own words."""

    asked: str
    """What they typed that no command has; empty when they asked for help."""
    tools: tuple[tuple[str, ToolType], ...]
    """The tools that they may report on, by name and type, the likeliest first."""
    has_reported: bool
    schedules_for: tuple[str, ...]
    """The teams that they may schedule an embedding for."""
    schedulers: tuple[str, ...]
    """Who looks after the site's list, and so schedules."""
    notes_on: tuple[str, ...]
    """The tools that they answer for as a data scientist."""
    noters: tuple[str, ...]
    """The data scientists who answer for the tools that they may report on."""
    summary_of: str | None
    """The newest embedding whose summary they may read."""
    any_embedding: bool
    """Whether the workspace has one at all."""
    is_asked: bool = False
    """Whether they work in a team, whose people are asked."""
    closes_for: tuple[str, ...] = ()
    """The teams that they may shut down, and whose embeddings they may pause."""
    has_shifts: bool = False
    """Whether there is a team whose shifts they are shown."""
    crews_of: tuple[str, ...] = ()
    """The teams in which they may put people into crews."""
    restricts: tuple[str, ...] = ()
    """The tools of which they may say what not to rely on them for."""


def abilities(session: Session, asked: str, *, by: Caller) -> Abilities:
    """What somebody may do here.

    Args:
        session: The query's session.
        asked: What they typed that no command has, to be answered beside it.
        by: Who asks.

    Raises:
        Refused: We do not know them.
    """
    person = people.known(session, by)
    at_hand = feedback.tools_at_hand(session, person.key)
    all_here = embeddings.of_workspace(session, person.workspace_id)
    reported = session.exec(select(Feedback.id).where(Feedback.reporter_id == person.id).limit(1)).first()
    return Abilities(
        asked=asked,
        tools=tuple((tool.name, tool.type) for tool in at_hand),
        has_reported=reported is not None,
        schedules_for=tuple(team.name for team in scheduling.scheduled_by(session, person)),
        schedulers=tuple(people.look_after(session, person.workspace_id)),
        notes_on=tuple(tool.name for tool in embeddings.tools_answered_for(session, person)),
        noters=_data_scientists_of(session, [tool.key for tool in at_hand]),
        summary_of=next((one.reference for one in all_here if _may_read(session, person, one)), None),
        any_embedding=bool(all_here),
        is_asked=Role.FRONTLINE in access.roles_of(session, person, teams=access.teams_of(session, person)),
        closes_for=_closes_for(session, person),
        has_shifts=bool(shift_calendar.teams_of(session, person)),
        crews_of=tuple(team.name for team in crews.moved_by(session, person)),
        restricts=tuple(tool.name for tool in at_hand if restricting.may_restrict(session, person, tool.key)),
    )


def _closes_for(session: Session, person: Person) -> tuple[str, ...]:
    return tuple(
        team.name
        for team in teams.of_workspace(session, person.workspace_id)
        if access.RIGHTS[Act.SHUT_DOWN] & access.roles_of(session, person, teams=[team.key])
    )


def _may_read(session: Session, person: Person, embedding: Embedding) -> bool:
    roles = access.roles_of(session, person, teams=[embedding.team_id], embeddings=[embedding.key])
    return embedding.status is not EmbeddingStatus.CANCELLED and bool(access.RIGHTS[Act.READ_SUMMARY] & roles)


def _data_scientists_of(session: Session, tool_ids: list[int]) -> tuple[str, ...]:
    under_way = session.exec(
        select(embeddings.EmbeddingTool.embedding_id)
        .join(Embedding, col(Embedding.id) == col(embeddings.EmbeddingTool.embedding_id))
        .where(col(embeddings.EmbeddingTool.tool_id).in_(tool_ids), col(Embedding.status).in_(UNDER_WAY))
        .distinct()
    ).all()
    return tuple(sorted({one.name for key in under_way for one in embeddings.data_scientists(session, key)}))
