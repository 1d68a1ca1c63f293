"""What to mutate: the modules, the tests that answer for them, and the mutants that are worth a run."""

import ast
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
QUICK = ("-x", "-q", "--assert=plain", *("-p", "no:xdist", "-p", "no:cov", "-p", "no:hypothesispytest"))
"""Up to the first failure, and without what takes half of the time to load."""

Place = tuple[int, int]
"""A line from 1 and a column from 0."""


@dataclass(frozen=True, slots=True)
class Target:
    """A module, and the smallest set of test files that answers for it."""

    module: str
    on_sqlite: tuple[str, ...]
    on_postgresql: tuple[str, ...]
    """Asked about those mutants alone that nothing noticed on SQLite."""

    def command(self) -> str:
        """A command that fails when one of the tests does."""
        runs = [_pytest(self.on_sqlite, "not postgresql")]
        if self.on_postgresql:
            runs.append(_pytest(self.on_postgresql, "not sqlite"))
        return shlex.join(["sh", "-c", " && ".join(runs)])


def targets(root: Path = ROOT) -> list[Target]:
    """The modules that `[tool.cosmic-ray.tests]` of pyproject.toml names."""
    return [
        Target(module, tuple(tests["sqlite"]), tuple(tests.get("postgresql", ())))
        for module, tests in _configured(root)["tests"].items()
    ]


def excluded(operator: str, root: Path = ROOT) -> bool:
    """Whether `exclude-operators` says that an operator of cosmic-ray only makes noise."""
    return any(re.fullmatch(pattern, operator) for pattern in _configured(root)["exclude-operators"])


def _configured(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["cosmic-ray"]
    return found


def _pytest(files: Sequence[str], chosen: str) -> str:
    return shlex.join([sys.executable, "-m", "pytest", *QUICK, "-k", chosen, *files])


def worth_a_run(source: str, start: Place) -> bool:
    """Whether a mutant can be noticed at all.

    An annotation is never run; a `*` that only parts the parameters is no multiplication, and what replaces it does
    not compile; slots save memory and nothing else.

    Args:
        source: The module's text.
        start: Where the mutant changes it.
    """
    if any(begin <= start < end for begin, end in _annotations(ast.parse(source))):
        return False
    line, column = start
    row = source.splitlines()[line - 1]
    return not (row[column:].startswith("*,") or row[:column].endswith("slots="))


def _annotations(tree: ast.AST) -> Iterator[tuple[Place, Place]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(returns=ast.expr() as found) | ast.AsyncFunctionDef(returns=ast.expr() as found):
                yield _span(found)
            case ast.AnnAssign(annotation=found) | ast.arg(annotation=ast.expr() as found):
                yield _span(found)


def _span(node: ast.expr) -> tuple[Place, Place]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
