"""A roster that is kept elsewhere, taken over for its days."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from store import people, teams
from store.history import Event
from store.roster_import import RosterLine, RosterPlan, import_roster, plan_roster
from store.rosters import RosterEntry, RosterSource, note
from store.shifts import OFF
from store.site import Change, SiteCrew, SitePerson, Verb, import_site, workspace_meant
from store.store import Store
from tests.store.conftest import Run
from tests.store.test_site import MINE, PLANT

AT = datetime(2026, 3, 1, 1, tzinfo=UTC)
DAY = date(2026, 3, 5)
LINES = (
    RosterLine(2, "U0OLA", DAY, "N"),
    RosterLine(3, "mick  DALY", DAY, "Off"),
)
TWINS = replace(
    MINE,
    people=(*MINE.people, SitePerson("U0OLA2", "Ola Nordby"), SitePerson("U0LIV", "Liv Dahl")),
    teams=(
        PLANT,
        replace(
            PLANT,
            name="Port",
            channel="C0PORT",
            zone="Pacific/Apia",
            crews=(SiteCrew("A", 0, ("U0OLA2", "U0MICK")),),
            leads=(),
            champions=(),
        ),
    ),
)
"""Two people with one name in two teams, one of whom is in both, and one who is in none."""


def here(session: Session) -> int:
    workspace = workspace_meant(session)
    assert workspace.id is not None
    return workspace.id


def planned(session: Session, *lines: RosterLine) -> RosterPlan:
    return plan_roster(session, here(session), lines, at=AT)


def imported(session: Session, *lines: RosterLine) -> RosterPlan:
    return import_roster(session, here(session), lines, at=AT)


def entries(session: Session) -> list[tuple[date, str, str]]:
    rows = session.exec(select(RosterEntry).order_by(col(RosterEntry.id))).all()
    return [(row.day, row.shift, row.source.value) for row in rows]


def flaws(run: Run, *lines: RosterLine) -> list[str]:
    plan = run(planned, *lines)
    assert run(imported, *lines) == plan
    assert run(entries) == []
    return [f"{flaw.line}: {flaw.sentence}" for flaw in plan.flaws]


def test_a_roster_is_planned_imported_and_then_the_same(run: Run) -> None:
    run(import_site, MINE, at=AT)
    plan = run(planned, *LINES)
    assert plan == RosterPlan(
        (
            Change(Verb.ADDED, "roster day", "Ola Nordby", "2026-03-05 N"),
            Change(Verb.ADDED, "roster day", "Mick Daly", "2026-03-05 off"),
        )
    )
    assert run(entries) == []
    assert run(imported, *LINES) == plan
    assert run(entries) == [(DAY, "N", "roster"), (DAY, OFF, "roster")]
    assert run(imported, *LINES) == RosterPlan()


def test_a_later_roster_takes_the_place_of_an_earlier_one(run: Run) -> None:
    run(import_site, MINE, at=AT)
    run(imported, *LINES)
    changed = replace(LINES[0], shift="d")
    assert run(imported, changed).changes == (Change(Verb.CHANGED, "roster day", "Ola Nordby", "2026-03-05 N → D"),)
    assert run(entries) == [(DAY, "D", "roster"), (DAY, OFF, "roster")]


def test_what_somebody_said_of_their_own_day_stays(run: Run) -> None:
    run(import_site, MINE, at=AT)

    def say_off(session: Session) -> None:
        ola = people.by_slack_id(session, here(session), "U0OLA")
        assert ola is not None
        (team,) = teams.of_workspace(session, here(session))
        note(session, team.key, ola.key, DAY, OFF, RosterSource.SAID_OFF, at=AT)

    run(say_off)
    plan = run(imported, *LINES)
    assert plan.kept == ("Ola Nordby (2026-03-05 off, as they said themselves)",)
    assert [change.name for change in plan.changes] == ["Mick Daly"]
    assert run(entries) == [(DAY, OFF, "said_off"), (DAY, OFF, "roster")]


def test_each_import_that_changed_something_is_one_event_with_counts_only(run: Run) -> None:
    run(import_site, MINE, at=AT)
    run(imported, *LINES)
    run(imported, *LINES)

    def data(session: Session) -> list[dict[str, Any]]:
        return [row.data for row in session.exec(select(Event).where(Event.kind == "roster_imported"))]

    assert run(data) == [{"added": 2, "changed": 0}]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        (RosterLine(2, "Nobody", DAY, "N"), '2: nobody in a crew is called "Nobody". Write a name as Slack shows it, '
         "or a Slack id."),
        (RosterLine(2, "Liv Dahl", DAY, "N"), "2: Liv Dahl is in no crew. Put them into one by /embedding crews or in "
         "the site file."),
        (RosterLine(2, "u0liv", DAY, "N"), "2: Liv Dahl is in no crew. Put them into one by /embedding crews or in "
         "the site file."),
        (RosterLine(2, "Mik Daly", DAY, "N"), '2: nobody in a crew is called "Mik Daly". Did you mean Mick Daly?'),
        (RosterLine(2, "U0OLA", date(2026, 1, 31), "N"), "2: 2026-01-31 is more than four weeks ago. Correct the date, "
         "or take the line out."),
        (RosterLine(2, "U0OLA", date(2062, 3, 5), "N"), "2: 2062-03-05 is more than a year ahead. Correct the date, "
         "or take the line out."),
        (RosterLine(2, "Ola Nordby", DAY, "N"), "2: 2 people are called Ola Nordby. Write a Slack id instead: U0OLA or "
         "U0OLA2."),
        (RosterLine(2, "Mick Daly", DAY, "N"), "2: Mick Daly works in Fixed plant and Port. Say in a column `team` "
         "which one is meant."),
        (RosterLine(2, "U0OLA", DAY, "N", "Port"), "2: Ola Nordby works in Fixed plant, not in Port."),
        (RosterLine(2, "U0OLA", DAY, "N", "Harbour"), '2: there is no team "Harbour" here.'),
        (RosterLine(2, "U0OLA", DAY, "X"), '2: Fixed plant has no shift "X". It has D, N. For a day off write "off".'),
    ],
)  # fmt: skip
def test_a_line_that_is_not_understood_is_a_flaw_and_nothing_is_written(run: Run, line: RosterLine, flaw: str) -> None:
    run(import_site, TWINS, at=AT)
    assert flaws(run, replace(line, line=2), RosterLine(3, "U0OLA", date(2026, 3, 9), "N")) == [flaw]


def test_a_day_that_is_there_twice_is_a_flaw_of_the_second_line(run: Run) -> None:
    run(import_site, MINE, at=AT)
    assert flaws(run, LINES[0], RosterLine(7, "Ola Nordby", DAY, "D")) == [
        "7: Ola Nordby, 2026-03-05 is there twice, first on line 2. Keep one."
    ]


def test_a_team_tells_apart_who_has_the_same_name_or_works_in_two(run: Run) -> None:
    run(import_site, TWINS, at=AT)
    plan = run(
        imported, RosterLine(2, "Ola Nordby", DAY, "N", "Port"), RosterLine(3, "Mick Daly", DAY, "N", "Fixed plant")
    )
    assert plan.flaws == ()
    assert len(plan.changes) == 2


async def test_a_dry_run_needs_no_right_to_write(store: Store) -> None:
    await store.write(import_site, MINE, at=AT)
    assert (await store.read(planned, *LINES)).changes


def test_a_day_that_a_place_left_out_is_a_flaw(run: Run) -> None:
    run(import_site, TWINS, at=AT)
    gone = RosterLine(2, "U0OLA2", date(2011, 12, 30), "N")
    plan = run(lambda session: plan_roster(session, here(session), [gone], at=datetime(2011, 12, 20, tzinfo=UTC)))
    assert [flaw.sentence for flaw in plan.flaws] == ["2011-12-30 does not exist in Pacific/Apia. Take the line out."]


def test_what_somebody_takes_back_is_as_the_newest_roster_says(run: Run) -> None:
    run(import_site, MINE, at=AT)
    run(imported, LINES[0])

    def said(session: Session, shift: str) -> None:
        ola = people.by_slack_id(session, here(session), "U0OLA")
        assert ola is not None
        (team,) = teams.of_workspace(session, here(session))
        note(session, team.key, ola.key, DAY, shift, RosterSource.SWAP, at=AT)

    def beneath(session: Session) -> list[tuple[str, str | None]]:
        return [(row.shift, row.rostered) for row in session.exec(select(RosterEntry))]

    run(said, OFF)
    assert run(beneath) == [(OFF, "N")]
    run(said, "N")
    assert run(beneath) == [("N", "N")]
    assert run(imported, replace(LINES[0], shift="D")).kept == ("Ola Nordby (2026-03-05 N, as they said themselves)",)
    assert run(beneath) == [("N", "D")]
