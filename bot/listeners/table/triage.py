"""What data scientists do with reports: the inbox, decisions, questions; observations and exposure."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import exposure as exposure_blocks
from bot.blocks import observations as observation_blocks
from bot.blocks import outcomes as outcome_blocks
from bot.blocks import triage as triage_blocks
from bot.forms import exposure as exposure_forms
from bot.forms import observations as observation_forms
from bot.forms import taps
from bot.forms import triage as triage_forms
from bot.forms.request import Request
from bot.listeners.rows import Act, Heard, Next, Open, Row, Show, drawn
from bot.texts import Texts
from store import asking_back, exposure, inbox, observations, report_edits, triage


def _observation_form(found: observations.Observable, request: Request, t: Texts) -> View:
    return observation_blocks.observation_form(found, request.text.partition(" ")[2].strip(), t)


ROWS: tuple[Row, ...] = (
    Open(Heard.COMMAND, "/change-note", word="inbox", query=inbox.first_page, view=drawn(triage_blocks.inbox)),
    Open(Heard.ACTION, ids.INBOX, query=inbox.first_page, view=drawn(triage_blocks.inbox)),
    Open(Heard.ACTION, ids.OPEN_REPORT, taps.clicked, query=inbox.opened, view=drawn(triage_blocks.opened)),
    Next(Heard.VIEW, ids.LOOK_ON, triage_forms.look_on, query=inbox.next_page, view=triage_blocks.next_view),
    Act(Heard.VIEW, ids.TRIAGE, triage_forms.triage, use_case=triage.triage, reply=triage_blocks.triaged),
    Open(
        Heard.ACTION,
        ids.ANSWER_QUESTION,
        taps.clicked,
        query=asking_back.to_answer,
        view=drawn(outcome_blocks.question_form),
    ),
    Act(
        Heard.VIEW,
        ids.KEEP_QUESTION_ANSWER,
        triage_forms.answer,
        use_case=report_edits.answer_question,
        reply=outcome_blocks.answer_kept,
    ),
    *(
        Open(
            Heard.COMMAND,
            "/change-note",
            word=word,
            query=observations.observable,
            view=_observation_form,
            with_time=True,
        )
        for word in ("observed", "observed …")
    ),
    Act(
        Heard.VIEW,
        ids.NOTE_OBSERVATION,
        observation_forms.modal,
        use_case=observations.observe,
        reply=observation_blocks.observed,
    ),
    *(
        Show(heard, name, observation_forms.page, word=word, query=observations.page, reply=observation_blocks.listed)
        for heard, name, word in (
            (Heard.COMMAND, "/change-note", "observations"),
            (Heard.ACTION, ids.OBSERVATIONS_PAGE, None),
        )
    ),
    Open(
        Heard.COMMAND,
        "/change-note",
        word="exposure",
        query=exposure.enterable,
        view=drawn(exposure_blocks.exposure_form),
        with_time=True,
    ),
    Act(
        Heard.VIEW,
        ids.ENTER_EXPOSURE,
        exposure_forms.modal,
        use_case=exposure.enter,
        reply=exposure_blocks.entered,
    ),
)
