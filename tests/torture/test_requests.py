"""A process is killed around the commit of a request: what was acknowledged is kept, a repeat gets the same answer."""

import asyncio
import multiprocessing
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


async def shortcut(slack: LocalSlack) -> None:
    ana = slack.person("Ana")
    await ana.uses_shortcut("Report model behaviour", on=await ana.says("alarm again", "C_PIT"))
    form = await ana.sees_modal("Report behaviour")
    await form.fills({"What did it do?": form.options("What did it do?")[0], "In your words": "again"})
    await form.submits()


async def event(slack: LocalSlack) -> None:
    await slack.change_person(slack.person("Ana"), zone="Europe/Oslo")


def keys(session: Session) -> list[str]:
    """The requests that were carried out."""
    return [row.key for row in session.exec(select(SourceKey).order_by(col(SourceKey.id))).all()]


async def started(slack: LocalSlack, order: Listener) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=listen, args=(order,), daemon=True)
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


@pytest.mark.parametrize("http", [False, True], ids=["socket mode", "http"])
@pytest.mark.parametrize("dies", [BEFORE, AFTER])
@pytest.mark.parametrize("act", [command, modal, shortcut, event])
async def test_a_request_whose_process_was_killed_counts_once_and_gets_one_answer(
    act: Act, dies: str, http: bool, tmp_path: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "alongside.db")
    url = f"sqlite:///{tmp_path / 'alongside.db'}"
    with Store(url) as store:
        await store.write(settle_in)
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
    assert act is event or "F-2" in str(answers[0].payload)
    with Store(url, Presence.VISITOR) as store:
        assert len(await store.read(keys)) == 1
