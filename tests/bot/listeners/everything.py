"""All rows of all tables, to see that nothing changed, or what."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from store.tables import METADATA

Everything = dict[str, list[tuple[Any, ...]]]

BESIDES = frozenset({"source_key"})
"""What is kept of every request that was carried out, even if it changed nothing else."""


def everything(session: Session) -> Everything:
    """Every row of every table, oldest first, except for the keys of requests."""
    return {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in METADATA.sorted_tables
        if table.name not in BESIDES
    }
