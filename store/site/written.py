"""What an administrator writes down of a site, as values. People are Slack ids, teams and tools are names."""

from dataclasses import dataclass
from datetime import date

from store.access import Role
from store.shifts import Pattern, ShiftTimes
from store.tools import ToolType

WORKSPACE_ROLES = (Role.COORDINATOR, Role.WORKER_REPRESENTATIVE, Role.DELIVERY, Role.ADMIN)
"""The roles that a site gives to people for the whole workspace."""
TEAM_ROLES = (Role.LEAD, Role.DUTY_CONTACT, Role.CHAMPION)
"""The roles that a site gives to people in a team."""


@dataclass(frozen=True, slots=True)
class SitePerson:
    """A Slack user. Zone (the site's when absent) and locale (English) hold until Slack has said its own."""

    slack_id: str
    name: str
    zone: str | None = None
    locale: str | None = None
    shared: bool = False
    roles: frozenset[Role] = frozenset()
    """Some of `WORKSPACE_ROLES`."""


@dataclass(frozen=True, slots=True)
class SiteCrew:
    """A crew: how many days after the anchor its cycle begins, and who works in it."""

    name: str
    offset: int
    people: tuple[str, ...] = ()
    user_group: str | None = None
    """The id of the Slack user group whose people work in it, instead of `people`."""


@dataclass(frozen=True, slots=True)
class SiteHolidays:
    """Which public holidays a team has, by the codes of the library `holidays`, and whether it works through them."""

    country: str
    subdivision: str | None = None
    categories: tuple[str, ...] = ("public",)
    worked_through: bool = False


@dataclass(frozen=True, slots=True)
class SiteShutdown:
    """Days on which a team does not work, and why."""

    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class SiteTeam:
    """An operational team; a day off in its cycle is `shifts.OFF`."""

    name: str
    site: str
    zone: str
    channel: str
    anchor: date
    cycle: tuple[str, ...]
    shifts: tuple[ShiftTimes, ...]
    crews: tuple[SiteCrew, ...]
    leads: tuple[str, ...] = ()
    duty_contacts: tuple[str, ...] = ()
    champions: tuple[str, ...] = ()
    holidays: SiteHolidays | None = None
    shutdowns: tuple[SiteShutdown, ...] = ()
    emergency: str | None = None
    """The number to call in danger."""

    @property
    def pattern(self) -> Pattern:
        """Its shift pattern as a value that occurrences are computed from."""
        return Pattern(self.zone, self.anchor, self.cycle, {shift.name: shift for shift in self.shifts})

    @property
    def roles(self) -> tuple[tuple[Role, tuple[str, ...]], ...]:
        """Who holds which role in the team."""
        return tuple(zip(TEAM_ROLES, (self.leads, self.duty_contacts, self.champions), strict=True))


@dataclass(frozen=True, slots=True)
class SiteVersion:
    """A version of a tool and the day, on the site's clock, since when it is live."""

    name: str
    live_from: date


@dataclass(frozen=True, slots=True)
class SiteTool:
    """A tool: who owns it, which teams use it, what it depends on."""

    name: str
    type: ToolType
    owner: str
    teams: tuple[str, ...] = ()
    versions: tuple[SiteVersion, ...] = ()
    depends_on: tuple[str, ...] = ()
    approver: str | None = None
    """Whose OK its changes need before they go live."""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that is written down of a site. Every Slack id and name that it refers to is in it."""

    enterprise_id: str
    workspace: str
    name: str
    zone: str
    people: tuple[SitePerson, ...]
    teams: tuple[SiteTeam, ...]
    tools: tuple[SiteTool, ...]
