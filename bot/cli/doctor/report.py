"""`alongside doctor`: a line for each finding, or JSON."""

import asyncio
import json
import shutil
from collections import Counter
from dataclasses import asdict

import typer

from bot.cli.doctor.examination import LABELS, examine
from bot.cli.doctor.findings import Finding, Machine, State
from jobs.clock import SystemClock

SIGNS = {
    State.OK: "✓ fine",
    State.WARNING: "! look",
    State.PROBLEM: "✗ wrong",
    State.SKIPPED: "– skipped",
}


def doctor(*, as_json: bool) -> None:
    """Look at everything and say what is wrong and what to do; exit 1 when something is wrong."""
    machine = Machine(SystemClock().now(), lambda place: shutil.disk_usage(place).free)
    found = asyncio.run(examine(machine))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in found], indent=2, ensure_ascii=False))
    else:
        for finding in found:
            typer.echo(line(finding))
        typer.echo(summary(found))
    raise typer.Exit(any(finding.state is State.PROBLEM for finding in found))


def line(finding: Finding) -> str:
    """A finding as people read it; the word beside the sign says the same as the sign."""
    return f"{SIGNS[finding.state]:<10} {LABELS[finding.check]}: {finding.says} {finding.do}".rstrip()


def summary(found: list[Finding]) -> str:
    """What it all comes to."""
    states = Counter(finding.state for finding in found)
    wrong, look = states[State.PROBLEM], states[State.WARNING]
    said = [f"{wrong} wrong" if wrong else "", f"{look} to look at" if look else ""]
    return f"{', '.join(part for part in said if part)}." if wrong or look else "All is well."
