"""The opening of every story: an embedding is proposed, agreed and begun; and the moments that come after it."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.demo.story import DATA_SCIENTIST, FIRST_DAY, LAST_DAY, LEAD, SPONSORS
from bot.local_slack import Message, Person
from store.deliveries import Delivery
from store.feedback import Feedback
from store.history import Event
from store.prompts import Answer
from store.store import Session

ZONE = ZoneInfo("Australia/Perth")

ADMIN = "U0HENRIK"
"""Whom a story makes an admin of Alongside where it needs one."""

QUESTION = "How did Pump Watch and Screen Eye do this shift?"
HELPED, IN_THE_WAY = "👍 It helped", "👎 Got in the way"


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A time on the site's clock."""
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE).astimezone(UTC)


PROPOSED_AT = moment(date(2026, 3, 2), 7)
BEGUN_AT = moment(FIRST_DAY, 8)
PROMPTED_AT = moment(FIRST_DAY, 17)
"""An hour before crew A's day shift ends."""


async def begin(stage: Stage) -> None:
    """Lena proposes an embedding, both sponsors agree, and its first day comes."""
    lena = stage.person(LEAD)
    await lena.runs("/embedding")
    modal = await lena.sees_modal("Schedule an embedding")
    await modal.fills(
        {
            "Tools": ["Pump Watch", "Screen Eye"],
            "Data scientists": stage.person(DATA_SCIENTIST).name,
            "Sponsor, operations": stage.person(SPONSORS[0]).name,
            "Sponsor, data": stage.person(SPONSORS[1]).name,
            "First day": FIRST_DAY.isoformat(),
            "Last day": LAST_DAY.isoformat(),
            "What must be true at the end?": "Fewer than two false alarms a shift",
        }
    )
    await modal.submits()
    await modal.closes()
    for slack_id in SPONSORS:
        sponsor = stage.person(slack_id)
        await sponsor.clicks("I agree", on=await sponsor.sees("Is it all right with you?"))
    stage.clock.advance_to(BEGUN_AT)
    await stage.tick()


async def asked(stage: Stage) -> tuple[Person, Message]:
    """Crew A's first day shift nears its end: somebody of it, and the question that they are asked."""
    stage.clock.advance_to(PROMPTED_AT)
    await stage.tick()
    return not_answered_yet(stage)


def not_answered_yet(stage: Stage) -> tuple[Person, Message]:
    """Somebody who was asked and has not answered, and the question."""
    for person in stage.slack.people:
        for message in person.messages:
            if HELPED in message.buttons:
                return person, message
    raise AssertionError("nobody is asked")


def again(payload: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """A payload as another act sends it: with its own trigger, and whatever else differs."""
    return {**payload, "trigger_id": f"1.2.{len(str(changed))}another", **changed}


def events(session: Session, kind: str) -> list[Event]:
    """What happened of one kind, in order."""
    return list(session.exec(select(Event).where(Event.kind == kind).order_by(col(Event.id))).all())


def reports(session: Session) -> list[Feedback]:
    """Every report, in order."""
    return list(session.exec(select(Feedback).order_by(col(Feedback.id))).all())


def answers(session: Session) -> list[Answer]:
    """Every answer to a prompt, in order."""
    return list(session.exec(select(Answer).order_by(col(Answer.id))).all())


def deliveries(session: Session, kind: str | None = None) -> list[Delivery]:
    """The deliveries of one kind, or all, in order."""
    rows = session.exec(select(Delivery).order_by(col(Delivery.id))).all()
    return [row for row in rows if kind is None or row.kind == kind]


def strings(value: Any) -> list[str]:
    """Every text anywhere in a payload."""
    if isinstance(value, str):
        return [value]
    inside: Callable[[Any], list[str]] = strings
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in inside(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in inside(part)]
    return []
