"""Which mutants are worth a run, and how the tests that answer for a module are asked."""

import shlex

import pytest

from tests.mutants.plan import ROOT, Target, excluded, targets, worth_a_run

SOURCE = """
@dataclass(frozen=True, slots=True)
class Withheld:
    pass


def shown(value: int, *, by: str | None = None) -> int | None:
    known: set[str] | None = people & {by}
    return value * 2 if known | others else None
"""


def place(text: str) -> tuple[int, int]:
    before = SOURCE[: SOURCE.index(text)]
    return before.count("\n") + 1, len(before) - before.rfind("\n") - 1


@pytest.mark.parametrize("noise", ["| None = None", "| None:", "| None = people", "*, by", "True)"])
def test_what_is_never_run_is_not_worth_it(noise: str) -> None:
    assert not worth_a_run(SOURCE, place(noise))


@pytest.mark.parametrize("code", ["& {by}", "* 2", "| others", "2 if", "True, slots"])
def test_what_is_run_is_worth_it(code: str) -> None:
    assert worth_a_run(SOURCE, place(code))


def test_postgresql_is_asked_after_sqlite() -> None:
    outer = shlex.split(Target("m.py", ("a.py", "b.py"), ("a.py",)).command())
    assert outer[:2] == ["sh", "-c"]
    first, second = outer[2].split(" && ")
    assert shlex.split(first)[-4:] == ["-k", "not postgresql", "a.py", "b.py"]
    assert shlex.split(second)[-3:] == ["-k", "not sqlite", "a.py"]
    assert " && " not in Target("m.py", ("a.py",), ()).command()


def test_every_module_that_is_mutated_is_there_and_so_are_its_tests() -> None:
    found = targets()
    assert {"store/access.py", "store/policy.py", "store/privacy.py"} <= {target.module for target in found}
    for target in found:
        for file in (target.module, *target.on_sqlite, *target.on_postgresql):
            assert (ROOT / file.partition("::")[0]).is_file(), file


def test_a_plus_becomes_a_minus_but_no_shift() -> None:
    assert not excluded("core/ReplaceBinaryOperator_Add_Sub")
    assert excluded("core/ReplaceBinaryOperator_Add_LShift")
    assert not excluded("core/ReplaceComparisonOperator_Eq_IsNot")
