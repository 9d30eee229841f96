"""Logs on standard error: one JSON object a line for machines, or plain lines for people."""

import logging.config
from typing import Any

import structlog

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# One list for good: a logger keeps the list it found when it was first used.
OURS: list[structlog.typing.Processor] = [
    structlog.stdlib.filter_by_level,
    *SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]
# What our own modules that log by the standard library say beside their message. Not whatever is there: Django adds whole
# requests, whose addresses may be personal.
FACTS = structlog.stdlib.ExtraAdder(
    allow={"code", "error", "kind", "mail", "mailbox", "pending_reply", "provider", "reason", "ticket"}
)
# Without local variables: those of a failed request or mail are passwords, addresses, and what customers wrote.
TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
RENDERED: dict[str, list[structlog.typing.Processor]] = {
    "json": [TRACEBACKS, structlog.processors.JSONRenderer(ensure_ascii=False)],
    "plain": [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)],
}


def configure(options: dict[str, Any]) -> None:
    """Set up the standard library's logging and structlog to write alike; ``options`` is ``settings.LOGGING``."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*SHARED, FACTS],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *RENDERED[options["format"]]],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            # Loggers made by modules that were imported earlier go on working.
            "disable_existing_loggers": False,
            "formatters": {"lines": formatter},
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["console"], "level": options["level"]},
            "loggers": {
                # Its lines about requests repeat ours; those about refused hosts and forged forms do not.
                "django.request": {"level": "ERROR"},
                "axes": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=OURS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
