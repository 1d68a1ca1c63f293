import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from store import migrations
from store.runner_lock import RunnerLock


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
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (0, "The database has this version's schema.")


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
