import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from store import incidents
from store.incidents import Broken
from store.store import Presence, Store

AT = datetime(2026, 3, 3, 1, 2, 3, 400_000, tzinfo=UTC)


@pytest.fixture
def cli(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    return CliRunner()


@pytest.fixture
def broken(cli: CliRunner, database_url: str) -> CliRunner:
    """Twenty-five things broke, one a minute."""
    with Store(database_url, Presence.VISITOR) as store:
        for number in range(25):
            what = Broken(f"aaaa{number:04}", "/embedding", "KeyError", "File store/summary.py, line 9", "0.1.0")
            asyncio.run(store.write(incidents.record, what, by=None, at=AT + timedelta(minutes=number)))
    return cli


def test_the_newest_twenty_are_listed_with_what_and_when(broken: CliRunner) -> None:
    result = broken.invoke(app, ["errors"])
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert lines[0] == "aaaa0024  2026-03-03T01:26:03+00:00  KeyError  /embedding"
    assert len([line for line in lines if line.startswith("aaaa")]) == 20
    assert lines[-1] == "Where one came from: alongside errors aaaa0024"


def test_one_is_shown_with_where_it_came_from(broken: CliRunner) -> None:
    result = broken.invoke(app, ["errors", "AAAA0003"])
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            "aaaa0003  2026-03-03T01:05:03+00:00  Alongside 0.1.0",
            "/embedding",
            "",
            "File store/summary.py, line 9",
        ],
    )


def test_scripts_get_the_same_as_json(broken: CliRunner) -> None:
    listed = json.loads(broken.invoke(app, ["errors", "--json"]).stdout)
    assert len(listed) == 20
    assert listed[0] == {
        "id": "aaaa0024",
        "at": "2026-03-03T01:26:03+00:00",
        "during": "/embedding",
        "error": "KeyError",
    }
    one = json.loads(broken.invoke(app, ["errors", "aaaa0024", "--json"]).stdout)
    assert one == listed[0] | {"version": "0.1.0", "frames": "File store/summary.py, line 9"}


def test_where_nothing_broke_it_says_so(cli: CliRunner) -> None:
    result = cli.invoke(app, ["errors"])
    assert (result.exit_code, result.stdout) == (
        0,
        "No errors. When something breaks, people are told an id, and it shows up here.\n",
    )
    assert json.loads(cli.invoke(app, ["errors", "--json"]).stdout) == []


def test_an_id_that_nobody_knows_is_a_sentence(cli: CliRunner) -> None:
    result = cli.invoke(app, ["errors", "cafe0000"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("There is no error cafe0000 here. It may be older than 90 days,")
