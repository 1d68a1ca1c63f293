"""Ids come from our own rows: one that leads to none is a bug, not a refusal."""

from collections.abc import Callable
from typing import Any

import pytest

from store import change_notes, deliveries, embeddings, people, prompts, reviews, teams, tools
from tests.store.conftest import Run


@pytest.mark.parametrize(
    "by_id",
    [
        pytest.param(module.by_id, id=module.__name__)
        for module in (change_notes, deliveries, embeddings, people, prompts, reviews, teams, tools)
    ],
)
def test_a_row_that_should_be_there_and_is_not_is_a_bug(run: Run, by_id: Callable[..., Any]) -> None:
    with pytest.raises(LookupError, match="999999"):
        run(by_id, 999_999)
