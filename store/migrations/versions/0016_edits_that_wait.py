"""Edits that wait are found without a look at every post that waits."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    edits = sa.text("edits_id IS NOT NULL")
    op.create_index(
        "ix_delivery_edits",
        "delivery",
        ["workspace_id", "status", "due_at"],
        unique=False,
        sqlite_where=edits,
        postgresql_where=edits,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_edits", table_name="delivery")
