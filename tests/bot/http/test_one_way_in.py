"""Bolt is reached through the gate and in no other way, whatever is asked for and however the code grows."""

import ast
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncBoltRequest
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Message, Scope

import bot as house
from bot.http.gate import FORM, signature
from bot.http.health import health_routes
from bot.http.server import SLACK_PATH, asgi_app
from tests.bot.http.conftest import Watched

SECRET = "0123456789abcdef0123456789abcdef"
COMMAND = urlencode({"command": "/model-feedback", "text": "list", "team_id": "T1", "user_id": "U1"}).encode()
HEALTH = ("/healthz", "/readyz", "/metrics")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "post", "BREW")


def paths_of(routes: Iterable[BaseRoute], before: str = "") -> Iterator[str]:
    """The path of every route, and where Bolt's handler would listen below it."""
    for route in routes:
        path = before + getattr(route, "path", "")
        yield from (path, path + SLACK_PATH)
        if isinstance(route, Mount):
            yield from paths_of(route.routes, path)


def written_otherwise(path: str) -> Iterator[str]:
    yield from (path, f"{path}/", f"/{path}", f"{path}//", f"{path}/x", f"{path}?a=b", f"{path};a=b", f"/.{path}")
    yield from (path.upper(), path.replace("e", "%65"), path.replace("/", "%2F"), f"/x/..{path}", f"{path}%00")


def every_path(api: FastAPI) -> list[str]:
    """Every way to write every path, and those that a framework or Bolt may have opened by itself."""
    known = (*paths_of(api.router.routes), "/", "/slack", "/slack/install", "/slack/oauth_redirect", "/docs", "/redoc")
    return list(dict.fromkeys(way for path in (*known, "/openapi.json") for way in written_otherwise(path)))


async def ways_around(api: FastAPI, bolt: Watched) -> list[str]:
    """The requests that reach Bolt without a signature."""
    found = []
    transport = httpx.ASGITransport(api, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://alongside") as client:
        for path in every_path(api):
            for method in METHODS:
                before = len(bolt.reached)
                answer = await client.request(method, path, content=COMMAND, headers={"Content-Type": FORM})
                if len(bolt.reached) != before:
                    found.append(f"{method} {path}")
                else:
                    # A slash too many is sent to the path without it, and that has the gate.
                    is_about_health = answer.url.path in HEALTH and answer.status_code == 200
                    assert is_about_health or answer.status_code == 307 or 400 <= answer.status_code < 500, (
                        f"{method} {path}"
                    )
    return found


async def test_nothing_reaches_bolt_without_a_signature(bolt: Watched) -> None:
    async def metrics() -> bytes:
        return b""

    api = asgi_app(bolt, SECRET, health_routes({}, metrics))
    assert await ways_around(api, bolt) == []


async def test_the_one_way_in_is_open_to_who_has_a_signature(bolt: Watched) -> None:
    stamp = str(int(time.time()))
    signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(SECRET.encode(), stamp, COMMAND)}
    transport = httpx.ASGITransport(asgi_app(bolt, SECRET))
    async with httpx.AsyncClient(transport=transport, base_url="http://alongside") as client:
        await client.post(SLACK_PATH, content=COMMAND, headers={**signed, "Content-Type": FORM})

    assert len(bolt.reached) == 1


def a_route(api: FastAPI, bolt: Watched) -> None:
    api.router.routes.append(Route("/slack/commands", AsyncSlackRequestHandler(bolt, path="/slack/commands")))


def a_mount(api: FastAPI, bolt: Watched) -> None:
    handler: Any = AsyncSlackRequestHandler(bolt, path="/old" + SLACK_PATH)  # its types are narrower than ASGI's
    api.mount("/old", handler)


def a_function(api: FastAPI, bolt: Watched) -> None:
    @api.put("/hooks/{name}")
    async def hook(name: str) -> PlainTextResponse:
        await bolt.async_dispatch(AsyncBoltRequest(body="", mode="http"))
        return PlainTextResponse(name)


@pytest.mark.parametrize("plant", [a_route, a_mount, a_function])
async def test_a_planted_way_around_is_found(plant: Callable[[FastAPI, Watched], None], bolt: Watched) -> None:
    api = asgi_app(bolt, SECRET)
    plant(api, bolt)
    assert await ways_around(api, bolt) != []


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_what_is_no_request_does_not_reach_bolt(kind: str, bolt: Watched) -> None:
    messages: list[Message] = [{"type": "websocket.connect"}]
    if kind == "lifespan":
        messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(dict(message))

    scope: Scope = {
        "type": kind,
        "path": SLACK_PATH,
        "headers": [],
        "query_string": b"",
        "subprotocols": [],
        "app": None,
    }
    await asgi_app(bolt, SECRET)(scope, receive, send)

    assert [message["type"] for message in sent] == (
        ["websocket.close"] if kind == "websocket" else ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    )
    assert bolt.reached == []


# In the code


WAYS_INTO_BOLT = {"AsyncSlackRequestHandler", "SlackRequestHandler", "async_dispatch"}
ALLOWED = [("http/server.py", "AsyncSlackRequestHandler")]
"""Behind the gate."""


def ways_into_bolt(source: str) -> list[str]:
    """What hands a request to Bolt in a module, without its imports."""
    names = [
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name | ast.Attribute)
    ]
    return [name for name in names if name in WAYS_INTO_BOLT]


def test_bolt_is_handed_requests_in_one_place() -> None:
    folder = Path(str(house.__file__)).parent
    found = [
        (file.relative_to(folder).as_posix(), name)
        for file in sorted(folder.rglob("*.py"))
        for name in ways_into_bolt(file.read_text(encoding="utf-8"))
    ]
    assert found == ALLOWED


@pytest.mark.parametrize(
    "planted",
    [
        "api.mount('/', AsyncSlackRequestHandler(bolt))",
        "api.mount('/', async_handler.AsyncSlackRequestHandler(bolt))",
        "async def hook(request):\n    return await bolt.async_dispatch(request)",
    ],
)
def test_a_planted_hand_over_is_found(planted: str) -> None:
    assert ways_into_bolt(planted) != []
