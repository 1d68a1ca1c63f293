"""What the Web API refuses: a table of calls and the errors that Slack documents for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person
from bot.local_slack.methods import COMMON_ERRORS, METHODS
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.kiosk import MANIFEST, field, form, plain, section

DM_OF_OLA = "D000000001"

# method, arguments, error
TABLE: list[tuple[str, Mapping[str, Any], str]] = [
    ("no.such.method", {}, "unknown_method"),
    ("chat.postMessage", {}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C0WORKSHOP"}, "no_text"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "text": ""}, "no_text"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "blocks": []}, "no_text"),
    ("chat.postMessage", {"channel": "U0NOBODY", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "U0LOCALBOT", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0ELSEWHERE", "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": "G0SECRET", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "blocks": "not json"}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "blocks": {"type": "divider"}}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "text": "x", "metadata": "{"}, "invalid_metadata_format"),
    (
        "chat.postMessage",
        {"channel": "C0WORKSHOP", "text": "x", "metadata": {"event_type": "a"}},
        "invalid_metadata_format",
    ),
    (
        "chat.postMessage",
        {
            "channel": "C0WORKSHOP",
            "text": "x",
            "metadata": {"event_type": "a", "event_payload": {"deep": {"deeper": {"too": 1}}}},
        },
        "invalid_metadata_format",
    ),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "markdown_text": "y" * 12_001}, "msg_too_long"),
    ("chat.postMessage", {"channel": "C0WORKSHOP", "attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
    ("chat.update", {"channel": "U0OLA", "ts": "1.1", "text": "x"}, "channel_not_found"),
    ("chat.update", {"channel": "C0WORKSHOP", "ts": "1.1", "text": "x"}, "message_not_found"),
    ("chat.update", {"channel": "C0WORKSHOP", "text": "x"}, "invalid_arguments"),
    ("chat.delete", {"channel": "C0WORKSHOP", "ts": "1.1"}, "message_not_found"),
    ("chat.postEphemeral", {"channel": "C0WORKSHOP", "user": "U0OUTSIDER", "text": "x"}, "user_not_in_channel"),
    ("chat.postEphemeral", {"channel": "C0WORKSHOP", "text": "x"}, "invalid_arguments"),
    ("chat.getPermalink", {"channel": "C0WORKSHOP", "message_ts": "1.1"}, "message_not_found"),
    ("views.open", {"trigger_id": "12.34.abc", "view": form()}, "invalid_trigger_id"),
    ("views.open", {"view": form()}, "invalid_arguments"),
    ("views.open", {"trigger_id": "12.34.abc"}, "invalid_arguments"),
    ("views.push", {"trigger_id": "nonsense", "view": form()}, "invalid_trigger_id"),
    ("views.update", {"view_id": "V0GONE", "view": form()}, "not_found"),
    ("views.update", {"view": form()}, "invalid_arguments"),
    ("views.publish", {"user_id": "U0NOBODY", "view": {"type": "home", "blocks": []}}, "invalid_arguments"),
    ("views.publish", {"user_id": "U0OLA", "view": form()}, "invalid_arguments"),
    ("views.publish", {"user_id": "U0OLA", "view": {"type": "home", "blocks": []}, "hash": "1.a"}, "hash_conflict"),
    ("users.info", {}, "user_not_found"),
    ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    ("conversations.history", {}, "channel_not_found"),
    ("conversations.history", {"channel": "C0ELSEWHERE"}, "not_in_channel"),
    ("conversations.history", {"channel": "G0SECRET"}, "channel_not_found"),
    ("conversations.history", {"channel": "C0WORKSHOP", "oldest": "yesterday"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": "C0WORKSHOP", "latest": "today"}, "invalid_ts_latest"),
    ("conversations.history", {"channel": "C0WORKSHOP", "cursor": "?"}, "invalid_cursor"),
    ("conversations.replies", {"channel": "C0WORKSHOP", "ts": "1.1"}, "thread_not_found"),
    ("conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
    ("conversations.members", {"channel": "C0WORKSHOP", "limit": 0}, "invalid_limit"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    ("conversations.open", {"users": "U0GONE"}, "user_disabled"),
    ("conversations.open", {"channel": "C0WORKSHOP"}, "method_not_supported_for_channel_type"),
]


@pytest.fixture
def town(slack: LocalSlack, workshop: Channel) -> LocalSlack:
    slack.add_person("Outsider", user_id="U0OUTSIDER")
    slack.add_person("Long Gone", user_id="U0GONE").deactivate()
    slack.add_channel("elsewhere", channel_id="C0ELSEWHERE", app_in_channel=False)
    slack.add_channel("secret", channel_id="G0SECRET", app_in_channel=False, private=True)
    slack.add_channel("old", channel_id="C0OLD").archive()
    return slack


async def error_of(client: AsyncWebClient, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=dict(arguments)) if METHODS.get(
            method, METHODS["auth.test"]
        ).json else await client.api_call(method, params=dict(arguments))
    answer = refused.value.response
    assert answer.status_code == 200
    assert isinstance(answer.data, dict)
    return answer.data


@pytest.mark.parametrize(
    ("method", "arguments", "error"), TABLE, ids=[f"{method}-{error}-{n}" for n, (method, _, error) in enumerate(TABLE)]
)
async def test_a_call_is_refused_as_slack_refuses_it(
    town: LocalSlack, client: AsyncWebClient, method: str, arguments: Mapping[str, Any], error: str
) -> None:
    answer = await error_of(client, method, arguments)
    assert answer["error"] == error
    assert town.journal.calls(method)[0].error == error
    if method in METHODS:
        assert error in METHODS[method].errors | COMMON_ERRORS


async def test_refused_blocks_are_named_by_their_place(town: LocalSlack, client: AsyncWebClient) -> None:
    answer = await error_of(
        client, "chat.postMessage", {"channel": "C0WORKSHOP", "blocks": [section("x"), section("x" * 3001)]}
    )
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]


async def test_a_view_that_is_refused_says_where(town: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    view = {**form(), "title": plain("x" * 25)}
    answer = await error_of(client, "views.publish", {"user_id": ola.id, "view": {"type": "home"}})
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: blocks [json-pointer:/view]"]
    trigger = town.trigger(ola)
    answer = await error_of(client, "views.open", {"trigger_id": trigger, "view": view})
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


async def test_an_app_without_these_tabs_cannot_use_them(clock: Clock) -> None:
    features = {**MANIFEST["features"], "app_home": {"messages_tab_enabled": False}}
    async with LocalSlack({**MANIFEST, "features": features}, now=clock) as slack:
        slack.add_person("Ola Nordby", user_id="U0OLA")
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        assert (await error_of(client, "chat.postMessage", {"channel": "U0OLA", "text": "x"}))[
            "error"
        ] == "messages_tab_disabled"
        view = {"type": "home", "blocks": []}
        assert (await error_of(client, "views.publish", {"user_id": "U0OLA", "view": view}))["error"] == "not_enabled"


async def test_the_app_changes_and_deletes_only_its_own_messages(
    town: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    message = await ola.says("Mine", workshop)
    where = {"channel": workshop.id, "ts": message.ts}
    assert (await error_of(client, "chat.update", {**where, "text": "x"}))["error"] == "cant_update_message"
    assert (await error_of(client, "chat.delete", where))["error"] == "cant_delete_message"


async def test_a_long_update_is_refused_and_a_long_post_is_shortened(
    town: LocalSlack, client: AsyncWebClient, workshop: Channel
) -> None:
    posted = await client.chat_postMessage(channel=workshop.id, text="x" * 40_001)
    assert posted["warning"] == "message_truncated"
    assert len(posted["message"]["text"]) == 40_000
    where = {"channel": workshop.id, "ts": posted["ts"]}
    assert (await client.chat_update(**where, text="x" * 4000))["ok"]
    assert (await error_of(client, "chat.update", {**where, "text": "x" * 4001}))["error"] == "msg_too_long"


async def test_an_external_id_is_used_once(town: LocalSlack, client: AsyncWebClient, ola: Person, dana: Person) -> None:
    view = form(external_id="the-one")
    opened = await client.views_open(trigger_id=town.trigger(ola), view=view)
    answer = await error_of(client, "views.open", {"trigger_id": town.trigger(dana), "view": view})
    assert answer["error"] == "duplicate_external_id"
    changed = await client.views_update(external_id="the-one", view=view)
    assert changed["view"]["id"] == opened["view"]["id"]


async def test_a_view_over_250_kb_is_refused(town: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    big = {
        "type": "multi_static_select",
        "options": [
            {"text": plain("x" * 75), "value": f"{n}" + "y" * 140, "description": plain("z" * 75)} for n in range(100)
        ],
    }
    view = form(blocks=[field(f"F{n}", f"f{n}", big) for n in range(10)])
    answer = await error_of(client, "views.open", {"trigger_id": town.trigger(ola), "view": view})
    assert answer["error"] == "view_too_large"


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
