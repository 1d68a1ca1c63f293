"""Observations: what a data scientist saw on the floor, kept apart from what the frontline reported."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import Field, Session, col, select

from store import access, embeddings, history, people, shifts, teams, tools
from store.access import Act
from store.embeddings import Embedding
from store.errors import Refused
from store.people import Caller, Person
from store.table import Keyed
from store.teams import Crew
from store.types import Instant

PAGE = 10
LONGEST_AGO = timedelta(days=366)


class Observation(Keyed, table=True):
    """Something that a data scientist saw a tool do."""

    __tablename__ = "observation"

    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    tool_id: int = Field(foreign_key="tool.id")
    author_id: int = Field(foreign_key="person.id")
    text: str
    seen_at: datetime = Field(sa_type=Instant)
    """Noon of the day at the site, when it was not seen on the day on which it was noted."""
    crew_id: int | None = Field(default=None, foreign_key="crew.id")
    """With whom it was seen on shift."""
    noted_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a data scientist saw: with which tool, on which day at the site, and with which crew if with one."""

    tool_id: int
    text: str
    day: date
    crew_id: int | None = None


@dataclass(frozen=True, slots=True)
class Observable:
    """What the form of an observation offers: tools and crews by id and name, and what day it is at the site."""

    tools: tuple[tuple[int, str], ...]
    crews: tuple[tuple[int, str], ...]
    today: date


@dataclass(frozen=True, slots=True)
class Observed:
    """An observation was kept."""

    tool: str
    crew: str | None
    count: int
    """How many the embedding has now."""


@dataclass(frozen=True, slots=True)
class ObservationLine:
    """An observation in a list for embedded people."""

    tool: str
    text: str
    author: str
    day: date
    crew: str | None


@dataclass(frozen=True, slots=True)
class ObservationPage:
    """A page of an embedding's observations, newest first; pages count from 1."""

    lines: tuple[ObservationLine, ...]
    number: int
    pages: int
    count: int


def observable(session: Session, *, by: Caller, at: datetime) -> Observable:
    """What a data scientist may note that they saw.

    Raises:
        Refused: The person is no data scientist of an embedding under way.
    """
    person = people.known(session, by)
    mine = _mine(session, person)
    with_teams = [teams.by_id(session, key) for key in dict.fromkeys(embedding.team_id for embedding in mine)]
    crews = [
        # Crews of two teams may have the same name.
        (crew.id, crew.name if len(with_teams) == 1 else f"{crew.name}, {team.name}")
        for team in with_teams
        for crew in teams.crews_of(session, team.key)
        if crew.id is not None
    ]
    return Observable(
        tools=tuple((tool.key, tool.name) for tool in embeddings.tools_answered_for(session, person)),
        crews=tuple(crews),
        today=shifts.local_day(at, teams.by_id(session, mine[0].team_id).zone),
    )


def observe(session: Session, seen: Seen, *, by: Caller, at: datetime) -> Observed:
    """Keep what a data scientist saw. It is no report, and nobody is told.

    Raises:
        Refused: Nothing was said, the day is still to come, the tool is not one of theirs, or the crew of another team.
    """
    person = people.known(session, by)
    fitting = [
        one
        for one in _mine(session, person)
        if seen.tool_id in {tool.key for tool in embeddings.tools_of(session, one.key)}
    ]
    if not fitting:
        raise Refused("That tool is none of yours. Pick another one.", field="tool")
    crew = session.get(Crew, seen.crew_id) if seen.crew_id is not None else None
    # Of two embeddings on the same tool the crew says which one is meant.
    embedding = next((one for one in fitting if crew is not None and one.team_id == crew.team_id), fitting[0])
    if not seen.text.strip():
        raise Refused("Say in a sentence what you saw.", field="text")
    zone = teams.by_id(session, embedding.team_id).zone
    today = shifts.local_day(at, zone)
    if seen.day > today:
        raise Refused("That day is still to come. Pick the one on which you saw it.", field="day")
    if today - seen.day > LONGEST_AGO:
        raise Refused("That is more than a year ago. Pick a later day.", field="day")
    if seen.crew_id is not None and (crew is None or crew.team_id != embedding.team_id):
        raise Refused("That crew works in another team. Pick one of this team's.", field="crew")
    observation = Observation(
        embedding_id=embedding.key,
        tool_id=seen.tool_id,
        author_id=person.key,
        text=seen.text,
        seen_at=at if seen.day == today else shifts.instant(seen.day, time(12), zone) or _noon(seen.day),
        crew_id=seen.crew_id,
        noted_at=at,
    )
    session.add(observation)
    session.flush()
    history.record(
        session,
        person.workspace_id,
        "observation_noted",
        "observation",
        observation.key,
        at=at,
        actor_id=person.id,
        data={"embedding": embedding.reference},
    )
    tool = tools.by_id(session, seen.tool_id).name
    return Observed(tool, crew.name if crew else None, count_of(session, embedding.key))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def _mine(session: Session, person: Person) -> list[Embedding]:
    mine = [embeddings.by_id(session, key) for key in embeddings.answered_for(session, person)]
    if not mine:
        raise Refused(access.REFUSALS[Act.OBSERVE])
    return mine


def count_of(session: Session, embedding_id: int) -> int:
    """How many observations an embedding has."""
    return session.exec(
        select(func.count()).select_from(Observation).where(Observation.embedding_id == embedding_id)
    ).one()


def page(session: Session, number: int, *, by: Caller) -> ObservationPage:
    """A page of the observations of a data scientist's embeddings, newest first.

    A number past the end gives the last page.

    Raises:
        Refused: The person is no data scientist of an embedding under way.
    """
    mine = [embedding.key for embedding in _mine(session, people.known(session, by))]
    of_mine = col(Observation.embedding_id).in_(mine)
    count = session.exec(select(func.count()).select_from(Observation).where(of_mine)).one()
    pages = max(1, -(-count // PAGE))
    number = min(max(number, 1), pages)
    rows = session.exec(
        select(Observation, Crew.name)
        .outerjoin(Crew, col(Crew.id) == col(Observation.crew_id))
        .where(of_mine)
        .order_by(col(Observation.seen_at).desc(), col(Observation.id).desc())
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    ).all()
    return ObservationPage(tuple(_line(session, row, crew) for row, crew in rows), number, pages, count)


def _line(session: Session, row: Observation, crew: str | None) -> ObservationLine:
    embedding = embeddings.by_id(session, row.embedding_id)
    return ObservationLine(
        tool=tools.by_id(session, row.tool_id).name,
        text=row.text,
        author=people.by_id(session, row.author_id).name,
        day=shifts.local_day(row.seen_at, teams.by_id(session, embedding.team_id).zone),
        crew=crew,
    )
