"""What somebody filled in about themselves."""

from bot.forms import FormErrors
from bot.forms.request import PICK_ONE, Request
from bot.texts import Texts
from store.errors import N_
from store.not_now import QuietHours
from store.preferences import Chosen, Reminders


def modal(request: Request, t: Texts) -> tuple[Chosen]:
    """The form of one's own settings; quiet hours have both ends or none."""
    begins, ends = request.time_of_day("quiet_from"), request.time_of_day("quiet_until")
    if begins is None and ends is not None:
        raise FormErrors({"quiet_from": N_("Say when they begin, or leave both empty.")})
    if begins is not None and ends is None:
        raise FormErrors({"quiet_until": N_("Say when they end, or leave both empty.")})
    quiet = QuietHours(begins, ends) if begins is not None and ends is not None else None
    reminders = request.choice("reminders")
    if reminders not in tuple(Reminders):
        raise FormErrors({"reminders": PICK_ONE})
    return (Chosen(quiet, reminders == Reminders.ONE),)
