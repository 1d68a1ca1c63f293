"""What goes wrong between the app and Slack, and what the journal knows of it that the app does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import ANY, Call, Channel, Fault, LocalSlack, Person
from tests.bot.local_slack.conftest import Clock, Wall

POST = "chat.postMessage"


@pytest.fixture
def once(slack: LocalSlack) -> AsyncWebClient:
    """A client that never tries again by itself, and gives up soon."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=1)


async def post(client: AsyncWebClient, channel: Channel, text: str = "x") -> Mapping[str, Any]:
    answer = await client.chat_postMessage(channel=channel.id, text=text, metadata=metadata(text))
    assert isinstance(answer.data, dict)
    return answer.data


def metadata(text: str) -> dict[str, Any]:
    return {"event_type": "delivery", "event_payload": {"id": text}}


def texts(channel: Channel) -> list[str]:
    return [each.text for each in channel.posts]


@pytest.mark.parametrize("executed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("make", "raises"), [(Fault.timeout, TimeoutError), (Fault.reset, aiohttp.ClientError)], ids=["timeout", "reset"]
)
async def test_an_answer_that_does_not_come_says_nothing_of_what_was_done(
    slack: LocalSlack, once: AsyncWebClient, workshop: Channel, make: Any, raises: type[Exception], executed: bool
) -> None:
    slack.fault(POST, make(executed=executed))
    with pytest.raises(raises):
        await post(once, workshop, "lost")
    await post(once, workshop, "found")
    assert texts(workshop) == (["lost", "found"] if executed else ["found"])
    lost, found = slack.journal.calls(POST)
    assert (lost.executed, lost.answered, lost.status) == (executed, False, None)
    assert (found.executed, found.answered, found.status) == (True, True, 200)
    assert lost.arguments["text"] == "lost"
    assert lost.metadata == metadata("lost")
    assert lost.ts == (workshop.posts[0].ts if executed else None)


@pytest.mark.parametrize("executed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("status", [500, 503])
async def test_a_breakdown_is_a_page_that_is_no_json(
    slack: LocalSlack, once: AsyncWebClient, workshop: Channel, status: Any, executed: bool
) -> None:
    slack.fault(POST, Fault.breakdown(status, executed=executed))
    with pytest.raises(SlackApiError) as refused:
        await post(once, workshop)
    assert refused.value.response.status_code == status
    assert len(workshop.posts) == executed
    [call] = slack.journal.calls(POST)
    assert (call.executed, call.ok, call.status) == (executed, False, status)
    assert len(slack.journal.executed(POST)) == executed


async def test_a_caller_that_does_not_wait_for_a_slow_answer_has_none(
    slack: LocalSlack, once: AsyncWebClient, workshop: Channel
) -> None:
    slack.fault(POST, Fault.slow(60))
    with pytest.raises(TimeoutError):
        await post(once, workshop)
    await slack.settled()
    [call] = slack.journal.executed(POST)
    assert not call.answered
    assert call.ts == workshop.posts[0].ts


async def test_a_slow_answer_is_a_good_one(slack: LocalSlack, once: AsyncWebClient, workshop: Channel) -> None:
    slack.fault(POST, Fault.slow(0.01))
    assert (await post(once, workshop))["ok"]


async def test_a_refusal_is_not_executed(slack: LocalSlack, once: AsyncWebClient, workshop: Channel) -> None:
    slack.fault(POST, Fault.refusal("ratelimited", status=429, retry_after=7))
    with pytest.raises(SlackApiError) as refused:
        await post(once, workshop)
    assert refused.value.response.headers["Retry-After"] == "7"
    [call] = slack.journal.rate_limited
    assert (call.executed, call.answered, call.error) == (False, True, "ratelimited")


async def test_what_slack_refuses_anyway_is_not_executed_when_its_answer_is_lost(
    slack: LocalSlack, once: AsyncWebClient
) -> None:
    slack.fault(POST, Fault.reset(executed=True))
    with pytest.raises(aiohttp.ClientError):
        await once.chat_postMessage(channel="C0NOWHERE", text="x")
    [call] = slack.journal.calls(POST)
    assert (call.executed, call.ok, call.error) == (False, False, "channel_not_found")


async def outcomes(slack: LocalSlack, client: AsyncWebClient, channel: Channel, calls: int) -> list[bool]:
    before = len(slack.journal.calls(POST))
    for _ in range(calls):
        try:
            await post(client, channel)
        except SlackApiError:
            continue
    return [call.ok for call in slack.journal.calls(POST)[before:]]


async def test_the_next_calls_go_wrong_and_then_all_is_well(
    slack: LocalSlack, once: AsyncWebClient, workshop: Channel
) -> None:
    slack.fault(POST, Fault.refusal("fatal_error"), times=2)
    slack.fault(POST, Fault.refusal("message_limit_exceeded"))
    assert await outcomes(slack, once, workshop, 4) == [False, False, False, True]
    errors = [call.error for call in slack.journal.calls(POST)]
    assert errors == ["fatal_error", "fatal_error", "message_limit_exceeded", None]


async def test_any_method_can_go_wrong(slack: LocalSlack, once: AsyncWebClient, ola: Person, workshop: Channel) -> None:
    slack.fault(ANY, Fault.breakdown(503, executed=False), times=2)
    with pytest.raises(SlackApiError):
        await once.users_info(user=ola.id)
    assert await outcomes(slack, once, workshop, 2) == [False, True]
    with pytest.raises(ValueError, match=r"https://docs\.slack\.dev/reference/methods knows no error is_archived"):
        slack.fault(ANY, Fault.refusal("is_archived"))


async def test_a_chance_falls_the_same_way_in_each_run(
    slack: LocalSlack, once: AsyncWebClient, workshop: Channel
) -> None:
    runs = []
    for seed in (7, 7, 8):
        slack.fault(POST, Fault.breakdown(500, executed=True), times=None, chance=0.5, seed=seed)
        runs.append(await outcomes(slack, once, workshop, 20))
        slack.mend()
    assert runs[0] == runs[1] != runs[2]
    assert {True, False} == set(runs[0])
    assert await outcomes(slack, once, workshop, 5) == [True] * 5
    assert len(slack.journal.executed(POST)) == 65 == len(workshop.posts)


async def test_a_message_shows_in_the_history_only_after_the_lag(
    slack: LocalSlack, once: AsyncWebClient, ola: Person, workshop: Channel, clock: Clock
) -> None:
    slack.history_lag = timedelta(seconds=30)
    first = await post(once, workshop, "first")
    reply = await once.chat_postMessage(channel=workshop.id, text="reply", thread_ts=first["ts"])
    assert (await once.conversations_history(channel=workshop.id))["messages"] == []
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await once.conversations_replies(channel=workshop.id, ts=first["ts"])
    await ola.sees("first")
    clock.passes(timedelta(seconds=29))
    await post(once, workshop, "second")
    clock.passes(timedelta(seconds=1))
    [shown] = (await once.conversations_history(channel=workshop.id))["messages"]
    assert shown["ts"] == first["ts"]
    clock.passes(timedelta(seconds=1))
    thread = (await once.conversations_replies(channel=workshop.id, ts=first["ts"]))["messages"]
    assert [each["ts"] for each in thread] == [first["ts"], reply["ts"]]
    slack.mend()
    assert len((await once.conversations_history(channel=workshop.id))["messages"]) == 2


async def test_every_answer_is_dated_by_the_wall_clock(
    slack: LocalSlack, client: AsyncWebClient, wall: Wall, ola: Person
) -> None:
    real = datetime.fromtimestamp(int(wall.at), UTC)
    answer = await client.auth_test()
    assert parsedate_to_datetime(answer.headers["Date"]) == real
    slack.date_skew = timedelta(minutes=-7)
    answer = await client.auth_test()
    assert parsedate_to_datetime(answer.headers["Date"]) == real - timedelta(minutes=7)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel="C0NOWHERE", text="x")
    assert parsedate_to_datetime(refused.value.response.headers["Date"]) == real - timedelta(minutes=7)


async def test_the_journal_tells_all_from_what_was_done(
    slack: LocalSlack, once: AsyncWebClient, workshop: Channel
) -> None:
    slack.fault(POST, Fault.reset(executed=True))
    slack.fault(POST, Fault.reset(executed=False))
    for text in ("done", "not done"):
        with pytest.raises(aiohttp.ClientError):
            await post(once, workshop, text)
    done = slack.journal.executed(POST)
    assert [(call.metadata, call.channel, call.ts) for call in done] == [
        (metadata("done"), workshop.id, workshop.posts[0].ts)
    ]
    assert all(isinstance(call, Call) for call in slack.journal)
