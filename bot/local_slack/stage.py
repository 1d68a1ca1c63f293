"""What all people of a local Slack share: the installation and the ways between it and the app."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bot.local_slack.delivery import Delivery
from bot.local_slack.installation import Installation
from bot.local_slack.payloads import Payloads
from bot.local_slack.screen import Screen
from bot.local_slack.web_api import WebApi

# Wall seconds without any change after which all is taken to be quiet.
QUIET = 0.05


@dataclass
class Stage:
    """What all people of a local Slack share."""

    slack: Installation
    delivery: Delivery
    payloads: Payloads
    api: WebApi
    patience: float

    @property
    def screen(self) -> Screen:
        """Reads surfaces."""
        return Screen(self.slack.workspace)

    async def settled(self) -> None:
        """Waits until nothing is under way and nothing more has come for a moment, but not for ever.

        That something does not come can only be seen by waiting; `QUIET` is long for a loopback
        connection and short for a test.
        """
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline:
            is_idle = not self.delivery.in_progress and not self.api.in_progress
            changed = await self.slack.changes.next(QUIET)
            if is_idle and not changed:
                return
