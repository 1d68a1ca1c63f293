"""Whatever people type comes back as they typed it, and pings nobody."""

from typing import Any

import pytest

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST
from bot.texts import escape
from tests.bot.opening import reports, strings

HOSTILE = {
    "a ping of everybody": "false alarm <!channel> <!here> <!everyone> wake up",
    "a ping of somebody": "false alarm <@U0LENA> look, <#C0WORKSHOP> and <!subteam^S1|crew>",
    "a forged link": "false alarm, see <https://example.com/login|the manual>",
    "a bare link": "false alarm, see https://example.com/?a=1&b=2",
    "ampersands": "P&ID shows A&amp;B &lt;!channel&gt; false alarm",
    "backticks": "false alarm `rm -rf` ```code``` *bold* _it_ ~no~ > quote",
    "a pictogram": "false alarm 🔥👷🏽‍♀️🇳🇴 :fire: :skin-tone-2:",
    "right to left": "false alarm \u202egnihton\u202c إنذار كاذب אזעקת שווא",
    "other scripts": "false alarm 误报 ложная тревога ψευδής",
    "gaps of a sentence": "false alarm {name} {0} %s %(x)s {reference!r}",
    "lines": "false alarm\n> forged quote\n• forged list\n\n*F-99* closed",
    "signs of control": "false alarm \u0007 \u200b \ufeff \u0000 end",
    "a whole page": ("false alarm " + "<&> häß 🔥 " * 400)[:3_000],
}


def pinged(value: Any) -> list[str]:
    """Texts in which Slack would find a ping or a link of somebody's making."""
    return [text for text in strings(value) if any(sign in text for sign in ("<!", "<@", "<#", "<http"))]


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
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
    typed = words.strip().replace("\x00", "\ufffd")
    assert report.text == typed
    if len(escape(typed)) <= 3_000:
        assert escape(typed) in [text for block in listed.blocks for text in strings(block)]
        assert escape(typed) in [
            text for call in stage.slack.journal.calls("chat.postMessage") for text in strings(call.arguments)
        ]
    for call in stage.slack.journal.calls():
        assert pinged(call.arguments) == [], call.method
        assert call.ok, f"{call.method}: {call.error}"
    for entry in stage.slack.journal.inbound:
        assert entry.ack is not None
        assert pinged(entry.ack.payload) == [], entry.what


async def _report(stage: Stage) -> Any:
    dana = stage.person(DATA_SCIENTIST)
    await stage.quiet()
    return next(message for message in dana.messages if "I've read it" in message.buttons)


async def test_words_in_a_form_come_back_as_they_are(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    for words in HOSTILE.values():
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

    kept = [report.text for report in await stage.app.store.read(reports)]
    assert kept == [words.replace("\x00", "\ufffd") for words in HOSTILE.values()]
    sent = [call for call in stage.slack.journal.calls("chat.postMessage") if call.ok]
    assert any(escape(forged) in text for call in sent for text in strings(call.arguments))
    for call in stage.slack.journal.calls():
        if call.method != "views.open":
            assert pinged(call.arguments) == [], call.method
        assert call.ok, f"{call.method}: {call.error}"


async def test_the_text_of_a_message_that_is_made_a_report_is_shown_as_it_was(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    noise = await ola.says("x" * 5_000, "C0WORKSHOP")
    await ola.uses_shortcut("Report model behaviour", on=noise)
    modal = await ola.sees_modal("Report behaviour")
    assert modal.fields["In your words"] == "x" * 2_999 + "…"
