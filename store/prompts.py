"""Prompts: what an embedding asks its team at the end of a shift, and what people said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CursorResult, Index, UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from store import deliveries, embeddings, history, people
from store.deliveries import Delivery, Kind, Status
from store.dialect import insert
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.people import Caller
from store.prompt_plans import PromptPlan
from store.questions import QUESTIONS, accepts
from store.table import Table
from store.types import Instant, Word


class PromptStatus(StrEnum):
    """What became of a prompt. Whether it went out is its delivery's to say."""

    OPEN = "open"
    ANSWERED = "answered"
    MISSED = "missed"
    SKIPPED = "skipped"


class Prompt(Table, table=True):
    """One occurrence of a plan for one person: a shift, and the time in which it can be answered."""

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("plan_id", "person_id", "day", "shift"),
        Index(None, "status", "closes_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="prompt_plan.id")
    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    day: date
    shift: str
    due_at: datetime = Field(sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant)
    status: PromptStatus = Field(sa_type=Word(PromptStatus))
    reason: str | None = None
    """Why it was missed or skipped."""

    @property
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id


class Answer(Table, table=True):
    """What somebody said to one question of a prompt; the last tap before it closes counts."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("prompt_id", "question"),)

    id: int | None = Field(default=None, primary_key=True)
    prompt_id: int = Field(foreign_key="prompt.id")
    question: str
    value: str
    answered_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class DuePrompt:
    """A prompt that is to be: for whom, for which shift, when it goes out, when it is too late, when it closes."""

    person_id: int
    day: date
    shift: str
    due_at: datetime
    shift_ends_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """What was noted for a prompt."""

    prompt_id: int
    value: str


def plan_day(
    session: Session, plan_id: int, planned_through: date | None, day: date, due: Sequence[DuePrompt], *, at: datetime
) -> int:
    """Make the rows and the deliveries of a plan's prompts for one local day.

    Args:
        session: The unit's session.
        plan_id: Which plan.
        planned_through: What the caller saw when it computed `due`; if that has changed, nothing is done.
        day: The local day that these prompts belong to.
        due: The prompts.
        at: Now.

    Returns:
        How many prompts are new.
    """
    plan = session.get_one(PromptPlan, plan_id)
    status = session.exec(
        select(Embedding.status).where(Embedding.id == plan.embedding_id).with_for_update(read=True)
    ).one()
    if status is not EmbeddingStatus.ACTIVE:  # the review was opened since
        return 0
    moved = session.execute(
        update(PromptPlan)
        .where(
            col(PromptPlan.id) == plan_id,
            col(PromptPlan.planned_through).is_(None)
            if planned_through is None
            else col(PromptPlan.planned_through) == planned_through,
        )
        .values(planned_through=day)
    )
    assert isinstance(moved, CursorResult)  # noqa: S101 - an UPDATE has a count
    if moved.rowcount == 0:
        return 0
    return sum(_plan_one(session, plan, prompt, at) for prompt in due)


def _plan_one(session: Session, plan: PromptPlan, due: DuePrompt, at: datetime) -> bool:
    made = session.execute(
        insert(session, Prompt)
        .values(
            plan_id=plan.id,
            embedding_id=plan.embedding_id,
            person_id=due.person_id,
            day=due.day,
            shift=due.shift,
            due_at=due.due_at,
            closes_at=due.closes_at,
            status=PromptStatus.OPEN,
        )
        .on_conflict_do_nothing()
        .returning(col(Prompt.id))
    ).scalar_one_or_none()
    if made is None:
        return False
    person = people.by_id(session, due.person_id)
    delivery_id = deliveries.queue(
        session,
        person.workspace_id,
        Kind.PROMPT,
        f"prompt:{made}",
        "prompt",
        made,
        at=at,
        person_id=person.id,
        due_at=due.due_at,
        expires_at=due.shift_ends_at,
    )
    session.execute(update(Prompt).where(col(Prompt.id) == made).values(delivery_id=delivery_id))
    return True


def answer_prompt(session: Session, prompt_id: int, question: str, value: str, *, by: Caller, at: datetime) -> Answered:
    """Note what somebody said about their shift.

    The same tap again changes nothing; another answer before the prompt closes takes its place.

    Raises:
        Refused: The prompt is somebody else's, or it has closed.
    """
    person = people.known(session, by)
    prompt = session.exec(select(Prompt).where(Prompt.id == prompt_id).with_for_update()).first()
    if prompt is None or prompt.person_id != person.id:
        raise Refused("That question was for somebody else.")
    if prompt.status not in (PromptStatus.OPEN, PromptStatus.ANSWERED) or at >= prompt.closes_at:
        raise Refused("That one has closed, nothing to do. You can always tell us with /model-feedback.")
    plan = session.get_one(PromptPlan, prompt.plan_id)
    if not accepts(plan.questions, question, value):
        raise ValueError(f"{plan.questions} has no answer {value!r} to {question!r}")
    before = session.exec(select(Answer).where(Answer.prompt_id == prompt.key, Answer.question == question)).first()
    if before is not None and before.value == value:
        return Answered(prompt.key, value)
    answer = before or Answer(prompt_id=prompt.key, question=question, value=value, answered_at=at)
    answer.value, answer.answered_at = value, at
    session.add(answer)
    prompt.status = PromptStatus.ANSWERED
    session.add(prompt)
    history.record(
        session,
        person.workspace_id,
        "prompt_answered",
        "prompt",
        prompt.key,
        at=at,
        actor_id=person.id,
        data={"question": question, "value": value},
    )
    _rewrite(session, prompt, Kind.PROMPT_ANSWERED, at)
    return Answered(prompt.key, value)


def close_lapsed(session: Session, *, at: datetime, limit: int = 200) -> int:
    """Close the prompts whose time is over: missed, with the reason; the message loses its buttons.

    Returns:
        How many were closed; as many as `limit` means there may be more.
    """
    lapsed = session.exec(
        select(Prompt)
        .where(Prompt.status == PromptStatus.OPEN, Prompt.closes_at <= at)
        .order_by(col(Prompt.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for prompt in lapsed:
        delivery = session.get(Delivery, prompt.delivery_id)
        prompt.status, prompt.reason = _why_unanswered(delivery)
        session.add(prompt)
        if delivery is not None and delivery.status is Status.SENT:
            _rewrite(session, prompt, Kind.PROMPT_CLOSED, at)
    return len(lapsed)


def _why_unanswered(delivery: Delivery | None) -> tuple[PromptStatus, str]:
    if delivery is not None and delivery.status is Status.SENT:
        return PromptStatus.MISSED, "not answered in time"
    reason = delivery.reason if delivery is not None else None
    if delivery is not None and delivery.status is Status.SKIPPED:
        return PromptStatus.SKIPPED, reason or "nothing to ask"
    return PromptStatus.MISSED, f"it did not go out: {reason or 'it was still waiting'}"


def stop(session: Session, embedding_id: int, reason: str, *, at: datetime) -> None:
    """Stop an embedding's prompts: what is still to go out is skipped; what is out can be answered until it closes."""
    waiting = session.exec(
        select(Prompt)
        .join(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .where(
            Prompt.embedding_id == embedding_id,
            Prompt.status == PromptStatus.OPEN,
            Delivery.status == Status.QUEUED,
        )
        .with_for_update()  # what is being sent meanwhile is not stopped
    ).all()
    for prompt in waiting:
        prompt.status, prompt.reason = PromptStatus.SKIPPED, reason
        session.add(prompt)
    deliveries.call_off(session, (Kind.PROMPT,), [prompt.key for prompt in waiting], reason, at)


@dataclass(frozen=True, slots=True)
class PromptCard:
    """A prompt as the person it is for is shown it."""

    id: int
    tools: tuple[str, ...]
    question: str
    choices: tuple[str, ...]
    said: str | None
    open: bool


def card(session: Session, prompt_id: int) -> PromptCard:
    """What the person it is for is shown of a prompt: its first question."""
    prompt = by_id(session, prompt_id)
    plan = session.get_one(PromptPlan, prompt.plan_id)
    question = QUESTIONS[plan.questions][0]
    answer = answer_to(session, prompt.key, question.name)
    return PromptCard(
        id=prompt.key,
        tools=tuple(tool.name for tool in embeddings.tools_of(session, prompt.embedding_id)),
        question=question.name,
        choices=question.choices,
        said=answer.value if answer else None,
        open=prompt.status is PromptStatus.OPEN,
    )


def by_id(session: Session, prompt_id: int) -> Prompt:
    """The prompt with our id; a missing one is a bug (LookupError)."""
    prompt = session.get(Prompt, prompt_id)
    if prompt is None:
        raise LookupError(f"no prompt {prompt_id}")
    return prompt


def answer_to(session: Session, prompt_id: int, question: str) -> Answer | None:
    """What was said to one question of a prompt, or None."""
    return session.exec(select(Answer).where(Answer.prompt_id == prompt_id, Answer.question == question)).first()


def _rewrite(session: Session, prompt: Prompt, kind: Kind, at: datetime) -> None:
    posted = session.get(Delivery, prompt.delivery_id) if prompt.delivery_id else None
    if posted is not None:
        deliveries.rewrite(session, posted, kind, at=at)
