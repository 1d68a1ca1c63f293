"""One runner for one SQLite file, across processes, and free again when it ends however it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from store.errors import RunnerTaken
from store.runner_lock import RunnerLock

HOLD = """
import sys
from pathlib import Path
from store.runner_lock import RunnerLock
lock = RunnerLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_refusal_names_the_process_that_holds_the_file(tmp_path: Path) -> None:
    database = tmp_path / "alongside.db"
    with RunnerLock(database), pytest.raises(RunnerTaken) as refused:
        RunnerLock(database)
    assert f"process {os.getpid()}" in str(refused.value)
    assert str(database) in str(refused.value)


def test_the_file_is_free_again_after_its_runner_closed(tmp_path: Path) -> None:
    for _ in range(3):
        with RunnerLock(tmp_path / "alongside.db"):
            pass


def test_two_files_have_two_runners(tmp_path: Path) -> None:
    with RunnerLock(tmp_path / "one.db"), RunnerLock(tmp_path / "two.db"):
        pass


def test_another_process_is_refused_and_may_run_after_the_first_was_killed(tmp_path: Path) -> None:
    database = tmp_path / "alongside.db"
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(RunnerTaken, match=f"process {other.pid}"):
            RunnerLock(database)
        other.kill()
    with RunnerLock(database):
        pass
