"""Every way to report: the form that knows what it can, one line, a message, an answer; and what colleagues tell."""

from collections.abc import Mapping
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, WORKSHOP
from bot.local_slack import Modal
from store.feedback import Did, Feedback, Impact, Kind
from tests.bot.opening import IN_THE_WAY, asked, reports

KIND = "What did it do?"


async def the_report(stage: Stage) -> Feedback:
    """The only one."""
    (report,) = await stage.app.store.read(reports)
    return report


async def form(stage: Stage) -> Modal:
    """Ola types nothing after the command."""
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback")
    return await ola.sees_modal("Report behaviour")


async def test_the_form_has_chosen_what_it_knows_and_asks_only_for_the_kind(stage: Stage) -> None:
    modal = await form(stage)
    assert modal.fields["Tool"] == "Pump Watch"
    assert modal.fields["On which shift?"] == "D of Mon 9 Mar 2026"
    assert "Version" in modal.text()
    assert "The people embedded with your team see this with your name." in modal.text()
    assert "If it is unsafe, your duty contacts and your lead do, too. Nobody else does." in modal.text()
    assert len(modal.options(KIND)) <= 6
    await modal.fills({KIND: "🔕 False alarm"})
    await modal.submits()
    await modal.sees("Got it: F-1 (False alarm, Pump Watch). Dana Reyes sees it now.")
    report = await the_report(stage)
    assert (report.text, report.shift, report.expected, report.did) == ("", "D", None, None)


async def test_another_tool_brings_its_own_kinds_and_leaves_what_was_typed(stage: Stage) -> None:
    modal = await form(stage)
    await modal.fills({"In your words": "It was blind again", "Where?": "Panel 14", KIND: "🔕 False alarm"})
    before = modal.options(KIND)
    await modal.fills({"Tool": "Screen Eye"})
    await stage.quiet()
    assert modal.options(KIND) != before
    assert "📏 Wrong value" in modal.options(KIND)
    assert (modal.fields["Tool"], modal.fields["In your words"], modal.fields["Where?"]) == (
        "Screen Eye",
        "It was blind again",
        "Panel 14",
    )
    assert "False alarm" in modal.fields[KIND]  # both tools have it
    await modal.fills({"Tool": "Pump Watch"})
    await stage.quiet()
    assert modal.options(KIND) == before
    await modal.fills({"Tool": "Screen Eye"})
    await stage.quiet()
    await modal.submits()
    await modal.sees("F-1 (False alarm, Screen Eye)")
    assert (await the_report(stage)).place == "Panel 14"


async def test_everything_that_was_filled_in_reaches_the_data_scientist(stage: Stage) -> None:
    modal = await form(stage)
    await modal.fills(
        {
            KIND: "🔕 False alarm",
            "In your words": "It rang for nothing",
            "Where?": "P-101",
            "What should it have done?": "Waited for the second peak",
            "What did you do?": "Switched it off",
            "What did it cost?": "Extra work",
            "Links to photos or files": "https://photos.example/1 https://photos.example/2",
        }
    )
    await modal.submits()
    await modal.sees("Got it")
    report = await the_report(stage)
    assert (report.did, report.impact, report.links) == (
        Did.SWITCHED_OFF,
        Impact.EXTRA_WORK,
        ["https://photos.example/1", "https://photos.example/2"],
    )
    seen = (await stage.person(DATA_SCIENTIST).sees("It rang for nothing")).text()
    for said in (
        "Where: P-101",
        "Shift: D of Mon 9 Mar 2026",
        "It should have: Waited for the second peak",
        "They: Switched it off",
        "It cost: Extra work",
        "https://photos.example/2",
    ):
        assert said in seen


@pytest.mark.parametrize(
    "typed", ["in the group chat", "javascript:alert(1)", " ".join(f"https://x.example/{n}" for n in range(11))]
)
async def test_what_is_no_link_is_said_at_its_field_and_the_rest_stays(typed: str, stage: Stage) -> None:
    modal = await form(stage)
    await modal.fills({KIND: "🔕 False alarm", "In your words": "It rang", "Links to photos or files": typed})
    await modal.submits()
    assert modal.errors == {
        "Links to photos or files": "Paste links that begin with https://, ten at most, with a space between them."
    }
    assert modal.fields["In your words"] == "It rang"
    assert await stage.app.store.read(reports) == []


# One line


async def test_one_line_is_answered_with_the_kind_and_can_be_changed_from_there(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    answer = await ola.runs("/model-feedback", "pump watch: false alarm on P-101")
    assert answer.message is not None
    assert answer.text.startswith("Got it: F-1 (False alarm, Pump Watch). Dana Reyes sees it now.")
    assert answer.message.buttons == ["Edit"]
    await ola.clicks("Edit", on=answer.message)
    modal = await ola.sees_modal("Change F-1")
    assert modal.fields["In your words"] == "pump watch: false alarm on P-101"
    assert "False alarm" in modal.fields[KIND]
    await modal.fills({KIND: "🐢 Too late", "Where?": "P-101"})
    await modal.submits()
    await modal.sees("F-1 is now: Too late, Pump Watch.")
    report = await the_report(stage)
    assert (report.kind, report.place, report.number) == (Kind.TOO_LATE, "P-101", 1)


async def test_a_tool_that_was_guessed_wrong_is_put_right_by_one_tap(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    answer = await ola.runs("/model-feedback", "false alarm on P-101")
    assert answer.message is not None
    assert "You named no tool. Was it another one?" in answer.text
    told = await dana.sees("False alarm, Pump Watch")
    await ola.clicks("It was Screen Eye", on=answer.message)
    await ola.sees_change(answer.message, "F-1 is now: False alarm, Screen Eye.")
    assert "It was Pump Watch" in answer.message.current().buttons
    await dana.sees_change(told, "False alarm, Screen Eye")
    assert len(await stage.app.store.read(reports)) == 1
    assert sum("P-101" in message.text() for message in dana.messages) == 1


async def test_a_colleagues_words_are_told_as_theirs_and_they_are_not_written_to(stage: Stage) -> None:
    ola, mick = stage.person("U0OLA"), stage.person("U0MICK")
    before = len(mick.messages)
    answer = await ola.runs("/model-feedback", "Mick told me: false alarm on P-101 <@U0MICK>")
    assert "It is down as told to you by Mick." in answer.text
    await stage.person(DATA_SCIENTIST).sees("Mick told Ola Nordby")
    report = await the_report(stage)
    assert (report.relayed_for, report.text) == ("Mick", "false alarm on P-101 <@U0MICK>")
    await stage.quiet()
    assert len(mick.messages) == before


@pytest.mark.parametrize(
    "typed", ["they told me nothing: it just rang", "told me: x", "it told me to stop", "Mick told me:"]
)
async def test_what_only_sounds_like_a_colleagues_words_is_ones_own(typed: str, stage: Stage) -> None:
    await stage.person("U0OLA").runs("/model-feedback", typed)
    report = await the_report(stage)
    assert (report.relayed_for, report.text) == (None, typed)


# A message


async def test_a_message_of_a_colleague_keeps_its_link_and_whose_words_they_are(stage: Stage) -> None:
    ola, mick = stage.person("U0OLA"), stage.person("U0MICK")
    noise = await mick.says("screen eye missed a torn panel", WORKSHOP)
    await ola.uses_shortcut("Report model behaviour", on=noise)
    modal = await ola.sees_modal("Report behaviour")
    assert modal.fields["In your words"] == "screen eye missed a torn panel"
    assert modal.fields["Did a colleague tell you?"] == "Mick Daly"
    assert modal.fields[KIND] == "🙈 Missed something"
    await modal.submits()
    await modal.sees("It is down as told to you by Mick Daly.")
    client = AsyncWebClient(token=stage.slack.bot_token, base_url=stage.slack.api_url)
    where = await client.chat_getPermalink(channel=noise.channel.id, message_ts=noise.ts)
    assert (await the_report(stage)).permalink == where["permalink"]


async def test_ones_own_message_is_ones_own_report(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.uses_shortcut("Report model behaviour", on=await ola.says("it rang", WORKSHOP))
    assert (await ola.sees_modal("Report behaviour")).fields["Did a colleague tell you?"] == "—"


APPS: list[tuple[Mapping[str, Any], str]] = [
    ({"bot_id": "B1", "user": "U0MICK", "text": "P-101 &gt; 80 °C"}, "P-101 > 80 °C"),
    (
        {"bot_id": "B1", "subtype": "bot_message", "text": "", "attachments": [{"title": "Alarm", "text": "P-101"}]},
        "Alarm\nP-101",
    ),
    ({"bot_id": "B1", "attachments": [{"fallback": "P-101 is hot"}, 7, {}]}, "P-101 is hot"),
    (
        {
            "bot_id": "B1",
            "text": " ",
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "<https://x.example|P-101>"}}],
        },
        "P-101 (https://x.example)",
    ),
    ({"user": "U0STRANGER", "text": "it rang"}, "it rang"),
    ({"user": "U0STRANGER"}, "—"),
]


@pytest.mark.parametrize(("message", "words"), APPS)
async def test_a_message_of_an_app_or_a_stranger_is_nobodys_that_we_name(
    message: Mapping[str, Any], words: str, stage: Stage
) -> None:
    ola = stage.person("U0OLA")
    noise = await ola.says("noise", WORKSHOP)
    await ola.uses_shortcut("Report model behaviour", on=noise)
    await ola.sees_modal("Report behaviour")
    payload = dict(stage.slack.journal.inbound[-1].payload)
    payload["message"] = {"type": "message", "ts": noise.ts, **message}
    payload["trigger_id"] = stage.slack.trigger(ola)
    await stage.slack.send_raw("interactive", payload)
    await stage.quiet()
    modal = await ola.sees_modal("Report behaviour")
    assert modal.fields["In your words"] == words
    assert modal.fields["Did a colleague tell you?"] == "—"


# An answer


async def test_the_question_says_which_report_was_made_of_its_answer(stage: Stage) -> None:
    person, question = await asked(stage)
    await person.clicks(IN_THE_WAY, on=question)
    await person.sees_change(question, IN_THE_WAY)
    await person.clicks("Make it a report", on=question)
    modal = await person.sees_modal("Report behaviour")
    await modal.submits()
    await modal.sees("Got it: F-1")
    await person.sees_change(question, "Made into a report: F-1")
    report = await the_report(stage)
    assert report.prompt_id is not None


# Words of every sort


@pytest.mark.parametrize(
    "typed", ["🔥" * 40, "هذا إنذار كاذب", "<!channel> <@U0MICK> <https://x.example|click>", "x" * 50_000]
)
async def test_words_of_every_sort_are_kept_whole_and_ping_nobody(typed: str, stage: Stage) -> None:
    ola = stage.person("U0OLA")
    answer = await ola.runs("/model-feedback", typed)
    assert "F-1" in answer.text
    assert (await the_report(stage)).text == typed
    shown = await ola.runs("/model-feedback", "F-1")
    assert "F-1 is new." in shown.text
    assert shown.message is not None
    await ola.clicks("Edit", on=shown.message)
    await ola.sees_modal("Change F-1")
    await stage.quiet()
    for call in stage.slack.journal.calls():
        assert call.ok, f"{call.method}: {call.error}"
        assert "<!channel>" not in str(call.arguments.get("text"))
