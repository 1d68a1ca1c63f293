"""Change notes that wait and are taken back, who is told of them, and what reporters say of them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TEXTS = ("before", "after", "expected", "take_back", "approval")


def upgrade() -> None:
    with op.batch_alter_table("tool", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approver_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_tool_approver_id_person"), "person", ["approver_id"], ["id"])
    with op.batch_alter_table("tool_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("answered_feedback", schema=None) as batch_op:
        # Of links that are older than this nobody knows more than that somebody had read the report.
        batch_op.add_column(sa.Column("before", sa.String(length=40), nullable=False, server_default="acknowledged"))
        batch_op.add_column(sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("change_note", schema=None) as batch_op:
        for name in TEXTS:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("version_to", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("planned_for", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("approval_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rolled_back_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rolled_back_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rolled_back_because", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_change_note_rolled_back_by_id_person"), "person", ["rolled_back_by_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_change_note_status_planned_for"), ["status", "planned_for"], unique=False)

    op.create_table(
        "change_note_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_note_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in TEXTS),
        sa.Column("version_to", sa.String(), nullable=True),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_note_id"], ["change_note.id"], name=op.f("fk_change_note_version_change_note_id_change_note")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_change_note_version_written_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_note_version")),
        sa.UniqueConstraint("change_note_id", "number", name=op.f("uq_change_note_version_change_note_id_number")),
    )
    op.create_table(
        "change_note_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_note_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_note_id"], ["change_note.id"], name=op.f("fk_change_note_decision_change_note_id_change_note")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_change_note_decision_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_note_decision")),
    )
    with op.batch_alter_table("change_note_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_note_decision_change_note_id"), ["change_note_id"], unique=False)

    op.create_table(
        "telling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_note_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("is_reporter", sa.Boolean(), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_note_id"], ["change_note.id"], name=op.f("fk_telling_change_note_id_change_note")
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_telling_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_telling_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telling")),
        sa.UniqueConstraint("change_note_id", "person_id", name=op.f("uq_telling_change_note_id_person_id")),
    )
    with op.batch_alter_table("telling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telling_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_telling_person_id_delivery_id"), ["person_id", "delivery_id"], unique=False
        )

    op.create_table(
        "recurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_recurrence_feedback_id_feedback")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recurrence_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurrence")),
    )
    with op.batch_alter_table("recurrence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recurrence_feedback_id"), ["feedback_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("embedding_id", sa.Integer(), nullable=False),
        sa.Column("feedback_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("scientist_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("reporter_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scientist_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["embedding_id"], ["embedding.id"], name=op.f("fk_visit_embedding_id_embedding")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_visit_feedback_id_feedback")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_visit_reporter_id_person")),
        sa.ForeignKeyConstraint(["scientist_id"], ["person.id"], name=op.f("fk_visit_scientist_id_person")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_visit_workspace_id_workspace")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_feedback_id"), ["feedback_id"], unique=False)

    _take_over_what_there_is()


def _take_over_what_there_is() -> None:
    """Each note there is has its first version, its messages are its tellings, and what was contested stays so."""
    database = op.get_bind()
    database.execute(
        sa.text(
            "UPDATE change_note SET version_to = "
            "(SELECT name FROM tool_version WHERE tool_version.id = change_note.version_to_id)"
        )
    )
    answers: dict[int, list[int]] = {}
    for note_id, feedback_id in database.execute(
        sa.text("SELECT change_note_id, feedback_id FROM answered_feedback ORDER BY feedback_id")
    ):
        answers.setdefault(note_id, []).append(feedback_id)
    for note_id in list(database.execute(sa.text("SELECT id FROM change_note ORDER BY id")).scalars()):
        database.execute(
            sa.text(
                "INSERT INTO change_note_version (change_note_id, number, written_by_id, written_at, what, why, "
                "before, after, expected, take_back, approval, version_to, answers) "
                "SELECT id, 1, author_id, created_at, what, why, '', '', '', '', '', version_to, :answers "
                "FROM change_note WHERE id = :note"
            ).bindparams(sa.bindparam("answers", type_=sa.JSON())),
            {"note": note_id, "answers": answers.get(note_id, [])},
        )
    database.execute(
        sa.text(
            "INSERT INTO telling (change_note_id, person_id, delivery_id, is_reporter) "
            "SELECT subject_id, person_id, id, :yes FROM delivery WHERE kind = 'change_told' AND edits_id IS NULL"
        ).bindparams(sa.bindparam("yes", True, type_=sa.Boolean()))
    )
    database.execute(
        sa.text(
            "UPDATE answered_feedback SET contested_at = (SELECT verdict.given_at FROM verdict "
            "JOIN feedback ON feedback.reporter_id = verdict.person_id "
            "WHERE verdict.change_note_id = answered_feedback.change_note_id "
            "AND feedback.id = answered_feedback.feedback_id AND verdict.value IN ('same', 'worse'))"
        )
    )


def downgrade() -> None:
    for table in ("visit", "recurrence", "telling", "change_note_decision", "change_note_version"):
        op.drop_table(table)
    with op.batch_alter_table("change_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_note_status_planned_for"))
        batch_op.drop_constraint(batch_op.f("fk_change_note_rolled_back_by_id_person"), type_="foreignkey")
        for column in (
            "rolled_back_because",
            "rolled_back_by_id",
            "rolled_back_at",
            "approval_asked_at",
            "planned_for",
            "revision",
            "version_to",
            *TEXTS,
        ):
            batch_op.drop_column(column)
    with op.batch_alter_table("answered_feedback", schema=None) as batch_op:
        batch_op.drop_column("contested_at")
        batch_op.drop_column("before")
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_column("words")
    with op.batch_alter_table("tool_version", schema=None) as batch_op:
        batch_op.drop_column("taken_back_at")
    with op.batch_alter_table("tool", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tool_approver_id_person"), type_="foreignkey")
        batch_op.drop_column("approver_id")
