"""When a plan is looked at next: as its next day begins where the team is, however the day may have moved."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from store import next_days, planned_days, prompt_plans, shifts, terms, written_days
from store.embeddings import Embedding
from store.policy import Policy
from store.prompt_planning import days_to_plan
from store.prompt_plans import PlanStatus, PromptPlan
from store.teams import Team
from tests.store.conftest import Run
from tests.store.site import FIRST_DAY, FIRST_SHIFT, LAST_DAY, LATER, Site, active_embedding, planned_embedding

MOMENT = timedelta(seconds=1)
ZONES = sorted(available_timezones())


def at_midnight(day: date, zone: str = "Australia/Perth") -> datetime:
    begins = shifts.instant(day, time(), zone)
    assert begins is not None
    return begins


def plan_of(session: Session) -> PromptPlan:
    return session.exec(select(PromptPlan)).one()


def look(run: Run, at: datetime) -> None:
    """Open what is due and plan it, as the ticker does."""
    run(next_days.open_due, at=at, limit=10)
    for plan in run(days_to_plan, policy=Policy(), at=at):
        run(written_days.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, at=at, version=plan.version)


@given(zone=st.sampled_from(ZONES), day=st.dates(date(1990, 1, 1), date(2036, 1, 1)))
def test_a_day_begins_when_it_is_first_seen_on_the_wall(zone: str, day: date) -> None:
    begins = shifts.day_begins(day, zone)
    assert shifts.local_day(begins - MOMENT, zone) < day <= shifts.local_day(begins, zone)


def test_a_day_that_does_not_exist_begins_with_the_next_one() -> None:
    skipped = date(2011, 12, 30)
    assert shifts.day_begins(skipped, "Pacific/Apia") == shifts.day_begins(date(2011, 12, 31), "Pacific/Apia")


def test_once_today_is_planned_nothing_is_due_until_tomorrow_begins_at_the_site(run: Run, site: Site) -> None:
    run(active_embedding, site)
    assert run(next_days.is_any_due, at=LATER)
    look(run, LATER)
    tomorrow = at_midnight(FIRST_DAY + timedelta(days=1))
    assert run(plan_of).next_look_at == tomorrow
    assert not run(next_days.is_any_due, at=tomorrow - MOMENT)
    assert run(next_days.is_any_due, at=tomorrow)


def test_before_its_embedding_begins_a_plan_is_put_aside_and_then_it_is_due(run: Run, site: Site) -> None:
    run(planned_embedding, site)
    assert run(next_days.open_due, at=LATER, limit=10) == 1
    assert run(plan_of).next_look_at is None
    assert not run(next_days.is_any_due, at=LATER)
    run(terms.begin_due, at=LATER)
    assert run(next_days.is_any_due, at=LATER)


def test_after_the_last_day_none_is_to_come(run: Run, site: Site) -> None:
    run(active_embedding, site)

    def near_the_end(session: Session) -> None:
        plan_of(session).planned_through = LAST_DAY - timedelta(days=1)

    run(near_the_end)
    look(run, at_midnight(LAST_DAY))
    assert (run(plan_of).planned_through, run(plan_of).next_look_at) == (LAST_DAY, None)
    assert not run(next_days.is_any_due, at=at_midnight(LAST_DAY) + timedelta(days=400))


def test_a_plan_that_has_ended_is_put_aside(run: Run, site: Site) -> None:
    run(active_embedding, site)

    def end(session: Session) -> None:
        plan_of(session).status = PlanStatus.ENDED

    run(end)
    run(next_days.open_due, at=LATER, limit=10)
    assert run(plan_of).next_look_at is None
    assert run(planned_days.of, run(plan_of).key, FIRST_DAY) is None


def test_the_first_day_is_not_opened_before_it_begins(run: Run, site: Site) -> None:
    run(active_embedding, site)
    begins = at_midnight(FIRST_DAY)
    run(next_days.open_due, at=begins - MOMENT, limit=10)
    assert (run(plan_of).next_look_at, run(planned_days.of, run(plan_of).key, FIRST_DAY)) == (begins, None)


def test_when_the_team_moves_to_another_zone_its_next_day_begins_there(run: Run, site: Site) -> None:
    run(active_embedding, site)
    look(run, LATER)

    def move(session: Session) -> None:
        session.get_one(Team, site.team_id).zone = "Pacific/Auckland"
        session.flush()
        planned_days.look_soon_at_workspace(session, site.workspace_id, at=LATER)

    run(move)
    look(run, LATER)
    tomorrow = at_midnight(FIRST_DAY + timedelta(days=1), "Pacific/Auckland")
    assert run(plan_of).next_look_at == tomorrow < at_midnight(FIRST_DAY + timedelta(days=1))
    look(run, tomorrow)
    assert run(plan_of).planned_through == FIRST_DAY + timedelta(days=1)


def test_what_begins_at_another_instant_than_is_kept_is_found(run: Run, site: Site) -> None:
    run(active_embedding, site)
    look(run, LATER)
    plan_id = run(plan_of).key
    assert run(next_days.misplaced, [plan_id]) == []

    def silently(session: Session) -> None:
        session.get_one(Team, site.team_id).zone = "Pacific/Auckland"

    run(silently)
    assert run(next_days.misplaced, [plan_id]) == [plan_id]
    run(next_days.look_at, [plan_id])
    assert run(plan_of).next_look_at == prompt_plans.AT_ONCE
    assert run(next_days.misplaced, [plan_id]) == []


def test_an_embedding_that_lasts_longer_is_found_too(run: Run, site: Site) -> None:
    embedding_id = run(active_embedding, site)

    def at_the_end(session: Session) -> None:
        plan = plan_of(session)
        plan.planned_through, plan.next_look_at = LAST_DAY, None

    def extend(session: Session) -> None:
        session.get_one(Embedding, embedding_id).last_day = LAST_DAY + timedelta(days=7)

    run(at_the_end)
    assert run(next_days.misplaced, [run(plan_of).key]) == []
    run(extend)
    assert run(next_days.misplaced, [run(plan_of).key]) == [run(plan_of).key]


def test_of_many_plans_those_whose_day_began_first_come_first(run: Run, site: Site) -> None:
    embedding_id = run(active_embedding, site)
    began = [datetime(2026, 3, 10, hour, tzinfo=UTC) for hour in (3, 1, 2)]

    def more(session: Session) -> None:
        session.delete(plan_of(session))
        for moment in began:
            session.add(PromptPlan(embedding_id=embedding_id, created_at=FIRST_SHIFT, next_look_at=moment))

    run(more)
    at = max(began)
    opened = [run(next_days.open_due, at=at, limit=2), len(run(days_to_plan, policy=Policy(), at=at, limit=2))]
    assert opened == [2, 2]

    def there(session: Session) -> list[datetime | None]:
        rows = session.exec(select(PromptPlan).join(planned_days.PlannedDay).order_by(PromptPlan.next_look_at)).all()  # type: ignore[arg-type] # a column
        return [row.next_look_at for row in rows]

    assert run(there) == sorted(began)[:2]
