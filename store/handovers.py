"""Handing over what is open when an embedding closes: to the tools' owners, and told to the reporters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import deliveries, embeddings, quiet, tools
from store.deliveries import Kind
from store.embeddings import Embedding
from store.feedback import Feedback, FeedbackStatus
from store.feedback import Kind as FeedbackKind
from store.people import Person
from store.tools import Tool


def hand_over(session: Session, embedding: Embedding, carried: Sequence[Feedback], *, at: datetime) -> None:
    """Tell the owners of the tools what is theirs from here, and each reporter who looks after their reports."""
    owners = {tools.by_id(session, feedback.tool_id).owner_id for feedback in carried}
    for kind, people_told in (
        (Kind.CARRIED_OVER_TO_OWNER, owners),
        (Kind.CARRIED_OVER_TOLD, {feedback.reporter_id for feedback in carried}),
    ):
        for person_id in sorted(people_told):
            deliveries.queue(
                session,
                embedding.workspace_id,
                kind,
                f"embedding:{embedding.key}:{kind}:{person_id}",
                "embedding",
                embedding.key,
                at=at,
                person_id=person_id,
                due_at=quiet.at_work(session, person_id, at),
            )


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """The reports of an embedding that outlived it, as their owner or their reporter is told of them."""

    embedding: str
    reports: tuple[tuple[str, str, FeedbackKind], ...]
    """Reference, tool and kind of each: an owner is not one of the embedded people, and reads no words."""
    owners: tuple[str, ...]


def carried_over(
    session: Session, embedding_id: int, *, owner_id: int | None = None, reporter_id: int | None = None
) -> CarriedOver:
    """What an embedding carried over, of one owner's tools or of one reporter."""
    query = (
        select(Feedback, Tool, Person.name)
        .join(Tool, col(Tool.id) == col(Feedback.tool_id))
        .join(Person, col(Person.id) == col(Tool.owner_id))
        .where(Feedback.embedding_id == embedding_id, Feedback.status == FeedbackStatus.CARRIED_OVER)
        .order_by(col(Feedback.id))
    )
    if owner_id is not None:
        query = query.where(Tool.owner_id == owner_id)
    if reporter_id is not None:
        query = query.where(Feedback.reporter_id == reporter_id)
    rows = session.exec(query).all()
    return CarriedOver(
        embedding=embeddings.by_id(session, embedding_id).reference,
        reports=tuple((row.reference, tool.name, row.kind) for row, tool, _ in rows),
        owners=tuple(dict.fromkeys(owner for _, _, owner in rows)),
    )
