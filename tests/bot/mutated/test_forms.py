"""Forms that are nearly Slack's, and what is clicked and signed on the last day."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.mutated.conftest import SHARES, Played, Trial, Trying, as_many_as
from tests.bot.mutated.mutation import Mutation, mutations


@pytest.fixture
async def trial(trying: Trying, before_the_last_day: Played) -> AsyncIterator[Trial]:
    async with trying(before_the_last_day, at_least=SHARES["forms"]) as trial:
        yield trial


@pytest.fixture
async def last_trial(trying: Trying, on_the_last_day: Played) -> AsyncIterator[Trial]:
    async with trying(on_the_last_day, at_least=SHARES["the last day"]) as trial:
        yield trial


@pytest.fixture
async def speaking_trial(trying: Trying, before_the_last_day: Played) -> AsyncIterator[Trial]:
    async with trying(before_the_last_day, sending=True, at_least=SHARES["sent on"]) as trial:
        yield trial


@as_many_as(SHARES["forms"])
@given(which=st.integers(0, 999), wrong=mutations())
async def test_a_form_that_is_nearly_slacks(
    which: int, wrong: tuple[Mutation, ...], trial: Trial, before_the_last_day: Played
) -> None:
    await trial.send(before_the_last_day.one_of(which, "view_submission"), wrong)


@as_many_as(SHARES["the last day"])
@given(which=st.integers(0, 999), wrong=mutations())
async def test_a_review_is_not_signed_by_what_is_nearly_slacks(
    which: int, wrong: tuple[Mutation, ...], last_trial: Trial, on_the_last_day: Played
) -> None:
    await last_trial.send(on_the_last_day.one_of(which, "view_submission review", "block_actions review"), wrong)


@as_many_as(SHARES["sent on"])
@given(which=st.integers(0, 999), wrong=mutations())
async def test_what_comes_of_it_can_be_said(
    which: int, wrong: tuple[Mutation, ...], speaking_trial: Trial, before_the_last_day: Played
) -> None:
    before = len(speaking_trial.stage.slack.journal.calls())
    await speaking_trial.send(before_the_last_day.one_of(which, "view_submission", "/model-feedback …"), wrong)

    refused = {call.error for call in speaking_trial.stage.slack.journal.calls()[before:] if not call.ok}
    # The messages of the story are not in this Slack, and a trigger that is wrong opens nothing.
    assert refused <= {"channel_not_found", "message_not_found", "invalid_trigger_id", "invalid_arguments"}


def test_they_are_ten_thousand() -> None:
    assert sum(SHARES.values()) >= 10_000
