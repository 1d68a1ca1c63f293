"""`/model-feedback list`: a word is a command only where no report could begin with it; long lists page."""

import pytest

from bot.demo.stage import Stage
from bot.listeners.registration import row_for
from bot.listeners.rows import Heard
from bot.listeners.table import TABLE
from store import feedback, own_reports
from tests.bot.opening import reports

ROWS = tuple(row for row in TABLE if (row.heard, row.id) == (Heard.COMMAND, "/model-feedback"))


@pytest.mark.parametrize("text", ["list", "LIST", "List", "list 2", "list 12"])
def test_the_word_alone_or_before_a_number_shows_the_list(text: str) -> None:
    assert row_for(ROWS, text).word == "list"


@pytest.mark.parametrize(
    "text",
    [
        "list of pumps is empty on the tablet",
        "list is cut off",
        "listing shows P-101 twice",
        "list 2 pumps missing",
        "lists",
        "help me, it rings all night",
        "help is not shown",
        "*",
        "** alarm **",
        "none",
    ],
)
def test_a_report_may_begin_with_the_same_word(text: str) -> None:
    assert row_for(ROWS, text).word == "*"


def test_nothing_opens_the_form() -> None:
    assert row_for(ROWS, "").word is None


async def test_reports_that_begin_with_list_are_kept_and_the_list_shows_them(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    said = ["list of alarms is empty", "list 2 of 3 is cut off", "help, it rings all night"]
    for text in said:
        assert "Got it" in (await ola.runs("/model-feedback", text)).text

    answer = await ola.runs("/model-feedback", "List")

    assert [report.text for report in await stage.app.store.read(reports)] == said
    assert all(text in answer.text for text in said)
    assert "page 1 of 1" in answer.text
    assert answer.message is not None
    assert answer.message.buttons == []


async def test_a_list_of_25_reports_is_paged_by_its_buttons(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    for number in range(1, 26):
        await ola.runs("/model-feedback", f"false alarm number {number:02}")
    await stage.person("U0AROHA").runs("/model-feedback", "false alarm of somebody else")
    answer = await ola.runs("/model-feedback", "list")
    shown = answer.message
    assert shown is not None

    def numbers() -> list[int]:
        return [n for n in range(1, 26) if f"number {n:02}" in shown.text()]

    assert (numbers(), shown.buttons) == ([*range(16, 26)], ["Older"])
    await ola.clicks("Older", on=shown)
    await ola.sees_change(shown, "page 2 of 3")
    assert (numbers(), shown.buttons) == ([*range(6, 16)], ["Newer", "Older"])
    await ola.clicks("Older", on=shown)
    await ola.sees_change(shown, "page 3 of 3")
    assert (numbers(), shown.buttons) == ([*range(1, 6)], ["Newer"])
    await ola.clicks("Newer", on=shown)
    await ola.sees_change(shown, "page 2 of 3")
    assert shown.is_ephemeral
    assert "somebody else" not in shown.text()


async def test_a_page_past_the_end_is_the_last_one(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/model-feedback", "false alarm on P-101")
    assert "page 1 of 1" in (await ola.runs("/model-feedback", "list 99")).text
    assert "page 1 of 1" in (await ola.runs("/model-feedback", "list 0")).text


async def test_who_has_reported_nothing_is_told_how(stage: Stage) -> None:
    answer = await stage.person("U0OLA").runs("/model-feedback", "list")
    assert "You have not reported anything yet." in answer.text


async def test_a_list_shows_nobody_elses_reports_even_to_a_data_scientist(stage: Stage) -> None:
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    answer = await stage.person("U0DANA").runs("/model-feedback", "list")
    assert "P-101" not in answer.text


def test_a_page_of_the_longest_reports_is_still_a_message() -> None:
    from datetime import UTC, datetime

    from bot.blocks.feedback import own_list
    from bot.local_slack.blocks import problems_of_blocks
    from bot.texts import Texts
    from store.unread import OwnList

    at = datetime(2026, 3, 9, tzinfo=UTC)
    long = own_reports.OwnReport(
        "F-1", "Pump Watch", feedback.Kind.CANNOT_FOLLOW, "<&>" * 1_000, feedback.FeedbackStatus.NEW, at
    )
    written = own_list(OwnList(own_reports.Page((long,) * 10, 2, 3)), Texts("en-US"))
    assert list(problems_of_blocks([block.to_dict() for block in written.blocks], "message")) == []
