"""How it is told what happened to a report."""

from bot.texts import Markdown, Texts
from store.errors import N_
from store.own_reports import Happened

HISTORY: dict[str, str] = {
    "feedback_filed": N_("{moment}: {name} reported it."),
    "feedback_acknowledged": N_("{moment}: {name} read it."),
    "feedback_edited": N_("{moment}: {name} changed it."),
    "feedback_added_to": N_("{moment}: {name} added to it."),
    "feedback_withdrawn": N_("{moment}: {name} withdrew it."),
    "unsafe_raised": N_("{moment}: It is unsafe, so people were called."),
    "unsafe_no_more": N_("{moment}: {name} said that it is not unsafe."),
    "unsafe_taken": N_("{moment}: {name} has it, because it is unsafe."),
    "question_asked": N_("{moment}: {name} asked something about it."),
    "question_answered": N_("{moment}: {name} answered the question."),
    "feedback_accepted": N_("{moment}: {name} promised to see to it."),
    "feedback_passed_on": N_("{moment}: {name} passed it on."),
    "feedback_explained": N_("{moment}: {name} explained it."),
    "feedback_declined": N_("{moment}: {name} declined it."),
    "feedback_duplicate": N_("{moment}: {name} let it go on in another report."),
    "feedback_reopened": N_("{moment}: {name} opened it again."),
    "feedback_happened_again": N_("{moment}: {name} saw it happen again."),
    "feedback_goes_on_alone": N_("{moment}: It goes on by itself again."),
    "change_note_live": N_("{moment}: {name} changed the tool ({reference})."),
}
"""What is told of what happened to a report, by the kind of its event."""


def happened_md(one: Happened, zone: str, t: Texts) -> Markdown | None:
    """What happened, in a line; None where that is told elsewhere."""
    if one.what not in HISTORY:
        return None
    return t.md(HISTORY[one.what], moment=t.moment(one.at, zone), name=one.by, reference=one.reference)
