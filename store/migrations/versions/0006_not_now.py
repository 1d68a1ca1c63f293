"""Not now: closures, absences, preferences, pauses, and the days that were planned."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uptime",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uptime")),
    )
    with op.batch_alter_table("uptime", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uptime_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_person_id_last_day"), ["person_id", "last_day"], unique=False)

    op.create_table(
        "holiday_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("subdivision", sa.String(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("worked_through", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_holiday_calendar_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_calendar")),
        sa.UniqueConstraint("team_id", name=op.f("uq_holiday_calendar_team_id")),
    )
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preferences_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "shutdown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_shutdown_set_by_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_shutdown_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shutdown")),
    )
    with op.batch_alter_table("shutdown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shutdown_team_id_last_day"), ["team_id", "last_day"], unique=False)

    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("embedding_id", sa.Integer(), nullable=False),
        sa.Column("paused_by_id", sa.Integer(), nullable=False),
        sa.Column("paused_because", sa.String(), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resumed_by_id", sa.Integer(), nullable=True),
        sa.Column("resumed_because", sa.String(), nullable=True),
        sa.Column("resumed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["embedding_id"], ["embedding.id"], name=op.f("fk_pause_embedding_id_embedding")),
        sa.ForeignKeyConstraint(["paused_by_id"], ["person.id"], name=op.f("fk_pause_paused_by_id_person")),
        sa.ForeignKeyConstraint(["resumed_by_id"], ["person.id"], name=op.f("fk_pause_resumed_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pause_embedding_id"), ["embedding_id"], unique=False)

    op.create_table(
        "muted_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("muted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_muted_plan_person_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["prompt_plan.id"], name=op.f("fk_muted_plan_plan_id_prompt_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_muted_plan")),
        sa.UniqueConstraint("person_id", "plan_id", name=op.f("uq_muted_plan_person_id_plan_id")),
    )
    with op.batch_alter_table("muted_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_muted_plan_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "planned_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["prompt_plan.id"], name=op.f("fk_planned_day_plan_id_prompt_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_day")),
        sa.UniqueConstraint("plan_id", "day", name=op.f("uq_planned_day_plan_id_day")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shift_ends_at", sa.DateTime(timezone=True), nullable=True))

    _fill_in_shift_ends()
    _say_reasons_in_words()
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.alter_column("shift_ends_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.alter_column("reason", existing_type=sa.String(), type_=sa.String(length=40))


def _fill_in_shift_ends() -> None:
    """What a prompt's delivery expired at was the end of its shift."""
    op.execute(
        "UPDATE prompt SET shift_ends_at = "
        "coalesce((SELECT expires_at FROM delivery WHERE delivery.id = prompt.delivery_id), closes_at)"
    )


def _say_reasons_in_words() -> None:
    """What stood there as a sentence becomes a word of the glossary; the sentence stays with the delivery."""
    op.execute(
        "UPDATE prompt SET reason = CASE "
        "WHEN reason = 'not answered in time' THEN 'not_answered' "
        "WHEN reason = 'the embedding has ended' THEN 'embedding_ended' "
        "WHEN status = 'skipped' THEN 'nothing_to_ask' "
        "ELSE 'not_sent' END WHERE reason IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("prompt", schema=None) as batch_op:
        batch_op.alter_column("reason", existing_type=sa.String(length=40), type_=sa.String())
        batch_op.drop_column("shift_ends_at")

    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_column("late")

    op.drop_table("planned_day")
    with op.batch_alter_table("muted_plan", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_muted_plan_plan_id"))

    op.drop_table("muted_plan")
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pause_embedding_id"))

    op.drop_table("pause")
    with op.batch_alter_table("shutdown", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shutdown_team_id_last_day"))

    op.drop_table("shutdown")
    op.drop_table("preferences")
    op.drop_table("holiday_calendar")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_person_id_last_day"))

    op.drop_table("absence")
    with op.batch_alter_table("uptime", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_uptime_seen_at"))

    op.drop_table("uptime")
