"""How log lines look: one line of JSON each, with a stable event name and ids; no values of variables, no bodies."""

import logging
import sys
import traceback
from collections.abc import Iterator

import structlog
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from structlog.typing import ExcInfo


def configure_logs(level: int = logging.INFO) -> None:
    """Send log lines of a level and above to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(frames),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def quiet_logger() -> logging.Logger:
    """The logger for Slack's libraries: at DEBUG they log whole requests, with what people typed in them."""
    logger = logging.getLogger("alongside.slack")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_is_news)
    return logger


def _is_news(record: logging.LogRecord) -> bool:
    # Bolt reads SLACK_BOT_TOKEN from the environment by itself, and then says that it does not need it.
    return record.msg != warning_client_prioritized_and_token_skipped()


def frames(exc_info: ExcInfo) -> str:
    """Where an error came from, and the names of the errors it came through.

    Their texts are left out: they quote what somebody typed, as `int("…")` does.
    """
    chain = list(_chain(exc_info[1]))
    return "\n".join(
        "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__ for error in chain[::-1]
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
