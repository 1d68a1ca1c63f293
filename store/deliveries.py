"""The outbox: what must go out to Slack, queued in the transaction of the act that caused it.

How a delivery goes out from here, and what becomes of it, is in `store.sending`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, bindparam, func, or_, text, update
from sqlmodel import Field, Session, col, select

from store import prepared
from store.errors import RunAgain
from store.meanings import Meaning
from store.people import Person
from store.table import Keyed, Table, index_where_there_is_one
from store.types import Instant, Word


class Kind(StrEnum):
    """The kinds of message. Each has a row in the table of messages that says how it is written."""

    EMBEDDING_PROPOSED = "embedding_proposed"
    EMBEDDING_PROPOSED_ANSWERED = "embedding_proposed_answered"
    EMBEDDING_PLANNED = "embedding_planned"
    EMBEDDING_DECLINED = "embedding_declined"
    EMBEDDING_BEGUN = "embedding_begun"
    PROMPT = "prompt"
    PROMPT_ANSWERED = "prompt_answered"
    PROMPT_CLOSED = "prompt_closed"
    PROMPT_REMINDER = "prompt_reminder"
    PROMPT_MUTED = "prompt_muted"
    PROMPT_ASKED_AGAIN = "prompt_asked_again"
    SINCE_LAST_ON = "since_last_on"
    PROMPT_NOT_ON_SHIFT = "prompt_not_on_shift"
    REPLY_NOT_KEPT = "reply_not_kept"
    REPLY_KEPT = "reply_kept"
    FEEDBACK_FILED = "feedback_filed"
    FEEDBACK_FILED_SEEN = "feedback_filed_seen"
    FEEDBACK_ACKNOWLEDGED = "feedback_acknowledged"
    CHANGE_TOLD = "change_told"
    CHANGE_IN_CHANNEL = "change_in_channel"
    VERDICT_ASKED = "verdict_asked"
    VERDICT_GIVEN = "verdict_given"
    REVIEW_OPENED = "review_opened"
    REVIEW_SIGNED = "review_signed"
    EMBEDDING_CLOSED = "embedding_closed"
    CARRIED_OVER_TO_OWNER = "carried_over_to_owner"
    CARRIED_OVER_TOLD = "carried_over_told"
    INVITE_ME = "invite_me"
    # Reporting
    FEEDBACK_FILED_CHANGED = "feedback_filed_changed"
    REPORT_QUESTION = "report_question"
    REPORT_QUESTION_ANSWERED = "report_question_answered"
    REPORT_BUTTON = "report_button"
    REPORT_BUTTON_PINNED = "report_button_pinned"
    # What is unsafe, and what a tool is not to be relied on for
    UNSAFE_CALLED = "unsafe_called"
    UNSAFE_CALLED_CHANGED = "unsafe_called_changed"
    UNSAFE_RAISED = "unsafe_raised"
    UNSAFE_TAKEN = "unsafe_taken"
    UNSAFE_UNSEEN = "unsafe_unseen"
    UNSAFE_NOBODY_LEFT = "unsafe_nobody_left"
    UNSAFE_WITHDRAWN = "unsafe_withdrawn"
    UNSAFE_NO_MORE = "unsafe_no_more"
    RESTRICTION_TOLD = "restriction_told"
    RESTRICTION_LIFTED = "restriction_lifted"
    RESTRICTION_ENDED = "restriction_ended"
    # Triage
    FEEDBACK_OUTCOME = "feedback_outcome"
    FEEDBACK_OUTCOME_CHANGED = "feedback_outcome_changed"
    FEEDBACK_QUESTION = "feedback_question"
    FEEDBACK_QUESTION_OVER = "feedback_question_over"
    FEEDBACK_QUESTION_ANSWERED = "feedback_question_answered"
    FEEDBACK_UNREAD = "feedback_unread"
    # Change notes, telling, asking, visits
    CHANGE_NEWS = "change_news"
    CHANGE_TAKEN_BACK = "change_taken_back"
    CHANGE_TAKEN_BACK_IN_CHANNEL = "change_taken_back_in_channel"
    CHANGES_CLOSE = "changes_close"
    NOTE_APPROVAL_ASKED = "note_approval_asked"
    NOTE_APPROVAL_SHOWN = "note_approval_shown"
    NOTE_APPROVED = "note_approved"
    NOTE_SENT_BACK = "note_sent_back"
    NOTE_WENT_LIVE = "note_went_live"
    VERDICT_ASKED_AGAIN = "verdict_asked_again"
    VERDICT_REMINDER = "verdict_reminder"
    VERDICT_CLOSED = "verdict_closed"
    LINK_CONTESTED = "link_contested"
    LINK_CONTESTED_SHOWN = "link_contested_shown"
    HAPPENED_AGAIN = "happened_again"
    VISIT_PROPOSED = "visit_proposed"
    VISIT_SHOWN = "visit_shown"
    VISIT_BOOKED = "visit_booked"


class Status(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


OUT = (Status.SENDING, Status.SENT, Status.UNKNOWN)
"""Of a message that somebody sees, or may: an edit waits for a post that is on its way."""


class Delivery(Keyed, table=True):
    """One message that must go out once, or one edit of a message that did."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("workspace_id", "dedupe_key"),
        Index(None, "workspace_id", "status", "due_at"),
        Index(None, "person_id", "due_at"),
        index_where_there_is_one("delivery", "edits_id"),
        # While posts wait for their turn, thousands of them perhaps, edits go out.
        Index(
            "ix_delivery_edits",
            "workspace_id",
            "status",
            "due_at",
            sqlite_where=text("edits_id IS NOT NULL"),
            postgresql_where=text("edits_id IS NOT NULL"),
        ),
        Index(None, "subject_id", "kind"),
        # It is claimed, called and settled within moments: on a page with room a claim leaves the indexes alone.
        {"postgresql_with": {"fillfactor": 50}},
    )

    workspace_id: int = Field(foreign_key="workspace.id")
    kind: Kind = Field(sa_type=Word(Kind))
    dedupe_key: str
    person_id: int | None = Field(default=None, foreign_key="person.id")
    channel: str | None = None
    """Where to, when it is not to a person."""
    edits_id: int | None = Field(default=None, foreign_key="delivery.id")
    """The delivery whose message this one rewrites."""
    subject: str
    subject_id: int
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    status: Status = Field(default=Status.QUEUED, sa_type=Word(Status))
    reason: str | None = None
    meaning: Meaning | None = Field(default=None, sa_type=Word(Meaning))
    """What the error that ended it means, where Slack gave one."""
    due_at: datetime = Field(sa_type=Instant)
    """When it is to go out; for an `unknown` when it is to be looked up."""
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int = 0
    attempted_at: datetime | None = Field(default=None, sa_type=Instant)
    """When the last call was about to be made."""
    looks: int = 0
    """How often Slack did not let us look for it, since its answer was lost."""
    claim_token: str | None = None
    lease_until: float | None = None
    """Seconds since 1970 on the database's clock."""
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Message(Table, table=True):
    """What was posted where, so that it can be rewritten."""

    __tablename__ = "message"

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", unique=True)
    channel: str
    ts: str
    posted_at: datetime = Field(sa_type=Instant)


_NEW: Mapping[str, Any] = {"status": Status.QUEUED, "attempts": 0, "looks": 0}
"""How a delivery begins, however it comes into the outbox."""


def queue(
    session: Session,
    workspace_id: int,
    kind: Kind,
    dedupe_key: str,
    subject: str,
    subject_id: int,
    *,
    at: datetime,
    person_id: int | None = None,
    channel: str | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> int | None:
    """Queue a message to a person or a channel, to go out when this transaction is committed and it is due.

    Args:
        session: The unit's session.
        workspace_id: Whose message it is.
        kind: What it says.
        dedupe_key: What it must go out only once for.
        subject: The concept it is about, such as `feedback`.
        subject_id: Which one.
        at: Now.
        person_id: To whom; or
        channel: where to.
        due_at: Not before; now when absent.
        expires_at: Not after; never when absent.
        data: What the message needs besides its subject; no free text.

    Returns:
        The delivery's id, or None when the same message was queued before.
    """
    return prepared.add_new(
        session,
        Delivery,
        {
            "workspace_id": workspace_id,
            "kind": kind,
            "dedupe_key": dedupe_key,
            "person_id": person_id,
            "channel": channel,
            "subject": subject,
            "subject_id": subject_id,
            "data": dict(data or {}),
            **_NEW,
            "due_at": due_at or at,
            "expires_at": expires_at,
            "created_at": at,
        },
    )


def queue_for_each(
    session: Session,
    workspace_id: int,
    kind: Kind,
    subject: str,
    subject_id: int,
    person_ids: Mapping[int, str],
    *,
    at: datetime,
) -> None:
    """Queue the same message to several people; who had it queued before does not get it again.

    Args:
        session: The unit's session.
        workspace_id: Whose message it is.
        kind: What it says.
        subject: The concept it is about, such as `feedback`.
        subject_id: Which one.
        person_ids: To whom, each with what it must go out only once for.
        at: Now.
    """
    for person_id, dedupe_key in person_ids.items():
        prepared.add_later(
            session,
            Delivery,
            {
                "workspace_id": workspace_id,
                "kind": kind,
                "dedupe_key": dedupe_key,
                "person_id": person_id,
                "subject": subject,
                "subject_id": subject_id,
                "data": {},
                **_NEW,
                "due_at": at,
                "created_at": at,
            },
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one person about something, for `queue_all`."""

    kind: Kind
    dedupe_key: str
    person_id: int
    subject: str
    subject_id: int
    due_at: datetime
    expires_at: datetime | None
    data: Mapping[str, Any] = field(default_factory=dict)


def queue_all(session: Session, workspace_id: int, letters: Sequence[Letter], *, at: datetime) -> dict[str, int]:
    """Queue many messages in a few statements; those that were queued before are left out.

    Returns:
        The ids of the deliveries that are new, by dedupe key.
    """
    rows = [
        {
            "workspace_id": workspace_id,
            "kind": one.kind,
            "dedupe_key": one.dedupe_key,
            "person_id": one.person_id,
            "subject": one.subject,
            "subject_id": one.subject_id,
            "data": dict(one.data),
            **_NEW,
            "due_at": one.due_at,
            "expires_at": one.expires_at,
            "created_at": at,
        }
        for one in letters
    ]
    return {row.dedupe_key: row.id for row in prepared.add_each_new(session, Delivery, rows, ("id", "dedupe_key"))}


def rewrite(session: Session, posted: Delivery, kind: Kind, *, at: datetime) -> None:
    """Queue an edit of a message: it waits for its post, and the latest one wins.

    Raises:
        RunAgain: A concurrent unit queued an edit of the same message a moment ago.
    """
    prepared.run(session, _SKIP_EDITS, {"posted": posted.id, "ended": at})
    earlier = prepared.scalar(session, _COUNT_EDITS, {"posted": posted.id})
    if queue_after(session, posted, kind, f"{posted.dedupe_key}:edit:{earlier + 1}", at=at) is None:
        raise RunAgain


def queue_after(session: Session, posted: Delivery, kind: Kind, dedupe_key: str, *, at: datetime) -> int | None:
    """Queue what is to be done to a message once it is out; returns its id, or None when it was queued before."""
    follows = {
        "workspace_id": posted.workspace_id,
        "kind": kind,
        "dedupe_key": dedupe_key,
        "person_id": posted.person_id,
        "channel": posted.channel,
        "edits_id": posted.id,
        "subject": posted.subject,
        "subject_id": posted.subject_id,
        "data": posted.data,
        **_NEW,
        "due_at": at,
        "created_at": at,
    }
    return prepared.add_new(session, Delivery, follows)


_SKIP_EDITS = (
    update(Delivery)
    .where(col(Delivery.edits_id) == bindparam("posted"), col(Delivery.status) == Status.QUEUED)
    .values(status=Status.SKIPPED, reason="a later edit took its place", ended_at=bindparam("ended"))
)
_COUNT_EDITS = select(func.count()).select_from(Delivery).where(Delivery.edits_id == bindparam("posted"))


def posted_for(session: Session, workspace_id: int, dedupe_key: str) -> Delivery | None:
    """The delivery that was queued under a dedupe key, or None."""
    return session.exec(
        select(Delivery).where(Delivery.workspace_id == workspace_id, Delivery.dedupe_key == dedupe_key)
    ).first()


def posts_about(session: Session, kinds: tuple[Kind, ...], subject_id: int) -> Sequence[Delivery]:
    """The posts of some kinds about a subject that are out, or may be, oldest first."""
    return session.exec(
        select(Delivery)
        .where(
            col(Delivery.kind).in_(kinds),
            Delivery.subject_id == subject_id,
            col(Delivery.edits_id).is_(None),
            col(Delivery.status).in_((Status.SENDING, Status.SENT, Status.UNKNOWN)),
        )
        .order_by(col(Delivery.id))
    ).all()


def call_off(session: Session, kinds: tuple[Kind, ...], subject_ids: list[int], reason: str, at: datetime) -> None:
    """Skip what is still queued of some kinds about some subjects."""
    session.execute(
        update(Delivery)
        .where(
            col(Delivery.kind).in_(kinds),
            col(Delivery.subject_id).in_(subject_ids),
            col(Delivery.status) == Status.QUEUED,
        )
        .values(status=Status.SKIPPED, reason=reason, ended_at=at)
    )


def queue_anew(session: Session, kind: Kind, subject_id: int, *, due_at: datetime, expires_at: datetime | None) -> None:
    """Queue again, for other times perhaps, what was called off of a kind about a subject; not what was tried."""
    values = {"of_kind": kind, "about": subject_id, "due": due_at, "expires": expires_at}
    prepared.run(session, _QUEUE_ANEW, values)


_QUEUE_ANEW = (
    update(Delivery)
    .where(
        col(Delivery.kind) == bindparam("of_kind"),
        col(Delivery.subject_id) == bindparam("about"),
        or_(col(Delivery.status) == Status.QUEUED, col(Delivery.status) == Status.SKIPPED),
        col(Delivery.attempts) == 0,
        col(Delivery.edits_id).is_(None),
    )
    .values(status=Status.QUEUED, reason=None, ended_at=None, due_at=bindparam("due"), expires_at=bindparam("expires"))
)


def about(session: Session, kind: Kind, subject_ids: Sequence[int]) -> dict[int, Delivery]:
    """The messages of a kind, without their edits, about some subjects of which each has one at most."""
    rows = session.exec(
        select(Delivery).where(
            Delivery.kind == kind, col(Delivery.subject_id).in_(subject_ids), col(Delivery.edits_id).is_(None)
        )
    ).all()
    return {row.subject_id: row for row in rows}


def by_id(session: Session, delivery_id: int) -> Delivery:
    """The delivery with our id; a missing one is a bug (LookupError)."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise LookupError(f"no delivery {delivery_id}")
    return delivery


def posted_at(session: Session, person_id: int, channel: str, ts: str) -> Delivery | None:
    """The delivery to somebody whose message stands there, as Slack names the place, or None."""
    return session.exec(
        select(Delivery)
        .join(Message, col(Message.delivery_id) == col(Delivery.id))
        .where(Delivery.person_id == person_id, Message.channel == channel, Message.ts == ts)
    ).first()


def message_of(session: Session, delivery_id: int) -> Message | None:
    """What a delivery posted, or None when it has not."""
    return session.exec(select(Message).where(Message.delivery_id == delivery_id)).first()


def gathered(session: Session, delivery_ids: Sequence[int]) -> list[Any]:
    """Some deliveries with whom they go to, by one question: as long as they are held, nobody asks for each again."""
    return list(
        session.exec(
            select(Delivery, Person)
            .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
            .where(col(Delivery.id).in_(delivery_ids))
        ).all()
    )


@dataclass(frozen=True, slots=True)
class Addressed:
    """A delivery with everything that is needed to write it out and to address it."""

    delivery: Delivery
    target: str
    """A Slack user or channel id; for an edit the channel of the message."""
    locale: str
    reachable: bool
    ts: str | None
    """The message to rewrite, for an edit."""


def addressed(session: Session, delivery_id: int) -> Addressed:
    """A delivery, and whom or where it goes to as Slack names them."""
    delivery = by_id(session, delivery_id)
    person = session.get(Person, delivery.person_id) if delivery.person_id else None
    message = message_of(session, delivery.edits_id) if delivery.edits_id else None
    place = message.channel if message else delivery.channel
    return Addressed(
        delivery=delivery,
        target=place or (person.slack_id if person else ""),
        locale=person.locale if person else "en-US",
        reachable=person.active if person else True,
        ts=message.ts if message else None,
    )
