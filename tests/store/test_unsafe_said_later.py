"""What reporters add to their reports says that something is unsafe, or that it is not after all."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from store import (
    absences,
    details,
    direct_reports,
    feedback,
    prompts,
    questions,
    report_edits,
    report_status,
    triage,
    unsafe,
    unsafe_cards,
)
from store.decisions import Step
from store.deliveries import Delivery, Message, Status
from store.deliveries import Kind as MessageKind
from store.direct_reports import Said
from store.errors import Refused
from store.feedback import Feedback, FeedbackStatus, Filed, Impact, Kind, Report
from store.fitting import Triage
from store.history import Event
from store.not_now import Days
from store.prompts import Prompt
from store.questions import QuestionKind, own, yes_no
from store.shifts import local_day
from store.teams import Member
from store.unsafe import UnsafeCall
from tests.store.conftest import Run
from tests.store.site import (
    FIRST_SHIFT,
    LATER,
    ZONE,
    Site,
    active_embedding,
    asked_crew,
    newest,
    outbox,
    sent_to,
)
from tests.store.test_unsafe import MINUTE, NUMBER, POLICY, STEP, appoint, say_number, sent, switch_off

AGAIN = LATER + timedelta(hours=2)
CHANNEL, TS = "D1", "1773183600.000100"


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    run(say_number, site)
    run(appoint, site, "Ben", "Dan")
    return run(active_embedding, site)


@pytest.fixture
def plain(run: Run, site: Site, embedding_id: int) -> int:
    """Ana's report, which is about nothing unsafe."""
    what = Report(Kind.MISSED, "It was silent", site.alarm_id, Impact.EXTRA_WORK)
    return run(unsafe.file_report, what, by=site.caller("Ana"), at=LATER).id


@pytest.fixture
def dangerous(run: Run, site: Site, embedding_id: int) -> int:
    """Ana's report of something unsafe, of which everybody who was called has heard."""
    what = Report(Kind.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    filed = run(unsafe.file_report, what, by=site.caller("Ana"), at=LATER)
    run(sent, MessageKind.UNSAFE_CALLED)
    return filed.id


def called(run: Run, site: Site) -> list[str]:
    return [name for kind, name in run(sent_to, site) if kind == MessageKind.UNSAFE_CALLED]


def told(run: Run, site: Site, kind: MessageKind) -> list[str]:
    return [name for one, name in run(sent_to, site) if one == kind]


def edits(run: Run, site: Site) -> int:
    """How often the message of somebody who was called has changed."""
    return len([row for row in run(outbox) if row.kind is MessageKind.UNSAFE_CALLED_CHANGED])


def add(run: Run, site: Site, report: int, text: str, is_unsafe: bool = True) -> report_edits.Kept:
    return run(report_edits.add_to_report, report, text, (), is_unsafe, by=site.caller("Ana"), at=LATER + MINUTE)


def edit(run: Run, site: Site, report: int, impact: Impact | None, at: datetime = LATER + MINUTE) -> Filed:
    what = Report(Kind.OTHER, "The guard opens", site.alarm_id, impact)
    return run(report_edits.edit_report, report, what, by=site.caller("Ana"), at=at)


def happened(session: Session, report: int) -> list[str]:
    query = select(Event.kind).where(Event.subject == "feedback", Event.subject_id == report)
    return [kind for kind in session.exec(query.order_by(col(Event.id))).all() if kind.startswith("unsafe")]


def ask(run: Run, site: Site, report: int) -> int:
    """Priya asks Ana about it. Returns the question's id."""
    run(triage.triage, Triage(Step.ASK_BACK, (report,), "Which guard?"), by=site.caller("Priya"), at=LATER)
    return int(run(outbox)[-1].subject_id)


def posted(session: Session, key: str) -> None:
    """A message has gone out into Ana's direct messages."""
    row = session.exec(select(Delivery).where(Delivery.dedupe_key == key)).one()
    session.add(Message(delivery_id=row.key, channel=CHANNEL, ts=TS, posted_at=LATER))


def replies(run: Run, site: Site, text: str, is_unsafe: bool = True, at: datetime = LATER + MINUTE) -> None:
    said = Said(CHANNEL, TS, text, Kind.OTHER, unsafe=is_unsafe)
    run(direct_reports.hear, said, policy=POLICY, by=site.caller("Ana"), at=at)


# Said to be unsafe by what is added


def test_what_is_added_and_says_unsafe_calls_people_at_once(run: Run, site: Site, plain: int) -> None:
    assert add(run, site, plain, "Nobody is hurt", is_unsafe=False).unsafe is None
    assert called(run, site) == []
    kept = add(run, site, plain, "It is unsafe: the guard opens")
    assert kept.unsafe is not None
    assert (kept.unsafe.number, kept.unsafe.called, kept.unsafe.reference) == (NUMBER, ("Ben", "Priya", "Tom"), "F-1")
    assert called(run, site) == ["Ben", "Priya", "Tom"]
    assert run(feedback.by_id, plain).impact is Impact.UNSAFE
    assert run(unsafe.due, policy=POLICY, at=LATER + MINUTE + STEP) == [plain]
    said = next(event for event in run(_events, plain) if event.kind == "feedback_said_unsafe")
    assert said.data["before"] == Impact.EXTRA_WORK  # what it said before is not lost


def _events(session: Session, report: int) -> list[Event]:
    return list(session.exec(select(Event).where(Event.subject_id == report, Event.subject == "feedback")).all())


def test_an_addition_to_a_call_that_runs_changes_its_messages_and_calls_nobody_twice(
    run: Run, site: Site, dangerous: int
) -> None:
    before = called(run, site)
    told_again = add(run, site, dangerous, "Unsafe, still").unsafe
    assert told_again is not None
    assert (told_again.anew, told_again.number) == (False, "555")
    assert add(run, site, dangerous, "The left one", is_unsafe=False).unsafe is None
    assert called(run, site) == before
    assert edits(run, site) == 2 * len(before)
    card = run(unsafe_cards.card, dangerous, site.people["Ben"])
    assert [one.text for one in card.report.additions] == ["Unsafe, still", "The left one"]


def test_an_edit_of_a_report_whose_call_runs_changes_its_messages(run: Run, site: Site, dangerous: int) -> None:
    what = Report(Kind.OTHER, "Both guards open", site.alarm_id, Impact.UNSAFE)
    run(report_edits.edit_report, dangerous, what, by=site.caller("Ana"), at=LATER + MINUTE)
    assert edits(run, site) == len(called(run, site)) == 3


def test_what_is_said_in_the_thread_of_our_question_calls_people_and_is_answered(
    run: Run, site: Site, embedding_id: int
) -> None:
    said = Said(CHANNEL, "", "It was silent", Kind.MISSED)
    heard = run(direct_reports.hear, said, policy=POLICY, by=site.caller("Ana"), at=LATER)
    assert heard.unfiled_id is not None
    run(posted, f"unfiled_report:{heard.unfiled_id}")
    run(direct_reports.file_said, heard.unfiled_id, Kind.MISSED, by=site.caller("Ana"), at=LATER)
    replies(run, site, "It is dangerous there")
    replies(run, site, "Dangerous, I say")
    assert called(run, site) == ["Ben", "Priya", "Tom"]
    assert told(run, site, MessageKind.UNSAFE_RAISED) == ["Ana"]


def test_an_answer_to_a_data_scientist_calls_people_and_these_read_it(run: Run, site: Site, plain: int) -> None:
    question = ask(run, site, plain)
    answered = run(
        report_edits.answer_question, question, "The left one, unsafe", True, by=site.caller("Ana"), at=LATER
    )
    assert answered.unsafe is not None
    assert answered.unsafe.called == ("Ben", "Priya", "Tom")
    assert told(run, site, MessageKind.FEEDBACK_QUESTION_ANSWERED) == ["Priya"]
    assert run(unsafe_cards.card, plain, None).answers == (("Which guard?", "The left one, unsafe"),)
    run(report_edits.answer_question, question, "And the right one", by=site.caller("Ana"), at=LATER)
    assert called(run, site) == ["Ben", "Priya", "Tom"]


def test_an_answer_in_the_thread_of_the_question_is_answered_in_a_message(run: Run, site: Site, plain: int) -> None:
    question = ask(run, site, plain)
    run(posted, f"question_back:{question}:asked")
    replies(run, site, "The left one, unsafe")
    assert called(run, site) == ["Ben", "Priya", "Tom"]
    assert told(run, site, MessageKind.UNSAFE_RAISED) == ["Ana"]


def test_an_answer_about_a_report_that_was_declined_calls_people_all_the_same(run: Run, site: Site, plain: int) -> None:
    question = ask(run, site, plain)
    run(triage.triage, Triage(Step.DECLINE, (plain,), "No"), by=site.caller("Priya"), at=LATER)
    run(report_edits.answer_question, question, "Unsafe!", True, by=site.caller("Ana"), at=LATER)
    assert called(run, site) == ["Ben", "Priya", "Tom"]
    assert run(feedback.by_id, plain).status is FeedbackStatus.DECLINED


def test_an_answer_about_a_report_that_was_withdrawn_is_a_report_of_its_own(run: Run, site: Site, plain: int) -> None:
    question = ask(run, site, plain)
    run(report_edits.withdraw_report, plain, by=site.caller("Ana"), at=LATER)
    answered = run(report_edits.answer_question, question, "Unsafe after all", True, by=site.caller("Ana"), at=LATER)
    assert answered.unsafe is not None
    assert answered.unsafe.reference == "F-2"
    assert run(feedback.by_id, plain).status is FeedbackStatus.WITHDRAWN
    assert called(run, site) == ["Ben", "Priya", "Tom"]


def test_nobody_makes_somebody_elses_report_unsafe(run: Run, site: Site, plain: int) -> None:
    with pytest.raises(Refused):
        run(report_edits.add_to_report, plain, "Unsafe", (), True, by=site.caller("Ben"), at=LATER)
    question = ask(run, site, plain)
    with pytest.raises(Refused):
        run(report_edits.answer_question, question, "Unsafe", True, by=site.caller("Ben"), at=LATER)
    assert called(run, site) == []
    assert run(feedback.by_id, plain).impact is Impact.EXTRA_WORK


# At the end of a shift

DUE = FIRST_SHIFT + timedelta(hours=11)
CLOSED = FIRST_SHIFT + timedelta(days=1, hours=1)


@pytest.fixture
def prompt(run: Run, site: Site, embedding_id: int) -> int:
    """The question that Ana is asked at the end of her shift."""
    asked = run(asked_crew, site, embedding_id)["Ana"]
    run(_is_out, asked)
    return asked


def _is_out(session: Session, prompt_id: int) -> None:
    delivery_id = session.get_one(Prompt, prompt_id).delivery_id
    assert delivery_id is not None
    session.add(Message(delivery_id=delivery_id, channel=CHANNEL, ts=TS, posted_at=DUE))


def reports(session: Session) -> list[tuple[str, str, Impact | None]]:
    rows = session.exec(select(Feedback).order_by(col(Feedback.id))).all()
    return [(row.reference, row.text, row.impact) for row in rows]


def test_a_detail_that_says_unsafe_is_a_report_at_once(run: Run, site: Site, prompt: int) -> None:
    kept = run(details.add_detail, prompt, "The guard is unsafe", Kind.MISSED, True, by=site.caller("Ana"), at=DUE)
    assert kept.unsafe is not None
    assert kept.unsafe.number == NUMBER
    report = run(feedback.by_id, kept.unsafe.feedback_id)
    assert (report.kind, report.tool_id, report.prompt_id) == (Kind.MISSED, site.alarm_id, prompt)
    assert run(reports) == [("F-1", "The guard is unsafe", Impact.UNSAFE)]
    assert called(run, site) == list(kept.unsafe.called)
    card = run(prompts.card, prompt)
    assert ([one.text for one in card.details], card.reports) == (["The guard is unsafe"], ("F-1",))


def test_a_detail_that_names_another_tool_is_about_that_one(run: Run, site: Site, prompt: int) -> None:
    words = "The haul forecast is dangerous"
    kept = run(details.add_detail, prompt, words, Kind.OTHER, True, by=site.caller("Ana"), at=DUE)
    assert kept.unsafe is not None
    assert run(feedback.by_id, kept.unsafe.feedback_id).tool_id == site.forecast_id


def test_a_reply_that_says_unsafe_is_a_report_at_once_and_more_of_it_is_added(
    run: Run, site: Site, prompt: int
) -> None:
    replies(run, site, "Fine otherwise", is_unsafe=False, at=DUE)
    assert run(reports) == []
    replies(run, site, "But the guard is unsafe", at=DUE)
    replies(run, site, "Really unsafe", at=DUE)
    replies(run, site, "The left one", is_unsafe=False, at=DUE)
    assert run(reports) == [("F-1", "But the guard is unsafe", Impact.UNSAFE)]
    report = run(newest, Feedback)
    assert [one.text for one in run(feedback.card, report).additions] == ["Really unsafe", "The left one"]
    assert len(called(run, site)) == len(set(called(run, site))) > 0
    assert told(run, site, MessageKind.UNSAFE_RAISED) == ["Ana"]


def test_a_reply_to_an_answer_that_became_a_report_makes_that_one_unsafe(run: Run, site: Site, prompt: int) -> None:
    made = run(details.file_report, Report(Kind.MISSED, "", site.alarm_id), prompt, by=site.caller("Ana"), at=DUE)
    replies(run, site, "It is unsafe", at=DUE)
    assert run(reports) == [("F-1", "", Impact.UNSAFE)]
    assert run(unsafe.raised, made.id) is not None
    assert told(run, site, MessageKind.UNSAFE_RAISED) == ["Ana"]


def test_a_reply_after_that_report_was_answered_is_a_report_of_its_own(run: Run, site: Site, prompt: int) -> None:
    made = run(details.file_report, Report(Kind.MISSED, "", site.alarm_id), prompt, by=site.caller("Ana"), at=DUE)
    run(triage.triage, Triage(Step.DECLINE, (made.id,), "No"), by=site.caller("Priya"), at=DUE)
    replies(run, site, "It is unsafe", at=DUE)
    assert run(reports) == [("F-1", "", None), ("F-2", "It is unsafe", Impact.UNSAFE)]


def test_a_question_that_has_closed_keeps_nothing_unsafe_out(run: Run, site: Site, prompt: int) -> None:
    replies(run, site, "It is unsafe", at=CLOSED)
    assert told(run, site, MessageKind.REPLY_NOT_KEPT) == []
    run(details.add_detail, prompt, "Still unsafe", Kind.OTHER, True, by=site.caller("Ana"), at=CLOSED)
    assert run(reports) == [("F-1", "It is unsafe", Impact.UNSAFE)]
    assert [one.text for one in run(feedback.card, run(newest, Feedback)).additions] == ["Still unsafe"]
    with pytest.raises(Refused, match="has closed"):
        run(prompts.answer_prompt, prompt, "did_it_help", "helped", by=site.caller("Ana"), at=CLOSED)


def test_somebody_elses_answer_is_not_mine_to_make_unsafe(run: Run, site: Site, prompt: int) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        run(details.add_detail, prompt, "Unsafe", Kind.OTHER, True, by=site.caller("Ben"), at=DUE)
    with pytest.raises(Refused, match="for somebody else"):
        run(details.answer, prompt, "did_it_help", "helped", by=site.caller("Ben"), at=DUE)
    assert run(reports) == []


@pytest.fixture
def in_words(run: Run, site: Site, prompt: int) -> int:
    """The same, with a question that is answered in a few words."""

    def ask_in_words(session: Session) -> None:
        row = session.get_one(Prompt, prompt)
        asked = (yes_no("q1", "Was it quiet?"), own("q2", QuestionKind.TEXT, "Which belt?"))
        made = questions.add_version(session, row.embedding_id, "Belts", asked, by_id=site.people["Priya"], at=LATER)
        row.own_set_id = made.key

    run(ask_in_words)
    return prompt


def test_an_answer_in_own_words_that_says_unsafe_is_a_report_at_once(run: Run, site: Site, in_words: int) -> None:
    def say(words: str, at: datetime = DUE) -> details.Noted:
        return run(details.answer, in_words, "q2", words, Kind.OTHER, True, by=site.caller("Ana"), at=at)

    first = say("Belt 3, unsafe")
    assert first.unsafe is not None
    assert say("Belt 3, unsafe").unsafe is None
    second = say("Belt 4, unsafe").unsafe
    assert second is not None
    assert (first.unsafe.anew, second.anew) == (True, False)
    assert run(reports) == [("F-1", "Belt 3, unsafe", Impact.UNSAFE)]
    assert [one.text for one in run(feedback.card, run(newest, Feedback)).additions] == ["Belt 4, unsafe"]
    assert [one.said for one in run(prompts.card, in_words).asked] == [None, "Belt 4, unsafe"]
    assert len(called(run, site)) == len(set(called(run, site)))


def test_too_late_such_an_answer_is_a_report_alone(run: Run, site: Site, in_words: int) -> None:
    words = ("q2", "Belt 3, unsafe", Kind.OTHER, True)
    assert run(details.answer, in_words, *words, by=site.caller("Ana"), at=CLOSED).unsafe is not None
    assert [one.said for one in run(prompts.card, in_words).asked] == [None, None]


def test_a_tap_or_a_plain_answer_says_nothing_unsafe(run: Run, site: Site, in_words: int) -> None:
    by = site.caller("Ana")
    assert run(details.answer, in_words, "q1", "yes", Kind.OTHER, True, by=by, at=DUE).unsafe is None
    assert run(details.answer, in_words, "q2", "Belt 3", by=by, at=DUE).unsafe is None
    with pytest.raises(Refused, match="300 characters"):
        run(details.answer, in_words, "q2", "unsafe " * 50, Kind.OTHER, True, by=by, at=DUE)
    assert run(reports) == []


def test_whoever_has_no_tool_any_more_has_their_words_kept(run: Run, site: Site, prompt: int) -> None:
    run(leave, site, "Ana")
    assert run(details.add_detail, prompt, "Unsafe", Kind.OTHER, True, by=site.caller("Ana"), at=DUE).unsafe is None
    assert [one.text for one in run(prompts.card, prompt).details] == ["Unsafe"]
    with pytest.raises(Refused, match="has closed"):
        run(details.add_detail, prompt, "Unsafe", Kind.OTHER, True, by=site.caller("Ana"), at=CLOSED)


def leave(session: Session, site: Site, name: str) -> None:
    """Take somebody out of their team."""
    for row in session.exec(select(Member).where(Member.person_id == site.people[name])).all():
        session.delete(row)


# Said not to be unsafe after all


def test_who_says_that_it_is_not_unsafe_ends_the_call_and_the_called_hear_it_once(
    run: Run, site: Site, dangerous: int
) -> None:
    assert edit(run, site, dangerous, Impact.EXTRA_WORK).unsafe is None
    edit(run, site, dangerous, None)
    assert told(run, site, MessageKind.UNSAFE_NO_MORE) == called(run, site) == ["Ben", "Priya", "Tom"]
    assert edits(run, site) == 3
    assert run(unsafe.due, policy=POLICY, at=LATER + 9 * STEP) == []
    assert told(run, site, MessageKind.UNSAFE_UNSEEN) == []
    assert run(unsafe_cards.waiting_for, site.people["Ben"]) == ()
    assert run(unsafe.raised, dangerous) is None
    card = run(unsafe_cards.card, dangerous, site.people["Ben"])
    assert (card.not_unsafe, card.is_open) == (True, False)
    with pytest.raises(Refused, match="F-1 is not unsafe"):
        run(unsafe.take, dangerous, by=site.caller("Ben"), at=LATER + MINUTE)


def test_whom_the_call_has_not_reached_hears_nothing_of_it_and_gets_the_report(
    run: Run, site: Site, embedding_id: int
) -> None:
    what = Report(Kind.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    report = run(unsafe.file_report, what, by=site.caller("Ana"), at=LATER).id
    edit(run, site, report, None)
    assert told(run, site, MessageKind.UNSAFE_NO_MORE) == []
    filed = [row for row in run(outbox) if row.kind is MessageKind.FEEDBACK_FILED]
    assert {row.status for row in filed} == {Status.QUEUED}
    assert {row.person_id for row in filed} == {site.people[name] for name in ("Priya", "Tom")}
    edit(run, site, report, Impact.UNSAFE, AGAIN)
    filed = [row for row in run(outbox) if row.kind is MessageKind.FEEDBACK_FILED]
    assert {row.status for row in filed} == {Status.SKIPPED}


def test_with_nobody_left_the_reporter_and_the_admins_hear_no_more_of_it(run: Run, site: Site) -> None:
    run(switch_off, site, "Mei")
    what = Report(Kind.OTHER, "The guard opens", site.alarm_id, Impact.UNSAFE)
    report = run(unsafe.file_report, what, by=site.caller("Ana"), at=LATER).id
    edit(run, site, report, None)
    assert [row.status for row in run(outbox) if row.kind is MessageKind.UNSAFE_NOBODY_LEFT] == [Status.SKIPPED]
    assert run(unsafe_cards.unanswered, site.workspace_id) == ()


def test_a_call_that_was_forgotten_ends_at_its_next_step(run: Run, site: Site, dangerous: int) -> None:
    def forget(session: Session) -> None:
        feedback.by_id(session, dangerous).impact = None

    run(forget)
    assert not run(unsafe.escalate, dangerous, policy=POLICY, at=LATER + STEP)
    assert told(run, site, MessageKind.UNSAFE_UNSEEN) == []
    assert told(run, site, MessageKind.UNSAFE_NO_MORE) == ["Ben", "Priya", "Tom"]


def test_whoever_has_it_keeps_it(run: Run, site: Site, dangerous: int) -> None:
    run(unsafe.take, dangerous, by=site.caller("Ben"), at=LATER + MINUTE)
    edit(run, site, dangerous, None)
    card = run(unsafe_cards.card, dangerous, site.people["Ben"])
    assert (card.taken_by, card.mine, card.not_unsafe) == ("Ben", True, True)
    assert run(happened, dangerous) == ["unsafe_raised", "unsafe_taken", "unsafe_no_more"]


def test_said_again_it_calls_those_who_heard_that_it_is_not_and_runs_anew(run: Run, site: Site, dangerous: int) -> None:
    run(unsafe.escalate, dangerous, policy=POLICY, at=LATER + STEP)  # Dan is called, too
    run(sent, MessageKind.UNSAFE_CALLED, MessageKind.UNSAFE_UNSEEN)
    edit(run, site, dangerous, None, LATER + STEP + MINUTE)
    run(sent, MessageKind.UNSAFE_NO_MORE)
    filed = edit(run, site, dangerous, Impact.UNSAFE, AGAIN)
    assert filed.unsafe is not None
    assert filed.unsafe.called == ("Ben", "Priya", "Tom", "Dan")
    assert called(run, site) == ["Ben", "Priya", "Tom", "Dan", "Ben", "Priya", "Tom", "Dan"]
    assert run(unsafe.due, policy=POLICY, at=AGAIN + STEP) == [dangerous]
    assert run(unsafe.escalate, dangerous, policy=POLICY, at=AGAIN + STEP)
    assert called(run, site)[-1] == "Mei"
    assert told(run, site, MessageKind.UNSAFE_UNSEEN) == ["Ana", "Ana"]  # once for each call
    run(unsafe.take, dangerous, by=site.caller("Ben"), at=AGAIN + STEP)
    assert run(happened, dangerous) == [
        "unsafe_raised",
        "unsafe_escalated",
        "unsafe_no_more",
        "unsafe_raised",
        "unsafe_escalated",
        "unsafe_taken",
    ]
    assert run(unsafe_cards.seen_after_minutes, [dangerous]) == {dangerous: 15}


def test_what_was_to_be_said_of_the_last_call_is_not_said_in_the_next(run: Run, site: Site, dangerous: int) -> None:
    edit(run, site, dangerous, None)
    edit(run, site, dangerous, Impact.UNSAFE, AGAIN)
    no_more = [row for row in run(outbox) if row.kind is MessageKind.UNSAFE_NO_MORE]
    assert {row.status for row in no_more} == {Status.SKIPPED}
    first = run(unsafe_cards.card, dangerous, site.people["Ben"], 1)
    assert (first.not_unsafe, run(unsafe_cards.card, dangerous, site.people["Ben"]).not_unsafe) == (True, False)


def test_said_again_whoever_has_it_keeps_it_and_nobody_else_is_called(run: Run, site: Site, dangerous: int) -> None:
    run(unsafe.take, dangerous, by=site.caller("Ben"), at=LATER + 2 * MINUTE)
    edit(run, site, dangerous, None)
    filed = edit(run, site, dangerous, Impact.UNSAFE, AGAIN)
    assert filed.unsafe is not None
    assert (filed.unsafe.called, filed.unsafe.taken_by) == (("Ben",), "Ben")
    assert called(run, site) == ["Ben", "Priya", "Tom", "Ben"]
    assert run(unsafe.due, policy=POLICY, at=AGAIN + 9 * STEP) == []
    assert run(unsafe_cards.seen_after_minutes, [dangerous]) == {dangerous: 2}


def test_said_again_with_whoever_had_it_away_it_runs_anew(run: Run, site: Site, dangerous: int) -> None:
    run(unsafe.take, dangerous, by=site.caller("Ben"), at=LATER + MINUTE)
    edit(run, site, dangerous, None)
    today = local_day(AGAIN, ZONE)
    run(absences.go_away, Days(today, today), by=site.caller("Ben"), at=AGAIN)
    filed = edit(run, site, dangerous, Impact.UNSAFE, AGAIN)
    assert filed.unsafe is not None
    assert (filed.unsafe.called, filed.unsafe.taken_by) == (("Dan", "Priya", "Tom"), None)
    assert run(unsafe.due, policy=POLICY, at=AGAIN + STEP) == [dangerous]


def test_whether_they_may_be_called_is_remembered(run: Run, site: Site, dangerous: int) -> None:
    run(unsafe.say_whether_to_call, dangerous, True, by=site.caller("Ana"), at=LATER)
    edit(run, site, dangerous, None)
    edit(run, site, dangerous, Impact.UNSAFE, AGAIN)
    assert run(unsafe_cards.card, dangerous, None).may_call is True


def test_withdrawn_after_that_it_is_not_told_once_more(run: Run, site: Site, dangerous: int) -> None:
    edit(run, site, dangerous, None)
    run(sent, MessageKind.UNSAFE_NO_MORE)
    run(report_edits.withdraw_report, dangerous, by=site.caller("Ana"), at=AGAIN)
    assert told(run, site, MessageKind.UNSAFE_WITHDRAWN) == []


def test_another_tool_without_the_danger_ends_the_call_too(run: Run, site: Site, dangerous: int) -> None:
    what = Report(Kind.OTHER, "The guard opens", site.forecast_id)
    run(report_edits.edit_report, dangerous, what, by=site.caller("Ana"), at=LATER + MINUTE)
    assert told(run, site, MessageKind.UNSAFE_NO_MORE) == ["Ben", "Priya", "Tom"]
    assert run(unsafe.due, policy=POLICY, at=LATER + 9 * STEP) == []


def test_its_reporter_reads_both_in_its_history(run: Run, site: Site, dangerous: int) -> None:
    edit(run, site, dangerous, None)
    found = run(report_status.status_of, dangerous, by=site.caller("Ana"), at=AGAIN)
    told_of = [(one.what, one.by) for one in found.history if one.what.startswith("unsafe")]
    assert told_of == [("unsafe_raised", ""), ("unsafe_no_more", "Ana")]


def test_there_is_one_call_at_a_time(run: Run, site: Site, dangerous: int) -> None:
    for impact in (None, Impact.UNSAFE, None, Impact.UNSAFE):
        edit(run, site, dangerous, impact)
    calls = run(lambda session: session.exec(select(UnsafeCall).order_by(col(UnsafeCall.number))).all())
    assert [(call.number, call.is_open) for call in calls] == [(1, False), (2, False), (3, True)]
