"""Alembic's entry: it runs this file for every command."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import DateTime, String

from store.migrations import migrating_engine
from store.tables import METADATA
from store.types import Instant, Word


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain ones below them: a migration must not depend on today's code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(length=40)"
    if kind == "type" and type(item).__name__ == "AutoString":
        return "sa.String()"
    return False


def compare_type(_: Any, column: Any, found: Any, inspected: Any, declared: Any) -> bool | None:
    """Our types differ from what the database reports only when the plain ones do."""
    if isinstance(declared, Instant):
        return not isinstance(inspected, DateTime)
    if isinstance(declared, Word):
        return not isinstance(inspected, String)
    return None


engine = migrating_engine(context.config.attributes["url"], begin=context.config.attributes["begin"])
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,  # on SQLite too: the engine begins and ends its transactions itself
            render_item=render_item,
            compare_type=compare_type,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
finally:
    engine.dispose()
