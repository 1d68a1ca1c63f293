"""A few seeds of each point: what was acknowledged is kept, and nothing comes twice, whenever a process is killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import POSTGRESQL, SQLITE, PostgresServer
from tests.torture.scenario import KILLS, Case, Ground, Trouble, side_by_side

SEEDS = range(3)


@pytest.fixture
async def ground(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[Ground]:
    async with Ground(tmp_path, postgres).settled() as ground:
        yield ground


async def test_whenever_a_process_is_killed_messages_come_once_or_their_rows_say_why_not(ground: Ground) -> None:
    cases = [Case(point, kind, seed) for seed in SEEDS for point in KILLS for kind in (SQLITE, POSTGRESQL)]
    runs = await side_by_side(cases, ground)
    assert [f"{case.again}: {judged.flaws}" for case, judged in runs if judged.flaws] == []
    for point in KILLS:
        assert any(judged.counts["died"] for case, judged in runs if case.trouble is point), f"nobody died at {point}"


async def test_a_message_that_comes_to_the_history_too_late_is_seen_to_come_twice(ground: Ground) -> None:
    """What cannot be prevented is seen, so that nothing of the kind would go by unnoticed elsewhere."""
    cases = [Case(Trouble.LATE_HISTORY, SQLITE, seed) for seed in range(6)]
    runs = await side_by_side(cases, ground)
    assert any(judged.doubled for _, judged in runs)
