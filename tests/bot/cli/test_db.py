import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from store import migrations
from store.backup import backups
from store.runner_lock import RunnerLock
from tests.store.test_backup import versions_with_one_more


@pytest.fixture
def cli(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    return CliRunner()


def test_an_outdated_database_is_brought_up_once(cli: CliRunner, database_url: str) -> None:
    migrations.downgrade(database_url, "base")
    outdated = cli.invoke(app, ["db", "check"])
    assert outdated.exit_code == 1
    assert "alongside db upgrade" in outdated.stderr
    first = cli.invoke(app, ["db", "upgrade"])
    assert (first.exit_code, first.stdout) == (0, "The database has this version's schema now.\n")
    second = cli.invoke(app, ["db", "upgrade"])
    assert (second.exit_code, second.stdout) == (0, "The database has this version's schema. Nothing to do.\n")
    checked = cli.invoke(app, ["db", "check"])
    assert (checked.exit_code, checked.stdout) == (0, "The database has this version's schema.\n")


def test_a_sqlite_file_is_made_by_an_upgrade_but_not_by_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", "sqlite:///new.sqlite")
    cli = CliRunner()
    missing = cli.invoke(app, ["db", "check"])
    assert (missing.exit_code, missing.stderr) == (
        1,
        "There is no database at new.sqlite yet. Make it: alongside db upgrade\n",
    )
    assert list(tmp_path.iterdir()) == []
    assert cli.invoke(app, ["db", "upgrade"]).exit_code == 0
    assert cli.invoke(app, ["db", "check"]).exit_code == 0


def test_a_schema_that_somebody_changed_is_told(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", sqlite_url)
    connection = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    connection.execute("ALTER TABLE team ADD COLUMN colour TEXT")
    connection.close()
    result = CliRunner().invoke(app, ["db", "check"])
    assert result.exit_code == 1
    assert result.stderr.startswith("The database was changed by something else than Alongside:")
    assert "colour" in result.stderr


def test_a_database_that_a_runner_holds_is_not_upgraded(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", sqlite_url)
    with RunnerLock(Path(sqlite_url.removeprefix("sqlite:///"))):
        result = CliRunner().invoke(app, ["db", "upgrade"])
    assert result.exit_code == 1
    assert "already runs" in result.stderr


def test_an_upgrade_says_where_the_backup_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("CREATE TABLE left_by_an_older_version (id INTEGER)")
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", f"sqlite:///{old}")
    result = CliRunner().invoke(app, ["db", "upgrade"])
    [backup] = backups(old)
    assert result.stderr == f"The database was backed up to {backup} before its upgrade.\n"
    assert (result.exit_code, result.stdout) == (0, "The database has this version's schema now.\n")


@pytest.mark.parametrize("words", ["db upgrade", "db check"])
def test_a_database_of_a_newer_version_is_refused(
    cli: CliRunner, database_url: str, tmp_path: Path, words: str
) -> None:
    migrations.upgrade(database_url, versions=versions_with_one_more(tmp_path))
    result = cli.invoke(app, words.split())
    assert result.exit_code == 1
    assert result.stderr.startswith("The database was made by a newer version of Alongside (its schema is next,")


def test_what_is_no_database_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notes.txt").write_text("not a database, but a text that is longer than a header" * 30)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", f"sqlite:///{tmp_path / 'notes.txt'}")
    for words in ("upgrade", "check"):
        result = CliRunner().invoke(app, ["db", words])
        assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
        assert "file is not a database" in result.stderr
