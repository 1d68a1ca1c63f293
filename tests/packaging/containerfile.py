"""Reads a Containerfile, and follows the steps of its first stage on this machine, without a container engine."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "Containerfile"
VENV = "/opt/alongside"
"""Where the image keeps the environment; the steps are followed with another place instead."""


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction, and what it is given."""

    instruction: str
    given: str


def stages(text: str) -> list[list[Step]]:
    """The stages of a Containerfile; each begins with its FROM."""
    found: list[list[Step]] = []
    for line in _whole_lines(text):
        step = Step(*line.split(maxsplit=1))
        if step.instruction == "FROM":
            found.append([])
        found[-1].append(step)
    return found


def _whole_lines(text: str) -> list[str]:
    bare = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [line for line in bare.replace("\\\n", " ").splitlines() if line.strip()]


def sources(steps: list[Step]) -> list[str]:
    """What the steps copy from the source tree."""
    given = [step.given.split() for step in steps if step.instruction == "COPY"]
    return [source for words in given if not words[0].startswith("--from") for source in words[:-1]]


def follow(steps: list[Step], folder: Path) -> Path:
    """Carry out what a build stage copies and runs.

    Args:
        steps: The stage.
        folder: An empty folder for the source, the image's own Python and the environment.

    Returns:
        The environment that the image would hold.
    """
    source, python, made = folder / "source", folder / "python", folder / "alongside"
    source.mkdir()
    subprocess.run([sys.executable, "-m", "venv", python], check=True)  # noqa: S603 - this interpreter
    # As in the image, `python` and `pip` are those of no other environment.
    environment = {**os.environ, "PATH": f"{python / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    for name in ("PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(name, None)
    for step in steps:
        if step.instruction == "COPY":
            _copy(step.given.split(), source)
        if step.instruction == "RUN":
            command = step.given.replace(VENV, str(made))
            subprocess.run(command, shell=True, cwd=source, env=environment, check=True)  # noqa: S602 - our own file
    return made


def _copy(words: list[str], source: Path) -> None:
    *names, target = words
    for name in names:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / target)


def main() -> None:
    """Install as the image does, then run what was installed."""
    with tempfile.TemporaryDirectory() as folder:
        made = follow(stages(FILE.read_text("utf-8"))[0], Path(folder))
        environment = {"PATH": f"{made / 'bin'}:/usr/bin:/bin", "ALONGSIDE_DATABASE_URL": "sqlite:///new.sqlite"}
        for words in ("--version", "manifest", "db upgrade", "db check"):
            command = [str(made / "bin" / "alongside"), *words.split()]
            done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - ours
            print(f"alongside {words}: {done.stdout.splitlines()[0]}")


if __name__ == "__main__":
    main()
