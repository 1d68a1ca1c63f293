"""Planned days: for which local days a plan's prompts are rows, how far they are, and what they were computed from.

A day is opened before its prompts are computed, so that whatever happens meanwhile moves its version, and written in
parts, in the order of people's ids. A process that ends between two parts leaves it where the next one goes on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, UniqueConstraint, and_, or_, tuple_, update
from sqlalchemy.orm import Mapped
from sqlmodel import Field, Session, col, select

from store import prepared
from store.dialect import changed
from store.embeddings import Embedding
from store.prompt_plans import AT_ONCE, PromptPlan
from store.table import Table
from store.teams import Member
from store.types import Instant

NOT_WRITTEN = ""
"""The fingerprint of a day whose rows are not what they were computed as."""
LONGEST_SHIFT = timedelta(days=1)
"""What was planned for a day is over when the day after it is."""


class PlannedDay(Table, table=True):
    """One local day of one plan."""

    __tablename__ = "planned_day"
    __table_args__ = (UniqueConstraint("plan_id", "day"), Index(None, "day", "plan_id"), Index(None, "touched_at"))

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="prompt_plan.id")
    day: date
    fingerprint: str
    """Of the prompts as they were computed last: another one is another day. Empty when they were touched since."""
    version: int = 0
    """Moves whenever the day's prompts are written, or what they were computed from changes: nothing older is written
    over."""
    written_to: int | None = None
    """The last person whose prompts are rows as they were computed last; None when everybody's are."""
    touched_at: datetime | None = Field(default=None, sa_type=Instant)
    """When something was done that asks for it to be computed again soon; None once it is."""
    planned_at: datetime = Field(sa_type=Instant)
    late: bool = False
    """Whether a shift of it had ended before it was planned."""


@dataclass(frozen=True, slots=True)
class Part:
    """The people of a day whose prompts are written together: those with an id above one and up to another."""

    after: int = 0
    up_to: int | None = None
    """None: to the last of them, which makes the day complete."""

    def __contains__(self, person_id: int) -> bool:
        return self.after < person_id and (self.up_to is None or person_id <= self.up_to)

    def has(self, person_id: Mapped[int]) -> ColumnElement[bool]:
        """The same as a condition on a column."""
        above = person_id > self.after
        return above if self.up_to is None else and_(above, person_id <= self.up_to)


WHOLE = Part()
Place = tuple[date, int]
"""Where a planned day stands among all: by its day, then by its plan."""


def open_all(session: Session, days: Sequence[tuple[int, date]], *, at: datetime) -> None:
    """Open some days of plans, unless they are: from now on it shows when something touches them."""
    nothing_yet = {"fingerprint": NOT_WRITTEN, "version": 0, "written_to": 0, "planned_at": at, "late": False}
    rows = [{"plan_id": plan_id, "day": day, **nothing_yet} for plan_id, day in days]
    prepared.add_all_new(session, PlannedDay, rows)


def of(session: Session, plan_id: int, day: date) -> PlannedDay | None:
    """A planned day, or None before it is opened."""
    return session.exec(select(PlannedDay).where(PlannedDay.plan_id == plan_id, PlannedDay.day == day)).first()


def open_of(session: Session, plan_ids: Sequence[int | None]) -> dict[tuple[int, date], PlannedDay]:
    """The days of some plans that are opened and not written to the end, by plan and day."""
    if not plan_ids:
        return {}
    through = col(PromptPlan.planned_through)
    query = (
        select(PlannedDay)
        .join(PromptPlan, col(PromptPlan.id) == col(PlannedDay.plan_id))
        .where(col(PlannedDay.plan_id).in_(plan_ids))
        .where(or_(through.is_(None), col(PlannedDay.day) > through))
    )
    return {(row.plan_id, row.day): row for row in session.exec(query).all()}


def not_over(session: Session, at: datetime, after: Place | None = None, limit: int = -1) -> list[PlannedDay]:
    """The planned days that may not be over everywhere, in the order of day and plan.

    Args:
        session: A session.
        at: Now.
        after: The day and the plan after which to begin; from the first one when absent.
        limit: How many at most; all when absent.
    """
    begin = after or (earliest(at), 0)
    query = (
        select(PlannedDay)
        .where(tuple_(col(PlannedDay.day), col(PlannedDay.plan_id)) > tuple_(*begin))
        .order_by(col(PlannedDay.day), col(PlannedDay.plan_id))
    )
    return list(session.exec(query if limit < 0 else query.limit(limit)).all())


def of_team_on(session: Session, team_id: int, days: Collection[date]) -> list[PlannedDay]:
    """Some days of what a team is asked, in the order of day and plan."""
    query = select(PlannedDay).where(of_team(team_id), col(PlannedDay.day).in_(days))
    in_order = query.order_by(col(PlannedDay.day), col(PlannedDay.plan_id))
    return list(session.exec(in_order.execution_options(populate_existing=True)).all())


def touched(session: Session, *, at: datetime, limit: int) -> list[PlannedDay]:
    """Some of the days that something was done about since they were computed, those that wait longest first."""
    query = select(PlannedDay).where(col(PlannedDay.touched_at) <= at).order_by(col(PlannedDay.touched_at)).limit(limit)
    return list(session.exec(query).all())


def earliest(at: datetime) -> date:
    """The first local day that may not be over yet: a day may begin elsewhere before it does in UTC."""
    return at.date() - LONGEST_SHIFT - timedelta(days=1)


def touch(session: Session, which: ColumnElement[bool], *, at: datetime) -> None:
    """Say that the rows of some days are not what was computed any more: they are to be computed and written again."""
    forgotten = {"fingerprint": NOT_WRITTEN, "written_to": 0}
    session.execute(update(PlannedDay).where(which).values(version=PlannedDay.version + 1, touched_at=at, **forgotten))


def of_plans(plan_ids: Select[Any] | Sequence[int]) -> ColumnElement[bool]:
    """The days of some plans, for `look_soon`."""
    return col(PlannedDay.plan_id).in_(plan_ids)


def of_embedding(embedding_id: int) -> ColumnElement[bool]:
    """The days of an embedding's plans."""
    return of_plans(select(PromptPlan.id).where(PromptPlan.embedding_id == embedding_id))


def of_team(team_id: int) -> ColumnElement[bool]:
    """The days of what a team is asked."""
    return of_plans(_plans().where(Embedding.team_id == team_id))


def of_person(person_id: int) -> ColumnElement[bool]:
    """The days of what the teams of somebody are asked."""
    query = _plans().join(Member, col(Member.team_id) == col(Embedding.team_id)).where(Member.person_id == person_id)
    return of_plans(query)


def _plans() -> Any:
    return select(PromptPlan.id).join(Embedding, col(Embedding.id) == col(PromptPlan.embedding_id))


def look_soon(session: Session, which: ColumnElement[bool], *, at: datetime) -> None:
    """Say that what some days were computed from may have changed: they are computed again soon.

    Args:
        session: The unit's session.
        which: A condition on `PlannedDay`, such as `of_team`; what is over is left out of it.
        at: Now.
    """
    session.execute(
        update(PlannedDay)
        .where(which, col(PlannedDay.day) >= earliest(at))
        .values(version=PlannedDay.version + 1, touched_at=at)
        .execution_options(synchronize_session=False)
    )


def look_soon_at_workspace(session: Session, workspace_id: int, *, at: datetime) -> None:
    """The same for everything in a workspace; its teams may have moved to other zones, where other days begin."""
    plans = _plans().where(Embedding.workspace_id == workspace_id)
    look_soon(session, of_plans(plans), at=at)
    session.execute(
        update(PromptPlan)
        .where(col(PromptPlan.id).in_(plans), col(PromptPlan.next_look_at).is_not(None))
        .values(next_look_at=AT_ONCE)
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A planned day as it was seen."""

    plan_id: int
    day: date
    version: int


def leave(session: Session, seen: Sequence[Seen]) -> None:
    """Note of some days that they were computed again and are the same, unless something touched them meanwhile."""
    for one in seen:
        session.execute(
            update(PlannedDay)
            .where(_is(one.plan_id, one.day), col(PlannedDay.version) == one.version)
            .values(touched_at=None)
        )


def write(session: Session, seen: Seen, part: Part, fingerprint: str, *, late: bool = False) -> bool:
    """Move a day on by a part of its people; whether it still is where it was seen.

    Args:
        session: The unit's session.
        seen: The day, and the version at which this part is to be written.
        part: Whose prompts are written with it.
        fingerprint: Of all prompts of the day.
        late: Whether a shift has ended before they are.
    """
    goes_on = [col(PlannedDay.written_to) == part.after, col(PlannedDay.fingerprint) == fingerprint]
    values: dict[str, Any] = {"version": seen.version + 1, "fingerprint": fingerprint, "written_to": part.up_to}
    if part.up_to is None:
        values["touched_at"] = None
    if late:
        values["late"] = True
    where = [_is(seen.plan_id, seen.day), col(PlannedDay.version) == seen.version, *(goes_on if part.after else ())]
    return bool(changed(session, update(PlannedDay).where(*where).values(**values)))


def _is(plan_id: int, day: date) -> ColumnElement[bool]:
    return and_(col(PlannedDay.plan_id) == plan_id, col(PlannedDay.day) == day)


def any_of(days: Sequence[tuple[int, date]]) -> ColumnElement[bool]:
    """A condition for some days of plans."""
    return or_(*(_is(plan_id, day) for plan_id, day in days))
