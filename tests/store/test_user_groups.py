"""A crew that follows a Slack user group: who is in it works in the crew, and nobody is taken out of another."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from store import crews, home, people, user_groups
from store.access import Role, Scope, give
from store.errors import Refused
from store.policy import Policy
from store.teams import Crew, Member
from store.user_groups import NOBODY, Followed, GroupOfCrew, GroupTrouble
from tests.store.conftest import Run
from tests.store.site import CREW_A, CREW_B, LATER, Site, events, slack_id_of

GROUP = "S0CREWA"
OTHER = "S0CREWB"
SWITCHED_OFF = "the group is switched off (no_such_subteam)"


def following(session: Session, crew_id: int, user_group: str) -> GroupOfCrew:
    crew = session.get_one(Crew, crew_id)
    user_groups.take_up(crew, user_group)
    session.add(crew)
    return GroupOfCrew(crew_id, user_group)


@pytest.fixture
def group(run: Run, site: Site) -> GroupOfCrew:
    return run(following, site.crew_a_id, GROUP)


def people_in(session: Session, site: Site, crew_id: int) -> list[str]:
    names = {person_id: name for name, person_id in site.people.items()}
    found = session.exec(select(Member.person_id).where(Member.crew_id == crew_id)).all()
    return sorted(names[person_id] for person_id in found)


def ids(*names: str) -> list[str]:
    return [slack_id_of(name) for name in names]


def due(run: Run, at_most: int = 5) -> list[GroupOfCrew]:
    return run(user_groups.with_old_groups, LATER, at_most)


def troubles(run: Run, site: Site) -> tuple[GroupTrouble, ...]:
    return run(user_groups.troubles, site.workspace_id)


def test_who_is_in_the_group_joins_and_who_is_not_leaves(run: Run, site: Site, group: GroupOfCrew) -> None:
    assert run(user_groups.follow, group, ids("Ana", "Omar"), at=LATER) == Followed(joined=1, left=2)
    assert run(people_in, site, site.crew_a_id) == ["Ana", "Omar"]
    assert run(people_in, site, site.crew_b_id) == sorted(CREW_B)
    happened = run(events)[-1]
    assert (happened.kind, happened.data) == ("crew_followed", {"joined": 1, "left": 2})
    assert troubles(run, site) == ()


def test_whoever_is_in_another_crew_by_hand_stays_there_and_an_admin_sees_it(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    found = run(user_groups.follow, group, ids(*CREW_A, "Dan", "Eve"), at=LATER)
    assert found == Followed(elsewhere=2)
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    assert run(people_in, site, site.crew_b_id) == sorted(CREW_B)
    assert troubles(run, site) == (GroupTrouble("A", "Pit crew", None, elsewhere=("Dan", "Eve")),)


def test_strangers_stay_outside_until_an_admin_who_sees_their_ids_puts_them_on_the_list(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    found = run(user_groups.follow, group, [*ids(*CREW_A, "Gus"), "U0NOBODY", "U0NEW"], at=LATER)
    assert found == Followed(strangers=2)
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    assert troubles(run, site) == (GroupTrouble("A", "Pit crew", None, strangers=("U0NEW", "U0NOBODY")),)


def test_somebody_whose_account_is_switched_off_is_no_stranger_and_leaves(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    def switch_off(session: Session) -> None:
        people.switch_off(session, people.by_id(session, site.people["Ben"]), at=LATER)

    run(switch_off)
    assert run(user_groups.follow, group, ids(*CREW_A), at=LATER) == Followed(left=1)
    assert run(people_in, site, site.crew_a_id) == ["Ana", "Cleo"]
    assert troubles(run, site) == ()


@pytest.mark.parametrize("slack_ids", [[], ["U0NOBODY"], ["UGUS"]], ids=["empty", "strangers", "accounts that are off"])
def test_a_group_without_anybody_we_know_leaves_the_crew_as_it_was_and_an_admin_sees_it(
    run: Run, site: Site, group: GroupOfCrew, slack_ids: list[str]
) -> None:
    before = len(run(events))
    run(user_groups.follow, group, slack_ids, at=LATER)
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    assert [trouble.problem for trouble in troubles(run, site)] == [NOBODY]
    assert len(run(events)) == before

    run(user_groups.follow, group, ids(*CREW_A), at=LATER)
    assert troubles(run, site) == ()


def test_a_second_time_nothing_happens(run: Run, site: Site, group: GroupOfCrew) -> None:
    run(user_groups.follow, group, ids("Ana"), at=LATER)
    before = len(run(events))
    assert run(user_groups.follow, group, ids("Ana"), at=LATER) == Followed()
    assert len(run(events)) == before


def test_an_answer_about_a_group_that_is_not_the_crews_any_more_changes_nothing(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    old = GroupOfCrew(group.crew_id, "S0OLD")
    assert run(user_groups.follow, old, ids("Omar"), at=LATER) == Followed()
    run(user_groups.asked_in_vain, old, SWITCHED_OFF, policy=Policy(), at=LATER)
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    assert troubles(run, site) == ()
    assert due(run) == [group]


def test_a_group_is_asked_about_again_after_a_while(run: Run, group: GroupOfCrew) -> None:
    assert due(run) == [group]
    assert due(run, 0) == []
    run(user_groups.follow, group, ids("Ana"), at=LATER)
    assert due(run) == []
    assert run(user_groups.with_old_groups, LATER + timedelta(seconds=1), 5) == [group]


def test_slack_is_asked_again_in_an_hour_when_it_said_nothing(run: Run, site: Site, group: GroupOfCrew) -> None:
    policy = Policy()
    run(user_groups.asked_in_vain, group, SWITCHED_OFF, policy=policy, at=LATER)
    hour = policy.profile_retry
    assert run(user_groups.with_old_groups, LATER + hour - policy.group_every, 5) == []
    assert run(user_groups.with_old_groups, LATER + hour + timedelta(seconds=1) - policy.group_every, 5) == [group]
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    assert troubles(run, site) == (GroupTrouble("A", "Pit crew", SWITCHED_OFF),)


def test_a_passing_silence_hides_no_problem_and_makes_none(run: Run, site: Site, group: GroupOfCrew) -> None:
    run(user_groups.asked_in_vain, group, None, policy=Policy(), at=LATER)
    assert troubles(run, site) == ()
    run(user_groups.asked_in_vain, group, SWITCHED_OFF, policy=Policy(), at=LATER)
    run(user_groups.asked_in_vain, group, None, policy=Policy(), at=LATER)
    assert [trouble.problem for trouble in troubles(run, site)] == [SWITCHED_OFF]


def test_whoever_changes_from_one_group_to_another_is_in_the_other_crew_at_the_next_look(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    other = run(following, site.crew_b_id, OTHER)
    # The other group is asked about first: Ana is still in crew A then.
    run(user_groups.follow, other, ids(*CREW_B, "Ana"), at=LATER)
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    run(user_groups.follow, group, ids("Ben", "Cleo"), at=LATER)
    assert due(run) == [other]
    run(user_groups.follow, other, ids(*CREW_B, "Ana"), at=LATER)
    assert run(people_in, site, site.crew_b_id) == sorted((*CREW_B, "Ana"))
    assert run(people_in, site, site.crew_a_id) == ["Ben", "Cleo"]
    assert due(run) == []


def test_whom_two_groups_of_a_team_name_stays_in_the_crew_where_they_are(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    other = run(following, site.crew_b_id, OTHER)
    for _ in range(2):
        run(user_groups.follow, other, ids(*CREW_B, "Ana"), at=LATER)
        run(user_groups.follow, group, ids(*CREW_A), at=LATER)
        assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    assert due(run) == []


def test_a_crew_that_takes_up_another_group_begins_anew(run: Run, site: Site, group: GroupOfCrew) -> None:
    run(user_groups.follow, group, ["U0NOBODY"], at=LATER)
    again = run(following, site.crew_a_id, "S0NEW")
    assert (troubles(run, site), due(run)) == ((), [again])


def test_a_lead_puts_nobody_into_a_crew_that_follows_a_group_but_takes_somebody_out(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    mei = site.caller("Mei")
    with pytest.raises(Refused, match="Crew A follows a user group"):
        run(crews.move_to_crew, site.crew_a_id, slack_id_of("Dan"), by=mei, at=LATER)
    run(crews.move_to_crew, site.crew_b_id, slack_id_of("Ana"), by=mei, at=LATER)
    run(user_groups.follow, group, ids(*CREW_A), at=LATER)
    assert run(people_in, site, site.crew_b_id) == sorted((*CREW_B, "Ana"))


def test_only_admins_see_it_on_their_home(run: Run, site: Site, group: GroupOfCrew) -> None:
    def make_admin(session: Session) -> None:
        omar = people.by_id(session, site.people["Omar"])
        give(session, omar, Role.ADMIN, Scope.WORKSPACE, site.workspace_id, at=LATER)

    run(user_groups.follow, group, [], at=LATER)
    run(make_admin)
    seen = {
        name: run(home.home, by=site.caller(name), at=LATER).to_do.user_groups for name in ("Omar", "Mei", "Ana", "Kay")
    }
    assert seen == {"Omar": (GroupTrouble("A", "Pit crew", NOBODY),), "Mei": (), "Ana": (), "Kay": ()}
