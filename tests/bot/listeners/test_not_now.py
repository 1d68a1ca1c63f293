"""Not now, in Slack: absences, shutdowns, pauses and people's own settings, typed and tapped."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.demo.story import FIRST_DAY, LEAD
from bot.forms import FormErrors
from bot.forms import absences as absence_forms
from bot.forms.request import Request
from bot.listeners.registration import row_for
from bot.listeners.rows import Heard
from bot.listeners.table import TABLE
from bot.local_slack import Message, Modal
from bot.sender import compose
from bot.texts import Texts
from jobs.ports import Call, Ended
from store.days_off import Absence, Shutdown
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Embedding, EmbeddingStatus
from store.not_now import Days
from store.people import Person
from store.store import Session
from tests.bot.opening import PROMPTED_AT, asked, events

ROWS = tuple(row for row in TABLE if (row.heard, row.id) == (Heard.COMMAND, "/embedding"))
LATER_ON = FIRST_DAY.replace(day=FIRST_DAY.day + 2).isoformat()


def absences(session: Session) -> list[Absence]:
    return list(session.exec(select(Absence)).all())


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("away", "away"),
        ("away 2026-12-24..2027-01-02", "away …"),
        ("back", "back"),
        ("back to work", "*"),
        ("pause", "pause"),
        ("settings", "settings"),
        ("shutdown", "shutdown"),
    ],
)
def test_a_word_is_for_its_row(text: str, word: str) -> None:
    assert row_for(ROWS, text).word == word


@pytest.mark.parametrize(
    "text", ["away 2026-12-24..2027-01-02", "away 2026-12-24 .. 2027-01-02", "AWAY 2026-12-24 2027-01-02"]
)
def test_days_are_read_from_the_command(text: str) -> None:
    (days,) = absence_forms.command(Request({"text": text}), Texts("en-US"))
    assert (days.first.isoformat(), days.last.isoformat()) == ("2026-12-24", "2027-01-02")


def test_one_day_stands_for_itself() -> None:
    (days,) = absence_forms.command(Request({"text": "away 2026-12-24"}), Texts("en-US"))
    assert days == Days(days.first, days.first)


@pytest.mark.parametrize(
    "text", ["away soon", "away 2026-02-30", "away 2026-12-24..", "away 2027-01-02..2026-12-24", "away 24.12.2026"]
)
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(FormErrors):
        absence_forms.command(Request({"text": text}), Texts("en-US"))


async def test_ola_says_when_he_is_away_and_that_he_is_back(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    answer = await ola.runs("/embedding", f"away {FIRST_DAY}..{LATER_ON}")
    assert "no questions from" in answer.text
    assert len(await stage.app.store.read(absences)) == 1
    assert "Welcome back" in (await ola.runs("/embedding", "back")).text
    assert await stage.app.store.read(absences) == []
    assert "not away" in (await ola.runs("/embedding", "back")).text
    assert "2026-12-24..2027-01-02" in (await ola.runs("/embedding", "away for a while")).text


async def test_what_was_planned_a_moment_too_early_does_not_go_out(stage: Stage) -> None:
    stage.clock.advance_to(PROMPTED_AT - timedelta(hours=1))
    await stage.tick()

    def to_ola(session: Session) -> int:
        row = session.exec(
            select(Delivery)
            .join(Person, col(Person.id) == col(Delivery.person_id))
            .where(Delivery.kind == Kind.PROMPT, Person.slack_id == "U0OLA", Delivery.status == Status.QUEUED)
        ).one()
        return row.key

    def away_meanwhile(session: Session) -> None:
        ola = session.exec(select(Person).where(Person.slack_id == "U0OLA")).one()
        at = PROMPTED_AT - timedelta(hours=1)
        session.add(Absence(person_id=ola.key, first_day=FIRST_DAY, last_day=FIRST_DAY, created_at=at))

    delivery = await stage.app.store.read(to_ola)
    assert isinstance(await stage.app.store.read(compose, delivery, at=stage.clock.now()), Call)
    await stage.app.store.write(away_meanwhile)
    assert await stage.app.store.read(compose, delivery, at=stage.clock.now()) == Ended(
        Status.SKIPPED, "nothing to say any more"
    )


async def test_away_alone_opens_a_form_and_the_home_shows_it_and_takes_it_back(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/embedding", "away")
    modal = await ola.sees_modal("When are you away?")
    await modal.fills({"First day": LATER_ON, "Last day": FIRST_DAY.isoformat()})
    await modal.submits()
    assert "must not come before" in str(modal.errors)
    await modal.fills({"First day": FIRST_DAY.isoformat(), "Last day": LATER_ON})
    await modal.submits()
    await modal.closes()
    await ola.opens_home()
    await stage.quiet()
    home = await ola.sees_home("Away from")
    await ola.clicks("I'm back", on=home)
    await stage.quiet()
    assert "Away from" not in (await ola.sees_home("Your settings")).text()


async def shown_shutdowns(stage: Stage) -> Message:
    """What Lena is shown of the shutdowns to come."""
    message = (await stage.person(LEAD).runs("/embedding", "shutdown")).message
    assert message is not None
    return message


async def fill_in_a_shutdown(stage: Stage, first: str, last: str, why: str = "Relining the mill") -> Modal:
    lena = stage.person(LEAD)
    await lena.clicks("Note a shutdown", on=await shown_shutdowns(stage))
    modal = await lena.sees_modal("Note a shutdown")
    await modal.fills({"First day": first, "Last day": last, "Why?": why})
    await modal.submits()
    return modal


async def note_a_shutdown(stage: Stage, first: str, last: str, why: str = "Relining the mill") -> None:
    modal = await fill_in_a_shutdown(stage, first, last, why)
    await modal.sees("is asked about shifts from")
    await modal.closes()


def shutdowns(session: Session) -> list[Shutdown]:
    return list(session.exec(select(Shutdown).order_by(col(Shutdown.id))).all())


async def test_the_lead_notes_a_shutdown_and_ola_may_not(stage: Stage) -> None:
    assert "None. People are asked after their shifts as planned." in (await shown_shutdowns(stage)).text()
    await note_a_shutdown(stage, FIRST_DAY.isoformat(), LATER_ON)
    (row,) = await stage.app.store.read(shutdowns)
    assert row.reason == "Relining the mill"
    assert "Ask your lead" in (await stage.person("U0OLA").runs("/embedding", "shutdown")).text


async def test_the_same_shutdown_noted_twice_is_one_and_with_another_reason_it_is_refused(stage: Stage) -> None:
    for _ in range(2):
        await note_a_shutdown(stage, FIRST_DAY.isoformat(), LATER_ON)
    modal = await fill_in_a_shutdown(stage, FIRST_DAY.isoformat(), LATER_ON, "Stocktaking")
    assert "is shut down on these days already: Relining the mill" in str(modal.errors)
    assert len(await stage.app.store.read(shutdowns)) == 1


async def test_the_lead_lifts_a_shutdown_and_the_questions_of_today_go_out_after_all(stage: Stage) -> None:
    await note_a_shutdown(stage, FIRST_DAY.isoformat(), LATER_ON)
    await note_a_shutdown(stage, "2026-03-20", "2026-03-21", "Stocktaking")
    stage.clock.advance(timedelta(minutes=2))
    await stage.tick()
    lena = stage.person(LEAD)
    shown = await shown_shutdowns(stage)
    assert shown.text().index("Relining the mill") < shown.text().index("Stocktaking")

    await lena.clicks("Lift it", on=shown, beside="Relining the mill")
    await lena.sees_change(shown, "is asked again on")
    assert "Stocktaking" in shown.text()
    assert "Relining the mill" not in shown.text()
    assert [row.reason for row in await stage.app.store.read(shutdowns)] == ["Stocktaking"]

    stage.clock.advance(timedelta(minutes=2))
    await stage.tick()
    await asked(stage)


async def test_a_shutdown_that_overlaps_another_says_so_when_it_is_lifted(stage: Stage) -> None:
    await note_a_shutdown(stage, FIRST_DAY.isoformat(), LATER_ON)
    await note_a_shutdown(stage, LATER_ON, "2026-03-21", "Stocktaking")
    lena = stage.person(LEAD)
    shown = await shown_shutdowns(stage)
    await lena.clicks("Lift it", on=shown, beside="Relining the mill")
    await lena.sees_change(shown, "Another shutdown still holds on some of these days.")
    stage.clock.advance(timedelta(minutes=2))
    await stage.tick()
    await asked(stage)


async def test_lifting_is_asked_to_be_confirmed_and_a_second_one_changes_nothing(stage: Stage) -> None:
    await note_a_shutdown(stage, FIRST_DAY.isoformat(), LATER_ON)
    lena = stage.person(LEAD)
    earlier, shown = [await shown_shutdowns(stage) for _ in range(2)]
    (lift,) = [block["accessory"] for block in shown.post.blocks if "accessory" in block]
    assert lift["confirm"]["title"]["text"] == "Lift this shutdown?"
    await lena.clicks("Lift it", on=shown)
    await lena.clicks("Lift it", on=earlier)
    await stage.quiet()
    said = [str(post.body["text"]) for post in stage.slack.journal.response_url_posts]
    assert said[-1] == "That shutdown is over or lifted already, nothing to do."
    assert len(await stage.app.store.read(events, "shutdown_lifted")) == 1


async def test_the_lead_pauses_and_resumes_and_the_summary_says_why(stage: Stage) -> None:
    lena = stage.person(LEAD)
    for word, title, status in (("pause", "Pause an embedding", "paused"), ("resume", "Resume an embedding", "active")):
        await lena.runs("/embedding", word)
        modal = await lena.sees_modal(title)
        await modal.fills({"Why?": "The mill is down"})
        await modal.submits()
        await modal.closes()
        (found,) = await stage.app.store.read(lambda session: session.exec(select(Embedding.status)).all())
        assert EmbeddingStatus(found) is EmbeddingStatus(status)
        said = (await lena.runs("/embedding-summary")).text
        assert ("paused" in said) is (status == "paused")


async def test_settings_are_filled_in_and_shown_on_the_home(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    await ola.runs("/embedding", "settings")
    modal = await ola.sees_modal("Your settings")
    await modal.fills({"Quiet hours from": "22:00"})
    await modal.submits()
    assert "Say when they end" in str(modal.errors)
    await modal.fills({"Quiet hours until": "06:00", "When I have not answered": "Remind me once before my shift ends"})
    await modal.submits()
    await modal.closes()
    await ola.opens_home()
    await stage.quiet()
    text = (await ola.sees_home("Quiet from 22:00 to 06:00. You are reminded once.")).text()
    assert "Only you see these settings" in text


async def test_a_data_scientist_has_no_settings_of_these(stage: Stage) -> None:
    dana = stage.person("U0DANA")
    await dana.opens_home()
    await stage.quiet()
    assert "Your settings" not in (await dana.sees_home("Embeddings")).text()
