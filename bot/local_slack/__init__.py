"""A Slack on this machine, for demos and tests.

It speaks Slack's protocol (Web API, Socket Mode, signed HTTP requests, response URLs) to an unmodified
slack_bolt or slack_sdk app, accepts and refuses what Slack accepts and refuses, and lets people of the
workspace act and see in words in which stories can be told. It knows nothing of the app it serves.
"""

from bot.local_slack.errors import NotAsExpected
from bot.local_slack.faults import ANY, Fault
from bot.local_slack.handles import Answer, Home, Message, Submitted
from bot.local_slack.journal import HELD_BACK, Ack, Call, Inbound, Journal, ResponseUrlPost
from bot.local_slack.modal import Modal
from bot.local_slack.people import Person
from bot.local_slack.rate_limits import RateLimits
from bot.local_slack.records import Channel, UserGroup
from bot.local_slack.server import LocalSlack

__all__ = [
    "ANY",
    "HELD_BACK",
    "Ack",
    "Answer",
    "Call",
    "Channel",
    "Fault",
    "Home",
    "Inbound",
    "Journal",
    "LocalSlack",
    "Message",
    "Modal",
    "NotAsExpected",
    "Person",
    "RateLimits",
    "ResponseUrlPost",
    "Submitted",
    "UserGroup",
]
