"""Crews follow user groups."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("crew", schema=None) as batch_op:
        batch_op.add_column(sa.Column("user_group", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("group_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("group_problem", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("group_strangers", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("group_elsewhere", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("crew", schema=None) as batch_op:
        for column in ("group_elsewhere", "group_strangers", "group_problem", "group_asked_at", "user_group"):
            batch_op.drop_column(column)
