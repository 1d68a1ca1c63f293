"""Checks of what the database says of the site."""

from bot.cli.doctor.findings import Finding, Known, State
from store.site import TeamOverview

IMPORT = "Import the site file: alongside site import FILE.yaml"


async def site(known: Known) -> list[Finding]:
    """Whether a site was imported."""
    if not known.workspaces:
        return [Finding("site", State.PROBLEM, "No site was imported yet.", IMPORT)]
    teams = sum(len(workspace.teams) for workspace in known.workspaces)
    names = ", ".join(workspace.name for workspace in known.workspaces)
    return [Finding("site", State.OK, f"There is {names} with {teams} {'team' if teams == 1 else 'teams'}.")]


async def teams(known: Known) -> list[Finding]:
    """Whether every team has what an embedding in it needs: a lead, people in crews, a tool."""
    found = [_lacking(team) for workspace in known.workspaces for team in workspace.teams]
    lacking = [finding for finding in found if finding]
    if not found:
        return [Finding("teams", State.PROBLEM, "There is no team yet.", IMPORT)]
    return lacking or [Finding("teams", State.OK, "Every team has a lead, people in its crews and a tool.")]


def _lacking(team: TeamOverview) -> Finding | None:
    lacks = [
        what
        for what, there in (
            ("lead whose account is active", team.leads),
            ("crew", team.crews),
            ("person in a crew", team.members),
            ("tool", team.tools),
        )
        if not there
    ]
    if not lacks:
        return None
    says = f"{team.name} has no {', no '.join(lacks)}."
    return Finding("teams", State.PROBLEM, says, "Add what is missing to the site file, then import it again.")
