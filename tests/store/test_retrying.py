"""What was given up goes out again because somebody asked for it, and never when it could be wrong."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from store import deliveries, people, prompts, retrying, sending
from store.deliveries import Delivery, Kind, Message, Status
from store.errors import Refused
from store.meanings import Meaning
from store.prompts import Prompt, PromptStatus
from tests.store.conftest import Run
from tests.store.site import LATER, MONDAY, Site, active_embedding, asked_crew, build, events, slack_id_of

SOON = MONDAY + timedelta(hours=1)


def ended(run: Run, site: Site, key: str = "first", status: Status = Status.FAILED, **rest: Any) -> int:
    """A delivery that was given up."""
    given = {"person_id": site.people["Ana"], **rest}
    kind = given.pop("kind", Kind.FEEDBACK_ACKNOWLEDGED)
    made = run(deliveries.queue, site.workspace_id, kind, key, "team", site.team_id, at=MONDAY, **given)
    assert made is not None
    run(end, made, status)
    return made


def end(session: Session, delivery_id: int, status: Status, at: datetime = MONDAY, reason: str = "gave up") -> None:
    row = deliveries.by_id(session, delivery_id)
    row.status, row.reason, row.meaning, row.ended_at = status, reason, Meaning.LATER, at
    row.attempts, row.looks = 8, 5
    session.add(row)


def retry(run: Run, delivery_id: int, *, sure: bool = False, at: datetime = SOON) -> None:
    run(retrying.retry, delivery_id, sure=sure, at=at)


def row(run: Run, delivery_id: int) -> Delivery:
    return run(deliveries.by_id, delivery_id)


def edit(run: Run, post: int) -> int:
    """A change of its message that was given up."""

    def unit(session: Session) -> int:
        deliveries.rewrite(session, deliveries.by_id(session, post), Kind.FEEDBACK_FILED_SEEN, at=MONDAY)
        query = select(Delivery.id).where(Delivery.edits_id == post, Delivery.status == Status.QUEUED)
        made = session.exec(query).one()
        assert made is not None
        end(session, made, Status.FAILED)
        return made

    return run(unit)


def post_it(session: Session, delivery_id: int) -> None:
    session.add(Message(delivery_id=delivery_id, channel="D_ANA", ts="1.1", posted_at=MONDAY))


# Again


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED, Status.EXPIRED])
def test_what_was_given_up_is_queued_as_if_it_were_new_and_the_history_says_so(
    run: Run, site: Site, status: Status
) -> None:
    delivery = ended(run, site, status=status)
    retry(run, delivery)
    now = row(run, delivery)
    assert (now.status, now.reason, now.meaning, now.due_at, now.ended_at, now.attempts, now.looks) == (
        Status.QUEUED,
        None,
        None,
        SOON,
        None,
        0,
        0,
    )
    (event,) = run(events)
    assert (event.kind, event.subject_id, event.actor_id, event.data) == (
        "delivery_retried",
        delivery,
        None,
        {"was": status, "reason": "gave up"},
    )
    lease = timedelta(seconds=60)
    (claimed,) = run(sending.claim, site.workspace_id, at=SOON, limit=9, lease=lease)
    assert claimed.id == delivery


def test_what_may_be_there_already_goes_out_again_only_when_somebody_has_looked(run: Run, site: Site) -> None:
    delivery = ended(run, site, status=Status.UNKNOWN)
    with pytest.raises(Refused, match=f"Nobody knows whether {delivery} arrived.*retry {delivery} --yes"):
        retry(run, delivery)
    assert row(run, delivery).status is Status.UNKNOWN
    retry(run, delivery, sure=True)
    assert row(run, delivery).status is Status.QUEUED


# Not again


def test_what_went_out_is_not_sent_twice(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="It went out"):
        retry(run, ended(run, site, status=Status.SENT), sure=True)


def test_what_is_on_its_way_or_looked_for_is_left_alone(run: Run, site: Site) -> None:
    waiting = ended(run, site)
    retry(run, waiting)
    with pytest.raises(Refused, match="It is on its way"):
        retry(run, waiting)
    looked_for = ended(run, site, "looked for", Status.UNKNOWN)

    def look_for_it(session: Session) -> None:
        deliveries.by_id(session, looked_for).ended_at = None

    run(look_for_it)
    with pytest.raises(Refused, match="It is on its way"):
        retry(run, looked_for, sure=True)


def test_nothing_goes_to_an_account_that_is_switched_off_until_it_is_on_again(run: Run, site: Site) -> None:
    delivery = ended(run, site, status=Status.SKIPPED)

    def switch(session: Session, active: bool) -> None:
        people.by_id(session, site.people["Ana"]).active = active

    run(switch, False)
    with pytest.raises(Refused, match="The account of Ana is switched off"):
        retry(run, delivery)
    run(switch, True)
    retry(run, delivery)
    assert row(run, delivery).status is Status.QUEUED


def test_a_change_that_a_later_one_overtook_stays_where_it_is(run: Run, site: Site) -> None:
    post = ended(run, site, status=Status.SENT)
    run(post_it, post)
    first, second = edit(run, post), edit(run, post)
    with pytest.raises(Refused, match="A later change of the same message took its place"):
        retry(run, first)
    retry(run, second)
    assert row(run, second).status is Status.QUEUED


def test_a_change_of_a_message_that_is_not_out_names_the_one_to_send(run: Run, site: Site) -> None:
    post = ended(run, site)
    with pytest.raises(Refused, match=f"alongside deliveries retry {post}"):
        retry(run, edit(run, post))


def test_what_has_its_time_is_not_sent_after_it(run: Run, site: Site) -> None:
    delivery = ended(run, site, status=Status.EXPIRED, expires_at=SOON)
    with pytest.raises(Refused, match="Its time is over"):
        retry(run, delivery)
    retry(run, delivery, at=SOON - timedelta(seconds=1))
    assert row(run, delivery).status is Status.QUEUED


@pytest.mark.parametrize("status", [one for one in PromptStatus if one is not PromptStatus.OPEN])
def test_a_question_that_was_answered_or_called_off_is_not_asked_again(
    run: Run, site: Site, status: PromptStatus
) -> None:
    prompt_id = run(asked_crew, site, run(active_embedding, site))["Ana"]
    delivery = run(prompts.by_id, prompt_id).delivery_id
    assert delivery is not None
    run(end, delivery, Status.FAILED, LATER)

    def become(session: Session) -> None:
        session.get_one(Prompt, prompt_id).status = status

    run(become)
    with pytest.raises(Refused, match="Its question was answered or called off"):
        retry(run, delivery, at=LATER)


def test_a_number_that_nobody_gave_is_a_sentence(run: Run, site: Site) -> None:
    with pytest.raises(Refused, match="There is no delivery 9 here"):
        retry(run, 9)


# By an admin, in Slack


def make_admin(session: Session, site: Site, name: str) -> None:
    people.by_id(session, site.people[name]).admin = True


def test_an_admin_sends_all_again_that_ended_alike_and_the_history_names_them(run: Run, site: Site) -> None:
    run(make_admin, site, "Kay")
    one, two = ended(run, site, "one"), ended(run, site, "two")
    others = [
        ended(run, site, "other person", person_id=site.people["Ben"]),
        ended(run, site, "channel", person_id=None, channel="C_PIT"),
        ended(run, site, "unknown", Status.UNKNOWN),
        ended(run, site, "too late", expires_at=SOON),
    ]
    retried = run(retrying.try_again, two, by=site.caller("Kay"), at=SOON)
    assert retried.ids == (one, two)
    assert {row(run, other).status for other in others} == {Status.FAILED, Status.UNKNOWN}
    assert [(event.subject_id, event.actor_id) for event in run(events)] == [
        (one, site.people["Kay"]),
        (two, site.people["Kay"]),
    ]
    with pytest.raises(Refused, match="It is on its way"):
        run(retrying.try_again, two, by=site.caller("Kay"), at=SOON)


@pytest.mark.parametrize("name", ["Ana", "Mei"])
def test_nobody_else_sends_anything_again(run: Run, site: Site, name: str) -> None:
    delivery = ended(run, site)
    with pytest.raises(Refused, match="Only admins"):
        run(retrying.try_again, delivery, by=site.caller(name), at=SOON)
    assert row(run, delivery).status is Status.FAILED


def test_an_admin_of_another_workspace_does_not_find_it(run: Run, site: Site) -> None:
    delivery = ended(run, site)
    other = run(build, slack_id="T2")
    run(make_admin, other, "Kay")
    assert other.caller("Kay").user == slack_id_of("Kay")
    with pytest.raises(Refused, match="That message is not here any more"):
        run(retrying.try_again, delivery, by=other.caller("Kay"), at=SOON)
