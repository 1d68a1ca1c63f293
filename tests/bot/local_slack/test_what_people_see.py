"""What people do and see, and what is said when they do not see what they should."""

from __future__ import annotations

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, NotAsExpected, Person
from tests.bot.local_slack.conftest import Clock
from tests.bot.local_slack.kiosk import MANIFEST, button, option, plain, question, section


@pytest.mark.usefixtures("impatient")
async def test_a_missing_message_is_reported_with_what_is_there_instead(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    await client.chat_postMessage(channel=workshop.id, text="How?", blocks=question())
    await client.chat_postEphemeral(channel=workshop.id, user=ola.id, text="Psst")
    with pytest.raises(NotAsExpected) as failure:
        await ola.sees("Thank you", where=workshop)
    assert str(failure.value) == (
        'Ola Nordby expected to see "Thank you" in #workshop\n'
        "Ola Nordby sees:\n"
        "  #workshop\n"
        "    Kiosk: How did P-101 go?\n"
        "    [Better] [Worse]\n"
        "    (only you) Kiosk: Psst"
    )


async def test_an_empty_screen_says_so(slack: LocalSlack, ola: Person) -> None:
    assert ola.screen() == "Ola Nordby sees nothing at all."


async def test_a_message_that_comes_later_is_waited_for(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    waiting = asyncio.create_task(ola.sees("Hello"))
    await client.chat_postMessage(channel=ola.id, text="Hello")
    assert (await waiting).text() == "Hello"


@pytest.mark.usefixtures("impatient")
async def test_the_newest_message_is_found_and_older_ones_can_be_left_out(
    slack: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    await client.chat_postMessage(channel=ola.id, text="Round 1")
    await client.chat_postMessage(channel=ola.id, text="Round 2")
    newest = await ola.sees("Round")
    assert newest.text() == "Round 2"
    with pytest.raises(NotAsExpected):
        await ola.sees("Round", after=newest)
    await ola.sees_no("Round", after=newest)
    with pytest.raises(NotAsExpected, match='expected not to see "Round 1"'):
        await ola.sees_no("Round 1")


async def test_people_see_only_what_is_where_they_are(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, dana: Person
) -> None:
    slack.add_channel("data", channel_id="C0DATA", members=[dana])
    await client.chat_postMessage(channel="#data", text="For data people")
    await client.chat_postMessage(channel=dana.id, text="For Dana")
    await ola.sees_no("For")
    assert [message.text() for message in dana.messages] == ["For data people", "For Dana"]
    with pytest.raises(NotAsExpected, match="Ola Nordby is not in #data"):
        await ola.runs("/hello", in_channel="data")


async def test_a_button_that_is_gone_is_reported_with_those_that_are_there(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    await client.chat_postMessage(channel=ola.id, text="How?", blocks=question())
    message = await ola.sees("How did")
    with pytest.raises(NotAsExpected, match=r'wanted to click "Best" .* the buttons there: "Better", "Worse"'):
        await ola.clicks("Best", on=message)
    await ola.clicks("Better", on=message)
    with pytest.raises(NotAsExpected, match="the buttons there: none"):
        await ola.clicks("Better", on=message)


async def test_a_screen_that_is_late_still_has_the_old_buttons(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    await client.chat_postMessage(channel=ola.id, text="How?", blocks=question())
    late = (await ola.sees("How did")).as_was()
    await ola.clicks("Better", on=late)
    await ola.clicks("Worse", on=late)
    await ola.sees_change(late, "You said: Worse")
    assert late.buttons == ["Better", "Worse"]


async def test_the_same_click_can_be_delivered_twice(kiosk: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    await client.chat_postMessage(channel=ola.id, text="How?", blocks=question())
    await ola.clicks("Better", on=await ola.sees("How did"))
    again = await kiosk.redeliver(kiosk.journal.inbound[-1])
    assert again.acked
    assert len(kiosk.journal.calls("chat.update")) == 2


async def test_a_click_that_nobody_handles_is_not_as_expected(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    blocks = [{"type": "actions", "elements": [button("Press", "nobody.knows")]}]
    await client.chat_postMessage(channel=ola.id, text="x", blocks=[section("Press it"), *blocks])
    kiosk.ack_within = 0.1
    with pytest.raises(NotAsExpected, match=r"nobody answered block_actions nobody.knows"):
        await ola.clicks("Press", on=await ola.sees("Press it"))


async def test_a_command_that_is_not_in_the_manifest_cannot_be_run(slack: LocalSlack, ola: Person) -> None:
    with pytest.raises(NotAsExpected, match="/model is not in the manifest; it has /hello, /nobody"):
        await ola.runs("/model")


async def test_a_shortcut_on_a_message_opens_a_form_about_it(
    kiosk: LocalSlack, ola: Person, dana: Person, workshop: Channel
) -> None:
    message = await ola.says("The alarm was wrong again", workshop)
    await dana.uses_shortcut("Report this", on=message)
    modal = await dana.sees_modal("File a report")
    assert modal.fields["What happened"] == "The alarm was wrong again"
    payload = next(each for each in kiosk.journal.inbound if each.kind == "interactive").payload
    assert payload["type"] == "message_action"
    assert payload["message"]["user"] == ola.id
    assert payload["message_ts"] == message.ts
    with pytest.raises(NotAsExpected, match='no message shortcut "Report"; it has "Report this"'):
        await ola.uses_shortcut("Report", on=message)


async def test_an_ephemeral_message_has_no_shortcuts(kiosk: LocalSlack, ola: Person) -> None:
    answer = await ola.runs("/hello", "there")
    with pytest.raises(NotAsExpected, match="is ephemeral; Slack offers no shortcuts on it"):
        await ola.uses_shortcut("Report this", on=answer.message)


async def test_a_click_on_an_ephemeral_message_comes_without_that_message(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    await client.chat_postEphemeral(channel=workshop.id, user=ola.id, text="How?", blocks=question())
    message = await ola.sees("How did")
    await ola.clicks("Worse", on=message)
    await ola.sees_change(message, "You said: Worse")
    payload = next(each for each in kiosk.journal.inbound if each.kind == "interactive").payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload


async def test_a_global_shortcut_opens_a_form(kiosk: LocalSlack, ola: Person) -> None:
    await ola.uses_shortcut("Report")
    assert (await ola.sees_modal("File a report")).options("Kind") == ["False alarm", "Missed"]


async def test_the_home_tab_is_published_when_it_is_opened(kiosk: LocalSlack, ola: Person) -> None:
    await ola.opens_home()
    home = await ola.sees_home("Open reports: 3")
    assert home.buttons == ["New"]
    await ola.clicks("New", on=home)
    await ola.sees_modal("File a report")
    assert kiosk.journal.inbound[-1].payload["container"]["type"] == "view"
    await ola.opens_home()
    assert kiosk.journal.inbound[-1].payload["event"]["view"]["type"] == "home"
    kiosk.patience = 0.1
    with pytest.raises(NotAsExpected, match='expected "Closed reports" on the Home tab'):
        await ola.sees_home("Closed reports")


async def test_markup_is_read_as_people_read_it(
    slack: LocalSlack, client: AsyncWebClient, ola: Person, workshop: Channel
) -> None:
    await client.chat_postMessage(
        channel=ola.id,
        text="*Bold* and _slanted_, ~gone~ `code`; <@U0OLA> in <#C0WORKSHOP>, <https://x.example|the page>, "
        "<https://y.example>, <!here>, <!date^1778310000^{date_num}|9 May> &lt;tag&gt; &amp; snake_case 3 * 4",
    )
    assert ola.messages[-1].text() == (
        "Bold and slanted, gone code; @Ola Nordby in #workshop, the page, "
        "https://y.example, @here, 9 May <tag> & snake_case 3 * 4"
    )


async def test_every_kind_of_block_can_be_read(slack: LocalSlack, client: AsyncWebClient, ola: Person) -> None:
    await client.chat_postMessage(
        channel=ola.id,
        text="in short",
        blocks=[
            {"type": "header", "text": plain("Head")},
            {"type": "section", "fields": [plain("left"), {"type": "mrkdwn", "text": "*right*"}]},
            {
                "type": "context",
                "elements": [plain("small"), {"type": "image", "image_url": "https://x", "alt_text": "a chart"}],
            },
            {"type": "divider"},
            {"type": "markdown", "text": "# Mark"},
            {"type": "image", "image_url": "https://x", "alt_text": "a picture", "title": plain("Picture")},
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "rich "}, {"type": "user", "user_id": "U0OLA"}],
                    }
                ],
            },
        ],
    )
    message = ola.messages[-1]
    assert message.text().splitlines() == [
        "Head",
        "left",
        "right",
        "small a chart",
        "# Mark",
        "Picture",
        "rich @Ola Nordby",
    ]


async def test_a_menu_in_a_message_is_chosen_from_by_the_text_beside_it(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    menu = {"type": "static_select", "action_id": "nobody.knows", "options": [option("Today", "1")]}
    await client.chat_postMessage(channel=ola.id, text="x", blocks=[{**section("When"), "accessory": menu}])
    message = await ola.sees("When")
    kiosk.ack_within = 0.1
    with pytest.raises(NotAsExpected, match=r"nobody answered block_actions nobody.knows"):
        await ola.chooses("When", "Today", on=message)
    action = kiosk.journal.inbound[-1].payload["actions"][0]
    assert action["selected_option"]["value"] == "1"
    assert message.fields == {"When": "Today"}


async def test_an_overflow_menu_is_clicked_by_its_options(
    kiosk: LocalSlack, client: AsyncWebClient, ola: Person
) -> None:
    menu = {"type": "overflow", "action_id": "answer.better", "options": [option("Better", "1"), option("Later", "2")]}
    await client.chat_postMessage(channel=ola.id, text="x", blocks=[{**section("How?"), "accessory": menu}])
    await ola.clicks("Better", on=await ola.sees("How?"))
    assert kiosk.journal.inbound[-1].payload["actions"][0]["type"] == "overflow"


async def test_a_thread_is_told_apart(slack: LocalSlack, ola: Person, dana: Person, workshop: Channel) -> None:
    first = await ola.says("It happened again", workshop)
    reply = await dana.says("What did?", workshop, in_thread_of=first)
    assert (first.thread, reply.thread) == (None, first.ts)
    assert "(in a thread) Dana Reyes: What did?" in ola.screen()


async def test_people_and_channels_are_found_by_name(slack: LocalSlack, ola: Person, workshop: Channel) -> None:
    assert slack.person("Ola Nordby") is ola
    assert slack.channel("workshop") is workshop
    with pytest.raises(KeyError):
        slack.person("Nobody")
    with pytest.raises(KeyError):
        slack.channel("nowhere")
    with pytest.raises(ValueError, match="already a user U0OLA"):
        slack.add_person("Other", user_id="U0OLA")


async def test_a_workspace_of_an_enterprise_says_so(clock: Clock) -> None:
    async with LocalSlack(MANIFEST, now=clock, enterprise_id="E0BIG", ack_within=0.05) as slack:
        ola = slack.add_person("Ola Nordby")
        for act in (ola.runs("/hello"), ola.uses_shortcut("Report")):
            with pytest.raises(NotAsExpected):
                await act
        command, shortcut = slack.journal.inbound
        assert command.payload["enterprise_id"] == "E0BIG"
        assert shortcut.payload["enterprise"]["id"] == "E0BIG"
        assert shortcut.payload["is_enterprise_install"] is False
