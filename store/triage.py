"""Triage: what data scientists do with a report, and what its reporter hears of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from store import access, deliveries, embeddings, history, people, quiet, unsafe
from store import feedback as reports
from store.access import Act
from store.deliveries import Kind as MessageKind
from store.embeddings import Embedding
from store.feedback import Feedback, FeedbackStatus
from store.people import Caller, Person


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A data scientist has seen a report."""

    reference: str


def acknowledge(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
    """Let the reporter know that a data scientist has seen their report.

    A second tap, or a second data scientist's, changes nothing.

    Raises:
        Refused: The person does not answer for the report's tool.
    """
    person = people.known(session, by)
    feedback = reports.locked(session, feedback_id, person.workspace_id)
    _require_for(session, person, feedback, Act.TRIAGE_FEEDBACK)
    if feedback.status is not FeedbackStatus.NEW:
        return Acknowledged(feedback.reference)
    feedback.status, feedback.acknowledged_at = FeedbackStatus.ACKNOWLEDGED, at
    reports.answered(feedback, at=at)
    session.add(feedback)
    history.record(
        session,
        feedback.workspace_id,
        "feedback_acknowledged",
        "feedback",
        feedback.key,
        at=at,
        actor_id=person.id,
    )
    _show_as_seen(session, feedback, at)
    if unsafe.take_with_it(session, feedback, person, at=at):  # which tells the reporter who has it
        return Acknowledged(feedback.reference)
    deliveries.queue(
        session,
        feedback.workspace_id,
        MessageKind.FEEDBACK_ACKNOWLEDGED,
        f"feedback:{feedback.key}:acknowledged",
        "feedback",
        feedback.key,
        at=at,
        person_id=feedback.reporter_id,
        due_at=quiet.at_work(session, feedback.reporter_id, at),
        data={"by": person.key},
    )
    return Acknowledged(feedback.reference)


def _require_for(session: Session, person: Person, feedback: Feedback, act: Act) -> None:
    embedding = session.get(Embedding, feedback.embedding_id) if feedback.embedding_id else None
    under_way = [embedding.key] if embedding and embedding.status in embeddings.UNDER_WAY else []
    access.require(act, access.roles_of(session, person, embeddings=under_way))


def _show_as_seen(session: Session, feedback: Feedback, at: datetime) -> None:
    if feedback.embedding_id is None:
        return
    for hearer in embeddings.data_scientists(session, feedback.embedding_id):
        key = f"feedback:{feedback.key}:filed:{hearer.key}"
        posted = deliveries.posted_for(session, feedback.workspace_id, key)
        if posted is not None:
            deliveries.rewrite(session, posted, MessageKind.FEEDBACK_FILED_SEEN, at=at)
