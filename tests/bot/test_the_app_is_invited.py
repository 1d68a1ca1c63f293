"""The app was not invited to the team's channel: its lead is told once, invites it, and nothing was lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, LEAD, WORKSHOP
from bot.local_slack.journal import Call
from store.deliveries import Kind, Status
from tests.bot.conftest import Staging
from tests.bot.opening import begin, deliveries, events

ASKED = "I can't post in"
BEGUN = "works with us from today"


@pytest.fixture
async def uninvited(on_stage: Staging) -> AsyncIterator[Stage]:
    """Nobody has invited the app to the workshop's channel, and the embedding's first day is here."""
    async with on_stage(begun=False) as stage:
        stage.slack.channel(WORKSHOP).members.remove(stage.slack.bot_user_id)
        await begin(stage)
        yield stage


def asked(stage: Stage) -> list[Call]:
    """The messages that ask somebody for an invitation."""
    return [call for call in stage.slack.journal.calls("chat.postMessage", ok=True) if ASKED in call.arguments["text"]]


async def note_a_change(stage: Stage) -> None:
    """Dana notes a change, which the channel is to hear of."""
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    await modal.fills({"Tool": "Pump Watch", "What does it do differently now?": "Waits ten seconds", "Why?": "Peaks"})
    await modal.submits()
    await stage.quiet()


async def test_the_lead_is_told_once_invites_it_and_the_message_of_the_first_day_appears(uninvited: Stage) -> None:
    lena = uninvited.person(LEAD)
    await uninvited.tick()
    told = await lena.sees(ASKED)
    assert told.channel.kind == "im"
    assert "/invite @Alongside" in told.text()
    (begun,) = await uninvited.app.store.read(deliveries, Kind.EMBEDDING_BEGUN)
    assert (begun.status, begun.reason) == (
        Status.FAILED,
        "Alongside is not in this channel: type /invite @Alongside there (not_in_channel)",
    )

    uninvited.clock.advance(timedelta(hours=3))
    await note_a_change(uninvited)
    await uninvited.tick()
    assert len(asked(uninvited)) == 1

    await uninvited.slack.invite(uninvited.slack.channel(WORKSHOP), by=lena)
    await uninvited.quiet()

    first_day = await lena.sees(BEGUN, WORKSHOP)
    await lena.sees("Waits ten seconds", WORKSHOP, after=first_day)
    assert len(await uninvited.app.store.read(events, "app_invited")) == 1
    uninvited.clock.advance(timedelta(days=1))
    await uninvited.tick()
    shown = [message for message in lena.messages if BEGUN in message.text()]
    assert len(shown) == 1


async def test_she_is_told_again_when_it_was_thrown_out_after_it_had_been_in(uninvited: Stage) -> None:
    channel, lena = uninvited.slack.channel(WORKSHOP), uninvited.person(LEAD)
    await uninvited.tick()
    await uninvited.slack.invite(channel, by=lena)
    await uninvited.quiet()
    channel.members.remove(uninvited.slack.bot_user_id)

    uninvited.clock.advance(timedelta(hours=3))
    await note_a_change(uninvited)
    await uninvited.tick()

    assert len(asked(uninvited)) == 2


async def test_when_others_join_nothing_happens_and_slack_gets_its_answer(uninvited: Stage) -> None:
    await uninvited.tick()
    (begun,) = await uninvited.app.store.read(deliveries, Kind.EMBEDDING_BEGUN)
    ola = uninvited.person("U0OLA")
    event = {"type": "member_joined_channel", "user": ola.id, "channel": WORKSHOP, "channel_type": "C"}

    entry = await uninvited.slack.send_event(event, person=ola)
    await uninvited.quiet()

    assert entry.ack is not None
    assert entry.ack.failure is None
    assert uninvited.app.unheard == {"event member_joined_channel": 1}
    assert (await uninvited.app.store.read(deliveries, Kind.EMBEDDING_BEGUN))[0].ended_at == begun.ended_at
    assert await uninvited.app.store.read(events, "app_invited") == []


async def test_a_message_that_arrives_shows_that_it_was_invited_when_no_event_did(uninvited: Stage) -> None:
    await uninvited.tick()
    uninvited.slack.channel(WORKSHOP).members.append(uninvited.slack.bot_user_id)

    await note_a_change(uninvited)
    await uninvited.tick()

    await uninvited.person(LEAD).sees(BEGUN, WORKSHOP)
    assert len(await uninvited.app.store.read(events, "app_invited")) == 1


async def test_what_is_older_than_a_week_is_no_news_and_does_not_go_out(uninvited: Stage) -> None:
    await uninvited.tick()
    uninvited.clock.advance(timedelta(days=8))
    await uninvited.slack.invite(uninvited.slack.channel(WORKSHOP), by=uninvited.person(LEAD))
    await uninvited.quiet()

    (begun,) = await uninvited.app.store.read(deliveries, Kind.EMBEDDING_BEGUN)
    assert begun.status is Status.FAILED
