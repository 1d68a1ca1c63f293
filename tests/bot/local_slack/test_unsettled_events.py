"""Events that come twice and in another order, as Slack does not promise otherwise."""

from __future__ import annotations

import pytest
from aiohttp import web

from bot.local_slack import HELD_BACK, LocalSlack, Person
from tests.bot.local_slack.receiving import receiver


def event(text: str) -> dict[str, str]:
    return {"type": "app_mention", "text": text}


def came(slack: LocalSlack) -> list[str]:
    """What came to the app, in order."""
    return [
        str(entry.payload["event"]["text"]) if entry.kind == "events_api" else entry.what
        for entry in slack.journal.inbound
    ]


async def test_an_event_comes_twice_with_one_id(slack: LocalSlack, ola: Person) -> None:
    slack.unsettle_events(twice=True)
    async with receiver(slack, web.Response) as got:
        assert (await slack.send_event(event("one"))).acked
        await ola.runs("/hello")
    assert came(slack) == ["one", "one", "/hello"]
    first, second = slack.journal.inbound[:2]
    assert first.payload["event_id"] == second.payload["event_id"]
    assert first.envelope_id != second.envelope_id
    assert "x-slack-retry-num" not in got[1][0]


async def test_an_event_is_held_back_past_the_next_request(slack: LocalSlack, ola: Person) -> None:
    slack.unsettle_events(reordered=True)
    async with receiver(slack, web.Response):
        held = await slack.send_event(event("one"))
        assert (held.number, held.ack) == (HELD_BACK, None)
        assert len(slack.journal) == 0
        await ola.runs("/hello")
        assert came(slack) == ["/hello", "one"]
        assert slack.journal.find(held.envelope_id).acked


async def test_two_events_change_places(slack: LocalSlack) -> None:
    slack.unsettle_events(reordered=True)
    async with receiver(slack, web.Response):
        for text in ("one", "two", "three", "four"):
            await slack.send_event(event(text))
    assert came(slack) == ["two", "one", "four", "three"]


async def test_what_is_still_held_back_comes_when_events_settle(slack: LocalSlack) -> None:
    slack.unsettle_events(twice=True, reordered=True)
    async with receiver(slack, web.Response):
        await slack.send_event(event("one"))
        [entry] = await slack.settle_events()
        assert entry.acked
        await slack.send_event(event("two"))
    assert came(slack) == ["one", "two"]


@pytest.mark.parametrize("reordered", [False, True])
async def test_a_story_goes_on_while_events_are_unsettled(kiosk: LocalSlack, ola: Person, reordered: bool) -> None:
    kiosk.unsettle_events(twice=True, reordered=reordered)
    await ola.says("Are you there?")
    await ola.runs("/hello")
    await ola.sees("Heard: Are you there?")
    await kiosk.settled()
    assert len([each for each in ola.messages if each.text().startswith("Heard")]) == 2
