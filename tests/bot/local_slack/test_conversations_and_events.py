"""Conversations, users, timestamps and the events of the workspace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.kiosk import section


async def test_timestamps_come_from_the_workspaces_clock_and_grow_while_it_stands(
    slack: LocalSlack, client: AsyncWebClient, workshop: Channel, clock: Clock
) -> None:
    stamps = [(await client.chat_postMessage(channel=workshop.id, text="x"))["ts"] for _ in range(2)]
    clock.passes(timedelta(hours=1))
    stamps.append((await client.chat_postMessage(channel=workshop.id, text="x"))["ts"])
    assert stamps == ["1777876200.000000", "1777876200.000001", "1777879800.000000"]


async def test_a_post_to_a_person_opens_their_conversation(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    first = await client.chat_postMessage(channel=ola.id, text="one")
    second = await client.chat_postMessage(channel=first["channel"], text="two")
    opened = await client.conversations_open(users=ola.id)
    assert first["channel"].startswith("D")
    assert first["channel"] == second["channel"] == opened["channel"]["id"]
    assert opened["already_open"] is True
    assert first["message"]["bot_id"] == slack.bot_id
    info = await client.conversations_info(channel=first["channel"])
    assert (info["channel"]["is_im"], info["channel"]["user"]) == (True, ola.id)


async def test_a_post_to_a_deactivated_person_is_taken(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    # No page says so, but Slack's own people do: https://github.com/slackapi/python-slack-sdk/issues/1156
    ola.deactivate()
    assert (await client.chat_postMessage(channel=ola.id, text="x"))["ok"]
    with pytest.raises(SlackApiError, match="user_disabled"):
        await client.conversations_open(users=ola.id)
    user = (await client.users_info(user=ola.id))["user"]
    assert user["deleted"] is True
    assert "tz" not in user


async def test_the_home_of_a_deactivated_person_is_published_unseen(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    # The page of views.publish has no error for it.
    ola.deactivate()
    assert (await client.views_publish(user_id=ola.id, view={"type": "home", "blocks": []}))["ok"]


async def test_the_members_of_a_user_group_are_read(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, dana: Person
) -> None:
    group = slack.add_usergroup("fitters", members=[ola, dana])
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [ola.id, dana.id]
    group.disabled = True
    answer = await client.usergroups_users_list(usergroup=group.id, include_disabled=True)
    assert answer["users"] == [ola.id, dana.id]


async def test_history_is_newest_first_with_metadata_when_asked(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    first = await client.chat_postMessage(channel=workshop.id, text="first", metadata=metadata)
    await ola.says("second", workshop)
    await client.chat_postMessage(channel=workshop.id, text="reply", thread_ts=first["ts"])
    await client.chat_postEphemeral(channel=workshop.id, user=ola.id, text="whisper")
    answer = await client.conversations_history(channel=workshop.id)
    assert [message["text"] for message in answer["messages"]] == ["second", "first"]
    assert "metadata" not in answer["messages"][1]
    assert answer["messages"][1]["reply_count"] == 1
    answer = await client.conversations_history(
        channel=workshop.id, include_all_metadata=True, oldest=first["ts"], inclusive=True
    )
    assert answer["messages"][-1]["metadata"] == metadata
    answer = await client.conversations_history(channel=workshop.id, oldest=first["ts"])
    assert [message["text"] for message in answer["messages"]] == ["second"]
    answer = await client.conversations_history(channel=workshop.id, latest=first["ts"])
    assert answer["messages"] == []


async def test_long_lists_come_in_pages(slack: LocalSlack, client: AsyncWebClient, workshop: Channel) -> None:
    for number in range(5):
        await client.chat_postMessage(channel=workshop.id, text=str(number))
    texts: list[str] = []
    async for page in await client.conversations_history(channel=workshop.id, limit=2):
        texts += [message["text"] for message in page["messages"]]
    assert texts == ["4", "3", "2", "1", "0"]
    members = await client.conversations_members(channel=workshop.id, limit=2)
    assert members["members"] == ["U0OLA", "U0DANA"]
    rest = await client.conversations_members(
        channel=workshop.id, limit=2, cursor=members["response_metadata"]["next_cursor"]
    )
    assert rest["members"] == [slack.bot_user_id]


async def test_a_thread_is_read_from_any_of_its_messages(
    slack: LocalSlack, client: AsyncWebClient, workshop: Channel
) -> None:
    first = await client.chat_postMessage(channel=workshop.id, text="first")
    reply = await client.chat_postMessage(channel=workshop.id, text="reply", thread_ts=first["ts"])
    for ts in (first["ts"], reply["ts"]):
        answer = await client.conversations_replies(channel=workshop.id, ts=ts)
        assert [message["text"] for message in answer["messages"]] == ["first", "reply"]


async def test_an_update_keeps_the_parts_that_it_does_not_name(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    posted = await client.chat_postMessage(channel=ola.id, text="a", blocks=[section("shown")], metadata=metadata)
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    changed = (await client.chat_update(**where, text="b"))["message"]
    assert (changed["text"], changed["blocks"][0]["text"]["text"]) == ("b", "shown")
    assert changed["metadata"] == metadata
    assert changed["edited"]["user"] == slack.bot_user_id
    changed = (await client.chat_update(**where, text="b", blocks=[], metadata={}))["message"]
    assert "blocks" not in changed
    assert "metadata" not in changed


async def test_a_deleted_message_is_gone(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    posted = await client.chat_postMessage(channel=ola.id, text="Oops")
    message = await ola.sees("Oops")
    link = (await client.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"]))["permalink"]
    assert link == f"https://mine.slack.com/archives/{posted['channel']}/p{posted['ts'].replace('.', '')}"
    await client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    await ola.sees_gone(message)
    assert ola.messages == []


async def test_a_user_has_a_zone_and_when_asked_a_locale(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    user = (await client.users_info(user=ola.id, include_locale=True))["user"]
    assert (user["tz"], user["tz_offset"], user["locale"]) == ("Australia/Perth", 8 * 3600, "en-US")
    assert "email" not in user["profile"]
    assert "locale" not in (await client.users_info(user=ola.id))["user"]


async def test_the_app_hears_what_is_said_to_it(kiosk: LocalSlack, ola: Person) -> None:
    await ola.says("Are you there?")
    await ola.sees("Heard: Are you there?")
    entry = kiosk.journal.inbound[0]
    assert (entry.what, entry.payload["event"]["channel_type"]) == ("message.im", "im")
    assert entry.payload["authorizations"][0]["user_id"] == kiosk.bot_user_id


async def test_the_app_does_not_hear_what_is_said_where_it_is_not(kiosk: LocalSlack, ola: Person) -> None:
    there = kiosk.add_channel("canteen", members=[ola], app_in_channel=False)
    await ola.says("Lunch?", there)
    assert kiosk.journal.inbound == []
    await kiosk.invite(there)
    assert kiosk.journal.inbound[-1].payload["event"]["user"] == kiosk.bot_user_id
    await ola.says("Lunch!", there)
    assert kiosk.journal.inbound[-1].what == "message.channels"


async def test_the_app_hears_who_joins_and_who_changes(
    kiosk: LocalSlack, ola: Person, dana: Person, workshop: Channel
) -> None:
    kim = kiosk.add_person("Kim Lee", locale="de-DE")
    await kiosk.invite(workshop, kim, by=ola)
    event = kiosk.journal.inbound[-1].payload["event"]
    assert (event["type"], event["inviter"], event["channel_type"]) == ("member_joined_channel", ola.id, "C")
    await kiosk.change_person(kim, locale="pl-PL", zone="Europe/Warsaw")
    await kim.sees("Now in pl-PL")
    assert (kim.locale, kim.zone) == ("pl-PL", "Europe/Warsaw")
    await kiosk.settled()


async def test_only_subscribed_events_are_sent(slack: LocalSlack, ola: Person, clock: Clock) -> None:
    async with LocalSlack({"oauth_config": {"scopes": {"bot": []}}}, now=clock) as bare:
        kim = bare.add_person("Kim Lee")
        await kim.says("Hello?")
        await kim.opens_home()
        await bare.change_person(kim, deleted=True)
        assert len(bare.journal) == 0
