"""Sending: how a delivery is claimed, begun, settled, and what becomes of it when the answer was lost.

A delivery's life is `queued → sending → sent | failed | expired | skipped(reason)`, or `unknown` where the answer was
lost. A claim (token and lease, on the database's clock) comes first, `sending` is committed before the call, and what
comes back is settled only by whoever still holds the token. An `unknown` that has not ended waits to be looked up; one
that has ended is what nobody could find out.

Everything here works on many deliveries at once: a shift change is thousands of messages, and a commit costs a sync.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Executable,
    Float,
    Integer,
    Row,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    update,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from store import prepared
from store.deliveries import Delivery, Kind, Message, Status
from store.dialect import among, changed, database_now, now_on, one_of_selected, without_waiting_for_the_disk
from store.meanings import Meaning
from store.people import Person
from store.workspaces import Workspace

WAITING: ColumnElement[str] = literal_column("'queued'")
"""A literal, so that a database that plans before it knows the parameters still sees which rows are meant."""
CALLED: ColumnElement[str] = literal_column("'sending'")
LOST: ColumnElement[str] = literal_column("'unknown'")

_TABLE: Table = Delivery.__table__  # type: ignore[attr-defined] # SQLModel gives every table class one
_ROW = _TABLE.c
_WORKSPACE = Workspace.__table__.c  # type: ignore[attr-defined] # the same
_PERSON = Person.__table__.c  # type: ignore[attr-defined] # the same


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that one sender holds for the length of its lease."""

    id: int
    workspace_id: int
    kind: Kind
    attempts: int
    expires_at: datetime | None
    person_id: int | None
    channel: str | None
    is_edit: bool
    token: str

    @property
    def conversation(self) -> "Conversation":
        """Whom or where it is for: messages to one conversation keep their order."""
        return self.person_id if self.channel is None else self.channel


Conversation = int | str | None
"""A person's id or a channel."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A delivery whose answer was lost, with what it takes to look it up."""

    id: int
    kind: Kind
    is_edit: bool
    attempted_at: datetime
    looks: int
    """How often it was looked for in vain because Slack did not answer."""
    user: str | None
    """The Slack id of the person it was for."""
    channel: str | None
    """Where it went, as far as that is known."""

    @property
    def conversation(self) -> str:
        """Those of one conversation are looked up by one call."""
        return self.channel or self.user or ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed delivery.

    Args:
        claimed: Which.
        status: Where it stands now; `queued` with a `due_at` is one that is tried again.
        reason: Why, for all but `sent`.
        due_at: When it is tried again, or when an `unknown` is looked up; None for one that has ended.
        channel: For `sent`: where the message is.
        ts: For `sent`: its timestamp.
        meaning: What the error behind it means, where Slack gave one.
        is_counted: Whether the attempt counts; not where Slack took no call at all.
        expires_at: When it is too late for it from now on, where that is another time.
    """

    claimed: Claimed
    status: Status
    reason: str | None = None
    due_at: datetime | None = None
    channel: str = ""
    ts: str = ""
    meaning: Meaning | None = None
    is_counted: bool = True
    expires_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more becomes of it by itself."""
        return self.status is not Status.QUEUED and not (self.status is Status.UNKNOWN and self.due_at)


def with_work(session: Session, workspace_ids: Collection[int], *, at: datetime) -> list[int]:
    """Of some workspaces those in which something is to be sent, given up or looked up."""
    values = {"workspace_ids": list(workspace_ids), "at": at}
    return prepared.scalars(session, _looking(prepared.dialect_of(session)), values)


@cache
def _looking(dialect: str) -> Executable:
    mine = _ROW.workspace_id == _WORKSPACE.id
    at = bindparam("at", type_=_ROW.due_at.type)
    due = exists().where(mine, _ROW.status == WAITING, _ROW.due_at <= at)
    lapsed = exists().where(mine, _ROW.status == CALLED, _ROW.lease_until < now_on(dialect))
    lost = exists().where(mine, _ROW.status == LOST, _ROW.due_at <= at, _ROW.ended_at.is_(None))
    return (
        select(_WORKSPACE.id)
        .where(among(dialect, _WORKSPACE.id, "workspace_ids"), or_(due, lapsed, lost))
        .order_by(_WORKSPACE.id)
    )


def claim(
    session: Session,
    workspace_id: int,
    *,
    at: datetime,
    limit: int,
    lease: timedelta,
    without: Collection[Conversation] = (),
    posts: bool = True,
    edits: bool = True,
) -> list[Claimed]:
    """Take hold of deliveries that are due, oldest first, so that nobody else sends them meanwhile.

    An edit is taken only when its post has ended and no other edit of it is on its way. Rows that somebody else is
    claiming are passed over.

    Args:
        session: The unit's session.
        workspace_id: Whose deliveries.
        at: Now.
        limit: How many at most.
        lease: How long the claim holds, on the database's clock.
        without: Conversations that are to wait.
        posts: Whether posts are taken.
        edits: Whether edits are taken.
    """
    people = [one for one in without if isinstance(one, int)]
    channels = [one for one in without if isinstance(one, str)]
    claiming = _claiming(
        prepared.dialect_of(session), limit, posts=posts, edits=edits, people=bool(people), channels=bool(channels)
    )
    token = uuid4().hex
    values = {
        "workspace": workspace_id,
        "at": at,
        "token": token,
        "lease": lease.total_seconds(),
        **({"people": people} if people else {}),
        **({"channels": channels} if channels else {}),
    }
    rows = prepared.rows(session, claiming, values)
    return [_claimed(row, token) for row in sorted(rows, key=lambda row: (row.due_at, row.id))]


@cache
def _claiming(dialect: str, most: int, *, posts: bool, edits: bool, people: bool, channels: bool) -> Executable:
    now = now_on(dialect)
    wanted = [
        _ROW.workspace_id == bindparam("workspace"),
        _ROW.status == WAITING,
        _ROW.due_at <= bindparam("at"),
        or_(_ROW.lease_until.is_(None), _ROW.lease_until < now),
        _may_go(),
    ]
    if people:
        wanted.append(or_(_ROW.person_id.is_(None), ~among(dialect, _ROW.person_id, "people")))
    if channels:
        wanted.append(or_(_ROW.channel.is_(None), ~among(dialect, _ROW.channel, "channels")))
    if not posts:
        wanted.append(_ROW.edits_id.is_not(None))
    if not edits:
        wanted.append(_ROW.edits_id.is_(None))
    oldest = (
        select(_ROW.id)
        .where(*wanted)
        .order_by(_ROW.due_at, _ROW.id)
        # Written out: of a limit that it does not know PostgreSQL thinks so badly that it plans anew each time.
        .limit(literal_column(str(most), Integer))
        .with_for_update(skip_locked=True)
        .correlate(None)
    )
    claiming = (
        update(_TABLE)
        .where(one_of_selected(dialect, _ROW.id, oldest))
        .values(claim_token=bindparam("token"), lease_until=now + bindparam("lease", type_=Float))
        .returning(
            _ROW.id,
            _ROW.workspace_id,
            _ROW.kind,
            _ROW.attempts,
            _ROW.expires_at,
            _ROW.person_id,
            _ROW.channel,
            _ROW.edits_id,
            _ROW.due_at,
        )
    )
    # A claim that a crash of the server takes back is as good as one whose lease ran out: nobody can begin with it.
    return without_waiting_for_the_disk(dialect, claiming)


def _claimed(row: Row[Any], token: str) -> Claimed:
    return Claimed(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=row.kind,
        attempts=row.attempts,
        expires_at=row.expires_at,
        person_id=row.person_id,
        channel=row.channel,
        is_edit=row.edits_id is not None,
        token=token,
    )


def _may_go() -> ColumnElement[bool]:
    """A post always; an edit when its message is out or never will be, and no other edit of it is on its way."""
    post, other = _TABLE.alias().c, _TABLE.alias().c
    post_has_ended = select(post.id).where(post.id == _ROW.edits_id, post.ended_at.is_not(None)).exists()
    on_its_way = or_(other.status == CALLED, and_(other.status == LOST, other.ended_at.is_(None)))
    overlapping = select(other.id).where(other.edits_id == _ROW.edits_id, on_its_way).exists()
    return or_(_ROW.edits_id.is_(None), and_(post_has_ended, ~overlapping))


def begin_calls(session: Session, claimed: Sequence[Claimed], *, lease: timedelta, at: datetime) -> frozenset[int]:
    """Commit that some calls are about to be made; from here on a lost answer is `unknown`.

    Returns:
        The ids of those that were still held; the others were lost to somebody else, or called off.
    """
    beginning = _beginning(prepared.dialect_of(session))
    begun: set[int] = set()
    for token, ids in _by_token(claimed):
        values = {"ids": ids, "token": token, "at": at, "lease": lease.total_seconds()}
        begun.update(prepared.scalars(session, beginning, values))
    return frozenset(begun)


@cache
def _beginning(dialect: str) -> Executable:
    now = now_on(dialect)
    return (
        update(_TABLE)
        .where(_held_claims(dialect), _ROW.lease_until >= now)
        .values(
            status=Status.SENDING,
            attempts=_ROW.attempts + 1,
            attempted_at=bindparam("at"),
            lease_until=now + bindparam("lease", type_=Float),
        )
        .returning(_ROW.id)
    )


def give_back_claims(session: Session, claimed: Sequence[Claimed]) -> None:
    """Let go of claims that are not needed now, so that whoever comes next need not wait for their lease."""
    giving_back = _giving_back(prepared.dialect_of(session))
    for token, ids in _by_token(claimed):
        prepared.run(session, giving_back, {"ids": ids, "token": token})


@cache
def _giving_back(dialect: str) -> Executable:
    return update(_TABLE).where(_held_claims(dialect)).values(claim_token=None, lease_until=None)


def _held_claims(dialect: str) -> ColumnElement[bool]:
    return and_(among(dialect, _ROW.id, "ids"), _ROW.claim_token == bindparam("token"), _ROW.status == WAITING)


def _by_token(claimed: Sequence[Claimed]) -> list[tuple[str, list[int]]]:
    ids: dict[str, list[int]] = defaultdict(list)
    for one in claimed:
        ids[one.token].append(one.id)
    return list(ids.items())


def begin_round(
    session: Session,
    *,
    begin: Sequence[Claimed],
    settle: Sequence[Settled],
    give_back: Sequence[Claimed],
    lease: timedelta,
    at: datetime,
) -> frozenset[int]:
    """One commit for all that is decided before some calls are made. Returns the ids that may be called."""
    give_back_claims(session, give_back)
    settle_results(session, settle, at=at)
    return begin_calls(session, begin, lease=lease, at=at)


def settle_results(session: Session, results: Sequence[Settled], *, at: datetime) -> frozenset[int]:
    """Write down what became of some deliveries, and where the posts among them are.

    Returns:
        The ids of those that were still held; what somebody else has taken meanwhile stays as they left it.
    """
    settling = _settling(prepared.dialect_of(session))
    held: set[int] = set()
    for fate, ids in _by_fate(results):
        values = {
            "ids": ids,
            "token": fate.token,
            "status": fate.status,
            "reason": fate.reason,
            "meaning": fate.meaning,
            "due_at": fate.due_at,
            "expires_at": fate.expires_at,
            "attempts": fate.attempts,
            "ended_at": at if fate.has_ended else None,
        }
        held.update(prepared.scalars(session, settling, values))
    _remember_posts(
        session, [result for result in results if result.status is Status.SENT and result.claimed.id in held], at
    )
    return frozenset(held)


class _Fate(NamedTuple):
    """What some deliveries have in common that are settled by one statement."""

    token: str
    status: Status
    reason: str | None
    meaning: Meaning | None
    due_at: datetime | None
    expires_at: datetime | None
    attempts: int | None
    """What they are set back to, where the attempt does not count."""
    has_ended: bool


def _by_fate(results: Sequence[Settled]) -> list[tuple[_Fate, list[int]]]:
    ids: dict[_Fate, list[int]] = defaultdict(list)
    for result in results:
        attempts = None if result.is_counted else result.claimed.attempts
        fate = _Fate(
            result.claimed.token,
            result.status,
            result.reason,
            result.meaning,
            result.due_at,
            result.expires_at,
            attempts,
            result.has_ended,
        )
        ids[fate].append(result.claimed.id)
    return list(ids.items())


@cache
def _settling(dialect: str) -> Executable:
    return (
        update(_TABLE)
        .where(
            among(dialect, _ROW.id, "ids"),
            _ROW.claim_token == bindparam("token"),
            or_(_ROW.status == Status.QUEUED, _ROW.status == Status.SENDING),
        )
        .values(
            status=bindparam("status"),
            reason=bindparam("reason"),
            meaning=bindparam("meaning"),
            due_at=func.coalesce(bindparam("due_at", type_=_ROW.due_at.type), _ROW.due_at),
            expires_at=func.coalesce(bindparam("expires_at", type_=_ROW.expires_at.type), _ROW.expires_at),
            attempts=func.coalesce(bindparam("attempts", type_=_ROW.attempts.type), _ROW.attempts),
            ended_at=bindparam("ended_at"),
            claim_token=None,
            lease_until=None,
        )
        .returning(_ROW.id)
    )


def _remember_posts(session: Session, sent: Sequence[Settled], at: datetime) -> None:
    posts = [result for result in sent if not result.claimed.is_edit]
    if not posts:
        return
    _keep_messages(session, [(result.claimed.id, result.channel, result.ts) for result in posts], at)
    direct: dict[int | None, str] = {result.claimed.person_id: result.channel for result in posts}
    _keep_direct_channels(session, direct)


def _keep_messages(session: Session, posts: Sequence[tuple[int, str, str]], at: datetime) -> None:
    rows = [{"delivery_id": which, "channel": channel, "ts": ts, "posted_at": at} for which, channel, ts in posts]
    prepared.add_all_new(session, Message, rows)


def _keep_direct_channels(session: Session, channels: Mapping[int | None, str]) -> None:
    """Keep where somebody's direct messages are, learned from the answer to a post."""
    people = [person_id for person_id in channels if person_id is not None]
    strangers = prepared.scalars(session, _strangers(prepared.dialect_of(session)), {"people": people})
    for person_id in strangers:
        session.execute(
            update(Person)
            .where(col(Person.id) == person_id)
            .values(direct_channel=channels[person_id])
            .execution_options(synchronize_session=False)
        )


@cache
def _strangers(dialect: str) -> Executable:
    return select(_PERSON.id).where(among(dialect, _PERSON.id, "people"), _PERSON.direct_channel.is_(None))


def give_up_lapsed(session: Session, workspace_id: int, *, look_at: datetime) -> int:
    """Mark as `unknown` what was being sent by somebody whose lease ran out, to be looked up at an instant.

    Returns:
        How many.
    """
    return changed(
        session,
        update(Delivery)
        .where(
            col(Delivery.workspace_id) == workspace_id,
            col(Delivery.status) == Status.SENDING,
            col(Delivery.lease_until) < database_now(session),
        )
        .values(
            status=Status.UNKNOWN, reason="the answer was lost", claim_token=None, lease_until=None, due_at=look_at
        ),
    )


# What was lost


def lost(session: Session, workspace_id: int, *, at: datetime, limit: int) -> list[Lost]:
    """What is to be looked up now, oldest first."""
    post = aliased(Message)
    rows = session.execute(
        select(Delivery, Person.slack_id, Person.direct_channel, post.channel)
        .outerjoin(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(post, col(post.delivery_id) == col(Delivery.edits_id))
        .where(
            Delivery.workspace_id == workspace_id,
            Delivery.status == Status.UNKNOWN,
            Delivery.due_at <= at,
            col(Delivery.ended_at).is_(None),
        )
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(limit)
    ).all()
    return [_lost(*row) for row in rows]


def _lost(delivery: Delivery, user: str | None, direct: str | None, posted_in: str | None) -> Lost:
    return Lost(
        id=delivery.key,
        kind=delivery.kind,
        is_edit=delivery.edits_id is not None,
        attempted_at=delivery.attempted_at or delivery.created_at,
        looks=delivery.looks,
        user=user,
        channel=posted_in or delivery.channel or direct,
    )


def found(session: Session, posts: Mapping[int, tuple[str, str]], *, at: datetime) -> int:
    """What was lost is in its conversation after all: by delivery id the channel and the timestamp.

    Returns:
        How many were still waited for.
    """
    waiting = session.execute(select(col(Delivery.id)).where(_still_lost(posts)).with_for_update()).scalars().all()
    if waiting:
        session.execute(
            update(Delivery)
            .where(col(Delivery.id).in_(waiting))
            .values(status=Status.SENT, reason=None, ended_at=at)
            .execution_options(synchronize_session=False)
        )
        _keep_messages(session, [(which, *posts[which]) for which in waiting], at)
    return len(waiting)


def send_again(session: Session, delivery_ids: Collection[int], *, at: datetime) -> int:
    """What was lost surely did not arrive, or may be repeated: it is due again, unless a later edit took its place.

    Returns:
        How many go out again.
    """
    later = aliased(Delivery)
    overtaken = select(later.id).where(later.edits_id == Delivery.edits_id, col(later.id) > col(Delivery.id)).exists()
    changed(
        session,
        update(Delivery)
        .where(_still_lost(delivery_ids), col(Delivery.edits_id).is_not(None), overtaken)
        .values(status=Status.SKIPPED, reason="a later edit took its place", ended_at=at),
    )
    return changed(
        session, update(Delivery).where(_still_lost(delivery_ids)).values(status=Status.QUEUED, due_at=at, looks=0)
    )


def leave(session: Session, delivery_ids: Collection[int], status: Status, reason: str, *, at: datetime) -> int:
    """What was lost stays as it is: it ends with a status and a reason. Returns how many."""
    return changed(
        session,
        update(Delivery).where(_still_lost(delivery_ids)).values(status=status, reason=reason, ended_at=at),
    )


def look_later(session: Session, delivery_ids: Collection[int], *, due_at: datetime) -> None:
    """Slack did not let us look this time."""
    changed(
        session,
        update(Delivery).where(_still_lost(delivery_ids)).values(due_at=due_at, looks=col(Delivery.looks) + 1),
    )


def _still_lost(delivery_ids: Collection[int]) -> ColumnElement[bool]:
    return and_(
        col(Delivery.id).in_(delivery_ids),
        col(Delivery.status) == Status.UNKNOWN,
        col(Delivery.ended_at).is_(None),
    )
