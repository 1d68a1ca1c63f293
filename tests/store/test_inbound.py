"""A request counts once, however often Slack sends it."""

import pytest
from sqlmodel import Session, select

from store import feedback, verdicts
from store.access import REFUSALS, Act
from store.errors import Refused
from store.feedback import Filed, Kind, Report
from store.inbound import SourceKey, once
from store.policy import Policy
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, build, event_kinds, events, filed_report, outbox


def send(run: Run, site: Site, key: str, name: str = "Ana", words: str = "It rang") -> Filed:
    report = Report(Kind.FALSE_ALARM, words, site.alarm_id)
    return run(once, key, feedback.file_feedback, report, by=site.caller(name), at=LATER)


def test_the_second_and_the_fourth_time_get_the_answer_of_the_first(run: Run, site: Site) -> None:
    run(active_embedding, site)
    answers = [send(run, site, "Ev1") for _ in range(4)]
    filed = Filed("F-1", "Crusher alarm", Kind.FALSE_ALARM, ("Priya", "Tom"), embedded=True, id=answers[0].id)
    assert answers == [filed] * 4
    assert isinstance(answers[3].kind, Kind)
    assert run(event_kinds).count("feedback_filed") == 1
    assert [row.kind.value for row in run(outbox)].count("feedback_filed") == 2


def test_the_answer_stays_what_it_was_then(run: Run, site: Site) -> None:
    first = send(run, site, "Ev1")
    run(active_embedding, site)
    assert send(run, site, "Ev1") == first
    assert send(run, site, "Ev2").heard_by == ("Priya", "Tom")


def test_two_requests_are_two_even_with_the_same_words(run: Run, site: Site) -> None:
    assert [send(run, site, key).reference for key in ("Ev1", "Ev2")] == ["F-1", "F-2"]


def test_the_same_key_in_another_workspace_is_another_request(run: Run, site: Site) -> None:
    other = run(build, slack_id="T2")
    grid = run(build, slack_id="T1", enterprise_id="E1")
    assert [send(run, place, "Ev1").reference for place in (site, other, grid)] == ["F-1", "F-1", "F-1"]


def test_a_key_that_was_kept_for_something_else_is_refused(run: Run, site: Site) -> None:
    send(run, site, "trigger:1")
    with pytest.raises(Refused, match="Please do it once more"):
        run(
            once, "trigger:1", verdicts.give_verdict, 1, Helped.BETTER, policy=Policy(), by=site.caller("Ana"), at=LATER
        )
    assert "verdict_given" not in run(event_kinds)


def test_a_refused_request_leaves_no_key_and_may_succeed_later(run: Run, site: Site) -> None:
    with pytest.raises(Refused) as refusal:
        send(run, site, "Ev1", "Priya")
    assert refusal.value.sentence == REFUSALS[Act.FILE_FEEDBACK]
    assert run(lambda session: session.exec(select(SourceKey)).all()) == []
    run(active_embedding, site)
    assert send(run, site, "Ev1", "Priya").reference == "F-1"


def test_the_history_says_which_request_asked_for_an_act(run: Run, site: Site) -> None:
    send(run, site, "Ev1")
    run(filed_report, site)
    assert [event.source for event in run(events)] == ["Ev1", None]


def test_the_key_is_kept_without_what_people_typed(run: Run, site: Site) -> None:
    send(run, site, "Ev1", words="a secret of the shift")

    def kept(session: Session) -> str:
        return str(session.exec(select(SourceKey)).one().model_dump())

    assert "secret" not in run(kept)
