"""The neighbours of a delivery: what is done to one row touches no other, whatever state it is in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store import deliveries, sending
from store.deliveries import Kind, Status
from store.dialect import database_instant
from tests.store.conftest import Run
from tests.store.outbox import (
    LATER,
    LEASE,
    SOON,
    begin,
    claim,
    claim_one,
    put,
    queue,
    rewrite,
    row,
    settle,
    statuses,
    three,
)
from tests.store.site import MONDAY, Site, build, outbox


def now_there(run: Run) -> float:
    return round(run(database_instant).timestamp(), 3)


NOT_QUEUED = [status for status in Status if status is not Status.QUEUED]
QUEUED = Status.QUEUED


def test_a_delivery_is_found_by_its_own_workspace_and_key(run: Run, site: Site) -> None:
    sites = [site, run(build, slack_id="T2"), run(build, slack_id="T3")]
    made = {(where.workspace_id, key): queue(run, where, key) for where in sites for key in "abc"}
    for (workspace_id, key), delivery_id in made.items():
        found = run(deliveries.posted_for, workspace_id, key)
        assert found is not None
        assert found.id == delivery_id
    assert run(deliveries.posted_for, sites[1].workspace_id, "bb") is None
    queue(run, sites[1], "d")
    assert run(deliveries.posted_for, sites[0].workspace_id, "d") is None
    assert run(deliveries.posted_for, sites[2].workspace_id, "d") is None


def test_a_message_is_found_by_its_own_delivery(run: Run, site: Site) -> None:
    made = three(run, site)
    claimed_first, claimed_middle, claimed_last = claim(run, site)
    begin(run, claimed_middle)
    settle(run, claimed_middle, ts=f"{claimed_middle.id}.0")
    assert run(deliveries.message_of, made[0]) is None
    assert run(deliveries.message_of, made[2]) is None
    for claimed in (claimed_last, claimed_first):
        begin(run, claimed)
        settle(run, claimed, ts=f"{claimed.id}.0")
    found = [run(deliveries.message_of, delivery_id) for delivery_id in made]
    assert [message.ts for message in found if message] == [f"{delivery_id}.0" for delivery_id in made]


def test_what_a_message_needs_besides_its_subject_is_kept(run: Run, site: Site) -> None:
    assert row(run, queue(run, site, "with", data={"by": 7})).data == {"by": 7}
    assert row(run, queue(run, site, "without")).data == {}


@pytest.mark.parametrize("status", NOT_QUEUED)
def test_only_what_is_queued_is_claimed(run: Run, site: Site, status: Status) -> None:
    put(run, queue(run, site), status=status)
    assert claim(run, site) == []


def test_what_nobody_asked_for_stays_free(run: Run, site: Site) -> None:
    first, middle, last = three(run, site)
    put(run, middle, due_at=MONDAY - timedelta(hours=1))
    assert [claimed.id for claimed in claim(run, site, limit=1)] == [middle]
    assert [claimed.id for claimed in claim(run, site)] == [first, last]


def test_a_claim_and_a_call_each_hold_for_one_lease(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)

    def held() -> float:
        until = row(run, delivery_id).lease_until
        assert until is not None
        return round(until, 3)

    before = now_there(run)
    claimed = claim_one(run, site)
    assert before + 60 <= held() <= now_there(run) + 60

    before = now_there(run)
    run(sending.begin_calls, [claimed], lease=2 * LEASE, at=SOON)
    assert before + 120 <= held() <= now_there(run) + 120


@pytest.mark.parametrize("which", [0, 1, 2])
def test_of_those_claimed_together_one_goes_out_alone(run: Run, site: Site, which: int) -> None:
    made = three(run, site)
    one = claim(run, site)[which]
    others = [delivery_id for delivery_id in made if delivery_id != one.id]

    assert begin(run, one) == {one.id}
    assert statuses(run, one.id, *others) == [Status.SENDING, QUEUED, QUEUED]
    assert settle(run, one)
    assert statuses(run, one.id, *others) == [Status.SENT, QUEUED, QUEUED]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_of_those_claimed_together_one_is_put_off_alone(run: Run, site: Site, which: int) -> None:
    made = three(run, site)
    one = claim(run, site)[which]
    assert settle(run, one, QUEUED, reason="rate limited", due_at=SOON + LEASE)
    assert [delivery_id for delivery_id in made if row(run, delivery_id).claim_token is None] == [one.id]


def test_every_attempt_counts_once(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    put(run, delivery_id, attempts=3)
    claimed = claim_one(run, site)
    assert claimed.attempts == 3
    begin(run, claimed)
    assert row(run, delivery_id).attempts == 4


@pytest.mark.parametrize("token", ["0" * 32, "z" * 32, ""])
def test_somebody_elses_token_neither_begins_nor_settles(run: Run, site: Site, token: str) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    stranger = replace(claimed, token=token)
    assert begin(run, stranger) == frozenset()
    begin(run, claimed)
    assert not settle(run, stranger)
    assert not settle(run, stranger, QUEUED, reason="rate limited", due_at=SOON)
    assert statuses(run, delivery_id) == [Status.SENDING]


@pytest.mark.parametrize("status", NOT_QUEUED)
def test_what_is_no_longer_queued_is_not_begun(run: Run, site: Site, status: Status) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    put(run, delivery_id, status=status)
    assert begin(run, claimed) == frozenset()
    assert row(run, delivery_id).attempts == 0


@pytest.mark.parametrize("status", Status)
def test_of_what_nobody_holds_any_more_only_what_was_being_sent_is_unknown(
    run: Run, site: Site, status: Status
) -> None:
    delivery_id = queue(run, site)
    put(run, delivery_id, status=status, lease_until=1.0)
    assert run(sending.give_up_lapsed, site.workspace_id, look_at=LATER) == (1 if status is Status.SENDING else 0)
    assert statuses(run, delivery_id) == [Status.UNKNOWN if status is Status.SENDING else status]


@pytest.mark.parametrize("status", NOT_QUEUED)
def test_calling_off_leaves_what_is_not_queued(run: Run, site: Site, status: Status) -> None:
    delivery_id = queue(run, site)
    put(run, delivery_id, status=status, reason="its own")
    run(deliveries.call_off, (Kind.CHANGE_TOLD,), [1], "over", SOON)
    found = row(run, delivery_id)
    assert (found.status, found.reason) == (status, "its own")


# Neighbours of an edit


@pytest.mark.parametrize("status", Status)
def test_an_edit_is_taken_when_its_post_has_ended_in_whatever_way(run: Run, site: Site, status: Status) -> None:
    post = queue(run, site)
    rewrite(run, post)
    put(run, post, status=status, due_at=SOON + LEASE, ended_at=None if status in (QUEUED, Status.SENDING) else SOON)
    taken = [row(run, claimed.id).edits_id for claimed in claim(run, site)]
    assert taken == ([] if status in (QUEUED, Status.SENDING) else [post])


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_edit_waits_for_its_own_post_and_no_other(run: Run, site: Site, which: int) -> None:
    posts = three(run, site)
    for post in posts:
        rewrite(run, post)
        put(run, post, due_at=SOON + LEASE)
    put(run, posts[which], status=Status.SENT, ended_at=SOON)
    assert [row(run, claimed.id).edits_id for claimed in claim(run, site)] == [posts[which]]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_edit_on_its_way_holds_up_those_of_its_own_message_only(run: Run, site: Site, which: int) -> None:
    posts = three(run, site)
    for post in posts:
        put(run, post, status=Status.SENT, ended_at=SOON)
        rewrite(run, post)
    first = next(claimed for claimed in claim(run, site) if row(run, claimed.id).edits_id == posts[which])
    begin(run, first)
    for post in posts:
        rewrite(run, post)
    others = [post for post in posts if post != posts[which]]
    assert [row(run, claimed.id).edits_id for claimed in claim(run, site)] == others
    settle(run, first)
    assert [row(run, claimed.id).edits_id for claimed in claim(run, site)] == [posts[which]]


@pytest.mark.parametrize("status", [status for status in NOT_QUEUED if status is not Status.SENDING])
def test_an_edit_that_has_ended_holds_up_no_later_one(run: Run, site: Site, status: Status) -> None:
    post = queue(run, site)
    put(run, post, status=Status.SENT, ended_at=SOON)
    rewrite(run, post)
    put(run, claim_one(run, site).id, status=status, claim_token=None, lease_until=None, ended_at=SOON)
    rewrite(run, post)
    assert len(claim(run, site)) == 1


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_later_edit_takes_the_place_of_those_of_its_own_message_only(run: Run, site: Site, which: int) -> None:
    posts = three(run, site)
    for post in posts:
        put(run, post, status=Status.SENT, ended_at=SOON)
        rewrite(run, post)
    rewrite(run, posts[which])
    skipped = [edit.edits_id for edit in run(outbox) if edit.edits_id and edit.status is Status.SKIPPED]
    assert skipped == [posts[which]]


@pytest.mark.parametrize("status", NOT_QUEUED)
def test_a_later_edit_leaves_what_has_gone_out_or_ended(run: Run, site: Site, status: Status) -> None:
    post = queue(run, site)
    rewrite(run, post)
    (edit,) = [edit.key for edit in run(outbox) if edit.edits_id]
    put(run, edit, status=status, reason="its own")
    rewrite(run, post)
    found = row(run, edit)
    assert (found.status, found.reason) == (status, "its own")


def test_a_message_can_be_rewritten_again_and_again(run: Run, site: Site) -> None:
    first, second, _ = three(run, site)
    for post in (first, second, first, first, first, second):
        rewrite(run, post)
    assert [edit.edits_id for edit in run(outbox) if edit.edits_id] == [first, second, first, first, first, second]


def test_an_edit_is_due_at_once_and_says_what_its_post_was_about(run: Run, site: Site) -> None:
    post = queue(run, site, person_id=None, channel="C_PIT", data={"by": 7}, due_at=SOON + LEASE)
    rewrite(run, post)
    (edit,) = [edit for edit in run(outbox) if edit.edits_id]
    assert (edit.due_at, edit.attempts, edit.channel, edit.data) == (SOON, 0, "C_PIT", {"by": 7})
    assert (edit.subject, edit.subject_id, edit.workspace_id) == ("change_note", 1, site.workspace_id)


def test_an_edit_of_a_message_in_a_channel_goes_to_where_the_message_is(run: Run, site: Site) -> None:
    post = queue(run, site, person_id=None, channel="C_PIT")
    rewrite(run, post)
    (edit,) = [edit.key for edit in run(outbox) if edit.edits_id]
    before = run(deliveries.addressed, edit)
    assert (before.target, before.ts) == ("C_PIT", None)
    claimed = claim_one(run, site)
    begin(run, claimed)
    settle(run, claimed, channel="C_MOVED")
    after = run(deliveries.addressed, edit)
    assert (after.target, after.ts) == ("C_MOVED", "1.0001")
