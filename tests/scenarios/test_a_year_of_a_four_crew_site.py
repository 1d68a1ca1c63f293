"""A year at a refinery with four crews: two clock changes, a strike, a turnaround, and what people set for themselves.

It is played once. What came of it is held against what is on paper (`on_paper`), which asks nothing of the code.
"""

import asyncio
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from bot.demo.stage import staged
from bot.local_slack import Call, Journal
from bot.look_up import METADATA_EVENT
from store import not_asked
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Embedding
from store.not_asked import NotAsked
from store.people import Person
from store.policy import Policy
from store.privacy import Withheld
from store.prompt_plans import PromptPlan
from store.prompts import Answer, EarlierAnswer, Prompt
from tests.scenarios.four_crews import CREWS, FIRST_DAY, FLOOR, LAST_DAY, SHARED, site
from tests.scenarios.on_paper import (
    AT_THE_TALK,
    DAY,
    EVERY_OTHER,
    THEIR_OWN,
    WEEKLY,
    Asked,
    Paper,
    Shift,
    half_of,
    monday_of,
    of_crew,
    of_crew_between,
    turn_of,
)
from tests.scenarios.playing_a_year import ANSWERS, FACES, PROPOSED, Year

POLICY = Policy(profile_every=timedelta(days=90))
"""The usual rules; only Slack is asked less often about people who do not change, which this is not about."""
CAPS = {EVERY_OTHER: 5, WEEKLY: 5, AT_THE_TALK: 3}
"""How often a plan asks one person in a week at most: as the site has it, and as Dana filled it in."""
ROSTER = (("B", "D"), date(2026, 9, 14), date(2026, 9, 27))
"""The crews whose people do not work what the table says while an imported roster holds."""
DATABASE = "year.db"


@dataclass(frozen=True, slots=True)
class Row:
    """A question as it is kept."""

    asked: Asked
    due_at: datetime
    ends_at: datetime
    status: str
    reason: str | None
    delivery_id: int | None
    is_sent: bool
    said: tuple[tuple[str, bool], ...]
    """The last word, and whether it is marked as late."""
    earlier: int
    """How often it was changed before."""


@dataclass(frozen=True, slots=True)
class Played:
    """What is left of the year."""

    paper: Paper
    journal: Journal
    rows: tuple[Row, ...]
    kinds: dict[int, Kind]
    """What each delivery was."""
    direct: dict[str, str]
    """Whose direct messages a channel is."""
    counts: NotAsked

    @property
    def posts(self) -> list[Call]:
        """What was really posted, also where the answer was lost."""
        return self.journal.executed("chat.postMessage")

    def told(self) -> Iterator[tuple[str, Call]]:
        """Everything that people of the crews were sent."""
        for post in self.posts:
            who = self.direct.get(post.channel or "", "")
            if who in FLOOR:
                yield who, post

    def questions(self) -> Iterator[tuple[Row, Call]]:
        """Every question that came, with its message."""
        by_delivery = {row.delivery_id: row for row in self.rows if row.delivery_id is not None}
        for _, post in self.told():
            if self.kinds[delivery_of(post)] is Kind.PROMPT:
                yield by_delivery[delivery_of(post)], post


def delivery_of(post: Call) -> int:
    assert post.metadata is not None
    assert post.metadata["event_type"] == METADATA_EVENT
    return int(post.metadata["event_payload"]["delivery"])


def rows_of(session: Session) -> tuple[Row, ...]:
    answers: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for answer in session.exec(select(Answer).order_by(col(Answer.id))):
        answers[answer.prompt_id].append((answer.value, answer.late))
    earlier = Counter(session.exec(select(EarlierAnswer.prompt_id)).all())
    plans = {plan_id: number for number, plan_id in enumerate(session.exec(select(PromptPlan.id)).all(), start=1)}
    rows = session.exec(
        select(Prompt, Person.slack_id, Delivery.status)
        .join(Person, col(Person.id) == col(Prompt.person_id))
        .outerjoin(Delivery, col(Delivery.id) == col(Prompt.delivery_id))
        .order_by(col(Prompt.day), col(Prompt.due_at), col(Prompt.id))
    ).all()
    return tuple(
        Row(
            Asked(plans[prompt.plan_id], who, Shift(prompt.day, prompt.shift)),
            prompt.due_at,
            prompt.shift_ends_at,
            prompt.status.value,
            prompt.reason.value if prompt.reason else None,
            prompt.delivery_id,
            status is Status.SENT,
            tuple(answers[prompt.key]),
            earlier[prompt.key],
        )
        for prompt, who, status in rows
    )


def kinds_of(session: Session) -> dict[int, Kind]:
    return {key: Kind(kind) for key, kind in session.exec(select(Delivery.id, Delivery.kind)).all() if key}


def counts_of(session: Session) -> NotAsked:
    embedding = session.exec(select(Embedding)).one()
    return not_asked.of_embedding(session, embedding.key, LAST_DAY + 7 * DAY, POLICY)


@pytest.fixture(scope="module")
def year(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The year, played."""
    folder = tmp_path_factory.mktemp("year")
    shutil.copyfile(sqlite_template, folder / DATABASE)

    async def play() -> Played:
        url = f"sqlite:///{folder / DATABASE}"
        async with staged(site(), PROPOSED, folder, database_url=url, policy=POLICY) as stage:
            stage.slack.patience = stage.slack.ack_within = 60.0
            played = Year(stage)
            await played.play()
            read = stage.app.store.read
            rows, kinds, counts = await read(rows_of), await read(kinds_of), await read(counts_of)
            direct = {person.direct.id: person.id for person in stage.slack.people}
            return Played(
                with_troubles(played.paper, stage.slack.journal, rows),
                stage.slack.journal,
                rows,
                kinds,
                direct,
                counts,
            )

    return asyncio.run(play())


def with_troubles(paper: Paper, journal: Journal, rows: Sequence[Row]) -> Paper:
    """The paper, with the questions that never reached Slack: whom it would have been for is known from the call."""
    by_delivery = {row.delivery_id: row.asked for row in rows}
    for call in journal.calls("chat.postMessage"):
        due = call.at.replace(minute=0, second=0, microsecond=0)
        if not call.executed and (status := paper.troubles.get(due)):
            paper.not_sent[by_delivery[delivery_of(call)]] = status
    return paper


def test_nothing_goes_out_twice(year: Played) -> None:
    posted = Counter(delivery_of(post) for post in year.posts)
    assert posted
    assert set(posted.values()) == {1}
    asked = Counter(row.asked for row, _ in year.questions())
    assert set(asked.values()) == {1}
    assert len({row.asked for row in year.rows}) == len(year.rows)


def test_nobody_hears_from_us_off_their_shift_or_in_their_quiet_hours(year: Played) -> None:
    told = list(year.told())
    assert len(told) > 500
    assert [(who, post.at) for who, post in told if not year.paper.is_at_work(who, post.at)] == []
    assert [(who, post.at) for who, post in told if year.paper.is_quiet(who, post.at)] == []
    assert {who for who, _ in told} == FLOOR.keys() - {SHARED}


def test_every_question_comes_at_its_time_and_before_its_shift_ends(year: Played) -> None:
    for row, post in year.questions():
        due = year.paper.sent_at(row.asked)
        assert due is not None, row
        assert due <= post.at < due + timedelta(minutes=1), row
        assert post.at < row.asked.shift.ends, row
    for row in year.rows:
        assert (row.due_at, row.ends_at) == (row.asked.due, row.asked.shift.ends), row


def test_in_the_nights_in_which_the_clock_changes_an_hour_before_the_end_is_another_hour(year: Played) -> None:
    came = {(row.asked.shift, row.asked.plan): post.at for row, post in year.questions()}
    spring, autumn = Shift(date(2026, 3, 28), "N"), Shift(date(2026, 10, 24), "N")
    assert came[spring, EVERY_OTHER].replace(second=0, microsecond=0) == datetime(2026, 3, 29, 4, tzinfo=UTC)
    assert came[autumn, EVERY_OTHER].replace(second=0, microsecond=0) == datetime(2026, 10, 25, 4 - 1, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")
    assert [came[night, EVERY_OTHER].astimezone(berlin).hour for night in (spring, autumn)] == [6, 4]


def test_what_became_of_each_question_is_what_is_on_paper(year: Played) -> None:
    differing = [
        (row, year.paper.became(row.asked))
        for row in year.rows
        if (row.status, row.reason) != year.paper.became(row.asked)
        or row.is_sent is (year.paper.sent_at(row.asked) is None)
    ]
    assert differing == []


def test_what_was_expected_is_what_was_sent_skipped_and_missed(year: Played) -> None:
    unsent = [row for row in year.rows if not row.is_sent]
    sent = sum(row.is_sent for row in year.rows)
    skipped = sum(row.status == "skipped" for row in unsent)
    missed = sum(row.status == "missed" for row in unsent)
    assert len(year.rows) == sent + skipped + missed
    assert sent == len(list(year.questions()))
    assert all(row.reason for row in unsent)
    assert all(row.reason or row.status == "answered" for row in year.rows)


def test_every_reason_occurs(year: Played) -> None:
    """All but two: no shift lies over the last day's nine o'clock, and a question always has something to ask."""
    occurred = {(row.reason, row.is_sent) for row in year.rows}
    never_sent = {
        "paused",
        "plan_stopped",
        "shutdown",
        "public_holiday",
        "account_off",
        "shared_account",
        "away",
        "muted",
        "quiet_hours",
        "no_shift",
        "plan_changed",
        "we_were_down",
        "not_sent",
    }
    assert never_sent == {reason for reason, is_sent in occurred if not is_sent}
    assert {None, "not_answered", "no_shift", "muted"} == {reason for reason, is_sent in occurred if is_sent}


# Whose turn it is


def together(year: Played) -> Iterator[tuple[int, str, Shift, list[str]]]:
    """On each day of each plan those of a crew who work its shift together, as the day was planned."""
    for plan in (EVERY_OTHER, WEEKLY, AT_THE_TALK):
        day = FIRST_DAY
        while day < LAST_DAY:
            at = year.paper.planned_at(day)
            for crew, people in CREWS.items():
                shift = of_crew(crew, day)
                if shift is not None and not by_roster(crew, day):
                    yield plan, crew, shift, [who for who in people if year.paper.works(who, day, at) == shift]
            day += DAY


def by_roster(crew: str, day: date) -> bool:
    crews, first, last = ROSTER
    return crew in crews and first <= day <= last


def their_turn(year: Played, plan: int, shift: Shift, people: list[str], turn: tuple[int, datetime]) -> set[str]:
    """Those who were asked longest ago come first, and those who cannot be asked have their turns by themselves.

    It is half of them, and at the talk all of them. Whose turn it was when the day was planned, it stays.
    """
    number, rested_since = turn
    planned_at, due = year.paper.planned_at(shift.day), Asked(plan, "", shift).due
    chosen: set[str] = set()
    for at in [planned_at, *year.paper.changes(planned_at, due)]:
        unable = [who for who in people if year.paper.why_not(Asked(plan, who, shift), at) in THEIR_OWN]
        able = [who for who in people if who not in unable]
        wanted, of_the_able = len(people), len(able)
        if plan != AT_THE_TALK:
            wanted, of_the_able = half_of(wanted, number), half_of(of_the_able, number)
        before = {who: asked_before(year, plan, who, shift.day) for who in people}
        asked = {who: [one.due for one in before[who] if not year.paper.is_skipped(one, at)] for who in people}
        in_order = (
            (sorted(able, key=lambda who: (max(asked[who], default=NEVER), len(asked[who]))), of_the_able),
            (sorted(unable, key=lambda who: len(before[who])), wanted - of_the_able),
        )
        for some, part in in_order:
            more = min(part - len(chosen & set(some)), wanted - len(chosen))
            free = [
                who
                for who in some
                if who not in chosen
                and max(asked[who], default=NEVER) < rested_since
                and sum(week_of(who, earlier) == week_of(who, due) for earlier in asked[who]) < CAPS[plan]
            ]
            chosen.update(free[: max(more, 0)])
    return chosen


NEVER = datetime.min.replace(tzinfo=UTC)


def asked_before(year: Played, plan: int, who: str, day: date) -> list[Asked]:
    return [
        row.asked for row in year.rows if (row.asked.plan, row.asked.who) == (plan, who) and row.asked.shift.day < day
    ]


ZONES = {"U0DIEGO": "America/New_York", "U0AHMET": "Europe/Istanbul"}


def week_of(who: str, moment: datetime) -> date:
    return monday_of(moment.astimezone(ZoneInfo(ZONES.get(who, "Europe/Berlin"))).date())


def test_half_of_those_at_work_are_asked_each_in_turn(year: Played) -> None:
    by_shift: dict[tuple[int, str, Shift], set[str]] = defaultdict(set)
    for row in year.rows:
        by_shift[row.asked.plan, FLOOR[row.asked.who], row.asked.shift].add(row.asked.who)
    differing, looked_at = [], 0
    for plan, crew, shift, people in together(year):
        turn = turn_of(plan, crew, shift)
        expected = their_turn(year, plan, shift, people, turn) if turn else set()
        if (found := by_shift[plan, crew, shift] & set(people)) != expected:
            differing.append((plan, crew, shift, found, expected))
        looked_at += turn is not None
    assert differing == []
    assert looked_at > 800


def test_nobody_is_asked_about_a_shift_that_nobody_expects(year: Played) -> None:
    """Besides the crews' own shifts there are only those of the roster, and of those who swapped one."""
    of_the_table = {(crew, shift) for _, crew, shift, _ in together(year)}
    others = [row.asked for row in year.rows if (FLOOR[row.asked.who], row.asked.shift) not in of_the_table]
    assert others
    for asked in others:
        assert by_roster(FLOOR[asked.who], asked.shift.day) or asked.who == "U0AHMET", asked


def test_nobody_is_asked_more_often_in_a_week_than_the_cap(year: Played) -> None:
    weeks = Counter((row.asked.plan, row.asked.who, week_of(row.asked.who, post.at)) for row, post in year.questions())
    for plan, cap in CAPS.items():
        most = max(count for (of, _, _), count in weeks.items() if of == plan)
        assert most <= cap
        assert plan != AT_THE_TALK or most == cap, "the crew has weeks of four and of six shifts then"


def test_nobody_looks_back_at_a_week_twice(year: Played) -> None:
    """Also not while they work by a roster, in a week in which their crew would be off."""
    weeks = Counter(
        (row.asked.who, monday_of(row.asked.shift.day)) for row, _ in year.questions() if row.asked.plan == WEEKLY
    )
    assert len(weeks) > 50
    assert set(weeks.values()) == {1}


def test_nobody_is_asked_every_other_shift_on_two_of_them_running(year: Played) -> None:
    """Unless the first one was not theirs."""
    asked: dict[str, set[Shift]] = defaultdict(set)
    for row, _ in year.questions():
        if row.asked.plan == EVERY_OTHER and row.reason != "no_shift":
            asked[row.asked.who].add(row.asked.shift)
    for who, shifts in asked.items():
        for shift in shifts:
            following = of_crew_between(FLOOR[who], shift.day + DAY, shift.day + 28 * DAY)[0]
            assert following not in shifts, (who, following)


# What people said


def test_some_answer_some_late_and_some_change_their_answer(year: Played) -> None:
    labels = {
        "helped": ANSWERS[0],
        "no_difference": ANSWERS[1],
        "in_the_way": ANSWERS[2],
        "not_used": ANSWERS[3],
        **{str(number): face for number, face in enumerate(FACES, start=1)},
    }
    kept = {
        row.asked: ([(labels[value], late) for value, late in row.said], row.earlier) for row in year.rows if row.said
    }
    noted = {
        asked: ([(said[-1][1], said[-1][0] >= asked.shift.ends)], len(said) - 1)
        for asked, said in year.paper.said.items()
    }
    assert kept == noted
    late = sum(late for words, _ in kept.values() for _, late in words)
    changed = sum(earlier for _, earlier in kept.values())
    assert min(len(kept) - late - changed, late, changed) > 5


def test_only_who_wants_it_is_reminded_and_never_of_what_is_answered(year: Played) -> None:
    reminded = [(who, post.at) for who, post in year.told() if year.kinds[delivery_of(post)] is Kind.PROMPT_REMINDER]
    assert len(reminded) > 3
    (wanted, _), (no_more, _) = year.paper.reminders
    for who, at in reminded:
        assert who == "U0TOMASZ"
        assert wanted <= at < no_more
        (of_then,) = [
            row.asked
            for row in year.rows
            if row.asked.who == who and row.is_sent and row.due_at <= at < row.ends_at and row.asked.plan == EVERY_OTHER
        ]
        assert at.replace(second=0, microsecond=0) == of_then.shift.ends - timedelta(minutes=20)
        assert not [said for said, _ in year.paper.said.get(of_then, []) if said <= at]


# What the data scientist sees of it


def test_the_counts_of_reasons_add_up_with_what_happened(year: Played) -> None:
    came_to_nothing = Counter(
        reason
        for row in year.rows
        for status, reason in [year.paper.became_before_it_was_sent(row.asked)]
        if status is not None
    )
    few = {*THEIR_OWN, "no_shift"}
    shown = {reason.value: figure for reason, figure in year.counts.reasons}
    assert {reason: figure for reason, figure in shown.items() if reason not in few} == {
        str(reason): figure for reason, figure in came_to_nothing.items() if reason not in few
    }
    assert {reason for reason in shown if reason in few} == few & {str(reason) for reason in came_to_nothing}
    assert all(isinstance(shown[reason], Withheld) for reason in few), "one or two people stand behind each of them"
    assert (year.counts.expected, year.counts.sent) == (len(year.rows), len(list(year.questions())))
