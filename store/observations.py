"""Observations: what a data scientist saw on the floor, kept apart from what the frontline reported."""

from datetime import datetime

from sqlmodel import Field

from store.table import Table
from store.types import Instant


class Observation(Table, table=True):
    """Something that a data scientist saw a tool do."""

    __tablename__ = "observation"

    id: int | None = Field(default=None, primary_key=True)
    embedding_id: int = Field(foreign_key="embedding.id", index=True)
    tool_id: int = Field(foreign_key="tool.id")
    author_id: int = Field(foreign_key="person.id")
    text: str
    seen_at: datetime = Field(sa_type=Instant)
