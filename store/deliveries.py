"""The outbox: what must go out to Slack, queued in the transaction of the act that caused it.

A delivery's life is `queued → sending → sent | failed | expired | skipped(reason)`, or `unknown` where the answer
was lost. A claim (token and lease, on the database's clock) comes first, `sending` is committed before the call,
and what comes back is settled only by whoever still holds the token.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, CursorResult, Index, UniqueConstraint, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, or_, select

from store.dialect import database_now, insert
from store.errors import RunAgain
from store.meanings import Meaning
from store.people import Person
from store.table import Table
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


class Status(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


ENDED = (Status.SENT, Status.FAILED, Status.EXPIRED, Status.SKIPPED, Status.UNKNOWN)


class Delivery(Table, table=True):
    """One message that must go out once, or one edit of a message that did."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("workspace_id", "dedupe_key"),
        Index(None, "status", "due_at"),
        Index(None, "edits_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
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
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int = 0
    claim_token: str | None = None
    lease_until: float | None = None
    """Seconds since 1970 on the database's clock."""
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def key(self) -> int:
        """The id of a row that is in the database."""
        assert self.id is not None  # noqa: S101 - rows that are read have one
        return self.id


class Message(Table, table=True):
    """What was posted where, so that it can be rewritten."""

    __tablename__ = "message"

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", unique=True)
    channel: str
    ts: str
    posted_at: datetime = Field(sa_type=Instant)


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
    queued = session.execute(
        insert(session, Delivery)
        .values(
            workspace_id=workspace_id,
            kind=kind,
            dedupe_key=dedupe_key,
            person_id=person_id,
            channel=channel,
            subject=subject,
            subject_id=subject_id,
            data=dict(data or {}),
            status=Status.QUEUED,
            due_at=due_at or at,
            expires_at=expires_at,
            attempts=0,
            created_at=at,
        )
        .on_conflict_do_nothing()
        .returning(col(Delivery.id))
    )
    return queued.scalar_one_or_none()


def rewrite(session: Session, posted: Delivery, kind: Kind, *, at: datetime) -> None:
    """Queue an edit of a message: it waits for its post, and the latest one wins.

    Raises:
        RunAgain: A concurrent unit queued an edit of the same message a moment ago.
    """
    session.execute(
        update(Delivery)
        .where(col(Delivery.edits_id) == posted.id, col(Delivery.status) == Status.QUEUED)
        .values(status=Status.SKIPPED, reason="a later edit took its place", ended_at=at)
    )
    earlier = session.exec(select(func.count()).select_from(Delivery).where(Delivery.edits_id == posted.id)).one()
    queued = session.execute(
        insert(session, Delivery)
        .values(
            workspace_id=posted.workspace_id,
            kind=kind,
            dedupe_key=f"{posted.dedupe_key}:edit:{earlier + 1}",
            person_id=posted.person_id,
            channel=posted.channel,
            edits_id=posted.id,
            subject=posted.subject,
            subject_id=posted.subject_id,
            data=posted.data,
            status=Status.QUEUED,
            due_at=at,
            attempts=0,
            created_at=at,
        )
        .on_conflict_do_nothing()
        .returning(col(Delivery.id))
    )
    if queued.first() is None:
        raise RunAgain


def posted_for(session: Session, workspace_id: int, dedupe_key: str) -> Delivery | None:
    """The delivery that was queued under a dedupe key, or None."""
    return session.exec(
        select(Delivery).where(Delivery.workspace_id == workspace_id, Delivery.dedupe_key == dedupe_key)
    ).first()


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that one sender holds for the length of its lease."""

    id: int
    workspace_id: int
    kind: Kind
    attempts: int
    expires_at: datetime | None
    conversation: str
    """Whom or where it is for: messages to one conversation keep their order."""
    token: str


def claim(session: Session, *, at: datetime, limit: int, lease: timedelta) -> list[Claimed]:
    """Take hold of deliveries that are due, oldest first, so that nobody else sends them meanwhile.

    An edit is taken only when its post has ended and no other edit of it is on its way. Rows that somebody else is
    claiming are passed over.
    """
    post = aliased(Delivery)
    now = database_now(session)
    free = or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) < now)
    ready = or_(
        col(Delivery.edits_id).is_(None),
        select(post.id).where(post.id == Delivery.edits_id, col(post.status).in_(ENDED)).exists(),
    )
    other = aliased(Delivery)
    overlapping = select(other.id).where(other.edits_id == Delivery.edits_id, other.status == Status.SENDING).exists()
    query = (
        select(Delivery)
        .where(Delivery.status == Status.QUEUED, Delivery.due_at <= at, free, ready, ~overlapping)
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = session.exec(query).all()
    if not due:
        return []
    token = uuid4().hex
    session.execute(
        update(Delivery)
        .where(col(Delivery.id).in_([row.key for row in due]))
        .values(claim_token=token, lease_until=now + lease.total_seconds())
    )
    return [_claimed(row, token) for row in due]


def _claimed(row: Delivery, token: str) -> Claimed:
    conversation = f"{row.workspace_id}:{row.channel or row.person_id}"
    return Claimed(row.key, row.workspace_id, row.kind, row.attempts, row.expires_at, conversation, token)


def begin_sending(session: Session, claimed: Claimed, *, lease: timedelta) -> bool:
    """Commit that the call is about to be made; from here on a lost answer is `unknown`, never sent again blindly.

    Returns:
        False when the claim was lost to somebody else.
    """
    now = database_now(session)
    return _changed(
        session,
        update(Delivery)
        .where(
            col(Delivery.id) == claimed.id,
            col(Delivery.claim_token) == claimed.token,
            col(Delivery.status) == Status.QUEUED,
            col(Delivery.lease_until) >= now,
        )
        .values(
            status=Status.SENDING,
            attempts=col(Delivery.attempts) + 1,
            lease_until=now + lease.total_seconds(),
        ),
    )


def settle_sent(session: Session, claimed: Claimed, channel: str, ts: str, *, at: datetime) -> bool:
    """Slack took it; remember where a post went. False when the claim was lost."""
    if not _settle(session, claimed, Status.SENT, None, at):
        return False
    delivery = session.get(Delivery, claimed.id)
    if delivery is not None and delivery.edits_id is None:
        session.add(Message(delivery_id=claimed.id, channel=channel, ts=ts, posted_at=at))
    return True


def settle_ended(
    session: Session, claimed: Claimed, status: Status, reason: str, meaning: Meaning | None = None, *, at: datetime
) -> bool:
    """It will not go out, or nobody knows whether it did; why stays on the row. False when the claim was lost."""
    return _settle(session, claimed, status, reason, at, meaning)


def settle_later(session: Session, claimed: Claimed, reason: str, *, due_at: datetime) -> bool:
    """Slack did not take it this time; it is due again at an instant. False when the claim was lost."""
    return _changed(
        session,
        _held(claimed).values(status=Status.QUEUED, reason=reason, due_at=due_at, claim_token=None, lease_until=None),
    )


def put_back(session: Session, claimed: Claimed, reason: str) -> bool:
    """Nothing can go out at present: it waits as if nobody had taken it up. False when the claim was lost."""
    return _changed(
        session,
        _held(claimed).values(
            status=Status.QUEUED, reason=reason, attempts=claimed.attempts, claim_token=None, lease_until=None
        ),
    )


def give_up_lapsed(session: Session, *, at: datetime) -> int:
    """Mark as `unknown` what was being sent by somebody whose lease ran out. Returns how many."""
    lapsed = session.execute(
        update(Delivery)
        .where(col(Delivery.status) == Status.SENDING, col(Delivery.lease_until) < database_now(session))
        .values(status=Status.UNKNOWN, reason="the answer was lost", claim_token=None, ended_at=at)
    )
    assert isinstance(lapsed, CursorResult)  # noqa: S101 - an UPDATE has a count
    return lapsed.rowcount


def by_id(session: Session, delivery_id: int) -> Delivery:
    """The delivery with our id; a missing one is a bug (LookupError)."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise LookupError(f"no delivery {delivery_id}")
    return delivery


def message_of(session: Session, delivery_id: int) -> Message | None:
    """What a delivery posted, or None when it has not."""
    return session.exec(select(Message).where(Message.delivery_id == delivery_id)).first()


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


def _settle(
    session: Session, claimed: Claimed, status: Status, reason: str | None, at: datetime, meaning: Meaning | None = None
) -> bool:
    ended = {"status": status, "reason": reason, "meaning": meaning, "ended_at": at}
    return _changed(session, _held(claimed).values(**ended, claim_token=None, lease_until=None))


def _held(claimed: Claimed) -> Any:
    return update(Delivery).where(
        col(Delivery.id) == claimed.id,
        col(Delivery.claim_token) == claimed.token,
        col(Delivery.status).in_((Status.QUEUED, Status.SENDING)),
    )


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE has a count
    return result.rowcount == 1
