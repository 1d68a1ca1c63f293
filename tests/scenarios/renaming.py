"""The demo's site and script with other names and other words in them."""

from collections.abc import Callable
from dataclasses import replace

from store.shifts import OFF
from store.site import Site

Change = Callable[[str], str]


def renamed(site: Site, change: Change) -> Site:
    """The same site with every name changed: of people, teams, crews, shifts, tools and versions."""
    return replace(
        site,
        people=tuple(replace(person, name=change(person.name)) for person in site.people),
        teams=tuple(
            replace(
                team,
                name=change(team.name),
                cycle=tuple(day if day == OFF else change(day) for day in team.cycle),
                shifts=tuple(replace(shift, name=change(shift.name)) for shift in team.shifts),
                crews=tuple(replace(crew, name=change(crew.name)) for crew in team.crews),
            )
            for team in site.teams
        ),
        tools=tuple(
            replace(
                tool,
                name=change(tool.name),
                teams=tuple(map(change, tool.teams)),
                versions=tuple(replace(version, name=change(version.name)) for version in tool.versions),
                depends_on=tuple(map(change, tool.depends_on)),
            )
            for tool in site.tools
        ),
    )
