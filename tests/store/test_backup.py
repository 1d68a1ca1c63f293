"""A way back: copies of a SQLite file from before its schema changes, and upgrades that undo themselves."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import migrations
from store.backup import KEPT, BackupFailed, back_up, backups
from store.errors import Refused
from store.migrations import Brought, Schema, UpgradeFailed
from tests.conftest import PostgresServer

AT = datetime(2026, 3, 2, 7, 0, 0, tzinfo=UTC)
NEXT = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", {before!r}, None, None

def upgrade():
    op.create_table("mood", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO mood (id) VALUES (1)")
    {then}
"""


@pytest.fixture
def file(sqlite_url: str) -> Path:
    """A database at this version's schema, with a workspace that was committed into its log only."""
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    write(file, "PRAGMA journal_mode = WAL")
    write(file, "INSERT INTO workspace VALUES (1, '', 'T1', 'Ridge', '2026-03-02')")
    return file


def write(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(statement)


def workspaces(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM workspace")]


def versions_with_one_more(folder: Path, *, then: str = "pass") -> Path:
    """The project's migrations and one after them, which ends with a statement."""
    folder = folder / "versions"
    shutil.copytree(migrations.VERSIONS, folder)
    head = sorted(folder.glob("[0-9]*.py"))[-1].name.partition("_")[0]
    (folder / "next_mood.py").write_text(NEXT.format(before=head, then=then), "utf-8")
    return folder


def test_a_backup_holds_what_only_the_log_has_and_is_one_whole_file(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as running:  # keeps the log from being merged
        running.execute("INSERT INTO workspace VALUES (2, '', 'T2', 'Valley', '2026-03-02')")
        backup = back_up(file, "0001", at=AT)
    assert backup.name == "alongside.db.0001-20260302T070000Z.bak"
    alone = shutil.copyfile(backup, file.parent / "put-back.db")
    assert workspaces(Path(alone)) == ["Ridge", "Valley"]
    assert not [left.name for left in file.parent.iterdir() if left.name.startswith(f"{backup.name}-")]


def test_the_last_three_backups_are_kept_whatever_their_revision(file: Path) -> None:
    made = [
        back_up(file, revision, at=AT + timedelta(hours=hour))
        for hour, revision in enumerate(["0009", "0001", "0004", "0002", "0003"])
    ]
    assert backups(file) == made[-KEPT:]


def test_a_damaged_database_is_not_backed_up_and_nothing_is_left_behind(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = len(file.read_bytes())
    with file.open("r+b") as damaged:
        damaged.seek(4096 * 3)
        damaged.write(b"\xff" * 4096 * 2)
    with pytest.raises(BackupFailed, match=r"could not be backed up .* nothing was changed"):
        back_up(file, "0001", at=AT)
    assert backups(file) == []
    assert list(file.parent.glob("*.part")) == []
    assert len(file.read_bytes()) == before


def test_what_a_killed_backup_left_is_cleared_away(file: Path) -> None:
    left = file.with_name(f"{file.name}.0001-20260301T000000Z.part")
    left.write_bytes(b"half")
    back_up(file, "0001", at=AT)
    assert not left.exists()


def test_an_upgrade_backs_up_first_and_says_where(file: Path, tmp_path: Path) -> None:
    told: list[Path] = []
    versions = versions_with_one_more(tmp_path)
    brought = migrations.bring_up(f"sqlite:///{file}", at=AT, told=told.append, versions=versions)
    assert brought == Brought(changed=True, backup=told[0])
    assert workspaces(told[0]) == workspaces(file) == ["Ridge"]
    assert migrations.revision_of(f"sqlite:///{file}") == "next"
    assert migrations.is_current(f"sqlite:///{told[0]}")
    again = migrations.bring_up(f"sqlite:///{file}", at=AT, told=told.append, versions=versions)
    assert again == Brought(changed=False)
    assert backups(file) == told[:1]


def test_nothing_is_backed_up_when_the_file_is_new_or_nothing_is_to_do(file: Path, tmp_path: Path) -> None:
    assert migrations.bring_up(f"sqlite:///{file}", at=AT) == Brought(changed=False)
    new = tmp_path / "new.sqlite"
    assert migrations.bring_up(f"sqlite:///{new}", at=AT) == Brought(changed=True)
    assert backups(file) == backups(new) == []


@pytest.mark.parametrize("then", ["op.drop_table('no_such_table')", "raise RuntimeError('half way')"])
def test_a_migration_that_fails_leaves_the_database_as_it_was(database_url: str, tmp_path: Path, then: str) -> None:
    revision = migrations.revision_of(database_url)
    versions = versions_with_one_more(tmp_path, then=then)
    with pytest.raises(UpgradeFailed, match="the database is as it was") as failed:
        migrations.bring_up(database_url, at=AT, versions=versions)
    assert migrations.revision_of(database_url) == revision
    migrations.check(database_url)  # no table of the failed migration is left
    kept = backups(tmp_path / "alongside.db")
    assert all(str(backup) in str(failed.value) for backup in kept)
    assert bool(kept) is database_url.startswith("sqlite")


def test_a_database_of_a_newer_version_is_left_alone(database_url: str, tmp_path: Path) -> None:
    migrations.upgrade(database_url, versions=versions_with_one_more(tmp_path))
    assert migrations.schema_of(database_url) is Schema.UNKNOWN
    with pytest.raises(Refused, match=r"made by a newer version of Alongside \(its schema is next"):
        migrations.bring_up(database_url, at=AT)
    assert backups(tmp_path / "alongside.db") == []


def test_the_schemas_that_a_database_can_have_are_told_apart(postgres: PostgresServer, tmp_path: Path) -> None:
    for empty in (postgres.fresh(migrated=False), f"sqlite:///{tmp_path / 'empty.db'}"):
        assert migrations.schema_of(empty) is Schema.NONE
        migrations.upgrade(empty)
        assert migrations.schema_of(empty) is Schema.CURRENT
        versions = versions_with_one_more(tmp_path / empty.partition(":")[0])
        assert migrations.schema_of(empty, versions=versions) is Schema.OUTDATED
        if empty.startswith("postgresql"):
            postgres.drop(empty)
