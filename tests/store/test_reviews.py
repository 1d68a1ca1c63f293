"""The end of a term: a packet that cannot be changed any more, two signatures, and what is still open."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from store import embeddings, feedback, handovers, packets, prompts, reviews, rolling_back, verdicts
from store.access import REFUSALS, Act, Role
from store.deliveries import Delivery, Status
from store.embeddings import EmbeddingStatus
from store.errors import Refused
from store.feedback import FeedbackStatus, Kind
from store.observations import Observation
from store.packets import Compiled
from store.policy import Policy
from store.prompts import Prompt, PromptStatus
from store.reviews import Outcome, Signed
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    CREW_A,
    EXIT_CRITERIA,
    FIRST_DAY,
    FRONTLINE,
    LATER,
    Site,
    active_embedding,
    asked_crew,
    build,
    event_kinds,
    filed_report,
    live_change,
    opened_review,
    outbox,
    planned_embedding,
    sent_to,
)

END = LATER + timedelta(days=31)
"""09:00 in Perth on the last day."""
DUE = LATER + timedelta(hours=8)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


@pytest.fixture
def review_id(run: Run, embedding_id: int) -> int:
    return run(opened_review, embedding_id, END)


def packet(run: Run, embedding_id: int, needed: int = 5) -> dict[str, Any]:
    policy = Policy(people_needed=needed)
    compiled: dict[str, Any] = json.loads(run(packets.compile_packet, embedding_id, policy=policy, at=END).packet)
    return compiled


def sign(run: Run, site: Site, review_id: int, name: str, outcome: Outcome = Outcome.KEEP) -> Signed:
    return run(reviews.sign_review, review_id, outcome, by=site.caller(name), at=END + timedelta(hours=1))


# The packet


def test_a_packet_is_canonical_and_its_digest_checks(run: Run, site: Site, embedding_id: int) -> None:
    run(live_change, site, run(filed_report, site), version="1.2")
    compiled = run(packets.compile_packet, embedding_id, policy=Policy(), at=END).packet
    again = json.dumps(json.loads(compiled), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert compiled == again
    assert compiled == run(packets.compile_packet, embedding_id, policy=Policy(), at=END).packet
    assert packets.digest(compiled) == hashlib.sha256(compiled.encode("utf-8")).hexdigest()


def test_the_digest_is_that_of_the_bytes_that_were_kept(run: Run, review_id: int) -> None:
    (kept,) = run(reviews.to_keep)
    assert kept.reference == "E-1"
    assert kept.sha256 == hashlib.sha256(kept.packet.encode("utf-8")).hexdigest()


def test_what_happens_after_it_was_frozen_does_not_change_it(
    run: Run, site: Site, embedding_id: int, review_id: int
) -> None:
    before = run(reviews.to_keep)
    run(filed_report, site)
    sign(run, site, review_id, "Olga")
    assert run(reviews.to_keep) == before


def test_a_packet_that_was_kept_is_not_kept_again(run: Run, review_id: int) -> None:
    run(reviews.mark_kept, review_id, at=END)
    assert run(reviews.to_keep) == []


def test_a_packet_says_what_the_term_was_about(run: Run, embedding_id: int) -> None:
    told = packet(run, embedding_id)
    assert (told["reference"], told["team"], told["first_day"], told["last_day"], told["exit_criteria"]) == (
        "E-1",
        "Pit crew",
        "2026-03-10",
        "2026-04-10",
        EXIT_CRITERIA,
    )
    assert told["data_scientists"] == ["Priya", "Tom"]
    assert told["sponsors"] == {"sponsor_operations": "Olga", "sponsor_data": "Dmitri"}


def test_reports_are_counted_and_listed_without_their_reporters(run: Run, site: Site, embedding_id: int) -> None:
    first = run(filed_report, site)
    run(filed_report, site, by="Ben")
    run(live_change, site, first, version="1.2")
    (tool,) = packet(run, embedding_id)["tools"]
    assert tool["versions"] == ["1.0", "1.1", "1.2"]
    assert tool["by_status"] == {"changed": 1, "new": 1}
    assert tool["by_kind"] == {"false_alarm": 2}
    assert tool["reports"] == [
        {"reference": "F-1", "kind": "false_alarm", "version": "1.1", "status": "changed"},
        {"reference": "F-2", "kind": "false_alarm", "version": "1.1", "status": "new"},
    ]


def test_no_reporters_name_or_words_are_in_it(run: Run, site: Site, embedding_id: int) -> None:
    typed = [f"Words that {name} typed" for name in FRONTLINE]
    reports = [run(filed_report, site, by=name, text=text) for name, text in zip(FRONTLINE, typed, strict=True)]
    note = run(live_change, site, *reports)
    for name in FRONTLINE:
        run(verdicts.give_verdict, note, Helped.BETTER, policy=Policy(), by=site.caller(name), at=END)
    answer_all(run, site, embedding_id, FRONTLINE)
    compiled = run(packets.compile_packet, embedding_id, policy=Policy(people_needed=3), at=END).packet
    assert "F-6" in compiled
    assert not [secret for secret in (*FRONTLINE, *typed) if secret in compiled]
    assert not [slack_id for name in FRONTLINE if (slack_id := f"U{name.upper()}") in compiled]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, "no_verdict"),
        ({"Ana": Helped.BETTER, "Ben": Helped.BETTER}, "confirmed"),
        ({"Ana": Helped.BETTER, "Ben": Helped.WORSE}, "mixed"),
        ({"Ana": Helped.SAME}, "contested"),
    ],
    ids=["nobody", "better twice", "better and worse", "same"],
)
def test_a_change_shows_its_state_in_a_word_and_no_counts(
    run: Run, site: Site, embedding_id: int, said: dict[str, Helped], state: str
) -> None:
    note = run(live_change, site, run(filed_report, site), run(filed_report, site, by="Ben"))
    for name, value in said.items():
        run(verdicts.give_verdict, note, value, policy=Policy(), by=site.caller(name), at=END)
    (told,) = packet(run, embedding_id)["changes"]
    assert told["state"] == state
    assert told["answers"] == ["F-1", "F-2"]
    assert not [value for value in told.values() if isinstance(value, int)]


def test_a_change_that_was_taken_back_says_when_and_why(run: Run, site: Site, embedding_id: int) -> None:
    back = run(live_change, site, run(filed_report, site))
    run(live_change, site, run(filed_report, site))
    run(rolling_back.roll_back, back, "It missed a seal", by=site.caller("Priya"), at=LATER)
    told, stays = packet(run, embedding_id)["changes"]
    assert (told["rolled_back_at"], told["rolled_back_because"]) == (LATER.isoformat(), "It missed a seal")
    assert (stays["rolled_back_at"], stays["rolled_back_because"]) == (None, None)


def answer_all(run: Run, site: Site, embedding_id: int, names: tuple[str, ...], value: str = "helped") -> None:
    for name, prompt_id in run(asked_crew, site, embedding_id, names=names).items():
        run(mark_sent, prompt_id)
        run(prompts.answer_prompt, prompt_id, "did_it_help", value, by=site.caller(name), at=DUE)


def mark_sent(session: Session, prompt_id: int) -> None:
    session.get_one(Delivery, session.get_one(Prompt, prompt_id).delivery_id).status = Status.SENT


def withheld(needed: int) -> dict[str, dict[str, int]]:
    return {"withheld": {"people_needed": needed}}


def said(**counts: int) -> dict[str, int]:
    return {"helped": 0, "no_difference": 0, "in_the_way": 0, "not_used": 0, **counts}


def test_what_five_people_said_is_shown_and_what_fewer_said_is_withheld(
    run: Run, site: Site, embedding_id: int
) -> None:
    answer_all(run, site, embedding_id, FRONTLINE[:5])
    assert packet(run, embedding_id)["prompts"] == {"sent": 5, "answered": 5, "said": said(helped=5)}
    told = packet(run, embedding_id, needed=6)["prompts"]
    assert (told["sent"], told["answered"]) == (withheld(6), withheld(6))
    assert told["said"] == dict.fromkeys(said(), withheld(6))


def test_one_who_says_something_else_cannot_be_told_from_the_rest(run: Run, site: Site, embedding_id: int) -> None:
    answer_all(run, site, embedding_id, FRONTLINE)
    prompt = run(asked_crew, site, embedding_id, names=FRONTLINE)["Ana"]
    run(prompts.answer_prompt, prompt, "did_it_help", "in_the_way", by=site.caller("Ana"), at=DUE)
    told = packet(run, embedding_id)["prompts"]
    assert told["answered"] == 6
    assert told["said"] == dict.fromkeys(said(), withheld(5))


def test_many_answers_of_few_people_are_still_about_few(run: Run, site: Site, embedding_id: int) -> None:
    for day in range(2):
        for name, prompt_id in run(asked_crew, site, embedding_id, day=FIRST_DAY + timedelta(days=day)).items():
            run(mark_sent, prompt_id)
            run(prompts.answer_prompt, prompt_id, "did_it_help", "helped", by=site.caller(name), at=DUE)
    told = packet(run, embedding_id, needed=4)["prompts"]
    assert (told["sent"], told["answered"]) == (withheld(4), withheld(4))
    assert packet(run, embedding_id, needed=3)["prompts"]["answered"] == 6


def test_what_was_sent_to_few_is_withheld_however_many_were_to_be_asked(
    run: Run, site: Site, embedding_id: int
) -> None:
    asked = run(asked_crew, site, embedding_id, names=FRONTLINE)
    run(mark_sent, asked["Ana"])
    assert packet(run, embedding_id)["prompts"]["sent"] == withheld(5)


def test_observations_are_counted_apart(run: Run, site: Site, embedding_id: int) -> None:
    def observe(session: Session) -> None:
        session.add(
            Observation(
                embedding_id=embedding_id,
                tool_id=site.alarm_id,
                author_id=site.people["Priya"],
                text="Rang during a belt change",
                seen_at=LATER,
            )
        )

    run(observe)
    told = packet(run, embedding_id)
    assert told["observations"] == 1
    assert told["tools"][0]["reports"] == []
    assert "belt change" not in json.dumps(told)


# Opening


def test_a_review_is_due_at_nine_on_the_last_day(run: Run, site: Site, embedding_id: int) -> None:
    assert run(reviews.due, policy=Policy(), at=END - timedelta(seconds=1)) == []
    assert run(reviews.due, policy=Policy(), at=END) == [embedding_id]
    run(opened_review, embedding_id, END)
    assert run(reviews.due, policy=Policy(), at=END) == []


def test_an_embedding_that_never_began_has_no_review(run: Run, site: Site) -> None:
    embedding_id = run(planned_embedding, site)
    assert run(reviews.due, policy=Policy(), at=END) == []
    assert run(reviews.open_review, embedding_id, Compiled("{}", 0), at=END) is None
    assert run(reviews.of_embedding, embedding_id) is None


def test_opening_asks_everybody_who_has_a_part_once(run: Run, site: Site, review_id: int) -> None:
    asked = sorted(name for kind, name in run(sent_to, site) if kind == "review_opened")
    assert asked == ["Dmitri", "Mei", "Olga", "Priya", "Tom"]


def test_opening_twice_changes_nothing(run: Run, embedding_id: int, review_id: int) -> None:
    happened = run(event_kinds)
    assert run(reviews.open_review, embedding_id, Compiled("{}", 0), at=END) is None
    assert run(event_kinds) == happened


def test_opening_stops_the_prompts(run: Run, site: Site, embedding_id: int) -> None:
    asked = run(asked_crew, site, embedding_id, names=CREW_A)
    run(opened_review, embedding_id, END)
    assert run(embeddings.by_id, embedding_id).status is EmbeddingStatus.IN_REVIEW
    assert {run(prompts.by_id, prompt_id).status for prompt_id in asked.values()} == {PromptStatus.SKIPPED}
    assert {row.status for row in run(outbox) if row.kind == "prompt"} == {Status.SKIPPED}


# Signing


def test_the_second_signature_closes_it_and_the_channel_hears(
    run: Run, site: Site, embedding_id: int, review_id: int
) -> None:
    assert sign(run, site, review_id, "Olga") == Signed("E-1", False, ("Dmitri",))
    assert sign(run, site, review_id, "Dmitri") == Signed("E-1", True, ())
    assert run(embeddings.by_id, embedding_id).status is EmbeddingStatus.CLOSED
    review = run(reviews.by_id, review_id)
    assert (review.outcome, review.closed_at) == (Outcome.KEEP, END + timedelta(hours=1))
    assert run(sent_to, site)[-1] == ("embedding_closed", "C_PIT")


def test_each_signature_is_for_the_packet_that_was_frozen(run: Run, site: Site, review_id: int) -> None:
    sign(run, site, review_id, "Olga")
    signature = run(reviews.sign_offs, review_id)[Role.SPONSOR_OPERATIONS]
    assert signature.sha256 == run(reviews.by_id, review_id).sha256


def test_signing_twice_changes_nothing_not_even_ones_mind(run: Run, site: Site, review_id: int) -> None:
    first = sign(run, site, review_id, "Olga", Outcome.KEEP)
    assert sign(run, site, review_id, "Olga", Outcome.KEEP) == first
    with pytest.raises(Refused, match="signed this review already, and what you said then stands"):
        sign(run, site, review_id, "Olga", Outcome.RETIRE)
    assert run(reviews.sign_offs, review_id)[Role.SPONSOR_OPERATIONS].outcome is Outcome.KEEP
    assert run(event_kinds).count("review_signed") == 1


def test_signing_again_after_it_was_closed_gets_the_same_answer(run: Run, site: Site, review_id: int) -> None:
    sign(run, site, review_id, "Olga")
    closed = sign(run, site, review_id, "Dmitri")
    assert sign(run, site, review_id, "Olga") == closed
    assert run(event_kinds).count("embedding_closed") == 1


def test_sponsors_who_want_different_things_leave_the_outcome_open(run: Run, site: Site, review_id: int) -> None:
    sign(run, site, review_id, "Olga", Outcome.KEEP)
    sign(run, site, review_id, "Dmitri", Outcome.RETIRE)
    review = run(reviews.by_id, review_id)
    assert review.outcome is None
    assert review.closed_at is not None


@pytest.mark.parametrize("name", ["Mei", "Priya", "Kay", "Ana"])
def test_only_the_two_sponsors_sign(run: Run, site: Site, review_id: int, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        sign(run, site, review_id, name)
    assert refusal.value.sentence == REFUSALS[Act.SIGN_REVIEW]


def test_another_workspaces_sponsor_does_not(run: Run, review_id: int) -> None:
    other = run(build, slack_id="T2")
    run(active_embedding, other)
    with pytest.raises(Refused, match="not here any more"):
        sign(run, other, review_id, "Olga")


def test_what_is_still_open_is_carried_over_and_nothing_else(run: Run, site: Site, embedding_id: int) -> None:
    waiting, contested, confirmed, changed = (run(filed_report, site) for _ in range(4))
    run(
        verdicts.give_verdict,
        run(live_change, site, confirmed),
        Helped.BETTER,
        policy=Policy(),
        by=site.caller("Ana"),
        at=END,
    )
    run(
        verdicts.give_verdict,
        run(live_change, site, contested),
        Helped.WORSE,
        policy=Policy(),
        by=site.caller("Ana"),
        at=END,
    )
    run(live_change, site, changed)
    elsewhere = run(filed_report, site, tool_id=site.forecast_id)
    praise, idea = run(filed_report, site, kind=Kind.GOOD_CATCH), run(filed_report, site, kind=Kind.IDEA)
    review_id = run(opened_review, embedding_id, END)
    for name in ("Olga", "Dmitri"):
        sign(run, site, review_id, name)
    reports = (waiting, contested, idea, confirmed, changed, elsewhere, praise)
    assert [run(feedback.by_id, report).status for report in reports] == [
        FeedbackStatus.CARRIED_OVER,
        FeedbackStatus.CARRIED_OVER,
        FeedbackStatus.CARRIED_OVER,
        FeedbackStatus.CONFIRMED,
        FeedbackStatus.CHANGED,
        FeedbackStatus.NEW,
        FeedbackStatus.NEW,
    ]
    card = run(reviews.card, review_id)
    assert (card.carried_over, card.owners) == (3, ("Omar",))


def test_a_card_asks_only_a_sponsor_who_has_not_signed(run: Run, site: Site, review_id: int) -> None:
    def to_sign(name: str) -> bool:
        return run(reviews.card, review_id, site.people[name]).to_sign

    assert {name: to_sign(name) for name in ("Olga", "Dmitri", "Mei", "Priya")} == {
        "Olga": True,
        "Dmitri": True,
        "Mei": False,
        "Priya": False,
    }
    sign(run, site, review_id, "Olga", Outcome.RETIRE)
    assert not to_sign("Olga")
    card = run(reviews.card, review_id)
    assert (card.signed, card.waiting_for, card.to_sign) == ((("Olga", Outcome.RETIRE),), ("Dmitri",), False)


def test_a_packet_that_does_not_know_the_latest_is_not_frozen(run: Run, site: Site, embedding_id: int) -> None:
    stale = run(packets.compile_packet, embedding_id, policy=Policy(), at=END)
    run(filed_report, site)
    assert run(reviews.open_review, embedding_id, stale, at=END) is None
    fresh = run(packets.compile_packet, embedding_id, policy=Policy(), at=END)
    assert run(reviews.open_review, embedding_id, fresh, at=END) == packets.digest(fresh.packet)


def test_what_is_open_at_the_end_is_handed_to_the_owner_and_its_reporters_are_told(
    run: Run, site: Site, embedding_id: int
) -> None:
    run(filed_report, site)
    run(filed_report, site, by="Ben", kind=Kind.GOOD_CATCH)
    review_id = run(opened_review, embedding_id, END)
    for name in ("Olga", "Dmitri"):
        sign(run, site, review_id, name)
    told = [sent for sent in run(sent_to, site) if sent[0].startswith("carried_over")]
    assert [kind for kind, _ in told] == ["carried_over_to_owner", "carried_over_told"]
    assert told[1] == ("carried_over_told", "Ana")
    found = run(handovers.carried_over, embedding_id)
    assert [(reference, tool) for reference, tool, _ in found.reports] == [("F-1", "Crusher alarm")]


def test_a_sponsor_who_has_not_signed_is_shown_what_there_is_to_sign(run: Run, site: Site, review_id: int) -> None:
    assert run(reviews.to_sign, review_id, by=site.caller("Olga")).to_sign


def test_a_sponsor_who_has_signed_is_told_that_nothing_is_left(run: Run, site: Site, review_id: int) -> None:
    sign(run, site, review_id, "Olga")
    with pytest.raises(Refused, match="You have signed this review"):
        run(reviews.to_sign, review_id, by=site.caller("Olga"))
    assert run(reviews.to_sign, review_id, by=site.caller("Dmitri")).to_sign


@pytest.mark.parametrize("name", ["Mei", "Priya", "Ana"])
def test_nobody_else_is_shown_what_to_sign(run: Run, site: Site, review_id: int, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        run(reviews.to_sign, review_id, by=site.caller(name))
    assert refusal.value.sentence == REFUSALS[Act.SIGN_REVIEW]


def test_a_review_that_never_was_or_is_another_workspaces_is_not_here(run: Run, site: Site, review_id: int) -> None:
    with pytest.raises(Refused, match="not here any more"):
        sign(run, site, review_id + 1, "Olga")
    other = run(build, slack_id="T2")
    for caller, wanted in ((site.caller("Olga"), review_id + 1), (other.caller("Olga"), review_id)):
        with pytest.raises(Refused, match="not here any more"):
            run(reviews.to_sign, wanted, by=caller)
