"""Verdicts: whether a change helped, said by those whose reports it answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, select

from store import change_notes, deliveries, history, people
from store.deliveries import Kind
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.feedback import NOTHING_TO_MEND, Feedback, FeedbackStatus
from store.people import Caller
from store.table import Table
from store.types import Instant, Word


class Helped(StrEnum):
    """The answers to "did it help?"."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NOT_SEEN_SINCE = "not_seen_since"


BECOMES: dict[Helped, FeedbackStatus] = {
    Helped.BETTER: FeedbackStatus.CONFIRMED,
    Helped.SAME: FeedbackStatus.CONTESTED,
    Helped.WORSE: FeedbackStatus.CONTESTED,
    Helped.NOT_SEEN_SINCE: FeedbackStatus.NOT_SEEN_SINCE,
}


JUDGED = frozenset({FeedbackStatus.CHANGED, *BECOMES.values()})
"""The states that a verdict may change."""


class Verdict(Table, table=True):
    """What one reporter said of one change; the last tap counts."""

    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("change_note_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    change_note_id: int = Field(foreign_key="change_note.id")
    person_id: int = Field(foreign_key="person.id")
    value: Helped = Field(sa_type=Word(Helped))
    given_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict was noted."""

    change_note_id: int
    value: Helped


def give_verdict(session: Session, change_note_id: int, value: Helped, *, by: Caller, at: datetime) -> Given:
    """Note whether a change helped, for all of this person's reports that it answers.

    Raises:
        Refused: None of the person's reports is answered by the change.
    """
    person = people.known(session, by)
    answered = [
        feedback
        for feedback in change_notes.answered_by(session, change_note_id, person.key, lock=True)
        if feedback.kind not in NOTHING_TO_MEND
    ]
    if not answered:
        raise Refused("That question was for the people whose reports this change answers.")
    before = of(session, change_note_id, person.key)
    if before is not None and before.value is value:
        return Given(change_note_id, value)
    verdict = before or Verdict(change_note_id=change_note_id, person_id=person.key, value=value, given_at=at)
    verdict.value, verdict.given_at = value, at
    session.add(verdict)
    for feedback in answered:
        # A verdict on an older change says nothing about what a newer one made of the report.
        if change_notes.latest_for(session, feedback.key) == change_note_id and feedback.status in JUDGED:
            feedback.status = _state_after(session, feedback, value)
            session.add(feedback)
    history.record(
        session,
        person.workspace_id,
        "verdict_given",
        "change_note",
        change_note_id,
        at=at,
        actor_id=person.id,
        data={"value": value},
    )
    asked = deliveries.posted_for(session, person.workspace_id, f"change_note:{change_note_id}:verdict:{person.key}")
    if asked is not None:
        deliveries.rewrite(
            session,
            asked,
            Kind.VERDICT_GIVEN,
            at=at,
        )
    return Given(change_note_id, value)


def _state_after(session: Session, feedback: Feedback, value: Helped) -> FeedbackStatus:
    state = BECOMES[value]
    embedding = session.get(Embedding, feedback.embedding_id) if feedback.embedding_id else None
    if state is FeedbackStatus.CONTESTED and embedding and embedding.status is EmbeddingStatus.CLOSED:
        # Nobody is embedded any more to take it up again: it goes where the open ones went, to the tool's owner.
        return FeedbackStatus.CARRIED_OVER
    return state


def of(session: Session, change_note_id: int, person_id: int) -> Verdict | None:
    """What somebody said of a change, or None."""
    return session.exec(
        select(Verdict).where(Verdict.change_note_id == change_note_id, Verdict.person_id == person_id)
    ).first()
