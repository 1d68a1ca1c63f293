"""Several `alongside run` and `alongside worker` on one PostgreSQL: each answers, one sends, any may die or freeze."""

import asyncio
import re
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from bot.http.server import SLACK_PATH
from bot.local_slack import LocalSlack
from bot.local_slack.faults import Fault
from store import agreements, terms
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Embedding
from store.feedback import Feedback
from store.people import Caller
from store.scheduling import Proposal, schedule_embedding
from store.sending_lease import SendingLease
from store.site import import_site
from store.store import Presence, Store
from store.teams import Team
from store.tools import Tool
from tests.bot.cli.test_ending import ends, said_to_work
from tests.bot.cli.test_run import a_slack, running
from tests.bot.conftest import demo_site

QUICK = (
    '{"lease": "PT4S", "call_timeout": "PT2S", "history_lag": "PT1S", "first_retry": "PT0.5S",'
    ' "to_conversation": {"per_second": 10}}'
)
"""A dead process is noticed after seconds instead of a minute, and ten messages a second go to one person."""
ANSWER_TAKES_S = 0.8
PATIENCE_S = 40
REPORTERS = {"Ola Nordby": "U0OLA", "Tomasz Wrona": "U0TOMASZ", "Aroha Ngata": "U0AROHA", "Mick Daly": "U0MICK"}


@dataclass(frozen=True)
class Replica:
    """A process that is at work, and where it says how it is."""

    process: asyncio.subprocess.Process
    address: str
    listens: bool

    async def counts(self, name: str) -> int:
        """The sum of what it has counted under a name that its metrics begin a line with."""
        async with httpx.AsyncClient() as client:
            said = (await client.get(f"{self.address}/metrics", timeout=20)).text
        return int(sum(float(found) for found in re.findall(rf"^{re.escape(name)}\S* (\S+)$", said, re.MULTILINE)))

    async def has_sent(self) -> int:
        """How many messages of which Slack has told it that they are out."""
        return await self.counts('alongside_deliveries_total{kind="feedback_filed",outcome="sent"}')

    async def has_answered(self) -> int:
        """How many commands it has answered."""
        return await self.counts('alongside_ack_seconds_count{request="command"}')


def an_embedding_under_way(session: Session) -> None:
    """Dana has been with the team for a week, and is told of each report; nothing else is to be said."""
    week = timedelta(days=7)
    now = datetime.now(UTC)
    proposal = Proposal(
        team_id=session.exec(select(Team)).one().key,
        tool_ids=(session.exec(select(Tool).where(Tool.name == "Pump Watch")).one().key,),
        data_scientists=("U0DANA",),
        sponsor_operations="U0GRACE",
        sponsor_data="U0VIKTOR",
        first_day=(now - week).date(),
        last_day=(now + 5 * week).date(),
        exit_criteria="Fewer than two false alarms a shift",
    )
    lena, grace, viktor = (Caller("", "T0REDSTONE", who) for who in ("U0LENA", "U0GRACE", "U0VIKTOR"))
    schedule_embedding(session, proposal, by=lena, at=now - 2 * week)
    embedding_id = session.exec(select(Embedding)).one().key
    for sponsor in (grace, viktor):
        agreements.agree(session, embedding_id, True, by=sponsor, at=now - 2 * week)
    assert terms.begin_due(session, at=now) == 1
    session.execute(update(Delivery).values(status=Status.SKIPPED, ended_at=now))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@asynccontextmanager
async def at_work(
    slack: LocalSlack, folder: Path, url: str, *command_lines: str, **more: str
) -> AsyncIterator[list[Replica]]:
    """Processes on one database, which has the site of the demo."""
    for name, user_id in {**REPORTERS, "Dana Reyes": "U0DANA"}.items():
        if name != "Ola Nordby":
            slack.add_person(name, user_id=user_id, zone="Australia/Perth", locale="en-US")
    with Store(url, Presence.VISITOR) as store:
        await store.write(import_site, demo_site(), at=datetime.now(UTC) - timedelta(days=30))
        await store.write(an_embedding_under_way)
    at = {"ALONGSIDE_DATABASE_URL": url, "ALONGSIDE_LIMITS": QUICK}
    async with AsyncExitStack() as stack:
        ports = [free_port() for _ in command_lines]
        processes = [
            await stack.enter_async_context(
                running(slack, folder, None, command_line=command_line, ALONGSIDE_PORT=str(port), **at, **more)
            )
            for command_line, port in zip(command_lines, ports, strict=True)
        ]
        await asyncio.gather(*(said_to_work(process) for process in processes))
        yield [
            Replica(process, f"http://127.0.0.1:{port}", listens=command_line == "run")
            for process, port, command_line in zip(processes, ports, command_lines, strict=True)
        ]


async def reports(slack: LocalSlack, name: str) -> str:
    """Somebody reports a false alarm and is told the report's reference."""
    answer = await slack.person(name).runs("/model-feedback", "false alarm on P-101")
    found = re.search(r"F-\d+", answer.text)
    assert found is not None, answer.text
    return found[0]


async def all_report(slack: LocalSlack, times: int) -> list[str]:
    """Everybody reports at the same moment, so many times. Returns the references that they are told."""
    rounds = [await asyncio.gather(*(reports(slack, name) for name in REPORTERS)) for _ in range(times)]
    return [reference for references in rounds for reference in references]


def references(count: int) -> list[str]:
    return [f"F-{number}" for number in range(1, count + 1)]


def in_order(found: Sequence[str]) -> list[str]:
    return sorted(found, key=lambda reference: int(reference.removeprefix("F-")))


def how_often_posted(slack: LocalSlack) -> Counter[int]:
    """How often Slack has really posted each message to Dana."""
    posted = slack.journal.executed("chat.postMessage")
    to_dana = (call.metadata for call in posted if call.arguments["channel"] == "U0DANA")
    return Counter(metadata["event_payload"]["delivery"] for metadata in to_dana if metadata)


def messages(session: Session) -> dict[int, Status]:
    """The state of each message about a report."""
    found = session.exec(select(Delivery).where(Delivery.kind == Kind.FEEDBACK_FILED)).all()
    return {delivery.key: delivery.status for delivery in found}


def filed(session: Session) -> list[str]:
    """The references of all reports there are."""
    return in_order([feedback.reference for feedback in session.exec(select(Feedback)).all()])


def holder(session: Session) -> str:
    """Who sends."""
    return session.exec(select(SendingLease)).one().holder


async def until(what: str, holds: Callable[[], Awaitable[Any]]) -> Any:
    """Wait until something holds that other processes bring about."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not (found := await holds()):  # noqa: ASYNC110 - other processes bring it about
                await asyncio.sleep(0.02)
            return found
    except TimeoutError:
        raise AssertionError(f"{what} did not come about") from None


async def all_arrive_once(slack: LocalSlack, store: Store, count: int) -> None:
    """Each report's message to Dana goes out, once."""

    async def out() -> bool:
        states = await store.read(messages)
        return len(states) == count and set(states.values()) == {Status.SENT}

    await until(f"{count} messages being out", out)
    assert how_often_posted(slack) == dict.fromkeys(await store.read(messages), 1)


async def test_each_request_is_answered_once_and_each_message_goes_out_once(tmp_path: Path, postgres_url: str) -> None:
    async with (
        a_slack(http=False) as slack,
        at_work(slack, tmp_path, postgres_url, "run", "run", "worker", SLACK_APP_TOKEN=slack.app_token) as replicas,
    ):
        await slack.until_connected(connections=2)
        told = await all_report(slack, times=2)
        assert in_order(told) == references(8)
        with Store(postgres_url, Presence.VISITOR) as store:
            await all_arrive_once(slack, store, 8)
            assert await store.read(filed) == references(8)
        assert len(slack.journal.calls("apps.connections.open")) == 2
        first, second, worker = [await replica.has_answered() for replica in replicas]
        assert (first + second, worker) == (8, 0)
        assert min(first, second) > 0


async def test_it_is_the_same_over_http(tmp_path: Path, postgres_url: str) -> None:
    async with (
        a_slack(http=True) as slack,
        at_work(slack, tmp_path, postgres_url, "run", "run", SLACK_SIGNING_SECRET=slack.signing_secret) as replicas,
    ):
        told = []
        for replica in replicas:
            slack.deliver_over_http(f"{replica.address}{SLACK_PATH}")
            told += await all_report(slack, times=1)
        assert in_order(told) == references(8)
        assert [await replica.has_answered() for replica in replicas] == [4, 4]

        # The same request once more, to the other process: it is the same report.
        again = slack.journal.inbound[-1]
        slack.deliver_over_http(f"{replicas[0].address}{SLACK_PATH}")
        ack = await slack.send_raw(again.kind, again.payload)
        assert again.ack is not None
        assert ack.payload == again.ack.payload
        with Store(postgres_url, Presence.VISITOR) as store:
            await all_arrive_once(slack, store, 8)
            assert await store.read(filed) == references(8)


async def in_the_middle_of_a_call(slack: LocalSlack) -> None:
    """Wait until Slack has just posted something, and whoever sent it still waits for the answer."""
    posted = how_often_posted(slack).total()
    async with asyncio.timeout(PATIENCE_S):
        while how_often_posted(slack).total() == posted:  # noqa: ASYNC110 - it is another process that sends
            await asyncio.sleep(0.01)


async def are_connected(slack: LocalSlack, connections: int) -> bool:
    return slack.connections == connections


async def who_sends(replicas: Sequence[Replica]) -> Replica | None:
    for replica in replicas:
        if await replica.has_sent():
            return replica
    return None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["die", "freeze"])
async def test_two_of_three_fall_out_in_the_middle_of_a_call_and_the_third_goes_on(
    tmp_path: Path, postgres_url: str, number: signal.Signals
) -> None:
    async with (
        a_slack(http=False) as slack,
        at_work(slack, tmp_path, postgres_url, "run", "run", "worker", SLACK_APP_TOKEN=slack.app_token) as replicas,
    ):
        await slack.until_connected(connections=2)
        slack.fault("chat.postMessage", Fault.slow(ANSWER_TAKES_S), times=None)
        with Store(postgres_url, Presence.VISITOR) as store:
            told = await all_report(slack, times=2)
            sender = await until("a first message being out", lambda: who_sends(replicas))
            survivor = next(replica for replica in replicas if replica.listens and replica is not sender)
            fallen = [replica for replica in replicas if replica is not survivor]
            sent_until_now = await store.read(holder)
            await in_the_middle_of_a_call(slack)
            for replica in fallen:
                replica.process.send_signal(number)
            assert Status.SENDING in (await store.read(messages)).values()
            slack.mend()

            if number is signal.SIGKILL:
                await until("the dead being gone from Slack", lambda: are_connected(slack, 1))
            answers = await asyncio.gather(*(reports(slack, name) for name in REPORTERS), return_exceptions=True)
            told += [answer for answer in answers if isinstance(answer, str)]
            untold = [answer for answer in answers if not isinstance(answer, str)]
            await all_arrive_once(slack, store, len(told))
            assert await store.read(holder) != sent_until_now

            if number is signal.SIGKILL:
                assert untold == []
            else:
                # Slack goes on to hand requests to a process that is frozen, and tells whoever made them that
                # nobody answers. When it goes on it does what they asked for, once.
                assert len(untold) in (1, 2, 3)
                assert all("operation_timeout" in str(one) for one in untold), untold
                for replica in fallen:
                    replica.process.send_signal(signal.SIGCONT)
                await all_arrive_once(slack, store, len(told) + len(untold))

            assert await store.read(filed) == references(12)
            standing = [replica.process for replica in replicas if replica.process.returncode is None]
            codes = await asyncio.gather(*(ends(process) for process in standing))
            assert codes == [0] * (1 if number is signal.SIGKILL else 3)
            assert how_often_posted(slack) == dict.fromkeys(await store.read(messages), 1)
