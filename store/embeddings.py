"""Embeddings: a data scientist's fixed term inside an operational team, from the proposal to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Index, UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, or_, select

from store import access, people, prepared, references, teams
from store.access import Role, Scope
from store.errors import Refused
from store.people import Person
from store.references import Series
from store.table import Keyed, Table
from store.tools import Tool
from store.types import Instant, Word


class EmbeddingStatus(StrEnum):
    """Where an embedding stands."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    ACTIVE = "active"
    PAUSED = "paused"
    IN_REVIEW = "in_review"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ASKING = (EmbeddingStatus.ACTIVE, EmbeddingStatus.PAUSED)
"""While an embedding is one of these its days are planned; those of a paused one are skipped."""
UNDER_WAY = (EmbeddingStatus.ACTIVE, EmbeddingStatus.PAUSED, EmbeddingStatus.IN_REVIEW)
"""While an embedding is one of these, its data scientists answer for its tools."""


class Embedding(Keyed, table=True):
    """A fixed-term placement of data scientists in a team, beside the people who use their tools."""

    __tablename__ = "embedding"
    __table_args__ = (
        UniqueConstraint("workspace_id", "number"),
        Index(None, "status", "first_day"),
        Index(None, "status", "last_day"),
    )

    workspace_id: int = Field(foreign_key="workspace.id")
    number: int
    team_id: int = Field(foreign_key="team.id")
    status: EmbeddingStatus = Field(sa_type=Word(EmbeddingStatus))
    first_day: date
    last_day: date
    exit_criteria: str
    proposed_by_id: int = Field(foreign_key="person.id")
    created_at: datetime = Field(sa_type=Instant)

    @property
    def reference(self) -> str:
        """Such as `E-4`."""
        return references.write(Series.EMBEDDING, self.number)


class EmbeddingTool(Table, table=True):
    """A tool that an embedding is about."""

    __tablename__ = "embedding_tool"
    __table_args__ = (UniqueConstraint("embedding_id", "tool_id"),)

    id: int | None = Field(default=None, primary_key=True)
    embedding_id: int = Field(foreign_key="embedding.id")
    tool_id: int = Field(foreign_key="tool.id", index=True)


class Agreement(Table, table=True):
    """One of those who must agree before an embedding is planned, and what they said."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("embedding_id", "part"),)

    id: int | None = Field(default=None, primary_key=True)
    embedding_id: int = Field(foreign_key="embedding.id")
    part: Role = Field(sa_type=Word(Role))
    person_id: int = Field(foreign_key="person.id")
    agreed: bool | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)


def locked(session: Session, embedding_id: int, workspace_id: int) -> Embedding:
    """An embedding, held until the transaction ends: whoever changes its state asks for it this way.

    Raises:
        Refused: There is none with that id in the workspace.
    """
    embedding = session.exec(
        select(Embedding).where(Embedding.id == embedding_id, Embedding.workspace_id == workspace_id).with_for_update()
    ).first()
    if embedding is None:
        raise Refused("That embedding is not here any more. Type /embedding list to see what is.")
    return embedding


def by_reference(session: Session, workspace_id: int, number: int) -> Embedding | None:
    """The embedding with a number in a workspace, or None."""
    return session.exec(
        select(Embedding).where(Embedding.workspace_id == workspace_id, Embedding.number == number)
    ).first()


def by_id(session: Session, embedding_id: int) -> Embedding:
    """The embedding with our id; a missing one is a bug (LookupError)."""
    embedding = session.get(Embedding, embedding_id)
    if embedding is None:
        raise LookupError(f"no embedding {embedding_id}")
    return embedding


def of_workspace(session: Session, workspace_id: int) -> Sequence[Embedding]:
    """A workspace's embeddings, newest first."""
    return session.exec(
        select(Embedding).where(Embedding.workspace_id == workspace_id).order_by(col(Embedding.number).desc())
    ).all()


def of_tool(session: Session, tool_id: int) -> Sequence[Embedding]:
    """The embeddings under way that are about a tool, newest first."""
    return session.execute(_OF_TOOL, {"tool_id": tool_id}).scalars().all()


# Each word a value of its own: the places of an IN are written anew at each execution.
IS_UNDER_WAY = or_(*(Embedding.status == status for status in UNDER_WAY))
"""For the statements that are built once."""

_OF_TOOL = (
    select(Embedding)
    .join(EmbeddingTool, col(EmbeddingTool.embedding_id) == col(Embedding.id))
    .where(EmbeddingTool.tool_id == bindparam("tool_id"), IS_UNDER_WAY)
    .order_by(col(Embedding.number).desc())
)


def ended_about(session: Session, tool_id: int) -> Sequence[Embedding]:
    """The embeddings about a tool that are over, newest first."""
    return session.exec(
        select(Embedding)
        .join(EmbeddingTool, col(EmbeddingTool.embedding_id) == col(Embedding.id))
        .where(
            EmbeddingTool.tool_id == tool_id,
            col(Embedding.status).in_((EmbeddingStatus.CLOSED, EmbeddingStatus.CANCELLED)),
        )
        .order_by(col(Embedding.number).desc())
    ).all()


def tools_of(session: Session, embedding_id: int) -> Sequence[Tool]:
    """The tools that an embedding is about, by name."""
    return session.exec(
        select(Tool)
        .join(EmbeddingTool, col(EmbeddingTool.tool_id) == col(Tool.id))
        .where(EmbeddingTool.embedding_id == embedding_id)
        .order_by(Tool.name)
    ).all()


class AboutTool(NamedTuple):
    """A tool that an embedding is about."""

    key: int
    name: str


def named_tools_of(session: Session, embedding_id: int) -> list[AboutTool]:
    """The same, for what is asked of everybody at the end of a shift."""
    return [AboutTool(row.id, row.name) for row in prepared.rows(session, _TOOLS, {"embedding_id": embedding_id})]


_TOOLS = (
    select(Tool.id, Tool.name)
    .join(EmbeddingTool, col(EmbeddingTool.tool_id) == col(Tool.id))
    .where(EmbeddingTool.embedding_id == bindparam("embedding_id"))
    .order_by(Tool.name)
)


def answered_for(session: Session, person: Person) -> list[int]:
    """The ids of the embeddings under way whose data scientist somebody is."""
    mine = session.exec(
        select(Embedding.id)
        .join(access.Grant, col(access.Grant.scope_id) == col(Embedding.id))
        .where(
            access.Grant.person_id == person.id,
            access.Grant.scope == Scope.EMBEDDING,
            access.Grant.role == Role.DATA_SCIENTIST,
            col(Embedding.status).in_(UNDER_WAY),
        )
        .order_by(col(Embedding.id))
    ).all()
    return [embedding_id for embedding_id in mine if embedding_id is not None]


def tools_answered_for(session: Session, person: Person) -> Sequence[Tool]:
    """The tools that somebody answers for as a data scientist of an embedding under way, by name."""
    return session.exec(
        select(Tool)
        .join(EmbeddingTool, col(EmbeddingTool.tool_id) == col(Tool.id))
        .where(col(EmbeddingTool.embedding_id).in_(answered_for(session, person)))
        .order_by(Tool.name)
        .distinct()
    ).all()


class Hearer(NamedTuple):
    """Somebody who can be told something."""

    key: int
    name: str


def data_scientists(session: Session, embedding_id: int) -> list[Hearer]:
    """The data scientists of an embedding who can be reached, by name."""
    found = prepared.rows(session, _DATA_SCIENTISTS, {"embedding_id": embedding_id})
    return [Hearer(row.id, row.name) for row in found]


_DATA_SCIENTISTS = (
    select(Person.id, Person.name)
    .join(access.Grant, col(access.Grant.person_id) == col(Person.id))
    .where(
        access.Grant.scope_id == bindparam("embedding_id"),
        access.Grant.scope == Scope.EMBEDDING,
        access.Grant.role == Role.DATA_SCIENTIST,
        col(Person.active),
    )
    .order_by(Person.name)
)


def embedded(session: Session, embedding_id: int) -> list[Person]:
    """Everybody who is or was an embedding's data scientist, by name, for the record."""
    return access.holders(session, Role.DATA_SCIENTIST, Scope.EMBEDDING, embedding_id)


def sponsors(session: Session, embedding_id: int) -> dict[Role, Person]:
    """An embedding's two sponsors by their part."""
    return {
        agreement.part: people.by_id(session, agreement.person_id)
        for agreement in agreements_of(session, embedding_id)
        if agreement.part in access.SPONSORS
    }


def asked_to_agree(session: Session, embedding_id: int) -> list[tuple[Person, bool | None]]:
    """Who was asked to agree, and what they said so far (None: nothing yet)."""
    return [
        (people.by_id(session, agreement.person_id), agreement.agreed)
        for agreement in agreements_of(session, embedding_id)
    ]


def agreements_of(session: Session, embedding_id: int) -> Sequence[Agreement]:
    """Those who are asked to agree, in the order in which they were named."""
    return session.exec(
        select(Agreement).where(Agreement.embedding_id == embedding_id).order_by(col(Agreement.id))
    ).all()


@dataclass(frozen=True, slots=True)
class EmbeddingCard:
    """An embedding as people are shown it."""

    id: int
    reference: str
    team: str
    site: str
    channel: str
    tools: tuple[str, ...]
    data_scientists: tuple[str, ...]
    proposed_by: str
    first_day: date
    last_day: date
    exit_criteria: str
    status: EmbeddingStatus
    agreed: tuple[str, ...]
    declined: tuple[str, ...]
    still_asked: tuple[str, ...]


def card(session: Session, embedding_id: int) -> EmbeddingCard:
    """What people are shown of an embedding."""
    embedding = by_id(session, embedding_id)
    team = teams.by_id(session, embedding.team_id)
    asked = asked_to_agree(session, embedding.key)

    def who(said: bool | None) -> tuple[str, ...]:
        return tuple(dict.fromkeys(person.name for person, agreed in asked if agreed is said))

    return EmbeddingCard(
        id=embedding.key,
        reference=embedding.reference,
        team=team.name,
        site=team.site,
        channel=team.channel,
        tools=tuple(tool.name for tool in tools_of(session, embedding.key)),
        data_scientists=tuple(person.name for person in embedded(session, embedding.key)),
        proposed_by=people.by_id(session, embedding.proposed_by_id).name,
        first_day=embedding.first_day,
        last_day=embedding.last_day,
        exit_criteria=embedding.exit_criteria,
        status=embedding.status,
        agreed=who(True),
        declined=who(False),
        still_asked=who(None),
    )
