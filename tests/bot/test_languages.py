"""Everybody is answered in their language; it is asked for once a minute, and anew when somebody has changed theirs."""

from datetime import timedelta
from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.languages import KEPT_S, Languages
from store import people
from store.people import Caller

OLA = Caller("", "T0REDSTONE", "U0OLA")


@pytest.fixture
def asked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[Caller]:
    """Of whom the database was asked."""
    read, callers = stage.app.store.read, list[Caller]()

    async def reads(query: Any, *args: Any, **more: Any) -> Any:
        if query is people.locale_of:
            callers.append(args[0])
        return await read(query, *args, **more)

    monkeypatch.setattr(stage.app.store, "read", reads)
    return callers


async def test_a_language_is_kept_in_mind_for_a_minute(stage: Stage, asked: list[Caller]) -> None:
    known = Languages(stage.app.store, stage.clock)
    assert await known.of(OLA) == "en-US"
    stage.clock.advance(timedelta(seconds=KEPT_S - 1))
    assert await known.of(OLA) == "en-US"
    assert asked == [OLA]
    stage.clock.advance(timedelta(seconds=1))
    await known.of(OLA)
    assert asked == [OLA, OLA]


async def test_it_is_asked_for_anew_when_it_was_forgotten(stage: Stage, asked: list[Caller]) -> None:
    known = Languages(stage.app.store, stage.clock)
    await known.of(OLA)
    known.forget()
    await known.of(OLA)
    assert asked == [OLA, OLA]


async def test_no_more_people_are_kept_in_mind_than_there_is_room_for(stage: Stage, asked: list[Caller]) -> None:
    known = Languages(stage.app.store, stage.clock, most=2)
    callers = [Caller("", "T0REDSTONE", f"U{number}") for number in range(3)]
    for caller in (*callers, *callers[:1]):
        assert await known.of(caller) == "en-US"
    assert asked == [*callers, callers[0]]


async def test_whoever_changes_their_language_in_slack_is_answered_in_it_at_once(
    stage: Stage, asked: list[Caller]
) -> None:
    ola = stage.person("U0OLA")
    for _ in range(2):
        await ola.runs("/model-feedback", "help")
    assert asked == [OLA]
    await stage.slack.change_person(ola, locale="de-DE")
    before = len(asked)
    await ola.runs("/model-feedback", "help")
    assert asked[before:] == [OLA]
