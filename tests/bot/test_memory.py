"""What is there when the app is ready is passed over by the garbage collector."""

import gc
from collections.abc import Iterator

import pytest

from bot.memory import THRESHOLDS, settle_in


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_was_there_before_is_left_alone_and_what_comes_later_is_looked_through() -> None:
    there: list[object] = []
    there.append(there)
    settle_in()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold() == THRESHOLDS
    assert not any(one is there for one in gc.get_objects())

    later: list[object] = []
    later.append(later)
    assert any(one is later for one in gc.get_objects())
