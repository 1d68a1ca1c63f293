"""Prompt plans and own questions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "question_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("embedding_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["embedding_id"], ["embedding.id"], name=op.f("fk_question_set_embedding_id_embedding")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_question_set_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_set")),
        sa.UniqueConstraint("embedding_id", "name", "version", name=op.f("uq_question_set_embedding_id_name_version")),
    )
    op.create_table(
        "earlier_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_earlier_answer_prompt_id_prompt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_answer")),
    )
    with op.batch_alter_table("earlier_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_answer_prompt_id"), ["prompt_id"], unique=False)

    op.create_table(
        "prompt_detail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("prompt_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompt.id"], name=op.f("fk_prompt_detail_prompt_id_prompt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_detail")),
    )
    with op.batch_alter_table("prompt_detail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prompt_detail_prompt_id"), ["prompt_id"], unique=False)

    with op.batch_alter_table("prompt_plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("own_set_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("crew_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("role", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("share", sa.Integer(), nullable=False, server_default="100"))
        batch_op.add_column(sa.Column("moment", sa.String(length=40), nullable=False, server_default="before_end"))
        batch_op.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("frequency", sa.String(length=40), nullable=False, server_default="every_nth_shift")
        )
        batch_op.add_column(sa.Column("nth", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("window_minutes", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("cap", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("status", sa.String(length=40), nullable=False, server_default="active"))
        batch_op.create_foreign_key(
            batch_op.f("fk_prompt_plan_own_set_id_question_set"), "question_set", ["own_set_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_prompt_plan_crew_id_crew"), "crew", ["crew_id"], ["id"])

    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("questions", sa.String(length=40), nullable=False, server_default="did_it_help"))
        batch_op.add_column(sa.Column("own_set_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_prompt_own_set_id_question_set"), "question_set", ["own_set_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_prompt_own_set_id_question_set"), type_="foreignkey")
        batch_op.drop_column("own_set_id")
        batch_op.drop_column("questions")

    with op.batch_alter_table("prompt_plan", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_prompt_plan_crew_id_crew"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_prompt_plan_own_set_id_question_set"), type_="foreignkey")
        for column in (
            "status",
            "cap",
            "window_minutes",
            "nth",
            "frequency",
            "minutes",
            "moment",
            "share",
            "role",
            "crew_id",
            "own_set_id",
        ):
            batch_op.drop_column(column)

    op.drop_table("prompt_detail")
    op.drop_table("earlier_answer")
    op.drop_table("question_set")
