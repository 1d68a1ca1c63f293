"""Restrictions: a lead's "do not rely on this tool for … until …", shown wherever the tool appears."""

from datetime import datetime

from sqlmodel import Field

from store.table import Table
from store.types import Instant


class Restriction(Table, table=True):
    """A limit on what a tool may be relied on for."""

    __tablename__ = "restriction"

    id: int | None = Field(default=None, primary_key=True)
    tool_id: int = Field(foreign_key="tool.id", index=True)
    set_by_id: int = Field(foreign_key="person.id")
    what_for: str
    set_at: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)
    lifted_by_id: int | None = Field(default=None, foreign_key="person.id")
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    lifted_because: str | None = None
