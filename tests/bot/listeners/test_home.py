"""The home by part: what waits comes first, then how things stand, and an empty one says what to do."""

from datetime import timedelta

from sqlmodel import Session, select

from bot.demo.stage import Stage
from bot.demo.story import LAST_DAY
from bot.local_slack import Home
from bot.slack_errors import Said
from store import access
from store.access import Role, Scope
from store.deliveries import Delivery, Kind, Status
from store.meanings import Meaning
from store.people import Person
from store.tools import ToolUse
from tests.bot.conftest import Staging
from tests.bot.opening import HELPED, asked, moment


async def home_of(stage: Stage, who: str, saying: str) -> Home:
    person = stage.person(who)
    await person.opens_home()
    await stage.quiet()
    return await person.sees_home(saying)


async def report(stage: Stage, who: str, text: str, impact: str | None = None) -> None:
    person = stage.person(who)
    await person.runs("/model-feedback")
    modal = await person.sees_modal("Report behaviour")
    kind = next(label for label in modal.options("What did it do?") if "False alarm" in label)
    await modal.fills({"What did it do?": kind, "In your words": text})
    if impact:
        await modal.fills({"What did it cost?": impact})
    await modal.submits()
    await modal.closes()


def in_order(text: str, *parts: str) -> bool:
    places = [text.index(part) for part in parts]
    return places == sorted(places)


def make(session: Session, slack_id: str, role: Role) -> None:
    person = session.exec(select(Person).where(Person.slack_id == slack_id)).one()
    access.give(session, person, role, Scope.WORKSPACE, person.workspace_id, at=person.created_at)


def take_the_tools_away(session: Session) -> None:
    for use in session.exec(select(ToolUse)).all():
        session.delete(use)


def lose(session: Session, kind: Kind, status: Status, reason: str) -> None:
    row = session.exec(select(Delivery).where(Delivery.kind == kind)).first()
    assert row is not None
    row.status, row.reason = status, reason


async def test_on_the_floor_the_open_question_comes_first_and_one_tap_answers_it(stage: Stage) -> None:
    person, _ = await asked(stage)
    home = await home_of(stage, person.id, "How did Pump Watch and Screen Eye do this shift?")
    assert in_order(
        home.text(), "Waiting for you", "How did Pump Watch", "Embeddings", "Dana Reyes with", "Your reports"
    )
    assert "Report behaviour" in home.buttons

    await person.clicks(HELPED, on=home)
    await stage.quiet()

    home = await person.sees_home("Nothing. Good shift!")
    assert "How did Pump Watch" not in home.text()


async def test_somebody_who_has_reported_sees_what_became_of_it_and_that_there_is_more(stage: Stage) -> None:
    for number in range(7):
        await stage.person("U0OLA").runs("/model-feedback", f"false alarm number {number}")
    home = await home_of(stage, "U0OLA", "Your reports")
    assert "F-7 false alarm number 6 new" in home.text()
    assert "And 2 more: /model-feedback list" in home.text()


async def test_a_data_scientist_sees_what_is_unsafe_at_the_very_top(stage: Stage) -> None:
    await report(stage, "U0OLA", "It rang for nothing")
    await report(stage, "U0AROHA", "The guard opened by itself", "Unsafe")
    home = await home_of(stage, "U0DANA", "The guard opened by itself")
    assert in_order(
        home.text(), "Waiting for you", "The guard opened", "It rang for nothing", "Embeddings", "Open reports"
    )
    assert "Day 1 of 42; the last is Sun 19 Apr 2026." in home.text()

    await stage.person("U0DANA").clicks("I've read it", on=home, beside="Aroha Ngata")
    await stage.quiet()
    home = await stage.person("U0DANA").sees_home("F-2 The guard opened by itself read")
    assert in_order(home.text(), "It rang for nothing", "Open reports", "The guard opened")


async def test_a_data_scientist_notes_a_change_from_there(stage: Stage) -> None:
    home = await home_of(stage, "U0DANA", "None. What people report comes to you here and as a message.")
    await stage.person("U0DANA").clicks("Note a change", on=home)
    await stage.person("U0DANA").sees_modal("What changed?")


async def test_more_unread_reports_than_fit_are_counted(stage: Stage) -> None:
    for number in range(8):
        await stage.person("U0OLA").runs("/model-feedback", f"false alarm number {number}")
    home = await home_of(stage, "U0DANA", "false alarm number 2")
    assert "And 5 more: /change-note inbox" in home.text()
    assert "false alarm number 3" not in home.text()


async def test_a_lead_sees_the_day_of_their_teams_embedding_and_schedules_another(stage: Stage) -> None:
    stage.clock.advance(timedelta(days=10))
    home = await home_of(stage, "U0LENA", "E-1 Dana Reyes with Fixed plant maintenance: under way. Day 11 of 42")
    await stage.person("U0LENA").clicks("Schedule an embedding", on=home)
    await stage.person("U0LENA").sees_modal("Schedule an embedding")


async def test_a_lead_is_asked_to_invite_the_app_until_it_posts_again(stage: Stage) -> None:
    workshop = stage.slack.channel("C0WORKSHOP")
    await stage.slack.remove(workshop)
    await stage.person("U0DANA").runs("/change-note")
    modal = await stage.person("U0DANA").sees_modal("What changed?")
    await modal.fills({"What does it do differently now?": "It rings less.", "Why?": "It rang too often."})
    await modal.submits()
    await modal.closes()
    await stage.tick()
    sentence = (
        "I could not post in the channel of Fixed plant maintenance. Invite me there: type /invite @Alongside in it."
    )
    await home_of(stage, "U0LENA", sentence)
    assert sentence not in (await home_of(stage, "U0OLA", "Embeddings")).text()

    await stage.slack.invite(workshop, by=stage.person("U0LENA"))
    await stage.person("U0DANA").runs("/change-note")
    modal = await stage.person("U0DANA").sees_modal("What changed?")
    await modal.fills({"What does it do differently now?": "It waits.", "Why?": "It rang at every start."})
    await modal.submits()
    await stage.tick()
    assert sentence not in (await home_of(stage, "U0LENA", "Waiting for you")).text()


async def test_before_the_first_embedding_everybody_is_told_what_comes_first(on_stage: Staging) -> None:
    async with on_stage(begun=False) as stage:
        await home_of(stage, "U0LENA", "No embedding is planned or under way. Schedule an embedding proposes one.")
        await home_of(stage, "U0OLA", "Nobody is embedded with your team right now. What you report waits")
        await home_of(stage, "U0OLA", "None yet. When a tool does something odd, say so")
        await home_of(stage, "U0GRACE", "You take part in no embedding right now. Lena Fischer schedules them.")


async def test_a_team_without_a_tool_is_told_who_adds_one(stage: Stage) -> None:
    await stage.app.store.write(take_the_tools_away)
    await home_of(stage, "U0OLA", "No tool is on the list for your team yet. Ask Lena Fischer to have it added.")
    await home_of(
        stage, "U0LENA", "No tool is on the list for your team yet. Whoever keeps the site file can add it there."
    )


async def test_a_sponsor_agrees_and_later_signs_from_there(on_stage: Staging) -> None:
    async with on_stage() as stage:
        home = await home_of(
            stage, "U0GRACE", "Nothing to sign yet. On the last day you are asked here and by message."
        )
        assert "Read and sign" not in home.buttons
        stage.clock.advance_to(moment(LAST_DAY, 10))
        await stage.tick()
        home = await home_of(stage, "U0GRACE", "E-1 has reached its last day.")
        assert "Its last day was Sun 19 Apr 2026; the sponsors sign." in home.text()
        await stage.person("U0GRACE").clicks("Read and sign", on=home)
        await stage.person("U0GRACE").sees_modal("Review of E-1")


async def test_an_admin_sees_what_did_not_arrive_and_what_broke_in_the_last_week(stage: Stage) -> None:
    await stage.app.store.write(make, "U0HENRIK", Role.ADMIN)
    await stage.app.store.write(
        lose, Kind.EMBEDDING_BEGUN, Status.FAILED, Said("is_archived", Meaning.CHANNEL_GONE).sentence
    )
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    error_id = stage.app.incidents.record(KeyError("words"), "/embedding")
    await stage.quiet()
    await stage.app.store.write(lose, Kind.FEEDBACK_FILED, Status.UNKNOWN, "the answer was lost")
    home = await home_of(stage, "U0HENRIK", "2 messages of the last week may not have arrived.")
    for line in (
        "To Fixed plant maintenance, 9 Mar, 08:00. It did not go out: the channel is archived: unarchive it, "
        "or name another one in the site file (is_archived). Tell them yourself.",
        "To Dana Reyes, 9 Mar, 08:00: nobody knows whether it arrived. Ask them.",
        "1 error in the last week. On the server, alongside errors and its id say where it came from.",
        error_id,
    ):
        assert line in home.text()
    stage.clock.advance(timedelta(days=8))
    home = await home_of(stage, "U0HENRIK", "Nothing. Good shift!")
    assert error_id not in home.text()
    assert "of the last week" not in (await home_of(stage, "U0OLA", "Your reports")).text()


async def test_who_represents_the_workers_reads_what_is_kept_and_who_sees_it(stage: Stage) -> None:
    await stage.app.store.write(make, "U0KERRY", Role.WORKER_REPRESENTATIVE)
    home = await home_of(stage, "U0KERRY", "What is kept, and who sees it")
    assert "only the people embedded with the team see them" in home.text()
    assert "What is kept" not in (await home_of(stage, "U0OLA", "Your reports")).text()


async def test_somebody_with_several_parts_has_one_page_with_what_waits_first(stage: Stage) -> None:
    await stage.app.store.write(make, "U0DANA", Role.COORDINATOR)
    await stage.app.store.write(make, "U0DANA", Role.ADMIN)
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    stage.app.incidents.record(KeyError("words"), "/embedding")
    await stage.quiet()
    home = await home_of(stage, "U0DANA", "1 error in the last week.")
    assert in_order(home.text(), "false alarm on P-101", "1 error in the last week", "Embeddings", "Open reports")
    assert {"Report behaviour", "Note a change", "Schedule an embedding"} <= set(home.buttons)
