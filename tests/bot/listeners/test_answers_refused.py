"""What Slack does not show at a response URL is logged, breaks nothing, and is not said twice."""

from typing import Any

import pytest
from aiohttp import web

from bot.demo.stage import Stage
from bot.local_slack.response_urls import MOST_USES
from tests.bot.conftest import Logs
from tests.bot.opening import HELPED, again, answers, asked


async def a_click(stage: Stage) -> dict[str, Any]:
    """The payload of a tap on a question, as if somebody tapped for whom it was not."""
    person, question = await asked(stage)
    await person.clicks(HELPED, on=question)
    click = stage.slack.journal.inbound[-1].payload
    return again(click, user={**click["user"], "id": "U0HENRIK"})


async def send(stage: Stage, click: dict[str, Any], number: int = 0) -> None:
    """Slack sends the tap; the refusal is said at its response URL."""
    ack = await stage.slack.send_raw("interactive", {**click, "trigger_id": f"1.2.{number}"})
    assert ack.failure is None
    await stage.quiet()


def logged(logs: Logs) -> list[tuple[str, str, str]]:
    """What was logged of answers that were not shown."""
    return [(line["work"], line["error"], line["level"]) for line in logs.of("afterwards_failed")]


async def test_an_address_that_is_too_old_is_logged(stage: Stage, logs: Logs) -> None:
    click = await a_click(stage)
    stage.slack.expire_response_urls()
    await send(stage, click)
    assert logged(logs) == [("say_refusal", "expired_url", "warning")]
    assert len(await stage.app.store.read(answers)) == 1


async def test_an_address_that_is_used_up_is_logged(stage: Stage, logs: Logs) -> None:
    click = await a_click(stage)
    for number in range(MOST_USES + 1):
        await send(stage, click, number)
    assert logged(logs) == [("say_refusal", "used_url", "warning")]
    assert len([post for post in stage.slack.journal.response_url_posts if post.error is None]) == MOST_USES


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, "", "HTTP 404"),
        (404, "expired_url", "expired_url"),
        (410, "<html>gone</html>", "HTTP 410"),
        (500, '{"ok":false,"error":"fatal_error"}', "fatal_error"),
        (503, "try later", "HTTP 503"),
        (429, "", "ratelimited"),
    ],
)
async def test_whatever_else_comes_back_is_logged_and_said_once(
    status: int, body: str, error: str, stage: Stage, logs: Logs
) -> None:
    said: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        said.append(await request.text())
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_post("/actions", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/actions"

    await send(stage, {**await a_click(stage), "response_url": address})
    await runner.cleanup()

    assert len(said) == 1
    assert logged(logs) == [("say_refusal", error, "warning")]
    assert "That question was for somebody else." not in logs.written.getvalue()


async def test_an_address_where_nobody_is_home_is_logged(stage: Stage, logs: Logs) -> None:
    await send(stage, {**await a_click(stage), "response_url": "http://127.0.0.1:9/actions"})
    assert logged(logs) == [("say_refusal", "ClientConnectorError", "warning")]
