"""Shifts, and when nobody is to be asked: crews, swaps, absences, shutdowns, pauses, what people set for themselves."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import absences as absence_blocks
from bot.blocks import closures as closure_blocks
from bot.blocks import crews as crew_blocks
from bot.blocks import pausing as pausing_blocks
from bot.blocks import preferences as preference_blocks
from bot.blocks import prompts as prompt_blocks
from bot.blocks import shifts as shift_blocks
from bot.forms import absences as absence_forms
from bot.forms import closures as closure_forms
from bot.forms import crews as crew_forms
from bot.forms import pausing as pausing_forms
from bot.forms import preferences as preference_forms
from bot.forms import prompts as prompt_forms
from bot.forms import taps
from bot.forms.request import Request
from bot.listeners.rows import Act, Heard, Open, Row, Show, drawn
from bot.texts import Texts
from store import absences, closures, crews, pausing, preferences, shift_calendar, swaps


def _away_form(found: None, request: Request, t: Texts) -> View:
    return absence_blocks.away_form(t)


ROWS: tuple[Row, ...] = (
    Open(Heard.COMMAND, "/embedding", word="away", query=absences.can_be_away, view=_away_form),
    Act(
        Heard.COMMAND,
        "/embedding",
        absence_forms.command,
        word="away …",
        use_case=absences.go_away,
        reply=absence_blocks.away,
    ),
    Open(Heard.ACTION, ids.AWAY, query=absences.can_be_away, view=_away_form),
    Act(Heard.VIEW, ids.NOTE_AWAY, absence_forms.modal, use_case=absences.go_away, reply=absence_blocks.away),
    Act(Heard.COMMAND, "/embedding", word="back", use_case=absences.come_back, reply=absence_blocks.back),
    Act(Heard.ACTION, ids.BACK, use_case=absences.come_back),
    Show(
        Heard.COMMAND,
        "/embedding",
        word="shutdown",
        query=closures.coming,
        reply=closure_blocks.listed,
        with_time=True,
    ),
    Open(Heard.ACTION, ids.SHUTDOWN_FORM, query=closures.closable, view=drawn(closure_blocks.shutdown_form)),
    Act(Heard.ACTION, ids.LIFT_SHUTDOWN, taps.clicked, use_case=closures.lift_shutdown, reply=closure_blocks.listed),
    Act(Heard.VIEW, ids.SHUT_DOWN, closure_forms.modal, use_case=closures.shut_down, reply=closure_blocks.shut_down),
    Open(Heard.COMMAND, "/embedding", word="pause", query=pausing.to_pause, view=drawn(pausing_blocks.pause_form)),
    Act(Heard.VIEW, ids.PAUSE, pausing_forms.modal, use_case=pausing.pause_embedding, reply=pausing_blocks.paused),
    Open(Heard.COMMAND, "/embedding", word="resume", query=pausing.to_resume, view=drawn(pausing_blocks.resume_form)),
    Act(Heard.VIEW, ids.RESUME, pausing_forms.modal, use_case=pausing.resume_embedding, reply=pausing_blocks.paused),
    Open(
        Heard.COMMAND, "/embedding", word="settings", query=preferences.own, view=drawn(preference_blocks.settings_form)
    ),
    Open(Heard.ACTION, ids.SETTINGS, query=preferences.own, view=drawn(preference_blocks.settings_form)),
    Act(Heard.VIEW, ids.CHOOSE, preference_forms.modal, use_case=preferences.choose, reply=preference_blocks.kept),
    Act(Heard.ACTION, ids.MUTE, taps.clicked, use_case=preferences.mute),
    Act(Heard.ACTION, ids.UNMUTE, taps.clicked, use_case=preferences.unmute),
    Show(
        Heard.COMMAND,
        "/embedding",
        word="shifts",
        query=shift_calendar.of_caller,
        reply=shift_blocks.calendars,
        with_time=True,
    ),
    Open(Heard.COMMAND, "/embedding", word="crews", query=crews.movable, view=drawn(crew_blocks.move_form)),
    Act(Heard.VIEW, ids.MOVE, crew_forms.modal, use_case=crews.move_to_crew, reply=crew_blocks.moved),
    Act(Heard.ACTION, ids.NOT_ON_SHIFT, taps.clicked, use_case=swaps.not_on_this_shift),
    Open(Heard.ACTION, ids.SWAP, taps.clicked, query=swaps.swappable, view=drawn(prompt_blocks.swap_form)),
    Act(
        Heard.VIEW,
        ids.FILE_SWAP,
        prompt_forms.swap,
        use_case=swaps.swapped,
        reply=prompt_blocks.swapped,
        with_policy=True,
    ),
    Act(Heard.ACTION, ids.ON_SHIFT, taps.clicked, use_case=swaps.on_this_shift, with_policy=True),
)
