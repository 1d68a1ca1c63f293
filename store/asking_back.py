"""Asking back: a data scientist's question about a report, carried to its reporter on their shift, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, col, select

from store import deliveries, embeddings, history, people, quiet
from store import feedback as reports
from store.deliveries import Kind, Status
from store.errors import N_, Refused
from store.feedback import Feedback, Raised
from store.people import Caller, Person
from store.table import Keyed
from store.types import Instant

NOT_YOURS = N_("That question is for whoever filed the report.")


class QuestionBack(Keyed, table=True):
    """A question about a report to the person who filed it; of those of one report only one waits at a time."""

    __tablename__ = "question_back"

    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    asked_by_id: int = Field(foreign_key="person.id")
    text: str
    asked_at: datetime = Field(sa_type=Instant)
    answer: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    """When they first answered."""
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    """When the report was decided without an answer; one that comes all the same is kept."""


def ask(session: Session, feedback: Feedback, person: Person, text: str, *, at: datetime) -> None:
    """Ask the reporter of a report, which is held, something about it."""
    question = QuestionBack(feedback_id=feedback.key, asked_by_id=person.key, text=text, asked_at=at)
    session.add(question)
    session.flush()
    deliveries.queue(
        session,
        feedback.workspace_id,
        Kind.FEEDBACK_QUESTION,
        f"question_back:{question.key}:asked",
        "question_back",
        question.key,
        at=at,
        person_id=feedback.reporter_id,
        due_at=quiet.at_work(session, feedback.reporter_id, at),
    )


def waiting_of(session: Session, feedback_id: int) -> QuestionBack | None:
    """The question about a report that waits for an answer, or None."""
    return session.exec(
        select(QuestionBack).where(
            QuestionBack.feedback_id == feedback_id,
            col(QuestionBack.answered_at).is_(None),
            col(QuestionBack.closed_at).is_(None),
        )
    ).first()


def close(session: Session, feedback: Feedback, *, at: datetime) -> None:
    """The report is decided: nobody has to answer a question about it any more."""
    question = waiting_of(session, feedback.key)
    if question is None:
        return
    question.closed_at = at
    session.add(question)
    deliveries.call_off(session, (Kind.FEEDBACK_QUESTION,), [question.key], "the report was decided meanwhile", at)
    _rewrite(session, feedback, question, at)


@dataclass(frozen=True, slots=True)
class Answered:
    """A reporter's answer was kept."""

    question_id: int
    reference: str
    asked_by: str
    unsafe: Raised | None = None
    """When people are called about it, now or before."""


def answer_question(session: Session, question_id: int, text: str, *, by: Caller, at: datetime) -> Answered:
    """Keep what a reporter answers, and carry it to whoever asked; a second answer is added to the first.

    Raises:
        Refused: The question is not here, was for somebody else, or nothing was said.
    """
    person = people.known(session, by)
    question, feedback = _own(session, question_id, person)
    feedback = reports.locked(session, feedback.key, person.workspace_id)
    session.refresh(question)
    if not text.strip():
        raise Refused("Say it in a few words.", field="answer")
    question.answer = f"{question.answer}\n{text}" if question.answer else text
    question.answered_at = question.answered_at or at
    session.add(question)
    history.record(
        session,
        person.workspace_id,
        "question_answered",
        "feedback",
        feedback.key,
        at=at,
        actor_id=person.id,
        data={"reference": feedback.reference},
    )
    asker = people.by_id(session, question.asked_by_id)
    hearers = [asker.key] if asker.active else _others(session, feedback)
    for hearer in hearers:
        deliveries.queue(
            session,
            person.workspace_id,
            Kind.FEEDBACK_QUESTION_ANSWERED,
            f"question_back:{question.key}:answered:{hearer}:{len(question.answer)}",
            "question_back",
            question.key,
            at=at,
            person_id=hearer,
            due_at=quiet.at_work(session, hearer, at),
        )
    _rewrite(session, feedback, question, at)
    return Answered(question.key, feedback.reference, asker.name)


def _others(session: Session, feedback: Feedback) -> list[int]:
    if feedback.embedding_id is None:
        return []
    return [hearer.key for hearer in embeddings.data_scientists(session, feedback.embedding_id)]


def _own(session: Session, question_id: int, person: Person) -> tuple[QuestionBack, Feedback]:
    question = session.get(QuestionBack, question_id)
    feedback = session.get(Feedback, question.feedback_id) if question else None
    if question is None or feedback is None or feedback.reporter_id != person.id:
        raise Refused(NOT_YOURS)
    return question, feedback


def _rewrite(session: Session, feedback: Feedback, question: QuestionBack, at: datetime) -> None:
    posted = deliveries.posted_for(session, feedback.workspace_id, f"question_back:{question.key}:asked")
    if posted is not None and posted.status is not Status.SKIPPED:
        deliveries.rewrite(session, posted, Kind.FEEDBACK_QUESTION_OVER, at=at)


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """A question as both sides are shown it."""

    id: int
    feedback_id: int
    reference: str
    tool: str
    report: str
    """The report's own words."""
    text: str
    asked_by: str
    answer: str | None
    reporter: str
    closed: bool


def card(session: Session, question_id: int) -> QuestionCard:
    """What people are shown of a question; a missing one is a bug (LookupError)."""
    question = session.get(QuestionBack, question_id)
    if question is None:
        raise LookupError(f"no question {question_id}")
    return _card(session, question)


def _card(session: Session, question: QuestionBack) -> QuestionCard:
    report = reports.card(session, question.feedback_id)
    return QuestionCard(
        id=question.key,
        feedback_id=report.id,
        reference=report.reference,
        tool=report.tool,
        report=report.text,
        text=question.text,
        asked_by=people.by_id(session, question.asked_by_id).name,
        answer=question.answer,
        reporter=report.reporter,
        closed=question.closed_at is not None,
    )


def of_report(session: Session, feedback_id: int) -> tuple[QuestionCard, ...]:
    """The questions about a report, oldest first."""
    rows = session.exec(
        select(QuestionBack).where(QuestionBack.feedback_id == feedback_id).order_by(col(QuestionBack.id))
    ).all()
    return tuple(_card(session, row) for row in rows)


def to_answer(session: Session, question_id: int, *, by: Caller) -> QuestionCard:
    """A question for the form in which its reporter answers.

    Raises:
        Refused: It is not here, or was for somebody else.
    """
    question, _ = _own(session, question_id, people.known(session, by))
    return _card(session, question)


def with_questions(session: Session, feedback_ids: Sequence[int]) -> frozenset[int]:
    """Of some reports those about which a question waits for an answer."""
    rows = session.exec(
        select(QuestionBack.feedback_id).where(
            col(QuestionBack.feedback_id).in_(feedback_ids),
            col(QuestionBack.answered_at).is_(None),
            col(QuestionBack.closed_at).is_(None),
        )
    ).all()
    return frozenset(rows)
