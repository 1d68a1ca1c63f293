"""Whatever people type comes back as they typed it, and pings nobody."""

import re
from typing import Any

import pytest
from sqlmodel import select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST
from bot.texts import escape
from store.change_notes import ChangeNote
from store.store import Session
from tests.bot.opening import reports, strings
from tests.bot.texts.hostile import HOSTILE, harm, kept
from tests.bot.texts.visible import mrkdwn_texts
from tests.scenarios.shown import shown

TYPED = {name: f"false alarm {words} end" for name, words in HOSTILE.items()} | {
    "a whole page": ("false alarm " + "<&> häß 🔥 " * 400)[:2_999] + ".",
    "only pictograms": "🔥👷🏽‍♀️🇳🇴",
}


@pytest.fixture(params=list(TYPED.values()), ids=list(TYPED))
def words(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_words_typed_after_a_command_come_back_as_they_are(words: str, stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)

    answer = await ola.runs("/model-feedback", words)
    listed = await ola.runs("/model-feedback", "list")
    await dana.runs("/change-note", "inbox")
    await ola.opens_home()
    await dana.opens_home()
    await dana.clicks("I've read it", on=await _report(stage))
    await stage.quiet()

    assert "F-1" in answer.text
    (report,) = await stage.app.store.read(reports)
    typed = kept(words)
    assert report.text == typed
    if len(escape(typed)) <= 3_000:
        assert escape(typed) in [text for block in listed.blocks for text in strings(block)]
        assert escape(typed) in [
            text for call in stage.slack.journal.calls("chat.postMessage") for text in strings(call.arguments)
        ]
    for call in stage.slack.journal.calls():
        assert call.ok, f"{call.method}: {call.error}"
    assert {each.through: harm(each.content) for each in shown(stage.slack.journal) if harm(each.content)} == {}


async def _report(stage: Stage) -> Any:
    dana = stage.person(DATA_SCIENTIST)
    await stage.quiet()
    return next(message for message in dana.messages if "I've read it" in message.buttons)


async def test_words_in_a_form_come_back_as_they_are(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    for words in TYPED.values():
        await ola.runs("/model-feedback")
        modal = await ola.sees_modal("Report behaviour")
        kind = next(label for label in modal.options("What did it do?") if "False alarm" in label)
        await modal.fills({"What did it do?": kind, "In your words": words})
        await modal.submits()
        await modal.closes()
    await stage.quiet()
    await dana.runs("/change-note")
    note = await dana.sees_modal("What changed?")
    forged = "<!channel> it <@U0OLA> stays & quiet <https://example.com|here>"
    offered = note.options("Which reports does it answer?")
    await note.fills(
        {
            "What does it do differently now?": forged,
            "Why?": forged,
            "New version": "<!here>",
            "Which reports does it answer?": offered,
        }
    )
    await note.submits()
    await note.closes()
    await stage.tick()

    came_in = [report.text for report in await stage.app.store.read(reports)]
    assert came_in == [kept(words) for words in TYPED.values()]
    sent = [call for call in stage.slack.journal.calls("chat.postMessage") if call.ok]
    assert any(escape(forged) in text for call in sent for text in strings(call.arguments))
    for call in stage.slack.journal.calls():
        assert call.ok, f"{call.method}: {call.error}"
    assert {each.through: harm(each.content) for each in shown(stage.slack.journal) if harm(each.content)} == {}


async def test_the_text_of_a_message_that_is_made_a_report_is_shown_as_it_was(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    noise = await ola.says("x" * 5_000, "C0WORKSHOP")
    await ola.uses_shortcut("Report model behaviour", on=noise)
    modal = await ola.sees_modal("Report behaviour")
    assert modal.fields["In your words"] == "x" * 2_999 + "…"
    assert "These are its first 3,000 characters." in modal.text()


async def test_a_message_that_fits_is_taken_whole_and_nothing_is_said_of_its_length(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.uses_shortcut("Report model behaviour", on=await ola.says("x" * 3_000, "C0WORKSHOP"))
    modal = await ola.sees_modal("Report behaviour")
    assert modal.fields["In your words"] == "x" * 3_000
    assert "first 3,000" not in modal.text()


@pytest.mark.parametrize("blank", [" ", "\n\n", " \u3000\n\t"], ids=["a space", "lines", "wide spaces"])
async def test_a_report_of_nothing_but_spaces_is_kept_and_shown_by_its_kind(blank: str, stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    await modal.fills({"What did it do?": modal.options("What did it do?")[0], "In your words": blank})
    await modal.submits()
    await modal.closes()
    await dana.clicks("I've read it", on=await _report(stage))
    await ola.runs("/model-feedback", "list")
    await ola.opens_home()
    await stage.quiet()

    (report,) = await stage.app.store.read(reports)
    assert report.text == blank
    assert [f"{call.method}: {call.error}" for call in stage.slack.journal.calls(ok=False)] == []
    assert all(text.strip() for each in shown(stage.slack.journal) for text, _ in mrkdwn_texts(each.content))


async def test_what_was_typed_into_a_modal_that_is_refused_stays_and_is_kept_when_it_is_mended(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    note = await dana.sees_modal("What changed?")
    what = " ".join(HOSTILE.values())
    await note.fills({"What does it do differently now?": what, "Why?": " \n ", "New version": "<!here>"})
    submitted = await note.submits()
    assert submitted.errors == {"Why?": "Say it in a sentence."}
    assert note.fields["What does it do differently now?"] == what
    assert note.fields["New version"] == "<!here>"

    await note.fills({"Why?": "because"})
    await note.submits()
    (kept_note,) = await stage.app.store.read(notes)
    assert (kept_note.what, kept_note.why) == (kept(what), "because")


async def test_of_a_report_that_is_longer_than_a_message_the_beginning_is_shown_and_all_is_kept(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    typed = "false alarm " + "👷🏽‍♀️&" * 10_000
    await ola.runs("/model-feedback", typed)
    listed = await ola.runs("/model-feedback", "list")
    message = await dana.sees("false alarm 👷🏽‍♀️&")

    (report,) = await stage.app.store.read(reports)
    assert report.text == typed
    assert re.search(r"(👷🏽‍♀️|&)…\nCut here\. The export of the embedding's reports has all of it\.", message.text())
    assert re.search(r"(👷🏽‍♀️|&)…\nCut here\. All of it is kept\.", listed.text)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"text": "<!here>"}, 1),
        ({"text": "A&B"}, 1),
        ({"text": "A &amp; B", "link_names": True}, 1),
        ({"text": "A &amp; B", "parse": "full"}, 1),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "fine"}}]}, 1),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "<@U1>", "verbatim": True}}]}, 1),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "> &lt;fine&gt;", "verbatim": True}}]}, 0),
        ({"title": {"type": "plain_text", "text": "<!here>"}, "parse": "none"}, 0),
    ],
)
def test_a_planted_ping_is_noticed(content: dict[str, Any], found: int) -> None:
    assert len(harm(content)) == found


def notes(session: Session) -> list[ChangeNote]:
    """Every change note."""
    return list(session.exec(select(ChangeNote)).all())
