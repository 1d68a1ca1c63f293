"""Scheduling an embedding: what somebody may choose from, and the proposal that asks others to agree."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from store import access, agreements, deliveries, embeddings, history, people, references, shifts, teams, tools
from store.access import Act, Role, Scope
from store.deliveries import Kind
from store.embeddings import Agreement, Embedding, EmbeddingStatus, EmbeddingTool
from store.errors import Refused
from store.people import Caller, Person
from store.references import Series
from store.teams import Team
from store.tools import Tool


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
    own = scheduled_by(session, person)
    if not own:
        raise Refused(access.REFUSALS[Act.PROPOSE_EMBEDDING])
    used = {tool.key: tool.name for team in own for tool in tools.of_team(session, team.key)}
    if not used:
        raise Refused("Your team has no tool on this site's list yet. Ask an admin to add it.")
    return Schedulable(tuple((team.key, team.name) for team in own), tuple(used.items()))


def scheduled_by(session: Session, person: Person) -> list[Team]:
    """The teams that somebody may schedule an embedding for, by name."""
    return [
        team
        for team in teams.of_workspace(session, person.workspace_id)
        if access.RIGHTS[Act.PROPOSE_EMBEDDING] & access.roles_of(session, person, teams=[team.key])
    ]


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
    _check_crews(session, team)
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


def _check_crews(session: Session, team: Team) -> None:
    crews = teams.crews_of(session, team.key)
    if not any(teams.members_of_crew(session, crew.id or 0) for crew in crews):
        raise Refused(
            "Nobody is in a crew of {team} yet, so nobody could be asked. Ask an admin to add them to the site file.",
            field="team",
            team=team.name,
        )


def _check_term(proposal: Proposal, team: Team, at: datetime) -> None:
    today = shifts.local_day(at, team.zone)
    if proposal.first_day <= today:
        raise Refused("Pick a first day after today, so that people can agree to it.", field="first_day")
    if proposal.last_day <= proposal.first_day:
        raise Refused("The last day must come after the first. Pick a later one.", field="last_day")
    if proposal.last_day - proposal.first_day > timedelta(days=366):
        raise Refused("A term is a year at most. Pick an earlier last day.", field="last_day")


def _check_tools(session: Session, team: Team, proposal: Proposal) -> list[Tool]:
    if not proposal.tool_ids:
        raise Refused("Pick the tools that it is about.", field="tools")
    if not proposal.data_scientists:
        raise Refused("Pick who is to be embedded.", field="data_scientists")
    used = {tool.key: tool for tool in tools.of_team(session, team.key)}
    if not used:
        raise Refused(
            "{team} has no tool on this site's list yet. Ask an admin to add it to the site file.",
            field="team",
            team=team.name,
        )
    if not set(proposal.tool_ids) <= used.keys():
        raise Refused("{team} does not use that tool. Pick one of theirs.", field="tools", team=team.name)
    return [used[tool_id] for tool_id in proposal.tool_ids]


def _cast(session: Session, team: Team, proposal: Proposal, proposer: Person) -> list[tuple[Role, Person]]:
    leads = [lead for lead in access.holders(session, Role.LEAD, Scope.TEAM, team.key) if lead.active]
    if not leads:
        raise Refused("{team} has no lead yet. Ask an admin to name one.", field="team", team=team.name)
    parts = [(Role.LEAD, next((lead for lead in leads if lead.id == proposer.id), leads[0]))]
    for field, role, slack_ids in (
        ("data_scientists", Role.DATA_SCIENTIST, proposal.data_scientists),
        ("sponsor_operations", Role.SPONSOR_OPERATIONS, (proposal.sponsor_operations,)),
        ("sponsor_data", Role.SPONSOR_DATA, (proposal.sponsor_data,)),
    ):
        for slack_id in dict.fromkeys(slack_ids):
            chosen = people.by_slack_id(session, team.workspace_id, slack_id)
            if chosen is not None and not chosen.active:
                raise Refused("{name}'s account is switched off. Pick somebody else.", field=field, name=chosen.name)
            if chosen is None:
                raise Refused(
                    "One of these people is not on the site's list yet. Ask an admin to add them.", field=field
                )
            held = access.roles_of(session, chosen, teams=[team.key])
            if access.meet([role, *held, *(part for part, person in parts if person.id == chosen.id)]):
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
    for agreement in embeddings.agreements_of(session, embedding.key):
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
            agreements.asked_key(embedding, person),
            "embedding",
            embedding.key,
            at=at,
            person_id=person.id,
        )
    return [person.name for person in asked.values()]
