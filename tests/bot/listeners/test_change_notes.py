"""Change notes in Slack: written, approved, live, told, asked about, contested, taken back, and looked up."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, FIRST_DAY, LEAD
from bot.listeners.registration import row_for
from bot.listeners.rows import Heard
from bot.listeners.table import TABLE
from bot.local_slack import Message, Modal, Person
from store import going_live
from store.change_notes import ChangeNote
from store.feedback import Feedback, FeedbackStatus, Kind, Report, file_feedback
from store.people import Caller
from store.people import Person as KnownPerson
from store.policy import Policy
from store.tools import Tool
from tests.bot.conftest import Staging
from tests.bot.opening import ADMIN, BEGUN_AT, moment

OLA, TOMASZ, JARRAH = "U0OLA", "U0TOMASZ", "U0JARRAH"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORKSHOP = "C0WORKSHOP"
SOON = (BEGUN_AT + 6 * HOUR).replace(minute=0)


async def until(stage: Stage, when: datetime) -> None:
    """Let time pass, an hour at a time."""
    while stage.clock.now() < when:
        stage.clock.advance_to(min(when, stage.clock.now() + HOUR))
        await stage.tick()


async def report(stage: Stage, who: str = OLA, text: str = "false alarm on P-101, Pump Watch") -> None:
    await stage.person(who).runs("/model-feedback", text)
    await stage.quiet()


async def note(stage: Stage, **fields: object) -> Modal:
    """Dana fills in a change of Pump Watch and sends it."""
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    await modal.fills(
        {
            "Tool": "Pump Watch",
            "What does it do differently now?": "Waits ten seconds before it rings",
            "Why?": "Short peaks are no fault",
            **{label.replace("_", " "): value for label, value in fields.items()},
        }
    )
    await modal.submits()
    return modal


async def kept(stage: Stage, **fields: object) -> str:
    """The same where nothing is in the way. Returns what Dana is told."""
    modal = await note(stage, **fields)
    assert not modal.errors
    said = modal.text()
    await modal.closes()
    await stage.quiet()
    return said


def answering(*references: str, **fields: object) -> dict[str, object]:
    return {"Or their numbers": ", ".join(references), **fields}


async def listed(stage: Stage, text: str = "list") -> Message:
    answer = await stage.person(DATA_SCIENTIST).runs("/change-note", text)
    assert answer.message is not None
    return answer.message


async def statuses(stage: Stage) -> list[FeedbackStatus]:
    def query(session: Session) -> list[FeedbackStatus]:
        return [row.status for row in session.exec(select(Feedback).order_by(Feedback.id))]  # type: ignore[arg-type]

    return await stage.app.store.read(query)


async def notes(stage: Stage) -> list[ChangeNote]:
    return await stage.app.store.read(lambda session: list(session.exec(select(ChangeNote)).all()))


def needs_approval(session: Session) -> None:
    henrik = session.exec(select(KnownPerson).where(KnownPerson.slack_id == ADMIN)).one()
    tool = session.exec(select(Tool).where(Tool.name == "Pump Watch")).one()
    tool.approver_id = henrik.id
    session.add(tool)


async def asked(stage: Stage, who: str = OLA) -> Message:
    """Let time pass until somebody is asked whether it helped."""
    person = stage.person(who)
    before = len([message for message in person.messages if "👍 Better" in message.buttons])
    for _ in range(24 * 12):
        waiting = [message for message in person.messages if "👍 Better" in message.buttons]
        if len(waiting) > before or (before and waiting):
            return waiting[-1]
        stage.clock.advance(HOUR)
        await stage.tick()
    raise AssertionError(f"{person.name} was never asked")


@pytest.mark.parametrize(
    ("command", "text", "word"),
    [
        ("/change-note", "list", "list"),
        ("/change-note", "list 2", "list"),
        ("/change-note", "C-3", "#"),
        ("/change-note", "F-12", "#"),
        ("/change-note", "history", "history"),
        ("/change-note", "history Pump Watch 2", "history …"),
        ("/change-note", "listen to me", "*"),
        ("/model-feedback", "again F-12", "again #"),
        ("/model-feedback", "again the alarm rang on P-101", "*"),
        ("/model-feedback", "again", "*"),
    ],
)
def test_a_word_is_for_its_row(command: str, text: str, word: str) -> None:
    rows = tuple(row for row in TABLE if (row.heard, row.id) == (Heard.COMMAND, command))
    assert row_for(rows, text).word == word


async def test_a_change_is_told_its_reporters_within_the_hour_on_their_shift_and_everybody_else_as_they_begin(
    stage: Stage,
) -> None:
    ola, jarrah, tomasz, lena = (stage.person(who) for who in (OLA, JARRAH, TOMASZ, LEAD))
    await report(stage)
    await report(stage, JARRAH, "false alarm on P-102, Pump Watch")
    said = await kept(stage, **answering("F-1", "f2"))
    assert "Whoever filed F-1 and F-2 is told on their shift" in said
    line = await lena.sees("Pump Watch changed (C-1)", WORKSHOP)
    assert "It answers 2 reports from the floor" in line.text()
    assert "\n" not in line.text()
    await ola.sees_no("changed because of your")

    await until(stage, BEGUN_AT + HOUR + MINUTE)
    told = await ola.sees("Pump Watch changed because of your F-1.")
    assert "Waits ten seconds" in told.text()
    assert "F-2" not in told.text()
    await jarrah.sees_no("changed because of your")
    await tomasz.sees_no("Pump Watch changed (C-1)", tomasz.direct)

    await until(stage, moment(FIRST_DAY + DAY, 6))
    news = await tomasz.sees("Pump Watch changed (C-1)", tomasz.direct)
    assert "F-1" not in news.text()
    await until(stage, moment(FIRST_DAY + 4 * DAY, 7))
    await jarrah.sees("Because of your F-2.")


async def test_who_says_after_a_change_that_they_are_away_hears_of_it_once_when_they_are_back(stage: Stage) -> None:
    people = [stage.person(OLA), stage.person(TOMASZ)]
    await report(stage)
    await until(stage, moment(FIRST_DAY, 19))
    await kept(stage, **answering("F-1"))
    for person in people:
        await person.runs("/embedding", f"away {FIRST_DAY + DAY}..{FIRST_DAY + 6 * DAY}")
    await until(stage, moment(FIRST_DAY + 8 * DAY, 5))
    for person in people:
        await person.sees_no("Waits ten seconds", person.direct)
        await person.sees_no("Did it help?", person.direct)
    await until(stage, moment(FIRST_DAY + 8 * DAY, 10))
    for person in people:
        told = [one for one in person.messages if one.channel == person.direct and "Waits ten seconds" in one.text()]
        assert len(told) == 1
    await until(stage, moment(FIRST_DAY + 9 * DAY, 16))
    await people[0].sees_no("Did it help?")
    await until(stage, moment(FIRST_DAY + 9 * DAY, 18))
    await people[0].sees("Did it help?")


async def test_two_changes_within_an_hour_are_one_message_and_both_authors_are_warned_once(stage: Stage) -> None:
    ola, tomasz, dana = stage.person(OLA), stage.person(TOMASZ), stage.person(DATA_SCIENTIST)
    await report(stage)
    await report(stage, text="missed a leak on P-205, Pump Watch")
    await kept(stage, **answering("F-1"))
    stage.clock.advance(timedelta(minutes=30))
    await kept(stage, **answering("F-2"))
    warned = [message for message in dana.messages if "both change Pump Watch within a day" in message.text()]
    assert len(warned) == 1
    await until(stage, BEGUN_AT + 3 * HOUR)
    told = [message for message in ola.messages if "changed because of your" in message.text()]
    assert len(told) == 1
    assert "2 changes in your tools" in told[0].text()
    assert "F-1" in told[0].text()
    assert "F-2" in told[0].text()
    await until(stage, moment(FIRST_DAY + DAY, 7))
    news = [message for message in tomasz.messages if "(C-1)" in message.text() and message.channel == tomasz.direct]
    assert len(news) == 1
    assert "2 changes in your tools" in news[0].text()


async def test_a_draft_is_edited_listed_and_said_to_be_live_and_every_version_is_kept(stage: Stage) -> None:
    dana, lena = stage.person(DATA_SCIENTIST), stage.person(LEAD)
    await report(stage)
    said = await kept(stage, **answering("F-1", **{"When is it live?": "Not decided: keep it as a draft"}))
    assert "kept as a draft" in said
    assert await statuses(stage) == [FeedbackStatus.NEW]
    await lena.sees_no("Pump Watch changed", WORKSHOP)

    lines = await listed(stage)
    assert "draft" in lines.text()
    await dana.clicks("Edit", on=lines)
    form = await dana.sees_modal("Edit C-1")
    assert form.fields["Which reports does it answer?"].startswith("F-1")
    await form.fills({"What does it do differently now?": "Waits thirty seconds", "New version": "2.4"})
    await form.submits()
    await form.closes()
    lines = await listed(stage)
    await dana.clicks("It is live", on=lines)
    await stage.quiet()
    await lena.sees("Waits thirty seconds", WORKSHOP)
    assert await statuses(stage) == [FeedbackStatus.CHANGED]

    lines = await listed(stage)
    await dana.clicks("Edit", on=lines)
    form = await dana.sees_modal("Edit C-1")
    assert "Which reports does it answer?" not in form.fields
    await form.fills({"Why?": "Short peaks are no fault, says the bearing's maker"})
    await form.submits()
    await form.sees("Nobody is told again")
    await form.closes()
    chain = (await listed(stage, "C-1")).text()
    assert "Version 1, Dana Reyes" in chain
    assert "Waits ten seconds" in chain
    assert "Version 3, Dana Reyes" in chain


async def test_two_who_edit_one_draft_and_the_second_keeps_their_text(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await kept(stage, **{"When is it live?": "Not decided: keep it as a draft"})
    lines = await listed(stage)
    await dana.clicks("Edit", on=lines)
    form = await dana.sees_modal("Edit C-1")
    (row,) = await notes(stage)

    def edited_elsewhere(session: Session) -> None:
        from store.change_notes import Change, When
        from store.note_drafts import edit_change_note
        from store.policy import Policy

        change = Change(row.tool_id, "Something else", "Because", None, (), when=When.DRAFT)
        by = Caller("", "T0REDSTONE", DATA_SCIENTIST)
        edit_change_note(session, row.key, 1, change, policy=Policy(), by=by, at=BEGUN_AT)

    await stage.app.store.write(edited_elsewhere)
    await form.fills({"Why?": "Mine"})
    await form.submits()
    assert "has changed C-1 meanwhile" in str(form.errors)
    assert "Mine" in form.text()


async def test_a_change_that_needs_an_ok_waits_for_it_and_then_for_its_time(stage: Stage) -> None:
    await stage.app.store.write(needs_approval)
    dana, henrik, lena = stage.person(DATA_SCIENTIST), stage.person(ADMIN), stage.person(LEAD)
    await report(stage, text="false alarm on P-101, Pump Watch, said the night shift")
    fields = {"When is it live?": "It goes live at a time", "At this time": SOON, "New version": "2.4"}
    said = await kept(stage, **answering("F-1", **fields))
    assert "waits for the OK of Henrik Lund" in said
    question = await henrik.sees("Dana Reyes asks for your OK: C-1")
    assert "F-1" in question.text()
    assert "night shift" not in question.text()

    await henrik.clicks("Not yet", on=question)
    form = await henrik.sees_modal("Not yet")
    await form.fills({"What is missing?": "Try it on P-102 for a day"})
    await form.submits()
    back = await dana.sees("Henrik Lund says of C-1: not yet.")
    assert "Try it on P-102 for a day" in back.text()
    await henrik.sees_change(question, "You said: not yet.")

    await until(stage, SOON + HOUR)
    assert await statuses(stage) == [FeedbackStatus.NEW]

    await dana.clicks("Edit", on=back)
    form = await dana.sees_modal("Edit C-1")
    await form.fills({"At this time": SOON + 3 * HOUR, "What should be better on the floor?": "Half the alarms"})
    await form.submits()
    await form.closes()
    second = await henrik.sees("Half the alarms")
    await henrik.clicks("Approve", on=second)
    await henrik.sees_change(second, "You approved it.")
    await dana.sees("Henrik Lund approved C-1. It goes live on")
    await lena.sees_no("Pump Watch changed", WORKSHOP)
    await until(stage, SOON + 3 * HOUR)
    await dana.sees("C-1 is live. Whoever filed F-1 is told on their shift.")
    await lena.sees("Pump Watch changed (C-1)", WORKSHOP)
    assert "2.4" in (await lena.runs("/change-note", "history pump watch")).text


async def test_an_ok_for_what_was_edited_meanwhile_does_not_count(stage: Stage) -> None:
    await stage.app.store.write(needs_approval)
    dana, henrik = stage.person(DATA_SCIENTIST), stage.person(ADMIN)
    await kept(stage)
    question = (await henrik.sees("asks for your OK")).as_was()
    await dana.clicks("Edit", on=await listed(stage))
    form = await dana.sees_modal("Edit C-1")
    await form.fills({"Why?": "For another reason", "When is it live?": "It is live now"})
    await form.submits()
    await form.closes()
    await stage.quiet()
    await henrik.clicks("Approve", on=question)
    await henrik.sees("was changed or decided since you were asked")
    newest = await henrik.sees("For another reason")
    await henrik.clicks("Approve", on=newest)
    approved = await dana.sees("approved C-1. Say when it is live.")
    (row,) = await notes(stage)
    assert row.live_at is None
    await dana.clicks("It is live", on=approved)
    await stage.quiet()
    (row,) = await notes(stage)
    assert row.live_at is not None


async def test_a_change_that_did_not_help_goes_back_to_its_author_with_the_reporters_word(stage: Stage) -> None:
    ola, dana = stage.person(OLA), stage.person(DATA_SCIENTIST)
    await report(stage)
    await kept(stage, **answering("F-1"))
    question = await asked(stage)
    # Near the end of the second shift after it went live: the night that ends on Thursday.
    assert timedelta(0) <= stage.clock.now() - moment(FIRST_DAY + 3 * DAY, 5) < MINUTE
    await ola.clicks("😐 Same", on=question)
    heard = await dana.sees("Ola Nordby says that C-1 (Pump Watch) did not help")
    assert "F-1 is open again" in heard.text()
    assert await statuses(stage) == [FeedbackStatus.CONTESTED]
    answered = await ola.sees_change(question, "You said: 😐 Same")
    await ola.clicks("Add a word", on=answered)
    form = await ola.sees_modal("Add a word")
    await form.fills({"What did you see?": "It rang twice on the night shift"})
    await form.submits()
    await stage.quiet()
    await dana.sees_change(heard, "It rang twice on the night shift")
    await ola.sees_change(question, "It rang twice on the night shift")
    said = [message for message in dana.messages if "did not help" in message.text()]
    assert len(said) == 1


async def test_after_the_second_change_that_did_not_help_the_two_meet_when_both_are_on_site(stage: Stage) -> None:
    ola, dana = stage.person(OLA), stage.person(DATA_SCIENTIST)
    await report(stage)
    for number in (1, 2):
        await kept(stage, **answering("F-1"))
        question = await asked(stage)
        await ola.sees_no("Would you show")
        await ola.clicks("👎 Worse", on=question)
        await stage.quiet()
        assert await statuses(stage) == [FeedbackStatus.CONTESTED], number
    mine = await ola.sees("Would you show Dana Reyes what you see?")
    hers = await dana.sees("Ola Nordby is asked to show you what they see.")
    first = mine.text()
    await ola.clicks("That works", on=mine)
    await stage.quiet()
    await dana.clicks("Another time", on=hers)
    await stage.quiet()
    again = await ola.sees("Does that suit you?", after=mine)
    assert again.text() != first
    await ola.clicks("That works", on=again)
    await dana.clicks("That works", on=await dana.sees_change(hers, "is asked to show you"))
    await stage.quiet()
    await dana.sees_change(hers, "You meet Ola Nordby on")
    await until(stage, stage.clock.now() + 8 * DAY)
    await ola.sees_no("Would you show", after=again)


async def test_who_has_not_seen_it_since_is_asked_again_when_a_colleague_sees_it_again(stage: Stage) -> None:
    ola, tomasz, dana = stage.person(OLA), stage.person(TOMASZ), stage.person(DATA_SCIENTIST)
    await report(stage)
    await report(stage, TOMASZ, "rings for nothing on P-101, Pump Watch")
    await kept(stage, **answering("F-1"))
    question = await asked(stage)
    await ola.clicks("➖ Not seen since", on=question)
    await stage.quiet()
    assert FeedbackStatus.NOT_SEEN_SINCE in await statuses(stage)
    answer = await tomasz.runs("/model-feedback", "again F-2")
    assert "F-2 happened again on Pump Watch. Dana Reyes hears of it." in answer.text
    await dana.sees("Tomasz Wrona saw it again: F-2 on Pump Watch.")
    await until(stage, stage.clock.now() + HOUR)
    second = await ola.sees("It happened again on Pump Watch.")
    await ola.clicks("👎 Worse", on=second)
    await ola.sees_change(second, "You said: 👎 Worse")
    await tomasz.runs("/model-feedback", "again F-2")
    await until(stage, stage.clock.now() + 3 * DAY)
    assert len([one for one in ola.messages if "It happened again on Pump Watch" in one.text()]) == 0
    assert len([one for one in dana.messages if "saw it again" in one.text()]) == 1


async def test_the_button_beside_not_seen_since_says_that_it_happened_again(stage: Stage) -> None:
    ola, dana = stage.person(OLA), stage.person(DATA_SCIENTIST)
    await report(stage)
    await kept(stage, **answering("F-1"))
    question = await asked(stage)
    await ola.clicks("➖ Not seen since", on=question)
    await ola.clicks("It happened again", on=await ola.sees_change(question, "Not seen since"))
    await ola.sees("F-1 happened again on Pump Watch")
    assert "You said" in question.current().text()
    await dana.sees("Ola Nordby saw it again: F-1 on Pump Watch.")


async def test_silence_is_no_verdict(stage: Stage) -> None:
    await report(stage)
    await kept(stage, **answering("F-1"))
    await asked(stage)
    await until(stage, stage.clock.now() + 10 * DAY)
    assert await statuses(stage) == [FeedbackStatus.CHANGED]
    asks = [one for one in stage.person(OLA).messages if "Did it help?" in one.text()]
    assert len(asks) == 1
    assert "no verdict yet" in (await stage.person(OLA).runs("/change-note", "history Pump Watch")).text


async def test_a_change_that_is_taken_back_is_told_those_who_were_told_and_nobody_else(stage: Stage) -> None:
    ola, jarrah, tomasz, dana, lena = (stage.person(who) for who in (OLA, JARRAH, TOMASZ, DATA_SCIENTIST, LEAD))
    await report(stage)
    await report(stage, JARRAH, "false alarm on P-102, Pump Watch")
    await dana.clicks("I've read it", on=await dana.sees("P-101"))
    await kept(stage, **answering("F-1", "F-2", **{"New version": "2.4"}))
    await until(stage, BEGUN_AT + 2 * HOUR)
    await ola.sees("changed because of your F-1")
    lines = await listed(stage)
    await dana.clicks("Take it back", on=lines)
    form = await dana.sees_modal("Take back C-1")
    await form.fills({"Why?": "It missed a seal on P-103"})
    await form.submits()
    await form.sees("F-1 and F-2 are open again")
    await form.closes()
    await stage.quiet()
    back = await ola.sees("The change C-1 of Pump Watch was taken back.", ola.direct)
    assert "It missed a seal on P-103" in back.text()
    assert "F-1" in back.text()
    await lena.sees("was taken back", WORKSHOP)
    assert await statuses(stage) == [FeedbackStatus.ACKNOWLEDGED, FeedbackStatus.NEW]
    await until(stage, moment(FIRST_DAY + 6 * DAY, 7))
    await jarrah.sees_no("C-1", jarrah.direct)
    await tomasz.sees_no("C-1", tomasz.direct)
    await ola.sees_no("Did it help?")
    history = (await lena.runs("/change-note", "history Pump Watch")).text
    assert "It missed a seal on P-103" in history
    filed = await ola.runs("/model-feedback", "false alarm on P-101, Pump Watch, the old way")
    assert filed.text
    versions = await stage.app.store.read(lambda session: [row.version_id for row in session.exec(select(Feedback))])
    assert versions[-1] == versions[0]


async def test_a_question_that_is_out_says_when_the_change_was_taken_back(stage: Stage) -> None:
    ola, dana = stage.person(OLA), stage.person(DATA_SCIENTIST)
    await report(stage)
    await kept(stage, **answering("F-1"))
    question = await asked(stage)
    late = question.as_was()
    await dana.clicks("Take it back", on=await listed(stage))
    form = await dana.sees_modal("Take back C-1")
    await form.fills({"Why?": "It missed a seal"})
    await form.submits()
    await form.closes()
    await stage.quiet()
    await ola.sees_change(question, "There is nothing to answer any more.")
    await ola.clicks("👍 Better", on=late)
    await ola.sees("C-1 was taken back, so there is nothing to say of it.")
    assert await statuses(stage) == [FeedbackStatus.NEW]


async def test_what_came_of_a_report_is_read_by_its_reporter_and_the_embedded_people_only(stage: Stage) -> None:
    ola, tomasz, lena = stage.person(OLA), stage.person(TOMASZ), stage.person(LEAD)
    await report(stage)
    await kept(stage, **answering("F-1", **{"New version": "2.4"}))
    question = await asked(stage)
    await ola.clicks("👍 Better", on=question)
    await stage.quiet()
    for reader in (ola, stage.person(DATA_SCIENTIST)):
        chain = (await reader.runs("/change-note", "f-1")).text
        for piece in (
            "F-1",
            "First answer 9 Mar, 08:00.",
            "C-1",
            "Live 9 Mar, 08:00.",
            "Told 9 Mar, 09:00.",
            "👍 Better, 12 Mar",
            "Version 2.4",
        ):
            assert piece in chain, piece
    for reader in (tomasz, lena):
        assert "There is no report F-1 that you can read" in (await reader.runs("/change-note", "F-1")).text
    assert "Only the embedded people" in (await tomasz.runs("/change-note", "C-1")).text
    history = (await tomasz.runs("/change-note", "history Pump Watch 2.4")).text
    assert "In answer to 1 report: F-1." in history
    assert "it helped" in history
    assert "Ola" not in history
    assert "P-101" not in history


async def test_no_verdict_is_awaited_of_whoever_is_not_asked_for_one(stage: Stage) -> None:
    await report(stage, text="Pump Watch: good catch on P-101")
    await report(stage, text="Pump Watch: false alarm on P-101")
    await kept(stage, **answering("F-1", "F-2"))
    ola = stage.person(OLA)
    assert "No verdict yet." not in (await ola.runs("/change-note", "F-1")).text
    assert "No verdict yet." in (await ola.runs("/change-note", "F-2")).text


async def test_a_long_history_is_read_page_by_page(stage: Stage) -> None:
    for _ in range(6):
        await kept(stage)
    tomasz = stage.person(TOMASZ)
    page = (await tomasz.runs("/change-note", "history pump")).message
    assert page is not None
    assert "1 of 2" in page.text()
    await tomasz.clicks("Older", on=page)
    await stage.quiet()
    older = await tomasz.sees("2 of 2")
    assert "C-1" in older.text()
    assert "2 of 2" in (await tomasz.runs("/change-note", "history Pump Watch 2")).text
    which = (await tomasz.runs("/change-note", "history")).text
    assert "Pump Watch" in which
    assert "Screen Eye" in which
    assert "No tool or version of yours" in (await tomasz.runs("/change-note", "history Mill")).text


async def test_turning_the_page_stays_with_the_version_that_was_asked_for(stage: Stage) -> None:
    await kept(stage)
    for _ in range(6):
        await kept(stage, **{"New version": "2.4", "When is it live?": "Not decided: keep it as a draft"})
    by, tomasz = Caller("", "T0REDSTONE", DATA_SCIENTIST), stage.person(TOMASZ)
    for row in (await notes(stage))[1:]:
        await stage.app.store.write(going_live.go_live_now, row.key, policy=Policy(), by=by, at=BEGUN_AT)
    page = (await tomasz.runs("/change-note", "history Pump Watch 2.4")).message
    assert page is not None
    assert "What changed with version 2.4 of Pump Watch, page 1 of 2" in page.text()
    await tomasz.clicks("Older", on=page)
    await stage.quiet()
    older = await tomasz.sees("What changed with version 2.4 of Pump Watch, page 2 of 2")
    assert "C-1 " not in older.text()


async def test_a_history_says_who_approved_what_was_hoped_for_and_what_was_taken_back(stage: Stage) -> None:
    await stage.app.store.write(needs_approval)
    dana, henrik, tomasz = stage.person(DATA_SCIENTIST), stage.person(ADMIN), stage.person(TOMASZ)
    assert "No change of Pump Watch has gone live yet" in (await tomasz.runs("/change-note", "history pump")).text
    for number in range(1, 4):
        await report(stage, text=f"false alarm {number} on P-101, Pump Watch")
    hoped = {"What should be better on the floor?": "Half the alarms", "New version": "2.4"}
    await kept(stage, **answering("F-1", "F-2", "F-3", **hoped))
    await henrik.clicks("Approve", on=await henrik.sees("asks for your OK"))
    await dana.clicks("It is live", on=await dana.sees("approved C-1. Say when it is live."))
    await stage.quiet()
    text = (await tomasz.runs("/change-note", "history pump")).text
    for piece in ("C-1 Mon 9 Mar 2026, Dana Reyes", "Should be better: Half the alarms", "Approved by Henrik Lund."):
        assert piece in text, piece
    assert "In answer to 3 reports: F-1, F-2, and F-3." in text
    await dana.clicks("Take it back", on=await listed(stage))
    form = await dana.sees_modal("Take back C-1")
    await form.fills({"Why?": "It missed a seal"})
    await form.submits()
    await stage.quiet()
    text = (await tomasz.runs("/change-note", "history Pump Watch 2.4")).text
    assert "What changed with version 2.4 of Pump Watch" in text
    assert "Taken back on Mon 9 Mar 2026: It missed a seal" in text
    assert "Until then: no verdict yet." in text
    chain = (await dana.runs("/change-note", "C-1")).text
    for piece in (
        "C-1 Pump Watch, taken back, version 2.3 → 2.4",
        "Written by Dana Reyes, 9 Mar, 08:00. Approved by Henrik Lund, 9 Mar, 08:00.",
        "Live 9 Mar, 08:00: no verdict yet. Taken back 9 Mar, 08:00.",
    ):
        assert piece in chain, piece
    never = (await tomasz.runs("/change-note", "history Pump Watch 2.9")).text
    assert "Pump Watch never had a version 2.9." in never
    unchanged = (await tomasz.runs("/change-note", "history Pump Watch 2.3")).text
    assert "No change came with version 2.3 of Pump Watch." in unchanged


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (answering("F-99"), "Or their numbers", "There is no report F-99 here."),
        (answering("F-1", "pumps"), "Or their numbers", "Write the numbers of reports"),
        (answering("F-2"), "Or their numbers", "F-2 is about another tool"),
        (answering("F-3"), "Or their numbers", "F-3 has been answered meanwhile"),
        (
            {"When is it live?": "It goes live at a time", "At this time": BEGUN_AT - HOUR},
            "At this time",
            "That time is over.",
        ),
        ({"When is it live?": "It goes live at a time"}, "At this time", "Say when it goes live"),
        ({"At this time": SOON}, "At this time", "Choose above that it goes live at a time"),
        (
            {"When is it live?": "It goes live at a time", "At this time": BEGUN_AT + 90 * DAY},
            "At this time",
            "E-1 ends before that.",
        ),
        ({"Version before": "9.9"}, "Version before", "Pump Watch never had a version 9.9."),
        ({"New version": "2.3"}, "New version", "Pump Watch already had a version 2.3."),
    ],
)
async def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    stage: Stage, fields: dict[str, object], field: str, sentence: str
) -> None:
    await report(stage)
    await report(stage, text="missed a hole in panel 14, Screen Eye")
    await report(stage, text="false alarm on P-103, Pump Watch")
    await kept(stage, **answering("F-3"))
    modal = await note(stage, **fields)
    assert modal.errors[field].startswith(sentence)
    assert "Waits ten seconds" in modal.text()
    assert len(await notes(stage)) == 1


async def test_of_very_many_open_reports_those_are_found_that_are_searched(stage: Stage) -> None:
    def file_many(session: Session) -> None:
        tool = session.exec(select(Tool).where(Tool.name == "Pump Watch")).one()
        for number in range(101):
            said = Report(Kind.FALSE_ALARM, f"rang on P-{number}", tool.id)
            file_feedback(session, said, by=Caller("", "T0REDSTONE", OLA), at=BEGUN_AT)

    await stage.app.store.write(file_many)
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    assert len(await modal.searches("Which reports does it answer?", "")) == 100
    assert [one[:5] for one in await modal.searches("Which reports does it answer?", "p-77")] == ["F-78 "]
    assert [one[:6] for one in await modal.searches("Which reports does it answer?", "F-101")] == ["F-101 "]
    assert await modal.searches("Which reports does it answer?", "50% of _") == []
    (wanted,) = await modal.searches("Which reports does it answer?", "pump P-77")
    await modal.fills(
        {
            "What does it do differently now?": "Waits",
            "Why?": "Peaks",
            "Which reports does it answer?": [wanted],
        }
    )
    await modal.submits()
    await modal.sees("Whoever filed F-78")


async def test_nobody_else_finds_reports_by_searching(stage: Stage) -> None:
    await report(stage)
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    payload = stage.slack._stage.payloads.suggestion(
        stage.person(TOMASZ).user, {"view": None}, "answers", "change_note.find_reports", ""
    )
    ack = await stage.slack.send_raw("interactive", payload)
    assert ack.payload == {"options": []}


async def test_only_its_data_scientists_edit_take_back_and_list(on_stage: Staging) -> None:
    async with on_stage() as stage:
        await kept(stage)
        tomasz: Person = stage.person(TOMASZ)
        assert "not embedded with a team" in (await tomasz.runs("/change-note", "list")).text
        (row,) = await notes(stage)
        lines = await listed(stage)
        for button in ("Edit", "Take it back"):
            action = next(one for one in stage.slack._stage.screen.buttons(lines.blocks) if one.label == button).action
            payload = stage.slack._stage.payloads.message_action(
                tomasz.user, lines.channel, lines.post, lines.post, action
            )
            await stage.slack.send_raw("interactive", payload)
            await stage.quiet()
            assert stage.slack._stage.slack.views.top(tomasz.id) is None
        assert (await notes(stage))[0].status is row.status
