"""What people are shown of something unsafe: the card of a report, whoever is waited for, what nobody answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from store import (
    asking_back,
    feedback,
    people,
    restricting,
    teams,
)
from store.feedback import Feedback, FeedbackCard
from store.tools import Tool
from store.unsafe import UnsafeCall, UnsafeCalled, call_of, name_of_taker, number_of


@dataclass(frozen=True, slots=True)
class UnsafeCard:
    """A report of something unsafe as those who are called and its reporter are shown it."""

    report: FeedbackCard
    number: str | None
    zone: str
    may_call: bool | None
    taken_by: str | None
    taken_at: datetime | None
    withdrawn: bool
    nobody_left: bool
    mine: bool
    """Whether the reader has it."""
    may_restrict: bool
    """Whether the reader may say what not to rely on the tool for."""
    not_unsafe: bool = False
    """Whether its reporter says that it is not."""
    kept: bool = False
    """Whether somebody had it already when this call began."""
    answers: tuple[tuple[str, str], ...] = ()
    """What its reporter was asked about it and answered, oldest first."""

    @property
    def is_open(self) -> bool:
        """Whether somebody is still needed."""
        return self.taken_by is None and not self.withdrawn and not self.not_unsafe


def card(session: Session, feedback_id: int, reader_id: int | None, number: int | None = None) -> UnsafeCard:
    """What somebody is shown of a report of something unsafe, by the last call about it or another one."""
    report = feedback.by_id(session, feedback_id)
    call = call_of(session, report, number)
    if call is None:
        raise LookupError(f"nobody was called about feedback {feedback_id}")
    reader = people.by_id(session, reader_id) if reader_id is not None else None
    return UnsafeCard(
        report=feedback.card(session, feedback_id),
        number=number_of(session, call.team_id),
        zone=teams.by_id(session, call.team_id).zone if call.team_id is not None else "UTC",
        may_call=call.may_call,
        taken_by=name_of_taker(session, call),
        taken_at=call.taken_at,
        withdrawn=call.withdrawn_at is not None,
        nobody_left=call.nobody_left_at is not None,
        mine=call.taken_by_id is not None and call.taken_by_id == reader_id,
        may_restrict=reader is not None and restricting.may_restrict(session, reader, report.tool_id),
        not_unsafe=call.not_unsafe_at is not None,
        kept=call.is_kept,
        answers=tuple(
            (question.text, question.answer)
            for question in asking_back.of_report(session, feedback_id)
            if question.answer is not None
        ),
    )


def waiting_for(session: Session, person_id: int) -> tuple[UnsafeCard, ...]:
    """The reports about which somebody was called and that nobody has yet, the oldest first."""
    rows = session.exec(
        select(UnsafeCall.feedback_id)
        .join(UnsafeCalled, col(UnsafeCalled.call_id) == col(UnsafeCall.id))
        .where(
            UnsafeCalled.person_id == person_id,
            col(UnsafeCall.taken_at).is_(None),
            col(UnsafeCall.withdrawn_at).is_(None),
            col(UnsafeCall.not_unsafe_at).is_(None),
        )
        .order_by(col(UnsafeCall.id))
    ).all()
    return tuple(card(session, feedback_id, person_id) for feedback_id in rows)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Something unsafe that nobody was left to be called about."""

    reference: str
    tool: str
    team: str | None
    at: datetime


def unanswered(session: Session, workspace_id: int) -> tuple[Unanswered, ...]:
    """What is unsafe in a workspace, that nobody has, and that nobody is left to be called about, the oldest first."""
    rows = session.exec(
        select(UnsafeCall, Feedback, Tool)
        .join(Feedback, col(Feedback.id) == col(UnsafeCall.feedback_id))
        .join(Tool, col(Tool.id) == col(Feedback.tool_id))
        .where(
            Feedback.workspace_id == workspace_id,
            col(UnsafeCall.nobody_left_at).is_not(None),
            col(UnsafeCall.taken_at).is_(None),
            col(UnsafeCall.withdrawn_at).is_(None),
            col(UnsafeCall.not_unsafe_at).is_(None),
        )
        .order_by(col(UnsafeCall.id))
    ).all()
    return tuple(
        Unanswered(
            report.reference,
            tool.name,
            teams.by_id(session, call.team_id).name if call.team_id is not None else None,
            call.nobody_left_at or call.raised_at,
        )
        for call, report, tool in rows
    )


def seen_after_minutes(session: Session, feedback_ids: Sequence[int]) -> dict[int, int | None]:
    """Of the reports that called people: after how many whole minutes somebody had each, None for not yet.

    Of several calls about one the last counts, unless whoever had it before kept it.
    """
    rows = session.exec(
        select(UnsafeCall).where(col(UnsafeCall.feedback_id).in_(feedback_ids)).order_by(col(UnsafeCall.id))
    ).all()
    return {
        row.feedback_id: int((row.taken_at - row.raised_at).total_seconds() // 60) if row.taken_at else None
        for row in rows
        if not row.is_kept
    }
