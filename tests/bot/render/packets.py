"""Packets as `store.reviews.compile_packet` writes them, made by hand."""

import json
import re
from typing import Any

from store.packets import SCHEMA

Held = dict[str, Any]

PANEL, FORECAST = "Crusher panel", "Bearing forecast"


def written(held: Held) -> str:
    """The canonical JSON of a packet; half a surrogate pair, which UTF-8 cannot hold, stays an escape."""
    whole = json.dumps(held, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", whole)


def empty(**other: Any) -> Held:
    """The packet of a term in which nothing was reported, changed, asked or seen."""
    return {
        "schema": SCHEMA,
        "reference": "E-1",
        "team": "Fixed plant maintenance",
        "site": "Red Ridge",
        "zone": "Australia/Perth",
        "first_day": "2026-03-02",
        "last_day": "2026-05-22",
        "exit_criteria": "False alarms on the crusher panel are rare enough that the night crew leaves it switched on.",
        "compiled_at": "2026-05-22T17:30:00+00:00",
        "data_scientists": ["Mirela Costin"],
        "sponsors": {"sponsor_data": "Viktor Hallberg", "sponsor_operations": "Grace Okafor"},
        "tools": [tool(PANEL)],
        "changes": [],
        "prompts": {"sent": 0, "answered": 0, "said": {}},
        "observations": 0,
    } | other


def tool(name: str, *rows: tuple[str, str | None, str], start: int = 1, **other: Any) -> Held:
    """A tool with reports as (kind, version, status), numbered from `start`."""
    return {
        "name": name,
        "type": "alarm",
        "versions": [],
        "restrictions_in_force": 0,
        "reports": [
            {"reference": f"F-{number}", "kind": kind, "version": version, "status": status}
            for number, (kind, version, status) in enumerate(rows, start)
        ],
        "by_status": {},
        "by_kind": {},
    } | other


def change(reference: str, **other: Any) -> Held:
    """A change of the crusher panel."""
    return {
        "reference": reference,
        "tool": PANEL,
        "what": "The vibration alarm waits for three readings in a row.",
        "why": "One reading is often the feeder starting up.",
        "version_from": "2.3",
        "version_to": "2.4",
        "live_at": "2026-03-20T22:10:00+00:00",
        "answers": ["F-1"],
        "state": "confirmed",
    } | other


def withheld(people: int = 5) -> Held:
    """A figure that too few people stand behind."""
    return {"withheld": {"people_needed": people}}


def term() -> Held:
    """A term in a mine's maintenance shop: two tools, 24 reports, five changes, three versions."""
    panel = tool(
        PANEL,
        ("false_alarm", "2.3", "confirmed"),
        ("false_alarm", "2.3", "confirmed"),
        ("too_often", "2.3", "confirmed"),
        ("false_alarm", "2.3", "confirmed"),
        ("missed", "2.3", "confirmed"),
        ("false_alarm", "2.3", "duplicate"),
        ("unclear", "2.3", "explained"),
        ("false_alarm", "2.3", "contested"),
        ("good_catch", "2.3", "acknowledged"),
        ("false_alarm", "2.3", "confirmed"),
        ("cannot_follow", "2.4", "passed_on"),
        ("false_alarm", "2.4", "contested"),
        ("too_often", "2.4", "changed"),
        ("false_alarm", "2.4", "confirmed"),
        ("good_catch", "2.4", "acknowledged"),
        ("missed", "2.4", "not_seen_since"),
        ("false_alarm", "2.4", "confirmed"),
        ("idea", "2.4", "accepted"),
        ("missed", None, "declined"),
        ("false_alarm", "2.5", "new"),
        ("good_catch", "2.5", "acknowledged"),
        versions=["2.1", "2.2", "2.3", "2.4", "2.5"],
        restrictions_in_force=1,
        unsafe=[
            {"reference": "F-19", "seen_after_minutes": 4},
            {"reference": "F-5", "seen_after_minutes": 1},
            {"reference": "F-16", "seen_after_minutes": None},
        ],
    )
    forecast = tool(
        FORECAST,
        ("wrong_value", "1.0", "changed"),
        ("too_late", "1.0", "passed_on"),
        ("wrong_value", "1.1", "withdrawn"),
        start=22,
        type="forecast",
        versions=["1.0", "1.1"],
    )
    changes = [
        change("C-1", answers=["F-1", "F-2", "F-4", "F-10"]),
        change(
            "C-2",
            what="The same bearing alarms once an hour at most, until somebody has looked at it.",
            why="The panel rang eleven times for one dry pinion on the night of 14 March. Nobody reads the eleventh.",
            answers=["F-3"],
        ),
        change(
            "C-3",
            what="Conveyor CV-04 has its own limits when it runs wet ore.",
            why="Wet ore shakes the belt more. The old limits came from the dry months.\n"
            "Afternoon crew says quiet now, night crew still gets one a week.",
            version_from="2.4",
            version_to="2.5",
            live_at="2026-04-24T18:00:00+00:00",
            answers=["F-8", "F-12", "F-14", "F-17"],
            state="mixed",
        ),
        change(
            "C-4",
            what="An idler that seizes is seen from its temperature as well.",
            why="The seized idler of 9 April ran hot for two hours before it shook.",
            version_from="2.4",
            version_to="2.5",
            live_at="2026-04-24T18:00:00+00:00",
            answers=["F-16"],
            state="not_seen_since",
        ),
        change(
            "C-5",
            tool=FORECAST,
            what="Hours left are counted from the last regrease, not from the last change of the bearing.",
            why="",
            version_from="1.0",
            version_to="1.1",
            live_at=None,
            answers=["F-22"],
            state="no_verdict",
        ),
    ]
    said = {"helped": 41, "no_difference": 22, "in_the_way": 9, "not_used": 14}
    return empty(
        exit_criteria="Fewer than two false alarms a week from the crusher panel, four weeks running.\n"
        "No bearing lost that the panel should have seen.\n"
        "The night crew keeps the panel switched on because it wants to, not because it must.",
        data_scientists=["Mirela Costin", "Tomasz Wrona"],
        tools=[panel, forecast],
        changes=changes,
        prompts={"sent": 132, "answered": 86, "said": said},
        observations=7,
    )


def long_term() -> Held:
    """A long term: 900 reports, 60 changes, 24 versions."""
    kinds = ("false_alarm", "missed", "too_often", "unclear", "good_catch", "idea", "other")
    statuses = ("confirmed", "contested", "declined", "carried_over", "duplicate", "changed")
    versions = [f"3.{minor}" for minor in range(24)]
    rows = [(kinds[n * n % 7], versions[n * 24 // 900], statuses[n % 6]) for n in range(900)]
    states = ("confirmed", "mixed", "contested", "not_seen_since", "no_verdict")
    changes = [
        change(f"C-{n}", answers=[f"F-{n * 15 + i}" for i in range(15)], state=states[n % 5]) for n in range(1, 61)
    ]
    return empty(tools=[tool(PANEL, *rows, versions=versions)], changes=changes, observations=212)
