"""A frozen review packet, read back from its JSON: the only source of the page that shows it."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from store.packets import SCHEMA
from store.privacy import Withheld

Figure = int | Withheld

NAME = 120
"""Characters shown of a name, a reference or a version."""
LINES = 40
"""Lines shown of a longer text."""

_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of the text around them, and of what stands behind them."""
_BLANK_LINES = re.compile(r"\n\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote, ready to be shown, and whether the end of it was left out."""

    shown: str
    cut: bool


@dataclass(frozen=True, slots=True)
class Report:
    """One report, as the packet holds it: no name, no text."""

    reference: str
    kind: str
    version: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Unsafe:
    """A report of something unsafe, and how long it took until somebody had it; None when nobody ever had."""

    tool: str
    reference: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a tool: what was reported among what it has shown; None where nobody has said how much that was."""

    monday: date
    shown: int | None
    false_alarms: int
    missed: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool with its versions, in the order in which they went live, and its reports."""

    name: str
    versions: tuple[str, ...]
    restrictions: int
    reports: tuple[Report, ...]
    unsafe: tuple[Unsafe, ...] = ()
    weeks: tuple[Week, ...] = ()
    """None in a packet from before exposure was entered."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change note and whether it helped, in a word."""

    reference: str
    tool: str
    what: Text
    why: Text
    version_from: str | None
    version_to: str | None
    live_on: date | None
    """The local day at the site."""
    answers: tuple[str, ...]
    state: str
    taken_back_on: date | None = None
    """The local day at the site; None too in a packet from before that was kept in it."""
    taken_back_because: Text = Text("", cut=False)


@dataclass(frozen=True, slots=True)
class Prompts:
    """What was asked at shift ends; a figure is withheld when too few people stand behind it."""

    sent: Figure
    answered: Figure
    said: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Packet:
    """All that a review is judged by."""

    reference: str
    team: str
    site: str
    zone: str
    first_day: date
    last_day: date
    frozen_on: date
    """The local day at the site."""
    exit_criteria: Text
    data_scientists: tuple[str, ...]
    sponsors: Mapping[str, str]
    """Names by role."""
    tools: tuple[Tool, ...]
    changes: tuple[Change, ...]
    prompts: Prompts
    observations: int

    @property
    def reports(self) -> int:
        """How many reports there are of all tools."""
        return sum(len(tool.reports) for tool in self.tools)

    @property
    def unsafe(self) -> tuple[Unsafe, ...]:
        """What was unsafe about all tools."""
        return tuple(one for tool in self.tools for one in tool.unsafe)

    @property
    def restrictions(self) -> int:
        """How many restrictions are in force on all tools."""
        return sum(tool.restrictions for tool in self.tools)


def read(packet: str) -> Packet:
    """Read a packet as `store.reviews.compile_packet` writes it.

    Raises:
        ValueError: It has another schema.
    """
    held = json.loads(packet)
    if held.get("schema") != SCHEMA:
        raise ValueError(f"This page reads packets of the schema {SCHEMA}, not {held.get('schema')!r}.")
    zone = str(held["zone"])
    return Packet(
        reference=name(held["reference"]),
        team=name(held["team"]),
        site=name(held["site"]),
        zone=zone,
        first_day=date.fromisoformat(held["first_day"]),
        last_day=date.fromisoformat(held["last_day"]),
        frozen_on=_local_day(held["compiled_at"], zone),
        exit_criteria=text(held["exit_criteria"], 4000),
        data_scientists=tuple(map(name, held["data_scientists"])),
        sponsors={name(role): name(person) for role, person in sorted(held["sponsors"].items())},
        tools=tuple(map(_tool, held["tools"])),
        changes=tuple(_change(change, zone) for change in held["changes"]),
        prompts=_prompts(held["prompts"]),
        observations=held["observations"],
    )


def name(written: str) -> str:
    """A name on one line and of bounded length."""
    line = " ".join(_harmless(written).split())
    return line if len(line) <= NAME else line[: NAME - 1].rstrip() + "…"


def text(written: str | None, longest: int = 1200) -> Text:
    """A text of bounded length in characters and lines."""
    whole = _BLANK_LINES.sub("\n\n", _harmless(written or "").strip())
    lines = whole[:longest].split("\n")[:LINES]
    shown = "\n".join(lines).rstrip()
    return Text(shown, cut=len(shown) < len(whole))


def _harmless(written: str) -> str:
    """The text without signs that nobody sees but that turn or break the page."""
    straight = _DIRECTIONS.sub("", written.replace("\r\n", "\n"))
    return "".join(_printable(sign) for sign in straight)


def _printable(sign: str) -> str:
    if sign in "\n\t":
        return sign
    category = unicodedata.category(sign)
    if category == "Cs":  # half of a surrogate pair: JSON can hold it, UTF-8 cannot
        return "\ufffd"
    return " " if category == "Cc" else sign


def _local_day(instant: str, zone: str) -> date:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date()


def _tool(held: dict[str, Any]) -> Tool:
    return Tool(
        name=name(held["name"]),
        versions=tuple(map(name, held["versions"])),
        restrictions=held["restrictions_in_force"],
        reports=tuple(
            Report(
                reference=name(report["reference"]),
                kind=name(report["kind"]),
                version=_version(report["version"]),
                status=name(report["status"]),
            )
            for report in held["reports"]
        ),
        # Packets of earlier versions say nothing of it.
        unsafe=tuple(
            Unsafe(name(held["name"]), name(one["reference"]), one["seen_after_minutes"])
            for one in held.get("unsafe", ())
        ),
        weeks=tuple(map(_week, held.get("exposure", ()))),
    )


def _week(held: dict[str, Any]) -> Week:
    return Week(date.fromisoformat(held["week"]), held["shown"], held["false_alarms"], held["missed"], held["wrong"])


def _change(held: dict[str, Any], zone: str) -> Change:
    return Change(
        reference=name(held["reference"]),
        tool=name(held["tool"]),
        what=text(held["what"]),
        why=text(held["why"]),
        version_from=_version(held["version_from"]),
        version_to=_version(held["version_to"]),
        live_on=_local_day(held["live_at"], zone) if held["live_at"] else None,
        answers=tuple(map(name, held["answers"])),
        state=name(held["state"]),
        taken_back_on=_local_day(held["rolled_back_at"], zone) if held.get("rolled_back_at") else None,
        taken_back_because=text(held.get("rolled_back_because")),
    )


def _version(held: str | None) -> str | None:
    return name(held) or None if held else None


def _prompts(held: dict[str, Any]) -> Prompts:
    return Prompts(
        sent=_figure(held["sent"]),
        answered=_figure(held["answered"]),
        said={name(answer): _figure(count) for answer, count in held["said"].items()},
    )


def _figure(held: Any) -> Figure:
    return Withheld(**held["withheld"]) if isinstance(held, dict) else int(held)
