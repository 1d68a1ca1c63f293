"""Prompts: what an embedding asks its team at the end of a shift, and what people said."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, update
from sqlmodel import Field, Session, col, select

from store import (
    deliveries,
    embeddings,
    history,
    next_days,
    people,
    planned_days,
    prepared,
    restrictions,
    returns,
    teams,
    uptime,
)
from store.deliveries import Delivery, Kind, Letter, Status
from store.embeddings import ASKING, Embedding, EmbeddingStatus
from store.errors import N_, Refused
from store.feedback import Feedback
from store.not_now import Reason
from store.people import Caller, Person
from store.planned_days import WHOLE, Part, Seen
from store.prompt_plans import PlanStatus, PromptPlan
from store.questions import FIRST_SET, Question, QuestionKind, QuestionSet, SetName, questions_of
from store.restrictions import InForce
from store.returns import Return
from store.table import Table
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


class Prompt(Table, table=True):
    """One occurrence of a plan for one person: a shift, and the time in which it can be answered."""

    __tablename__ = "prompt"
    __table_args__ = (
        UniqueConstraint("plan_id", "person_id", "day", "shift"),
        Index(None, "status", "closes_at"),
        Index(None, "plan_id", "day", "person_id"),
        Index(None, "person_id", "day"),
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
    *,
    at: datetime,
    version: int = 0,
    part: Part = WHOLE,
    of_day: str | None = None,
) -> int:
    """Make the rows and the deliveries of a plan's prompts for one local day, or of a part of its people.

    Args:
        session: The unit's session.
        plan_id: Which plan.
        planned_through: What the caller saw when it computed `due`; if that has changed, nothing is done.
        day: The local day that these prompts belong to; it is planned with the last part of it.
        due: The prompts.
        coming_back: Those whose first shift after days off it is.
        at: Now.
        version: Where the day stood; if it has moved, nothing is done.
        part: Of whose prompts these are all.
        of_day: The fingerprint of all prompts of the day, for a part of them.

    Returns:
        How many prompts are new.
    """
    plan, embedding = _held(session, plan_id)
    if not _still_true(plan, embedding, due) or plan.planned_through != planned_through:
        return 0
    if not part.after:
        planned_days.open_all(session, [(plan_id, day)], at=at)
    rows = _rows_of(session, plan_id, day, part)
    late = any(prompt.shift_ends_at <= at for prompt in due)
    if not planned_days.write(session, Seen(plan_id, day, version), part, of_day or fingerprint(due), late=late):
        return 0
    returns.queue(session, embedding.workspace_id, coming_back, at=at)
    made = _make_so(session, plan, embedding, rows, due, at)
    if part.up_to is None:
        zone = teams.by_id(session, embedding.team_id).zone
        plan.planned_through, plan.next_look_at = day, next_days.begins_at(day, embedding, zone)
        session.add(plan)
    return made


def replan_day(
    session: Session,
    plan_id: int,
    day: date,
    version: int,
    due: Sequence[DuePrompt],
    *,
    at: datetime,
    part: Part = WHOLE,
    of_day: str | None = None,
) -> bool:
    """Make what is not yet out of a planned day, or of a part of its people, what it has become; what was sent stays.

    Args:
        session: The unit's session.
        plan_id: Which plan.
        day: A day whose prompts are rows already.
        version: Where the planned day stood when `due` was computed; if it has moved, nothing is done.
        due: The prompts as they are now.
        at: Now.
        part: Of whose prompts these are all.
        of_day: The fingerprint of all prompts of the day, for a part of them.

    Returns:
        Whether the day was still where the caller saw it.
    """
    plan, embedding = _held(session, plan_id)
    if not _still_true(plan, embedding, due):
        return False
    rows = _rows_of(session, plan_id, day, part)
    if not planned_days.write(session, Seen(plan_id, day, version), part, of_day or fingerprint(due)):
        return False
    there = {(row.person_id, row.shift) for row in rows}
    # Nobody was expected who came to a shift after its question.
    expected = [one for one in due if (one.person_id, one.shift) in there or at < one.due_at]
    _make_so(session, plan, embedding, rows, expected, at)
    return True


def _held(session: Session, plan_id: int) -> tuple[PromptPlan, Embedding]:
    """A plan and its embedding, which stay as they are until the unit ends."""
    query = (
        select(Embedding)
        .join(PromptPlan, col(PromptPlan.embedding_id) == col(Embedding.id))
        .where(PromptPlan.id == plan_id)
        .with_for_update(read=True, of=Embedding)
        .execution_options(populate_existing=True)
    )
    embedding = session.exec(query).one()
    # Only now: whoever stops a plan holds its embedding, and whoever notes what somebody works holds the plan.
    return session.get_one(PromptPlan, plan_id, with_for_update=True, populate_existing=True), embedding


def _still_true(plan: PromptPlan, embedding: Embedding, due: Sequence[DuePrompt]) -> bool:
    """Whether an embedding and its plan ask, or rest, as when the prompts were computed."""
    paused = embedding.status is EmbeddingStatus.PAUSED
    rests = plan.status is PlanStatus.PAUSED and not paused
    return (
        embedding.status in ASKING
        and plan.status is not PlanStatus.ENDED
        and all((prompt.reason is Reason.PAUSED) is paused for prompt in due)
        and all((prompt.reason is Reason.PLAN_STOPPED) is rests for prompt in due)
    )


def _rows_of(session: Session, plan_id: int, day: date, part: Part) -> Sequence[Prompt]:
    """What is there of a part of a day, locked before the day is, as whoever skips prompts does it."""
    return session.exec(
        select(Prompt)
        .where(Prompt.plan_id == plan_id, Prompt.day == day, part.has(col(Prompt.person_id)))
        .order_by(col(Prompt.id))
        .with_for_update()
    ).all()


def _make_so(
    session: Session,
    plan: PromptPlan,
    embedding: Embedding,
    rows: Sequence[Prompt],
    due: Sequence[DuePrompt],
    at: datetime,
) -> int:
    """Let some rows become what they are to be, and make those that are missing. Returns how many are new."""
    wanted = {(prompt.person_id, prompt.day, prompt.shift): prompt for prompt in due}
    there = [(row, wanted.pop((row.person_id, row.day, row.shift), None)) for row in rows]
    to_send = _change(session, there, embedding.workspace_id, at) if there else []
    made = _make(session, plan, list(wanted.values()), at)
    to_send += [(one.prompt_id, one.due) for one in made if one.status is PromptStatus.OPEN]
    _queue(session, embedding.workspace_id, to_send, at)
    return len(made)


def _make(session: Session, plan: PromptPlan, due: Sequence[DuePrompt], at: datetime) -> list["_Made"]:
    began = {(one.person_id, one.day, one.shift): _Made(0, one, *_how_it_begins(one, at)) for one in due}
    rows = [
        {
            "plan_id": plan.id,
            "embedding_id": plan.embedding_id,
            "questions": one.due.asks.ready,
            "own_set_id": one.due.asks.own_id,
            "person_id": one.due.person_id,
            "day": one.due.day,
            "shift": one.due.shift,
            "due_at": one.due.due_at,
            "shift_ends_at": one.due.shift_ends_at,
            "closes_at": one.due.closes_at,
            "status": one.status,
            "reason": one.reason,
        }
        for one in began.values()
    ]
    made = prepared.add_each_new(session, Prompt, rows, ("id", "person_id", "day", "shift"))
    return [replace(began[row.person_id, row.day, row.shift], prompt_id=row.id) for row in made]


@dataclass(frozen=True, slots=True)
class _Made:
    """A row that is new, and how it begins."""

    prompt_id: int
    due: DuePrompt
    status: PromptStatus
    reason: Reason | None


def _how_it_begins(due: DuePrompt, at: datetime) -> tuple[PromptStatus, Reason | None]:
    if due.reason is not None:
        return PromptStatus.SKIPPED, due.reason
    if at >= due.shift_ends_at:  # nobody planned it in time
        return PromptStatus.MISSED, Reason.WE_WERE_DOWN
    return PromptStatus.OPEN, None


def _queue(session: Session, workspace_id: int, asked: Sequence[tuple[int, DuePrompt]], at: datetime) -> None:
    """Queue the messages of open prompts, each with its reminder, and note which prompt has which."""
    letters = [
        Letter(Kind.PROMPT, _key(prompt_id), due.person_id, "prompt", prompt_id, due.due_at, due.shift_ends_at)
        for prompt_id, due in asked
    ]
    queued = deliveries.queue_all(session, workspace_id, letters, at=at)
    links = [{"prompt": one.subject_id, "delivery": queued[one.dedupe_key]} for one in letters]
    if links:
        session.connection().execute(_LINK, links)
    _queue_reminders(session, workspace_id, asked, at)


_PROMPT = Prompt.__table__  # type: ignore[attr-defined] # SQLModel gives every table class one
_LINK = update(_PROMPT).where(_PROMPT.c.id == bindparam("prompt")).values(delivery_id=bindparam("delivery"))


def _queue_reminders(session: Session, workspace_id: int, asked: Sequence[tuple[int, DuePrompt]], at: datetime) -> None:
    reminders = [
        Letter(
            Kind.PROMPT_REMINDER,
            f"{_key(prompt_id)}:reminder",
            due.person_id,
            "prompt",
            prompt_id,
            due.remind_at,
            due.shift_ends_at,
        )
        for prompt_id, due in asked
        if due.remind_at is not None
    ]
    deliveries.queue_all(session, workspace_id, reminders, at=at)


def _key(prompt_id: int) -> str:
    """What the message of a prompt goes out only once for."""
    return f"prompt:{prompt_id}"


def _change(
    session: Session, there: Sequence[tuple[Prompt, DuePrompt | None]], workspace_id: int, at: datetime
) -> list[tuple[int, DuePrompt]]:
    """Let rows become what they are now, unless they are out. Returns those that have no delivery yet and get one."""
    posts = _posts_of(session, [row for row, _ in there], locked=True)
    changing: list[tuple[Prompt, DuePrompt | None, Delivery | None]] = []
    had_no_shift: set[int] = set()
    for row, due in there:
        post = posts.get(row.delivery_id)
        ends_at = due.shift_ends_at if due is not None else row.shift_ends_at
        # Once a shift is over, what became of its question has the reasons of that time.
        if at < ends_at and _can_change(row, post):
            changing.append((row, due, post))
            if row.reason is Reason.NO_SHIFT:
                had_no_shift.add(row.key)
        elif due is not None and at < row.closes_at:
            row.closes_at = due.closes_at  # their next shift may be another one by now
            session.add(row)
    skipped: dict[Reason, list[Prompt]] = {}
    for row, due, _ in changing:
        reason = due.reason if due is not None else Reason.NO_SHIFT
        if reason is not None and (row.status, row.reason) != (PromptStatus.SKIPPED, reason):
            skipped.setdefault(reason, []).append(row)
    for reason, rows in skipped.items():
        _skip(session, rows, reason, at)
    to_send: list[tuple[int, DuePrompt]] = []
    again: list[tuple[DuePrompt, Delivery]] = []
    for row, due, post in changing:
        if due is None or (row.key in had_no_shift and at >= due.due_at):
            continue
        row.due_at, row.shift_ends_at, row.closes_at = due.due_at, due.shift_ends_at, due.closes_at
        row.questions, row.own_set_id = due.asks.ready, due.asks.own_id
        if due.reason is None:
            row.status, row.reason = PromptStatus.OPEN, None
            if post is None:
                to_send.append((row.key, due))
            else:
                again.append((due, post))
    session.flush()
    _queue_anew(session, workspace_id, again, at)
    return to_send


def _posts_of(session: Session, rows: Sequence[Prompt], *, locked: bool = False) -> dict[int | None, Delivery]:
    ids = [row.delivery_id for row in rows if row.delivery_id is not None]
    query = select(Delivery).where(col(Delivery.id).in_(ids)).order_by(col(Delivery.id))
    found = session.exec(query.with_for_update() if locked else query).all() if ids else []
    return {post.id: post for post in found}


def _can_change(prompt: Prompt, delivery: Delivery | None) -> bool:
    """Whether a prompt is still to come: nothing of it was ever tried, and nobody has ended it."""
    if prompt.status not in (PromptStatus.OPEN, PromptStatus.SKIPPED):
        return False
    if delivery is None:
        return prompt.reason is not Reason.EMBEDDING_ENDED
    return delivery.status in (Status.QUEUED, Status.SKIPPED) and delivery.attempts == 0


def _queue_anew(session: Session, workspace_id: int, asked: Sequence[tuple[DuePrompt, Delivery]], at: datetime) -> None:
    """Let the messages of prompts, and their reminders, go out when they are due now; those that do are left alone."""
    if not asked:
        return
    reminders = deliveries.about(session, Kind.PROMPT_REMINDER, [post.subject_id for _, post in asked])
    unwanted: list[int] = []
    new: list[tuple[int, DuePrompt]] = []
    for due, post in asked:
        prompt_id, ends_at = post.subject_id, due.shift_ends_at
        if not _goes_out(post, due.due_at, ends_at):
            deliveries.queue_anew(session, Kind.PROMPT, prompt_id, due_at=due.due_at, expires_at=ends_at)
        reminder = reminders.get(prompt_id)
        if due.remind_at is None:
            unwanted += [prompt_id] if reminder is not None else []
        elif reminder is None:
            new.append((prompt_id, due))
        elif not _goes_out(reminder, due.remind_at, ends_at):
            deliveries.queue_anew(session, Kind.PROMPT_REMINDER, prompt_id, due_at=due.remind_at, expires_at=ends_at)
    if unwanted:
        deliveries.call_off(session, (Kind.PROMPT_REMINDER,), unwanted, NOT_TO_BE_ASKED, at)
    _queue_reminders(session, workspace_id, new, at)


def _goes_out(post: Delivery, due_at: datetime, expires_at: datetime) -> bool:
    return (post.status, post.due_at, post.expires_at) == (Status.QUEUED, due_at, expires_at)


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
    posts = _posts_of(session, lapsed)
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
    _skip(session, waiting, reason, at)
    days = {(prompt.plan_id, prompt.day) for prompt in waiting}
    if days:
        planned_days.touch(session, planned_days.any_of(sorted(days)), at=at)


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
    said = {
        answer.question: answer.value
        for answer in session.exec(select(Answer).where(Answer.prompt_id == prompt.key)).all()
    }
    about = embeddings.tools_of(session, prompt.embedding_id)
    added = tuple(Added(detail.text, detail.link) for detail in details_of(session, prompt.key))
    return PromptCard(
        id=prompt.key,
        tools=tuple(tool.name for tool in about),
        asked=tuple(Asked(one, said.get(one.name)) for one in questions_of(session, prompt.set_name)),
        open=prompt.status is PromptStatus.OPEN,
        details=added,
        reports=_made_of(session, prompt.key) if said or added else (),
        restrictions=restrictions.on_tools(session, [tool.key for tool in about]),
    )


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
