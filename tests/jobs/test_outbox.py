"""Each due delivery goes out once, in its conversation's order; one that fails holds up no other."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import structlog
from sqlalchemy import update
from sqlmodel import Session, col

from jobs.clock import SimulatedClock
from jobs.outbox import backoff
from jobs.ports import Call, Ended, Halted, Later, LookUp, Postponed, Rule, Sent, WhenLost
from store import deliveries, sending, sending_lease
from store.deliveries import Delivery, Kind, Status
from store.meanings import Meaning
from store.policy import Limits, Rate
from store.sending import Claimed
from store.store import Store
from tests.jobs.conftest import AT_WILL, LIMITS, NOW, Post, Sender, empty, opened
from tests.store.site import Site

LAG = LIMITS.history_lag


def with_limits(**changed: object) -> Limits:
    paceless = {"to_conversation": AT_WILL, "posts": AT_WILL, "edits": AT_WILL, "look_ups": AT_WILL}
    return Limits(**(paceless | changed))  # type: ignore[arg-type] # each test names fields of Limits


async def test_what_is_due_goes_out_and_what_is_not_waits(post: Post) -> None:
    now = await post.queued("Ana")
    later = await post.queued("Ben", due_at=NOW + timedelta(seconds=1))

    await post.send()
    assert (post.sender.sent, (await post.row(now)).status) == ([now], Status.SENT)
    message = await post.store.read(deliveries.message_of, now)
    assert message is not None
    assert (message.channel, message.ts) == ("D1", f"{now}.0")

    await post.send(NOW + timedelta(seconds=1))
    assert post.sender.sent == [now, later]
    await post.send(NOW + timedelta(days=1))
    assert post.sender.sent == [now, later]


async def test_messages_to_one_conversation_keep_their_order_and_a_slow_one_holds_up_no_other(post: Post) -> None:
    first, second, other = [await post.queued(to) for to in ("Ana", "Ana", "Ben")]
    post.sender.slow = {first: 0.1}

    await post.send()

    assert sorted(post.sender.begun[:2]) == [first, other]
    assert post.sender.sent == [other, first, second]


async def test_more_than_may_be_under_way_at_once_all_go_out(store: Store, post: Post, sender: Sender) -> None:
    made = [await post.queued("C_PIT") for _ in range(7)]
    narrow = opened(store, post.site, sender, with_limits(at_once=3))
    await narrow.send()
    assert sender.sent == made


async def test_a_delivery_of_a_workspace_that_this_process_does_not_serve_stays(post: Post) -> None:
    made = await post.queued("Ana")
    post.sender.serves.clear()
    await post.send()
    assert (await post.row(made)).status is Status.QUEUED


async def test_what_is_too_late_expires_unwritten(post: Post) -> None:
    late = await post.queued("Ana", due_at=NOW - timedelta(hours=1), expires_at=NOW)
    await post.send()

    expired = await post.row(late)
    assert (expired.status, expired.reason) == (Status.EXPIRED, "its time was over before it could go out")
    assert post.sender.begun == []


async def test_what_has_nothing_to_say_is_skipped_with_its_reason(post: Post) -> None:
    made = await post.queued("Ana")
    post.sender.written = lambda claimed: Ended(Status.SKIPPED, "nothing to say any more")
    await post.send()

    skipped = await post.row(made)
    assert (skipped.status, skipped.reason, skipped.attempts) == (Status.SKIPPED, "nothing to say any more", 0)
    assert post.sender.begun == []


async def test_what_waits_for_another_shift_of_its_person_goes_out_then_and_that_was_no_attempt(post: Post) -> None:
    made = await post.queued("Ana", expires_at=NOW + timedelta(hours=1))
    tomorrow = NOW + timedelta(days=1)
    at_once = post.sender.written
    post.sender.written = lambda claimed: Postponed(tomorrow, tomorrow + timedelta(hours=12))
    await post.send()
    waits = await post.row(made)
    assert (waits.status, waits.attempts, waits.ended_at) == (Status.QUEUED, 0, None)
    assert (waits.due_at, waits.expires_at) == (tomorrow, tomorrow + timedelta(hours=12))
    assert (post.sender.begun, waits.claim_token) == ([], None)

    post.sender.written = at_once
    await post.send(tomorrow)
    assert (await post.row(made)).status is Status.SENT


async def test_what_a_sender_that_breaks_was_to_write_lapses_and_goes_out_later(post: Post) -> None:
    made = [await post.queued(name) for name in ("Ana", "Ben", "Cleo")]
    at_once = post.sender.written

    def break_on_the_first(claimed: Claimed) -> Call:
        if claimed.id == made[0]:
            raise ZeroDivisionError
        return Call("chat.postMessage", {})

    post.sender.written = break_on_the_first
    with structlog.testing.capture_logs() as logs:
        await post.send()
    assert post.sender.sent == []
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["office_broke"]

    post.sender.written = at_once

    def lapse(session: Session) -> None:
        session.execute(update(Delivery).values(lease_until=0))

    await post.store.write(lapse)
    await post.send()
    assert sorted(post.sender.sent) == made


async def test_each_message_is_written_once_however_many_wait_for_their_turn(
    store: Store, site: Site, sender: Sender
) -> None:
    await store.write(empty)
    slow = opened(store, site, sender, replace(LIMITS, posts=Rate(per_second=2, burst=3)))
    made = [await slow.queued(f"C_{number}") for number in range(9)]
    written: list[int] = []

    def write(claimed: Claimed) -> Call:
        written.append(claimed.id)
        return Call("chat.postMessage", {})

    sender.written = write
    await slow.send()
    assert sorted(sender.sent) == sorted(written) == made


async def test_a_claim_that_was_lost_is_not_sent(post: Post) -> None:
    made = await post.queued("Ana")

    def take_it_away(session: Session) -> None:
        session.execute(update(Delivery).where(col(Delivery.id) == made).values(claim_token="somebody else's"))

    async def write(claimed: Sequence[Claimed], at: datetime) -> list[Call]:
        await post.store.write(take_it_away)
        return [Call("chat.postMessage", {}) for _ in claimed]

    post.sender.write = write  # type: ignore[method-assign] # between the claim and the call
    await post.send()

    assert post.sender.begun == []


async def test_the_database_being_away_is_logged_and_the_next_wake_goes_on(post: Post) -> None:
    made = await post.queued("Ana")

    async def away() -> set[int]:
        raise ConnectionError("away")

    there, post.sender.workspaces = post.sender.workspaces, away  # type: ignore[method-assign] # for one look
    with structlog.testing.capture_logs() as logs:
        await post.send()
    assert [line["event"] for line in logs] == ["job_broke"]
    post.sender.workspaces = there  # type: ignore[method-assign] # back again
    await post.send()
    assert post.sender.sent == [made]


async def test_what_is_queued_just_as_its_office_goes_home_goes_out_all_the_same(post: Post, sender: Sender) -> None:
    store = post.store
    post = opened(store, post.site, sender, with_limits(to_conversation=Rate(per_second=1)))
    await post.queued("Ana")
    read, late = store.read, list[int]()

    async def reads(query: Any, *args: Any, **more: Any) -> Any:
        found = await read(query, *args, **more)
        if query is sending.with_work and post.sender.sent and not late:
            late.append(await post.queued("Ben"))
            post.outbox.wake()
            await asyncio.sleep(0.1)  # it looks, and finds the office open, which has just seen nothing
        return found

    store.read = reads  # type: ignore[method-assign] # something happens between a look and its end
    await post.send()

    assert post.sender.sent[1:] == late
    assert late


# What Slack does not take


async def test_what_slack_does_not_take_yet_is_tried_again_later_and_later_and_then_given_up(
    store: Store, post: Post, sender: Sender
) -> None:
    made = await post.queued("Ana")
    sender.outcome = lambda claimed: Later("service_unavailable")
    stubborn = opened(store, post.site, sender, with_limits(attempts=4, longest_retry=timedelta(seconds=15)))
    at, waits = NOW, []
    for _ in range(3):
        await stubborn.send(at)
        waiting = await post.row(made)
        assert (waiting.status, waiting.reason) == (Status.QUEUED, "service_unavailable")
        waits.append((waiting.due_at - at).total_seconds())
        at = waiting.due_at
    await stubborn.send(at)
    await stubborn.send(at + timedelta(days=1))

    assert all(longest / 2 <= wait <= longest for wait, longest in zip(waits, (5, 10, 15), strict=True))
    given_up = await post.row(made)
    assert (given_up.status, given_up.reason, given_up.attempts) == (Status.FAILED, "gave up: service_unavailable", 4)
    assert len(sender.sent) == 4


async def test_it_waits_as_long_as_slack_says_and_nothing_else_is_called_by_that_method(post: Post) -> None:
    first = await post.queued("Ana")
    post.sender.outcome = lambda claimed: Later("ratelimited", timedelta(seconds=90), slow_down=True)
    await post.send()
    assert (await post.row(first)).due_at == NOW + timedelta(seconds=90)

    second = await post.queued("Ben")
    post.sender.outcome = lambda claimed: Sent("D1", f"{claimed.id}.0")
    await post.send(NOW + timedelta(seconds=80))
    assert post.sender.begun == [first]
    await post.send(NOW + timedelta(seconds=90))
    assert sorted(post.sender.begun[1:]) == [first, second]


async def test_who_takes_over_knows_of_the_pause(store: Store, post: Post, sender: Sender) -> None:
    first = await post.queued("Ana")
    sender.outcome = lambda claimed: Later("ratelimited", timedelta(seconds=90), slow_down=True)
    await post.send()
    await post.outbox.close(1)
    second = await post.queued("Ben")

    heir = opened(store, post.site, sender)
    sender.outcome = lambda claimed: Sent("D1", f"{claimed.id}.0")
    await heir.send(NOW + timedelta(seconds=80))
    assert sender.begun == [first]
    await heir.send(NOW + timedelta(seconds=90))
    assert sorted(sender.begun[1:]) == [first, second]


def test_the_waits_double_up_to_the_longest_and_part_of_them_is_left_to_chance() -> None:
    chance = random.Random(7)
    for attempts, longest in enumerate((5, 10, 20, 40, 80, 160, 320, 640, 900, 900)):
        waits = {backoff(attempts, LIMITS, chance).total_seconds() for _ in range(50)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 1


# The pace


async def test_one_message_a_second_goes_to_one_conversation(store: Store, post: Post, sender: Sender) -> None:
    made = [await post.queued("C_PIT") for _ in range(4)]
    paced = opened(store, post.site, sender, with_limits(to_conversation=Rate(per_second=1)))
    await paced.send()
    assert sender.sent == made
    gaps = [later - earlier for earlier, later in zip(sender.at, sender.at[1:], strict=False)]
    assert all(gap >= timedelta(seconds=1) for gap in gaps)


async def test_a_workspace_gets_its_burst_and_then_its_rate(store: Store, post: Post, sender: Sender) -> None:
    made = [await post.queued(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve", "Finn")]
    paced = opened(store, post.site, sender, with_limits(posts=Rate(per_second=0.5, burst=2)))
    await paced.send()
    assert sorted(sender.sent) == made
    waited = [(at - NOW).total_seconds() for at in sender.at]
    assert [round(wait, 3) for wait in waited] == [0, 0, 2, 4, 6, 8]


async def test_while_more_waits_than_may_go_what_may_go_within_a_second_goes_together(
    store: Store, post: Post, sender: Sender
) -> None:
    made = [await post.queued(f"C_{number}") for number in range(12)]
    paced = opened(store, post.site, sender, with_limits(posts=Rate(per_second=4, burst=5)))
    await paced.send()
    assert sorted(sender.sent) == made
    waited = [(at - NOW).total_seconds() for at in sender.at]
    assert [round(wait, 3) for wait in waited] == [*[0] * 5, *[1] * 4, *[2] * 3]
    late = await post.queued("C_late", due_at=NOW + timedelta(seconds=2.25))
    await paced.send(NOW + timedelta(seconds=2.25))
    assert (sender.sent[-1], round((sender.at[-1] - NOW).total_seconds(), 3)) == (late, 2.25)


async def test_no_more_than_may_be_under_way_at_once_are_waited_for(store: Store, post: Post, sender: Sender) -> None:
    made = [await post.queued(f"C_{number}") for number in range(12)]
    fast = opened(store, post.site, sender, with_limits(posts=Rate(per_second=100, burst=100), at_once=5))
    await fast.send()
    assert sorted(sender.sent) == made
    assert {(at - NOW).total_seconds() for at in sender.at} == {0}


async def test_what_waits_for_an_edits_turn_holds_up_no_post(store: Store, post: Post, sender: Sender) -> None:
    out = await post.queued("Ana")
    await post.send()

    def rewrite(session: Session) -> None:
        deliveries.rewrite(session, deliveries.by_id(session, out), Kind.PROMPT_CLOSED, at=NOW)

    await store.write(rewrite)
    other = await post.queued("Ben")
    sender.written = lambda claimed: Call("chat.update" if claimed.is_edit else "chat.postMessage", {})
    await post.outbox.close(1)
    paced = opened(store, post.site, sender, with_limits(edits=Rate(per_second=0.01)))
    await paced.send()
    assert sender.sent == [out, other]
    await paced.send(NOW + timedelta(seconds=101))
    assert len(sender.sent) == 3


# Lost answers


async def lose(post: Post, kind: Kind = Kind.CHANGE_TOLD, to: str = "Ana") -> int:
    """A delivery whose answer was lost."""
    made = await post.queued(to, kind=kind)
    post.sender.outcome = lambda claimed: Ended(Status.UNKNOWN, "the connection broke")
    await post.send()
    post.sender.outcome = lambda claimed: Sent("D1", f"{claimed.id}.0")
    return made


async def test_a_lost_answer_is_looked_up_once_the_history_must_have_it(post: Post) -> None:
    made = await lose(post)
    post.sender.there = {made}
    await post.send(NOW + LAG - timedelta(seconds=1))
    assert ((await post.row(made)).status, post.sender.looked) == (Status.UNKNOWN, [])

    await post.send(NOW + LAG)

    assert (await post.row(made)).status is Status.SENT
    assert (post.sender.looked, post.sender.sent) == ([[made]], [made])
    message = await post.store.read(deliveries.message_of, made)
    assert message is not None


async def test_what_must_arrive_and_did_not_is_sent_again(post: Post) -> None:
    made = await lose(post)
    await post.send(NOW + LAG)
    assert (await post.row(made)).status is Status.SENT
    assert post.sender.sent == [made, made]


async def test_a_question_that_did_not_arrive_is_never_asked_again(post: Post) -> None:
    post.sender.rules = {Kind.PROMPT: Rule(LookUp.HISTORY, WhenLost.SKIP)}
    made = await lose(post, Kind.PROMPT)
    await post.send(NOW + LAG)
    await post.send(NOW + timedelta(days=1))

    left = await post.row(made)
    assert left.status is Status.SKIPPED
    assert "rather not at all than twice" in str(left.reason)
    assert post.sender.sent == [made]


async def test_one_look_settles_all_that_was_lost_in_a_conversation(post: Post) -> None:
    ana = [await lose(post), await lose(post)]
    ben = await lose(post, to="Ben")
    post.sender.there = {*ana, ben}
    await post.send(NOW + LAG + timedelta(minutes=1))
    assert sorted(post.sender.looked) == [ana, [ben]]


async def test_what_cannot_be_looked_up_stays_unknown_and_says_so(post: Post) -> None:
    post.sender.rules = {Kind.CHANGE_IN_CHANNEL: Rule(LookUp.NONE, WhenLost.SKIP)}
    made = await lose(post, Kind.CHANGE_IN_CHANNEL, to="C_PIT")
    await post.send(NOW + timedelta(days=1))

    left = await post.row(made)
    assert (left.status, left.ended_at is not None) == (Status.UNKNOWN, True)
    assert "cannot be looked up" in str(left.reason)
    assert (post.sender.sent, post.sender.looked) == ([made], [])


async def test_an_edit_whose_answer_was_lost_is_simply_repeated(post: Post) -> None:
    out = await post.queued("Ana")
    await post.send()

    def rewrite(session: Session) -> None:
        deliveries.rewrite(session, deliveries.by_id(session, out), Kind.PROMPT_CLOSED, at=NOW)

    await post.store.write(rewrite)
    post.sender.outcome = lambda claimed: Ended(Status.UNKNOWN, "the connection broke")
    await post.send()
    post.sender.outcome = lambda claimed: Sent("D1", "1.0")
    await post.send(NOW + timedelta(seconds=5))
    assert len(post.sender.sent) == 3
    assert post.sender.looked == []


async def test_when_slack_does_not_let_us_look_it_tries_some_times_and_then_does_what_is_safe(post: Post) -> None:
    post.sender.rules = {Kind.PROMPT: Rule(LookUp.HISTORY, WhenLost.SKIP)}
    question, news = await lose(post, Kind.PROMPT), await lose(post, Kind.CHANGE_TOLD, to="Ben")
    post.sender.blind = Later("missing_scope")
    at = NOW + LAG
    for _ in range(LIMITS.looks + 2):
        await post.send(at)
        at += timedelta(minutes=1)

    left = await post.row(question)
    assert (left.status, "missing_scope" in str(left.reason)) == (Status.UNKNOWN, True)
    assert post.sender.sent.count(question) == 1
    assert (await post.row(news)).status is Status.SENT
    assert post.sender.sent.count(news) == 2


async def test_a_call_that_breaks_or_does_not_come_back_is_lost(store: Store, post: Post, sender: Sender) -> None:
    broken, slow = await post.queued("Ana"), await post.queued("Ben")

    def break_off(claimed: Claimed) -> Sent:
        raise ZeroDivisionError

    sender.slow = {slow: 5}
    sender.outcome = break_off
    hasty = opened(store, post.site, sender, with_limits(call_timeout=timedelta(seconds=0.05)))
    await hasty.send()
    rows = [await post.row(broken), await post.row(slow)]
    assert [row.status for row in rows] == [Status.UNKNOWN, Status.UNKNOWN]
    assert [row.reason for row in rows] == ["the call broke: ZeroDivisionError", "the answer did not come in time"]


async def test_what_a_process_that_is_gone_was_sending_is_taken_up_by_the_next(
    store: Store, post: Post, sender: Sender
) -> None:
    made = await post.queued("Ana")
    no_time = timedelta(0)
    (claimed,) = await store.write(sending.claim, post.site.workspace_id, at=NOW, limit=1, lease=timedelta(minutes=1))
    await store.write(sending.begin_calls, [claimed], lease=no_time, at=NOW)
    sender.there = {made}

    await post.send(NOW + timedelta(seconds=1))
    assert (await post.row(made)).status is Status.UNKNOWN
    await post.send(NOW + timedelta(seconds=1) + LAG)
    assert ((await post.row(made)).status, sender.sent) == (Status.SENT, [])


class StandingStill:
    """A store whose process stands still just after it has committed that it is about to call."""

    def __init__(self, store: Store, clock: SimulatedClock, seconds: float) -> None:
        self._store, self._clock, self._step = store, clock, timedelta(seconds=seconds)

    async def write(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        """Commit, and stand still."""
        result = await self._store.write(use_case, *args, **kwargs)
        if use_case is sending.begin_round:
            self._clock.advance(self._step)
        return result

    async def read(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Read."""
        return await self._store.read(query, *args, **kwargs)


@pytest.mark.parametrize(("seconds", "calls"), [(49, 1), (51, 0)])
async def test_a_process_that_stood_still_too_long_makes_no_call(
    seconds: float, calls: int, store: Store, post: Post, sender: Sender
) -> None:
    made = await post.queued("Ana")
    clock = SimulatedClock(NOW)
    still: Any = StandingStill(store, clock, seconds)
    late = opened(still, post.site, sender, with_limits(lease=timedelta(seconds=60)), clock=clock)
    await late.send()
    assert sender.begun == [made] * calls
    assert (await post.row(made)).status is (Status.SENT if calls else Status.QUEUED)


# Several processes


async def test_two_processes_send_each_message_once(store: Store, post: Post, sender: Sender) -> None:
    made = [await post.queued(name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve", "Finn")]
    sender.slow = dict.fromkeys(made, 0.02)
    other = opened(store, post.site, sender)
    await asyncio.gather(post.send(), other.send())
    assert sorted(sender.sent) == made


async def test_while_one_process_sends_for_a_workspace_another_does_not(
    store: Store, post: Post, sender: Sender
) -> None:
    await store.write(sending_lease.obtain, post.site.workspace_id, "somebody else", lease=timedelta(seconds=60))
    made = await post.queued("Ana")
    await post.send()
    assert (sender.sent, (await post.row(made)).status) == ([], Status.QUEUED)
    await store.write(sending_lease.let_go, "somebody else")
    await post.send()
    assert sender.sent == [made]


async def test_at_the_end_nothing_more_is_begun_and_what_is_under_way_is_settled(post: Post, sender: Sender) -> None:
    first = await post.queued("Ana")
    second = await post.queued("Ana")
    sender.slow = {first: 0.05}
    post.outbox.wake()
    async with asyncio.timeout(5):
        while not sender.begun:  # noqa: ASYNC110 - the sender only notes
            await asyncio.sleep(0.001)
    await post.outbox.close(5)
    assert ((await post.row(first)).status, (await post.row(second)).status) == (Status.SENT, Status.QUEUED)
    post.outbox.wake()
    await post.outbox.idle()
    assert sender.sent == [first]


@dataclass
class EndsAtTheSecondClaim:
    """A store beside which the outbox is closed as soon as a second round was claimed."""

    store: Store
    close: Callable[[], Coroutine[Any, Any, None]] | None = None
    claims: list[int] = field(default_factory=list)
    ending: "asyncio.Task[None] | None" = None

    async def write(self, use_case: Any, *args: Any, **more: Any) -> Any:
        done = await self.store.write(use_case, *args, **more)
        if use_case is sending.claim and done:
            self.claims.append(done[0].id)
            if len(self.claims) == 2 and self.close is not None:
                self.ending = asyncio.create_task(self.close())
                await asyncio.sleep(0)
        return done

    async def read(self, *args: Any, **more: Any) -> Any:
        return await self.store.read(*args, **more)


async def test_what_was_claimed_ahead_is_given_back_when_it_ends(store: Store, site: Site, sender: Sender) -> None:
    ends: Any = EndsAtTheSecondClaim(store)
    post = opened(ends, site, sender, with_limits(at_once=1, posts=Rate(per_second=1, burst=9)))
    ends.close = partial(post.outbox.close, 5)
    await store.write(empty)
    first, second = await post.queued("Ana"), await post.queued("Ben")
    await post.send()
    await ends.ending

    assert ends.claims == [first, second]
    assert sender.sent == [first]
    left = await post.row(second)
    assert (left.status, left.claim_token, left.lease_until) == (Status.QUEUED, None, None)


async def test_while_many_people_write_there_is_a_look_now_and_then_and_all_goes_out(
    store: Store, site: Site, sender: Sender
) -> None:
    post = opened(store, site, sender, looks_apart=0.5)
    await store.write(empty)
    made = [await post.queued("Ana") for _ in range(3)]
    for _ in range(20):
        post.outbox.wake()
        await asyncio.sleep(0)
    assert sender.asked == 1
    await post.outbox.idle()
    assert sender.sent == made
    assert sender.asked == 2


async def test_a_site_that_has_nothing_to_say_is_left_alone(post: Post, site: Site) -> None:
    await post.send()
    assert post.sender.begun == []


# When Slack takes no calls at all


async def test_while_slack_takes_no_calls_everything_is_put_back_and_tried_after_a_pause(post: Post) -> None:
    made = [await post.queued(name) for name in ("Ana", "Ana", "Ben", "Cleo", "C_PIT")]
    post.sender.outcome = lambda claimed: Halted(Meaning.APP_OFF, "install it again")
    for minutes in (0, 0.5, 1):
        await post.send(NOW + timedelta(minutes=minutes))
        rows = [await post.row(delivery_id) for delivery_id in made]
        assert {(one.status, one.attempts, one.claim_token) for one in rows} == {(Status.QUEUED, 0, None)}
        assert {one.reason for one in rows} <= {"install it again", None}
    assert 2 <= len(post.sender.sent) <= 2 * len({"Ana", "Ben", "Cleo", "C_PIT"})

    post.sender.sent.clear()
    post.sender.outcome = lambda claimed: Sent("D1", f"{claimed.id}.0")
    await post.send(NOW + timedelta(minutes=3))

    assert sorted(post.sender.sent) == made
    assert post.sender.sent.index(made[0]) < post.sender.sent.index(made[1])


async def test_an_outage_is_said_once_and_so_is_its_end(post: Post) -> None:
    made, minute = await post.queued("Ana"), timedelta(minutes=1)
    post.sender.outcome = lambda claimed: Halted(Meaning.OUT_OF_REACH, "look at the network")
    with structlog.testing.capture_logs() as logs:
        for count in range(3):
            await post.send(NOW + count * minute)
        post.sender.outcome = lambda claimed: Sent("D1", "1.0")
        for count in range(3, 5):
            await post.send(NOW + count * minute)

    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("slack_out_of_reach", "error"),
        ("slack_takes_calls_again", "info"),
    ]
    assert (await post.row(made)).status is Status.SENT


# When time runs out


async def test_an_edit_whose_answer_does_not_come_in_time_is_made_again(
    store: Store, post: Post, sender: Sender
) -> None:
    made = await post.queued("Ana")
    sender.written = lambda claimed: Call("chat.update", {}, repeats_safely=True)
    sender.slow = {made: 5}
    hasty = opened(store, post.site, sender, with_limits(call_timeout=timedelta(seconds=0.05)))
    await hasty.send()
    waiting = await post.row(made)
    assert (waiting.status, waiting.reason) == (Status.QUEUED, "the answer did not come in time")
    sender.slow = {}
    await hasty.send(NOW + timedelta(days=1))
    assert (await post.row(made)).status is Status.SENT


async def test_an_answer_that_comes_after_others_gave_it_up_changes_nothing(post: Post) -> None:
    made = await post.queued("Ana")

    def lapse(session: Session) -> None:
        session.execute(update(Delivery).where(col(Delivery.id) == made).values(lease_until=1.0))

    async def call(claimed: Claimed, call: Call) -> Sent:
        await post.store.write(lapse)
        await post.store.write(sending.give_up_lapsed, post.site.workspace_id, look_at=NOW + LAG)
        return Sent("D1", "1.0")

    post.sender.call = call  # type: ignore[method-assign] # the lease runs out during the call
    with structlog.testing.capture_logs() as logs:
        await post.send()

    assert [(line["event"], line["delivery"]) for line in logs] == [("claim_lost", made)]
    assert (await post.row(made)).status is Status.UNKNOWN
    assert await post.store.read(deliveries.message_of, made) is None


def test_what_slack_does_not_take_is_tried_for_minutes() -> None:
    chance = random.Random(3)
    waits = [backoff(attempts, LIMITS, chance) for attempts in range(LIMITS.attempts - 1)]
    assert sum(waits, timedelta()) >= timedelta(minutes=5)
