"""When reporters are asked whether a change helped, what their answer sets off, and what silence is."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from bot.messages import MESSAGES
from bot.texts import Texts
from store import change_notes, preferences, rolling_back, verdicts
from store.deliveries import Delivery, Kind, Status
from store.embeddings import Embedding, EmbeddingStatus
from store.errors import Refused
from store.feedback import FeedbackStatus, by_id
from store.policy import Policy
from store.preferences import Chosen
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import LATER, Site, active_embedding, filed_report, live_change, outbox

DAY = timedelta(days=1)
ASKED = LATER + 3 * DAY


@pytest.fixture(autouse=True)
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


def say(run: Run, site: Site, note: int, value: Helped, name: str = "Ana", at: datetime = ASKED) -> None:
    run(verdicts.give_verdict, note, value, policy=Policy(), by=site.caller(name), at=at)


def of_kind(run: Run, kind: Kind) -> list[Delivery]:
    return [row for row in run(outbox) if row.kind is kind]


def goes_out(run: Run, delivery: Delivery) -> str | None:
    """What a message would say now; None when it has nothing to say."""
    written = run(lambda session: MESSAGES[delivery.kind].write(session, delivery, Texts("en-US")))
    return written.text if written else None


def sent(run: Run, delivery: Delivery) -> None:
    def change(session: Session) -> None:
        session.get_one(Delivery, delivery.key).status = Status.SENT

    run(change)


def links(run: Run, note: int) -> list[datetime | None]:
    return [link.contested_at for link in run(change_notes.links_of, note)]


def test_same_or_worse_marks_that_reporters_links_and_tells_the_author_once(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site), run(filed_report, site, by="Ben"))
    say(run, site, note, Helped.SAME)
    assert links(run, note) == [ASKED, None]
    say(run, site, note, Helped.WORSE, at=ASKED + DAY)
    assert links(run, note) == [ASKED, None]
    say(run, site, note, Helped.BETTER, at=ASKED + 2 * DAY)
    assert links(run, note) == [None, None]
    told = of_kind(run, Kind.LINK_CONTESTED)
    assert [row.person_id for row in told] == [site.people["Priya"]]
    assert goes_out(run, told[0]) is None
    say(run, site, note, Helped.WORSE, name="Ben")
    assert len(of_kind(run, Kind.LINK_CONTESTED)) == 2


def test_nobody_is_told_after_the_end(run: Run, site: Site, embedding_id: int) -> None:
    note = run(live_change, site, run(filed_report, site))

    def close(session: Session) -> None:
        session.get_one(Embedding, embedding_id).status = EmbeddingStatus.CLOSED

    run(close)
    say(run, site, note, Helped.WORSE)
    assert of_kind(run, Kind.LINK_CONTESTED) == []


def test_words_are_kept_beside_a_verdict_and_read_by_the_author(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    with pytest.raises(Refused, match="Say first whether it got better"):
        run(verdicts.add_words, note, "It rang", by=site.caller("Ana"), at=ASKED)
    say(run, site, note, Helped.SAME)
    run(verdicts.add_words, note, "It rang twice", by=site.caller("Ana"), at=ASKED)
    assert run(verdicts.own, note, by=site.caller("Ana")) == (note, "It rang twice")
    found = run(verdicts.contest, note, site.people["Ana"])
    assert found is not None
    assert (found.reporter, found.words) == ("Ana", "It rang twice")
    with pytest.raises(Refused, match="for the people whose reports"):
        run(verdicts.own, note, by=site.caller("Ben"))


def test_who_has_not_seen_it_since_is_asked_at_the_end_of_their_last_shift_before_the_review(
    run: Run, site: Site
) -> None:
    report = run(filed_report, site)
    note = run(live_change, site, report)
    say(run, site, note, Helped.NOT_SEEN_SINCE)
    (asked,) = of_kind(run, Kind.VERDICT_ASKED_AGAIN)
    # Crew A's last shift before the morning of Friday the 10th of April is the night that ends on the 7th.
    assert asked.due_at == datetime(2026, 4, 6, 21, tzinfo=UTC)
    assert "Soon the embedding ends" in str(goes_out(run, asked))
    say(run, site, note, Helped.BETTER, at=ASKED + DAY)
    assert goes_out(run, asked) is None
    assert run(by_id, report).status is FeedbackStatus.CONFIRMED


def test_a_reminder_goes_only_to_who_wants_one_was_asked_and_has_not_said(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    (reminder,) = of_kind(run, Kind.VERDICT_REMINDER)
    (asked,) = of_kind(run, Kind.VERDICT_ASKED)
    assert reminder.due_at > asked.due_at
    sent(run, asked)
    assert goes_out(run, reminder) is None
    run(preferences.choose, Chosen(None, True), by=site.caller("Ana"), at=LATER)
    assert "one reminder" in str(goes_out(run, reminder))
    say(run, site, note, Helped.SAME)
    assert goes_out(run, reminder) is None


def test_a_reminder_of_a_question_that_never_came_does_not_go_out(run: Run, site: Site) -> None:
    run(live_change, site, run(filed_report, site))
    run(preferences.choose, Chosen(None, True), by=site.caller("Ana"), at=LATER)
    (reminder,) = of_kind(run, Kind.VERDICT_REMINDER)
    assert goes_out(run, reminder) is None


def test_who_has_said_is_not_asked(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    (asked,) = of_kind(run, Kind.VERDICT_ASKED)
    assert "Did it help?" in str(goes_out(run, asked))
    say(run, site, note, Helped.BETTER)
    assert goes_out(run, asked) is None


def test_nobody_is_asked_about_what_was_taken_back(run: Run, site: Site) -> None:
    note = run(live_change, site, run(filed_report, site))
    (asked,) = of_kind(run, Kind.VERDICT_ASKED)
    sent(run, asked)
    run(rolling_back.roll_back, note, "It missed", by=site.caller("Tom"), at=LATER)
    assert [row.status for row in of_kind(run, Kind.VERDICT_REMINDER)] == [Status.SKIPPED]
    (closed,) = of_kind(run, Kind.VERDICT_CLOSED)
    assert closed.edits_id == asked.id
