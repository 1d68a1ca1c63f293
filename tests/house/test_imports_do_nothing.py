import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WATCHED = Path(__file__).parent / "watched_import.py"
NOT_IMPORTABLE = {
    "store.migrations.env": "Alembic runs it as a script, and it runs the migrations",
}
SET = {
    "ALONGSIDE_DATABASE_URL": "sqlite:///nowhere.sqlite",
    "SLACK_BOT_TOKEN": "xoxb-made-up",
    "SLACK_APP_TOKEN": "xapp-made-up",
    "SLACK_SIGNING_SECRET": "made-up",
}

PLANTED = {
    "a file": ("open('left.txt', 'w').close()", "opened left.txt for writing"),
    "a file by its flags": ("import os\nos.close(os.open('left.txt', os.O_CREAT | os.O_WRONLY))", "opened left.txt"),
    "a folder": ("import os\nos.mkdir('left')", "called os.mkdir"),
    "a socket": ("import socket\nsocket.socket().close()", "called socket.__new__"),
    "a thread": ("import threading\nthreading.Thread(target=int).start()", "started a thread"),
    "a process": ("import subprocess, sys\nsubprocess.run([sys.executable, '-c', ''])", "called subprocess.Popen"),
    "an engine": ("import sqlmodel\nengine = sqlmodel.create_engine('sqlite://')", "built an engine"),
    "a connection": ("import sqlite3\nsqlite3.connect(':memory:').close()", "called sqlite3.connect"),
    "a variable": ("import os\nos.environ.get('ALONGSIDE_DATABASE_URL')", "read ALONGSIDE_DATABASE_URL"),
    "all variables": ("import os\ndict(os.environ)", "read SLACK_BOT_TOKEN"),
    "settings": ("from bot.settings import Settings\nSettings()", "read ALONGSIDE_DATABASE_URL"),
}


def modules() -> list[str]:
    """Every module of bot, jobs and store."""
    found = []
    for layer in ("bot", "jobs", "store"):
        for file in sorted((ROOT / layer).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return [module for module in found if module not in NOT_IMPORTABLE]


def fresh(arguments: list[str], folder: Path) -> str:
    """What a fresh interpreter prints that finds our modules, and those of a folder that it runs in."""
    environment = {**os.environ, **SET, "PYTHONPATH": os.pathsep.join([str(ROOT), str(folder)])}
    done = subprocess.run(  # noqa: S603 - this interpreter, with what the tests wrote
        [sys.executable, "-B", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def deeds(imported: list[str], folder: Path) -> list[str]:
    """What importing modules did besides defining things."""
    return [str(deed) for deed in json.loads(fresh([str(WATCHED), *imported], folder).splitlines()[-1])]


def test_importing_every_module_does_nothing(tmp_path: Path) -> None:
    assert deeds(modules(), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_what_a_module_does_when_it_is_imported_is_noticed(planted: str, tmp_path: Path) -> None:
    source, deed = PLANTED[planted]
    (tmp_path / "planted.py").write_text(source)
    assert any(found.startswith(f"planted: {deed}") for found in deeds(["planted"], tmp_path))


def test_help_is_given_without_slack_a_database_or_a_network_library(tmp_path: Path) -> None:
    script = """
import sys
from bot.cli import main
sys.argv = ["alongside", "--help"]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(sorted({name.partition(".")[0] for name in sys.modules}))
"""
    *help_text, loaded = fresh(["-c", script], tmp_path).splitlines()
    assert any("Usage" in line for line in help_text)
    heavy = {
        "aiohttp",
        "alembic",
        "fastapi",
        "jinja2",
        "slack_bolt",
        "slack_sdk",
        "sqlalchemy",
        "sqlmodel",
        "vl_convert",
    }
    assert not heavy & set(loaded.strip("[]").replace("'", "").split(", "))
