"""Where CI is set, a test that is skipped fails the run."""

import pytest

pytest_plugins = ("pytester",)

CONFTEST = "from tests.conftest import pytest_make_collect_report, pytest_runtest_makereport"

SKIPPING = """
import pytest

@pytest.fixture
def database():
    pytest.skip("no database here")

def test_needs_a_database(database):
    pass

@pytest.mark.skip(reason="not today")
def test_is_marked():
    pass

def test_skips_itself():
    pytest.skip("changed my mind")

def test_passes():
    pass

@pytest.mark.xfail(reason="a known bug")
def test_is_expected_to_fail():
    raise AssertionError
"""

SKIPPED_MODULE = """
import pytest

pytest.skip("no reference data", allow_module_level=True)
"""


@pytest.fixture
def inner(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makeconftest(CONFTEST)
    return pytester


@pytest.fixture
def in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")


@pytest.mark.usefixtures("in_ci")
def test_a_skip_fails_with_its_reason(inner: pytest.Pytester) -> None:
    inner.makepyfile(SKIPPING)
    result = inner.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1, errors=2, xfailed=1)
    result.stdout.fnmatch_lines(
        [f"*Nothing may be skipped where CI is set: *{reason}*" for reason in ("no database here", "not today")]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


@pytest.mark.usefixtures("in_ci")
def test_a_module_that_skips_itself_fails(inner: pytest.Pytester) -> None:
    inner.makepyfile(SKIPPED_MODULE)
    result = inner.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Nothing may be skipped where CI is set: *no reference data*"])
    assert result.ret != pytest.ExitCode.OK


@pytest.mark.parametrize("module", [SKIPPING, SKIPPED_MODULE], ids=["tests", "module"])
def test_elsewhere_a_skip_is_a_skip(inner: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    monkeypatch.delenv("CI", raising=False)
    inner.makepyfile(module)
    outcome = inner.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes()
    assert outcome.get("skipped") in (1, 3)
    assert not outcome.get("failed")
    assert not outcome.get("errors")
