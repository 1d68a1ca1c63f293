"""A database that the tests of use cases share: each test's changes are rolled back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session, SQLModel

from store.engine import writing_engine
from store.store import UseCase
from tests.conftest import SQLITE, PostgresServer
from tests.store.site import Site, build

P = ParamSpec("P")
T = TypeVar("T")


class Run:
    """Runs use cases and queries as the store does, each in a session of its own, without keeping them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._connection.begin_nested():
            session = Session(bind=self._connection, expire_on_commit=False, join_transaction_mode="rollback_only")
            try:
                result = use_case(session, *args, **kwargs)
                session.flush()
                return result
            finally:
                session.close()

    @contextmanager
    def aside(self) -> Iterator["Run"]:
        """The same for a while, of which nothing is kept."""
        with self._connection.begin_nested() as savepoint:
            yield self
            savepoint.rollback()

    def as_it_leaves_things(self, use_case: UseCase[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a use case so that what it wrote is kept even when it raises: what is refused must not have written."""
        with Session(bind=self._connection, expire_on_commit=False, join_transaction_mode="rollback_only") as session:
            try:
                return use_case(session, *args, **kwargs)
            finally:
                session.flush()

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table, as the database keeps it."""
        found = {}
        for table in SQLModel.metadata.tables:
            rows = self._connection.exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - our own names
            found[table] = sorted(map(repr, rows))
        return found


@pytest.fixture(scope="session")
def shared_engine(
    database_kind: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """An engine on a database at head in which nothing is ever committed."""
    if database_kind == SQLITE:
        path = tmp_path_factory.mktemp("shared") / "alongside.db"
        shutil.copyfile(sqlite_template, path)
        engine = writing_engine(f"sqlite:///{path}")
        yield engine
        engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.fresh()
    engine = writing_engine(url)
    yield engine
    engine.dispose()
    server.drop(url)


@pytest.fixture
def run(shared_engine: Engine) -> Iterator[Run]:
    """Runs use cases on an empty database, once on SQLite and once on PostgreSQL."""
    with shared_engine.connect() as connection, connection.begin() as transaction:
        yield Run(connection)
        transaction.rollback()


@pytest.fixture
def site(run: Run) -> Site:
    """A mine site with a team, its tools and its people."""
    return run(build)
