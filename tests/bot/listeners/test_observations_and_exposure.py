"""Data scientists note what they saw, apart from the reports, and how much a tool has shown in a week."""

from datetime import date, timedelta

import pytest

from bot.blocks.exposure import weeks
from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, FIRST_DAY, LEAD
from bot.texts import Texts
from store.exposure import WeekOfTool
from store.tools import ToolType
from tests.bot.opening import reports

ISOLATES = {0x2068: None, 0x2069: None}


async def test_dana_notes_what_she_saw_with_crew_b_and_it_is_no_report(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    assert "No observation yet." in (await dana.runs("/change-note", "observations")).text
    await dana.runs("/change-note", "observed they silence it with a <glove>")
    modal = await dana.sees_modal("What did you see?")
    assert modal.fields["In your words"] == "they silence it with a <glove>"
    await modal.fills({"On shift with crew": "B", "On which day?": (FIRST_DAY + timedelta(days=1)).isoformat()})
    await modal.submits()
    assert "That day is still to come." in str(modal.errors)
    await modal.fills({"On which day?": FIRST_DAY.isoformat()})
    await modal.submits()
    assert "That is 1 observation of this embedding" in modal.text()
    await modal.closes()
    listed = (await dana.runs("/change-note", "observations")).text
    assert "they silence it with a <glove>" in listed
    assert "Dana Reyes on shift with crew B" in listed
    assert await stage.app.store.read(reports) == []


async def test_a_list_of_many_observations_is_paged(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    for number in range(12):
        await dana.runs("/change-note", "observed")
        modal = await dana.sees_modal("What did you see?")
        await modal.fills({"In your words": f"number {number:02}"})
        await modal.submits()
        await modal.closes()
    shown = (await dana.runs("/change-note", "observations")).message
    assert shown is not None
    await dana.clicks("Older", on=shown)
    await dana.sees_change(shown, "page 2 of 2")
    assert "number 00" in shown.text()


async def test_others_note_no_observation(stage: Stage) -> None:
    answer = await stage.person("U0OLA").runs("/change-note", "observed")
    assert "To report it, type /model-feedback." in answer.text
    assert "/model-feedback" in (await stage.person(LEAD).runs("/change-note", "observations")).text


async def test_a_weeks_alerts_give_the_reports_a_denominator(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    for number in range(3):
        await stage.person("U0OLA").runs("/model-feedback", f"Pump Watch: false alarm on P-10{number}")
    before = (await stage.person(LEAD).runs("/embedding-summary", "")).text
    assert "Week of Mon 9 Mar 2026: 3 false alarms; how much it showed is not known." in before
    await dana.runs("/change-note", "exposure")
    modal = await dana.sees_modal("Alerts in a week")
    await modal.fills({"Tool": "Pump Watch", "Any day of the week": FIRST_DAY.isoformat()})
    await modal.fills({"How many alerts or recommendations did it show?": "some"})
    await modal.submits()
    assert "Write a whole number in digits alone, such as 1234." in str(modal.errors)
    await modal.fills({"How many alerts or recommendations did it show?": "412"})
    await modal.submits()
    assert "Pump Watch, week of Mon 9 Mar 2026: 412 alerts." in modal.text()
    await modal.closes()
    after = (await stage.person(LEAD).runs("/embedding-summary", "")).text
    assert "Week of Mon 9 Mar 2026: 3 false alarms among 412 alerts." in after


@pytest.mark.parametrize(
    ("shown", "errors", "sentence"),
    [
        (412, (3, 0, 0), "3 false alarms among 412 alerts."),
        (412, (3, 1, 0), "3 false alarms and 1 miss; it showed 412 alerts."),
        (412, (0, 0, 0), "nothing wrong reported among 412 alerts."),
        (0, (0, 2, 0), "2 misses; it showed 0 alerts."),
        (None, (0, 1, 2), "1 miss and 2 wrong values or advice; how much it showed is not known."),
        (None, (0, 0, 0), "nothing wrong reported; how much it showed is not known."),
    ],
)
def test_a_week_is_said_so_that_what_was_missed_is_not_among_what_was_shown(
    shown: int | None, errors: tuple[int, int, int], sentence: str
) -> None:
    week = WeekOfTool("Pump Watch", ToolType.ALARM, date(2026, 12, 28), shown, *errors)
    (block,) = weeks([week], Texts("en-US"))
    said = str(block.to_dict()["text"]["text"]).translate(ISOLATES)
    assert said == f"*Pump Watch*\nWeek of Mon 28 Dec 2026: {sentence}"


async def test_others_enter_no_exposure(stage: Stage) -> None:
    answer = await stage.person(LEAD).runs("/change-note", "exposure")
    assert "Only the data scientists" in answer.text
