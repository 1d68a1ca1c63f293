"""A site as its administrator writes it down, and what an import of it changes.

The dry run and the import share one comparison: it walks the site beside the rows of its workspace and notes every
difference as a step. The dry run shows the steps, the import carries them out.

What is no longer written down stays, because reports and reviews refer to it: people, teams, crews, shifts, tools
and versions are never deleted. What a team or a tool that *is* written down has follows the file: who works in its
crews, who holds a role, which teams use a tool, what it depends on.
"""

from collections import Counter
from datetime import datetime

from sqlmodel import Session, select

from store import history, planned_days, workspaces
from store.errors import Refused
from store.site.comparison import compare, workspace_query
from store.site.overview import TeamOverview, WorkspaceOverview, overview
from store.site.steps import Change, Verb
from store.site.written import (
    WORKSPACE_ROLES,
    Site,
    SiteCrew,
    SiteHolidays,
    SitePerson,
    SiteShutdown,
    SiteTeam,
    SiteTool,
    SiteVersion,
)
from store.workspaces import Workspace

__all__ = (
    "WORKSPACE_ROLES",
    "Change",
    "Site",
    "SiteCrew",
    "SiteHolidays",
    "SitePerson",
    "SiteShutdown",
    "SiteTeam",
    "SiteTool",
    "SiteVersion",
    "TeamOverview",
    "Verb",
    "WorkspaceOverview",
    "import_site",
    "overview",
    "plan_site",
    "workspace_meant",
)


def plan_site(session: Session, site: Site, *, at: datetime) -> list[Change]:
    """What an import would change, in the order in which it would; empty when the database says the same.

    Raises:
        Refused: Somebody would get a role that must not meet one that they have.
    """
    return [step.change for step in compare(session, site, at)]


def import_site(session: Session, site: Site, *, at: datetime) -> list[Change]:
    """Make the database say what a site says; a second time it changes nothing and touches no row.

    Returns:
        What it changed, in order.

    Raises:
        Refused: Somebody would get a role that must not meet one that they have.
        RunAgain: Another import made the workspace a moment ago.
    """
    # Imports of one workspace go one after the other, so that the comparison is true until this one commits.
    session.exec(workspace_query(site).with_for_update()).first()
    steps = compare(session, site, at)
    for step in steps:
        step.carry_out()
    session.flush()
    if steps:
        _record(session, site, Counter(step.change.verb.value for step in steps), at)
    return [step.change for step in steps]


def workspace_meant(session: Session, slack_id: str | None = None) -> Workspace:
    """The workspace with a Slack id, or the only one that there is.

    Raises:
        Refused: There is none, there is no such one, or there are several and none was named.
    """
    found = session.exec(select(Workspace).order_by(Workspace.slack_id)).all()
    if not found:
        raise Refused("There is no workspace here yet. Import a site first: alongside site import FILE.yaml")
    named = [workspace for workspace in found if slack_id in (None, workspace.slack_id)]
    ids = ", ".join(workspace.slack_id for workspace in found)
    if not named:
        raise Refused("There is no workspace {workspace} here. There is: {ids}.", workspace=slack_id, ids=ids)
    if len(named) > 1:
        raise Refused("There are several workspaces here. Name one of them with --workspace: {ids}.", ids=ids)
    return named[0]


def _record(session: Session, site: Site, verbs: Counter[str], at: datetime) -> None:
    workspace = workspaces.find(session, site.enterprise_id, site.workspace)
    assert workspace is not None  # noqa: S101 - it was found or made just now
    planned_days.look_soon_at_workspace(session, workspace.key, at=at)
    history.record(session, workspace.key, "site_imported", "workspace", workspace.key, at=at, data=verbs)
