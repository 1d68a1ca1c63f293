import asyncio
import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from bot.cli import app
from bot.cli.export import COLUMNS
from bot.site_file import read_site
from store import access, feedback, people, teams, tools
from store.access import Role, Scope
from store.embeddings import Embedding, EmbeddingStatus, EmbeddingTool
from store.feedback import Kind, Report
from store.people import Caller
from store.site import Site, import_site, workspace_meant
from store.store import Presence, Store

DEMO = Path(__file__).parents[3] / "bot" / "demo" / "site.yaml"
AT = datetime(2026, 3, 3, 1, 2, 3, tzinfo=UTC)
TEXTS = [
    "=HYPERLINK(\"http://example.com\")",
    "+1 for the pump, -1 for the screen",
    "-3 bar on P-101",
    "@channel again",
    "one\ntwo\r\nthree\rfour",
    'a "quoted" word; a, comma\t and a tab',
    "  blanks around  ",
    "Ælg på vei ⚠️ 漏れ",
]  # fmt: skip


@pytest.fixture
def cli(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A database with the demo's site, an embedding E-1 of Dana Reyes and a report for each text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    with Store(database_url, Presence.VISITOR) as store:
        asyncio.run(store.write(import_site, demo(), at=AT))
        asyncio.run(store.write(embed_dana))
        for said in TEXTS:
            report = Report(Kind.FALSE_ALARM, said)
            asyncio.run(store.write(feedback.file_feedback, report, by=Caller("", "T0REDSTONE", "U0OLA"), at=AT))
    return CliRunner()


def demo() -> Site:
    site = read_site(DEMO.read_text(encoding="utf-8"))
    assert isinstance(site, Site)
    return site


def embed_dana(session: Session) -> None:
    workspace = workspace_meant(session)
    assert workspace.id is not None
    (team,) = teams.of_workspace(session, workspace.id)
    dana = people.by_slack_id(session, workspace.id, "U0DANA")
    assert dana is not None
    embedding = Embedding(
        workspace_id=workspace.id,
        number=1,
        team_id=team.key,
        status=EmbeddingStatus.ACTIVE,
        first_day=date(2026, 3, 2),
        last_day=date(2026, 5, 2),
        exit_criteria="",
        proposed_by_id=dana.key,
        created_at=AT,
    )
    session.add(embedding)
    session.flush()
    for tool in tools.of_team(session, team.key):
        session.add(EmbeddingTool(embedding_id=embedding.key, tool_id=tool.key))
    access.give(session, dana, Role.DATA_SCIENTIST, Scope.EMBEDDING, embedding.key, at=AT)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_text_comes_back_as_it_was_written(cli: CliRunner) -> None:
    result = cli.invoke(app, ["export", "feedback", "E-1", "--as", "U0DANA"])
    assert result.exit_code == 0, result.output
    found = rows(result.stdout_bytes.decode())
    assert [row["text"] for row in found] == TEXTS
    assert list(found[0]) == COLUMNS
    assert found[0] | {"text": ""} == {
        "reference": "F-1",
        "filed_at": "2026-03-03T01:02:03+00:00",
        "reporter": "Ola Nordby",
        "tool": "Pump Watch",
        "version": "2.3",
        "kind": "false_alarm",
        "impact": "",
        "status": "new",
        "text": "",
        "expected": "",
        "place": "",
        "did": "",
        "shift_day": "",
        "shift": "",
        "relayed_for": "",
        "links": "",
        "permalink": "",
        "edited_at": "",
        "additions": "",
    }


def test_a_file_holds_the_same_as_what_is_printed(cli: CliRunner, tmp_path: Path) -> None:
    printed = cli.invoke(app, ["export", "feedback", "e1", "--as", "U0DANA"])
    written = cli.invoke(app, ["export", "feedback", "E-1", "--as", "U0DANA", "--out", "reports.csv"])
    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "reports.csv").read_bytes() == printed.stdout_bytes


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["E-1", "--as", "U0OLA"], "Only the embedded people can read single reports."),
        (["E-1", "--as", "U0NOBODY"], "You are not on this site's list yet."),
        (["E-2", "--as", "U0DANA"], "There is no embedding E-2."),
        (["pumps", "--as", "U0DANA"], "pumps is not an embedding's reference. Write it as E-1."),
        (["E-1", "--as", "U0DANA", "--workspace", "T0NONE"], "There is no workspace T0NONE here."),
        (["E-1", "--as", "U0DANA", "--out", "none/reports.csv"], "none/reports.csv: No such file or directory."),
    ],
)
def test_a_refusal_is_a_sentence_and_writes_nothing(
    cli: CliRunner, tmp_path: Path, words: list[str], sentence: str
) -> None:
    result = cli.invoke(app, ["export", "feedback", *words])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(sentence)
    refused = cli.invoke(app, ["export", "feedback", "E-1", "--as", "U0OLA", "--out", "reports.csv"])
    assert refused.exit_code == 1
    assert not (tmp_path / "reports.csv").exists()


def test_one_of_several_workspaces_is_named(cli: CliRunner, database_url: str) -> None:
    with Store(database_url, Presence.VISITOR) as store:
        asyncio.run(store.write(import_site, replace(demo(), workspace="T0OTHER"), at=AT))
    unnamed = cli.invoke(app, ["export", "feedback", "E-1", "--as", "U0DANA"])
    assert (unnamed.exit_code, unnamed.stderr) == (
        1,
        "There are several workspaces here. Name one of them with --workspace: T0OTHER, T0REDSTONE.\n",
    )
    named = cli.invoke(app, ["export", "feedback", "E-1", "--as", "U0DANA", "--workspace", "T0REDSTONE"])
    assert len(rows(named.stdout_bytes.decode())) == len(TEXTS)


def test_the_help_warns_of_spreadsheets(cli: CliRunner) -> None:
    said = " ".join(cli.invoke(app, ["export", "feedback", "--help"]).stdout.split())
    assert "data for scripts" in said
    assert "begins with = + - or @" in said
