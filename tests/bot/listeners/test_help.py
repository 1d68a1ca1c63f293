"""`help` says what works for whoever asks, in the words of their tools, and who does the rest."""

import pytest
from sqlmodel import Session, select

from bot.blocks.help import EXAMPLES
from bot.demo.stage import Stage
from bot.forms.feedback import understood_kind
from bot.texts import Texts
from store.feedback import KINDS_OFFERED, Kind
from store.tools import ToolType, ToolUse
from tests.bot.conftest import Staging
from tests.bot.opening import reports


async def said(stage: Stage, who: str, command: str, text: str = "help") -> str:
    return (await stage.person(who).runs(command, text)).text


def take_the_tools_away(session: Session) -> None:
    for use in session.exec(select(ToolUse)).all():
        session.delete(use)


async def test_a_mechanic_is_shown_how_to_report_on_their_own_tool(stage: Stage) -> None:
    help_text = await said(stage, "U0OLA", "/model-feedback")
    assert "/model-feedback Pump Watch: false alarm on P-101 files a report in one go." in help_text
    assert "/model-feedback alone opens a form." in help_text
    assert "/model-feedback list" not in help_text  # there is nothing in it yet

    answer = await stage.person("U0OLA").runs("/model-feedback", "Pump Watch: false alarm on P-101")
    assert "(False alarm, Pump Watch)" in answer.text
    assert "/model-feedback list shows your reports" in await said(stage, "U0OLA", "/model-feedback")


async def test_a_mechanic_is_told_who_schedules_and_who_notes_changes(stage: Stage) -> None:
    scheduling = await said(stage, "U0OLA", "/embedding")
    assert "Lena Fischer schedules embeddings here." in scheduling
    assert "proposes an embedding for" not in scheduling
    assert "/embedding-summary E-1 says it of E-1." in scheduling

    noting = await said(stage, "U0OLA", "/change-note")
    assert "Dana Reyes notes what changes in your tools" in noting
    assert "/change-note inbox" not in noting


async def test_a_lead_and_a_data_scientist_are_shown_what_is_theirs(stage: Stage) -> None:
    assert "/embedding proposes an embedding for Fixed plant maintenance." in await said(stage, "U0LENA", "/embedding")
    noting = await said(stage, "U0DANA", "/change-note")
    assert "/change-note notes what changed in Pump Watch and Screen Eye." in noting
    assert "/change-note inbox shows the reports that wait for you." in noting


async def test_before_the_first_embedding_help_says_so_and_who_begins_one(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        assert "There is no embedding here yet" in await said(stage, "U0OLA", "/embedding-summary")
        assert "Lena Fischer schedules embeddings here." in await said(stage, "U0OLA", "/embedding-summary")
        assert "Type /embedding to propose the first one." in await said(stage, "U0LENA", "/embedding-summary")
        assert "Nobody is embedded with you right now." in await said(stage, "U0OLA", "/change-note")
        assert "/embedding list" not in await said(stage, "U0LENA", "/embedding")


async def test_who_has_no_tool_is_told_whom_to_ask(stage: Stage) -> None:
    sentence = "No tool is on the list for you yet, so there is nothing to report on. If you work with one, ask"
    assert f"{sentence} Lena Fischer." in await said(stage, "U0GRACE", "/model-feedback")
    await stage.app.store.write(take_the_tools_away)
    assert f"{sentence} Lena Fischer." in await said(stage, "U0OLA", "/model-feedback")


@pytest.mark.parametrize("command", ["/embedding", "/change-note", "/embedding-summary"])
async def test_a_word_that_nobody_knows_gets_the_same_help_and_says_so(command: str, stage: Stage) -> None:
    first, *rest = (await said(stage, "U0DANA", command, "foo <b>")).splitlines()
    assert first == "I don't know “foo <b>”. This works for you:"
    assert rest == (await said(stage, "U0DANA", command)).splitlines()


async def test_a_reference_alone_is_no_report_and_is_told_where_it_is_found(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    for typed in ("C-4", "c4", " C-4 "):
        answer = await ola.runs("/model-feedback", typed)
        assert answer.text.startswith("C-4 is a change note.")
        assert "Nothing was filed just now. To report something, add what the tool did." in answer.text
    assert "You have no report F-12." in (await ola.runs("/model-feedback", "F-12")).text
    assert "E-1 is an embedding: /embedding-summary E-1" in (await ola.runs("/model-feedback", "E-1")).text
    assert await stage.app.store.read(reports) == []

    assert "Got it: F-1" in (await ola.runs("/model-feedback", "C-4 conveyor: alarm for nothing")).text
    assert "Got it: F-2" in (await ola.runs("/model-feedback", "P-101")).text


async def test_a_reference_of_another_kind_is_told_where_it_is_found(stage: Stage) -> None:
    shows = "F-12 is a report. /model-feedback F-12 shows"
    assert shows in await said(stage, "U0DANA", "/embedding-summary", "F-12")
    assert "F-3 is a report." in await said(stage, "U0LENA", "/embedding", "F-3")
    assert "C-3 is a change note." in await said(stage, "U0LENA", "/embedding", "C-3")
    assert "E-1 is no report and no change note." in await said(stage, "U0LENA", "/change-note", "E-1")
    assert "E-1 is an embedding: /embedding-summary E-1 says" in await said(stage, "U0LENA", "/embedding", "E-1")


@pytest.mark.parametrize("kind", ToolType)
def test_every_type_of_tool_has_an_example_whose_words_name_a_kind_that_fits_it(kind: ToolType) -> None:
    understood = understood_kind(EXAMPLES[kind].format(tool="Pump Watch"), Texts("en-US"))
    assert understood is not Kind.OTHER
    assert understood in KINDS_OFFERED[kind]
