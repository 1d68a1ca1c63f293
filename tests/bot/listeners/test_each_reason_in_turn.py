"""Each reason not to ask somebody, in Slack: with it nothing comes, and the row says why; without it the question does.

Crew A works the demo's first day, a Monday in March, and the half of it that is asked first has Ola in it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, FIRST_DAY, LEAD
from bot.local_slack import Message
from store.days_off import Shutdown
from store.deliveries import Delivery, Status
from store.not_now import Reason
from store.people import Person
from store.prompts import Prompt
from store.site import Site, SiteHolidays, import_site
from store.store import Session
from tests.bot.opening import BEGUN_AT, HELPED, PROMPTED_AT, moment

OLA = "U0OLA"
THEIR_NEXT_TURN = moment(date(2026, 3, 12), 5)
"""An hour before the end of crew A's third shift; who does not want to be asked had a turn on the second."""

Change = Callable[[Stage], Awaitable[None]]


async def fill(stage: Stage, who: str, word: str, title: str, filled: dict[str, str]) -> None:
    person = stage.person(who)
    listed = (await person.runs("/embedding", word)).message
    if listed is not None:
        await person.clicks(title, on=listed)
    modal = await person.sees_modal(title)
    await modal.fills(filled)
    await modal.submits()
    await modal.closes()


def lead_fills(word: str, title: str, **filled: str) -> Change:
    return lambda stage: fill(stage, LEAD, word, title, {"Why?": "Relining", **filled})


def types(text: str) -> Change:
    async def type_it(stage: Stage) -> None:
        await stage.person(OLA).runs("/embedding", text)

    return type_it


def chooses(begins: str, ends: str) -> Change:
    filled = {"Quiet hours from": begins, "Quiet hours until": ends}
    return lambda stage: fill(stage, OLA, "settings", "Your settings", filled)


def clicks_on_plans(label: str) -> Change:
    async def click(stage: Stage) -> None:
        dana = stage.person(DATA_SCIENTIST)
        listed = (await dana.runs("/embedding", "prompts")).message
        assert listed is not None
        await dana.clicks(label, on=listed)

    return click


def imports(change: Callable[[Site], Site]) -> Change:
    async def import_it(stage: Stage) -> None:
        await stage.app.store.write(import_site, change(stage.site), at=stage.clock.now())

    return import_it


def in_state(subdivision: str) -> Callable[[Site], Site]:
    """Victoria has Labour Day on the second Monday in March, Western Australia on the first."""
    calendar = SiteHolidays("AU", subdivision)
    return lambda site: replace(site, teams=tuple(replace(team, holidays=calendar) for team in site.teams))


def ola_shares(shares: bool) -> Callable[[Site], Site]:
    return lambda site: replace(
        site,
        people=tuple(replace(person, shared=shares) if person.slack_id == OLA else person for person in site.people),
    )


def account(off: bool) -> Change:
    return lambda stage: stage.slack.change_person(stage.person(OLA), deleted=off)


async def open_up(stage: Stage) -> None:
    def delete(session: Session) -> None:
        for row in session.exec(select(Shutdown)):
            session.delete(row)

    await stage.app.store.write(delete)


def of_ola(session: Session) -> tuple[str, Reason | None, bool]:
    """What became of the last shift on which it was Ola's turn."""
    found = session.exec(
        select(Prompt, Delivery.status)
        .join(Person, col(Person.id) == col(Prompt.person_id))
        .outerjoin(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .where(Person.slack_id == OLA)
        .order_by(col(Prompt.day).desc())
    ).first()
    assert found is not None
    prompt, status = found
    return prompt.status.value, prompt.reason, status is Status.SENT


def questions(stage: Stage, since: datetime) -> list[Message]:
    """What asks Ola since an instant."""
    return [
        message
        for message in stage.person(OLA).messages
        if HELPED in message.buttons and float(message.ts) >= since.timestamp()
    ]


FIRST = FIRST_DAY.isoformat()
REASONS: tuple[tuple[Reason, Change, Change], ...] = (
    (Reason.PUBLIC_HOLIDAY, imports(in_state("VIC")), imports(in_state("WA"))),
    (Reason.SHUTDOWN, lead_fills("shutdown", "Note a shutdown", **{"First day": FIRST, "Last day": FIRST}), open_up),
    (Reason.AWAY, types(f"away {FIRST}"), types("back")),
    (Reason.QUIET_HOURS, chooses("16:00", "17:30"), chooses("17:30", "18:00")),
    (Reason.SHARED_ACCOUNT, imports(ola_shares(True)), imports(ola_shares(False))),
    (Reason.PAUSED, lead_fills("pause", "Pause an embedding"), lead_fills("resume", "Resume an embedding")),
    (Reason.PLAN_STOPPED, clicks_on_plans("Pause"), clicks_on_plans("Go on")),
    (Reason.ACCOUNT_OFF, account(off=True), account(off=False)),
)


@pytest.mark.parametrize(("reason", "begin", "end"), REASONS, ids=[reason.value for reason, _, _ in REASONS])
@pytest.mark.parametrize("is_over", [False, True], ids=["with it", "without it"])
async def test_with_a_reason_nothing_comes_and_without_it_the_question_does(
    stage: Stage, reason: Reason, begin: Change, end: Change, is_over: bool
) -> None:
    await begin(stage)
    stage.clock.advance_to(moment(FIRST_DAY, 12))
    await stage.tick()
    assert await stage.app.store.read(of_ola) == ("skipped", reason, False)
    if is_over:
        await end(stage)
    stage.clock.advance_to(PROMPTED_AT)
    await stage.tick()
    came = len(questions(stage, BEGUN_AT))
    expected = (("open", None, True), 1) if is_over else (("skipped", reason, False), 0)
    assert (await stage.app.store.read(of_ola), came) == expected


@pytest.mark.parametrize("is_over", [False, True], ids=["with it", "without it"])
async def test_who_stops_a_question_is_not_asked_it_again_until_they_say_so(stage: Stage, is_over: bool) -> None:
    stage.clock.advance_to(PROMPTED_AT)
    await stage.tick()
    ola = stage.person(OLA)
    (question,) = questions(stage, BEGUN_AT)
    await ola.clicks("Don't ask me this any more", on=question)
    await stage.quiet()
    if is_over:
        await ola.clicks("Ask me again", on=question.current())
    stage.clock.advance_to(THEIR_NEXT_TURN)
    await stage.tick()
    came = len(questions(stage, moment(date(2026, 3, 10), 0)))
    expected = (("open", None, True), 1) if is_over else (("skipped", Reason.MUTED, False), 0)
    assert (await stage.app.store.read(of_ola), came) == expected
