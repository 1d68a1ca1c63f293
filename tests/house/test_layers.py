from pathlib import Path

import pytest

from tests.house.layers import Exceptions, Rule, violations

ROOT = Path(__file__).parents[2]

CALLS_SOMETHING_OUTSIDE = {
    "bot/app.py": "makes the clients that everybody is handed",
    "bot/cli/doctor/": "asks Slack about the installation",
    "bot/directory.py": "asks Slack about people",
    "bot/installations.py": "asks Slack where the token is installed",
    "bot/listeners/desk.py": "opens modals and answers at response_urls",
    "bot/line.py": "holds the socket to Slack",
    "bot/look_up.py": "looks for messages whose answers were lost",
    "bot/local_slack/": "is the other end of the wire",
    "bot/sender.py": "sends deliveries",
    "bot/slack_errors.py": "reads what those calls raise",
}
READS_WALL_TIME = {
    "bot/http/gate.py": "the age of a signature is real, also in a story on the simulated clock",
    "bot/local_slack/server.py": "it signs its requests with real time, which the gate checks",
}
EXCEPTIONS = Exceptions(CALLS_SOMETHING_OUTSIDE, READS_WALL_TIME)

PLANTED = [
    # one way
    ("store/x.py", "import jobs", Rule.LAYERS),
    ("store/x.py", "import jobs.clock as clock", Rule.LAYERS),
    ("store/x.py", "import json, bot.texts", Rule.LAYERS),
    ("store/x.py", "from bot.texts import Texts", Rule.LAYERS),
    ("store/x.py", "from bot import texts", Rule.LAYERS),
    ("store/x.py", "from jobs import *", Rule.LAYERS),
    ("store/x.py", "import tests.store.site", Rule.LAYERS),
    ("jobs/x.py", "from bot.sender import SlackSender", Rule.LAYERS),
    ("bot/x.py", "from tests.conftest import store", Rule.LAYERS),
    ("bot/x.py", "import manifests", Rule.LAYERS),
    ("store/x.py", "def f():\n    from jobs import clock", Rule.LAYERS),
    ("store/x.py", "class C:\n    async def f(self):\n        import bot", Rule.LAYERS),
    ("store/x.py", "try:\n    import bot\nexcept ImportError:\n    pass", Rule.LAYERS),
    ("jobs/x.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot.app import A", Rule.LAYERS),
    ("jobs/x.py", "import typing\nif typing.TYPE_CHECKING:\n    import bot", Rule.LAYERS),
    ("jobs/x.py", "from ..bot import app", Rule.LAYERS),
    ("store/site/x.py", "from ...jobs.clock import Clock", Rule.LAYERS),
    ("store/site/x.py", "from ... import bot", Rule.LAYERS),
    ("store/x.py", "import importlib\nimportlib.import_module('jobs.clock')", Rule.LAYERS),
    ("store/x.py", "import importlib as i\nclock = i.import_module(name='jobs')", Rule.LAYERS),
    ("store/x.py", "from importlib import import_module as load\nload('bot.app')", Rule.LAYERS),
    ("store/x.py", "from importlib import import_module\nimport_module('...jobs', 'store.site')", Rule.LAYERS),
    ("store/x.py", "from importlib import import_module\nimport_module('..jobs', __package__)", Rule.LAYERS),
    ("store/x.py", "__import__('bot.app')", Rule.LAYERS),
    ("store/x.py", "import builtins\nbuiltins.__import__('bot')", Rule.LAYERS),
    ("store/x.py", "import importlib\nimportlib.import_module('jo' + 'bs')", Rule.READABLE),
    ("store/x.py", "def f(name):\n    return __import__(name)", Rule.READABLE),
    # the local Slack
    ("bot/local_slack/x.py", "from bot.texts import Texts", Rule.LOCAL_SLACK),
    ("bot/local_slack/x.py", "from bot import ids", Rule.LOCAL_SLACK),
    ("bot/local_slack/x.py", "import bot", Rule.LOCAL_SLACK),
    ("bot/local_slack/x.py", "import bot.local_slack_helpers", Rule.LOCAL_SLACK),
    ("bot/local_slack/x.py", "from store.errors import Refused", Rule.LOCAL_SLACK),
    ("bot/local_slack/x.py", "def f():\n    from jobs.clock import Clock", Rule.LOCAL_SLACK),
    ("bot/local_slack/calls/x.py", "from ... import ids", Rule.LOCAL_SLACK),
    # libraries in their places
    ("jobs/x.py", "from slack_sdk.errors import SlackApiError", Rule.SLACK),
    ("store/x.py", "import slack_bolt", Rule.SLACK),
    ("store/x.py", "if True:\n    __import__('slack_sdk.models')", Rule.SLACK),
    ("bot/x.py", "import sqlalchemy", Rule.DATABASE),
    ("bot/x.py", "from sqlalchemy.exc import IntegrityError", Rule.DATABASE),
    ("jobs/x.py", "from sqlmodel import select", Rule.DATABASE),
    ("bot/cli/x.py", "def f():\n    from alembic import command", Rule.DATABASE),
    ("bot/x.py", "import importlib\nimportlib.import_module('sqlmodel.sql')", Rule.DATABASE),
    ("jobs/x.py", "from apscheduler.triggers.cron import CronTrigger", Rule.SCHEDULER),
    ("bot/x.py", "import apscheduler", Rule.SCHEDULER),
    # clients
    ("bot/blocks/x.py", "import httpx", Rule.CLIENTS),
    ("bot/render/x.py", "from aiohttp import ClientSession", Rule.CLIENTS),
    ("jobs/x.py", "import httpx", Rule.CLIENTS),
    ("bot/x.py", "import urllib.request", Rule.CLIENTS),
    ("bot/x.py", "from urllib import request", Rule.CLIENTS),
    ("bot/x.py", "from http import client", Rule.CLIENTS),
    ("bot/x.py", "from slack_sdk import WebClient", Rule.CLIENTS),
    ("bot/x.py", "from slack_sdk.web.async_client import AsyncWebClient", Rule.CLIENTS),
    ("bot/forms/x.py", "from slack_sdk.webhook import WebhookClient", Rule.CLIENTS),
    # the environment
    ("bot/x.py", "import os\nos.environ['HOME']", Rule.ENVIRONMENT),
    ("bot/x.py", "import os as system\nsystem.getenv('HOME')", Rule.ENVIRONMENT),
    ("jobs/x.py", "from os import environ", Rule.ENVIRONMENT),
    ("store/x.py", "def f():\n    from os import getenv as read\n    return read('HOME')", Rule.ENVIRONMENT),
    ("bot/local_slack/x.py", "import os\nhome = os.environ.get('HOME')", Rule.ENVIRONMENT),
    ("bot/x.py", "from pydantic_settings import BaseSettings", Rule.ENVIRONMENT),
    ("bot/cli/settings.py", "import os\nos.getenv('HOME')", Rule.ENVIRONMENT),
    # the clock
    ("store/x.py", "from datetime import UTC, datetime\ndatetime.now(UTC)", Rule.CLOCK),
    ("store/x.py", "from datetime import datetime as d\nd.utcnow()", Rule.CLOCK),
    ("jobs/x.py", "import datetime\ndatetime.datetime.now()", Rule.CLOCK),
    ("bot/x.py", "import datetime as dt\ndt.date.today()", Rule.CLOCK),
    ("bot/x.py", "import time\ntime.time()", Rule.CLOCK),
    ("bot/x.py", "from time import time as now\nnow()", Rule.CLOCK),
    ("bot/x.py", "import time\ndef f(clock=time.time): ...", Rule.CLOCK),
    ("bot/x.py", "from datetime import datetime\nfield(default_factory=datetime.now)", Rule.CLOCK),
    ("bot/http/x.py", "import time\ntime.time_ns()", Rule.CLOCK),
]

CLEAN = [
    ("store/x.py", "from store import people\nfrom . import tools\nfrom .site import Site\nimport sqlmodel, alembic"),
    ("store/site/x.py", "from ..errors import Refused\nfrom .. import people\nimport sqlalchemy.exc"),
    ("store/x.py", "import importlib\nimportlib.import_module('store.tables')\n__import__('store.people')"),
    ("store/x.py", "import bottle, jobs_board, storefront"),
    ("store/x.py", "'''import bot'''\n# from bot import app\nsentence = 'import jobs'"),
    ("store/x.py", "def import_module(name): ...\nimport_module('bot')"),
    ("jobs/x.py", "from store.policy import Policy\nfrom jobs.ports import Sender\nfrom .clock import Clock"),
    ("jobs/scheduler.py", "from apscheduler.schedulers.asyncio import AsyncIOScheduler"),
    ("jobs/clock.py", "from datetime import UTC, datetime\ndatetime.now(UTC)"),
    (
        "bot/x.py",
        "from jobs.clock import Clock\nfrom store.store import Store\nfrom slack_sdk.models.views import View",
    ),
    ("bot/x.py", "from slack_sdk.errors import SlackApiError\nfrom urllib.parse import urlencode\nimport slack_bolt"),
    ("bot/x.py", "import os\nos.replace('a', 'b')\nfrom os import path"),
    (
        "bot/x.py",
        "import time\ntime.monotonic()\nfrom datetime import datetime, time as t\ndatetime.fromisoformat('x')",
    ),
    ("bot/x.py", "def f(clock):\n    return clock.now()"),
    ("bot/x.py", "class Stage:\n    environ = 1\n    def time(self):\n        return self.environ"),
    ("bot/settings.py", "import os\nfrom pydantic_settings import BaseSettings\nos.environ.get('HOME')"),
    ("bot/sender.py", "from aiohttp import ClientError\nfrom slack_sdk.web.async_client import AsyncWebClient"),
    ("bot/local_slack/calls/x.py", "from bot.local_slack import rules\nfrom ..rules import Rule\nfrom . import chat"),
    ("bot/local_slack/x.py", "import time\nimport aiohttp\ntime.monotonic()"),
    ("bot/http/gate.py", "import time\ndef f(wall_time=time.time): ..."),
]


@pytest.mark.parametrize(("file", "source", "rule"), PLANTED)
def test_a_planted_violation_is_found(file: str, source: str, rule: Rule) -> None:
    found = violations(source, file, EXCEPTIONS)
    assert rule in {violation.rule for violation in found}
    assert all(1 <= violation.line <= len(source.splitlines()) for violation in found)


@pytest.mark.parametrize(("file", "source"), CLEAN)
def test_a_module_that_keeps_the_rules_passes(file: str, source: str) -> None:
    assert violations(source, file, EXCEPTIONS) == []


def test_every_rule_has_a_planted_violation() -> None:
    assert {rule for _, _, rule in PLANTED} == set(Rule)


def test_every_module_of_the_house_keeps_the_rules() -> None:
    found = [
        violation
        for layer in ("bot", "jobs", "store")
        for file in sorted((ROOT / layer).rglob("*.py"))
        for violation in violations(file.read_text("utf-8"), file.relative_to(ROOT).as_posix(), EXCEPTIONS)
    ]
    assert not found, "\n".join(["", *map(str, found)])


@pytest.mark.parametrize("listed", [CALLS_SOMETHING_OUTSIDE, READS_WALL_TIME])
def test_no_exception_outlives_its_reason(listed: dict[str, str]) -> None:
    idle = [name for name in listed if not _needs_it(name, Exceptions())]
    assert idle == []


def _needs_it(name: str, without: Exceptions) -> bool:
    path = ROOT / name
    files = path.rglob("*.py") if path.is_dir() else [path]
    wanted = {Rule.CLIENTS, Rule.CLOCK}
    return any(
        violation.rule in wanted
        for file in files
        for violation in violations(file.read_text("utf-8"), file.relative_to(ROOT).as_posix(), without)
    )
