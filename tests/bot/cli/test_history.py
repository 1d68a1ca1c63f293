"""`alongside history`: how a tool has changed, as Markdown and as CSV, with nobody's words run as a formula."""

import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from bot.cli import app
from bot.render.tool_history import COLUMNS, FORMULAS
from store import note_drafts, rolling_back
from store.change_notes import Change
from store.people import Caller
from store.policy import Policy
from store.site import import_site
from store.store import Presence, Store
from store.tools import Tool
from tests.bot.cli.test_export import demo, embed_dana

AT = datetime(2026, 3, 3, 1, 2, 3, tzinfo=UTC)
DANA = Caller("", "T0REDSTONE", "U0DANA")
WHATS = [
    '=HYPERLINK("http://example.com")',
    "# Not a heading\n[nor a link](http://example.com)",
    "1. Waits *ten* seconds",
]


def noted(session: Session) -> None:
    tool = session.exec(select(Tool).where(Tool.name == "Pump Watch")).one()
    for number, what in enumerate(WHATS):
        change = Change(tool.key, what, "-3 bar is no fault", f"3.{number}", (), before="@once", expected="+1")
        note_drafts.file_change_note(session, change, policy=Policy(), by=DANA, at=AT + timedelta(days=number))
    rolling_back.roll_back(session, 1, "=1+1", by=DANA, at=AT + timedelta(days=4))


@pytest.fixture
def cli(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A database with the demo's site, Dana embedded, and three changes of Pump Watch, one of them taken back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", sqlite_url)
    with Store(sqlite_url, Presence.VISITOR) as store:
        asyncio.run(store.write(import_site, demo(), at=AT))
        asyncio.run(store.write(embed_dana))
        asyncio.run(store.write(noted))
    return CliRunner()


def test_the_csv_has_every_change_oldest_first_and_no_formula(cli: CliRunner) -> None:
    result = cli.invoke(app, ["history", "Pump Watch", "--format", "csv"])
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["reference"] for row in rows] == ["C-1", "C-2", "C-3"]
    assert [row["version_to"] for row in rows] == ["3.0", "3.1", "3.2"]
    assert [row["what"] for row in rows] == [f"'{WHATS[0]}", *WHATS[1:]]
    assert rows[0]["rolled_back_because"] == "'=1+1"
    assert rows[1]["state"] == "no_verdict"
    assert [cell for row in rows for cell in row.values() if cell.startswith(FORMULAS)] == []


def test_the_markdown_reads_and_nobodys_words_are_markup(cli: CliRunner) -> None:
    result = cli.invoke(app, ["history", "pump"])
    assert result.exit_code == 0, result.output
    lines = result.stdout_bytes.decode().splitlines()
    assert [line for line in lines if line.startswith("#")] == [
        "# How Pump Watch has changed",
        "## C\\-1, Tue 3 Mar 2026, Dana Reyes, version 2.3 → 3.0",
        "## C\\-2, Wed 4 Mar 2026, Dana Reyes, version 3.0 → 3.1",
        "## C\\-3, Thu 5 Mar 2026, Dana Reyes, version 3.1 → 3.2",
    ]
    assert "\\# Not a heading  " in lines
    assert "\\[nor a link\\]\\(http://example.com\\)" in lines
    assert "1\\. Waits \\*ten\\* seconds" in lines
    assert any("Taken back" in line for line in lines)


def test_a_file_holds_the_same_as_what_is_printed(cli: CliRunner, tmp_path: Path) -> None:
    printed = cli.invoke(app, ["history", "Pump Watch", "--format", "csv"])
    written = cli.invoke(app, ["history", "Pump Watch", "--format", "csv", "--out", "history.csv"])
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "history.csv").read_bytes() == printed.stdout_bytes


def test_a_tool_of_which_nothing_is_noted_says_so(cli: CliRunner) -> None:
    assert "Nothing is noted of Screen Eye yet" in cli.invoke(app, ["history", "Screen Eye"]).stdout
    assert cli.invoke(app, ["history", "Screen Eye", "--format", "csv"]).stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["Mill"], 1, "No tool here is called Mill. There are: Pump Watch, Screen Eye."),
        (["Pump Watch", "--workspace", "T0NONE"], 1, "There is no workspace T0NONE here."),
        (["Pump Watch", "--format", "pdf"], 2, "Write md or csv."),
    ],
)
def test_a_refusal_is_a_sentence(cli: CliRunner, words: list[str], code: int, sentence: str) -> None:
    result = cli.invoke(app, ["history", *words])
    assert (result.exit_code, result.stdout) == (code, "")
    assert sentence in result.stderr
