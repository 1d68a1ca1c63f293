"""The mutants that no test noticed, compared with those that survivors.toml explains."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

EXPLAINED = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One change of the code, told apart without line numbers, which every edit moves."""

    module: str
    within: str
    """The function or class that is changed; empty at the top of a module."""
    was: str
    becomes: str
    line: int = field(compare=False, default=0)


def mutant(module: str, within: str | None, line: int, diff: str) -> Mutant:
    """A mutant as cosmic-ray's unified diff shows it."""
    return Mutant(module, within or "", _rows(diff, "-"), _rows(diff, "+"), line)


def _rows(diff: str, sign: str) -> str:
    rows = [row[1:].strip() for row in diff.splitlines() if row.startswith(sign) and not row.startswith(sign * 3)]
    # A change of a module's last line shows the empty one after it, too.
    return "\n".join(filter(None, rows))


def read_explained(text: str) -> dict[Mutant, str]:
    """The mutants that are known to survive, each with the reason."""
    return {
        Mutant(entry["module"], entry["within"], entry["was"], becomes): entry["why"]
        for entry in tomllib.loads(text).get("survivor", ())
        for becomes in entry["becomes"]
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a run says about the list."""

    unexplained: tuple[Mutant, ...]
    explained: tuple[Mutant, ...]
    outdated: tuple[Mutant, ...]
    """Explained, but killed now, or no longer made of the code as it is."""


def compare(survived: Iterable[Mutant], explained: Mapping[Mutant, str], module: str) -> Comparison:
    """Compare what survived in a module with what is explained of it."""
    found = set(survived)
    return Comparison(
        unexplained=tuple(sorted(found - explained.keys(), key=_line)),
        explained=tuple(sorted(found & explained.keys(), key=_line)),
        outdated=tuple(sorted(known for known in explained.keys() - found if known.module == module)),
    )


def _line(one: Mutant) -> tuple[int, str]:
    return one.line, one.becomes
