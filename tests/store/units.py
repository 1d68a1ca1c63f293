"""Units of work for the tests of the writers, and what can happen to a database meanwhile."""

from collections.abc import Callable

from sqlmodel import Session, select, text

from store.errors import Refused
from store.workspaces import Workspace
from tests.store.site import MONDAY


def add(name: str) -> Callable[[Session], str]:
    """Adds a workspace through the ORM, so that the write is at the flush."""

    def unit(session: Session) -> str:
        session.add(Workspace(slack_id=name, name=name, created_at=MONDAY))
        return f"added {name}"

    return unit


def refuse(session: Session) -> None:
    """Is refused before it writes."""
    session.exec(select(Workspace)).all()
    raise Refused("Not today.")


def cut_off_others(session: Session) -> None:
    """The server ends all other connections to this database, as it does when it is restarted."""
    session.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )
