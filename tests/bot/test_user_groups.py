"""Crews that follow user groups of the Slack on this machine, and what an admin reads when that does not work."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.demo.stage import Stage
from bot.local_slack import Home
from store import access, user_groups
from store.access import Role, Scope
from store.people import Person
from store.teams import Crew
from tests.bot.opening import ADMIN, events


def follow(session: Session, name: str, user_group: str) -> None:
    crew = session.exec(select(Crew).where(Crew.name == name)).one()
    user_groups.take_up(crew, user_group)
    session.add(crew)


def make_admin(session: Session) -> None:
    person = session.exec(select(Person).where(Person.slack_id == ADMIN)).one()
    access.give(session, person, Role.ADMIN, Scope.WORKSPACE, person.workspace_id, at=person.created_at)


async def admins_home(stage: Stage) -> Home:
    await stage.app.store.write(make_admin)
    admin = stage.person(ADMIN)
    await admin.opens_home()
    await stage.quiet()
    return await admin.sees_home("Waiting for you")


async def crew_of(stage: Stage, who: str) -> str:
    return (await stage.person(who).runs("/embedding", "shifts")).text


async def test_a_crew_has_the_people_of_its_user_group(stage: Stage) -> None:
    group = stage.slack.add_usergroup("crew-b", members=[stage.person(who) for who in ("U0HENRIK", "U0JARRAH")])
    await stage.app.store.write(follow, "B", group.id)
    await stage.tick()
    (followed,) = await stage.app.store.read(events, "crew_followed")
    assert followed.data == {"joined": 1, "left": 5}
    assert "You are in crew B" in await crew_of(stage, "U0HENRIK")

    group.members.remove("U0HENRIK")
    stage.clock.advance(timedelta(days=1, seconds=1))
    await stage.tick()
    assert "You are in crew B" not in await crew_of(stage, "U0HENRIK")
    assert "You are in crew B" in await crew_of(stage, "U0JARRAH")
    assert "follows a user group" not in (await admins_home(stage)).text()


async def test_an_admin_reads_whom_the_group_names_that_the_crew_has_not(stage: Stage) -> None:
    members = [stage.person(who) for who in ("U0OLA", "U0JARRAH")]
    group = stage.slack.add_usergroup("crew-b", members=members)
    group.members.append("U0NEWBIE")
    await stage.app.store.write(follow, "B", group.id)
    await stage.tick()
    text = (await admins_home(stage)).text()
    assert "Crew B of Fixed plant maintenance follows a user group." in text
    assert "1 person of the group is not on the site's list: U0NEWBIE. Add them to the site file." in text
    assert "In another crew of the team, where they stay: Ola" in text
    assert "You are in crew A" in await crew_of(stage, "U0OLA")


async def test_an_empty_group_leaves_the_crew_as_it_was(stage: Stage) -> None:
    group = stage.slack.add_usergroup("crew-b")
    await stage.app.store.write(follow, "B", group.id)
    await stage.tick()
    assert "You are in crew B" in await crew_of(stage, "U0JARRAH")
    assert "It stays as it was: nobody in its user group is on the site's list." in (await admins_home(stage)).text()


@pytest.mark.parametrize("disabled", [False, True], ids=["deleted", "disabled"])
async def test_a_group_that_is_gone_changes_nothing_and_an_admin_reads_what_to_do(stage: Stage, disabled: bool) -> None:
    if disabled:
        stage.slack.add_usergroup("crew-b", usergroup_id="S0DISSOLVED", disabled=True)
    await stage.app.store.write(follow, "B", "S0DISSOLVED")
    await stage.tick()
    assert await stage.app.store.read(events, "crew_followed") == []
    assert "You are in crew B" in await crew_of(stage, "U0JARRAH")
    text = (await admins_home(stage)).text()
    assert "It stays as it was: Slack has no such user group, or it is disabled" in text
    assert "(no_such_subteam)" in text
