"""Calls about something unsafe, and restrictions that end and can be lifted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unsafe_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("may_call", sa.Boolean(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_unsafe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nobody_left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_unsafe_call_feedback_id_feedback")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_unsafe_call_team_id_team")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_unsafe_call_taken_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsafe_call")),
        sa.UniqueConstraint("feedback_id", "number", name=op.f("uq_unsafe_call_feedback_id_number")),
    )
    with op.batch_alter_table("unsafe_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unsafe_call_waits_since"), ["waits_since"], unique=False)

    op.create_table(
        "unsafe_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caught_up", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["unsafe_call.id"], name=op.f("fk_unsafe_step_call_id_unsafe_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsafe_step")),
        sa.UniqueConstraint("call_id", "number", name=op.f("uq_unsafe_step_call_id_number")),
    )
    op.create_table(
        "unsafe_called",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["unsafe_call.id"], name=op.f("fk_unsafe_called_call_id_unsafe_call")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_unsafe_called_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsafe_called")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_unsafe_called_call_id_person_id")),
    )
    with op.batch_alter_table("unsafe_called", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unsafe_called_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.add_column(sa.Column("emergency", sa.String(), nullable=True))

    with op.batch_alter_table("restriction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("why", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("feedback_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_restriction_feedback_id_feedback"), "feedback", ["feedback_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_restriction_until"), ["until"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("restriction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_restriction_until"))
        batch_op.drop_constraint(batch_op.f("fk_restriction_feedback_id_feedback"), type_="foreignkey")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("version")
        batch_op.drop_column("feedback_id")
        batch_op.drop_column("why")

    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_column("emergency")

    with op.batch_alter_table("unsafe_called", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unsafe_called_person_id"))

    op.drop_table("unsafe_called")
    op.drop_table("unsafe_step")
    with op.batch_alter_table("unsafe_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unsafe_call_waits_since"))

    op.drop_table("unsafe_call")
