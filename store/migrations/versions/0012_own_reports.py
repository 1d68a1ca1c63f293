"""What reports say besides, what their reporters change and add, and what was said but is not filed yet."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SAID = (
    ("expected", sa.String()),
    ("place", sa.String()),
    ("did", sa.String(length=40)),
    ("links", sa.JSON()),
    ("relayed_for", sa.String()),
    ("shift_day", sa.Date()),
    ("shift", sa.String()),
)
BESIDES = (
    *SAID,
    ("permalink", sa.String()),
    ("prompt_id", sa.Integer()),
    ("answered_at", sa.DateTime(timezone=True)),
    ("edited_at", sa.DateTime(timezone=True)),
    ("withdrawn_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        for name, kind in BESIDES:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_feedback_prompt_id_prompt"), "prompt", ["prompt_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_feedback_prompt_id"), ["prompt_id"], unique=False)
    op.execute("UPDATE feedback SET answered_at = acknowledged_at")

    op.create_table(
        "feedback_addition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_addition_feedback_id_feedback")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_addition")),
    )
    with op.batch_alter_table("feedback_addition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_addition_feedback_id"), ["feedback_id"], unique=False)

    op.create_table(
        "earlier_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("tool_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("impact", sa.String(length=40), nullable=True),
        *(sa.Column(name, kind, nullable=True) for name, kind in SAID),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_earlier_report_feedback_id_feedback")),
        sa.ForeignKeyConstraint(["tool_id"], ["tool.id"], name=op.f("fk_earlier_report_tool_id_tool")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["tool_version.id"], name=op.f("fk_earlier_report_version_id_tool_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_report")),
    )
    with op.batch_alter_table("earlier_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_report_feedback_id"), ["feedback_id"], unique=False)

    op.create_table(
        "unfiled_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("files_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_unfiled_report_workspace_id_workspace")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_unfiled_report_person_id_person")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_unfiled_report_feedback_id_feedback")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unfiled_report")),
    )
    still_open = sa.text("ended_at IS NULL")
    with op.batch_alter_table("unfiled_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_unfiled_report_person_id"),
            ["person_id"],
            unique=True,
            sqlite_where=still_open,
            postgresql_where=still_open,
        )
        batch_op.create_index(batch_op.f("ix_unfiled_report_ended_at_files_at"), ["ended_at", "files_at"], unique=False)


def downgrade() -> None:
    op.drop_table("unfiled_report")
    op.drop_table("earlier_report")
    op.drop_table("feedback_addition")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_prompt_id"))
        batch_op.drop_constraint(batch_op.f("fk_feedback_prompt_id_prompt"), type_="foreignkey")
        for name, _ in reversed(BESIDES):
            batch_op.drop_column(name)
