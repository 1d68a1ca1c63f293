"""Written days: the prompts of a planned day become rows; what changes later moves those that are not out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from store import (
    deliveries,
    next_days,
    planned_days,
    prepared,
    returns,
    teams,
)
from store.deliveries import Delivery, Kind, Letter, Status
from store.embeddings import ASKING, Embedding, EmbeddingStatus
from store.not_now import Reason
from store.planned_days import WHOLE, Part, Seen
from store.prompt_plans import PlanStatus, PromptPlan
from store.prompts import NOT_TO_BE_ASKED, DuePrompt, Prompt, PromptStatus, fingerprint, message_key, posts_of, skip
from store.returns import Return


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
        Letter(Kind.PROMPT, message_key(prompt_id), due.person_id, "prompt", prompt_id, due.due_at, due.shift_ends_at)
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
            f"{message_key(prompt_id)}:reminder",
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


def _change(
    session: Session, there: Sequence[tuple[Prompt, DuePrompt | None]], workspace_id: int, at: datetime
) -> list[tuple[int, DuePrompt]]:
    """Let rows become what they are now, unless they are out. Returns those that have no delivery yet and get one."""
    posts = posts_of(session, [row for row, _ in there], locked=True)
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
        skip(session, rows, reason, at)
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
