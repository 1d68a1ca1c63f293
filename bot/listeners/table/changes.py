"""Change notes, from the draft to the history of a tool."""

from bot import ids
from bot.blocks import chains as chain_blocks
from bot.blocks import change_notes as note_blocks
from bot.blocks import help as help_blocks
from bot.blocks import note_lists as note_list_blocks
from bot.blocks.kit import Written
from bot.forms import change_notes as note_forms
from bot.forms import taps
from bot.listeners.rows import REFERENCE, Act, Heard, Open, Row, Show, Suggest, drawn
from bot.listeners.table.helping import help_on
from bot.texts import Texts
from store import (
    chain,
    going_live,
    note_approval,
    note_drafts,
    note_lists,
    noting,
    rolling_back,
    tool_history,
)


def _chain(found: chain.ReportChain | chain.NoteChain, t: Texts) -> Written:
    return chain_blocks.report(found, t) if isinstance(found, chain.ReportChain) else chain_blocks.note(found, t)


ROWS: tuple[Row, ...] = (
    Open(Heard.COMMAND, "/change-note", query=noting.notable, view=drawn(note_blocks.note_form)),
    Open(Heard.ACTION, ids.NOTE, query=noting.notable, view=drawn(note_blocks.note_form)),
    *help_on("/change-note", help_blocks.change_note, "*"),
    Act(
        Heard.VIEW,
        ids.FILE_NOTE,
        note_forms.modal,
        use_case=note_drafts.file_change_note,
        reply=note_blocks.noted,
        with_policy=True,
    ),
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
    Open(Heard.ACTION, ids.EDIT_NOTE, taps.clicked, query=noting.editable, view=drawn(note_blocks.edit_form)),
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
        view=drawn(note_list_blocks.not_yet_form),
    ),
    Act(Heard.VIEW, ids.SAY_NOT_YET, note_forms.not_yet, use_case=note_approval.say_not_yet),
    Open(
        Heard.ACTION,
        ids.TAKE_BACK,
        taps.clicked,
        query=rolling_back.to_roll_back,
        view=drawn(note_list_blocks.take_back_form),
    ),
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
)
