"""What is planned and not yet sent follows what is true; what was sent stays; each reason stops and gives back."""

import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from importlib import resources
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from store import (
    absences,
    closures,
    pausing,
    planned_days,
    preferences,
    prompt_planning,
    roster_import,
    written_days,
)
from store.closures import Closing
from store.days_off import Shutdown
from store.deliveries import Delivery, Kind, Status
from store.not_now import Days, QuietHours, Reason
from store.people import Person
from store.planned_days import PlannedDay
from store.policy import Policy
from store.preferences import Chosen
from store.prompts import Prompt, fingerprint
from store.roster_import import RosterLine
from store.teams import Member, Shift
from tests.store.conftest import Run
from tests.store.site import CREW_A, FIRST_DAY, FIRST_SHIFT, LATER, ZONE, Site, active_embedding, due_prompts

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
DUE = FIRST_SHIFT + timedelta(hours=11)
SHIFT_ENDS = FIRST_SHIFT + timedelta(hours=12)
TODAY = Days(FIRST_DAY, FIRST_DAY)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    """The embedding on its first day, which is planned."""
    made = run(active_embedding, site)
    (plan,) = run(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=LATER)
    run(written_days.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, at=LATER)
    return made


def replan(run: Run, at: datetime = LATER) -> int:
    days = run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=at)
    return sum(run(written_days.replan_day, day.plan_id, day.day, day.version, day.due, at=at) for day in days)


def states(run: Run, site: Site) -> dict[str, tuple[str, Reason | None, Status | None]]:
    names = {person_id: name for name, person_id in site.people.items()}

    def read(session: Session) -> dict[str, tuple[str, Reason | None, Status | None]]:
        rows = session.exec(
            select(Prompt, Delivery)
            .outerjoin(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
            .order_by(col(Prompt.id))
        )
        return {
            names[row.person_id]: (row.status.value, row.reason, sent.status if sent else None) for row, sent in rows
        }

    return run(read)


WAITING = ("open", None, Status.QUEUED)


def planned_day(session: Session) -> PlannedDay:
    return session.exec(select(PlannedDay)).one()


def settled(session: Session, person_id: int, status: Status) -> None:
    row = session.exec(select(Delivery).where(Delivery.person_id == person_id, Delivery.kind == Kind.PROMPT)).one()
    row.status, row.attempts = status, 1


Change = Callable[[Run, Site, int], object]


def person(**values: object) -> Change:
    def change(run: Run, site: Site, embedding_id: int) -> None:
        def write(session: Session) -> None:
            row = session.get_one(Person, site.people["Ana"])
            for name, value in values.items():
                setattr(row, name, value)

        run(write)

    return change


def act(use_case: Callable[..., object], *arguments: object, by: str = "Ana") -> Change:
    return lambda run, site, embedding_id: run(use_case, *arguments, by=site.caller(by), at=LATER)


def on_embedding(use_case: Callable[..., object]) -> Change:
    return lambda run, site, embedding_id: run(use_case, embedding_id, "why", by=site.caller("Mei"), at=LATER)


def mute(run: Run, site: Site, embedding_id: int) -> None:
    def of(session: Session) -> int:
        return session.exec(select(Prompt).where(Prompt.person_id == site.people["Ana"])).one().key

    run(preferences.mute, run(of), by=site.caller("Ana"), at=LATER)


def unmute(run: Run, site: Site, embedding_id: int) -> None:
    run(preferences.unmute, run(planned_day).plan_id, by=site.caller("Ana"), at=LATER)


def shut_down(run: Run, site: Site, embedding_id: int) -> None:
    run(closures.shut_down, Closing(site.team_id, TODAY, "Relining"), by=site.caller("Mei"), at=LATER)


def open_up(run: Run, site: Site, embedding_id: int) -> None:
    def write(session: Session) -> None:
        for row in session.exec(select(Shutdown)):
            session.delete(row)

    run(write)


QUIET = Chosen(QuietHours(time(16), time(18)), reminders=False)


@pytest.mark.parametrize(
    ("reason", "begin", "end"),
    [
        (Reason.PAUSED, on_embedding(pausing.pause_embedding), on_embedding(pausing.resume_embedding)),
        (Reason.SHUTDOWN, shut_down, open_up),
        (Reason.ACCOUNT_OFF, person(active=False), person(active=True)),
        (Reason.SHARED_ACCOUNT, person(shared=True), person(shared=False)),
        (Reason.AWAY, act(absences.go_away, TODAY), act(absences.come_back)),
        (Reason.MUTED, mute, unmute),
        (Reason.QUIET_HOURS, act(preferences.choose, QUIET), act(preferences.choose, Chosen(None, reminders=False))),
    ],
    ids=lambda value: value.value if isinstance(value, Reason) else "",
)
def test_a_reason_stops_the_prompt_and_without_it_the_prompt_goes(
    run: Run, site: Site, embedding_id: int, reason: Reason, begin: Change, end: Change
) -> None:
    begin(run, site, embedding_id)
    replan(run)
    assert states(run, site)["Ana"] == ("skipped", reason, Status.SKIPPED)
    end(run, site, embedding_id)
    assert replan(run) == 1
    assert states(run, site) == dict.fromkeys(CREW_A, WAITING)


def test_a_day_that_was_planned_with_a_reason_goes_out_once_it_is_gone(run: Run, site: Site) -> None:
    made = run(active_embedding, site)
    run(absences.go_away, TODAY, by=site.caller("Ana"), at=LATER)
    (plan,) = run(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=LATER)
    run(written_days.plan_day, plan.plan_id, plan.planned_through, plan.day, plan.due, at=LATER)
    assert states(run, site)["Ana"] == ("skipped", Reason.AWAY, None)
    run(absences.come_back, by=site.caller("Ana"), at=LATER)
    assert replan(run) == 1
    assert states(run, site)["Ana"] == WAITING
    assert made


def test_who_changes_their_mind_before_anybody_looked_is_asked(run: Run, site: Site, embedding_id: int) -> None:
    run(absences.go_away, TODAY, by=site.caller("Ana"), at=LATER)
    run(absences.come_back, by=site.caller("Ana"), at=LATER)
    assert replan(run) == 1
    assert states(run, site) == dict.fromkeys(CREW_A, WAITING)


@pytest.mark.parametrize("is_over", [False, True])
def test_why_somebody_was_not_asked_stays_once_their_shift_is_over(
    run: Run, site: Site, embedding_id: int, is_over: bool
) -> None:
    run(absences.go_away, TODAY, by=site.caller("Ana"), at=LATER)
    then = SHIFT_ENDS if is_over else SHIFT_ENDS - timedelta(minutes=1)
    run(pausing.pause_embedding, embedding_id, "why", by=site.caller("Mei"), at=then)
    replan(run, then)
    assert states(run, site)["Ana"] == ("skipped", Reason.AWAY if is_over else Reason.PAUSED, Status.SKIPPED)


def test_what_has_not_changed_is_not_written(run: Run, embedding_id: int) -> None:
    assert run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=LATER) == []


def test_another_shift_time_moves_what_waits_and_leaves_what_is_out(run: Run, site: Site, embedding_id: int) -> None:
    run(settled, site.people["Ben"], Status.SENT)

    def later(session: Session) -> None:
        session.exec(select(Shift).where(Shift.name == "D")).one().starts = time(7)

    run(later)
    assert replan(run) == 1

    def due(session: Session) -> dict[int | None, object]:
        return {row.person_id: row.due_at for row in session.exec(select(Delivery).where(Delivery.kind == Kind.PROMPT))}

    moved = DUE + timedelta(hours=1)
    assert run(due) == {
        site.people["Ana"]: moved,
        site.people["Ben"]: DUE,
        site.people["Cleo"]: moved,
    }


@pytest.fixture
def on_tokyos_clock(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Gives the site's zone the rules of another one, as newer data of zones would."""

    def read_again(path: Sequence[str]) -> None:
        zoneinfo.reset_tzpath(to=path)
        zoneinfo.ZoneInfo.clear_cache(only_keys=[ZONE])

    def newer() -> None:
        rules = tmp_path / ZONE
        rules.parent.mkdir()
        rules.write_bytes(resources.files("tzdata.zoneinfo").joinpath("Asia/Tokyo").read_bytes())
        read_again([str(tmp_path), *before])

    before = zoneinfo.TZPATH
    yield newer
    read_again(before)


def test_newer_rules_of_a_zone_move_what_waits_and_leave_what_is_out(
    run: Run, site: Site, embedding_id: int, on_tokyos_clock: Callable[[], None]
) -> None:
    run(settled, site.people["Ben"], Status.SENT)
    on_tokyos_clock()
    assert replan(run) == 1

    def due(session: Session) -> dict[int | None, object]:
        return {row.person_id: row.due_at for row in session.exec(select(Delivery).where(Delivery.kind == Kind.PROMPT))}

    moved = DUE - timedelta(hours=1)  # Tokyo is an hour ahead of Perth
    assert run(due) == {site.people["Ana"]: moved, site.people["Ben"]: DUE, site.people["Cleo"]: moved}
    closing = run(lambda session: {row.shift_ends_at for row in session.exec(select(Prompt)).all()})
    assert closing == {SHIFT_ENDS, SHIFT_ENDS - timedelta(hours=1)}


def test_who_leaves_the_roster_is_not_asked_and_who_joins_it_is(run: Run, site: Site, embedding_id: int) -> None:
    def swap(session: Session) -> None:
        for name, crew_id in (("Ana", site.crew_b_id), ("Dan", site.crew_a_id)):
            session.exec(select(Member).where(Member.person_id == site.people[name])).one().crew_id = crew_id

    run(swap)
    replan(run)
    assert states(run, site) == {
        "Ana": ("skipped", Reason.NO_SHIFT, Status.SKIPPED),
        "Ben": WAITING,
        "Cleo": WAITING,
        "Dan": WAITING,
    }


def test_nobody_is_expected_at_a_shift_that_was_over_when_they_joined(run: Run, site: Site, embedding_id: int) -> None:
    def join(session: Session) -> None:
        session.exec(select(Member).where(Member.person_id == site.people["Dan"])).one().crew_id = site.crew_a_id

    run(join)
    assert replan(run, FIRST_SHIFT + timedelta(hours=12)) == 1
    assert set(states(run, site)) == set(CREW_A)


@pytest.mark.parametrize("status", [Status.SENT, Status.SENDING, Status.SKIPPED, Status.UNKNOWN])
def test_what_was_tried_is_never_queued_again(run: Run, site: Site, embedding_id: int, status: Status) -> None:
    run(settled, site.people["Ana"], status)
    run(absences.go_away, TODAY, by=site.caller("Ana"), at=LATER)
    replan(run)
    assert states(run, site)["Ana"] == ("open", None, status)


def test_a_plan_that_was_computed_before_an_act_is_not_written_over_it(run: Run, site: Site, embedding_id: int) -> None:
    due = run(due_prompts, site)
    before = run(planned_day)
    run(absences.go_away, TODAY, by=site.caller("Ana"), at=LATER)
    assert not run(written_days.replan_day, before.plan_id, FIRST_DAY, before.version, due, at=LATER)
    assert states(run, site)["Ana"][1] is Reason.AWAY


def test_nothing_is_written_for_an_embedding_that_is_paused_meanwhile(run: Run, site: Site, embedding_id: int) -> None:
    due = run(due_prompts, site)
    day = run(planned_day)
    run(pausing.pause_embedding, embedding_id, "why", by=site.caller("Mei"), at=LATER)
    now = run(planned_days.of, day.plan_id, FIRST_DAY)
    assert now is not None
    assert not run(written_days.replan_day, day.plan_id, FIRST_DAY, now.version, due, at=LATER)
    assert {state[0] for state in states(run, site).values()} == {"skipped"}


def test_what_is_over_is_not_looked_at_again(run: Run, site: Site, embedding_id: int) -> None:
    run(absences.go_away, TODAY, by=site.caller("Ana"), at=LATER)
    assert run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=LATER + timedelta(days=1)) != []
    assert run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=LATER + timedelta(days=2)) == []


def test_the_same_prompts_in_another_order_have_the_same_fingerprint(run: Run, site: Site, embedding_id: int) -> None:
    due = run(due_prompts, site)
    assert fingerprint(due) == fingerprint(list(reversed(due)))
    assert fingerprint(due) != fingerprint([replace(due[0], reason=Reason.AWAY), *due[1:]])


def imported(run: Run, site: Site, *lines: tuple[str, str], at: datetime = LATER) -> None:
    """A roster of today: who works which shift."""
    written = [RosterLine(number, name, FIRST_DAY, shift) for number, (name, shift) in enumerate(lines, start=2)]
    plan = run(roster_import.import_roster, site.workspace_id, written, at=at)
    assert len(plan.changes) == len(lines)


def test_a_day_that_was_computed_before_a_roster_came_is_not_written_over_it(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(absences.go_away, TODAY, by=site.caller("Ben"), at=LATER)
    (before,) = run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=LATER)
    imported(run, site, ("Ana", "off"), ("Dan", "N"))
    assert not run(written_days.replan_day, before.plan_id, before.day, before.version, before.due, at=LATER)
    assert replan(run) == 1
    assert {name: state[0] for name, state in states(run, site).items()} == {
        "Ana": "skipped",
        "Ben": "skipped",
        "Cleo": "open",
        "Dan": "open",
    }


def test_whom_a_roster_puts_to_work_today_is_told_today_what_happened_on_their_days_off(
    run: Run, site: Site, embedding_id: int
) -> None:
    yesterday = RosterLine(2, "Dan", FIRST_DAY - timedelta(days=1), "off")
    run(roster_import.import_roster, site.workspace_id, [yesterday], at=LATER)
    imported(run, site, ("Dan", "N"), ("Eve", "N"))

    def told(session: Session) -> list[tuple[int | None, datetime]]:
        query = select(Delivery).where(Delivery.kind == Kind.SINCE_LAST_ON)
        return [(row.person_id, row.due_at) for row in session.exec(query)]

    # Eve worked last night.
    assert run(told) == [(site.people["Dan"], FIRST_SHIFT + timedelta(hours=12))]


def test_nobody_is_asked_who_comes_to_a_shift_after_its_question(run: Run, site: Site, embedding_id: int) -> None:
    imported(run, site, ("Dan", "D"), at=DUE)
    replan(run, DUE)
    assert set(states(run, site)) == set(CREW_A)
