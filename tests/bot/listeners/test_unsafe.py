"""Something unsafe, in Slack: typed, ticked and tapped, until somebody has it."""

from datetime import time, timedelta

import pytest
from sqlmodel import select

from bot.demo.stage import Stage
from bot.demo.story import LEAD, WORKSHOP
from bot.forms import FormErrors
from bot.forms import feedback as feedback_forms
from bot.forms import unsafe as unsafe_forms
from bot.forms.request import Request
from bot.listeners.rows import Act
from bot.listeners.table import TABLE
from bot.local_slack import Person
from bot.texts import Texts
from store import absences, feedback, unsafe
from store.deliveries import Kind, Status
from store.feedback import FeedbackStatus, Impact
from store.not_now import Days, QuietHours
from store.people import Caller
from store.people import Person as KnownPerson
from store.policy import Policy
from store.preferences import Chosen, choose
from store.roles import Grant, Role
from store.shifts import local_day
from store.store import Session
from store.teams import Team
from store.unsafe import UnsafeCall
from tests.bot.conftest import Staging
from tests.bot.listeners.test_home import in_order, make
from tests.bot.opening import ADMIN, deliveries, moment, reports
from tests.bot.texts.hostile import harm
from tests.scenarios.shown import shown

OLA, ON_SHIFT, OFF_SHIFT, DANA = "U0OLA", "U0TOMASZ", "U0FATIMA", "U0DANA"
"""A mechanic, the duty contact of the crew at work, that of the other crew, and the data scientist."""
WORDS = "unsafe P-101 valve sticks"
DANGER = "Danger now? Stop and call 000. This app is not the emergency or hazard system."
UNSEEN_AFTER = Policy().unsafe_unseen_after


async def types(stage: Stage, words: str = WORDS) -> str:
    answer = await stage.person(OLA).runs("/model-feedback", words)
    await stage.quiet()
    await stage.tick()
    return answer.text


async def passes(stage: Stage, span: timedelta = UNSEEN_AFTER) -> None:
    stage.clock.advance(span)
    await stage.tick()


def called(stage: Stage, who: str) -> list[str]:
    """What somebody was called about."""
    return [message.text() for message in stage.person(who).messages if "Unsafe: F-" in message.text()]


def told(person: Person, words: str) -> int:
    return sum(words in message.text() for message in person.messages)


def caller(stage: Stage, who: str) -> Caller:
    return Caller("", stage.site.workspace, who)


@pytest.mark.parametrize(
    ("words", "is_unsafe"),
    [
        ("unsafe P-101 valve sticks", True),
        ("P-101 valve sticks, DANGEROUS!", True),
        ("that’s not safe", True),
        ("the guard isn’t safe", True),
        ("a near-miss at P-101", True),
        ("not  safe\nat all", True),
        ("hot, but not hazardous", False),
        ("false alarm, it is not unsafe", False),
        ("isn’t dangerous, but annoying", False),
        ("not unsafe on P-101 but dangerous on P-102", True),
        ("unsafely worded", False),
        ("false alarm on P-101", False),
    ],
)
def test_words_of_the_catalogue_say_that_something_is_unsafe(words: str, is_unsafe: bool) -> None:
    (report,) = feedback_forms.command(Request({"text": words}), Texts("en-US"))
    assert (report.impact is Impact.UNSAFE) is is_unsafe


@pytest.mark.parametrize("value", ["7", "7/maybe", "x/yes", "7/yes/no", ""])
def test_a_tap_that_cannot_be_read_is_refused(value: str) -> None:
    with pytest.raises(FormErrors):
        unsafe_forms.tapped(Request({"actions": [{"value": value}]}), Texts("en-US"))


def test_no_row_files_a_report_without_calling_anybody() -> None:
    filing = {row.use_case for row in TABLE if isinstance(row, Act)}
    assert unsafe.file_report in filing
    assert feedback.file_feedback not in filing


async def test_typed_it_is_filed_at_once_and_the_answer_says_first_what_to_do_in_danger(stage: Stage) -> None:
    text = await types(stage)
    assert in_order(text, DANGER, "F-1 is filed. Tomasz Wrona and Dana Reyes are told now.", "May they call you?")
    (row,) = await stage.app.store.read(reports)
    assert (row.impact, row.text) == (Impact.UNSAFE, WORDS)
    for who in (ON_SHIFT, DANA):
        (message,) = called(stage, who)
        assert in_order(message, "Unsafe: F-1 on Pump Watch", WORDS, "Ola Nordby")
    assert called(stage, OFF_SHIFT) == called(stage, LEAD) == []
    assert told(stage.person(DANA), "New report") == 0


async def test_the_answer_says_as_what_it_is_down_and_puts_a_guessed_tool_right(stage: Stage) -> None:
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    answer = await ola.runs("/model-feedback", "unsafe: false alarm on P-101")
    assert in_order(answer.text, DANGER, "May they call you?", "It is down as: False alarm, Pump Watch.")
    assert answer.message is not None
    assert answer.message.buttons == ["Yes", "No", "Edit", "It was Screen Eye"]
    await stage.tick()
    await tomasz.sees("Unsafe: F-1 on Pump Watch")
    await ola.clicks("It was Screen Eye", on=answer.message)
    await ola.sees_change(answer.message, "It is down as: False alarm, Screen Eye.")
    assert in_order(answer.message.current().text(), DANGER, "May they call you?")
    await stage.quiet()
    await stage.tick()
    await tomasz.sees("Unsafe: F-1 on Screen Eye")
    assert len(called(stage, ON_SHIFT)) == 1
    again = await ola.runs("/model-feedback", "unsafe: false alarm on P-102")
    assert again.message is not None
    await ola.clicks("No", on=again.message)
    await stage.quiet()
    assert again.message.current().buttons == ["Edit"]
    await ola.clicks("Edit", on=again.message)
    await ola.sees_modal("Change F-2")


async def test_it_goes_at_night_and_in_quiet_hours_as_well(stage: Stage) -> None:
    quiet = Chosen(QuietHours(time(22), time(6)), reminders=False)
    stage.clock.advance_to(moment(stage.clock.now().date(), 23))
    await stage.tick()
    await stage.app.store.write(choose, quiet, by=caller(stage, ON_SHIFT), at=stage.clock.now())
    await types(stage)
    # Nobody of either crew's duty contacts is on shift at that hour, so both are called.
    assert len(called(stage, ON_SHIFT)) == len(called(stage, OFF_SHIFT)) == 1


async def test_who_has_it_is_told_to_the_reporter_at_once_and_seen_by_the_others(stage: Stage) -> None:
    await types(stage)
    tomasz, dana, ola = stage.person(ON_SHIFT), stage.person(DANA), stage.person(OLA)
    await tomasz.clicks("I've got it", on=await tomasz.sees("Unsafe: F-1"))
    await stage.tick()
    await ola.sees("Tomasz Wrona has your report F-1.")
    await tomasz.sees("You have it, since")
    await dana.sees("Tomasz Wrona has it, since")
    await passes(stage)
    assert called(stage, OFF_SHIFT) == []
    assert told(ola, "Nobody has seen") == 0


async def test_somebody_who_taps_a_moment_later_reads_who_has_it(stage: Stage) -> None:
    await types(stage)
    tomasz, dana = stage.person(ON_SHIFT), stage.person(DANA)
    late = await dana.sees("Unsafe: F-1")
    await tomasz.clicks("I've got it", on=await tomasz.sees("Unsafe: F-1"))
    await dana.clicks("I've got it", on=late)
    await stage.quiet()
    await dana.sees("Tomasz Wrona has F-1 already. Nothing to do for you.")


async def test_nobody_takes_it_so_the_next_and_then_the_lead_are_called_and_the_reporter_is_told(stage: Stage) -> None:
    await types(stage)
    ola = stage.person(OLA)
    await passes(stage, UNSEEN_AFTER - timedelta(minutes=1))
    assert called(stage, OFF_SHIFT) == []
    await passes(stage, timedelta(minutes=1))
    assert len(called(stage, OFF_SHIFT)) == 1
    await ola.sees("Nobody has seen F-1 yet. Call 000. Others are told now.")
    assert called(stage, LEAD) == []
    await passes(stage)
    assert len(called(stage, LEAD)) == 1
    await passes(stage)
    await ola.sees("F-1 is filed, but there is nobody else I can reach. Call 000.")
    for _ in range(3):
        await passes(stage)
    assert told(ola, "Nobody has seen") == told(ola, "nobody else") == 1
    assert [len(called(stage, who)) for who in (ON_SHIFT, OFF_SHIFT, LEAD, DANA)] == [1, 1, 1, 1]


async def test_after_downtime_each_is_told_once(stage: Stage) -> None:
    await types(stage)
    await passes(stage, 2 * UNSEEN_AFTER + timedelta(minutes=3))
    assert [len(called(stage, who)) for who in (OFF_SHIFT, LEAD)] == [1, 1]
    assert told(stage.person(OLA), "Nobody has seen") == 1


async def test_an_admin_sees_on_the_home_that_nobody_is_left(stage: Stage) -> None:
    await stage.app.store.write(make, ADMIN, Role.ADMIN)
    await types(stage)
    for _ in range(3):
        await passes(stage)
    henrik = stage.person(ADMIN)
    await henrik.opens_home()
    await stage.quiet()
    home = await henrik.sees_home("F-1 on Pump Watch is unsafe")
    assert "nobody left to tell in Fixed plant maintenance" in home.text()


async def test_with_everybody_away_the_answer_says_to_call_and_nothing_is_lost(stage: Stage) -> None:
    today = local_day(stage.clock.now(), "Australia/Perth")
    for who in (ON_SHIFT, OFF_SHIFT, LEAD, DANA):
        await stage.app.store.write(absences.go_away, Days(today, today), by=caller(stage, who), at=stage.clock.now())
    text = await types(stage)
    assert "F-1 is filed, but there is nobody else I can reach. Call 000." in text
    assert len(await stage.app.store.read(reports)) == 1


async def test_the_reporter_says_that_they_may_be_called_and_the_called_read_it(stage: Stage) -> None:
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    await ola.runs("/model-feedback", WORDS)
    await stage.quiet()
    await stage.tick()
    await ola.clicks("Yes", on=await ola.sees("May they call you?"))
    await stage.quiet()
    await stage.tick()
    answer = await ola.sees("Noted: they may call you.")
    assert DANGER in answer.text()
    await tomasz.sees("You may call them.")


async def test_ticked_in_the_form_it_is_filed_and_the_next_screen_asks(stage: Stage) -> None:
    ola = stage.person(OLA)
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    assert modal.text().index(DANGER) < modal.text().index("What did it do?")
    tick, kind = modal.options("Unsafe?")[0], modal.options("What did it do?")[0]
    await modal.fills({"Unsafe?": [tick], "What did it do?": kind, "In your words": "The guard opens"})
    await modal.submits()
    await modal.sees("May they call you?")
    assert DANGER in modal.text()
    (row,) = await stage.app.store.read(reports)  # nothing is lost if they close it now
    assert row.impact is Impact.UNSAFE
    await modal.fills({"May they call you?": "No"})
    await modal.submits()
    await modal.sees("Noted: they will not call you.")
    await stage.tick()
    await stage.person(ON_SHIFT).sees("Please do not call them.")


async def test_what_it_cost_in_the_form_counts_as_well(stage: Stage) -> None:
    ola = stage.person(OLA)
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    kind = modal.options("What did it do?")[0]
    await modal.fills({"What did it do?": kind, "What did it cost?": "Unsafe"})
    await modal.submits()
    await modal.sees("May they call you?")


async def test_words_in_the_form_that_say_unsafe_call_people_without_the_tick(stage: Stage) -> None:
    ola = stage.person(OLA)
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    kind = modal.options("What did it do?")[0]
    words = "The guard isn’t safe: a near-miss"
    await modal.fills({"What did it do?": kind, "What did it cost?": "Extra work", "In your words": words})
    await modal.submits()
    await modal.sees("May they call you?")
    assert in_order(modal.text(), DANGER, "F-1 is filed. Tomasz Wrona and Dana Reyes are told now.")
    await stage.tick()
    assert len(called(stage, ON_SHIFT)) == 1


async def test_in_the_form_that_changes_a_report_the_tick_alone_says_whether_it_is_unsafe(stage: Stage) -> None:
    await types(stage)
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    await tomasz.sees("Unsafe: F-1")
    answer = await ola.runs("/model-feedback", "F-1")
    assert answer.message is not None
    await ola.clicks("Edit", on=answer.message)
    modal = await ola.sees_modal("Change F-1")
    assert modal.fields["In your words"] == WORDS
    await modal.fills({"Unsafe?": [], "What did it do?": modal.options("What did it do?")[0]})
    await modal.submits()
    await modal.sees("F-1 is now")
    await stage.tick()
    await tomasz.sees("Ola Nordby says that F-1 on Pump Watch is not unsafe. Nothing to do.")


async def test_the_button_on_the_home_leads_to_a_short_form(stage: Stage) -> None:
    ola = stage.person(OLA)
    await ola.opens_home()
    await stage.quiet()
    await ola.clicks("Something unsafe", on=await ola.sees_home("Your reports"))
    modal = await ola.sees_modal("Something unsafe")
    assert in_order(modal.text(), DANGER, "May they call you?", "What is unsafe, and where?")
    await modal.fills({"May they call you?": "Yes", "What is unsafe, and where?": "The guard of P-101 opens"})
    await modal.submits()
    await modal.sees("F-1 is filed. Tomasz Wrona and Dana Reyes are told now.")
    await stage.tick()
    await stage.person(ON_SHIFT).sees("You may call them.")


async def test_the_home_of_the_called_shows_it_first_and_takes_it_there(stage: Stage) -> None:
    await stage.person("U0AROHA").runs("/model-feedback", "false alarm on P-102")
    await types(stage)
    tomasz, dana = stage.person(ON_SHIFT), stage.person(DANA)
    await dana.opens_home()
    await stage.quiet()
    home = await dana.sees_home("Unsafe: F-2")
    assert in_order(home.text(), "Unsafe: F-2", "false alarm on P-102")
    assert home.text().count(WORDS) == 1
    await tomasz.opens_home()
    await stage.quiet()
    await tomasz.clicks("I've got it", on=await tomasz.sees_home("Unsafe: F-2"))
    await stage.quiet()
    assert "Unsafe: F-2" not in (await tomasz.sees_home("Waiting for you")).text()


async def test_it_stands_first_in_ones_own_list(stage: Stage) -> None:
    ola = stage.person(OLA)
    await types(stage)
    await ola.runs("/model-feedback", "false alarm on P-102")
    answer = await ola.runs("/model-feedback", "list")
    assert in_order(answer.text, "F-1", "⚠️", "F-2")


async def test_it_stands_first_on_the_home_and_among_what_a_change_note_may_answer(stage: Stage) -> None:
    ola, dana, tomasz = stage.person(OLA), stage.person(DANA), stage.person(ON_SHIFT)
    await ola.runs("/model-feedback", "pump watch: false alarm on P-102")
    await types(stage)
    await ola.runs("/model-feedback", "pump watch: P-103 rang")
    await tomasz.clicks("I've got it", on=await tomasz.sees("Unsafe: F-2"))
    for words in ("P-102", "P-103"):
        await dana.clicks("I've read it", on=await dana.sees(words))
    await stage.quiet()
    await ola.opens_home()
    await stage.quiet()
    assert in_order((await ola.sees_home("Your reports")).text(), "Your reports", "⚠️ F-2", "F-3", "F-1")
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    found = modal.options("Which reports does it answer?")
    assert [one.split()[0] for one in found] == ["F-2", "F-1", "F-3"]


async def test_a_data_scientist_who_reads_it_has_it(stage: Stage) -> None:
    await types(stage)
    dana = stage.person(DANA)
    await dana.runs("/change-note", "inbox")
    modal = await dana.sees_modal("Reports")
    await modal.fills(
        {"Reports": modal.options("Reports"), "What to do with those ticked": "Say that you have read it"}
    )
    await modal.submits()
    await modal.submits()
    await stage.quiet()
    await stage.tick()
    await stage.person(OLA).sees("Dana Reyes has your report F-1.")
    assert told(stage.person(OLA), "has read your report") == 0


async def test_a_duty_contact_who_is_none_any_more_reads_why_nothing_happened(stage: Stage) -> None:
    def dismiss(session: Session) -> None:
        for grant in session.exec(select(Grant).where(Grant.role == Role.DUTY_CONTACT)).all():
            session.delete(grant)

    await types(stage)
    await stage.app.store.write(dismiss)
    tomasz = stage.person(ON_SHIFT)
    await tomasz.clicks("I've got it", on=await tomasz.sees("Unsafe: F-1"))
    await stage.quiet()
    await tomasz.sees("You are none of them now.")
    (call,) = await stage.app.store.read(lambda session: session.exec(select(UnsafeCall)).all())
    assert call.taken_at is None


async def test_whose_account_is_switched_off_meanwhile_is_not_waited_for(stage: Stage) -> None:
    def switch_off(session: Session) -> None:
        session.exec(select(KnownPerson).where(KnownPerson.slack_id == OFF_SHIFT)).one().active = False

    await types(stage)
    await stage.app.store.write(switch_off)
    await passes(stage)
    assert called(stage, OFF_SHIFT) == []
    assert len(called(stage, LEAD)) == 1


async def test_when_it_is_withdrawn_those_who_were_called_are_told(stage: Stage) -> None:
    def withdraw(session: Session) -> None:
        (row,) = reports(session)
        row.status = FeedbackStatus.WITHDRAWN
        session.add(row)
        unsafe.withdraw(session, row, at=stage.clock.now())

    await types(stage)
    tomasz = stage.person(ON_SHIFT)
    message = await tomasz.sees("Unsafe: F-1")
    await stage.app.store.write(withdraw)
    await stage.tick()
    await tomasz.sees("F-1 on Pump Watch was withdrawn by Ola Nordby. Nothing to do.")
    assert "I've got it" not in message.buttons
    await passes(stage)
    assert called(stage, OFF_SHIFT) == []


@pytest.mark.parametrize(
    "words",
    [
        "unsafe " + "P-101 " * 8_000,
        "unsafe <!channel> <@U0DANA> *P-101*",
        "unsafe 🔥🔥🔥",
        "unsafe \u202eصمام لا يغلق",
        "unsafe",
    ],
    ids=["50,000 characters", "mentions", "pictograms", "right to left", "nothing else"],
)
async def test_whatever_was_typed_is_kept_and_pings_nobody_else(stage: Stage, words: str) -> None:
    await types(stage, words)
    (row,) = await stage.app.store.read(reports)
    assert row.text == words.strip()
    rows = await stage.app.store.read(deliveries, Kind.UNSAFE_CALLED)
    assert [one.status for one in rows] == [Status.SENT, Status.SENT]
    assert {each.through: harm(each.content) for each in shown(stage.slack.journal) if harm(each.content)} == {}


async def test_a_site_without_a_number_sends_people_to_their_own(on_stage: Staging) -> None:
    def forget(session: Session) -> None:
        session.exec(select(Team)).one().emergency = None

    async with on_stage() as stage:
        await stage.app.store.write(forget)
        assert "Stop and call your site's emergency number." in await types(stage)
        await passes(stage)
        await stage.person(OLA).sees("Call your site's emergency number. Others are told now.")


async def test_what_is_unsafe_and_written_to_the_app_calls_people_at_once(stage: Stage) -> None:
    ola = stage.person(OLA)
    await ola.says("P-101 is unsafe, the valve sticks")
    await stage.quiet()
    await stage.tick()
    answer = await ola.sees("May they call you?")
    assert DANGER in answer.text()
    assert answer.buttons[:2] == ["Yes", "No"]
    assert len(called(stage, ON_SHIFT)) == 1
    await ola.clicks("No", on=answer)
    await stage.quiet()
    assert "Please do not call them." in called(stage, ON_SHIFT)[0]


async def test_words_of_a_message_that_say_unsafe_tick_the_form_of_the_shortcut(stage: Stage) -> None:
    ola = stage.person(OLA)
    message = await stage.person(ON_SHIFT).says("P-101 is unsafe", WORKSHOP)
    await ola.uses_shortcut("Report model behaviour", on=message)
    modal = await ola.sees_modal("Report behaviour")
    await modal.fills({"What did it do?": modal.options("What did it do?")[0]})
    await modal.submits()
    await modal.fills({"May they call you?": "No"})
    await modal.submits()
    await stage.quiet()
    await stage.tick()
    (report,) = await stage.app.store.read(reports)
    assert report.impact is Impact.UNSAFE
    assert len(called(stage, ON_SHIFT)) == 1
