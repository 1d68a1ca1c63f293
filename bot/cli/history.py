"""`alongside history`: how a tool's behaviour has changed, to read or to count with."""

import asyncio
from enum import StrEnum
from pathlib import Path

import typer

from bot.cli import database
from bot.render.tool_history import to_csv, to_markdown
from bot.texts import Texts
from store import tool_history
from store.site import workspace_meant
from store.store import Session
from store.tool_history import HistoryPage


class Format(StrEnum):
    """How it is written."""

    MD = "md"
    CSV = "csv"


def show_history(tool: str, wanted: Format, out: Path | None, workspace: str | None) -> None:
    """Write a tool's history to a file or to stdout; nothing is written when there is no such tool."""
    with database.ending_in_a_sentence():
        with database.visiting(database.database_url()) as store:
            found = asyncio.run(store.read(_whole, workspace, tool))
        written = (to_csv(found) if wanted is Format.CSV else to_markdown(found, Texts("en-US"))).encode()
        if out is None:
            typer.get_binary_stream("stdout").write(written)
        else:
            out.write_bytes(written)


def _whole(session: Session, workspace: str | None, tool: str) -> HistoryPage:
    meant = workspace_meant(session, workspace)
    assert meant.id is not None  # noqa: S101 - rows that are read have one
    return tool_history.whole(session, meant.id, tool)
