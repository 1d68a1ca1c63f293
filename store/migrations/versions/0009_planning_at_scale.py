"""When a plan is looked at next, what of a day is written, and the indexes that a tick looks into."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = "1970-01-01 00:00:00"
LOOKED_INTO = (
    ("delivery", ("subject_id", "kind")),
    ("embedding", ("status", "first_day")),
    ("embedding", ("status", "last_day")),
    ("person", ("profile_at",)),
    ("planned_day", ("day", "plan_id")),
    ("planned_day", ("touched_at",)),
    ("prompt", ("plan_id", "day", "person_id")),
    ("prompt", ("person_id", "day")),
    ("prompt_plan", ("next_look_at", "id")),
    ("review", ("kept_at",)),
)


def upgrade() -> None:
    op.create_table(
        "turns_taken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["prompt_plan.id"], name=op.f("fk_turns_taken_plan_id_prompt_plan")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_turns_taken_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns_taken")),
        sa.UniqueConstraint("plan_id", "person_id", name=op.f("uq_turns_taken_plan_id_person_id")),
    )
    with op.batch_alter_table("prompt_plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("counted_through", sa.Date(), nullable=True))

    with op.batch_alter_table("planned_day", schema=None) as batch_op:
        batch_op.add_column(sa.Column("written_to", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))

    _look_at_every_plan()
    for table, columns in LOOKED_INTO:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns), unique=False)

    op.drop_index(op.f("ix_embedding_status"), table_name="embedding")


def _look_at_every_plan() -> None:
    """Those that have nothing to plan are put aside by the first tick."""
    instant = f"TIMESTAMPTZ '{AT_ONCE}+00'" if op.get_bind().dialect.name == "postgresql" else f"'{AT_ONCE}.000000'"
    op.execute(f"UPDATE prompt_plan SET next_look_at = {instant}")  # noqa: S608 - a constant


def downgrade() -> None:
    op.create_index(op.f("ix_embedding_status"), "embedding", ["status"], unique=False)
    for table, columns in LOOKED_INTO:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)

    with op.batch_alter_table("planned_day", schema=None) as batch_op:
        batch_op.drop_column("touched_at")
        batch_op.drop_column("written_to")

    with op.batch_alter_table("prompt_plan", schema=None) as batch_op:
        batch_op.drop_column("counted_through")
        batch_op.drop_column("next_look_at")

    op.drop_table("turns_taken")
