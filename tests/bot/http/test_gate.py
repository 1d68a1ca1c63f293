"""Only genuine, well-formed requests of Slack's get through the gate; nothing of what is turned away is logged."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from starlette.types import Message, Receive, Scope, Send

from bot.app import over_http
from bot.http.gate import DEEPEST, FORM, JSON, LARGEST, OLDEST_S, Gate, signature
from bot.http.server import SLACK_PATH, asgi_app
from bot.listeners.table import TABLE
from bot.manifest import manifest
from tests.bot.conftest import Logs, Staging

SECRET = "0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000.0
MARK = "bearing-too-hot"
"""Stands in every body, so that it would be found in a log."""

COMMAND = urlencode({"command": "/model-feedback", "text": MARK, "team_id": "T1", "user_id": "U1"}).encode()


def deep(levels: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    return (
        b'{"type": "event_callback", "text": "'
        + MARK.encode()
        + b'", "event": '
        + (opening * levels + "1" + closing * levels).encode()
        + b"}"
    )


@dataclass(frozen=True)
class Case:
    """A request that must not get in, and how it is answered; it is signed unless its headers say otherwise."""

    name: str
    status: int
    body: bytes = COMMAND
    content_type: str | None = FORM
    headers: dict[str, str | bytes] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    age: float = 0
    method: str = "POST"
    chunked: bool = False

    def sent_at(self, now: float) -> list[tuple[str, str | bytes]]:
        """The headers when it is sent at a time."""
        stamp = str(int(now - self.age))
        signed: dict[str, str | bytes] = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(SECRET.encode(), stamp, self.body),
        }
        kind: dict[str, str | bytes] = {"Content-Type": self.content_type} if self.content_type else {}
        return [(name, value) for name, value in (signed | kind | self.headers).items() if name not in self.without]


def signed_with_timestamp(stamp: str) -> dict[str, str | bytes]:
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(SECRET.encode(), stamp, COMMAND),
    }


TURNED_AWAY = (
    Case("a wrong signature", 401, headers={"X-Slack-Signature": "v0=" + "0" * 64}),
    Case("a signature with another secret", 401, headers={"X-Slack-Signature": signature(b"x", "1", COMMAND)}),
    Case("a signature that is cut off", 401, headers={"X-Slack-Signature": "v0="}),
    Case("a signature that is not ASCII", 401, headers={"X-Slack-Signature": "v0=ø漏".encode()}),
    Case("a signature of bytes that are no text", 401, headers={"X-Slack-Signature": b"v0=\xff\xfe"}),
    Case("no signature", 401, without=("X-Slack-Signature",)),
    Case("no timestamp", 401, without=("X-Slack-Request-Timestamp",)),
    Case("neither", 401, without=("X-Slack-Signature", "X-Slack-Request-Timestamp")),
    Case("a timestamp just too old", 401, age=OLDEST_S + 2),
    Case("a timestamp of last week", 401, age=7 * 86_400),
    Case("a timestamp in the future", 401, age=-OLDEST_S - 2),
    Case("a timestamp that is a word", 401, headers=signed_with_timestamp("abc")),
    Case("a timestamp below zero", 401, headers=signed_with_timestamp("-1")),
    Case("a timestamp with a fraction", 401, headers=signed_with_timestamp("1800000000.5")),
    Case("an endless timestamp", 401, headers=signed_with_timestamp("9" * 5_000)),
    Case("an empty timestamp", 401, headers=signed_with_timestamp("")),
    Case("an opening brace, not signed", 401, b"{", JSON, {"X-Slack-Signature": "v0=0"}),
    Case("an opening brace, signed", 400, b"{", JSON),
    Case("bytes that are no text", 400, b"\xff\xfe\x00\x80" + MARK.encode(), JSON),
    Case("bytes that are no form", 400, b"\xff\xfe\x00\x80" + MARK.encode(), FORM),
    Case("a megabyte", 413, b"x" * 1_000_000),
    Case("a megabyte, not signed", 413, b"x" * 1_000_000, headers={"X-Slack-Signature": "v0=0"}),
    Case("a megabyte of unsaid length", 413, b"x" * 1_000_000, chunked=True),
    Case("a byte too many", 413, b"x" * (LARGEST + 1), chunked=True),
    Case("XML", 415, f"<request>{MARK}</request>".encode(), "application/xml"),
    Case("plain text", 415, MARK.encode(), "text/plain"),
    Case("no content type", 415, content_type=None),
    Case("a file", 415, COMMAND, "multipart/form-data; boundary=x"),
    Case("a list", 400, json.dumps([MARK]).encode(), JSON),
    Case("a text", 400, json.dumps(MARK).encode(), JSON),
    Case("null", 400, b"null", JSON),
    Case("an object without a type", 400, json.dumps({"text": MARK}).encode(), JSON),
    Case("a type that is a number", 400, json.dumps({"type": 1, "text": MARK}).encode(), JSON),
    Case("not quite JSON", 400, b'{"type": "event_callback", "text": ' + MARK.encode() + b"}", JSON),
    Case("nothing at all, as JSON", 400, b"", JSON),
    Case("nothing at all, as a form", 400, b"", FORM),
    Case("a form without a command", 400, urlencode({"text": MARK}).encode()),
    Case("a form that is none", 400, MARK.encode()),
    Case("a form with a payload that is no JSON", 400, urlencode({"payload": MARK}).encode()),
    Case("a form with a payload that is a list", 400, urlencode({"payload": json.dumps([MARK])}).encode()),
    Case("a form with too many fields", 400, b"command=/x&" + b"&".join([b"a=" + MARK.encode()] * 101)),
    Case("one level too many", 400, deep(DEEPEST - 1), JSON),
    Case("one level too many of lists", 400, deep(DEEPEST - 1, "[", "]"), JSON),
    Case("objects in objects in objects", 400, deep(50_000), JSON),
    Case("lists in lists in lists", 400, deep(200_000, "[", "]"), JSON),
    Case("a deep payload in a form", 400, urlencode({"payload": deep(20_000)}).encode()),
    *(Case(f"the method {method}", 405, method=method) for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH")),
)
each_case = pytest.mark.parametrize("case", TURNED_AWAY, ids=lambda case: case.name)


class Behind:
    """What stands behind the gate, and the bodies that got there."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = await receive()
        self.bodies.append(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"let in"})


class Watched(AsyncApp):
    """A Bolt app that notes what reaches it."""

    reached: list[str]

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        self.reached.append(req.raw_body)
        return await super().async_dispatch(req)


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
async def door(behind: Behind) -> AsyncIterator[httpx.AsyncClient]:
    """A client before the gate, at a time that stands still."""
    gate = Gate(behind, SECRET, lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://alongside") as client:
        yield client


@pytest.fixture
def bolt() -> Watched:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U0BOT")

    app = Watched(authorize=authorize, request_verification_enabled=False, process_before_response=True)
    app.reached = []
    return app


async def knock(client: httpx.AsyncClient, case: Case, now: float, path: str = "/") -> httpx.Response:
    headers = [
        (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in case.sent_at(now)
    ]
    return await client.request(case.method, path, content=_body(case), headers=headers)


def _body(case: Case) -> Any:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(case.body), 65_536):
            yield case.body[start : start + 65_536]

    return pieces() if case.chunked else case.body


@each_case
async def test_is_turned_away(case: Case, door: httpx.AsyncClient, behind: Behind, logs: Logs) -> None:
    answer = await knock(door, case, NOW)

    assert answer.status_code == case.status
    assert behind.bodies == []
    assert logs.of("turned_away")
    assert MARK not in logs.text
    assert MARK not in answer.text


async def test_all_of_them_are_turned_away_over_the_wire_too(on_stage: Staging, logs: Logs) -> None:
    async with on_stage(begun=False) as stage:
        settings = stage.app.settings.model_copy(update={"slack_signing_secret": SecretStr(SECRET)})
        async with (
            over_http(replace(stage.app, settings=settings)) as address,
            httpx.AsyncClient(base_url=address, trust_env=False) as client,
        ):
            for case in TURNED_AWAY:
                try:
                    answer = await knock(client, case, time.time(), SLACK_PATH)
                except httpx.WriteError:  # it may hang up while too much is still being sent
                    assert case.status == 413, case.name
                    continue
                assert answer.status_code == case.status, case.name
    assert MARK not in logs.text
    assert "Traceback" not in logs.text


async def test_the_published_example_of_a_signature_is_let_in(behind: Behind, reference: Path) -> None:
    file = reference / "slack" / "payloads" / "docs-examples" / "request_signature.json"
    example = json.loads(file.read_text(encoding="utf-8"))
    known, body = example["payload"], example["raw_body"].encode()
    gate = Gate(behind, known["signing_secret"], lambda: float(known["timestamp"]) + 60)
    headers = {
        "Content-Type": example["content_type"],
        "X-Slack-Request-Timestamp": known["timestamp"],
        "X-Slack-Signature": known["expected_signature"],
    }

    assert signature(known["signing_secret"].encode(), known["timestamp"], body) == known["expected_signature"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://alongside") as client:
        assert (await client.post("/", content=body, headers=headers)).status_code == 200
        assert (await client.post("/", content=body + b"&x=1", headers=headers)).status_code == 401
    assert behind.bodies == [body]


@pytest.mark.parametrize("age", [0, OLDEST_S - 1, 1 - OLDEST_S])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_genuine_request_gets_in_unchanged(
    age: int, chunked: bool, door: httpx.AsyncClient, behind: Behind
) -> None:
    assert (await knock(door, Case("genuine", 200, age=age, chunked=chunked), NOW)).text == "let in"
    assert behind.bodies == [COMMAND]


async def test_the_largest_request_gets_in(door: httpx.AsyncClient, behind: Behind) -> None:
    body = COMMAND + b"&more=" + b"x" * (LARGEST - len(COMMAND) - 6)
    assert (await knock(door, Case("large", 200, body), NOW)).status_code == 200
    assert behind.bodies == [body]


@pytest.mark.parametrize(
    "content_type", ["Application/JSON", "application/json; charset=utf-8", "application/json ;x=y"]
)
async def test_a_content_type_may_be_written_in_any_way(content_type: str, door: httpx.AsyncClient) -> None:
    body = json.dumps({"type": "event_callback"}).encode()
    assert (await knock(door, Case("JSON", 200, body, content_type), NOW)).status_code == 200


@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
async def test_the_deepest_request_gets_in(opening: str, closing: str, door: httpx.AsyncClient) -> None:
    body = deep(DEEPEST - 2, opening, closing)
    assert (await knock(door, Case("deep", 200, body, JSON), NOW)).status_code == 200


@pytest.mark.parametrize("levels", [10, DEEPEST - 2, 300, 480, 700, 900, 950, 970, 990])
async def test_whatever_depth_gets_in_breaks_nothing_behind_the_gate(levels: int, bolt: Watched, logs: Logs) -> None:
    transport = httpx.ASGITransport(asgi_app(bolt, SECRET), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://alongside") as client:
        answer = await knock(client, Case("deep", 400, deep(levels), JSON), time.time(), SLACK_PATH)

    assert answer.status_code < 500
    assert "RecursionError" not in logs.text


async def test_slack_gets_its_challenge_back_and_only_with_a_signature(bolt: Watched) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}).encode()
    transport = httpx.ASGITransport(asgi_app(bolt, SECRET))
    async with httpx.AsyncClient(transport=transport, base_url="http://alongside") as client:
        genuine = await knock(client, Case("genuine", 200, body, JSON), time.time(), SLACK_PATH)
        forged = await knock(
            client, Case("forged", 401, body, JSON, {"X-Slack-Signature": "v0=0"}), time.time(), SLACK_PATH
        )

    assert (genuine.status_code, genuine.json()) == (200, {"challenge": "3eZbrw1a"})
    assert forged.status_code == 401
    assert len(bolt.reached) == 1


def every_path(api: Any) -> Iterator[str]:
    for route in api.routes:
        yield route.path
    yield from ("/", "/slack", "/slack/", "/slack/events/", "//slack/events", "/slack/%65vents", "/SLACK/EVENTS")
    yield from ("/slack/install", "/slack/oauth_redirect", "/docs", "/redoc", "/openapi.json", "/slack/events/x")


async def test_no_path_leads_around_the_gate(bolt: Watched) -> None:
    api = asgi_app(bolt, SECRET)
    assert SLACK_PATH in {*every_path(api)}
    unsigned = Case("unsigned", 401, without=("X-Slack-Signature",))
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://alongside") as client:
        for path in every_path(api):
            for method in ("GET", "POST", "PUT", "OPTIONS", "HEAD"):
                answer = await client.request(
                    method, path, content=unsigned.body, headers=[(n, str(v)) for n, v in unsigned.sent_at(time.time())]
                )
                # A slash too many is sent to the path without it, and that has the gate.
                assert answer.status_code == 307 or 400 <= answer.status_code < 500, f"{method} {path}"
    assert bolt.reached == []


async def test_a_web_socket_does_not_lead_around_the_gate_either(bolt: Watched) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    scope = {"type": "websocket", "path": SLACK_PATH, "headers": [], "query_string": b"", "subprotocols": []}
    await asgi_app(bolt, SECRET)(scope, receive, send)

    assert [message["type"] for message in sent] == ["websocket.close"]
    assert bolt.reached == []


async def test_somebody_who_hangs_up_is_not_answered(behind: Behind) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    await Gate(behind, SECRET)(scope, receive, send)

    assert (sent, behind.bodies) == ([], [])


def test_the_manifest_sends_everything_to_the_path_with_the_gate() -> None:
    made = manifest(TABLE, "https://alongside.example/")
    urls = {
        made["settings"]["event_subscriptions"]["request_url"],
        made["settings"]["interactivity"]["request_url"],
        *(command["url"] for command in made["features"]["slash_commands"]),
    }
    assert urls == {"https://alongside.example" + SLACK_PATH}
