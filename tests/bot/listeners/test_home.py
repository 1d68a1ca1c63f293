"""The home by part: what waits comes first, then how things stand, and an empty one says what to do."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.demo.stage import Stage
from bot.demo.story import LAST_DAY, WORKSHOP
from bot.local_slack import Home
from bot.slack_errors import Said
from store import access
from store.access import Role, Scope
from store.deliveries import Delivery, Kind, Status
from store.meanings import Meaning
from store.people import Person
from store.tools import Tool, ToolUse
from tests.bot.conftest import Staging
from tests.bot.opening import HELPED, asked, events, moment


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


def lose(session: Session, kind: Kind, status: Status, reason: str, meaning: Meaning | None = None) -> None:
    row = session.exec(select(Delivery).where(Delivery.kind == kind)).first()
    assert row is not None
    row.status, row.reason, row.meaning = status, reason, meaning


def lose_many(session: Session, reasons: int) -> None:
    """Two messages each that failed for so many reasons."""
    like = session.exec(select(Delivery).where(Delivery.kind == Kind.EMBEDDING_BEGUN)).one()
    same = like.model_dump(exclude={"id", "dedupe_key", "status", "reason"})
    session.add_all(
        Delivery(**same, dedupe_key=f"lost:{n}:{m}", status=Status.FAILED, reason=f"reason {n}")
        for n in range(reasons)
        for m in range(2)
    )


def told_of_report(stage: Stage) -> int:
    """How often Dana was told of the report."""
    return sum("P-101" in message.text() for message in stage.person("U0DANA").messages)


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

    await stage.person("U0DANA").clicks("I've got it", on=home, beside="Aroha Ngata")
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


async def note_a_change(stage: Stage) -> None:
    """Dana notes a change, which the workshop's channel is to hear of."""
    await stage.person("U0DANA").runs("/change-note")
    modal = await stage.person("U0DANA").sees_modal("What changed?")
    await modal.fills({"What does it do differently now?": "It waits.", "Why?": "It rang at every start."})
    await modal.submits()
    await stage.quiet()
    await stage.tick()


async def test_a_lead_is_asked_to_invite_the_app_until_it_posts_again(stage: Stage) -> None:
    await stage.slack.remove(stage.slack.channel(WORKSHOP))
    await note_a_change(stage)
    sentence = (
        "I could not post in the channel of Fixed plant maintenance. Invite me there: type /invite @Alongside in it."
    )
    await home_of(stage, "U0LENA", sentence)
    assert sentence not in (await home_of(stage, "U0OLA", "Embeddings")).text()

    await stage.slack.invite(stage.slack.channel(WORKSHOP), by=stage.person("U0LENA"))
    await stage.quiet()
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
    archived = Said("is_archived", Meaning.CHANNEL_GONE)
    await stage.app.store.write(lose, Kind.EMBEDDING_BEGUN, Status.FAILED, archived.sentence, archived.meaning)
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    error_id = stage.app.incidents.record(KeyError("words"), "/embedding")
    await stage.quiet()
    await stage.app.store.write(lose, Kind.FEEDBACK_FILED, Status.UNKNOWN, "the answer was lost")
    home = await home_of(stage, "U0HENRIK", "2 messages of the last week may not have arrived.")
    for line in (
        "1 message to the channel of Fixed plant maintenance, 9 Mar, 08:00, did not go out. "
        "The reason: the channel is archived: unarchive it, or name another one in the site file (is_archived).",
        "1 message to Dana Reyes, 9 Mar, 08:00: nobody knows whether it arrived. Look before you send it again.",
        "1 error in the last week. On the server, alongside errors and its id say where it came from.",
        error_id,
    ):
        assert line in home.text()
    assert "P-101" not in home.text()
    stage.clock.advance(timedelta(days=8))
    home = await home_of(stage, "U0HENRIK", "Nothing. Good shift!")
    assert error_id not in home.text()


@pytest.mark.parametrize("who", ["U0OLA", "U0LENA", "U0DANA", "U0GRACE"])
async def test_whoever_is_no_admin_sees_nothing_of_what_did_not_arrive(stage: Stage, who: str) -> None:
    await stage.app.store.write(lose, Kind.EMBEDDING_BEGUN, Status.UNKNOWN, "the answer was lost")
    home = await home_of(stage, who, "Embeddings")
    assert "of the last week" not in home.text()
    assert "Not there: send again" not in home.buttons


async def test_an_admin_sends_again_from_there_what_was_given_up_and_it_arrives_once(stage: Stage) -> None:
    henrik, ola = stage.person("U0HENRIK"), stage.person("U0OLA")
    await stage.app.store.write(make, henrik.id, Role.ADMIN)
    await ola.runs("/model-feedback", "false alarm on P-101")
    await stage.quiet()
    await stage.app.store.write(lose, Kind.FEEDBACK_FILED, Status.FAILED, "gave up: busy", Meaning.LATER)
    before = told_of_report(stage)
    home = await home_of(stage, henrik.id, "1 message to Dana Reyes")
    assert "The reason: gave up: busy." in home.text()

    await henrik.clicks("Try again", on=home)
    await stage.quiet()
    await stage.tick()

    assert told_of_report(stage) == before + 1
    home = await henrik.sees_home("Nothing. Good shift!")
    assert "Try again" not in home.buttons
    (retried,) = await stage.app.store.read(events, "delivery_retried")
    assert retried.data == {"was": "failed", "reason": "gave up: busy"}


async def test_what_nobody_knows_of_is_sent_again_only_by_saying_that_it_is_not_there(stage: Stage) -> None:
    henrik = stage.person("U0HENRIK")
    await stage.app.store.write(make, henrik.id, Role.ADMIN)
    await stage.app.store.write(lose, Kind.EMBEDDING_BEGUN, Status.UNKNOWN, "the answer was lost")
    home = await home_of(stage, henrik.id, "1 message to the channel of Fixed plant maintenance")
    assert "Try again" not in home.buttons
    await henrik.clicks("Not there: send again", on=home)
    await stage.quiet()
    await stage.person("U0LENA").sees("works with us from today", WORKSHOP)


async def test_a_tap_that_comes_too_late_is_told_why(stage: Stage) -> None:
    henrik = stage.person("U0HENRIK")
    await stage.app.store.write(make, henrik.id, Role.ADMIN)
    await stage.app.store.write(lose, Kind.EMBEDDING_BEGUN, Status.FAILED, "gave up", Meaning.LATER)
    home = await home_of(stage, henrik.id, "did not go out")
    await stage.app.store.write(lose, Kind.EMBEDDING_BEGUN, Status.SENT, "")
    await henrik.clicks("Try again", on=home)
    await stage.quiet()
    await henrik.sees_modal("Sorry")
    assert await stage.app.store.read(events, "delivery_retried") == []


async def test_ten_lines_are_shown_and_the_rest_is_counted(stage: Stage) -> None:
    await stage.app.store.write(make, "U0HENRIK", Role.ADMIN)
    await stage.app.store.write(lose_many, 12)
    home = await home_of(stage, "U0HENRIK", "24 messages of the last week may not have arrived.")
    assert home.text().count("2 messages to the channel of Fixed plant maintenance") == 10
    assert "And 4 more: alongside deliveries --state failed,unknown on the server" in home.text()


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


DRAFT = "Not decided: keep it as a draft"
AT_A_TIME = "It goes live at a time"


async def write_a_note(stage: Stage, what: str, when: str = DRAFT, **fields: object) -> None:
    dana = stage.person("U0DANA")
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    filled = {"Tool": "Pump Watch", "What does it do differently now?": what, "Why?": "Short peaks are no fault"}
    await modal.fills({**filled, "When is it live?": when, **fields})
    await modal.submits()
    assert not modal.errors
    await modal.closes()
    await stage.quiet()


def henrik_approves(session: Session) -> None:
    henrik = session.exec(select(Person).where(Person.slack_id == "U0HENRIK")).one()
    session.exec(select(Tool).where(Tool.name == "Pump Watch")).one().approver_id = henrik.id


async def test_a_data_scientist_goes_on_with_a_draft_from_there(stage: Stage) -> None:
    dana = stage.person("U0DANA")
    await write_a_note(stage, "Waits ten seconds")
    home = await home_of(stage, "U0DANA", "C-1 Pump Watch, draft: Waits ten seconds")
    assert in_order(home.text(), "Waiting for you", "Waits ten seconds", "Embeddings")

    await dana.clicks("Continue", on=home)
    form = await dana.sees_modal("Edit C-1")
    await form.fills({"What does it do differently now?": "Waits thirty seconds"})
    await form.submits()
    await form.closes()
    home = await home_of(stage, "U0DANA", "Waits thirty seconds")
    assert "Ask for the OK" not in home.buttons

    await dana.clicks("It is live", on=home)
    await stage.quiet()
    await dana.sees_modal("Done")
    home = await dana.sees_home("Nothing. Good shift!")
    assert "C-1" not in home.text()
    await stage.person("U0LENA").sees("Waits thirty seconds", WORKSHOP)


async def test_of_many_drafts_the_first_are_shown_and_nobody_elses(stage: Stage) -> None:
    for number in range(5):
        await write_a_note(stage, f"Draft number {number}")
    home = await home_of(stage, "U0DANA", "Draft number 2")
    assert home.buttons.count("Continue") == 3
    assert "And 2 more: /change-note list" in home.text()
    assert "Draft number" not in (await home_of(stage, "U0LENA", "Nothing. Good shift!")).text()


async def test_a_change_waits_on_its_approvers_home_and_on_its_way_on_its_authors(stage: Stage) -> None:
    await stage.app.store.write(henrik_approves)
    dana, henrik = stage.person("U0DANA"), stage.person("U0HENRIK")
    soon = stage.clock.now().replace(minute=0) + timedelta(hours=6)
    await write_a_note(stage, "Waits ten seconds")
    home = await home_of(stage, "U0DANA", "Waits ten seconds")
    assert "It is live" not in home.buttons
    await dana.clicks("Ask for the OK", on=home)
    await write_a_note(stage, "Rings twice", AT_A_TIME, **{"At this time": soon, "Why?": "At night"})
    home = await home_of(stage, "U0DANA", "Change notes on their way")
    assert in_order(home.text(), "Nothing. Good shift!", "Change notes on their way", "Waits for the OK of Henrik Lund")
    assert in_order(home.text(), "Rings twice", "To go live on")
    assert "Continue" not in home.buttons

    home = await home_of(stage, "U0HENRIK", "Dana Reyes asks for your OK: C-1")
    assert in_order(home.text(), "Waiting for you", "Short peaks are no fault", "asks for your OK: C-2", "Rings twice")
    assert "C-1" not in (await home_of(stage, "U0LENA", "Embeddings")).text()

    await henrik.clicks("Approve", on=home, beside="Short peaks")
    await stage.quiet()
    home = await henrik.sees_home("asks for your OK: C-2")
    assert "C-1" not in home.text()
    await henrik.clicks("Not yet", on=home)
    form = await henrik.sees_modal("Not yet")
    await form.fills({"What is missing?": "Try it on P-102"})
    await form.submits()
    await stage.quiet()
    assert "OK" not in (await home_of(stage, "U0HENRIK", "Embeddings")).text()

    home = await home_of(stage, "U0DANA", "Rings twice")
    assert in_order(home.text(), "Waiting for you", "C-1", "C-2", "Embeddings")
    assert "Change notes on their way" not in home.text()
    assert {"It is live", "Ask for the OK", "Continue"} <= set(home.buttons)
