"""The journal: everything that went over the wire, in order."""

from __future__ import annotations

import dataclasses

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Call, Channel, Inbound, LocalSlack, Person
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.kiosk import question


async def test_a_request_is_noted_with_its_ack(kiosk: LocalSlack, ola: Person, clock: Clock) -> None:
    await ola.runs("/hello", "there")
    [entry] = kiosk.journal.inbound
    assert (entry.kind, entry.what, entry.person, entry.at) == ("slash_commands", "/hello", "U0OLA", clock.at)
    assert entry.via in ("socket", "http")
    assert entry.acked
    assert entry.ack is not None
    assert entry.ack.status == 200
    assert entry.ack.payload == {"text": "Hello <@U0OLA>, you said *there*"}
    assert 0 < entry.ack.elapsed < 3
    assert kiosk.journal.find(entry.envelope_id) == entry


async def test_acts_are_described_by_what_they_were(kiosk: LocalSlack, ola: Person) -> None:
    await ola.runs("/report")
    modal = await ola.sees_modal("File a report")
    await modal.fills({"What happened": "x", "Kind": "Missed"})
    await modal.searches("Work order", "P-1")
    await modal.submits()
    assert [entry.what for entry in kiosk.journal.inbound] == [
        "/report",
        "block_actions it",
        "block_suggestion it",
        "view_submission report.file",
    ]


async def test_calls_are_noted_with_what_they_did(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel, clock: Clock
) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"id": "7"}}
    posted = await client.chat_postMessage(channel=ola.id, text="Hello", metadata=metadata)
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Hello again")
    await client.users_info(user=ola.id)
    post, update, info = slack.journal.calls()
    assert (post.method, post.ok, post.error, post.at) == ("chat.postMessage", True, None, clock.at)
    assert (post.ts, post.channel, post.metadata) == (posted["ts"], posted["channel"], metadata)
    assert post.arguments["channel"] == "U0OLA"
    assert (update.ts, update.channel) == (post.ts, post.channel)
    assert info.answer["user"]["real_name"] == "Ola Nordby"
    assert slack.journal.calls("users.info") == [info]
    assert slack.journal.calls(ok=False) == []


async def test_entries_are_values_in_the_order_of_what_happened(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    await client.chat_postMessage(channel=ola.id, text="How?", blocks=question())
    await ola.clicks("Better", on=await ola.sees("How did"))
    kinds = [
        entry.method if isinstance(entry, Call) else entry.what if isinstance(entry, Inbound) else "response_url"
        for entry in kiosk.journal
    ]
    kept = [kind for kind in kinds if kind not in ("apps.connections.open", "auth.test")]
    assert kept == ["chat.postMessage", "block_actions answer.better", "chat.update"]
    assert [entry.number for entry in kiosk.journal] == list(range(len(kiosk.journal)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        kiosk.journal.inbound[0].what = "other"  # type: ignore[misc]  # that is the point
