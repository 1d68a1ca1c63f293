"""The pinned button in the team's channel: put up once, and it works for whoever presses it."""

from datetime import timedelta

import pytest

from bot.demo.stage import Stage
from bot.demo.story import LEAD, WORKSHOP
from bot.local_slack import Message
from store.deliveries import Kind, Status
from tests.bot.conftest import Staging
from tests.bot.opening import begin, deliveries

SAID = "Did a tool do something odd, or something good? Say so here."


async def put_up(stage: Stage) -> Message:
    """The embedding begins, and the button is there."""
    await begin(stage)
    await stage.tick()
    await stage.quiet()
    return await stage.person(LEAD).sees(SAID, WORKSHOP)


def shown(stage: Stage) -> int:
    """How often it stands in the channel."""
    return sum(SAID in message.text() for message in stage.person(LEAD).messages)


async def test_it_is_posted_and_pinned_when_the_embedding_begins_and_opens_the_form(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        message = await put_up(stage)
        assert message.buttons == ["Report"]
        assert message.is_pinned
        mick = stage.person("U0MICK")
        await mick.clicks("Report", on=await mick.sees(SAID, WORKSHOP))
        modal = await mick.sees_modal("Report behaviour")
        await modal.fills({"What did it do?": "🔕 False alarm"})
        await modal.submits()
        await modal.sees("Got it: F-1 (False alarm, Pump Watch).")


async def test_however_often_the_app_is_invited_there_is_one(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        channel = stage.slack.channel(WORKSHOP)
        for _ in range(3):
            await stage.slack.remove(channel)
            await stage.slack.invite(channel, by=stage.person(LEAD))
            await stage.quiet()
        assert shown(stage) == 1
        await put_up(stage)
        assert shown(stage) == 1
        assert len(channel.pins) == 1


async def test_where_the_app_was_not_invited_it_appears_and_is_pinned_once_it_is(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        channel = stage.slack.channel(WORKSHOP)
        channel.members.remove(stage.slack.bot_user_id)
        await begin(stage)
        await stage.tick()
        await stage.quiet()
        assert shown(stage) == 0
        await stage.slack.invite(channel, by=stage.person(LEAD))
        await stage.quiet()
        assert (await stage.person(LEAD).sees(SAID, WORKSHOP)).is_pinned
        assert shown(stage) == 1


async def test_a_channel_that_is_no_teams_gets_none(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        lena = stage.person(LEAD)
        canteen = stage.slack.add_channel("canteen", members=[lena])
        await stage.slack.invite(canteen, by=lena)
        await stage.quiet()
        assert canteen.posts == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("missing_scope", "the app was installed without a scope that it needs: install it again from its manifest"),
        ("too_many_pins", "the channel has as many pins as Slack allows: unpin something there"),
        ("restricted_action", "a setting of the workspace or the app forbids it: ask a workspace admin to allow it"),
    ],
)
async def test_where_it_cannot_be_pinned_it_still_works_and_an_admin_can_see_why(
    error: str, reason: str, on_stage: Staging
) -> None:
    async with on_stage(begun=False) as stage:
        stage.slack.expect_trouble("pins.add", error=error)
        message = await put_up(stage)
        assert not message.is_pinned
        (pin,) = await stage.app.store.read(deliveries, Kind.REPORT_BUTTON_PINNED)
        assert (pin.status, pin.reason) == (Status.FAILED, f"{reason} ({error})")
        mick = stage.person("U0MICK")
        await mick.clicks("Report", on=await mick.sees(SAID, WORKSHOP))
        await mick.sees_modal("Report behaviour")


async def test_a_pin_whose_answer_was_lost_is_tried_again_and_found_there(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        stage.slack.expect_trouble("pins.add", answer_lost=True)
        await put_up(stage)
        stage.clock.advance(timedelta(minutes=1))
        await stage.tick()
        await stage.quiet()
        (pin,) = await stage.app.store.read(deliveries, Kind.REPORT_BUTTON_PINNED)
        assert pin.status is Status.SENT
        assert stage.slack.journal.calls("pins.add")[-1].error == "already_pinned"


async def test_strangers_and_people_without_a_tool_are_told_why(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        await put_up(stage)
        channel = stage.slack.channel(WORKSHOP)
        guest = stage.slack.add_person("Nils Berg", user_id="U0NILS")
        channel.members.append(guest.id)
        await guest.clicks("Report", on=await guest.sees(SAID, WORKSHOP))
        told = await guest.sees("You are not on this site's list yet.")
        assert told.is_ephemeral
        grace = stage.person("U0GRACE")
        channel.members.append(grace.id)
        await grace.clicks("Report", on=await grace.sees(SAID, WORKSHOP))
        await grace.sees("No tool is on this site's list for you yet. Ask a lead to have it added.")
