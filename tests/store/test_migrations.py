"""Migrations: up, down and up again on both databases, and no difference to the tables in code."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint

from store import migrations
from store.tables import METADATA
from tests.conftest import SQLITE, PostgresServer

OURS = set(METADATA.tables)


@pytest.fixture
def empty_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without a schema."""
    if database_kind == SQLITE:
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.fresh(migrated=False)
    yield url
    server.drop(url)


def tables(url: str) -> set[str]:
    engine = migrations.migrating_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found - {"alembic_version"}


def run_sql(url: str, statement: str) -> None:
    engine = migrations.migrating_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_up_down_and_up_again(empty_url: str) -> None:
    assert not migrations.is_current(empty_url)
    migrations.upgrade(empty_url)
    assert tables(empty_url) == OURS
    assert migrations.is_current(empty_url)
    migrations.downgrade(empty_url, "base")
    assert tables(empty_url) == set()
    assert not migrations.is_current(empty_url)
    migrations.upgrade(empty_url)
    assert tables(empty_url) == OURS
    migrations.check(empty_url)


def test_the_migrated_database_is_what_the_code_expects(database_url: str) -> None:
    migrations.check(database_url)


@pytest.mark.parametrize(
    "spoiling",
    [
        "ALTER TABLE workspace ADD COLUMN mood VARCHAR",
        "ALTER TABLE observation DROP COLUMN text",
        "DROP INDEX ix_delivery_edits_id",
        "DROP TABLE observation",
    ],
)
def test_a_difference_is_noticed(database_url: str, spoiling: str) -> None:
    run_sql(database_url, spoiling)
    with pytest.raises(migrations.SchemaDiffers, match="changed by something else"):
        migrations.check(database_url)


def test_a_second_upgrade_changes_nothing_and_keeps_the_rows(database_url: str) -> None:
    run_sql(
        database_url,
        "INSERT INTO workspace (enterprise_id, slack_id, name, created_at) VALUES ('', 'T1', 'Ridge', '2026-03-02')",
    )
    migrations.upgrade(database_url)
    engine = migrations.migrating_engine(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM workspace")).scalars().all() == ["Ridge"]
    engine.dispose()


def test_every_constraint_has_a_name_that_later_migrations_can_find(database_url: str) -> None:
    engine = migrations.migrating_engine(database_url)
    found = inspect(engine)
    unnamed: list[str] = []
    for table in OURS:
        names = [
            (f"pk_{table}", found.get_pk_constraint(table)["name"]),
            *((_unique(table, one["column_names"]), one["name"]) for one in found.get_unique_constraints(table)),
            *((_foreign(table, one), one["name"]) for one in found.get_foreign_keys(table)),
        ]
        unnamed += [f"{table}: {name} is not {expected}" for expected, name in names if name != expected]
    engine.dispose()
    assert unnamed == []


def _unique(table: str, columns: list[str]) -> str:
    return f"uq_{table}_{'_'.join(columns)}"


def _foreign(table: str, key: ReflectedForeignKeyConstraint) -> str:
    return f"fk_{table}_{'_'.join(key['constrained_columns'])}_{key['referred_table']}"


def test_what_the_outbox_and_the_prompts_look_for_has_an_index(database_url: str) -> None:
    engine = migrations.migrating_engine(database_url)
    found = inspect(engine)
    indexes = {(table, tuple(index["column_names"])) for table in OURS for index in found.get_indexes(table)}
    engine.dispose()
    assert {
        ("delivery", ("workspace_id", "status", "due_at")),
        ("delivery", ("subject_id", "kind")),
        ("embedding", ("status", "first_day")),
        ("embedding", ("status", "last_day")),
        ("person", ("profile_at",)),
        ("planned_day", ("day", "plan_id")),
        ("planned_day", ("touched_at",)),
        ("prompt", ("status", "closes_at")),
        ("prompt", ("plan_id", "day", "person_id")),
        ("prompt_plan", ("next_look_at", "id")),
        ("review", ("kept_at",)),
    } <= indexes
