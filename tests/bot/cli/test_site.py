import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from bot.cli import app
from store import migrations, teams
from store.site import workspace_meant
from store.store import Presence, Store

DEMO = Path(__file__).parents[3] / "bot" / "demo" / "site.yaml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder without a .env file."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ALONGSIDE_DATABASE_URL", raising=False)
    return folder


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


def team_names(url: str) -> list[str]:
    def look(session: Session) -> list[str]:
        workspace = workspace_meant(session)
        assert workspace.id is not None
        return [team.name for team in teams.of_workspace(session, workspace.id)]

    with Store(url, Presence.VISITOR) as store:
        return asyncio.run(store.read(look))


def test_a_site_is_imported_once(
    cli: CliRunner, database_url: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    dry = cli.invoke(app, ["site", "import", str(DEMO), "--dry-run"])
    assert dry.exit_code == 0, dry.output
    said, _, calendar = dry.stdout.partition("\n\n")
    lines = said.splitlines()
    assert calendar.startswith("Fixed plant maintenance, times in Australia/Perth\n")
    assert "would add person Ola Nordby (U0OLA)" in lines
    assert "would add member Ola Nordby (crew A of Fixed plant maintenance)" in lines
    assert lines[-1].endswith("changes would be made. Nothing was written.")
    first = cli.invoke(app, ["site", "import", str(DEMO)])
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[:-1] == [line.replace("would add", "added") for line in lines[:-1]]
    assert cli.invoke(app, ["site", "import", str(DEMO)]).stdout == "Nothing to change.\n"
    assert cli.invoke(app, ["site", "import", str(DEMO), "--dry-run"]).stdout == "Nothing to change.\n"
    assert team_names(database_url) == ["Fixed plant maintenance"]


def test_a_dry_run_shows_two_weeks_of_the_teams_whose_shifts_would_change(cli: CliRunner, here: Path) -> None:
    cli.invoke(app, ["site", "import", str(DEMO)])
    text = DEMO.read_text(encoding="utf-8")
    for old, new, shown in (("- {name: 2.3,", "- {name: 2.4,", False), ("offset: 4", "offset: 2", True)):
        (here / "site.yaml").write_text(text.replace(old, new), encoding="utf-8")
        dry = cli.invoke(app, ["site", "import", "site.yaml", "--dry-run"])
        assert dry.exit_code == 0, dry.output
        assert ("Fixed plant maintenance, times in Australia/Perth" in dry.stdout) is shown
        assert dry.stdout.count("\nB  ") == 2 * shown


def test_who_works_when_is_shown(cli: CliRunner, here: Path) -> None:
    cli.invoke(app, ["site", "import", str(DEMO)])
    shown = cli.invoke(app, ["site", "shifts"])
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[1] == "Fixed plant maintenance, times in Australia/Perth"
    assert [line.split()[0] for line in lines if line.startswith(("A ", "B "))] == ["A", "B", "A", "B"]
    assert lines[-2:] == ["D 06:00–18:00", "N 18:00–06:00"]
    assert cli.invoke(app, ["site", "shifts", "--workspace", "T0NONE"]).exit_code == 1


def test_a_sqlite_file_that_is_not_there_is_made(cli: CliRunner, here: Path) -> None:
    result = cli.invoke(app, ["site", "import", str(DEMO)])
    assert result.exit_code == 0, result.output
    assert team_names(f"sqlite:///{here / 'alongside.sqlite'}") == ["Fixed plant maintenance"]


def test_a_dry_run_makes_no_file(cli: CliRunner, here: Path) -> None:
    result = cli.invoke(app, ["site", "import", str(DEMO), "--dry-run"])
    assert "would add person Ola Nordby (U0OLA)" in result.stdout
    assert list(here.iterdir()) == []


def test_an_outdated_schema_is_refused_with_the_command_to_run(
    cli: CliRunner, database_url: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", database_url)
    migrations.downgrade(database_url, "base")
    for dry_run in ([], ["--dry-run"]):
        result = cli.invoke(app, ["site", "import", str(DEMO), *dry_run])
        assert result.exit_code == 1
        assert result.stderr.endswith(": alongside db upgrade\n")


def test_every_flaw_of_a_file_is_shown_and_nothing_is_made(cli: CliRunner, here: Path) -> None:
    text = DEMO.read_text(encoding="utf-8").replace("zone: Australia/Perth", "zone: Australia/Pert")
    (here / "site.yaml").write_text(text.replace("[lena]", "[lina]"), encoding="utf-8")
    result = cli.invoke(app, ["site", "import", "site.yaml"])
    assert result.exit_code == 1
    zone, lead, end = result.stderr.splitlines()
    assert zone.endswith('site: zone "Australia/Pert" is not an IANA zone. Did you mean Australia/Perth?')
    assert lead.endswith('leads: there is no person "lina" in this file. Did you mean lena?')
    assert end == "site.yaml has 2 flaws. Nothing was changed."
    assert [path.name for path in here.iterdir()] == ["site.yaml"]


def test_a_file_that_cannot_be_read_is_a_sentence(cli: CliRunner, here: Path) -> None:
    missing = cli.invoke(app, ["site", "import", "site.yaml"])
    assert (missing.exit_code, missing.stderr) == (1, "site.yaml: No such file or directory.\n")
    (here / "site.yaml").write_bytes(b"\xff\xfename")
    other = cli.invoke(app, ["site", "import", "site.yaml"])
    assert (other.exit_code, other.stderr) == (1, "site.yaml is not UTF-8 text. Save it as UTF-8.\n")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ALONGSIDE_DATABASE_URL", "alongside.sqlite", "ALONGSIDE_DATABASE_URL must be sqlite:///file or"),
        ("ALONGSIDE_DATABASE_URL", "sqlite:///", "ALONGSIDE_DATABASE_URL must be sqlite:///file or"),
        ("ALONGSIDE_DATABASE_URL", "sqlite:///none/alongside.sqlite", "The folder"),
        ("ALONGSIDE_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/alongside", "The database is busy or away:"),
        ("ALONGSIDE_PORT", "high", "ALONGSIDE_PORT must be a valid integer"),
    ],
)
def test_what_the_settings_get_wrong_is_a_sentence(
    cli: CliRunner, here: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    result = cli.invoke(app, ["site", "import", str(DEMO)])
    assert result.exit_code == 1
    assert result.stderr.startswith(sentence)
    assert "secret" not in result.output


def test_a_real_process_imports_a_site(here: Path) -> None:
    alongside = Path(sys.executable).with_name("alongside")
    environment = os.environ | {"ALONGSIDE_DATABASE_URL": f"sqlite:///{here / 'mine.sqlite'}"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command with our own words
            [alongside, *words], env=environment, capture_output=True, text=True, encoding="utf-8", timeout=60
        )

    first = run("site", "import", str(DEMO))
    assert (first.returncode, first.stderr) == (0, "")
    assert "added crew A of Fixed plant maintenance (offset 0)" in first.stdout.splitlines()
    assert run("site", "import", str(DEMO)).stdout == "Nothing to change.\n"
    refused = run("export", "feedback", "E-1", "--as", "U0DANA")
    assert refused.returncode == 1
    assert refused.stderr == "There is no embedding E-1. Type /embedding list to see what there is.\n"


def test_help_imports_neither_the_store_nor_slack() -> None:
    code = (
        "import sys; from bot.cli import app; "
        "print([name for name in ('sqlalchemy', 'slack_sdk', 'store', 'yaml') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert found.stdout == "[]\n"
