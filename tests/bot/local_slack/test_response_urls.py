"""Response URLs: where they come from, what they may be used for, and how often."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Message, Person
from tests.bot.local_slack.conftest import Wall
from tests.bot.local_slack.kiosk import question, section


async def answer_to(url: str, body: Any) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
        return answer.status, await answer.json()


@pytest.fixture
async def command_url(kiosk: LocalSlack, ola: Person, workshop: Channel) -> str:
    await ola.runs("/silent", in_channel=workshop)
    return str(kiosk.journal.inbound[-1].payload["response_url"])


async def clicked(kiosk: LocalSlack, client: AsyncWebClient, person: Person, where: str) -> tuple[Message, str]:
    await client.chat_postMessage(channel=where, text="How?", blocks=question())
    message = await person.sees("How did")
    await person.clicks("Better", on=message)
    return message, kiosk.journal.inbound[-1].payload["response_url"]


async def test_an_answer_is_for_the_person_alone_unless_it_says_otherwise(
    command_url: str, ola: Person, dana: Person, workshop: Channel
) -> None:
    await answer_to(command_url, {"text": "only you"})
    await answer_to(command_url, {"text": "everybody", "response_type": "in_channel"})
    assert (await ola.sees("only you", where=workshop)).is_ephemeral
    await dana.sees("everybody", where=workshop)
    await dana.sees_no("only you")


async def test_it_can_be_used_five_times(command_url: str) -> None:
    for _ in range(5):
        assert await answer_to(command_url, {"text": "again"}) == (200, {"ok": True})
    assert await answer_to(command_url, {"text": "again"}) == (404, {"ok": False, "error": "used_url"})


async def test_it_is_good_for_thirty_minutes_of_wall_time(command_url: str, wall: Wall) -> None:
    wall.at += 30 * 60 - 1
    assert (await answer_to(command_url, {"text": "still"}))[0] == 200
    wall.at += 2
    assert await answer_to(command_url, {"text": "late"}) == (404, {"ok": False, "error": "expired_url"})


async def test_it_can_be_made_to_expire(kiosk: LocalSlack, command_url: str) -> None:
    kiosk.expire_response_urls()
    assert (await answer_to(command_url, {"text": "late"}))[1]["error"] == "expired_url"
    assert kiosk.journal.response_url_posts[-1].error == "expired_url"


@pytest.mark.parametrize(
    ("body", "error"),
    [({}, "no_text"), ([], "invalid_payload"), ({"blocks": [{"type": "poem"}]}, "invalid_blocks")],
)
async def test_what_cannot_be_shown_is_refused(command_url: str, body: Any, error: str) -> None:
    assert await answer_to(command_url, body) == (400, {"ok": False, "error": error})


async def test_an_unknown_one_is_refused(slack: LocalSlack) -> None:
    status, body = await answer_to(f"{slack.base_url}/actions/T0/1/x", {"text": "x"})
    assert (status, body["error"]) == (404, "invalid_url")


async def test_the_message_acted_on_can_be_replaced_and_deleted(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    message, url = await clicked(kiosk, client, ola, workshop.id)
    await answer_to(url, {"replace_original": True, "text": "Done", "blocks": [section("All *done*")]})
    await ola.sees_change(message, "All done")
    await answer_to(url, {"delete_original": True})
    await ola.sees_gone(message)
    await ola.sees_no("All done")


async def test_a_new_answer_leaves_the_message_acted_on(kiosk: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    message, url = await clicked(kiosk, client, ola, ola.id)
    await answer_to(url, {"text": "Thank you"})
    assert (await ola.sees("Thank you")).is_ephemeral
    assert message.text() == "You said: Better"
