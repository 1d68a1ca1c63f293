"""Counts of reports: by kind, by status, by version. Facts about a tool, never about people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.render.packet import Change, Report, Tool
from store.feedback import FeedbackStatus, Kind


@dataclass(frozen=True, slots=True)
class KindCount:
    """The reports of one kind, and where they stand."""

    kind: str
    count: int
    statuses: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ByVersion:
    """Reports by kind for each version, in the order in which versions went live; None where no version was noted."""

    versions: tuple[str | None, ...]
    kinds: tuple[str, ...]
    counts: dict[tuple[str, str | None], int]

    def row(self, version: str | None) -> list[int]:
        """The counts of a version, kind by kind."""
        return [self.counts.get((kind, version), 0) for kind in self.kinds]

    def column(self, kind: str) -> list[int]:
        """The counts of a kind, version by version."""
        return [self.counts.get((kind, version), 0) for version in self.versions]


def by_kind(reports: Iterable[Report]) -> list[KindCount]:
    """The kinds, the most frequent first."""
    reports = list(reports)
    return [
        KindCount(kind, count, _ranked((row.status for row in reports if row.kind == kind), FeedbackStatus))
        for kind, count in _ranked((row.kind for row in reports), Kind)
    ]


def by_status(reports: Iterable[Report]) -> tuple[tuple[str, int], ...]:
    """The statuses, the most frequent first."""
    return _ranked((row.status for row in reports), FeedbackStatus)


def by_version(tool: Tool, changes: Iterable[Change]) -> ByVersion:
    """A tool's reports by kind and version, from the first version that a report or a change of the packet names.

    Versions before that one were not in use in the term: a zero would look as if nobody had complained.
    """
    named = {row.version for row in tool.reports}
    for change in changes:
        if change.tool == tool.name:
            named |= {change.version_from, change.version_to}
    listed = list(dict.fromkeys(tool.versions))
    first = next((place for place, version in enumerate(listed) if version in named), len(listed))
    versions: list[str | None] = [*listed[first:]]
    unlisted = {row.version for row in tool.reports} - set(versions)
    versions += sorted(version for version in unlisted if version is not None)
    if None in unlisted:
        versions.append(None)
    kinds = tuple(row.kind for row in by_kind(tool.reports))
    return ByVersion(tuple(versions), kinds, dict(Counter((row.kind, row.version) for row in tool.reports)))


def _ranked(words: Iterable[str], glossary: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Words with their counts: the most frequent first, then in the order of the glossary, then by the alphabet."""
    order = {word: place for place, word in enumerate(glossary)}
    counted = Counter(words)
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], order.get(item[0], len(order)), item[0])))
