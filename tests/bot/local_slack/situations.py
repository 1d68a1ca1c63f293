"""Every situation in which the local Slack refuses a call by itself, and the error that Slack documents for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.local_slack.calls.pins import MOST_PINS
from bot.local_slack.content import LARGEST_METADATA
from tests.bot.local_slack.kiosk import MANIFEST, field, form, plain
from tests.bot.local_slack.town import ARCHIVED, ELSEWHERE, GONE, OUTSIDER, SECRET, Town

Arguments = Mapping[str, Any]
Prepare = Callable[[Town], Awaitable[Arguments]]

WITHOUT_TABS = {**MANIFEST, "features": {**MANIFEST["features"], "app_home": {"messages_tab_enabled": False}}}
WITHOUT_SCOPES: dict[str, Any] = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["mpim:read", "mpim:history"]}}}
WORKSHOP = {"channel": "C0WORKSHOP"}
SAID = {**WORKSHOP, "text": "x"}
HOME = {"type": "home", "blocks": []}
DEEP = {"event_type": "a", "event_payload": {"deep": {"deeper": {"too": 1}}}}
LARGE = {"event_type": "a", "event_payload": {"id": "x" * LARGEST_METADATA}}
_CHOICE = {"text": plain("x" * 75), "description": plain("z" * 75)}
_BIG = {"type": "multi_static_select", "options": [{**_CHOICE, "value": f"{n}" + "y" * 140} for n in range(100)]}
TOO_LARGE = [field(f"F{n}", f"f{n}", _BIG) for n in range(10)]


@dataclass(frozen=True)
class Situation:
    """A call and what it is refused with; the arguments may have to be prepared."""

    method: str
    arguments: Arguments | Prepare
    error: str
    manifest: Mapping[str, Any] | None = None

    async def prepared(self, town: Town) -> Arguments:
        """The arguments of the call."""
        return await self.arguments(town) if callable(self.arguments) else self.arguments


# What an app may say wrongly in any message: what it adds to a channel (and to a ts or a user), and the error.
CONTENT: list[tuple[Arguments, str]] = [
    ({}, "no_text"),
    ({"text": ""}, "no_text"),
    ({"blocks": []}, "no_text"),
    ({"blocks": "not json"}, "invalid_blocks_format"),
    ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
    ({"blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
    ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ({"markdown_text": "y" * 12_001}, "msg_too_long"),
    ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
    ({"text": ["x"]}, "invalid_arguments"),
    ({"text": 7}, "invalid_arguments"),
    ({"text": "x", "link_names": "perhaps"}, "invalid_arguments"),
]
METADATA: list[tuple[Arguments, str]] = [
    ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
    ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
    ({"text": "x", "metadata": DEEP}, "invalid_metadata_format"),
    ({"text": "x", "metadata": LARGE}, "metadata_too_large"),
]


def _to_a_message(more: Arguments) -> Prepare:
    async def prepare(town: Town) -> Arguments:
        return {**await town.posted(), **more}

    return prepare


def _message_of_ola(**more: Any) -> Prepare:
    async def prepare(town: Town) -> Arguments:
        message = await town.ola.says("Mine", town.workshop)
        return {**WORKSHOP, "ts": message.ts, **more}

    return prepare


async def _in_a_channel_that_was_archived(town: Town) -> Arguments:
    where = await town.posted()
    town.workshop.archive()
    return {**where, "text": "x"}


async def _used_trigger(town: Town) -> Arguments:
    trigger_id = town.slack.trigger(town.ola)
    await town.client.views_open(trigger_id=trigger_id, view=form())
    return {"trigger_id": trigger_id, "view": form()}


async def _old_trigger(town: Town) -> Arguments:
    trigger_id = town.slack.trigger(town.ola)
    town.slack.expire_triggers()
    return {"trigger_id": trigger_id, "view": form()}


async def _external_id_of_dana(town: Town) -> Arguments:
    view = form(external_id="the-one")
    await town.client.views_open(trigger_id=town.slack.trigger(town.dana), view=view)
    return {"trigger_id": town.slack.trigger(town.ola), "view": view}


async def _too_large(town: Town) -> Arguments:
    return {"trigger_id": town.slack.trigger(town.ola), "view": form(blocks=TOO_LARGE)}


async def _nothing_is_open(town: Town) -> Arguments:
    return {"trigger_id": town.slack.trigger(town.ola), "view": form()}


async def _three_are_open(town: Town) -> Arguments:
    await town.client.views_open(trigger_id=town.slack.trigger(town.ola), view=form())
    for _ in range(2):
        await town.client.views_push(trigger_id=town.slack.trigger(town.ola), view=form())
    return {"trigger_id": town.slack.trigger(town.ola), "view": form()}


def _to_an_open_view(**more: Any) -> Prepare:
    async def prepare(town: Town) -> Arguments:
        await _external_id_of_dana(town)
        opened = await town.client.views_open(trigger_id=town.slack.trigger(town.ola), view=form())
        return {"view_id": opened["view"]["id"], "view": form(), **more}

    return prepare


async def _home_with_the_external_id_of_dana(town: Town) -> Arguments:
    await _external_id_of_dana(town)
    return {"user_id": "U0OLA", "view": {**HOME, "external_id": "the-one"}}


def _in_direct_messages(name: str, **more: Any) -> Prepare:
    async def prepare(town: Town) -> Arguments:
        return {name: town.ola.direct.id, **more}

    return prepare


async def _pinned_already(town: Town) -> Arguments:
    where = await town.posted()
    pin = {"channel": where["channel"], "timestamp": where["ts"]}
    await town.client.pins_add(**pin)
    return pin


async def _one_pin_too_many(town: Town) -> Arguments:
    where = await town.posted()
    town.workshop.pins.extend(f"1.{number}" for number in range(MOST_PINS))
    return {"channel": where["channel"], "timestamp": where["ts"]}


async def _pin_of_what_one_person_sees(town: Town) -> Arguments:
    shown = await town.client.chat_postEphemeral(channel="C0WORKSHOP", user="U0OLA", text="x")
    return {**WORKSHOP, "timestamp": shown["message_ts"]}


_POST, _UPDATE, _EPHEMERAL = "chat.postMessage", "chat.update", "chat.postEphemeral"
_HISTORY, _REPLIES = "conversations.history", "conversations.replies"
_TO_OLA = {**WORKSHOP, "user": "U0OLA"}

SITUATIONS: list[Situation] = [
    Situation("no.such.method", {}, "unknown_method"),
    *(Situation(_POST, {**WORKSHOP, **more}, error) for more, error in (*CONTENT, *METADATA)),
    *(Situation(_UPDATE, _to_a_message(more), error) for more, error in (*CONTENT, *METADATA)),
    *(Situation(_EPHEMERAL, {**_TO_OLA, **more}, error) for more, error in CONTENT),
    Situation(_POST, {}, "invalid_arguments"),
    Situation(_POST, {"channel": ["C0WORKSHOP"], "text": "x"}, "invalid_arguments"),
    Situation(_POST, {"channel": "U0NOBODY", "text": "x"}, "channel_not_found"),
    Situation(_POST, {"channel": "U0LOCALBOT", "text": "x"}, "channel_not_found"),
    Situation(_POST, {"channel": ELSEWHERE, "text": "x"}, "not_in_channel"),
    Situation(_POST, {"channel": SECRET, "text": "x"}, "channel_not_found"),
    Situation(_POST, {"channel": ARCHIVED, "text": "x"}, "is_archived"),
    Situation(_POST, {**SAID, "attachments": "{"}, "invalid_arguments"),
    Situation(_POST, {"channel": "U0OLA", "text": "x"}, "messages_tab_disabled", WITHOUT_TABS),
    Situation(_POST, {**SAID, "a word": 1}, "invalid_arg_name"),
    Situation(_POST, {**SAID, "channels[]": "C0WORKSHOP"}, "invalid_array_arg"),
    Situation(_POST, SAID, "missing_scope", WITHOUT_SCOPES),
    Situation(_UPDATE, {"channel": "U0OLA", "ts": "1.1", "text": "x"}, "channel_not_found"),
    Situation(_UPDATE, {**SAID, "ts": "1.1"}, "message_not_found"),
    Situation(_UPDATE, SAID, "invalid_arguments"),
    Situation(_UPDATE, _message_of_ola(text="x"), "cant_update_message"),
    Situation(_UPDATE, _in_a_channel_that_was_archived, "is_inactive"),
    Situation(_UPDATE, _to_a_message({"text": "x" * 4001}), "msg_too_long"),
    Situation(_UPDATE, _to_a_message({"attachments": "{"}), "invalid_attachments"),
    Situation(_EPHEMERAL, SAID, "invalid_arguments"),
    Situation(_EPHEMERAL, {**SAID, "user": OUTSIDER}, "user_not_in_channel"),
    Situation(_EPHEMERAL, {"channel": "C0NOWHERE", "user": "U0OLA", "text": "x"}, "channel_not_found"),
    Situation(_EPHEMERAL, {"channel": ELSEWHERE, "user": "U0OLA", "text": "x"}, "not_in_channel"),
    Situation(_EPHEMERAL, {"channel": ARCHIVED, "user": "U0OLA", "text": "x"}, "is_archived"),
    Situation(_EPHEMERAL, {**_TO_OLA, "attachments": "{"}, "invalid_attachments"),
    Situation(_EPHEMERAL, {"channel": "U0OLA", "user": "U0OLA", "text": "x"}, "messages_tab_disabled", WITHOUT_TABS),
    Situation("chat.delete", {**WORKSHOP, "ts": "1.1"}, "message_not_found"),
    Situation("chat.delete", {"channel": "C0NOWHERE", "ts": "1.1"}, "channel_not_found"),
    Situation("chat.delete", _message_of_ola(), "cant_delete_message"),
    Situation("chat.getPermalink", {**WORKSHOP, "message_ts": "1.1"}, "message_not_found"),
    Situation("chat.getPermalink", {"channel": SECRET, "message_ts": "1.1"}, "channel_not_found"),
    Situation("pins.add", {}, "channel_not_found"),
    Situation("pins.add", {"channel": SECRET, "timestamp": "1.1"}, "channel_not_found"),
    Situation("pins.add", {"channel": ELSEWHERE, "timestamp": "1.1"}, "not_in_channel"),
    Situation("pins.add", WORKSHOP, "no_item_specified"),
    Situation("pins.add", {**WORKSHOP, "timestamp": "yesterday"}, "bad_timestamp"),
    Situation("pins.add", {**WORKSHOP, "timestamp": "1.1"}, "message_not_found"),
    Situation("pins.add", _pin_of_what_one_person_sees, "not_pinnable"),
    Situation("pins.add", _pinned_already, "already_pinned"),
    Situation("pins.add", _one_pin_too_many, "too_many_pins"),
    Situation("pins.add", {**WORKSHOP, "timestamp": "1.1"}, "missing_scope", WITHOUT_SCOPES),
    *(
        Situation(method, arguments, error)
        for method in ("views.open", "views.push")
        for arguments, error in (
            ({"trigger_id": "12.34.abc", "view": form()}, "invalid_trigger_id"),
            ({"view": form()}, "invalid_arguments"),
            ({"trigger_id": "12.34.abc"}, "invalid_arguments"),
            ({"trigger_id": "12.34.abc", "view": "modal"}, "invalid_arguments"),
            (_used_trigger, "exchanged_trigger_id"),
            (_old_trigger, "expired_trigger_id"),
            (_external_id_of_dana, "duplicate_external_id"),
            (_too_large, "view_too_large"),
        )
    ),
    Situation("views.push", _nothing_is_open, "not_found"),
    Situation("views.push", _three_are_open, "push_limit_reached"),
    Situation("views.update", {"view_id": "V0GONE", "view": form()}, "not_found"),
    Situation("views.update", {"view": form()}, "invalid_arguments"),
    Situation("views.update", _to_an_open_view(hash="1.old"), "hash_conflict"),
    Situation("views.update", _to_an_open_view(view=form(external_id="the-one")), "duplicate_external_id"),
    Situation("views.update", _to_an_open_view(view=form(blocks=TOO_LARGE)), "view_too_large"),
    Situation("views.publish", {"user_id": "U0NOBODY", "view": HOME}, "invalid_arguments"),
    Situation("views.publish", {"user_id": "U0OLA", "view": form()}, "invalid_arguments"),
    Situation("views.publish", {"user_id": "U0OLA", "view": HOME, "hash": "1.a"}, "hash_conflict"),
    Situation("views.publish", {"user_id": "U0OLA", "view": {**HOME, "blocks": TOO_LARGE}}, "view_too_large"),
    Situation("views.publish", _home_with_the_external_id_of_dana, "duplicate_external_id"),
    Situation("views.publish", {"user_id": "U0OLA", "view": HOME}, "not_enabled", WITHOUT_TABS),
    Situation("users.info", {}, "user_not_found"),
    Situation("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    Situation("usergroups.users.list", {"usergroup": "S0NOBODY"}, "no_such_subteam"),
    Situation("usergroups.users.list", {"usergroup": "S0DISSOLVED"}, "no_such_subteam"),
    Situation("usergroups.users.list", {}, "invalid_arguments"),
    *(
        Situation(method, {**more, **of_its_own}, error)
        for method, of_its_own in ((_HISTORY, {}), (_REPLIES, {"ts": "1777876200.000000"}))
        for more, error in (
            ({}, "channel_not_found"),
            ({"channel": SECRET}, "channel_not_found"),
            ({**WORKSHOP, "limit": "many"}, "invalid_arguments"),
        )
    ),
    Situation(_HISTORY, {"channel": ELSEWHERE}, "not_in_channel"),
    Situation(_HISTORY, {**WORKSHOP, "oldest": "yesterday"}, "invalid_ts_oldest"),
    Situation(_HISTORY, {**WORKSHOP, "latest": "today"}, "invalid_ts_latest"),
    Situation(_HISTORY, {**WORKSHOP, "cursor": "?"}, "invalid_cursor"),
    Situation(_HISTORY, {**WORKSHOP, "limit": 1.5}, "invalid_arguments"),
    Situation(_REPLIES, {"channel": ELSEWHERE, "ts": "1.1"}, "channel_not_found"),
    Situation(_REPLIES, {**WORKSHOP, "ts": "1.1"}, "thread_not_found"),
    Situation(_REPLIES, _to_a_message({"oldest": "yesterday"}), "invalid_ts_oldest"),
    Situation(_REPLIES, _to_a_message({"latest": "today"}), "invalid_ts_latest"),
    Situation(_REPLIES, _to_a_message({"cursor": "?"}), "invalid_cursor"),
    Situation("conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
    Situation("conversations.info", {"channel": SECRET}, "channel_not_found"),
    Situation("conversations.members", {"channel": SECRET}, "channel_not_found"),
    Situation("conversations.members", {**WORKSHOP, "limit": 0}, "invalid_limit"),
    Situation("conversations.members", {**WORKSHOP, "cursor": "?"}, "invalid_cursor"),
    *(
        Situation(method, _in_direct_messages("channel", ts="1.1"), "missing_scope", WITHOUT_SCOPES)
        for method in (_HISTORY, _REPLIES, "conversations.info", "conversations.members")
    ),
    Situation("conversations.open", {"users": "U0OLA"}, "missing_scope", WITHOUT_SCOPES),
    Situation("conversations.open", {}, "users_list_not_supplied"),
    Situation("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    Situation("conversations.open", {"users": GONE}, "user_disabled"),
    Situation("conversations.open", {"users": "U0OLA,U0DANA"}, "invalid_user_combination"),
    Situation("conversations.open", {"users": ",".join(f"U{n}" for n in range(9))}, "too_many_users"),
    Situation("conversations.open", {"users": "U0OLA", "prevent_creation": True}, "channel_not_found"),
    Situation("conversations.open", {"channel": SECRET}, "channel_not_found"),
    Situation("conversations.open", WORKSHOP, "method_not_supported_for_channel_type"),
]
