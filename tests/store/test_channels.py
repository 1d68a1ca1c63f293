"""Whoever can invite the app is asked once, and what waited for it goes out once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from store import access, channels, deliveries, people, sending, settling
from store.access import Role, Scope
from store.channels import Invitation
from store.deliveries import Delivery, Kind, Status
from store.meanings import Meaning
from store.policy import Policy
from store.sending import Claimed, Settled
from tests.store.conftest import Run
from tests.store.site import MONDAY, Site, build, event_kinds, outbox, sent_to

LEASE = timedelta(seconds=60)
SOON = MONDAY + timedelta(minutes=5)
POLICY = Policy()
WORD = "Alongside is not in this channel"


def queue(run: Run, site: Site, key: str, **rest: Any) -> int:
    """A message to the pit crew's channel, unless the test says otherwise."""
    arguments: dict[str, Any] = {"channel": "C_PIT", "at": MONDAY, **rest}
    made = run(deliveries.queue, site.workspace_id, Kind.CHANGE_IN_CHANNEL, key, "change_note", 1, **arguments)
    assert made is not None
    return made


def claim(run: Run, delivery_id: int) -> Claimed:
    """A delivery in somebody's hands, about to be called."""
    workspace_id = row(run, delivery_id).workspace_id
    due = run(sending.claim, workspace_id, at=SOON, limit=50, lease=LEASE)
    return next(one for one in due if one.id == delivery_id)


def settle(run: Run, claimed: Claimed, status: Status, meaning: Meaning | None = None) -> bool:
    result = Settled(claimed, status, WORD, channel="C_PIT", ts="1.0", meaning=meaning)
    return claimed.id in run(settling.settle, [result], at=SOON)


def end(run: Run, delivery_id: int, meaning: Meaning, status: Status = Status.FAILED) -> None:
    """Slack refused it."""
    assert settle(run, claim(run, delivery_id), status, meaning)


def arrive(run: Run, delivery_id: int) -> None:
    """Slack took it."""
    assert settle(run, claim(run, delivery_id), Status.SENT)


def row(run: Run, delivery_id: int) -> Delivery:
    return run(deliveries.by_id, delivery_id)


def asked(run: Run, site: Site) -> list[str]:
    return [name for kind, name in run(sent_to, site) if kind == "invite_me"]


def switch_off(session: Session, person_id: int) -> None:
    people.switch_off(session, people.by_id(session, person_id), at=SOON)


def lead_too(session: Session, person_id: int, team_id: int) -> None:
    access.give(session, people.by_id(session, person_id), Role.LEAD, Scope.TEAM, team_id, at=MONDAY)


def make_admin(session: Session, person_id: int) -> None:
    person = people.by_id(session, person_id)
    person.admin = True
    session.add(person)


def test_the_teams_leads_are_asked_once(run: Run, site: Site) -> None:
    run(lead_too, site.people["Ana"], site.team_id)
    end(run, queue(run, site, "first"), Meaning.NOT_INVITED)
    end(run, queue(run, site, "second"), Meaning.NOT_INVITED)
    assert asked(run, site) == ["Ana", "Mei"]
    assert run(event_kinds) == ["invitation_asked"]
    assert run(channels.invitation, site.team_id) == Invitation("Pit crew", "C_PIT")


def test_coordinators_and_admins_are_asked_where_no_lead_is_left(run: Run, site: Site) -> None:
    run(switch_off, site.people["Mei"])
    run(make_admin, site.people["Omar"])
    run(make_admin, site.people["Gus"])  # he has left
    end(run, queue(run, site, "first"), Meaning.NOT_INVITED)
    assert asked(run, site) == ["Kay", "Omar"]


def test_somebody_is_asked_later_where_there_is_nobody_yet(run: Run, site: Site) -> None:
    for name in ("Mei", "Kay"):
        run(switch_off, site.people[name])
    end(run, queue(run, site, "first"), Meaning.NOT_INVITED)
    assert asked(run, site) == []
    run(make_admin, site.people["Omar"])
    end(run, queue(run, site, "second"), Meaning.NOT_INVITED)
    assert asked(run, site) == ["Omar"]


def test_what_waited_goes_out_when_it_was_invited_and_nothing_else_does(run: Run, site: Site) -> None:
    waited = queue(run, site, "waited")
    end(run, waited, Meaning.NOT_INVITED)
    broken = queue(run, site, "broken")
    end(run, broken, Meaning.OURS)
    other = queue(run, site, "other")
    end(run, other, Meaning.CHANNEL_GONE)
    old = queue(run, site, "old", due_at=SOON - channels.KEPT_FOR)
    end(run, old, Meaning.NOT_INVITED)
    elsewhere = queue(run, site, "elsewhere", channel="C_MILL")
    end(run, elsewhere, Meaning.NOT_INVITED)

    assert run(channels.app_joined, "C_PIT", by=site.caller("Ana"), at=SOON).waiting == 1

    again = row(run, waited)
    assert (again.status, again.reason, again.meaning, again.ended_at) == (Status.QUEUED, None, None, None)
    assert {row(run, one).status for one in (broken, other, old, elsewhere)} == {Status.FAILED}
    assert run(channels.invitation, site.team_id) is None
    assert run(channels.app_joined, "C_PIT", by=site.caller("Ana"), at=SOON).waiting == 0
    assert run(event_kinds) == ["invitation_asked", "report_button_put_up", "app_invited"]


def test_another_workspaces_channel_of_the_same_name_is_another(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    waited = queue(run, site, "waited")
    end(run, waited, Meaning.NOT_INVITED)
    assert run(channels.app_joined, "C_PIT", by=other.caller("Ana"), at=SOON).waiting == 0
    stranger = people.Caller("", "T9", "UBOT")
    assert run(channels.app_joined, "C_PIT", by=stranger, at=SOON).waiting == 0
    assert row(run, waited).status is Status.FAILED


def test_a_message_that_arrives_lets_out_what_waited(run: Run, site: Site) -> None:
    waited = queue(run, site, "waited")
    end(run, waited, Meaning.NOT_INVITED)
    arrive(run, queue(run, site, "arrives"))
    assert row(run, waited).status is Status.QUEUED
    assert run(channels.invitation, site.team_id) is None


def test_whoever_is_gone_is_switched_off_once(run: Run, site: Site) -> None:
    for key in ("one", "two"):
        made = queue(run, site, key, channel=None, person_id=site.people["Ana"])
        end(run, made, Meaning.PERSON_GONE, Status.SKIPPED)
    assert not run(people.by_id, site.people["Ana"]).active
    assert run(event_kinds) == ["account_switched_off"]


def test_slack_is_asked_at_once_about_somebody_it_did_not_find(run: Run, site: Site) -> None:
    profile = people.Profile(None, None, True, False)
    run(people.learn_profile, profile, policy=POLICY, by=site.caller("Ana"), at=SOON)
    assert site.caller("Ana") not in run(people.with_old_profiles, SOON, 100)
    end(run, queue(run, site, "one", channel=None, person_id=site.people["Ana"]), Meaning.CHANNEL_GONE)
    assert run(people.by_id, site.people["Ana"]).active
    assert site.caller("Ana") in run(people.with_old_profiles, SOON, 100)


def test_a_claim_that_was_lost_has_no_consequence(run: Run, site: Site) -> None:
    made = queue(run, site, "first")
    claimed = claim(run, made)
    assert settle(run, claimed, Status.SKIPPED)
    assert not settle(run, claimed, Status.FAILED, Meaning.NOT_INVITED)
    assert not settle(run, claimed, Status.SENT)
    assert asked(run, site) == []
    assert len(run(outbox)) == 1


@pytest.mark.parametrize("meaning", [Meaning.NOT_INVITED, Meaning.PERSON_GONE])
def test_a_meaning_that_does_not_fit_the_receiver_has_no_consequence(run: Run, site: Site, meaning: Meaning) -> None:
    to_person = {"channel": None, "person_id": site.people["Ana"]}
    end(run, queue(run, site, "first", **(to_person if meaning is Meaning.NOT_INVITED else {})), meaning)
    assert asked(run, site) == []
    assert run(event_kinds) == []
