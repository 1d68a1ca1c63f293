import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli import app

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))

REGISTRY_FILES = {".condarc", ".netrc", ".npmrc", ".pypirc", ".yarnrc", ".yarnrc.yml", "pip.conf", "pip.ini", "uv.toml"}
REGISTRY = re.compile(
    r"(?<!no-emit-)\bindex-url\b|\bextra-index\b|(?<!no-emit-)\bfind-links\b|\btrusted-host\b"
    r"|\b(PIP|UV)_(DEFAULT_|EXTRA_)?INDEX|tool\.uv\.index|\[\[index\]\]"
    r"|//[^/\s]*\b(pypi|pythonhosted|npmjs|registry|artifactory|nexus|devpi)\b"
)


def files() -> list[Path]:
    """The files of the project, from its root: those that git keeps or would keep, or all where there is no git."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - fixed
        told = done.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        told = [file.relative_to(ROOT).as_posix() for file in ROOT.rglob("*") if "__pycache__" not in file.parts]
    found = [Path(name) for name in told if name and (ROOT / name).is_file()]
    return [file for file in found if file.parts[0] != ".venv"]


def names_a_registry(text: str) -> list[str]:
    """The places of a text that say where packages come from."""
    return [match[0] for match in REGISTRY.finditer(text)]


def with_extras(requirement: str) -> set[tuple[str, str]]:
    """The package and each extra that a requirement wants of it; nothing where it is wanted for an extra itself."""
    wanted = re.match(r"([\w.-]+)\[([\w, -]+)\]", requirement)
    if wanted is None or re.search(r"\bextra *==", requirement):
        return set()
    return {(wanted[1].lower(), extra.strip()) for extra in wanted[2].split(",")}


def flaws(requirements: str) -> list[str]:
    """What is wrong with a requirements file: a line without a hash, an address, an option."""
    joined = re.sub(r"\\\n\s*", " ", requirements)
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    found = [
        f"no hash: {line}"
        for line in lines
        if not re.fullmatch(r"[\w.-]+(?:\[[\w-]+(?:, [\w-]+)*\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
    ]
    return found + [f"an address: {match}" for match in re.findall(r"https?://\S*", requirements)]


def test_the_visible_folders_at_the_top_are_the_five_of_the_house() -> None:
    folders = {file.parts[0] for file in files() if len(file.parts) > 1 and not file.parts[0].startswith(".")}
    assert folders == {"bot", "jobs", "manifests", "store", "tests"}


def test_no_file_names_a_registry() -> None:
    named = [str(file) for file in files() if file.name in REGISTRY_FILES]
    for file in files():
        if ROOT / file != Path(__file__):
            found = names_a_registry((ROOT / file).read_text("utf-8", errors="replace"))
            named += [f"{file}: {what}" for what in found]
    assert named == []


@pytest.mark.parametrize(
    "text",
    [
        "--index-url https://packages.example/simple",
        "pip install --extra-index-url x",
        "[[tool.uv.index]]",
        "PIP_INDEX_URL=x",
        "UV_DEFAULT_INDEX=x",
        "from https://pypi.example/simple",
        "https://files.pythonhosted.example/packages/x.whl",
        "--trusted-host x",
    ],
)
def test_a_registry_is_noticed_when_it_is_named(text: str) -> None:
    assert names_a_registry(text)


def test_an_option_that_leaves_the_address_out_names_no_registry() -> None:
    assert names_a_registry("--no-emit-index-url --no-emit-find-links") == []


def test_there_are_requirements_for_running_and_for_developing() -> None:
    assert [file.name for file in REQUIREMENTS] == ["requirements-dev.txt", "requirements.txt"]


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_every_requirement_is_hashed_and_has_no_address(file: Path) -> None:
    assert flaws(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "httpx==0.28.1\n",
        "httpx>=0.28 \\\n    --hash=sha256:" + "0" * 64 + "\n",
        "httpx @ https://packages.example/httpx.whl --hash=sha256:" + "0" * 64 + "\n",
        "-r other.txt\n",
        "# from https://packages.example\n",
    ],
)
def test_a_requirement_without_a_hash_or_with_an_address_is_noticed(line: str) -> None:
    assert flaws(line)


def test_what_is_wanted_with_extras_is_pinned_with_them() -> None:
    # Once a newer release is out, pip does not take `coverage[toml]` for the `coverage` that is pinned.
    wanted = {
        extra for one in distributions() for requirement in one.requires or () for extra in with_extras(requirement)
    }
    pinned = {extra for line in REQUIREMENTS[0].read_text("utf-8").splitlines() for extra in with_extras(line)}
    assert ("coverage", "toml") in wanted
    assert wanted <= pinned


def test_extras_are_those_that_hold_whatever_is_installed() -> None:
    assert with_extras("psycopg[binary, pool]==3.3.9 \\") == {("psycopg", "binary"), ("psycopg", "pool")}
    assert with_extras("httpx>=0.28; python_version >= '3.11'") == set()
    assert with_extras('coverage[toml]>=7; extra == "testing"') == set()


def test_the_readme_names_every_command() -> None:
    commands = get_command(app)
    assert isinstance(commands, TyperGroup)
    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [name for name in commands.commands if not re.search(rf"\balongside {re.escape(name)}\b", readme)]
    assert missing == []
