"""Shifts in Slack: who works when, who is in which crew, and what somebody works instead of their shift."""

from sqlmodel import Session, col, select

from bot.demo.stage import Stage
from store.rosters import RosterEntry
from tests.bot.opening import HELPED, QUESTION, asked


async def test_a_mechanic_sees_two_weeks_with_their_own_crew_on_top(stage: Stage) -> None:
    answer = await stage.person("U0JARRAH").runs("/embedding", "shifts")
    assert "Fixed plant maintenance, times in Australia/Perth" in answer.text
    lines = answer.text.splitlines()
    (first, *_) = [line for line in lines if line.startswith(("A ", "B "))]
    assert first.startswith("B ")
    assert "You are in crew B, which stands first." in answer.text
    assert "D 06:00–18:00" in answer.text


async def test_a_stranger_to_all_teams_is_told_whom_to_ask(stage: Stage) -> None:
    answer = await stage.person("U0HENRIK").runs("/embedding", "shifts")
    assert "No team here is yours. Ask your lead to put you in a crew." in answer.text


async def test_a_lead_puts_somebody_into_another_crew(stage: Stage) -> None:
    lena = stage.person("U0LENA")
    await lena.runs("/embedding", "crews")
    modal = await lena.sees_modal("Crews")
    await modal.fills({"Who?": stage.person("U0OLA").name, "Crew": "B"})
    await modal.submits()
    done = await lena.sees_modal("Done")
    assert "Ola Nordby is in crew B of Fixed plant maintenance now" in done.text()
    answer = await stage.person("U0OLA").runs("/embedding", "shifts")
    assert "You are in crew B" in answer.text


async def test_a_mechanic_is_told_who_puts_people_into_crews(stage: Stage) -> None:
    answer = await stage.person("U0OLA").runs("/embedding", "crews")
    assert "Only a lead or a coordinator puts people into crews." in answer.text


def entries(session: Session) -> list[tuple[str, str, str]]:
    rows = session.exec(select(RosterEntry).order_by(col(RosterEntry.day))).all()
    return [(row.day.isoformat(), row.shift, row.source.value) for row in rows]


async def test_who_is_not_on_shift_may_say_what_they_work_instead(stage: Stage) -> None:
    person, message = await asked(stage)
    await person.clicks("I'm not on this shift", on=message)
    await stage.tick()
    message = await person.sees_change(message, "You are not on this shift, so there is nothing to do.")
    assert message.buttons == ["I work another one instead", "I'm on this shift after all"]

    await person.clicks("I work another one instead", on=message)
    modal = await person.sees_modal("Swap a shift")
    await modal.fills({"Day on which it starts": "2026-03-15", "Shift": "N"})
    await modal.submits()
    done = await person.sees_modal("Done")
    assert "Noted: N on Sun 15 Mar 2026 instead of D on" in done.text()
    asked_then = "If it's your turn then, you're asked at the end of N on Sun 15 Mar 2026."
    assert asked_then in done.text()
    await stage.tick()
    message = await person.sees_change(message, f"You are not on this shift. {asked_then}")
    assert [(shift, source) for _, shift, source in await stage.app.store.read(entries)] == [
        ("", "swap"),
        ("N", "swap"),
    ]
    answer = await person.runs("/embedding", "shifts")
    assert "Your own days differ from those of crew A; they stand first." in answer.text

    await person.clicks("I'm on this shift after all", on=message)
    await stage.tick()
    message = await person.sees_change(message, QUESTION)
    assert "I'm not on this shift" in message.buttons
    assert await stage.app.store.read(entries) == []
    await person.clicks(HELPED, on=message)
    await person.sees_change(message, f"You said: {HELPED}")
