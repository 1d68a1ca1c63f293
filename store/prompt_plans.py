"""Prompt plans: which questions an embedding asks whom, when in their shift and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import Index
from sqlmodel import Field, Session, col, select

from store.policy import Policy
from store.questions import QuestionSet, SetName
from store.roles import Role
from store.shifts import WorkedShift
from store.table import Keyed
from store.types import Instant, Word


class Moment(StrEnum):
    """The moment of a shift at which a plan asks."""

    BEFORE_END = "before_end"
    """So many minutes before it ends."""
    AFTER_START = "after_start"
    """So many minutes after it starts: at the talk before work begins."""


class Frequency(StrEnum):
    """How often a plan asks the same person."""

    EVERY_SHIFT = "every_shift"
    EVERY_NTH_SHIFT = "every_nth_shift"
    WEEKLY = "weekly"
    """On their crew's last shift of the week."""


class PlanStatus(StrEnum):
    """Whether a plan asks. The days of a paused one are planned and skipped, as those of a paused embedding are."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Before everything else: what is new is looked at by the next tick."""


class PromptPlan(Keyed, table=True):
    """What an embedding asks its team. What is left open (None) is as the site's policy has it."""

    __tablename__ = "prompt_plan"
    __table_args__ = (Index(None, "next_look_at", "id"),)

    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    questions: QuestionSet = Field(default=QuestionSet.DID_IT_HELP, sa_type=Word(QuestionSet))
    own_set_id: int | None = Field(default=None, foreign_key="question_set.id")
    """The version of the embedding's own set that it asks instead of a ready one."""
    crew_id: int | None = Field(default=None, foreign_key="crew.id")
    """The one crew that is asked; None for all."""
    role: Role | None = Field(default=None, sa_type=Word(Role))
    """Only those of the crew who have this part; None for everybody."""
    share: int = 100
    """How many percent of them are asked at a time."""
    moment: Moment = Field(default=Moment.BEFORE_END, sa_type=Word(Moment))
    minutes: int | None = None
    frequency: Frequency = Field(default=Frequency.EVERY_NTH_SHIFT, sa_type=Word(Frequency))
    nth: int | None = None
    window_minutes: int | None = None
    cap: int | None = None
    """How often one person is asked in a week at most."""
    status: PlanStatus = Field(default=PlanStatus.ACTIVE, sa_type=Word(PlanStatus))
    planned_through: date | None = None
    """The last local day whose prompts are rows; it moves by one writer at a time."""
    next_look_at: datetime | None = Field(default=AT_ONCE, sa_type=Instant)
    """When the day after that begins where the team is, or earlier; None while there is none to be planned."""
    counted_through: date | None = None
    """The local day up to which its prompts are final and counted in `turns.TurnsTaken`."""
    created_at: datetime = Field(sa_type=Instant)

    @property
    def set_name(self) -> SetName:
        """Which questions it asks."""
        return SetName(self.questions, self.own_set_id)


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom a plan asks, when and how often, with the site's values where it leaves them open."""

    moment: Moment
    offset: timedelta
    """How long before a shift's end, or after its start."""
    frequency: Frequency
    nth: int
    window: timedelta
    """How long into a person's next shift an answer still counts."""
    share: int
    """In percent."""
    cap: int
    """How often one person is asked in a week at most."""
    crew_id: int | None = None
    role: Role | None = None

    @property
    def share_at_a_time(self) -> Fraction:
        """Which part of those at work is asked on one occasion; every n-th shift is each time another n-th of them."""
        return Fraction(self.share, 100 * (self.nth if self.frequency is Frequency.EVERY_NTH_SHIFT else 1))

    def due_at(self, shift: WorkedShift) -> datetime:
        """When in a shift the question comes: never before it starts and never after it ends."""
        if self.moment is Moment.AFTER_START:
            return min(shift.starts_at + self.offset, shift.ends_at)
        return max(shift.ends_at - self.offset, shift.starts_at)


def rules_of(plan: PromptPlan, policy: Policy) -> Rules:
    """A plan's rules; what it leaves open is as the site has it."""
    usual = {
        Moment.BEFORE_END: policy.prompt_before_shift_end,
        Moment.AFTER_START: policy.prompt_after_shift_start,
    }
    return Rules(
        moment=plan.moment,
        offset=usual[plan.moment] if plan.minutes is None else timedelta(minutes=plan.minutes),
        frequency=plan.frequency,
        nth=plan.nth or policy.prompt_every_nth_shift,
        window=policy.answer_until_next_shift
        if plan.window_minutes is None
        else timedelta(minutes=plan.window_minutes),
        share=plan.share,
        cap=plan.cap or policy.prompts_a_week,
        crew_id=plan.crew_id,
        role=plan.role,
    )


def of_embedding(session: Session, embedding_id: int) -> PromptPlan | None:
    """The plan that an embedding began with, or None before it is planned."""
    return session.exec(
        select(PromptPlan).where(PromptPlan.embedding_id == embedding_id).order_by(col(PromptPlan.id))
    ).first()


def all_of(session: Session, embedding_id: int) -> Sequence[PromptPlan]:
    """The plans of an embedding that have not ended, oldest first."""
    return session.exec(
        select(PromptPlan)
        .where(PromptPlan.embedding_id == embedding_id, PromptPlan.status != PlanStatus.ENDED)
        .order_by(col(PromptPlan.id))
    ).all()
