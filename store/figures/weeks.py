"""Weeks as exposure is counted by: from Monday to Sunday on the site's clock."""

from collections.abc import Iterator
from datetime import date, timedelta

WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks_of(first: date, last: date) -> Iterator[date]:
    """The Mondays of the weeks that days from first to last, both included, are in."""
    week = monday_of(first)
    while week <= last:
        yield week
        week += WEEK
