"""What an administrator is told of a site, on both databases."""

from dataclasses import replace

from sqlmodel import Session

from store import people
from store.people import Caller
from store.site import TeamOverview, WorkspaceOverview, import_site, overview
from store.store import Store
from tests.store.test_site import AT, MINE, PLANT


async def test_everything_of_every_team_is_counted(store: Store) -> None:
    assert await store.read(overview) == []
    await store.write(import_site, MINE, at=AT)
    assert await store.read(overview) == [
        WorkspaceOverview("", "T0MINE", "Mine", (TeamOverview("Fixed plant", "C0PLANT", 1, 2, 2, 1, 0, False, 0),))
    ]


async def test_a_lead_whose_account_is_switched_off_leads_nobody(store: Store) -> None:
    await store.write(import_site, MINE, at=AT)

    def switch_off(session: Session) -> None:
        lena = people.find(session, Caller("", "T0MINE", PLANT.leads[0]))
        assert lena is not None
        lena.active = False
        session.add(lena)

    await store.write(switch_off)
    [workspace] = await store.read(overview)
    assert workspace.teams[0].leads == 0


async def test_each_workspace_has_its_own_teams(store: Store) -> None:
    await store.write(import_site, MINE, at=AT)
    await store.write(import_site, replace(MINE, workspace="T0OTHER", enterprise_id="E1", teams=(), tools=()), at=AT)
    mine, other = await store.read(overview)
    assert (len(mine.teams), other.enterprise_id, other.slack_id, other.teams) == (1, "E1", "T0OTHER", ())
