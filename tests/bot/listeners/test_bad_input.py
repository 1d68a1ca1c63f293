"""Whatever somebody types, picks or has left open for too long: a sentence says what to do, and nothing is lost."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from bot.app import compose, over_http
from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, FIRST_DAY, LAST_DAY, LEAD, SPONSORS
from bot.http.server import SLACK_PATH
from bot.listeners.desk import OLD_FORM
from bot.local_slack import Modal
from store.embeddings import Embedding, EmbeddingStatus
from store.feedback import Feedback, FeedbackStatus
from store.teams import Member
from store.tools import Tool, ToolUse, ToolVersion
from tests.bot.conftest import Staging
from tests.bot.opening import HELPED, again, answers, asked, moment, reports

WHAT, WHY = "What does it do differently now?", "Why?"


def close_embedding(session: Session) -> None:
    session.exec(select(Embedding)).one().status = EmbeddingStatus.CLOSED


def take_the_use_away(session: Session, tool: str) -> None:
    uses = session.exec(select(ToolUse).join(Tool, col(Tool.id) == col(ToolUse.tool_id)).where(Tool.name == tool)).all()
    for use in uses:
        session.delete(use)


def empty_the_crews(session: Session) -> None:
    for member in session.exec(select(Member)).all():
        session.delete(member)


def become(session: Session, status: FeedbackStatus) -> None:
    session.exec(select(Feedback)).one().status = status


def versions(session: Session) -> list[str]:
    return sorted(session.exec(select(ToolVersion.name)).all())


async def report_form(stage: Stage, text: str) -> Modal:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    await modal.fills({"Tool": "Screen Eye"})
    await stage.quiet()
    kind = next(label for label in modal.options("What did it do?") if "False alarm" in label)
    return await modal.fills({"What did it do?": kind, "In your words": text})


async def note_form(stage: Stage, **more: Any) -> Modal:
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    return await modal.fills({WHAT: "It waits ten seconds.", WHY: "It rang at every start.", **more})


async def schedule_form(stage: Stage, **changed: Any) -> Modal:
    lena = stage.person(LEAD)
    await lena.runs("/embedding")
    modal = await lena.sees_modal("Schedule an embedding")
    filled = {
        "Tools": ["Pump Watch"],
        "Data scientists": stage.person(DATA_SCIENTIST).name,
        "Sponsor, operations": stage.person(SPONSORS[0]).name,
        "Sponsor, data": stage.person(SPONSORS[1]).name,
        "First day": FIRST_DAY.isoformat(),
        "Last day": LAST_DAY.isoformat(),
        "What must be true at the end?": "Fewer false alarms",
    }
    return await modal.fills({**filled, **changed})


def says(modal: Modal, label: str) -> str:
    return modal.fields[label]


# What is typed


async def test_words_that_name_no_tool_are_told_where_they_went_and_offered_the_other_one(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    answer = await ola.runs("/model-feedback", "false alarm on P-101")
    assert "(False alarm, Pump Watch)" in answer.text
    assert "You named no tool. Was it another one?" in answer.text
    assert answer.message is not None
    assert answer.message.buttons == ["Edit", "It was Screen Eye"]

    answer = await ola.runs("/model-feedback", "screen eye missed a torn panel")
    assert "(Missed something, Screen Eye)" in answer.text
    assert "You named no tool" not in answer.text


@pytest.mark.parametrize("typed", ["👍", ":shrug:", ":+1: :man-shrugging::skin-tone-3:", "???"])
async def test_a_report_of_signs_alone_is_kept_as_it_was_typed(typed: str, stage: Stage) -> None:
    answer = await stage.person("U0OLA").runs("/model-feedback", typed)
    assert "F-1" in answer.text
    assert "Something else" in answer.text
    (report,) = await stage.app.store.read(reports)
    assert report.text == typed


async def test_only_spaces_open_the_form(stage: Stage) -> None:
    await stage.person("U0OLA").runs("/model-feedback", "   ")
    await stage.person("U0OLA").sees_modal("Report behaviour")


async def test_a_report_in_another_script_is_kept(stage: Stage) -> None:
    assert "Got it: F-1" in (await stage.person("U0OLA").runs("/model-feedback", "ポンプが鳴り続ける")).text


async def test_an_embedding_that_does_not_exist_is_said_so(stage: Stage) -> None:
    answer = await stage.person(LEAD).runs("/embedding-summary", "E-99")
    assert answer.text == "There is no embedding E-99. Type /embedding list to see what there is."


async def test_where_there_is_no_embedding_the_summary_says_how_one_begins(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        answer = await stage.person("U0OLA").runs("/embedding-summary")
        assert answer.text == "There is no embedding here yet. Type /embedding help to see how one begins."


# What is picked


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"First day": "2026-03-02"}, "First day", "Pick a first day after today, so that people can agree to it."),
        ({"First day": "2025-03-02"}, "First day", "Pick a first day after today, so that people can agree to it."),
        ({"Last day": "2026-03-08"}, "Last day", "The last day must come after the first. Pick a later one."),
        ({"Sponsor, data": "Grace Okafor"}, "Sponsor, data", "Grace Okafor cannot have two of these parts"),
        ({"Data scientists": ["Dana Reyes", "Viktor Hallberg"]}, "Sponsor, data", "Viktor Hallberg cannot have two"),
        ({"What must be true at the end?": "  "}, "What must be true at the end?", "Say in a sentence what must be"),
    ],
)
async def test_a_proposal_that_cannot_be_is_told_at_its_field(
    on_stage: Staging, changed: dict[str, Any], field: str, sentence: str
) -> None:
    async with on_stage(begun=False) as stage:
        modal = await schedule_form(stage, **changed)
        result = await modal.submits()
        assert list(result.errors) == [field]
        assert result.errors[field].startswith(sentence)
        assert not result.closed


async def test_a_team_without_people_or_tools_has_nobody_to_ask(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        modal = await schedule_form(stage)
        await stage.app.store.write(empty_the_crews)
        result = await modal.submits()
        assert result.errors["Team"].startswith("Nobody is in a crew of Fixed plant maintenance yet")
        for tool in ("Pump Watch", "Screen Eye"):
            await stage.app.store.write(take_the_use_away, tool)
        result = await modal.submits()
        assert result.errors["Team"].startswith("Fixed plant maintenance has no tool on this site's list yet.")


async def test_the_same_data_scientist_twice_is_one(on_stage: Staging) -> None:
    async with on_stage(http=True, begun=False) as stage:
        modal = await schedule_form(stage)
        await modal.submits()
        twice = copy.deepcopy(dict(stage.slack.journal.inbound[-1].payload))
        twice["view"]["id"] = "V0TWICE"
        twice["view"]["state"]["values"]["data_scientists"]["entered"]["selected_users"] *= 2

        ack = await stage.slack.send_raw("interactive", twice)

        assert ack.payload["response_action"] == "update"
        answer = await stage.person(LEAD).runs("/embedding-summary", "E-2")
        assert "Dana Reyes on Pump Watch" in answer.text


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("2.3", "Pump Watch already had a version 2.3. Give the new one another name."),
        ("v" * 41, "That is too long for a version. Write its name, such as 2.4."),
    ],
)
async def test_a_version_that_cannot_be_is_told_at_its_field(stage: Stage, version: str, sentence: str) -> None:
    modal = await note_form(stage, **{"New version": version})
    result = await modal.submits()
    assert result.errors == {"New version": sentence}
    assert says(modal, WHAT) == "It waits ten seconds."


async def test_a_version_of_only_spaces_is_none(stage: Stage) -> None:
    before = await stage.app.store.read(versions)
    modal = await note_form(stage, **{"New version": "   "})
    await modal.submits()
    await modal.sees("C-1 is noted for Pump Watch.")
    assert await stage.app.store.read(versions) == before


async def test_somebody_elses_tool_cannot_be_noted_on(stage: Stage) -> None:
    answer = await stage.person("U0OLA").runs("/change-note")
    assert answer.text.startswith("You are not embedded with a team right now")


# What the world has moved on from


async def test_a_report_on_a_tool_that_is_no_longer_theirs_keeps_its_text(stage: Stage) -> None:
    modal = await report_form(stage, "It rang for nothing")
    await stage.app.store.write(take_the_use_away, "Screen Eye")
    result = await modal.submits()
    sentence = (
        "Only people who work with that tool report on it. Pick another, or ask your lead; your text is still here."
    )
    assert result.errors == {"Tool": sentence}
    assert says(modal, "In your words") == "It rang for nothing"
    await modal.fills({"Tool": "Pump Watch"})
    await modal.submits()
    await modal.sees("Got it: F-1")


async def test_a_report_form_outlives_the_embedding(stage: Stage) -> None:
    modal = await report_form(stage, "It rang for nothing")
    await stage.app.store.write(close_embedding)
    await modal.submits()
    await modal.sees("Nobody is embedded with your team right now; it waits for the next embedding.")


async def test_a_note_on_an_embedding_that_has_ended_keeps_its_text_and_says_who_takes_it(stage: Stage) -> None:
    modal = await note_form(stage)
    await stage.app.store.write(close_embedding)
    result = await modal.submits()
    assert result.errors == {
        "Tool": "E-1 has ended, so changes of Pump Watch are not noted here any more. "
        "Your text is still here: copy it, close this and give it to Henrik Lund."
    }
    assert says(modal, WHAT) == "It waits ten seconds."


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (FeedbackStatus.CHANGED, "F-1 has been answered meanwhile. Take it off the list."),
        (FeedbackStatus.WITHDRAWN, "F-1 was taken back by whoever filed it. Take it off the list."),
    ],
)
async def test_a_note_on_a_report_that_is_settled_meanwhile_says_what_to_take_off(
    stage: Stage, status: FeedbackStatus, sentence: str
) -> None:
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    report = "F-1 Pump Watch, False alarm: false alarm on P-101"
    modal = await note_form(stage, **{"Which reports does it answer?": [report]})
    await stage.app.store.write(become, status)
    result = await modal.submits()
    assert result.errors == {"Which reports does it answer?": sentence}
    assert says(modal, WHY) == "It rang at every start."
    await modal.fills({"Which reports does it answer?": []})
    await modal.submits()
    await modal.sees("C-1 is noted for Pump Watch.")


async def test_a_sponsor_who_signs_in_two_windows_is_told_that_the_first_counts(on_stage: Staging) -> None:
    async with on_stage(http=True) as stage:
        stage.clock.advance_to(moment(LAST_DAY, 10))
        await stage.tick()
        grace = stage.person("U0GRACE")
        await grace.clicks("Read and sign", on=await grace.sees("has reached its last day"))
        modal = await grace.sees_modal("Review of E-1")
        await modal.fills({"What should become of it?": "Keep it as it is"})
        await modal.submits()
        await modal.sees("You signed the review of E-1.")
        other = copy.deepcopy(dict(stage.slack.journal.inbound[-1].payload))
        other["view"]["id"] = "V0OTHERWINDOW"
        other["view"]["state"]["values"]["outcome"]["entered"]["selected_option"]["value"] = "retire"

        ack = await stage.slack.send_raw("interactive", other)

        assert ack.payload["errors"]["outcome"] == (
            "You have signed this review already, and what you said then stands. Close this; nothing is left to do."
        )


async def test_an_answer_after_its_question_has_closed_is_told_so(stage: Stage) -> None:
    person, question = await asked(stage)
    late = question.as_was()
    stage.clock.advance(timedelta(days=5))
    await stage.tick()
    await person.clicks(HELPED, on=late)
    await stage.quiet()
    told = stage.slack.journal.response_url_posts[-1].body["text"]
    assert told == "That one has closed, nothing to do. You can always tell us with /model-feedback."
    assert await stage.app.store.read(answers) == []


async def test_agreeing_after_somebody_declined_is_told_how_it_stands(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        await (await schedule_form(stage)).submits()
        grace, viktor = stage.person(SPONSORS[0]), stage.person(SPONSORS[1])
        asked_grace = (await grace.sees("Is it all right with you?")).as_was()
        await viktor.clicks("Not like this", on=await viktor.sees("Is it all right with you?"))
        await grace.clicks("I agree", on=asked_grace)
        await stage.quiet()
        told = stage.slack.journal.response_url_posts[-1].body["text"]
        assert told == "That is settled already. Type /embedding list to see how E-1 stands."


# What comes from before


async def test_a_form_that_was_open_while_the_app_was_started_again_is_kept(on_stage: Staging) -> None:
    async with on_stage(http=True) as stage:
        modal = await report_form(stage, "It rang for nothing")
        await stage.app.wind_down()
        again_up = await compose(stage.app.settings, store=stage.app.store, clock=stage.clock)
        async with over_http(again_up) as address:
            stage.slack.deliver_over_http(address + SLACK_PATH)
            await modal.submits()
            await modal.sees("Got it: F-1")


async def test_a_form_of_an_older_version_keeps_its_text_and_says_to_open_it_again(on_stage: Staging) -> None:
    async with on_stage(http=True) as stage:
        modal = await report_form(stage, "It rang for nothing")
        await modal.submits()
        payload = stage.slack.journal.inbound[-1].payload
        view = {**payload["view"], "id": "V0OLDER"}
        view["blocks"] = [block for block in view["blocks"] if block.get("block_id") == "text"]
        view["state"] = {"values": {"text": payload["view"]["state"]["values"]["text"]}}
        ack = await stage.slack.send_raw("interactive", again(payload, view=view))
        assert ack.payload == {"response_action": "errors", "errors": {"text": OLD_FORM}}


async def test_a_review_form_of_an_older_version_says_where_to_sign(stage: Stage) -> None:
    stage.clock.advance_to(moment(LAST_DAY, 10))
    await stage.tick()
    grace = stage.person("U0GRACE")
    await grace.clicks("Read and sign", on=await grace.sees("has reached its last day"))
    modal = await grace.sees_modal("Review of E-1")
    await modal.fills({"What should become of it?": "Keep it as it is"})
    modal.view.definition["private_metadata"] = '{"id": 1}'
    result = await modal.submits()
    assert result.errors["What should become of it?"].startswith("This form is from before the app was updated.")
