"""Prompts: what an embedding asks its team at the end of a shift, and what people said."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, select

from store import (
    deliveries,
    embeddings,
    history,
    people,
    planned_days,
    prepared,
    restrictions,
    uptime,
)
from store.deliveries import Delivery, Kind, Status
from store.embeddings import EmbeddingTool
from store.errors import N_, Refused
from store.feedback import Feedback
from store.not_now import Reason
from store.people import Caller, Person
from store.questions import FIRST_SET, Question, QuestionKind, QuestionSet, SetName, questions_of
from store.restrictions import InForce
from store.table import Keyed, Table
from store.types import Instant, Word

CALLED_OFF = {
    Reason.PAUSED: "the embedding is paused",
    Reason.PLAN_STOPPED: "the prompt plan is paused or has ended",
    Reason.PLAN_CHANGED: "the prompt plan asks others now",
    Reason.SHUTDOWN: "the team is shut down",
    Reason.PUBLIC_HOLIDAY: "it is a public holiday",
    Reason.NO_SHIFT: "the shift is not worked any more",
    Reason.EMBEDDING_ENDED: "the embedding has ended",
}
"""What a delivery says of it. What people have set for themselves is nobody's business there."""
NOT_TO_BE_ASKED = "not to be asked now"


class PromptStatus(StrEnum):
    """What became of a prompt. Whether it went out is its delivery's to say."""

    OPEN = "open"
    ANSWERED = "answered"
    MISSED = "missed"
    SKIPPED = "skipped"


class Prompt(Keyed, table=True):
    """One occurrence of a plan for one person: a shift, and the time in which it can be answered."""

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("plan_id", "person_id", "day", "shift"),
        Index(None, "status", "closes_at"),
        Index(None, "plan_id", "day", "person_id"),
        Index(None, "person_id", "day"),
    )

    plan_id: int = Field(foreign_key="prompt_plan.id")
    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    questions: QuestionSet = Field(default=QuestionSet.DID_IT_HELP, sa_type=Word(QuestionSet))
    own_set_id: int | None = Field(default=None, foreign_key="question_set.id")
    """What was asked, whatever its plan asks by now."""
    day: date
    shift: str
    due_at: datetime = Field(sa_type=Instant)
    shift_ends_at: datetime = Field(sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant)
    status: PromptStatus = Field(sa_type=Word(PromptStatus))
    reason: Reason | None = Field(default=None, sa_type=Word(Reason))
    """Why it was missed or skipped."""

    @property
    def set_name(self) -> SetName:
        """Which questions it asks."""
        return SetName(self.questions, self.own_set_id)


class Answer(Table, table=True):
    """What somebody said to one question of a prompt; the last word before it closes counts."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("prompt_id", "question"),)

    id: int | None = Field(default=None, primary_key=True)
    prompt_id: int = Field(foreign_key="prompt.id")
    question: str
    value: str
    answered_at: datetime = Field(sa_type=Instant)
    late: bool = False
    """Whether the shift had ended by then."""


class EarlierAnswer(Table, table=True):
    """What somebody had said before they changed their mind."""

    __tablename__ = "earlier_answer"

    id: int | None = Field(default=None, primary_key=True)
    prompt_id: int = Field(foreign_key="prompt.id", index=True)
    question: str
    value: str
    answered_at: datetime = Field(sa_type=Instant)
    replaced_at: datetime = Field(sa_type=Instant)


class Detail(Table, table=True):
    """What somebody added to their answers in their own words, or the link of a photo in Slack."""

    __tablename__ = "prompt_detail"

    id: int | None = Field(default=None, primary_key=True)
    prompt_id: int = Field(foreign_key="prompt.id", index=True)
    text: str
    link: str | None = None
    said_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class DuePrompt:
    """A prompt that is to be: for whom, for which shift, when it goes out, when it is too late, when it closes."""

    person_id: int
    day: date
    shift: str
    due_at: datetime
    shift_ends_at: datetime
    closes_at: datetime
    reason: Reason | None = None
    """Why it is not to be asked after all."""
    remind_at: datetime | None = None
    """When somebody who wants it is reminded."""
    asks: SetName = FIRST_SET
    """Which questions."""


def fingerprint(due: Iterable[DuePrompt]) -> str:
    """What tells a day's prompts from others: the same for the same prompts in whatever order."""
    return hashlib.sha256("\n".join(sorted(map(repr, due))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answered:
    """What was noted for a prompt."""

    prompt_id: int
    value: str


def message_key(prompt_id: int) -> str:
    """What the message of a prompt goes out only once for."""
    return f"prompt:{prompt_id}"


def posts_of(session: Session, rows: Sequence[Prompt], *, locked: bool = False) -> dict[int | None, Delivery]:
    """The messages of some prompts, by the delivery's id; held until the unit ends when `locked`."""
    ids = [row.delivery_id for row in rows if row.delivery_id is not None]
    query = select(Delivery).where(col(Delivery.id).in_(ids)).order_by(col(Delivery.id))
    found = session.exec(query.with_for_update() if locked else query).all() if ids else []
    return {post.id: post for post in found}


def answer_prompt(session: Session, prompt_id: int, question: str, value: str, *, by: Caller, at: datetime) -> Answered:
    """Note what somebody said about their shift.

    The same tap again changes nothing; another answer before the prompt closes takes its place.

    Raises:
        Refused: The prompt is somebody else's, it has closed, or its question takes no such answer.
    """
    person = people.known(session, by)
    prompt = answerable(session, prompt_id, person, at=at)
    asked = question_of(session, prompt, question)
    kept = asked.read(value)
    if kept is None:
        raise Refused(_EXPECTED.get(asked.kind, _NO_SUCH_ANSWER), field="answer")
    before = answer_to(session, prompt.key, question)
    if before is not None and before.value == kept:
        return Answered(prompt.key, kept)
    data = {"question": question}
    if asked.kind is not QuestionKind.TEXT:
        data |= {"value": kept} | ({"before": before.value} if before else {})
    if before is not None:
        earlier = EarlierAnswer(**before.model_dump(exclude={"id", "late"}), replaced_at=at)
        session.add(earlier)
    answer = before or Answer(prompt_id=prompt.key, question=question, value=kept, answered_at=at)
    answer.value, answer.answered_at, answer.late = kept, at, at >= prompt.shift_ends_at
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
        data=data,
    )
    deliveries.call_off(session, (Kind.PROMPT_REMINDER,), [prompt.key], "it is answered", at)
    rewrite(session, prompt, Kind.PROMPT_ANSWERED, at)
    return Answered(prompt.key, kept)


NOT_YOURS = N_("That question was for somebody else.")
_NO_SUCH_ANSWER = N_("That question takes no such answer. Tap one of its buttons.")
_EXPECTED = {
    QuestionKind.NUMBER: N_("Write a number, such as 12 or 2.5."),
    QuestionKind.TEXT: N_("Say it in 1 to 300 characters. More fits under Add detail."),
}


def answerable(session: Session, prompt_id: int, person: Person, *, at: datetime) -> Prompt:
    """A prompt that its person may still answer, held until the transaction ends.

    Raises:
        Refused: It is somebody else's, or it has closed.
    """
    prompt = session.exec(select(Prompt).where(Prompt.id == prompt_id).with_for_update()).first()
    if prompt is None or prompt.person_id != person.id:
        raise Refused(NOT_YOURS)
    if prompt.status not in (PromptStatus.OPEN, PromptStatus.ANSWERED) or at >= prompt.closes_at:
        raise Refused("That one has closed, nothing to do. You can always tell us with /model-feedback.")
    return prompt


def question_of(session: Session, prompt: Prompt, name: str) -> Question:
    """The question of a prompt with a name.

    Raises:
        Refused: It has none.
    """
    for question in questions_of(session, prompt.set_name):
        if question.name == name:
            return question
    raise Refused(_NO_SUCH_ANSWER)


def close_lapsed(session: Session, *, at: datetime, limit: int = 200) -> int:
    """Close the prompts whose time is over: missed, with the reason; the message loses its buttons.

    Returns:
        How many were closed; as many as `limit` means there may be more.
    """
    lapsed = session.exec(
        select(Prompt)
        .where(Prompt.status == PromptStatus.OPEN, Prompt.closes_at <= at)
        .order_by(col(Prompt.closes_at), col(Prompt.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    posts = posts_of(session, lapsed)
    was_down = cache(partial(uptime.was_down, session))
    for prompt in lapsed:
        delivery = posts.get(prompt.delivery_id)
        prompt.status, prompt.reason = _why_unanswered(prompt, delivery, was_down)
        session.add(prompt)
        if delivery is not None and delivery.status is Status.SENT:
            deliveries.rewrite(session, delivery, Kind.PROMPT_CLOSED, at=at)
    return len(lapsed)


def _why_unanswered(
    prompt: Prompt, delivery: Delivery | None, was_down: Callable[[datetime, datetime], bool]
) -> tuple[PromptStatus, Reason]:
    if delivery is not None and delivery.status is Status.SENT:
        return PromptStatus.MISSED, Reason.NOT_ANSWERED
    if delivery is not None and delivery.status is Status.SKIPPED:
        # What was tried and not found is never sent again.
        return PromptStatus.SKIPPED, Reason.NOT_SENT if delivery.attempts else Reason.NOTHING_TO_ASK
    if was_down(prompt.due_at, prompt.shift_ends_at):
        return PromptStatus.MISSED, Reason.WE_WERE_DOWN
    return PromptStatus.MISSED, Reason.NOT_SENT


def stop(session: Session, embedding_id: int, reason: Reason, *, at: datetime) -> None:
    """Stop an embedding's prompts: what is still to go out is skipped; what is out can be answered until it closes."""
    skip_waiting(session, reason, Prompt.embedding_id == embedding_id, at=at)


def skip_waiting(session: Session, reason: Reason, *which: Any, at: datetime) -> None:
    """Skip those of some prompts that are still to go out.

    Args:
        session: The unit's session.
        reason: Why.
        which: Conditions on `Prompt`.
        at: Now.
    """
    waiting = session.exec(
        select(Prompt)
        .join(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .where(Prompt.status == PromptStatus.OPEN, Delivery.status == Status.QUEUED, *which)
        .order_by(col(Prompt.id))
        .with_for_update()  # what is being sent meanwhile is not stopped
    ).all()
    skip(session, waiting, reason, at)
    days = {(prompt.plan_id, prompt.day) for prompt in waiting}
    if days:
        planned_days.touch(session, planned_days.any_of(sorted(days)), at=at)


def skip(session: Session, prompts: Sequence[Prompt], reason: Reason, at: datetime) -> None:
    """Let prompts, which are held, not be asked, and call off what waits of them."""
    for prompt in prompts:
        prompt.status, prompt.reason = PromptStatus.SKIPPED, reason
        session.add(prompt)
    why = CALLED_OFF.get(reason, NOT_TO_BE_ASKED)
    deliveries.call_off(session, (Kind.PROMPT, Kind.PROMPT_REMINDER), [prompt.key for prompt in prompts], why, at)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a prompt, and what was said to it."""

    question: Question
    said: str | None


@dataclass(frozen=True, slots=True)
class Added:
    """What was added to the answers."""

    text: str
    link: str | None


@dataclass(frozen=True, slots=True)
class PromptCard:
    """A prompt as the person it is for is shown it."""

    id: int
    tools: tuple[str, ...]
    asked: tuple[Asked, ...]
    open: bool
    """Whether nothing was said yet and something still can be."""
    details: tuple[Added, ...] = ()
    reports: tuple[str, ...] = ()
    """The references of the reports that were made of the answers."""
    restrictions: tuple[InForce, ...] = ()
    """What stands on these tools."""

    @property
    def next(self) -> Question | None:
        """The first question that has no answer yet."""
        return next((one.question for one in self.asked if one.said is None), None)


def card(session: Session, prompt_id: int) -> PromptCard:
    """What the person it is for is shown of a prompt."""
    prompt = by_id(session, prompt_id)
    about = embeddings.named_tools_of(session, prompt.embedding_id)
    of_it = {"prompt_id": prompt.key}
    said = {answer.question: answer.value for answer in prepared.rows(session, _ANSWERS, of_it)}
    added = tuple(Added(detail.text, detail.link) for detail in prepared.rows(session, _DETAILS, of_it))
    return PromptCard(
        id=prompt.key,
        tools=tuple(tool.name for tool in about),
        asked=tuple(Asked(one, said.get(one.name)) for one in questions_of(session, prompt.set_name)),
        open=prompt.status is PromptStatus.OPEN,
        details=added,
        reports=_made_of(session, prompt.key) if said or added else (),
        restrictions=restrictions.on_tools(session, [tool.key for tool in about]),
    )


_ANSWERS = select(Answer.question, Answer.value).where(Answer.prompt_id == bindparam("prompt_id"))
_DETAILS = select(Detail.text, Detail.link).where(Detail.prompt_id == bindparam("prompt_id")).order_by(col(Detail.id))


def _made_of(session: Session, prompt_id: int) -> tuple[str, ...]:
    made = session.exec(select(Feedback).where(Feedback.prompt_id == prompt_id).order_by(col(Feedback.id))).all()
    return tuple(report.reference for report in made)


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A question that is answered in a form, and what was said to it before."""

    prompt_id: int
    tools: tuple[str, ...]
    asked: Asked


def to_answer(session: Session, prompt_id: int, question: str, *, by: Caller) -> ToAnswer:
    """What the form of one question shows.

    Raises:
        Refused: The prompt is somebody else's.
    """
    person = people.known(session, by)
    prompt = session.get(Prompt, prompt_id)
    if prompt is None or prompt.person_id != person.id:
        raise Refused(NOT_YOURS)
    asked = question_of(session, prompt, question)
    before = answer_to(session, prompt.key, question)
    tools = tuple(tool.name for tool in embeddings.tools_of(session, prompt.embedding_id))
    return ToAnswer(prompt.key, tools, Asked(asked, before.value if before else None))


def details_of(session: Session, prompt_id: int) -> Sequence[Detail]:
    """What was added to the answers of a prompt, oldest first."""
    return session.exec(select(Detail).where(Detail.prompt_id == prompt_id).order_by(col(Detail.id))).all()


def by_id(session: Session, prompt_id: int) -> Prompt:
    """The prompt with our id; a missing one is a bug (LookupError)."""
    prompt = session.get(Prompt, prompt_id)
    if prompt is None:
        raise LookupError(f"no prompt {prompt_id}")
    return prompt


def is_out(session: Session, prompt_id: int) -> bool:
    """Whether a prompt's message has gone out."""
    prompt = by_id(session, prompt_id)
    delivery = session.get(Delivery, prompt.delivery_id) if prompt.delivery_id else None
    return delivery is not None and delivery.status is Status.SENT


def answer_to(session: Session, prompt_id: int, question: str) -> Answer | None:
    """What was said to one question of a prompt, or None."""
    return session.exec(select(Answer).where(Answer.prompt_id == prompt_id, Answer.question == question)).first()


def rewrite(session: Session, prompt: Prompt, kind: Kind, at: datetime) -> None:
    """Have the message of a prompt say what it has become, if there is one."""
    posted = session.get(Delivery, prompt.delivery_id) if prompt.delivery_id else None
    if posted is not None:
        deliveries.rewrite(session, posted, kind, at=at)


def show_anew(session: Session, tool_id: int, *, at: datetime) -> None:
    """Have the questions about a tool that wait for an answer before people say what is true of it now."""
    rows = session.exec(
        select(Prompt)
        .join(EmbeddingTool, col(EmbeddingTool.embedding_id) == col(Prompt.embedding_id))
        .join(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .where(
            EmbeddingTool.tool_id == tool_id,
            Prompt.status == PromptStatus.OPEN,
            Prompt.due_at <= at,
            Prompt.closes_at > at,
            col(Delivery.status).in_(deliveries.OUT),
        )
        .order_by(col(Prompt.id))
    ).all()
    for prompt in rows:
        rewrite(session, prompt, Kind.PROMPT_ASKED_AGAIN, at)
