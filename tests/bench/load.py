"""The load generator, a process of its own: reads a `Job` as a JSON line, answers with a `Load` as one.

A closed loop: each caller sends its next request when the last one is answered, over a connection that is kept.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from random import Random
from urllib.parse import urlsplit

from tests.bench.signing import command
from tests.bench.site import CALLERS, WITHOUT_TOOLS

TEXT = "false alarm on the crusher alarm, it rang while the belt stood still"


@dataclass(frozen=True, slots=True)
class Job:
    """What to ask for.

    Args:
        address: Where the app listens.
        callers: How many send at once.
        seconds: For how long.
        odd: The share of requests that are repeats, and as many again that are refused.
        prefix: Makes the triggers of this job its own.
    """

    address: str
    callers: int
    seconds: float
    odd: float
    prefix: str


@dataclass(slots=True)
class Load:
    """What came of it."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    kept: int = 0
    """Answers with a reference in them, repeats too."""
    refused: int = 0
    wrong: int = 0
    """Answers that are not 200."""

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def latency_ms(self, share: float) -> float:
        """The latency that this share of the answers did not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1_000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def _caller(number: int, job: Job, load: Load) -> None:
    where = urlsplit(job.address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    chance = Random(f"{job.prefix}{number}")
    last = ("", "")
    count = 0
    end = time.perf_counter() + job.seconds
    while time.perf_counter() < end:
        drawn = chance.random()
        user, trigger = CALLERS[number % len(CALLERS)], f"{job.prefix}.{number}.{count}"
        if drawn < job.odd and last[0]:
            user, trigger = last
        elif drawn < 2 * job.odd:
            user = WITHOUT_TOOLS
        else:
            last = (user, trigger)
        count += 1
        request = command(TEXT, user=user, trigger=trigger, path=where.path)
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        load.latencies.append(time.perf_counter() - began)
        load.wrong += not head.startswith(b"HTTP/1.1 200")
        load.kept += b"*F-" in body
        load.refused += b"No tool is on this site" in body
    writer.close()


async def carry_out(job: Job) -> Load:
    """Put the load on the app."""
    load = Load()
    began = time.perf_counter()
    await asyncio.gather(*(_caller(number, job, load) for number in range(job.callers)))
    load.seconds = time.perf_counter() - began
    return load


def main() -> None:
    """Carry out job after job until there are no more."""
    for line in sys.stdin:
        print(json.dumps(asdict(asyncio.run(carry_out(Job(**json.loads(line)))))), flush=True)


if __name__ == "__main__":
    main()
