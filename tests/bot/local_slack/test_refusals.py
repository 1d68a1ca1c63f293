"""What the Web API refuses: a table of calls and the errors that Slack documents for them."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person
from bot.local_slack.methods import COMMON_GIVEN, COMMON_TOLD, METHODS, Method
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.kiosk import MANIFEST, form, plain, section
from tests.bot.local_slack.situations import SITUATIONS, Situation
from tests.bot.local_slack.town import Town, build, error_of


@pytest.fixture
def town(slack: LocalSlack) -> Town:
    return build(slack)


@pytest.mark.parametrize(
    "situation", SITUATIONS, ids=[f"{each.method}-{each.error}-{n}" for n, each in enumerate(SITUATIONS)]
)
async def test_a_call_is_refused_as_slack_refuses_it(situation: Situation, clock: Clock) -> None:
    async with LocalSlack(situation.manifest or MANIFEST, now=clock) as slack:
        town = build(slack)
        arguments = await situation.prepared(town)
        answer = await error_of(town.client, situation.method, arguments)
        assert answer["error"] == situation.error
        call = slack.journal.calls(situation.method)[-1]
        assert (call.error, call.ok) == (situation.error, False)
    if situation.method in METHODS:
        assert situation.error in METHODS[situation.method].given | COMMON_GIVEN


GIVEN_TO_ANY_TOKEN = {"invalid_auth", "not_allowed_token_type"}
"""They stand on some pages of methods too; the tests of tokens below show them."""


@pytest.mark.parametrize("method", METHODS)
def test_every_error_that_is_given_by_itself_has_a_situation(method: str) -> None:
    shown = {each.error for each in SITUATIONS if each.method == method}
    assert METHODS[method].given - GIVEN_TO_ANY_TOKEN <= shown


@pytest.mark.parametrize(
    "method", [each for each in METHODS.values() if each.token == "bot"], ids=lambda method: str(method.name)
)
async def test_every_other_error_is_given_when_it_is_told(town: Town, method: Method) -> None:
    for error in sorted(method.told | COMMON_TOLD):
        town.slack.expect_trouble(method.name, error=error)
        assert (await error_of(town.client, method.name, {}))["error"] == error


async def test_refused_blocks_are_named_by_their_place(town: Town) -> None:
    answer = await error_of(
        town.client, "chat.postMessage", {"channel": "C0WORKSHOP", "blocks": [section("x"), section("x" * 3001)]}
    )
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]


async def test_a_view_that_is_refused_says_where(town: Town) -> None:
    view = {**form(), "title": plain("x" * 25)}
    answer = await error_of(town.client, "views.publish", {"user_id": town.ola.id, "view": {"type": "home"}})
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: blocks [json-pointer:/view]"]
    trigger = town.slack.trigger(town.ola)
    answer = await error_of(town.client, "views.open", {"trigger_id": trigger, "view": view})
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth")],
)
async def test_a_call_without_a_good_token_is_refused(slack: LocalSlack, token: str, error: str) -> None:
    client = AsyncWebClient(token=token, base_url=slack.api_url)
    assert (await error_of(client, "auth.test", {}))["error"] == error


async def test_each_kind_of_token_has_its_own_methods(slack: LocalSlack, client: AsyncWebClient) -> None:
    assert (await error_of(client, "apps.connections.open", {}))["error"] == "not_allowed_token_type"
    other = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    assert (await error_of(other, "chat.postMessage", {}))["error"] == "not_allowed_token_type"
    assert (await other.apps_connections_open(app_token=slack.app_token))["url"].startswith("ws://127.0.0.1")


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_after_an_uninstall_every_call_is_refused(slack: LocalSlack, client: AsyncWebClient, error: str) -> None:
    slack.revoke(error)
    assert (await error_of(client, "auth.test", {}))["error"] == error


async def test_a_missing_scope_is_named(clock: Clock) -> None:
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["channels:history", "chat:write"]}}}
    async with LocalSlack(manifest, now=clock) as slack:
        slack.add_person("Ola Nordby", user_id="U0OLA")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        answer = await error_of(client, "users.info", {"user": "U0OLA"})
        assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
        assert answer["provided"] == "channels:history,chat:write"
        direct = (await client.chat_postMessage(channel="U0OLA", text="x"))["channel"]
        answer = await error_of(client, "conversations.history", {"channel": direct})
        assert (answer["error"], answer["needed"]) == ("missing_scope", "im:history")


async def test_a_long_update_is_refused_and_a_long_post_is_shortened(town: Town) -> None:
    posted = await town.client.chat_postMessage(channel=town.workshop.id, text="x" * 40_001)
    assert posted["warning"] == "message_truncated"
    assert len(posted["message"]["text"]) == 40_000
    where = {"channel": town.workshop.id, "ts": posted["ts"]}
    assert (await town.client.chat_update(**where, text="x" * 4000))["ok"]
    assert (await error_of(town.client, "chat.update", {**where, "text": "x" * 4001}))["error"] == "msg_too_long"


async def test_an_external_id_is_used_once(town: Town) -> None:
    view = form(external_id="the-one")
    opened = await town.client.views_open(trigger_id=town.slack.trigger(town.ola), view=view)
    answer = await error_of(town.client, "views.open", {"trigger_id": town.slack.trigger(town.dana), "view": view})
    assert answer["error"] == "duplicate_external_id"
    changed = await town.client.views_update(external_id="the-one", view=view)
    assert changed["view"]["id"] == opened["view"]["id"]


async def test_what_is_no_json_object_is_refused(slack: LocalSlack) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for body, error in (("{", "invalid_json"), ("[]", "json_not_object")):
            async with session.post(slack.api_url + "auth.test", data=body) as answer:
                assert (await answer.json())["error"] == error


async def test_a_method_that_takes_no_json_does_not_see_it(slack: LocalSlack, ola: Person) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(slack.api_url + "users.info", json={"user": ola.id}) as answer:
            assert (await answer.json())["error"] == "user_not_found"
        async with session.post(slack.api_url + "users.info", data={"user": ola.id}) as answer:
            assert (await answer.json())["ok"] is True


async def test_a_token_is_read_from_a_form_but_never_from_json(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(slack.api_url + "auth.test", json={"token": slack.bot_token}) as answer:
            assert (await answer.json())["error"] == "not_authed"
        async with session.post(slack.api_url + "auth.test", data={"token": slack.bot_token}) as answer:
            assert (await answer.json())["user_id"] == slack.bot_user_id
            assert answer.headers["x-oauth-scopes"].startswith("chat:write,")
    assert "token" not in slack.journal.calls("auth.test")[-1].arguments


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [
        ({"Content-Type": "application/xml"}, b"<x/>", "invalid_post_type"),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=utf-7"}, b"a=b", "invalid_charset"),
        ({}, b"a=b", "missing_post_type"),
    ],
)
async def test_a_body_of_a_kind_that_slack_does_not_read_is_refused(
    slack: LocalSlack, headers: dict[str, str], body: bytes, error: str
) -> None:
    known = {"Authorization": f"Bearer {slack.bot_token}", **headers}
    async with (
        aiohttp.ClientSession(headers=known, skip_auto_headers=["Content-Type"]) as session,
        session.post(slack.api_url + "auth.test", data=body) as answer,
    ):
        assert (await answer.json())["error"] == error


async def test_a_call_can_be_made_to_go_wrong_once(
    slack: LocalSlack, client: AsyncWebClient, workshop: Channel
) -> None:
    slack.expect_trouble("chat.postMessage", error="ratelimited", status=429, retry_after=30)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=workshop.id, text="one")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "30"
    assert (await client.chat_postMessage(channel=workshop.id, text="two"))["ok"]


async def test_an_answer_can_be_lost_after_the_post_was_made(slack: LocalSlack, ola: Person, workshop: Channel) -> None:
    once = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    slack.expect_trouble("chat.postMessage", answer_lost=True)
    with pytest.raises(aiohttp.ClientError):
        await once.chat_postMessage(channel=workshop.id, text="Was it posted?")
    await ola.sees("Was it posted?")
    assert len(ola.messages) == 1
