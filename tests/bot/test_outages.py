"""While Slack takes no calls at all, everything waits; it is said once, tried now and then, and goes on by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST
from bot.local_slack.journal import Call
from store.deliveries import Kind, Status
from store.policy import Limits
from tests.bot.conftest import Logs
from tests.bot.opening import PROMPTED_AT, deliveries, events

POST = "chat.postMessage"
PAUSE = Limits().outage_pause


@contextmanager
def switched_off(stage: Stage, error: str = "token_revoked") -> Iterator[None]:
    """Slack takes nothing from the app until the context ends."""
    stage.slack.revoke(error)
    yield
    stage.slack.revoke("")


def refused(stage: Stage) -> list[Call]:
    """What Slack did not take."""
    return stage.slack.journal.calls(POST, ok=False)


async def test_an_app_that_is_switched_off_keeps_its_messages_and_sends_them_when_it_is_on(
    stage: Stage, logs: Logs
) -> None:
    stage.clock.advance_to(PROMPTED_AT)
    with switched_off(stage):
        for _ in range(5):
            await stage.tick()
            stage.clock.advance(PAUSE)
        waiting = await stage.app.store.read(deliveries, Kind.PROMPT)
        assert {row.status for row in waiting} == {Status.QUEUED}
        assert {row.attempts for row in waiting} == {0}
        assert {row.reason for row in waiting if row.reason} == {
            "Slack takes nothing from Alongside: install it again and set SLACK_BOT_TOKEN anew (token_revoked)"
        }
        assert [(line["level"], line["reason"]) for line in logs.of("app_switched_off")] == [
            ("error", next(row.reason for row in waiting if row.reason))
        ]
        assert not logs.of("delivery_ended")

    await stage.tick()

    asked = [row for row in await stage.app.store.read(deliveries, Kind.PROMPT) if row.due_at <= stage.clock.now()]
    assert {row.status for row in asked} == {Status.SENT}
    assert len(stage.slack.journal.calls(POST, ok=True)) >= len(asked) > 1
    assert len(logs.of("slack_takes_calls_again")) == 1


async def test_nothing_is_tried_again_before_the_pause_is_over(http_stage: Stage) -> None:
    http_stage.clock.advance_to(PROMPTED_AT)
    with switched_off(http_stage):
        await http_stage.tick()
        tried = len(refused(http_stage))
        assert tried > 0
        for _ in range(5):
            await http_stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
            await http_stage.tick()
            http_stage.clock.advance(timedelta(seconds=5))
        assert len(refused(http_stage)) == tried


async def test_people_are_answered_meanwhile_and_their_reports_reach_the_data_scientist_afterwards(
    http_stage: Stage,
) -> None:
    with switched_off(http_stage, "account_inactive"):
        answer = await http_stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
        assert "F-1" in answer.text
        await http_stage.quiet()
        (filed,) = await http_stage.app.store.read(deliveries, Kind.FEEDBACK_FILED)
        assert filed.status is Status.QUEUED
    http_stage.clock.advance(PAUSE)
    await http_stage.tick()
    await http_stage.person(DATA_SCIENTIST).sees("P-101")


async def test_what_came_to_be_too_late_in_the_meantime_is_not_sent(stage: Stage) -> None:
    stage.clock.advance_to(PROMPTED_AT)
    with switched_off(stage):
        await stage.tick()
        stage.clock.advance(timedelta(days=1))
    await stage.tick()

    first = [row for row in await stage.app.store.read(deliveries, Kind.PROMPT) if row.due_at <= PROMPTED_AT]
    assert first
    assert {row.status for row in first} <= {Status.EXPIRED, Status.SKIPPED}


async def test_nobody_counts_as_gone_while_the_app_is_switched_off(stage: Stage) -> None:
    stage.clock.advance(timedelta(days=8))
    with switched_off(stage):
        before = len(stage.slack.journal.calls("users.info"))
        for _ in range(3):
            await stage.tick()
        assert len(stage.slack.journal.calls("users.info")) <= before + 1
    stage.clock.advance(PAUSE)
    await stage.tick()
    assert await stage.app.store.read(events, "account_switched_off") == []
    assert len(stage.slack.journal.calls("users.info", ok=True)) >= 5


async def test_the_socket_comes_back_after_slack_refused_a_new_one(stage: Stage) -> None:
    stage.slack.expect_trouble("apps.connections.open", error="internal_error")
    await stage.slack.refresh_connections()
    await stage.slack.until_connected()
    assert len(stage.slack.journal.calls("apps.connections.open", ok=False)) == 1
    answer = await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    assert "F-1" in answer.text
