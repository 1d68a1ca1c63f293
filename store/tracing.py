"""Tracing: what became of deliveries, for whoever looks for a message. What people wrote is nowhere in it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import (
    asking_back,
    change_notes,
    deliveries,
    embeddings,
    feedback,
    people,
    prompts,
    restricting,
    retrying,
    reviews,
    teams,
)
from store.deliveries import Delivery, Kind, Status
from store.direct_reports import Unfiled
from store.errors import Refused
from store.history import Event
from store.meanings import Meaning
from store.people import Person
from store.teams import Team
from store.visits import Visit

Receiver = tuple[int | None, str | None]
"""The id of the person, or the Slack channel, that a delivery is for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries somebody looks for."""

    states: frozenset[Status] = frozenset()
    """Those that stand so; any when empty."""
    kinds: frozenset[Kind] = frozenset()
    """Those of these kinds; any when empty."""
    person_id: int | None = None
    """Those for one person."""
    since: datetime | None = None
    """Those that were due then or later."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A delivery, and what became of it."""

    id: int
    kind: Kind
    status: Status
    is_looked_for: bool
    """Whether its answer was lost and it is still to be looked for in Slack."""
    whom: str
    """The name of the person, or of the team whose channel it is for; a channel's id where no team has it."""
    channel: str | None
    """The Slack channel's id, when it is for one."""
    due_at: datetime
    attempts: int
    reason: str | None
    meaning: Meaning | None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a delivery after it was queued."""

    kind: str
    at: datetime
    by: str | None
    """Whose act it was; None when it was nobody's in Slack."""


@dataclass(frozen=True, slots=True)
class Trace:
    """All that is known of one delivery."""

    delivery: Traced
    about: str
    """A reference such as `F-12`, or the name of a team, a tool or a person."""
    edits_id: int | None
    """The delivery whose message it changes."""
    edited_by: tuple[int, ...]
    """The deliveries that change its message, oldest first."""
    created_at: datetime
    attempted_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime | None
    steps: tuple[Step, ...]
    posted: tuple[str, str] | None
    """The channel and the timestamp of its message in Slack."""
    why_not_again: str | None
    """Why it must not be sent again; None when it may."""


def trace_many(session: Session, workspace_id: int, wanted: Wanted, limit: int) -> tuple[Traced, ...]:
    """A workspace's deliveries, the ones that were due last first.

    Args:
        session: The query's session.
        workspace_id: Whose deliveries.
        wanted: Which of them.
        limit: How many at most.
    """
    rows = _of_person(session, wanted, limit) if wanted.person_id else _by_state(session, workspace_id, wanted, limit)
    return tuple(_traced(session, workspace_id, rows))


def trace(session: Session, delivery_id: int, *, at: datetime) -> Trace:
    """All that is known of one delivery at an instant.

    Raises:
        Refused: There is none with that id.
    """
    row = session.get(Delivery, delivery_id)
    if row is None:
        raise Refused("There is no delivery {id} here. Those that there are: alongside deliveries", id=delivery_id)
    (traced,) = _traced(session, row.workspace_id, [row])
    message = deliveries.message_of(session, delivery_id)
    edits = session.exec(select(Delivery.id).where(Delivery.edits_id == delivery_id).order_by(col(Delivery.id))).all()
    return Trace(
        delivery=traced,
        about=ABOUT[row.subject](session, row.subject_id),
        edits_id=row.edits_id,
        edited_by=tuple(edit for edit in edits if edit is not None),
        created_at=row.created_at,
        attempted_at=row.attempted_at,
        ended_at=row.ended_at,
        expires_at=row.expires_at,
        steps=_steps(session, row),
        posted=(message.channel, message.ts) if message else None,
        why_not_again=str(refused) if (refused := retrying.why_not(session, row, at=at)) else None,
    )


def person_named(session: Session, workspace_id: int, name: str) -> int:
    """The id of the person with a Slack id or a name, or of the only one whose name has these words in it.

    Raises:
        Refused: There is nobody, or there are several.
    """
    people = session.exec(select(Person).where(Person.workspace_id == workspace_id).order_by(Person.name)).all()
    wanted = name.strip().casefold()
    found = (
        [person for person in people if person.slack_id.casefold() == wanted]
        or [person for person in people if person.name.casefold() == wanted]
        or [person for person in people if wanted and wanted in person.name.casefold()]
    )
    if not found:
        raise Refused("Nobody called {name} is on the list here. Write the name or the Slack id.", name=name)
    if len(found) > 1:
        ids = ", ".join(f"{person.slack_id} ({person.name})" for person in found[:10])
        raise Refused("Several people are called {name}. Write the Slack id of one: {ids}.", name=name, ids=ids)
    return found[0].key


def _by_state(session: Session, workspace_id: int, wanted: Wanted, limit: int) -> Sequence[Delivery]:
    # A query for each state walks its part of one index and stops at the limit, however many rows there are.
    found: list[Delivery] = []
    for status in wanted.states or Status:
        query = select(Delivery).where(Delivery.workspace_id == workspace_id, Delivery.status == status)
        if wanted.kinds:
            query = query.where(col(Delivery.kind).in_(wanted.kinds))
        if wanted.since:
            query = query.where(Delivery.due_at >= wanted.since)
        newest = query.order_by(col(Delivery.due_at).desc(), col(Delivery.id).desc()).limit(limit)
        found.extend(session.exec(newest).all())
    return sorted(found, key=lambda row: (row.due_at, row.key), reverse=True)[:limit]


def _of_person(session: Session, wanted: Wanted, limit: int) -> Sequence[Delivery]:
    query = select(Delivery).where(Delivery.person_id == wanted.person_id)
    if wanted.states:
        query = query.where(col(Delivery.status).in_(wanted.states))
    if wanted.kinds:
        query = query.where(col(Delivery.kind).in_(wanted.kinds))
    if wanted.since:
        query = query.where(Delivery.due_at >= wanted.since)
    return session.exec(query.order_by(col(Delivery.due_at).desc(), col(Delivery.id).desc()).limit(limit)).all()


def named(session: Session, workspace_id: int, receivers: Collection[Receiver]) -> dict[Receiver, str]:
    """What people call those whom a workspace's deliveries are for.

    A person has a name, a channel that of the team that has it; a channel that no team has is called by its id.
    """
    by_id = select(Person.id, Person.name).where(col(Person.id).in_({person for person, _ in receivers if person}))
    by_channel = select(Team.channel, Team.name).where(
        Team.workspace_id == workspace_id, col(Team.channel).in_({channel for _, channel in receivers if channel})
    )
    people, channels = dict(session.exec(by_id).all()), dict(session.exec(by_channel).all())
    return {
        (person, channel): people.get(person) or channels.get(channel or "") or channel or ""
        for person, channel in receivers
    }


def _traced(session: Session, workspace_id: int, rows: Sequence[Delivery]) -> list[Traced]:
    names = named(session, workspace_id, {(row.person_id, row.channel) for row in rows})
    return [
        Traced(
            id=row.key,
            kind=row.kind,
            status=row.status,
            is_looked_for=row.status is Status.UNKNOWN and row.ended_at is None,
            whom=names[row.person_id, row.channel],
            channel=row.channel,
            due_at=row.due_at,
            attempts=row.attempts,
            reason=row.reason,
            meaning=row.meaning,
        )
        for row in rows
    ]


def _steps(session: Session, row: Delivery) -> tuple[Step, ...]:
    events = session.exec(
        select(Event.kind, Event.at, Person.name)
        .outerjoin(Person, col(Person.id) == col(Event.actor_id))
        .where(Event.workspace_id == row.workspace_id, Event.subject == "delivery", Event.subject_id == row.id)
        .order_by(col(Event.id))
    ).all()
    return tuple(Step(kind, at, name) for kind, at, name in events)


def _review(session: Session, review_id: int) -> str:
    return embeddings.by_id(session, reviews.by_id(session, review_id).embedding_id).reference


def _prompt(session: Session, prompt_id: int) -> str:
    return embeddings.by_id(session, prompts.by_id(session, prompt_id).embedding_id).reference


def _unfiled(session: Session, unfiled_id: int) -> str:
    """The report that it has become, or whoever said it."""
    found = session.get_one(Unfiled, unfiled_id)
    if found.feedback_id is not None:
        return feedback.by_id(session, found.feedback_id).reference
    return people.by_id(session, found.person_id).name


ABOUT: dict[str, Callable[[Session, int], str]] = {
    "embedding": lambda session, which: embeddings.by_id(session, which).reference,
    "feedback": lambda session, which: feedback.by_id(session, which).reference,
    "change_note": lambda session, which: change_notes.by_id(session, which).reference,
    "review": _review,
    "prompt": _prompt,
    "team": lambda session, which: teams.by_id(session, which).name,
    "person": lambda session, which: people.by_id(session, which).name,
    "unfiled_report": _unfiled,
    "question_back": lambda session, which: asking_back.card(session, which).reference,
    "restriction": lambda session, which: restricting.news(session, which).restriction.tool,
    "visit": lambda session, which: feedback.by_id(session, session.get_one(Visit, which).feedback_id).reference,
}
"""How what a message is about is called, by its subject."""
