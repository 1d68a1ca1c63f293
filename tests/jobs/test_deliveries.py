"""Each due delivery goes out once, in its conversation's order; one that fails holds up no other."""

import asyncio
from datetime import datetime, timedelta

import pytest
import structlog
from sqlalchemy import update
from sqlmodel import Session, col

from jobs.deliveries import backoff, send_due
from jobs.outage import Outage
from jobs.ports import Call, Ended, Halted, Later, Sent
from store import deliveries
from store.deliveries import Claimed, Delivery, Kind, Status
from store.meanings import Meaning
from store.policy import Limits
from store.store import Store
from tests.jobs.conftest import Sender
from tests.store.site import FIRST_SHIFT, Site, outbox

NOW = FIRST_SHIFT
LIMITS = Limits()


def queued(
    session: Session,
    site: Site,
    to: str,
    *,
    due_at: datetime = NOW,
    expires_at: datetime | None = None,
    key: str | None = None,
) -> int:
    """A message to somebody, or to a channel whose name begins with C. Returns its id."""
    is_channel = to.startswith("C_")
    made = deliveries.queue(
        session,
        site.workspace_id,
        Kind.PROMPT,
        key or f"{to}:{due_at}:{expires_at}:{len(outbox(session))}",
        "prompt",
        1,
        at=due_at,
        person_id=None if is_channel else site.people[to],
        channel=to if is_channel else None,
        due_at=due_at,
        expires_at=expires_at,
    )
    assert made is not None
    return made


def empty(session: Session) -> None:
    """Nothing is queued any more of what the site itself had to say."""
    session.execute(update(Delivery).values(status=Status.SKIPPED))


@pytest.fixture
async def quiet(store: Store, site: Site) -> Site:
    """The site, with nothing left to send."""
    await store.write(empty)
    return site


async def row(store: Store, delivery_id: int) -> Delivery:
    return await store.read(deliveries.by_id, delivery_id)


async def test_what_is_due_goes_out_and_what_is_not_waits(store: Store, quiet: Site, sender: Sender) -> None:
    now = await store.write(queued, quiet, "Ana")
    later = await store.write(queued, quiet, "Ben", due_at=NOW + timedelta(seconds=1))

    assert await send_due(store, sender, LIMITS, at=NOW) == 1
    assert (sender.sent, (await row(store, now)).status) == ([now], Status.SENT)
    message = await store.read(deliveries.message_of, now)
    assert message is not None
    assert (message.channel, message.ts) == ("D1", f"{now}.0")

    assert await send_due(store, sender, LIMITS, at=NOW + timedelta(seconds=1)) == 1
    assert sender.sent == [now, later]
    assert await send_due(store, sender, LIMITS, at=NOW + timedelta(days=1)) == 0


async def test_messages_to_one_conversation_keep_their_order_and_a_slow_one_holds_up_no_other(
    store: Store, quiet: Site, sender: Sender
) -> None:
    first, second, other = [await store.write(queued, quiet, to) for to in ("Ana", "Ana", "Ben")]
    sender.slow = {first: 0.1}

    await send_due(store, sender, LIMITS, at=NOW)

    assert sender.begun == [first, other, second]
    assert sender.sent == [other, first, second]


async def test_more_than_are_claimed_at_once_all_go_out(store: Store, quiet: Site, sender: Sender) -> None:
    made = [await store.write(queued, quiet, "C_PIT") for _ in range(7)]
    assert await send_due(store, sender, Limits(claim=3), at=NOW) == 7
    assert sender.sent == made


async def test_two_senders_side_by_side_send_each_once(store: Store, quiet: Site, sender: Sender) -> None:
    made = [await store.write(queued, quiet, name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eve", "Finn")]
    sender.slow = dict.fromkeys(made, 0.02)

    await asyncio.gather(*(send_due(store, sender, Limits(claim=2), at=NOW) for _ in range(4)))

    assert sorted(sender.sent) == made


async def test_what_is_too_late_expires_unwritten(store: Store, quiet: Site, sender: Sender) -> None:
    late = await store.write(queued, quiet, "Ana", due_at=NOW - timedelta(hours=1), expires_at=NOW)
    await send_due(store, sender, LIMITS, at=NOW)

    expired = await row(store, late)
    assert (expired.status, expired.reason) == (Status.EXPIRED, "its time was over before it could go out")
    assert sender.begun == []


@pytest.mark.parametrize(
    ("left", "status"),
    [
        (timedelta(seconds=1), Status.SENT),
        (timedelta(days=1), Status.SENT),
        (timedelta(seconds=-1), Status.EXPIRED),
        (timedelta(days=-1), Status.EXPIRED),
    ],
)
async def test_what_is_in_time_goes_out_and_what_is_not_does_not(
    store: Store, quiet: Site, sender: Sender, left: timedelta, status: Status
) -> None:
    made = await store.write(queued, quiet, "Ana", due_at=NOW - timedelta(days=2), expires_at=NOW + left)
    await send_due(store, sender, LIMITS, at=NOW)
    assert (await row(store, made)).status is status
    assert sender.begun == ([made] if status is Status.SENT else [])


async def test_what_was_tried_more_often_than_is_allowed_now_is_given_up(
    store: Store, quiet: Site, sender: Sender
) -> None:
    made = await store.write(queued, quiet, "Ana")

    def tried(session: Session) -> None:
        session.execute(update(Delivery).where(col(Delivery.id) == made).values(attempts=300))

    await store.write(tried)
    sender.outcome = lambda claimed: Later("ratelimited")
    await send_due(store, sender, Limits(attempts=4), at=NOW)
    assert (await row(store, made)).status is Status.FAILED


@pytest.mark.parametrize("status", [Status.FAILED, Status.UNKNOWN, Status.SKIPPED, Status.EXPIRED])
async def test_only_what_somebody_should_look_at_is_warned_of(
    store: Store, quiet: Site, sender: Sender, status: Status
) -> None:
    made = await store.write(queued, quiet, "Ana")
    sender.outcome = lambda claimed: Ended(status, "why")
    with structlog.testing.capture_logs() as logs:
        await send_due(store, sender, LIMITS, at=NOW)
    warned = [(line["event"], line["delivery"], line["status"]) for line in logs]
    assert warned == ([("delivery_ended", made, status)] if status in (Status.FAILED, Status.UNKNOWN) else [])


@pytest.mark.parametrize(
    ("meaning", "level"),
    [(Meaning.OURS, "error"), (Meaning.UNHEARD_OF, "error"), (Meaning.CHANNEL_GONE, "warning"), (None, "warning")],
)
async def test_what_is_a_bug_of_ours_is_said_louder_than_what_a_site_can_mend(
    store: Store, quiet: Site, sender: Sender, meaning: Meaning | None, level: str
) -> None:
    await store.write(queued, quiet, "Ana")
    sender.outcome = lambda claimed: Ended(Status.FAILED, "why", meaning)
    with structlog.testing.capture_logs() as logs:
        await send_due(store, sender, LIMITS, at=NOW)
    assert [line["log_level"] for line in logs] == [level]


async def test_what_has_nothing_to_say_is_skipped_with_its_reason(store: Store, quiet: Site, sender: Sender) -> None:
    made = await store.write(queued, quiet, "Ana")
    sender.written = lambda claimed: Ended(Status.SKIPPED, "nothing to say any more")
    await send_due(store, sender, LIMITS, at=NOW)

    skipped = await row(store, made)
    assert (skipped.status, skipped.reason, skipped.attempts) == (Status.SKIPPED, "nothing to say any more", 0)
    assert sender.begun == []


async def test_a_sender_that_breaks_on_one_still_sends_the_others(store: Store, quiet: Site, sender: Sender) -> None:
    made = [await store.write(queued, quiet, name) for name in ("Ana", "Ben", "Cleo")]

    def break_on_the_first(claimed: Claimed) -> Call:
        if claimed.id == made[0]:
            raise ZeroDivisionError
        return Call("chat.postMessage", {})

    sender.written = break_on_the_first
    await send_due(store, sender, LIMITS, at=NOW)

    assert sorted(sender.sent) == made[1:]
    assert (await row(store, made[0])).status is Status.QUEUED


async def test_a_call_that_breaks_becomes_unknown_when_its_lease_lapses(
    store: Store, quiet: Site, sender: Sender
) -> None:
    made = await store.write(queued, quiet, "Ana")

    def break_off(claimed: Claimed) -> Sent:
        raise ZeroDivisionError

    sender.outcome = break_off
    await send_due(store, sender, Limits(lease=timedelta(seconds=0.05)), at=NOW)
    assert (await row(store, made)).status is Status.SENDING
    await asyncio.sleep(0.1)
    await send_due(store, sender, LIMITS, at=NOW + timedelta(days=1))

    assert (await row(store, made)).status is Status.UNKNOWN
    assert sender.sent == [made]


async def test_an_answer_that_does_not_come_in_time_is_unknown(store: Store, quiet: Site, sender: Sender) -> None:
    made = await store.write(queued, quiet, "Ana")
    sender.slow = {made: 5}
    await send_due(store, sender, Limits(call_timeout=timedelta(seconds=0.05)), at=NOW)
    await send_due(store, sender, LIMITS, at=NOW + timedelta(days=1))

    unknown = await row(store, made)
    assert (unknown.status, unknown.reason) == (Status.UNKNOWN, "the answer did not come in time")
    assert (sender.begun, sender.sent) == ([made], [])


async def test_a_claim_that_was_lost_is_not_sent(store: Store, quiet: Site, sender: Sender) -> None:
    made = await store.write(queued, quiet, "Ana")

    def take_it_away(session: Session) -> None:
        session.execute(update(Delivery).where(col(Delivery.id) == made).values(claim_token="somebody else's"))

    async def write(claimed: Claimed) -> Call:
        await store.write(take_it_away)
        return Call("chat.postMessage", {})

    sender.write = write  # type: ignore[method-assign] # between the claim and the call
    await send_due(store, sender, LIMITS, at=NOW)

    assert sender.begun == []


async def test_an_answer_that_comes_after_others_gave_it_up_changes_nothing(
    store: Store, quiet: Site, sender: Sender
) -> None:
    made = await store.write(queued, quiet, "Ana")

    def lapse(session: Session) -> None:
        session.execute(update(Delivery).where(col(Delivery.id) == made).values(lease_until=1.0))

    async def call(claimed: Claimed, call: Call) -> Sent:
        await store.write(lapse)
        await store.write(deliveries.give_up_lapsed, at=NOW)
        return Sent("D1", "1.0")

    sender.call = call  # type: ignore[method-assign] # the lease runs out during the call
    with structlog.testing.capture_logs() as logs:
        await send_due(store, sender, LIMITS, at=NOW)

    assert [(line["event"], line["delivery"]) for line in logs] == [("claim_lost", made)]
    assert (await row(store, made)).status is Status.UNKNOWN
    assert await store.read(deliveries.message_of, made) is None


async def test_what_slack_does_not_take_yet_is_tried_again_later_and_later_and_then_given_up(
    store: Store, quiet: Site, sender: Sender
) -> None:
    made = await store.write(queued, quiet, "Ana")
    sender.outcome = lambda claimed: Later("ratelimited")
    limits = Limits(attempts=4, longest_retry=timedelta(seconds=15))
    at, waits = NOW, []
    for _ in range(3):
        await send_due(store, sender, limits, at=at)
        waiting = await row(store, made)
        assert (waiting.status, waiting.reason) == (Status.QUEUED, "ratelimited")
        waits.append(waiting.due_at - at)
        at = waiting.due_at
    await send_due(store, sender, limits, at=at)
    await send_due(store, sender, limits, at=at + timedelta(days=1))

    assert [wait.total_seconds() for wait in waits] == [5, 10, 15]
    given_up = await row(store, made)
    assert (given_up.status, given_up.reason, given_up.attempts) == (Status.FAILED, "gave up: ratelimited", 4)
    assert len(sender.sent) == 4


@pytest.mark.parametrize("after", [timedelta(seconds=90), timedelta(0)])
async def test_it_waits_as_long_as_slack_says_and_never_not_at_all(
    after: timedelta, store: Store, quiet: Site, sender: Sender
) -> None:
    made = await store.write(queued, quiet, "Ana")
    sender.outcome = lambda claimed: Later("ratelimited", after)
    await send_due(store, sender, LIMITS, at=NOW)
    assert (await row(store, made)).due_at == NOW + (after or LIMITS.first_retry)
    assert len(sender.sent) == 1


def test_the_waits_double_up_to_the_longest() -> None:
    waits = [backoff(attempts, LIMITS).total_seconds() for attempts in range(12)]
    assert waits[:4] == [5, 10, 20, 40]
    assert waits == sorted(waits)
    assert waits[-1] == LIMITS.longest_retry.total_seconds()


async def test_while_slack_takes_no_calls_everything_is_put_back_and_tried_after_a_pause(
    store: Store, quiet: Site, sender: Sender
) -> None:
    made = [await store.write(queued, quiet, name) for name in ("Ana", "Ana", "Ben", "Cleo", "C_PIT")]
    sender.outcome = lambda claimed: Halted(Meaning.APP_OFF, "install it again")
    outage = Outage()
    for minutes in (0, 0.5, 1):
        await send_due(store, sender, LIMITS, at=NOW + timedelta(minutes=minutes), outage=outage)
        rows = [await row(store, delivery_id) for delivery_id in made]
        assert {(one.status, one.attempts, one.claim_token, one.reason) for one in rows} == {
            (Status.QUEUED, 0, None, "install it again")
        }
    assert 2 <= len(sender.sent) <= 2 * len({"Ana", "Ben", "Cleo", "C_PIT"})

    sender.sent.clear()
    sender.outcome = lambda claimed: Sent("D1", f"{claimed.id}.0")
    await send_due(store, sender, LIMITS, at=NOW + timedelta(minutes=2), outage=outage)

    assert sorted(sender.sent) == made
    assert sender.sent.index(made[0]) < sender.sent.index(made[1])


async def test_an_outage_is_said_once_and_so_is_its_end(store: Store, quiet: Site, sender: Sender) -> None:
    outage, minute = Outage(), timedelta(minutes=1)
    made = await store.write(queued, quiet, "Ana")
    sender.outcome = lambda claimed: Halted(Meaning.OUT_OF_REACH, "look at the network")
    with structlog.testing.capture_logs() as logs:
        for count in range(3):
            await send_due(store, sender, LIMITS, at=NOW + count * minute, outage=outage)
        sender.outcome = lambda claimed: Sent("D1", "1.0")
        for count in range(3, 5):
            await send_due(store, sender, LIMITS, at=NOW + count * minute, outage=outage)

    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("slack_out_of_reach", "error"),
        ("slack_takes_calls_again", "info"),
    ]
    assert (await row(store, made)).status is Status.SENT


async def test_an_edit_whose_answer_does_not_come_in_time_is_made_again(
    store: Store, quiet: Site, sender: Sender
) -> None:
    made = await store.write(queued, quiet, "Ana")
    sender.written = lambda claimed: Call("chat.update", {}, repeats_safely=True)
    sender.slow = {made: 5}
    await send_due(store, sender, Limits(call_timeout=timedelta(seconds=0.05)), at=NOW)
    waiting = await row(store, made)
    assert (waiting.status, waiting.reason) == (Status.QUEUED, "the answer did not come in time")
    sender.slow = {}
    await send_due(store, sender, LIMITS, at=NOW + timedelta(days=1))
    assert (await row(store, made)).status is Status.SENT


def test_what_slack_does_not_take_is_tried_for_ten_minutes() -> None:
    waits = [backoff(attempts, LIMITS) for attempts in range(LIMITS.attempts - 1)]
    assert sum(waits, timedelta()) >= timedelta(minutes=10)
