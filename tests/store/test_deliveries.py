"""The outbox: a message goes out once, an edit waits for its post, and a lost answer is never a second message."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col

from store import deliveries
from store.deliveries import Claimed, Delivery, Kind, Status
from store.dialect import database_instant
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, build, outbox

LEASE = timedelta(seconds=60)
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


def claim(run: Run, limit: int = 50) -> list[Claimed]:
    return run(deliveries.claim, at=SOON, limit=limit, lease=LEASE)


def claim_one(run: Run) -> Claimed:
    (claimed,) = claim(run)
    return claimed


def let_leases_lapse(run: Run) -> None:
    run(lambda session: session.execute(text("UPDATE delivery SET lease_until = 1 WHERE lease_until IS NOT NULL")))


def row(run: Run, delivery_id: int) -> Delivery:
    return run(deliveries.by_id, delivery_id)


def send(run: Run, claimed: Claimed, ts: str = "1.0001") -> bool:
    assert run(deliveries.begin_sending, claimed, lease=LEASE)
    return run(deliveries.settle_sent, claimed, "D_ANA", ts, at=SOON)


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


def test_without_a_time_a_message_is_due_now(run: Run, site: Site) -> None:
    assert row(run, queue(run, site)).due_at == MONDAY
    assert row(run, queue(run, site, "later", due_at=SOON)).due_at == SOON


def test_what_is_not_due_yet_is_not_claimed(run: Run, site: Site) -> None:
    queue(run, site, due_at=SOON + timedelta(seconds=1))
    assert claim(run) == []


def test_what_is_due_is_claimed_oldest_first_and_no_more_than_asked_for(run: Run, site: Site) -> None:
    late = queue(run, site, "late", due_at=SOON)
    early = queue(run, site, "early", due_at=MONDAY)
    middle = queue(run, site, "middle", due_at=MONDAY + timedelta(minutes=1))
    assert [claimed.id for claimed in claim(run, limit=2)] == [early, middle]
    assert [claimed.id for claimed in claim(run)] == [late]


def test_messages_to_one_person_are_one_conversation_and_those_to_others_are_not(run: Run, site: Site) -> None:
    queue(run, site, "one")
    queue(run, site, "two")
    queue(run, site, "ben", person_id=site.people["Ben"])
    queue(run, site, "channel", person_id=None, channel="C_PIT")
    conversations = [claimed.conversation for claimed in claim(run)]
    assert conversations[0] == conversations[1]
    assert len(set(conversations)) == 3


# Sending


def test_a_message_is_claimed_sent_and_remembered(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    assert row(run, delivery_id).status is Status.QUEUED
    assert run(deliveries.begin_sending, claimed, lease=LEASE)
    sending = row(run, delivery_id)
    assert (sending.status, sending.attempts) == (Status.SENDING, 1)
    assert run(deliveries.settle_sent, claimed, "D_ANA", "1.0001", at=SOON)
    sent = row(run, delivery_id)
    assert (sent.status, sent.ended_at, sent.claim_token, sent.lease_until) == (Status.SENT, SOON, None, None)
    message = run(deliveries.message_of, delivery_id)
    assert message is not None
    assert (message.channel, message.ts) == ("D_ANA", "1.0001")


def test_what_is_claimed_is_not_claimed_again_while_the_lease_holds(run: Run, site: Site) -> None:
    queue(run, site)
    claim_one(run)
    assert claim(run) == []


def test_a_claim_whose_lease_ran_out_is_free_for_others_and_lost_to_the_first(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    first = claim_one(run)
    let_leases_lapse(run)
    second = claim_one(run)
    assert first.token != second.token
    assert not run(deliveries.begin_sending, first, lease=LEASE)
    assert send(run, second)
    assert row(run, delivery_id).attempts == 1


def test_nobody_begins_to_send_on_a_lease_that_ran_out(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    let_leases_lapse(run)
    assert not run(deliveries.begin_sending, claimed, lease=LEASE)
    assert row(run, delivery_id).status is Status.QUEUED


def test_nobody_begins_to_send_twice(run: Run, site: Site) -> None:
    queue(run, site)
    claimed = claim_one(run)
    assert run(deliveries.begin_sending, claimed, lease=LEASE)
    assert not run(deliveries.begin_sending, claimed, lease=LEASE)


def test_a_sender_that_vanished_leaves_an_unknown_that_is_not_sent_again(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    run(deliveries.begin_sending, claimed, lease=LEASE)
    assert run(deliveries.give_up_lapsed, at=SOON) == 0
    let_leases_lapse(run)
    assert run(deliveries.give_up_lapsed, at=SOON) == 1
    lost = row(run, delivery_id)
    assert (lost.status, lost.reason, lost.ended_at) == (Status.UNKNOWN, "the answer was lost", SOON)
    assert claim(run) == []


def test_a_sender_that_lost_its_token_settles_nothing(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    run(deliveries.begin_sending, claimed, lease=LEASE)
    let_leases_lapse(run)
    run(deliveries.give_up_lapsed, at=SOON)
    assert not run(deliveries.settle_sent, claimed, "D_ANA", "1.0001", at=SOON)
    assert not run(deliveries.settle_ended, claimed, Status.FAILED, "no such channel", at=SOON)
    assert not run(deliveries.settle_later, claimed, "rate limited", due_at=SOON)
    assert row(run, delivery_id).status is Status.UNKNOWN
    assert run(deliveries.message_of, delivery_id) is None


def test_what_slack_did_not_take_this_time_is_due_again_later(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    run(deliveries.begin_sending, claimed, lease=LEASE)
    assert run(deliveries.settle_later, claimed, "rate limited", due_at=SOON + LEASE)
    waiting = row(run, delivery_id)
    assert (waiting.status, waiting.reason, waiting.attempts, waiting.claim_token) == (
        Status.QUEUED,
        "rate limited",
        1,
        None,
    )
    assert claim(run) == []
    (again,) = run(deliveries.claim, at=SOON + LEASE, limit=1, lease=LEASE)
    assert (again.id, again.attempts) == (delivery_id, 1)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED, Status.SKIPPED, Status.UNKNOWN])
def test_what_will_not_go_out_keeps_its_reason(run: Run, site: Site, status: Status) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    assert run(deliveries.settle_ended, claimed, status, "why", at=SOON)
    ended = row(run, delivery_id)
    assert (ended.status, ended.reason, ended.ended_at) == (status, "why", SOON)
    assert not run(deliveries.settle_sent, claimed, "D_ANA", "1.0001", at=SOON)
    assert claim(run) == []


def test_what_was_called_off_is_not_sent_even_if_it_was_claimed(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    run(deliveries.call_off, (Kind.CHANGE_TOLD,), [1], "the embedding has ended", SOON)
    assert row(run, delivery_id).status is Status.SKIPPED
    assert not run(deliveries.begin_sending, claimed, lease=LEASE)


def test_calling_off_leaves_other_kinds_other_subjects_and_what_has_gone_out(run: Run, site: Site) -> None:
    sent = queue(run, site)
    send(run, claim_one(run))
    waiting = queue(run, site, "waiting")
    run(deliveries.call_off, (Kind.PROMPT,), [1], "over", SOON)
    run(deliveries.call_off, (Kind.CHANGE_TOLD,), [2], "over", SOON)
    assert row(run, waiting).status is Status.QUEUED
    run(deliveries.call_off, (Kind.CHANGE_TOLD,), [1], "over", SOON)
    assert (row(run, sent).status, row(run, waiting).status) == (Status.SENT, Status.SKIPPED)


# Rewriting


def test_an_edit_waits_for_its_post(run: Run, site: Site) -> None:
    post = queue(run, site)
    rewrite(run, post)
    claimed = claim_one(run)
    assert claimed.id == post
    assert run(deliveries.begin_sending, claimed, lease=LEASE)
    assert claim(run) == []
    run(deliveries.settle_sent, claimed, "D_ANA", "1.0001", at=SOON)
    edit = claim_one(run)
    assert row(run, edit.id).edits_id == post


def test_an_edit_goes_where_the_post_went_and_is_no_message_of_its_own(run: Run, site: Site) -> None:
    post = queue(run, site)
    send(run, claim_one(run))
    rewrite(run, post)
    edit = claim_one(run)
    addressed = run(deliveries.addressed, edit.id)
    assert (addressed.target, addressed.ts) == ("D_ANA", "1.0001")
    assert send(run, edit, ts="1.0001")
    assert run(deliveries.message_of, edit.id) is None


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


def test_an_edit_that_is_on_its_way_is_followed_by_the_next(run: Run, site: Site) -> None:
    post = queue(run, site)
    send(run, claim_one(run))
    rewrite(run, post)
    first = claim_one(run)
    run(deliveries.begin_sending, first, lease=LEASE)
    rewrite(run, post)
    assert [edit.status.value for edit in run(outbox) if edit.edits_id] == ["sending", "queued"]


# Addressing


def test_a_message_goes_to_the_persons_slack_id_in_their_language(run: Run, site: Site) -> None:
    addressed = run(deliveries.addressed, queue(run, site))
    assert (addressed.target, addressed.locale, addressed.reachable, addressed.ts) == ("UANA", "en-US", True, None)


def test_somebody_who_has_left_cannot_be_reached(run: Run, site: Site) -> None:
    assert not run(deliveries.addressed, queue(run, site, person_id=site.people["Gus"])).reachable


def test_a_message_to_a_channel_goes_there(run: Run, site: Site) -> None:
    addressed = run(deliveries.addressed, queue(run, site, person_id=None, channel="C_PIT"))
    assert (addressed.target, addressed.reachable) == ("C_PIT", True)


# Neighbours: what is done to one row touches no other


def put(run: Run, delivery_id: int, **values: Any) -> None:
    """Make a row what the test needs it to be."""

    def unit(session: Session) -> None:
        session.execute(update(Delivery).where(col(Delivery.id) == delivery_id).values(**values))

    run(unit)


def three(run: Run, site: Site, **rest: Any) -> tuple[int, int, int]:
    first, middle, last = (queue(run, site, key, **rest) for key in "abc")
    return first, middle, last


def statuses(run: Run, *delivery_ids: int) -> list[Status]:
    return [row(run, delivery_id).status for delivery_id in delivery_ids]


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
    claimed_first, claimed_middle, claimed_last = claim(run)
    send(run, claimed_middle, ts=f"{claimed_middle.id}.0")
    assert run(deliveries.message_of, made[0]) is None
    assert run(deliveries.message_of, made[2]) is None
    for claimed in (claimed_last, claimed_first):
        send(run, claimed, ts=f"{claimed.id}.0")
    found = [run(deliveries.message_of, delivery_id) for delivery_id in made]
    assert [message.ts for message in found if message] == [f"{delivery_id}.0" for delivery_id in made]


def test_what_a_message_needs_besides_its_subject_is_kept(run: Run, site: Site) -> None:
    assert row(run, queue(run, site, "with", data={"by": 7})).data == {"by": 7}
    assert row(run, queue(run, site, "without")).data == {}


@pytest.mark.parametrize("status", NOT_QUEUED)
def test_only_what_is_queued_is_claimed(run: Run, site: Site, status: Status) -> None:
    put(run, queue(run, site), status=status)
    assert claim(run) == []


def test_what_nobody_asked_for_stays_free(run: Run, site: Site) -> None:
    first, middle, last = three(run, site)
    put(run, middle, due_at=MONDAY - timedelta(hours=1))
    assert [claimed.id for claimed in claim(run, limit=1)] == [middle]
    assert [claimed.id for claimed in claim(run)] == [first, last]


def test_a_claim_and_a_call_each_hold_for_one_lease(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)

    def held() -> float:
        until = row(run, delivery_id).lease_until
        assert until is not None
        return round(until, 3)

    before = now_there(run)
    claimed = claim_one(run)
    assert before + 60 <= held() <= now_there(run) + 60

    before = now_there(run)
    run(deliveries.begin_sending, claimed, lease=2 * LEASE)
    assert before + 120 <= held() <= now_there(run) + 120


@pytest.mark.parametrize("which", [0, 1, 2])
def test_of_those_claimed_together_one_goes_out_alone(run: Run, site: Site, which: int) -> None:
    made = three(run, site)
    one = claim(run)[which]
    others = [delivery_id for delivery_id in made if delivery_id != one.id]

    assert run(deliveries.begin_sending, one, lease=LEASE)
    assert statuses(run, one.id, *others) == [Status.SENDING, QUEUED, QUEUED]
    assert run(deliveries.settle_sent, one, "D_ANA", "1.0001", at=SOON)
    assert statuses(run, one.id, *others) == [Status.SENT, QUEUED, QUEUED]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_of_those_claimed_together_one_is_put_off_alone(run: Run, site: Site, which: int) -> None:
    made = three(run, site)
    one = claim(run)[which]
    assert run(deliveries.settle_later, one, "rate limited", due_at=SOON + LEASE)
    assert [delivery_id for delivery_id in made if row(run, delivery_id).claim_token is None] == [one.id]


def test_every_attempt_counts_once(run: Run, site: Site) -> None:
    delivery_id = queue(run, site)
    put(run, delivery_id, attempts=3)
    claimed = claim_one(run)
    assert claimed.attempts == 3
    run(deliveries.begin_sending, claimed, lease=LEASE)
    assert row(run, delivery_id).attempts == 4


@pytest.mark.parametrize("token", ["0" * 32, "z" * 32, ""])
def test_somebody_elses_token_neither_begins_nor_settles(run: Run, site: Site, token: str) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    stranger = replace(claimed, token=token)
    assert not run(deliveries.begin_sending, stranger, lease=LEASE)
    run(deliveries.begin_sending, claimed, lease=LEASE)
    assert not run(deliveries.settle_sent, stranger, "D_ANA", "1.0001", at=SOON)
    assert not run(deliveries.settle_later, stranger, "rate limited", due_at=SOON)
    assert statuses(run, delivery_id) == [Status.SENDING]


@pytest.mark.parametrize("status", NOT_QUEUED)
def test_what_is_no_longer_queued_is_not_begun(run: Run, site: Site, status: Status) -> None:
    delivery_id = queue(run, site)
    claimed = claim_one(run)
    put(run, delivery_id, status=status)
    assert not run(deliveries.begin_sending, claimed, lease=LEASE)
    assert row(run, delivery_id).attempts == 0


@pytest.mark.parametrize("status", Status)
def test_of_what_nobody_holds_any_more_only_what_was_being_sent_is_unknown(
    run: Run, site: Site, status: Status
) -> None:
    delivery_id = queue(run, site)
    put(run, delivery_id, status=status, lease_until=1.0)
    assert run(deliveries.give_up_lapsed, at=SOON) == (1 if status is Status.SENDING else 0)
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
    put(run, post, status=status, due_at=SOON + LEASE)
    taken = [row(run, claimed.id).edits_id for claimed in claim(run)]
    assert taken == ([] if status in (QUEUED, Status.SENDING) else [post])


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_edit_waits_for_its_own_post_and_no_other(run: Run, site: Site, which: int) -> None:
    posts = three(run, site)
    for post in posts:
        rewrite(run, post)
        put(run, post, due_at=SOON + LEASE)
    put(run, posts[which], status=Status.SENT)
    assert [row(run, claimed.id).edits_id for claimed in claim(run)] == [posts[which]]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_edit_on_its_way_holds_up_those_of_its_own_message_only(run: Run, site: Site, which: int) -> None:
    posts = three(run, site)
    for post in posts:
        put(run, post, status=Status.SENT)
        rewrite(run, post)
    first = next(claimed for claimed in claim(run) if row(run, claimed.id).edits_id == posts[which])
    run(deliveries.begin_sending, first, lease=LEASE)
    for post in posts:
        rewrite(run, post)
    others = [post for post in posts if post != posts[which]]
    assert [row(run, claimed.id).edits_id for claimed in claim(run)] == others
    run(deliveries.settle_sent, first, "D_ANA", "1.0001", at=SOON)
    assert [row(run, claimed.id).edits_id for claimed in claim(run)] == [posts[which]]


@pytest.mark.parametrize("status", [status for status in NOT_QUEUED if status is not Status.SENDING])
def test_an_edit_that_has_ended_holds_up_no_later_one(run: Run, site: Site, status: Status) -> None:
    post = queue(run, site)
    put(run, post, status=Status.SENT)
    rewrite(run, post)
    put(run, claim_one(run).id, status=status, claim_token=None, lease_until=None)
    rewrite(run, post)
    assert len(claim(run)) == 1


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_later_edit_takes_the_place_of_those_of_its_own_message_only(run: Run, site: Site, which: int) -> None:
    posts = three(run, site)
    for post in posts:
        put(run, post, status=Status.SENT)
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
    claimed = claim_one(run)
    run(deliveries.begin_sending, claimed, lease=LEASE)
    run(deliveries.settle_sent, claimed, "C_MOVED", "1.0001", at=SOON)
    after = run(deliveries.addressed, edit)
    assert (after.target, after.ts) == ("C_MOVED", "1.0001")
