"""The pace: tokens come at a steady rate up to a burst, per method and per conversation, and a pause is a pause."""

import pytest

from jobs.rates import EDIT, LOOK, POST, Bucket, Rates
from store.policy import Rate


def rates(*, empty: bool = False) -> Rates:
    methods = {POST: Rate(5, 10), EDIT: Rate(1, 2), LOOK: Rate(1, 1)}
    return Rates(methods, Rate(1, 1), since=100.0, empty=empty)


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(Rate(per_second=2, burst=3), since=0.0)
    for _ in range(3):
        bucket.take(0.0)
    with pytest.raises(ValueError, match="empty"):
        bucket.take(0.0)
    assert bucket.ready_in(0.0) == 0.5
    assert (bucket.there(0.25), bucket.there(0.5), bucket.there(1.0)) == (0, 1, 2)
    assert bucket.there(1_000.0) == 3


def test_whoever_asks_a_bucket_that_has_something_need_not_wait() -> None:
    bucket = Bucket(Rate(per_second=0.5, burst=2), since=0.0)
    assert (bucket.ready_in(0.0), bucket.is_full(0.0)) == (0.0, True)
    bucket.take(0.0)
    assert (bucket.ready_in(0.0), bucket.is_full(0.0)) == (0.0, False)
    bucket.take(0.0)
    assert (bucket.ready_in(0.0), bucket.ready_in(0.5)) == (2.0, 1.5)
    assert (bucket.ready_in(2.0), bucket.is_full(2.0), bucket.is_full(4.0)) == (0.0, False, True)


def test_whoever_wants_several_waits_for_them_but_never_for_more_than_there_ever_are() -> None:
    bucket = Bucket(Rate(per_second=2, burst=3), since=0.0, level=1.0)
    assert (bucket.ready_in(0.0, 1), bucket.ready_in(0.0, 2), bucket.ready_in(0.0, 3)) == (0.0, 0.5, 1.0)
    assert (bucket.ready_in(0.0, 9), bucket.ready_in(1.0, 9)) == (1.0, 0.0)


def test_small_steps_add_up_to_a_whole() -> None:
    bucket = Bucket(Rate(per_second=0.1, burst=1), since=0.0)
    bucket.take(0.0)
    for tenths in range(1, 101):
        bucket.there(tenths / 10)
    bucket.take(10.0)
    assert bucket.there(10.0) == 0


def test_time_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(Rate(per_second=1, burst=1), since=10.0)
    bucket.take(10.0)
    assert bucket.there(5.0) == 0
    assert bucket.there(10.5) == 0


def test_who_takes_over_begins_with_nothing_and_who_comes_first_with_everything() -> None:
    assert rates().allowed(POST, 100.0) == 10
    taken_over = rates(empty=True)
    assert (taken_over.allowed(POST, 100.0), taken_over.allowed(EDIT, 100.0)) == (0, 0)
    assert taken_over.ready_in(EDIT, 100.0) == 1.0


def test_who_takes_over_posts_nothing_until_every_conversation_may_get_something() -> None:
    taken_over = rates(empty=True)
    assert (taken_over.ready_in(POST, 100.0), taken_over.allowed(POST, 100.9)) == (1.0, 0)
    assert taken_over.allowed(POST, 101.0) == 5


def test_a_post_makes_its_own_conversation_wait_and_no_other() -> None:
    pace = rates()
    pace.take(POST, "C_PIT", 100.0)
    assert pace.waiting(100.0) == {"C_PIT": 1.0}
    assert pace.waiting(100.5) == {"C_PIT": 0.5}
    assert pace.waiting(101.0) == {}


def test_a_conversation_that_waits_no_more_is_forgotten() -> None:
    pace = rates()
    pace.take(POST, "C_PIT", 100.0)
    pace.waiting(101.0)
    assert pace._conversations == {}


def test_a_conversation_that_may_have_another_at_once_does_not_wait() -> None:
    pace = Rates({POST: Rate(5, 10)}, Rate(per_second=1, burst=3), since=100.0)
    pace.take(POST, "C_PIT", 100.0)
    assert pace.waiting(100.0) == {}


def test_who_takes_over_waits_as_long_as_a_conversation_does() -> None:
    pace = Rates({POST: Rate(5, 10)}, Rate(per_second=4, burst=1), since=100.0, empty=True)
    assert pace.ready_in(POST, 100.0) == 0.25


def test_an_edit_makes_no_conversation_wait() -> None:
    pace = rates()
    pace.take(EDIT, "C_PIT", 100.0)
    assert pace.waiting(100.0) == {}
    assert (pace.allowed(EDIT, 100.0), pace.allowed(POST, 100.0)) == (1, 10)


def test_a_pause_holds_up_one_method_until_it_is_over_and_is_never_shortened() -> None:
    pace = rates()
    pace.pause(POST, 130.0)
    pace.pause(POST, 110.0)
    assert (pace.allowed(POST, 129.9), pace.allowed(EDIT, 129.9)) == (0, 2)
    assert pace.ready_in(POST, 120.0) == 10.0
    assert (pace.allowed(POST, 130.1), pace.ready_in(POST, 131.0), pace.ready_in(LOOK, 131.0)) == (10, 0.0, 0.0)
    assert (pace.allowed(POST, 130.0), pace.ready_in(POST, 130.0)) == (10, 0.0)
