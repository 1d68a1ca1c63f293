"""Channels that the app comes into, leaves, and sees archived and renamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.kiosk import MANIFEST
from tests.bot.local_slack.receiving import receiver

CREATED = 1777876200


@pytest.fixture
async def heard(slack: LocalSlack) -> AsyncIterator[LocalSlack]:
    """The local Slack with an app that acks all events."""
    async with receiver(slack, web.Response):
        yield slack


def events(slack: LocalSlack) -> list[Mapping[str, Any]]:
    """The events that came to the app, without their timestamps."""
    return [
        {name: value for name, value in entry.payload["event"].items() if name != "event_ts"}
        for entry in slack.journal.inbound
    ]


async def test_a_public_channel_says_whether_the_app_is_in_it(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    there = slack.add_channel("canteen", members=[ola], app_in_channel=False)
    assert (await client.conversations_info(channel=there.id))["channel"]["is_member"] is False
    await slack.invite(there, by=ola)
    assert (await client.conversations_info(channel=there.id))["channel"]["is_member"] is True


async def test_a_private_channel_is_not_there_until_the_app_is_invited(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    there = slack.add_channel("board", members=[ola], app_in_channel=False, private=True)
    for method in ("conversations.info", "conversations.members", "conversations.history"):
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await client.api_call(method, params={"channel": there.id})
    await slack.invite(there, by=ola)
    channel = (await client.conversations_info(channel=there.id))["channel"]
    assert (channel["is_private"], channel["is_member"]) == (True, True)


async def test_the_app_hears_that_it_was_invited_and_by_whom(heard: LocalSlack, ola: Person) -> None:
    there = heard.add_channel("board", members=[ola], app_in_channel=False, private=True)
    await heard.invite(there, by=ola)
    assert events(heard) == [
        {
            "type": "member_joined_channel",
            "user": heard.bot_user_id,
            "channel": there.id,
            "channel_type": "G",
            "team": heard.team_id,
            "inviter": ola.id,
        }
    ]


@pytest.mark.parametrize(("private", "kind"), [(False, "channel"), (True, "group")])
async def test_the_app_hears_that_it_was_taken_out_and_can_post_no_more(
    heard: LocalSlack, client: AsyncWebClient, private: bool, kind: str
) -> None:
    there = heard.add_channel("board", private=private)
    await heard.remove(there)
    assert events(heard) == [{"type": f"{kind}_left", "channel": there.id}]
    with pytest.raises(SlackApiError, match="channel_not_found" if private else "not_in_channel"):
        await client.chat_postMessage(channel=there.id, text="x")


async def test_the_app_hears_who_leaves(heard: LocalSlack, ola: Person, workshop: Channel) -> None:
    await heard.remove(workshop, ola)
    [event] = events(heard)
    assert (event["type"], event["user"], event["channel_type"]) == ("member_left_channel", ola.id, "C")
    assert ola.id not in workshop.members


@pytest.mark.parametrize(("private", "kind"), [(False, "channel"), (True, "group")])
async def test_the_app_hears_of_an_archived_channel_and_cannot_post_there(
    heard: LocalSlack, client: AsyncWebClient, ola: Person, private: bool, kind: str
) -> None:
    there = heard.add_channel("pumps", members=[ola], private=private)
    await heard.archive(there, by=ola)
    with pytest.raises(SlackApiError, match="is_archived"):
        await client.chat_postMessage(channel=there.id, text="x")
    assert (await client.conversations_info(channel=there.id))["channel"]["is_archived"] is True
    await heard.unarchive(there, by=ola)
    assert (await client.chat_postMessage(channel=there.id, text="x"))["ok"]
    about = {"channel": there.id, "user": ola.id}
    assert events(heard) == [{"type": f"{kind}_archive", **about}, {"type": f"{kind}_unarchive", **about}]


@pytest.mark.parametrize(("private", "kind"), [(False, "channel"), (True, "group")])
async def test_the_app_hears_of_a_new_name(heard: LocalSlack, client: AsyncWebClient, private: bool, kind: str) -> None:
    there = heard.add_channel("pumps", private=private)
    await heard.rename(there, "pumps-and-fans")
    channel = {"id": there.id, "name": "pumps-and-fans", "created": CREATED}
    assert events(heard) == [{"type": f"{kind}_rename", "channel": channel}]
    assert (await client.conversations_info(channel=there.id))["channel"]["name"] == "pumps-and-fans"
    assert heard.channel("pumps-and-fans") is there


async def test_what_becomes_of_a_private_channel_is_not_heard_outside(heard: LocalSlack, ola: Person) -> None:
    there = heard.add_channel("board", members=[ola], app_in_channel=False, private=True)
    await heard.rename(there, "directors")
    await heard.archive(there, by=ola)
    await heard.remove(there, ola)
    assert events(heard) == []


async def test_the_app_hears_of_a_deactivated_person(heard: LocalSlack, ola: Person) -> None:
    await heard.change_person(ola, deleted=True)
    [event] = events(heard)
    assert (event["type"], event["user"]["id"], event["user"]["deleted"]) == ("user_change", ola.id, True)


async def test_an_app_that_did_not_subscribe_hears_nothing_of_channels(clock: Clock) -> None:
    async with LocalSlack({**MANIFEST, "settings": {}}, now=clock) as slack:
        there = slack.add_channel("pumps", app_in_channel=False)
        await slack.invite(there)
        await slack.rename(there, "fans")
        await slack.archive(there)
        await slack.remove(there)
        assert len(slack.journal) == 0
