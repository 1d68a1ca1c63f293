"""What waits for somebody's shift follows when they swap it, are away, or come back: never on a day off, never lost."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, select

from store import absences, following, rosters, swaps
from store.closures import Closing, lift_shutdown, shut_down
from store.days_off import Shutdown
from store.deliveries import Delivery, Kind, Status
from store.following import Moment
from store.not_now import Days
from store.policy import Policy
from store.roster_import import RosterLine, import_roster
from store.rosters import RosterSource
from store.shifts import OFF
from store.teams import Member
from store.verdicts import Helped, give_verdict
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
    slack_id_of,
)
from tests.store.test_quiet import keeps_quiet, on_day, queued

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVENING = FIRST_SHIFT + 13 * HOUR
"""Crew A has gone home; they work tomorrow's day shift, then two nights, and are off for four days."""
POLICY = Policy()


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def change_for(run: Run, site: Site, at: datetime = EVENING) -> int:
    """A change that answers a report of Ana's; Ben hears of it as everybody does."""
    return run(live_change, site, run(filed_report, site, at=LATER), at=at)


def works(run: Run, site: Site, name: str, day: int, shift: str) -> None:
    """A roster says so."""
    on, source = FIRST_DAY + day * DAY, RosterSource.ROSTER
    run(rosters.note, site.team_id, site.people[name], on, shift, source, at=EVENING)


def goes_away(run: Run, site: Site, name: str, first: int, last: int) -> None:
    days = Days(FIRST_DAY + first * DAY, FIRST_DAY + last * DAY)
    run(absences.go_away, days, by=site.caller(name), at=EVENING)


def later(run: Run, row: Delivery, at: datetime | None = None) -> Moment | None:
    return run(following.later, row, at=at or row.due_at)


def test_who_works_as_planned_is_told_as_planned(run: Run, site: Site) -> None:
    change_for(run, site)
    told, news = queued(run, Kind.CHANGE_TOLD, site), queued(run, Kind.CHANGE_NEWS, site, "Ben")
    assert told.due_at == news.due_at == on_day(1, 6)
    rows = [told, news, queued(run, Kind.VERDICT_ASKED, site), queued(run, Kind.VERDICT_REMINDER, site)]
    assert [later(run, row) for row in rows] == [None] * 4


def test_a_reporter_who_has_the_day_off_after_all_is_told_on_the_next_shift_that_they_work(
    run: Run, site: Site
) -> None:
    change_for(run, site)
    works(run, site, "Ana", 1, OFF)
    assert later(run, queued(run, Kind.CHANGE_TOLD, site)) == Moment(on_day(2, 18), None)


def test_news_wait_for_the_shift_that_somebody_swaps_to_and_do_not_expire_with_the_other(run: Run, site: Site) -> None:
    change_for(run, site)
    works(run, site, "Ben", 1, "N")
    assert later(run, queued(run, Kind.CHANGE_NEWS, site, "Ben")) == Moment(on_day(1, 18), on_day(2, 6))


@pytest.mark.parametrize("kind", [Kind.CHANGE_TOLD, Kind.CHANGE_NEWS])
def test_who_goes_away_is_told_when_they_are_back(run: Run, site: Site, kind: Kind) -> None:
    change_for(run, site)
    name = "Ana" if kind is Kind.CHANGE_TOLD else "Ben"
    goes_away(run, site, name, 1, 6)
    moment = later(run, queued(run, kind, site, name))
    assert moment == Moment(on_day(8, 6), None if kind is Kind.CHANGE_TOLD else on_day(8, 18))


def test_what_waits_for_a_shift_of_a_team_that_closes_waits_until_it_opens(run: Run, site: Site) -> None:
    change_for(run, site)
    days = Days(FIRST_DAY + DAY, FIRST_DAY + 3 * DAY)
    run(shut_down, Closing(site.team_id, days, "Reline"), by=site.caller("Mei"), at=EVENING)
    assert later(run, queued(run, Kind.CHANGE_TOLD, site)) == Moment(on_day(8, 6), None)


def test_whether_it_helped_is_asked_after_as_many_shifts_as_they_really_work(run: Run, site: Site) -> None:
    change_for(run, site)
    # Tomorrow's day shift and the night after would have been the first two with the change.
    works(run, site, "Ana", 1, OFF)
    asked = queued(run, Kind.VERDICT_ASKED, site)
    assert asked.due_at == on_day(3, 5)
    assert later(run, asked) == Moment(on_day(4, 5), on_day(4, 6))
    assert later(run, queued(run, Kind.VERDICT_REMINDER, site)) == Moment(on_day(8, 17), on_day(8, 18))


def test_whoever_was_away_sees_the_change_before_they_are_asked(run: Run, site: Site) -> None:
    change_for(run, site)
    goes_away(run, site, "Ana", 1, 3)
    assert later(run, queued(run, Kind.VERDICT_ASKED, site)) == Moment(on_day(9, 17), on_day(9, 18))


def test_it_keeps_to_quiet_hours_in_the_other_shift_too(run: Run, site: Site) -> None:
    change_for(run, site)
    keeps_quiet(run, site, 18, 20, at=EVENING)
    works(run, site, "Ana", 1, OFF)
    assert later(run, queued(run, Kind.CHANGE_TOLD, site)) == Moment(on_day(2, 20), None)


def test_after_a_night_on_which_we_were_away_nobody_is_told_at_home(run: Run, site: Site) -> None:
    change_for(run, site)
    told = queued(run, Kind.CHANGE_TOLD, site)
    assert later(run, told, at=on_day(1, 17)) is None
    assert later(run, told, at=on_day(1, 19)) == Moment(on_day(2, 18), None)


@pytest.mark.parametrize(
    ("kind", "name", "then"),
    [
        (Kind.CHANGE_NEWS, "Ben", (18, 6)),
        (Kind.VERDICT_ASKED, "Ana", (5, 6)),
    ],
)
def test_what_nobody_could_send_during_a_shift_comes_with_the_next_one(
    run: Run, site: Site, kind: Kind, name: str, then: tuple[int, int]
) -> None:
    change_for(run, site)
    row = queued(run, kind, site, name)
    assert row.expires_at is not None
    missed = later(run, row, at=row.expires_at)
    assert missed is not None
    assert missed.expires_at is not None
    assert missed.expires_at - missed.due_at == timedelta(hours=(then[1] - then[0]) % 24)
    assert missed.due_at >= row.expires_at


def test_a_reminder_that_nobody_could_send_is_not_made_up_for(run: Run, site: Site) -> None:
    change_for(run, site)
    row = queued(run, Kind.VERDICT_REMINDER, site)
    assert later(run, row, at=row.expires_at) is None


def test_news_for_somebody_who_works_no_more_are_over(run: Run, site: Site) -> None:
    change_for(run, site)
    row = queued(run, Kind.CHANGE_NEWS, site, "Ben")

    def leave(session: Session) -> None:
        session.delete(session.exec(select(Member).where(Member.person_id == site.people["Ben"])).one())

    run(leave)
    assert later(run, row, at=row.expires_at) is None


def test_what_was_tried_is_not_held_back_any_more(run: Run, site: Site) -> None:
    change_for(run, site)
    works(run, site, "Ana", 1, OFF)
    told = queued(run, Kind.CHANGE_TOLD, site)
    told.attempts = 1
    assert later(run, told) is None


def test_somebody_without_shifts_waits_for_none(run: Run, site: Site) -> None:
    run(live_change, site, run(filed_report, site, by="Mei", at=LATER), at=EVENING)
    assert later(run, queued(run, Kind.CHANGE_TOLD, site, "Mei")) is None
    assert later(run, queued(run, Kind.VERDICT_ASKED, site, "Mei")) is None


# Sooner


def test_who_comes_back_early_is_told_on_their_first_shift_and_asked_after_the_second(run: Run, site: Site) -> None:
    goes_away(run, site, "Ana", 1, 9)
    goes_away(run, site, "Ben", 1, 9)
    change_for(run, site)
    told, news = queued(run, Kind.CHANGE_TOLD, site), queued(run, Kind.CHANGE_NEWS, site, "Ben")
    assert told.due_at == news.due_at == on_day(10, 18)
    for name in ("Ana", "Ben"):
        run(absences.come_back, by=site.caller(name), at=on_day(1, 12))
    told, news = queued(run, Kind.CHANGE_TOLD, site), queued(run, Kind.CHANGE_NEWS, site, "Ben")
    assert (told.due_at, told.expires_at) == (on_day(1, 12), None)
    assert (news.due_at, news.expires_at) == (on_day(1, 12), on_day(1, 18))
    asked = queued(run, Kind.VERDICT_ASKED, site)
    assert (asked.due_at, asked.expires_at) == (on_day(3, 5), on_day(3, 6))


def test_who_swaps_to_an_earlier_shift_is_told_on_it(run: Run, site: Site, embedding_id: int) -> None:
    prompt = run(asked_crew, site, embedding_id, FIRST_DAY + 3 * DAY, ("Ben",))["Ben"]
    change_for(run, site, on_day(4, 12))
    assert queued(run, Kind.CHANGE_NEWS, site, "Ben").due_at == on_day(8, 6)
    swap = (prompt, FIRST_DAY + 5 * DAY, "D")
    run(swaps.swapped, *swap, policy=POLICY, by=site.caller("Ben"), at=on_day(4, 13))
    news = queued(run, Kind.CHANGE_NEWS, site, "Ben")
    assert (news.due_at, news.expires_at) == (on_day(5, 6), on_day(5, 18))


def test_who_is_at_work_does_not_hear_news_before_their_next_shift_only_because_they_swap(
    run: Run, site: Site, embedding_id: int
) -> None:
    prompt = run(asked_crew, site, embedding_id, FIRST_DAY, ("Ben",))["Ben"]
    change_for(run, site, LATER)
    swap = (prompt, FIRST_DAY, "N")
    run(swaps.swapped, *swap, policy=POLICY, by=site.caller("Ben"), at=LATER + HOUR)
    assert queued(run, Kind.CHANGE_NEWS, site, "Ben").due_at == on_day(0, 18)


def test_several_changes_within_the_hour_stay_one_message_when_somebody_comes_back(run: Run, site: Site) -> None:
    change_for(run, site, LATER)
    goes_away(run, site, "Ana", 5, 6)
    run(absences.come_back, by=site.caller("Ana"), at=LATER + HOUR / 2)
    told = queued(run, Kind.CHANGE_TOLD, site)
    assert (told.status, told.due_at) == (Status.QUEUED, LATER + HOUR)


def test_who_is_rostered_earlier_and_whose_team_opens_again_are_told_on_that_shift(run: Run, site: Site) -> None:
    closing = Closing(site.team_id, Days(FIRST_DAY + DAY, FIRST_DAY + 3 * DAY), "Reline")
    run(shut_down, closing, by=site.caller("Mei"), at=EVENING)
    change_for(run, site)
    assert queued(run, Kind.CHANGE_TOLD, site).due_at == on_day(8, 6)
    ben = RosterLine(1, slack_id_of("Ben"), FIRST_DAY + 5 * DAY, "D")
    run(import_roster, site.workspace_id, [ben], at=EVENING)
    assert queued(run, Kind.CHANGE_NEWS, site, "Ben").due_at == on_day(5, 6)
    shutdown = run(lambda session: session.exec(select(Shutdown)).one().key)
    run(lift_shutdown, shutdown, by=site.caller("Mei"), at=EVENING)
    assert queued(run, Kind.CHANGE_TOLD, site).due_at == on_day(1, 6)
    assert queued(run, Kind.CHANGE_NEWS, site, "Ben").due_at == on_day(1, 6)


def not_seen_since(run: Run, site: Site) -> Delivery:
    """Ana has not seen it since; she is asked once more near the end of her last shift before the review opens."""
    note = change_for(run, site, LATER)
    run(give_verdict, note, Helped.NOT_SEEN_SINCE, policy=POLICY, by=site.caller("Ana"), at=EVENING)
    return queued(run, Kind.VERDICT_ASKED_AGAIN, site)


def test_who_does_not_work_the_last_shift_of_a_term_is_not_asked_on_their_day_off_nor_after_the_end(
    run: Run, site: Site
) -> None:
    again = not_seen_since(run, site)
    assert later(run, again) is None
    local = again.due_at.astimezone(ZoneInfo(ZONE)).date()
    for day in range((local - FIRST_DAY).days - 1, (local - FIRST_DAY).days + 1):
        works(run, site, "Ana", day, OFF)
    assert again.expires_at is not None
    assert later(run, again) == Moment(again.expires_at, again.expires_at)
