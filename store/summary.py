"""How an embedding is going, for everybody who takes part in it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from store import (
    access,
    change_notes,
    embeddings,
    exposure,
    not_asked,
    packets,
    pausing,
    people,
    reviews,
    shifts,
    teams,
)
from store.access import Act, Role
from store.embeddings import Embedding, EmbeddingCard, EmbeddingStatus
from store.errors import Refused
from store.exposure import WeekOfTool
from store.feedback import Feedback, FeedbackStatus
from store.figures.change_state import ChangeState
from store.not_asked import NotAsked
from store.people import Caller, Person
from store.policy import Policy
from store.references import Series, write


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change and its state in a word."""

    reference: str
    what: str
    state: ChangeState
    taken_back_on: date | None = None
    """The team's local day."""
    taken_back_because: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """An embedding's facts: about the tool, never about who said what."""

    card: EmbeddingCard
    today: date
    by_status: tuple[tuple[FeedbackStatus, int], ...]
    changes: tuple[ChangeLine, ...]
    sha256: str | None
    paused_because: str | None = None
    not_asked: NotAsked | None = None
    """For its data scientists."""
    weeks: tuple[WeekOfTool, ...] = ()
    """What was reported of each tool in each week, among what it has shown."""


def summary(session: Session, number: int | None, *, policy: Policy, by: Caller, at: datetime) -> Summary:
    """The summary of an embedding: the one with a number, or the newest that somebody takes part in.

    Raises:
        Refused: There is none, or the person takes no part in it.
    """
    person = people.known(session, by)
    embedding = _named(session, person, number) if number is not None else _newest(session, person)
    team = teams.by_id(session, embedding.team_id)
    counts = session.exec(
        select(Feedback.status, func.count())
        .where(Feedback.embedding_id == embedding.id)
        .group_by(col(Feedback.status))
    ).all()
    review = reviews.of_embedding(session, embedding.key)
    today = shifts.local_day(at, team.zone)
    pause = pausing.of_embedding(session, embedding.key)
    is_theirs = Role.DATA_SCIENTIST in _roles(session, person, embedding)
    return Summary(
        card=embeddings.card(session, embedding.key),
        today=today,
        by_status=tuple(sorted(((FeedbackStatus(status), count) for status, count in counts), key=_in_order)),
        changes=tuple(
            ChangeLine(
                note.reference,
                note.what,
                packets.state_of(session, note),
                shifts.local_day(note.rolled_back_at, team.zone) if note.rolled_back_at else None,
                note.rolled_back_because,
            )
            for note in change_notes.of_embedding(session, embedding.key)
        ),
        sha256=review.sha256 if review else None,
        paused_because=pause.paused_because if pause else None,
        not_asked=not_asked.of_embedding(session, embedding.key, today, policy) if is_theirs else None,
        weeks=exposure.weeks_of_embedding(session, embedding, today),
    )


def listing(session: Session, *, by: Caller) -> tuple[EmbeddingCard, ...]:
    """The workspace's embeddings, newest first."""
    person = people.known(session, by)
    return tuple(
        embeddings.card(session, embedding.key) for embedding in embeddings.of_workspace(session, person.workspace_id)
    )


def _named(session: Session, person: Person, number: int) -> Embedding:
    embedding = embeddings.by_reference(session, person.workspace_id, number)
    if embedding is None:
        raise Refused(
            "There is no embedding {reference}. Type /embedding list to see what there is.",
            reference=write(Series.EMBEDDING, number),
        )
    access.require(Act.READ_SUMMARY, _roles(session, person, embedding))
    return embedding


def _newest(session: Session, person: Person) -> Embedding:
    all_here = embeddings.of_workspace(session, person.workspace_id)
    if not all_here:
        raise Refused("There is no embedding here yet. Type /embedding help to see how one begins.")
    for embedding in all_here:
        takes_part = access.RIGHTS[Act.READ_SUMMARY] & _roles(session, person, embedding)
        if takes_part and embedding.status is not EmbeddingStatus.CANCELLED:
            return embedding
    raise Refused("You take part in no embedding yet. Type /embedding list to see what there is.")


def _roles(session: Session, person: Person, embedding: Embedding) -> frozenset[access.Role]:
    return access.roles_of(session, person, teams=[embedding.team_id], embeddings=[embedding.key])


def _in_order(counted: tuple[FeedbackStatus, int]) -> int:
    return list(FeedbackStatus).index(counted[0])
