"""How log lines look: one line of JSON each, with a stable event name and ids; no values of variables, no bodies."""

import logging
import sys

import structlog


def configure_logs(level: int = logging.INFO) -> None:
    """Send log lines of a level and above to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
