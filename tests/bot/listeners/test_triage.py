"""Data scientists answer reports in Slack, and their reporters hear of it: the inbox, one report, several at once."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, FIRST_DAY
from bot.local_slack import Modal, Person
from store import access
from store.access import Role, Scope
from store.asking_back import QuestionBack
from store.causes import Cause
from store.embeddings import Embedding
from store.feedback import Feedback, FeedbackStatus
from store.people import Person as Member
from tests.bot.opening import BEGUN_AT, reports

PROMISED = FIRST_DAY + timedelta(days=20)
REASON = "The sensor <is> replaced in May, & until then it stays."
WHAT = "What to do with those ticked"


async def files(stage: Stage, *texts: str, who: str = "U0OLA") -> None:
    for text in texts:
        assert "Got it" in (await stage.person(who).runs("/model-feedback", text)).text
    await stage.quiet()


async def opens_inbox(dana: Person) -> Modal:
    await dana.runs("/change-note", "inbox")
    return await dana.sees_modal("Reports")


def ticked(modal: Modal, *references: str) -> list[str]:
    """The labels of some reports among those that can be ticked."""
    return [next(label for label in modal.options("Reports") if f"{one} " in label) for one in references]


async def answers(dana: Person, step: str, *references: str, **fields: object) -> Modal:
    """Dana ticks reports in her inbox and does something with them."""
    modal = await opens_inbox(dana)
    await modal.fills({"Reports": ticked(modal, *references), WHAT: step})
    await modal.submits()
    await modal.fills(fields)
    await modal.submits()
    return modal


def statuses(session: Session) -> list[FeedbackStatus]:
    return [row.status for row in reports(session)]


async def test_why_it_was_declined_stands_where_its_reporter_looks_it_up(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback", "false alarm on P-101")
    await (
        await answers(stage.person(DATA_SCIENTIST), "Decline, with the reason", "F-1", **{"Your reason": REASON})
    ).closes()
    assert f"Dana Reyes: declined. “{REASON}”" in (await ola.runs("/model-feedback", "F-1")).text


async def test_where_a_report_goes_on_stands_where_its_reporter_looks_it_up(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    for place in ("P-101", "P-101 again"):
        await ola.runs("/model-feedback", f"false alarm on {place}")
    modal = await answers(
        stage.person(DATA_SCIENTIST), "It goes on in another report", "F-2", **{"Or its number": "F-1"}
    )
    await modal.closes()
    assert "It goes on in F-1." in (await ola.runs("/model-feedback", "F-2")).text


async def test_a_no_is_said_plainly_with_the_reason_word_for_word(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    modal = await answers(dana, "Decline, with the reason", "F-1", **{"Your reason": REASON})
    assert "Declined: F-1." in modal.text()
    await stage.tick()
    told = await ola.sees("Thank you for F-1.")
    assert REASON in told.text()
    assert "In Dana Reyes's words:" in told.text()
    stage.clock.advance(timedelta(days=1))
    await stage.tick()
    assert [m.ts for m in ola.messages if "Thank you for F-1." in m.text()] == [told.ts]


async def test_one_report_is_opened_and_promised_for_a_day(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101, pump ran fine", "false alarm on P-101 again", "screen is dark")
    await dana.clicks("Open", on=await dana.sees("P-101, pump ran fine"))
    modal = await dana.sees_modal("F-1")
    assert "Status: new" in modal.text()
    (alike,) = modal.options("These may be the same. Tick to treat alike")
    assert alike.startswith("F-2 ")
    await modal.fills({"These may be the same. Tick to treat alike": [alike]})
    await modal.fills({"What do you want to do?": "Work on it, until a day"})
    await modal.submits()
    await modal.fills({"Done until": (FIRST_DAY - timedelta(days=1)).isoformat()})
    await modal.submits()
    assert "That day is over" in str(modal.errors)
    await modal.fills({"Done until": PROMISED.isoformat()})
    await modal.submits()
    assert "Promised: F-1 and F-2." in modal.text()
    await stage.tick()
    assert "means to have them done by Sun 29 Mar 2026" in (await ola.sees("works on F-1 and F-2")).text()
    assert await stage.app.store.read(statuses) == ["accepted", "accepted", "new"]


async def test_a_report_says_when_it_was_read_and_when_it_was_decided(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    stage.clock.advance(timedelta(minutes=20))
    await answers(dana, "Work on it, until a day", "F-1", **{"Done until": PROMISED.isoformat()})
    stage.clock.advance(timedelta(hours=2))
    await answers(dana, "Decline, with the reason", "F-1", **{"Your reason": REASON})
    for reader in (ola, dana):
        chain = (await reader.runs("/change-note", "F-1")).text
        assert "Read 9 Mar, 08:20. Decided 9 Mar, 10:20." in chain


async def test_what_fits_only_some_says_with_which_it_was_not_done_and_leads_back(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101", "false alarm on P-102")
    await answers(dana, "Say that you have read it", "F-1")
    modal = await answers(dana, "Say that you have read it", "F-1", "F-2")
    assert "Read: F-2." in modal.text()
    assert "F-1 It was read already." in modal.text()
    await modal.submits()
    assert "2 reports" in modal.text()


async def test_sixty_open_reports_are_looked_through_by_filters_and_pages(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    for number in range(30):
        await files(stage, f"false alarm on P-{number:02}", f"missed a hole in panel {number:02}")
    modal = await opens_inbox(dana)
    assert "60 reports, page 1 of 6" in modal.text()
    assert len(modal.options("Reports")) == 10
    await modal.fills({"Reports": ticked(modal, "F-1", "F-3"), "Page": "Page 2"})
    await modal.submits()
    assert "page 2 of 6" in modal.text()
    assert "2 more are ticked on other pages." in modal.text()
    await modal.fills({"Reports": ticked(modal, "F-11"), "Kind": "Missed something"})
    await modal.submits()
    assert "30 reports, page 1 of 3" in modal.text()
    assert all("missed" in label for label in modal.options("Reports"))
    await modal.fills({"Order": "Newest first"})
    await modal.submits()
    assert modal.options("Reports")[0].startswith("F-60 ")
    await modal.fills({WHAT: "Decline, with the reason"})
    await modal.submits()
    assert all(reference in modal.text() for reference in ("F-1 ", "F-3 ", "F-11 "))
    await modal.fills({"Your reason": REASON})
    await modal.submits()
    assert "Declined: F-1, F-3, and F-11." in modal.text()


async def shows(modal: Modal, **filters: str) -> list[str]:
    """The references that an inbox lists once it is asked for something."""
    await modal.fills(filters)
    await modal.submits()
    nothing = "No report is like that." in modal.text()
    found = [] if nothing else [label.removeprefix("⚠️ ").partition(" ")[0] for label in modal.options("Reports")]
    await modal.closes()
    return found


async def test_each_filter_shows_what_it_says_and_what_is_unsafe_stands_first(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101, Pump Watch", "missed a hole, Screen Eye", "screen is dark, Screen Eye")
    await stage.person("U0OLA").runs("/model-feedback")
    form = await stage.person("U0OLA").sees_modal("Report behaviour")
    kind = next(label for label in form.options("What did it do?") if "False alarm" in label)
    await form.fills({"What did it do?": kind, "In your words": "The guard opened", "What did it cost?": "Unsafe"})
    await form.submits()
    await form.closes()
    await (await answers(dana, "Note the cause", "F-1", Cause="A threshold")).closes()
    await (await answers(dana, "Say that you have read it", "F-2")).closes()

    assert await shows(await opens_inbox(dana)) == ["F-4", "F-1", "F-2", "F-3"]
    assert await shows(await opens_inbox(dana), Show="New, read by nobody") == ["F-4", "F-1", "F-3"]
    assert await shows(await opens_inbox(dana), Show="Unsafe") == ["F-4"]
    assert await shows(await opens_inbox(dana), Tool="Screen Eye") == ["F-2", "F-3"]
    assert await shows(await opens_inbox(dana), Kind="Missed something") == ["F-2"]
    assert await shows(await opens_inbox(dana), Cause="A threshold") == ["F-1"]
    assert await shows(await opens_inbox(dana), Order="Newest first") == ["F-4", "F-3", "F-2", "F-1"]
    assert await shows(await opens_inbox(dana), Show="Answered") == []


async def test_two_are_passed_on_with_owner_day_and_work_order_and_their_reporters_hear_it(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101", "false alarm on P-102")
    modal = await answers(
        dana,
        "Pass it on",
        "F-1",
        "F-2",
        **{
            "Who looks after it now?": "Instrument shop",
            "Number of the work order": "WO-4711",
            "They get to it until": PROMISED.isoformat(),
            "Cause": "The data",
        },
    )
    assert "Passed on: F-1 and F-2." in modal.text()
    await stage.tick()
    told = await ola.sees("Instrument shop")
    for piece in ("F-1", "F-2", "WO-4711", "Sun 29 Mar 2026"):
        assert piece in told.text(), piece
    assert {row.cause for row in await stage.app.store.read(reports)} == {Cause.DATA}


async def test_a_report_of_the_same_place_is_proposed_though_no_word_of_it_is_the_same(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm, bearing hot on P-101", "smells burnt", "screen is dark")

    def at_the_pump(session: Session) -> None:
        session.exec(select(Feedback).where(Feedback.number == 2)).one().place = "p 101"

    await stage.app.store.write(at_the_pump)
    await dana.clicks("Open", on=await dana.sees("bearing hot on P-101"))
    modal = await dana.sees_modal("F-1")
    (alike,) = modal.options("These may be the same. Tick to treat alike")
    assert alike.startswith("F-2 ")


async def test_nothing_ticked_and_nothing_like_it_are_said(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    modal = await opens_inbox(dana)
    await modal.fills({WHAT: "Pass it on"})
    await modal.submits()
    assert "Tick at least one report." in str(modal.errors)
    await modal.closes()
    modal = await opens_inbox(dana)
    await modal.fills({"Show": "Answered"})
    await modal.submits()
    assert "No report is like that." in modal.text()


async def test_the_home_leads_to_the_inbox_and_a_tick_alone_opens_a_report(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    await dana.opens_home()
    await dana.clicks("See the reports", on=await dana.sees_home("See the reports"))
    modal = await dana.sees_modal("Reports")
    await modal.fills({"Reports": ticked(modal, "F-1")})
    await modal.submits()
    assert modal.title == "F-1"


async def test_ola_is_asked_back_and_answers_in_the_form_and_in_the_thread(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    await answers(dana, "Ask the reporter something", "F-1", **{"Your question": "Was <the belt> empty?"})
    await stage.tick()
    question = await ola.sees("has a question about your report F-1")
    assert "Was <the belt> empty?" in question.text()
    modal = await opens_inbox(dana)
    await modal.fills({"Reports": ticked(modal, "F-1"), WHAT: "Ask the reporter something"})
    await modal.submits()
    await modal.fills({"Your question": "And?"})
    await modal.submits()
    assert "A question about it waits for an answer already." in str(modal.errors)
    await modal.closes()

    await ola.clicks("Answer", on=question)
    form = await ola.sees_modal("Your answer")
    await form.fills({"Your answer": "It was & it shook"})
    await form.submits()
    assert "Dana Reyes gets your answer about F-1." in form.text()
    await form.closes()
    await stage.tick()
    await ola.sees_change(question, "You said: It was & it shook")
    assert "It was & it shook" in (await dana.sees("Ola Nordby answered about F-1.")).text()
    await ola.says("since Monday", in_thread_of=question)
    await stage.tick()
    (row,) = await stage.app.store.read(lambda session: session.exec(select(QuestionBack)).all())
    assert row.answer == "It was & it shook\nsince Monday"
    assert any("since Monday" in message.text() for message in dana.messages)


async def test_when_the_report_that_carries_on_is_withdrawn_the_message_of_the_other_one_changes(stage: Stage) -> None:
    ola, aroha, dana = stage.person("U0OLA"), stage.person("U0AROHA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    await aroha.runs("/model-feedback", "pump watch: false alarm on P-101")
    await stage.tick()
    await answers(dana, "It goes on in another report", "F-2", **{"Or its number": "F-1"})
    await stage.tick()
    news = await aroha.sees("is about the same as F-1, which carries on")
    before = len(aroha.messages)
    shown = (await ola.runs("/model-feedback", "F-1")).message
    assert shown is not None
    await ola.clicks("Withdraw", on=shown)
    await stage.quiet()
    await stage.tick()
    await aroha.sees_change(news, "Your report F-2 goes on by itself again: F-1 does not carry on.")
    assert len(aroha.messages) == before


async def test_nobody_else_answers_for_ola(stage: Stage) -> None:
    ola, dana, aroha = stage.person("U0OLA"), stage.person(DATA_SCIENTIST), stage.person("U0AROHA")
    await files(stage, "false alarm on P-101")
    await answers(dana, "Ask the reporter something", "F-1", **{"Your question": "Was the belt empty?"})
    await stage.tick()
    await ola.clicks("Answer", on=await ola.sees("has a question about your report F-1"))
    form = await ola.sees_modal("Your answer")
    await form.fills({"Your answer": "Yes"})
    await form.submits()
    payload = stage.slack.journal.inbound[-1].payload
    forged = {**payload, "user": {**payload["user"], "id": aroha.id}, "view": {**payload["view"], "id": "V0FORGED"}}
    answer = await stage.slack.send_raw("interactive", forged)
    assert "for whoever filed the report" in str(answer.payload)


async def test_a_duplicates_reporter_hears_which_report_carries_on(stage: Stage) -> None:
    dana, aroha = stage.person(DATA_SCIENTIST), stage.person("U0AROHA")
    await files(stage, "false alarm on P-101 at every start")
    await files(stage, "false alarm at start, P-101", who="U0AROHA")
    modal = await opens_inbox(dana)
    await modal.fills({"Reports": ticked(modal, "F-2"), WHAT: "It goes on in another report"})
    await modal.submits()
    await modal.fills({"Or its number": "the first"})
    await modal.submits()
    assert "Write the number of a report" in str(modal.errors)
    await modal.fills({"Or its number": "F-77"})
    await modal.submits()
    assert "There is no report F-77 here." in str(modal.errors)
    (likeliest,) = modal.options("In which? The likest first")
    await modal.fills({"Or its number": "", "In which? The likest first": likeliest})
    await modal.submits()
    assert "F-2" in modal.text()
    await stage.tick()
    await aroha.sees("Your report F-2 is about the same as F-1, which carries on.")


async def test_what_was_told_is_taken_back_with_a_word(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    await answers(dana, "Explain why it is right", "F-1", **{"Your explanation": "The pump was off"})
    await stage.tick()
    await ola.sees("did there what it is meant to do")
    modal = await opens_inbox(dana)
    await modal.fills({"Show": "Answered"})
    await modal.submits()
    await modal.fills({"Reports": ticked(modal, "F-1"), WHAT: "Take back, open it again"})
    await modal.submits()
    await modal.submits()
    assert "The reporter of F-1 knows of it already." in str(modal.errors)
    await modal.fills({"A word to the reporter": "I looked at another pump."})
    await modal.submits()
    stage.clock.advance(timedelta(hours=1))
    await stage.tick()
    again = await ola.sees("is open again: what you were told does not hold any more.")
    assert "I looked at another pump." in again.text()


@pytest.mark.parametrize("who", ["U0OLA", "U0LENA", "U0GRACE"])
async def test_others_have_no_inbox(stage: Stage, who: str) -> None:
    await files(stage, "false alarm on P-101")
    assert "not embedded with a team right now" in (await stage.person(who).runs("/change-note", "inbox")).text


async def test_a_forged_selection_of_somebody_else_changes_no_row(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    await answers(dana, "Say that you have read it", "F-1")
    payload = stage.slack.journal.inbound[-1].payload
    view = {**payload["view"], "id": "V0FORGED", "private_metadata": '{"step": "decline", "reports": [1]}'}
    forged = {**payload, "user": {**payload["user"], "id": ola.id}, "view": view}
    answer = await stage.slack.send_raw("interactive", forged)
    assert "Only the data scientists" in str(answer.payload)
    assert await stage.app.store.read(statuses) == ["acknowledged"]


async def test_the_reporter_sees_who_reads_it_next_until_it_was_read(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    assert "Nobody has read it yet. Dana Reyes is there today." in (await ola.runs("/model-feedback", "list")).text
    stage.clock.advance(timedelta(hours=10))
    assert "Dana Reyes is there on Tue 10 Mar 2026." in (await ola.runs("/model-feedback", "list")).text
    await answers(dana, "Say that you have read it", "F-1")
    assert "Nobody has read it yet" not in (await ola.runs("/model-feedback", "list")).text


async def test_dana_is_reminded_once_of_what_nobody_has_read(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101", "false alarm on P-102")
    for _ in range(4):
        stage.clock.advance(timedelta(days=1))
        await stage.tick()
    reminders = [message for message in dana.messages if "nobody has read them" in message.text()]
    assert len(reminders) == 1
    assert "F-1" in reminders[0].text()
    assert "F-2" in reminders[0].text()
    await dana.clicks("See the reports", on=reminders[0])
    await dana.sees_modal("Reports")
    told = await stage.app.store.read(
        lambda session: session.exec(select(Feedback.unread_told_at).order_by(col(Feedback.id))).all()
    )
    assert None not in told


async def test_a_report_without_words_is_named_in_the_reminder_by_what_it_is(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await ola.runs("/model-feedback")
    form = await ola.sees_modal("Report behaviour")
    kind = next(label for label in form.options("What did it do?") if "False alarm" in label)
    await form.fills({"What did it do?": kind})
    await form.submits()
    await form.closes()
    for _ in range(4):
        stage.clock.advance(timedelta(days=1))
        await stage.tick()
    reminder = await dana.sees("nobody has read it")
    assert "F-1 🔕 False alarm, Pump Watch\n" in f"{reminder.text()}\n"


async def test_whoever_opens_a_report_sees_what_was_promised_and_to_whom_it_was_passed_on(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    await (await answers(dana, "Work on it, until a day", "F-1", **{"Done until": PROMISED.isoformat()})).closes()
    passed_on = {"Who looks after it now?": "Instrument shop", "Number of the work order": "WO-4711"}
    await stage.tick()
    await (
        await answers(dana, "Pass it on", "F-1", **passed_on, **{"A word to the reporter": "They know it."})
    ).closes()
    modal = await opens_inbox(dana)
    await modal.fills({"Show": "Answered"})
    await modal.submits()
    await modal.fills({"Reports": ticked(modal, "F-1")})
    await modal.submits()
    lines = modal.text().splitlines()
    assert "Dana Reyes: being worked on. By Sun 29 Mar 2026." in lines
    assert "Dana Reyes: passed on. To Instrument shop. Work order WO-4711. “They know it.”" in lines


@pytest.mark.parametrize("then", ["another day", "a no"])
async def test_a_promise_that_holds_again_is_said_to_hold_again(stage: Stage, then: str) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")

    async def hour_later() -> None:
        await stage.tick()
        stage.clock.advance(timedelta(hours=1, minutes=1))

    promise = "Work on it, until a day"
    await (await answers(dana, promise, "F-1", **{"Done until": PROMISED.isoformat()})).closes()
    await hour_later()
    if then == "another day":
        later = (PROMISED + timedelta(days=3)).isoformat()
        await (await answers(dana, promise, "F-1", **{"Done until": later})).closes()
    else:
        await (await answers(dana, "Decline, with the reason", "F-1", **{"Your reason": REASON})).closes()
    await hour_later()
    modal = await opens_inbox(dana)
    await modal.fills({"Show": "Answered" if then == "a no" else "All that are open"})
    await modal.submits()
    await modal.fills({"Reports": ticked(modal, "F-1"), WHAT: "Take back, open it again"})
    await modal.submits()
    await modal.fills({"A word to the reporter": "I looked at another pump."})
    await modal.submits()
    await hour_later()
    again = await ola.sees("I looked at another pump.")
    assert "What you were told last about F-1 (Pump Watch) does not hold any more." in again.text()
    assert "It is worked on as promised before, and meant to be done by Sun 29 Mar 2026." in again.text()


async def test_who_ticks_too_many_is_told_so_and_none_of_them_is_lost(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    for number in range(11):
        await files(stage, *(f"false alarm on P-{number}{digit}" for digit in range(10)))
    modal = await opens_inbox(dana)
    for page in range(2, 12):
        await modal.fills({"Reports": modal.options("Reports"), "Page": f"Page {page}"})
        await modal.submits()
    assert "100 more are ticked on other pages." in modal.text()
    await modal.fills({"Reports": modal.options("Reports"), WHAT: "Say that you have read it"})
    await modal.submits()
    assert "You can tick 100 reports at most." in str(modal.errors)
    await modal.fills({"Reports": []})
    await modal.submits()
    await modal.submits()
    assert set(await stage.app.store.read(statuses)) == {FeedbackStatus.ACKNOWLEDGED, FeedbackStatus.NEW}
    assert (await stage.app.store.read(statuses)).count(FeedbackStatus.NEW) == 10


async def test_what_was_withdrawn_while_it_was_open_says_so(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101")
    await dana.clicks("Open", on=await dana.sees("P-101"))
    modal = await dana.sees_modal("F-1")
    shown = (await ola.runs("/model-feedback", "F-1")).message
    assert shown is not None
    await ola.clicks("Withdraw", on=shown)
    await modal.fills({"What do you want to do?": "Decline, with the reason"})
    await modal.submits()
    assert "It was taken back by whoever filed it." in str(modal.errors)


async def test_who_ticks_several_is_asked_what_to_do_with_them(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await files(stage, "false alarm on P-101", "false alarm on P-102")
    modal = await opens_inbox(dana)
    await modal.fills({"Reports": ticked(modal, "F-1", "F-2")})
    await modal.submits()
    assert "Pick what to do with those ticked. To open one, tick it alone." in str(modal.errors)


async def test_two_who_answer_one_report_at_once_do_not_undo_each_other_unseen(stage: Stage) -> None:
    ola, dana, henrik = stage.person("U0OLA"), stage.person(DATA_SCIENTIST), stage.person("U0HENRIK")

    def henrik_is_embedded_too(session: Session) -> None:
        embedding, who = session.exec(select(Embedding)).one(), select(Member).where(Member.slack_id == henrik.id)
        access.give(session, session.exec(who).one(), Role.DATA_SCIENTIST, Scope.EMBEDDING, embedding.key, at=BEGUN_AT)

    await stage.app.store.write(henrik_is_embedded_too)
    await files(stage, "false alarm on P-101")
    modal = await opens_inbox(dana)
    await modal.fills({"Reports": ticked(modal, "F-1")})
    await modal.submits()
    await answers(henrik, "Work on it, until a day", "F-1", **{"Done until": PROMISED.isoformat()})
    await modal.fills({"What do you want to do?": "Decline, with the reason"})
    await modal.submits()
    await modal.fills({"Your reason": REASON})
    await modal.submits()
    assert f"{henrik.name} answered it meanwhile. Look at it again first." in str(modal.errors)
    await stage.tick()
    await ola.sees("means to have it done by Sun 29 Mar 2026")
