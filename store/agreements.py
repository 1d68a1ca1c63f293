"""Agreeing to an embedding, or declining it: the last agreement makes it planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from store import access, deliveries, embeddings, history, people
from store.access import Act
from store.deliveries import Kind
from store.embeddings import Agreement, Embedding, EmbeddingStatus
from store.errors import Refused
from store.people import Caller, Person
from store.prompt_plans import PromptPlan


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody agreed or declined, and where the embedding stands now."""

    reference: str
    agreed: bool
    status: EmbeddingStatus
    still_asked: tuple[str, ...]


def agree(session: Session, embedding_id: int, agreed: bool, *, by: Caller, at: datetime) -> Decided:
    """Agree to a proposed embedding, or decline it; the last agreement makes it planned.

    A second tap changes nothing and gets the same answer.

    Raises:
        Refused: The person is not one of those asked, or the embedding is no longer a proposal.
    """
    person = people.known(session, by)
    embedding = embeddings.locked(session, embedding_id, person.workspace_id)
    agreements = embeddings.agreements_of(session, embedding.key)
    mine = [agreement for agreement in agreements if agreement.person_id == person.id]
    if not mine:
        raise Refused(access.REFUSALS[Act.AGREE_TO_EMBEDDING])
    if all(agreement.agreed is agreed for agreement in mine):
        return _decided(session, embedding, agreements, agreed)
    if embedding.status is not EmbeddingStatus.PROPOSED:
        raise Refused(
            "That is settled already. Type /embedding list to see how {reference} stands.",
            reference=embedding.reference,
        )
    access.require(Act.AGREE_TO_EMBEDDING, _roles(session, person, embedding))
    for agreement in mine:
        agreement.agreed, agreement.decided_at = agreed, at
        session.add(agreement)
    kind = "embedding_agreed" if agreed else "embedding_declined"
    history.record(session, embedding.workspace_id, kind, "embedding", embedding.key, at=at, actor_id=person.id)
    _rewrite_question(session, embedding, person, at)
    if not agreed:
        session.flush()
        cancel(session, embedding, "embedding_cancelled", at=at)
    elif all(agreement.agreed for agreement in agreements):
        _plan(session, embedding, at)
    return _decided(session, embedding, agreements, agreed)


def asked_key(embedding: Embedding, person: Person) -> str:
    """What the question to one of those asked goes out only once for."""
    return f"embedding:{embedding.key}:asked:{person.key}"


def _plan(session: Session, embedding: Embedding, at: datetime) -> None:
    embedding.status = EmbeddingStatus.PLANNED
    session.add(embedding)
    session.add(PromptPlan(embedding_id=embedding.key, created_at=at))
    history.record(session, embedding.workspace_id, "embedding_planned", "embedding", embedding.key, at=at)
    told = {embedding.proposed_by_id, *(person.key for person in embeddings.data_scientists(session, embedding.key))}
    for person_id in sorted(told):
        _tell(session, embedding, Kind.EMBEDDING_PLANNED, person_id, at)


def cancel(session: Session, embedding: Embedding, kind: str, *, at: datetime) -> None:
    """Call a proposal off, tell whoever proposed it and whoever had agreed, and close the questions still open.

    Args:
        session: The unit's session.
        embedding: A proposal, held by the caller.
        kind: The event that it leaves, in the past tense.
        at: Now.
    """
    embedding.status = EmbeddingStatus.CANCELLED
    session.add(embedding)
    history.record(session, embedding.workspace_id, kind, "embedding", embedding.key, at=at)
    told = {embedding.proposed_by_id}
    for agreement in embeddings.agreements_of(session, embedding.key):
        if agreement.agreed:
            told.add(agreement.person_id)
        elif agreement.agreed is None:
            _rewrite_question(session, embedding, people.by_id(session, agreement.person_id), at)
    for person_id in sorted(told):
        _tell(session, embedding, Kind.EMBEDDING_DECLINED, person_id, at)


def _rewrite_question(session: Session, embedding: Embedding, person: Person, at: datetime) -> None:
    asked = deliveries.posted_for(session, embedding.workspace_id, asked_key(embedding, person))
    if asked is not None:
        deliveries.rewrite(session, asked, Kind.EMBEDDING_PROPOSED_ANSWERED, at=at)


def _roles(session: Session, person: Person, embedding: Embedding) -> frozenset[access.Role]:
    return access.roles_of(session, person, teams=[embedding.team_id], embeddings=[embedding.key])


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
