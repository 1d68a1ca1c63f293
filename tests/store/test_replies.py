"""What people answer in the thread of a message goes to what that message was about, and nobody talks to the wall."""

import pytest
from sqlmodel import Session, select

from store import deliveries, direct_reports, feedback, triage, verdicts
from store.decisions import Step
from store.deliveries import Delivery, Message
from store.deliveries import Kind as MessageKind
from store.direct_reports import Heard, Said, Unfiled
from store.errors import Refused
from store.feedback import FeedbackStatus, Kind
from store.fitting import Triage
from store.policy import Policy
from store.replies import Became
from store.verdict_asking import ASKS
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import LAST_DAY, LATER, Site, active_embedding, filed_report, live_change, outbox, sent_to

CHANNEL, TS = "D1", "1773183600.000100"
PHOTO = "https://ridge.slack.com/files/UANA/F1/belt.jpg"
POLICY = Policy()


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


@pytest.fixture
def report(run: Run, site: Site) -> int:
    return run(filed_report, site, "Ana")


def posted(session: Session, kind: MessageKind, person_id: int) -> Delivery:
    """A message of a kind has gone out to somebody."""
    row = session.exec(select(Delivery).where(Delivery.kind == kind, Delivery.person_id == person_id)).one()
    session.add(Message(delivery_id=row.key, channel=CHANNEL, ts=TS, posted_at=LATER))
    return row


def replied(run: Run, site: Site, text: str, *photos: str, by: str = "Ana", thanks: bool = False) -> Heard:
    said = Said(CHANNEL, TS, text, Kind.OTHER, photos, thanks=thanks)
    return run(direct_reports.hear, said, policy=POLICY, by=site.caller(by), at=LATER)


def do(run: Run, site: Site, step: Step, *reports: int, words: str = "") -> None:
    run(triage.triage, Triage(step, reports, words), by=site.caller("Priya"), at=LATER)


def told(run: Run, site: Site, kind: MessageKind) -> list[str]:
    return [name for one, name in run(sent_to, site) if one == kind]


def additions(run: Run, report: int) -> list[str]:
    return [one.text for one in run(feedback.card, report).additions]


def unfiled(session: Session) -> list[str]:
    return [one.text for one in session.exec(select(Unfiled)).all()]


def become(session: Session, report: int, status: FeedbackStatus) -> None:
    feedback.by_id(session, report).status = status


def read_it(run: Run, site: Site, *reports: int) -> None:
    do(run, site, Step.ACKNOWLEDGE, *reports)
    run(posted, MessageKind.FEEDBACK_ACKNOWLEDGED, site.people["Ana"])


def test_beneath_the_word_that_it_was_read_it_is_added_to_the_report_and_said_to_be(
    run: Run, site: Site, report: int
) -> None:
    read_it(run, site, report)
    assert replied(run, site, "And again at nine", PHOTO) == Heard(None, reply=Became.ADDITION)
    assert additions(run, report) == ["And again at nine"]
    assert told(run, site, MessageKind.REPLY_KEPT) == ["Ana"]
    assert run(unfiled) == []


def test_what_is_unsafe_there_is_a_report_of_its_own_that_calls_people(run: Run, site: Site, report: int) -> None:
    read_it(run, site, report)
    said = Said(CHANNEL, TS, "P-102 is unsafe, too", Kind.OTHER, unsafe=True)
    heard = run(direct_reports.hear, said, policy=POLICY, by=site.caller("Ana"), at=LATER)
    assert heard.feedback_id not in (None, report)
    assert additions(run, report) == []
    assert "Priya" in told(run, site, MessageKind.UNSAFE_CALLED)


def test_thanks_and_nothing_are_nothing(run: Run, site: Site, report: int) -> None:
    read_it(run, site, report)
    before = len(run(outbox))
    assert replied(run, site, "Thank you!", thanks=True) == Heard(None, reply=Became.NOTHING)
    assert replied(run, site, " ") == Heard(None, reply=Became.NOTHING)
    assert (additions(run, report), run(unfiled), len(run(outbox))) == ([], [], before)


def test_a_photo_alone_is_refused_where_none_are_kept(run: Run, site: Site, report: int) -> None:
    read_it(run, site, report)
    said = Said(CHANNEL, TS, "", Kind.OTHER, (PHOTO,))
    with pytest.raises(Refused, match="Photos are not kept"):
        run(direct_reports.hear, said, policy=Policy(photos_allowed=False), by=site.caller("Ana"), at=LATER)


def test_beneath_a_promise_it_is_added(run: Run, site: Site, report: int) -> None:
    what = Triage(Step.ACCEPT, (report,), "We look at it", LAST_DAY)
    run(triage.triage, what, by=site.caller("Priya"), at=LATER)
    run(posted, MessageKind.FEEDBACK_OUTCOME, site.people["Ana"])
    assert replied(run, site, "Only at night").reply is Became.ADDITION
    assert additions(run, report) == ["Only at night"]


def test_about_a_report_that_was_answered_it_is_asked_about_anew_and_names_it(
    run: Run, site: Site, report: int
) -> None:
    do(run, site, Step.DECLINE, report, words="It is right to ring there")
    run(posted, MessageKind.FEEDBACK_OUTCOME, site.people["Ana"])
    heard = replied(run, site, "It rang again all night")
    assert heard.unfiled_id is not None
    assert run(unfiled) == ["F-1: It rang again all night"]
    assert additions(run, report) == []


def test_beneath_a_message_about_several_open_ones_it_is_asked_about(run: Run, site: Site, report: int) -> None:
    read_it(run, site, report, run(filed_report, site, "Ana"))
    assert replied(run, site, "And again").unfiled_id is not None
    assert run(unfiled) == ["And again"]


def test_of_several_the_one_that_is_open_gets_it(run: Run, site: Site, report: int) -> None:
    other = run(filed_report, site, "Ana")
    read_it(run, site, report, other)
    run(become, other, FeedbackStatus.WITHDRAWN)
    assert replied(run, site, "And again").reply is Became.ADDITION
    assert additions(run, report) == ["And again"]


def test_beneath_the_answer_that_it_was_added_one_can_go_on(run: Run, site: Site, report: int) -> None:
    read_it(run, site, report)
    replied(run, site, "And again")

    def move(session: Session) -> None:
        session.delete(session.exec(select(Message).where(Message.ts == TS)).one())
        session.flush()
        posted(session, MessageKind.REPLY_KEPT, site.people["Ana"])

    run(move)
    said = Said(CHANNEL, TS, "And again", Kind.OTHER)
    run(direct_reports.hear, said, policy=POLICY, by=site.caller("Ana"), at=LATER.replace(minute=30))
    assert additions(run, report) == ["And again", "And again"]


def test_beside_a_verdict_it_is_the_word_that_goes_with_it(run: Run, site: Site, report: int) -> None:
    note = run(live_change, site, report)
    run(posted, MessageKind.VERDICT_ASKED, site.people["Ana"])
    assert replied(run, site, "Less often").unfiled_id is not None  # she has not tapped yet
    assert run(unfiled) == ["C-1: Less often"]
    run(verdicts.give_verdict, note, Helped.SAME, policy=POLICY, by=site.caller("Ana"), at=LATER)
    assert replied(run, site, "Still at night").reply is Became.WORD
    assert replied(run, site, "On P-101", PHOTO).reply is Became.WORD
    assert run(verdicts.own, note, by=site.caller("Ana")) == (note, f"Still at night\nOn P-101\n{PHOTO}")
    assert replied(run, site, "x" * 3_000).unfiled_id is not None  # no room: it is not cut


def test_whoever_answers_a_message_that_nobody_reads_is_told_so_once(run: Run, site: Site, report: int) -> None:
    run(posted, MessageKind.FEEDBACK_FILED, site.people["Priya"])
    for _ in range(2):
        assert replied(run, site, "I will look tomorrow", by="Priya") == Heard(None, reply=Became.NOTHING)
    assert told(run, site, MessageKind.REPLY_NOT_KEPT) == ["Priya"]
    assert additions(run, report) == []


def test_what_is_unsafe_is_heard_wherever_it_is_said(run: Run, site: Site, report: int) -> None:
    run(posted, MessageKind.FEEDBACK_FILED, site.people["Priya"])
    said = Said(CHANNEL, TS, "It is unsafe there", Kind.OTHER, unsafe=True)
    heard = run(direct_reports.hear, said, policy=POLICY, by=site.caller("Priya"), at=LATER)
    assert heard.feedback_id not in (None, report)


ASKED = {
    MessageKind.PROMPT,
    MessageKind.PROMPT_REMINDER,
    MessageKind.FEEDBACK_QUESTION,
    MessageKind.REPORT_QUESTION,
    *ASKS,
}
"""Messages that ask something: what is answered to them is told in stories of their own."""


@pytest.mark.parametrize("kind", sorted(set(MessageKind) - ASKED))
def test_beneath_every_other_message_words_are_kept_or_it_is_said_that_nobody_reads_them(
    kind: MessageKind, run: Run, site: Site, report: int
) -> None:
    def post(session: Session) -> None:
        data: dict[str, list[int]] = {"others": [], "decisions": [], "reopened": []}
        key = deliveries.queue(
            session, site.workspace_id, kind, "x", "feedback", report, at=LATER, person_id=site.people["Ana"], data=data
        )
        assert key is not None
        session.add(Message(delivery_id=key, channel=CHANNEL, ts=TS, posted_at=LATER))

    run(post)
    before = len(run(outbox))
    heard = replied(run, site, "Hm")
    assert heard.unfiled_id is not None or heard.reply in {Became.ADDITION, Became.NOTHING}
    assert len(run(outbox)) > before
