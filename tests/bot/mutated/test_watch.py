"""The watch finds what it watches for: an app with a hole in it does not pass."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import Session, col, select, update

from bot import ids
from bot.listeners.rows import Act, Row
from bot.listeners.table import TABLE
from store import history, triage
from store.access import Grant
from store.feedback import Feedback
from store.people import Caller, Person
from store.triage import Acknowledged
from store.workspaces import Workspace
from tests.bot.mutated.conftest import Played, Trying
from tests.bot.mutated.originals import ELSEWHERE, Original, heard_by_all_rows

DANA = "U0DANA"


def for_somebody_else(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
    """Takes whoever clicks for the data scientist."""
    return triage.acknowledge(session, feedback_id, by=replace(by, user=DANA), at=at)


def without_an_event(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
    """Changes a row and leaves no trace."""
    session.execute(update(Feedback).where(col(Feedback.id) == feedback_id).values(text="nothing"))
    return Acknowledged("F-9")


def without_asking(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
    """Lets everybody do what data scientists may."""
    person = session.exec(select(Person).where(Person.slack_id == by.user)).first()
    assert person is not None
    session.execute(update(Feedback).where(col(Feedback.id) == feedback_id).values(acknowledged_at=at))
    history.record(
        session, person.workspace_id, "feedback_acknowledged", "feedback", feedback_id, at=at, actor_id=person.id
    )
    return Acknowledged("F-9")


def of_another_workspace(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
    """Finds people by their id alone."""
    elsewhere = select(Workspace.id).where(Workspace.slack_id == ELSEWHERE).scalar_subquery()
    session.execute(update(Person).where(col(Person.workspace_id) == elsewhere).values(name="Somebody"))
    return Acknowledged("F-9")


def one_thing_more(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
    """Gives away a role beside what it was asked for."""
    session.execute(update(Grant).values(granted_at=at))
    return triage.acknowledge(session, feedback_id, by=by, at=at)


def table_with(hole: Callable[..., Acknowledged]) -> tuple[Row, ...]:
    return tuple(
        replace(row, use_case=hole) if isinstance(row, Act) and row.id == ids.ACKNOWLEDGE else row for row in TABLE
    )


def click_by(played: Played, user: str) -> Original:
    """A click on "I've read it" beside a report that nobody has read."""
    click = played.one_of(0, f"block_actions {ids.ACKNOWLEDGE}")
    (action,) = click.payload["actions"]
    return replace(
        click,
        payload={
            **click.payload,
            "user": {**click.payload["user"], "id": user},
            "actions": [{**action, "value": "9"}],
        },
    )


@pytest.mark.parametrize("hole", [for_somebody_else, without_asking, without_an_event, of_another_workspace])
async def test_a_hole_is_found(hole: Callable[..., Acknowledged], trying: Trying, before_the_last_day: Played) -> None:
    async with trying(before_the_last_day, table=table_with(hole)) as trial:
        with pytest.raises(AssertionError, match=r"U0OLA|without an event|another workspace"):
            await trial.send(click_by(before_the_last_day, "U0OLA"), ())


async def test_too_much_is_found_too(trying: Trying, before_the_last_day: Played) -> None:
    async with trying(before_the_last_day, table=table_with(one_thing_more)) as trial:
        with pytest.raises(AssertionError, match="grant"):
            await trial.send(click_by(before_the_last_day, DANA), ())


async def test_without_a_hole_a_right_is_used_and_a_wrong_refused(trying: Trying, before_the_last_day: Played) -> None:
    async with trying(before_the_last_day) as trial:
        await trial.send(click_by(before_the_last_day, "U0OLA"), ())
        assert trial.acts == 0
        await trial.send(click_by(before_the_last_day, DANA), ())
        assert trial.acts == 1


async def test_a_bug_is_found(trying: Trying, before_the_last_day: Played) -> None:
    def broken(session: Session, feedback_id: int, *, by: Caller, at: datetime) -> Acknowledged:
        raise ZeroDivisionError

    async with trying(before_the_last_day, table=table_with(broken)) as trial:
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            await trial.send(click_by(before_the_last_day, DANA), ())


def test_something_is_asked_for_of_every_row(on_the_last_day: Played, before_the_last_day: Played) -> None:
    assert heard_by_all_rows((*before_the_last_day.originals, *on_the_last_day.originals))
