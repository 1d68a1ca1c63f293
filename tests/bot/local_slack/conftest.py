"""A kiosk in a workspace, served over Socket Mode and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_slack import Channel, LocalSlack, Person
from tests.bot.local_slack.kiosk import MANIFEST, make_app, over_http, over_sockets


@dataclass
class Clock:
    """A clock that stands still until it is set."""

    at: datetime = datetime(2026, 5, 4, 6, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def passes(self, span: timedelta) -> None:
        self.at += span


@dataclass
class Wall:
    """A wall clock that can be put forward."""

    at: float = field(default_factory=lambda: datetime.now(UTC).timestamp())

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def slack(clock: Clock, wall: Wall) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(MANIFEST, now=clock, wall=wall) as slack:
        yield slack


@pytest.fixture
def impatient(slack: LocalSlack) -> None:
    """For tests in which somebody waits in vain."""
    slack.patience = slack.ack_within = 0.1


@pytest.fixture
def ola(slack: LocalSlack) -> Person:
    return slack.add_person("Ola Nordby", user_id="U0OLA", zone="Australia/Perth")


@pytest.fixture
def dana(slack: LocalSlack) -> Person:
    return slack.add_person("Dana Reyes", user_id="U0DANA")


@pytest.fixture
def workshop(slack: LocalSlack, ola: Person, dana: Person) -> Channel:
    return slack.add_channel("workshop", channel_id="C0WORKSHOP", members=[ola, dana])


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture(params=["sockets", "http"])
async def kiosk(request: pytest.FixtureRequest, slack: LocalSlack, workshop: Channel) -> AsyncIterator[LocalSlack]:
    """The local Slack with the kiosk connected to it, one way and the other."""
    connect = over_sockets if request.param == "sockets" else over_http
    async with connect(slack, make_app(slack)):
        yield slack
