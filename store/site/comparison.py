"""A site beside the rows of its workspace: every difference as a step that can be shown, and carried out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from store import access, shifts, user_groups
from store.access import Grant, Role, Scope
from store.days_off import HolidayCalendar, Shutdown
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused, RunAgain
from store.people import Person
from store.site.steps import Row, Step, Steps, Verb, in_words
from store.site.written import TEAM_ROLES, WORKSPACE_ROLES, Site, SiteCrew, SitePerson, SiteTeam, SiteTool
from store.teams import Crew, Member, Shift, Team
from store.tools import Tool, ToolDependency, ToolUse, ToolVersion
from store.workspaces import Workspace

TO_COME = 0
"""Stands in a foreign key of a new row until the row that it points at has its id."""


def workspace_query(site: Site) -> SelectOfScalar[Workspace]:
    """The query for a site's workspace."""
    return select(Workspace).where(Workspace.enterprise_id == site.enterprise_id, Workspace.slack_id == site.workspace)


def compare(session: Session, site: Site, at: datetime) -> list[Step]:
    """The steps that make the rows of a workspace say what a site says; nothing is written before they are run.

    Raises:
        Refused: Somebody would get a role that must not meet one that they have.
    """
    comparison = _Comparison(session, site, at)
    comparison.workspace()
    for person in site.people:
        comparison.person(person)
    for team in site.teams:
        comparison.team(team)
    for tool in site.tools:
        comparison.tool(tool)
    for tool in site.tools:
        comparison.dependencies(tool)
    comparison.roles()
    return comparison.steps.noted


class _Comparison:
    """Walks a site; reads rows and notes steps.

    A row that is still to be made has no id, so that a question about what belongs to it finds nothing.
    """

    def __init__(self, session: Session, site: Site, at: datetime) -> None:
        self.steps = Steps(session)
        self._session = session
        self._site = site
        self._at = at
        self._workspace = session.exec(workspace_query(site)).first() or Workspace(
            enterprise_id=site.enterprise_id, slack_id=site.workspace, name=site.name, created_at=at
        )
        self._written = {person.slack_id: person.name for person in site.people}
        here = self._workspace.id
        people = session.exec(select(Person).where(Person.workspace_id == here)).all()
        self._names = {person.id: person.name for person in people}
        self._people = {person.slack_id: person for person in people}
        self._stored_teams = session.exec(select(Team).where(Team.workspace_id == here)).all()
        self._teams: dict[str, Team] = {}
        tools = session.exec(select(Tool).where(Tool.workspace_id == here)).all()
        self._tools = {tool.name: tool for tool in tools}

    def workspace(self) -> None:
        """The workspace and its name."""
        if self._workspace.id is None:
            self.steps.note(Verb.ADDED, "workspace", self._site.name, self._site.workspace, self._make_workspace)
        else:
            self.steps.update("workspace", self._site.name, self._workspace, {"name": self._site.name})

    def _make_workspace(self) -> None:
        self._session.add(self._workspace)
        try:
            self._session.flush()
        except IntegrityError:  # two first imports at once
            raise RunAgain from None

    def person(self, person: SitePerson) -> None:
        """Somebody's name, and their zone and language until Slack has said those."""
        values: dict[str, Any] = {"name": person.name, "shared": person.shared}
        until_slack = {"zone": person.zone, "locale": person.locale}
        row = self._people.get(person.slack_id)
        if row is None or row.profile_at is None:
            values |= {key: word for key, word in until_slack.items() if word}
        if row is not None:
            self.steps.update("person", person.name, row, values)
            return
        values = {"zone": self._site.zone} | values
        row = Person(**values, workspace_id=TO_COME, slack_id=person.slack_id, created_at=self._at)
        self._people[person.slack_id] = row
        self.steps.add("person", person.name, row, {"workspace_id": self._workspace}, person.slack_id)

    def team(self, team: SiteTeam) -> None:
        """A team, its shifts, its crews and who works in them."""
        same = ("name", "site", "zone", "channel", "anchor", "emergency")
        values: dict[str, Any] = {key: getattr(team, key) for key in same} | {"cycle": list(team.cycle)}
        row = self._stored(team)
        if row is None:
            row = Team(**values, workspace_id=TO_COME, created_at=self._at)
            self.steps.add("team", team.name, row, {"workspace_id": self._workspace}, f"{team.site}, {team.zone}")
        else:
            self.steps.update("team", team.name, row, values)
        self._teams[team.name] = row
        self._shifts(team, row)
        self._crews(team, row)
        self._holidays(team, row)
        self._shutdowns(team, row)

    def _stored(self, team: SiteTeam) -> Team | None:
        """The team by its name; one whose name is gone from the file is known again by its channel."""
        written = {other.name for other in self._site.teams}
        named = [row for row in self._stored_teams if row.name == team.name]
        renamed = [row for row in self._stored_teams if row.channel == team.channel and row.name not in written]
        return next(iter(named + renamed), None)

    def _shifts(self, team: SiteTeam, row: Team) -> None:
        query = select(Shift).where(Shift.team_id == row.id)
        stored = {shift.name: shift for shift in self._session.exec(query)}
        for shift in team.shifts:
            name = f"{shift.name} of {team.name}"
            if shift.name in stored:
                values = {"starts": shift.starts, "minutes": shift.minutes}
                self.steps.update("shift", name, stored[shift.name], values)
            else:
                new = Shift(team_id=TO_COME, name=shift.name, starts=shift.starts, minutes=shift.minutes)
                self.steps.add("shift", name, new, {"team_id": row}, f"{shift.starts:%H:%M}, {shift.minutes} minutes")

    def _crews(self, team: SiteTeam, row: Team) -> None:
        query = select(Crew).where(Crew.team_id == row.id)
        stored = {crew.name: crew for crew in self._session.exec(query)}
        names = {crew.id: crew.name for crew in stored.values()}
        works_in: dict[str, Crew] = {}
        for crew in team.crews:
            name = f"{crew.name} of {team.name}"
            found = stored.get(crew.name)
            if found is None:
                found = Crew(team_id=TO_COME, name=crew.name, offset=crew.offset, user_group=crew.user_group)
                self.steps.add("crew", name, found, {"team_id": row}, f"offset {crew.offset}")
            else:
                self._crew(crew, name, found)
            works_in |= dict.fromkeys(crew.people, found)
        following = {stored[crew.name].id for crew in team.crews if crew.user_group and crew.name in stored}
        self._members(team, row, works_in, names, following)

    def _crew(self, crew: SiteCrew, name: str, row: Crew) -> None:
        self.steps.update("crew", name, row, {"offset": crew.offset})

        def follow() -> None:
            user_groups.take_up(row, crew.user_group)

        if crew.user_group != row.user_group:
            detail = f"user group {row.user_group or 'none'} → {crew.user_group or 'none'}"
            self.steps.note(Verb.CHANGED, "crew", name, detail, follow)

    def _members(
        self,
        team: SiteTeam,
        row: Team,
        works_in: Mapping[str, Crew],
        names: Mapping[Any, str],
        following: Collection[int | None],
    ) -> None:
        query = select(Member).where(Member.team_id == row.id)
        stored: dict[int | None, Member] = {member.person_id: member for member in self._session.exec(query)}
        for slack_id, crew in works_in.items():
            person = self._people[slack_id]
            member = stored.pop(person.id, None)
            if member is None:
                new = Member(team_id=TO_COME, person_id=TO_COME, crew_id=TO_COME)
                parents: dict[str, Row] = {"team_id": row, "person_id": person, "crew_id": crew}
                self.steps.add("member", self._name(slack_id), new, parents, f"crew {crew.name} of {team.name}")
            elif member.crew_id != crew.id:
                detail = f"crew {names[member.crew_id]} → {crew.name} of {team.name}"
                self.steps.point("member", self._name(slack_id), member, "crew_id", crew, detail)
        for member in stored.values():
            if member.crew_id in following:  # its user group says who is in it
                continue
            detail = f"crew {names[member.crew_id]} of {team.name}"
            self.steps.remove("member", self._names[member.person_id], member, detail)

    def _holidays(self, team: SiteTeam, row: Team) -> None:
        stored = self._session.exec(select(HolidayCalendar).where(HolidayCalendar.team_id == row.id)).first()
        written = team.holidays
        if written is None:
            if stored is not None:
                self.steps.remove("holidays", team.name, stored, stored.country)
            return
        same = ("country", "subdivision", "worked_through")
        values: dict[str, Any] = {key: getattr(written, key) for key in same} | {"categories": list(written.categories)}
        if stored is None:
            self.steps.add(
                "holidays", team.name, HolidayCalendar(**values, team_id=TO_COME), {"team_id": row}, written.country
            )
        else:
            self.steps.update("holidays", team.name, stored, values)

    def _shutdowns(self, team: SiteTeam, row: Team) -> None:
        """Those of the file; what people have noted themselves stays."""
        query = select(Shutdown).where(Shutdown.team_id == row.id, col(Shutdown.set_by_id).is_(None))
        stored = {(one.first_day, one.last_day, one.reason): one for one in self._session.exec(query)}
        for one in team.shutdowns:
            if stored.pop((one.first_day, one.last_day, one.reason), None) is None:
                new = Shutdown(
                    team_id=TO_COME,
                    first_day=one.first_day,
                    last_day=one.last_day,
                    reason=one.reason,
                    created_at=self._at,
                )
                self.steps.add("shutdown", team.name, new, {"team_id": row}, f"{one.first_day} to {one.last_day}")
        for gone in stored.values():
            self.steps.remove("shutdown", team.name, gone, f"{gone.first_day} to {gone.last_day}")

    def tool(self, tool: SiteTool) -> None:
        """A tool, its owner, its versions and the teams that use it."""
        owner = self._people[tool.owner]
        row = self._tools.get(tool.name)
        if row is None:
            row = Tool(workspace_id=TO_COME, name=tool.name, type=tool.type, owner_id=TO_COME, created_at=self._at)
            self._tools[tool.name] = row
            parents: dict[str, Row] = {"workspace_id": self._workspace, "owner_id": owner}
            detail = f"{tool.type}, owner {self._name(tool.owner)}"
            if tool.approver is not None:
                parents["approver_id"] = self._people[tool.approver]
                detail += f", approver {self._name(tool.approver)}"
            self.steps.add("tool", tool.name, row, parents, detail)
        else:
            self.steps.update("tool", tool.name, row, {"type": tool.type})
            if row.owner_id != owner.id:
                detail = f"owner {self._names[row.owner_id]} → {self._name(tool.owner)}"
                self.steps.point("tool", tool.name, row, "owner_id", owner, detail)
            self._approver(tool, row)
        self._versions(tool, row)
        self._uses(tool, row)

    def _approver(self, tool: SiteTool, row: Tool) -> None:
        """Whose OK its changes need: a file that names nobody any more takes that away."""
        before = self._names[row.approver_id] if row.approver_id is not None else "nobody"
        if tool.approver is not None:
            approver = self._people[tool.approver]
            if row.approver_id != approver.id:
                detail = f"approver {before} → {self._name(tool.approver)}"
                self.steps.point("tool", tool.name, row, "approver_id", approver, detail)
        elif row.approver_id is not None:
            detail = f"approver {before} → nobody"
            self.steps.note(Verb.CHANGED, "tool", tool.name, detail, lambda: setattr(row, "approver_id", None))

    def _versions(self, tool: SiteTool, row: Tool) -> None:
        query = select(ToolVersion).where(ToolVersion.tool_id == row.id)
        stored = {version.name: version for version in self._session.exec(query)}
        for version in tool.versions:
            name = f"{tool.name} {version.name}"
            begins = shifts.instant(version.live_from, time(), self._site.zone)
            if begins is None:
                raise ValueError(f"{version.live_from} does not exist in {self._site.zone}")
            found = stored.get(version.name)
            if found is None:
                new = ToolVersion(tool_id=TO_COME, name=version.name, live_from=begins)
                self.steps.add("version", name, new, {"tool_id": row}, f"live from {version.live_from}")
            elif shifts.local_day(found.live_from, self._site.zone) != version.live_from:
                # The file knows the day; a change note knows the minute, which stays when the day is the same.
                self.steps.update("version", name, found, {"live_from": begins})

    def _uses(self, tool: SiteTool, row: Tool) -> None:
        query = select(ToolUse).where(ToolUse.tool_id == row.id)
        stored: dict[int | None, ToolUse] = {use.team_id: use for use in self._session.exec(query)}
        for name, team in self._teams.items():
            use = stored.get(team.id)
            if name in tool.teams and use is None:
                new = ToolUse(team_id=TO_COME, tool_id=TO_COME)
                self.steps.add("use", tool.name, new, {"team_id": team, "tool_id": row}, f"by {name}")
            elif name not in tool.teams and use is not None:
                self.steps.remove("use", tool.name, use, f"by {name}")

    def dependencies(self, tool: SiteTool) -> None:
        """What a tool builds on."""
        row = self._tools[tool.name]
        query = select(ToolDependency).where(ToolDependency.tool_id == row.id)
        stored: dict[int | None, ToolDependency] = {link.on_tool_id: link for link in self._session.exec(query)}
        for other in self._site.tools:
            on = self._tools[other.name]
            link = stored.get(on.id)
            if other.name in tool.depends_on and link is None:
                new = ToolDependency(tool_id=TO_COME, on_tool_id=TO_COME)
                self.steps.add("dependency", tool.name, new, {"tool_id": row, "on_tool_id": on}, f"on {other.name}")
            elif other.name not in tool.depends_on and link is not None:
                self.steps.remove("dependency", tool.name, link, f"on {other.name}")

    def roles(self) -> None:
        """Who holds which role in the workspace and in the teams of the file."""
        held: dict[tuple[int | None, Role, Scope, int | None], Grant]
        held = {(grant.person_id, grant.role, grant.scope, grant.scope_id): grant for grant in self._held()}
        for slack_id, role, scope, place in self._wanted():
            person = self._people[slack_id]
            if held.pop((person.id, role, scope, place.id), None):
                continue
            self._refuse_if_they_must_not_meet(person, role, place)
            new = Grant(
                workspace_id=TO_COME,
                person_id=TO_COME,
                role=role,
                scope=scope,
                scope_id=TO_COME,
                granted_at=self._at,
            )
            parents: dict[str, Row] = {"workspace_id": self._workspace, "person_id": person, "scope_id": place}
            self.steps.add("role", self._name(slack_id), new, parents, _role_shown(role, place))
        places = {team.id: team for team in self._teams.values()}
        for grant in held.values():
            place = places[grant.scope_id] if grant.scope is Scope.TEAM else self._workspace
            self.steps.remove("role", self._names[grant.person_id], grant, _role_shown(grant.role, place))

    def _wanted(self) -> Iterable[tuple[str, Role, Scope, Workspace | Team]]:
        for person in self._site.people:
            for role in sorted(person.roles):
                yield person.slack_id, role, Scope.WORKSPACE, self._workspace
        for team in self._site.teams:
            for role, slack_ids in team.roles:
                for slack_id in slack_ids:
                    yield slack_id, role, Scope.TEAM, self._teams[team.name]

    def _held(self) -> Iterable[Grant]:
        """The grants that the file answers for, those of its teams and the workspace's."""
        teams = [team.id for team in self._teams.values() if team.id is not None]
        return self._session.exec(
            select(Grant)
            .where(
                Grant.workspace_id == self._workspace.id,
                or_(
                    (col(Grant.scope) == Scope.WORKSPACE) & col(Grant.role).in_(WORKSPACE_ROLES),
                    (col(Grant.scope) == Scope.TEAM) & col(Grant.role).in_(TEAM_ROLES) & col(Grant.scope_id).in_(teams),
                ),
            )
            .order_by(col(Grant.id))
        ).all()

    def _refuse_if_they_must_not_meet(self, person: Person, role: Role, place: Workspace | Team) -> None:
        """Nobody becomes the lead of the team that they are embedded in."""
        if not isinstance(place, Team) or person.id is None:
            return
        over = (EmbeddingStatus.CLOSED, EmbeddingStatus.CANCELLED)
        query = (
            select(Grant.role, Embedding)
            .join(Embedding, col(Embedding.id) == col(Grant.scope_id))
            .where(Grant.person_id == person.id, Grant.scope == Scope.EMBEDDING)
            .where(Embedding.team_id == place.id, col(Embedding.status).not_in(over))
        )
        for other, embedding in self._session.exec(query):
            if access.meet((role, Role(other))):
                raise Refused(
                    "{name} cannot be {role} of {team}: they are {other} of {reference}. Name somebody else.",
                    name=person.name,
                    role=in_words(role),
                    team=place.name,
                    other=in_words(other),
                    reference=embedding.reference,
                )

    def _name(self, slack_id: str) -> str:
        return self._written[slack_id]


def _role_shown(role: Role, place: Workspace | Team) -> str:
    return in_words(role) if isinstance(place, Workspace) else f"{in_words(role)} of {place.name}"
