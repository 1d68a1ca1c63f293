"""A mine with twenty messages to say, and the requests that make it say them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.listeners.table import TABLE
from bot.local_slack import LocalSlack
from bot.manifest import manifest
from store import access, deliveries, people, triage
from store.access import Role, Scope
from store.deliveries import Delivery, Kind, Message, Status
from store.errors import RunAgain
from store.people import Caller, Person
from store.workspaces import Workspace
from tests.store import site as mine
from tests.store.site import CREW_A, CREW_B, LATER, MONDAY

TEAM_ID, CHANNEL = "T1", "C_PIT"
COLLEAGUES = ("Mei", "Priya", "Tom", "Olga", "Dmitri", "Kay", "Omar")
ACTS = 7
"""Requests from Slack, each of which queues some messages."""
WHOEVER = Caller("", TEAM_ID, "UMEI")
READ = 2
"""The id of the report that was read, and that no change has answered."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message to queue: to a person, or to the channel."""

    kind: Kind
    to: str
    subject: str
    subject_id: int = 1
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a request was answered: the deliveries that it queued, in order."""

    deliveries: tuple[int, ...]


def settle_in(session: Session) -> mine.Site:
    """A report was read, another led to a change, crew A has prompts; nothing of that is to be sent."""
    site = mine.build(session, TEAM_ID)
    embedding_id = mine.active_embedding(session, site)
    for name in COLLEAGUES:  # reports go to the data scientists of their embedding
        person = people.by_id(session, site.people[name])
        access.give(session, person, Role.DATA_SCIENTIST, Scope.EMBEDDING, embedding_id, at=MONDAY)
    mine.asked_crew(session, site, embedding_id)
    mine.live_change(session, site, mine.filed_report(session, site))
    assert mine.filed_report(session, site) == READ
    triage.acknowledge(session, READ, by=site.caller("Priya"), at=LATER)
    session.execute(update(Delivery).values(status=Status.SKIPPED, reason="before the story", ended_at=MONDAY))
    return site


def lines(number: int) -> list[Line]:
    """What a request asks for: questions, what must arrive, and news in the channel."""
    to_all = [Line(Kind.PROMPT, name, "prompt") for name in CREW_A + CREW_B]
    to_all += [Line(Kind.FEEDBACK_FILED, name, "feedback") for name in COLLEAGUES]
    to_all += [Line(Kind.FEEDBACK_ACKNOWLEDGED, name, "feedback", READ, {"by": 7}) for name in COLLEAGUES[-2:]]
    to_all += [Line(Kind.CHANGE_IN_CHANNEL, CHANNEL, "change_note"), Line(Kind.EMBEDDING_BEGUN, CHANNEL, "embedding")]
    return to_all[number::ACTS]


def say(session: Session, number: int, *, by: Caller, at: datetime) -> Said:
    """Queue the messages of a request, and for the first colleagues an edit that waits for its post."""
    workspace_id = session.exec(select(Workspace.id).where(Workspace.slack_id == TEAM_ID)).one()
    assert workspace_id is not None
    queued = []
    for line in lines(number):
        key = f"torture:{number}:{line.kind}:{line.to}"
        person = None if line.to == CHANNEL else _person(session, line.to)
        channel = CHANNEL if person is None else None
        which = deliveries.queue(
            session,
            workspace_id,
            line.kind,
            key,
            line.subject,
            line.subject_id,
            at=at,
            person_id=person,
            channel=channel,
            data=line.data,
        )
        if which is None:
            raise RunAgain
        queued.append(which)
        if line.to in COLLEAGUES[:3]:
            deliveries.rewrite(session, deliveries.by_id(session, which), Kind.FEEDBACK_FILED_SEEN, at=at)
    return Said(tuple(queued))


def _person(session: Session, name: str) -> int | None:
    return session.exec(select(Person.id).where(Person.name == name)).one()


def in_the_story(session: Session) -> list[Delivery]:
    """The deliveries of the story, with their edits, oldest first."""
    told = col(Delivery.dedupe_key).startswith("torture:")
    return list(session.exec(select(Delivery).where(told).order_by(col(Delivery.id))).all())


def posted(session: Session) -> dict[int, tuple[str, str]]:
    """Where the posts are, as far as we know: channel and timestamp by delivery."""
    return {row.delivery_id: (row.channel, row.ts) for row in session.exec(select(Message)).all()}


def is_quiet(session: Session) -> bool:
    """Whether nothing of the story is on its way any more."""
    return all(row.ended_at is not None for row in in_the_story(session))


def a_slack(now: Callable[[], datetime], *, http: bool = False) -> LocalSlack:
    """The mine's people and its channel, in a Slack on this machine."""
    slack = LocalSlack(manifest(TABLE, "http://127.0.0.1" if http else None), now=now, team_id=TEAM_ID, patience=20.0)
    people = [slack.add_person(name, user_id=mine.slack_id_of(name)) for name in CREW_A + CREW_B + COLLEAGUES]
    slack.add_channel("pit", channel_id=CHANNEL, members=people)
    return slack
