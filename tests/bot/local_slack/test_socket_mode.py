"""Socket Mode on the wire: tickets, hello, envelopes, acks, several connections, refreshing."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from bot.local_slack import Channel, LocalSlack, NotAsExpected, Person
from tests.bot.local_slack.kiosk import make_app, over_sockets
from tests.bot.local_slack.sockets import Socket, connected, ticket


async def test_a_ticket_is_good_for_one_connection(slack: LocalSlack) -> None:
    async with aiohttp.ClientSession() as session:
        url = await ticket(slack, session)
        socket = await session.ws_connect(url)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        await socket.close()


async def test_an_envelope_holds_what_slack_documents(slack: LocalSlack, ola: Person) -> None:
    async with connected(slack) as [socket]:
        running = asyncio.create_task(ola.runs("/hello", "there"))
        envelope = await socket.receive_json()
        assert set(envelope) == {"envelope_id", "type", "payload", "accepts_response_payload"}
        assert envelope["type"] == "slash_commands"
        assert envelope["accepts_response_payload"] is True
        assert envelope["payload"]["command"] == "/hello"
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Hello"}})
        assert (await running).text == "Hello"


@pytest.mark.usefixtures("impatient")
async def test_an_event_says_which_attempt_it_is_and_takes_no_payload(slack: LocalSlack) -> None:
    async with connected(slack) as [socket]:
        sending = asyncio.create_task(slack.send_event({"type": "app_mention"}))
        first = await socket.receive_json()
        assert (first["retry_attempt"], first["accepts_response_payload"]) == (0, False)
        entry = await sending
        assert not entry.acked
        slack.ack_within = 3.0
        again = asyncio.create_task(slack.redeliver(entry, reason="timeout"))
        second = await socket.receive_json()
        assert second["payload"] == first["payload"]
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
        await socket.send_json({"envelope_id": second["envelope_id"]})
        assert (await again).acked


async def test_each_envelope_goes_to_one_of_the_connections(slack: LocalSlack) -> None:
    async with connected(slack, 2) as sockets:
        got: list[int] = []

        async def answer(position: int, socket: Socket) -> None:
            async for message in socket:
                got.append(position)
                await socket.send_json({"envelope_id": message.json()["envelope_id"]})

        readers = [asyncio.create_task(answer(n, socket)) for n, socket in enumerate(sockets)]
        for _ in range(4):
            assert (await slack.send_event({"type": "app_mention"})).acked
        assert sorted(got) == [0, 0, 1, 1]
        for reader in readers:
            reader.cancel()


async def test_an_ack_counts_on_any_connection(slack: LocalSlack) -> None:
    async with connected(slack, 2) as [first, second]:
        sending = asyncio.create_task(slack.send_event({"type": "app_mention"}))
        envelope = await first.receive_json()
        await second.send_json({"envelope_id": envelope["envelope_id"]})
        assert (await sending).acked


@pytest.mark.usefixtures("impatient")
async def test_a_late_ack_is_noted_but_does_not_count(slack: LocalSlack, ola: Person) -> None:
    async with connected(slack) as [socket]:
        with pytest.raises(NotAsExpected, match=r"nobody answered /hello: no ack within 0\.\d s"):
            await ola.runs("/hello")
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        entry = slack.journal.inbound[0]
        while entry.late is None:
            await asyncio.sleep(0.001)
            entry = slack.journal.find(envelope["envelope_id"])
        assert not entry.acked
        assert entry.ack is not None
        assert entry.ack.failure == "operation_timeout"
        assert entry.late.elapsed > 0.1


async def test_without_a_connection_nobody_answers(slack: LocalSlack, ola: Person) -> None:
    with pytest.raises(NotAsExpected, match="nobody answered /hello: no socket is connected"):
        await ola.runs("/hello")


async def test_a_request_that_waits_when_slack_stops_has_failed(slack: LocalSlack) -> None:
    async with connected(slack) as [socket]:
        sending = asyncio.create_task(slack.send_event({"type": "app_mention"}))
        await socket.receive_json()
        stopping = asyncio.create_task(slack.stop())
        await socket.receive()
        await stopping
        entry = await sending
    assert entry.ack is not None
    assert entry.ack.failure == "dispatch_failed"


async def test_what_is_no_ack_is_ignored(slack: LocalSlack) -> None:
    async with connected(slack) as [socket]:
        for rubbish in ("not json", "[]", '{"envelope_id": "unknown"}'):
            await socket.send_str(rubbish)
        await socket.ping()
        assert not socket.closed


async def test_too_many_connections_are_refused(slack: LocalSlack) -> None:
    async with connected(slack, 10), aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await ticket(slack, session))
        assert (await socket.receive_json())["reason"] == "too_many_websockets"
        await socket.close()


async def test_a_refresh_warns_and_then_closes_a_client_that_stays(slack: LocalSlack) -> None:
    async with connected(slack) as [old], aiohttp.ClientSession() as session:
        refreshing = asyncio.create_task(slack.refresh_connections())
        assert (await old.receive_json())["reason"] == "warning"
        new = await session.ws_connect(await ticket(slack, session))
        assert (await new.receive_json())["type"] == "hello"
        assert (await old.receive_json())["reason"] == "refresh_requested"
        assert (await old.receive()).type is aiohttp.WSMsgType.CLOSE
        await refreshing
        sending = asyncio.create_task(slack.send_event({"type": "app_mention"}))
        await new.send_json({"envelope_id": (await new.receive_json())["envelope_id"]})
        assert (await sending).acked
        await new.close()


async def test_a_revoked_token_closes_the_link(slack: LocalSlack) -> None:
    async with connected(slack, 2) as sockets:
        slack.revoke()
        for socket in sockets:
            assert (await socket.receive_json())["reason"] == "link_disabled"
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_connections_are_refreshed_in_the_middle_of_a_modal(
    slack: LocalSlack, ola: Person, workshop: Channel
) -> None:
    async with over_sockets(slack, make_app(slack)):
        await ola.runs("/report")
        modal = await ola.sees_modal("File a report")
        await modal.fills({"What happened": "It cried wolf"})
        await slack.refresh_connections()
        await slack.until_connected()
        await modal.fills({"Kind": "Missed"})
        assert (await modal.submits()).closed
        await ola.sees("Filed: It cried wolf")
    assert len(slack.journal.calls("apps.connections.open")) == 2


async def test_any_payload_can_be_sent_and_its_ack_read(kiosk: LocalSlack) -> None:
    documented: dict[str, Any] = {
        "token": "t",
        "team_id": "T0MINE",
        "team_domain": "mine",
        "channel_id": "C1",
        "channel_name": "general",
        "user_id": "U1",
        "user_name": "ola",
        "command": "/hello",
        "text": "raw",
        "response_url": "http://x",
        "trigger_id": "1.2.a",
    }
    ack = await kiosk.send_raw("slash_commands", documented)
    assert ack.ok
    assert ack.status == 200
    assert ack.payload == {"text": "Hello <@U1>, you said *raw*"}
