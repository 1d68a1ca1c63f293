"""A process that listens to Slack with the real app, and dies just before or just after the first act is committed."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.app import compose, over_http, over_socket_mode
from bot.settings import Settings
from jobs.clock import SystemClock
from store import inbound
from store.store import P, Session, Store, T, UseCase

BEFORE, AFTER = "before the commit", "after the commit"


@dataclass(frozen=True, slots=True)
class Listener:
    """What a listening process is started with.

    Args:
        url: The database.
        api_url: The local Slack.
        tokens: Its bot token, app-level token and signing secret.
        folder: Where the process writes at which address it listens.
        http: Signed requests over HTTP instead of Socket Mode.
        dies: When; None for one that lives.
    """

    url: str
    api_url: str
    tokens: tuple[str, str, str]
    folder: Path
    http: bool
    dies: str | None = None


class FatedStore(Store):
    """A store whose process dies at the first act.

    Args:
        url: The database.
        dies: When.
    """

    def __init__(self, url: str, dies: str | None) -> None:
        super().__init__(url)
        self._dies = dies

    async def write_together(self, workspace: str, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case."""
        act: Any = inbound.once
        is_act = use_case is act

        def unit(session: Session) -> T:
            value = use_case(session, *args, **kwargs)
            if is_act and self._dies == BEFORE:
                os.kill(os.getpid(), signal.SIGKILL)
            return value

        value = await super().write_together(workspace, unit)
        if is_act and self._dies == AFTER:
            os.kill(os.getpid(), signal.SIGKILL)
        return value


def listen(order: Listener) -> None:
    """The whole life of a listening process: until it is killed."""
    with FatedStore(order.url, order.dies) as store:
        asyncio.run(_listen(order, store))


async def _listen(order: Listener, store: Store) -> None:
    bot, app_level, secret = (SecretStr(token) for token in order.tokens)
    given: dict[str, Any] = {"SLACK_BOT_TOKEN": bot, "SLACK_APP_TOKEN": app_level, "SLACK_SIGNING_SECRET": secret}
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg] # pydantic-settings' own argument
        database_url=order.url,
        folder=order.folder,
        slack_api_url=order.api_url,
        port=0,
        **given,
    )
    app = await compose(settings, store=store, clock=SystemClock())
    if order.http:
        async with over_http(app) as address:
            (order.folder / f"address-{os.getpid()}").write_text(address)
            await asyncio.Event().wait()
    async with over_socket_mode(app):
        await asyncio.Event().wait()
