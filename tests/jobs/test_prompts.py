"""Prompts whose time is over are all closed, however many there are."""

from datetime import timedelta

from sqlmodel import Session, col, func, select

from jobs.prompts import CHUNK, close_lapsed
from store import prompts, terms
from store.prompt_plans import PromptPlan
from store.prompts import DuePrompt, Prompt, PromptStatus
from store.store import Store
from tests.store.site import FIRST_DAY, FIRST_SHIFT, Site

CLOSED = FIRST_SHIFT + timedelta(days=1)


def asked(session: Session, site: Site, count: int) -> None:
    """Ana is asked on so many days, and every question closes at the same time."""
    terms.begin_due(session, at=FIRST_SHIFT)
    plan = session.exec(select(PromptPlan)).one()
    due = [
        DuePrompt(
            person_id=site.people["Ana"],
            day=FIRST_DAY + timedelta(days=number),
            shift="D",
            due_at=FIRST_SHIFT,
            shift_ends_at=CLOSED,
            closes_at=CLOSED,
        )
        for number in range(count)
    ]
    assert prompts.plan_day(session, plan.key, None, FIRST_DAY, due, at=FIRST_SHIFT) == count


def still_open(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Prompt).where(col(Prompt.status) == PromptStatus.OPEN)).one()


async def test_more_than_one_write_can_bear_are_closed_in_several(store: Store, site: Site) -> None:
    await store.write(asked, site, 2 * CHUNK + 1)
    assert await close_lapsed(store, at=CLOSED - timedelta(seconds=1)) == 0
    assert await close_lapsed(store, at=CLOSED) == 2 * CHUNK + 1
    assert await store.read(still_open) == 0


async def test_as_many_as_one_write_can_bear_are_no_more(store: Store, site: Site) -> None:
    await store.write(asked, site, CHUNK)
    assert await close_lapsed(store, at=CLOSED) == CHUNK
    assert await close_lapsed(store, at=CLOSED) == 0
