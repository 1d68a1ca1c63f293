"""Decisions: what became of a report, in the words that its reporter hears; one that is taken back stays on record.

`FOLLOWS` is the one table of what a data scientist may do with a report, by where it stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, Session, col, func, select

from store import people
from store.feedback import OPEN, FeedbackStatus
from store.table import Keyed
from store.types import Instant, Word


class Step(StrEnum):
    """What a data scientist does with a report."""

    ACKNOWLEDGE = "acknowledge"
    ACCEPT = "accept"
    ASK_BACK = "ask_back"
    SET_CAUSE = "set_cause"
    DUPLICATE = "duplicate"
    PASS_ON = "pass_on"  # noqa: S105 - no password
    EXPLAIN = "explain"
    DECLINE = "decline"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Transition:
    """After which states a step may come, and which one it leads to."""

    after: frozenset[FeedbackStatus]
    becomes: FeedbackStatus | None
    """None where the report stays as it is, or goes back to where it stood."""


_STILL_OPEN = frozenset(OPEN)
ANSWERED = frozenset(
    {FeedbackStatus.PASSED_ON, FeedbackStatus.EXPLAINED, FeedbackStatus.DECLINED, FeedbackStatus.DUPLICATE}
)
"""States in which a report waits for nothing more from its data scientist."""

FOLLOWS: dict[Step, Transition] = {
    Step.ACKNOWLEDGE: Transition(frozenset({FeedbackStatus.NEW}), FeedbackStatus.ACKNOWLEDGED),
    Step.ACCEPT: Transition(_STILL_OPEN, FeedbackStatus.ACCEPTED),
    Step.ASK_BACK: Transition(_STILL_OPEN, None),
    Step.SET_CAUSE: Transition(frozenset(FeedbackStatus) - {FeedbackStatus.WITHDRAWN}, None),
    Step.DUPLICATE: Transition(_STILL_OPEN, FeedbackStatus.DUPLICATE),
    Step.PASS_ON: Transition(_STILL_OPEN, FeedbackStatus.PASSED_ON),
    Step.EXPLAIN: Transition(_STILL_OPEN, FeedbackStatus.EXPLAINED),
    Step.DECLINE: Transition(_STILL_OPEN, FeedbackStatus.DECLINED),
    Step.REOPEN: Transition(ANSWERED | {FeedbackStatus.ACCEPTED}, None),
}
"""What may follow what."""


def steps_after(status: FeedbackStatus) -> tuple[Step, ...]:
    """What may be done with a report that stands there."""
    return tuple(step for step in Step if status in FOLLOWS[step].after)


class Decision(Keyed, table=True):
    """What a data scientist decided about a report."""

    __tablename__ = "decision"

    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    status: FeedbackStatus = Field(sa_type=Word(FeedbackStatus))
    """What the report became by it."""
    was: FeedbackStatus = Field(sa_type=Word(FeedbackStatus))
    """Where it stood before."""
    words: str
    """What the reporter is told, word for word; may be empty."""
    day: date | None = None
    """When it is promised, or when whoever it was passed on to gets to it."""
    owner: str | None = None
    """To whom it was passed on."""
    work_order: str | None = None
    duplicate_of_id: int | None = Field(default=None, foreign_key="feedback.id")
    decided_by_id: int = Field(foreign_key="person.id")
    decided_at: datetime = Field(sa_type=Instant)
    """When the report first became this without anything else between, such as by a promise with an earlier day."""
    taken_back_by_id: int | None = Field(default=None, foreign_key="person.id")
    taken_back_at: datetime | None = Field(default=None, sa_type=Instant)
    taken_back_because: str | None = None


def of_report(session: Session, feedback_id: int) -> Sequence[Decision]:
    """Every decision about a report, oldest first, those too that were taken back."""
    return session.exec(select(Decision).where(Decision.feedback_id == feedback_id).order_by(col(Decision.id))).all()


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about a report, as people are shown it."""

    status: FeedbackStatus
    words: str
    by: str
    taken_back: bool
    day: date | None = None
    owner: str | None = None
    work_order: str | None = None


def shown(session: Session, decision: Decision) -> Decided:
    """A decision as people are shown it."""
    return Decided(
        decision.status,
        decision.words,
        people.by_id(session, decision.decided_by_id).name,
        decision.taken_back_at is not None,
        decision.day,
        decision.owner,
        decision.work_order,
    )


def standing(session: Session, feedback_id: int) -> Decision | None:
    """The newest decision about a report that was not taken back, or None."""
    return session.exec(
        select(Decision)
        .where(Decision.feedback_id == feedback_id, col(Decision.taken_back_at).is_(None))
        .order_by(col(Decision.id).desc())
        .limit(1)
    ).first()


def newest(session: Session) -> int:
    """The id of the newest decision about any report, 0 before the first: what whoever looks now has seen."""
    return session.exec(select(func.max(Decision.id))).one() or 0
