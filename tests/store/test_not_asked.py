"""How often people were asked and why not: counts that add up, of weeks that are over, and never of few people."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from store import not_asked, summary, written_days
from store.deliveries import Delivery, Status
from store.not_asked import NotAsked
from store.not_now import Reason
from store.policy import Policy
from store.privacy import Withheld
from store.prompt_plans import PromptPlan
from store.prompts import Prompt, PromptStatus
from tests.store.conftest import Run
from tests.store.site import CREW_A, FIRST_DAY, FRONTLINE, LATER, Site, active_embedding, due_prompts

NEXT_WEEK = date(2026, 3, 16)
"""The Monday after the embedding's first day."""
THREE = Policy(people_needed=3)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def asked(session: Session, site: Site, names: tuple[str, ...] = FRONTLINE) -> None:
    """A day on which these people were expected; Ana was sent hers, for the others there was a reason or none."""
    plan = session.exec(select(PromptPlan)).one()
    written_days.plan_day(session, plan.key, None, FIRST_DAY, due_prompts(session, site, names=names), at=LATER)


def skipped(session: Session, site: Site, reasons: dict[str, Reason]) -> None:
    for name, reason in reasons.items():
        row = session.exec(select(Prompt).where(Prompt.person_id == site.people[name])).one()
        row.status, row.reason = PromptStatus.SKIPPED, reason


def sent(session: Session, site: Site, *names: str) -> None:
    for row in session.exec(select(Delivery).where(Delivery.subject == "prompt")):
        if row.person_id in [site.people[name] for name in names]:
            row.status = Status.SENT


def counted(run: Run, embedding_id: int, today: date = NEXT_WEEK, policy: Policy = THREE) -> NotAsked:
    return run(not_asked.of_embedding, embedding_id, today, policy)


def test_expected_is_sent_and_skipped_and_missed(run: Run, site: Site, embedding_id: int) -> None:
    run(asked, site)
    run(sent, site, *CREW_A)
    run(skipped, site, dict.fromkeys(("Dan", "Eve", "Finn"), Reason.SHUTDOWN))
    found = counted(run, embedding_id)
    assert found == NotAsked(expected=6, sent=3, reasons=((Reason.SHUTDOWN, 3),))


def test_a_week_is_counted_once_it_is_over(run: Run, site: Site, embedding_id: int) -> None:
    run(asked, site)
    run(sent, site, *CREW_A)
    assert counted(run, embedding_id, NEXT_WEEK - timedelta(days=1)) == NotAsked(0, 0, ())


def test_few_people_who_are_away_are_not_counted(run: Run, site: Site, embedding_id: int) -> None:
    run(asked, site)
    run(sent, site, "Dan", "Eve", "Finn")
    run(skipped, site, {"Ana": Reason.AWAY, "Ben": Reason.MUTED, "Cleo": Reason.AWAY})
    assert counted(run, embedding_id).reasons == ((Reason.AWAY, Withheld(3)), (Reason.MUTED, Withheld(3)))


def test_enough_of_them_are(run: Run, site: Site, embedding_id: int) -> None:
    run(asked, site)
    run(skipped, site, dict.fromkeys(CREW_A, Reason.AWAY))
    assert counted(run, embedding_id).reasons == ((Reason.AWAY, 3),)


def test_a_total_of_few_people_is_withheld(run: Run, site: Site, embedding_id: int) -> None:
    run(asked, site, CREW_A)
    run(sent, site, "Ana", "Ben")
    found = counted(run, embedding_id, policy=Policy())
    assert (found.expected, found.sent) == (Withheld(5), Withheld(5))


@pytest.mark.parametrize(("name", "sees"), [("Priya", True), ("Mei", False), ("Ana", False), ("Olga", False)])
def test_only_the_data_scientists_see_it(run: Run, site: Site, embedding_id: int, name: str, sees: bool) -> None:
    found = run(summary.summary, 1, policy=Policy(), by=site.caller(name), at=LATER)
    assert (found.not_asked is not None) is sees
