"""The wheel holds everything that the app needs when its source is not there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.test_tree import files
from tests.packaging.containerfile import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the tool that the project names."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - the project's own build
    [built] = folder.glob("alongside-*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it lies in an environment."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def test_every_file_of_the_packages_is_in_the_wheel(unpacked: Path) -> None:
    kept = {str(file) for file in files() if file.parts[0] in ("bot", "jobs", "store", "manifests")}
    assert kept
    assert {name for name in kept if not (unpacked / name).is_file()} == set()


def test_no_test_secret_or_database_is_in_the_wheel(unpacked: Path) -> None:
    [about] = unpacked.glob("alongside-*.dist-info")
    assert {entry.name for entry in unpacked.iterdir()} == {"bot", "jobs", "store", "manifests", about.name}
    assert not [file for file in unpacked.rglob("*") if file.name.startswith(".env") or ".sqlite" in file.name]


def test_the_commands_run_from_the_wheel_alone(unpacked: Path, tmp_path: Path) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(unpacked),
        "ALONGSIDE_DATABASE_URL": "sqlite:///new.sqlite",
    }

    def run(*words: str) -> str:
        return subprocess.run(  # noqa: S603 - what was built just now
            [sys.executable, *words], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert run("-c", "import bot; print(bot.__file__)").strip() == str(unpacked / "bot" / "__init__.py")
    assert "doctor" in run("-m", "bot.cli", "--help")
    assert '"Alongside"' in run("-m", "bot.cli", "manifest")
    assert "now" in run("-m", "bot.cli", "db", "upgrade")
    site = unpacked / "bot" / "demo" / "site.yaml"
    assert "changes made" in run("-m", "bot.cli", "site", "import", str(site))
