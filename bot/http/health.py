"""Whether a process lives, whether it is ready, and what it counts: for whoever watches it, without a word of people's.

`/healthz` answers as long as the process answers at all; `/readyz` says line by line what it needs to work, with 503
when something is missing; `/metrics` is for Prometheus.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.http.metrics import CONTENT_TYPE

PATIENCE_S = 2.0
"""How long one line of `/readyz` may take."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found.

    Args:
        ok: Whether it is as it must be.
        says: What was found, in a few words that name nobody.
    """

    ok: bool
    says: str


Look = Callable[[], Awaitable[Finding]]


def health_routes(looks: Mapping[str, Look], metrics: Callable[[], Awaitable[bytes]]) -> list[Route]:
    """The three routes.

    Args:
        looks: What `/readyz` looks at, by name.
        metrics: What `/metrics` says.
    """

    async def lives(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def is_ready(request: Request) -> Response:
        found = await asyncio.gather(*(_looked(look) for look in looks.values()))
        ready = all(finding.ok for finding in found)
        lines = {name: {"ok": one.ok, "says": one.says} for name, one in zip(looks, found, strict=True)}
        return JSONResponse({"ready": ready, "checks": lines}, 200 if ready else 503)

    async def counted(request: Request) -> Response:
        return Response(await metrics(), media_type=CONTENT_TYPE)

    return [Route("/healthz", lives), Route("/readyz", is_ready), Route("/metrics", counted)]


async def _looked(look: Look) -> Finding:
    try:
        return await asyncio.wait_for(look(), PATIENCE_S)
    except TimeoutError:
        return Finding(False, f"no answer within {PATIENCE_S:g} seconds")
    except Exception as error:
        # Its text may hold an address or a name; its class says what kind of trouble it is.
        return Finding(False, f"cannot be looked at: {type(error).__name__}")
