"""Sending: each delivery is claimed, begun and settled by one, and a lost answer is never a second message."""

from datetime import timedelta

import pytest

from store import deliveries, people, sending
from store.deliveries import Kind, Status
from store.sending import Settled
from tests.store.conftest import Run
from tests.store.outbox import (
    LATER,
    LEASE,
    SOON,
    begin,
    claim,
    claim_one,
    let_leases_lapse,
    lose,
    queue,
    rewrite,
    row,
    send,
    settle,
)
from tests.store.site import MONDAY, Site, build, outbox

# Claiming


def test_what_is_not_due_yet_is_not_claimed(run: Run, site: Site) -> None:
    queue(run, site, due_at=SOON + timedelta(seconds=1))
    assert claim(run, site) == []
    assert run(sending.with_work, [site.workspace_id], at=SOON) == []


def test_what_is_due_is_claimed_oldest_first_and_no_more_than_asked_for(run: Run, site: Site) -> None:
    late = queue(run, site, "late", due_at=SOON)
    early = queue(run, site, "early", due_at=MONDAY)
    middle = queue(run, site, "middle", due_at=MONDAY + timedelta(minutes=1))
    assert [claimed.id for claimed in claim(run, site, limit=2)] == [early, middle]
    assert [claimed.id for claimed in claim(run, site)] == [late]


def test_only_the_deliveries_of_one_workspace_are_claimed(run: Run, site: Site) -> None:
    mine, other = queue(run, site), run(build, slack_id="T2")
    theirs = queue(run, other)
    assert run(sending.with_work, [site.workspace_id, other.workspace_id], at=SOON) == [
        site.workspace_id,
        other.workspace_id,
    ]
    assert [claimed.id for claimed in claim(run, site)] == [mine]
    assert [claimed.id for claimed in claim(run, other)] == [theirs]


def test_messages_to_one_person_are_one_conversation_and_those_to_others_are_not(run: Run, site: Site) -> None:
    queue(run, site, "one")
    queue(run, site, "two")
    queue(run, site, "ben", person_id=site.people["Ben"])
    queue(run, site, "channel", person_id=None, channel="C_PIT")
    conversations = [claimed.conversation for claimed in claim(run, site)]
    assert conversations == [site.people["Ana"], site.people["Ana"], site.people["Ben"], "C_PIT"]


def test_conversations_that_are_to_wait_are_passed_over(run: Run, site: Site) -> None:
    queue(run, site, "ana")
    queue(run, site, "channel", person_id=None, channel="C_PIT")
    ben = queue(run, site, "ben", person_id=site.people["Ben"])
    assert [claimed.id for claimed in claim(run, site, without=[site.people["Ana"], "C_PIT"])] == [ben]


def test_posts_and_edits_are_claimed_apart_when_only_one_of_them_may_go(run: Run, site: Site) -> None:
    out = queue(run, site)
    send(run, claim_one(run, site))
    edit = rewrite(run, out)
    post = queue(run, site, "second")
    assert [claimed.id for claimed in claim(run, site, edits=False)] == [post]
    assert [claimed.id for claimed in claim(run, site, posts=False)] == [edit]


# Sending


def test_a_message_is_claimed_sent_and_remembered(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    assert row(run, delivery_id).status is Status.QUEUED
    assert begin(run, claimed) == {delivery_id}
    begun = row(run, delivery_id)
    assert (begun.status, begun.attempts, begun.attempted_at) == (Status.SENDING, 1, SOON)
    assert settle(run, claimed)
    sent = row(run, delivery_id)
    assert (sent.status, sent.ended_at, sent.claim_token, sent.lease_until) == (Status.SENT, SOON, None, None)
    message = run(deliveries.message_of, delivery_id)
    assert message is not None
    assert (message.channel, message.ts) == ("D_ANA", "1.0001")
    assert run(people.by_id, site.people["Ana"]).direct_channel == "D_ANA"


def test_many_are_begun_and_settled_by_one_commit_each(run: Run, site: Site) -> None:
    made = [queue(run, site, f"message {number}") for number in range(5)]
    claimed = claim(run, site)
    assert begin(run, *claimed) == set(made)
    fates = (Status.SENT, Status.FAILED, Status.QUEUED, Status.UNKNOWN, Status.SKIPPED)
    results = [
        Settled(one, fate, "why", LATER if fate in (Status.QUEUED, Status.UNKNOWN) else None, "D_ANA", f"{one.id}.0")
        for one, fate in zip(claimed, fates, strict=True)
    ]
    assert run(sending.settle_results, results, at=SOON) == set(made)
    rows = [row(run, delivery_id) for delivery_id in made]
    assert [one.status for one in rows] == list(fates)
    assert [one.ended_at for one in rows] == [SOON, SOON, None, None, SOON]
    assert [one.due_at for one in rows] == [MONDAY, MONDAY, LATER, LATER, MONDAY]
    assert [run(deliveries.message_of, one.key) is not None for one in rows] == [True, False, False, False, False]


def test_what_is_claimed_is_not_claimed_again_while_the_lease_holds(run: Run, site: Site) -> None:
    queue(run, site)
    claim_one(run, site)
    assert claim(run, site) == []


def test_a_claim_that_was_given_back_is_free_at_once(run: Run, site: Site) -> None:
    queue(run, site)
    first = claim_one(run, site)
    run(sending.give_back_claims, [first])
    second = claim_one(run, site)
    assert begin(run, first) == frozenset()
    assert send(run, second)


def test_a_claim_whose_lease_ran_out_is_free_for_others_and_lost_to_the_first(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    first = claim_one(run, site)
    let_leases_lapse(run)
    second = claim_one(run, site)
    assert first.token != second.token
    run(sending.give_back_claims, [first])
    assert begin(run, first) == frozenset()
    assert send(run, second)
    assert row(run, delivery_id).attempts == 1


def test_nobody_begins_to_send_on_a_lease_that_ran_out(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    let_leases_lapse(run)
    assert begin(run, claimed) == frozenset()
    assert row(run, delivery_id).status is Status.QUEUED


def test_nobody_begins_to_send_twice(run: Run, site: Site) -> None:
    queue(run, site)
    claimed = claim_one(run, site)
    assert begin(run, claimed) == {claimed.id}
    assert begin(run, claimed) == frozenset()


def test_a_round_gives_back_settles_and_begins_in_one_commit(run: Run, site: Site) -> None:
    made = [queue(run, site, f"message {number}") for number in range(3)]
    surplus, over, next_one = claim(run, site)
    begun = run(
        sending.begin_round,
        begin=[next_one],
        settle=[Settled(over, Status.SKIPPED, "nothing to say any more")],
        give_back=[surplus],
        lease=LEASE,
        at=SOON,
    )
    assert begun == {made[2]}
    assert [row(run, one).status for one in made] == [Status.QUEUED, Status.SKIPPED, Status.SENDING]
    assert [one.id for one in claim(run, site)] == [made[0]]


def test_a_sender_that_lost_its_token_settles_nothing(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    begin(run, claimed)
    let_leases_lapse(run)
    run(sending.give_up_lapsed, site.workspace_id, look_at=LATER)
    assert not settle(run, claimed)
    assert not settle(run, claimed, Status.FAILED, reason="no such channel")
    assert not settle(run, claimed, Status.QUEUED, reason="rate limited", due_at=SOON)
    assert row(run, delivery_id).status is Status.UNKNOWN
    assert run(deliveries.message_of, delivery_id) is None


def test_what_slack_did_not_take_this_time_is_due_again_later(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    begin(run, claimed)
    assert settle(run, claimed, Status.QUEUED, reason="rate limited", due_at=LATER)
    waiting = row(run, delivery_id)
    assert (waiting.status, waiting.reason, waiting.attempts, waiting.claim_token) == (
        Status.QUEUED,
        "rate limited",
        1,
        None,
    )
    assert claim(run, site) == []
    (again,) = run(sending.claim, site.workspace_id, at=LATER, limit=1, lease=LEASE)
    assert (again.id, again.attempts) == (delivery_id, 1)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED, Status.SKIPPED, Status.UNKNOWN])
def test_what_will_not_go_out_keeps_its_reason(run: Run, site: Site, status: Status) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    assert settle(run, claimed, status, reason="why")
    ended = row(run, delivery_id)
    assert (ended.status, ended.reason, ended.ended_at) == (status, "why", SOON)
    assert not settle(run, claimed)
    assert claim(run, site) == []


def test_what_was_called_off_is_not_sent_even_if_it_was_claimed(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    run(deliveries.call_off, (Kind.CHANGE_TOLD,), [1], "the embedding has ended", SOON)
    assert row(run, delivery_id).status is Status.SKIPPED
    assert begin(run, claimed) == frozenset()


def test_calling_off_leaves_other_kinds_other_subjects_and_what_has_gone_out(run: Run, site: Site) -> None:
    sent = queue(run, site)
    send(run, claim_one(run, site))
    waiting = queue(run, site, "waiting")
    run(deliveries.call_off, (Kind.PROMPT,), [1], "over", SOON)
    run(deliveries.call_off, (Kind.CHANGE_TOLD,), [2], "over", SOON)
    assert row(run, waiting).status is Status.QUEUED
    run(deliveries.call_off, (Kind.CHANGE_TOLD,), [1], "over", SOON)
    assert (row(run, sent).status, row(run, waiting).status) == (Status.SENT, Status.SKIPPED)


# Edits


def test_an_edit_waits_for_its_post(run: Run, site: Site) -> None:
    post = queue(run, site)
    edit = rewrite(run, post)
    claimed = claim_one(run, site)
    assert claimed.id == post
    begin(run, claimed)
    assert claim(run, site) == []
    settle(run, claimed)
    assert claim_one(run, site).id == edit


def test_an_edit_waits_while_nobody_knows_whether_its_post_arrived(run: Run, site: Site) -> None:
    post = lose(run, site)
    edit = rewrite(run, post)
    assert claim(run, site) == []
    run(sending.found, {post: ("D_ANA", "1.0001")}, at=LATER)
    assert claim_one(run, site).id == edit


def test_an_edit_goes_where_the_post_went_and_is_no_message_of_its_own(run: Run, site: Site) -> None:
    post = queue(run, site)
    send(run, claim_one(run, site))
    rewrite(run, post)
    edit = claim_one(run, site)
    assert edit.is_edit
    addressed = run(deliveries.addressed, edit.id)
    assert (addressed.target, addressed.ts) == ("D_ANA", "1.0001")
    assert send(run, edit)
    assert run(deliveries.message_of, edit.id) is None


def test_an_edit_that_is_on_its_way_is_followed_by_the_next(run: Run, site: Site) -> None:
    post = queue(run, site)
    send(run, claim_one(run, site))
    rewrite(run, post)
    first = claim_one(run, site)
    begin(run, first)
    rewrite(run, post)
    assert [edit.status for edit in run(outbox) if edit.edits_id] == [Status.SENDING, Status.QUEUED]
    assert claim(run, site) == []
    settle(run, first)
    assert claim_one(run, site).is_edit


# Lost answers


def test_a_sender_that_vanished_leaves_an_unknown_that_is_looked_up_and_not_sent_again(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run, site)
    begin(run, claimed)
    assert run(sending.give_up_lapsed, site.workspace_id, look_at=LATER) == 0
    let_leases_lapse(run)
    assert run(sending.with_work, [site.workspace_id], at=SOON) == [site.workspace_id]
    assert run(sending.give_up_lapsed, site.workspace_id, look_at=LATER) == 1
    lost = row(run, delivery_id)
    assert (lost.status, lost.reason, lost.due_at, lost.ended_at) == (
        Status.UNKNOWN,
        "the answer was lost",
        LATER,
        None,
    )
    assert claim(run, site) == []
    assert run(sending.lost, site.workspace_id, at=SOON, limit=9) == []
    (one,) = run(sending.lost, site.workspace_id, at=LATER, limit=9)
    assert (one.id, one.user, one.channel, one.attempted_at) == (delivery_id, "UANA", None, SOON)


def test_what_is_found_is_sent_and_remembered(run: Run, site: Site) -> None:
    delivery_id = lose(run, site)
    assert run(sending.found, {delivery_id: ("D_ANA", "7.0")}, at=LATER) == 1
    sent = row(run, delivery_id)
    assert (sent.status, sent.reason, sent.ended_at) == (Status.SENT, None, LATER)
    message = run(deliveries.message_of, delivery_id)
    assert message is not None
    assert message.ts == "7.0"
    assert run(sending.found, {delivery_id: ("D_ANA", "8.0")}, at=LATER) == 0


def test_what_did_not_arrive_goes_out_again_or_stays_with_its_reason(run: Run, site: Site) -> None:
    again, never = lose(run, site, "again"), lose(run, site, "never")
    assert run(sending.send_again, [again], at=LATER) == 1
    assert run(sending.leave, [never], Status.SKIPPED, "rather not twice", at=LATER) == 1
    assert (row(run, again).status, row(run, again).due_at) == (Status.QUEUED, LATER)
    assert (row(run, never).status, row(run, never).reason) == (Status.SKIPPED, "rather not twice")
    assert run(sending.send_again, [never], at=LATER) == 0
    assert run(sending.lost, site.workspace_id, at=LATER, limit=9) == []


def test_an_edit_whose_answer_was_lost_is_not_repeated_over_a_later_one(run: Run, site: Site) -> None:
    post = queue(run, site)
    send(run, claim_one(run, site))
    first = rewrite(run, post)
    claimed = claim_one(run, site)
    begin(run, claimed)
    settle(run, claimed, Status.UNKNOWN, reason="the connection broke", due_at=SOON)
    second = rewrite(run, post)
    assert claim(run, site) == []
    assert run(sending.send_again, [first], at=LATER) == 0
    assert (row(run, first).status, row(run, first).reason) == (Status.SKIPPED, "a later edit took its place")
    assert claim_one(run, site).id == second


def test_when_slack_does_not_let_us_look_it_is_looked_for_later(run: Run, site: Site) -> None:
    delivery_id = lose(run, site)
    run(sending.look_later, [delivery_id], due_at=LATER + LEASE)
    assert run(sending.lost, site.workspace_id, at=LATER, limit=9) == []
    (one,) = run(sending.lost, site.workspace_id, at=LATER + LEASE, limit=9)
    assert (one.id, one.looks) == (delivery_id, 1)


def test_what_was_lost_is_looked_for_where_it_went(run: Run, site: Site) -> None:
    queue(run, site, "known")
    send(run, claim_one(run, site))
    lose(run, site, "to ana")
    lose(run, site, "to ben", person_id=site.people["Ben"])
    lose(run, site, "to the pit", person_id=None, channel="C_PIT")
    lost = run(sending.lost, site.workspace_id, at=LATER, limit=9)
    assert [(one.user, one.channel) for one in lost] == [("UANA", "D_ANA"), ("UBEN", None), (None, "C_PIT")]
    assert len({one.conversation for one in lost}) == 3
