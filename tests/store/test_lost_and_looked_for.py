"""What an outbox has to do, and what becomes of lost answers, touches no other workspace, message or state."""

from datetime import timedelta
from typing import Any

import pytest

from store import deliveries, people, sending
from store.deliveries import Kind, Status
from tests.store.conftest import Run
from tests.store.outbox import LATER, SOON, begin, claim, lose, put, queue, rewrite, row, send, settle
from tests.store.site import MONDAY, Site, build

MOMENT = timedelta(seconds=1)
OVER, HELD = 1.0, 9e9
"""A lease that ran out long ago, and one that holds for ever."""

WORK: list[tuple[Status, dict[str, Any]]] = [
    (Status.QUEUED, {"due_at": SOON}),
    (Status.QUEUED, {"due_at": MONDAY}),
    (Status.SENDING, {"due_at": SOON + MOMENT, "lease_until": OVER}),
    (Status.UNKNOWN, {"due_at": SOON}),
    (Status.UNKNOWN, {"due_at": MONDAY}),
]
NO_WORK: list[tuple[Status, dict[str, Any]]] = [
    (Status.QUEUED, {"due_at": SOON + MOMENT}),
    (Status.SENDING, {"due_at": MONDAY, "lease_until": HELD}),
    (Status.UNKNOWN, {"due_at": SOON + MOMENT}),
    (Status.UNKNOWN, {"due_at": MONDAY, "ended_at": MONDAY}),
    *(
        (status, {"due_at": MONDAY, "lease_until": OVER})
        for status in (Status.SENT, Status.FAILED, Status.EXPIRED, Status.SKIPPED)
    ),
]


@pytest.fixture
def sites(run: Run, site: Site) -> tuple[Site, Site, Site]:
    """Three workspaces; what happens in the middle one concerns neither of the others."""
    return site, run(build, slack_id="T2"), run(build, slack_id="T3")


def ids(*sites: Site) -> list[int]:
    return [site.workspace_id for site in sites]


@pytest.mark.parametrize(("status", "values"), WORK)
def test_there_is_work_where_something_is_due_lapsed_or_lost(
    run: Run, sites: tuple[Site, Site, Site], status: Status, values: dict[str, Any]
) -> None:
    put(run, queue(run, sites[1]), status=status, **values)
    assert run(sending.with_work, ids(*sites), at=SOON) == ids(sites[1])
    assert run(sending.with_work, ids(sites[0], sites[2]), at=SOON) == []
    assert run(sending.with_work, ids(sites[1]), at=SOON) == ids(sites[1])


@pytest.mark.parametrize(("status", "values"), NO_WORK)
def test_there_is_none_for_what_waits_is_under_way_or_has_ended(
    run: Run, site: Site, status: Status, values: dict[str, Any]
) -> None:
    put(run, queue(run, site), status=status, **values)
    assert run(sending.with_work, ids(site), at=SOON) == []


def test_only_those_of_the_workspace_itself_are_claimed(run: Run, sites: tuple[Site, Site, Site]) -> None:
    made = [queue(run, site) for site in sites]
    assert [one.id for one in claim(run, sites[1])] == [made[1]]


def test_only_what_its_own_workspace_was_sending_is_given_up(run: Run, sites: tuple[Site, Site, Site]) -> None:
    made = [queue(run, site) for site in sites]
    for delivery_id in made:
        put(run, delivery_id, status=Status.SENDING, lease_until=OVER)
    assert run(sending.give_up_lapsed, sites[1].workspace_id, look_at=LATER) == 1
    assert [row(run, one).status for one in made] == [Status.SENDING, Status.UNKNOWN, Status.SENDING]


def lost_of(run: Run, site: Site, at: Any = LATER) -> list[int]:
    return [one.id for one in run(sending.lost, site.workspace_id, at=at, limit=9)]


def test_what_was_lost_is_looked_for_in_its_own_workspace(run: Run, sites: tuple[Site, Site, Site]) -> None:
    made = [lose(run, site) for site in sites]
    assert [lost_of(run, site) for site in sites] == [[one] for one in made]


def test_it_is_looked_for_from_its_time_on(run: Run, site: Site) -> None:
    made = lose(run, site)
    assert [lost_of(run, site, at) for at in (LATER - MOMENT, LATER, LATER + MOMENT)] == [[], [made], [made]]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.UNKNOWN])
def test_only_what_is_unknown_is_looked_for_found_put_off_sent_again_or_left(
    run: Run, site: Site, status: Status
) -> None:
    made = lose(run, site)
    put(run, made, status=status)
    assert lost_of(run, site) == []
    assert run(sending.found, {made: ("D_ANA", "2.0")}, at=LATER) == 0
    assert run(sending.send_again, [made], at=LATER) == 0
    assert run(sending.leave, [made], Status.FAILED, "why", at=LATER) == 0
    run(sending.look_later, [made], due_at=LATER + MOMENT)
    left = row(run, made)
    assert (left.status, left.due_at, left.looks) == (status, LATER, 0)


def posts_of(run: Run, site: Site) -> list[int]:
    """Three messages that are out, each in a conversation of its own."""
    made = [queue(run, site, name, person_id=site.people[name]) for name in ("Ana", "Ben", "Cleo")]
    for one in claim(run, site):
        assert begin(run, one)
        assert settle(run, one, channel=f"D{one.person_id}", ts=f"{one.id}.0")
    return made


@pytest.mark.parametrize("which", range(3))
def test_a_lost_edit_is_known_as_one_and_was_where_its_post_is(run: Run, site: Site, which: int) -> None:
    posts = posts_of(run, site)
    edit = rewrite(run, posts[which])
    (claimed,) = claim(run, site)
    begin(run, claimed)
    settle(run, claimed, Status.UNKNOWN, reason="lost", due_at=LATER)
    (lost,) = run(sending.lost, site.workspace_id, at=LATER, limit=9)
    person = site.people[("Ana", "Ben", "Cleo")[which]]
    assert (lost.id, lost.is_edit, lost.channel, lost.conversation) == (edit, True, f"D{person}", f"D{person}")


def test_a_lost_post_is_no_edit_and_was_for_its_person(run: Run, site: Site) -> None:
    made = lose(run, site)
    (lost,) = run(sending.lost, site.workspace_id, at=LATER, limit=9)
    assert (lost.id, lost.is_edit, lost.channel, lost.user, lost.conversation) == (made, False, None, "UANA", "UANA")


def test_where_somebodys_messages_go_is_kept_for_them_alone(run: Run, site: Site) -> None:
    queue(run, site, person_id=site.people["Ben"])
    (claimed,) = claim(run, site)
    begin(run, claimed)
    settle(run, claimed, channel="D_BEN")
    there = {name: run(people.by_id, site.people[name]).direct_channel for name in ("Ana", "Ben", "Cleo")}
    assert there == {"Ana": None, "Ben": "D_BEN", "Cleo": None}


def lost_edit(run: Run, site: Site, post: int) -> int:
    edit = rewrite(run, post)
    (claimed,) = [one for one in claim(run, site) if one.id == edit]
    begin(run, claimed)
    assert settle(run, claimed, Status.UNKNOWN, reason="lost", due_at=LATER)
    return edit


def test_a_lost_edit_is_made_again_while_it_is_the_last_of_its_own_message(run: Run, site: Site) -> None:
    posts = posts_of(run, site)
    before = rewrite(run, posts[1], Kind.PROMPT)
    (claimed,) = claim(run, site)
    assert send(run, claimed)
    edit = lost_edit(run, site, posts[1])
    others = [rewrite(run, posts[0]), rewrite(run, posts[2])]  # later, but of other messages
    put(run, edit, looks=3)
    assert run(sending.send_again, [edit], at=LATER) == 1
    again = row(run, edit)
    assert (again.status, again.due_at, again.looks) == (Status.QUEUED, LATER, 0)
    assert row(run, before).status is Status.SENT
    assert {row(run, one).status for one in others} == {Status.QUEUED}


def test_a_lost_edit_that_a_later_one_has_replaced_is_let_go(run: Run, site: Site) -> None:
    posts = posts_of(run, site)
    edit = lost_edit(run, site, posts[1])
    later = rewrite(run, posts[1])
    assert run(sending.send_again, [edit], at=LATER) == 0
    left = row(run, edit)
    assert (left.status, left.reason, left.ended_at) == (Status.SKIPPED, "a later edit took its place", LATER)
    assert row(run, later).status is Status.QUEUED


def test_a_lost_post_is_sent_again_whatever_edits_wait_for_it(run: Run, site: Site) -> None:
    made = lose(run, site)
    rewrite(run, made)
    assert run(sending.send_again, [made], at=LATER) == 1
    assert row(run, made).status is Status.QUEUED
    assert run(deliveries.message_of, made) is None
