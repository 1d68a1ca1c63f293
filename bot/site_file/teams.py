"""The teams of a site file: channels, crews, and who holds which role; their shifts have a module of their own."""

from dataclasses import dataclass

import yaml

from bot.site_file.closures import read_holidays, read_shutdowns
from bot.site_file.flaws import Flaw
from bot.site_file.names import Names
from bot.site_file.parts import Part, Word
from bot.site_file.patterns import TeamPattern, count_crews, read_pattern
from store import access
from store.access import Role
from store.site import SiteCrew, SiteHolidays, SiteShutdown, SiteTeam

CHANNEL_ID = (
    "a Slack channel id. It begins with C or G, such as C0WORKSHOP; in Slack: at the end of the channel's details"
)
GROUP_ID = "the id of a Slack user group. It begins with S, such as S0CREWA; in Slack: in the group's address"
ROLE_LISTS = {"leads": Role.LEAD, "duty_contacts": Role.DUTY_CONTACT, "champions": Role.CHAMPION}
MUST_NOT_MEET = (*access.MUST_NOT_MEET, frozenset({Role.CHAMPION, Role.LEAD}))
"""A champion has no line authority over those who report: people tell a colleague what they would not tell a lead."""


@dataclass(frozen=True, slots=True)
class Place:
    """What holds for every team of a site that does not say otherwise; its shutdowns hold for all that are there."""

    name: str
    zone: str
    holidays: SiteHolidays | None
    shutdowns: tuple[SiteShutdown, ...]
    emergency: str | None = None


def read_teams(file: Part, place: Place, names: Names, flaws: list[Flaw]) -> tuple[SiteTeam, ...]:
    """Read the teams."""
    section = Part(file.node("teams"), "teams", flaws, open_keys=True)
    channels: dict[str, str] = {}
    found: list[SiteTeam] = []
    for key in section.headings():
        part = Part(
            section.node(key.text),
            f'team "{key.text}"',
            flaws,
            required=("channel", "pattern", "crews"),
            optional=("shifts", "anchor", "site", "zone", "holidays", "shutdowns", "emergency", *ROLE_LISTS),
        )
        team = _team(key.text, part, place, names, flaws)
        if team.channel and team.channel in channels:
            part.flaw(
                part.line_of("channel"),
                f"{team.channel} is the channel of {channels[team.channel]} already. Give each team its own.",
            )
        channels.setdefault(team.channel, key.text)
        found.append(team)
    return tuple(found)


def _team(name: str, part: Part, place: Place, names: Names, flaws: list[Flaw]) -> SiteTeam:
    pattern = read_pattern(part, flaws)
    holders = _holders(part, names)
    site = part.text("site") if part.has("site") else place.name
    return SiteTeam(
        name=name,
        site=site,
        zone=part.zone("zone") if part.has("zone") else place.zone,
        channel=part.slack_id("channel", "CG", CHANNEL_ID),
        anchor=pattern.anchor,
        cycle=pattern.cycle,
        shifts=pattern.shifts,
        crews=_crews(part, pattern, names, flaws),
        holidays=read_holidays(part, flaws) or place.holidays,
        shutdowns=_each_once((*(place.shutdowns if site == place.name else ()), *read_shutdowns(part, flaws))),
        emergency=read_emergency(part) if part.has("emergency") else place.emergency if site == place.name else None,
        **holders,
    )


def read_emergency(part: Part) -> str | None:
    """The number to call in danger, as people say it there; None when none is written."""
    return part.text("emergency", "the number that people call in danger") if part.has("emergency") else None


def _each_once(shutdowns: tuple[SiteShutdown, ...]) -> tuple[SiteShutdown, ...]:
    return tuple(dict.fromkeys(shutdowns))


def _crews(part: Part, pattern: TeamPattern, names: Names, flaws: list[Flaw]) -> tuple[SiteCrew, ...]:
    section = Part(part.node("crews"), f"{part.where}, crews", flaws, open_keys=True)
    if pattern.ready:
        count_crews(part, pattern.ready, section.headings())
    # A ready pattern says itself when the cycle of each crew begins; of one that is not known nobody can tell.
    required = ("offset",) if pattern.cycle and not pattern.ready else ()
    optional = () if pattern.cycle else ("offset",)
    works_in: dict[str, str] = {}
    found: list[SiteCrew] = []
    for place, key in enumerate(section.headings()):
        where = f"{part.where}, crew {key.text}"
        node = section.node(key.text)
        people = "user_group" if _has_key(node, "user_group") else "people"
        crew = Part(node, where, flaws, required=(*required, people), optional=optional)
        members = names.persons(crew, "people")
        for _, word in members:
            other = works_in.setdefault(word.text, key.text)
            if other != key.text:
                crew.flaw(word.line, f"{word.text} is in crew {other} too. Keep them in one crew of a team.")
        offset = _offset(crew, pattern, place)
        group = crew.slack_id("user_group", "S", GROUP_ID) if crew.has("user_group") else None
        found.append(SiteCrew(key.text, offset, tuple(slack_id for slack_id, _ in members), group))
    return tuple(found)


def _has_key(node: yaml.Node | None, key: str) -> bool:
    return isinstance(node, yaml.MappingNode) and any(name.value == key for name, _ in node.value)


def _offset(crew: Part, pattern: TeamPattern, place: int) -> int:
    if pattern.ready:
        return pattern.ready.offsets[place % len(pattern.ready.offsets)]
    days = len(pattern.cycle)
    return crew.number("offset", 0, days - 1) if days else 0


def _holders(part: Part, names: Names) -> dict[str, tuple[str, ...]]:
    holders = {key: names.persons(part, key) for key in ROLE_LISTS}
    roles: dict[str, set[Role]] = {}
    for key, people in holders.items():
        for _, word in people:
            roles.setdefault(word.text, set()).add(ROLE_LISTS[key])
            _refuse_meeting(part, word, roles[word.text])
    return {key: tuple(slack_id for slack_id, _ in people) for key, people in holders.items()}


def _refuse_meeting(part: Part, word: Word, roles: set[Role]) -> None:
    for pair in MUST_NOT_MEET:
        if pair <= roles:
            both = " and ".join(sorted(role.value.replace("_", " ") for role in pair))
            part.flaw(word.line, f"{word.text} cannot be {both} of one team. Name somebody else for one of them.")
