"""Requests over HTTP: signatures, bodies, answers and retries."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from bot.local_slack import LocalSlack, NotAsExpected, Person
from bot.local_slack.http_delivery import signature
from tests.bot.local_slack.kiosk import section
from tests.bot.local_slack.receiving import receiver


def test_the_signature_is_the_documented_one() -> None:
    # The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F"
        b"96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == (
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    )


async def test_requests_are_signed_over_their_raw_bytes(slack: LocalSlack, ola: Person) -> None:
    async with receiver(slack, web.Response) as got:
        await ola.runs("/hello", "æøå & more")
        await slack.send_event({"type": "app_mention"})
        await ola.uses_shortcut("Report")
    verifier = SignatureVerifier(slack.signing_secret)
    for headers, body in got:
        assert verifier.is_valid(body, headers["X-Slack-Request-Timestamp"], headers["X-Slack-Signature"])


async def test_commands_and_acts_are_forms_and_events_are_json(slack: LocalSlack, ola: Person) -> None:
    async with receiver(slack, web.Response) as got:
        await ola.runs("/hello", "there")
        await ola.uses_shortcut("Report")
        await slack.send_event({"type": "app_mention"})
    command, act, event = got
    fields = dict(parse_qsl(command[1].decode(), keep_blank_values=True))
    assert (fields["command"], fields["text"], fields["user_id"]) == ("/hello", "there", "U0OLA")
    assert fields["is_enterprise_install"] == "false"
    payload = json.loads(dict(parse_qsl(act[1].decode()))["payload"])
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "report")
    assert event[0]["Content-Type"] == "application/json"
    assert json.loads(event[1])["type"] == "event_callback"


async def test_a_body_of_plain_text_is_what_the_person_sees(slack: LocalSlack, ola: Person) -> None:
    async with receiver(slack, lambda: web.Response(text="Just words")):
        assert (await ola.runs("/hello")).text == "Just words"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"blocks": [section("x" * 3001)]}, "invalid_blocks .*must be less than 3001 characters"),
        ({"blocks": [section("x")] * 51}, "invalid_blocks .*no more than 50 items allowed"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ],
)
async def test_an_answer_in_the_ack_is_held_to_the_limits_of_a_message(
    slack: LocalSlack, ola: Person, answer: dict[str, Any], said: str
) -> None:
    async with receiver(slack, lambda: web.json_response(answer)):
        with pytest.raises(NotAsExpected, match=f"Slack would not show the answer to /hello: {said}"):
            await ola.runs("/hello")


async def test_a_long_answer_in_the_ack_is_shortened(slack: LocalSlack, ola: Person) -> None:
    async with receiver(slack, lambda: web.json_response({"text": "x" * 40_001})):
        assert len((await ola.runs("/hello")).text) == 40_000


@pytest.mark.parametrize("status", [404, 500, 302, 204])
async def test_an_act_must_be_answered_with_200(slack: LocalSlack, ola: Person, status: int) -> None:
    async with receiver(slack, lambda: web.Response(status=status)):
        with pytest.raises(NotAsExpected, match=f"nobody answered /hello: it was answered with {status}"):
            await ola.runs("/hello")


@pytest.mark.usefixtures("impatient")
async def test_an_answer_that_takes_too_long_does_not_count(slack: LocalSlack, ola: Person) -> None:
    async def late() -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response()

    async with receiver(slack, late):
        with pytest.raises(NotAsExpected, match="operation_timeout"):
            await ola.runs("/hello")


async def test_nobody_at_the_address_is_nobody(slack: LocalSlack, ola: Person) -> None:
    slack.deliver_over_http("http://127.0.0.1:9/")
    with pytest.raises(NotAsExpected, match="dispatch_failed"):
        await ola.runs("/hello")


async def test_an_event_that_failed_is_noted_and_can_be_sent_again(slack: LocalSlack) -> None:
    answers = [web.Response(status=500), web.Response(status=204)]
    async with receiver(slack, lambda: answers.pop(0)) as got:
        entry = await slack.send_event({"type": "app_mention"})
        assert not entry.acked
        assert slack.journal.unacked == [entry]
        again = await slack.redeliver(entry, reason="http_error")
        assert again.acked
        assert again.attempt == 1
    assert got[0][1] == got[1][1]
    assert "x-slack-retry-num" not in got[0][0]
    assert got[1][0]["x-slack-retry-num"] == "1"
    assert got[1][0]["x-slack-retry-reason"] == "http_error"


async def test_the_handshake_of_a_request_url_can_be_played(slack: LocalSlack) -> None:
    async with receiver(slack, lambda: web.json_response({"challenge": "abc"})):
        ack = await slack.send_raw("events_api", {"type": "url_verification", "challenge": "abc", "token": "t"})
    assert ack.payload == {"challenge": "abc"}


async def test_requests_can_go_back_to_sockets(slack: LocalSlack, ola: Person) -> None:
    slack.deliver_over_http("http://127.0.0.1:9/")
    slack.deliver_over_sockets()
    with pytest.raises(NotAsExpected, match="no socket is connected"):
        await ola.runs("/hello")
