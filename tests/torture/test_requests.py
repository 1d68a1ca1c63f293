"""A process is killed around the commit of a request: what was acknowledged is kept, a repeat gets the same answer."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.http.server import SLACK_PATH
from bot.local_slack import LocalSlack, NotAsExpected
from store.inbound import SourceKey
from store.store import Presence, Session, Store
from tests.conftest import POSTGRESQL, SQLITE
from tests.store.site import filed_report
from tests.torture.forked import processes
from tests.torture.mine import a_slack, settle_in
from tests.torture.receiving import AFTER, BEFORE, Listener, listen

Act = Callable[[LocalSlack], Awaitable[object]]


async def command(slack: LocalSlack) -> None:
    await slack.person("Ana").runs("/model-feedback", "false alarm on Crusher alarm")


async def modal(slack: LocalSlack) -> None:
    ana = slack.person("Ana")
    await ana.runs("/model-feedback")
    form = await ana.sees_modal("Report behaviour")
    await form.fills({"What did it do?": form.options("What did it do?")[0], "In your words": "again"})
    await form.submits()


async def click(slack: LocalSlack) -> None:
    priya = slack.person("Priya")
    await priya.opens_home()
    await priya.clicks("I've read it", on=await priya.sees_home("F-3"))


async def shortcut(slack: LocalSlack) -> None:
    ana = slack.person("Ana")
    await ana.uses_shortcut("Report model behaviour", on=await ana.says("alarm again", "C_PIT"))
    form = await ana.sees_modal("Report behaviour")
    await form.fills({"What did it do?": form.options("What did it do?")[0], "In your words": "again"})
    await form.submits()


async def event(slack: LocalSlack) -> None:
    await slack.change_person(slack.person("Ana"), zone="Europe/Oslo")


def there_is_something_to_read(session: Session) -> None:
    """The mine, with a report that Priya has not read."""
    mine = settle_in(session)
    filed_report(session, mine, "Ben")


def keys(session: Session) -> list[str]:
    """The requests that were carried out."""
    return [row.key for row in session.exec(select(SourceKey).order_by(col(SourceKey.id))).all()]


async def started(slack: LocalSlack, order: Listener) -> ForkServerProcess:
    process = processes().Process(target=listen, args=(order,), daemon=True)
    process.start()
    if order.http:
        place = order.folder / f"address-{process.pid}"
        async with asyncio.timeout(20):
            while not place.exists() or not place.read_text():  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.02)
        slack.deliver_over_http(place.read_text() + SLACK_PATH)
    else:
        await slack.until_connected()
    return process


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database at head: a file unless the test asks for PostgreSQL."""
    if getattr(request, "param", SQLITE) == POSTGRESQL:
        return str(request.getfixturevalue("postgres_url"))
    shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "alongside.db")
    return f"sqlite:///{tmp_path / 'alongside.db'}"


ACTS = (command, modal, click, shortcut, event)
WAYS = pytest.mark.parametrize(
    ("url", "http"),
    [(SQLITE, False), (SQLITE, True), (POSTGRESQL, True)],
    ids=["sqlite, socket mode", "sqlite, http", "postgresql, http"],
    indirect=["url"],
)


@WAYS
@pytest.mark.parametrize("dies", [BEFORE, AFTER])
@pytest.mark.parametrize("act", ACTS)
async def test_a_request_whose_process_was_killed_counts_once_and_gets_one_answer(
    act: Act, dies: str, http: bool, url: str, tmp_path: Path
) -> None:
    with Store(url) as store:
        await store.write(there_is_something_to_read)
    async with a_slack(lambda: datetime.now(UTC), http=http) as slack:
        tokens = (slack.bot_token, slack.app_token, slack.signing_secret)
        order = Listener(url, slack.api_url, tokens, tmp_path, http, dies)
        first = await started(slack, order)
        with suppress(NotAsExpected):
            await act(slack)
        await asyncio.to_thread(first.join, 20)
        assert first.exitcode == -9
        request = slack.journal.inbound[-1]
        assert not request.acked
        with Store(url, Presence.VISITOR) as store:
            assert len(await store.read(keys)) == (1 if dies == AFTER else 0)

        second = await started(slack, replace(order, dies=None))
        answers = [(await slack.redeliver(request)).ack for _ in range(2)]
        second.kill()
        await asyncio.to_thread(second.join, 20)

    assert all(answer and answer.ok for answer in answers)
    assert answers[0] is not None
    assert answers[1] is not None
    assert answers[0].payload == answers[1].payload
    assert act in (event, click) or "F-4" in str(answers[0].payload)
    with Store(url, Presence.VISITOR) as store:
        assert len(await store.read(keys)) == 1


@WAYS
@pytest.mark.parametrize("act", ACTS)
async def test_what_slack_saw_acknowledged_is_kept_when_the_process_dies_at_once(
    act: Act, http: bool, url: str, tmp_path: Path
) -> None:
    with Store(url) as store:
        await store.write(there_is_something_to_read)
    async with a_slack(lambda: datetime.now(UTC), http=http) as slack:
        tokens = (slack.bot_token, slack.app_token, slack.signing_secret)
        order = Listener(url, slack.api_url, tokens, tmp_path, http)
        process = await started(slack, order)
        await act(slack)
        process.kill()
        await asyncio.to_thread(process.join, 20)
        request = slack.journal.inbound[-1]
        assert request.acked
        assert request.ack is not None
        with Store(url, Presence.VISITOR) as store:
            assert len(await store.read(keys)) == 1

        second = await started(slack, order)
        again = (await slack.redeliver(request)).ack
        second.kill()
        await asyncio.to_thread(second.join, 20)

    assert again is not None
    assert again.payload == request.ack.payload
    with Store(url, Presence.VISITOR) as store:
        assert len(await store.read(keys)) == 1
