"""References that people say aloud."""

import pytest

from store import references
from store.references import Series
from tests.store.conftest import Run
from tests.store.site import Site, build


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("F-12", 12),
        ("f-12", 12),
        ("F12", 12),
        ("F - 12", 12),
        ("12", 12),
        ("  F-12 ", 12),
        ("F-007", 7),
        ("F-999999999", 999_999_999),
        ("", None),
        ("F-", None),
        ("F", None),
        ("C-12", None),
        ("FF-12", None),
        ("F-12a", None),
        ("F-1 2", None),
        ("F--12", None),
        ("-12", None),
        ("F-1.5", None),
        ("F-9999999999", None),
        ("F-12; drop table feedback", None),
    ],
)
def test_what_somebody_types_is_a_number_or_none(typed: str, number: int | None) -> None:
    assert references.read(Series.FEEDBACK, typed) == number


@pytest.mark.parametrize("series", Series)
def test_a_reference_that_is_written_can_be_read(series: Series) -> None:
    assert [references.read(series, references.write(series, number)) for number in (1, 12, 4_567)] == [1, 12, 4_567]


def test_numbers_count_up_from_one_in_each_series(run: Run, site: Site) -> None:
    taken = [run(references.take, site.workspace_id, Series.FEEDBACK) for _ in range(3)]
    assert taken == [1, 2, 3]
    assert run(references.take, site.workspace_id, Series.CHANGE_NOTE) == 1


def test_each_workspace_counts_for_itself(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    run(references.take, site.workspace_id, Series.FEEDBACK)
    assert run(references.take, other.workspace_id, Series.FEEDBACK) == 1
