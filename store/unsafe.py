"""Something unsafe: a report that calls people at once, and others after them, until somebody has it.

A call is a row beside its report; whoever changes it holds the report. Each step of it is a row of its own, made once,
whichever process comes to it first. What the called are told is written from what is true when it goes out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from store import (
    access,
    contacts,
    deliveries,
    embeddings,
    feedback,
    history,
    people,
    prepared,
    restricting,
    teams,
    tools,
)
from store.access import Act
from store.contacts import Circle
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.feedback import Feedback, FeedbackCard, FeedbackStatus, Filed, Impact, Raised, Report
from store.people import Caller, Person
from store.policy import Policy
from store.table import Table
from store.tools import Tool
from store.types import Instant

DUE_AT_ONCE = 100
"""Of calls that are looked at in one go."""
_TO_ITS_REPORTER = (Kind.UNSAFE_TAKEN, Kind.UNSAFE_UNSEEN, Kind.UNSAFE_NOBODY_LEFT)
TOLD_AS_UNSAFE = "told as something unsafe instead"
"""What the delivery of a new report says that its data scientist is called about."""


class UnsafeCall(Table, table=True):
    """A report of something unsafe calls people until somebody has it."""

    __tablename__ = "unsafe_call"

    id: int | None = Field(default=None, primary_key=True)
    feedback_id: int = Field(foreign_key="feedback.id", unique=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    """Whose duty contacts and lead are called; None for a tool that no team uses."""
    raised_at: datetime = Field(sa_type=Instant)
    waits_since: datetime | None = Field(default=None, sa_type=Instant, index=True)
    """When the last people were called, as long as nobody has it and there is somebody left to call."""
    may_call: bool | None = None
    """Whether the reporter may be called, once they have said so."""
    taken_by_id: int | None = Field(default=None, foreign_key="person.id")
    taken_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    nobody_left_at: datetime | None = Field(default=None, sa_type=Instant)
    """When there was nobody left to call."""

    @property
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id

    @property
    def is_open(self) -> bool:
        """Whether somebody is still needed."""
        return self.taken_at is None and self.withdrawn_at is None


class UnsafeStep(Table, table=True):
    """One step of a call, counted from 0: when it was due, and when it was taken."""

    __tablename__ = "unsafe_step"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="unsafe_call.id")
    number: int
    due_at: datetime = Field(sa_type=Instant)
    done_at: datetime = Field(sa_type=Instant)
    caught_up: bool = False
    """Whether a later step was due as well when we came to it, so that it was taken together with that one."""


class UnsafeCalled(Table, table=True):
    """Somebody was called."""

    __tablename__ = "unsafe_called"
    __table_args__ = (UniqueConstraint("call_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="unsafe_call.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    step: int
    called_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody has it."""

    reference: str


@dataclass(frozen=True, slots=True)
class MayCall:
    """The reporter said whether they may be called."""

    raised: Raised
    reference: str
    yes: bool
    taken_by: str | None
    """Who has it already."""


def file_report(session: Session, report: Report, prompt_id: int | None = None, *, by: Caller, at: datetime) -> Filed:
    """Keep a report as `feedback.file_feedback` does, and call people when it is about something unsafe.

    Every way to report goes through here.

    Raises:
        Refused: As `feedback.file_feedback` does.
    """
    filed = feedback.file_feedback(session, report, prompt_id, by=by, at=at)
    if report.impact is not Impact.UNSAFE:
        return filed
    return filed.raising(raise_call(session, filed.id, at=at))


def file_unsafe(session: Session, report: Report, may_call: bool, *, by: Caller, at: datetime) -> Filed:
    """Keep a report of something unsafe, and whether its reporter may be called.

    Raises:
        Refused: As `feedback.file_feedback` does.
    """
    filed = file_report(session, report, by=by, at=at)
    say_whether_to_call(session, filed.id, may_call, by=by, at=at)
    return filed


def raise_call(session: Session, feedback_id: int, *, at: datetime) -> Raised | None:
    """Call people about a report of something unsafe, unless that was done before.

    Returns:
        Who is called and what the reporter is to read first; None when it is not unsafe, or was raised before.
    """
    report = feedback.by_id(session, feedback_id)
    if report.impact is not Impact.UNSAFE or report.status is FeedbackStatus.WITHDRAWN:
        return None
    team_id = _team_of(session, report)
    call_id = prepared.add_new(
        session, UnsafeCall, {"feedback_id": report.key, "team_id": team_id, "raised_at": at, "waits_since": at}
    )
    if call_id is None:
        return None
    call = session.get_one(UnsafeCall, call_id)
    history.record(session, report.workspace_id, "unsafe_raised", "feedback", report.key, at=at)
    session.add(UnsafeStep(call_id=call.key, number=0, due_at=at, done_at=at))
    called = contacts.first(session, _circle(report, call, {report.reporter_id}), at=at)
    _call(session, report, call, called, 0, at)
    return Raised(report.key, number_of(session, team_id), tuple(person.name for person in called))


def raised(session: Session, feedback_id: int) -> Raised | None:
    """Whom a report has called so far, or None."""
    call = _of(session, feedback.by_id(session, feedback_id))
    return _raised(session, call) if call is not None else None


def _raised(session: Session, call: UnsafeCall) -> Raised:
    names = tuple(people.by_id(session, one.person_id).name for one in _called(session, call))
    return Raised(call.feedback_id, number_of(session, call.team_id), names)


def _team_of(session: Session, report: Feedback) -> int | None:
    if report.embedding_id is not None:
        return embeddings.by_id(session, report.embedding_id).team_id
    using = tools.teams_using(session, report.tool_id)
    theirs = access.teams_of(session, people.by_id(session, report.reporter_id))
    return next((team_id for team_id in using if team_id in theirs), using[0] if using else None)


def _circle(report: Feedback, call: UnsafeCall, besides: Iterable[int]) -> Circle:
    return Circle(call.team_id, report.embedding_id, frozenset(besides))


def _call(
    session: Session, report: Feedback, call: UnsafeCall, called: Sequence[Person], step: int, at: datetime
) -> None:
    """Call these people; with nobody among them the reporter is told that nobody is left."""
    for person in called:
        session.add(UnsafeCalled(call_id=call.key, person_id=person.key, step=step, called_at=at))
        _not_twice(session, report, person, at)
        _queue(session, report, Kind.UNSAFE_CALLED, f"called:{person.key}", person.key, at)
    call.waits_since = at if called else None
    if not called:
        call.nobody_left_at = at
        history.record(session, report.workspace_id, "unsafe_nobody_left", "feedback", report.key, at=at)
        _queue(session, report, Kind.UNSAFE_NOBODY_LEFT, "nobody_left", report.reporter_id, at)
    session.add(call)
    session.flush()


def _not_twice(session: Session, report: Feedback, person: Person, at: datetime) -> None:
    """Whoever is called is not also told that there is a new report."""
    filed = deliveries.posted_for(session, report.workspace_id, f"feedback:{report.key}:filed:{person.key}")
    if filed is not None and filed.status is Status.QUEUED:
        filed.status, filed.reason, filed.ended_at = Status.SKIPPED, TOLD_AS_UNSAFE, at
        session.add(filed)


def _queue(session: Session, report: Feedback, kind: Kind, what: str, person_id: int, at: datetime) -> None:
    key = f"unsafe:{report.key}:{what}"
    deliveries.queue(session, report.workspace_id, kind, key, "feedback", report.key, at=at, person_id=person_id)


def take(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Taken:
    """Somebody has it: nobody else is called, and the reporter is told who it is.

    A second tap of the same person changes nothing.

    Raises:
        Refused: They are none of those who take this on (any more), somebody else has it, or it was withdrawn.
    """
    person = people.known(session, by)
    report = feedback.locked(session, feedback_id, person.workspace_id)
    call = _of(session, report)
    if call is None:
        raise Refused("Nobody was called about {reference}. Nothing to do.", reference=report.reference)
    if call.taken_by_id == person.id:
        return Taken(report.reference)
    embedding_ids = [report.embedding_id] if report.embedding_id is not None else []
    team_ids = [call.team_id] if call.team_id is not None else []
    roles = access.roles_of(session, person, teams=team_ids, embeddings=embedding_ids)
    access.require(Act.TAKE_UNSAFE, roles)
    if call.withdrawn_at is not None:
        raise Refused("{reference} was withdrawn by whoever filed it. Nothing to do.", reference=report.reference)
    if call.taken_by_id is not None:
        name = people.by_id(session, call.taken_by_id).name
        raise Refused("{name} has {reference} already. Nothing to do for you.", name=name, reference=report.reference)
    _take(session, report, call, person, at)
    if roles & access.RIGHTS[Act.TRIAGE_FEEDBACK] and report.status is FeedbackStatus.NEW:
        _read_with_it(session, report, person, at)
    return Taken(report.reference)


def _read_with_it(session: Session, report: Feedback, person: Person, at: datetime) -> None:
    """A data scientist who has it has read the report; its reporter hears that they have it, which says more."""
    report.status, report.acknowledged_at = FeedbackStatus.ACKNOWLEDGED, at
    session.add(report)
    history.record(
        session, report.workspace_id, "feedback_acknowledged", "feedback", report.key, at=at, actor_id=person.key
    )


def take_with_it(session: Session, report: Feedback, person: Person, *, at: datetime) -> bool:
    """Let whoever answers a report have what is unsafe about it, too; the report must be held.

    Returns:
        Whether the reporter is told by this that somebody has it.
    """
    call = _of(session, report)
    if call is None or not call.is_open:
        return False
    _take(session, report, call, person, at)
    return True


def _take(session: Session, report: Feedback, call: UnsafeCall, person: Person, at: datetime) -> None:
    call.taken_by_id, call.taken_at, call.waits_since = person.key, at, None
    feedback.answered(report, at=at)
    session.add_all([call, report])
    history.record(session, report.workspace_id, "unsafe_taken", "feedback", report.key, at=at, actor_id=person.key)
    if person.key != report.reporter_id:
        _queue(session, report, Kind.UNSAFE_TAKEN, "taken", report.reporter_id, at)
    _rewrite(session, report, call, at)


def say_whether_to_call(session: Session, feedback_id: int, yes: bool, *, by: Caller, at: datetime) -> MayCall:
    """The reporter says whether they may be called; those who were called see it in their message.

    Raises:
        Refused: It is somebody else's report, or nobody was called about it.
    """
    person = people.known(session, by)
    report = feedback.locked(session, feedback_id, person.workspace_id)
    call = _of(session, report)
    if call is None or report.reporter_id != person.id:
        raise Refused("Only whoever filed that report can say this. Nothing was changed.")
    if call.may_call is not yes:
        call.may_call = yes
        session.add(call)
        data = {"yes": yes}
        history.record(
            session,
            report.workspace_id,
            "unsafe_may_call",
            "feedback",
            report.key,
            at=at,
            actor_id=person.id,
            data=data,
        )
        _rewrite(session, report, call, at)
    return MayCall(
        raised=_raised(session, call),
        reference=report.reference,
        yes=yes,
        taken_by=people.by_id(session, call.taken_by_id).name if call.taken_by_id else None,
    )


def withdraw(session: Session, report: Feedback, *, at: datetime) -> None:
    """End the call of a report that its reporter withdrew, and tell those who were called; the report must be held."""
    call = _of(session, report)
    if call is None or call.withdrawn_at is not None:
        return
    call.withdrawn_at, call.waits_since = at, None
    session.add(call)
    history.record(session, report.workspace_id, "unsafe_withdrawn", "feedback", report.key, at=at)
    deliveries.call_off(session, (Kind.UNSAFE_CALLED, *_TO_ITS_REPORTER), [report.key], "the report was withdrawn", at)
    for one in _called(session, call):
        told = deliveries.posted_for(session, report.workspace_id, f"unsafe:{report.key}:called:{one.person_id}")
        if told is not None and told.status is not Status.SKIPPED:
            _queue(session, report, Kind.UNSAFE_WITHDRAWN, f"withdrawn:{one.person_id}", one.person_id, at)
    _rewrite(session, report, call, at)


def _rewrite(session: Session, report: Feedback, call: UnsafeCall, at: datetime) -> None:
    for one in _called(session, call):
        told = deliveries.posted_for(session, report.workspace_id, f"unsafe:{report.key}:called:{one.person_id}")
        if told is not None and told.status is not Status.SKIPPED:
            deliveries.rewrite(session, told, Kind.UNSAFE_CALLED_CHANGED, at=at)


def due(session: Session, *, policy: Policy, at: datetime) -> list[int]:
    """The ids of the reports that have waited for somebody long enough, the one that waits longest first."""
    return list(
        session.exec(
            select(UnsafeCall.feedback_id)
            .where(col(UnsafeCall.waits_since) <= at - policy.unsafe_unseen_after)
            .order_by(col(UnsafeCall.waits_since), col(UnsafeCall.id))
            .limit(DUE_AT_ONCE)
        ).all()
    )


def escalate(session: Session, feedback_id: int, *, policy: Policy, at: datetime) -> bool:
    """Call the next people about a report that nobody has taken in time, and tell its reporter.

    Of several steps that came due while we were away only the latest is taken, once; those whose turn would have been
    meanwhile are called with it.

    Returns:
        Whether it was still due.
    """
    report = feedback.locked(session, feedback_id, feedback.by_id(session, feedback_id).workspace_id)
    call = _of(session, report)
    if call is None or call.waits_since is None or call.waits_since > at - policy.unsafe_unseen_after:
        return False
    if report.status is FeedbackStatus.WITHDRAWN:
        withdraw(session, report, at=at)
        return False
    called = {one.person_id for one in _called(session, call)}
    number = _last_step(session, call) + 1
    circle = _circle(report, call, called | {report.reporter_id})
    groups = contacts.following(session, circle, again=number > 1, at=at)
    missed = int((at - call.waits_since) / policy.unsafe_unseen_after)
    steps = min(missed, max(len(groups), 1))
    for place in range(steps):
        due_at = call.waits_since + (place + 1) * policy.unsafe_unseen_after
        caught_up = place < steps - 1
        step = UnsafeStep(call_id=call.key, number=number + place, due_at=due_at, done_at=at, caught_up=caught_up)
        session.add(step)
    now = [person for group in groups[:steps] for person in group]
    history.record(session, report.workspace_id, "unsafe_escalated", "feedback", report.key, at=at)
    _call(session, report, call, now, number + steps - 1, at)
    if now:
        _queue(session, report, Kind.UNSAFE_UNSEEN, "unseen", report.reporter_id, at)
    return True


def _last_step(session: Session, call: UnsafeCall) -> int:
    query = select(UnsafeStep.number).where(UnsafeStep.call_id == call.id).order_by(col(UnsafeStep.number).desc())
    return session.exec(query.limit(1)).one()


def _called(session: Session, call: UnsafeCall) -> Sequence[UnsafeCalled]:
    query = select(UnsafeCalled).where(UnsafeCalled.call_id == call.id).order_by(col(UnsafeCalled.id))
    return session.exec(query).all()


def _of(session: Session, report: Feedback) -> UnsafeCall | None:
    """The call of a report, as it is now that the report is held."""
    query = select(UnsafeCall).where(UnsafeCall.feedback_id == report.id).execution_options(populate_existing=True)
    return session.exec(query).first()


def number_of(session: Session, team_id: int | None) -> str | None:
    """The number that people of a team call in danger; None when nobody wrote it down."""
    return teams.number_for(session, [team_id]) if team_id is not None else None


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

    @property
    def is_open(self) -> bool:
        """Whether somebody is still needed."""
        return self.taken_by is None and not self.withdrawn


def card(session: Session, feedback_id: int, reader_id: int | None) -> UnsafeCard:
    """What somebody is shown of a report of something unsafe."""
    report = feedback.by_id(session, feedback_id)
    call = _of(session, report)
    if call is None:
        raise LookupError(f"nobody was called about feedback {feedback_id}")
    reader = people.by_id(session, reader_id) if reader_id is not None else None
    return UnsafeCard(
        report=feedback.card(session, feedback_id),
        number=number_of(session, call.team_id),
        zone=teams.by_id(session, call.team_id).zone if call.team_id is not None else "UTC",
        may_call=call.may_call,
        taken_by=people.by_id(session, call.taken_by_id).name if call.taken_by_id else None,
        taken_at=call.taken_at,
        withdrawn=call.withdrawn_at is not None,
        nobody_left=call.nobody_left_at is not None,
        mine=call.taken_by_id is not None and call.taken_by_id == reader_id,
        may_restrict=reader is not None and restricting.may_restrict(session, reader, report.tool_id),
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
    """Of the reports that called people: after how many whole minutes somebody had each, None for not yet."""
    rows = session.exec(
        select(UnsafeCall).where(col(UnsafeCall.feedback_id).in_(feedback_ids)).order_by(col(UnsafeCall.id))
    ).all()
    return {
        row.feedback_id: int((row.taken_at - row.raised_at).total_seconds() // 60) if row.taken_at else None
        for row in rows
    }


def was_told(session: Session, told: Delivery) -> bool:
    """Whether the call that a later message is about went out to whoever gets it."""
    key = f"unsafe:{told.subject_id}:called:{told.person_id}"
    called = deliveries.posted_for(session, told.workspace_id, key)
    return called is not None and called.status in (Status.SENDING, Status.SENT, Status.UNKNOWN)
