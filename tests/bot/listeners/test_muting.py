"""Somebody wants no more of a question: the message says so and offers to be asked again, and so does their home."""

import asyncio
from datetime import timedelta

from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.local_slack import Message, Person
from store.not_now import Reason
from store.people import Person as Known
from store.preferences import MutedPlan
from store.prompts import Prompt, PromptStatus
from store.store import Session
from tests.bot.opening import HELPED, QUESTION, asked, events

ENOUGH, AGAIN = "Don't ask me this any more", "Ask me again"
MUTED = "You get no more of these questions from E-1. Nobody is told."
ON_THE_HOME = "You get no more of some questions from E-1."


def muted_plans(session: Session) -> int:
    return len(session.exec(select(MutedPlan)).all())


async def muted(stage: Stage) -> tuple[Person, Message]:
    """Somebody who was asked and wants no more of it, and the message."""
    person, question = await asked(stage)
    assert question.buttons[-1] == ENOUGH
    await person.clicks(ENOUGH, on=question)
    await person.sees_change(question, MUTED)
    return person, question


async def own_prompts(stage: Stage, person: Person) -> list[tuple[PromptStatus, Reason | None]]:
    """What became of the questions to somebody, in order."""
    rows = await stage.app.store.read(prompts_of, person.id)
    return [(row.status, row.reason) for row in rows]


def prompts_of(session: Session, slack_id: str) -> list[Prompt]:
    query = select(Prompt).join(Known, col(Known.id) == col(Prompt.person_id)).where(Known.slack_id == slack_id)
    return list(session.exec(query.order_by(col(Prompt.id))).all())


async def test_the_message_says_that_there_will_be_no_more_and_nobody_else_hears_of_it(stage: Stage) -> None:
    person, question = await muted(stage)
    assert question.buttons == [AGAIN]
    assert QUESTION not in question.text()
    assert await own_prompts(stage, person) == [(PromptStatus.SKIPPED, Reason.MUTED)]
    others = [one for one in stage.slack.people if one.id != person.id]
    assert not any("no more of these" in message.text() for one in others for message in one.messages)


async def test_a_second_click_changes_nothing(stage: Stage) -> None:
    person, question = await asked(stage)
    await asyncio.gather(person.clicks(ENOUGH, on=question), person.clicks(ENOUGH, on=question))
    await person.sees_change(question, MUTED)
    await stage.quiet()
    assert await stage.app.store.read(muted_plans) == 1
    assert len(await stage.app.store.read(events, "plan_muted")) == 1
    assert question.buttons == [AGAIN]


async def test_whoever_wants_to_be_asked_again_has_the_same_question_back_and_can_answer_it(stage: Stage) -> None:
    person, question = await muted(stage)
    await person.clicks(AGAIN, on=question)
    await person.sees_change(question, QUESTION)
    assert await stage.app.store.read(muted_plans) == 0
    assert await own_prompts(stage, person) == [(PromptStatus.OPEN, None)]

    await person.clicks(HELPED, on=question)
    await person.sees_change(question, "You said: 👍 It helped")
    assert await own_prompts(stage, person) == [(PromptStatus.ANSWERED, None)]


async def test_whoever_has_muted_it_is_not_asked_after_the_next_shifts_and_is_when_they_want_to_be(
    stage: Stage,
) -> None:
    person, _ = await muted(stage)
    heard = len(person.messages)
    for _ in range(8 * 24):
        stage.clock.advance(timedelta(hours=1))
        await stage.tick()
    assert not any(HELPED in message.buttons for message in person.messages[heard:])
    reasons = {reason for _, reason in await own_prompts(stage, person)}
    assert reasons == {Reason.MUTED}

    await person.opens_home()
    await stage.quiet()
    home = await person.sees_home(ON_THE_HOME)
    await person.clicks(AGAIN, on=home)
    await stage.quiet()
    assert ON_THE_HOME not in (await person.sees_home("Your settings")).text()
    for _ in range(8 * 24):
        stage.clock.advance(timedelta(hours=1))
        await stage.tick()
        if any(HELPED in message.buttons for message in person.messages[heard:]):
            break
    assert any(HELPED in message.buttons for message in person.messages[heard:])


async def test_the_home_shows_what_is_muted_and_lets_it_be_undone_and_the_message_follows(stage: Stage) -> None:
    person, question = await muted(stage)
    await person.opens_home()
    await stage.quiet()
    home = await person.sees_home(ON_THE_HOME)
    await person.clicks(AGAIN, on=home)
    await person.sees_change(question, QUESTION)
    await stage.quiet()
    assert ON_THE_HOME not in (await person.sees_home("Your settings")).text()
    assert (await stage.app.store.read(muted_plans), len(await stage.app.store.read(events, "plan_unmuted"))) == (0, 1)


async def test_whoever_asks_for_it_after_the_question_has_closed_reads_that_and_is_asked_next_time(
    stage: Stage,
) -> None:
    person, question = await muted(stage)
    stage.clock.advance(timedelta(days=2))
    await person.clicks(AGAIN, on=question)
    await person.sees_change(question, "This one has closed, nothing to do.")
    assert await stage.app.store.read(muted_plans) == 0
