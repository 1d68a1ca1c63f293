"""The "Report" button that is pinned in the channel of each team: put up once, however often the app is invited."""

from datetime import datetime

from sqlmodel import Session, col, select

from store import deliveries, history, workspaces
from store.deliveries import Kind
from store.people import Caller
from store.teams import Team


def put_up(session: Session, team: Team, *, at: datetime, due_at: datetime | None = None) -> None:
    """Have the button posted in a team's channel, at once unless told otherwise; not where it was before."""
    queued = deliveries.queue(
        session,
        team.workspace_id,
        Kind.REPORT_BUTTON,
        f"channel:{team.channel}:report_button",
        "team",
        team.key,
        at=at,
        channel=team.channel,
        due_at=due_at,
    )
    if queued is not None:
        history.record(session, team.workspace_id, "report_button_put_up", "team", team.key, at=at)


def app_came(session: Session, channel: str, *, by: Caller, at: datetime) -> None:
    """Have the button posted where the app was invited to the channel of a team."""
    workspace = workspaces.find(session, by.enterprise_id, by.workspace)
    if workspace is None:
        return
    teams = select(Team).where(Team.workspace_id == workspace.id, Team.channel == channel).order_by(col(Team.id))
    team = session.exec(teams).first()
    if team is not None:
        put_up(session, team, at=at)


def is_out(session: Session, delivery_id: int, *, at: datetime) -> None:
    """The button is in the channel: have it pinned there, so that it is found again."""
    posted = deliveries.by_id(session, delivery_id)
    deliveries.queue_after(session, posted, Kind.REPORT_BUTTON_PINNED, f"{posted.dedupe_key}:pinned", at=at)
