"""The registration table: everything that Alongside listens to, and nothing else."""

from collections.abc import Callable

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import absences as absence_blocks
from bot.blocks import chains as chain_blocks
from bot.blocks import change_notes as note_blocks
from bot.blocks import closures as closure_blocks
from bot.blocks import crews as crew_blocks
from bot.blocks import embeddings as embedding_blocks
from bot.blocks import exposure as exposure_blocks
from bot.blocks import feedback as feedback_blocks
from bot.blocks import help as help_blocks
from bot.blocks import home as home_blocks
from bot.blocks import note_lists as note_list_blocks
from bot.blocks import observations as observation_blocks
from bot.blocks import outcomes as outcome_blocks
from bot.blocks import own_reports as own_report_blocks
from bot.blocks import pausing as pausing_blocks
from bot.blocks import preferences as preference_blocks
from bot.blocks import prompt_plans as plan_blocks
from bot.blocks import prompts as prompt_blocks
from bot.blocks import report_form as report_form_blocks
from bot.blocks import restrictions as restriction_blocks
from bot.blocks import reviews as review_blocks
from bot.blocks import shifts as shift_blocks
from bot.blocks import summary as summary_blocks
from bot.blocks import triage as triage_blocks
from bot.blocks import unsafe as unsafe_blocks
from bot.blocks import verdicts as verdict_blocks
from bot.blocks.kit import Written
from bot.blocks.report_form import Filling
from bot.forms import absences as absence_forms
from bot.forms import change_notes as note_forms
from bot.forms import channels as channel_forms
from bot.forms import closures as closure_forms
from bot.forms import crews as crew_forms
from bot.forms import direct_reports as direct_forms
from bot.forms import embeddings as embedding_forms
from bot.forms import exposure as exposure_forms
from bot.forms import feedback as feedback_forms
from bot.forms import observations as observation_forms
from bot.forms import pausing as pausing_forms
from bot.forms import preferences as preference_forms
from bot.forms import profiles as profile_forms
from bot.forms import prompt_plans as plan_forms
from bot.forms import prompts as prompt_forms
from bot.forms import restrictions as restriction_forms
from bot.forms import reviews as review_forms
from bot.forms import taps
from bot.forms import triage as triage_forms
from bot.forms import unsafe as unsafe_forms
from bot.forms.request import Request
from bot.listeners.rows import (
    EMBEDDING_REFERENCE,
    FEEDBACK_REFERENCE,
    REFERENCE,
    Act,
    Heard,
    Home,
    Next,
    Open,
    Redraw,
    Row,
    Show,
    Suggest,
)
from bot.texts import Texts
from store import (
    abilities,
    absences,
    agreements,
    asking,
    asking_back,
    chain,
    change_notes,
    channels,
    closures,
    crews,
    details,
    direct_reports,
    exposure,
    going_live,
    home,
    inbox,
    note_approval,
    note_drafts,
    note_lists,
    noting,
    observations,
    pausing,
    people,
    preferences,
    prompts,
    recurrences,
    report_edits,
    report_status,
    reporting,
    restricting,
    retrying,
    reviews,
    rolling_back,
    scheduling,
    shift_calendar,
    summary,
    swaps,
    tool_history,
    triage,
    unread,
    unsafe,
    verdicts,
    visits,
)
from store.feedback import Impact, Kind, Report


def _schedule_form(found: scheduling.Schedulable, request: Request, t: Texts) -> View:
    return embedding_blocks.schedule_form(found, t)


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


def _edit_form(found: report_edits.ToEdit, request: Request, t: Texts) -> View:
    return report_form_blocks.edit_form(found, t)


def _addition_form(found: report_edits.Kept, request: Request, t: Texts) -> View:
    return report_form_blocks.addition_form(found, t)


def _own_report(found: report_status.ReportStatus, request: Request, t: Texts) -> View:
    return own_report_blocks.status_modal(found, t)


def _move_form(found: crews.Movable, request: Request, t: Texts) -> View:
    return crew_blocks.move_form(found, t)


def _swap_form(found: swaps.Swappable, request: Request, t: Texts) -> View:
    return prompt_blocks.swap_form(found, t)


def _report_of_answer(found: details.ToReport, request: Request, t: Texts) -> View:
    kind = _named(found.text, found.choices, t) or found.kind
    impact = Impact.UNSAFE if unsafe_forms.is_named(found.text, t) else None
    filling = Filling(Report(Kind.OTHER, found.text, impact=impact), kind, {"prompt": found.prompt_id})
    return report_form_blocks.report_form(found.choices, filling, t)


def _answer_form(found: prompts.ToAnswer, request: Request, t: Texts) -> View:
    return prompt_blocks.answer_form(found, t)


def _detail_form(prompt_id: int, request: Request, t: Texts) -> View:
    return prompt_blocks.detail_form(prompt_id, t)


def _plan_form(found: asking.PlanChoices, request: Request, t: Texts) -> View:
    return plan_blocks.plan_form(found, t)


def _set_form(found: asking.SetToCopy, request: Request, t: Texts) -> View:
    return plan_blocks.set_form(found, t)


def _note_form(found: noting.Notable, request: Request, t: Texts) -> View:
    return note_blocks.note_form(found, t)


def _edit_note_form(found: noting.Editable, request: Request, t: Texts) -> View:
    return note_blocks.edit_form(found, t)


def _not_yet_form(found: change_notes.ChangeNote, request: Request, t: Texts) -> View:
    return note_list_blocks.not_yet_form(found, t)


def _take_back_form(found: change_notes.ChangeNote, request: Request, t: Texts) -> View:
    return note_list_blocks.take_back_form(found, t)


def _words_form(found: tuple[int, str], request: Request, t: Texts) -> View:
    return verdict_blocks.words_form(found, t)


def _chain(found: chain.ReportChain | chain.NoteChain, t: Texts) -> Written:
    return chain_blocks.report(found, t) if isinstance(found, chain.ReportChain) else chain_blocks.note(found, t)


def _sign_form(found: reviews.ReviewCard, request: Request, t: Texts) -> View:
    return review_blocks.sign_form(found, t)


def _signed(result: reviews.Signed, t: Texts) -> Written:
    return review_blocks.signed_answer(result.reference, result.waiting_for, t)


def _away_form(found: None, request: Request, t: Texts) -> View:
    return absence_blocks.away_form(t)


def _shutdown_form(found: closures.Closable, request: Request, t: Texts) -> View:
    return closure_blocks.shutdown_form(found, t)


def _pause_form(found: pausing.Pausable, request: Request, t: Texts) -> View:
    return pausing_blocks.pause_form(found, t)


def _resume_form(found: pausing.Pausable, request: Request, t: Texts) -> View:
    return pausing_blocks.resume_form(found, t)


def _settings_form(found: preferences.Kept, request: Request, t: Texts) -> View:
    return preference_blocks.settings_form(found, t)


def _inbox(found: inbox.InboxPage, request: Request, t: Texts) -> View:
    return triage_blocks.inbox(found, t)


def _opened(found: inbox.Opened, request: Request, t: Texts) -> View:
    return triage_blocks.opened(found, t)


def _question_form(found: asking_back.QuestionCard, request: Request, t: Texts) -> View:
    return outcome_blocks.question_form(found, t)


def _observation_form(found: observations.Observable, request: Request, t: Texts) -> View:
    return observation_blocks.observation_form(found, request.text.partition(" ")[2].strip(), t)


def _exposure_form(found: exposure.Enterable, request: Request, t: Texts) -> View:
    return exposure_blocks.exposure_form(found, t)


def _unsafe_form(found: reporting.Reportable, request: Request, t: Texts) -> View:
    return unsafe_blocks.form(found, t)


def _restriction_form(found: restricting.Restrictable, request: Request, t: Texts) -> View:
    return restriction_blocks.form(found, t)


def _lift_form(found: restricting.Liftable, request: Request, t: Texts) -> View:
    return restriction_blocks.lift_form(found, t)


def _help(command: str, reply: Callable[[abilities.Abilities, Texts], Written], *words: str) -> tuple[Row, ...]:
    """Help on a command: asked for, and beside these words that it does not know."""
    return (
        Show(Heard.COMMAND, command, _asked_for, word="help", query=abilities.abilities, reply=reply),
        *(
            Show(Heard.COMMAND, command, _not_known, word=word, query=abilities.abilities, reply=reply)
            for word in words
        ),
    )


def _asked_for(request: Request, t: Texts) -> tuple[str]:
    return ("",)


def _not_known(request: Request, t: Texts) -> tuple[str]:
    return (request.text,)


TABLE: tuple[Row, ...] = (
    # Scheduling an embedding
    Open(Heard.COMMAND, "/embedding", query=scheduling.schedulable, view=_schedule_form),
    Open(Heard.ACTION, ids.PROPOSE, query=scheduling.schedulable, view=_schedule_form),
    Show(Heard.COMMAND, "/embedding", word="list", query=summary.listing, reply=embedding_blocks.listed),
    # Not now: absences, shutdowns, pauses, and what people set for themselves
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
    Open(Heard.ACTION, ids.SHUTDOWN_FORM, query=closures.closable, view=_shutdown_form),
    Act(Heard.ACTION, ids.LIFT_SHUTDOWN, taps.clicked, use_case=closures.lift_shutdown, reply=closure_blocks.listed),
    Act(Heard.VIEW, ids.SHUT_DOWN, closure_forms.modal, use_case=closures.shut_down, reply=closure_blocks.shut_down),
    Open(Heard.COMMAND, "/embedding", word="pause", query=pausing.to_pause, view=_pause_form),
    Act(Heard.VIEW, ids.PAUSE, pausing_forms.modal, use_case=pausing.pause_embedding, reply=pausing_blocks.paused),
    Open(Heard.COMMAND, "/embedding", word="resume", query=pausing.to_resume, view=_resume_form),
    Act(Heard.VIEW, ids.RESUME, pausing_forms.modal, use_case=pausing.resume_embedding, reply=pausing_blocks.paused),
    Open(Heard.COMMAND, "/embedding", word="settings", query=preferences.own, view=_settings_form),
    Open(Heard.ACTION, ids.SETTINGS, query=preferences.own, view=_settings_form),
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
    Open(Heard.COMMAND, "/embedding", word="crews", query=crews.movable, view=_move_form),
    Act(Heard.VIEW, ids.MOVE, crew_forms.modal, use_case=crews.move_to_crew, reply=crew_blocks.moved),
    *_help("/embedding", help_blocks.embedding, "*"),
    Act(
        Heard.VIEW,
        ids.SCHEDULE,
        embedding_forms.modal,
        use_case=scheduling.schedule_embedding,
        reply=embedding_blocks.proposed,
    ),
    Act(Heard.ACTION, ids.AGREE, embedding_forms.agrees, use_case=agreements.agree),
    Act(Heard.ACTION, ids.DECLINE, embedding_forms.declines, use_case=agreements.agree),
    # What an embedding asks
    Show(
        Heard.COMMAND,
        "/embedding",
        word="prompts",
        query=asking.plans,
        reply=plan_blocks.listed,
        with_policy=True,
    ),
    Open(Heard.ACTION, ids.PLAN_FORM, plan_forms.which, query=asking.choices, view=_plan_form),
    Next(Heard.VIEW, ids.PREVIEW_PLAN, plan_forms.modal, query=asking.preview, view=plan_blocks.preview),
    Act(
        Heard.VIEW,
        ids.KEEP_PLAN,
        plan_forms.previewed,
        use_case=asking.keep_plan,
        reply=plan_blocks.plan_kept,
        with_policy=True,
    ),
    *(
        Act(Heard.ACTION, button, taps.clicked, use_case=use_case, reply=plan_blocks.listed, with_policy=True)
        for button, use_case in (
            (ids.PAUSE_PLAN, asking.pause_plan),
            (ids.RESUME_PLAN, asking.resume_plan),
            (ids.END_PLAN, asking.end_plan),
        )
    ),
    Open(Heard.ACTION, ids.COPY_SET, plan_forms.copied, query=asking.to_copy, view=_set_form),
    Act(Heard.VIEW, ids.KEEP_SET, plan_forms.questions, use_case=asking.keep_questions, reply=plan_blocks.set_kept),
    # At the end of a shift
    Act(Heard.ACTION, ids.ANSWER, prompt_forms.tapped, use_case=prompts.answer_prompt),
    Open(Heard.ACTION, ids.ANSWER_FORM, prompt_forms.one_question, query=prompts.to_answer, view=_answer_form),
    Act(Heard.VIEW, ids.ENTER_ANSWER, prompt_forms.entered, use_case=details.answer, reply=unsafe_blocks.noted),
    Open(Heard.ACTION, ids.ADD_DETAIL, taps.clicked, query=details.own_prompt, view=_detail_form),
    Act(Heard.VIEW, ids.KEEP_DETAIL, prompt_forms.detail, use_case=details.add_detail, reply=unsafe_blocks.noted),
    Open(
        Heard.ACTION, ids.REPORT_ANSWER, taps.clicked, query=details.to_report, view=_report_of_answer, with_time=True
    ),
    Act(Heard.ACTION, ids.NOT_ON_SHIFT, taps.clicked, use_case=swaps.not_on_this_shift),
    Open(Heard.ACTION, ids.SWAP, taps.clicked, query=swaps.swappable, view=_swap_form),
    Act(
        Heard.VIEW,
        ids.FILE_SWAP,
        prompt_forms.swap,
        use_case=swaps.swapped,
        reply=prompt_blocks.swapped,
        with_policy=True,
    ),
    Act(Heard.ACTION, ids.ON_SHIFT, taps.clicked, use_case=swaps.on_this_shift, with_policy=True),
    # Feedback
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
    Open(Heard.COMMAND, "/model-feedback", word="restrict", query=restricting.restrictable, view=_restriction_form),
    Open(Heard.COMMAND, "/model-feedback", word="lift", query=restricting.liftable, view=_lift_form),
    *_help("/model-feedback", help_blocks.model_feedback, REFERENCE),
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
    # One's own reports
    Open(
        Heard.ACTION, ids.LOOK_AT_REPORT, taps.clicked, query=report_status.status_of, view=_own_report, with_time=True
    ),
    Open(Heard.ACTION, ids.EDIT_REPORT, taps.clicked, query=report_edits.to_edit, view=_edit_form, with_time=True),
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
    Open(Heard.ACTION, ids.ADD_TO_REPORT, taps.clicked, query=report_edits.own_open, view=_addition_form),
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
    # What somebody says to the app
    Act(Heard.ACTION, ids.FILE_SAID, direct_forms.kind, use_case=direct_reports.file_said),
    Act(Heard.ACTION, ids.NO_REPORT, taps.clicked, use_case=direct_reports.no_report),
    # Change notes and verdicts
    Open(Heard.COMMAND, "/change-note", query=noting.notable, view=_note_form),
    Open(Heard.ACTION, ids.NOTE, query=noting.notable, view=_note_form),
    # Triage, observations and exposure
    Open(Heard.COMMAND, "/change-note", word="inbox", query=inbox.first_page, view=_inbox),
    Open(Heard.ACTION, ids.INBOX, query=inbox.first_page, view=_inbox),
    Open(Heard.ACTION, ids.OPEN_REPORT, taps.clicked, query=inbox.opened, view=_opened),
    Next(Heard.VIEW, ids.LOOK_ON, triage_forms.look_on, query=inbox.next_page, view=triage_blocks.next_view),
    Act(Heard.VIEW, ids.TRIAGE, triage_forms.triage, use_case=triage.triage, reply=triage_blocks.triaged),
    Open(Heard.ACTION, ids.ANSWER_QUESTION, taps.clicked, query=asking_back.to_answer, view=_question_form),
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
        view=_exposure_form,
        with_time=True,
    ),
    Act(
        Heard.VIEW,
        ids.ENTER_EXPOSURE,
        exposure_forms.modal,
        use_case=exposure.enter,
        reply=exposure_blocks.entered,
    ),
    *_help("/change-note", help_blocks.change_note, "*"),
    Act(
        Heard.VIEW,
        ids.FILE_NOTE,
        note_forms.modal,
        use_case=note_drafts.file_change_note,
        reply=note_blocks.noted,
        with_policy=True,
    ),
    Act(Heard.ACTION, ids.VERDICT, taps.verdict, use_case=verdicts.give_verdict, with_policy=True),
    # Notes that wait, go live and are taken back; what became of reports; visits
    Suggest(
        Heard.OPTIONS,
        ids.FIND_REPORTS,
        note_forms.searched,
        query=noting.find_reports,
        options=note_blocks.report_options,
    ),
    Show(
        Heard.COMMAND,
        "/change-note",
        note_forms.page,
        word="list",
        query=note_lists.listed,
        reply=note_list_blocks.listed,
    ),
    Show(Heard.ACTION, ids.LIST_NOTES, note_forms.page, query=note_lists.listed, reply=note_list_blocks.listed),
    Open(Heard.ACTION, ids.EDIT_NOTE, taps.clicked, query=noting.editable, view=_edit_note_form),
    Act(
        Heard.VIEW,
        ids.KEEP_NOTE,
        note_forms.edited,
        use_case=note_drafts.edit_change_note,
        reply=note_blocks.noted,
        with_policy=True,
    ),
    Act(
        Heard.ACTION,
        ids.NOTE_IS_LIVE,
        taps.clicked,
        use_case=going_live.go_live_now,
        reply=note_list_blocks.is_live,
        with_policy=True,
    ),
    Act(
        Heard.ACTION,
        ids.SEND_NOTE,
        taps.clicked,
        use_case=note_approval.send_for_approval,
        reply=note_list_blocks.sent,
    ),
    Act(Heard.ACTION, ids.APPROVE_NOTE, note_forms.version_of_note, use_case=note_approval.approve),
    Open(
        Heard.ACTION,
        ids.NOT_YET,
        note_forms.version_of_note,
        query=note_approval.to_refuse,
        view=_not_yet_form,
    ),
    Act(Heard.VIEW, ids.SAY_NOT_YET, note_forms.not_yet, use_case=note_approval.say_not_yet),
    Open(Heard.ACTION, ids.TAKE_BACK, taps.clicked, query=rolling_back.to_roll_back, view=_take_back_form),
    Act(
        Heard.VIEW,
        ids.ROLL_BACK,
        note_forms.because,
        use_case=rolling_back.roll_back,
        reply=note_list_blocks.rolled_back,
    ),
    Show(
        Heard.COMMAND,
        "/change-note",
        note_forms.reference,
        word=REFERENCE,
        query=chain.of_reference,
        reply=_chain,
    ),
    *(
        Show(
            Heard.COMMAND,
            "/change-note",
            note_forms.history,
            word=word,
            query=tool_history.named,
            reply=chain_blocks.history,
        )
        for word in ("history", "history …")
    ),
    Show(
        Heard.ACTION,
        ids.TURN_HISTORY,
        note_forms.history_page,
        query=tool_history.turned,
        reply=chain_blocks.history,
    ),
    Open(Heard.ACTION, ids.ADD_WORDS, taps.clicked, query=verdicts.own, view=_words_form),
    Act(Heard.VIEW, ids.KEEP_WORDS, note_forms.words, use_case=verdicts.add_words),
    Act(
        Heard.COMMAND,
        "/model-feedback",
        note_forms.report_number,
        word=f"again {REFERENCE}",
        use_case=recurrences.happened_again,
        reply=chain_blocks.happened_again,
    ),
    Act(
        Heard.ACTION,
        ids.AGAIN,
        note_forms.report_number,
        use_case=recurrences.happened_again,
        reply=chain_blocks.happened_again,
        beside=True,
    ),
    Act(Heard.ACTION, ids.VISIT_YES, note_forms.version_of_note, use_case=visits.agree),
    Act(
        Heard.ACTION,
        ids.VISIT_OTHER,
        note_forms.version_of_note,
        use_case=visits.another_time,
        with_policy=True,
    ),
    Act(Heard.ACTION, ids.VISIT_NO, taps.clicked, use_case=visits.rather_not),
    # The summary, the review and the home
    *_help("/embedding-summary", help_blocks.embedding_summary, "*"),
    Show(
        Heard.COMMAND,
        "/embedding-summary",
        embedding_forms.named,
        word=EMBEDDING_REFERENCE,
        query=summary.summary,
        reply=summary_blocks.summary,
        with_time=True,
        with_policy=True,
    ),
    Show(
        Heard.COMMAND,
        "/embedding-summary",
        embedding_forms.named,
        query=summary.summary,
        reply=summary_blocks.summary,
        with_time=True,
        with_policy=True,
    ),
    Open(Heard.ACTION, ids.READ_REVIEW, taps.clicked, query=reviews.to_sign, view=_sign_form),
    Act(Heard.VIEW, ids.SIGN, review_forms.modal, use_case=reviews.sign_review, reply=_signed),
    Home(Heard.EVENT, "app_home_opened", query=home.home, view=home_blocks.home),
    Act(Heard.ACTION, ids.TRY_AGAIN, taps.clicked, use_case=retrying.try_again),
    # What Slack tells us of people
    Act(Heard.EVENT, "user_change", profile_forms.user_changed, use_case=people.hear_of_profile, with_policy=True),
    # What somebody writes in their direct messages with the app
    Act(
        Heard.EVENT,
        "message",
        direct_forms.said,
        to_the_app=True,
        use_case=direct_reports.hear,
        with_policy=True,
    ),
    # What Slack tells us of channels
    Act(
        Heard.EVENT,
        "member_joined_channel",
        channel_forms.joined,
        about_the_app=True,
        use_case=channels.app_joined,
    ),
    # What is unsafe, and what a tool is not to be relied on for
    Open(Heard.ACTION, ids.REPORT_UNSAFE, query=reporting.reportable, view=_unsafe_form, with_time=True),
    Act(
        Heard.VIEW,
        ids.FILE_UNSAFE,
        unsafe_forms.modal,
        use_case=unsafe.file_unsafe,
        reply=unsafe_blocks.filed_alone,
    ),
    Act(
        Heard.ACTION,
        ids.MAY_CALL,
        unsafe_forms.tapped,
        use_case=unsafe.say_whether_to_call,
        reply=unsafe_blocks.may_call,
    ),
    Act(
        Heard.VIEW,
        ids.SAY_MAY_CALL,
        unsafe_forms.chosen,
        use_case=unsafe.say_whether_to_call,
        reply=unsafe_blocks.may_call,
    ),
    Act(Heard.ACTION, ids.TAKE, taps.clicked, use_case=unsafe.take),
    Open(
        Heard.ACTION,
        ids.RESTRICT,
        restriction_forms.which,
        query=restricting.restrictable,
        view=_restriction_form,
    ),
    Act(
        Heard.VIEW,
        ids.SET_RESTRICTION,
        restriction_forms.modal,
        use_case=restricting.restrict,
        reply=restriction_blocks.restricted,
    ),
    Open(Heard.ACTION, ids.LIFT, taps.clicked, query=restricting.liftable, view=_lift_form),
    Act(Heard.VIEW, ids.LIFT_IT, restriction_forms.lift, use_case=restricting.lift, reply=restriction_blocks.lifted),
)
