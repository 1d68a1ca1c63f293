"""Who asks, and what Slack says about them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store import people, workspaces
from store.errors import Refused
from store.people import Caller, Profile
from store.policy import Policy
from tests.store.conftest import Run
from tests.store.site import FRONTLINE, MONDAY, OTHERS, Site, build

LATER = MONDAY + timedelta(days=1)


POLICY = Policy()


def test_somebody_on_the_list_is_known(run: Run, site: Site) -> None:
    assert run(people.known, site.caller("Ana")).name == "Ana"


@pytest.mark.parametrize(
    ("caller", "sentence"),
    [
        (Caller("", "T1", "UNOBODY"), "not on this site's list yet"),
        (Caller("", "T9", "UANA"), "not on this site's list yet"),
        (Caller("E1", "T1", "UANA"), "not on this site's list yet"),
        (Caller("", "T1", "UGUS"), "switched off"),
    ],
    ids=["a stranger", "another workspace", "another organisation", "somebody who has left"],
)
def test_others_are_refused(run: Run, site: Site, caller: Caller, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        run(people.known, caller)


def test_the_same_slack_id_in_two_workspaces_is_two_people(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    assert run(people.known, other.caller("Ana")).id == other.people["Ana"] != site.people["Ana"]
    assert run(people.by_slack_id, site.workspace_id, "UANA") is not None


def test_what_slack_says_of_somebody_is_taken_over(run: Run, site: Site) -> None:
    profile = Profile(zone="Europe/Berlin", locale="de-DE", active=False, slack_admin=True)
    assert run(people.learn_profile, profile, policy=POLICY, by=site.caller("Ana"), at=LATER).known
    ana = run(people.by_id, site.people["Ana"])
    assert (ana.zone, ana.locale, ana.active, ana.admin, ana.profile_at) == (
        "Europe/Berlin",
        "de-DE",
        False,
        True,
        LATER,
    )


def test_what_slack_leaves_out_stays_as_it_was(run: Run, site: Site) -> None:
    run(people.learn_profile, Profile(None, None, True, False), policy=POLICY, by=site.caller("Ana"), at=LATER)
    ana = run(people.by_id, site.people["Ana"])
    assert (ana.zone, ana.locale) == ("Australia/Perth", "en-US")


def test_strangers_are_not_stored(run: Run, site: Site) -> None:
    nobody = Caller("", "T1", "UNOBODY")
    assert not run(people.learn_profile, Profile(None, None, True, True), policy=POLICY, by=nobody, at=LATER).known
    assert run(people.find, nobody) is None
    assert run(people.locale_of, nobody) == "en-US"


def test_slack_is_asked_again_about_those_it_was_not_asked_about_lately(run: Run, site: Site) -> None:
    active = len(FRONTLINE) + len(OTHERS) - 1  # without Gus, who has left
    assert len(run(people.with_old_profiles, LATER, 100)) == active
    assert len(run(people.with_old_profiles, LATER, 3)) == 3
    run(people.learn_profile, Profile(None, None, True, False), policy=POLICY, by=site.caller("Ana"), at=LATER)
    old = run(people.with_old_profiles, LATER, 100)
    assert len(old) == active - 1
    assert site.caller("Ana") not in old
    assert site.caller("Ana") in run(people.with_old_profiles, LATER + timedelta(seconds=1), 100)


def test_a_workspace_is_made_once(run: Run) -> None:
    first = run(workspaces.ensure, "", "T7", "North", at=MONDAY)
    again = run(workspaces.ensure, "", "T7", "Another name", at=LATER)
    assert (again.id, again.name) == (first.id, "North")
    assert run(workspaces.find, "E1", "T7") is None


def test_an_admin_of_the_settings_stays_one_whatever_slack_says(run: Run, site: Site) -> None:
    policy = Policy(admins=frozenset({"UANA"}))
    for by in ("Ana", "Ben"):
        run(people.learn_profile, Profile(None, None, True, False), policy=policy, by=site.caller(by), at=LATER)
    assert run(people.by_id, site.people["Ana"]).admin
    assert not run(people.by_id, site.people["Ben"]).admin


def test_somebody_of_whom_slack_says_nothing_is_asked_about_again_in_an_hour(run: Run, site: Site) -> None:
    ana = site.caller("Ana")
    run(people.asked_in_vain, ana, policy=POLICY, at=LATER)
    week_before = LATER - POLICY.profile_every
    assert ana not in run(people.with_old_profiles, week_before + timedelta(minutes=59), 100)
    assert ana in run(people.with_old_profiles, week_before + timedelta(minutes=61), 100)


def test_of_somebody_who_is_not_on_the_list_it_does_not_matter_that_slack_says_nothing(run: Run, site: Site) -> None:
    stranger = replace(site.caller("Ana"), user="USTRANGER")
    run(people.asked_in_vain, stranger, policy=POLICY, at=LATER)
    assert run(people.find, stranger) is None
