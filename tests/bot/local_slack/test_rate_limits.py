"""Who calls too often waits as long as Slack says, by the workspace's clock."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person, RateLimits
from bot.local_slack.methods import METHODS, Tier
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.kiosk import MANIFEST


@pytest.fixture
def limited(slack: LocalSlack) -> LocalSlack:
    slack.rate_limits = RateLimits()
    return slack


async def wait_told(client: AsyncWebClient, method: str, **arguments: str) -> int:
    """The seconds that a call which is one too many is told to wait."""
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, json=arguments)
    answer = refused.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    return int(answer.headers["Retry-After"])


async def test_a_conversation_takes_a_short_burst_and_then_a_message_a_second(
    limited: LocalSlack, client: AsyncWebClient, workshop: Channel, clock: Clock
) -> None:
    for _ in range(3):
        await client.chat_postMessage(channel=workshop.id, text="x")
    assert await wait_told(client, "chat.postMessage", channel=workshop.id, text="one too many") == 1
    clock.passes(timedelta(seconds=1))
    await client.chat_postMessage(channel=workshop.id, text="x")
    assert await wait_told(client, "chat.postMessage", channel=workshop.id, text="one too many") == 1
    assert len(limited.journal.rate_limited) == 2
    assert [call.executed for call in limited.journal.rate_limited] == [False, False]
    assert len(workshop.posts) == 4


async def test_one_full_conversation_does_not_hold_another(
    limited: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    for _ in range(3):
        await client.chat_postMessage(channel=workshop.id, text="x")
    assert (await client.chat_postMessage(channel=ola.id, text="x"))["ok"]


async def test_a_person_and_their_conversation_are_one(
    limited: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    direct = ola.direct.id
    for channel in (ola.id, direct, ola.id):
        await client.chat_postMessage(channel=channel, text="x")
    assert await wait_told(client, "chat.postMessage", channel=direct, text="one too many") == 1


async def test_a_channel_and_its_name_are_one(limited: LocalSlack, client: AsyncWebClient, workshop: Channel) -> None:
    for channel in (workshop.id, "#workshop", "workshop"):
        await client.chat_postMessage(channel=channel, text="x")
    assert await wait_told(client, "chat.postMessage", channel=workshop.id, text="one too many") == 1


async def test_all_conversations_share_the_posts_of_a_workspace(
    slack: LocalSlack, client: AsyncWebClient, clock: Clock
) -> None:
    slack.rate_limits = RateLimits(workspace_posts_per_minute=4)
    people = [slack.add_person(f"Person {n}") for n in range(5)]
    for person in people[:4]:
        await client.chat_postMessage(channel=person.id, text="x")
    assert await wait_told(client, "chat.postMessage", channel=people[4].id, text="one too many") == 15
    clock.passes(timedelta(seconds=15))
    assert (await client.chat_postMessage(channel=people[4].id, text="x"))["ok"]


async def test_how_many_posts_may_come_at_once_can_be_less_than_those_of_a_minute(
    slack: LocalSlack, client: AsyncWebClient, clock: Clock
) -> None:
    slack.rate_limits = RateLimits(workspace_post_burst=2)
    people = [slack.add_person(f"Person {n}") for n in range(4)]
    for person in people[:2]:
        await client.chat_postMessage(channel=person.id, text="x")
    assert await wait_told(client, "chat.postMessage", channel=people[2].id, text="one too many") == 1
    clock.passes(timedelta(seconds=0.2))
    assert (await client.chat_postMessage(channel=people[3].id, text="x"))["ok"]


async def test_a_method_is_held_by_its_tier_and_no_other_with_it(
    limited: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel, clock: Clock
) -> None:
    posted = await client.chat_postMessage(channel=workshop.id, text="x")
    where = {"channel": workshop.id, "ts": posted["ts"], "text": "y"}
    for _ in range(50):
        await client.api_call("chat.update", json=where)
    assert await wait_told(client, "chat.update", **where) == 2
    assert (await client.users_info(user=ola.id))["ok"]
    clock.passes(timedelta(seconds=2))
    assert (await client.api_call("chat.update", json=where))["ok"]


async def test_after_a_minute_of_silence_a_tier_is_whole_again(
    limited: LocalSlack, client: AsyncWebClient, ola: Person, clock: Clock
) -> None:
    group = limited.add_usergroup("fitters", members=[ola])
    for _ in range(2):
        for _ in range(20):
            await client.usergroups_users_list(usergroup=group.id)
        clock.passes(timedelta(minutes=1))
    assert limited.journal.rate_limited == []


async def test_without_limits_nothing_is_held(slack: LocalSlack, client: AsyncWebClient, workshop: Channel) -> None:
    for _ in range(10):
        await client.chat_postMessage(channel=workshop.id, text="x")
    slack.rate_limits = RateLimits(post_burst=1)
    await client.chat_postMessage(channel=workshop.id, text="x")
    await wait_told(client, "chat.postMessage", channel=workshop.id, text="one too many")
    slack.rate_limits = None
    await client.chat_postMessage(channel=workshop.id, text="x")


async def test_limits_can_be_there_from_the_start(clock: Clock) -> None:
    limits = RateLimits(special_per_minute={"auth.test": 1})
    async with LocalSlack(MANIFEST, now=clock, rate_limits=limits) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        await client.auth_test()
        assert await wait_told(client, "auth.test") == 60


def test_the_tiers_are_the_published_ones(reference: Path) -> None:
    limits = json.loads((reference / "slack" / "platform-limits.json").read_text("utf-8"))["web_api"]
    published = limits["tiers"]["value"]
    words = {Tier.ONE: "Tier1", Tier.TWO: "Tier2", Tier.THREE: "Tier3", Tier.FOUR: "Tier4"}
    numbers = {tier: int(re.findall(r"\d+", published[word])[0]) for tier, word in words.items()}
    assert RateLimits().per_minute == numbers
    assert str(limits["posting"]["value"]).startswith(f"{RateLimits().posts_per_second:.0f} message/s per channel")


def test_every_special_method_has_a_limit_of_its_own() -> None:
    special = {name for name, method in METHODS.items() if method.tier is Tier.SPECIAL}
    assert special == {*RateLimits().special_per_minute, "chat.postMessage"}
