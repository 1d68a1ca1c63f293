"""What people add to what they said is unsafe, or is not after all, in Slack."""

from datetime import timedelta

from bot.demo.stage import Stage
from bot.local_slack import Message, Person
from store.feedback import Impact
from tests.bot.listeners.test_home import in_order
from tests.bot.listeners.test_own_reports import KIND, looked_at
from tests.bot.listeners.test_triage import answers as data_scientist_answers
from tests.bot.listeners.test_unsafe import (
    DANA,
    DANGER,
    OFF_SHIFT,
    OLA,
    ON_SHIFT,
    UNSEEN_AFTER,
    called,
    passes,
    told,
    types,
)
from tests.bot.opening import HELPED, asked, reports

MAY_THEY = "May they call you?"


async def filed(stage: Stage) -> Person:
    ola = stage.person(OLA)
    await ola.runs("/model-feedback", "pump watch: false alarm on P-101")
    await stage.quiet()
    await stage.tick()
    return ola


async def works(stage: Stage) -> None:
    await stage.quiet()
    await stage.tick()


async def is_asked(stage: Stage, person: Person) -> None:
    """Whoever said it in a thread reads what to do in danger first, and one tap says whether they may be called."""
    await works(stage)
    answer = await person.sees(MAY_THEY)
    assert in_order(answer.text(), DANGER, "F-1 is filed.", "are told now.", MAY_THEY)
    await person.clicks("No", on=answer)
    await works(stage)
    assert "Please do not call them." in called(stage, DANA)[0]


async def test_added_by_the_form_it_calls_people_and_the_next_screen_asks(stage: Stage) -> None:
    ola = await filed(stage)
    assert called(stage, ON_SHIFT) == []
    await ola.clicks("Add detail", on=await looked_at(ola))
    modal = await ola.sees_modal("Add to F-1")
    await modal.fills({"What else?": "It’s not safe: the valve sticks"})
    await modal.submits()
    await modal.sees(MAY_THEY)
    assert in_order(modal.text(), DANGER, "F-1 is filed. Tomasz Wrona and Dana Reyes are told now.")
    await modal.fills({MAY_THEY: "Yes"})
    await modal.submits()
    await modal.sees("Noted: they may call you.")
    await works(stage)
    (message,) = called(stage, ON_SHIFT)
    assert in_order(message, "Unsafe: F-1 on Pump Watch", "false alarm on P-101", "the valve sticks", "You may call")
    (report,) = await stage.app.store.read(reports)
    assert report.impact is Impact.UNSAFE


async def test_what_is_added_while_it_runs_stands_in_the_message_of_those_called(stage: Stage) -> None:
    await types(stage)
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    message = await tomasz.sees("Unsafe: F-1")
    await ola.clicks("Add detail", on=await looked_at(ola))
    modal = await ola.sees_modal("Add to F-1")
    await modal.fills({"What else?": "Dangerous: it is P-102, too"})
    await modal.submits()
    await modal.sees("It is kept with F-1.")
    assert in_order(modal.text(), DANGER, "It is kept with F-1.", "Called so far: Tomasz Wrona and Dana Reyes.")
    await works(stage)
    await tomasz.sees_change(message, "it is P-102, too")
    assert len(called(stage, ON_SHIFT)) == len(called(stage, DANA)) == 1


async def test_said_again_once_somebody_has_it_the_answer_says_what_to_do_in_danger_and_who_has_it(
    stage: Stage,
) -> None:
    await types(stage)
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    await tomasz.clicks("I've got it", on=await tomasz.sees("Unsafe: F-1"))
    await works(stage)
    await ola.clicks("Add detail", on=await looked_at(ola))
    modal = await ola.sees_modal("Add to F-1")
    await modal.fills({"What else?": "Still unsafe"})
    await modal.submits()
    await modal.sees("It is kept with F-1.")
    assert in_order(modal.text(), DANGER, "It is kept with F-1.", "Tomasz Wrona has your report F-1.")


async def test_what_is_added_without_a_word_of_danger_is_only_kept(stage: Stage) -> None:
    await types(stage)
    ola = stage.person(OLA)
    await ola.clicks("Add detail", on=await looked_at(ola))
    modal = await ola.sees_modal("Add to F-1")
    await modal.fills({"What else?": "It is the left one"})
    await modal.submits()
    await modal.sees("It is kept with F-1.")
    assert "Danger now?" not in modal.text()


async def test_said_in_the_thread_of_our_question_it_calls_people(stage: Stage) -> None:
    ola = stage.person(OLA)
    await ola.says("P-101 rang for nothing")
    await works(stage)
    question = await ola.sees("Shall I file this as a report?")
    await ola.clicks("🔕 False alarm", on=question)
    await works(stage)
    await ola.says("and it is unsafe there", in_thread_of=question)
    await is_asked(stage, ola)
    assert len(called(stage, ON_SHIFT)) == 1


async def test_said_in_the_thread_of_any_other_message_it_is_a_report_of_its_own(stage: Stage) -> None:
    await types(stage)
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    await tomasz.clicks("I've got it", on=await tomasz.sees("Unsafe: F-1"))
    await works(stage)
    news = await ola.sees("Tomasz Wrona has your report F-1.")
    await ola.says("Thank you", in_thread_of=news)
    await works(stage)
    assert len(await stage.app.store.read(reports)) == 1
    await ola.says("P-102 is dangerous, too", in_thread_of=news)
    await works(stage)
    answer = await ola.sees("F-2 is filed.")
    assert in_order(answer.text(), DANGER, "F-2 is filed. Tomasz Wrona and Dana Reyes are told now.", MAY_THEY)
    assert "P-102 is dangerous, too" in called(stage, ON_SHIFT)[-1]


async def _asks_back(stage: Stage) -> tuple[Person, Message]:
    ola = await filed(stage)
    dana = stage.person(DANA)
    await data_scientist_answers(dana, "Ask the reporter something", "F-1", **{"Your question": "Which valve?"})
    await works(stage)
    return ola, await ola.sees("has a question about your report F-1")


async def test_an_answer_in_the_thread_of_a_data_scientists_question_calls_people(stage: Stage) -> None:
    ola, question = await _asks_back(stage)
    await ola.says("The left one. It is dangerous.", in_thread_of=question)
    await is_asked(stage, ola)
    assert in_order(
        called(stage, ON_SHIFT)[0], "false alarm on P-101", "Which valve?", "The left one. It is dangerous."
    )


async def test_an_answer_by_the_form_calls_people_and_the_next_screen_asks(stage: Stage) -> None:
    ola, question = await _asks_back(stage)
    await ola.clicks("Answer", on=question)
    modal = await ola.sees_modal("Your answer")
    await modal.fills({"Your answer": "Unsafe, the left one"})
    await modal.submits()
    await modal.sees(MAY_THEY)
    assert DANGER in modal.text()
    await works(stage)
    assert len(called(stage, ON_SHIFT)) == 1


async def _answered(stage: Stage) -> tuple[Person, Message]:
    person, question = await asked(stage)
    await person.clicks(HELPED, on=question)
    await works(stage)
    return person, question


async def test_a_reply_at_the_end_of_a_shift_is_a_report_at_once(stage: Stage) -> None:
    person, question = await _answered(stage)
    await person.says("but P-101 is unsafe", in_thread_of=question)
    await is_asked(stage, person)
    (report,) = await stage.app.store.read(reports)
    assert (report.impact, report.text) == (Impact.UNSAFE, "but P-101 is unsafe")
    await person.sees_change(question, "Made into a report: F-1")


async def test_a_detail_by_the_form_at_the_end_of_a_shift_is_a_report_at_once(stage: Stage) -> None:
    person, question = await _answered(stage)
    await person.clicks("Add detail", on=question)
    form = await person.sees_modal("Add detail")
    await form.fills({"What happened?": "P-101 is unsafe"})
    await form.submits()
    await form.sees(MAY_THEY)
    assert DANGER in form.text()
    await works(stage)
    assert len(called(stage, DANA)) == 1


async def changes(stage: Stage, ola: Person, cost: str) -> None:
    await ola.clicks("Edit", on=await looked_at(ola))
    modal = await ola.sees_modal("Change F-1")
    kind = modal.options(KIND)[0]
    tick = modal.options("Unsafe?")[:1] if cost == "Unsafe" else []
    await modal.fills({"Unsafe?": tick, KIND: kind, "What did it cost?": cost})
    await modal.submits()
    await works(stage)


async def test_who_says_that_it_is_not_unsafe_ends_it_and_the_called_hear_that_once(stage: Stage) -> None:
    await types(stage)
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    message = await tomasz.sees("Unsafe: F-1")
    await changes(stage, ola, "Extra work")
    await tomasz.sees("Ola Nordby says that F-1 on Pump Watch is not unsafe. Nothing to do.")
    assert in_order(message.text(), "Not unsafe: F-1", "Ola Nordby says now that it is not unsafe. Nothing to do.")
    assert message.buttons == []
    await passes(stage, 3 * UNSEEN_AFTER)
    assert called(stage, OFF_SHIFT) == []
    assert told(ola, "Nobody has seen") == 0
    assert told(tomasz, "is not unsafe. Nothing to do.") == 2  # the news, and the message that changed
    history = (await ola.runs("/model-feedback", "F-1")).text
    assert in_order(history, "It is unsafe, so people were called.", "Ola Nordby said that it is not unsafe.")


async def test_whether_they_may_call_is_no_question_any_more_once_it_is_taken_back(stage: Stage) -> None:
    ola = stage.person(OLA)
    first, second = [(await ola.runs("/model-feedback", f"unsafe P-10{number}")).message for number in (1, 2)]
    assert first is not None
    assert second is not None
    await changes(stage, ola, "Extra work")
    await ola.clicks("Yes", on=first)
    await ola.sees("You have said that F-1 is not unsafe, so nobody needs to call you.")
    status = (await ola.runs("/model-feedback", "F-2")).message
    assert status is not None
    await ola.clicks("Withdraw", on=status)
    await ola.clicks("No", on=second)
    await ola.sees("You have withdrawn F-2, so nobody needs to call you.")


async def test_said_again_it_calls_them_again(stage: Stage) -> None:
    await types(stage)
    ola, tomasz, dana = stage.person(OLA), stage.person(ON_SHIFT), stage.person(DANA)
    first = await tomasz.sees("Unsafe: F-1")
    await changes(stage, ola, "Extra work")
    await changes(stage, ola, "Unsafe")
    assert len(called(stage, ON_SHIFT)) == len(called(stage, DANA)) == 1  # the first message says that it was not
    again = await tomasz.sees("⚠️ Unsafe: F-1")
    assert again.ts != first.ts
    await tomasz.clicks("I've got it", on=again)
    await works(stage)
    await tomasz.sees_change(again, "You have it")
    assert "You have it" not in first.text()
    await dana.sees("Tomasz Wrona has it, since")
    await passes(stage, 3 * UNSEEN_AFTER)
    assert called(stage, OFF_SHIFT) == []


async def test_said_again_whoever_has_it_hears_it_and_keeps_it(stage: Stage) -> None:
    await types(stage)
    ola, tomasz = stage.person(OLA), stage.person(ON_SHIFT)
    await tomasz.clicks("I've got it", on=await tomasz.sees("Unsafe: F-1"))
    await works(stage)
    await changes(stage, ola, "Extra work")
    stage.clock.advance(timedelta(minutes=5))
    await changes(stage, ola, "Unsafe")
    again = await tomasz.sees("⚠️ Unsafe: F-1")
    assert "You have it, since" in again.text()
    assert "I've got it" not in again.buttons
    await ola.runs("/model-feedback", "F-1")
    await passes(stage, 3 * UNSEEN_AFTER)
    assert called(stage, OFF_SHIFT) == []
