"""What people do and see, over Socket Mode and over HTTP alike."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, NotAsExpected, Person
from tests.bot.local_slack.kiosk import question


async def test_a_command_is_answered_in_its_ack(kiosk: LocalSlack, ola: Person) -> None:
    answer = await ola.runs("/hello", "good morning")
    assert answer.text == "Hello @Ola Nordby, you said good morning"
    assert answer.message is not None
    assert answer.message.is_ephemeral


async def test_a_command_acked_without_a_word_has_an_empty_answer(kiosk: LocalSlack, ola: Person) -> None:
    assert not await ola.runs("/silent")


async def test_a_command_that_nobody_handles_is_not_as_expected(kiosk: LocalSlack, ola: Person) -> None:
    kiosk.ack_within = 0.1
    with pytest.raises(NotAsExpected, match="nobody answered /nobody"):
        await ola.runs("/nobody")


async def test_a_modal_is_filled_in_and_submitted(kiosk: LocalSlack, ola: Person, dana: Person) -> None:
    await ola.runs("/report")
    modal = await ola.sees_modal("File a report")
    await modal.fills({"What happened": "It cried wolf", "Kind": "False alarm", "People": ["Dana Reyes"]})
    await modal.sees("You chose False alarm.")
    assert modal.fields["What happened"] == "It cried wolf"
    assert modal.fields["People"] == "Dana Reyes"
    assert modal.fields["Last day"] == "2026-05-01"
    result = await modal.submits()
    assert result.closed
    assert not modal.is_open
    await ola.sees("Filed: It cried wolf")


async def test_a_button_on_a_message_changes_it_by_chat_update(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    await client.chat_postMessage(channel=ola.id, text="How did it go?", blocks=question())
    message = await ola.sees("How did P-101 go?", where=ola.direct)
    assert message.buttons == ["Better", "Worse"]
    await ola.clicks("Better", on=message)
    await ola.sees_change(message, "You said: Better")
    assert message.buttons == []


async def test_a_button_on_a_message_changes_it_by_response_url(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    await client.chat_postMessage(channel=workshop.id, text="How did it go?", blocks=question())
    message = await ola.sees("How did", where=workshop)
    await ola.clicks("Worse", on=message)
    await ola.sees_change(message, "You said: Worse")
    assert [post.ok for post in kiosk.journal.response_url_posts] == [True]
