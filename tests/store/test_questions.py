"""Question sets: what can be answered, and own sets whose old versions keep their meaning."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from store import questions
from store.questions import (
    MOST_CHOICES,
    MOST_QUESTIONS,
    ONE_TAP,
    QUESTIONS,
    Question,
    QuestionKind,
    QuestionSet,
    SetName,
    own,
    questions_of,
    rating,
    yes_no,
)
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding

READY = [question for asked in QUESTIONS.values() for question in asked]


@pytest.mark.parametrize("ready", QuestionSet)
def test_a_ready_set_has_five_questions_at_most_and_begins_with_one_tap(ready: QuestionSet) -> None:
    asked = QUESTIONS[ready]
    assert len(asked) <= MOST_QUESTIONS
    assert asked[0].kind in ONE_TAP
    assert all(len(question.choices) <= MOST_CHOICES for question in asked)
    assert len({question.name for question in asked}) == len(asked)


def test_the_ready_sets_ask_every_kind_between_them() -> None:
    assert {question.kind for question in READY} == set(QuestionKind)


@pytest.mark.parametrize("question", [question for question in READY if question.choices], ids=lambda one: one.name)
def test_a_question_takes_its_own_choices_only(question: Question) -> None:
    assert all(question.read(choice) == choice for choice in question.choices)
    assert question.read("better") is None


def test_the_values_of_the_shifts_question_are_those_that_are_kept_since_ever() -> None:
    (question,) = QUESTIONS[QuestionSet.DID_IT_HELP]
    assert (question.name, question.choices) == (
        "did_it_help",
        ("helped", "no_difference", "in_the_way", "not_used"),
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("12", "12"),
        (" 2,50 ", "2.5"),
        ("-3", "-3"),
        ("007", "7"),
        ("0", "0"),
        ("-0.0", "0"),
        ("100", "100"),
        ("1e9", None),
        ("NaN", None),
        ("twelve", None),
        ("", None),
        ("1.2.3", None),
        ("٣", None),
        ("1" * 13, None),
    ],
)
def test_a_number_is_kept_as_a_number(said: str, kept: str | None) -> None:
    assert Question("n", QuestionKind.NUMBER).read(said) == kept


@pytest.mark.parametrize(("said", "kept"), [(" ok ", "ok"), ("x" * 300, "x" * 300), ("x" * 301, None), ("  ", None)])
def test_a_short_text_is_kept_as_it_was_said(said: str, kept: str | None) -> None:
    assert Question("w", QuestionKind.TEXT).read(said) == kept


def test_of_an_own_choice_the_place_is_kept() -> None:
    question = own("q1", QuestionKind.CHOICE, "Which belt?", ("North", "South"))
    assert (question.choices, question.labels) == (("1", "2"), ("North", "South"))
    assert question.read("North") is None


def add(session: Session, site: Site, embedding_id: int, name: str, *asked: Question) -> int:
    priya = site.people["Priya"]
    return questions.add_version(session, embedding_id, name, asked, by_id=priya, at=LATER + timedelta(0)).key


def test_a_changed_set_is_a_new_version_and_the_old_one_stays(run: Run, site: Site) -> None:
    embedding_id = run(active_embedding, site)
    before = (yes_no("q1", "Was it quiet?"), own("q2", QuestionKind.CHOICE, "Which belt?", ("North", "South")))
    first = run(add, site, embedding_id, "Belts", *before)
    second = run(add, site, embedding_id, "Belts", rating("q1", "How quiet was it?"))
    other = run(add, site, embedding_id, "Alarms", rating("q1", "How loud was it?"))
    assert run(questions_of, SetName(own_id=first)) == before
    newest = run(questions.own_sets, embedding_id)
    assert [(one.key, one.name, one.version) for one in newest] == [(other, "Alarms", 1), (second, "Belts", 2)]
    assert run(questions.own_sets, embedding_id + 1) == []


def test_a_ready_set_is_named_by_its_word() -> None:
    with Session() as session:
        assert questions_of(session, SetName(QuestionSet.WEEKLY_LOOK_BACK)) == QUESTIONS[QuestionSet.WEEKLY_LOOK_BACK]
