"""Bare connections to the local Slack, without any SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bot.local_slack import LocalSlack

Socket = aiohttp.ClientWebSocketResponse


async def ticket(slack: LocalSlack, session: aiohttp.ClientSession) -> str:
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with session.post(slack.api_url + "apps.connections.open", headers=headers) as answer:
        return str((await answer.json())["url"])


@asynccontextmanager
async def connected(slack: LocalSlack, count: int = 1) -> AsyncIterator[list[Socket]]:
    """So many bare connections that have been greeted."""
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await ticket(slack, session)) for _ in range(count)]
        for position, socket in enumerate(sockets):
            hello = await socket.receive_json()
            assert hello["type"] == "hello"
            assert hello["num_connections"] == position + 1
            assert hello["connection_info"] == {"app_id": slack.app_id}
        yield sockets
        for socket in sockets:
            await socket.close()
