"""What came of a change: verdicts, what happens again, visits."""

from slack_sdk.models.views import View

from bot import ids
from bot.blocks import chains as chain_blocks
from bot.blocks import verdicts as verdict_blocks
from bot.forms import change_notes as note_forms
from bot.forms import taps
from bot.forms.request import Request
from bot.listeners.rows import REFERENCE, Act, Heard, Open, Row
from bot.texts import Texts
from store import recurrences, verdicts, visits


def _words_form(found: tuple[int, str], request: Request, t: Texts) -> View:
    return verdict_blocks.words_form(found, t)


ROWS: tuple[Row, ...] = (
    Act(Heard.ACTION, ids.VERDICT, taps.verdict, use_case=verdicts.give_verdict, with_policy=True),
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
)
