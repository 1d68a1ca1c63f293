"""Who asks, and what Slack says about them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session

from store import access, people, workspaces
from store.access import Role, Scope
from store.errors import Refused
from store.people import Caller, Profile
from store.policy import Policy
from tests.store.conftest import Run
from tests.store.site import FRONTLINE, MONDAY, OTHERS, Site, build, event_kinds

LATER = MONDAY + timedelta(days=1)


POLICY = Policy()


def test_somebody_on_the_list_is_known(run: Run, site: Site) -> None:
    assert run(people.known, site.caller("Ana")).name == "Ana"


@pytest.mark.parametrize(
    ("caller", "sentence"),
    [
        (Caller("", "T1", "UNOBODY"), "not on this site's list yet"),
        (Caller("", "T9", "UANA"), "imports the site file first"),
        (Caller("E1", "T1", "UANA"), "imports the site file first"),
        (Caller("", "T1", "UGUS"), "switched off here. If that is wrong, ask Kay"),
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
    everybody = len(FRONTLINE) + len(OTHERS)  # also Gus, who has left and may come back
    assert len(run(people.with_old_profiles, LATER, 100)) == everybody
    assert len(run(people.with_old_profiles, LATER, 3)) == 3
    run(people.learn_profile, Profile(None, None, True, False), policy=POLICY, by=site.caller("Ana"), at=LATER)
    old = run(people.with_old_profiles, LATER, 100)
    assert len(old) == everybody - 1
    assert site.caller("Ana") not in old
    assert site.caller("Ana") in run(people.with_old_profiles, LATER + timedelta(seconds=1), 100)


def test_slack_is_asked_first_about_those_it_never_was_and_then_about_those_it_was_longest_ago(
    run: Run, site: Site
) -> None:
    known = Profile(None, None, True, False)
    for days, name in enumerate(("Ben", "Ana")):
        asked_at = LATER + timedelta(days=days)
        run(people.learn_profile, known, policy=POLICY, by=site.caller(name), at=asked_at)
    old = run(people.with_old_profiles, LATER + timedelta(days=9), 100)
    assert old[-2:] == [site.caller("Ben"), site.caller("Ana")]
    assert run(people.with_old_profiles, LATER + timedelta(days=9), len(old) - 1) == old[:-1]


def test_slack_is_asked_soon_about_somebody_of_whom_an_event_spoke(run: Run, site: Site) -> None:
    ana, week_before = site.caller("Ana"), LATER - POLICY.profile_every
    gone, back = Profile(None, None, False, False), Profile(None, None, True, False)
    run(people.learn_profile, back, policy=POLICY, by=ana, at=LATER)
    assert ana not in run(people.with_old_profiles, week_before, 100)

    # Ana was switched off and on again, and the news came in the other order.
    run(people.hear_of_profile, back, policy=POLICY, by=ana, at=LATER)
    run(people.hear_of_profile, gone, policy=POLICY, by=ana, at=LATER)
    assert ana in run(people.with_old_profiles, week_before, 100)

    run(people.learn_profile, back, policy=POLICY, by=ana, at=LATER)
    assert run(people.by_id, site.people["Ana"]).active


def test_slack_is_asked_now_and_then_about_somebody_who_has_left_and_may_come_back(run: Run, site: Site) -> None:
    gus, gone = site.caller("Gus"), Profile(None, None, False, False)
    assert gus in run(people.with_old_profiles, LATER, 100)
    run(people.learn_profile, gone, policy=POLICY, by=gus, at=LATER)
    assert gus not in run(people.with_old_profiles, LATER, 100)
    assert gus in run(people.with_old_profiles, LATER + timedelta(seconds=1), 100)


def test_an_event_about_a_stranger_stores_nobody(run: Run, site: Site) -> None:
    nobody = Caller("", "T1", "UNOBODY")
    assert not run(people.hear_of_profile, Profile(None, None, True, True), policy=POLICY, by=nobody, at=LATER).known
    assert run(people.find, nobody) is None


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


def switch_off(session: Session, person_id: int) -> None:
    people.by_id(session, person_id).active = False


def make_admin(session: Session, person_id: int) -> None:
    people.by_id(session, person_id).admin = True


def give(session: Session, person_id: int, role: Role, scope: Scope, scope_id: int) -> None:
    access.give(session, people.by_id(session, person_id), role, scope, scope_id, at=MONDAY)


def test_a_stranger_is_sent_to_the_coordinators_else_the_leads_else_the_admins(run: Run, site: Site) -> None:
    def said() -> str:
        with pytest.raises(Refused) as refused:
            run(people.known, Caller("", "T1", "U0NEW"))
        return str(refused.value)

    assert said() == (
        "You are not on this site's list yet. Ask Kay to put you on it; your Slack id is U0NEW, Kay needs it."
    )
    run(give, site.people["Eve"], Role.COORDINATOR, Scope.WORKSPACE, site.workspace_id)
    assert "Ask Eve or Kay to put you on it; your Slack id is U0NEW, they need it." in said()
    for name in ("Kay", "Eve"):
        run(switch_off, site.people[name])
    assert "Ask Mei to put you on it" in said()
    run(switch_off, site.people["Mei"])
    assert "Ask whoever runs Alongside here to put you on it; your Slack id is U0NEW" in said()
    run(make_admin, site.people["Omar"])
    assert "Ask Omar to put you on it" in said()


def test_a_stranger_is_sent_to_nobody_of_another_workspace(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    for name in ("Kay", "Mei"):
        run(switch_off, other.people[name])
    with pytest.raises(Refused, match="Ask whoever runs Alongside here"):
        run(people.known, Caller("", "T2", "U0NEW"))


def test_who_was_switched_off_while_nobody_looks_after_the_list_is_sent_to_who_runs_it(run: Run, site: Site) -> None:
    for name in ("Kay", "Mei"):
        run(switch_off, site.people[name])
    with pytest.raises(Refused, match="If that is wrong, ask whoever runs Alongside here"):
        run(people.known, site.caller("Gus"))


def test_an_account_that_is_switched_off_and_on_again_leaves_its_events(run: Run, site: Site) -> None:
    ana = site.caller("Ana")
    run(people.gone, ana, at=LATER)
    run(people.gone, ana, at=LATER)
    assert not run(people.by_id, site.people["Ana"]).active
    run(people.learn_profile, Profile(None, None, True, False), policy=POLICY, by=ana, at=LATER)
    assert run(people.known, ana).active
    assert run(event_kinds) == ["account_switched_off", "account_switched_on"]


def test_a_stranger_who_is_gone_is_nobody_to_us(run: Run, site: Site) -> None:
    run(people.gone, Caller("", "T1", "UNOBODY"), at=LATER)
    assert run(event_kinds) == []


def test_of_somebody_who_is_not_on_the_list_it_does_not_matter_that_slack_says_nothing(run: Run, site: Site) -> None:
    stranger = replace(site.caller("Ana"), user="USTRANGER")
    run(people.asked_in_vain, stranger, policy=POLICY, at=LATER)
    assert run(people.find, stranger) is None
