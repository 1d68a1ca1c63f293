"""Preferences: what somebody has set for themselves, when to leave them alone and what not to ask them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint, bindparam
from sqlmodel import Field, Session, col, delete, select

from store import deliveries, embeddings, history, people, planned_days, prepared, prompts, quiet
from store.deliveries import OUT, Delivery, Kind
from store.dialect import changed, insert
from store.errors import Refused
from store.not_now import QuietHours, Reason, is_quiet
from store.own_settings import Preferences
from store.people import Caller, Person
from store.prompt_plans import PlanStatus, PromptPlan
from store.prompts import Prompt, PromptStatus
from store.table import Table
from store.types import Instant


class Reminders(StrEnum):
    """How often somebody wants to be reminded of a question."""

    NONE = "none"
    ONE = "one"


def wants_reminder(session: Session, person_id: int) -> bool:
    """Whether somebody wants one reminder of what they have not answered."""
    kept = session.get(Preferences, person_id)
    return kept is not None and kept.reminders


class MutedPlan(Table, table=True):
    """Somebody does not want the questions of a plan any more."""

    __tablename__ = "muted_plan"
    __table_args__ = (UniqueConstraint("person_id", "plan_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    plan_id: int = Field(foreign_key="prompt_plan.id", index=True)
    muted_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody filled in about themselves."""

    quiet: QuietHours | None
    reminders: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What holds for somebody now."""

    quiet: QuietHours | None
    reminders: bool


def own(session: Session, *, by: Caller) -> Kept:
    """What somebody has set for themselves, for the form that changes it.

    Raises:
        Refused: We do not know them.
    """
    person = people.known(session, by)
    held = session.get(Preferences, person.id)
    return Kept(held.quiet, held.reminders) if held else Kept(None, False)


def choose(session: Session, chosen: Chosen, *, by: Caller, at: datetime) -> Kept:
    """Keep what somebody sets for themselves: quiet hours and whether they are reminded.

    Raises:
        Refused: We do not know them, or the quiet hours are none.
    """
    person = people.known(session, by)
    if chosen.quiet and chosen.quiet.begins == chosen.quiet.ends:
        raise Refused("Quiet hours that end when they begin are none. Pick another time.", field="quiet_until")
    people.hold(session, person)  # a form may come twice at the same moment
    held = session.get(Preferences, person.id) or Preferences(person_id=person.key)
    before = (held.quiet, held.reminders)
    held.quiet_from = chosen.quiet.begins if chosen.quiet else None
    held.quiet_until = chosen.quiet.ends if chosen.quiet else None
    held.reminders = chosen.reminders
    session.add(held)
    if before != (chosen.quiet, chosen.reminders):
        history.record(
            session, person.workspace_id, "preferences_chosen", "person", person.key, at=at, actor_id=person.id
        )
        _leave_alone(session, person, held, at)
        planned_days.look_soon(session, planned_days.of_person(person.key), at=at)
    return Kept(chosen.quiet, chosen.reminders)


def _leave_alone(session: Session, person: Person, held: Preferences, at: datetime) -> None:
    """What is to go out in the quiet hours, or as a reminder that is not wanted, does not wait for the next plan."""
    waiting = session.exec(
        select(Prompt).where(Prompt.person_id == person.id, Prompt.status == PromptStatus.OPEN, Prompt.due_at > at)
    ).all()
    hushed = [row.key for row in waiting if held.quiet and is_quiet(held.quiet, person.zone, row.due_at)]
    if hushed:
        prompts.skip_waiting(session, Reason.QUIET_HOURS, col(Prompt.id).in_(hushed), at=at)
    if not held.reminders:
        asked = select(Prompt.id).where(Prompt.person_id == person.id, Prompt.status == PromptStatus.OPEN)
        ids = [prompt_id for prompt_id in session.exec(asked).all() if prompt_id is not None]
        deliveries.call_off(session, (Kind.PROMPT_REMINDER,), ids, prompts.NOT_TO_BE_ASKED, at)
    if held.quiet:
        session.flush()
        quiet.hold_back(session, person, at=at)


@dataclass(frozen=True, slots=True)
class Muted:
    """Somebody is not asked any more, or is again, what the embedding with this reference asks."""

    reference: str
    muted: bool


def mute(session: Session, prompt_id: int, *, by: Caller, at: datetime) -> Muted:
    """Do not ask somebody any more what a prompt asks them; nothing is asked why.

    Raises:
        Refused: The prompt is somebody else's.
    """
    person = people.known(session, by)
    prompt = session.get(Prompt, prompt_id)
    if prompt is None or prompt.person_id != person.id:
        raise Refused(prompts.NOT_YOURS)
    reference = embeddings.by_id(session, prompt.embedding_id).reference
    if not _add_muted(session, person.key, prompt.plan_id, at):
        return Muted(reference, True)
    history.record(session, person.workspace_id, "plan_muted", "person", person.key, at=at, actor_id=person.id)
    mine = (Prompt.person_id == person.id, Prompt.plan_id == prompt.plan_id)
    prompts.skip_waiting(session, Reason.MUTED, *mine, at=at)
    for asked in _out(session, PromptStatus.OPEN, *mine):
        asked.status, asked.reason = PromptStatus.SKIPPED, Reason.MUTED
        session.add(asked)
        deliveries.call_off(session, (Kind.PROMPT_REMINDER,), [asked.key], prompts.NOT_TO_BE_ASKED, at)
        prompts.rewrite(session, asked, Kind.PROMPT_MUTED, at)
    planned_days.look_soon(session, planned_days.of_plans([prompt.plan_id]), at=at)
    return Muted(reference, True)


def unmute(session: Session, plan_id: int, *, by: Caller, at: datetime) -> Muted:
    """Ask somebody again what they did not want to be asked; what has not closed yet is open again.

    Raises:
        Refused: There is no such plan where they are.
    """
    person = people.known(session, by)
    plan = session.get(PromptPlan, plan_id)
    embedding = embeddings.by_id(session, plan.embedding_id) if plan else None
    if embedding is None or embedding.workspace_id != person.workspace_id:
        raise Refused("Those questions are not asked any more, nothing to do.")
    gone = delete(MutedPlan).where(col(MutedPlan.person_id) == person.id, col(MutedPlan.plan_id) == plan_id)
    if not changed(session, gone):
        return Muted(embedding.reference, False)
    history.record(session, person.workspace_id, "plan_unmuted", "person", person.key, at=at, actor_id=person.id)
    mine = (Prompt.person_id == person.id, Prompt.plan_id == plan_id, Prompt.reason == Reason.MUTED)
    for asked in _out(session, PromptStatus.SKIPPED, *mine):
        if at < asked.closes_at:
            asked.status, asked.reason = PromptStatus.OPEN, None
            session.add(asked)
        open_again = asked.status is PromptStatus.OPEN
        prompts.rewrite(session, asked, Kind.PROMPT_ASKED_AGAIN if open_again else Kind.PROMPT_CLOSED, at)
    planned_days.look_soon(session, planned_days.of_plans([plan_id]), at=at)
    return Muted(embedding.reference, False)


def _out(session: Session, status: PromptStatus, *which: object) -> list[Prompt]:
    """Prompts whose messages are out, or may be: an edit waits for a post that is on its way."""
    return list(
        session.exec(
            select(Prompt)
            .join(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
            .where(Prompt.status == status, col(Delivery.status).in_(OUT), *which)  # type: ignore[arg-type] # conditions
            .order_by(col(Prompt.id))
            .with_for_update(of=Prompt)
        ).all()
    )


def _add_muted(session: Session, person_id: int, plan_id: int, at: datetime) -> bool:
    """Whether it is new: two taps may come at the same moment, also on two messages of one plan."""
    made = session.execute(
        insert(session, MutedPlan)
        .values(person_id=person_id, plan_id=plan_id, muted_at=at)
        .on_conflict_do_nothing()
        .returning(col(MutedPlan.id))
    )
    return made.first() is not None


def of(session: Session, person_ids: Collection[int]) -> dict[int, Preferences]:
    """What each of some people has set, for those who have."""
    rows = session.execute(_OF_PEOPLE, {"person_ids": list(person_ids)}).scalars().all()
    return {row.person_id: row for row in rows}


_OF_PEOPLE = select(Preferences).where(col(Preferences.person_id).in_(bindparam("person_ids", expanding=True)))


def who_muted(session: Session, plan_id: int, person_ids: Collection[int]) -> set[int]:
    """Of some people those who do not want a plan's questions."""
    return set(prepared.scalars(session, _MUTED, {"plan_id": plan_id})) & set(person_ids)


_MUTED = select(MutedPlan.person_id).where(MutedPlan.plan_id == bindparam("plan_id"))


def muted_by(session: Session, person_id: int) -> dict[int, str]:
    """The plans that somebody does not want to be asked, by id, each with the reference of its embedding."""
    rows = session.exec(
        select(MutedPlan.plan_id, embeddings.Embedding)
        .join(PromptPlan, col(PromptPlan.id) == col(MutedPlan.plan_id))
        .join(embeddings.Embedding, col(embeddings.Embedding.id) == col(PromptPlan.embedding_id))
        .where(
            MutedPlan.person_id == person_id,
            col(embeddings.Embedding.status).in_(embeddings.ASKING),
            PromptPlan.status != PlanStatus.ENDED,
        )
        .order_by(col(MutedPlan.plan_id))
    ).all()
    return {plan_id: embedding.reference for plan_id, embedding in rows}
