"""Engines: how SQLite and PostgreSQL are opened so that the rest of the store need not care which it is."""

import sqlite3
import time
from contextlib import closing
from typing import Any

from sqlalchemy import Engine, StaticPool, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 1_400
"""Twice below the three seconds after which Slack gives a person up, since a unit may first wait for those before it.

https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""
POSTGRES_CONNECT_TIMEOUT_S = 2
"""As short as libpq takes it, for the same reason."""
POSTGRES_STANDSTILL_MS = 5_000
"""A transaction that is idle for so long is rolled back by the server: its process is frozen or cut off, and whoever
wants what it has locked would wait for ever. Ours are never idle for more than moments.

https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT
"""
IDLE_S = 1.0
"""A connection to PostgreSQL that was used less long ago than this is taken to stand."""
USED_AT = "used_at"
HIDE = True
"""An error of the database names the statement, never the values: those are people's words."""


def is_sqlite(url: str) -> bool:
    """Whether a database URL names a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def writing_engine(url: str) -> Engine:
    """An engine whose transactions may write.

    Args:
        url: `sqlite:///file` or `postgresql://…`.

    Returns:
        For SQLite one connection that begins with BEGIN IMMEDIATE, so that a writer never finds out late that
        it has to wait; for PostgreSQL a pool at READ COMMITTED.
    """
    if not is_sqlite(url):
        return _postgres(url, "READ COMMITTED", f"idle_in_transaction_session_timeout = {POSTGRES_STANDSTILL_MS}")
    engine = create_engine(url, poolclass=StaticPool, hide_parameters=HIDE, connect_args={"check_same_thread": False})
    own_transactions(engine, begin="BEGIN IMMEDIATE")
    _as_the_store_keeps_it(engine)
    return engine


def reading_engine(url: str) -> Engine:
    """An engine that cannot write; SQLite readers have connections of their own (WAL)."""
    if not is_sqlite(url):
        # At READ COMMITTED each statement sees what is committed when it begins, in a transaction or not. Without one a
        # query is one exchange with the server instead of three.
        return _postgres(url, "AUTOCOMMIT", "default_transaction_read_only = on")
    engine = create_engine(
        url, pool_size=8, max_overflow=0, hide_parameters=HIDE, connect_args={"check_same_thread": False}
    )
    own_transactions(engine, begin="BEGIN")
    _as_the_store_keeps_it(engine)

    @event.listens_for(engine, "connect")
    def only_read(connection: sqlite3.Connection, record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    return engine


def _postgres(url: str, isolation: IsolationLevel, *settings: str) -> Engine:
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        address,
        pool_size=8,
        max_overflow=8,
        hide_parameters=HIDE,
        isolation_level=isolation,
        connect_args={"connect_timeout": POSTGRES_CONNECT_TIMEOUT_S},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, record: Any) -> None:
        with closing(connection.cursor()) as cursor:
            for setting in settings:
                cursor.execute(f"SET {setting}")
        connection.commit()

    _ask_who_stood_idle(engine)
    return engine


def _ask_who_stood_idle(engine: Engine) -> None:
    """See whether a connection still stands before it is used, unless it was used a moment ago.

    SQLAlchemy's own `pool_pre_ping` asks each time, which costs a short unit as much as several of its statements.
    """

    @event.listens_for(engine, "checkin")
    def note(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info[USED_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: Any) -> None:
        used_at = record.info.get(USED_AT)
        if used_at is None or time.monotonic() - used_at < IDLE_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def own_transactions(engine: Engine, *, begin: str) -> None:
    """Let SQLAlchemy begin a SQLite engine's transactions, schema changes included.

    The driver's own transaction control breaks BEGIN IMMEDIATE and commits before it changes a schema; see
    "Serializable isolation / Savepoints / Transactional DDL" on
    https://docs.sqlalchemy.org/en/20/dialects/sqlite.html.
    """

    @event.listens_for(engine, "connect")
    def take_over(connection: sqlite3.Connection, record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")

    @event.listens_for(engine, "begin")
    def begin_it(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _as_the_store_keeps_it(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: Any) -> None:
        _keep_a_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")


def _keep_a_wal(connection: sqlite3.Connection) -> None:
    # While another connection changes the mode of the same file SQLite says at once that it is locked, and waits for
    # nobody (https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode).
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
