"""The Web API methods that the local Slack knows: arguments, tokens, scopes, tiers and errors.

A fact here comes from the method's own page, whose address is `Method.doc`. A method that is not in this
table is answered with `unknown_method`.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.local_slack.methods.chat import CHAT
from bot.local_slack.methods.common import COMMON_ERRORS, COMMON_GIVEN, COMMON_TOLD
from bot.local_slack.methods.conversations import CONVERSATIONS, KIND_OF_SCOPE
from bot.local_slack.methods.model import Argument, Method, Tier
from bot.local_slack.methods.people import PEOPLE
from bot.local_slack.methods.pins import PINS
from bot.local_slack.methods.views import VIEWS

METHODS: Mapping[str, Method] = {method.name: method for method in (*PEOPLE, *CHAT, *VIEWS, *CONVERSATIONS, *PINS)}

__all__ = [
    "COMMON_ERRORS",
    "COMMON_GIVEN",
    "COMMON_TOLD",
    "KIND_OF_SCOPE",
    "METHODS",
    "Argument",
    "Method",
    "Tier",
]
