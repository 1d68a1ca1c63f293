"""What a check found, and what every check may know by the time it is made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.settings import Settings
from store.site import WorkspaceOverview


class State(StrEnum):
    """How it is with one thing."""

    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should look at it."""
    PROBLEM = "problem"
    SKIPPED = "skipped"
    """It was not looked at; the finding says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's answer.

    Args:
        check: The stable name of the check.
        state: How it is.
        says: What was found, never a secret.
        do: What to do about it; empty when there is nothing to do.
    """

    check: str
    state: State
    says: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """This machine's clock and disk, as they were when the doctor came."""

    now: datetime
    free_bytes: Callable[[Path], int]
    """How much room there is where a folder is."""


@dataclass(slots=True)
class Known:
    """What is known so far; a check fills in what later ones need."""

    machine: Machine
    settings: Settings
    client: AsyncWebClient
    """It has no token: each call is given one."""
    workspaces: list[WorkspaceOverview] = field(default_factory=list)
    """What the database says of the site."""
    identity: AsyncSlackResponse | None = None
    """Slack's answer to who we are, with its headers."""

    @property
    def bot_token(self) -> str:
        """The bot token; never shown."""
        return self.settings.slack_bot_token.get_secret_value()

    @property
    def answer(self) -> AsyncSlackResponse:
        """Slack's answer to who we are, for checks that need the one of the bot token."""
        assert self.identity is not None  # noqa: S101 - a check without it would not be made
        return self.identity

    @property
    def here(self) -> WorkspaceOverview | None:
        """The workspace of the database that the bot token belongs to, if there is one."""
        told = (str(self.answer.get("enterprise_id") or ""), str(self.answer["team_id"]))
        return next((one for one in self.workspaces if (one.enterprise_id, one.slack_id) == told), None)


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at, once the checks it needs have found nothing wrong."""

    name: str
    needs: tuple[str, ...]
    look: Callable[[Known], Awaitable[list[Finding]]]
