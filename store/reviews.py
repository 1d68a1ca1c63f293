"""Reviews: the frozen packet at the end of an embedding, its sign-offs and its outcome."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, Session, col, select

from store import (
    access,
    deliveries,
    duplicates,
    embeddings,
    handovers,
    history,
    packets,
    people,
    prompts,
    teams,
    terms,
)
from store.access import Act, Role
from store.deliveries import Kind
from store.embeddings import ASKING, Embedding, EmbeddingStatus
from store.errors import Refused
from store.feedback import OPEN, OWES_NOTHING, Feedback, FeedbackStatus
from store.not_now import Reason
from store.people import Caller, Person
from store.policy import Policy
from store.table import Keyed, Table
from store.teams import Team
from store.tools import Tool
from store.types import Instant, Word


class Outcome(StrEnum):
    """What a sponsor wants to become of the tool after the term."""

    KEEP = "keep"
    KEEP_IMPROVING = "keep_improving"
    RETIRE = "retire"


class Review(Keyed, table=True):
    """The frozen packet of an embedding: its canonical JSON, and the SHA-256 of those bytes."""

    __tablename__ = "review"
    __table_args__ = (Index(None, "kept_at"),)

    embedding_id: int = Field(foreign_key="embedding.id", unique=True)
    packet: str
    sha256: str
    opened_at: datetime = Field(sa_type=Instant)
    outcome: Outcome | None = Field(default=None, sa_type=Word(Outcome))
    """Set when both have signed and want the same."""
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    kept_at: datetime | None = Field(default=None, sa_type=Instant)
    """When the packet was written to where people open it."""


class SignOff(Table, table=True):
    """A sponsor signed the packet with this hash."""

    __tablename__ = "sign_off"
    __table_args__ = (UniqueConstraint("review_id", "part"),)

    id: int | None = Field(default=None, primary_key=True)
    review_id: int = Field(foreign_key="review.id")
    part: Role = Field(sa_type=Word(Role))
    person_id: int = Field(foreign_key="person.id")
    outcome: Outcome = Field(sa_type=Word(Outcome))
    sha256: str
    signed_at: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Signed:
    """A sponsor's signature is kept."""

    reference: str
    closed: bool
    waiting_for: tuple[str, ...]


def due(session: Session, *, policy: Policy, at: datetime) -> list[int]:
    """The ids of the embeddings whose last day has come, where they take place, and whose review is not open yet."""
    rows = session.exec(
        select(Embedding, Team)
        .join(Team, col(Team.id) == col(Embedding.team_id))
        .where(col(Embedding.status).in_(ASKING), Embedding.last_day <= terms.latest_day(at))
        .order_by(col(Embedding.id))
    ).all()
    return [embedding.key for embedding, team in rows if at >= terms.review_opens_at(embedding, team, policy)]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A packet as it was frozen."""

    review_id: int
    reference: str
    packet: str
    sha256: str


def to_keep(session: Session) -> list[Frozen]:
    """The frozen packets that are not yet where people open them."""
    rows = session.exec(
        select(Review, Embedding)
        .join(Embedding, col(Embedding.id) == col(Review.embedding_id))
        .where(col(Review.kept_at).is_(None))
        .order_by(col(Review.id))
    ).all()
    return [Frozen(row.key, embedding.reference, row.packet, row.sha256) for row, embedding in rows]


def mark_kept(session: Session, review_id: int, *, at: datetime) -> None:
    """Remember that a packet was kept."""
    by_id(session, review_id).kept_at = at


def open_review(session: Session, embedding_id: int, compiled: packets.Compiled, *, at: datetime) -> str | None:
    """Freeze a packet on an embedding's last day: prompts stop and the sponsors are asked to sign.

    Returns:
        The packet's SHA-256, or None when the embedding is not active any more or something happened since the
        packet was compiled: then it is to be compiled again.
    """
    embedding = session.exec(select(Embedding).where(Embedding.id == embedding_id).with_for_update()).one()
    if embedding.status not in (EmbeddingStatus.ACTIVE, EmbeddingStatus.PAUSED):
        return None
    if history.newest(session, embedding.workspace_id) != compiled.newest_event:
        return None
    prompts.stop(session, embedding.key, Reason.EMBEDDING_ENDED, at=at)
    embedding.status = EmbeddingStatus.IN_REVIEW
    session.add(embedding)
    review = Review(
        embedding_id=embedding.key, packet=compiled.packet, sha256=packets.digest(compiled.packet), opened_at=at
    )
    session.add(review)
    session.flush()
    history.record(
        session,
        embedding.workspace_id,
        "review_opened",
        "review",
        review.key,
        at=at,
        data={"sha256": review.sha256},
    )
    told = [person.key for person in embeddings.sponsors(session, embedding.key).values()]
    told += [person.key for person, _ in embeddings.asked_to_agree(session, embedding.key)]
    told += [hearer.key for hearer in embeddings.data_scientists(session, embedding.key)]
    for person_id in dict.fromkeys(told):
        deliveries.queue(
            session,
            embedding.workspace_id,
            Kind.REVIEW_OPENED,
            f"review:{review.key}:opened:{person_id}",
            "review",
            review.key,
            at=at,
            person_id=person_id,
        )
    return review.sha256


def sign_review(session: Session, review_id: int, outcome: Outcome, *, by: Caller, at: datetime) -> Signed:
    """Sign a review as one of its sponsors; the second signature closes the embedding.

    Signing twice changes nothing.

    Raises:
        Refused: The person is not one of the embedding's sponsors, or signed it with another outcome before.
    """
    person = people.known(session, by)
    review = session.get(Review, review_id)
    if review is None:
        raise Refused("That review is not here any more.")
    # The embedding's row owns the state of its review, too.
    embedding = embeddings.locked(session, review.embedding_id, person.workspace_id)
    sponsors = embeddings.sponsors(session, embedding.key)
    part = next((role for role, sponsor in sponsors.items() if sponsor.id == person.id), None)
    if part is None:
        raise Refused(access.REFUSALS[Act.SIGN_REVIEW])
    signed = sign_offs(session, review.key)
    if part in signed and signed[part].outcome is not outcome:
        raise Refused(
            "You have signed this review already, and what you said then stands. Close this; nothing is left to do.",
            field="outcome",
        )
    if part not in signed:
        mine = SignOff(
            review_id=review.key,
            part=part,
            person_id=person.key,
            outcome=outcome,
            sha256=review.sha256,
            signed_at=at,
        )
        session.add(mine)
        session.flush()
        signed[part] = mine
        history.record(
            session,
            embedding.workspace_id,
            "review_signed",
            "review",
            review.key,
            at=at,
            actor_id=person.id,
            data={"part": part, "sha256": review.sha256, "outcome": outcome},
        )
        _show_as_signed(session, embedding, review, person.key, at)
        if len(signed) == len(sponsors):
            _close(session, embedding, review, signed, at)
    waiting = tuple(sponsor.name for role, sponsor in sponsors.items() if role not in signed)
    return Signed(embedding.reference, not waiting, waiting)


def sign_offs(session: Session, review_id: int) -> dict[Role, SignOff]:
    """The signatures of a review by part."""
    rows = session.exec(select(SignOff).where(SignOff.review_id == review_id).order_by(col(SignOff.id))).all()
    return {row.part: row for row in rows}


def of_embedding(session: Session, embedding_id: int) -> Review | None:
    """The review of an embedding, or None before its last day."""
    return session.exec(select(Review).where(Review.embedding_id == embedding_id)).first()


def by_id(session: Session, review_id: int) -> Review:
    """The review with our id; a missing one is a bug (LookupError)."""
    review = session.get(Review, review_id)
    if review is None:
        raise LookupError(f"no review {review_id}")
    return review


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A review as those who take part in it are shown it."""

    id: int
    reference: str
    team: str
    first_day: date
    last_day: date
    sha256: str
    packet: dict[str, Any]
    signed: tuple[tuple[str, Outcome], ...]
    waiting_for: tuple[str, ...]
    outcome: Outcome | None
    carried_over: int
    """Reports that were still open when it was closed."""
    owners: tuple[str, ...]
    """Who looks after those from then on."""
    to_sign: bool
    """Whether the one who is shown it is a sponsor who has not signed yet."""


def card(session: Session, review_id: int, person_id: int | None = None) -> ReviewCard:
    """What somebody is shown of a review."""
    review = by_id(session, review_id)
    embedding = embeddings.by_id(session, review.embedding_id)
    sponsors = embeddings.sponsors(session, embedding.key)
    signed = sign_offs(session, review.key)
    waiting = [sponsor for role, sponsor in sponsors.items() if role not in signed]
    carried = session.exec(
        select(Person.name)
        .join(Tool, col(Tool.owner_id) == col(Person.id))
        .join(Feedback, col(Feedback.tool_id) == col(Tool.id))
        .where(Feedback.embedding_id == embedding.id, Feedback.status == FeedbackStatus.CARRIED_OVER)
    ).all()
    return ReviewCard(
        id=review.key,
        reference=embedding.reference,
        team=teams.by_id(session, embedding.team_id).name,
        first_day=embedding.first_day,
        last_day=embedding.last_day,
        sha256=review.sha256,
        packet=json.loads(review.packet),
        signed=tuple((sponsors[role].name, row.outcome) for role, row in signed.items()),
        waiting_for=tuple(sponsor.name for sponsor in waiting),
        outcome=review.outcome,
        carried_over=len(carried),
        owners=tuple(sorted(set(carried))),
        to_sign=any(sponsor.id == person_id for sponsor in waiting),
    )


def to_sign(session: Session, review_id: int, *, by: Caller) -> ReviewCard:
    """A review for a sponsor who is about to sign it.

    Raises:
        Refused: The person is not one of its sponsors, or has signed already.
    """
    person = people.known(session, by)
    review = session.get(Review, review_id)
    embedding = embeddings.by_id(session, review.embedding_id) if review else None
    if review is None or embedding is None or embedding.workspace_id != person.workspace_id:
        raise Refused("That review is not here any more.")
    if person.id not in {sponsor.id for sponsor in embeddings.sponsors(session, embedding.key).values()}:
        raise Refused(access.REFUSALS[Act.SIGN_REVIEW])
    shown = card(session, review.key, person.key)
    if not shown.to_sign:
        raise Refused("You have signed this review. Nothing is left to do.")
    return shown


def _show_as_signed(session: Session, embedding: Embedding, review: Review, person_id: int, at: datetime) -> None:
    posted = deliveries.posted_for(session, embedding.workspace_id, f"review:{review.key}:opened:{person_id}")
    if posted is not None:
        deliveries.rewrite(session, posted, Kind.REVIEW_SIGNED, at=at)


def _close(session: Session, embedding: Embedding, review: Review, signed: dict[Role, SignOff], at: datetime) -> None:
    wanted = {sign_off.outcome for sign_off in signed.values()}
    review.outcome = wanted.pop() if len(wanted) == 1 else None
    review.closed_at = at
    embedding.status = EmbeddingStatus.CLOSED
    session.add(review)
    session.add(embedding)
    still_open = session.exec(
        select(Feedback)
        .where(
            Feedback.embedding_id == embedding.id,
            col(Feedback.status).in_(OPEN),
            col(Feedback.kind).not_in(OWES_NOTHING),
        )
        .order_by(col(Feedback.id))
        .with_for_update()
    ).all()
    # What goes on in one of them is carried over with it, so that its reporter hears of it, too.
    joined = [row for feedback in still_open for row in duplicates.of_report(session, feedback.key, lock=True)]
    carried = [*still_open, *joined]
    for feedback in carried:
        feedback.status = FeedbackStatus.CARRIED_OVER
        session.add(feedback)
    handovers.hand_over(session, embedding, carried, at=at)
    history.record(
        session,
        embedding.workspace_id,
        "embedding_closed",
        "embedding",
        embedding.key,
        at=at,
        data={"carried_over": [feedback.reference for feedback in carried], "outcome": review.outcome},
    )
    deliveries.queue(
        session,
        embedding.workspace_id,
        Kind.EMBEDDING_CLOSED,
        f"embedding:{embedding.key}:closed",
        "embedding",
        embedding.key,
        at=at,
        channel=teams.by_id(session, embedding.team_id).channel,
    )
