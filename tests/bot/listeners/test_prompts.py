"""A question is answered by one tap, the next one takes its place, and what people add stays with it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, LEAD
from bot.forms.direct_reports import said
from bot.forms.request import Request
from bot.local_slack import Message, Person
from bot.texts import Texts
from store.prompt_plans import PromptPlan
from store.prompts import Detail
from store.questions import QuestionSet
from tests.bot.opening import HELPED, IN_THE_WAY, PROMPTED_AT, answers, asked, reports

WEEK = "How was Pump Watch and Screen Eye to work with this week?"


def ask_the_look_back(session: Session) -> None:
    session.exec(select(PromptPlan)).one().questions = QuestionSet.WEEKLY_LOOK_BACK


def details(session: Session) -> list[Detail]:
    return list(session.exec(select(Detail).order_by(col(Detail.id))).all())


async def looked_back(stage: Stage) -> tuple[Person, Message]:
    """The weekly look back, and somebody who is asked it."""
    await stage.app.store.write(ask_the_look_back)
    return await asked_tomorrow(stage, WEEK)


async def asked_tomorrow(stage: Stage, text: str) -> tuple[Person, Message]:
    """Who is asked this on the next day."""
    stage.clock.advance_to(PROMPTED_AT + timedelta(days=1))
    await stage.tick()
    for person in stage.slack.people:
        for message in person.messages:
            if text in message.text():
                return person, message
    raise AssertionError("nobody was asked")


async def test_the_next_question_takes_the_place_of_the_answered_one(stage: Stage) -> None:
    person, question = await looked_back(stage)
    faces = ["😠 Bad", "🙁 Poor", "😐 So-so", "🙂 Good", "😀 Very good"]
    assert question.buttons == [*faces, "I'm not on this shift", "Don't ask me this any more"]

    await person.clicks("🙂 Good", on=question)
    await person.sees_change(question, "You said: 🙂 Good")
    assert "2 of 5" in question.text()
    await person.clicks("🔍 Checked it first", on=question)
    await person.sees_change(question, "About how many minutes")
    await person.clicks("Answer", on=question)
    form = await person.sees_modal("Your answer")
    await form.fills({"A number": "many"})
    await form.submits()
    await form.sees("Write a number, such as 12 or 2.5.")
    await form.fills({"A number": "7,5"})
    await form.submits()
    await person.sees_change(question, "You said: 7.5")
    await person.clicks("👍 Yes", on=question)
    await person.sees_change(question, "What should change first?")
    await person.clicks("Answer", on=question)
    form = await person.sees_modal("Your answer")
    await form.fills({"In your words": "The horn <!channel>"})
    await form.submits()
    await person.sees_change(question, "You said: The horn <!channel>")

    said = {answer.question: answer.value for answer in await stage.app.store.read(answers)}
    assert said == {
        "week": "4",
        "went_by_it": "checked_first",
        "minutes_lost": "7.5",
        "heard_back": "yes",
        "change_first": "The horn <!channel>",
    }
    assert question.buttons == ["Change"] * 5 + ["Add detail", "Make it a report"]


async def test_any_answer_can_be_changed_in_its_form(stage: Stage) -> None:
    person, question = await asked(stage)
    await person.clicks(HELPED, on=question)
    await person.sees_change(question, f"You said: {HELPED}")
    await person.clicks("Change", on=question)
    form = await person.sees_modal("Your answer")
    await form.fills({"Pick one": IN_THE_WAY})
    await form.submits()
    await person.sees_change(question, f"You said: {IN_THE_WAY}")
    assert [answer.value for answer in await stage.app.store.read(answers)] == ["in_the_way"]


async def test_a_detail_is_added_in_a_form_and_the_report_is_filled_in_with_it(stage: Stage) -> None:
    person, question = await asked(stage)
    await person.clicks(IN_THE_WAY, on=question)
    await person.sees_change(question, IN_THE_WAY)
    await person.clicks("Add detail", on=question)
    form = await person.sees_modal("Add detail")
    await form.fills({"What happened?": "It rang too late on P-101"})
    await form.submits()
    await person.sees_change(question, "It rang too late on P-101")

    await person.clicks("Make it a report", on=question)
    report = await person.sees_modal("Report behaviour")
    assert report.fields["Tool"] == "Pump Watch"
    assert report.fields["In your words"] == "It rang too late on P-101"
    assert "Too late" in report.fields["What did it do?"]
    await report.submits()
    await report.sees("Got it: F-1 (Too late, Pump Watch).")
    (filed,) = await stage.app.store.read(reports)
    assert filed.text == "It rang too late on P-101"


async def test_a_reply_in_the_thread_is_a_detail(stage: Stage) -> None:
    person, question = await asked(stage)
    await person.says("It rang twice", in_thread_of=question)
    await stage.tick()
    await person.sees_change(question, "It rang twice")
    await person.clicks(HELPED, on=question)
    await person.sees_change(question, f"You said: {HELPED}")
    assert [detail.text for detail in await stage.app.store.read(details)] == ["It rang twice"]


async def test_what_is_typed_outside_of_a_thread_is_not_kept(stage: Stage) -> None:
    person, _ = await asked(stage)
    await person.says("Hello?")
    assert await stage.app.store.read(details) == []


async def test_who_replies_after_the_question_has_closed_is_told(stage: Stage) -> None:
    person, question = await asked(stage)
    stage.clock.advance(timedelta(days=2))
    await stage.tick()
    await person.says("Late", in_thread_of=question)
    await stage.tick()
    await person.sees("That question has closed, so your reply is not kept.")


def test_of_a_photo_the_link_is_read_and_nothing_else() -> None:
    """A file as https://docs.slack.dev/reference/objects/file-object has it."""
    photo = {"id": "F1", "permalink": "https://ridge.slack.com/files/U1/F1/a.jpg", "url_private": "https://x"}
    event = {
        "type": "message",
        "channel": "D1",
        "thread_ts": "1.2",
        "text": "Look &amp; see",
        "files": [photo, {"permalink": "javascript:x"}, {"permalink": 3}, "F2"],
    }
    (heard,) = said(Request({"type": "event_callback", "event": event}), Texts("en-US"))
    assert (heard.channel, heard.thread_ts, heard.text) == ("D1", "1.2", "Look & see")
    assert heard.photos == ("https://ridge.slack.com/files/U1/F1/a.jpg",)
    assert said(Request({"event": {"files": {}, "text": 3}}), Texts("en-US"))[0].photos == ()


# Planning what is asked


async def test_a_plan_is_made_after_its_cost_was_shown(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    answer = await dana.runs("/embedding", "prompts")
    assert answer.message is not None
    assert "Did it help this shift?" in answer.text
    assert "minutes per person and week" in answer.text
    await dana.clicks("New plan", on=answer.message)
    form = await dana.sees_modal("What to ask")
    await form.fills({"Questions": "Weekly look back", "How often": "Once a week, on the last shift of it"})
    await form.submits()
    shown = await dana.sees_modal("What it costs")
    await shown.sees("About 1.1 minutes per person and week: asked 1 times a week.")
    assert len(await stage.app.store.read(plans)) == 1
    await shown.submits()
    await shown.sees("The plan of E-1 is made.")
    assert len(await stage.app.store.read(plans)) == 2


def plans(session: Session) -> list[PromptPlan]:
    return list(session.exec(select(PromptPlan).order_by(col(PromptPlan.id))).all())


@pytest.mark.parametrize(
    ("label", "typed", "sentence"),
    [
        ("How many percent of them each time", "0", "Pick 1 to 100 percent."),
        ("How many percent of them each time", "half", "Write a whole number, such as 2."),
        ("How many minutes before or after that", "1441", "Pick 1 to 1,440 minutes."),
        ("How many minutes before or after that", "1440", "Pick fewer"),
        ("At most so often a week", "22", "Pick 1 to 21 times."),
    ],
)
async def test_a_bad_value_is_said_at_its_field(stage: Stage, label: str, typed: str, sentence: str) -> None:
    lena = stage.person(LEAD)
    answer = await lena.runs("/embedding", "prompts")
    assert answer.message is not None
    await lena.clicks("New plan", on=answer.message)
    form = await lena.sees_modal("What to ask")
    await form.fills({label: typed})
    await form.submits()
    await form.sees(sentence)
    assert len(await stage.app.store.read(plans)) == 1


async def test_a_plan_rests_goes_on_and_ends_by_its_buttons(stage: Stage) -> None:
    lena = stage.person(LEAD)
    listed = (await lena.runs("/embedding", "prompts")).message
    assert listed is not None
    await lena.clicks("Pause", on=listed)
    await lena.sees_change(listed, "It rests.")
    await lena.clicks("Go on", on=listed)
    await lena.sees_change(listed, "minutes per person and week")
    await lena.clicks("End it", on=listed)
    await lena.sees_change(listed, "It asks nobody.")


async def test_a_ready_set_is_copied_changed_and_asked(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    listed = (await dana.runs("/embedding", "prompts")).message
    assert listed is not None
    await dana.clicks("Copy “Did it help this shift?”", on=listed)
    form = await dana.sees_modal("Your own questions")
    assert form.fields["Question 1"] == "How did Pump Watch and Screen Eye do this shift?"
    await form.fills({"Name of the set": "Horns", "Question 1": "How loud was the horn?"})
    await form.submits()
    await form.sees("The questions are kept with E-1.")
    await form.closes()
    listed = (await dana.runs("/embedding", "prompts")).message
    assert listed is not None
    await dana.clicks("Change", on=listed)
    form = await dana.sees_modal("What to ask")
    await form.fills({"Questions": "Horns (version 1)"})
    await form.submits()
    await (await dana.sees_modal("What it costs")).submits()
    person, question = await asked_tomorrow(stage, "How loud was the horn?")
    await person.clicks(HELPED, on=question)
    await person.sees_change(question, f"You said: {HELPED}")
    assert [(one.question, one.value) for one in await stage.app.store.read(answers)] == [("q1", "1")]


async def test_who_plans_nothing_is_told_who_does(stage: Stage) -> None:
    answer = await stage.person("U0OLA").runs("/embedding", "prompts")
    assert "plan what it asks" in answer.text
