"""Reports: filing them by every way there is, and what reporters do with their own."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import feedback as feedback_blocks
from bot.blocks import help as help_blocks
from bot.blocks import own_reports as own_report_blocks
from bot.blocks import report_form as report_form_blocks
from bot.blocks.report_form import Filling
from bot.forms import direct_reports as direct_forms
from bot.forms import feedback as feedback_forms
from bot.forms import taps
from bot.forms import unsafe as unsafe_forms
from bot.forms.request import Request
from bot.listeners.rows import (
    FEEDBACK_REFERENCE,
    FEEDBACK_REFERENCE_AND_WORDS,
    REFERENCE,
    Act,
    Heard,
    Open,
    Redraw,
    Row,
    Show,
    drawn,
)
from bot.listeners.table.helping import help_on
from bot.texts import Texts
from store import details, direct_reports, further_words, report_edits, report_status, reporting, triage, unread, unsafe
from store.feedback import Impact, Kind, Report


def _report_form(found: reporting.Reportable, request: Request, t: Texts) -> View:
    return report_form_blocks.report_form(found, Filling(), t)


def _report_of_message(found: reporting.OfMessage, request: Request, t: Texts) -> View:
    words = request.message_text
    impact = Impact.UNSAFE if unsafe_forms.is_named(words, t) else None
    said = Report(Kind.OTHER, words, impact=impact, relayed_for=found.relayed_for)
    keep = {"permalink": request.message_link} if request.message_link else {}
    return report_form_blocks.report_form(found.choices, Filling(said, _named(words, found.choices, t), keep), t)


def _report_form_again(found: reporting.Reportable, request: Request, t: Texts) -> View:
    return report_form_blocks.report_form(found, feedback_forms.so_far(request), t)


def _named(words: str, choices: reporting.Reportable, t: Texts) -> Kind | None:
    kind = feedback_forms.understood_kind(words, t)
    return kind if kind in choices.kinds and kind is not Kind.OTHER else None


def _report_of_answer(found: details.ToReport, request: Request, t: Texts) -> View:
    kind = _named(found.text, found.choices, t) or found.kind
    impact = Impact.UNSAFE if unsafe_forms.is_named(found.text, t) else None
    filling = Filling(Report(Kind.OTHER, found.text, impact=impact), kind, {"prompt": found.prompt_id})
    return report_form_blocks.report_form(found.choices, filling, t)


ROWS: tuple[Row, ...] = (
    Open(
        Heard.ACTION, ids.REPORT_ANSWER, taps.clicked, query=details.to_report, view=_report_of_answer, with_time=True
    ),
    Open(Heard.COMMAND, "/model-feedback", query=reporting.reportable, view=_report_form, with_time=True),
    Show(
        Heard.COMMAND,
        "/model-feedback",
        feedback_forms.page,
        word="list",
        query=unread.own_list,
        reply=feedback_blocks.own_list,
        with_time=True,
    ),
    Show(
        Heard.COMMAND,
        "/model-feedback",
        feedback_forms.named,
        word=FEEDBACK_REFERENCE,
        query=report_status.status_by_number,
        reply=own_report_blocks.status,
        with_time=True,
    ),
    Act(
        Heard.COMMAND,
        "/model-feedback",
        feedback_forms.further,
        word=FEEDBACK_REFERENCE_AND_WORDS,
        use_case=further_words.say_more,
        reply=own_report_blocks.said_more,
    ),
    *help_on("/model-feedback", help_blocks.model_feedback, REFERENCE),
    Act(
        Heard.COMMAND,
        "/model-feedback",
        feedback_forms.command,
        word="*",
        use_case=unsafe.file_report,
        reply=feedback_blocks.filed,
    ),
    Open(
        Heard.SHORTCUT,
        ids.REPORT_SHORTCUT,
        feedback_forms.author,
        query=reporting.of_message,
        view=_report_of_message,
        with_time=True,
    ),
    Open(Heard.ACTION, ids.REPORT, query=reporting.reportable, view=_report_form, with_time=True),
    Redraw(
        Heard.ACTION,
        ids.CHOOSE_TOOL,
        feedback_forms.chosen_tool,
        query=reporting.reportable,
        view=_report_form_again,
    ),
    Act(
        Heard.VIEW,
        ids.FILE,
        feedback_forms.modal,
        use_case=details.file_report,
        reply=feedback_blocks.filed_by_form,
    ),
    Show(
        Heard.ACTION,
        ids.LIST_PAGE,
        feedback_forms.page,
        query=unread.own_list,
        reply=feedback_blocks.own_list,
        with_time=True,
    ),
    Act(Heard.ACTION, ids.ACKNOWLEDGE, taps.clicked, use_case=triage.acknowledge),
    Open(
        Heard.ACTION,
        ids.LOOK_AT_REPORT,
        taps.clicked,
        query=report_status.status_of,
        view=drawn(own_report_blocks.status_modal),
        with_time=True,
    ),
    Open(
        Heard.ACTION,
        ids.EDIT_REPORT,
        taps.clicked,
        query=report_edits.to_edit,
        view=drawn(report_form_blocks.edit_form),
        with_time=True,
    ),
    Act(
        Heard.VIEW,
        ids.KEEP_EDIT,
        feedback_forms.edited,
        use_case=report_edits.edit_report,
        reply=feedback_blocks.filed_by_form,
    ),
    Act(
        Heard.ACTION,
        ids.OTHER_TOOL,
        feedback_forms.other_tool,
        use_case=report_edits.choose_tool,
        reply=feedback_blocks.filed,
    ),
    Open(
        Heard.ACTION,
        ids.ADD_TO_REPORT,
        taps.clicked,
        query=report_edits.own_open,
        view=drawn(report_form_blocks.addition_form),
    ),
    Act(
        Heard.VIEW,
        ids.KEEP_ADDITION,
        feedback_forms.addition,
        use_case=report_edits.add_to_report,
        reply=own_report_blocks.added,
    ),
    Act(
        Heard.ACTION,
        ids.WITHDRAW,
        taps.clicked,
        use_case=report_edits.withdraw_report,
        reply=own_report_blocks.withdrawn,
    ),
    Act(Heard.ACTION, ids.FILE_SAID, direct_forms.kind, use_case=direct_reports.file_said),
    Act(Heard.ACTION, ids.NO_REPORT, taps.clicked, use_case=direct_reports.no_report),
    Act(
        Heard.EVENT,
        "message",
        direct_forms.said,
        to_the_app=True,
        use_case=direct_reports.hear,
        with_policy=True,
    ),
)
