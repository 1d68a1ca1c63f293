"""What people write to the app waits for a kind, grows, is filed in time, and is never lost or asked twice."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from store import deliveries, direct_reports, feedback, people
from store.deliveries import Message
from store.direct_reports import FILED_AFTER, Heard, Said, Unfiled
from store.errors import Refused
from store.feedback import Feedback, Kind
from store.policy import Policy
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, build, newest, outbox

PHOTO = "https://ridge.slack.com/files/UANA/F1/belt.jpg"


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def hear(
    run: Run,
    site: Site,
    text: str,
    *photos: str,
    by: str = "Ana",
    photos_allowed: bool = True,
    thread: str = "",
    kind: Kind = Kind.OTHER,
    thanks: bool = False,
) -> Heard:
    said = Said("D1", thread, text, kind, photos, thanks=thanks)
    policy = Policy(photos_allowed=photos_allowed)
    return run(direct_reports.hear, said, policy=policy, by=site.caller(by), at=LATER)


def all_said(session: Session) -> list[Unfiled]:
    return list(session.exec(select(Unfiled)).all())


def questions(run: Run) -> int:
    return sum(row.kind == "report_question" for row in run(outbox))


def test_what_is_said_again_before_the_tap_is_added_with_its_photos(run: Run, site: Site) -> None:
    first = hear(run, site, "It rang")
    assert hear(run, site, "", PHOTO) == hear(run, site, "on P-101", kind=Kind.FALSE_ALARM) == first
    hear(run, site, "It was late", by="Ben")
    mine, bens = run(all_said)
    assert (mine.text, mine.links, mine.kind) == ("It rang\non P-101", [PHOTO], Kind.FALSE_ALARM)
    assert bens.text == "It was late"
    assert questions(run) == 2


def test_the_question_offers_the_kinds_of_the_tool_that_is_named(run: Run, site: Site) -> None:
    heard = hear(run, site, "The haul forecast is off")
    assert heard.unfiled_id is not None
    asked = run(direct_reports.question, heard.unfiled_id)
    assert Kind.WRONG_VALUE in asked.kinds
    assert asked.open
    with pytest.raises(LookupError):
        run(direct_reports.question, 999_999)


def test_a_tap_files_it_once(run: Run, site: Site) -> None:
    heard = hear(run, site, "It rang", PHOTO)
    assert heard.unfiled_id is not None
    for kind in (Kind.FALSE_ALARM, Kind.TOO_LATE):
        run(direct_reports.file_said, heard.unfiled_id, kind, by=site.caller("Ana"), at=LATER)
    report = run(feedback.card, run(newest, Feedback))
    assert (report.kind, report.text, report.links) == (Kind.FALSE_ALARM, "It rang", (PHOTO,))
    assert run(direct_reports.question, heard.unfiled_id).filed is not None
    assert hear(run, site, "Something new").unfiled_id != heard.unfiled_id


def test_a_photo_alone_is_enough_where_photos_are_kept(run: Run, site: Site) -> None:
    heard = hear(run, site, "", PHOTO)
    assert heard.unfiled_id is not None
    run(direct_reports.file_said, heard.unfiled_id, Kind.OTHER, by=site.caller("Ana"), at=LATER)
    assert run(feedback.card, run(newest, Feedback)).text == PHOTO
    with pytest.raises(Refused, match="Photos are not kept at your site"):
        hear(run, site, "", PHOTO, photos_allowed=False)
    hear(run, site, "With words", PHOTO, photos_allowed=False)
    assert run(all_said)[-1].links == []


def test_nothing_is_nothing(run: Run, site: Site) -> None:
    assert hear(run, site, " \n") == Heard(None)
    assert hear(run, site, "Thank you", thanks=True) == Heard(None)
    assert run(all_said) == []


def test_beneath_ones_own_words_it_is_said_like_anywhere(run: Run, site: Site) -> None:
    first = hear(run, site, "It rang")
    assert hear(run, site, "On P-101", thread="1.2") == first
    assert [one.text for one in run(all_said)] == ["It rang\nOn P-101"]


def test_thanks_that_say_that_something_is_unsafe_are_no_thanks(run: Run, site: Site) -> None:
    said = Said("D1", "", "Nice, unsafe", Kind.OTHER, unsafe=True, thanks=True)
    assert run(direct_reports.hear, said, policy=Policy(), by=site.caller("Ana"), at=LATER).feedback_id is not None


def test_in_time_it_is_filed_by_itself_and_before_that_it_waits(run: Run, site: Site) -> None:
    heard = hear(run, site, "It rang", kind=Kind.FALSE_ALARM)
    assert heard.unfiled_id is not None
    early = LATER + FILED_AFTER - timedelta(seconds=1)
    assert run(direct_reports.left, 10, at=early) == []
    run(direct_reports.file_left, heard.unfiled_id, at=early)
    assert run(all_said)[0].feedback_id is None
    due = LATER + FILED_AFTER
    assert run(direct_reports.left, 10, at=due) == [heard.unfiled_id]
    for _ in range(2):
        run(direct_reports.file_left, heard.unfiled_id, at=due)
    assert run(feedback.card, run(newest, Feedback)).kind is Kind.FALSE_ALARM
    assert run(direct_reports.left, 10, at=due) == []


def test_of_somebody_who_left_meanwhile_the_words_are_kept_and_asked_about_no_more(run: Run, site: Site) -> None:
    heard = hear(run, site, "It rang")
    assert heard.unfiled_id is not None

    def leave(session: Session) -> None:
        people.by_id(session, site.people["Ana"]).active = False

    run(leave)
    run(direct_reports.file_left, heard.unfiled_id, at=LATER + FILED_AFTER)
    (kept,) = run(all_said)
    assert (kept.text, kept.feedback_id, kept.ended_at) == ("It rang", None, LATER + FILED_AFTER)


@pytest.mark.parametrize("name", ["Ben", "Priya"])
def test_somebody_elses_words_are_not_mine_to_file_or_forget(run: Run, site: Site, name: str) -> None:
    heard = hear(run, site, "It rang")
    assert heard.unfiled_id is not None
    with pytest.raises(Refused, match="Somebody else said that"):
        run(direct_reports.file_said, heard.unfiled_id, Kind.OTHER, by=site.caller(name), at=LATER)
    with pytest.raises(Refused, match="Somebody else said that"):
        run(direct_reports.no_report, heard.unfiled_id, by=site.caller(name), at=LATER)


def test_nor_are_those_of_another_workspace(run: Run, site: Site) -> None:
    heard = hear(run, site, "It rang")
    assert heard.unfiled_id is not None
    other = run(build, slack_id="T2")
    with pytest.raises(Refused, match="Somebody else said that"):
        run(direct_reports.file_said, heard.unfiled_id, Kind.OTHER, by=other.caller("Ana"), at=LATER)


def test_in_the_thread_of_the_answer_it_is_added_while_the_report_is_open(run: Run, site: Site) -> None:
    heard = hear(run, site, "It rang")
    assert heard.unfiled_id is not None

    def post(session: Session) -> None:
        posted = deliveries.posted_for(session, site.workspace_id, f"unfiled_report:{heard.unfiled_id}")
        assert posted is not None
        session.add(Message(delivery_id=posted.key, channel="D1", ts="1.2", posted_at=LATER))

    run(post)
    run(direct_reports.file_said, heard.unfiled_id, Kind.MISSED, by=site.caller("Ana"), at=LATER)
    report = run(newest, Feedback)
    assert hear(run, site, "And again", thread="1.2").feedback_id == report
    assert [one.text for one in run(feedback.card, run(newest, Feedback)).additions] == ["And again"]
    assert [row.kind for row in run(outbox)][-1] == "reply_kept"
    assert hear(run, site, "Mine too", thread="1.2", by="Ben").feedback_id is None

    def close(session: Session) -> None:
        feedback.by_id(session, report).status = feedback.FeedbackStatus.DECLINED

    run(close)
    later = hear(run, site, "Once more", thread="1.2")
    assert later.feedback_id is None
    assert later.unfiled_id not in (None, heard.unfiled_id)
    assert run(newest, Feedback) == report
