"""Who may do what, and whom the others are sent to."""

import pytest
from sqlmodel import Session

from store import access, people
from store.access import EMBEDDED, MUST_NOT_MEET, REFUSALS, RIGHTS, SPONSORS, Act, Role, Scope
from store.errors import Refused
from store.people import Person
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, active_embedding, build

MAY: dict[Act, str] = {
    Act.PROPOSE_EMBEDDING: "admin coordinator lead",
    Act.AGREE_TO_EMBEDDING: "lead sponsor_data sponsor_operations",
    Act.PLAN_PROMPTS: "data_scientist lead",
    Act.FILE_FEEDBACK: "champion data_scientist duty_contact frontline lead",
    Act.TRIAGE_FEEDBACK: "data_scientist",
    Act.READ_REPORTS: "champion data_scientist",
    Act.FILE_CHANGE_NOTE: "data_scientist",
    Act.READ_SUMMARY: "admin champion coordinator data_scientist frontline lead sponsor_data sponsor_operations",
    Act.SIGN_REVIEW: "sponsor_data sponsor_operations",
    Act.RETRY_DELIVERIES: "admin",
    Act.SHUT_DOWN: "admin coordinator lead",
    Act.PAUSE_EMBEDDING: "admin coordinator lead",
    Act.MOVE_PEOPLE: "admin coordinator lead",
    Act.TAKE_UNSAFE: "champion data_scientist duty_contact lead",
    Act.RESTRICT_TOOL: "duty_contact lead",
    # Observations and exposure
    Act.OBSERVE: "data_scientist",
    Act.ENTER_EXPOSURE: "data_scientist",
    # Change notes
    Act.READ_TOOL_HISTORY: (
        "admin champion coordinator data_scientist duty_contact frontline lead sponsor_data sponsor_operations "
        "worker_representative"
    ),
}


@pytest.mark.parametrize("act", Act)
def test_each_act_is_for_these_roles_and_no_others(act: Act) -> None:
    refused = {role: refusal for role in Role if (refusal := refusal_of(act, role))}
    assert sorted(set(Role) - refused.keys()) == MAY[act].split()
    assert {refusal.sentence for refusal in refused.values()} == {REFUSALS[act]}


def refusal_of(act: Act, role: Role) -> Refused | None:
    try:
        access.require(act, frozenset({role}))
    except Refused as refusal:
        return refusal
    return None


@pytest.mark.parametrize("act", Act)
def test_somebody_without_any_role_is_refused_with_who_may(act: Act) -> None:
    with pytest.raises(Refused, match="Only"):
        access.require(act, frozenset())


def test_one_right_role_among_others_is_enough() -> None:
    access.require(Act.SIGN_REVIEW, frozenset({Role.FRONTLINE, Role.SPONSOR_DATA}))


def test_every_act_has_its_right_and_its_sentence() -> None:
    assert RIGHTS.keys() == REFUSALS.keys() == set(Act)


def test_names_and_texts_of_reporters_are_for_the_embedded_only() -> None:
    assert RIGHTS[Act.READ_REPORTS] == EMBEDDED
    assert not RIGHTS[Act.READ_REPORTS] & (SPONSORS | {Role.LEAD, Role.ADMIN, Role.COORDINATOR})


@pytest.mark.parametrize("pair", MUST_NOT_MEET, ids=lambda pair: " and ".join(sorted(pair)))
def test_nobody_signs_for_their_own_work(pair: frozenset[Role]) -> None:
    assert access.meet(pair) == pair
    assert access.meet(pair | {Role.FRONTLINE}) == pair
    for role in pair:
        assert access.meet([role, Role.FRONTLINE, Role.CHAMPION]) is None


def roles(run: Run, site: Site, name: str, *, team: bool = True, embedding_id: int | None = None) -> set[str]:
    def of(session: Session) -> set[str]:
        person = people.by_id(session, site.people[name])
        embeddings = [embedding_id] if embedding_id else []
        return set(access.roles_of(session, person, teams=[site.team_id] if team else [], embeddings=embeddings))

    return run(of)


def test_people_have_the_roles_they_were_given_where_they_were_given_them(run: Run, site: Site) -> None:
    embedding_id = run(active_embedding, site)
    assert roles(run, site, "Ana") == {"frontline"}
    assert roles(run, site, "Ana", team=False) == set()
    assert roles(run, site, "Mei") == {"lead"}
    assert roles(run, site, "Mei", team=False) == set()
    assert roles(run, site, "Kay", team=False) == {"coordinator"}
    assert roles(run, site, "Priya") == set()
    assert roles(run, site, "Priya", embedding_id=embedding_id) == {"data_scientist"}
    assert roles(run, site, "Olga", embedding_id=embedding_id) == {"sponsor_operations"}
    assert roles(run, site, "Dmitri", embedding_id=embedding_id + 1) == set()


def test_a_slack_admin_is_an_admin(run: Run, site: Site) -> None:
    def promote(session: Session) -> None:
        session.get_one(Person, site.people["Omar"]).admin = True

    assert roles(run, site, "Omar") == set()
    run(promote)
    assert roles(run, site, "Omar") == {"admin"}


def test_a_slack_admin_who_is_one_here_too_is_an_admin(run: Run, site: Site) -> None:
    def doubly(session: Session) -> None:
        omar = session.get_one(Person, site.people["Omar"])
        omar.admin = True
        access.give(session, omar, Role.ADMIN, Scope.WORKSPACE, site.workspace_id, at=MONDAY)

    run(doubly)
    assert roles(run, site, "Omar") == {"admin"}


def give(session: Session, site: Site, name: str, role: Role, scope: Scope, scope_id: int) -> bool:
    return access.give(session, people.by_id(session, site.people[name]), role, scope, scope_id, at=MONDAY)


def test_a_role_that_is_given_twice_is_held_once(run: Run, site: Site) -> None:
    assert run(give, site, "Ana", Role.CHAMPION, Scope.TEAM, site.team_id) is True
    assert run(give, site, "Ana", Role.CHAMPION, Scope.TEAM, site.team_id) is False
    champions = run(access.holders, Role.CHAMPION, Scope.TEAM, site.team_id)
    assert [person.name for person in champions] == ["Ana"]


def test_those_who_hold_a_role_come_by_name_also_those_who_have_left(run: Run, site: Site) -> None:
    for name in ("Finn", "Gus", "Ana"):
        run(give, site, name, Role.DUTY_CONTACT, Scope.TEAM, site.team_id)
    assert [person.name for person in run(access.holders, Role.DUTY_CONTACT, Scope.TEAM, site.team_id)] == [
        "Ana",
        "Finn",
        "Gus",
    ]


def test_a_role_for_one_team_is_none_for_another_workspaces(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    assert [person.id for person in run(access.holders, Role.LEAD, Scope.TEAM, other.team_id)] == [other.people["Mei"]]
    assert roles(run, site, "Mei") == {"lead"}

    def foreign(session: Session) -> set[str]:
        return set(access.roles_of(session, people.by_id(session, site.people["Mei"]), teams=[other.team_id]))

    assert run(foreign) == set()


def test_of_those_who_hold_something_near_it_none_is_named(run: Run, site: Site) -> None:
    run(give, site, "Ana", Role.LEAD, Scope.TEAM, 500)
    for role in set(Role) - {Role.LEAD}:
        run(give, site, "Ben", role, Scope.TEAM, 500)
    for scope in set(Scope) - {Scope.TEAM}:
        run(give, site, "Ben", Role.LEAD, scope, 500)
    for scope_id in (499, 501):
        run(give, site, "Ben", Role.LEAD, Scope.TEAM, scope_id)
    assert [person.name for person in run(access.holders, Role.LEAD, Scope.TEAM, 500)] == ["Ana"]


GIVEN = {
    Scope.WORKSPACE: Role.COORDINATOR,
    Scope.TEAM: Role.LEAD,
    Scope.TOOL: Role.TOOL_OWNER,
    Scope.EMBEDDING: Role.CHAMPION,
}


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ({}, {Role.COORDINATOR}),
        ({"teams": [500]}, {Role.COORDINATOR, Role.LEAD}),
        ({"embeddings": [500]}, {Role.COORDINATOR, Role.CHAMPION}),
        ({"teams": [499, 501], "embeddings": [499, 501]}, {Role.COORDINATOR}),
    ],
)
def test_a_role_for_one_kind_of_thing_is_none_for_another_with_the_same_number(
    run: Run, site: Site, asked: dict[str, list[int]], held: set[Role]
) -> None:
    for scope, role in GIVEN.items():
        run(give, site, "Omar", role, scope, 500)

    def of(session: Session) -> frozenset[Role]:
        return access.roles_of(session, people.by_id(session, site.people["Omar"]), **asked)

    assert run(of) == held


def test_somebodys_teams_are_those_they_work_in_or_hold_a_role_in(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    for scope in Scope:
        run(give, site, "Ben", Role.CHAMPION, scope, 600 + list(Scope).index(scope))

    def of(session: Session, where: Site, name: str) -> frozenset[int]:
        return access.teams_of(session, people.by_id(session, where.people[name]))

    team_role = 600 + list(Scope).index(Scope.TEAM)
    assert run(of, site, "Ana") == {site.team_id}
    assert run(of, site, "Ben") == {site.team_id, team_role}
    assert run(of, site, "Mei") == {site.team_id}
    assert run(of, site, "Kay") == set()
    assert run(of, other, "Ana") == {other.team_id}
