"""Two clients of Slack's own SDK on one app: each envelope goes to one of them, and either may ack it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import LocalSlack, Person

EVENT = {"type": "app_mention"}


@asynccontextmanager
async def client_of(slack: LocalSlack) -> AsyncIterator[SocketModeClient]:
    """One connected client; nothing is left of it afterwards."""
    client: Any = SocketModeClient(slack.app_token, web_client=AsyncWebClient(base_url=slack.api_url))
    await client.connect()
    try:
        yield client
    finally:
        client.auto_reconnect_enabled = False
        await client.close()
        tasks = [client.message_processor, client.message_receiver, client.current_session_monitor]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def two(slack: LocalSlack) -> AsyncIterator[tuple[SocketModeClient, SocketModeClient]]:
    async with client_of(slack) as first, client_of(slack) as second:
        await slack.until_connected(connections=2)
        yield first, second


def answering(client: SocketModeClient, *, by: SocketModeClient | None = None) -> list[str]:
    """Lets a client ack what it gets, or another client for it; returns the ids of what it gets."""
    got: list[str] = []

    async def listen(_: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        got.append(request.envelope_id)
        await (by or client).send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    client.socket_mode_request_listeners.append(listen)
    return got


async def test_each_envelope_goes_to_exactly_one_of_two_clients(
    slack: LocalSlack, ola: Person, two: tuple[SocketModeClient, SocketModeClient]
) -> None:
    first, second = (answering(client) for client in two)
    for _ in range(3):
        assert (await slack.send_event(EVENT)).acked
        await ola.runs("/silent")
    sent = [entry.envelope_id for entry in slack.journal.inbound]
    assert sorted(first + second) == sorted(sent)
    assert first
    assert second


async def test_an_ack_by_the_newer_connection_counts(
    slack: LocalSlack, two: tuple[SocketModeClient, SocketModeClient]
) -> None:
    older, newer = two
    got = answering(older, by=newer), answering(newer)
    assert (await slack.send_event(EVENT)).acked
    assert (await slack.send_event(EVENT)).acked
    assert [len(each) for each in got] == [1, 1]
