"""An app at an address that does nothing but keep what it gets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.local_slack import LocalSlack

Answer = Callable[[], web.Response] | Callable[[], Awaitable[web.Response]]


@asynccontextmanager
async def receiver(slack: LocalSlack, answer: Answer) -> AsyncIterator[list[tuple[dict[str, str], bytes]]]:
    """An app that keeps what it gets and answers what it is told."""
    got: list[tuple[dict[str, str], bytes]] = []

    async def handle(request: web.Request) -> web.Response:
        got.append((dict(request.headers), await request.read()))
        response = answer()
        return response if isinstance(response, web.Response) else await response

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_over_http(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    try:
        yield got
    finally:
        await runner.cleanup()
