"""From the parts of a site file to a site: the workspace, people and tools; teams have their own module."""

from datetime import date, time
from graphlib import CycleError, TopologicalSorter
from zoneinfo import available_timezones

import yaml

from bot.site_file.closures import read_holidays, read_shutdowns
from bot.site_file.flaws import Flaw
from bot.site_file.names import Names
from bot.site_file.parts import Part
from bot.site_file.teams import Place, read_emergency, read_teams
from store import shifts
from store.access import Role
from store.site import WORKSPACE_ROLES, Site, SitePerson, SiteTool, SiteVersion
from store.tools import ToolType

WORKSPACE_ID = "the id of a Slack workspace. It begins with T, such as T0REDSTONE"
ENTERPRISE_ID = "the id of an Enterprise Grid org. It begins with E, such as E0REDSTONE"
USER_ID = "a Slack user id. It begins with U or W, such as U0OLA; in Slack: their profile, ⋮, Copy member ID"


def read(node: yaml.Node, flaws: list[Flaw]) -> Site:
    """Read a whole file; what comes back beside flaws is not to be used."""
    file = Part(node, "", flaws, required=("workspace", "site", "people", "teams"), optional=("tools",))
    workspace = Part(file.node("workspace"), "workspace", flaws, required=("name",), optional=("slack", "enterprise"))
    if file.has("workspace") and not (workspace.has("slack") or workspace.has("enterprise")):
        workspace.flaw(workspace.line, "`slack` is missing. Add the workspace's id, such as T0REDSTONE.")
    optional = ("holidays", "shutdowns", "emergency")
    site = Part(file.node("site"), "site", flaws, required=("name", "zone"), optional=optional)
    zone = site.zone("zone")
    people = _people(file, flaws)
    names = Names(
        people={key: person.slack_id for key, person in people.items()} if file.has("people") else None,
        teams=_keys(file, "teams"),
        tools=_keys(file, "tools"),
    )
    place = Place(
        site.text("name"), zone, read_holidays(site, flaws), read_shutdowns(site, flaws), read_emergency(site)
    )
    return Site(
        enterprise_id=workspace.slack_id("enterprise", "E", ENTERPRISE_ID),
        workspace=workspace.slack_id("slack", "T", WORKSPACE_ID),
        name=workspace.text("name"),
        zone=zone,
        people=tuple(people.values()),
        teams=read_teams(file, place, names, flaws),
        tools=_tools(file, zone, names, flaws),
    )


def _keys(file: Part, section: str) -> tuple[str, ...] | None:
    if not file.has(section):
        return None
    # The section itself is read elsewhere, and its flaws are found there.
    return tuple(word.text for word in Part(file.node(section), section, [], open_keys=True).headings())


def _people(file: Part, flaws: list[Flaw]) -> dict[str, SitePerson]:
    section = Part(file.node("people"), "people", flaws, open_keys=True)
    first: dict[str, str] = {}
    found: dict[str, SitePerson] = {}
    for key in section.headings():
        person = Part(
            section.node(key.text),
            f"person {key.text}",
            flaws,
            required=("slack", "name"),
            optional=("zone", "locale", "shared", "roles"),
        )
        slack_id = person.slack_id("slack", "UW", USER_ID)
        if slack_id and slack_id in first:
            person.flaw(person.line_of("slack"), f"{slack_id} is {first[slack_id]} already. Keep one of them.")
        first.setdefault(slack_id, key.text)
        found[key.text] = SitePerson(
            slack_id=slack_id,
            name=person.text("name"),
            zone=person.zone("zone") if person.has("zone") else None,
            locale=person.locale("locale") if person.has("locale") else None,
            shared=person.yes_or_no("shared"),
            roles=_roles(person),
        )
    return found


def _roles(person: Part) -> frozenset[Role]:
    found = [person.choice(word, WORKSPACE_ROLES, "roles") for word in person.unique_words("roles")]
    return frozenset(role for role in found if role)


def _tools(file: Part, zone: str, names: Names, flaws: list[Flaw]) -> tuple[SiteTool, ...]:
    section = Part(file.node("tools"), "tools", flaws, open_keys=True)
    parts = {
        key.text: Part(
            section.node(key.text),
            f'tool "{key.text}"',
            flaws,
            required=("type", "owner", "teams"),
            optional=("versions", "depends_on", "approver"),
        )
        for key in section.headings()
    }
    tools = tuple(_tool(name, part, zone, names, flaws) for name, part in parts.items())
    _refuse_circles(tools, parts)
    return tools


def _tool(name: str, part: Part, zone: str, names: Names, flaws: list[Flaw]) -> SiteTool:
    return SiteTool(
        name=name,
        type=part.one_of("type", ToolType),
        owner=names.person(part, part.word("owner", "a person's key"), "owner"),
        teams=part.references("teams", "team", names.teams),
        versions=_versions(name, part, zone, flaws),
        depends_on=part.references("depends_on", "tool", names.tools),
        approver=_approver(part, names),
    )


def _approver(part: Part, names: Names) -> str | None:
    return names.person(part, part.word("approver", "a person's key"), "approver") if part.has("approver") else None


def _versions(tool: str, part: Part, zone: str, flaws: list[Flaw]) -> tuple[SiteVersion, ...]:
    found: dict[str, SiteVersion] = {}
    for node in part.entries("versions"):
        version = Part(node, f'tool "{tool}", a version', flaws, required=("name", "live_from"))
        name = version.text("name")
        day = version.day("live_from")
        if name in found:
            version.flaw(version.line, f"{name} is there twice. Keep one of them.")
        if not _exists(day, zone):
            version.flaw(version.line_of("live_from"), f"{day} does not exist in {zone}. Take the day after.")
        found[name] = SiteVersion(name, day)
    return tuple(found.values())


def _exists(day: date, zone: str) -> bool:
    if zone not in available_timezones() or day == date.min:  # a flaw already
        return True
    return shifts.instant(day, time(), zone) is not None


def _refuse_circles(tools: tuple[SiteTool, ...], parts: dict[str, Part]) -> None:
    try:
        TopologicalSorter({tool.name: tool.depends_on for tool in tools}).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        part = parts[circle[0]]
        part.flaw(part.line_of("depends_on"), f"it depends on itself: {' → '.join(circle)}. Take one of these out.")
