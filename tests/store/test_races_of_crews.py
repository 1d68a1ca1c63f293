"""A crew that follows a user group while somebody else changes who is in it, on two connections to PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from store import crews, user_groups
from store.teams import Crew, Member
from store.user_groups import Followed, GroupOfCrew
from tests.store.site import CREW_A, LATER, Site, build, event_kinds, slack_id_of
from tests.store.test_races import Arena, outcomes
from tests.store.test_races_of_prompts import wait_for_somebody

GROUP = "S0CREWA"


@pytest.fixture
def arena(postgres_url: str) -> Iterator[Arena]:
    opened = Arena(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def site(arena: Arena) -> Site:
    built: Site = arena.do(build)

    def follow(session: Session) -> None:
        user_groups.take_up(session.get_one(Crew, built.crew_a_id), GROUP)

    arena.do(follow)
    return built


def crew_of(session: Session, person_id: int) -> int | None:
    return session.exec(select(Member.crew_id).where(Member.person_id == person_id)).first()


def test_two_processes_follow_a_group_once(arena: Arena, site: Site) -> None:
    group, ids = GroupOfCrew(site.crew_a_id, GROUP), [slack_id_of(name) for name in ("Ana", "Omar")]
    with arena.holding_row("crew", site.crew_a_id) as holder:
        both = [arena.start(user_groups.follow, group, ids, at=LATER) for _ in range(2)]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*both)
    assert errors == []
    assert sorted(answers, key=lambda one: one.joined) == [Followed(), Followed(joined=1, left=2)]
    assert arena.do(event_kinds).count("crew_followed") == 1


def test_whom_a_lead_puts_elsewhere_meanwhile_stays_there(arena: Arena, site: Site) -> None:
    group, ids = GroupOfCrew(site.crew_a_id, GROUP), [slack_id_of(name) for name in (*CREW_A, "Omar")]
    with Session(arena.engine) as mei:
        crews.move_to_crew(mei, site.crew_b_id, slack_id_of("Omar"), by=site.caller("Mei"), at=LATER)
        mei.flush()
        following = arena.start(user_groups.follow, group, ids, at=LATER)
        wait_for_somebody(arena)
        mei.commit()
    following.result(10)
    assert arena.do(crew_of, site.people["Omar"]) == site.crew_b_id


def test_whom_a_lead_takes_out_while_they_leave_the_group_is_in_the_leads_crew(arena: Arena, site: Site) -> None:
    group, ids = GroupOfCrew(site.crew_a_id, GROUP), [slack_id_of(name) for name in ("Ben", "Cleo")]
    with Session(arena.engine) as mei:
        crews.move_to_crew(mei, site.crew_b_id, slack_id_of("Ana"), by=site.caller("Mei"), at=LATER)
        mei.flush()
        following = arena.start(user_groups.follow, group, ids, at=LATER)
        wait_for_somebody(arena)
        mei.commit()
    following.result(10)
    assert arena.do(crew_of, site.people["Ana"]) == site.crew_b_id
