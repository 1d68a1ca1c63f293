"""The outbox: the same message is queued once, the latest edit wins, and each knows where it goes."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from store import deliveries
from store.deliveries import Delivery, Kind, Message, Status
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, build, outbox

SOON = MONDAY + timedelta(minutes=5)


def queue(run: Run, site: Site, key: str = "first", **rest: Any) -> int:
    arguments = {"person_id": site.people["Ana"], **rest}
    made = run(deliveries.queue, site.workspace_id, Kind.CHANGE_TOLD, key, "change_note", 1, at=MONDAY, **arguments)
    assert made is not None
    return made


def rewrite(run: Run, delivery_id: int, kind: Kind = Kind.PROMPT_ANSWERED) -> None:
    def unit(session: Session) -> None:
        posted = deliveries.by_id(session, delivery_id)
        deliveries.rewrite(session, posted, kind, at=SOON)

    run(unit)


def row(run: Run, delivery_id: int) -> Delivery:
    return run(deliveries.by_id, delivery_id)


# Queueing


def test_the_same_message_is_queued_once(run: Run, site: Site) -> None:
    queue(run, site)
    again = run(deliveries.queue, site.workspace_id, Kind.CHANGE_TOLD, "first", "change_note", 1, at=SOON)
    assert again is None
    assert len(run(outbox)) == 1


def test_another_workspace_may_use_the_same_key(run: Run, site: Site) -> None:
    queue(run, site)
    queue(run, run(build, slack_id="T2"))
    assert len(run(outbox)) == 2


def test_a_message_is_found_by_where_it_stands_and_for_whom(run: Run, site: Site) -> None:
    posts = [queue(run, site, name, person_id=site.people[name]) for name in ("Ben", "Cleo")]

    def post(session: Session) -> None:
        for number, key in enumerate(posts):
            session.add(Message(delivery_id=key, channel="D1", ts=f"1.{number}", posted_at=MONDAY))

    run(post)
    ben, cleo = site.people["Ben"], site.people["Cleo"]
    found = run(deliveries.posted_at, ben, "D1", "1.0")
    assert found is not None
    assert found.id == posts[0]
    for person_id, channel, ts in ((ben, "D1", "1.1"), (cleo, "D1", "1.0"), (ben, "D2", "1.0")):
        assert run(deliveries.posted_at, person_id, channel, ts) is None


def test_without_a_time_a_message_is_due_now(run: Run, site: Site) -> None:
    assert row(run, queue(run, site)).due_at == MONDAY
    assert row(run, queue(run, site, "later", due_at=SOON)).due_at == SOON


def test_a_message_begins_without_a_try_however_it_comes_in(run: Run, site: Site) -> None:
    post = queue(run, site)
    to_two = {site.people[name]: f"each:{name}" for name in ("Ben", "Cleo")}
    run(deliveries.queue_for_each, site.workspace_id, Kind.FEEDBACK_FILED, "feedback", 1, to_two, at=MONDAY)
    rewrite(run, post)
    rows = run(outbox)
    assert len(rows) == 4
    assert {(one.status, one.attempts, one.looks) for one in rows} == {(Status.QUEUED, 0, 0)}


# Rewriting


def test_the_latest_edit_wins(run: Run, site: Site) -> None:
    post = queue(run, site)
    rewrite(run, post)
    rewrite(run, post)
    rewrite(run, post, Kind.PROMPT_CLOSED)
    edits = [edit for edit in run(outbox) if edit.edits_id]
    assert [(edit.status.value, edit.reason) for edit in edits] == [
        ("skipped", "a later edit took its place"),
        ("skipped", "a later edit took its place"),
        ("queued", None),
    ]


# Addressing


def test_a_message_goes_to_the_persons_slack_id_in_their_language(run: Run, site: Site) -> None:
    addressed = run(deliveries.addressed, queue(run, site))
    assert (addressed.target, addressed.locale, addressed.reachable, addressed.ts) == ("UANA", "en-US", True, None)


def test_somebody_who_has_left_cannot_be_reached(run: Run, site: Site) -> None:
    assert not run(deliveries.addressed, queue(run, site, person_id=site.people["Gus"])).reachable


def test_a_message_to_a_channel_goes_there(run: Run, site: Site) -> None:
    addressed = run(deliveries.addressed, queue(run, site, person_id=None, channel="C_PIT"))
    assert (addressed.target, addressed.reachable) == ("C_PIT", True)
