"""Next days: when the day begins that a plan's prompts are planned for next, kept with the plan as an instant.

Whether anything is to be planned is then one look into an index, however many plans there are. The instant may be too
early, never too late: who looks in vain puts it right. Whatever could bring the day forward (an embedding that begins,
another zone) sets it back to `AT_ONCE`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select, update

from store import planned_days, shifts
from store.embeddings import ASKING, Embedding
from store.prompt_plans import AT_ONCE, PlanStatus, PromptPlan
from store.teams import Team


def following(planned_through: date | None, embedding: Embedding) -> date | None:
    """The local day that a plan still lacks; None after the embedding's last."""
    day = planned_through + timedelta(days=1) if planned_through else embedding.first_day
    return day if day <= embedding.last_day else None


def begins_at(planned_through: date | None, embedding: Embedding, zone: str) -> datetime | None:
    """When the day begins that a plan still lacks, where the team is; None when it lacks none."""
    day = following(planned_through, embedding)
    return None if day is None else shifts.day_begins(day, zone)


def is_any_due(session: Session, *, at: datetime) -> bool:
    """Whether the next day of some plan may have begun."""
    query = select(PromptPlan.id).where(col(PromptPlan.next_look_at) <= at).order_by(col(PromptPlan.next_look_at))
    return session.exec(query.limit(1)).first() is not None


def open_due(session: Session, *, at: datetime, limit: int) -> int:
    """Open the next days of some plans, where they have begun; plans that have none to come are put aside.

    Returns:
        How many plans were looked at; fewer than `limit` means that there are no more.
    """
    due = select(PromptPlan.id, PromptPlan.embedding_id).where(col(PromptPlan.next_look_at) <= at)
    found = session.exec(due.order_by(col(PromptPlan.next_look_at), col(PromptPlan.id)).limit(limit)).all()
    if not found:
        return 0
    # Whoever lets an embedding begin holds it, and whoever moves its team waits for the plan: what is put aside here
    # is not what they have set just now.
    embeddings = {
        one.key: one
        for one in session.exec(
            select(Embedding)
            .where(col(Embedding.id).in_({embedding_id for _, embedding_id in found}))
            .order_by(col(Embedding.id))
            .with_for_update(read=True)
        )
    }
    plans = session.exec(
        select(PromptPlan)
        .where(col(PromptPlan.id).in_([plan_id for plan_id, _ in found]), col(PromptPlan.next_look_at) <= at)
        .order_by(col(PromptPlan.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    zones = _zones(session, {one.team_id for one in embeddings.values()})
    days: list[tuple[int, date]] = []
    for plan in plans:
        embedding = embeddings[plan.embedding_id]
        day = following(plan.planned_through, embedding) if _asks(plan, embedding) else None
        begins = None if day is None else shifts.day_begins(day, zones[embedding.team_id])
        if day is not None and begins is not None and begins <= at:
            days.append((plan.key, day))
        else:
            plan.next_look_at = begins
            session.add(plan)
    planned_days.open_all(session, days, at=at)
    return len(found)


def _zones(session: Session, team_ids: set[int]) -> dict[int | None, str]:
    return dict(session.exec(select(Team.id, Team.zone).where(col(Team.id).in_(team_ids))).all())


def _asks(plan: PromptPlan, embedding: Embedding) -> bool:
    return embedding.status in ASKING and plan.status is not PlanStatus.ENDED


def misplaced(session: Session, plan_ids: Sequence[int]) -> list[int]:
    """Of some plans those whose next day begins at another instant than is kept: zones have new rules, for one."""
    if not plan_ids:
        return []
    rows = session.exec(
        select(PromptPlan, Embedding, Team.zone)
        .join(Embedding, col(Embedding.id) == col(PromptPlan.embedding_id))
        .join(Team, col(Team.id) == col(Embedding.team_id))
        .where(col(PromptPlan.id).in_(plan_ids))
    ).all()
    return [
        plan.key
        for plan, embedding, zone in rows
        if _asks(plan, embedding)
        and plan.next_look_at not in (AT_ONCE, begins_at(plan.planned_through, embedding, zone))
    ]


def look_at(session: Session, plan_ids: Sequence[int]) -> None:
    """Have the next days of some plans looked at by the next tick."""
    session.execute(_AT_ONCE.where(col(PromptPlan.id).in_(plan_ids)))


def look_at_embedding(session: Session, embedding_id: int) -> None:
    """The same for the plans of an embedding: it begins, or lasts longer now."""
    session.execute(_AT_ONCE.where(col(PromptPlan.embedding_id) == embedding_id))


_AT_ONCE = update(PromptPlan).values(next_look_at=AT_ONCE)
