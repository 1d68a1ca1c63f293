"""Column types: what goes into the database comes back as what it was."""

from datetime import UTC, datetime, timedelta, timezone
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from store import history
from store.feedback import Feedback
from store.history import Event
from store.tools import Tool, ToolType
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, events, filed_report

INSTANT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone",
    [UTC, ZoneInfo("Australia/Perth"), ZoneInfo("America/St_Johns"), timezone(timedelta(hours=-9, minutes=-30))],
    ids=str,
)
def test_an_instant_of_any_zone_comes_back_in_utc(run: Run, site: Site, zone: timezone | ZoneInfo) -> None:
    run(history.record, site.workspace_id, "seen", "person", 1, at=INSTANT.astimezone(zone))
    (event,) = run(events)
    assert event.at == INSTANT
    assert event.at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(run: Run, site: Site) -> None:
    naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - a naive time is what this is about
    with pytest.raises(ValueError, match="a time without a zone reached the store"):
        run(history.record, site.workspace_id, "seen", "person", 1, at=naive)


def test_a_time_without_a_zone_is_refused_in_a_query_too(run: Run) -> None:
    def earlier(session: Session) -> Event | None:
        naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - a naive time is what this is about
        return session.exec(select(Event).where(Event.at < naive)).first()

    with pytest.raises(StatementError, match="a time without a zone reached the store"):
        run(earlier)


def test_instants_sort_by_time_whatever_zone_they_came_from(run: Run, site: Site) -> None:
    perth, newfoundland = ZoneInfo("Australia/Perth"), ZoneInfo("America/St_Johns")
    for number, zone in enumerate((perth, newfoundland, perth, newfoundland)):
        at = (INSTANT + timedelta(hours=number)).astimezone(zone)
        run(history.record, site.workspace_id, f"event {number}", "person", 1, at=at)

    def by_time(session: Session) -> list[str]:
        return [event.kind for event in session.exec(select(Event).order_by(Event.at)).all()]  # type: ignore[arg-type]

    assert run(by_time) == [f"event {number}" for number in range(4)]


def test_a_word_comes_back_as_the_word_of_the_glossary(run: Run, site: Site) -> None:
    def kind(session: Session) -> ToolType:
        return session.get_one(Tool, site.alarm_id).type

    assert run(kind) is ToolType.ALARM


def test_a_text_that_is_no_word_of_the_glossary_is_refused(run: Run, site: Site) -> None:
    def add(session: Session) -> None:
        session.add(
            Tool(
                workspace_id=site.workspace_id,
                name="Oracle",
                type=cast(ToolType, "crystal ball"),
                owner_id=site.people["Omar"],
                created_at=MONDAY,
            )
        )

    with pytest.raises(StatementError, match="'crystal ball' is not a valid ToolType"):
        run(add)


def test_a_word_that_the_code_does_not_know_any_more_is_noticed_when_read(run: Run, site: Site) -> None:
    def spoil(session: Session) -> None:
        session.execute(text("UPDATE tool SET type = 'abacus' WHERE id = :id"), {"id": site.alarm_id})

    run(spoil)
    with pytest.raises(ValueError, match="'abacus' is not a valid ToolType"):
        run(lambda session: session.get(Tool, site.alarm_id))


def test_no_time_and_no_word_are_none(run: Run, site: Site) -> None:
    report = run(filed_report, site)

    def kept(session: Session) -> tuple[object, object]:
        row = session.get_one(Feedback, report)
        return row.acknowledged_at, row.impact

    assert run(kept) == (None, None)
