import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from bot.cli import app
from store.rosters import RosterEntry
from store.store import Presence, Store

DEMO = Path(__file__).parents[3] / "bot" / "demo" / "site.yaml"
DAY = date.today() + timedelta(days=10)  # noqa: DTZ011 - a day that is to come on the machine's own clock
ROSTER = f"person;date;shift\nOla Nordby;{DAY:%d.%m.%Y};N\nU0MICK;{DAY};off\n"


@pytest.fixture
def url(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with the demo's site, and a working folder with a roster."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    assert CliRunner().invoke(app, ["site", "import", str(DEMO)]).exit_code == 0
    (tmp_path / "roster.csv").write_bytes(b"\xef\xbb\xbf" + ROSTER.encode())
    return database_url


def entries(url: str) -> list[tuple[date, str]]:
    def look(session: Session) -> list[tuple[date, str]]:
        return [(row.day, row.shift) for row in session.exec(select(RosterEntry).order_by(col(RosterEntry.id)))]

    with Store(url, Presence.VISITOR) as store:
        return asyncio.run(store.read(look))


def roster(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["roster", "import", *words])
    return result.exit_code, result.stdout, result.stderr


def test_a_roster_is_shown_then_imported_once(url: str) -> None:
    assert roster("roster.csv", "--dry-run") == (
        0,
        f"would add Ola Nordby: {DAY} N\nwould add Mick Daly: {DAY} off\n2 days would be noted. Nothing was written.\n",
        "",
    )
    assert entries(url) == []
    code, said, _ = roster("roster.csv")
    assert (code, said.splitlines()[0]) == (0, f"added Ola Nordby: {DAY} N")
    assert entries(url) == [(DAY, "N"), (DAY, "")]
    assert roster("roster.csv") == (0, "Nothing to change.\n", "")


def test_every_flaw_is_shown_with_its_line_and_nothing_is_written(url: str, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER.replace(f"{DAY:%d.%m.%Y}", "05/03/2026"), encoding="utf-8")
    assert roster("roster.csv") == (
        1,
        "",
        'line 2: date "05/03/2026" may be 2026-03-05 or 2026-05-03. Write it like these.\n'
        "roster.csv has 1 flaw. Nothing was changed.\n",
    )
    (tmp_path / "roster.csv").write_text(ROSTER.replace("Ola", "Olaf").replace("off", "X"), encoding="utf-8")
    code, _, said = roster("roster.csv", "--dry-run")
    assert code == 1
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "line 2",
        "line 3",
        "roster.csv has 2 flaws. Nothing was changed.",
    ]
    assert entries(url) == []


def test_a_file_or_a_workspace_that_is_not_there_is_a_sentence(url: str) -> None:
    assert roster("none.csv") == (1, "", "none.csv: No such file or directory.\n")
    code, _, said = roster("roster.csv", "--workspace", "T0NONE")
    assert (code, said) == (1, "There is no workspace T0NONE here. There is: T0REDSTONE.\n")


def test_a_whole_roster_is_summed_up_by_person(url: str, tmp_path: Path) -> None:
    days = [DAY + timedelta(days=number) for number in range(40)]
    lines = [f"{person},{day},D" for person in ("Ola Nordby", "Mick Daly") for day in days]
    (tmp_path / "roster.csv").write_text("\n".join(["person,date,shift", *lines]), encoding="utf-8")
    assert roster("roster.csv", "--dry-run")[1].splitlines() == [
        f"would add Ola Nordby: 40 days, {days[0]} to {days[-1]}",
        f"would add Mick Daly: 40 days, {days[0]} to {days[-1]}",
        "80 days would be noted. Nothing was written.",
    ]


def test_of_many_flaws_the_first_are_shown(url: str, tmp_path: Path) -> None:
    lines = [f"Nobody {number},{DAY},D" for number in range(100)]
    (tmp_path / "roster.csv").write_text("\n".join(["person,date,shift", *lines]), encoding="utf-8")
    said = roster("roster.csv")[2].splitlines()
    assert [line.split(":")[0] for line in said[:2]] == ["line 2", "line 3"]
    assert said[-2:] == ["… and 70 more like these", "roster.csv has 100 flaws. Nothing was changed."]
