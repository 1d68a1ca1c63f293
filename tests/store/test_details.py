"""What people add to their answers, and how an answer becomes a report."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from store import deliveries, details, direct_reports, prompts
from store.deliveries import Message
from store.direct_reports import Heard, Said
from store.errors import Refused
from store.feedback import Kind
from store.policy import Policy
from store.prompts import Added, Prompt
from store.replies import Became
from tests.store.conftest import Run
from tests.store.site import FIRST_SHIFT, Site, active_embedding, asked_crew, build, events, outbox

DUE = FIRST_SHIFT + timedelta(hours=11)
CLOSES = FIRST_SHIFT + timedelta(days=1, hours=1)
CHANNEL, TS = "D1", "1773183600.000100"
PHOTO = "https://ridge.slack.com/files/UANA/F1/belt.jpg"
POLICY = Policy()
A_DETAIL = Heard(None, reply=Became.DETAIL)


@pytest.fixture
def asked(run: Run, site: Site) -> dict[str, int]:
    embedding_id = run(active_embedding, site)
    asked = run(asked_crew, site, embedding_id)
    run(posted, asked["Ana"])
    return asked


def posted(session: Session, prompt_id: int) -> None:
    delivery_id = session.get_one(Prompt, prompt_id).delivery_id
    assert delivery_id is not None
    session.add(Message(delivery_id=delivery_id, channel=CHANNEL, ts=TS, posted_at=DUE))


def replied(
    run: Run,
    site: Site,
    text: str = "",
    *photos: str,
    by: str = "Ana",
    ts: str = TS,
    policy: Policy = POLICY,
    at: datetime = DUE,
) -> Heard:
    said = Said(CHANNEL, ts, text, Kind.OTHER, photos)
    return run(direct_reports.hear, said, policy=policy, by=site.caller(by), at=at)


def added(run: Run, prompt_id: int) -> tuple[Added, ...]:
    return run(prompts.card, prompt_id).details


def told(run: Run) -> list[dict[str, object]]:
    return [row.data for row in run(outbox) if row.kind == "reply_not_kept"]


def test_a_detail_is_kept_beside_the_answers(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(details.add_detail, asked["Ana"], " It rang twice ", by=site.caller("Ana"), at=DUE)
    assert added(run, asked["Ana"]) == (Added("It rang twice", None),)
    assert [row.kind for row in run(outbox) if row.edits_id and row.subject == "prompt"] == ["prompt_answered"]
    assert "rang" not in str([event.data for event in run(events)])


def test_a_detail_needs_words_its_person_and_an_open_window(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="few words") as refused:
        run(details.add_detail, asked["Ana"], "  ", by=site.caller("Ana"), at=DUE)
    assert refused.value.field == "text"
    with pytest.raises(Refused, match="for somebody else"):
        run(details.add_detail, asked["Ana"], "No", by=site.caller("Ben"), at=DUE)
    with pytest.raises(Refused, match="has closed"):
        run(details.add_detail, asked["Ana"], "Late", by=site.caller("Ana"), at=CLOSES)


def test_a_reply_in_the_thread_is_a_detail_and_of_a_photo_the_link_is_kept(
    run: Run, site: Site, asked: dict[str, int]
) -> None:
    assert replied(run, site, "Look", PHOTO, PHOTO + "2") == A_DETAIL
    assert added(run, asked["Ana"]) == (Added("Look", PHOTO), Added("", PHOTO + "2"))
    assert told(run) == []


def test_what_is_said_elsewhere_or_by_somebody_else_is_no_detail(run: Run, site: Site, asked: dict[str, int]) -> None:
    other = run(build, slack_id="T2")
    for heard in (
        replied(run, site, "Hello", ts="1.2"),
        replied(run, site, "Hello", by="Ben"),
        replied(run, other, "Hello"),
    ):
        assert heard.reply is None
    assert all(added(run, prompt_id) == () for prompt_id in asked.values())


def test_nobody_replies_for_somebody_else(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        run(details.add_reply, asked["Ana"], details.Words("Hello"), by=site.caller("Ben"), at=DUE)


def test_who_replies_too_late_is_told_and_nothing_is_kept(run: Run, site: Site, asked: dict[str, int]) -> None:
    assert replied(run, site, "Late", at=CLOSES) == A_DETAIL
    assert added(run, asked["Ana"]) == ()
    assert told(run) == [{"why": "closed", "words_kept": False}]


@pytest.mark.parametrize(("text", "kept"), [("Look", True), ("", False)])
def test_where_no_photos_are_kept_the_person_is_told_and_the_words_stay(
    run: Run, site: Site, asked: dict[str, int], text: str, kept: bool
) -> None:
    heard = replied(run, site, text, PHOTO, policy=Policy(photos_allowed=False))
    assert heard == A_DETAIL
    assert added(run, asked["Ana"]) == ((Added("Look", None),) if kept else ())
    assert told(run) == [{"why": "photo", "words_kept": kept}]
    (message,) = [row for row in run(outbox) if row.kind == "reply_not_kept"]
    assert run(deliveries.addressed, message.key).target == "UANA"


def test_a_reply_without_anything_changes_nothing(run: Run, site: Site, asked: dict[str, int]) -> None:
    assert replied(run, site, " ") == A_DETAIL
    assert added(run, asked["Ana"]) == ()


# From an answer to a report


@pytest.mark.parametrize(
    ("value", "kind"),
    [("in_the_way", Kind.FALSE_ALARM), ("helped", Kind.GOOD_CATCH), ("no_difference", None), ("not_used", None)],
)
def test_the_kind_of_a_report_is_guessed_from_the_answer(
    run: Run, site: Site, asked: dict[str, int], value: str, kind: Kind | None
) -> None:
    ana = site.caller("Ana")
    run(prompts.answer_prompt, asked["Ana"], "did_it_help", value, by=ana, at=DUE)
    run(details.add_detail, asked["Ana"], "It rang twice", by=ana, at=DUE)
    replied(run, site, "", PHOTO)
    found = run(details.to_report, asked["Ana"], by=ana, at=DUE)
    assert (found.kind, found.text) == (kind, f"It rang twice\n{PHOTO}")
    assert found.choices.tools[0] == (site.alarm_id, "Crusher alarm")


def test_only_ones_own_answer_becomes_a_report(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        run(details.to_report, asked["Ana"], by=site.caller("Ben"), at=DUE)
    with pytest.raises(Refused, match="for somebody else"):
        run(details.own_prompt, asked["Ana"], by=site.caller("Ben"))
    assert run(details.own_prompt, asked["Ana"], by=site.caller("Ana")) == asked["Ana"]
