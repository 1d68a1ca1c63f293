"""What a process needs to do its work, a look each: the database, its schema, the tick, the line to Slack."""

from bot.http.health import Finding, Look
from bot.line import Line
from bot.pulse import Pulse
from store import migrations
from store.store import Store


def looks_at(store: Store, pulse: Pulse, line: Line | None = None) -> dict[str, Look]:
    """The looks of a process; without a line, as over HTTP, none at that."""

    async def database() -> Finding:
        current = await store.read(migrations.is_this_versions)
        return Finding(current, "reached, with this version's schema" if current else "has another version's schema")

    async def tick() -> Finding:
        return Finding(pulse.is_regular, f"the last began {pulse.age:.0f} seconds ago")

    async def staying() -> Finding:
        return Finding(not pulse.ending, "told to stop" if pulse.ending else "takes requests")

    looks: dict[str, Look] = {"database": database, "tick": tick, "process": staying}
    if line is not None:
        looks["socket"] = _socket(line)
    return looks


def _socket(line: Line) -> Look:
    async def socket() -> Finding:
        says = "connected" if line.connected else f"not connected for {line.silent_for:.0f} seconds"
        return Finding(line.connected, says)

    return socket
