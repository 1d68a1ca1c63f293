"""The registration table: everything that Alongside listens to, and nothing else."""

from bot.listeners.rows import Row
from bot.listeners.table import changes, danger, embeddings, home, outcomes, prompts, reports, reviews, shifts, triage

TABLE: tuple[Row, ...] = (
    *embeddings.ROWS,
    *shifts.ROWS,
    *prompts.ROWS,
    *reports.ROWS,
    *danger.ROWS,
    *triage.ROWS,
    *changes.ROWS,
    *outcomes.ROWS,
    *reviews.ROWS,
    *home.ROWS,
)
