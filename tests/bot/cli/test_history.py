"""`alongside history`: how a tool has changed, as Markdown and as CSV, with nobody's words run as a formula."""

import asyncio
import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from bot.cli import app
from bot.render.tool_history import COLUMNS, FORMULAS, to_csv, to_markdown
from bot.texts import Texts
from store import note_drafts, rolling_back
from store.change_notes import Change
from store.figures.change_state import ChangeState
from store.people import Caller
from store.policy import Policy
from store.site import import_site
from store.store import Presence, Store
from store.tool_history import HistoryPage, ToolChange
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


CHANGE = ToolChange(
    reference="C-1",
    live_at=datetime(2026, 3, 3, 23, 30, tzinfo=UTC),
    author="Dana Reyes",
    version_from="2.3",
    version_to="2.4",
    what="Waits ten seconds",
    why="Short peaks are no fault",
    before="",
    after="",
    expected="",
    answers=("F-1", "F-2"),
    state=ChangeState.CONFIRMED,
    rolled_back_at=None,
    rolled_back_because=None,
    approval="MOC-7",
    approved_by="Henrik Lund",
)
PAGE = HistoryPage(1, "Pump Watch", "Australia/Perth", None, (CHANGE,), 1, 1)
ISOLATES = {0x2068: None, 0x2069: None}


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
        "## C-1, Tue 3 Mar 2026, Dana Reyes, version 2.3 → 3.0",
        "## C-2, Wed 4 Mar 2026, Dana Reyes, version 3.0 → 3.1",
        "## C-3, Thu 5 Mar 2026, Dana Reyes, version 3.1 → 3.2",
    ]
    assert "\\# Not a heading  " in lines
    assert "\\[nor a link\\](http\\://example.com)" in lines
    assert "1\\. Waits \\*ten\\* seconds" in lines
    assert any("Taken back" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("Alarm\n===", "Alarm  \n\\==="),
        ("- one\n+ two\n* three\n> four\n12) five", "\\- one  \n\\+ two  \n\\* three  \n\\> four  \n12\\) five"),
        ("P-101 and cv_03a, not _this_", "P-101 and cv_03a, not \\_this\\_"),
        (
            "see https://example.com, www.example.com, a@b.example",
            "see https\\://example.com, www\\.example.com, a\\@b.example",
        ),
        ("<b>&lt;</b> `x` ~~y~~ a|b", "\\<b>\\&lt;\\</b> \\`x\\` \\~\\~y\\~\\~ a\\|b"),
    ],
)
def test_what_would_be_markup_is_kept_as_it_was_typed_and_the_rest_stays_readable(words: str, written: str) -> None:
    assert written in to_markdown(replace(PAGE, changes=(replace(CHANGE, what=words),)), Texts("en-US"))


@pytest.mark.parametrize("sign", FORMULAS)
def test_no_cell_begins_like_a_formula(sign: str) -> None:
    page = replace(PAGE, changes=(replace(CHANGE, approval=f"{sign}1", rolled_back_because=f"{sign}cmd"),))
    (row,) = csv.DictReader(io.StringIO(to_csv(page), newline=""))
    assert (row["approval"], row["rolled_back_because"]) == (f"'{sign}1", f"'{sign}cmd")


def test_days_are_those_of_the_site_and_what_was_said_of_a_change_stays_when_it_was_taken_back() -> None:
    back = replace(CHANGE, reference="C-2", rolled_back_at=CHANGE.live_at, rolled_back_because="It missed\na seal")
    text = to_markdown(replace(PAGE, changes=(CHANGE, back)), Texts("en-US"))
    assert "## C-1, Wed 4 Mar 2026, Dana Reyes, version 2.3 → 2.4" in text
    assert "In answer to 2 reports: F-1 and F-2." in text.translate(ISOLATES)
    assert "Approval: MOC-7\n\nIn answer" in text.translate(ISOLATES)
    assert "Approved by Henrik Lund.\n\nSo far: it helped." in text
    assert "Taken back on Wed 4 Mar 2026: It missed  \na seal\n\nUntil then: it helped." in text


def test_sixty_changes_are_all_there() -> None:
    page = replace(PAGE, changes=tuple(replace(CHANGE, reference=f"C-{number}") for number in range(1, 61)))
    assert to_markdown(page, Texts("en-US")).count("\n## C-") == 60
    assert len(list(csv.DictReader(io.StringIO(to_csv(page), newline="")))) == 60


def test_a_file_holds_the_same_as_what_is_printed(cli: CliRunner, tmp_path: Path) -> None:
    printed = cli.invoke(app, ["history", "Pump Watch", "--format", "csv"])
    written = cli.invoke(app, ["history", "Pump Watch", "--format", "csv", "--out", "history.csv"])
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "history.csv").read_bytes() == printed.stdout_bytes


def test_a_tool_of_which_nothing_is_noted_says_so(cli: CliRunner) -> None:
    assert "No change of Screen Eye has gone live yet" in cli.invoke(app, ["history", "Screen Eye"]).stdout
    assert cli.invoke(app, ["history", "Screen Eye", "--format", "csv"]).stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ([" "], 1, "Say which tool. There are: Pump Watch, Screen Eye."),
        (["Mill"], 1, "No tool here is called Mill. There are: Pump Watch, Screen Eye."),
        (["Pump Watch", "--workspace", "T0NONE"], 1, "There is no workspace T0NONE here."),
        (["Pump Watch", "--format", "pdf"], 2, "Write md or csv."),
    ],
)
def test_a_refusal_is_a_sentence(cli: CliRunner, words: list[str], code: int, sentence: str) -> None:
    result = cli.invoke(app, ["history", *words])
    assert (result.exit_code, result.stdout) == (code, "")
    assert sentence in result.stderr
