"""What store and jobs hand around cannot be changed by whoever was handed it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    file.relative_to(ROOT).as_posix() for part in ("store", "jobs") for file in (ROOT / part).rglob("*.py")
)


def changeable(source: str) -> list[str]:
    """The dataclasses that are not frozen, besides those of a module's own."""
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        for decorator in node.decorator_list
        if ast.unparse(decorator).startswith("dataclass") and "frozen=True" not in ast.unparse(decorator)
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_value_is_frozen(module: str) -> None:
    assert changeable((ROOT / module).read_text("utf-8")) == []


@pytest.mark.parametrize("decorator", ["@dataclass", "@dataclass(slots=True)", "@dataclass(frozen=False, slots=True)"])
def test_one_that_is_not_is_noticed(decorator: str) -> None:
    assert changeable(f"{decorator}\nclass Claimed:\n    id: int\n") == ["Claimed"]
