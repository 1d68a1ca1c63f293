"""Clicks that are nearly Slack's."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.mutated.conftest import SHARES, Played, Trial, Trying, as_many_as
from tests.bot.mutated.mutation import Mutation, mutations


@pytest.fixture
async def trial(trying: Trying, before_the_last_day: Played) -> AsyncIterator[Trial]:
    async with trying(before_the_last_day, at_least=SHARES["clicks"]) as trial:
        yield trial


@as_many_as(SHARES["clicks"])
@given(which=st.integers(0, 999), wrong=mutations())
async def test_a_click_that_is_nearly_slacks(
    which: int, wrong: tuple[Mutation, ...], trial: Trial, before_the_last_day: Played
) -> None:
    await trial.send(before_the_last_day.one_of(which, "block_actions"), wrong)
