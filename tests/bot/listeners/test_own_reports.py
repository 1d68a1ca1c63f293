"""One's own report: where it stands, what happened, and what its reporter can do while it waits for an answer."""

from datetime import timedelta

import pytest

from bot import ids
from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST
from bot.local_slack import Message, Person
from store.feedback import FeedbackStatus
from tests.bot.opening import again, reports

KIND = "What did it do?"


async def filed(stage: Stage, text: str = "pump watch: false alarm on P-101") -> tuple[Person, Message]:
    """Ola has reported something; Dana has it before her."""
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback", text)
    return ola, await stage.person(DATA_SCIENTIST).sees("P-101")


async def looked_at(person: Person, reference: str = "F-1") -> Message:
    """What somebody is shown of a report by its reference."""
    shown = (await person.runs("/model-feedback", reference)).message
    assert shown is not None
    return shown


async def test_a_reporter_sees_where_it_stands_and_what_happened(stage: Stage) -> None:
    ola, told = await filed(stage)
    await stage.person(DATA_SCIENTIST).clicks("I've read it", on=told)
    shown = await looked_at(ola)
    text = shown.text()
    assert "F-1 is read." in text
    assert "false alarm on P-101" in text
    assert text.index("Ola Nordby reported it.") < text.index("Dana Reyes read it.")
    assert shown.buttons == ["Edit", "Add detail", "Withdraw", "It happened again"]


@pytest.mark.parametrize("typed", ["F-1", "f1", " F-1 ", "f - 1"])
async def test_the_reference_may_be_typed_as_people_do(typed: str, stage: Stage) -> None:
    ola, _ = await filed(stage)
    assert "F-1 is new." in (await ola.runs("/model-feedback", typed)).text


async def test_the_embedded_people_may_look_but_not_change(stage: Stage) -> None:
    await filed(stage)
    shown = await looked_at(stage.person(DATA_SCIENTIST))
    assert "Ola Nordby reported it." in shown.text()
    assert shown.buttons == ["Answer it", "It happened again"]


@pytest.mark.parametrize("who", ["U0MICK", "U0LENA", "U0GRACE"])
@pytest.mark.parametrize("reference", ["F-1", "F-99", "F-999999999"])
async def test_others_are_told_the_same_of_it_as_of_one_that_is_not_there(
    who: str, reference: str, stage: Stage
) -> None:
    await filed(stage)
    answer = await stage.person(who).runs("/model-feedback", reference)
    assert answer.text == f"You have no report {reference}. Type /model-feedback list to see yours."


async def test_an_edit_shows_in_the_message_of_whoever_has_it_and_pings_nobody(stage: Stage) -> None:
    ola, told = await filed(stage)
    dana = stage.person(DATA_SCIENTIST)
    await dana.clicks("I've read it", on=told)
    await ola.clicks("Edit", on=await looked_at(ola))
    modal = await ola.sees_modal("Change F-1")
    stage.clock.advance(timedelta(minutes=5))
    await modal.fills({KIND: "🐢 Too late", "In your words": "It rang a minute late", "Where?": "P-102"})
    await modal.submits()
    await modal.sees("F-1 is now: Too late, Pump Watch.")
    await dana.sees_change(told, "It rang a minute late")
    assert "Where: P-102" in told.text()
    assert "changed 9 Mar, 08:0" in told.text()
    assert "Status: read" in told.text()
    assert sum("F-1" in message.text() and "P-101" in message.text() for message in dana.messages) == 0
    (report,) = await stage.app.store.read(reports)
    assert report.edited_at is not None
    assert report.filed_at < report.edited_at
    assert report.status is FeedbackStatus.ACKNOWLEDGED


async def test_a_detail_is_added_below_and_nothing_is_overwritten(stage: Stage) -> None:
    ola, told = await filed(stage)
    await ola.clicks("Add detail", on=await looked_at(ola))
    modal = await ola.sees_modal("Add to F-1")
    await modal.submits()
    await modal.sees("Say in a few words what there is to add.")
    await modal.fills(
        {"What else?": "It rang again <!channel>", "Links to photos or files": "https://photos.example/1"}
    )
    await modal.submits()
    await modal.sees("It is kept with F-1.")
    changed = await stage.person(DATA_SCIENTIST).sees_change(told, "It rang again <!channel>")
    assert "false alarm on P-101" in changed.text()
    assert "I've read it" in changed.buttons
    assert "It rang again" in (await looked_at(ola)).text()


async def test_withdrawing_asks_once_and_ends_it_for_everybody(stage: Stage) -> None:
    ola, told = await filed(stage)
    shown = await looked_at(ola)
    (button,) = [
        element
        for block in shown.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == ids.WITHDRAW
    ]
    assert button["confirm"]["title"]["text"] == "Withdraw F-1?"
    assert "It can't be taken up again." in button["confirm"]["text"]["text"]
    old = shown.as_was()
    await ola.clicks("Withdraw", on=shown)
    await ola.sees_change(shown, "F-1 is withdrawn. Nobody works on it any more.")
    changed = await stage.person(DATA_SCIENTIST).sees_change(told, "Status: withdrawn")
    assert changed.buttons == []
    await ola.clicks("Withdraw", on=old)
    await stage.quiet()
    (report,) = await stage.app.store.read(reports)
    assert report.status is FeedbackStatus.WITHDRAWN
    assert "F-1 is withdrawn." in (await ola.runs("/model-feedback", "F-1")).text
    for label in ("Edit", "Add detail"):
        await ola.clicks(label, on=old)
        await ola.sees("You have withdrawn F-1, so it stays as it is.")


async def test_an_edit_of_what_was_just_withdrawn_is_refused_and_the_text_stays(stage: Stage) -> None:
    ola, _ = await filed(stage)
    shown = await looked_at(ola)
    await ola.clicks("Edit", on=shown)
    modal = await ola.sees_modal("Change F-1")
    await modal.fills({"In your words": "It rang twice"})
    await ola.clicks("Withdraw", on=shown)
    await stage.quiet()
    await modal.submits()
    await modal.sees("You have withdrawn F-1, so it stays as it is.")
    assert modal.fields["In your words"] == "It rang twice"
    (report,) = await stage.app.store.read(reports)
    assert report.text == "pump watch: false alarm on P-101"


async def test_somebody_elses_button_does_nothing(stage: Stage) -> None:
    ola, _ = await filed(stage)
    await ola.clicks("Withdraw", on=await looked_at(ola))
    await stage.quiet()
    payload = dict(stage.slack.journal.inbound[-1].payload)
    await filed(stage, "pump watch: false alarm again on P-101")
    payload["actions"] = [{**payload["actions"][0], "value": "2"}]
    payload["user"] = {**payload["user"], "id": "U0MICK"}
    await stage.slack.send_raw("interactive", again(payload))
    await stage.quiet()
    second = (await stage.app.store.read(reports))[1]
    assert second.status is FeedbackStatus.NEW


async def test_two_submissions_of_one_edit_are_one_edit(stage: Stage) -> None:
    ola, _ = await filed(stage)
    await ola.clicks("Edit", on=await looked_at(ola))
    modal = await ola.sees_modal("Change F-1")
    await modal.fills({"In your words": "It rang twice"})
    await modal.submits()
    await stage.quiet()
    payload = dict(stage.slack.journal.inbound[-1].payload)
    payload["view"] = {**payload["view"], "id": "V0ANOTHER"}
    ack = await stage.slack.send_raw("interactive", payload)
    assert "*F-1* is now" in str(ack.payload)
    text = (await looked_at(ola)).text()
    assert text.count("Ola Nordby changed it.") == 1


async def test_words_too_long_for_the_form_stay_as_they_are(stage: Stage) -> None:
    long = "pump watch rang. " * 1_000
    ola, _ = await filed(stage, f"P-101 {long}")
    await ola.clicks("Edit", on=await looked_at(ola))
    modal = await ola.sees_modal("Change F-1")
    assert "Your words are too long for this form." in modal.text()
    await modal.fills({"Where?": "P-101"})
    await modal.submits()
    await modal.sees("F-1 is now")
    (report,) = await stage.app.store.read(reports)
    assert report.text == f"P-101 {long}".strip()
    assert report.place == "P-101"


async def test_the_home_has_open_reports_first_with_what_came_of_them(stage: Stage) -> None:
    ola, told = await filed(stage)
    await stage.person(DATA_SCIENTIST).clicks("I've read it", on=told)
    await ola.runs("/model-feedback", "pump watch: good catch on P-102")
    await ola.clicks("Withdraw", on=await looked_at(ola, "F-2"))
    await ola.opens_home()
    await stage.quiet()
    home = await ola.sees_home("Your reports")
    text = home.text()
    assert text.index("F-1 pump watch") < text.index("F-2 pump watch")
    assert "Dana Reyes read it." in text
    await ola.clicks("Open", on=home, beside="F-1")
    modal = await ola.sees_modal("Report F-1")
    assert modal.buttons == ["Edit", "Add detail", "Withdraw", "It happened again"]
    await modal.clicks("Withdraw")
    await modal.sees("F-1 is withdrawn.")
    home = await ola.sees_home("F-1 pump watch: false alarm on P-101 withdrawn")


async def test_the_form_takes_the_place_of_the_modal_it_was_opened_from(stage: Stage) -> None:
    ola, _ = await filed(stage)
    await ola.opens_home()
    await stage.quiet()
    await ola.clicks("Open", on=await ola.sees_home("F-1"), beside="F-1")
    modal = await ola.sees_modal("Report F-1")
    await modal.clicks("Edit")
    modal = await ola.sees_modal("Change F-1")
    await modal.fills({"Where?": "P-103"})
    await modal.submits()
    await modal.sees("F-1 is now: False alarm, Pump Watch.")


async def test_words_behind_the_number_are_added_and_reach_the_data_scientist(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await ola.runs("/model-feedback", "false alarm on P-101")
    await stage.quiet()
    told = await dana.sees("false alarm on P-101")
    answer = await ola.runs("/model-feedback", "f-1 it rang again at nine")
    assert answer.text == "It is kept with F-1. Whoever has the report sees it there."
    await stage.quiet()
    await dana.sees_change(told, "it rang again at nine")
    assert len(await stage.app.store.read(reports)) == 1


@pytest.mark.parametrize(
    ("who", "typed"),
    [
        ("U0OLA", "F-1 the guard is unsafe"),
        ("U0OLA", "F-2 it rang again"),
        ("U0TOMASZ", "F-1 it rang for me, too"),
    ],
)
async def test_words_behind_a_number_that_is_not_theirs_or_that_call_people_are_a_report_that_names_it(
    stage: Stage, who: str, typed: str
) -> None:
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    assert "F-2" in (await stage.person(who).runs("/model-feedback", typed)).text
    assert [report.text for report in await stage.app.store.read(reports)] == ["false alarm on P-101", typed]


async def test_words_behind_the_number_of_a_report_that_was_withdrawn_are_a_new_one(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback", "false alarm on P-101")
    status = await ola.runs("/model-feedback", "F-1")
    assert status.message is not None
    await ola.clicks("Withdraw", on=status.message)
    await stage.quiet()
    assert "F-2" in (await ola.runs("/model-feedback", "F-1 it rang again")).text
