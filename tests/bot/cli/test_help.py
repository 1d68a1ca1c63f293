"""What somebody sees who asks the command line for help."""

from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from bot.cli import app

COMMANDS = [
    "run",
    "worker",
    "doctor",
    "demo",
    "manifest",
    "site import",
    "exposure import",
    "db upgrade",
    "db check",
    "export feedback",
    "deliveries",
    "deliveries show",
    "deliveries retry",
]


def test_the_version_is_said() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"alongside {version('alongside')}\n")


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_says_what_it_does(words: str) -> None:
    result = CliRunner().invoke(app, [*words.split(), "--help"])
    assert result.exit_code == 0
    lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
    assert lines[0].startswith("Usage: ")
    assert any(line.endswith(".") for line in lines[1:])


@pytest.mark.parametrize("words", ["nonsense", "doctor --nonsense", "site import", "db nonsense"])
def test_what_was_not_typed_right_exits_with_2(words: str) -> None:
    assert CliRunner().invoke(app, words.split()).exit_code == 2
