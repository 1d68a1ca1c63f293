"""Two workspaces in one database: nothing of one is seen or changed from the other."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from store import (
    abilities,
    agreements,
    feedback,
    home,
    inbox,
    note_drafts,
    noting,
    own_reports,
    prompts,
    reporting,
    reviews,
    scheduling,
    summary,
    triage,
    verdicts,
)
from store.change_notes import Change
from store.errors import Refused
from store.feedback import Kind, Report
from store.policy import Policy
from store.reviews import Outcome
from store.verdicts import Helped
from tests.store.conftest import Run
from tests.store.site import (
    LATER,
    Site,
    active_embedding,
    asked_crew,
    build,
    events,
    filed_report,
    live_change,
    opened_review,
    proposal,
    proposed_embedding,
)

SECRET = "Only the pit crew knows"


class Ridge:
    """What there is in the first workspace, by our ids."""

    def __init__(self, session: Session, site: Site) -> None:
        self.site = site
        self.embedding = active_embedding(session, site)
        self.report = filed_report(session, site, text=SECRET)
        self.answered = filed_report(session, site, text=SECRET)
        self.note = live_change(session, site, self.answered)
        self.prompt = asked_crew(session, site, self.embedding)["Ana"]
        self.proposed = proposed_embedding(session, site)


@pytest.fixture
def ridge(run: Run, site: Site) -> Ridge:
    """The first workspace: an embedding with reports, a change, a prompt, and another one that is proposed."""
    return run(lambda session: Ridge(session, site))


@pytest.fixture
def valley(run: Run, ridge: Ridge) -> Site:
    """The second: the same people by the same Slack ids, the same tools by the same names, an embedding too."""
    valley = run(build, slack_id="T2")
    run(active_embedding, valley)
    return valley


Try = Callable[[Run, Ridge, Site], Any]

FROM_OUTSIDE: dict[str, Try] = {
    "file a report on its tool": lambda run, ridge, valley: run(
        feedback.file_feedback,
        Report(Kind.MISSED, "", ridge.site.alarm_id),
        by=valley.caller("Ana"),
        at=LATER,
    ),
    "note a change of its tool": lambda run, ridge, valley: run(
        note_drafts.file_change_note,
        Change(ridge.site.alarm_id, "Waits", "Rang", None, ()),
        policy=Policy(),
        by=valley.caller("Priya"),
        at=LATER,
    ),
    "answer its report by a note": lambda run, ridge, valley: run(
        note_drafts.file_change_note,
        Change(valley.alarm_id, "Waits", "Rang", None, (ridge.report,)),
        policy=Policy(),
        by=valley.caller("Priya"),
        at=LATER,
    ),
    "read its report": lambda run, ridge, valley: run(
        triage.acknowledge, ridge.report, by=valley.caller("Priya"), at=LATER
    ),
    "answer its prompt": lambda run, ridge, valley: run(
        prompts.answer_prompt, ridge.prompt, "did_it_help", "helped", by=valley.caller("Ana"), at=LATER
    ),
    "say whether its change helped": lambda run, ridge, valley: run(
        verdicts.give_verdict, ridge.note, Helped.BETTER, policy=Policy(), by=valley.caller("Ana"), at=LATER
    ),
    "agree to its proposal": lambda run, ridge, valley: run(
        agreements.agree, ridge.proposed, True, by=valley.caller("Olga"), at=LATER
    ),
    "schedule for its team": lambda run, ridge, valley: run(
        scheduling.schedule_embedding, proposal(ridge.site), by=valley.caller("Kay"), at=LATER
    ),
}


@pytest.mark.parametrize("attempt", FROM_OUTSIDE.values(), ids=FROM_OUTSIDE)
def test_nothing_of_one_is_changed_from_the_other(run: Run, ridge: Ridge, valley: Site, attempt: Try) -> None:
    before = len(run(events))
    with pytest.raises(Refused):
        attempt(run, ridge, valley)
    assert len(run(events)) == before


def test_a_review_of_one_is_neither_read_nor_signed_from_the_other(run: Run, ridge: Ridge, valley: Site) -> None:
    review = run(opened_review, ridge.embedding, LATER)
    with pytest.raises(Refused, match="not here any more"):
        run(reviews.to_sign, review, by=valley.caller("Olga"))
    with pytest.raises(Refused, match="not here any more"):
        run(reviews.sign_review, review, Outcome.KEEP, by=valley.caller("Olga"), at=LATER)
    assert run(reviews.sign_offs, review) == {}


def test_nothing_of_one_is_seen_from_the_other(run: Run, ridge: Ridge, valley: Site) -> None:
    assert SECRET in str(run(home.home, by=ridge.site.caller("Priya"), at=LATER))  # it is there to be seen
    for name in ("Ana", "Priya", "Mei", "Kay", "Olga"):
        caller = valley.caller(name)
        seen = [
            run(home.home, by=caller, at=LATER),
            run(abilities.abilities, "", by=caller),
            run(own_reports.page, 1, 10, by=caller),
            run(summary.listing, by=caller),
            run(summary.summary, None, policy=Policy(), by=caller, at=LATER),
        ]
        assert SECRET not in str(seen)
        assert "E-2" not in str(seen)
    assert SECRET not in str(run(noting.notable, by=valley.caller("Priya")))
    assert SECRET not in str(run(reporting.reportable, by=valley.caller("Priya"), at=LATER))
    assert run(inbox.first_page, by=valley.caller("Priya")).lines == ()
    with pytest.raises(Refused, match="There is no embedding E-2"):
        run(summary.summary, 2, policy=Policy(), by=valley.caller("Mei"), at=LATER)
