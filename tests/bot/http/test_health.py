"""Whoever watches the app hears whether it lives, whether it is ready and what it counts, and nothing of people."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app import Alongside, watched
from bot.demo.stage import Stage
from bot.http.health import Finding, health_routes
from bot.http.metrics import by_kind
from bot.http.server import bare_app
from bot.pulse import Pulse
from bot.readiness import looks_at
from store import migrations
from store.deliveries import Kind
from store.store import Store
from tests.bot.conftest import Staging

Ask = Callable[[str], Awaitable[httpx.Response]]


def asking(app: Any) -> Ask:
    async def ask(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://alongside") as client:
            return await client.get(path)

    return ask


def asking_about(app: Alongside) -> Ask:
    return asking(bare_app(app.health()))


def numbers(text: str) -> Mapping[tuple[str, ...], float]:
    """Every sample of an exposition by its name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def ask(stage: Stage) -> Ask:
    return asking_about(stage.app)


async def test_an_app_at_work_lives_and_is_ready(ask: Ask) -> None:
    assert (await ask("/healthz")).text == "ok\n"
    answer = await ask("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert {name: line["ok"] for name, line in answer.json()["checks"].items()} == {
        "database": True,
        "process": True,
        "tick": True,
    }


async def test_an_app_that_is_told_to_stop_lives_and_is_not_ready(stage: Stage, ask: Ask) -> None:
    stage.app.stop_taking()
    assert (await ask("/healthz")).status_code == 200
    answer = await ask("/readyz")
    assert (answer.status_code, answer.json()["checks"]["process"]) == (503, {"ok": False, "says": "told to stop"})


async def test_a_database_of_another_version_is_not_ready(database_url: str) -> None:
    migrations.downgrade(database_url, "-1")
    with Store(database_url) as store:
        ask = asking(bare_app(health_routes(looks_at(store, Pulse(5, lambda: 0.0)), no_metrics)))
        answer = await ask("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "says": "has another version's schema"}


async def test_a_database_that_is_away_is_not_ready_and_metrics_go_on_without_it(stage: Stage) -> None:
    gone = Store(stage.app.settings.database_url.replace("alongside.db", "other.db"))
    gone.close()
    ask = asking_about(replace(stage.app, store=gone))
    answer = await ask("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]["ok"]) == (503, False)
    counted = numbers((await ask("/metrics")).text)
    assert ("alongside_late_ticks_total",) in counted
    assert ("alongside_due_deliveries", Kind.PROMPT) not in counted


async def test_a_look_that_breaks_says_no_more_than_what_broke_it() -> None:
    async def look() -> Finding:
        raise ValueError("postgresql://user:password@host")

    answer = await asking(bare_app(health_routes({"database": look}, no_metrics)))("/readyz")
    assert answer.json()["checks"]["database"]["says"] == "cannot be looked at: ValueError"


async def no_metrics() -> bytes:
    return b""


async def test_what_was_sent_answered_and_not_heard_is_counted(stage: Stage, ask: Ask) -> None:
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    due = numbers((await ask("/metrics")).text)
    await stage.quiet()
    stage.app.unheard.update(
        {"block_actions strange": 2, "event reaction_added": 1, "/nonsense": 1, "view_closed x": 1}
    )

    counted = numbers((await ask("/metrics")).text)
    assert counted["alongside_ack_seconds_count", "command"] == 1
    assert counted["alongside_deliveries_total", Kind.FEEDBACK_FILED, "sent"] >= 1
    assert counted["alongside_unheard_requests_total", "block_actions"] == 2
    assert counted["alongside_unheard_requests_total", "command"] == 1
    assert due.keys() <= counted.keys()
    assert counted["alongside_due_deliveries", Kind.FEEDBACK_FILED] == 0


async def test_what_waits_is_counted_with_its_age_by_kind(on_stage: Staging) -> None:
    async with on_stage() as stage:
        await stage.app.outbox.close(0)  # nothing goes out any more
        await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
        stage.clock.advance(stage.app.settings.limits.outage_pause)
        counted = numbers((await asking_about(stage.app)("/metrics")).text)
    assert counted["alongside_due_deliveries", Kind.FEEDBACK_FILED] >= 1
    assert counted["alongside_oldest_due_seconds", Kind.FEEDBACK_FILED] >= 60
    assert counted["alongside_due_deliveries", Kind.PROMPT] == 0


async def test_metrics_name_nobody_and_hold_no_ids(stage: Stage, ask: Ask) -> None:
    await stage.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    await stage.quiet()
    text = (await ask("/metrics")).text
    values = {value for one in numbers(text) for value in one[1:]}
    assert not [value for value in values if not re.fullmatch(r"[a-z_.]+|[a-z]+\.[a-zA-Z]+|\d+\.\d+|\+Inf", value)]
    assert "P-101" not in text
    assert "U0OLA" not in text


def test_what_nobody_listens_to_has_few_names() -> None:
    names = {f"something_new_{number} x": 1 for number in range(100)} | {"/a": 1, "/b": 2}
    assert by_kind(names) == {"other": 100, "command": 3}


async def test_in_socket_mode_nothing_listens_unless_a_port_is_set(stage: Stage) -> None:
    async with watched(stage.app) as address:
        assert address is None
    at_a_port = replace(stage.app, settings=stage.app.settings.model_copy(update={"port": 0}))
    async with watched(at_a_port) as address, httpx.AsyncClient(base_url=address or "") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.post("/slack/events")).status_code == 404


async def test_over_http_they_stand_beside_the_way_in(http_stage: Stage) -> None:
    way_in = http_stage.slack  # requests come in at the same address
    await way_in.person("U0OLA").runs("/model-feedback", "false alarm on P-101")
    assert numbers((await asking_about(http_stage.app)("/metrics")).text)["alongside_ack_seconds_count", "command"] == 1


def test_the_tick_counts_as_late_when_one_was_left_out_and_as_gone_after_a_minute() -> None:
    now = [0.0]
    pulse = Pulse(5, lambda: now[0])
    for now[0] in (5, 12, 23):
        pulse.beat()
    assert pulse.late == 1
    now[0] += 60
    assert pulse.is_regular
    now[0] += 1
    assert not pulse.is_regular
