"""Columns that are mostly empty are indexed where they are not: a row without costs its writer nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOSTLY_EMPTY = (
    ("delivery", "edits_id"),
    ("feedback", "prompt_id"),
    ("feedback", "duplicate_of_id"),
)


def upgrade() -> None:
    for table, column in MOSTLY_EMPTY:
        there = sa.text(f"{column} IS NOT NULL")
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    for table, column in MOSTLY_EMPTY:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(f"ix_{table}_{column}", table, [column])
