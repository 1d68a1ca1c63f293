"""How an embedding is going, and its review."""

from bot import ids
from bot.blocks import help as help_blocks
from bot.blocks import reviews as review_blocks
from bot.blocks import summary as summary_blocks
from bot.blocks.kit import Written
from bot.forms import embeddings as embedding_forms
from bot.forms import reviews as review_forms
from bot.forms import taps
from bot.listeners.rows import EMBEDDING_REFERENCE, Act, Heard, Open, Row, Show, drawn
from bot.listeners.table.helping import help_on
from bot.texts import Texts
from store import reviews, summary


def _signed(result: reviews.Signed, t: Texts) -> Written:
    return review_blocks.signed_answer(result.reference, result.waiting_for, t)


ROWS: tuple[Row, ...] = (
    *help_on("/embedding-summary", help_blocks.embedding_summary, "*"),
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
    Open(Heard.ACTION, ids.READ_REVIEW, taps.clicked, query=reviews.to_sign, view=drawn(review_blocks.sign_form)),
    Act(Heard.VIEW, ids.SIGN, review_forms.modal, use_case=reviews.sign_review, reply=_signed),
)
