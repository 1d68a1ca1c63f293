"""Events that are sent again until they are answered, and what is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from bot.local_slack import LocalSlack, NotAsExpected, Person
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.receiving import receiver
from tests.bot.local_slack.sockets import connected

EVENT = {"type": "app_mention"}


async def test_an_event_is_sent_again_at_once_after_a_minute_and_after_five(slack: LocalSlack, clock: Clock) -> None:
    async with receiver(slack, lambda: web.Response(status=500)) as got:
        await slack.send_event(EVENT)
        assert [each.attempt for each in await slack.retry_due()] == [1]
        assert await slack.retry_due() == []
        clock.passes(timedelta(seconds=59))
        assert await slack.retry_due() == []
        clock.passes(timedelta(seconds=1))
        assert [each.attempt for each in await slack.retry_due()] == [2]
        clock.passes(timedelta(minutes=5))
        assert [each.attempt for each in await slack.retry_due()] == [3]
        clock.passes(timedelta(days=1))
        assert await slack.retry_due() == []
    assert [headers.get("x-slack-retry-num") for headers, _ in got] == [None, "1", "2", "3"]
    assert {headers["x-slack-retry-reason"] for headers, _ in got[1:]} == {"http_error"}
    assert len({body for _, body in got}) == 1
    assert len(slack.journal.unacked) == 4


async def test_an_event_that_is_answered_at_last_is_not_sent_again(slack: LocalSlack, clock: Clock) -> None:
    answers = [web.Response(status=503), web.Response()]
    async with receiver(slack, lambda: answers.pop(0)) as got:
        await slack.send_event(EVENT)
        [again] = await slack.retry_due()
        clock.passes(timedelta(hours=1))
        assert await slack.retry_due() == []
    assert again.acked
    assert again.payload["event_id"] == slack.journal.inbound[0].payload["event_id"]
    assert len(got) == 2
    assert slack.journal.unacked == []


async def test_an_app_can_ask_not_to_be_sent_it_again(slack: LocalSlack, clock: Clock) -> None:
    async with receiver(slack, lambda: web.Response(status=500, headers={"x-slack-no-retry": "1"})) as got:
        await slack.send_event(EVENT)
        clock.passes(timedelta(hours=1))
        assert await slack.retry_due() == []
    assert len(got) == 1


async def test_nobody_at_the_address_is_a_failed_connection(slack: LocalSlack) -> None:
    slack.deliver_over_http("http://127.0.0.1:9/")
    await slack.send_event(EVENT)
    assert [each.retry_reason for each in await slack.retry_due()] == ["connection_failed"]


@pytest.mark.usefixtures("impatient")
async def test_an_answer_that_takes_too_long_is_a_timeout(slack: LocalSlack) -> None:
    answered = asyncio.Event()

    async def never() -> web.Response:
        await answered.wait()
        return web.Response()

    async with receiver(slack, never):
        await slack.send_event(EVENT)
        assert [each.retry_reason for each in await slack.retry_due()] == ["http_timeout"]
        answered.set()


@pytest.mark.usefixtures("impatient")
async def test_over_a_socket_the_envelope_says_which_attempt_it_is(slack: LocalSlack, clock: Clock) -> None:
    async with connected(slack) as [socket]:
        await slack.send_event(EVENT)
        await slack.retry_due()
        clock.passes(timedelta(minutes=1))
        slack.ack_within = 3.0
        retrying = asyncio.create_task(slack.retry_due())
        envelopes = [await socket.receive_json() for _ in range(3)]
        await socket.send_json({"envelope_id": envelopes[-1]["envelope_id"]})
        [last] = await retrying
    assert [(each["retry_attempt"], each["retry_reason"]) for each in envelopes] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
    ]
    assert len({each["payload"]["event_id"] for each in envelopes}) == 1
    assert last.acked


async def test_what_people_do_is_never_sent_again(slack: LocalSlack, ola: Person, clock: Clock) -> None:
    async with receiver(slack, lambda: web.Response(status=500)) as got:
        with pytest.raises(NotAsExpected):
            await ola.runs("/hello")
        with pytest.raises(NotAsExpected):
            await ola.uses_shortcut("Report")
        clock.passes(timedelta(hours=1))
        assert await slack.retry_due() == []
    assert len(got) == 2


async def test_the_handshake_of_a_request_url_is_not_sent_again(slack: LocalSlack) -> None:
    async with receiver(slack, lambda: web.Response(status=500)):
        await slack.send_raw("events_api", {"type": "url_verification", "challenge": "abc", "token": "t"})
        assert await slack.retry_due() == []
