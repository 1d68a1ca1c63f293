"""`alongside demo`: the whole story on a progress bar, the check, and the table of what happened."""

import asyncio
import logging
import shutil
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.demo.check import Compared, compare
from bot.demo.stage import staged
from bot.demo.story import Story, starts_at
from bot.local_slack import NotAsExpected
from bot.logs import configure_logs
from bot.site_file import read_site
from store import accounts
from store.site import Site

SITE_FILE = Path(__file__).parents[1] / "demo" / "site.yaml"


def demo(folder: Path, *, http: bool) -> None:
    """Play the story in a folder of its own; exit 1 when somebody did not see what they should have seen."""
    configure_logs(logging.WARNING)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    console = Console()
    try:
        compared = asyncio.run(_play(console, folder, http=http))
    except NotAsExpected as surprise:
        console.print(f"\n[bold red]The story stopped:[/] {surprise}", highlight=False)
        sys.exit(1)
    _report(console, compared, folder)
    if compared.differences:
        sys.exit(1)


async def _play(console: Console, folder: Path, *, http: bool) -> Compared:
    site = read_site(SITE_FILE.read_text(encoding="utf-8"))
    assert isinstance(site, Site)  # noqa: S101 - a test holds the demo's own site file valid
    start = starts_at(site)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=console,
    )
    with bar:
        task = bar.add_task(site.name, total=1.0)

        def show(now: datetime, share: float) -> None:
            day = now.astimezone(start.tzinfo).strftime("%a %d %b %H:%M")
            bar.update(task, completed=share, description=f"{site.name}, {day}")

        async with staged(site, start, folder, http=http) as stage:
            await Story(stage).play(show)
            account = await stage.app.store.read(accounts.account)
            return compare(stage.slack.journal, account)


def _report(console: Console, compared: Compared, folder: Path) -> None:
    table = Table("Acts in", "", "Messages out", "", title="What happened", title_justify="left")
    acts, messages = _lines(compared.acts), _lines(compared.messages)
    for place in range(max(len(acts), len(messages))):
        table.add_row(*_at(acts, place), *_at(messages, place))
    table.add_section()
    table.add_row("in all", str(compared.acts.total()), "in all", str(compared.messages.total()), style="bold")
    console.print(table)
    for difference in compared.differences:
        console.print(f"[bold red]Does not fit:[/] {difference}", highlight=False)
    if not compared.differences:
        console.print("Checked: every act has its request and its event, every message its delivery.")
    for packet in sorted((folder / "reviews").glob("*.html")):
        console.print(f"The review packet: {packet}", soft_wrap=True, highlight=False)


def _lines(counts: Counter[str]) -> list[tuple[str, str]]:
    return [(kind.replace("_", " "), str(count)) for kind, count in sorted(counts.items())]


def _at(lines: list[tuple[str, str]], place: int) -> tuple[str, str]:
    return lines[place] if place < len(lines) else ("", "")
