"""What people say to the app in their direct messages: it asks back of which kind it is, once, and files it.

Nothing is lost if they never tap: an hour later it is filed as what its words say it is, and the question says so
beforehand. What they say meanwhile is added. Whoever only wanted to say hello taps that it is no report.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import JSON, Index, text, update
from sqlmodel import Field, Session, col, select

from store import deliveries, feedback, history, people, prepared, replies, report_edits, unsafe
from store.deliveries import Kind as MessageKind
from store.details import Words
from store.errors import N_, Refused
from store.feedback import KINDS_OFFERED, OPEN, Filed, Impact, Kind, Report
from store.people import Caller, Person
from store.policy import Policy
from store.replies import NO_PHOTOS, Became, Reply
from store.table import Keyed
from store.types import Instant, Word
from store.workspaces import Workspace

FILED_AFTER = timedelta(hours=1)
"""So long somebody can say of which kind it is; then it is filed as what its words say."""


class Unfiled(Keyed, table=True):
    """What somebody has said in direct messages, until it is filed or they say that it is no report."""

    __tablename__ = "unfiled_report"
    __table_args__ = (
        # Nobody is asked twice at the same time.
        Index(
            None,
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "ended_at", "files_at"),
    )

    workspace_id: int = Field(foreign_key="workspace.id")
    person_id: int = Field(foreign_key="person.id")
    text: str
    links: list[str] = Field(sa_type=JSON)
    kind: Kind = Field(sa_type=Word(Kind))
    """What the words say it is."""
    said_at: datetime = Field(sa_type=Instant)
    files_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    feedback_id: int | None = Field(default=None, foreign_key="feedback.id")
    """What it has become; None when it is no report."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said to the app, as Slack names the place."""

    channel: str
    thread_ts: str
    """Of the message in whose thread it was said, or nothing."""
    text: str
    kind: Kind
    """What the words say it is."""
    photos: tuple[str, ...] = ()
    """Slack's links to the photos in it."""
    unsafe: bool = False
    """Whether the words say that something is unsafe."""
    thanks: bool = False
    """Whether they only say thank you."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of it: the question that it waits in, the report that it was filed as or added to, or a reply."""

    unfiled_id: int | None
    feedback_id: int | None = None
    reply: Became | None = None


def hear(session: Session, said: Said, *, policy: Policy, by: Caller, at: datetime) -> Heard:
    """Keep what somebody says in direct messages, and ask of which kind it is, unless that was asked a moment ago.

    In the thread of a message of ours it goes to what that was about (`replies`); in that of a question of ours which
    was answered it is added to the report. What is unsafe is filed at once, or people are called about the report that
    it was added to. Thanks are nothing.

    Raises:
        Refused: We do not know them, they have no tool to report on, or of a photo alone no link may be kept.
    """
    person = people.known(session, by)
    links = said.photos if policy.photos_allowed else ()
    posted = deliveries.posted_at(session, person.key, said.channel, said.thread_ts) if said.thread_ts else None
    if posted is not None and posted.kind is not MessageKind.REPORT_QUESTION:
        words = Words(said.text, links, said.kind, said.unsafe)
        reply = Reply(words, said.thanks, photos_left_out=len(links) < len(said.photos))
        became = replies.hear_reply(session, posted, reply, by=by, at=at)
        if became is not None:
            return Heard(None, reply=became)
        if said.text.strip() and (reference := replies.about(session, posted)):
            said = replace(said, text=f"{reference}: {said.text}")
    if said.thanks and not said.unsafe:
        return Heard(None)
    if not said.text.strip() and not links:
        if said.photos:
            raise Refused(NO_PHOTOS)
        return Heard(None)
    if posted is not None and posted.kind is MessageKind.REPORT_QUESTION:
        about = session.get_one(Unfiled, posted.subject_id)
        if about.feedback_id is not None and _is_open(session, about.feedback_id):
            words = Words(said.text, links, said.kind, said.unsafe)
            replies.add(session, about.feedback_id, words, by=by, at=at)
            return Heard(about.key, about.feedback_id)
    if not feedback.tools_at_hand(session, person.key):
        raise Refused(feedback.NO_TOOL)
    unfiled_id = _keep(session, person, said, links, at)
    if not said.unsafe:
        return Heard(unfiled_id)
    unfiled = session.get_one(Unfiled, unfiled_id, populate_existing=True)
    return Heard(unfiled_id, _file(session, unfiled, unfiled.kind, by, at, Impact.UNSAFE).id)


def _is_open(session: Session, feedback_id: int) -> bool:
    return feedback.by_id(session, feedback_id).status in OPEN


def _keep(session: Session, person: Person, said: Said, links: Sequence[str], at: datetime) -> int:
    new = {
        "workspace_id": person.workspace_id,
        "person_id": person.key,
        "text": said.text,
        "links": list(links),
        "kind": said.kind,
        "said_at": at,
        "files_at": at + FILED_AFTER,
        "ended_at": None,
        "feedback_id": None,
    }
    while (made := prepared.add_new(session, Unfiled, new)) is None:
        waiting = session.exec(
            select(Unfiled).where(Unfiled.person_id == person.id, col(Unfiled.ended_at).is_(None)).with_for_update()
        ).first()
        if waiting is not None:
            _add(session, waiting, said, links, at)
            _record(session, person, "report_said", waiting.key, at)
            return waiting.key
    _record(session, person, "report_said", made, at)
    deliveries.queue(
        session,
        person.workspace_id,
        MessageKind.REPORT_QUESTION,
        _question(made),
        "unfiled_report",
        made,
        at=at,
        person_id=person.id,
    )
    return made


def _add(session: Session, waiting: Unfiled, said: Said, links: Sequence[str], at: datetime) -> None:
    waiting.text = "\n".join(part for part in (waiting.text, said.text) if part.strip())
    waiting.links = [*waiting.links, *links]
    if waiting.kind is Kind.OTHER:
        waiting.kind = said.kind
    session.add(waiting)
    session.flush()
    _show_anew(session, waiting, at)


def _record(session: Session, person: Person, kind: str, unfiled_id: int, at: datetime) -> None:
    history.record(session, person.workspace_id, kind, "unfiled_report", unfiled_id, at=at, actor_id=person.id)


def _question(unfiled_id: int) -> str:
    return f"unfiled_report:{unfiled_id}"


def _show_anew(session: Session, unfiled: Unfiled, at: datetime) -> None:
    posted = deliveries.posted_for(session, unfiled.workspace_id, _question(unfiled.key))
    if posted is not None:
        deliveries.rewrite(session, posted, MessageKind.REPORT_QUESTION_ANSWERED, at=at)


def file_said(session: Session, unfiled_id: int, kind: Kind, *, by: Caller, at: datetime) -> Heard:
    """File what somebody said as the kind that they tapped; a second tap changes nothing.

    Raises:
        Refused: Somebody else said it, they took it back, or `feedback.file_feedback` refuses it.
    """
    unfiled = _own(session, unfiled_id, by)
    if unfiled.feedback_id is not None:
        return Heard(unfiled.key, unfiled.feedback_id)
    if unfiled.ended_at is not None:
        raise Refused(_NO_REPORT)
    filed = _file(session, unfiled, kind, by, at)
    return Heard(unfiled.key, filed.id)


def no_report(session: Session, unfiled_id: int, *, by: Caller, at: datetime) -> Heard:
    """Forget what somebody said, because it is no report.

    Raises:
        Refused: Somebody else said it, or it was filed already.
    """
    unfiled = _own(session, unfiled_id, by)
    if unfiled.feedback_id is not None:
        reference = feedback.by_id(session, unfiled.feedback_id).reference
        raise Refused(
            "It was filed already, as {reference}. Type /model-feedback {reference} to withdraw it.",
            reference=reference,
        )
    if unfiled.ended_at is not None:
        return Heard(unfiled.key)
    unfiled.text, unfiled.links, unfiled.ended_at = "", [], at
    session.add(unfiled)
    session.flush()
    _record(session, people.known(session, by), "report_forgotten", unfiled.key, at)
    _show_anew(session, unfiled, at)
    return Heard(unfiled.key)


_NO_REPORT = N_("You said that this was no report, so it is gone. Say it again, and it is one.")
_NOT_YOURS = N_("Somebody else said that. Tell me what you saw, and it is your report.")


def _own(session: Session, unfiled_id: int, by: Caller) -> Unfiled:
    person = people.known(session, by)
    unfiled = session.exec(select(Unfiled).where(Unfiled.id == unfiled_id).with_for_update()).first()
    if unfiled is None or unfiled.person_id != person.id:
        raise Refused(_NOT_YOURS)
    return unfiled


def _file(
    session: Session, unfiled: Unfiled, kind: Kind, by: Caller, at: datetime, impact: Impact | None = None
) -> Filed:
    report = Report(kind, unfiled.text, impact=impact, links=tuple(unfiled.links))
    if not unfiled.text.strip():  # a photo says enough
        report = replace(report, text="\n".join(unfiled.links), links=())
    filed = unsafe.file_report(session, report, by=by, at=at)
    unfiled.ended_at, unfiled.feedback_id = at, filed.id
    session.add(unfiled)
    session.flush()
    _show_anew(session, unfiled, at)
    return filed


def left(session: Session, limit: int, *, at: datetime) -> Sequence[int]:
    """The ids of what nobody said a kind of in time, oldest first."""
    return [
        unfiled_id
        for unfiled_id in session.exec(
            select(Unfiled.id)
            .where(col(Unfiled.ended_at).is_(None), col(Unfiled.files_at) <= at)
            .order_by(col(Unfiled.id))
            .limit(limit)
        ).all()
        if unfiled_id is not None
    ]


def file_left(session: Session, unfiled_id: int, *, at: datetime) -> None:
    """File what nobody said a kind of in time as what its words say.

    Where its person cannot report any more, it is kept here and asked no more of.
    """
    unfiled = session.exec(select(Unfiled).where(Unfiled.id == unfiled_id).with_for_update()).one()
    if unfiled.ended_at is not None or unfiled.files_at > at:
        return
    try:
        _file(session, unfiled, unfiled.kind, _caller(session, unfiled), at)
    except Refused:
        session.execute(update(Unfiled).where(col(Unfiled.id) == unfiled_id).values(ended_at=at))


def _caller(session: Session, unfiled: Unfiled) -> Caller:
    workspace = session.get_one(Workspace, unfiled.workspace_id)
    person = people.by_id(session, unfiled.person_id)
    return Caller(workspace.enterprise_id, workspace.slack_id, person.slack_id)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about something that was said, or what became of it."""

    id: int
    text: str
    kinds: tuple[Kind, ...]
    likely: Kind
    """As which it is filed if nobody says anything else."""
    files_at: datetime
    zone: str
    open: bool
    filed: Filed | None = None
    """What it has become."""


def question(session: Session, unfiled_id: int) -> Question:
    """What is asked about something that was said; LookupError where there is no such thing."""
    unfiled = session.get(Unfiled, unfiled_id)
    if unfiled is None:
        raise LookupError(f"nothing unfiled {unfiled_id}")
    person = people.by_id(session, unfiled.person_id)
    own = feedback.tools_at_hand(session, person.key)
    return Question(
        id=unfiled.key,
        text=unfiled.text.strip() or "\n".join(unfiled.links),
        kinds=KINDS_OFFERED[(feedback.named_in(unfiled.text, own) or own[0]).type] if own else tuple(Kind)[:6],
        likely=unfiled.kind,
        files_at=unfiled.files_at,
        zone=person.zone,
        open=unfiled.ended_at is None,
        filed=_become(session, unfiled.feedback_id) if unfiled.feedback_id else None,
    )


def _become(session: Session, feedback_id: int) -> Filed:
    return report_edits.answer_to(session, feedback_id).raising(unsafe.raised(session, feedback_id))
