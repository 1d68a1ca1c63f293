"""How the words of the glossary are said to people."""

from store.causes import Cause
from store.change_notes import NoteStatus
from store.decisions import Step
from store.embeddings import EmbeddingStatus
from store.errors import N_
from store.feedback import Did, FeedbackStatus, Impact, Kind
from store.figures.change_state import ChangeState
from store.inbox import Which
from store.not_now import Reason
from store.prompt_plans import Frequency, Moment
from store.questions import Helped as HelpedThisShift
from store.questions import QuestionKind, QuestionSet, Rating, Trusted, YesNo
from store.reviews import Outcome
from store.roles import Role
from store.verdicts import Helped

KINDS: dict[Kind, str] = {
    Kind.FALSE_ALARM: N_("False alarm"),
    Kind.MISSED: N_("Missed something"),
    Kind.WRONG_VALUE: N_("Wrong value"),
    Kind.WRONG_ADVICE: N_("Wrong advice"),
    Kind.TOO_LATE: N_("Too late"),
    Kind.TOO_OFTEN: N_("Too often"),
    Kind.UNCLEAR: N_("Unclear"),
    Kind.CANNOT_FOLLOW: N_("Can't be followed"),
    Kind.NOT_WORKING: N_("Not working"),
    Kind.GOOD_CATCH: N_("Good catch"),
    Kind.IDEA: N_("Idea"),
    Kind.OTHER: N_("Something else"),
}

PICTOGRAMS: dict[Kind, str] = {
    Kind.FALSE_ALARM: "🔕",
    Kind.MISSED: "🙈",
    Kind.WRONG_VALUE: "📏",
    Kind.WRONG_ADVICE: "↩️",
    Kind.TOO_LATE: "🐢",
    Kind.TOO_OFTEN: "🔁",
    Kind.UNCLEAR: "❓",
    Kind.CANNOT_FOLLOW: "🚧",
    Kind.NOT_WORKING: "🔌",
    Kind.GOOD_CATCH: "✅",
    Kind.IDEA: "💡",
    Kind.OTHER: "🔧",
}

KIND_WORDS: dict[Kind, str] = {
    Kind.FALSE_ALARM: N_("false alarm, false alert, alarm for nothing"),
    Kind.MISSED: N_("missed, no alarm, didn't see"),
    Kind.WRONG_VALUE: N_("wrong value, wrong reading, wrong number"),
    Kind.WRONG_ADVICE: N_("wrong advice, bad advice"),
    Kind.TOO_LATE: N_("too late, late alarm"),
    Kind.TOO_OFTEN: N_("too often, keeps repeating"),
    Kind.UNCLEAR: N_("unclear, don't understand"),
    Kind.CANNOT_FOLLOW: N_("can't follow, cannot follow, can't do what it says"),
    Kind.NOT_WORKING: N_("not working, doesn't work, not loading"),
    Kind.GOOD_CATCH: N_("good catch, caught it"),
    Kind.IDEA: N_("idea:, would be good if, suggestion"),
}
"""What people say when they mean a kind; a comma stands between the ways to say it."""

UNSAFE_WORDS = N_(
    "unsafe, not safe, isn't safe, dangerous, danger, hazardous, near miss, someone could get hurt, "
    "somebody could get hurt"
)
"""What people say when something is unsafe; a comma stands between the ways to say it."""
NOT_UNSAFE_WORDS = N_(
    "not unsafe, isn't unsafe, not dangerous, isn't dangerous, not hazardous, isn't hazardous, no danger"
)
"""What people say when it is not, although one of those words is in it."""

THANKS_WORDS = N_(
    "thanks, thank you, thank you very much, thanks a lot, many thanks, thx, cheers, ok, okay, all right, great, "
    "perfect, nice, understood, got it, will do"
)
"""What people say who only want to be polite; a comma stands between the ways to say it."""

FEEDBACK_STATUSES: dict[FeedbackStatus, str] = {
    FeedbackStatus.NEW: N_("new"),
    FeedbackStatus.ACKNOWLEDGED: N_("read"),
    FeedbackStatus.ACCEPTED: N_("being worked on"),
    FeedbackStatus.CHANGED: N_("changed"),
    FeedbackStatus.CONFIRMED: N_("changed and it helped"),
    FeedbackStatus.CONTESTED: N_("open again"),
    FeedbackStatus.NOT_SEEN_SINCE: N_("changed, not seen since"),
    FeedbackStatus.PASSED_ON: N_("passed on"),
    FeedbackStatus.EXPLAINED: N_("explained"),
    FeedbackStatus.DECLINED: N_("declined"),
    FeedbackStatus.DUPLICATE: N_("goes on in another report"),
    FeedbackStatus.WITHDRAWN: N_("withdrawn"),
    FeedbackStatus.CARRIED_OVER: N_("carried over"),
}

IMPACTS: dict[Impact, str] = {
    Impact.NONE: N_("None"),
    Impact.EXTRA_WORK: N_("Extra work"),
    Impact.LOST_OUTPUT: N_("Lost output"),
    Impact.DAMAGE: N_("Damage"),
    Impact.UNSAFE: N_("Unsafe"),
}

DID: dict[Did, str] = {
    Did.FOLLOWED: N_("Did what it said"),
    Did.PARTLY: N_("Did part of it"),
    Did.OTHERWISE: N_("Did something else"),
    Did.SWITCHED_OFF: N_("Switched it off"),
    Did.NO_CHOICE: N_("Had no choice"),
}

EMBEDDING_STATUSES: dict[EmbeddingStatus, str] = {
    EmbeddingStatus.PROPOSED: N_("proposed"),
    EmbeddingStatus.PLANNED: N_("planned"),
    EmbeddingStatus.ACTIVE: N_("under way"),
    EmbeddingStatus.PAUSED: N_("paused"),
    EmbeddingStatus.IN_REVIEW: N_("in review"),
    EmbeddingStatus.CLOSED: N_("closed"),
    EmbeddingStatus.CANCELLED: N_("cancelled"),
}

SHIFT_ANSWERS: dict[str, str] = {
    HelpedThisShift.HELPED: N_("👍 It helped"),
    HelpedThisShift.NO_DIFFERENCE: N_("😐 No difference"),
    HelpedThisShift.IN_THE_WAY: N_("👎 Got in the way"),
    HelpedThisShift.NOT_USED: N_("➖ Didn't use it"),
}

QUESTION_TEXTS: dict[str, str] = {
    "did_it_help": N_("How did {tools} do this shift?"),
    "week": N_("How was {tools} to work with this week?"),
    "went_by_it": N_("When it told you something, did you go by it?"),
    "minutes_lost": N_("About how many minutes did it cost you this week?"),
    "heard_back": N_("Do you know what came of what people told us?"),
    "change_first": N_("What should change first?"),
}
"""The questions of the ready sets, by name."""

SET_TITLES: dict[QuestionSet, str] = {
    QuestionSet.DID_IT_HELP: N_("Did it help this shift?"),
    QuestionSet.WEEKLY_LOOK_BACK: N_("Weekly look back"),
}

QUESTION_KINDS: dict[QuestionKind, str] = {
    QuestionKind.RATING: N_("Five faces"),
    QuestionKind.CHOICE: N_("One of some choices"),
    QuestionKind.YES_NO: N_("Yes or no"),
    QuestionKind.NUMBER: N_("A number"),
    QuestionKind.TEXT: N_("A few words"),
}

MOMENTS: dict[Moment, str] = {
    Moment.BEFORE_END: N_("before the shift ends"),
    Moment.AFTER_START: N_("after the shift starts"),
}

FREQUENCIES: dict[Frequency, str] = {
    Frequency.EVERY_SHIFT: N_("Every shift"),
    Frequency.EVERY_NTH_SHIFT: N_("Every n-th shift"),
    Frequency.WEEKLY: N_("Once a week, on the last shift of it"),
}

ROLES: dict[Role, str] = {
    Role.CHAMPION: N_("champions"),
    Role.LEAD: N_("leads"),
    Role.DUTY_CONTACT: N_("duty contacts"),
}
"""The parts of a crew that a plan may ask alone."""

TRUST: dict[str, str] = {
    Trusted.MOST_TIMES: N_("✅ Most times"),
    Trusted.CHECKED_FIRST: N_("🔍 Checked it first"),
    Trusted.HARDLY_EVER: N_("🚫 Hardly ever"),
    Trusted.NOT_USED: N_("➖ Didn't use it"),
}

RATINGS: dict[str, str] = {
    Rating.ONE: N_("😠 Bad"),
    Rating.TWO: N_("🙁 Poor"),
    Rating.THREE: N_("😐 So-so"),
    Rating.FOUR: N_("🙂 Good"),
    Rating.FIVE: N_("😀 Very good"),
}

YES_NO: dict[str, str] = {
    YesNo.YES: N_("👍 Yes"),
    YesNo.NO: N_("👎 No"),
}

VERDICTS: dict[Helped, str] = {
    Helped.BETTER: N_("👍 Better"),
    Helped.SAME: N_("😐 Same"),
    Helped.WORSE: N_("👎 Worse"),
    Helped.NOT_SEEN_SINCE: N_("➖ Not seen since"),
}

NOTE_STATUSES: dict[NoteStatus, str] = {
    NoteStatus.DRAFT: N_("draft"),
    NoteStatus.APPROVED: N_("ready to go live"),
    NoteStatus.LIVE: N_("live"),
    NoteStatus.ROLLED_BACK: N_("taken back"),
}

CHANGE_STATES: dict[ChangeState, str] = {
    ChangeState.CONFIRMED: N_("it helped"),
    ChangeState.MIXED: N_("opinions differ"),
    ChangeState.CONTESTED: N_("it did not help"),
    ChangeState.NOT_SEEN_SINCE: N_("not seen since"),
    ChangeState.NO_VERDICT: N_("no verdict yet"),
}

OUTCOMES: dict[Outcome, str] = {
    Outcome.KEEP: N_("Keep it as it is"),
    Outcome.KEEP_IMPROVING: N_("Keep it and keep improving it"),
    Outcome.RETIRE: N_("Take it out of use"),
}

REASONS: dict[Reason, str] = {
    Reason.PAUSED: N_("the embedding was paused"),
    Reason.PLAN_STOPPED: N_("these questions were paused or ended"),
    Reason.SHUTDOWN: N_("the team was shut down"),
    Reason.PUBLIC_HOLIDAY: N_("it was a public holiday"),
    Reason.ACCOUNT_OFF: N_("their account was off"),
    Reason.SHARED_ACCOUNT: N_("several people share the account"),
    Reason.AWAY: N_("they were away"),
    Reason.MUTED: N_("they do not want to be asked"),
    Reason.QUIET_HOURS: N_("it fell into their quiet hours"),
    Reason.NO_SHIFT: N_("the shift was taken off the roster"),
    Reason.PLAN_CHANGED: N_("others were to be asked instead"),
    Reason.EMBEDDING_ENDED: N_("the embedding had ended"),
    Reason.NOTHING_TO_ASK: N_("there was nothing to ask"),
    Reason.NOT_ANSWERED: N_("nobody answered in time"),
    Reason.NOT_SENT: N_("it did not go out"),
    Reason.WE_WERE_DOWN: N_("we were down"),
}
"""Why somebody was not asked, or did not answer."""

# Triage

CAUSES: dict[Cause, str] = {
    Cause.MODEL: N_("The model"),
    Cause.THRESHOLD: N_("A threshold"),
    Cause.DATA: N_("The data"),
    Cause.MAPPING: N_("Tags and mapping"),
    Cause.DISPLAY: N_("The display"),
    Cause.PROCEDURE: N_("The procedure"),
    Cause.TRAINING: N_("Training"),
    Cause.OPERATING_CONDITIONS: N_("Operating conditions"),
    Cause.WORKS_AS_INTENDED: N_("Works as intended"),
    Cause.UNKNOWN: N_("Not known yet"),
}

STEPS: dict[Step, str] = {
    Step.ACKNOWLEDGE: N_("Say that you have read it"),
    Step.ACCEPT: N_("Work on it, until a day"),
    Step.ASK_BACK: N_("Ask the reporter something"),
    Step.SET_CAUSE: N_("Note the cause"),
    Step.DUPLICATE: N_("It goes on in another report"),
    Step.PASS_ON: N_("Pass it on"),
    Step.EXPLAIN: N_("Explain why it is right"),
    Step.DECLINE: N_("Decline, with the reason"),
    Step.REOPEN: N_("Take back, open it again"),
}
"""What a data scientist can do with a report."""

WHICH: dict[Which, str] = {
    Which.OPEN: N_("All that are open"),
    Which.NEW: N_("New, read by nobody"),
    Which.UNSAFE: N_("Unsafe"),
    Which.ANSWERED: N_("Answered"),
}
"""Which reports an inbox shows."""
