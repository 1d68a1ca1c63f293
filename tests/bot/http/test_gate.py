"""Only genuine, well-formed requests of Slack's get through the gate; nothing of what is turned away is logged."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.app import over_http
from bot.demo.stage import Stage
from bot.http.gate import FORM, JSON, LARGEST, OLDEST_S, Gate, signature
from bot.http.server import SLACK_PATH, asgi_app, serving
from bot.http.shape import DEEPEST
from bot.listeners.table import TABLE
from bot.manifest import manifest
from tests.bot.conftest import Logs, Staging
from tests.bot.http.conftest import Watched

SECRET = "0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000.0
MARK = "bearing-too-hot"
"""Stands in every body, so that it would be found in a log."""

COMMAND = urlencode({"command": "/model-feedback", "text": MARK, "team_id": "T1", "user_id": "U1"}).encode()


def deep(levels: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    return (
        b'{"type": "event_callback", "text": "'
        + MARK.encode()
        + b'", "event": {"type": "message"}, "deep": '
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
    Case("a timestamp in Arabic-Indic digits", 401, headers=signed_with_timestamp("١٨٠٠٠٠٠٠٠٠")),
    Case("a timestamp with a space", 401, headers=signed_with_timestamp("18000000 00")),
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
    *(
        Case(f"a form with a payload that is {name}", 400, urlencode({"payload": payload}).encode())
        for name, payload in (("a number", "7"), ("null", "null"), ("a text", f'"{MARK}"'), ("nothing", ""))
    ),
    Case("a form that Bolt would take for JSON", 400, urlencode({"command": "/x"}).encode() + b"&payload={" + b"{" * 9),
    Case(
        "a feature that the app does not have", 400, json.dumps({"type": "dialog_submission", "a": MARK}).encode(), JSON
    ),
    Case(
        "two ways to answer", 400, json.dumps({"type": "shortcut", "response_urls": [{}, {}], "a": MARK}).encode(), JSON
    ),
    Case("a click on nothing", 400, json.dumps({"type": "block_actions", "actions": [], "a": MARK}).encode(), JSON),
    Case("an event that is none", 400, json.dumps({"type": "event_callback", "event": MARK}).encode(), JSON),
    Case(
        "a form without its view", 400, json.dumps({"type": "view_submission", "view": None, "a": MARK}).encode(), JSON
    ),
    Case("a person who is a number", 400, json.dumps({"type": "shortcut", "user": 7, "a": MARK}).encode(), JSON),
    Case("a workspace in pieces", 400, json.dumps({"type": "shortcut", "team": {"id": [MARK]}}).encode(), JSON),
    Case("a number of five thousand digits", 400, b'{"type": "shortcut", "a": ' + b"9" * 5_000 + b"}", JSON),
    Case("a form with too many fields", 400, b"command=/x&" + b"&".join([b"a=" + MARK.encode()] * 101)),
    Case("one level too many", 400, deep(DEEPEST), JSON),
    Case("one level too many of lists", 400, deep(DEEPEST, "[", "]"), JSON),
    Case("objects in objects in objects", 400, deep(50_000), JSON),
    Case("lists in lists in lists", 400, deep(200_000, "[", "]"), JSON),
    Case("a deep payload in a form", 400, urlencode({"payload": deep(20_000)}).encode()),
    *(
        Case(f"the method {method}", 405, method=method)
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
    ),
)
each_case = pytest.mark.parametrize("case", TURNED_AWAY, ids=lambda case: case.name)


class Behind:
    """What stands behind the gate, and the bodies that got there."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message: Message = await receive()
        self.scopes.append(scope)
        self.bodies.append(message["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"let in"})


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
async def door(behind: Behind) -> AsyncIterator[httpx.AsyncClient]:
    """A client before the gate, at a time that stands still."""
    gate = Gate(behind, SECRET, lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://alongside") as client:
        yield client


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
    assert [json.loads(let_in) for let_in in behind.bodies] == [dict(parse_qsl(body.decode(), keep_blank_values=True))]


@pytest.mark.parametrize("age", [0, OLDEST_S - 1, 1 - OLDEST_S])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_genuine_request_gets_in_as_it_was_read(
    age: int, chunked: bool, door: httpx.AsyncClient, behind: Behind
) -> None:
    assert (await knock(door, Case("genuine", 200, age=age, chunked=chunked), NOW)).text == "let in"
    assert [json.loads(body) for body in behind.bodies] == [dict(parse_qsl(COMMAND.decode()))]


async def test_nothing_that_is_not_signed_gets_in_with_it(door: httpx.AsyncClient, behind: Behind) -> None:
    unsigned: dict[str, str | bytes] = {"X-Slack-Bolt-Lazy-Only": "1", "Cookie": "a=b"}
    await knock(door, Case("genuine", 200, headers=unsigned), NOW, "/?command=/embedding")

    (scope,) = behind.scopes
    assert [name for name, _ in scope["headers"]] == [b"content-type", b"content-length"]
    assert scope["query_string"] == b""


async def test_the_largest_request_gets_in(door: httpx.AsyncClient, behind: Behind) -> None:
    body = COMMAND + b"&more=" + b"x" * (LARGEST - len(COMMAND) - 6)
    assert (await knock(door, Case("large", 200, body), NOW)).status_code == 200
    assert len(json.loads(behind.bodies[0])["more"]) == LARGEST - len(COMMAND) - 6


@pytest.mark.parametrize("said", ["payload 240 t, bucket was empty", "{not a number} payload=1&type=x", "ssl_check=1"])
async def test_what_somebody_typed_after_a_command_is_never_taken_for_a_request(
    said: str, door: httpx.AsyncClient, behind: Behind
) -> None:
    typed = {"command": "/model-feedback", "text": said, "team_id": "T1", "user_id": "U1"}
    await knock(door, Case("typed", 200, urlencode(typed).encode()), NOW)
    assert [json.loads(body) for body in behind.bodies] == [typed]


async def test_a_report_about_a_payload_is_kept(http_stage: Stage) -> None:
    answer = await http_stage.person("U0OLA").runs("/model-feedback", "payload shown as 240 t, the truck was empty")
    assert "Got it: F-1" in answer.text


@pytest.mark.parametrize(
    ("length", "status"), [("9" * 30, 413), ("9" * 5_000, 413), ("²", 400), ("-1", 400), ("1e3", 400), ("", 400)]
)
async def test_a_length_that_cannot_be_is_turned_away(length: str, status: int, behind: Behind, logs: Logs) -> None:
    # A client would not send it, so it comes as a server hands it on.
    headers = [(b"content-length", length.encode("latin-1"))]
    sent = await handed_on(Gate(behind, SECRET), {"headers": headers}, [{"type": "http.request", "body": COMMAND}])

    assert [message.get("status") for message in sent] == [status, None]
    assert behind.bodies == []
    assert MARK not in logs.text


async def test_a_length_that_says_more_than_comes_ends_without_an_answer(bolt: Watched, logs: Logs) -> None:
    async with serving(asgi_app(bolt, SECRET), "127.0.0.1", 0) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n" + COMMAND)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()

    assert b" 200 " not in answer
    assert bolt.reached == []
    assert "Traceback" not in logs.text
    assert MARK not in logs.text


async def test_a_length_that_says_less_than_comes_is_no_way_in(bolt: Watched, logs: Logs) -> None:
    async with serving(asgi_app(bolt, SECRET), "127.0.0.1", 0) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n" + COMMAND)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b" 200 " not in answer
    assert bolt.reached == []
    assert "Traceback" not in logs.text
    assert MARK not in logs.text


@pytest.mark.parametrize(
    "content_type", ["Application/JSON", "application/json; charset=utf-8", "application/json ;x=y"]
)
async def test_a_content_type_may_be_written_in_any_way(content_type: str, door: httpx.AsyncClient) -> None:
    body = json.dumps({"type": "app_rate_limited"}).encode()
    assert (await knock(door, Case("JSON", 200, body, content_type), NOW)).status_code == 200


@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ("[", "]")])
async def test_the_deepest_request_gets_in(opening: str, closing: str, door: httpx.AsyncClient) -> None:
    body = deep(DEEPEST - 1, opening, closing)
    assert (await knock(door, Case("deep", 200, body, JSON), NOW)).status_code == 200


@pytest.mark.parametrize("levels", [10, DEEPEST - 1, 300, 480, 700, 900, 950, 970, 990])
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


async def test_somebody_who_hangs_up_is_not_answered(behind: Behind) -> None:
    sent = await handed_on(Gate(behind, SECRET), {"headers": []}, [{"type": "http.disconnect"}])

    assert (sent, behind.bodies) == ([], [])


async def handed_on(app: ASGIApp, scope: Scope, messages: list[Message]) -> list[Message]:
    """What an app answers to messages as a server hands them on."""
    waiting = [*messages]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(dict(message))

    whole = {"type": "http", "method": "POST", "path": SLACK_PATH, "query_string": b"", **scope}
    await app(whole, receive, send)
    return sent


def test_the_manifest_sends_everything_to_the_path_with_the_gate() -> None:
    made = manifest(TABLE, "https://alongside.example/")
    urls = {
        made["settings"]["event_subscriptions"]["request_url"],
        made["settings"]["interactivity"]["request_url"],
        *(command["url"] for command in made["features"]["slash_commands"]),
    }
    assert urls == {"https://alongside.example" + SLACK_PATH}
