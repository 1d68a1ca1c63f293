"""Each request counts once, however often it comes, and whoever it comes from is somebody we know."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST
from bot.local_slack import Inbound
from store.people import Person
from store.workspaces import Workspace
from tests.bot.conftest import Staging
from tests.bot.opening import HELPED, IN_THE_WAY, again, answers, asked, begin, deliveries, events, reports


def zone_of(session: Session, slack_id: str) -> str | None:
    return session.exec(select(Person.zone).where(Person.slack_id == slack_id)).first()


def move_away(session: Session) -> None:
    """The only site that was imported is another workspace's."""
    session.exec(select(Workspace)).one().slack_id = "T0ELSEWHERE"


def last(stage: Stage, what: str) -> Inbound:
    return next(entry for entry in reversed(stage.slack.journal.inbound) if entry.what == what)


@pytest.mark.parametrize("times", [1, 3], ids=["twice", "four times"])
@pytest.mark.parametrize("http", [True, False], ids=["over HTTP", "over a socket"])
async def test_a_command_that_comes_again_files_one_report_and_says_the_same(
    http: bool, times: int, on_stage: Staging
) -> None:
    async with on_stage(http=http) as stage:
        ola = stage.person("U0OLA")
        await ola.runs("/model-feedback", "false alarm on P-101")
        first = last(stage, "/model-feedback")

        repeats = [await stage.slack.redeliver(first) for _ in range(times)]
        await stage.quiet()

        assert first.ack is not None
        assert "F-1" in str(first.ack.payload)
        assert all(entry.ack and entry.ack.payload == first.ack.payload for entry in repeats)
        assert len(await stage.app.store.read(reports)) == 1
        assert len(await stage.app.store.read(events, "feedback_filed")) == 1
        assert len(await stage.app.store.read(deliveries, "feedback_filed")) == 1


async def test_a_command_that_comes_four_times_at_once_files_one_report(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback", "help")
    payload = again(last(stage, "/model-feedback").payload, text="too late on P-103")

    acks = await asyncio.gather(*(stage.slack.send_raw("slash_commands", payload) for _ in range(4)))

    assert len({str(ack.payload) for ack in acks}) == 1
    assert "F-1" in str(acks[0].payload)
    assert [report.text for report in await stage.app.store.read(reports)] == ["too late on P-103"]


@pytest.mark.parametrize("times", [1, 3], ids=["twice", "four times"])
async def test_a_form_that_comes_again_files_one_report_and_says_the_same(times: int, stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    await modal.fills({"What did it do?": modal.options("What did it do?")[0], "In your words": "again"})
    await modal.submits()
    first = last(stage, "view_submission feedback.file")

    repeats = [await stage.slack.redeliver(first) for _ in range(times)]

    assert first.ack is not None
    assert "F-1" in str(first.ack.payload)
    assert all(entry.ack and entry.ack.payload == first.ack.payload for entry in repeats)
    assert len(await stage.app.store.read(reports)) == 1


async def test_a_form_that_was_refused_counts_when_it_is_right(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    kind = next(label for label in modal.options("What did it do?") if "Something else" in label)
    await modal.fills({"What did it do?": kind})
    assert (await modal.submits()).errors
    assert (await modal.submits()).errors

    await modal.fills({"In your words": "it hums"})
    await modal.submits()

    assert [report.text for report in await stage.app.store.read(reports)] == ["it hums"]


async def test_an_event_that_comes_again_is_taken_once(http_stage: Stage) -> None:
    ola = http_stage.person("U0OLA")
    await http_stage.slack.change_person(ola, zone="Europe/Oslo")
    first = last(http_stage, "user_change")
    await http_stage.slack.change_person(ola, zone="Asia/Tokyo")

    late = await http_stage.slack.redeliver(first)

    assert late.ack is not None
    assert late.ack.status == 200
    assert await http_stage.app.store.read(zone_of, "U0OLA") == "Asia/Tokyo"


@pytest.mark.parametrize("same", [True, False], ids=["the same button", "another button"])
async def test_a_double_click_leaves_one_answer(same: bool, stage: Stage) -> None:
    person, question = await asked(stage)
    before = question.as_was()

    await asyncio.gather(person.clicks(HELPED, on=before), person.clicks(HELPED if same else IN_THE_WAY, on=before))
    await stage.tick()

    (answer,) = await stage.app.store.read(answers)
    assert answer.value in ("helped", "in_the_way")
    said = HELPED if answer.value == "helped" else IN_THE_WAY
    await person.sees_change(question, f"You said: {said}")
    assert len(await stage.app.store.read(events, "prompt_answered")) == (1 if same else 2)


async def test_a_click_that_comes_four_times_leaves_one_answer_and_one_edit(stage: Stage) -> None:
    person, question = await asked(stage)
    await person.clicks(HELPED, on=question)
    click = stage.slack.journal.inbound[-1]

    for _ in range(3):
        assert (await stage.slack.redeliver(click)).acked
    await stage.tick()

    assert len(await stage.app.store.read(answers)) == 1
    assert len(await stage.app.store.read(events, "prompt_answered")) == 1
    assert len(await stage.app.store.read(deliveries, "prompt_answered")) == 1


async def test_two_agreements_by_one_sponsor_are_one(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        await begin(stage)
        agreed = [entry for entry in stage.slack.journal.inbound if entry.what == "block_actions embedding.agree"]
        assert len(agreed) == 2
        before = len(stage.slack.journal.calls("chat.postMessage"))

        for entry in agreed:
            await stage.slack.redeliver(entry)
            assert (await stage.slack.send_raw("interactive", again(entry.payload))).ok
        await stage.tick()

        assert len(await stage.app.store.read(events, "embedding_agreed")) == 2
        assert len(stage.slack.journal.calls("chat.postMessage")) == before


# Strangers, and people who have left


async def test_a_stranger_is_told_whom_to_ask_and_nothing_is_kept_of_them(stage: Stage) -> None:
    sam = stage.slack.add_person("Sam Stranger", user_id="U0SAM")
    sentence = (
        "You are not on this site's list yet. Ask Lena Fischer to put you on it; "
        "your Slack id is U0SAM, Lena Fischer needs it."
    )
    noise = await stage.person("U0OLA").says("alarm again", "C0WORKSHOP")
    person, question = await asked(stage)

    for command, text in (
        ("/model-feedback", "false alarm"),
        ("/model-feedback", ""),
        ("/embedding", ""),
        ("/embedding-summary", ""),
        ("/change-note", "help"),
    ):
        assert (await sam.runs(command, text)).text == sentence
    await sam.uses_shortcut("Report model behaviour", on=noise)
    await person.clicks(HELPED, on=question)
    click = stage.slack.journal.inbound[-1].payload
    await stage.slack.send_raw("interactive", again(click, user={**click["user"], "id": sam.id}))
    await stage.quiet()
    told = [post.body["text"] for post in stage.slack.journal.response_url_posts]
    assert told == [sentence, sentence]
    await sam.opens_home()
    await sam.sees_home(sentence)
    await stage.slack.change_person(sam, zone="Europe/Oslo")
    await stage.quiet()

    assert await stage.app.store.read(reports) == []
    assert await stage.app.store.read(zone_of, "U0SAM") is None


async def test_before_a_site_was_imported_everybody_is_told_what_comes_first(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await stage.app.store.write(move_away)

    answer = await ola.runs("/model-feedback", "false alarm")
    await ola.opens_home()

    assert "Whoever runs it imports the site file first: alongside site import FILE.yaml" in answer.text
    await ola.sees_home("imports the site file first")


async def test_somebody_who_has_left_can_do_nothing_and_hears_nothing_more(stage: Stage) -> None:
    person, question = await asked(stage)
    await person.runs("/model-feedback", "false alarm on P-101")
    await person.clicks(HELPED, on=question)
    command, click = last(stage, "/model-feedback"), stage.slack.journal.inbound[-1]
    await stage.slack.change_person(person, deleted=True)

    ack = await stage.slack.send_raw("slash_commands", again(command.payload, text="too late"))
    await stage.slack.send_raw("interactive", again(click.payload))
    await stage.quiet()

    assert "Your account is switched off here." in str(ack.payload)
    assert len(await stage.app.store.read(reports)) == 1
    assert len(await stage.app.store.read(events, "prompt_answered")) == 1
    dana = stage.person(DATA_SCIENTIST)
    await dana.clicks("I've read it", on=await dana.sees("false alarm on P-101"))
    stage.clock.advance(timedelta(days=9))
    await stage.tick()
    told = await stage.app.store.read(deliveries, "feedback_acknowledged")
    assert [(row.status, row.reason) for row in told] == [("skipped", "the account is switched off")]


async def test_somebody_who_comes_back_is_heard_again(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await stage.slack.change_person(ola, deleted=True)
    await stage.slack.change_person(ola, deleted=False)

    answer = await ola.runs("/model-feedback", "false alarm on P-101")

    assert "Got it: F-1" in answer.text


# Late


async def test_a_button_of_a_prompt_that_has_closed_says_so_and_changes_nothing(stage: Stage) -> None:
    person, question = await asked(stage)
    late = question.as_was()
    stage.clock.advance(timedelta(hours=15))
    await stage.tick()
    await person.sees_change(question, "This one has closed, nothing to do.")

    await person.clicks(HELPED, on=late)
    told = await person.sees("That one has closed, nothing to do. You can always tell us with /model-feedback.")

    assert told.is_ephemeral
    assert question.buttons == []
    assert await stage.app.store.read(answers) == []


async def test_an_answer_can_be_changed_until_the_prompt_closes(stage: Stage) -> None:
    person, question = await asked(stage)
    before = question.as_was()
    await person.clicks(HELPED, on=question)
    await person.sees_change(question, f"You said: {HELPED}")

    await person.clicks(IN_THE_WAY, on=before)
    await person.sees_change(question, f"You said: {IN_THE_WAY}")
    await person.clicks("Make it a report", on=question)
    await person.sees_modal("Report behaviour")

    assert [answer.value for answer in await stage.app.store.read(answers)] == ["in_the_way"]
