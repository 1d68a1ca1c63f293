"""What is unsafe and what not to rely on, by several people at the same moment, on connections to PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from store import access, people, restricting, restrictions, unsafe, unsafe_cards
from store.access import Role, Scope
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.feedback import Feedback, FeedbackStatus, Impact, Report
from store.feedback import Kind as Reported
from store.policy import Policy
from store.restricting import Limit
from store.unsafe import UnsafeCall, UnsafeStep
from tests.store.site import LATER, MONDAY, Site, build, event_kinds, sent_to
from tests.store.test_races import Arena, outcomes

POLICY = Policy()
DUE = LATER + POLICY.unsafe_unseen_after


@pytest.fixture
def arena(postgres_url: str) -> Iterator[Arena]:
    opened = Arena(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def site(arena: Arena) -> Site:
    site: Site = arena.do(build)
    arena.do(appoint, site, "Ben", "Dan")
    return site


def appoint(session: Session, site: Site, *names: str) -> None:
    for name in names:
        person = people.by_id(session, site.people[name])
        access.give(session, person, Role.DUTY_CONTACT, Scope.TEAM, site.team_id, at=MONDAY)
        session.flush()


def filed(session: Session, site: Site) -> int:
    what = Report(Reported.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    return unsafe.file_report(session, what, by=site.caller("Ana"), at=LATER).id


def call(session: Session) -> UnsafeCall:
    return session.exec(select(UnsafeCall)).one()


def steps(session: Session) -> list[int]:
    return list(session.exec(select(UnsafeStep.number).order_by(col(UnsafeStep.id))).all())


def takes(arena: Arena, site: Site, report: int, name: str) -> "Future[Any]":
    return arena.start(unsafe.take, report, by=site.caller(name), at=DUE)


def test_two_who_take_it_at_once_and_the_second_reads_who_has_it(arena: Arena, site: Site) -> None:
    report = arena.do(filed, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [takes(arena, site, report, name) for name in ("Ben", "Mei")]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert len(answers) == 1
    name = arena.do(people.by_id, arena.do(call).taken_by_id).name
    assert [str(error) for error in errors] == [f"{name} has F-1 already. Nothing to do for you."]
    assert arena.do(event_kinds).count("unsafe_taken") == 1
    assert arena.do(sent_to, site).count(("unsafe_taken", "Ana")) == 1


def test_somebody_takes_it_while_the_next_are_called_and_the_reporter_hears_what_is_true(
    arena: Arena, site: Site
) -> None:
    report = arena.do(filed, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [takes(arena, site, report, "Ben"), arena.start(unsafe.escalate, report, policy=POLICY, at=DUE)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    found = arena.do(call)
    assert found.taken_by_id == site.people["Ben"]
    assert found.waits_since is None
    assert arena.do(unsafe.due, policy=POLICY, at=DUE + timedelta(days=1)) == []
    assert arena.do(sent_to, site).count(("unsafe_taken", "Ana")) == 1
    # Whichever came first: what says that nobody has seen it is written only while that is true.
    assert not arena.do(unsafe_cards.card, report, site.people["Ana"]).is_open


def test_several_processes_take_one_step_once(arena: Arena, site: Site) -> None:
    report = arena.do(filed, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [arena.start(unsafe.escalate, report, policy=POLICY, at=DUE) for _ in range(3)]
        holder.let_go_when_waiting(3)
        answers, errors = outcomes(*asked)
    assert errors == []
    assert sorted(answers) == [False, False, True]
    assert arena.do(steps) == [0, 1]
    assert [name for kind, name in arena.do(sent_to, site) if kind == Kind.UNSAFE_CALLED] == ["Ben", "Dan"]
    assert arena.do(sent_to, site).count(("unsafe_unseen", "Ana")) == 1


def test_it_is_withdrawn_while_the_next_are_called_and_then_nobody_is(arena: Arena, site: Site) -> None:
    def withdraw(session: Session, report_id: int) -> None:
        row = session.exec(select(Feedback).where(Feedback.id == report_id).with_for_update()).one()
        row.status = FeedbackStatus.WITHDRAWN
        session.add(row)
        unsafe.withdraw(session, row, at=DUE)

    report = arena.do(filed, site)
    with arena.holding_row("feedback", report) as holder:
        asked = [arena.start(withdraw, report), arena.start(unsafe.escalate, report, policy=POLICY, at=DUE)]
        holder.let_go_when_waiting(2)
        _, errors = outcomes(*asked)
    assert errors == []
    assert arena.do(call).withdrawn_at == DUE
    assert arena.do(call).waits_since is None
    assert arena.do(event_kinds).count("unsafe_withdrawn") == 1


def limit(site: Site, what_for: str = "P-101") -> Limit:
    return Limit(site.alarm_id, what_for, "It missed two failures")


def test_two_who_say_the_same_at_once_and_it_stands_once(arena: Arena, site: Site) -> None:
    with arena.holding_row("tool", site.alarm_id) as holder:
        asked = [
            arena.start(restricting.restrict, limit(site), by=site.caller(name), at=LATER) for name in ("Mei", "Ben")
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert len(answers) == 1
    assert [type(error) for error in errors] == [Refused]
    assert "has said that already" in str(errors[0])
    assert len(arena.do(restrictions.on_tools, [site.alarm_id])) == 1


def test_two_who_lift_it_at_once_and_it_is_lifted_once(arena: Arena, site: Site) -> None:
    restricted = arena.do(restricting.restrict, limit(site), by=site.caller("Mei"), at=LATER).restriction.id
    with arena.holding_row("tool", site.alarm_id) as holder:
        asked = [
            arena.start(restricting.lift, restricted, "New sensor", by=site.caller(name), at=LATER)
            for name in ("Mei", "Ben")
        ]
        holder.let_go_when_waiting(2)
        answers, errors = outcomes(*asked)
    assert len(answers) == 1
    assert "has lifted it already" in str(errors[0])
    assert arena.do(event_kinds).count("restriction_lifted") == 1


def told_to(session: Session, site: Site, name: str) -> Delivery:
    query = select(Delivery).where(Delivery.kind == Kind.RESTRICTION_TOLD, Delivery.person_id == site.people[name])
    return session.exec(query).one()


def test_it_is_lifted_while_it_is_being_told_and_who_got_it_hears_of_the_lifting(arena: Arena, site: Site) -> None:
    restricted = arena.do(restricting.restrict, limit(site), by=site.caller("Mei"), at=LATER).restriction.id
    going_out = arena.do(told_to, site, "Ana")

    def claim(session: Session) -> None:
        row = session.get_one(Delivery, going_out.key, with_for_update=True)
        if row.status is Status.QUEUED:
            row.status = Status.SENT
            session.add(row)

    with arena.holding_row("delivery", going_out.key) as holder:
        first = arena.start(claim)
        second = arena.start(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=LATER)
        holder.let_go_when_waiting(2)
        _, errors = outcomes(first, second)
    assert errors == []
    told = arena.do(told_to, site, "Ana")
    hears = ("restriction_lifted", "Ana") in arena.do(sent_to, site)
    assert hears is (told.status is Status.SENT)
    assert arena.do(told_to, site, "Cleo").status is Status.SKIPPED
    assert ("restriction_lifted", "Cleo") not in arena.do(sent_to, site)


def test_its_end_comes_while_somebody_lifts_it_and_only_one_of_the_two_is_told(arena: Arena, site: Site) -> None:
    until = replace(limit(site), day=(LATER + timedelta(days=1)).date())
    restricted = arena.do(restricting.restrict, until, by=site.caller("Mei"), at=LATER).restriction.id
    over = LATER + timedelta(days=3)
    with arena.holding_row("tool", site.alarm_id) as holder:
        asked = [
            arena.start(restricting.lift, restricted, "New sensor", by=site.caller("Mei"), at=over),
            arena.start(restricting.end, restricted, at=over),
        ]
        holder.let_go_when_waiting(2)
        outcomes(*asked)
    kinds = arena.do(event_kinds)
    assert kinds.count("restriction_lifted") + kinds.count("restriction_ended") == 1
