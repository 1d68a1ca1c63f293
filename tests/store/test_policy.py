"""What holds where a site sets nothing."""

from dataclasses import asdict, replace
from datetime import time, timedelta

import pytest

from store.policy import Limits, Policy, Rate

PROMISED = {
    # One question near the end of every second shift, while people are still there.
    "prompt_before_shift_end": timedelta(hours=1),
    # Whoever wants it is reminded, while they are still there.
    "reminder_before_shift_end": timedelta(minutes=20),
    "prompt_after_shift_start": timedelta(minutes=10),
    "prompt_every_nth_shift": 2,
    # However a plan is made, nobody is asked by it more often than on the days of a working week.
    "prompts_a_week": 5,
    "answer_until_next_shift": timedelta(hours=1),
    # What changes in a roster, a pattern or a zone shows within a minute.
    "look_again_every": timedelta(minutes=1),
    # Whether a change helped is asked after two of the reporter's shifts.
    "verdict_after_shifts": 2,
    "verdict_without_shifts": timedelta(days=3),
    # What changes within an hour is told in one message.
    "told_together": timedelta(hours=1),
    # Whoever is to be shown something is not surprised by it, and comes in working hours.
    "on_site_from": time(8),
    "on_site_until": time(16),
    "visit": timedelta(minutes=30),
    "visit_notice": timedelta(hours=12),
    # What is unsafe and not taken calls the next ones.
    "unsafe_unseen_after": timedelta(minutes=15),
    "review_opens": time(9),
    "profile_every": timedelta(weeks=1),
    "profile_retry": timedelta(hours=1),
    # Who joins a user group of Slack is in its crew by the next day.
    "group_every": timedelta(days=1),
    "admins": frozenset(),
    "photos_allowed": True,
    # No figure about fewer than five people.
    "people_needed": 5,
    "incidents_kept": timedelta(days=90),
}


def test_a_site_that_sets_nothing_gets_what_people_are_promised() -> None:
    assert asdict(Policy()) == PROMISED


def test_a_lease_outlives_its_call_by_far() -> None:
    limits = Limits()
    assert limits.lease >= 5 * limits.call_timeout


def test_the_longest_wait_is_no_shorter_than_the_first() -> None:
    limits = Limits()
    assert timedelta(0) < limits.first_retry < limits.longest_retry


def test_while_slack_takes_no_call_it_is_left_alone_for_longer_than_a_retry_waits_and_not_for_ages() -> None:
    limits = Limits()
    assert limits.first_retry < limits.outage_pause < limits.longest_retry


def test_a_number_can_be_set_without_the_others() -> None:
    assert replace(Limits(attempts=3), attempts=Limits().attempts) == Limits()


def test_the_pace_is_the_one_that_slack_publishes() -> None:
    """https://docs.slack.dev/apis/web-api/rate-limits: one a second, several hundred a minute, and tier 3."""
    limits = Limits()
    assert (limits.to_conversation.per_second, limits.posts.per_second * 60) == (1, 300)
    assert [rate.per_second * 60 for rate in (limits.edits, limits.look_ups)] == pytest.approx([50, 50])


def test_to_one_conversation_nothing_comes_in_a_burst_and_none_is_the_rule() -> None:
    assert Limits().to_conversation.burst == Rate(per_second=3).burst == 1
