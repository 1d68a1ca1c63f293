"""An example of everything that people are shown: each function of bot/blocks, with all its branches.

What people typed, names and versions stand in ‹ › here, so that a test can tell them from our own sentences.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from slack_sdk.models.basic_objects import JsonObject

from bot.blocks import (
    absences,
    additions,
    chains,
    change_notes,
    channels,
    closures,
    crews,
    direct_reports,
    embeddings,
    exposure,
    feedback,
    help,
    home,
    kit,
    note_lists,
    observations,
    outcomes,
    own_reports,
    pausing,
    preferences,
    prompt_plans,
    prompts,
    reminders,
    report_buttons,
    report_form,
    restrictions,
    returns,
    reviews,
    shifts,
    summary,
    triage,
    unsafe,
    verdicts,
    visits,
)
from bot.blocks.kit import Written
from bot.blocks.report_form import Filling
from bot.forms.change_notes import PAGE
from bot.listeners import desk
from bot.texts import Markdown, Texts, happened
from store import user_groups
from store.abilities import Abilities
from store.absences import Away, Back
from store.additions import Added
from store.asking import MOST_PLANS, PlanChoices, PlanDraft, PlanLine, Planned, Plans, Preview, SetChoice, SetToCopy
from store.asking import Kept as KeptPlan
from store.asking_back import Answered, QuestionCard
from store.causes import Cause
from store.chain import Answer, Edit, NoteChain, ReportChain
from store.change_notes import ChangeNote, NoteCard, Noted, NoteStatus
from store.channels import Invitation
from store.closures import Closable, Closed, ComingShutdown, Lifted, Shutdowns
from store.crews import Movable, Moved
from store.decisions import Decided, Step
from store.details import Noted as NotedAnswer
from store.direct_reports import Question
from store.embeddings import EmbeddingCard, EmbeddingStatus
from store.exposure import Enterable, Entered, WeekOfTool
from store.feedback import KINDS_OFFERED, Did, FeedbackCard, FeedbackStatus, Filed, Impact, Kind, Raised, Report
from store.figures.burden import Burden
from store.figures.change_state import ChangeState
from store.fitting import ITSELF, NotDone
from store.further_words import Further
from store.going_live import WentLive
from store.handovers import CarriedOver
from store.home import Broke, EmbeddingLine, Home, Own, Standing, ToDo
from store.inbox import InboxPage, Line, Opened, Sought, Which
from store.inbox import ToDo as ReportsToDo
from store.meanings import Meaning
from store.not_asked import NotAsked
from store.not_now import Days, QuietHours, Reason
from store.note_approval import Asked as AskedForOk
from store.note_approval import Decision
from store.note_lists import NoteLine, NotePage
from store.noting import Editable, Notable
from store.observations import Observable, ObservationLine, ObservationPage, Observed
from store.outcome_news import Outcome as ReportOutcome
from store.own_reports import Happened, OwnReport, Page
from store.pausing import Pausable, Paused
from store.preferences import Kept
from store.privacy import Withheld
from store.prompt_plans import Frequency, Moment
from store.prompts import Added as AddedToAnswer
from store.prompts import Asked, PromptCard, ToAnswer
from store.questions import QUESTIONS, QuestionKind, QuestionSet, Rating, SetName, own, rating
from store.questions import Helped as HelpedThisShift
from store.recurrences import Again
from store.report_edits import Kept as KeptReport
from store.report_edits import ToEdit
from store.report_status import ReportStatus
from store.reporting import Reportable
from store.restricting import Liftable, News, Restrictable, Restricted
from store.restricting import Lifted as LiftedRestriction
from store.restrictions import InForce
from store.returns import Since
from store.reviews import Outcome, ReviewCard
from store.roles import Role
from store.rolling_back import RolledBack
from store.scheduling import Proposed, Schedulable
from store.shift_calendar import CalendarDay, CrewLine, OddTimes, ShiftCalendar
from store.shifts import ShiftTimes
from store.summary import ChangeLine, Summary
from store.swaps import Instead, Swappable, Swapped, Then
from store.tellings import Told
from store.tool_history import HistoryPage, ToolChange
from store.tools import ToolType
from store.triage import Triaged
from store.troubles import Undelivered
from store.unread import NextThere, OwnList
from store.unsafe import MayCall
from store.unsafe_cards import Unanswered, UnsafeCard
from store.user_groups import GroupTrouble
from store.verdicts import Contest, Helped
from store.visits import VisitCard, VisitStatus

ZONE = "Australia/Perth"
FIRST_DAY, LAST_DAY = date(2026, 3, 2), date(2026, 4, 10)
FILED_AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
GRACE, VIKTOR, LEAD = "‹Grace Okafor›", "‹Viktor Hallberg›", "‹Mara Quispe›"
PUMP_ALARM, ORE_CAMERA = "‹Pump alarm›", "‹Ore camera›"
TOOLS = ((1, PUMP_ALARM), (2, ORE_CAMERA))
SHA256 = "‹9f86d0›"

EMBEDDING = EmbeddingCard(
    id=1,
    reference="E-1",
    team="‹Crusher crew›",
    site="‹Ridge›",
    channel="C1",
    tools=(PUMP_ALARM, ORE_CAMERA),
    data_scientists=(GRACE, VIKTOR),
    proposed_by=LEAD,
    first_day=FIRST_DAY,
    last_day=LAST_DAY,
    exit_criteria="‹Half as many false alarms›",
    status=EmbeddingStatus.ACTIVE,
    agreed=(),
    declined=(VIKTOR,),
    still_asked=(LEAD,),
)
REPORT = FeedbackCard(
    id=7,
    reference="F-7",
    tool=PUMP_ALARM,
    version="‹2.1›",
    kind=Kind.FALSE_ALARM,
    text="‹P-101 alarm, pump ran fine›",
    impact=Impact.UNSAFE,
    status=FeedbackStatus.NEW,
    reporter=VIKTOR,
    filed_at=FILED_AT,
)
LIMITED = InForce(PUMP_ALARM, "‹P-101›", FILED_AT, "‹It missed two failures›", LEAD, 4, ZONE)
LIMITS = (LIMITED, replace(LIMITED, until=None), replace(LIMITED, why="", set_by=""))
FULL_REPORT = replace(
    REPORT,
    expected="‹Rung once›",
    place="‹P-101›",
    did=Did.PARTLY,
    links=("https://‹photos›/1",),
    permalink="https://ridge.slack.com/archives/C1/p1",
    relayed_for=LEAD,
    shift=(FIRST_DAY, "‹Turn 1›"),
    edited_at=FILED_AT,
    additions=(Added("‹It rang again›", ("https://‹photos›/2",), FILED_AT),) * 6,
    restrictions=LIMITS,
)
CHOICES = Reportable(
    TOOLS, KINDS_OFFERED[ToolType.ALARM], 1, ToolType.ALARM, "‹2.1›", ((FIRST_DAY, "‹Turn 1›"), (LAST_DAY, "‹Turn 2›"))
)
SAID = Report(
    Kind.FALSE_ALARM,
    "‹P-101 again›",
    tool_id=1,
    impact=Impact.EXTRA_WORK,
    expected="‹Rung once›",
    place="‹P-101›",
    did=Did.FOLLOWED,
    links=("https://‹photos›/1",),
    relayed_for=LEAD,
    shift=(FIRST_DAY, "‹Turn 2›"),
)
KEPT = KeptReport(7, "F-7")
STATUS = ReportStatus(
    card=FULL_REPORT,
    zone=ZONE,
    history=tuple(Happened(what, FILED_AT, GRACE, "C-3") for what in (*happened.HISTORY, "something_else")),
    can_change=True,
)
ASKED_BACK = Question(4, "‹It rang twice›", KINDS_OFFERED[ToolType.ALARM], Kind.FALSE_ALARM, FILED_AT, ZONE, True)
OWN = OwnReport(
    "F-7", PUMP_ALARM, Kind.FALSE_ALARM, "‹P-101 alarm›", FeedbackStatus.NEW, FILED_AT, 7, STATUS.history[1]
)
NOTE = NoteCard(
    id=3,
    reference="C-3",
    tool=PUMP_ALARM,
    author=GRACE,
    what="‹It waits ten seconds›",
    why="‹Short peaks are no fault›",
    version="‹2.2›",
    live=True,
    answers=(("F-7", "‹P-101 alarm›"), ("F-8", "")),
)
EXPLAINED = replace(
    NOTE,
    before="‹It rang at once›",
    after="‹It rings after ten seconds›",
    expected="‹Half the alarms›",
    take_back="‹Set it to 0›",
    approval="‹MOC-7›",
    version_from="‹2.1›",
    revision=2,
)
DRAFT_NOTE = replace(EXPLAINED, live=False, status=NoteStatus.DRAFT, waits_for=VIKTOR, planned_for=FILED_AT)
READY_NOTE = replace(EXPLAINED, live=False, status=NoteStatus.APPROVED, planned_for=FILED_AT)
TAKEN_BACK = replace(EXPLAINED, live=False, status=NoteStatus.ROLLED_BACK, rolled_back_because="‹It missed a seal›")
NOTE_ROW = ChangeNote(
    id=3,
    workspace_id=1,
    number=3,
    embedding_id=1,
    tool_id=1,
    author_id=1,
    what="‹It waits›",
    why="‹Peaks›",
    status=NoteStatus.LIVE,
    created_at=FILED_AT,
)
CHANGED = ToolChange(
    "C-3",
    FILED_AT,
    GRACE,
    "‹2.1›",
    "‹2.2›",
    "‹It waits ten seconds›",
    "‹Short peaks are no fault›",
    "‹It rang at once›",
    "‹It rings after ten seconds›",
    "‹Half the alarms›",
    ("F-7", "F-8"),
    ChangeState.MIXED,
    None,
    None,
)
BARE = replace(CHANGED, version_from=None, version_to=None, before="", after="", answers=())
HISTORY = HistoryPage(
    1,
    PUMP_ALARM,
    ZONE,
    None,
    (
        replace(CHANGED, approval="‹MOC-7›", approved_by=VIKTOR),
        replace(CHANGED, answers=tuple(f"F-{number}" for number in range(60))),
        replace(
            CHANGED, version_from=None, answers=("F-7",), rolled_back_at=FILED_AT, rolled_back_because="‹It missed›"
        ),
        BARE,
    ),
    2,
    3,
    (LIMITED,),
)
ANSWER = Answer(EXPLAINED, FILED_AT, FILED_AT, Helped.WORSE, FILED_AT, None, "‹It rang twice›", None)
CHAIN = ReportChain(
    REPORT,
    FILED_AT,
    FILED_AT - timedelta(hours=1),
    FILED_AT,
    (
        ANSWER,
        replace(ANSWER, note=replace(NOTE, version=None, revision=3), verdict=None, verdict_at=None, words=""),
        replace(ANSWER, verdict=None, rolled_back_at=FILED_AT, told_at=None),
        replace(ANSWER, verdict_changed_at=FILED_AT),
    ),
    ZONE,
    is_own=False,
    can_happen_again=True,
)
EDITED = NoteChain(
    TAKEN_BACK,
    (
        Edit(1, GRACE, FILED_AT, "‹It waits›", "‹Peaks›"),
        Edit(2, VIKTOR, FILED_AT, "‹It waits ten seconds›", "‹Short peaks›"),
    ),
    (("F-7", FeedbackStatus.CONTESTED), ("F-8", FeedbackStatus.CHANGED)),
    ChangeState.CONTESTED,
    FILED_AT,
    ZONE,
    rolled_back_at=FILED_AT,
    approved_by=VIKTOR,
    approved_at=FILED_AT,
)
VISIT = VisitCard(4, 1, "F-7", PUMP_ALARM, "‹Ridge›", GRACE, True, False, VisitStatus.PROPOSED, FILED_AT, ZONE)
(SHIFTS_QUESTION,) = QUESTIONS[QuestionSet.DID_IT_HELP]
LOOK_BACK = QUESTIONS[QuestionSet.WEEKLY_LOOK_BACK]
OWN_QUESTIONS = (
    own("q1", QuestionKind.CHOICE, "‹Which belt?›", ("‹North›", "‹South›")),
    own("q2", QuestionKind.YES_NO, "‹Was it loud?›"),
)
PROMPT = PromptCard(id=5, tools=(PUMP_ALARM,), asked=(Asked(SHIFTS_QUESTION, None),), open=True)
LOOKED_BACK = ("4", "most_times", "12.5", "yes", "‹The horn›")


def looked_back(said: int) -> PromptCard:
    """The weekly look back with so many questions answered."""
    asked = (Asked(one, LOOKED_BACK[place] if place < said else None) for place, one in enumerate(LOOK_BACK))
    return PromptCard(id=5, tools=(PUMP_ALARM, ORE_CAMERA), asked=tuple(asked), open=not said)


RAISED = Raised(7, "‹555›", (GRACE, VIKTOR), "F-7")
UNSAFE = UnsafeCard(REPORT, "‹555›", ZONE, None, None, None, False, False, False, True)
TAKEN = replace(UNSAFE, taken_by=GRACE, taken_at=FILED_AT, may_call=True)
UNSAFELY_FILED = Filed("F-7", PUMP_ALARM, Kind.OTHER, (GRACE,), True, restrictions=LIMITS, unsafe=RAISED)
NOBODY_CALLED = replace(UNSAFELY_FILED, unsafe=Raised(7, "‹555›", ()))
NO_NUMBER = replace(UNSAFELY_FILED, unsafe=Raised(7, None, ()), restrictions=())
MAY_CALL = MayCall(RAISED, "F-7", True, None)
UNANSWERED = Unanswered("F-7", PUMP_ALARM, "‹Crusher crew›", FILED_AT)
DRAFT = PlanDraft(1, None)
READY = tuple(SetChoice(SetName(ready)) for ready in QuestionSet)
OWN_SET = SetChoice(SetName(own_id=12), "‹Belts›", 3)
COST = Burden(1.75, 0.29)
PLAN_LINE = PlanLine(
    4, READY[0], "‹A›", Role.CHAMPION, 50, Moment.BEFORE_END, Frequency.EVERY_SHIFT, paused=False, cost=COST
)
PLANNED = Planned(
    1,
    "E-1",
    "‹Crusher crew›",
    (
        PLAN_LINE,
        replace(PLAN_LINE, id=5, asked=OWN_SET, crew=None, role=None, paused=True),
        *(replace(PLAN_LINE, id=6, moment=moment) for moment in Moment),
        *(replace(PLAN_LINE, id=7, frequency=frequency) for frequency in Frequency),
    ),
    (OWN_SET,),
)
SINCE = Since(
    zone=ZONE,
    changes=(NOTE, replace(NOTE, answers=())),
    restrictions=(InForce(PUMP_ALARM, "‹night shifts›", None), InForce(PUMP_ALARM, "‹night shifts›", FILED_AT)),
    reports=(replace(OWN, status=FeedbackStatus.EXPLAINED), replace(OWN, text="", status=FeedbackStatus.DECLINED)),
    asked=(NOTE,),
)
CARRIED_OVER = CarriedOver("E-1", (("F-7", PUMP_ALARM, Kind.FALSE_ALARM), ("F-8", PUMP_ALARM, Kind.IDEA)), (GRACE,))
REVIEW = ReviewCard(
    id=2,
    reference="E-1",
    team="‹Crusher crew›",
    first_day=FIRST_DAY,
    last_day=LAST_DAY,
    sha256=SHA256,
    packet={
        "tools": [
            {"name": PUMP_ALARM, "reports": [{}, {}], "by_kind": {kind.value: 1 for kind in Kind}},
            {"name": PUMP_ALARM, "reports": [], "by_kind": {}},
        ],
        "zone": ZONE,
        "changes": [
            *({"reference": "C-3", "what": "‹It waits›", "state": state.value} for state in ChangeState),
            {
                "reference": "C-4",
                "what": "‹It waits›",
                "state": ChangeState.CONFIRMED.value,
                "rolled_back_at": FILED_AT.isoformat(),
                "rolled_back_because": "‹It missed a seal›",
            },
        ],
        "exit_criteria": "‹Half as many false alarms›",
    },
    signed=(),
    waiting_for=(LEAD,),
    outcome=None,
    carried_over=2,
    owners=(LEAD,),
    to_sign=True,
)
SUMMARY = Summary(
    card=EMBEDDING,
    today=date(2026, 3, 9),
    by_status=tuple((status, 2) for status in FeedbackStatus),
    changes=(
        *(ChangeLine("C-3", "‹It waits›", state) for state in ChangeState),
        ChangeLine("C-4", "‹It waits›", ChangeState.CONFIRMED, FIRST_DAY, "‹It missed a seal›"),
        ChangeLine("C-5", "‹It waits›", ChangeState.CONFIRMED, FIRST_DAY),
    ),
    sha256=SHA256,
)
ABLE = Abilities(
    asked="",
    tools=((PUMP_ALARM, ToolType.ALARM),),
    has_reported=True,
    schedules_for=("‹Crusher crew›",),
    schedulers=(LEAD,),
    notes_on=(PUMP_ALARM, ORE_CAMERA),
    noters=(GRACE,),
    summary_of="E-1",
    any_embedding=True,
    is_asked=True,
    closes_for=("‹Crusher crew›",),
    has_shifts=True,
    crews_of=("‹Crusher crew›",),
    restricts=(PUMP_ALARM, ORE_CAMERA),
)
UNABLE = Abilities("", (), False, (), (LEAD,), (), (), None, False)
SHIFTS = ShiftCalendar(
    team="‹Crusher crew›",
    zone="‹Australia/Perth›",
    shifts=(ShiftTimes("‹Turn 1›", time(6), 720), ShiftTimes("‹Turn 2›", time(18), 720)),
    days=(
        CalendarDay(FIRST_DAY, clock_moves=timedelta(hours=1), odd=(OddTimes("‹N›", time(18), time(7)),)),
        CalendarDay(FIRST_DAY + timedelta(days=1), clock_moves=timedelta(hours=-1)),
        CalendarDay(FIRST_DAY + timedelta(days=2), exists=False),
        *(CalendarDay(FIRST_DAY + timedelta(days=number)) for number in range(3, 14)),
    ),
    crews=(CrewLine("‹A›", ("‹Turn 1›", "‹Turn 2›", *("",) * 12)), CrewLine("‹B›", ("‹Turn 2›", *("",) * 13))),
)
LOST = Undelivered(1, GRACE, False, FILED_AT, True, None, "‹the answer was lost›", 7)
TO_DO = ToDo(
    unsafe=(REPORT,),
    prompts=(PROMPT,),
    changes=(NOTE,),
    to_agree=(EMBEDDING,),
    to_sign=(REVIEW,),
    unread=(replace(REPORT, id=8, impact=None),),
    unread_count=14,
    not_in_channel=("‹Crusher crew›",),
    user_groups=(
        GroupTrouble("‹A›", "‹Crusher crew›", user_groups.NOBODY),
        GroupTrouble("‹B›", "‹Crusher crew›", None, ("‹U0NEW›",), (GRACE,)),
        GroupTrouble("‹C›", "‹Crusher crew›", None, tuple(f"‹U0NEW{number}›" for number in range(6))),
    ),
    undelivered=(
        LOST,
        replace(LOST, count=2, retry_id=None),
        *(replace(LOST, unknown=False, meaning=meaning) for meaning in (*Meaning, None)),
        replace(LOST, unknown=False, whom="‹Crusher crew›", in_channel=True, count=3),
    ),
    undelivered_count=70,
    broke=(Broke("‹0a1b2c3d›", "‹/embedding›", FILED_AT),),
    broke_count=6,
    calls=(UNSAFE, replace(UNSAFE, may_restrict=False)),
    unanswered=(UNANSWERED, replace(UNANSWERED, team=None)),
    approvals=(AskedForOk(DRAFT_NOTE, None, True),),
    notes=(
        NoteLine(replace(DRAFT_NOTE, waits_for=None), needs_approval=True, can_go_live=False, editable=True),
        NoteLine(replace(READY_NOTE, planned_for=None), needs_approval=False, can_go_live=True, editable=True),
    ),
    notes_count=9,
)
IDLE = ToDo((), (), (), (), (), (), 0, (), (), (), 0, (), 0)
STANDING = Standing(
    embeddings=(
        EmbeddingLine(EMBEDDING, date(2026, 3, 9)),
        *(EmbeddingLine(replace(EMBEDDING, status=status), FIRST_DAY) for status in EmbeddingStatus),
    ),
    embeddings_count=12,
    reports=(replace(REPORT, status=FeedbackStatus.ACKNOWLEDGED), replace(REPORT, text="")),
    reports_count=9,
    own=(OWN, replace(OWN, text="")),
    own_count=9,
    notes=(DRAFT_NOTE, READY_NOTE),
    notes_count=9,
)
BLANK = Standing((), 0, (), 0, (), 0)
QUIET = Kept(QuietHours(time(22), time(6)), True)
OWN_SETTINGS = Own(
    away=(Days(FIRST_DAY, LAST_DAY), Days(FIRST_DAY, FIRST_DAY)), kept=QUIET, muted=((1, "E-1"), (2, "E-2"))
)
SHUTDOWN = ComingShutdown(3, "‹Crusher crew›", Days(FIRST_DAY, LAST_DAY), "‹Relining›", False)
LIFTED = Lifted("‹Crusher crew›", Days(FIRST_DAY, FIRST_DAY), False)
HOME = Home(
    name=GRACE,
    zone=ZONE,
    to_do=TO_DO,
    standing=STANDING,
    can_report=True,
    can_note=True,
    can_schedule=True,
    works_in_a_team=True,
    signs=True,
    leads=True,
    represents=True,
    look_after=(LEAD,),
    own=OWN_SETTINGS,
    restrictions=LIMITS,
    can_restrict=True,
)
EMPTY_HOME = Home(GRACE, ZONE, IDLE, BLANK, False, False, False, False, False, False, False, (LEAD,))
"""Of somebody for whom nothing is there yet."""


# Triage, observations and exposure
QUESTION = QuestionCard(
    id=6,
    feedback_id=7,
    reference="F-7",
    tool=PUMP_ALARM,
    report="‹P-101 alarm›",
    text="‹Was the belt empty?›",
    asked_by=GRACE,
    answer=None,
    reporter=VIKTOR,
    closed=False,
)
LINE = Line(REPORT, None, waits_for_answer=False, zone=ZONE)
INBOX = InboxPage(
    sought=Sought(),
    lines=(
        LINE,
        Line(replace(REPORT, id=8, text="", impact=None), Cause.DATA, waits_for_answer=True, zone=ZONE),
        *(Line(replace(REPORT, id=10 + number), None, False, ZONE) for number in range(8)),
    ),
    count=23,
    pages=3,
    ticked=(7, 40),
    tools=TOOLS,
    kinds=tuple(Kind),
    causes=tuple(Cause),
)
OPENED = Opened(
    line=replace(LINE, cause=Cause.MODEL),
    questions=(QUESTION, replace(QUESTION, answer="‹It was›")),
    decided=(
        *(Decided(status, "‹because›", GRACE, taken_back=False) for status in FeedbackStatus),
        Decided(FeedbackStatus.DECLINED, "‹because›", GRACE, taken_back=True),
        Decided(FeedbackStatus.PASSED_ON, "", GRACE, False, LAST_DAY, "‹owner›", "‹order›"),
    ),
    carried_on_by="F-3",
    joined=("F-8", "F-9"),
    similar=(replace(REPORT, id=9), replace(REPORT, id=10, text="")),
    steps=tuple(Step),
)
OUTCOME = ReportOutcome(
    references=("F-7",),
    texts=("‹P-101 alarm›",),
    kinds=(Kind.FALSE_ALARM,),
    tool=PUMP_ALARM,
    status=FeedbackStatus.DECLINED,
    words="‹The sensor stays›",
    by=GRACE,
)
OUTCOMES_OF_REPORTS = (
    OUTCOME,
    replace(OUTCOME, status=FeedbackStatus.ACCEPTED, day=LAST_DAY, words="", references=("F-7", "F-8")),
    replace(OUTCOME, status=FeedbackStatus.PASSED_ON, owner="‹Planning›", day=LAST_DAY, work_order="‹4711›"),
    replace(OUTCOME, status=FeedbackStatus.EXPLAINED, texts=("",), carried_on_by="F-3"),
    replace(OUTCOME, status=FeedbackStatus.DUPLICATE, carried_on_by="F-3"),
    replace(OUTCOME, reopened=True),
    replace(OUTCOME, reopened=True, promised=LAST_DAY),
    replace(OUTCOME, status=FeedbackStatus.DUPLICATE, carried_on_by="F-3", words="", goes_alone=True),
)
WEEK = WeekOfTool(PUMP_ALARM, ToolType.ALARM, FIRST_DAY, 412, 3, 1, 2)


@dataclass(frozen=True, slots=True)
class Example:
    """A function that shows something, and what it is given besides the reader's language."""

    function: Callable[..., Any]
    before: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"


def of(function: Callable[..., Any], *before: Any, **named: Any) -> Example:
    """An example of a function that takes the language last."""
    return Example(function, before, named)


def refused(t: Texts) -> Any:
    """A refusal on the home."""
    return home.refused(t(desk.BUSY))


def notice(t: Texts) -> Any:
    """A refusal in a modal, with the title that the desk gives it."""
    return kit.notice(t, t("Sorry"), t(desk.BUSY))


def done(t: Texts) -> Any:
    """The answer to a modal, with the title that the desk gives it."""
    return kit.modal(t, t("Done"), embeddings.proposed(Proposed("E-1", (LEAD,)), t).blocks)


EXAMPLES: tuple[Example, ...] = (
    of(absences.away_form),
    of(absences.away, Away(FIRST_DAY, LAST_DAY)),
    of(absences.away, Away(FIRST_DAY, FIRST_DAY)),
    of(absences.back, Back(FIRST_DAY, True)),
    of(absences.back, Back(FIRST_DAY, False)),
    of(closures.shutdown_form, Closable(((1, "‹Crusher crew›"),))),
    of(closures.shutdown_form, Closable(((1, "‹Crusher crew›"), (2, "‹Mill crew›")))),
    of(closures.shut_down, Closed("‹Crusher crew›", FIRST_DAY, LAST_DAY)),
    of(closures.listed, Shutdowns((), 0)),
    of(closures.listed, Shutdowns((SHUTDOWN, replace(SHUTDOWN, by_file=True)), 2, LIFTED)),
    of(closures.listed, Shutdowns((SHUTDOWN,) * 20, 21, replace(LIFTED, overlapped=True))),
    of(pausing.pause_form, Pausable(((1, "E-1", "‹Crusher crew›"),))),
    of(pausing.resume_form, Pausable(((1, "E-1", "‹Crusher crew›"), (2, "E-2", "‹Mill crew›")))),
    of(pausing.paused, Paused("E-1", "‹Crusher crew›", True)),
    of(pausing.paused, Paused("E-1", "‹Crusher crew›", False)),
    of(preferences.settings_form, QUIET),
    of(preferences.settings_form, Kept(None, False)),
    of(preferences.kept, QUIET),
    of(preferences.kept, Kept(None, False)),
    of(preferences.muted, 1, "E-1"),
    of(preferences.mute_button, 5),
    of(preferences.is_muted, 1, "E-1"),
    of(reminders.reminder, PROMPT),
    of(returns.since, SINCE),
    of(returns.since, Since(ZONE, (), (), (OWN,), ())),
    of(change_notes.note_form, Notable(TOOLS, (REPORT,))),
    of(change_notes.note_form, Notable(TOOLS, ())),
    of(change_notes.noted, Noted("C-3", PUMP_ALARM, (), 0)),
    of(change_notes.noted, Noted("C-3", PUMP_ALARM, ("F-7", "F-8"), 2)),
    of(change_notes.noted, Noted("C-3", PUMP_ALARM, (), 0, NoteStatus.DRAFT)),
    of(change_notes.noted, Noted("C-3", PUMP_ALARM, (), 0, NoteStatus.DRAFT, asked=VIKTOR)),
    of(change_notes.noted, Noted("C-3", PUMP_ALARM, (), 0, NoteStatus.DRAFT, FILED_AT, ZONE, VIKTOR)),
    of(change_notes.noted, Noted("C-3", PUMP_ALARM, (), 0, NoteStatus.APPROVED, FILED_AT, ZONE)),
    of(change_notes.noted, Noted("C-3", PUMP_ALARM, (), 0, reworded=True)),
    of(change_notes.note_form, Notable(TOOLS, (REPORT,), more=True)),
    of(change_notes.edit_form, Editable(NOTE, 1, Notable(TOOLS[:1], (REPORT,)), (REPORT,), True, None)),
    of(change_notes.edit_form, Editable(DRAFT_NOTE, 1, Notable(TOOLS[:1], (REPORT,)), (REPORT,), False, FILED_AT)),
    of(
        change_notes.edit_form,
        Editable(replace(DRAFT_NOTE, planned_for=None), 1, Notable(TOOLS[:1], (REPORT,), True), (REPORT,), False, None),
    ),
    Example(change_notes.report_options, ((REPORT, replace(REPORT, text="")),)),
    of(change_notes.told, Told((NOTE,), ())),
    of(change_notes.told, Told((replace(EXPLAINED, version=None),), ())),
    of(change_notes.told, Told((), (replace(NOTE, answers=()),))),
    of(change_notes.told, Told((NOTE,), (replace(EXPLAINED, answers=()),) * 9)),
    of(change_notes.taken_back, TAKEN_BACK, True),
    of(change_notes.taken_back, replace(TAKEN_BACK, rolled_back_because=None), False),
    of(change_notes.taken_back_in_channel, TAKEN_BACK),
    of(change_notes.close_together, NOTE, replace(NOTE, reference="C-2")),
    Example(change_notes.what, (NOTE,)),
    Example(change_notes.compared, (EXPLAINED,)),
    of(verdicts.asked, NOTE),
    of(verdicts.asked_again, NOTE, True),
    of(verdicts.asked_again, NOTE, False),
    of(verdicts.reminder, NOTE),
    *(of(verdicts.given, NOTE, value) for value in Helped),
    Example(verdicts.given, (replace(NOTE, answers=NOTE.answers[:1]), Helped.NOT_SEEN_SINCE), after=("‹Not yet›",)),
    of(verdicts.closed, NOTE),
    of(verdicts.words_form, (3, "")),
    of(verdicts.contested, Contest(VIKTOR, NOTE, Helped.SAME, "‹It still rings›")),
    of(verdicts.contested, Contest(VIKTOR, replace(NOTE, answers=(("F-7", ""),)), Helped.WORSE, "")),
    Example(verdicts.again_button, ("F-7",)),
    Example(verdicts.again_button, ("F-7",), named={"named": True}),
    of(note_lists.listed, NotePage((), 1, 1, ZONE)),
    of(
        note_lists.listed,
        NotePage(
            (
                NoteLine(DRAFT_NOTE, False, False, True),
                NoteLine(replace(DRAFT_NOTE, waits_for=None, planned_for=None), True, False, True),
                NoteLine(READY_NOTE, False, True, True),
                NoteLine(NOTE, False, False, True),
                NoteLine(TAKEN_BACK, False, False, False),
            ),
            2,
            3,
            ZONE,
            (LIMITED,),
        ),
    ),
    of(note_lists.on_their_way, (DRAFT_NOTE, READY_NOTE), ZONE),
    of(note_lists.to_go_on, NoteLine(READY_NOTE, needs_approval=False, can_go_live=True, editable=True), ZONE),
    of(note_lists.is_live, WentLive("C-3", (), (), 0)),
    of(note_lists.is_live, WentLive("C-3", ("F-7",), ("F-8",), 1)),
    of(note_lists.went_live, NOTE, ("F-7",), ("F-8", "F-9")),
    of(note_lists.sent, VIKTOR),
    of(note_lists.approval_asked, AskedForOk(DRAFT_NOTE, None, True), ZONE),
    of(note_lists.approval_asked, AskedForOk(replace(NOTE, version=None, answers=()), None, True), ZONE),
    of(note_lists.approval_shown, AskedForOk(DRAFT_NOTE, None, False), ZONE),
    of(note_lists.approval_shown, AskedForOk(DRAFT_NOTE, Decision(VIKTOR, True, ""), False), ZONE),
    of(note_lists.approval_shown, AskedForOk(DRAFT_NOTE, Decision(VIKTOR, False, "‹Test it first›"), False), ZONE),
    of(note_lists.approved, READY_NOTE, VIKTOR, ZONE),
    of(note_lists.approved, replace(READY_NOTE, planned_for=None), VIKTOR, ZONE),
    of(note_lists.sent_back, DRAFT_NOTE, None),
    of(note_lists.sent_back, DRAFT_NOTE, Decision(VIKTOR, False, "‹Test it first›")),
    of(note_lists.not_yet_form, NOTE_ROW),
    of(note_lists.take_back_form, NOTE_ROW),
    of(note_lists.rolled_back, RolledBack("C-3", PUMP_ALARM, (), 0)),
    of(note_lists.rolled_back, RolledBack("C-3", PUMP_ALARM, ("F-7",), 1)),
    of(note_lists.rolled_back, RolledBack("C-3", PUMP_ALARM, ("F-7", "F-8"), 2)),
    of(chains.report, CHAIN),
    of(chains.report, replace(CHAIN, is_own=True, answers=(), acknowledged_at=None, can_happen_again=False)),
    of(chains.note, EDITED),
    of(chains.note, replace(EDITED, edits=EDITED.edits * 6, reports=EDITED.reports * 30)),
    of(chains.note, NoteChain(DRAFT_NOTE, EDITED.edits[:1], (), ChangeState.NO_VERDICT, None, ZONE)),
    of(chains.history, HISTORY),
    of(chains.history, replace(HISTORY, number=1, pages=1)),
    of(chains.history, replace(HISTORY, changes=(replace(HISTORY.changes[2], approved_by=VIKTOR),) * PAGE)),
    of(chains.history, replace(HISTORY, version="‹2.2›")),
    of(chains.history, replace(HISTORY, changes=())),
    of(chains.history, replace(HISTORY, version="‹2.2›", number=1, pages=1)),
    of(chains.history, replace(HISTORY, version="‹2.2›", changes=())),
    of(chains.happened_again, Again("F-7", PUMP_ALARM, (), False)),
    of(chains.happened_again, Again("F-7", PUMP_ALARM, (GRACE,), True)),
    of(chains.happened_again, Again("F-7", PUMP_ALARM, (GRACE, VIKTOR), True)),
    of(chains.seen_again, "F-7", PUMP_ALARM, VIKTOR, "‹It rang›"),
    of(chains.seen_again, "F-7", PUMP_ALARM, VIKTOR, ""),
    of(visits.proposed, VISIT),
    of(visits.proposed, replace(VISIT, is_reporter=False, agreed=True)),
    *(of(visits.shown, replace(VISIT, status=status)) for status in VisitStatus),
    *(of(visits.booked, replace(VISIT, status=status)) for status in (VisitStatus.BOOKED, VisitStatus.CALLED_OFF)),
    of(change_notes.in_channel, NOTE),
    of(change_notes.in_channel, replace(NOTE, answers=())),
    of(channels.invite_me, Invitation("‹Crusher crew›", "‹C1›")),
    of(crews.move_form, Movable(((1, "‹A›", "‹Crusher crew›"),))),
    of(crews.move_form, Movable(((1, "‹A›", "‹Crusher crew›"), (2, "‹B›", "‹Mill crew›")))),
    of(crews.moved, Moved(GRACE, "‹A›", "‹Crusher crew›")),
    of(embeddings.schedule_form, Schedulable(((1, "‹Crusher crew›"),), TOOLS)),
    of(embeddings.proposed, Proposed("E-1", ())),
    of(embeddings.proposed, Proposed("E-1", (LEAD, VIKTOR))),
    of(embeddings.asked_to_agree, EMBEDDING),
    of(embeddings.asked_and_answered, EMBEDDING, True),
    of(embeddings.asked_and_answered, EMBEDDING, False),
    of(embeddings.asked_and_answered, EMBEDDING, None),
    of(embeddings.planned, EMBEDDING),
    of(embeddings.declined, EMBEDDING),
    of(embeddings.declined, replace(EMBEDDING, declined=())),
    of(embeddings.begun, EMBEDDING),
    of(embeddings.listed, ()),
    of(embeddings.listed, tuple(replace(EMBEDDING, status=status) for status in EmbeddingStatus)),
    of(report_form.report_form, CHOICES, Filling()),
    of(report_form.report_form, replace(CHOICES, tools=TOOLS[:1], version=None, shifts=()), Filling()),
    *(
        of(
            report_form.report_form,
            replace(CHOICES, type=tool_type, kinds=KINDS_OFFERED[tool_type]),
            Filling(SAID, Kind.OTHER),
        )
        for tool_type in ToolType
    ),
    of(report_form.report_form, CHOICES, Filling(replace(SAID, text=f"‹{'P-101 ' * 600}›"), None, {"prompt": 3})),
    of(report_form.edit_form, ToEdit(7, "F-7", CHOICES, SAID)),
    of(report_form.edit_form, ToEdit(7, "F-7", CHOICES, replace(SAID, kind=Kind.IDEA, shift=None))),
    of(report_form.addition_form, KEPT),
    Example(report_form.who_sees),
    of(own_reports.status, STATUS),
    of(
        own_reports.status,
        replace(
            STATUS,
            decided=Decided(FeedbackStatus.PASSED_ON, "‹because›", GRACE, False, LAST_DAY, "‹owner›", "‹order›"),
            goes_on_in="F-3",
        ),
    ),
    of(own_reports.status, replace(STATUS, can_change=False, history=STATUS.history * 5)),
    of(own_reports.status_modal, STATUS),
    *(of(feedback.next_there, NextThere(GRACE, LAST_DAY, today)) for today in (True, False)),
    of(chains.answers, (ANSWER, ANSWER), ZONE),
    of(chains.answers, (ANSWER,) * 9, ZONE),
    of(own_reports.status, replace(STATUS, answers=(ANSWER,), can_answer=True)),
    of(own_reports.status, replace(STATUS, next_there=NextThere(GRACE, LAST_DAY, False))),
    of(own_reports.added, KEPT),
    of(own_reports.added, replace(KEPT, unsafe=RAISED)),
    of(own_reports.said_more, Further(kept=KEPT)),
    of(own_reports.said_more, Further(filed=UNSAFELY_FILED)),
    of(own_reports.withdrawn, KEPT),
    of(direct_reports.asked_back, ASKED_BACK),
    of(direct_reports.asked_back, replace(ASKED_BACK, likely=Kind.OTHER)),
    of(direct_reports.ended, replace(ASKED_BACK, open=False)),
    of(direct_reports.ended, replace(ASKED_BACK, open=False, text="")),
    of(
        direct_reports.ended,
        replace(ASKED_BACK, open=False, filed=Filed("F-7", PUMP_ALARM, Kind.IDEA, (GRACE,), embedded=True, id=7)),
    ),
    Example(report_buttons.report_button),
    *(of(feedback.filed, Filed("F-7", PUMP_ALARM, kind, (GRACE,), embedded=True)) for kind in Kind),
    of(feedback.filed, Filed("F-7", PUMP_ALARM, Kind.OTHER, (), embedded=True)),
    of(feedback.filed, Filed("F-7", PUMP_ALARM, Kind.OTHER, (), embedded=False)),
    of(
        feedback.filed,
        Filed("F-7", PUMP_ALARM, Kind.OTHER, (GRACE,), embedded=True, others=((2, ORE_CAMERA), (3, "‹Third›")), id=7),
    ),
    of(feedback.filed, Filed("F-7", PUMP_ALARM, Kind.OTHER, (GRACE,), True, (), 7, relayed_for=LEAD, edited=True)),
    of(feedback.went_elsewhere, "F-7"),
    Example(feedback.report_body, (FULL_REPORT,), after=(ZONE,)),
    Example(additions.added, (FULL_REPORT.additions,), after=(ZONE,)),
    of(feedback.filed_for_data_scientist, FULL_REPORT, zone=ZONE),
    of(feedback.filed_for_data_scientist, replace(FULL_REPORT, impact=Impact.DAMAGE), zone=ZONE),
    of(feedback.filed, Filed("F-7", PUMP_ALARM, Kind.OTHER, (GRACE,), embedded=True, restrictions=LIMITS)),
    of(feedback.filed, UNSAFELY_FILED),
    *(of(feedback.filed_by_form, one) for one in (UNSAFELY_FILED, replace(UNSAFELY_FILED, unsafe=None))),
    of(feedback.filed_for_data_scientist, REPORT, zone=ZONE),
    of(feedback.filed_for_data_scientist, replace(REPORT, impact=None, version=None, text=""), zone=ZONE),
    *(of(feedback.seen_by_data_scientist, replace(REPORT, status=status), zone=ZONE) for status in FeedbackStatus),
    of(feedback.acknowledged, (REPORT,), GRACE),
    of(feedback.acknowledged, (replace(REPORT, text=""), REPORT), GRACE),
    of(feedback.own_list, OwnList(Page((), 1, 1))),
    of(feedback.own_list, OwnList(Page((replace(OWN, unsafe=True),), 1, 1, LIMITS))),
    of(feedback.own_list, OwnList(Page((OWN, replace(OWN, text="")), 2, 3))),
    *(
        of(feedback.own_list, OwnList(Page((OWN,), 1, 1), (("F-7", NextThere(GRACE, LAST_DAY, today)),)))
        for today in (True, False)
    ),
    Example(feedback.inbox_entry, (REPORT,), after=(ZONE,)),
    Example(feedback.report_body, (REPORT,), after=(ZONE,)),
    *(
        of(shown, found)
        for shown in (help.embedding, help.model_feedback, help.change_note, help.embedding_summary)
        for found in (ABLE, UNABLE, *(replace(ABLE, asked=asked) for asked in ("‹foo›", "E-1", "F-7", "C-3")))
    ),
    *(of(help.model_feedback, replace(ABLE, tools=((PUMP_ALARM, kind),))) for kind in ToolType),
    of(help.model_feedback, replace(UNABLE, schedulers=())),
    of(help.embedding, replace(UNABLE, schedulers=())),
    of(help.change_note, replace(ABLE, notes_on=())),
    of(help.change_note, replace(ABLE, notes_on=(), noters=())),
    of(help.embedding_summary, replace(UNABLE, any_embedding=True)),
    of(help.embedding_summary, replace(UNABLE, schedules_for=("‹Crusher crew›",))),
    of(summary.change, "C-4", "‹It waits›", ChangeState.CONFIRMED, FIRST_DAY, "‹It missed a seal›"),
    of(summary.change, "C-4", "‹It waits›", ChangeState.CONFIRMED, FIRST_DAY, None),
    of(home.home, HOME),
    of(home.home, replace(HOME, to_do=IDLE)),
    of(home.home, replace(HOME, can_restrict=False)),
    of(home.home, replace(HOME, own=Own((), Kept(None, False), ()))),
    of(home.home, replace(HOME, to_do=IDLE, standing=BLANK)),
    of(home.home, replace(HOME, standing=BLANK)),
    of(home.home, EMPTY_HOME),
    of(home.home, replace(EMPTY_HOME, look_after=())),
    of(home.home, replace(EMPTY_HOME, works_in_a_team=True)),
    of(home.home, replace(EMPTY_HOME, leads=True, can_schedule=True)),
    of(home.home, replace(HOME, to_do=replace(IDLE, prompts=(PROMPT,) * 5))),
    of(home.home, replace(HOME, standing=replace(STANDING, embeddings=STANDING.embeddings[3:]))),
    of(
        home.home,
        replace(
            HOME,
            standing=replace(
                STANDING,
                embeddings=(
                    EmbeddingLine(replace(EMBEDDING, status=EmbeddingStatus.PROPOSED, still_asked=()), FIRST_DAY),
                ),
            ),
        ),
    ),
    Example(refused),
    Example(notice),
    Example(done),
    of(prompts.asked, PROMPT),
    of(prompts.asked, replace(PROMPT, restrictions=LIMITS)),
    of(prompts.answered, replace(looked_back(3), restrictions=LIMITS)),
    *(
        of(prompts.answered, replace(PROMPT, asked=(Asked(SHIFTS_QUESTION, choice),), open=False))
        for choice in HelpedThisShift
    ),
    *(of(prompts.answered, looked_back(said)) for said in range(6)),
    of(prompts.answered, replace(looked_back(0), details=(AddedToAnswer("‹It rang twice›", None),))),
    of(
        prompts.answered,
        replace(looked_back(5), details=(AddedToAnswer("‹It rang twice›", None), AddedToAnswer("", "https://‹x›"))),
    ),
    of(prompts.answered, replace(looked_back(4), details=(AddedToAnswer("‹It rang twice›", None),) * 21)),
    of(prompts.answered, replace(PROMPT, asked=(Asked(OWN_QUESTIONS[0], "2"), Asked(OWN_QUESTIONS[1], None)))),
    *(of(prompts.answered, replace(PROMPT, asked=(Asked(rating("week"), value),))) for value in Rating),
    *(of(prompts.asked, replace(PROMPT, asked=(Asked(question, None),))) for question in OWN_QUESTIONS),
    of(prompts.not_kept, "closed", False),
    of(prompts.not_kept, "photo", True),
    of(prompts.not_kept, "photo", False),
    of(prompts.not_kept, "unread", False),
    of(prompts.reply_kept, "F-7"),
    *(of(prompts.answer_form, ToAnswer(5, (PUMP_ALARM,), Asked(question, None))) for question in LOOK_BACK),
    *(of(prompts.answer_form, ToAnswer(5, (PUMP_ALARM,), one)) for one in looked_back(5).asked),
    of(prompts.answer_form, ToAnswer(5, (PUMP_ALARM,), Asked(OWN_QUESTIONS[0], "1"))),
    of(prompts.detail_form, 5),
    of(prompt_plans.listed, Plans((PLANNED, replace(PLANNED, plans=(), own_sets=())))),
    of(prompt_plans.listed, Plans((replace(PLANNED, plans=()),) * 7)),
    of(prompt_plans.listed, Plans((replace(PLANNED, plans=PLANNED.plans[:MOST_PLANS]),) * 5)),
    of(prompt_plans.plan_form, PlanChoices("E-1", (*READY, OWN_SET), ((1, "‹A›"), (2, "‹B›")), DRAFT)),
    of(
        prompt_plans.plan_form,
        PlanChoices(
            "E-1",
            (*READY, OWN_SET),
            ((1, "‹A›"), (2, "‹B›")),
            PlanDraft(1, 4, OWN_SET.name, 2, Role.LEAD, 40, Moment.AFTER_START, 10, Frequency.WEEKLY, 3, 30, 2),
        ),
    ),
    *(of(prompt_plans.preview, Preview(DRAFT, "E-1", one, COST)) for one in (*READY, OWN_SET)),
    *(of(prompt_plans.plan_kept, KeptPlan("E-1", changed)) for changed in (True, False)),
    *(of(prompt_plans.set_kept, KeptPlan("E-1", changed)) for changed in (True, False)),
    *(of(prompt_plans.set_form, SetToCopy(1, "", ready, (PUMP_ALARM,), QUESTIONS[ready])) for ready in QuestionSet),
    of(prompt_plans.set_form, SetToCopy(1, "‹Belts›", None, (PUMP_ALARM,), OWN_QUESTIONS)),
    of(prompts.answered, replace(looked_back(5), reports=("F-7", "F-8"))),
    of(prompts.closed, PROMPT),
    of(prompts.rather_not, PROMPT),
    of(prompts.not_on_shift, PROMPT, None),
    *(of(prompts.not_on_shift, PROMPT, Instead(LAST_DAY, "‹N›", then, moment)) for then in Then for moment in Moment),
    of(prompts.swap_form, Swappable(5, FIRST_DAY, "‹D›", ("‹D›", "‹N›"))),
    of(prompts.swap_form, Swappable(5, FIRST_DAY, "‹D›", ("‹D›",))),
    *(
        of(prompts.swapped, Swapped(FIRST_DAY, "‹D›", LAST_DAY, "‹N›", then, moment))
        for then in Then
        for moment in Moment
    ),
    of(reviews.opened, REVIEW),
    of(reviews.opened, replace(REVIEW, to_sign=False)),
    of(reviews.opened, replace(REVIEW, to_sign=False, waiting_for=())),
    of(reviews.sign_form, REVIEW),
    of(reviews.signed_answer, "E-1", (LEAD,)),
    of(reviews.signed_answer, "E-1", ()),
    of(reviews.signed, REVIEW),
    *(of(reviews.closed, replace(REVIEW, outcome=outcome)) for outcome in (*Outcome, None)),
    of(reviews.closed, replace(REVIEW, outcome=Outcome.KEEP, carried_over=0, owners=())),
    of(reviews.carried_to_owner, CARRIED_OVER),
    of(reviews.carried_told, CARRIED_OVER),
    of(shifts.calendars, (SHIFTS,)),
    of(shifts.calendars, (replace(SHIFTS, own_crew="‹A›"),)),
    of(shifts.calendars, (replace(SHIFTS, own_crew="‹A›", own=("‹Turn 2›",) * 14),) * 9),
    of(shifts.calendars, (replace(SHIFTS, crews=SHIFTS.crews * 30),)),
    of(summary.summary, SUMMARY),
    of(summary.summary, replace(SUMMARY, paused_because="‹The crusher is down›")),
    of(summary.summary, replace(SUMMARY, not_asked=NotAsked(0, 0, ()))),
    of(
        summary.summary,
        replace(SUMMARY, not_asked=NotAsked(40, Withheld(5), tuple((reason, Withheld(5)) for reason in Reason))),
    ),
    of(summary.summary, replace(SUMMARY, by_status=(), changes=(), sha256=None, today=date(2026, 4, 9))),
    *(of(summary.summary, replace(SUMMARY, card=replace(EMBEDDING, status=status))) for status in EmbeddingStatus),
    # What is unsafe, and what a tool is not to be relied on for
    of(unsafe.first_rows, Reportable(TOOLS, (Kind.OTHER,), number="‹555›")),
    of(unsafe.form, Reportable(TOOLS, (Kind.OTHER,), number="‹555›", restrictions=LIMITS)),
    of(unsafe.way_in),
    of(unsafe.refused, Markdown("‹Ask a lead›")),
    *(of(unsafe.filed, one, one.unsafe) for one in (UNSAFELY_FILED, NOBODY_CALLED, NO_NUMBER)),
    *(of(unsafe.ask_back, one, one.unsafe) for one in (UNSAFELY_FILED, NOBODY_CALLED, NO_NUMBER)),
    *(of(unsafe.filed_alone, one) for one in (UNSAFELY_FILED, NOBODY_CALLED, NO_NUMBER)),
    *(of(unsafe.may_call, replace(MAY_CALL, yes=yes, taken_by=by)) for yes in (True, False) for by in (None, GRACE)),
    *(
        of(shown, one)
        for shown in (unsafe.called, unsafe.entry)
        for one in (
            UNSAFE,
            TAKEN,
            replace(TAKEN, mine=True, may_call=False),
            replace(UNSAFE, withdrawn=True, may_restrict=False),
            replace(UNSAFE, not_unsafe=True),
            replace(TAKEN, not_unsafe=True),
            replace(UNSAFE, answers=(("‹Which valve?›", "‹The left one›"),)),
        )
    ),
    *(
        of(shown, one)
        for shown in (unsafe.raised, unsafe.ask_after)
        for one in (RAISED, replace(RAISED, taken_by=GRACE), replace(RAISED, called=(), number=None))
    ),
    *(
        of(unsafe.ask_after, replace(RAISED, anew=False, taken_by=by, called=called))
        for by, called in ((None, RAISED.called), (None, ()), (GRACE, RAISED.called))
    ),
    of(unsafe.noted, NotedAnswer(5, RAISED)),
    of(unsafe.no_more, UNSAFE),
    of(unsafe.taken, TAKEN),
    *(
        of(shown, replace(UNSAFE, number=one))
        for shown in (unsafe.unseen, unsafe.nobody_left)
        for one in ("‹555›", None)
    ),
    of(unsafe.withdrawn, UNSAFE),
    *(Example(unsafe.unanswered, (replace(UNANSWERED, team=team),), after=(ZONE,)) for team in ("‹Mill›", None)),
    of(restrictions.banner, LIMITS),
    of(restrictions.with_buttons, LIMITS),
    of(restrictions.way_in),
    Example(restrictions.way_in, after=(7,)),
    of(restrictions.form, Restrictable(TOOLS, LIMITS, 2, 7)),
    of(restrictions.form, Restrictable(TOOLS[:1], ())),
    *(of(restrictions.restricted, Restricted(LIMITED, extended)) for extended in (True, False)),
    of(restrictions.lift_form, Liftable(LIMITS, 4)),
    of(restrictions.lift_form, Liftable(LIMITS[:1])),
    *(of(restrictions.lifted, LiftedRestriction(PUMP_ALARM, "‹P-101›", told)) for told in (0, 3)),
    of(restrictions.told, News(LIMITED, True, None, None)),
    of(restrictions.lifted_news, News(LIMITED, False, GRACE, "‹New sensor›")),
    of(restrictions.ended, News(LIMITED, False, None, None)),
    of(summary.summary, replace(SUMMARY, weeks=(WEEK, replace(WEEK, tool=ORE_CAMERA)))),
    # Triage
    *(of(triage.next_view, found) for found in (INBOX, OPENED)),
    of(triage.inbox, INBOX),
    of(triage.inbox, replace(INBOX, restrictions=LIMITS)),
    of(triage.inbox, replace(INBOX, lines=(), count=0, pages=1, ticked=())),
    *(of(triage.inbox, replace(INBOX, sought=Sought(which, 1, Kind.IDEA, Cause.DATA, True, 2))) for which in Which),
    of(triage.inbox, replace(INBOX, lines=(), sought=Sought(Which.UNSAFE))),
    of(triage.opened, replace(OPENED, steps=(), questions=(), similar=(), carried_on_by=None, joined=("F-8",))),
    of(triage.opened, OPENED),
    *(of(triage.to_do, ReportsToDo(step, (REPORT,) * 40, (REPORT, replace(REPORT, text="")))) for step in Step),
    of(triage.to_do, ReportsToDo(Step.DUPLICATE, (replace(REPORT, text=""),))),
    *(of(triage.triaged, Triaged(step, ("F-7",), (NotDone("F-8", ITSELF),))) for step in Step),
    of(triage.triaged, Triaged(Step.DECLINE, ("F-7", "F-8"), (NotDone("F-9", ITSELF), NotDone("F-10", ITSELF)))),
    of(outcomes.decided, Decided(FeedbackStatus.DECLINED, "‹because›", GRACE, taken_back=True)),
    of(outcomes.decided, Decided(FeedbackStatus.PASSED_ON, "", GRACE, False, LAST_DAY, "‹owner›", "‹order›")),
    of(outcomes.outcomes, OUTCOMES_OF_REPORTS),
    *(of(outcomes.outcomes, (outcome,)) for outcome in OUTCOMES_OF_REPORTS),
    *(
        of(outcomes.outcomes, (replace(outcome, references=("F-7", "F-8"), texts=("‹a›", "‹b›")),))
        for outcome in OUTCOMES_OF_REPORTS
    ),
    of(outcomes.question, QUESTION),
    of(outcomes.question, replace(QUESTION, report="")),
    of(outcomes.question_over, QUESTION),
    of(outcomes.question_over, replace(QUESTION, answer="‹It was›")),
    of(outcomes.question_answered, replace(QUESTION, answer="‹It was›")),
    of(outcomes.question_form, QUESTION),
    of(outcomes.answer_kept, Answered(6, "F-7", GRACE)),
    of(outcomes.answer_kept, Answered(6, "F-7", GRACE, RAISED)),
    of(outcomes.unread, (replace(REPORT, text=""),)),
    of(outcomes.unread, (REPORT,) * 30),
    # Observations and exposure
    of(observations.observation_form, Observable(TOOLS, ((1, "‹A›"),), FIRST_DAY), "‹They silence it›"),
    of(observations.observation_form, Observable(TOOLS, (), FIRST_DAY), ""),
    of(observations.observed, Observed(PUMP_ALARM, None, 1)),
    of(observations.observed, Observed(PUMP_ALARM, "‹A›", 2)),
    of(observations.listed, ObservationPage((), 1, 1, 0)),
    of(
        observations.listed,
        ObservationPage(
            (
                ObservationLine(PUMP_ALARM, "‹They silence it›", GRACE, FIRST_DAY, "‹A›"),
                ObservationLine(PUMP_ALARM, "‹They silence it›", GRACE, FIRST_DAY, None),
            ),
            2,
            3,
            23,
        ),
    ),
    of(exposure.exposure_form, Enterable(TOOLS, FIRST_DAY)),
    *(of(exposure.entered, Entered(PUMP_ALARM, kind, FIRST_DAY, 412, None)) for kind in ToolType),
    of(exposure.entered, Entered(PUMP_ALARM, ToolType.ALARM, FIRST_DAY, 412, 400)),
    *(of(exposure.weeks, (replace(WEEK, type=kind, shown=count),)) for kind in ToolType for count in (1, 412)),
    of(exposure.weeks, (replace(WEEK, shown=None), replace(WEEK, false_alarms=0, missed=0, wrong=0))),
    of(exposure.weeks, (WEEK,) * 9),
)


def rendered(example: Example, t: Texts | None = None) -> Any:
    """What an example shows, as Slack is sent it; in English unless told otherwise."""
    return plain(example.function(*example.before, t or Texts("en-US"), *example.after, **example.named))


def plain(shown: Any) -> Any:
    """Views, blocks and messages as the JSON that Slack is sent."""
    if isinstance(shown, Written):
        return {"text": shown.text, "blocks": plain(shown.blocks)}
    if isinstance(shown, JsonObject):
        return shown.to_dict()
    if isinstance(shown, Sequence):
        return [plain(one) for one in shown]
    raise TypeError(f"{shown!r} is nothing that Slack is sent")
