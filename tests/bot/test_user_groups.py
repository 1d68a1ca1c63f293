"""A crew that follows a user group of the Slack on this machine."""

from sqlmodel import Session, select

from bot.demo.stage import Stage
from store.teams import Crew
from tests.bot.opening import events


def follow(session: Session, user_group: str) -> None:
    crew = session.exec(select(Crew).where(Crew.name == "B")).one()
    crew.user_group = user_group
    session.add(crew)


async def test_a_crew_has_the_people_of_its_user_group(stage: Stage) -> None:
    group = stage.slack.add_usergroup("crew-b", members=[stage.person(who) for who in ("U0OLA", "U0JARRAH")])
    await stage.app.store.write(follow, group.id)
    await stage.tick()
    (followed,) = await stage.app.store.read(events, "crew_followed")
    assert followed.data == {"joined": 1, "left": 5}
    assert "You are in crew B" in (await stage.person("U0OLA").runs("/embedding", "shifts")).text


async def test_a_group_that_slack_does_not_know_changes_nothing(stage: Stage) -> None:
    await stage.app.store.write(follow, "S0DISSOLVED")
    await stage.tick()
    assert await stage.app.store.read(events, "crew_followed") == []
    assert "You are in crew B" in (await stage.person("U0JARRAH").runs("/embedding", "shifts")).text
