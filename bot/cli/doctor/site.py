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


async def danger(known: Known) -> list[Finding]:
    """Whether something unsafe reaches somebody in every team that works with a tool, and who is called in danger."""
    in_use = [team for workspace in known.workspaces for team in workspace.teams if team.tools or team.under_way]
    found = [finding for team in in_use for finding in (_nobody_to_tell(team), _no_number(team)) if finding]
    if found:
        return found
    says = "Every team that works with a tool has somebody to tell of danger, and its emergency number."
    return [Finding("danger", State.OK, says)]


def _nobody_to_tell(team: TeamOverview) -> Finding | None:
    if team.duty_contacts or team.leads:
        return None
    says = (
        f"Nobody in {team.name} hears of something unsafe: it has no duty contact and no lead whose account is active."
    )
    do = "Name a duty contact of it (duty_contacts) in the site file, then import it again."
    return Finding("danger", State.PROBLEM, says, do)


def _no_number(team: TeamOverview) -> Finding | None:
    if team.has_number:
        return None
    says = f"{team.name} has no emergency number, so whoever reports something unsafe is not told whom to call."
    do = "Write the number (emergency) into the site file, for the site or for the team, then import it again."
    return Finding("danger", State.WARNING, says, do)


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
