"""What reporters do with their own reports while those wait for an answer: change, add to and withdraw them.

Nothing is overwritten: what a report said before is kept beside it. Those who heard of the report see it change in the
message that they have; nobody is written to again, unless it is about something unsafe.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, select

from store import (
    access,
    asking_back,
    deliveries,
    duplicates,
    embeddings,
    going_alone,
    history,
    people,
    reporting,
    restrictions,
    tools,
    unsafe,
)
from store import feedback as reports
from store.additions import Addition
from store.asking_back import Answered
from store.deliveries import Kind as MessageKind
from store.errors import N_, Refused, RunAgain
from store.feedback import OPEN, Did, Feedback, FeedbackStatus, Filed, Impact, Kind, Place, Raised, Report
from store.people import Caller
from store.reporting import Reportable
from store.table import Table
from store.types import Instant, Word


class EarlierReport(Table, table=True):
    """What a report said until its reporter changed it."""

    __tablename__ = "earlier_report"

    id: int | None = Field(default=None, primary_key=True)
    feedback_id: int = Field(foreign_key="feedback.id", index=True)
    tool_id: int = Field(foreign_key="tool.id")
    version_id: int | None = Field(default=None, foreign_key="tool_version.id")
    kind: Kind = Field(sa_type=Word(Kind))
    text: str
    impact: Impact | None = Field(default=None, sa_type=Word(Impact))
    expected: str | None = None
    place: str | None = None
    did: Did | None = Field(default=None, sa_type=Word(Did))
    links: list[str] | None = Field(default=None, sa_type=JSON(none_as_null=True))
    relayed_for: str | None = None
    shift_day: date | None = None
    shift: str | None = None
    replaced_at: datetime = Field(sa_type=Instant)


KEPT = frozenset(EarlierReport.model_fields) - {"id", "feedback_id", "replaced_at"}
"""The columns that a report and what it said earlier have in common."""


@dataclass(frozen=True, slots=True)
class ToEdit:
    """A report as the form is filled in with it."""

    id: int
    reference: str
    choices: Reportable
    report: Report


def to_edit(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> ToEdit:
    """What the form shows of somebody's own report.

    Raises:
        Refused: It is somebody else's, or it does not wait for an answer any more.
    """
    feedback = _own(session, feedback_id, by)
    _require_open(feedback)
    said = as_said(feedback)
    return ToEdit(feedback.key, feedback.reference, reporting.reportable(session, feedback.tool_id, by=by, at=at), said)


def as_said(feedback: Feedback) -> Report:
    """What a report says, as it would be reported anew."""
    return Report(
        kind=feedback.kind,
        text=feedback.text,
        tool_id=feedback.tool_id,
        impact=feedback.impact,
        expected=feedback.expected or "",
        place=feedback.place or "",
        did=feedback.did,
        links=tuple(feedback.links or ()),
        permalink=feedback.permalink,
        relayed_for=feedback.relayed_for or "",
        shift=reports.shift_of(feedback),
    )


def edit_report(
    session: Session, feedback_id: int, report: Report, keep_words: bool = False, *, by: Caller, at: datetime
) -> Filed:
    """Let a report say something else; its reference and its times stay.

    The same once more changes nothing. About another tool it goes to those who answer for that one, once; whoever had
    it before sees that it is not theirs any more. Once it says that something is unsafe, people are called about it;
    once it does not any more, they are called no longer.

    Args:
        session: The unit's session.
        feedback_id: Our id of it.
        report: What it says from now on.
        keep_words: Whether its words stay, because they were too long for the form.
        by: Its reporter.
        at: Now.

    Raises:
        Refused: It is somebody else's or does not wait for an answer any more, nothing is left of it, or its reporter
            does not work with that tool.
    """
    before = _own(session, feedback_id, by)
    if keep_words:
        report = replace(report, text=before.text)
    reports.require_words(report)
    about, moves = before.tool_id, report.tool_id not in (None, before.tool_id)
    # The embedding is held before the report is, as everywhere.
    goes_to = reports.place_of(session, access.asking(session, by), report.tool_id, before.filed_at) if moves else None
    feedback = _own(session, feedback_id, by, lock=True)
    if feedback.tool_id != about:
        raise RunAgain
    _require_open(feedback)
    if not moves and replace(report, tool_id=about, permalink=feedback.permalink) == as_said(feedback):
        return answer_to(session, feedback.key)
    if goes_to is not None and (feedback.status not in MOVABLE or duplicates.of_report(session, feedback.key)):
        raise Refused(_WORKED_ON, field="tool", reference=feedback.reference)
    session.add(EarlierReport(**feedback.model_dump(include=set(KEPT)), feedback_id=feedback.key, replaced_at=at))
    had_it = feedback.embedding_id
    feedback.kind, feedback.text, feedback.impact = report.kind, report.text, report.impact
    for name, value in reports.besides(report).items():
        setattr(feedback, name, value)
    if goes_to is not None:
        asking_back.close(session, feedback, at=at)
        _move(feedback, goes_to)
    feedback.edited_at = at
    session.add(feedback)
    _record(session, feedback, "feedback_edited", at, {"kind": report.kind, "moved": moves, "status": feedback.status})
    _show_anew(session, feedback, had_it, at)
    if goes_to is not None:
        reports.hand_over(session, feedback.workspace_id, feedback.key, goes_to.hearers, at)
        unsafe.go_along(session, feedback, had_it, at=at)
    return answer_to(session, feedback.key).raising(unsafe.follow(session, feedback, at=at))


MOVABLE = (FeedbackStatus.NEW, FeedbackStatus.ACKNOWLEDGED)
"""Before anybody has said what will be done about it, a report may turn out to be about another tool."""


def _move(feedback: Feedback, place: Place) -> None:
    if feedback.embedding_id != place.embedding_id:
        # Nobody there has read it; when it was filed and first answered stays as it was.
        feedback.status, feedback.acknowledged_at, feedback.unread_told_at = FeedbackStatus.NEW, None, None
    feedback.tool_id, feedback.version_id = place.tool_id, place.version_id
    feedback.embedding_id = place.embedding_id


def answer_to(session: Session, feedback_id: int) -> Filed:
    """What its reporter is answered about a report that was filed before."""
    feedback = reports.by_id(session, feedback_id)
    hearers = embeddings.data_scientists(session, feedback.embedding_id) if feedback.embedding_id else []
    return Filed(
        feedback.reference,
        tools.by_id(session, feedback.tool_id).name,
        feedback.kind,
        tuple(hearer.name for hearer in hearers),
        feedback.embedding_id is not None,
        _others(session, feedback),
        feedback.key,
        feedback.relayed_for or "",
        edited=feedback.edited_at is not None,
        restrictions=restrictions.on_tools(session, [feedback.tool_id]),
    )


def _others(session: Session, feedback: Feedback) -> tuple[tuple[int, str], ...]:
    own = reports.tools_at_hand(session, feedback.reporter_id)
    if feedback.status not in MOVABLE or reports.named_in(feedback.text, own):
        return ()
    return tuple((tool.key, tool.name) for tool in own if tool.key != feedback.tool_id)


def choose_tool(session: Session, feedback_id: int, tool_id: int, *, by: Caller, at: datetime) -> Filed:
    """Let a report be about another tool, by one tap; whatever else it says stays.

    The answer takes the place of the one that was tapped, so of something unsafe it says again what to do in danger.

    Raises:
        Refused: As `edit_report` does.
    """
    said = as_said(_own(session, feedback_id, by))
    edited = edit_report(session, feedback_id, replace(said, tool_id=tool_id), by=by, at=at)
    return edited.raising(edited.unsafe or unsafe.raised(session, edited.id))


@dataclass(frozen=True, slots=True)
class Kept:
    """What a reporter did with their report."""

    id: int
    reference: str
    unsafe: Raised | None = None
    """When people are called about it, now or before."""


def own_open(session: Session, feedback_id: int, *, by: Caller) -> Kept:
    """Somebody's own report to which something can be added.

    Raises:
        Refused: It is somebody else's, or it does not wait for an answer any more.
    """
    feedback = _own(session, feedback_id, by)
    _require_open(feedback)
    return Kept(feedback.key, feedback.reference)


def add_to_report(
    session: Session,
    feedback_id: int,
    text: str,
    links: tuple[str, ...],
    is_unsafe: bool = False,
    *,
    by: Caller,
    at: datetime,
) -> Kept:
    """Keep a few more words with somebody's own report; when they say that something is unsafe, people are called.

    Raises:
        Refused: It is somebody else's, it does not wait for an answer any more, or nothing was said.
    """
    if not text.strip() and not links:
        raise Refused("Say in a few words what there is to add.", field="text")
    feedback = _own(session, feedback_id, by, lock=True)
    _require_open(feedback)
    session.add(Addition(feedback_id=feedback.key, text=text.strip(), links=list(links) or None, said_at=at))
    session.flush()
    _record(session, feedback, "feedback_added_to", at, {"links": len(links)})
    raised = (unsafe.say_unsafe if is_unsafe else unsafe.follow)(session, feedback, at=at)
    _show_anew(session, feedback, feedback.embedding_id, at)
    return Kept(feedback.key, feedback.reference, raised)


def answer_question(
    session: Session, question_id: int, text: str, is_unsafe: bool = False, *, by: Caller, at: datetime
) -> Answered:
    """Keep what a reporter answers to a question about their report, as `asking_back.answer_question` does.

    When the answer says that something is unsafe, people are called: about the report, or about a new one where it was
    withdrawn.

    Raises:
        Refused: As `asking_back.answer_question` does.
    """
    asked = asking_back.to_answer(session, question_id, by=by)
    report = reports.by_id(session, asked.feedback_id)
    raised = None
    if is_unsafe and report.status is FeedbackStatus.WITHDRAWN:
        anew = Report(Kind.OTHER, text, report.tool_id, Impact.UNSAFE)
        raised = unsafe.file_report(session, anew, by=by, at=at).unsafe
    answered = asking_back.answer_question(session, question_id, text, by=by, at=at)
    session.refresh(report)  # it is held by now
    if report.status is FeedbackStatus.WITHDRAWN:
        if is_unsafe and raised is None:
            raise RunAgain
    else:
        raised = (unsafe.say_unsafe if is_unsafe else unsafe.follow)(session, report, at=at)
        _show_anew(session, report, report.embedding_id, at)
    return replace(answered, unsafe=raised)


def withdraw_report(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Kept:
    """Take somebody's own report back: nobody works on it any more, and what it said is kept.

    Nobody waits for an answer about it, and reports that went on in it go on by themselves.

    A second tap changes nothing.

    Raises:
        Refused: It is somebody else's, or it was answered already.
    """
    joined = duplicates.held_with(session, feedback_id)
    feedback = _own(session, feedback_id, by, lock=True)
    if feedback.status is FeedbackStatus.WITHDRAWN:
        return Kept(feedback.key, feedback.reference)
    _require_open(feedback)
    feedback.status, feedback.withdrawn_at = FeedbackStatus.WITHDRAWN, at
    session.add(feedback)
    _record(session, feedback, "feedback_withdrawn", at, {})
    unsafe.withdraw(session, feedback, at=at)
    asking_back.close(session, feedback, at=at)
    for other in joined:
        going_alone.go_alone(session, other, at=at)
        _show_anew(session, other, other.embedding_id, at)
    _show_anew(session, feedback, feedback.embedding_id, at)
    return Kept(feedback.key, feedback.reference)


def earlier(session: Session, feedback_id: int) -> list[EarlierReport]:
    """What a report said before, oldest first."""
    query = select(EarlierReport).where(EarlierReport.feedback_id == feedback_id).order_by(col(EarlierReport.id))
    return list(session.exec(query).all())


def _own(session: Session, feedback_id: int, by: Caller, *, lock: bool = False) -> Feedback:
    person = people.known(session, by)
    if lock:
        feedback: Feedback | None = reports.locked(session, feedback_id, person.workspace_id)
        session.refresh(feedback)
    else:
        feedback = session.get(Feedback, feedback_id)
    if feedback is None or feedback.reporter_id != person.id:
        raise Refused(NOT_YOURS)
    return feedback


NOT_YOURS = N_("That is not one of your reports. Type /model-feedback list to see yours.")
_TAKEN_BACK = N_("You have withdrawn {reference}, so it stays as it is. If it happens again, report it anew.")
_ANSWERED = N_(
    "{reference} has been answered, so it stays as it is. If there is more to say, report it anew and name {reference}."
)


_WORKED_ON = N_(
    "{reference} is being worked on, so it stays with its tool. Withdraw it and report it anew on the other one."
)


def _require_open(feedback: Feedback) -> None:
    if feedback.status is FeedbackStatus.WITHDRAWN:
        raise Refused(_TAKEN_BACK, reference=feedback.reference)
    if feedback.status not in OPEN:
        raise Refused(_ANSWERED, reference=feedback.reference)


def _record(session: Session, feedback: Feedback, kind: str, at: datetime, data: dict[str, object]) -> None:
    history.record(
        session,
        feedback.workspace_id,
        kind,
        "feedback",
        feedback.key,
        at=at,
        actor_id=feedback.reporter_id,
        data={"reference": feedback.reference, **data},
    )


def _show_anew(session: Session, feedback: Feedback, embedding_id: int | None, at: datetime) -> None:
    """Rewrite the messages of those who have heard of a report."""
    session.flush()
    if embedding_id is None:
        return
    for hearer in embeddings.data_scientists(session, embedding_id):
        key = f"feedback:{feedback.key}:filed:{hearer.key}"
        posted = deliveries.posted_for(session, feedback.workspace_id, key)
        if posted is not None:
            deliveries.rewrite(session, posted, MessageKind.FEEDBACK_FILED_CHANGED, at=at)


def is_theirs(session: Session, feedback_id: int, person_id: int | None) -> bool:
    """Whether somebody who was told of a report is still one of those whom it goes to."""
    embedding_id = reports.by_id(session, feedback_id).embedding_id
    if embedding_id is None:
        return False
    return any(hearer.key == person_id for hearer in embeddings.data_scientists(session, embedding_id))
