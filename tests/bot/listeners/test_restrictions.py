"""What not to rely on a tool for, in Slack: said, told at the start of shifts, shown everywhere, and lifted."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.demo.story import FIRST_DAY, LEAD
from bot.forms import FormErrors
from bot.forms import restrictions as restriction_forms
from bot.forms.request import Request
from bot.texts import Texts
from store.deliveries import Kind, Status
from store.store import Session
from tests.bot.opening import HELPED, asked, deliveries, moment
from tests.bot.texts.hostile import harm
from tests.scenarios.shown import shown

OLA, ON_SHIFT, DANA, OWNER = "U0OLA", "U0TOMASZ", "U0DANA", "U0HENRIK"
OFF_SHIFT = "U0JARRAH"
"""Somebody of the crew that has days off."""
TOLD = "Do not rely on Pump Watch for P-101"


async def restrict(stage: Stage, who: str = LEAD, **more: str) -> str:
    """Somebody says what not to rely on. Returns what they read then."""
    person = stage.person(who)
    await person.runs("/model-feedback", "restrict")
    modal = await person.sees_modal("Do not rely on a tool")
    await modal.fills({"Tool": "Pump Watch", "Do not rely on it for": "P-101", "Why?": "It missed two failures"})
    await modal.fills(more)
    await modal.submits()
    text = modal.text() if not modal.errors else str(modal.errors)
    if not modal.errors:
        await modal.closes()
    await stage.quiet()
    await stage.tick()
    return text


async def lift(stage: Stage, who: str = LEAD, because: str = "New sensor") -> str:
    person = stage.person(who)
    await person.runs("/model-feedback", "lift")
    modal = await person.sees_modal("Rely on it again")
    await modal.fills({"Why can it be relied on again?": because})
    await modal.submits()
    text = modal.text()
    await modal.closes()
    await stage.quiet()
    await stage.tick()
    return text


def told(stage: Stage, who: str, words: str = TOLD) -> int:
    return sum(words in message.text() for message in stage.person(who).messages)


def form_of(**fields: Any) -> Request:
    given = {
        "tool": {"selected_option": {"value": "1"}},
        "what_for": {"value": "P-101"},
        "why": {"value": "It missed two failures"},
        **fields,
    }
    values = {name: {"entered": state} for name, state in given.items()}
    return Request({"view": {"state": {"values": values}}})


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"what_for": {"value": "  "}}, "what_for"),
        ({"why": {"value": None}}, "why"),
        ({"until_time": {"selected_time": "14:00"}}, "until_day"),
        ({"until_day": {"selected_date": "tomorrow"}}, "until_day"),
        ({"tool": {}}, "tool"),
    ],
)
def test_what_is_missing_or_cannot_be_read_is_said_at_its_field(fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(FormErrors) as errors:
        restriction_forms.modal(form_of(**fields), Texts("en-US"))
    assert list(errors.value.errors) == [wrong]


def test_lifting_needs_a_reason() -> None:
    with pytest.raises(FormErrors) as errors:
        restriction_forms.lift(form_of(because={"value": " "}), Texts("en-US"))
    assert list(errors.value.errors) == ["because"]


async def test_the_crew_at_work_its_data_scientist_and_its_owner_hear_now(stage: Stage) -> None:
    text = await restrict(stage)
    assert TOLD in text
    assert "It missed two failures (Lena Fischer)" in text
    assert [told(stage, who) for who in (OLA, ON_SHIFT, DANA, OWNER)] == [1, 1, 1, 1]
    assert told(stage, OFF_SHIFT) == told(stage, LEAD) == 0


async def test_a_crew_that_has_gone_home_hears_at_the_start_of_its_next_shift(stage: Stage) -> None:
    stage.clock.advance_to(moment(FIRST_DAY, 19))
    await stage.tick()
    await restrict(stage)
    assert [told(stage, who) for who in (OLA, DANA)] == [0, 1]
    stage.clock.advance_to(moment(FIRST_DAY + timedelta(days=1), 5, 59))
    await stage.tick()
    assert told(stage, OLA) == 0
    stage.clock.advance(timedelta(minutes=1))
    await stage.tick()
    assert told(stage, OLA) == 1


async def test_nobody_else_is_offered_the_form(stage: Stage) -> None:
    for word in ("restrict", "lift"):
        assert "Only a lead or a duty contact" in (await stage.person(OLA).runs("/model-feedback", word)).text
    assert "restrict" not in (await stage.person(OLA).runs("/model-feedback", "help")).text
    assert "restrict" in (await stage.person(LEAD).runs("/model-feedback", "help")).text


async def test_it_stands_in_the_form_the_answer_the_list_the_home_and_the_question(stage: Stage) -> None:
    await restrict(stage)
    ola = stage.person(OLA)
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    assert TOLD in modal.text()
    await modal.closes()
    assert TOLD in (await ola.runs("/model-feedback", "Pump Watch false alarm")).text
    assert TOLD not in (await ola.runs("/model-feedback", "Screen Eye missed a hole")).text
    listed = await ola.runs("/model-feedback", "list")
    assert listed.message is not None
    assert TOLD in listed.message.text()
    await stage.person(DANA).runs("/change-note", "inbox")
    assert TOLD in (await stage.person(DANA).sees_modal("Reports")).text()
    await ola.opens_home()
    await stage.quiet()
    assert "Lift" not in (await ola.sees_home(TOLD)).buttons
    person, question = await asked(stage)
    assert TOLD in question.text()
    await person.clicks(HELPED, on=question)
    await person.sees_change(question, "You said")
    assert TOLD in question.text()


async def test_it_stands_on_every_report_on_the_tool_until_it_is_lifted(stage: Stage) -> None:
    await restrict(stage)
    ola, dana, tomasz = stage.person(OLA), stage.person(DANA), stage.person(ON_SHIFT)
    await ola.runs("/model-feedback", "Pump Watch false alarm")
    guessed = await ola.runs("/model-feedback", "missed a hole")
    assert guessed.message is not None
    await ola.clicks("It was Screen Eye", on=guessed.message)
    await ola.sees_change(guessed.message, "F-2 is now")
    assert TOLD not in guessed.message.current().text()
    await ola.clicks("It was Pump Watch", on=guessed.message)
    await stage.quiet()
    assert TOLD in guessed.message.current().text()
    await ola.clicks("It was Screen Eye", on=guessed.message)
    await stage.quiet()
    await ola.runs("/model-feedback", "Pump Watch is unsafe at P-102")
    await stage.quiet()
    await stage.tick()
    assert TOLD in (await ola.runs("/model-feedback", "F-1")).text
    assert TOLD not in (await ola.runs("/model-feedback", "F-2")).text
    message = await dana.sees("Pump Watch false alarm")
    assert TOLD in message.text()
    assert TOLD in (await tomasz.sees("Unsafe: F-3")).text()
    await dana.clicks("Open", on=message)
    assert TOLD in (await dana.sees_modal("F-1")).text()
    await lift(stage)
    assert TOLD not in (await ola.runs("/model-feedback", "F-1")).text


async def test_it_is_said_from_the_message_about_something_unsafe(stage: Stage) -> None:
    await stage.person(OLA).runs("/model-feedback", "unsafe: Screen Eye missed a hole in panel 14")
    await stage.quiet()
    await stage.tick()
    tomasz = stage.person(ON_SHIFT)
    await tomasz.clicks("Say what not to rely on", on=await tomasz.sees("Unsafe: F-1"))
    modal = await tomasz.sees_modal("Do not rely on a tool")
    await modal.fills({"Do not rely on it for": "panel 14", "Why?": "F-1"})  # the tool is chosen already
    await modal.submits()
    await modal.sees("Do not rely on Screen Eye for panel 14")
    assert "Say what not to rely on" not in (await stage.person(DANA).sees("Unsafe: F-1")).buttons


async def test_with_an_end_it_says_until_when_and_ends_by_itself(stage: Stage) -> None:
    day = FIRST_DAY.isoformat()
    text = await restrict(stage, **{"Until, day (empty: until it is lifted)": day,
                                    "Until, time (empty: until that day is over)": "14:00"})  # fmt: skip
    assert f"until {FIRST_DAY.day} Mar, 14:00" in text
    stage.clock.advance_to(moment(FIRST_DAY, 14))
    await stage.tick()
    ended = "“Do not rely on Pump Watch for P-101” has ended."
    assert told(stage, OLA, ended) == 1
    assert told(stage, OFF_SHIFT, ended) == told(stage, OFF_SHIFT) == 0
    stage.clock.advance_to(moment(FIRST_DAY + timedelta(days=6), 7))
    await stage.tick()
    assert told(stage, OFF_SHIFT, TOLD) == 0
    await stage.person(OLA).opens_home()
    await stage.quiet()
    assert TOLD not in (await stage.person(OLA).sees_home("Your reports")).text()


async def test_an_end_that_is_past_is_refused_where_it_was_picked(stage: Stage) -> None:
    text = await restrict(stage, **{"Until, day (empty: until it is lifted)": date(2026, 3, 1).isoformat()})
    assert "That is over already" in text
    assert await stage.app.store.read(deliveries, Kind.RESTRICTION_TOLD) == []


async def test_lifting_is_told_with_its_reason_and_to_those_only_who_had_heard(stage: Stage) -> None:
    await restrict(stage)
    stage.clock.advance(timedelta(hours=1))
    assert "Everybody who had heard of it is told" in await lift(stage)
    lifted = "You can rely on Pump Watch for P-101 again, says Lena Fischer: New sensor"
    assert [told(stage, who, lifted) for who in (OLA, DANA, OWNER)] == [1, 1, 1]
    stage.clock.advance_to(moment(FIRST_DAY + timedelta(days=7), 7))
    await stage.tick()
    assert told(stage, OFF_SHIFT) == told(stage, OFF_SHIFT, lifted) == 0
    assert "nothing to lift" in (await stage.person(LEAD).runs("/model-feedback", "lift")).text


async def test_it_is_lifted_from_the_home_and_a_second_lead_is_told_who_was_first(stage: Stage) -> None:
    await restrict(stage)
    lena, tomasz = stage.person(LEAD), stage.person(ON_SHIFT)
    forms = []
    for person in (lena, tomasz):
        await person.opens_home()
        await stage.quiet()
        await person.clicks("Lift", on=await person.sees_home(TOLD))
        forms.append(await person.sees_modal("Rely on it again"))
    for modal in forms:
        await modal.fills({"Why can it be relied on again?": "New sensor"})
        await modal.submits()
    await forms[0].sees("Lifted: Pump Watch for P-101.")
    assert "Lena Fischer has lifted it already. Nothing to do." in str(forms[1].errors)


async def test_the_same_again_is_refused_and_another_end_is_told(stage: Stage) -> None:
    await restrict(stage)
    assert "Lena Fischer has said that already: Pump Watch, P-101" in await restrict(stage, ON_SHIFT)
    again = {"Until, day (empty: until it is lifted)": (FIRST_DAY + timedelta(days=3)).isoformat()}
    assert "Its end is set anew" in await restrict(stage, **again)
    assert told(stage, OLA) == 2
    assert told(stage, OFF_SHIFT) == 0


@pytest.mark.parametrize(
    ("words", "seen"),
    [("<!channel> <@U0DANA>", "<!channel> <@U0DANA>"), ("🔥", "🔥"), ("\u202eصمام", "صمام"), ("P" * 200, "P" * 200)],
    ids=["mentions", "a pictogram", "right to left", "as long as can be"],
)
async def test_whatever_was_typed_is_seen_and_pings_nobody(stage: Stage, words: str, seen: str) -> None:
    await restrict(stage, **{"Do not rely on it for": words, "Why?": words})
    listed = await stage.person(OLA).runs("/model-feedback", "list")
    assert listed.message is not None
    assert seen in listed.message.text()
    await lift(stage, because=words)
    assert told(stage, OLA, "You can rely on Pump Watch for") == 1
    assert {each.through: harm(each.content) for each in shown(stage.slack.journal) if harm(each.content)} == {}


async def test_whoever_comes_back_after_days_off_is_told_once(stage: Stage) -> None:
    await restrict(stage)

    def of_jarrah(session: Session) -> list[str]:
        rows = [row for row in deliveries(session) if row.kind in (Kind.RESTRICTION_TOLD, Kind.SINCE_LAST_ON)]
        return [row.status for row in rows if row.kind is Kind.SINCE_LAST_ON]

    for day in range(1, 8):
        stage.clock.advance_to(moment(FIRST_DAY + timedelta(days=day), 0, 5))
        await stage.tick()
        for hour in (6, 7, 18, 19):
            stage.clock.advance_to(moment(FIRST_DAY + timedelta(days=day), hour, 1))
            await stage.tick()
    assert Status.SENT in await stage.app.store.read(of_jarrah)
    assert told(stage, OFF_SHIFT, "Since you were last on") == 1
    assert told(stage, OFF_SHIFT, "Do not rely on") == 1
