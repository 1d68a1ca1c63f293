"""Planned days: for which local days a plan's prompts are rows, and what they were computed from."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, UniqueConstraint, update
from sqlmodel import Field, Session, col, select

from store import prepared
from store.dialect import changed
from store.table import Table
from store.types import Instant

NOT_KNOWN = ""
"""The fingerprint of a day that somebody touched: it may look as when it was computed, and yet not be so."""


class PlannedDay(Table, table=True):
    """One local day of one plan."""

    __tablename__ = "planned_day"
    __table_args__ = (UniqueConstraint("plan_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="prompt_plan.id")
    day: date
    fingerprint: str
    """Of the prompts as they were computed last: another one is another day."""
    version: int = 0
    """Moves whenever something else than planning touches the day's prompts, so that nothing older is written over."""
    planned_at: datetime = Field(sa_type=Instant)
    late: bool = False
    """Whether a shift of it had ended before it was planned."""


def add(session: Session, plan_id: int, day: date, fingerprint: str, *, late: bool, at: datetime) -> None:
    """Note that a day is planned, the first time that it is."""
    values = {"plan_id": plan_id, "day": day, "fingerprint": fingerprint, "version": 0, "planned_at": at, "late": late}
    prepared.add_new(session, PlannedDay, values)


def of(session: Session, plan_id: int, day: date) -> PlannedDay | None:
    """A planned day, or None before it is."""
    return session.exec(select(PlannedDay).where(PlannedDay.plan_id == plan_id, PlannedDay.day == day)).first()


def of_plans(session: Session, since: date) -> list[PlannedDay]:
    """The planned days of all plans from a day on."""
    return list(
        session.exec(
            select(PlannedDay).where(PlannedDay.day >= since).order_by(col(PlannedDay.plan_id), col(PlannedDay.day))
        ).all()
    )


def touch(session: Session, which: ColumnElement[bool]) -> None:
    """Say that what was computed for some days does not hold any more: they are computed again and written."""
    session.execute(update(PlannedDay).where(which).values(version=PlannedDay.version + 1, fingerprint=NOT_KNOWN))


def move(session: Session, plan_id: int, day: date, version: int, fingerprint: str) -> bool:
    """Note what a day was computed as now; whether it still is at the version that was seen before."""
    return bool(
        changed(
            session,
            update(PlannedDay)
            .where(col(PlannedDay.plan_id) == plan_id, col(PlannedDay.day) == day, col(PlannedDay.version) == version)
            .values(version=version + 1, fingerprint=fingerprint),
        )
    )
