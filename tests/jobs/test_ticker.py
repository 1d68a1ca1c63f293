"""A tick does everything that time makes happen; a job that fails stops no other and is due again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlmodel import Session, select

from jobs.clock import SimulatedClock
from jobs.ports import Call, Ended, Untold
from jobs.ticker import BEGUN_AT_ONCE, FORGOTTEN_AT_ONCE, Ticker
from store import incidents as kept_incidents
from store import teams
from store.deliveries import Kind, Status
from store.embeddings import Embedding, EmbeddingStatus
from store.incidents import Broken, Incident
from store.meanings import Meaning
from store.people import Caller, Person, Profile
from store.policy import Policy
from store.prompts import Prompt
from store.reviews import Review
from store.sending import Claimed
from store.store import Store
from store.teams import Crew
from store.user_groups import GroupOfCrew
from tests.jobs.conftest import Incidents, Post, Sender, opened
from tests.store.site import FIRST_SHIFT, LAST_DAY, Site, build, outbox, planned_embedding

PERTH = Profile("Australia/Perth", "en-AU", True, False)
FIRST_EVENING = FIRST_SHIFT + timedelta(hours=11)
REVIEW_DAY = datetime.combine(LAST_DAY, datetime.min.time(), FIRST_SHIFT.tzinfo) + timedelta(hours=2)
"""10:00 in Perth on the last day."""


@dataclass
class Archive:
    """Keeps packets in memory."""

    kept: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    fails: int = 0

    async def keep(self, reference: str, packet: str, sha256: str) -> None:
        """Notes a packet, or fails first."""
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is full")
        self.kept.setdefault(reference, []).append((packet, sha256))


@dataclass
class Directory:
    """Knows everybody in the same way, and notes whom it was asked about."""

    profile: Profile | Untold = PERTH
    breaks: bool = False
    asked: list[str] = field(default_factory=list)

    members: tuple[str, ...] | Untold = ()
    groups: list[str] = field(default_factory=list)

    async def members_of(self, group: GroupOfCrew) -> tuple[str, ...] | Untold:
        """Who it says is in every group."""
        self.groups.append(group.user_group)
        return self.members

    async def look_up(self, person: Caller) -> Profile | Untold:
        """What it knows."""
        self.asked.append(person.user)
        if self.breaks:
            raise RuntimeError("no such thing")
        return self.profile


@pytest.fixture
def incidents() -> Incidents:
    return Incidents()


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def directory() -> Directory:
    return Directory()


@dataclass
class Ticks:
    """The ticker, and the outbox that it wakes."""

    ticker: Ticker
    post: Post

    async def tick(self, at: datetime) -> None:
        """Tick, and wait until what was due has gone out."""
        self.post.clock.advance_to(max(at, self.post.clock.now()))
        await self.ticker.tick(at)
        await self.post.outbox.idle()


@pytest.fixture
def ticker(
    store: Store, site: Site, sender: Sender, archive: Archive, directory: Directory, incidents: Incidents
) -> Ticks:
    post = opened(store, site, sender, clock=SimulatedClock(FIRST_SHIFT - timedelta(days=1)), incidents=incidents)
    return Ticks(Ticker(store, post.outbox, archive, directory, Policy(), incidents), post)


def statuses(session: Session) -> list[EmbeddingStatus]:
    return [row.status for row in session.exec(select(Embedding)).all()]


def count(session: Session, table: Any) -> int:
    return len(session.exec(select(table)).all())


async def test_a_tick_begins_embeddings_asks_people_and_sends(
    store: Store, site: Site, ticker: Ticks, sender: Sender
) -> None:
    await ticker.tick(FIRST_SHIFT - timedelta(days=1))
    assert await store.read(statuses) == [EmbeddingStatus.PLANNED]
    assert await store.read(count, Prompt) == 0

    await ticker.tick(FIRST_EVENING)

    assert await store.read(statuses) == [EmbeddingStatus.ACTIVE]
    prompts = [row for row in await store.read(outbox) if row.kind is Kind.PROMPT]
    assert {row.status for row in prompts if row.due_at <= FIRST_EVENING} == {Status.SENT}
    assert len(sender.sent) == len(set(sender.sent))


async def test_however_many_embeddings_begin_on_a_day_a_tick_begins_all_of_them(
    store: Store, site: Site, ticker: Ticks
) -> None:
    others = [await store.write(build, f"T{number}") for number in range(2, 2 + 2 * BEGUN_AT_ONCE)]
    for other in others:
        await store.write(planned_embedding, other)
    await ticker.tick(FIRST_SHIFT)
    assert await store.read(statuses) == [EmbeddingStatus.ACTIVE] * (1 + len(others))


async def test_a_second_tick_at_the_same_time_does_nothing_more(
    store: Store, site: Site, ticker: Ticks, sender: Sender
) -> None:
    await ticker.tick(FIRST_EVENING)
    sent, prompts = list(sender.sent), await store.read(count, Prompt)

    await ticker.tick(FIRST_EVENING)

    assert sender.sent == sent
    assert await store.read(count, Prompt) == prompts


async def test_a_job_that_fails_stops_no_other_and_is_logged_and_done_at_the_next_tick(
    store: Store,
    site: Site,
    ticker: Ticks,
    directory: Directory,
    archive: Archive,
    sender: Sender,
    incidents: Incidents,
) -> None:
    await ticker.tick(FIRST_EVENING)
    sent = len(sender.sent)
    archive.fails, directory.breaks = 1, True
    with structlog.testing.capture_logs() as logs:
        await ticker.tick(REVIEW_DAY)

    broke = [line for line in logs if line["event"] == "job_broke"]
    assert [line["job"] for line in broke] == ["_open_reviews", "_learn_profiles"]
    assert incidents.noted == [("job _open_reviews", "OSError"), ("job _learn_profiles", "RuntimeError")]
    assert [line["error_id"] for line in broke] == ["id-1", "id-2"]
    assert await store.read(statuses) == [EmbeddingStatus.IN_REVIEW]
    assert len(sender.sent) > sent
    assert archive.kept == {}


async def test_a_sender_that_fails_altogether_leaves_everything_queued(
    store: Store, site: Site, ticker: Ticks, sender: Sender
) -> None:
    def fail(claimed: Claimed) -> Call | Ended:
        raise ConnectionError

    sender.written = fail
    with structlog.testing.capture_logs() as logs:
        await ticker.tick(FIRST_EVENING)

    assert {line["event"] for line in logs if line["log_level"] == "error"} == {"office_broke"}
    assert await store.read(statuses) == [EmbeddingStatus.ACTIVE]
    assert {row.status for row in await store.read(outbox)} <= {Status.QUEUED, Status.SKIPPED}


async def test_what_broke_is_forgotten_after_90_days_in_one_tick(store: Store, ticker: Ticks) -> None:
    def record(session: Session, count: int, at: datetime) -> None:
        for number in range(count):
            broken = Broken(f"{at:%m%d}-{number}", "/embedding", "KeyError", "", "1")
            kept_incidents.record(session, broken, by=None, at=at)

    kept = Policy().incidents_kept
    await store.write(record, FORGOTTEN_AT_ONCE * 2 + 1, FIRST_SHIFT)
    await store.write(record, 2, FIRST_SHIFT + timedelta(days=1))

    await ticker.tick(FIRST_SHIFT + kept)
    assert await store.read(count, Incident) == FORGOTTEN_AT_ONCE * 2 + 3
    await ticker.tick(FIRST_SHIFT + kept + timedelta(seconds=1))
    assert await store.read(count, Incident) == 2


# Profiles


async def test_people_are_asked_about_once_a_week(
    store: Store, site: Site, ticker: Ticks, directory: Directory
) -> None:
    for _ in range(4):  # a few at each tick
        await ticker.tick(FIRST_SHIFT)
    everybody = set(directory.asked)
    assert "UGUS" in everybody  # he has left, and may come back
    assert len(directory.asked) == len(everybody) == len(site.people)

    directory.asked.clear()
    await ticker.tick(FIRST_SHIFT + timedelta(days=7))
    assert directory.asked == []
    for _ in range(4):
        await ticker.tick(FIRST_SHIFT + timedelta(days=7, seconds=1))
    assert set(directory.asked) == everybody


async def test_what_slack_says_of_people_is_kept(store: Store, site: Site, ticker: Ticks, directory: Directory) -> None:
    directory.profile = Profile("Europe/Oslo", None, False, True)
    await ticker.tick(FIRST_SHIFT)

    def ana(session: Session) -> Person:
        return session.get_one(Person, site.people["Ana"])

    kept = await store.read(ana)
    assert (kept.zone, kept.locale, kept.active, kept.admin) == ("Europe/Oslo", "en-US", False, True)
    assert kept.profile_at == FIRST_SHIFT


async def test_when_slack_does_not_answer_nothing_changes(
    store: Store, site: Site, ticker: Ticks, directory: Directory
) -> None:
    directory.profile = Untold(Meaning.UNKNOWN, "no answer")
    await ticker.tick(FIRST_SHIFT)

    def zones(session: Session) -> set[str]:
        return set(session.exec(select(Person.zone)).all())

    assert directory.asked
    assert await store.read(zones) == {"Australia/Perth"}


# User groups


async def test_who_is_in_the_user_group_of_a_crew_is_asked_once_a_day(
    store: Store, site: Site, ticker: Ticks, directory: Directory
) -> None:
    def follow(session: Session) -> None:
        session.get_one(Crew, site.crew_a_id).user_group = "S0CREWA"

    await store.write(follow)
    directory.members = ("UANA", "UOMAR")
    await ticker.tick(FIRST_SHIFT)
    await ticker.tick(FIRST_SHIFT + timedelta(days=1))
    assert directory.groups == ["S0CREWA"]
    in_crew = await store.read(teams.members_of_crew, site.crew_a_id)
    assert set(in_crew) == {site.people["Ana"], site.people["Omar"]}

    directory.members = Untold(Meaning.CHANNEL_GONE, "no such group")
    await ticker.tick(FIRST_SHIFT + timedelta(days=1, seconds=1))
    await ticker.tick(FIRST_SHIFT + timedelta(days=1, seconds=2))
    assert directory.groups == ["S0CREWA"] * 2
    assert await store.read(teams.members_of_crew, site.crew_a_id) == in_crew


async def test_while_slack_takes_no_calls_nobody_asks_about_user_groups(
    store: Store, site: Site, ticker: Ticks, directory: Directory
) -> None:
    def follow(session: Session) -> None:
        session.get_one(Crew, site.crew_a_id).user_group = "S0CREWA"

    await store.write(follow)
    directory.members = Untold(Meaning.APP_OFF, "switched off")
    await ticker.tick(FIRST_SHIFT)
    await ticker.tick(FIRST_SHIFT + timedelta(seconds=5))
    assert directory.groups == ["S0CREWA"]


# Reviews


async def test_a_packet_is_frozen_once_and_what_is_kept_is_what_was_frozen(
    store: Store, site: Site, ticker: Ticks, archive: Archive
) -> None:
    await ticker.tick(FIRST_EVENING)
    for hours in range(4):
        await ticker.tick(REVIEW_DAY + timedelta(hours=hours))

    def frozen(session: Session) -> list[tuple[str, str]]:
        return [(row.packet, row.sha256) for row in session.exec(select(Review)).all()]

    assert archive.kept == {"E-1": await store.read(frozen)}
    assert await store.read(statuses) == [EmbeddingStatus.IN_REVIEW]


async def test_no_review_opens_before_the_last_day(store: Store, site: Site, ticker: Ticks, archive: Archive) -> None:
    await ticker.tick(FIRST_EVENING)
    await ticker.tick(REVIEW_DAY - timedelta(hours=2))
    assert archive.kept == {}
    assert await store.read(statuses) == [EmbeddingStatus.ACTIVE]


async def test_a_packet_that_could_not_be_kept_is_kept_later(
    store: Store, site: Site, ticker: Ticks, archive: Archive
) -> None:
    await ticker.tick(FIRST_EVENING)
    archive.fails = 1
    with structlog.testing.capture_logs():
        await ticker.tick(REVIEW_DAY)
    assert archive.kept == {}

    await ticker.tick(REVIEW_DAY + timedelta(hours=1))

    assert list(archive.kept) == ["E-1"]


# Prompts


async def test_after_days_without_a_tick_every_day_is_planned_and_only_what_is_in_time_is_asked(
    store: Store, site: Site, ticker: Ticks, sender: Sender
) -> None:
    await ticker.tick(FIRST_SHIFT)
    await ticker.tick(FIRST_EVENING + timedelta(days=3))

    def prompts(session: Session) -> list[Prompt]:
        return list(session.exec(select(Prompt)).all())

    rows = await store.read(prompts)
    assert len({row.day for row in rows}) == 4
    by_id = {row.id: row for row in await store.read(outbox)}
    for row in rows:
        if row.delivery_id is None:
            assert (row.status.value, row.reason) == ("missed", "we_were_down")
            continue
        delivery = by_id[row.delivery_id]
        if delivery.expires_at is not None and delivery.expires_at <= FIRST_EVENING + timedelta(days=3):
            assert delivery.status is Status.EXPIRED
            assert delivery.id not in sender.sent


async def test_a_prompt_that_nobody_answers_is_closed_with_its_reason(store: Store, site: Site, ticker: Ticks) -> None:
    await ticker.tick(FIRST_EVENING)
    await ticker.tick(FIRST_EVENING + timedelta(days=2))

    def first_day(session: Session) -> set[tuple[str, str | None]]:
        rows = session.exec(select(Prompt).where(Prompt.day == (FIRST_EVENING).date())).all()
        return {(row.status.value, row.reason) for row in rows}

    assert await store.read(first_day) == {("missed", "not_answered")}
