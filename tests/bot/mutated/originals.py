"""One genuine request of each kind that the app hears, taken from people who did these things."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from bot import ids
from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, FIRST_DAY, LAST_DAY, LEAD, SPONSORS
from bot.listeners.registration import row_of
from bot.listeners.table import TABLE
from bot.local_slack import Inbound
from bot.local_slack import Person as SlackPerson
from bot.local_slack.journal import Kind
from store import access, embeddings, feedback, visits
from store.access import Role, Scope
from store.people import Person
from store.policy import Policy
from store.site import import_site
from store.tools import Tool
from tests.bot.conftest import demo_site
from tests.bot.opening import ADMIN, HELPED, IN_THE_WAY, QUESTION, asked, moment, not_answered_yet

WORDS = "The Bearing Is Too Hot"
"""Stands in whatever people typed, so that it would be found in a log."""

ELSEWHERE = "T0ELSEWHERE"
SWAPPED_TO = FIRST_DAY + timedelta(days=5)
"""A day off of the crew that is asked first."""
AWAY = (FIRST_DAY + timedelta(days=30), FIRST_DAY + timedelta(days=31))
NEXT_TERM = (date(2026, 5, 4), date(2026, 5, 29))


@dataclass(frozen=True)
class Original:
    """A genuine request."""

    name: str
    kind: Kind
    payload: Mapping[str, Any]

    @classmethod
    def of(cls, entry: Inbound) -> "Original":
        said = str(entry.payload.get("text", "")) if entry.kind == "slash_commands" else ""
        name = f"{entry.what} {'…' if said.startswith(WORDS) else said}".strip()
        return cls(name, entry.kind, copy.deepcopy(dict(entry.payload)))


def heard_by_all_rows(originals: Iterable[Original]) -> bool:
    """Whether every row of the table hears one of them."""
    heard = {id(row_of(TABLE, original.payload)) for original in originals}
    return heard >= {id(row) for row in TABLE}


async def play_until_the_last_day(stage: Stage) -> list[Original]:
    """Play an embedding in which everything happens that can be asked for, up to its review.

    Left open for those who come later: a proposal, a prompt, a verdict, a message that failed, and a signature.
    """
    await _there_is_another_workspace(stage)
    await _people_type(stage)
    await _people_report(stage)
    await _ola_looks_after_her_report(stage)
    await _people_write_to_the_app(stage)
    await _people_answer(stage)
    await _dana_plans_what_is_asked(stage)
    await _dana_triages(stage)
    await _dana_notes_what_she_saw(stage)
    await _dana_notes_a_change(stage)
    await _lena_proposes_another(stage)
    await _notes_wait_and_are_taken_back(stage)
    await _reporters_say_whether_it_helped(stage)
    await _two_changes_do_not_help(stage)
    await _people_look_at_the_home(stage)
    await _henrik_sends_again_what_did_not_go_out(stage)
    await _lena_puts_henrik_into_a_crew(stage)
    await _ola_is_away_and_back(stage)
    await _lena_shuts_down_and_pauses(stage)
    await _ola_reports_something_unsafe(stage)
    await _tomasz_says_what_not_to_rely_on(stage)
    return _collected(stage)


async def play_the_last_day(stage: Stage) -> list[Original]:
    """Play on into the review."""
    stage.clock.advance_to(moment(LAST_DAY, 10))
    await stage.tick()
    grace = stage.person(SPONSORS[0])
    await grace.clicks("Read and sign", on=await grace.sees("has reached its last day"))
    modal = await grace.sees_modal("Review of E-1")
    await modal.fills({"What should become of it?": "Keep it and keep improving it"})
    await modal.submits()
    await modal.closes()
    return _collected(stage)


def _collected(stage: Stage) -> list[Original]:
    found: dict[str, Original] = {}
    for entry in stage.slack.journal.inbound:
        if entry.kind != "interactive" or entry.payload["type"] != "view_closed":
            original = Original.of(entry)
            found[original.name] = original
    return list(found.values())


async def _there_is_another_workspace(stage: Stage) -> None:
    # With people of the same ids, as nobody but a forger would have them.
    other = replace(demo_site(), workspace=ELSEWHERE)
    await stage.app.store.write(import_site, other, at=stage.clock.now())


async def _people_type(stage: Stage) -> None:
    for who, command, texts in (
        ("U0OLA", "/model-feedback", ("", "list", "list 2", "help", "E-1")),
        (LEAD, "/embedding", ("", "list", "shifts", "crews", "help", "help me")),
        (
            DATA_SCIENTIST,
            "/change-note",
            (
                *("", "inbox", "list", "history", "history Pump Watch", "help", "what"),
                *("observed", f"observed {WORDS}", "observations", "exposure"),
            ),
        ),
        (SPONSORS[0], "/embedding-summary", ("", "E-1", "help", "what")),
    ):
        for text in texts:
            await stage.person(who).runs(command, text)
            await _away_with_modals(stage, who)


async def _people_report(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    for number in range(11):
        await ola.runs("/model-feedback", f"{WORDS} on P-{number}, false alarm")
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    await modal.fills({"Tool": "Screen Eye"})
    await stage.quiet()
    await modal.fills({"Tool": "Pump Watch"})
    await stage.quiet()
    await modal.fills(
        {
            "What did it do?": modal.options("What did it do?")[0],
            "In your words": WORDS,
            "What did it cost?": modal.options("What did it cost?")[0],
        }
    )
    await modal.submits()
    await modal.closes()
    noise = await ola.says(WORDS, "C0WORKSHOP")
    await ola.uses_shortcut("Report model behaviour", on=noise)
    await _away_with_modals(stage, "U0OLA")
    await ola.opens_home()
    await ola.runs("/model-feedback", "list")
    listed = ola.messages[-1]
    await ola.clicks("Older", on=listed)
    await dana.clicks("I've read it", on=await dana.sees(f"{WORDS} on P-10"))


async def _ola_looks_after_her_report(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    filed = (await ola.runs("/model-feedback", f"{WORDS}, too late")).message
    assert filed is not None
    await ola.clicks("It was Screen Eye", on=filed)
    await stage.quiet()
    await ola.clicks("Edit", on=filed)
    modal = await ola.sees_modal("Change F-13")
    await modal.fills({"Where?": WORDS, "What should it have done?": WORDS, "Did a colleague tell you?": WORDS})
    await modal.submits()
    await _away_with_modals(stage, "U0OLA")
    await ola.runs("/model-feedback", "F-13 and again")
    shown = (await ola.runs("/model-feedback", "F-13")).message
    assert shown is not None
    await ola.clicks("Add detail", on=shown)
    modal = await ola.sees_modal("Add to F-13")
    await modal.fills({"What else?": WORDS})
    await modal.submits()
    await _away_with_modals(stage, "U0OLA")
    await ola.opens_home()
    await stage.quiet()
    await ola.clicks("Open", on=await ola.sees_home("F-13"), beside="F-13")
    await _away_with_modals(stage, "U0OLA")
    await ola.clicks("Withdraw", on=shown)
    await stage.quiet()


async def _people_write_to_the_app(stage: Stage) -> None:
    for who, tapped in (("U0OLA", "🔕 False alarm"), ("U0AROHA", "It's not a report")):
        person = stage.person(who)
        await person.says(WORDS)
        await stage.quiet()
        await person.clicks(tapped, on=await person.sees("Shall I file this as a report?"))
        await stage.quiet()


async def _people_answer(stage: Stage) -> None:
    person, question = await asked(stage)
    await person.clicks(IN_THE_WAY, on=question)
    await person.sees_change(question, IN_THE_WAY)
    await person.clicks("Make it a report", on=question)
    await _away_with_modals(stage, person.id)
    await person.clicks("Change", on=question)
    form = await person.sees_modal("Your answer")
    await form.fills({"Pick one": HELPED})
    await form.submits()
    await person.sees_change(question, f"You said: {HELPED}")
    await person.clicks("Add detail", on=question)
    form = await person.sees_modal("Add detail")
    await form.fills({"What happened?": WORDS})
    await form.submits()
    await person.says(WORDS, in_thread_of=question)
    await stage.quiet()
    person, question = not_answered_yet(stage)
    await person.clicks("Don't ask me this any more", on=question)
    await person.clicks("Ask me again", on=await person.sees_change(question, "no more of these questions"))
    await person.sees_change(question, QUESTION)
    await person.clicks("I'm not on this shift", on=question)
    await stage.tick()
    await person.clicks("I work another one instead", on=await person.sees_change(question, "not on this shift"))
    modal = await person.sees_modal("Swap a shift")
    await modal.fills({"Day on which it starts": SWAPPED_TO.isoformat(), "Shift": "N"})
    await modal.submits()
    await modal.closes()
    await stage.tick()
    await person.clicks("I'm on this shift after all", on=await person.sees_change(question, "If it's your turn then"))


async def _dana_plans_what_is_asked(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    listed = (await dana.runs("/embedding", "prompts")).message
    assert listed is not None
    await dana.clicks("New plan", on=listed)
    form = await dana.sees_modal("What to ask")
    await form.fills({"Questions": "Weekly look back", "How often": "Once a week, on the last shift of it"})
    await form.submits()
    await (await dana.sees_modal("What it costs")).submits()
    await _away_with_modals(stage, dana.id)
    await dana.clicks("Copy “Did it help this shift?”", on=listed)
    form = await dana.sees_modal("Your own questions")
    await form.fills({"Name of the set": WORDS})
    await form.submits()
    await _away_with_modals(stage, dana.id)
    listed = (await dana.runs("/embedding", "prompts")).message
    assert listed is not None
    for button in ("Pause", "Go on", "End it"):
        await dana.clicks(button, on=listed, beside="Weekly look back")
        await stage.quiet()


async def _dana_triages(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await dana.clicks("Open", on=await dana.sees(f"{WORDS} on P-9"))
    await _away_with_modals(stage, dana.id)
    await dana.opens_home()
    await dana.clicks("See the reports", on=await dana.sees_home("See the reports"))
    form = await dana.sees_modal("Reports")
    sixth = next(label for label in form.options("Reports") if "F-6 " in label)
    await form.fills({"Reports": [sixth], "What to do with those ticked": "Ask the reporter something"})
    await form.submits()
    await form.fills({"Your question": WORDS})
    await form.submits()
    await _away_with_modals(stage, dana.id)
    await ola.clicks("Answer", on=await ola.sees("has a question about your report F-6"))
    form = await ola.sees_modal("Your answer")
    await form.fills({"Your answer": WORDS})
    await form.submits()
    await _away_with_modals(stage, ola.id)


async def _dana_notes_what_she_saw(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    for _ in range(11):
        await dana.runs("/change-note", "observed")
        form = await dana.sees_modal("What did you see?")
        await form.fills({"In your words": WORDS, "On shift with crew": "B"})
        await form.submits()
        await _away_with_modals(stage, dana.id)
    listed = (await dana.runs("/change-note", "observations")).message
    assert listed is not None
    await dana.clicks("Older", on=listed)
    await dana.runs("/change-note", "exposure")
    form = await dana.sees_modal("Alerts in a week")
    await form.fills(
        {"Any day of the week": FIRST_DAY.isoformat(), "How many alerts or recommendations did it show?": "412"}
    )
    await form.submits()
    await _away_with_modals(stage, dana.id)


async def _dana_notes_a_change(stage: Stage) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    await modal.fills(
        {
            "What does it do differently now?": WORDS,
            "Why?": WORDS,
            "New version": "9",
            "Which reports does it answer?": modal.options("Which reports does it answer?")[:3],
        }
    )
    await modal.submits()
    await modal.closes()


async def _notes_wait_and_are_taken_back(stage: Stage) -> None:
    dana, henrik = stage.person(DATA_SCIENTIST), stage.person(ADMIN)
    await stage.app.store.write(_needs_an_ok, "Screen Eye", ADMIN)
    await dana.runs("/change-note", "C-1")
    await dana.runs("/change-note", "F-1")
    for number in range(5):
        await _drafts(stage, "Screen Eye" if number < 2 else "Pump Watch")
    listed = (await dana.runs("/change-note", "list")).message
    assert listed is not None
    await dana.clicks("Older", on=listed)
    await stage.quiet()
    listed = (await dana.runs("/change-note", "list")).message
    assert listed is not None
    await dana.clicks("Edit", on=listed, beside="C-6")
    form = await dana.sees_modal("Edit C-6")
    await form.fills({"Why?": WORDS})
    await form.submits()
    await _away_with_modals(stage, DATA_SCIENTIST)
    await dana.clicks("It is live", on=listed, beside="C-5")
    await stage.quiet()
    for reference, button in (("C-2", "Approve"), ("C-3", "Not yet")):
        listed = (await dana.runs("/change-note", "list")).message
        assert listed is not None
        await dana.clicks("Ask for the OK", on=listed, beside=reference)
        await stage.quiet()
        await henrik.clicks(button, on=await henrik.sees(f"asks for your OK: {reference}"))
        await stage.quiet()
    form = await henrik.sees_modal("Not yet")
    await form.fills({"What is missing?": WORDS})
    await form.submits()
    listed = (await dana.runs("/change-note", "list")).message
    assert listed is not None
    await dana.clicks("Take it back", on=listed, beside="C-5")
    form = await dana.sees_modal("Take back C-5")
    await form.fills({"Why?": WORDS})
    await form.submits()
    await _away_with_modals(stage, DATA_SCIENTIST)
    for _ in range(4):
        await _notes_live(stage)
    page = (await dana.runs("/change-note", "history Pump Watch")).message
    assert page is not None
    await dana.clicks("Older", on=page)
    await _finds_reports(stage)


async def _drafts(stage: Stage, tool: str) -> None:
    await _notes_live(stage, tool, **{"When is it live?": "Not decided: keep it as a draft"})


async def _notes_live(stage: Stage, tool: str = "Pump Watch", **fields: str) -> None:
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    await modal.fills({"Tool": tool, "What does it do differently now?": WORDS, "Why?": WORDS, **fields})
    await modal.submits()
    await modal.closes()
    await stage.quiet()


async def _finds_reports(stage: Stage) -> None:
    # A menu of reports is searched where there are more than a menu holds; here the search alone is wanted.
    dana = stage.person(DATA_SCIENTIST)
    await dana.runs("/change-note")
    modal = await dana.sees_modal("What changed?")
    payloads = stage.slack._stage.payloads
    payload = payloads.suggestion(dana.user, modal.where(payloads), "answers", ids.FIND_REPORTS, WORDS)
    await stage.slack.send_raw("interactive", payload)
    await _away_with_modals(stage, DATA_SCIENTIST)


async def _two_changes_do_not_help(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    answered = next(one for one in ola.messages if "You said: 👍 Better" in one.text())
    await ola.clicks("Add a word", on=answered)
    form = await ola.sees_modal("Add a word")
    await form.fills({"What did you see?": WORDS})
    await form.submits()
    await ola.runs("/model-feedback", "again F-1")
    visit_ids = [await stage.app.store.write(_proposed, number, at=stage.clock.now()) for number in (4, 5)]
    assert visit_ids
    await stage.tick()
    while not [one for one in ola.messages if "Another time" in one.buttons]:
        stage.clock.advance(timedelta(hours=1))
        await stage.tick()
    for_ola = [one for one in ola.messages if "Another time" in one.buttons]
    for_dana = [one for one in dana.messages if "Another time" in one.buttons]
    await ola.clicks("Another time", on=for_ola[-1])
    await dana.clicks("That works", on=for_dana[0])
    await ola.clicks("Rather not", on=for_ola[0])
    await stage.quiet()
    report = (await ola.runs("/change-note", "F-2")).message
    assert report is not None
    await ola.clicks("It happened again", on=report)
    await stage.quiet()


def _needs_an_ok(session: Session, tool: str, slack_id: str) -> None:
    person = session.exec(select(Person).where(Person.slack_id == slack_id, Person.workspace_id == 1)).one()
    session.exec(select(Tool).where(Tool.name == tool, Tool.workspace_id == 1)).one().approver_id = person.id


def _proposed(session: Session, feedback_id: int, *, at: datetime) -> bool:
    report = feedback.by_id(session, feedback_id)
    dana = session.exec(select(Person).where(Person.slack_id == DATA_SCIENTIST, Person.workspace_id == 1)).one()
    embedding = embeddings.by_id(session, report.embedding_id or 0)
    return visits.propose(session, report, embedding, dana.key, policy=Policy(), at=at)


async def _lena_proposes_another(stage: Stage) -> None:
    lena = stage.person(LEAD)
    for sponsor, button in zip(SPONSORS, ("I agree", "Not like this"), strict=True):
        await _proposes(stage, lena)
        person = stage.person(sponsor)
        await person.clicks(button, on=await person.sees("Is it all right with you?"))
    await _proposes(stage, lena)


async def _proposes(stage: Stage, lena: SlackPerson) -> None:
    await lena.runs("/embedding")
    modal = await lena.sees_modal("Schedule an embedding")
    await modal.fills(
        {
            "Tools": ["Pump Watch", "Screen Eye"],
            "Data scientists": stage.person(DATA_SCIENTIST).name,
            "Sponsor, operations": stage.person(SPONSORS[0]).name,
            "Sponsor, data": stage.person(SPONSORS[1]).name,
            "First day": NEXT_TERM[0].isoformat(),
            "Last day": NEXT_TERM[1].isoformat(),
            "What must be true at the end?": WORDS,
        }
    )
    await modal.submits()
    await modal.closes()
    await stage.quiet()


async def _reporters_say_whether_it_helped(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    day = FIRST_DAY
    while not (questions := [message for message in ola.messages if "👍 Better" in message.buttons]):
        day += timedelta(days=1)
        for hour in (5, 17):
            stage.clock.advance_to(moment(day, hour))
            await stage.tick()
    await ola.clicks("👍 Better", on=questions[0])
    await stage.quiet()


async def _people_look_at_the_home(stage: Stage) -> None:
    for who, button in (
        ("U0OLA", "Report behaviour"),
        (DATA_SCIENTIST, "Note a change"),
        (LEAD, "Schedule an embedding"),
    ):
        await stage.person(who).opens_home()
        await stage.quiet()
        await stage.person(who).clicks(button, on=await stage.person(who).sees_home(button))
        await _away_with_modals(stage, who)
    await stage.slack.change_person(stage.person("U0OLA"), zone="Australia/Perth")
    workshop = stage.slack.channel("C0WORKSHOP")
    await stage.slack.remove(workshop)
    await stage.slack.invite(workshop, by=stage.person(LEAD))


async def _henrik_sends_again_what_did_not_go_out(stage: Stage) -> None:
    henrik = stage.person(ADMIN)
    await stage.app.store.write(_made_an_admin, ADMIN)
    for error in ("restricted_action", "no_permission"):
        stage.slack.expect_trouble("chat.postMessage", error=error)
        await stage.person("U0OLA").runs("/model-feedback", f"{WORDS} ({error})")
        await stage.quiet()
    await henrik.opens_home()
    await henrik.clicks("Try again", on=await henrik.sees_home("Try again"), beside="restricted_action")
    await stage.quiet()


async def _lena_puts_henrik_into_a_crew(stage: Stage) -> None:
    lena = stage.person(LEAD)
    await lena.runs("/embedding", "crews")
    modal = await lena.sees_modal("Crews")
    await modal.fills({"Who?": stage.person(ADMIN).name, "Crew": "A"})
    await modal.submits()
    await modal.closes()


async def _ola_is_away_and_back(stage: Stage) -> None:
    ola = stage.person("U0OLA")
    for text in ("away", "settings", f"away {AWAY[0]}..{AWAY[1]}", "back"):
        await ola.runs("/embedding", text)
    await _away_with_modals(stage, ola.id)
    await ola.opens_home()
    await stage.quiet()
    home = await ola.sees_home("Your settings")
    await ola.clicks("I'll be away", on=home)
    modal = await ola.sees_modal("When are you away?")
    await modal.fills({"First day": AWAY[0].isoformat(), "Last day": AWAY[1].isoformat()})
    await modal.submits()
    await modal.closes()
    await ola.opens_home()
    await stage.quiet()
    await ola.clicks("I'm back", on=await ola.sees_home("Away from"))
    await stage.quiet()
    await ola.clicks("Change settings", on=await ola.sees_home("Your settings"))
    modal = await ola.sees_modal("Your settings")
    await modal.fills({"Quiet hours from": "02:00", "Quiet hours until": "03:00"})
    await modal.submits()
    await modal.closes()


async def _lena_shuts_down_and_pauses(stage: Stage) -> None:
    lena = stage.person(LEAD)
    shown = (await lena.runs("/embedding", "shutdown")).message
    assert shown is not None
    await lena.clicks("Note a shutdown", on=shown)
    modal = await lena.sees_modal("Note a shutdown")
    await modal.fills({"First day": AWAY[0].isoformat(), "Last day": AWAY[1].isoformat(), "Why?": WORDS})
    await modal.submits()
    await modal.closes()
    shown = (await lena.runs("/embedding", "shutdown")).message
    assert shown is not None
    await lena.clicks("Lift it", on=shown)
    await stage.quiet()
    for word, title in (("pause", "Pause an embedding"), ("resume", "Resume an embedding")):
        await lena.runs("/embedding", word)
        modal = await lena.sees_modal(title)
        await modal.fills({"Why?": WORDS})
        await modal.submits()
        await modal.closes()


async def _ola_reports_something_unsafe(stage: Stage) -> None:
    ola, dana = stage.person("U0OLA"), stage.person(DATA_SCIENTIST)
    await ola.runs("/model-feedback", f"{WORDS} and unsafe")
    await ola.clicks("Yes", on=await ola.sees("May they call you?"))
    await stage.quiet()
    await stage.tick()
    called = next(message for message in dana.messages if "I've got it" in message.buttons)
    await dana.clicks("I've got it", on=called)
    await ola.runs("/model-feedback")
    modal = await ola.sees_modal("Report behaviour")
    kind = modal.options("What did it do?")[0]
    await modal.fills({"Unsafe?": modal.options("Unsafe?"), "What did it do?": kind, "In your words": WORDS})
    await modal.submits()
    await modal.fills({"May they call you?": "Yes"})
    await modal.submits()
    await modal.closes()
    await ola.opens_home()
    await stage.quiet()
    await ola.clicks("Something unsafe", on=await ola.sees_home("Something unsafe"))
    modal = await ola.sees_modal("Something unsafe")
    await modal.fills({"May they call you?": "No", "What is unsafe, and where?": WORDS})
    await modal.submits()
    await modal.closes()
    await stage.quiet()
    await stage.tick()


async def _tomasz_says_what_not_to_rely_on(stage: Stage) -> None:
    tomasz = stage.person("U0TOMASZ")
    called = next(message for message in tomasz.messages if "Say what not to rely on" in message.buttons)
    await tomasz.clicks("Say what not to rely on", on=called)
    await tomasz.sees_modal("Do not rely on a tool")
    await _away_with_modals(stage, tomasz.id)
    await tomasz.runs("/model-feedback", "restrict")
    modal = await tomasz.sees_modal("Do not rely on a tool")
    await modal.fills({"Tool": "Screen Eye", "Do not rely on it for": WORDS, "Why?": WORDS})
    await modal.submits()
    await modal.closes()
    await tomasz.runs("/model-feedback", "lift")
    await _away_with_modals(stage, tomasz.id)
    await tomasz.opens_home()
    await stage.quiet()
    await tomasz.clicks("Lift", on=await tomasz.sees_home("Do not rely on Screen Eye"))
    modal = await tomasz.sees_modal("Rely on it again")
    await modal.fills({"Why can it be relied on again?": WORDS})
    await modal.submits()
    await modal.closes()


def _made_an_admin(session: Session, slack_id: str) -> None:
    person = session.exec(select(Person).where(Person.slack_id == slack_id, Person.workspace_id == 1)).one()
    access.give(session, person, Role.ADMIN, Scope.WORKSPACE, person.workspace_id, at=person.created_at)


async def _away_with_modals(stage: Stage, who: str) -> None:
    await stage.quiet()
    views = stage.slack._stage.slack.views
    views.clear(who)
