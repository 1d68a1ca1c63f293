"""What people set for themselves: quiet hours, one reminder, and questions that they do not want any more."""

from datetime import datetime, time, timedelta

import pytest
from sqlmodel import Session, col, select

from store import preferences, prompt_planning, prompts, written_days
from store.deliveries import Delivery, Kind, Status
from store.errors import Refused
from store.not_now import QuietHours, Reason
from store.policy import Policy
from store.preferences import Chosen, Kept, Muted
from store.prompt_plans import PromptPlan
from store.prompts import Prompt
from tests.store.conftest import Run
from tests.store.site import FIRST_SHIFT, LATER, Site, active_embedding, asked_crew, build, events, outbox

EVERY_SHIFT = Policy(prompt_every_nth_shift=1)
DUE = FIRST_SHIFT + timedelta(hours=11)
SHIFT_END = FIRST_SHIFT + timedelta(hours=12)
CLOSES = SHIFT_END + timedelta(hours=13)
QUIET = QuietHours(time(16), time(18))
REMIND = Chosen(None, reminders=True)


@pytest.fixture
def embedding_id(run: Run, site: Site) -> int:
    return run(active_embedding, site)


@pytest.fixture
def asked(run: Run, site: Site, embedding_id: int) -> dict[str, int]:
    return run(asked_crew, site, embedding_id)


def choose(run: Run, site: Site, chosen: Chosen, name: str = "Ana") -> Kept:
    return run(preferences.choose, chosen, by=site.caller(name), at=LATER)


def plan(run: Run, site: Site) -> dict[str, int]:
    (day,) = run(prompt_planning.days_to_plan, policy=EVERY_SHIFT, at=LATER)
    run(written_days.plan_day, day.plan_id, day.planned_through, day.day, day.due, at=LATER)
    names = {person_id: name for name, person_id in site.people.items()}
    return {names[row.person_id]: row.key for row in run(lambda session: session.exec(select(Prompt)).all())}


def reminders(run: Run) -> list[Delivery]:
    return [row for row in run(outbox) if row.kind is Kind.PROMPT_REMINDER]


def sent(session: Session, prompt_id: int) -> None:
    session.get_one(Delivery, session.get_one(Prompt, prompt_id).delivery_id).status = Status.SENT


def edits(run: Run) -> list[Kind]:
    return [row.kind for row in run(outbox) if row.edits_id and row.subject == "prompt"]


def test_who_has_set_nothing_has_no_quiet_hours_and_no_reminders(run: Run, site: Site) -> None:
    assert run(preferences.own, by=site.caller("Ana")) == Kept(None, False)


def test_what_somebody_sets_is_kept_and_is_theirs_alone(run: Run, site: Site) -> None:
    assert choose(run, site, Chosen(QUIET, reminders=True)) == Kept(QUIET, True)
    assert run(preferences.own, by=site.caller("Ana")) == Kept(QUIET, True)
    assert run(preferences.own, by=site.caller("Ben")) == Kept(None, False)
    choose(run, site, Chosen(None, reminders=False))
    assert run(preferences.own, by=site.caller("Ana")) == Kept(None, False)


def test_the_history_does_not_say_what(run: Run, site: Site) -> None:
    for _ in range(2):
        choose(run, site, Chosen(QUIET, reminders=True))
    assert [event.data for event in run(events) if event.kind == "preferences_chosen"] == [{}]


def test_quiet_hours_of_no_length_are_refused(run: Run, site: Site) -> None:
    with pytest.raises(Refused) as refused:
        choose(run, site, Chosen(QuietHours(time(6), time(6)), reminders=False))
    assert refused.value.field == "quiet_until"


def test_quiet_hours_call_off_what_is_to_go_out_in_them(run: Run, site: Site, asked: dict[str, int]) -> None:
    choose(run, site, Chosen(QUIET, reminders=False))
    choose(run, site, Chosen(QuietHours(time(1), time(2)), reminders=False), "Ben")
    assert run(prompts.by_id, asked["Ana"]).reason is Reason.QUIET_HOURS
    assert run(prompts.by_id, asked["Ben"]).reason is None


def test_without_asking_for_it_nobody_is_reminded(run: Run, site: Site, embedding_id: int) -> None:
    plan(run, site)
    assert reminders(run) == []


def test_a_reminder_goes_out_once_within_the_shift(run: Run, site: Site, embedding_id: int) -> None:
    choose(run, site, REMIND)
    plan(run, site)
    (reminder,) = reminders(run)
    assert reminder.person_id == site.people["Ana"]
    assert (reminder.due_at, reminder.expires_at) == (SHIFT_END - timedelta(minutes=20), SHIFT_END)


def test_who_has_answered_is_not_reminded(run: Run, site: Site, embedding_id: int) -> None:
    choose(run, site, REMIND)
    prompt_id = plan(run, site)["Ana"]
    run(prompts.answer_prompt, prompt_id, "did_it_help", "helped", by=site.caller("Ana"), at=DUE)
    assert [row.status for row in reminders(run)] == [Status.SKIPPED]


def test_nor_is_who_does_not_want_it_any_more(run: Run, site: Site, embedding_id: int) -> None:
    choose(run, site, REMIND)
    plan(run, site)
    choose(run, site, Chosen(None, reminders=False))
    assert [row.status for row in reminders(run)] == [Status.SKIPPED]


def test_a_reminder_stays_out_of_quiet_hours(run: Run, site: Site, embedding_id: int) -> None:
    late = QuietHours(time(17, 30), time(18))
    choose(run, site, Chosen(late, reminders=True))
    plan(run, site)
    assert reminders(run) == []


def test_a_question_that_comes_late_is_not_reminded_of_before_it_is_asked(
    run: Run, site: Site, embedding_id: int
) -> None:
    def late(session: Session) -> None:
        session.exec(select(PromptPlan)).one().minutes = 20

    run(late)
    choose(run, site, REMIND)
    plan(run, site)
    assert reminders(run) == []


def test_a_reminder_that_is_wanted_later_is_planned_then(run: Run, site: Site, embedding_id: int) -> None:
    plan(run, site)
    choose(run, site, REMIND)
    for day in run(prompt_planning.days_to_replan, policy=EVERY_SHIFT, at=LATER):
        run(written_days.replan_day, day.plan_id, day.day, day.version, day.due, at=LATER)
    assert [(row.person_id, row.status) for row in reminders(run)] == [(site.people["Ana"], Status.QUEUED)]


def test_a_question_that_is_muted_is_gone_with_all_that_wait(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(sent, asked["Ana"])
    muted = run(preferences.mute, asked["Ana"], by=site.caller("Ana"), at=DUE)
    assert muted == Muted("E-1", True)
    assert run(prompts.by_id, asked["Ana"]).reason is Reason.MUTED
    assert run(prompts.by_id, asked["Ben"]).reason is None
    assert edits(run) == [Kind.PROMPT_MUTED]
    assert run(preferences.muted_by, site.people["Ana"]) == {run(prompts.by_id, asked["Ana"]).plan_id: "E-1"}


def test_a_second_tap_mutes_nothing_more(run: Run, site: Site, asked: dict[str, int]) -> None:
    run(sent, asked["Ana"])
    for _ in range(2):
        run(preferences.mute, asked["Ana"], by=site.caller("Ana"), at=DUE)
    assert edits(run) == [Kind.PROMPT_MUTED]


@pytest.mark.parametrize(
    ("at", "reason", "edit"),
    [(CLOSES - timedelta(seconds=1), None, Kind.PROMPT_ASKED_AGAIN), (CLOSES, Reason.MUTED, Kind.PROMPT_CLOSED)],
)
def test_muting_is_undone_in_the_same_place_while_there_is_time(
    run: Run, site: Site, asked: dict[str, int], at: datetime, reason: Reason | None, edit: Kind
) -> None:
    run(sent, asked["Ana"])
    run(preferences.mute, asked["Ana"], by=site.caller("Ana"), at=DUE)
    plan_id = run(prompts.by_id, asked["Ana"]).plan_id
    assert run(preferences.unmute, plan_id, by=site.caller("Ana"), at=at) == Muted("E-1", False)
    assert run(prompts.by_id, asked["Ana"]).reason is reason
    assert edits(run) == [Kind.PROMPT_MUTED, edit]
    assert run(preferences.unmute, plan_id, by=site.caller("Ana"), at=at) == Muted("E-1", False)
    assert edits(run) == [Kind.PROMPT_MUTED, edit]


def test_nobody_mutes_for_somebody_else(run: Run, site: Site, asked: dict[str, int]) -> None:
    with pytest.raises(Refused, match="for somebody else"):
        run(preferences.mute, asked["Ana"], by=site.caller("Ben"), at=DUE)


def test_a_plan_of_another_workspace_is_not_there(run: Run, site: Site, asked: dict[str, int]) -> None:
    other = run(build, slack_id="T2")
    plan_id = run(prompts.by_id, asked["Ana"]).plan_id
    for named, caller in ((plan_id, other.caller("Ana")), (999_999, site.caller("Ana"))):
        with pytest.raises(Refused, match="not asked any more"):
            run(preferences.unmute, named, by=caller, at=DUE)


def test_the_reminder_of_a_muted_question_is_called_off(run: Run, site: Site, embedding_id: int) -> None:
    choose(run, site, REMIND)
    prompt_id = plan(run, site)["Ana"]
    run(sent, prompt_id)
    run(preferences.mute, prompt_id, by=site.caller("Ana"), at=DUE)
    queued = select(Delivery.kind).where(
        Delivery.status == Status.QUEUED, col(Delivery.person_id) == site.people["Ana"]
    )
    assert Kind.PROMPT_REMINDER not in run(lambda session: session.exec(queued).all())
