"""Commands, message shortcuts and events that are nearly Slack's."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.mutated.conftest import SHARES, Played, Trial, Trying, as_many_as
from tests.bot.mutated.mutation import Mutation, mutations


@pytest.fixture
async def trial(trying: Trying, before_the_last_day: Played) -> AsyncIterator[Trial]:
    async with trying(before_the_last_day, at_least=SHARES["shortcuts and events"]) as trial:
        yield trial


@as_many_as(SHARES["commands"])
@given(which=st.integers(0, 999), wrong=mutations())
async def test_a_command_that_is_nearly_slacks(
    which: int, wrong: tuple[Mutation, ...], trial: Trial, before_the_last_day: Played
) -> None:
    await trial.send(before_the_last_day.one_of(which, "/"), wrong)


@as_many_as(SHARES["shortcuts and events"])
@given(which=st.integers(0, 999), wrong=mutations())
async def test_a_shortcut_or_an_event_that_is_nearly_slacks(
    which: int, wrong: tuple[Mutation, ...], trial: Trial, before_the_last_day: Played
) -> None:
    await trial.send(before_the_last_day.one_of(which, "message_action", "app_home_opened", "user_change"), wrong)
