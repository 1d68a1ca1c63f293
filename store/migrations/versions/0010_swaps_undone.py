"""Swaps that are undone: what the roster says of a day beneath what somebody said of it, and of which prompt."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rostered", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("prompt_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_roster_entry_prompt_id_prompt"), "prompt", ["prompt_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_roster_entry_prompt_id"), ["prompt_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roster_entry_prompt_id"))
        batch_op.drop_constraint(batch_op.f("fk_roster_entry_prompt_id_prompt"), type_="foreignkey")
        batch_op.drop_column("prompt_id")
        batch_op.drop_column("rostered")
