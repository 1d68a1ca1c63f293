"""A site to tell stories about: the pit crew of a mine near Perth, its tools, and the people around them.

`build` makes the rows that an administrator would; what happens afterwards goes through the real use cases. Each
of these is itself a use case, to be run in a unit of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from store import (
    access,
    agreements,
    feedback,
    note_drafts,
    packets,
    reviews,
    scheduling,
    terms,
    workspaces,
    written_days,
)
from store.access import Role, Scope
from store.change_notes import Change, ChangeNote
from store.deliveries import Delivery
from store.embeddings import Embedding
from store.feedback import Feedback, Kind, Report
from store.history import Event
from store.people import Caller, Person
from store.policy import Policy
from store.prompt_plans import PromptPlan
from store.prompts import DuePrompt, Prompt
from store.scheduling import Proposal
from store.shifts import shift_on
from store.teams import Crew, Member, Shift, Team, pattern_of
from store.tools import Tool, ToolType, ToolUse, ToolVersion

ZONE = "Australia/Perth"
CYCLE = ["D", "D", "N", "N", "", "", "", ""]
ANCHOR = date(2026, 3, 2)

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""09:00 in Perth, eight days before the embedding begins."""
FIRST_DAY = date(2026, 3, 10)
"""Crew A's first day shift of a cycle."""
LAST_DAY = date(2026, 4, 10)
FIRST_SHIFT = datetime(2026, 3, 9, 22, tzinfo=UTC)
"""06:00 in Perth on the first day."""
LATER = FIRST_SHIFT + timedelta(hours=3)
"""09:00 in Perth on the first day, with crew A at work."""

EXIT_CRITERIA = "Fewer than two false alarms a shift"

CREW_A = ("Ana", "Ben", "Cleo")
CREW_B = ("Dan", "Eve", "Finn")
FRONTLINE = CREW_A + CREW_B
OTHERS = ("Mei", "Priya", "Tom", "Olga", "Dmitri", "Kay", "Omar", "Gus")


@dataclass(frozen=True, slots=True)
class Site:
    """The ids of a built site. People are called by their first names; their Slack ids are those in capitals."""

    enterprise_id: str
    slack_id: str
    workspace_id: int
    team_id: int
    crew_a_id: int
    crew_b_id: int
    alarm_id: int
    """Crusher alarm, which the pit crew uses; version 1.1 is live."""
    forecast_id: int
    """Haul forecast, which the pit crew uses too."""
    mill_id: int
    """Mill optimiser, which it does not use."""
    people: dict[str, int]

    def caller(self, name: str) -> Caller:
        """Somebody as Slack names them."""
        return Caller(self.enterprise_id, self.slack_id, slack_id_of(name))


def slack_id_of(name: str) -> str:
    """The Slack user id of somebody by their first name."""
    return f"U{name.upper()}"


def build(session: Session, slack_id: str = "T1", enterprise_id: str = "") -> Site:
    """A workspace with the pit crew: Mei leads it, Kay coordinates, Priya and Tom are data scientists."""
    workspace = workspaces.ensure(session, enterprise_id, slack_id, "Ridge mine", at=MONDAY)
    assert workspace.id is not None
    people = {
        name: Person(
            workspace_id=workspace.id,
            slack_id=slack_id_of(name),
            name=name,
            zone=ZONE,
            active=name != "Gus",
            created_at=MONDAY,
        )
        for name in (*FRONTLINE, *OTHERS)
    }
    session.add_all(people.values())
    team = Team(
        workspace_id=workspace.id,
        name="Pit crew",
        site="Ridge",
        zone=ZONE,
        channel="C_PIT",
        anchor=ANCHOR,
        cycle=CYCLE,
        created_at=MONDAY,
    )
    session.add(team)
    session.flush()
    crew_a, crew_b = Crew(team_id=team.key, name="A", offset=0), Crew(team_id=team.key, name="B", offset=4)
    session.add_all(
        [
            crew_a,
            crew_b,
            Shift(team_id=team.key, name="D", starts=time(6), minutes=720),
            Shift(team_id=team.key, name="N", starts=time(18), minutes=720),
        ]
    )
    session.flush()
    assert crew_a.id is not None
    assert crew_b.id is not None
    for crew_id, names in ((crew_a.id, CREW_A), (crew_b.id, CREW_B)):
        session.add_all(Member(team_id=team.key, person_id=people[name].key, crew_id=crew_id) for name in names)
    access.give(session, people["Mei"], Role.LEAD, Scope.TEAM, team.key, at=MONDAY)
    access.give(session, people["Kay"], Role.COORDINATOR, Scope.WORKSPACE, workspace.id, at=MONDAY)
    owner = people["Omar"].key
    alarm, forecast, mill = (
        Tool(workspace_id=workspace.id, name=name, type=kind, owner_id=owner, created_at=MONDAY)
        for name, kind in (
            ("Crusher alarm", ToolType.ALARM),
            ("Haul forecast", ToolType.FORECAST),
            ("Mill optimiser", ToolType.OPTIMISER),
        )
    )
    session.add_all([alarm, forecast, mill])
    session.flush()
    session.add_all(ToolUse(team_id=team.key, tool_id=tool.key) for tool in (alarm, forecast))
    session.add_all(
        [
            ToolVersion(tool_id=alarm.key, name="1.0", live_from=MONDAY - timedelta(days=90)),
            ToolVersion(tool_id=alarm.key, name="1.1", live_from=MONDAY - timedelta(days=30)),
            ToolVersion(tool_id=forecast.key, name="3.2", live_from=MONDAY - timedelta(days=200)),
        ]
    )
    session.flush()
    return Site(
        enterprise_id=enterprise_id,
        slack_id=slack_id,
        workspace_id=workspace.id,
        team_id=team.key,
        crew_a_id=crew_a.id,
        crew_b_id=crew_b.id,
        alarm_id=alarm.key,
        forecast_id=forecast.key,
        mill_id=mill.key,
        people={name: person.key for name, person in people.items()},
    )


def another_team(
    session: Session, site: Site, tool_id: int, name: str = "Mill", place: str = "Ridge", **more: Any
) -> Team:
    """A second team with a tool, without crews, shifts or a lead; near Perth unless told otherwise."""
    given = {"site": place, "zone": ZONE, "channel": f"C_{name.upper()}", "anchor": ANCHOR, "cycle": CYCLE, **more}
    team = Team(workspace_id=site.workspace_id, name=name, created_at=MONDAY, **given)
    session.add(team)
    session.flush()
    session.add(ToolUse(team_id=team.key, tool_id=tool_id))
    session.flush()
    return team


def day_crew(session: Session, team: Team) -> int:
    """Its one crew, which works days. Returns the id."""
    crew = Crew(team_id=team.key, name="A", offset=0)
    session.add_all([crew, Shift(team_id=team.key, name="D", starts=time(6), minutes=720)])
    session.flush()
    assert crew.id is not None
    return crew.id


def proposal(site: Site) -> Proposal:
    """What Kay fills in: Priya and Tom, for the crusher alarm, for a month."""
    return Proposal(
        team_id=site.team_id,
        tool_ids=(site.alarm_id,),
        data_scientists=(slack_id_of("Priya"), slack_id_of("Tom")),
        sponsor_operations=slack_id_of("Olga"),
        sponsor_data=slack_id_of("Dmitri"),
        first_day=FIRST_DAY,
        last_day=LAST_DAY,
        exit_criteria=EXIT_CRITERIA,
    )


def proposed_embedding(session: Session, site: Site, what: Proposal | None = None, by: str = "Kay") -> int:
    """An embedding that waits for Mei, Olga and Dmitri. Returns its id."""
    scheduling.schedule_embedding(session, what or proposal(site), by=site.caller(by), at=MONDAY)
    session.flush()
    return newest(session, Embedding)


def planned_embedding(session: Session, site: Site, what: Proposal | None = None) -> int:
    """An embedding that everybody has agreed to. Returns its id."""
    embedding_id = proposed_embedding(session, site, what, by="Mei")
    for name in ("Olga", "Dmitri"):
        agreements.agree(session, embedding_id, True, by=site.caller(name), at=MONDAY)
    return embedding_id


def active_embedding(session: Session, site: Site, what: Proposal | None = None) -> int:
    """An embedding on its first day, after it has begun. Returns its id."""
    embedding_id = planned_embedding(session, site, what)
    terms.begin_due(session, at=FIRST_SHIFT)
    return embedding_id


def filed_report(
    session: Session,
    site: Site,
    by: str = "Ana",
    *,
    kind: Kind = Kind.FALSE_ALARM,
    text: str = "It rang while the belt stood still",
    tool_id: int | None = None,
    at: datetime = LATER,
) -> int:
    """A report on the crusher alarm. Returns its id."""
    report = Report(kind, text, tool_id or site.alarm_id)
    feedback.file_feedback(session, report, by=site.caller(by), at=at)
    return newest(session, Feedback)


def change(site: Site, *answers: int, version: str | None = None) -> Change:
    """What Priya fills in about the crusher alarm."""
    return Change(site.alarm_id, "Waits three seconds", "It rang at every start", version, answers)


def live_change(
    session: Session, site: Site, *answers: int, version: str | None = None, by: str = "Priya", at: datetime = LATER
) -> int:
    """A change note that is live and answers these reports. Returns its id."""
    what = change(site, *answers, version=version)
    note_drafts.file_change_note(session, what, policy=Policy(), by=site.caller(by), at=at)
    return newest(session, ChangeNote)


def due_prompts(session: Session, site: Site, day: date = FIRST_DAY, names: Sequence[str] = CREW_A) -> list[DuePrompt]:
    """The prompts of crew A for the shift that it starts on a day."""
    team = session.get_one(Team, site.team_id)
    shift = shift_on(pattern_of(session, team), 0, day)
    assert shift is not None
    return [
        DuePrompt(
            person_id=site.people[name],
            day=day,
            shift=shift.name,
            due_at=shift.ends_at - timedelta(hours=1),
            shift_ends_at=shift.ends_at,
            closes_at=shift.ends_at + timedelta(hours=13),
        )
        for name in names
    ]


def asked_crew(
    session: Session, site: Site, embedding_id: int, day: date = FIRST_DAY, names: Sequence[str] = CREW_A
) -> dict[str, int]:
    """The prompts of a day for these people of crew A. Returns their ids by name."""
    plan = session.exec(select(PromptPlan).where(PromptPlan.embedding_id == embedding_id)).one()
    due = [replace(one, asks=plan.set_name) for one in due_prompts(session, site, day, names)]
    written_days.plan_day(session, plan.key, plan.planned_through, day, due, at=LATER)
    rows = session.exec(select(Prompt).where(Prompt.embedding_id == embedding_id, Prompt.day == day)).all()
    by_person = {row.person_id: row.key for row in rows}
    return {name: by_person[site.people[name]] for name in names}


def opened_review(session: Session, embedding_id: int, at: datetime) -> int:
    """An embedding whose review has opened. Returns the review's id."""
    packet = packets.compile_packet(session, embedding_id, policy=Policy(), at=at)
    reviews.open_review(session, embedding_id, packet, at=at)
    review = reviews.of_embedding(session, embedding_id)
    assert review is not None
    return review.key


def newest(session: Session, table: type[Embedding] | type[Feedback] | type[ChangeNote]) -> int:
    """The id of the row that was made last."""
    made = session.exec(select(func.max(table.id))).one()
    assert made is not None
    return made


def events(session: Session) -> list[Event]:
    """The whole history, oldest first."""
    return list(session.exec(select(Event).order_by(col(Event.id))).all())


def event_kinds(session: Session) -> list[str]:
    """What happened, oldest first."""
    return [event.kind for event in events(session)]


def outbox(session: Session) -> list[Delivery]:
    """Every delivery, oldest first."""
    return list(session.exec(select(Delivery).order_by(col(Delivery.id))).all())


def sent_to(session: Session, site: Site) -> list[tuple[str, str]]:
    """The kind and the receiver (a name, or a channel) of every message that is to be posted, oldest first."""
    names = {person_id: name for name, person_id in site.people.items()}
    return [
        (row.kind.value, names[row.person_id] if row.person_id else str(row.channel))
        for row in outbox(session)
        if row.edits_id is None
    ]
