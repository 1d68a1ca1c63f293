"""`alongside export`: reports as CSV, for the embedded people's scripts."""

import asyncio
import csv
import io
from dataclasses import fields
from datetime import datetime
from pathlib import Path

import typer

from bot.cli import database
from store import exports, references
from store.errors import Refused
from store.exports import ExportedReport
from store.people import Caller
from store.references import Series
from store.site import workspace_meant

COLUMNS = [field.name for field in fields(ExportedReport)]


def export_reports(reference: str, user: str, out: Path | None, workspace: str | None) -> None:
    """Write an embedding's reports to a file or to stdout; nothing is written when the store refuses."""
    with database.ending_in_a_sentence():
        number = references.read(Series.EMBEDDING, reference)
        if number is None:
            raise Refused("{reference} is not an embedding's reference. Write it as E-1.", reference=reference)
        with database.visiting(database.database_url()) as store:
            meant = asyncio.run(store.read(workspace_meant, workspace))
            caller = Caller(meant.enterprise_id, meant.slack_id, user)
            reports = asyncio.run(store.read(exports.export, number, by=caller))
        written = to_csv(reports).encode()
        if out is None:
            typer.get_binary_stream("stdout").write(written)
        else:
            out.write_bytes(written)


def to_csv(reports: list[ExportedReport]) -> str:
    """Reports as CSV with a header, instants in ISO 8601; a csv reader gives back every text as it was."""
    # Everything is quoted: a writer that quotes only what it must leaves a lone carriage return bare.
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for report in reports:
        writer.writerow(_cell(getattr(report, column)) for column in COLUMNS)
    return lines.getvalue()


def _cell(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value
