"""The whole story while events come twice and out of order, and sockets are renewed in the middle of modals."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from sqlmodel import col, select

from bot.demo.stage import staged
from bot.demo.story import COMES_BACK, FIRST_DAY, LEAVES, LEAVES_AFTER, MOVES, PROPOSED
from store.people import Person
from store.site import Site
from store.store import Session
from tests.scenarios.playing import nothing_came_from_the_side, played


async def test_events_twice_and_out_of_order_and_sockets_renewed_in_open_modals_change_nothing(
    site: Site, start: datetime, tmp_path: Path, postgres_url: str
) -> None:
    async with staged(site, start, tmp_path, database_url=postgres_url) as stage:
        stage.slack.unsettle_events(twice=True, reordered=True)
        found = await played(stage, meanwhile=stage.slack.refresh_connections)
        people = {person.slack_id: person for person in await stage.app.store.read(everybody)}

    nothing_came_from_the_side(found)
    events = [entry for entry in found.journal.inbound if entry.kind == "events_api"]
    assert events
    assert set(Counter(entry.payload["event_id"] for entry in events).values()) == {2}
    arrived = {entry.payload["event_id"]: entry.payload["event"] for entry in events if entry.what == "user_change"}
    came_back = [event["user"]["deleted"] for event in arrived.values() if event["user"]["id"] == COMES_BACK]
    assert came_back == [False, True]  # the newer one came first

    # What Slack said last is what counts, whatever came last.
    assert people[COMES_BACK].active
    assert (people[MOVES].zone, people[MOVES].locale) == ("Pacific/Auckland", "en-NZ")
    assert not people[LEAVES].active
    to_who_left = [call.at for call in found.journal.calls("chat.postMessage") if call.arguments["channel"] == LEAVES]
    assert to_who_left
    assert max(to_who_left) < start + (FIRST_DAY - PROPOSED) + LEAVES_AFTER


def everybody(session: Session) -> list[Person]:
    """All people."""
    return list(session.exec(select(Person).order_by(col(Person.id))).all())
