"""A database that the tests of use cases share: each test's changes are rolled back."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session

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


@pytest.fixture(scope="session")
def shared_engine(
    database_kind: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """An engine on a database at head that all tests begin with: what they do to it is never committed."""
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


@pytest.fixture(scope="session")
def shared_site(shared_engine: Engine) -> Site:
    """The site that is there before any test begins; made once, because nearly every test needs it."""
    with Session(shared_engine) as session:
        built = build(session)
        session.commit()
    return built


@pytest.fixture
def run(shared_engine: Engine) -> Iterator[Run]:
    """Runs use cases on a database in which little has happened, once on SQLite and once on PostgreSQL."""
    with shared_engine.connect() as connection, connection.begin() as transaction:
        yield Run(connection)
        transaction.rollback()


@pytest.fixture
def site(shared_site: Site, run: Run) -> Site:
    """A mine site with a team, its tools and its people, on which nothing has happened yet."""
    return shared_site
