"""The history: every act leaves an event, and none holds what people typed."""

import json
from datetime import timedelta

from store import agreements, prompts, reviews, triage, verdicts
from store.policy import Policy
from store.reviews import Outcome
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    EXIT_CRITERIA,
    LATER,
    MONDAY,
    Site,
    active_embedding,
    asked_crew,
    event_kinds,
    events,
    filed_report,
    live_change,
    opened_review,
    outbox,
    proposed_embedding,
)

TYPED = ("It rang while the belt stood still", "Waits three seconds", "It rang at every start", EXIT_CRITERIA)


def a_whole_term(run: Run, site: Site) -> None:
    embedding_id = run(active_embedding, site)
    report = run(filed_report, site)
    run(triage.acknowledge, report, by=site.caller("Priya"), at=LATER)
    prompt = run(asked_crew, site, embedding_id)["Ana"]
    run(prompts.answer_prompt, prompt, "did_it_help", "helped", by=site.caller("Ana"), at=LATER)
    note = run(live_change, site, report, version="1.2")
    run(verdicts.give_verdict, note, Helped.BETTER, policy=Policy(), by=site.caller("Ana"), at=LATER)
    review = run(opened_review, embedding_id, LATER + timedelta(days=31))
    for name in ("Olga", "Dmitri"):
        run(reviews.sign_review, review, Outcome.KEEP, by=site.caller(name), at=LATER + timedelta(days=32))


def test_every_act_of_a_term_leaves_one_event_in_order(run: Run, site: Site) -> None:
    a_whole_term(run, site)
    assert run(event_kinds) == [
        "embedding_proposed",
        "embedding_agreed",
        "embedding_agreed",
        "embedding_planned",
        "embedding_begun",
        "report_button_put_up",
        "feedback_filed",
        "feedback_acknowledged",
        "prompt_answered",
        "change_note_live",
        "verdict_given",
        "review_opened",
        "review_signed",
        "review_signed",
        "embedding_closed",
    ]


def test_an_event_names_who_did_it_and_nobody_when_time_did(run: Run, site: Site) -> None:
    a_whole_term(run, site)
    names = {person_id: name for name, person_id in site.people.items()}
    actors = {event.kind: names[event.actor_id] if event.actor_id else None for event in run(events)}
    assert actors == {
        "embedding_proposed": "Mei",
        "embedding_agreed": "Dmitri",
        "embedding_planned": None,
        "embedding_begun": None,
        "report_button_put_up": None,
        "feedback_filed": "Ana",
        "feedback_acknowledged": "Priya",
        "prompt_answered": "Ana",
        "change_note_live": "Priya",
        "verdict_given": "Ana",
        "review_opened": None,
        "review_signed": "Dmitri",
        "embedding_closed": None,
    }


def test_neither_events_nor_deliveries_hold_what_people_typed(run: Run, site: Site) -> None:
    a_whole_term(run, site)
    kept = json.dumps([event.data for event in run(events)] + [row.data for row in run(outbox)])
    assert not [typed for typed in TYPED if typed in kept]


def test_a_declined_proposal_leaves_who_declined_and_the_end(run: Run, site: Site) -> None:
    embedding_id = run(proposed_embedding, site)
    run(agreements.agree, embedding_id, False, by=site.caller("Mei"), at=MONDAY)
    assert run(event_kinds) == ["embedding_proposed", "embedding_declined", "embedding_cancelled"]


def test_every_event_of_a_workspace_is_bound_to_it(run: Run, site: Site) -> None:
    a_whole_term(run, site)
    assert {event.workspace_id for event in run(events)} == {site.workspace_id}
