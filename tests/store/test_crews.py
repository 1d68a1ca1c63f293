"""A lead puts people into crews."""

import pytest
from sqlmodel import Session, select

from store import crews
from store.crews import Moved
from store.errors import Refused
from store.people import Person
from store.teams import Crew, Member
from tests.store.conftest import Run
from tests.store.site import LATER, Site, build, events, slack_id_of


def crew_of(session: Session, site: Site, name: str) -> int | None:
    query = select(Member.crew_id).where(Member.team_id == site.team_id, Member.person_id == site.people[name])
    return session.exec(query).first()


def move(run: Run, site: Site, name: str, by: str = "Mei", crew_id: int | None = None) -> Moved:
    return run(crews.move_to_crew, crew_id or site.crew_b_id, slack_id_of(name), by=site.caller(by), at=LATER)


@pytest.mark.parametrize("by", ["Mei", "Kay"])
def test_a_lead_or_a_coordinator_moves_somebody_to_another_crew(run: Run, site: Site, by: str) -> None:
    assert move(run, site, "Ana", by) == Moved("Ana", "B", "Pit crew")
    assert run(crew_of, site, "Ana") == site.crew_b_id
    happened = run(events)[-1]
    assert (happened.kind, happened.subject_id) == ("crew_changed", site.crew_b_id)
    assert happened.data == {"person_id": site.people["Ana"]}


def test_somebody_who_was_in_no_crew_is_in_one_then(run: Run, site: Site) -> None:
    assert run(crew_of, site, "Omar") is None
    move(run, site, "Omar")
    assert run(crew_of, site, "Omar") == site.crew_b_id


def test_a_move_to_where_they_are_changes_nothing(run: Run, site: Site) -> None:
    before = len(run(events))
    assert move(run, site, "Dan") == Moved("Dan", "B", "Pit crew")
    assert len(run(events)) == before


def test_the_crews_to_choose_from_are_those_of_their_teams(run: Run, site: Site) -> None:
    found = run(crews.movable, by=site.caller("Mei"))
    assert found.crews == ((site.crew_a_id, "A", "Pit crew"), (site.crew_b_id, "B", "Pit crew"))


@pytest.mark.parametrize("by", ["Ana", "Priya", "Olga"])
def test_nobody_else_moves_people(run: Run, site: Site, by: str) -> None:
    with pytest.raises(Refused, match="Only a lead or a coordinator"):
        run(crews.movable, by=site.caller(by))
    with pytest.raises(Refused, match="Only a lead or a coordinator"):
        move(run, site, "Ana", by)


def test_a_lead_whose_team_has_no_crew_is_told_so(run: Run, site: Site) -> None:
    def dissolve(session: Session) -> None:
        for row in session.exec(select(Member)).all():
            session.delete(row)
        session.flush()
        for crew_id in (site.crew_a_id, site.crew_b_id):
            session.delete(session.get_one(Crew, crew_id))

    run(dissolve)
    with pytest.raises(Refused, match="no crew on this site's list"):
        run(crews.movable, by=site.caller("Mei"))


def test_another_sites_crew_and_strangers_are_refused_at_their_field(run: Run, site: Site) -> None:
    other = run(build, "T2")
    for crew_id in (other.crew_a_id, 0):
        with pytest.raises(Refused, match="not on this site's list") as refused:
            run(crews.move_to_crew, crew_id, "UANA", by=site.caller("Mei"), at=LATER)
        assert refused.value.field == "crew"
    with pytest.raises(Refused, match="not on the site's list yet") as refused:
        run(crews.move_to_crew, site.crew_b_id, "U0NOBODY", by=site.caller("Mei"), at=LATER)
    assert refused.value.field == "person"
    with pytest.raises(Refused, match="switched off"):
        move(run, site, "Gus")
    assert run(lambda session: session.get_one(Person, site.people["Gus"])).active is False
