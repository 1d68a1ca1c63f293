"""What a story or a test may let go wrong: refusals, faults, limits, late histories, unruly events, revoked tokens."""

from __future__ import annotations

from datetime import timedelta

from bot.local_slack.delivery import Delivery
from bot.local_slack.faults import Fault
from bot.local_slack.installation import Installation
from bot.local_slack.journal import Inbound
from bot.local_slack.rate_limits import RateLimits
from bot.local_slack.socket_mode import SocketMode
from bot.local_slack.web_api import WebApi


class Mischief:
    """The ways in which a local Slack can be made to behave badly; without them, all goes well.

    Attributes:
        date_skew: How far the `Date` header of every answer is ahead of the wall clock.
    """

    _slack: Installation
    _delivery: Delivery
    _api: WebApi
    _sockets: SocketMode
    date_skew = timedelta(0)

    def expect_trouble(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int = 200,
        retry_after: int | None = None,
        answer_lost: bool = False,
    ) -> None:
        """Lets the next call of a method go wrong; called again, the one after that.

        Args:
            method: Such as `chat.postMessage`.
            error: Refused with this error, such as `ratelimited`; None does what was asked.
            status: The HTTP status, such as 429.
            retry_after: Seconds for the Retry-After header.
            answer_lost: The connection breaks before the answer, whatever was done.

        Raises:
            ValueError: The page of the method has no such error.
        """
        fault = Fault(error, status, retry_after, executed=error is None, answer="lost" if answer_lost else "given")
        self.fault(method, fault)

    def fault(self, method: str, fault: Fault, *, times: int | None = 1, chance: float = 1.0, seed: int = 0) -> None:
        """Lets calls go wrong; what was planned first comes first.

        Args:
            method: Such as `chat.postMessage`, or `ANY`.
            fault: What goes wrong, such as `Fault.timeout(executed=True)`.
            times: How often at most; None until `mend`.
            chance: Of each call, from 0 to 1.
            seed: Of the dice, so that the same calls go wrong in each run.

        Raises:
            ValueError: The page of the method has no such error.
            KeyError: There is no such method.
        """
        self._api.faults.plan(method, fault, times=times, chance=chance, seed=seed)

    def mend(self) -> None:
        """From now on no planned fault happens any more, and history does not lag."""
        self._api.faults.clear()
        self._slack.history_lag = timedelta(0)

    @property
    def history_lag(self) -> timedelta:
        """How long, by the workspace's clock, a message takes to show in a conversation's history; may be set."""
        return self._slack.history_lag

    @history_lag.setter
    def history_lag(self, lag: timedelta) -> None:
        self._slack.history_lag = lag

    @property
    def rate_limits(self) -> RateLimits | None:
        """The rate limits that calls are held to; None, as at first, for none. May be set."""
        return self._slack.rate_limiter.limits

    @rate_limits.setter
    def rate_limits(self, limits: RateLimits | None) -> None:
        self._slack.rate_limiter.limits = limits

    def revoke(self, error: str = "token_revoked") -> None:
        """From now on the tokens are refused: `token_revoked`, or `account_inactive` after an uninstall.

        Open sockets are told `link_disabled` and closed.
        """
        self._slack.token_error = error
        self._sockets.disable()

    def expire_triggers(self) -> None:
        """Makes all trigger_ids so far older than 3 seconds."""
        self._slack.triggers.expire()

    def expire_response_urls(self) -> None:
        """Makes all response URLs so far older than 30 minutes."""
        self._slack.response_urls.expire()

    # Events

    async def retry_due(self) -> list[Inbound]:
        """Sends again the events that were not acked and whose retry is due by the workspace's clock.

        Slack tries three times more: nearly at once, after one minute and after five
        (https://docs.slack.dev/apis/events-api#retries). Nothing here watches the simulated clock, so a story calls
        this after it has moved it.

        Returns:
            The retries, each with its ack.
        """
        return await self._delivery.retry_due()

    def unsettle_events(self, *, twice: bool = False, reordered: bool = False) -> None:
        """From now on events come as badly as https://docs.slack.dev/apis/events-api allows.

        Args:
            twice: Each event comes a second time, with the same event_id.
            reordered: Every other event is held back until the next request has been answered; what is returned for
                it meanwhile has the number `HELD_BACK` and no ack.
        """
        self._delivery.twice, self._delivery.reordered = twice, reordered

    async def settle_events(self) -> list[Inbound]:
        """From now on events come once and in order; sends those that are held back and returns them."""
        self.unsettle_events()
        return await self._delivery.release()
