"""A crew that follows a Slack user group: who is in it works in the crew, and nobody else."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from store import user_groups
from store.policy import Policy
from store.teams import Crew, Member
from store.user_groups import Followed, GroupOfCrew
from tests.store.conftest import Run
from tests.store.site import CREW_A, CREW_B, LATER, Site, events, slack_id_of

GROUP = "S0CREWA"


@pytest.fixture
def group(run: Run, site: Site) -> GroupOfCrew:
    def name_it(session: Session) -> None:
        session.get_one(Crew, site.crew_a_id).user_group = GROUP

    run(name_it)
    return GroupOfCrew(site.crew_a_id, GROUP)


def people_in(session: Session, site: Site, crew_id: int) -> list[str]:
    names = {person_id: name for name, person_id in site.people.items()}
    found = session.exec(select(Member.person_id).where(Member.crew_id == crew_id)).all()
    return sorted(names[person_id] for person_id in found)


def ids(*names: str) -> list[str]:
    return [slack_id_of(name) for name in names]


def due(run: Run, group: GroupOfCrew, at_most: int = 5) -> bool:
    return run(user_groups.with_old_groups, LATER, at_most) == [group]


def test_who_is_in_the_group_joins_and_who_is_not_leaves(run: Run, site: Site, group: GroupOfCrew) -> None:
    found = run(user_groups.follow, group, ids("Ana", "Omar", "Dan"), at=LATER)
    assert found == Followed(joined=2, left=2)
    assert run(people_in, site, site.crew_a_id) == ["Ana", "Dan", "Omar"]
    assert run(people_in, site, site.crew_b_id) == ["Eve", "Finn"]
    happened = run(events)[-1]
    assert (happened.kind, happened.data) == ("crew_followed", {"joined": 2, "left": 2})


def test_strangers_and_accounts_that_are_switched_off_stay_outside(run: Run, site: Site, group: GroupOfCrew) -> None:
    found = run(user_groups.follow, group, [*ids(*CREW_A, "Gus"), "U0NOBODY"], at=LATER)
    assert found == Followed(unknown=2)
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)


def test_a_second_time_nothing_happens(run: Run, site: Site, group: GroupOfCrew) -> None:
    run(user_groups.follow, group, ids("Ana"), at=LATER)
    before = len(run(events))
    assert run(user_groups.follow, group, ids("Ana"), at=LATER) == Followed()
    assert len(run(events)) == before


def test_an_answer_about_a_group_that_is_not_the_crews_any_more_changes_nothing(
    run: Run, site: Site, group: GroupOfCrew
) -> None:
    assert run(user_groups.follow, GroupOfCrew(group.crew_id, "S0OTHER"), ids("Omar"), at=LATER) == Followed()
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
    assert run(people_in, site, site.crew_b_id) == sorted(CREW_B)


def test_a_group_is_asked_about_again_after_a_while(run: Run, group: GroupOfCrew) -> None:
    assert due(run, group)
    assert run(user_groups.with_old_groups, LATER, 0) == []
    run(user_groups.follow, group, ids("Ana"), at=LATER)
    assert not due(run, group)
    assert run(user_groups.with_old_groups, LATER + timedelta(seconds=1), 5) == [group]


def test_slack_is_asked_again_in_an_hour_when_it_said_nothing(run: Run, site: Site, group: GroupOfCrew) -> None:
    policy = Policy()
    run(user_groups.asked_in_vain, group, policy=policy, at=LATER)
    hour = policy.profile_retry
    assert run(user_groups.with_old_groups, LATER + hour - policy.group_every, 5) == []
    assert run(user_groups.with_old_groups, LATER + hour + timedelta(seconds=1) - policy.group_every, 5) == [group]
    assert run(people_in, site, site.crew_a_id) == sorted(CREW_A)
