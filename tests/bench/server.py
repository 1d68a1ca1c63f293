"""The process that is measured: `python -m tests.bench.server noop|ours --slack … --database …`.

Both are the same uvicorn, the same gate, the same Bolt settings and the same authorize. `noop` acks and does nothing.
It says where it listens on a line of its own, and ends on SIGTERM.
"""

import argparse
import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import compose, over_http
from bot.http.server import SLACK_PATH, asgi_app, serving
from bot.installations import installation
from bot.logs import configure_logs, quiet_logger
from bot.memory import settle_in
from bot.settings import Settings
from jobs.clock import SystemClock
from store.store import Store
from tests.bench.signing import SECRET

TOKEN = "xoxb-1-1-bench"


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("app", choices=["noop", "ours"])
    parser.add_argument("--slack", required=True)
    parser.add_argument("--database", default="")
    parser.add_argument("--folder", default=".")
    arguments = parser.parse_args()
    configure_logs()
    asyncio.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with AsyncExitStack() as stack:
        if arguments.app == "noop":
            api = asgi_app(await _noop(arguments.slack), SECRET)
            address = await stack.enter_async_context(serving(api, "127.0.0.1", 0))
        else:
            store = stack.enter_context(Store(arguments.database))
            app = await compose(_settings(arguments), store=store, clock=SystemClock())
            address = await stack.enter_async_context(over_http(app))
        settle_in()
        print(address + SLACK_PATH, flush=True)
        await stopped.wait()


async def _noop(slack: str) -> AsyncApp:
    installed = await installation(AsyncWebClient(TOKEN, base_url=slack), TOKEN)
    app = AsyncApp(
        logger=quiet_logger(),
        client=AsyncWebClient(base_url=slack),
        authorize=installed.authorize(),
        before_authorize=installed.turning_strangers_away(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
    )

    async def nothing(ack: AsyncAck) -> BoltResponse:
        return await ack()

    app.command("/model-feedback")(nothing)
    return app


def _settings(arguments: argparse.Namespace) -> Settings:
    given: dict[str, Any] = {
        "SLACK_BOT_TOKEN": SecretStr(TOKEN),
        "SLACK_SIGNING_SECRET": SecretStr(SECRET),
        "_env_file": None,
    }
    return Settings(
        database_url=arguments.database,
        folder=Path(arguments.folder) / "reviews",
        slack_api_url=arguments.slack,
        port=0,
        **given,
    )


if __name__ == "__main__":
    main()
