"""Embeddings: proposing them, agreeing, and which there are."""

from bot import ids
from bot.blocks import embeddings as embedding_blocks
from bot.blocks import help as help_blocks
from bot.forms import embeddings as embedding_forms
from bot.listeners.rows import Act, Heard, Open, Row, Show, drawn
from bot.listeners.table.helping import help_on
from store import agreements, scheduling, summary

ROWS: tuple[Row, ...] = (
    Open(Heard.COMMAND, "/embedding", query=scheduling.schedulable, view=drawn(embedding_blocks.schedule_form)),
    Open(Heard.ACTION, ids.PROPOSE, query=scheduling.schedulable, view=drawn(embedding_blocks.schedule_form)),
    Show(Heard.COMMAND, "/embedding", word="list", query=summary.listing, reply=embedding_blocks.listed),
    *help_on("/embedding", help_blocks.embedding, "*"),
    Act(
        Heard.VIEW,
        ids.SCHEDULE,
        embedding_forms.modal,
        use_case=scheduling.schedule_embedding,
        reply=embedding_blocks.proposed,
    ),
    Act(Heard.ACTION, ids.AGREE, embedding_forms.agrees, use_case=agreements.agree),
    Act(Heard.ACTION, ids.DECLINE, embedding_forms.declines, use_case=agreements.agree),
)
