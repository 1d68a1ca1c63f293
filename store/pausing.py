"""Pausing an embedding, and resuming it: while it is paused nobody is asked; its days go on all the same."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, col, select

from store import access, embeddings, history, people, planned_days, prompts, teams
from store.access import Act
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.not_now import Reason
from store.people import Caller, Person
from store.table import Table
from store.types import Instant


class Pause(Table, table=True):
    """A time in which an embedding is paused, who paused and resumed it, and why."""

    __tablename__ = "pause"

    id: int | None = Field(default=None, primary_key=True)
    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    paused_by_id: int = Field(foreign_key="person.id")
    paused_because: str
    paused_at: datetime = Field(sa_type=Instant)
    resumed_by_id: int | None = Field(default=None, foreign_key="person.id")
    resumed_because: str | None = None
    resumed_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Pausable:
    """The embeddings that somebody may pause, or resume: id, reference, team."""

    embeddings: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Paused:
    """An embedding is paused, or goes on."""

    reference: str
    team: str
    paused: bool


def to_pause(session: Session, *, by: Caller) -> Pausable:
    """The embeddings that somebody may pause.

    Raises:
        Refused: There is none.
    """
    return _offered(
        session, EmbeddingStatus.ACTIVE, Refused("No embedding that you may pause is under way. Nothing to do."), by
    )


def to_resume(session: Session, *, by: Caller) -> Pausable:
    """The embeddings that somebody may resume.

    Raises:
        Refused: There is none.
    """
    return _offered(
        session, EmbeddingStatus.PAUSED, Refused("No embedding that you may resume is paused. Nothing to do."), by
    )


def _offered(session: Session, status: EmbeddingStatus, nothing: Refused, by: Caller) -> Pausable:
    person = people.known(session, by)
    here = [one for one in embeddings.of_workspace(session, person.workspace_id) if _may(session, person, one)]
    if not here and not _may_anywhere(session, person):
        raise Refused(access.REFUSALS[Act.PAUSE_EMBEDDING])
    found = [one for one in here if one.status is status]
    if not found:
        raise nothing
    return Pausable(tuple((one.key, one.reference, teams.by_id(session, one.team_id).name) for one in found))


def pause_embedding(session: Session, embedding_id: int, because: str, *, by: Caller, at: datetime) -> Paused:
    """Pause an embedding: what is still to be asked is not. Its last day stays where it is.

    Raises:
        Refused: The person may not, or it is not under way.
    """
    person, embedding = _held(session, embedding_id, by)
    if embedding.status is not EmbeddingStatus.ACTIVE:
        raise Refused("{reference} is not under way, nothing to pause.", reference=embedding.reference)
    embedding.status = EmbeddingStatus.PAUSED
    session.add(embedding)
    session.add(Pause(embedding_id=embedding.key, paused_by_id=person.key, paused_because=because, paused_at=at))
    _record(session, embedding, person, "embedding_paused", at)
    prompts.stop(session, embedding.key, Reason.PAUSED, at=at)
    planned_days.look_soon(session, planned_days.of_embedding(embedding.key), at=at)
    return Paused(embedding.reference, teams.by_id(session, embedding.team_id).name, True)


def resume_embedding(session: Session, embedding_id: int, because: str, *, by: Caller, at: datetime) -> Paused:
    """Let a paused embedding go on: from now on people are asked again.

    Raises:
        Refused: The person may not, or it is not paused.
    """
    person, embedding = _held(session, embedding_id, by)
    if embedding.status is not EmbeddingStatus.PAUSED:
        raise Refused("{reference} is not paused, nothing to resume.", reference=embedding.reference)
    embedding.status = EmbeddingStatus.ACTIVE
    session.add(embedding)
    pause = of_embedding(session, embedding.key)
    if pause is not None:
        pause.resumed_by_id, pause.resumed_because, pause.resumed_at = person.key, because, at
        session.add(pause)
    _record(session, embedding, person, "embedding_resumed", at)
    planned_days.look_soon(session, planned_days.of_embedding(embedding.key), at=at)
    return Paused(embedding.reference, teams.by_id(session, embedding.team_id).name, False)


def of_embedding(session: Session, embedding_id: int) -> Pause | None:
    """The pause that an embedding is in, or None."""
    return session.exec(
        select(Pause)
        .where(Pause.embedding_id == embedding_id, col(Pause.resumed_at).is_(None))
        .order_by(col(Pause.id).desc())
    ).first()


def _held(session: Session, embedding_id: int, by: Caller) -> tuple[Person, Embedding]:
    person = people.known(session, by)
    embedding = embeddings.locked(session, embedding_id, person.workspace_id)
    access.require(Act.PAUSE_EMBEDDING, access.roles_of(session, person, teams=[embedding.team_id]))
    return person, embedding


def _may(session: Session, person: Person, embedding: Embedding) -> bool:
    return bool(access.RIGHTS[Act.PAUSE_EMBEDDING] & access.roles_of(session, person, teams=[embedding.team_id]))


def _may_anywhere(session: Session, person: Person) -> bool:
    mine = access.teams_of(session, person)
    return bool(access.RIGHTS[Act.PAUSE_EMBEDDING] & access.roles_of(session, person, teams=mine))


def _record(session: Session, embedding: Embedding, person: Person, kind: str, at: datetime) -> None:
    history.record(session, embedding.workspace_id, kind, "embedding", embedding.key, at=at, actor_id=person.id)
