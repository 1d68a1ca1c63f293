"""Quiet hours hold for whatever can wait: it comes when they end, and what is told at work never beside a shift."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from store import handovers, preferences, returns, triage
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Embedding
from store.feedback import Feedback, Impact, Report, file_feedback
from store.feedback import Kind as FeedbackKind
from store.not_now import QuietHours, after_quiet, is_quiet
from store.policy import Policy
from store.preferences import Chosen
from store.returns import Return
from store.teams import Team
from tests.store.conftest import Run
from tests.store.site import (
    FIRST_DAY,
    FIRST_SHIFT,
    LATER,
    ZONE,
    Site,
    active_embedding,
    asked_crew,
    filed_report,
    live_change,
    outbox,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BACK = FIRST_SHIFT + 8 * DAY
"""Crew A's day shift after four days off; days 0 and 1 are day shifts from 06:00 to 18:00, days 2 and 3 nights."""
DAYS_OFF = FIRST_SHIFT + 5 * DAY
POLICY = Policy()


def on_day(number: int, hour: float) -> datetime:
    """An hour on the clock in Perth, so many days after the first."""
    return FIRST_SHIFT + number * DAY + (hour - 6) * HOUR


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def keeps_quiet(run: Run, site: Site, begins: int, ends: int, name: str = "Ana", at: datetime = FIRST_SHIFT) -> None:
    chosen = Chosen(QuietHours(time(begins), time(ends)), reminders=False)
    run(preferences.choose, chosen, by=site.caller(name), at=at)


def queued(run: Run, kind: Kind, site: Site, name: str = "Ana") -> Delivery:
    (row,) = [row for row in run(outbox) if row.kind is kind and row.person_id == site.people[name]]
    return row


def told_of_a_change(run: Run, site: Site, at: datetime) -> Delivery:
    report = run(filed_report, site, "Ana", at=FIRST_SHIFT)
    run(live_change, site, report, at=at)
    return queued(run, Kind.CHANGE_TOLD, site)


# Whatever is told at work


@pytest.mark.parametrize(
    ("begins", "ends", "noted_at", "told_at"),
    [
        (8, 10, on_day(0, 9), on_day(0, 10)),
        (8, 10, on_day(0, 11), on_day(0, 12)),
        (16, 20, on_day(0, 17), on_day(1, 6)),
        (5, 7, DAYS_OFF, BACK + HOUR),
        (5, 19, on_day(0, 9), on_day(2, 19)),
        (22, 6, on_day(2, 23), on_day(3, 18)),
    ],
    ids=[
        "it waits until they end",
        "it does not wait longer than for what else comes when they are over",
        "when they outlast the shift it waits for the next one",
        "on days off it waits for the first moment at work that is not quiet",
        "a shift that is quiet from end to end is passed over",
        "quiet hours may go past midnight",
    ],
)
def test_a_change_is_told_at_work_and_outside_of_quiet_hours(
    run: Run, site: Site, embedding_id: int, begins: int, ends: int, noted_at: datetime, told_at: datetime
) -> None:
    keeps_quiet(run, site, begins, ends)
    assert told_of_a_change(run, site, noted_at).due_at == told_at


def test_whoever_has_set_none_is_told_within_the_hour(run: Run, site: Site, embedding_id: int) -> None:
    keeps_quiet(run, site, 8, 10, name="Ben")
    assert told_of_a_change(run, site, LATER).due_at == LATER + POLICY.told_together


def test_whoever_works_only_in_their_quiet_hours_is_told_when_these_end(
    run: Run, site: Site, embedding_id: int
) -> None:
    def only_days(session: Session) -> None:
        session.get_one(Team, site.team_id).cycle = ["D"]

    run(only_days)
    keeps_quiet(run, site, 5, 19)
    assert told_of_a_change(run, site, on_day(0, 9)).due_at == on_day(0, 19)


def test_an_acknowledgement_and_what_is_carried_over_wait_too(run: Run, site: Site, embedding_id: int) -> None:
    for name in ("Ana", "Omar"):  # Omar, who owns the tool, works no shifts
        keeps_quiet(run, site, 8, 10, name=name)
    report = run(filed_report, site, "Ana", at=FIRST_SHIFT)
    run(triage.acknowledge, report, by=site.caller("Priya"), at=LATER)

    def hand_over(session: Session) -> None:
        carried = session.exec(select(Feedback)).all()
        handovers.hand_over(session, session.get_one(Embedding, embedding_id), carried, at=LATER)

    run(hand_over)
    waiting = [
        queued(run, Kind.FEEDBACK_ACKNOWLEDGED, site),
        queued(run, Kind.CARRIED_OVER_TOLD, site),
        queued(run, Kind.CARRIED_OVER_TO_OWNER, site, "Omar"),
    ]
    assert [row.due_at for row in waiting] == [on_day(0, 10)] * 3


def test_an_unsafe_report_waits_for_nobodys_quiet_hours(run: Run, site: Site, embedding_id: int) -> None:
    keeps_quiet(run, site, 0, 23, name="Priya")
    unsafe = Report(FeedbackKind.MISSED, "The belt ran over", site.alarm_id, Impact.UNSAFE)
    run(file_feedback, unsafe, by=site.caller("Ana"), at=LATER)
    assert queued(run, Kind.FEEDBACK_FILED, site, "Priya").due_at == LATER


# What is bound to a shift


@pytest.mark.parametrize(
    ("begins", "ends", "due_at", "expires_at"),
    [
        (8, 10, on_day(1, 17), on_day(1, 18)),
        (13, 17, on_day(1, 17), on_day(1, 18)),
        (16, 20, on_day(2, 20), on_day(3, 6)),
    ],
    ids=["outside of them", "just when they end", "in the next shift"],
)
def test_whether_a_change_helped_is_asked_within_a_shift(
    run: Run, site: Site, embedding_id: int, begins: int, ends: int, due_at: datetime, expires_at: datetime
) -> None:
    keeps_quiet(run, site, begins, ends)
    # Her second shift with the change is the one of tomorrow.
    told_of_a_change(run, site, on_day(-1, 9))
    row = queued(run, Kind.VERDICT_ASKED, site)
    assert (row.due_at, row.expires_at) == (due_at, expires_at)


def comes_back(site: Site) -> Return:
    return Return(site.people["Ana"], FIRST_DAY + 8 * DAY, on_day(4, 6), BACK, BACK + 12 * HOUR)


@pytest.mark.parametrize(
    ("begins", "ends", "due_at", "expires_at"),
    [
        (8, 10, BACK, BACK + 12 * HOUR),
        (5, 7, BACK + HOUR, BACK + 12 * HOUR),
        (5, 19, on_day(10, 19), on_day(11, 6)),
    ],
    ids=["outside of them", "when they end", "in a later shift"],
)
def test_what_happened_on_days_off_is_told_when_quiet_hours_end(
    run: Run, site: Site, embedding_id: int, begins: int, ends: int, due_at: datetime, expires_at: datetime
) -> None:
    keeps_quiet(run, site, begins, ends)
    run(returns.queue, site.workspace_id, [comes_back(site)], at=BACK - HOUR)
    row = queued(run, Kind.SINCE_LAST_ON, site)
    assert (row.due_at, row.expires_at) == (due_at, expires_at)


def test_a_change_that_waited_for_quiet_hours_is_still_left_to_the_one_message_of_the_return(
    run: Run, site: Site, embedding_id: int
) -> None:
    keeps_quiet(run, site, 5, 7)
    told = told_of_a_change(run, site, DAYS_OFF)
    run(returns.queue, site.workspace_id, [comes_back(site)], at=BACK - HOUR)
    assert run(returns.tells, told)


# What waits already when somebody sets them


def test_what_is_queued_keeps_to_quiet_hours_that_are_set_later(run: Run, site: Site, embedding_id: int) -> None:
    assert told_of_a_change(run, site, DAYS_OFF).due_at == BACK
    verdict = queued(run, Kind.VERDICT_ASKED, site)
    assert (verdict.due_at, verdict.expires_at) == (BACK + DAY + 11 * HOUR, BACK + DAY + 12 * HOUR)

    keeps_quiet(run, site, 5, 7, at=DAYS_OFF)
    assert queued(run, Kind.CHANGE_TOLD, site).due_at == BACK + HOUR
    keeps_quiet(run, site, 16, 20, at=DAYS_OFF)
    verdict = queued(run, Kind.VERDICT_ASKED, site)
    assert (verdict.due_at, verdict.expires_at) == (on_day(10, 20), on_day(11, 6))


def test_what_was_tried_and_what_is_for_others_stays(run: Run, site: Site, embedding_id: int) -> None:
    told_of_a_change(run, site, DAYS_OFF)

    def tried(session: Session) -> None:
        session.get_one(Delivery, queued(run, Kind.CHANGE_TOLD, site).id).attempts = 1

    run(tried)
    keeps_quiet(run, site, 5, 7, at=DAYS_OFF)
    keeps_quiet(run, site, 16, 20, name="Ben", at=DAYS_OFF)
    assert queued(run, Kind.CHANGE_TOLD, site).due_at == BACK
    assert queued(run, Kind.VERDICT_ASKED, site).due_at == BACK + DAY + 11 * HOUR


@pytest.mark.parametrize(
    ("begins", "ends", "status", "due_at"),
    [
        (time(8), time(9), Status.QUEUED, on_day(0, 17.5)),
        (time(17, 15), time(17, 45), Status.QUEUED, on_day(0, 17.75)),
        (time(17, 15), time(18, 30), Status.SKIPPED, on_day(0, 17.5)),
    ],
    ids=["outside of them", "when they end", "none is left of the shift"],
)
def test_a_reminder_waits_for_the_end_of_quiet_hours_but_not_beyond_the_shift(
    run: Run, site: Site, embedding_id: int, begins: time, ends: time, status: Status, due_at: datetime
) -> None:
    prompt = run(asked_crew, site, embedding_id, names=("Ana",))["Ana"]

    def remind(session: Session) -> None:
        like = session.exec(select(Delivery).where(Delivery.kind == Kind.PROMPT)).one()
        same = like.model_dump(exclude={"id", "dedupe_key", "kind", "due_at"})
        at = on_day(0, 17.5)
        session.add(Delivery(**same, kind=Kind.PROMPT_REMINDER, dedupe_key=f"prompt:{prompt}:reminder", due_at=at))

    run(remind)
    chosen = Chosen(QuietHours(begins, ends), reminders=True)
    run(preferences.choose, chosen, by=site.caller("Ana"), at=LATER)
    row = queued(run, Kind.PROMPT_REMINDER, site)
    assert (row.status, row.due_at) == (status, due_at)
    assert queued(run, Kind.PROMPT, site).status is Status.QUEUED


# The clock


BERLIN = "Europe/Berlin"


def wall(day: int, month: int, hour: int, minute: int = 0, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(BERLIN), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("begins", "ends", "at", "after"),
    [
        (time(22), time(6), wall(4, 3, 23), wall(5, 3, 6)),
        (time(22), time(6), wall(4, 3, 6), wall(4, 3, 6)),
        (time(22), time(6), wall(4, 3, 5, 59), wall(4, 3, 6)),
        (time(1), time(2, 30), wall(29, 3, 1), wall(29, 3, 3, 30)),
        (time(1), time(2, 30), wall(25, 10, 2), wall(25, 10, 2, 30)),
        (time(1), time(2, 30), wall(25, 10, 2, 10, fold=1), wall(25, 10, 2, 30, fold=1)),
    ],
    ids=[
        "past midnight",
        "their end is not quiet",
        "a minute before",
        "an end that is left out moves forward",
        "an end that is there twice",
        "its second one",
    ],
)
def test_quiet_hours_end_on_the_clock_where_somebody_is(
    begins: time, ends: time, at: datetime, after: datetime
) -> None:
    assert after_quiet(QuietHours(begins, ends), BERLIN, at) == after


@given(
    at=st.integers(0, 10 * 366 * 24 * 60).map(lambda minutes: LATER + timedelta(minutes=minutes)),
    zone=st.sampled_from([ZONE, BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]),
    begins=st.times(),
    ends=st.times(),
)
def test_quiet_hours_always_end_within_two_days(at: datetime, zone: str, begins: time, ends: time) -> None:
    hours = QuietHours(begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0))
    if hours.begins == hours.ends:
        return
    after = after_quiet(hours, zone, at)
    assert at <= after < at + 2 * DAY
    assert not is_quiet(hours, zone, after)
    assert after == at or is_quiet(hours, zone, at)
