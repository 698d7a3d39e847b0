"""Logging of the service: constant event names with facts as keys; JSON lines where nobody watches a terminal."""

import sys
from typing import Any

import structlog

#: Every event the service logs, with what it means; `deploy/README.md` explains them to operators.
EVENTS = {
    "service.started": "the service runs; says of which rules and when the next tick is due",
    "service.stopped": "the service ended as it was told to",
    "rules.adopted": "changed rule files were read and are in force",
    "rules.refused": "changed rule files have errors; the last good ones stay in force",
    "tick.done": "one pass over the figures; counts everything, also what was not judged or not told",
    "tick.failed": "a pass could not be made; it is tried again at the next bell",
    "figures.problem": "a source, row or cell could not be used",
    "digest.made": "digests were made and queued",
    "delivery.done": "messages were handed over",
    "delivery.failed": "a message could not be handed over; it waits or was refused for good",
}


def configured() -> Any:
    """Set structlog up and return the service's logger."""
    plain = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if plain else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    return structlog.get_logger()
