"""`alongside exposure import`: shown first, then taken over, once; every flaw by its line."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from bot.cli import app
from store.exposure import Exposure
from store.store import Presence, Store

DEMO = Path(__file__).parents[3] / "bot" / "demo" / "site.yaml"
LIST = "tool;week;shown\nPump Watch;2026-06-01;412\nscreen eye;2026-W23;9000\n"


@pytest.fixture
def url(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with the demo's site, and a working folder with a list."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    assert CliRunner().invoke(app, ["site", "import", str(DEMO)]).exit_code == 0
    (tmp_path / "alerts.csv").write_text(LIST, encoding="utf-8")
    return database_url


def kept(url: str) -> list[tuple[date, int]]:
    def look(session: Session) -> list[tuple[date, int]]:
        return [(row.week, row.shown) for row in session.exec(select(Exposure).order_by(col(Exposure.id)))]

    with Store(url, Presence.VISITOR) as store:
        return asyncio.run(store.read(look))


def exposure(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["exposure", "import", *words])
    return result.exit_code, result.stdout, result.stderr


def test_a_list_is_shown_then_taken_over_once(url: str) -> None:
    assert exposure("alerts.csv", "--dry-run") == (
        0,
        "would add exposure Pump Watch (2026-06-01 412)\n"
        "would add exposure Screen Eye (2026-06-01 9000)\n"
        "2 changes would be made. Nothing was written.\n",
        "",
    )
    assert kept(url) == []
    code, said, _ = exposure("alerts.csv")
    assert (code, said.splitlines()[0]) == (0, "added exposure Pump Watch (2026-06-01 412)")
    assert kept(url) == [(date(2026, 6, 1), 412), (date(2026, 6, 1), 9000)]
    assert exposure("alerts.csv") == (0, "Nothing to change.\n", "")


def test_every_flaw_is_shown_with_its_line_and_nothing_is_written(url: str, tmp_path: Path) -> None:
    (tmp_path / "alerts.csv").write_text(LIST.replace("Pump Watch", "Pump"), encoding="utf-8")
    code, said, wrong = exposure("alerts.csv")
    assert (code, said) == (1, "")
    assert wrong.splitlines() == [
        'line 2: "Pump" is no tool of this site. Known are Pump Watch, Screen Eye.',
        "alerts.csv has 1 flaw. Nothing was changed.",
    ]
    (tmp_path / "alerts.csv").write_text(LIST.replace("412", "many"), encoding="utf-8")
    assert (
        'line 2: shown "many" is no whole number. Write it in digits alone, such as 1234.' in exposure("alerts.csv")[2]
    )
    assert kept(url) == []
