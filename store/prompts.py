"""Prompts: what an embedding asks its team at the end of a shift, and what people said."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, and_, or_, update
from sqlmodel import Field, Session, col, select

from store import deliveries, embeddings, history, people, planned_days, returns, rosters, uptime
from store.deliveries import Delivery, Kind, Status
from store.dialect import changed, insert
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import N_, Refused
from store.not_now import Reason
from store.people import Caller, Person
from store.planned_days import PlannedDay
from store.prompt_plans import PlanStatus, PromptPlan
from store.questions import FIRST_SET, Question, QuestionKind, QuestionSet, SetName, questions_of
from store.returns import Return
from store.rosters import Noted
from store.table import Table
from store.types import Instant, Word

ASKING = (EmbeddingStatus.ACTIVE, EmbeddingStatus.PAUSED)
"""While an embedding is one of these its days are planned; those of a paused one are skipped."""

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

    @property
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id


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


def plan_day(
    session: Session,
    plan_id: int,
    planned_through: date | None,
    day: date,
    due: Sequence[DuePrompt],
    coming_back: Sequence[Return] = (),
    noted: Noted | None = None,
    *,
    at: datetime,
) -> int:
    """Make the rows and the deliveries of a plan's prompts for one local day.

    Args:
        session: The unit's session.
        plan_id: Which plan.
        planned_through: What the caller saw when it computed `due`; if that has changed, nothing is done.
        day: The local day that these prompts belong to.
        due: The prompts.
        coming_back: Those whose first shift after days off it is.
        noted: What was noted of the team's people for that day when the caller computed it; if that has changed,
            nothing is done. None where nobody could have noted anything since.
        at: Now.

    Returns:
        How many prompts are new.
    """
    plan = session.get_one(PromptPlan, plan_id)
    if not _still_true(session, plan, due):  # the review was opened since
        return 0
    if noted is not None and noted != rosters.noted_on(session, _team_id(session, plan), day):
        return 0
    moved = changed(
        session,
        update(PromptPlan)
        .where(
            col(PromptPlan.id) == plan_id,
            col(PromptPlan.planned_through).is_(None)
            if planned_through is None
            else col(PromptPlan.planned_through) == planned_through,
        )
        .values(planned_through=day),
    )
    if moved == 0:
        return 0
    late = any(prompt.shift_ends_at <= at for prompt in due)
    planned_days.add(session, plan_id, day, fingerprint(due), late=late, at=at)
    returns.queue(session, coming_back, at=at)
    return sum(_plan_one(session, plan, prompt, at) for prompt in due)


def replan_day(
    session: Session, plan_id: int, day: date, version: int, due: Sequence[DuePrompt], *, at: datetime
) -> bool:
    """Make what is not yet out of a planned day what it has become; what was sent stays.

    Args:
        session: The unit's session.
        plan_id: Which plan.
        day: A day whose prompts are rows already.
        version: Where the planned day stood when `due` was computed; if it has moved, nothing is done.
        due: The prompts as they are now.
        at: Now.

    Returns:
        Whether the day was still where the caller saw it.
    """
    plan = session.get_one(PromptPlan, plan_id)
    if not _still_true(session, plan, due):
        return False
    rows = session.exec(
        select(Prompt).where(Prompt.plan_id == plan_id, Prompt.day == day).order_by(col(Prompt.id)).with_for_update()
    ).all()
    # Whoever skips prompts holds them before they touch their day, and so do we.
    if not planned_days.move(session, plan_id, day, version, fingerprint(due)):
        return False
    wanted = {(prompt.person_id, prompt.shift): prompt for prompt in due}
    for row in rows:
        _replan_one(session, row, wanted.pop((row.person_id, row.shift), None), at)
    session.flush()
    for prompt in wanted.values():
        if at < prompt.due_at:  # nobody was expected who came to a shift after its question
            _plan_one(session, plan, prompt, at)
    return True


def _still_true(session: Session, plan: PromptPlan, due: Sequence[DuePrompt]) -> bool:
    """Whether an embedding and its plan ask, or rest, as when the prompts were computed, until the unit ends."""
    query = select(Embedding.status).where(Embedding.id == plan.embedding_id).with_for_update(read=True)
    status = session.exec(query).one()
    # Whoever stops a plan holds its embedding, and whoever notes what somebody works holds the plan.
    session.refresh(plan, with_for_update=True)
    paused = status is EmbeddingStatus.PAUSED
    rests = plan.status is PlanStatus.PAUSED and not paused
    return (
        status in ASKING
        and plan.status is not PlanStatus.ENDED
        and all((prompt.reason is Reason.PAUSED) is paused for prompt in due)
        and all((prompt.reason is Reason.PLAN_STOPPED) is rests for prompt in due)
    )


def _team_id(session: Session, plan: PromptPlan) -> int:
    return embeddings.by_id(session, plan.embedding_id).team_id


def _plan_one(session: Session, plan: PromptPlan, due: DuePrompt, at: datetime) -> bool:
    status, reason = _how_it_begins(due, at)
    made = session.execute(
        insert(session, Prompt)
        .values(
            plan_id=plan.id,
            embedding_id=plan.embedding_id,
            questions=due.asks.ready,
            own_set_id=due.asks.own_id,
            person_id=due.person_id,
            day=due.day,
            shift=due.shift,
            due_at=due.due_at,
            shift_ends_at=due.shift_ends_at,
            closes_at=due.closes_at,
            status=status,
            reason=reason,
        )
        .on_conflict_do_nothing()
        .returning(col(Prompt.id))
    ).scalar_one_or_none()
    if made is None:
        return False
    if status is PromptStatus.OPEN:
        _queue(session, session.get_one(Prompt, made), due, at)
    return True


def _how_it_begins(due: DuePrompt, at: datetime) -> tuple[PromptStatus, Reason | None]:
    if due.reason is not None:
        return PromptStatus.SKIPPED, due.reason
    if at >= due.shift_ends_at:  # nobody planned it in time
        return PromptStatus.MISSED, Reason.WE_WERE_DOWN
    return PromptStatus.OPEN, None


def _queue(session: Session, prompt: Prompt, due: DuePrompt, at: datetime) -> None:
    person = people.by_id(session, prompt.person_id)
    prompt.delivery_id = deliveries.queue(
        session,
        person.workspace_id,
        Kind.PROMPT,
        f"prompt:{prompt.key}",
        "prompt",
        prompt.key,
        at=at,
        person_id=person.id,
        due_at=due.due_at,
        expires_at=due.shift_ends_at,
    )
    session.add(prompt)
    session.flush()
    _queue_reminder(session, prompt, due.remind_at, at)


def _queue_reminder(session: Session, prompt: Prompt, remind_at: datetime | None, at: datetime) -> None:
    if remind_at is None:
        return
    person = people.by_id(session, prompt.person_id)
    deliveries.queue(
        session,
        person.workspace_id,
        Kind.PROMPT_REMINDER,
        f"prompt:{prompt.key}:reminder",
        "prompt",
        prompt.key,
        at=at,
        person_id=person.id,
        due_at=remind_at,
        expires_at=prompt.shift_ends_at,
    )


def _replan_one(session: Session, prompt: Prompt, due: DuePrompt | None, at: datetime) -> None:
    delivery = session.get(Delivery, prompt.delivery_id, with_for_update=True) if prompt.delivery_id else None
    if not _can_change(prompt, delivery):
        if due is not None and at < prompt.closes_at:
            prompt.closes_at = due.closes_at  # their next shift may be another one by now
            session.add(prompt)
        return
    had_no_shift = prompt.reason is Reason.NO_SHIFT
    if due is None or due.reason is not None:
        _skip(session, [prompt], due.reason if due and due.reason else Reason.NO_SHIFT, at)
    if due is None or at >= (due.due_at if had_no_shift else due.shift_ends_at):
        return
    prompt.due_at, prompt.shift_ends_at, prompt.closes_at = due.due_at, due.shift_ends_at, due.closes_at
    prompt.questions, prompt.own_set_id = due.asks.ready, due.asks.own_id
    if due.reason is None:
        prompt.status, prompt.reason = PromptStatus.OPEN, None
        if delivery is None:
            _queue(session, prompt, due, at)
        else:
            _queue_anew(session, prompt, due, at)
    session.add(prompt)


def _can_change(prompt: Prompt, delivery: Delivery | None) -> bool:
    """Whether a prompt is still to come: nothing of it was ever tried, and nobody has ended it."""
    if prompt.status not in (PromptStatus.OPEN, PromptStatus.SKIPPED):
        return False
    if delivery is None:
        return prompt.reason is not Reason.EMBEDDING_ENDED
    return delivery.status in (Status.QUEUED, Status.SKIPPED) and delivery.attempts == 0


def _queue_anew(session: Session, prompt: Prompt, due: DuePrompt, at: datetime) -> None:
    deliveries.queue_anew(session, Kind.PROMPT, prompt.key, due_at=due.due_at, expires_at=due.shift_ends_at)
    if due.remind_at is None:
        deliveries.call_off(session, (Kind.PROMPT_REMINDER,), [prompt.key], NOT_TO_BE_ASKED, at)
        return
    deliveries.queue_anew(session, Kind.PROMPT_REMINDER, prompt.key, due_at=due.remind_at, expires_at=due.shift_ends_at)
    _queue_reminder(session, prompt, due.remind_at, at)


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
        .order_by(col(Prompt.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for prompt in lapsed:
        delivery = session.get(Delivery, prompt.delivery_id)
        prompt.status, prompt.reason = _why_unanswered(session, prompt, delivery)
        session.add(prompt)
        if delivery is not None and delivery.status is Status.SENT:
            rewrite(session, prompt, Kind.PROMPT_CLOSED, at)
    return len(lapsed)


def _why_unanswered(session: Session, prompt: Prompt, delivery: Delivery | None) -> tuple[PromptStatus, Reason]:
    if delivery is not None and delivery.status is Status.SENT:
        return PromptStatus.MISSED, Reason.NOT_ANSWERED
    if delivery is not None and delivery.status is Status.SKIPPED:
        # What was tried and not found is never sent again.
        return PromptStatus.SKIPPED, Reason.NOT_SENT if delivery.attempts else Reason.NOTHING_TO_ASK
    if uptime.was_down(session, prompt.due_at, prompt.shift_ends_at):
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
    _skip(session, waiting, reason, at)
    days = {(prompt.plan_id, prompt.day) for prompt in waiting}
    if days:
        planned_days.touch(
            session, or_(*(and_(col(PlannedDay.plan_id) == plan, col(PlannedDay.day) == day) for plan, day in days))
        )


def _skip(session: Session, prompts: Sequence[Prompt], reason: Reason, at: datetime) -> None:
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

    @property
    def next(self) -> Question | None:
        """The first question that has no answer yet."""
        return next((one.question for one in self.asked if one.said is None), None)


def card(session: Session, prompt_id: int) -> PromptCard:
    """What the person it is for is shown of a prompt."""
    prompt = by_id(session, prompt_id)
    said = {
        answer.question: answer.value
        for answer in session.exec(select(Answer).where(Answer.prompt_id == prompt.key)).all()
    }
    return PromptCard(
        id=prompt.key,
        tools=tuple(tool.name for tool in embeddings.tools_of(session, prompt.embedding_id)),
        asked=tuple(Asked(one, said.get(one.name)) for one in questions_of(session, prompt.set_name)),
        open=prompt.status is PromptStatus.OPEN,
        details=tuple(Added(detail.text, detail.link) for detail in details_of(session, prompt.key)),
    )


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
