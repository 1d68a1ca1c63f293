"""Something unsafe: a report that calls people at once, and others after them, until somebody has it.

A call is a row beside its report; whoever changes it holds the report. It ends when the report is withdrawn, or when
its reporter says that it is not unsafe; when they say later that it is, another one begins. Each step of it is a row of
its own, made once, whichever process comes to it first. What the called are told is written from what is true when it
goes out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    teams,
    tools,
)
from store.access import Act
from store.contacts import Circle
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.feedback import Feedback, FeedbackStatus, Filed, Impact, Raised, Report
from store.people import Caller, Person
from store.policy import Policy
from store.table import Keyed, Table
from store.types import Instant

DUE_AT_ONCE = 100
"""Of calls that are looked at in one go."""
_WHILE_OPEN = (Kind.UNSAFE_CALLED, Kind.UNSAFE_RAISED, Kind.UNSAFE_UNSEEN, Kind.UNSAFE_NOBODY_LEFT)
"""What nobody hears once a call is over."""
TOLD_AS_UNSAFE = "told as something unsafe instead"
"""What the delivery of a new report says that its data scientist is called about."""


class UnsafeCall(Keyed, table=True):
    """A report of something unsafe calls people until somebody has it."""

    __tablename__ = "unsafe_call"
    __table_args__ = (UniqueConstraint("feedback_id", "number"),)

    feedback_id: int = Field(foreign_key="feedback.id")
    number: int
    """Which of the report's calls it is, counted from 1; all but the last are over."""
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
    not_unsafe_at: datetime | None = Field(default=None, sa_type=Instant)
    """When its reporter said that it is not unsafe; whoever has it keeps it."""
    nobody_left_at: datetime | None = Field(default=None, sa_type=Instant)
    """When there was nobody left to call."""

    @property
    def is_open(self) -> bool:
        """Whether somebody is still needed."""
        return self.taken_at is None and self.withdrawn_at is None and self.not_unsafe_at is None

    @property
    def is_kept(self) -> bool:
        """Whether somebody had it already when it began, because they had it the last time."""
        return self.number > 1 and self.taken_at is not None and self.taken_at <= self.raised_at


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
    """Call people about a report of something unsafe, unless they are called already.

    Where its reporter had said that it was not, it begins anew: everybody who heard that is called again. Whoever had
    it keeps it, and nobody else is called as long as they can be.

    Returns:
        Who is called and what the reporter is to read first; None when it is not unsafe, or when nobody is called anew.
    """
    report = feedback.by_id(session, feedback_id)
    if report.impact is not Impact.UNSAFE or report.status is FeedbackStatus.WITHDRAWN:
        return None
    before = call_of(session, report)
    if before is not None and before.not_unsafe_at is None:
        return None
    call_id = prepared.add_new(
        session,
        UnsafeCall,
        {
            "feedback_id": report.key,
            "number": before.number + 1 if before else 1,
            "team_id": _team_of(session, report),
            "raised_at": at,
            "waits_since": at,
            "may_call": before.may_call if before else None,
        },
    )
    if call_id is None:
        return None
    call = session.get_one(UnsafeCall, call_id)
    data = {"call": call.number}
    history.record(session, report.workspace_id, "unsafe_raised", "feedback", report.key, at=at, data=data)
    session.add(UnsafeStep(call_id=call.key, number=0, due_at=at, done_at=at))
    circle = _circle(report, call, {report.reporter_id})
    if before is None:
        _call(session, report, call, contacts.first(session, circle, at=at), 0, at)
    else:
        deliveries.call_off(session, (Kind.UNSAFE_NO_MORE,), [report.key], "it is unsafe again", at)
        _call_again(session, report, before, call, circle, at)
    return _raised(session, report, call)


def _call_again(
    session: Session, report: Feedback, before: UnsafeCall, call: UnsafeCall, circle: Circle, at: datetime
) -> None:
    has_it = [before.taken_by_id] if before.taken_by_id is not None else []
    if keepers := contacts.reachable(session, circle, has_it, at=at):
        call.taken_by_id, call.taken_at = before.taken_by_id, before.taken_at
        _call(session, report, call, keepers, 0, at)
        call.waits_since = None
        session.add(call)
        return
    heard = contacts.reachable(session, circle, [one.person_id for one in _called(session, before)], at=at)
    _call(session, report, call, contacts.each_once([*contacts.first(session, circle, at=at), *heard]), 0, at)


def say_unsafe(session: Session, report: Feedback, *, at: datetime) -> Raised | None:
    """Let a report, which is held, be one of something unsafe, because its reporter says so in what they add to it.

    Returns:
        Who is called; also where they were called before, because whoever says it again is in danger again. None when
        nobody is.
    """
    if report.impact is not Impact.UNSAFE:
        data = {"before": report.impact}
        report.impact = Impact.UNSAFE
        session.add(report)
        session.flush()
        history.record(
            session,
            report.workspace_id,
            "feedback_said_unsafe",
            "feedback",
            report.key,
            at=at,
            actor_id=report.reporter_id,
            data=data,
        )
    return follow(session, report, at=at) or _running(session, report)


def _running(session: Session, report: Feedback) -> Raised | None:
    found = raised(session, report.key)
    return replace(found, anew=False) if found is not None else None


def follow(session: Session, report: Feedback, *, at: datetime) -> Raised | None:
    """Let the call of a report, which is held, follow what its reporter says of it by now.

    About something unsafe people are called; those who are see what it says now in the message that they have. When it
    is not unsafe any more the call ends.

    Returns:
        Who is called and what the reporter is to read first; None when nobody is called anew.
    """
    call = call_of(session, report)
    if report.impact is not Impact.UNSAFE:
        if call is not None and call.withdrawn_at is None and call.not_unsafe_at is None:
            _end(session, report, call, at)
        return None
    raised_now = raise_call(session, report.key, at=at)
    if raised_now is None and call is not None:
        _rewrite(session, report, call, at)
    return raised_now


def go_along(session: Session, report: Feedback, embedding_id: int | None, *, at: datetime) -> None:
    """Let the call of a report, which is held, go to those around the tool that it is about by now.

    Who would be called at once if it were reported there, and was not called yet, is called. As long as somebody has it
    these are the embedded people alone, who are to know; whoever else was called sees in the message that they have
    what it is about.

    Args:
        session: The unit's session.
        report: The report.
        embedding_id: The embedding that it belonged to before.
        at: Now.
    """
    call = call_of(session, report)
    if call is None or call.not_unsafe_at is not None or report.impact is not Impact.UNSAFE:
        return
    team_id = _team_of(session, report)
    if (call.team_id, embedding_id) == (team_id, report.embedding_id):
        return
    call.team_id = team_id
    session.add(call)
    circle = _circle(report, call, {one.person_id for one in _called(session, call)} | {report.reporter_id})
    if call.taken_by_id is not None:
        called = contacts.embedded(session, circle, at=at)
    else:
        called = contacts.first(session, circle, at=at)
    if called:
        _call(session, report, call, called, _last_step(session, call), at)
        call.waits_since = at if call.taken_by_id is None else None
        call.nobody_left_at = None


def tell_reporter(session: Session, feedback_id: int, *, at: datetime) -> None:
    """Have the reporter of something unsafe read what to do in danger, who is called, and whether these may call them.

    For reports that came to be of something unsafe where there is no answer at once, such as in a thread.
    """
    report = feedback.by_id(session, feedback_id)
    call = call_of(session, report)
    if call is not None and call.not_unsafe_at is None:
        _queue(session, report, call, Kind.UNSAFE_RAISED, "raised", report.reporter_id, at)


def raised(session: Session, feedback_id: int) -> Raised | None:
    """Whom a report of something unsafe has called so far, or None."""
    report = feedback.by_id(session, feedback_id)
    call = call_of(session, report)
    return _raised(session, report, call) if call is not None and call.not_unsafe_at is None else None


def _raised(session: Session, report: Feedback, call: UnsafeCall) -> Raised:
    return Raised(
        call.feedback_id,
        number_of(session, call.team_id),
        tuple(people.by_id(session, one.person_id).name for one in _called(session, call)),
        report.reference,
        name_of_taker(session, call),
    )


def name_of_taker(session: Session, call: UnsafeCall) -> str | None:
    """Who has it; None while nobody does."""
    return people.by_id(session, call.taken_by_id).name if call.taken_by_id is not None else None


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
        _queue(session, report, call, Kind.UNSAFE_CALLED, f"called:{person.key}", person.key, at)
    call.waits_since = at if called else None
    if not called:
        call.nobody_left_at = at
        history.record(session, report.workspace_id, "unsafe_nobody_left", "feedback", report.key, at=at)
        _queue(session, report, call, Kind.UNSAFE_NOBODY_LEFT, "nobody_left", report.reporter_id, at)
    session.add(call)
    session.flush()


def _not_twice(session: Session, report: Feedback, person: Person, at: datetime) -> None:
    """Whoever is called is not also told that there is a new report."""
    filed = deliveries.posted_for(session, report.workspace_id, f"feedback:{report.key}:filed:{person.key}")
    if filed is not None and filed.status is Status.QUEUED:
        filed.status, filed.reason, filed.ended_at = Status.SKIPPED, TOLD_AS_UNSAFE, at
        session.add(filed)


def _queue(
    session: Session, report: Feedback, call: UnsafeCall, kind: Kind, what: str, person_id: int, at: datetime
) -> None:
    deliveries.queue(
        session,
        report.workspace_id,
        kind,
        _key(report.key, call.number, what),
        "feedback",
        report.key,
        at=at,
        person_id=person_id,
        data={"call": call.number},
    )


def _key(feedback_id: int, number: int, what: str) -> str:
    """What a message about a call goes out only once for."""
    return f"unsafe:{feedback_id}:{number}:{what}"


def _told_of(session: Session, report: Feedback, call: UnsafeCall) -> list[Delivery]:
    """The calls of those who have heard of it, or are about to."""
    keys = [_key(report.key, call.number, f"called:{one.person_id}") for one in _called(session, call)]
    posts = [deliveries.posted_for(session, report.workspace_id, key) for key in keys]
    return [post for post in posts if post is not None and post.status is not Status.SKIPPED]


def take(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Taken:
    """Somebody has it: nobody else is called, and the reporter is told who it is.

    A second tap of the same person changes nothing.

    Raises:
        Refused: They are none of those who take this on (any more), somebody else has it, or it was withdrawn.
    """
    person = people.known(session, by)
    report = feedback.locked(session, feedback_id, person.workspace_id)
    call = call_of(session, report)
    if call is None:
        raise Refused("Nobody was called about {reference}. Nothing to do.", reference=report.reference)
    if call.taken_by_id == person.id:
        return Taken(report.reference)
    embedding_ids = [report.embedding_id] if report.embedding_id is not None else []
    team_ids = [call.team_id] if call.team_id is not None else []
    held = access.standing(session, person)
    roles = held.roles(teams=team_ids, embeddings=embedding_ids)
    # It may have gone to another team since they were called; what they have before them keeps its button.
    was_called = any(one.person_id == person.key for one in _called(session, call))
    access.require(Act.TAKE_UNSAFE, held.everywhere if was_called else roles)
    if call.withdrawn_at is not None:
        raise Refused("{reference} was withdrawn by whoever filed it. Nothing to do.", reference=report.reference)
    if call.not_unsafe_at is not None:
        raise Refused("{reference} is not unsafe, says whoever filed it. Nothing to do.", reference=report.reference)
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
    call = call_of(session, report)
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
        _queue(session, report, call, Kind.UNSAFE_TAKEN, "taken", report.reporter_id, at)
    _rewrite(session, report, call, at)


def say_whether_to_call(session: Session, feedback_id: int, yes: bool, *, by: Caller, at: datetime) -> MayCall:
    """The reporter says whether they may be called; those who were called see it in their message.

    Raises:
        Refused: It is somebody else's report, nobody was called about it, or its reporter has taken that back.
    """
    person = people.known(session, by)
    report = feedback.locked(session, feedback_id, person.workspace_id)
    call = call_of(session, report)
    if call is None or report.reporter_id != person.id:
        raise Refused("Only whoever filed that report can say this. Nothing was changed.")
    if call.withdrawn_at is not None:
        raise Refused("You have withdrawn {reference}, so nobody needs to call you.", reference=report.reference)
    if call.not_unsafe_at is not None:
        raise Refused(
            "You have said that {reference} is not unsafe, so nobody needs to call you.", reference=report.reference
        )
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
        raised=_raised(session, report, call),
        reference=report.reference,
        yes=yes,
        taken_by=name_of_taker(session, call),
    )


def withdraw(session: Session, report: Feedback, *, at: datetime) -> None:
    """End the call of a report that its reporter withdrew, and tell those who were called; the report must be held."""
    call = call_of(session, report)
    if call is None or call.withdrawn_at is not None:
        return
    call.withdrawn_at, call.waits_since = at, None
    session.add(call)
    history.record(session, report.workspace_id, "unsafe_withdrawn", "feedback", report.key, at=at)
    kinds = (*_WHILE_OPEN, Kind.UNSAFE_TAKEN)
    deliveries.call_off(session, kinds, [report.key], "the report was withdrawn", at)
    if call.not_unsafe_at is None:
        _tell_the_called(session, report, call, Kind.UNSAFE_WITHDRAWN, "withdrawn", at)


def _end(session: Session, report: Feedback, call: UnsafeCall, at: datetime) -> None:
    """Its reporter says that it is not unsafe: nobody else is called, and those who were are told once."""
    call.not_unsafe_at, call.waits_since = at, None
    session.add(call)
    history.record(
        session, report.workspace_id, "unsafe_no_more", "feedback", report.key, at=at, actor_id=report.reporter_id
    )
    deliveries.call_off(session, _WHILE_OPEN, [report.key], "its reporter says that it is not unsafe", at)
    _tell_the_called(session, report, call, Kind.UNSAFE_NO_MORE, "no_more", at)
    _as_a_report_after_all(session, report, call, at)


def _tell_the_called(session: Session, report: Feedback, call: UnsafeCall, kind: Kind, what: str, at: datetime) -> None:
    for post in _told_of(session, report, call):
        assert post.person_id is not None  # noqa: S101 - calls go to people
        _queue(session, report, call, kind, f"{what}:{post.person_id}", post.person_id, at)
    _rewrite(session, report, call, at)


def _as_a_report_after_all(session: Session, report: Feedback, call: UnsafeCall, at: datetime) -> None:
    """Data scientists whose call did not go out hear of the report as of any other."""
    heard = {post.person_id for post in _told_of(session, report, call)}
    for one in _called(session, call):
        filed = deliveries.posted_for(session, report.workspace_id, f"feedback:{report.key}:filed:{one.person_id}")
        if one.person_id in heard or filed is None:
            continue
        if filed.status is Status.SKIPPED and filed.reason == TOLD_AS_UNSAFE:
            filed.status, filed.reason, filed.ended_at, filed.due_at = Status.QUEUED, None, None, at
            session.add(filed)


def _rewrite(session: Session, report: Feedback, call: UnsafeCall, at: datetime) -> None:
    for post in _told_of(session, report, call):
        deliveries.rewrite(session, post, Kind.UNSAFE_CALLED_CHANGED, at=at)


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
    call = call_of(session, report)
    if call is None or call.waits_since is None or call.waits_since > at - policy.unsafe_unseen_after:
        return False
    if report.status is FeedbackStatus.WITHDRAWN:
        withdraw(session, report, at=at)
        return False
    if report.impact is not Impact.UNSAFE:
        _end(session, report, call, at)
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
        _queue(session, report, call, Kind.UNSAFE_UNSEEN, "unseen", report.reporter_id, at)
    return True


def _last_step(session: Session, call: UnsafeCall) -> int:
    query = select(UnsafeStep.number).where(UnsafeStep.call_id == call.id).order_by(col(UnsafeStep.number).desc())
    return session.exec(query.limit(1)).one()


def _called(session: Session, call: UnsafeCall) -> Sequence[UnsafeCalled]:
    query = select(UnsafeCalled).where(UnsafeCalled.call_id == call.id).order_by(col(UnsafeCalled.id))
    return session.exec(query).all()


def call_of(session: Session, report: Feedback, number: int | None = None) -> UnsafeCall | None:
    """A call of a report, the last one unless told otherwise, as it is now that the report is held."""
    query = select(UnsafeCall).where(UnsafeCall.feedback_id == report.id).order_by(col(UnsafeCall.number).desc())
    if number is not None:
        query = query.where(UnsafeCall.number == number)
    return session.exec(query.limit(1).execution_options(populate_existing=True)).first()


def number_of(session: Session, team_id: int | None) -> str | None:
    """The number that people of a team call in danger; None when nobody wrote it down."""
    return teams.number_for(session, [team_id]) if team_id is not None else None


def was_told(session: Session, told: Delivery) -> bool:
    """Whether the call that a later message is about went out to whoever gets it."""
    key = _key(told.subject_id, told.data["call"], f"called:{told.person_id}")
    called = deliveries.posted_for(session, told.workspace_id, key)
    return called is not None and called.status in (Status.SENDING, Status.SENT, Status.UNKNOWN)
