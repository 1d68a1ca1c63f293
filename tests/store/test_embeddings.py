"""An embedding from the proposal to its first day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from store import access, agreements, embeddings, people, prompt_plans, scheduling, teams, terms
from store.access import REFUSALS, Act, Role, Scope
from store.agreements import Decided
from store.embeddings import EmbeddingStatus
from store.errors import Refused
from store.people import Caller, Person
from store.policy import Policy
from store.scheduling import Proposed
from store.tools import ToolUse
from tests.store.conftest import Run
from tests.store.site import (
    FIRST_DAY,
    FIRST_SHIFT,
    LAST_DAY,
    MONDAY,
    Site,
    active_embedding,
    another_team,
    build,
    event_kinds,
    outbox,
    planned_embedding,
    proposal,
    proposed_embedding,
    sent_to,
    slack_id_of,
)

TODAY = date(2026, 3, 2)


def status(run: Run, embedding_id: int) -> EmbeddingStatus:
    return run(embeddings.by_id, embedding_id).status


def agree(run: Run, site: Site, embedding_id: int, name: str, agreed: bool = True) -> Decided:
    return run(agreements.agree, embedding_id, agreed, by=site.caller(name), at=MONDAY)


def test_a_coordinators_proposal_asks_the_lead_and_both_sponsors(run: Run, site: Site) -> None:
    proposed = run(scheduling.schedule_embedding, proposal(site), by=site.caller("Kay"), at=MONDAY)
    assert proposed == Proposed("E-1", ("Mei", "Olga", "Dmitri"))
    assert run(sent_to, site) == [("embedding_proposed", name) for name in ("Mei", "Olga", "Dmitri")]


def test_a_lead_who_proposes_has_agreed_by_that(run: Run, site: Site) -> None:
    proposed = run(scheduling.schedule_embedding, proposal(site), by=site.caller("Mei"), at=MONDAY)
    assert proposed.asked == ("Olga", "Dmitri")


def test_one_of_two_leads_who_proposes_is_the_one_who_agreed(run: Run, site: Site) -> None:
    def second_lead(session: Session) -> None:
        ana = session.get_one(Person, site.people["Ana"])
        access.give(session, ana, Role.LEAD, Scope.TEAM, site.team_id, at=MONDAY)

    run(second_lead)
    proposed = run(scheduling.schedule_embedding, proposal(site), by=site.caller("Mei"), at=MONDAY)
    assert proposed.asked == ("Olga", "Dmitri")


def test_the_lead_of_the_team_cannot_be_its_sponsor_as_well(run: Run, site: Site) -> None:
    mei = slack_id_of("Mei")
    for what in (replace(proposal(site), sponsor_operations=mei), replace(proposal(site), sponsor_data=mei)):
        with pytest.raises(Refused, match="nobody signs for their own work"):
            run(proposed_embedding, site, what)


@pytest.mark.parametrize("name", ["Ana", "Priya", "Olga", "Omar"])
def test_others_cannot_propose_one(run: Run, site: Site, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        run(scheduling.schedule_embedding, proposal(site), by=site.caller(name), at=MONDAY)
    assert refusal.value.sentence == REFUSALS[Act.PROPOSE_EMBEDDING]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"first_day": TODAY}, "first_day", "after today"),
        ({"first_day": TODAY - timedelta(days=1)}, "first_day", "after today"),
        ({"last_day": FIRST_DAY}, "last_day", "must come after"),
        ({"last_day": FIRST_DAY - timedelta(days=1)}, "last_day", "must come after"),
        ({"last_day": FIRST_DAY + timedelta(days=367)}, "last_day", "a year at most"),
        ({"data_scientists": ("UPRIYA", "UNOBODY")}, "data_scientists", "not on the site's list"),
        ({"sponsor_operations": "UNOBODY"}, "sponsor_operations", "not on the site's list"),
        ({"sponsor_data": ""}, "sponsor_data", "not on the site's list"),
        ({"data_scientists": ("UMEI",)}, "data_scientists", "Mei cannot have two of these parts"),
        ({"sponsor_operations": "UPRIYA"}, "sponsor_operations", "Priya cannot have two of these parts"),
        ({"sponsor_data": "UTOM"}, "sponsor_data", "Tom cannot have two of these parts"),
        ({"sponsor_data": "UOLGA"}, "sponsor_data", "Olga cannot have two of these parts"),
    ],
)
def test_a_proposal_that_breaks_a_rule_is_refused_at_its_field(
    run: Run, site: Site, changed: dict[str, Any], field: str, sentence: str
) -> None:
    what = replace(proposal(site), **changed)
    with pytest.raises(Refused, match=sentence) as refusal:
        run(scheduling.schedule_embedding, what, by=site.caller("Kay"), at=MONDAY)
    assert refusal.value.field == field
    assert run(event_kinds) == []
    assert run(outbox) == []


def test_today_is_the_day_at_the_site(run: Run, site: Site) -> None:
    tomorrow_there = replace(proposal(site), first_day=date(2026, 3, 3))
    late_on_monday = datetime.fromisoformat("2026-03-02T15:59:59+00:00")
    with pytest.raises(Refused, match="after today"):
        run(
            scheduling.schedule_embedding,
            tomorrow_there,
            by=site.caller("Kay"),
            at=late_on_monday + timedelta(seconds=1),
        )
    assert run(scheduling.schedule_embedding, tomorrow_there, by=site.caller("Kay"), at=late_on_monday)


def test_a_tool_that_the_team_does_not_use_is_refused(run: Run, site: Site) -> None:
    what = replace(proposal(site), tool_ids=(site.alarm_id, site.mill_id))
    with pytest.raises(Refused, match="Pit crew does not use that tool") as refusal:
        run(scheduling.schedule_embedding, what, by=site.caller("Kay"), at=MONDAY)
    assert refusal.value.field == "tools"


def test_a_team_without_a_lead_is_refused(run: Run, site: Site) -> None:
    def workshop(session: Session) -> int:
        return another_team(session, site, site.alarm_id, "Workshop").key

    what = replace(proposal(site), team_id=run(workshop), tool_ids=(site.alarm_id,))
    with pytest.raises(Refused, match="Workshop has no lead yet") as refusal:
        run(scheduling.schedule_embedding, what, by=site.caller("Kay"), at=MONDAY)
    assert refusal.value.field == "team"


def test_a_coordinator_cannot_reach_into_another_workspace(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    with pytest.raises(Refused):
        run(scheduling.schedule_embedding, proposal(other), by=site.caller("Kay"), at=MONDAY)


def test_the_last_agreement_plans_it_and_tells_the_proposer_and_the_data_scientists(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    assert agree(run, site, embedding_id, "Olga") == Decided("E-1", True, EmbeddingStatus.PROPOSED, ("Mei", "Dmitri"))
    assert agree(run, site, embedding_id, "Mei").status is EmbeddingStatus.PROPOSED
    assert agree(run, site, embedding_id, "Dmitri") == Decided("E-1", True, EmbeddingStatus.PLANNED, ())
    told = [name for kind, name in run(sent_to, site) if kind == "embedding_planned"]
    assert sorted(told) == ["Kay", "Priya", "Tom"]
    assert run(prompt_plans.of_embedding, embedding_id) is not None


def test_a_second_tap_gets_the_same_answer_and_changes_nothing(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    first = agree(run, site, embedding_id, "Olga")
    happened = run(event_kinds)
    assert agree(run, site, embedding_id, "Olga") == first
    assert run(event_kinds) == happened


def test_a_second_tap_after_it_was_planned_is_no_error(run: Run, site: Site) -> None:
    embedding_id = run(planned_embedding, site)
    assert agree(run, site, embedding_id, "Dmitri").status is EmbeddingStatus.PLANNED


@pytest.mark.parametrize("name", ["Mei", "Olga", "Dmitri"])
def test_one_who_declines_cancels_it_and_the_proposer_hears(run: Run, site: Site, name: str) -> None:
    embedding_id = run(proposed_embedding, site)
    assert agree(run, site, embedding_id, name, False).status is EmbeddingStatus.CANCELLED
    assert run(sent_to, site)[-1] == ("embedding_declined", "Kay")
    assert run(prompt_plans.of_embedding, embedding_id) is None


def test_agreeing_after_it_was_cancelled_is_refused(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    agree(run, site, embedding_id, "Olga", False)
    with pytest.raises(Refused, match="That is settled already"):
        agree(run, site, embedding_id, "Mei")
    assert status(run, embedding_id) is EmbeddingStatus.CANCELLED


def test_nobody_takes_back_an_agreement_after_it_was_planned(run: Run, site: Site) -> None:
    embedding_id = run(planned_embedding, site)
    with pytest.raises(Refused, match="That is settled already"):
        agree(run, site, embedding_id, "Olga", False)


def test_before_it_is_planned_a_sponsor_may_think_again(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    agree(run, site, embedding_id, "Olga")
    assert agree(run, site, embedding_id, "Olga", False).status is EmbeddingStatus.CANCELLED


@pytest.mark.parametrize("name", ["Kay", "Priya", "Ana"])
def test_only_those_who_were_asked_may_answer(run: Run, site: Site, name: str) -> None:
    embedding_id = run(proposed_embedding, site)
    with pytest.raises(Refused) as refusal:
        agree(run, site, embedding_id, name)
    assert refusal.value.sentence == REFUSALS[Act.AGREE_TO_EMBEDDING]


def test_another_workspaces_lead_finds_no_such_embedding(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="not here any more"):
        agree(run, other, embedding_id, "Mei")


def test_a_stranger_and_somebody_who_has_left_are_told_whom_to_ask(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    with pytest.raises(Refused, match="not on this site's list yet"):
        run(agreements.agree, embedding_id, True, by=Caller("", "T1", "UNOBODY"), at=MONDAY)
    with pytest.raises(Refused, match="switched off"):
        agree(run, site, embedding_id, "Gus")


def test_the_message_that_asked_shows_the_answer(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    agree(run, site, embedding_id, "Olga")
    posts = {row.id: row for row in run(outbox)}
    (edit,) = [row for row in posts.values() if row.edits_id]
    assert edit.edits_id is not None
    assert (edit.kind, posts[edit.edits_id].person_id) == ("embedding_proposed_answered", site.people["Olga"])


def test_it_begins_when_its_first_day_begins_at_the_site(run: Run, site: Site) -> None:
    embedding_id = run(planned_embedding, site)
    midnight_there = datetime.fromisoformat("2026-03-09T16:00:00+00:00")
    assert run(terms.begin_due, at=midnight_there - timedelta(seconds=1)) == 0
    assert run(terms.begin_due, at=midnight_there) == 1
    assert status(run, embedding_id) is EmbeddingStatus.ACTIVE


def test_it_begins_once_and_the_channel_hears_at_the_first_shift(run: Run, site: Site) -> None:
    run(active_embedding, site)
    assert run(terms.begin_due, at=FIRST_SHIFT) == 0
    (told,) = [row for row in run(outbox) if row.kind == "embedding_begun"]
    assert (told.channel, told.due_at) == ("C_PIT", FIRST_SHIFT)


def test_a_proposal_that_not_everybody_answered_is_off_on_its_first_day(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    agree(run, site, embedding_id, "Olga")
    assert run(terms.begin_due, at=FIRST_SHIFT) == 0
    assert status(run, embedding_id) is EmbeddingStatus.CANCELLED
    # Whoever proposed it and whoever had agreed hear of it; the others' questions lose their buttons.
    assert [name for kind, name in run(sent_to, site) if kind == "embedding_declined"] == ["Olga", "Kay"]
    rewritten = [row.person_id for row in run(outbox) if row.edits_id and row.status == "queued"]
    assert set(rewritten) == {site.people[name] for name in ("Olga", "Mei", "Dmitri")}
    with pytest.raises(Refused, match="That is settled already"):
        agree(run, site, embedding_id, "Dmitri")


def test_the_review_opens_at_nine_on_the_last_day_where_the_team_is(run: Run, site: Site) -> None:
    embedding = run(embeddings.by_id, run(active_embedding, site))
    opens = terms.review_opens_at(embedding, run(teams.by_id, site.team_id), Policy())
    assert opens == datetime.fromisoformat(f"{LAST_DAY}T09:00:00+08:00")


def test_a_tool_knows_its_embeddings_only_while_they_are_under_way(run: Run, site: Site) -> None:
    run(proposed_embedding, site)
    assert run(embeddings.of_tool, site.alarm_id) == []
    embedding_id = run(active_embedding, site)
    assert [row.id for row in run(embeddings.of_tool, site.alarm_id)] == [embedding_id]
    assert run(embeddings.of_tool, site.forecast_id) == []


def test_data_scientists_answer_for_their_tools_only_while_it_is_under_way(run: Run, site: Site) -> None:
    def answered_for(session: Session, name: str) -> list[str]:
        person = session.get_one(Person, site.people[name])
        return [tool.name for tool in embeddings.tools_answered_for(session, person)]

    run(planned_embedding, site)
    assert run(answered_for, "Priya") == []
    run(terms.begin_due, at=FIRST_SHIFT)
    assert run(answered_for, "Priya") == ["Crusher alarm"]
    assert run(answered_for, "Olga") == []


def test_embeddings_are_listed_newest_first_and_found_by_their_number(run: Run, site: Site) -> None:
    for _ in range(3):
        run(proposed_embedding, site)
    other = run(build, slack_id="T2")
    assert [row.reference for row in run(embeddings.of_workspace, site.workspace_id)] == ["E-3", "E-2", "E-1"]
    found = run(embeddings.by_reference, site.workspace_id, 2)
    assert found is not None
    assert found.reference == "E-2"
    assert run(embeddings.by_reference, other.workspace_id, 2) is None


def test_a_card_shows_who_said_what(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    agree(run, site, embedding_id, "Olga")
    agree(run, site, embedding_id, "Dmitri", False)
    card = run(embeddings.card, embedding_id)
    assert (card.agreed, card.declined, card.still_asked) == (("Olga",), ("Dmitri",), ("Mei",))
    assert (card.tools, card.data_scientists, card.proposed_by) == (("Crusher alarm",), ("Priya", "Tom"), "Kay")


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"tool_ids": ()}, "tools", "Pick the tools"),
        ({"data_scientists": ()}, "data_scientists", "Pick who is to be embedded"),
        ({"sponsor_data": slack_id_of("Gus")}, "sponsor_data", "Gus's account is switched off"),
        ({"data_scientists": (slack_id_of("Gus"),)}, "data_scientists", "Gus's account is switched off"),
        ({"team_id": 999_999}, "team", "not on this site's list"),
    ],
)
def test_what_cannot_be_scheduled_is_refused_at_its_field(
    run: Run, site: Site, change: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        run(scheduling.schedule_embedding, replace(proposal(site), **change), by=site.caller("Kay"), at=MONDAY)
    assert refusal.value.field == field


def test_a_second_lead_of_the_team_cannot_be_its_data_scientist(run: Run, site: Site) -> None:
    def promote(session: Session) -> None:
        priya = people.by_id(session, site.people["Priya"])
        access.give(session, priya, Role.LEAD, Scope.TEAM, site.team_id, at=MONDAY)

    run(promote)
    with pytest.raises(Refused, match="Priya cannot have two of these parts"):
        run(proposed_embedding, site)


def test_a_team_without_a_tool_has_nothing_to_schedule(run: Run, site: Site) -> None:
    def retire(session: Session) -> None:
        for use in session.exec(select(ToolUse)).all():
            session.delete(use)

    run(retire)
    with pytest.raises(Refused, match="Your team has no tool on this site's list yet"):
        run(scheduling.schedulable, by=site.caller("Mei"))
