"""The ASGI app, and running it on a port of this machine."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from starlette.routing import Route

from bot.http.gate import Gate

SLACK_PATH = "/slack/events"
GRACE_S = 1
"""How long answers that are being written may take at the end; what else was under way has been waited for."""


class CannotListen(Exception):
    """An address is taken, not this machine's, or not allowed.

    Args:
        address: The host and the port.
        why: The system's words.
    """

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")
        self.address = address
        self.why = why


def asgi_app(bolt: AsyncApp, signing_secret: str, beside: Iterable[Route] = ()) -> FastAPI:
    """Everything that is served over HTTP: Slack's requests come in at one path, behind the gate.

    Args:
        bolt: Who hears what Slack sends.
        signing_secret: What the gate checks signatures with.
        beside: Routes that have nothing to do with Slack.
    """
    api = bare_app(beside)
    handler: Any = AsyncSlackRequestHandler(bolt, path=SLACK_PATH)  # its types are narrower than ASGI's
    # A route, not a mount: a mount answers the path without a trailing slash by a redirect.
    api.router.routes.append(Route(SLACK_PATH, Gate(handler, signing_secret)))
    return api


def bare_app(routes: Iterable[Route]) -> FastAPI:
    """An app with some routes and nothing else, not even a description of itself."""
    api = FastAPI(title="Alongside", openapi_url=None, docs_url=None, redoc_url=None)
    api.router.routes.extend(routes)
    return api


@asynccontextmanager
async def serving(api: FastAPI, host: str, port: int) -> AsyncIterator[str]:
    """Serve an app until the context ends.

    Args:
        api: What to serve.
        host: The address to listen on.
        port: The port; 0 takes a free one.

    Yields:
        The address at which it can be reached.

    Raises:
        CannotListen: The port is taken, or the host is not one of this machine's.
    """
    # Bound here: uvicorn would end the process when it cannot.
    listening = _bound(host, port)
    server = uvicorn.Server(uvicorn.Config(api, log_config=None, lifespan="off", timeout_graceful_shutdown=GRACE_S))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        if task.done():
            task.result()
            raise RuntimeError(f"the HTTP server did not start on {host}:{port}")
        await asyncio.sleep(0.01)
    try:
        yield f"http://{host}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listening = socket.create_server((host, port), family=family)
        # An answer leaves as its head and its body: without this the body waits until the other side has confirmed the
        # head, which it puts off by 40 ms. asyncio sets it by itself only on sockets that it has made.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
        raise CannotListen(f"{host}:{port}", why) from None
