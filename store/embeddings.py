"""Embeddings: a data scientist's fixed term inside an operational team, from the proposal to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, col, select

from store import access, deliveries, history, people, references, shifts, teams, tools
from store.access import Act, Role, Scope
from store.deliveries import Kind
from store.errors import Refused
from store.people import Caller, Person
from store.policy import Policy
from store.prompt_plans import PromptPlan
from store.references import Series
from store.table import Table
from store.teams import Team
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


UNDER_WAY = (EmbeddingStatus.ACTIVE, EmbeddingStatus.PAUSED, EmbeddingStatus.IN_REVIEW)
"""While an embedding is one of these, its data scientists answer for its tools."""


class Embedding(Table, table=True):
    """A fixed-term placement of data scientists in a team, beside the people who use their tools."""

    __tablename__ = "embedding"
    __table_args__ = (UniqueConstraint("workspace_id", "number"), Index(None, "status"))

    id: int | None = Field(default=None, primary_key=True)
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
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id

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


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody filled in to schedule an embedding; people by their Slack ids."""

    team_id: int
    tool_ids: tuple[int, ...]
    data_scientists: tuple[str, ...]
    sponsor_operations: str
    sponsor_data: str
    first_day: date
    last_day: date
    exit_criteria: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """An embedding was proposed, and these people are being asked to agree."""

    reference: str
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody agreed or declined, and where the embedding stands now."""

    reference: str
    agreed: bool
    status: EmbeddingStatus
    still_asked: tuple[str, ...]


def schedule_embedding(session: Session, proposal: Proposal, *, by: Caller, at: datetime) -> Proposed:
    """Propose an embedding and ask the host lead and both sponsors to agree.

    A lead who proposes it has agreed by that.

    Raises:
        Refused: At the field that breaks a rule: another site's team, dates, unknown people, parts that must not
            meet, no lead.
    """
    person = people.known(session, by)
    team = session.get(Team, proposal.team_id)
    if team is None or team.workspace_id != person.workspace_id:
        raise Refused("That team is not on this site's list. Pick another.", field="team")
    access.require(Act.PROPOSE_EMBEDDING, access.roles_of(session, person, teams=[team.key]))
    _check_term(proposal, team, at)
    chosen = _check_tools(session, team, proposal)
    parts = _cast(session, team, proposal, person)
    embedding = Embedding(
        workspace_id=person.workspace_id,
        number=references.take(session, person.workspace_id, Series.EMBEDDING),
        team_id=team.key,
        status=EmbeddingStatus.PROPOSED,
        first_day=proposal.first_day,
        last_day=proposal.last_day,
        exit_criteria=proposal.exit_criteria,
        proposed_by_id=person.key,
        created_at=at,
    )
    session.add(embedding)
    session.flush()
    for tool in chosen:
        session.add(EmbeddingTool(embedding_id=embedding.key, tool_id=tool.key))
    _record_parts(session, embedding, parts, at)
    history.record(
        session,
        person.workspace_id,
        "embedding_proposed",
        "embedding",
        embedding.key,
        at=at,
        actor_id=person.id,
        data={"reference": embedding.reference, "team": team.name},
    )
    asked = _ask_for_agreement(session, embedding, parts, person, at)
    return Proposed(embedding.reference, tuple(asked))


def agree(session: Session, embedding_id: int, agreed: bool, *, by: Caller, at: datetime) -> Decided:
    """Agree to a proposed embedding, or decline it; the last agreement makes it planned.

    A second tap changes nothing and gets the same answer.

    Raises:
        Refused: The person is not one of those asked, or the embedding is no longer a proposal.
    """
    person = people.known(session, by)
    embedding = locked(session, embedding_id, person.workspace_id)
    agreements = _agreements(session, embedding.key)
    mine = [agreement for agreement in agreements if agreement.person_id == person.id]
    if not mine:
        raise Refused(access.REFUSALS[Act.AGREE_TO_EMBEDDING])
    if all(agreement.agreed is agreed for agreement in mine):
        return _decided(session, embedding, agreements, agreed)
    if embedding.status is not EmbeddingStatus.PROPOSED:
        raise Refused("{reference} is already {status}.", reference=embedding.reference, status=embedding.status)
    for agreement in mine:
        agreement.agreed, agreement.decided_at = agreed, at
        session.add(agreement)
    kind = "embedding_agreed" if agreed else "embedding_declined"
    history.record(session, embedding.workspace_id, kind, "embedding", embedding.key, at=at, actor_id=person.id)
    asked = deliveries.posted_for(session, embedding.workspace_id, _asked_key(embedding, person))
    if asked:
        deliveries.rewrite(
            session,
            asked,
            Kind.EMBEDDING_PROPOSED_ANSWERED,
            at=at,
            dedupe_key=f"{asked.dedupe_key}:{kind}",
        )
    if not agreed:
        _cancel(session, embedding, at)
    elif all(agreement.agreed for agreement in agreements):
        _plan(session, embedding, at)
    return _decided(session, embedding, agreements, agreed)


def begin_due(session: Session, *, at: datetime) -> int:
    """Begin the planned embeddings whose first day has come where they take place. Returns how many."""
    planned = session.exec(
        select(Embedding).where(Embedding.status == EmbeddingStatus.PLANNED).with_for_update(skip_locked=True)
    ).all()
    begun = 0
    for embedding in planned:
        team = teams.by_id(session, embedding.team_id)
        if shifts.local_day(at, team.zone) < embedding.first_day:
            continue
        embedding.status = EmbeddingStatus.ACTIVE
        session.add(embedding)
        history.record(session, embedding.workspace_id, "embedding_begun", "embedding", embedding.key, at=at)
        deliveries.queue(
            session,
            embedding.workspace_id,
            Kind.EMBEDDING_BEGUN,
            f"embedding:{embedding.key}:begun",
            "embedding",
            embedding.key,
            at=at,
            channel=team.channel,
            due_at=_first_start(session, team, embedding.first_day),
        )
        begun += 1
    return begun


def review_opens_at(embedding: Embedding, team: Team, policy: Policy) -> datetime:
    """The instant at which an embedding's prompts stop and its review opens: a morning hour of its last day."""
    opens = shifts.instant(embedding.last_day, policy.review_opens, team.zone)
    if opens is None:
        raise ValueError(f"{embedding.last_day} does not exist in {team.zone}")
    return opens


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
    return session.exec(
        select(Embedding)
        .join(EmbeddingTool, col(EmbeddingTool.embedding_id) == col(Embedding.id))
        .where(EmbeddingTool.tool_id == tool_id, col(Embedding.status).in_(UNDER_WAY))
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


def tools_answered_for(session: Session, person: Person) -> Sequence[Tool]:
    """The tools that somebody answers for as a data scientist of an embedding under way, by name."""
    return session.exec(
        select(Tool)
        .join(EmbeddingTool, col(EmbeddingTool.tool_id) == col(Tool.id))
        .join(Embedding, col(Embedding.id) == col(EmbeddingTool.embedding_id))
        .join(
            access.Grant,
            (col(access.Grant.scope_id) == col(Embedding.id))
            & (col(access.Grant.scope) == Scope.EMBEDDING)
            & (col(access.Grant.role) == Role.DATA_SCIENTIST),
        )
        .where(access.Grant.person_id == person.id, col(Embedding.status).in_(UNDER_WAY))
        .order_by(Tool.name)
        .distinct()
    ).all()


def data_scientists(session: Session, embedding_id: int) -> list[Person]:
    """The data scientists of an embedding, by name."""
    return access.holders(session, Role.DATA_SCIENTIST, Scope.EMBEDDING, embedding_id)


def sponsors(session: Session, embedding_id: int) -> dict[Role, Person]:
    """An embedding's two sponsors by their part."""
    return {
        agreement.part: people.by_id(session, agreement.person_id)
        for agreement in _agreements(session, embedding_id)
        if agreement.part in access.SPONSORS
    }


def asked_to_agree(session: Session, embedding_id: int) -> list[tuple[Person, bool | None]]:
    """Who was asked to agree, and what they said so far (None: nothing yet)."""
    return [
        (people.by_id(session, agreement.person_id), agreement.agreed)
        for agreement in _agreements(session, embedding_id)
    ]


def _agreements(session: Session, embedding_id: int) -> Sequence[Agreement]:
    return session.exec(
        select(Agreement).where(Agreement.embedding_id == embedding_id).order_by(col(Agreement.id))
    ).all()


def _check_term(proposal: Proposal, team: Team, at: datetime) -> None:
    today = shifts.local_day(at, team.zone)
    if proposal.first_day <= today:
        raise Refused("Pick a first day after today, so that people can agree to it.", field="first_day")
    if proposal.last_day <= proposal.first_day:
        raise Refused("The last day must come after the first. Pick a later one.", field="last_day")
    if proposal.last_day - proposal.first_day > timedelta(days=366):
        raise Refused("A term is a year at most. Pick an earlier last day.", field="last_day")


def _check_tools(session: Session, team: Team, proposal: Proposal) -> list[Tool]:
    used = {tool.key: tool for tool in tools.of_team(session, team.key)}
    if not set(proposal.tool_ids) <= used.keys():
        raise Refused("{team} does not use that tool. Pick one of theirs.", field="tools", team=team.name)
    return [used[tool_id] for tool_id in proposal.tool_ids]


def _cast(session: Session, team: Team, proposal: Proposal, proposer: Person) -> list[tuple[Role, Person]]:
    leads = access.holders(session, Role.LEAD, Scope.TEAM, team.key)
    if not leads:
        raise Refused("{team} has no lead yet. Ask an admin to name one.", field="team", team=team.name)
    parts = [(Role.LEAD, next((lead for lead in leads if lead.id == proposer.id), leads[0]))]
    for field, role, slack_ids in (
        ("data_scientists", Role.DATA_SCIENTIST, proposal.data_scientists),
        ("sponsor_operations", Role.SPONSOR_OPERATIONS, (proposal.sponsor_operations,)),
        ("sponsor_data", Role.SPONSOR_DATA, (proposal.sponsor_data,)),
    ):
        for slack_id in slack_ids:
            chosen = people.by_slack_id(session, team.workspace_id, slack_id)
            if chosen is None:
                raise Refused(
                    "One of these people is not on the site's list yet. Ask an admin to add them.", field=field
                )
            if access.meet([role, *(part for part, person in parts if person.id == chosen.id)]):
                raise Refused(
                    "{name} cannot have two of these parts: nobody signs for their own work. Pick somebody else.",
                    field=field,
                    name=chosen.name,
                )
            parts.append((role, chosen))
    return parts


def _record_parts(session: Session, embedding: Embedding, parts: list[tuple[Role, Person]], at: datetime) -> None:
    for role, person in parts:
        if role is not Role.LEAD:
            access.give(session, person, role, Scope.EMBEDDING, embedding.key, at=at)
        if role is not Role.DATA_SCIENTIST:
            session.add(Agreement(embedding_id=embedding.key, part=role, person_id=person.key))
    session.flush()


def _ask_for_agreement(
    session: Session,
    embedding: Embedding,
    parts: list[tuple[Role, Person]],
    proposer: Person,
    at: datetime,
) -> list[str]:
    asked: dict[int, Person] = {}
    for agreement in _agreements(session, embedding.key):
        if agreement.person_id == proposer.id:
            agreement.agreed, agreement.decided_at = True, at
            session.add(agreement)
        else:
            asked[agreement.person_id] = people.by_id(session, agreement.person_id)
    for person in asked.values():
        deliveries.queue(
            session,
            embedding.workspace_id,
            Kind.EMBEDDING_PROPOSED,
            _asked_key(embedding, person),
            "embedding",
            embedding.key,
            at=at,
            person_id=person.id,
        )
    return [person.name for person in asked.values()]


def _asked_key(embedding: Embedding, person: Person) -> str:
    return f"embedding:{embedding.key}:asked:{person.key}"


def _plan(session: Session, embedding: Embedding, at: datetime) -> None:
    embedding.status = EmbeddingStatus.PLANNED
    session.add(embedding)
    session.add(PromptPlan(embedding_id=embedding.key, created_at=at))
    history.record(session, embedding.workspace_id, "embedding_planned", "embedding", embedding.key, at=at)
    told = {embedding.proposed_by_id, *(person.key for person in data_scientists(session, embedding.key))}
    for person_id in sorted(told):
        _tell(session, embedding, Kind.EMBEDDING_PLANNED, person_id, at)


def _cancel(session: Session, embedding: Embedding, at: datetime) -> None:
    embedding.status = EmbeddingStatus.CANCELLED
    session.add(embedding)
    history.record(session, embedding.workspace_id, "embedding_cancelled", "embedding", embedding.key, at=at)
    _tell(session, embedding, Kind.EMBEDDING_DECLINED, embedding.proposed_by_id, at)


def _tell(session: Session, embedding: Embedding, kind: Kind, person_id: int, at: datetime) -> None:
    deliveries.queue(
        session,
        embedding.workspace_id,
        kind,
        f"embedding:{embedding.key}:{kind}:{person_id}",
        "embedding",
        embedding.key,
        at=at,
        person_id=person_id,
    )


def _decided(session: Session, embedding: Embedding, agreements: Sequence[Agreement], agreed: bool) -> Decided:
    open_parts = [agreement.person_id for agreement in agreements if agreement.agreed is None]
    names = tuple(people.by_id(session, person_id).name for person_id in dict.fromkeys(open_parts))
    return Decided(embedding.reference, agreed, embedding.status, names)


def _first_start(session: Session, team: Team, day: date) -> datetime | None:
    pattern = teams.pattern_of(session, team)
    starts = [
        shift.starts_at
        for crew in teams.crews_of(session, team.key)
        if (shift := shifts.shift_on(pattern, crew.offset, day))
    ]
    return min(starts, default=None)


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
        data_scientists=tuple(person.name for person in data_scientists(session, embedding.key)),
        proposed_by=people.by_id(session, embedding.proposed_by_id).name,
        first_day=embedding.first_day,
        last_day=embedding.last_day,
        exit_criteria=embedding.exit_criteria,
        status=embedding.status,
        agreed=who(True),
        declined=who(False),
        still_asked=who(None),
    )
