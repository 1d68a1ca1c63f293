import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, SQLModel, col, select

from store import access, people, teams, tools, workspaces
from store.access import Role, Scope
from store.days_off import Shutdown
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.history import Event
from store.people import Caller, Person, Profile, learn_profile
from store.policy import Policy
from store.shifts import ShiftTimes
from store.site import (
    Change,
    Site,
    SiteCrew,
    SiteHolidays,
    SitePerson,
    SiteShutdown,
    SiteTeam,
    SiteTool,
    SiteVersion,
    Verb,
    import_site,
    plan_site,
    workspace_meant,
)
from store.store import Store
from store.teams import Crew, Member
from store.tools import ToolType
from tests.store.conftest import Run

AT = datetime(2026, 3, 1, 1, tzinfo=UTC)
LATER = AT + timedelta(days=30)
PLANT = SiteTeam(
    name="Fixed plant",
    site="Mine",
    zone="Australia/Perth",
    channel="C0PLANT",
    anchor=date(2026, 3, 1),
    cycle=("D", "N", "", ""),
    shifts=(ShiftTimes("D", time(6), 720), ShiftTimes("N", time(18), 720)),
    crews=(SiteCrew("A", 0, ("U0OLA",)), SiteCrew("B", 2, ("U0MICK",))),
    leads=("U0LENA",),
    champions=("U0MICK",),
)
PUMPS = SiteTool(
    "Pump Watch", ToolType.ALARM, "U0LENA", ("Fixed plant",), (SiteVersion("2.3", date(2026, 1, 12)),), ("Mill Watch",)
)
MINE = Site(
    enterprise_id="",
    workspace="T0MINE",
    name="Mine",
    zone="Australia/Perth",
    people=(
        SitePerson("U0OLA", "Ola Nordby"),
        SitePerson("U0MICK", "Mick Daly", locale="en-AU"),
        SitePerson("U0LENA", "Lena Fischer", zone="Europe/Berlin", roles=frozenset({Role.COORDINATOR})),
    ),
    teams=(PLANT,),
    tools=(PUMPS, SiteTool("Mill Watch", ToolType.FORECAST, "U0LENA")),
)


def with_team(**values: Any) -> Site:
    return replace(MINE, teams=(replace(PLANT, **values),))


def with_tool(**values: Any) -> Site:
    return replace(MINE, tools=(replace(PUMPS, **values), MINE.tools[1]))


def with_person(**values: Any) -> Site:
    return replace(MINE, people=(replace(MINE.people[0], **values), *MINE.people[1:]))


def with_day_shift(starts: time) -> Site:
    return with_team(shifts=(ShiftTimes("D", starts, 720), PLANT.shifts[1]))


CHANGES: list[tuple[Site, list[Change]]] = [
    (replace(MINE, name="Big Mine"), [Change(Verb.CHANGED, "workspace", "Big Mine", "name Mine → Big Mine")]),
    (with_person(name="Ola N."), [Change(Verb.CHANGED, "person", "Ola N.", "name Ola Nordby → Ola N.")]),
    (
        with_person(zone="Europe/Oslo", shared=True),
        [Change(Verb.CHANGED, "person", "Ola Nordby", "shared no → yes; zone Australia/Perth → Europe/Oslo")],
    ),
    (with_person(roles=frozenset({Role.DELIVERY})), [Change(Verb.ADDED, "role", "Ola Nordby", "delivery")]),
    (
        with_team(zone="Europe/Oslo", cycle=("N", "", "D", "")),
        [
            Change(
                Verb.CHANGED,
                "team",
                "Fixed plant",
                "zone Australia/Perth → Europe/Oslo; cycle D, N, off, off → N, off, D, off",
            )
        ],
    ),
    (with_day_shift(time(7)), [Change(Verb.CHANGED, "shift", "D of Fixed plant", "starts 06:00 → 07:00")]),
    (
        with_team(crews=(SiteCrew("A", 0, ("U0OLA", "U0MICK")), SiteCrew("B", 1))),
        [
            Change(Verb.CHANGED, "crew", "B of Fixed plant", "offset 2 → 1"),
            Change(Verb.CHANGED, "member", "Mick Daly", "crew B → A of Fixed plant"),
        ],
    ),
    (
        with_team(crews=(SiteCrew("A", 0, ("U0OLA",)),)),
        [Change(Verb.REMOVED, "member", "Mick Daly", "crew B of Fixed plant")],
    ),
    (
        with_team(crews=(SiteCrew("A", 0, ("U0OLA",)), SiteCrew("C", 2, ("U0MICK",)))),
        [
            Change(Verb.ADDED, "crew", "C of Fixed plant", "offset 2"),
            Change(Verb.CHANGED, "member", "Mick Daly", "crew B → C of Fixed plant"),
        ],
    ),
    (
        with_team(
            holidays=SiteHolidays("AU", "WA"),
            shutdowns=(SiteShutdown(date(2026, 7, 1), date(2026, 7, 9), "Relining"),),
        ),
        [
            Change(Verb.ADDED, "holidays", "Fixed plant", "AU"),
            Change(Verb.ADDED, "shutdown", "Fixed plant", "2026-07-01 to 2026-07-09"),
        ],
    ),
    (
        with_team(emergency="000", duty_contacts=("U0OLA",)),
        [
            Change(Verb.CHANGED, "team", "Fixed plant", "emergency none → 000"),
            Change(Verb.ADDED, "role", "Ola Nordby", "duty contact of Fixed plant"),
        ],
    ),
    (
        with_team(leads=(), champions=("U0OLA",)),
        [
            Change(Verb.ADDED, "role", "Ola Nordby", "champion of Fixed plant"),
            Change(Verb.REMOVED, "role", "Lena Fischer", "lead of Fixed plant"),
            Change(Verb.REMOVED, "role", "Mick Daly", "champion of Fixed plant"),
        ],
    ),
    (
        replace(MINE, people=(*MINE.people[:2], replace(MINE.people[2], roles=frozenset()))),
        [Change(Verb.REMOVED, "role", "Lena Fischer", "coordinator")],
    ),
    (
        with_tool(type=ToolType.VISION, owner="U0MICK"),
        [
            Change(Verb.CHANGED, "tool", "Pump Watch", "type alarm → vision"),
            Change(Verb.CHANGED, "tool", "Pump Watch", "owner Lena Fischer → Mick Daly"),
        ],
    ),
    (
        with_tool(approver="U0MICK"),
        [Change(Verb.CHANGED, "tool", "Pump Watch", "approver nobody → Mick Daly")],
    ),
    (
        with_tool(versions=(SiteVersion("2.4", date(2026, 2, 1)),)),
        [Change(Verb.ADDED, "version", "Pump Watch 2.4", "live from 2026-02-01")],
    ),
    (
        with_tool(versions=(SiteVersion("2.3", date(2026, 1, 13)),)),
        [
            Change(
                Verb.CHANGED,
                "version",
                "Pump Watch 2.3",
                "live from 2026-01-11 16:00:00+00:00 → 2026-01-12 16:00:00+00:00",
            )
        ],
    ),
    (with_tool(teams=()), [Change(Verb.REMOVED, "use", "Pump Watch", "by Fixed plant")]),
    (with_tool(depends_on=()), [Change(Verb.REMOVED, "dependency", "Pump Watch", "on Mill Watch")]),
    (replace(MINE, tools=()), []),
    (replace(MINE, teams=(), tools=(replace(PUMPS, teams=()), MINE.tools[1])), []),
]


def workspace_id(session: Session) -> int:
    workspace = workspaces.find(session, "", "T0MINE")
    assert workspace is not None
    assert workspace.id is not None
    return workspace.id


def events(session: Session) -> list[dict[str, Any]]:
    query = select(Event).where(Event.kind == "site_imported").order_by(col(Event.id))
    return [row.data for row in session.exec(query)]


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {
        table.name: sorted(map(repr, session.execute(table.select()).all()))
        for table in SQLModel.metadata.sorted_tables
    }


def test_a_first_import_makes_the_site(run: Run) -> None:
    run(import_site, MINE, at=AT)

    def look(session: Session) -> None:
        here = workspace_id(session)
        (team,) = teams.of_workspace(session, here)
        assert (team.name, team.site, team.zone, team.channel) == ("Fixed plant", "Mine", "Australia/Perth", "C0PLANT")
        pattern = teams.pattern_of(session, team)
        assert (pattern.anchor, pattern.cycle) == (date(2026, 3, 1), ("D", "N", "", ""))
        assert pattern.shifts["N"] == ShiftTimes("N", time(18), 720)
        ola, mick, lena = (people.by_slack_id(session, here, f"U0{name}") for name in ("OLA", "MICK", "LENA"))
        assert ola is not None
        assert mick is not None
        assert lena is not None
        crew = session.exec(select(Crew).where(Crew.id == Member.crew_id, Member.person_id == mick.key)).first()
        assert crew is not None
        assert (crew.name, crew.offset) == ("B", 2)
        assert [(person.zone, person.locale) for person in (ola, mick, lena)] == [
            ("Australia/Perth", "en-US"),
            ("Australia/Perth", "en-AU"),
            ("Europe/Berlin", "en-US"),
        ]
        assert access.roles_of(session, lena, teams=[team.key]) == {Role.LEAD, Role.COORDINATOR}
        assert access.roles_of(session, mick, teams=[team.key]) == {Role.CHAMPION, Role.FRONTLINE}
        (tool,) = tools.of_team(session, team.key)
        assert (tool.name, tool.type, tool.owner_id) == ("Pump Watch", ToolType.ALARM, lena.key)
        version = tools.live_version(session, tool.key, AT)
        assert version is not None
        assert (version.name, version.live_from) == ("2.3", datetime(2026, 1, 11, 16, tzinfo=UTC))

    run(look)


def test_a_second_import_changes_nothing_and_touches_no_row(run: Run) -> None:
    assert run(import_site, MINE, at=AT)
    before = run(everything)
    assert run(import_site, MINE, at=LATER) == []
    assert run(plan_site, MINE, at=LATER) == []
    assert run(everything) == before


def test_a_dry_run_of_a_first_import_writes_nothing_and_says_what_the_import_does(run: Run) -> None:
    before = run(everything)
    planned = run(plan_site, MINE, at=AT)
    assert run(everything) == before
    assert planned[0] == Change(Verb.ADDED, "workspace", "Mine", "T0MINE")
    assert planned == run(import_site, MINE, at=AT)


@pytest.mark.parametrize(("site", "expected"), CHANGES)
def test_a_changed_site_is_planned_imported_and_then_the_same(run: Run, site: Site, expected: list[Change]) -> None:
    run(import_site, MINE, at=AT)
    before = run(everything)
    assert run(plan_site, site, at=LATER) == expected
    assert run(everything) == before
    assert run(import_site, site, at=LATER) == expected
    assert run(import_site, site, at=LATER) == []


def test_a_file_that_names_no_approver_any_more_takes_that_away(run: Run) -> None:
    run(import_site, with_tool(approver="U0MICK"), at=AT)
    assert run(import_site, MINE, at=LATER) == [
        Change(Verb.CHANGED, "tool", "Pump Watch", "approver Mick Daly → nobody")
    ]
    assert run(import_site, MINE, at=LATER) == []


def test_each_import_that_changed_something_is_one_event_with_counts_only(run: Run) -> None:
    first = run(import_site, MINE, at=AT)
    run(import_site, MINE, at=AT)
    run(import_site, with_team(leads=(), champions=("U0OLA",)), at=LATER)
    assert run(events) == [{"added": len(first)}, {"added": 1, "removed": 2}]


def test_holidays_and_shutdowns_follow_the_file_and_what_people_noted_stays(run: Run) -> None:
    shutdown = SiteShutdown(date(2026, 7, 1), date(2026, 7, 9), "Relining")
    run(import_site, with_team(holidays=SiteHolidays("AU", "WA"), shutdowns=(shutdown,)), at=AT)

    def note(session: Session) -> None:
        row = session.exec(select(Shutdown)).one()
        lena = session.exec(select(Person.id).where(Person.slack_id == "U0LENA")).one()
        session.add(Shutdown(**row.model_dump(exclude={"id", "set_by_id"}), set_by_id=lena))

    run(note)
    changed = with_team(holidays=SiteHolidays("NO", worked_through=True))
    assert [str(change.verb) for change in run(import_site, changed, at=AT)] == ["changed", "removed"]
    assert run(import_site, changed, at=AT) == []
    assert len(run(lambda session: session.exec(select(Shutdown)).all())) == 1
    (gone,) = run(import_site, MINE, at=AT)
    assert (gone.verb, gone.what) == (Verb.REMOVED, "holidays")


def test_what_is_not_in_the_file_any_more_stays(run: Run) -> None:
    run(import_site, MINE, at=AT)
    before = run(everything)
    assert run(import_site, replace(MINE, people=MINE.people[2:], teams=(), tools=()), at=LATER) == []
    assert run(everything) == before


def test_a_team_with_another_name_is_known_by_its_channel(run: Run) -> None:
    run(import_site, MINE, at=AT)
    renamed = replace(with_team(name="Plant"), tools=(replace(PUMPS, teams=("Plant",)), MINE.tools[1]))
    assert run(import_site, renamed, at=LATER) == [
        Change(Verb.CHANGED, "team", "Plant", "name Fixed plant → Plant"),
    ]
    assert [team.name for team in run(lambda session: teams.of_workspace(session, workspace_id(session)))] == ["Plant"]


def test_teams_that_swap_channels_stay_themselves(run: Run) -> None:
    other = replace(PLANT, name="Mobile plant", channel="C0MOBILE", crews=(), leads=(), champions=())
    run(import_site, replace(MINE, teams=(PLANT, other)), at=AT)
    swapped = (replace(PLANT, channel="C0MOBILE"), replace(other, channel="C0PLANT"))
    changes = run(import_site, replace(MINE, teams=swapped), at=LATER)
    assert [change.name for change in changes] == ["Fixed plant", "Mobile plant"]
    assert run(import_site, replace(MINE, teams=swapped), at=LATER) == []


def test_what_slack_has_said_of_a_person_is_not_taken_back(run: Run) -> None:
    run(import_site, MINE, at=AT)
    said = Profile(zone="Europe/Paris", locale="fr-FR", active=False, slack_admin=True)
    run(learn_profile, said, policy=Policy(), by=Caller("", "T0MINE", "U0LENA"), at=AT)
    before = run(everything)
    assert run(import_site, MINE, at=LATER) == []
    assert run(everything) == before


def test_the_minute_at_which_a_version_went_live_stays_when_the_file_names_its_day(run: Run) -> None:
    run(import_site, MINE, at=AT)
    minute = datetime(2026, 3, 5, 3, 20, tzinfo=UTC)

    def go_live(session: Session) -> None:
        tool = next(tool for tool in tools.of_workspace(session, workspace_id(session)) if tool.name == "Pump Watch")
        session.add(tools.ToolVersion(tool_id=tool.key, name="2.4", live_from=minute))

    run(go_live)
    assert run(import_site, with_tool(versions=(*PUMPS.versions, SiteVersion("2.4", date(2026, 3, 5)))), at=LATER) == []


def embed_ola(session: Session, status: EmbeddingStatus) -> None:
    here = workspace_id(session)
    ola = people.by_slack_id(session, here, "U0OLA")
    assert ola is not None
    (team,) = teams.of_workspace(session, here)
    embedding = Embedding(
        workspace_id=here,
        number=1,
        team_id=team.key,
        status=status,
        first_day=date(2026, 3, 2),
        last_day=date(2026, 5, 2),
        exit_criteria="",
        proposed_by_id=ola.key,
        created_at=AT,
    )
    session.add(embedding)
    session.flush()
    access.give(session, ola, Role.DATA_SCIENTIST, Scope.EMBEDDING, embedding.key, at=AT)


def test_nobody_becomes_the_lead_of_the_team_they_are_embedded_in(run: Run) -> None:
    run(import_site, MINE, at=AT)
    run(embed_ola, EmbeddingStatus.ACTIVE)
    site = with_team(leads=("U0LENA", "U0OLA"))
    before = run(everything)
    for use_case in (plan_site, import_site):
        with pytest.raises(Refused, match="Ola Nordby cannot be lead of Fixed plant: they are data scientist of E-1"):
            run(use_case, site, at=LATER)
    assert run(everything) == before


def test_somebody_whose_embedding_is_over_may_lead_the_team(run: Run) -> None:
    run(import_site, MINE, at=AT)
    run(embed_ola, EmbeddingStatus.CLOSED)
    assert run(import_site, with_team(leads=("U0LENA", "U0OLA")), at=LATER)


def test_a_crew_that_follows_a_user_group_keeps_whom_the_file_does_not_name(run: Run) -> None:
    run(import_site, MINE, at=AT)
    following = with_team(crews=(PLANT.crews[0], SiteCrew("B", 2, (), "S0CREWB")))
    assert run(import_site, following, at=LATER) == [
        Change(Verb.CHANGED, "crew", "B of Fixed plant", "user group none → S0CREWB")
    ]
    assert run(import_site, following, at=LATER) == []
    assert run(import_site, MINE, at=LATER) == [
        Change(Verb.CHANGED, "crew", "B of Fixed plant", "user group S0CREWB → none")
    ]


def test_a_crew_that_is_new_may_follow_a_user_group(run: Run) -> None:
    run(import_site, with_team(crews=(SiteCrew("A", 0, ("U0OLA",)), SiteCrew("B", 2, (), "S0CREWB"))), at=AT)

    def group(session: Session) -> list[str | None]:
        return list(session.exec(select(Crew.user_group).order_by(Crew.name)).all())

    assert run(group) == [None, "S0CREWB"]


def test_another_workspaces_rows_are_left_alone(run: Run) -> None:
    run(import_site, MINE, at=AT)
    other = replace(MINE, workspace="T0OTHER")
    assert run(import_site, other, at=AT)
    assert run(import_site, MINE, at=LATER) == []


def test_the_only_workspace_is_meant_unless_another_is_named(run: Run) -> None:
    with pytest.raises(Refused, match="no workspace here yet"):
        run(workspace_meant)
    run(import_site, MINE, at=AT)
    assert run(workspace_meant).slack_id == "T0MINE"
    run(import_site, replace(MINE, workspace="T0OTHER"), at=AT)
    with pytest.raises(Refused, match="T0MINE, T0OTHER"):
        run(workspace_meant)
    assert run(workspace_meant, "T0OTHER").slack_id == "T0OTHER"
    with pytest.raises(Refused, match="no workspace T0NONE"):
        run(workspace_meant, "T0NONE")


async def test_imports_that_race_are_carried_out_one_after_the_other(store: Store) -> None:
    results = await asyncio.gather(*(store.write(import_site, MINE, at=AT) for _ in range(6)))
    assert sorted(map(bool, results)) == [False] * 5 + [True]
    changed = with_team(leads=(), champions=("U0OLA",))
    results = await asyncio.gather(*(store.write(import_site, changed, at=LATER) for _ in range(6)))
    assert sorted(map(bool, results)) == [False] * 5 + [True]
    assert len(await store.read(events)) == 2


async def test_a_dry_run_needs_no_right_to_write(store: Store) -> None:
    assert await store.read(plan_site, MINE, at=AT)
    await store.write(import_site, MINE, at=AT)
    assert await store.read(plan_site, MINE, at=LATER) == []


def test_an_import_asks_no_more_of_the_database_for_more_people(run: Run) -> None:
    def crowd(size: int) -> Site:
        ids = tuple(f"U0P{number}" for number in range(size))
        members = (SiteCrew("A", 0, ids),)
        return replace(
            MINE,
            people=(*MINE.people, *(SitePerson(slack_id, slack_id) for slack_id in ids)),
            teams=(replace(PLANT, crews=members),),
        )

    assert statements(run, crowd(400)) == statements(run, crowd(200))


def statements(run: Run, site: Site) -> int:
    """How many statements a comparison of a site with itself needs."""
    run(import_site, site, at=AT)
    seen: list[str] = []

    def count(session: Session) -> None:
        connection = session.connection()

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:
            seen.append(statement)

        event.listen(connection, "before_cursor_execute", note)
        try:
            assert plan_site(session, site, at=LATER) == []
        finally:
            event.remove(connection, "before_cursor_execute", note)

    run(count)
    return len(seen)
