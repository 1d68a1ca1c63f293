"""The example of the settings: whole, without a secret, and of no use before somebody fills it in."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.app import PORT
from bot.cli import app
from bot.settings import Settings, read_settings
from tests.packaging.containerfile import ROOT
from tests.packaging.test_container import names_of_settings

EXAMPLE = ROOT / ".env.example"
NAMES = re.findall(r"^#?([A-Z][A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)


@pytest.fixture(autouse=True)
def nothing_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_it_names_every_setting_and_what_compose_asks_for_once_and_nothing_else() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text("utf-8")))
    assert sorted(NAMES) == sorted(names_of_settings() | asked)


def test_a_copy_of_it_is_refused_with_the_sentence_about_the_bot_token(tmp_path: Path) -> None:
    shutil.copyfile(EXAMPLE, tmp_path / ".env")
    result = CliRunner().invoke(app, ["run"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Set SLACK_BOT_TOKEN: it stands in your app's pages")
    assert [left.name for left in tmp_path.iterdir()] == [".env"]


def test_secrets_are_empty_and_what_is_left_out_is_the_default(tmp_path: Path) -> None:
    text = EXAMPLE.read_text("utf-8")
    filled = [line for line in text.splitlines() if re.match(r"[A-Z_]+=.", line)]
    assert filled == []
    (tmp_path / ".env").write_text(re.sub(r"^#(ALONGSIDE_)", r"\1", text, flags=re.MULTILINE), "utf-8")
    read = read_settings()
    changed = {name for name in Settings.model_fields if getattr(read, name) != Settings.model_fields[name].default}
    assert changed == {"admins", "policy", "limits", "port"}
    assert (read.policy.people_needed, read.limits.attempts, read.port) == (6, 10, PORT)
