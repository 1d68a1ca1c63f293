"""The first and the last day of an embedding, on the clock of the place where it happens."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from store import agreements, deliveries, feedback, history, next_days, report_buttons, shifts, teams
from store.deliveries import Kind
from store.embeddings import Embedding, EmbeddingStatus
from store.policy import Policy
from store.teams import Team

WAITING = (EmbeddingStatus.PROPOSED, EmbeddingStatus.PLANNED)


def begin_due(session: Session, *, at: datetime, limit: int = 200) -> int:
    """Begin the planned embeddings whose first day has come where they take place.

    A proposal to which not everybody has agreed by then is called off instead of beginning late.

    Returns:
        How many have begun; as many as `limit` means that there may be more.
    """
    waiting = session.exec(
        select(Embedding)
        .where(col(Embedding.status).in_(WAITING), Embedding.first_day <= latest_day(at))
        .order_by(col(Embedding.id))
        .with_for_update(skip_locked=True)
    ).all()
    begun = 0
    for embedding in waiting:
        if begun == limit:
            break
        team = teams.by_id(session, embedding.team_id)
        if shifts.local_day(at, team.zone) < embedding.first_day:
            continue
        if embedding.status is EmbeddingStatus.PROPOSED:
            agreements.cancel(session, embedding, "embedding_lapsed", at=at)
        else:
            _begin(session, embedding, team, at)
            begun += 1
    return begun


def latest_day(at: datetime) -> date:
    """The latest date that it is anywhere, so that a query leaves out what is not due in any zone."""
    return at.date() + timedelta(days=1)


def _begin(session: Session, embedding: Embedding, team: Team, at: datetime) -> None:
    embedding.status = EmbeddingStatus.ACTIVE
    session.add(embedding)
    session.flush()
    next_days.look_at_embedding(session, embedding.key)
    adopted = feedback.adopt(session, embedding, at=at)
    history.record(
        session,
        embedding.workspace_id,
        "embedding_begun",
        "embedding",
        embedding.key,
        at=at,
        data={"adopted": adopted},
    )
    first_start = _first_start(session, team, embedding.first_day)
    deliveries.queue(
        session,
        embedding.workspace_id,
        Kind.EMBEDDING_BEGUN,
        f"embedding:{embedding.key}:begun",
        "embedding",
        embedding.key,
        at=at,
        channel=team.channel,
        due_at=first_start,
    )
    report_buttons.put_up(session, team, at=at, due_at=first_start)


def review_opens_at(embedding: Embedding, team: Team, policy: Policy) -> datetime:
    """The instant at which an embedding's prompts stop and its review opens: a morning hour of its last day."""
    opens = shifts.instant(embedding.last_day, policy.review_opens, team.zone)
    if opens is None:
        raise ValueError(f"{embedding.last_day} does not exist in {team.zone}")
    return opens


def _first_start(session: Session, team: Team, day: date) -> datetime | None:
    pattern = teams.pattern_of(session, team)
    starts = [
        shift.starts_at
        for crew in teams.crews_of(session, team.key)
        if (shift := shifts.shift_on(pattern, crew.offset, day))
    ]
    return min(starts, default=None)
