"""Whoever writes to the app is asked back once, and nothing that they said is lost."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST
from bot.local_slack import Message, Person
from store.direct_reports import FILED_AFTER, Unfiled
from store.feedback import Kind
from tests.bot.opening import reports

ASKED = "Shall I file this as a report?"


def unfiled(session: Session) -> list[Unfiled]:
    """All that was said, filed or not."""
    return list(session.exec(select(Unfiled)).all())


async def said(stage: Stage, text: str, who: str = "U0OLA") -> tuple[Person, Message]:
    """Somebody writes to the app, and is asked back."""
    person = stage.person(who)
    await person.says(text)
    await stage.quiet()
    return person, await person.sees(ASKED)


async def test_one_tap_files_what_was_said_with_the_kind_that_was_tapped(stage: Stage) -> None:
    ola, question = await said(stage, "the pump watch rang for nothing again")
    assert "the pump watch rang for nothing again" in question.text()
    assert len(question.buttons) == 7
    await ola.clicks("🔕 False alarm", on=question)
    await ola.sees_change(question, "Got it: F-1 (False alarm, Pump Watch). Dana Reyes sees it now.")
    assert question.current().buttons == ["Edit"]
    await stage.person(DATA_SCIENTIST).sees("the pump watch rang for nothing again")
    stage.clock.advance(FILED_AFTER)
    await stage.tick()
    assert [report.kind for report in await stage.app.store.read(reports)] == [Kind.FALSE_ALARM]


async def test_a_second_message_before_the_tap_is_added_and_nobody_is_asked_again(stage: Stage) -> None:
    ola, question = await said(stage, "it rang")
    await ola.says("on P-101, for nothing")
    await stage.quiet()
    await ola.sees_change(question, "on P-101, for nothing")
    assert sum(ASKED in message.text() for message in ola.messages) == 1
    await ola.clicks("🔕 False alarm", on=question)
    await stage.quiet()
    (report,) = await stage.app.store.read(reports)
    assert report.text == "it rang\non P-101, for nothing"


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [("it was odd", "Something else", Kind.OTHER), ("false alarm on P-101", "False alarm", Kind.FALSE_ALARM)],
)
async def test_whoever_never_taps_finds_it_filed_when_the_question_said(
    text: str, label: str, kind: Kind, stage: Stage
) -> None:
    ola, question = await said(stage, text)
    assert "If you tap nothing, I file it at 9 Mar, 09:0" in question.text()
    assert f"as “{label}”" in question.text()
    stage.clock.advance(FILED_AFTER - timedelta(minutes=1))
    await stage.tick()
    assert await stage.app.store.read(reports) == []
    stage.clock.advance(timedelta(minutes=2))
    await stage.tick()
    await ola.sees_change(question, f"Got it: F-1 ({label}, Pump Watch).")
    (report,) = await stage.app.store.read(reports)
    assert (report.kind, report.text) == (kind, text)


async def test_whoever_only_says_hello_is_forgotten(stage: Stage) -> None:
    ola, question = await said(stage, "Hello?")
    old = question.as_was()
    await ola.clicks("It's not a report", on=question)
    await ola.sees_change(question, "All right, that was no report. I have not kept it.")
    assert [one.text for one in await stage.app.store.read(unfiled)] == [""]
    await ola.clicks("🔕 False alarm", on=old)
    await ola.sees("You said that this was no report, so it is gone. Say it again, and it is one.")
    stage.clock.advance(2 * FILED_AFTER)
    await stage.tick()
    assert await stage.app.store.read(reports) == []
    await said(stage, "it rang")


async def test_a_second_tap_and_a_late_no_change_nothing(stage: Stage) -> None:
    ola, question = await said(stage, "it rang")
    old = question.as_was()
    await ola.clicks("🔕 False alarm", on=question)
    await ola.sees_change(question, "Got it: F-1")
    await ola.clicks("🐢 Too late", on=old)
    await stage.quiet()
    await ola.clicks("It's not a report", on=old)
    await ola.sees("It was filed already, as F-1. Type /model-feedback F-1 to withdraw it.")
    assert [report.kind for report in await stage.app.store.read(reports)] == [Kind.FALSE_ALARM]


async def test_a_reply_in_the_thread_of_the_answer_is_added_to_the_report(stage: Stage) -> None:
    ola, question = await said(stage, "it rang")
    await ola.clicks("🔕 False alarm", on=question)
    await ola.sees_change(question, "Got it: F-1")
    told = await stage.person(DATA_SCIENTIST).sees("it rang")
    await ola.says("And again at nine", in_thread_of=question)
    await stage.quiet()
    await stage.person(DATA_SCIENTIST).sees_change(told, "And again at nine")
    assert len(await stage.app.store.read(reports)) == 1


async def test_the_guessed_tool_can_be_put_right_in_the_answer(stage: Stage) -> None:
    ola, question = await said(stage, "it rang")
    await ola.clicks("🔕 False alarm", on=question)
    await ola.sees_change(question, "You named no tool. Was it another one?")
    await ola.clicks("It was Screen Eye", on=question)
    await stage.quiet()
    await ola.sees_change(question, "F-1 is now: False alarm, Screen Eye.")


async def test_a_stranger_and_somebody_without_a_tool_are_told_why(stage: Stage) -> None:
    stranger = stage.slack.add_person("Nils Berg", user_id="U0NILS")
    await stranger.says("it rang")
    await stage.quiet()
    await stranger.sees("You are not on this site's list yet.")
    grace = stage.person("U0GRACE")
    await grace.says("it rang")
    await stage.quiet()
    await grace.sees("No tool is on this site's list for you yet.")
    assert await stage.app.store.read(unfiled) == []


@pytest.mark.parametrize("who", ["U0NILS", "U0GRACE"])
async def test_whoever_cannot_report_and_says_unsafe_reads_what_to_do_first(who: str, stage: Stage) -> None:
    if who == "U0NILS":
        stage.slack.add_person("Nils Berg", user_id="U0NILS")
    person = stage.person(who)
    typed = await person.runs("/model-feedback", "the guard is unsafe & open")
    await person.says("the guard is unsafe")
    await stage.quiet()
    said = (await person.sees("Nobody was told.")).text()
    for text in (typed.text, said):
        danger, why = text.split("\n")
        assert danger.startswith("🛑 Danger now? Stop and call your site's emergency number.")
        assert why.startswith("Nobody was told. ")
        assert "list" in why
    assert "Danger" not in (await person.runs("/model-feedback", "it rang")).text


@pytest.mark.parametrize("words", ["Thank you!", "ok, thanks", "Got it 👍", ":+1: thx"])
async def test_thanks_are_nothing_to_report(words: str, stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.says(words)
    await stage.quiet()
    assert await stage.app.store.read(unfiled) == []
    await said(stage, f"{words} but it rang")


async def test_what_is_said_beneath_the_word_that_it_was_read_reaches_the_data_scientist(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await ola.runs("/model-feedback", "false alarm on P-101")
    await stage.quiet()
    filed = await dana.sees("false alarm on P-101")
    await dana.clicks("I've read it", on=filed)
    await stage.quiet()
    await stage.tick()
    read = await ola.sees("has read")
    await ola.says("👍", in_thread_of=read)
    await ola.says("And again at nine", in_thread_of=read)
    await stage.quiet()
    await ola.sees("Added to F-1.")
    await dana.sees_change(filed, "And again at nine")
    await dana.says("I will look tomorrow", in_thread_of=filed)
    await stage.quiet()
    await dana.sees("Nobody reads replies to that message. Use its buttons, or write to the people themselves.")
    assert await stage.app.store.read(unfiled) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"bot_id": "B0BOT"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"channel_type": "channel"},
        {"text": "  "},
        {"user": None},
    ],
)
async def test_what_no_person_says_to_the_app_is_nothing(changed: dict[str, object], stage: Stage) -> None:
    ola, question = await said(stage, "it rang")
    await ola.clicks("It's not a report", on=question)
    await stage.quiet()
    sent = next(entry for entry in stage.slack.journal.inbound if entry.what == "message.im")
    payload = {**sent.payload, "event_id": "Ev0OTHER", "event": {**sent.payload["event"], "text": "x", **changed}}
    ack = await stage.slack.send_raw("events_api", payload)
    assert ack.status == 200
    await stage.quiet()
    assert len(await stage.app.store.read(unfiled)) == 1


@pytest.mark.parametrize("typed", ["🔥" * 40, "هذا إنذار كاذب", "<!channel> <@U0MICK>", "x" * 12_000])
async def test_words_of_every_sort_are_asked_about_and_kept(typed: str, stage: Stage) -> None:
    ola, question = await said(stage, typed)
    await ola.clicks("🔕 False alarm", on=question)
    await ola.sees_change(question, "Got it: F-1")
    (report,) = await stage.app.store.read(reports)
    assert report.text == typed.replace("<", "").replace(">", "") or report.text == typed
    for call in stage.slack.journal.calls():
        assert call.ok, f"{call.method}: {call.error}"
