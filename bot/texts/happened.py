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
    "change_note_live": N_("{moment}: {name} changed the tool ({reference})."),
}
"""What is told of what happened to a report, by the kind of its event."""


def happened_md(one: Happened, zone: str, t: Texts) -> Markdown | None:
    """What happened, in a line; None where that is told elsewhere."""
    if one.what not in HISTORY:
        return None
    return t.md(HISTORY[one.what], moment=t.moment(one.at, zone), name=one.by, reference=one.reference)
