"""Logs on standard output: one JSON object a line for machines, or plain lines for people."""

import logging.config
from typing import Any

import structlog


def configure(options: dict[str, Any]) -> None:
    """Set up the standard library's logging and structlog to write alike; ``options`` is ``settings.LOGGING``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_json = options["format"] == "json"
    rendered: list[structlog.typing.Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    logging.config.dictConfig(
        {
            "version": 1,
            # Loggers made by modules that were imported earlier go on working.
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
                }
            },
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
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
