"""How an import says what it changes, or would change."""

from collections.abc import Sequence

import typer

from store.site import Change, Verb

WOULD = {Verb.ADDED: "would add", Verb.CHANGED: "would change", Verb.REMOVED: "would remove"}


def show(changes: Sequence[Change], *, dry_run: bool) -> None:
    """A line for each change, and how many there are."""
    if not changes:
        typer.echo("Nothing to change.")
        return
    for change in changes:
        verb = WOULD[change.verb] if dry_run else change.verb.value
        typer.echo(f"{verb} {change.what} {change.name}" + (f" ({change.detail})" if change.detail else ""))
    said = "would be made. Nothing was written" if dry_run else "made"
    typer.echo(f"{counted(len(changes), 'change')} {said}.")


def counted(number: int, what: str) -> str:
    """Such as `1 change` and `2 changes`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
