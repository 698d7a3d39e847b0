"""Logging of the service: constant event names with facts as keys; JSON lines where nobody watches a terminal."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import structlog

from alerting.domain.fault import INTERNAL_ERROR, Fault
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.secrecy import hushed_in

#: Problems of one kind that are logged one by one at each tick or digest.
MOST_LOGGED = 20

#: Every event the service logs, with what it means; `deploy/README.md` explains them to operators.
EVENTS = {
    "service.started": "the service runs; says of which rules and when the next tick is due",
    "service.stopped": "the service ended as it was told to",
    "service.abandoned": "told to stop, the service ended before what was under way was done; the next start does it",
    "load.posted": "somebody posted that a source's load is there; says whether the same one was posted before",
    "load.failed": "a posted load could not be written down; its sender was told to come again",
    "listener.exposed": "posts are heard from other machines, and without TLS",
    "listener.refused": "posts were refused since the last such line; says how many, by what was answered",
    "listener.failed": "the tokens for posts cannot be read; said once, the last ones count; no signs of life until they can",
    "listener.works": "they can be read again",
    "listener.broken": "the program failed at a post; the others are answered",
    "rules.adopted": "changed rule files were read and are in force",
    "rules.refused": "changed rule files have errors, or hold much less than before; the last good ones stay in force",
    "rules.failed": "changed rule files could not be looked at",
    "clock.doubted": "the machine's clock cannot be right; until it is, nothing is judged or sent",
    "clock.believed": "the clock is believed again; what was missed is made up for",
    "state.failed": "the database cannot be used; nothing else is done until it can",
    "state.restored": "a copy of the database was put in its place; what may have been told before is marked so",
    "turn.waiting": "another process on the same state is judging or sending; says which, if it is known",
    "tick.done": "one pass over the figures; counts everything, also what was not judged or not told",
    "tick.failed": "a pass could not be made; says when it is tried again",
    "loads.failed": "sources that are judged on load could not be looked at or judged; says when it is tried again",
    "program.failed": "the program itself failed at a rule, source or message; all else went on. Says at which, and the way there",
    "figures.problem": "a source, row or cell could not be used",
    "figures.noted": "how a file of figures was read, where that is not a matter of course; nothing in it is wrong",
    "template.failed": "a template of the organisation's own could not be used; its messages went out in the built-in form",
    "digest.made": "digests were made and queued",
    "digest.failed": "a digest could not be made; says when it is tried again",
    "digest.skipped": "a digest was missed for more than 48 hours; the next one covers its days",
    "delivery.done": "messages were handed over",
    "channel.ill": "nothing is accepted over a channel; what is to be told over it waits",
    "channel.works": "a channel takes messages again",
    "delivery.failed": "a message could not be handed over; it waits or was refused for good",
    "delivery.broken": "nothing could be handed over; says when it is tried again",
    "mail.read": "a mail came to the mailbox; says what was made of it",
    "mailbox.failed": "the mailbox cannot be read or emptied; said once, there are no signs of life until it can",
    "mailbox.works": "it can be read and emptied again",
    "mailbox.broken": "the program failed at reading the mailbox; says when it is tried again",
    "review.made": "the monthly pages on rules were made and queued",
    "review.failed": "the monthly pages on rules could not be made; they are tried again",
    "prune.done": "bodies and pictures of messages that the schedule keeps no longer were taken out, and readings folded",
    "prune.failed": "they could not be; says when it is tried again",
    "manager.full": "the service manager does not read what it is told; said once, and what it has no room for is dropped",
    "heartbeat.failed": "the sign of life did not arrive where ALERTING_HEARTBEAT_URL points",
}


def configured() -> Any:
    """Set structlog up and return the service's logger."""
    stamps: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: list[structlog.typing.Processor]
    if sys.stderr.isatty():
        last = [_without_secrets, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    else:
        last = [_without_secrets, structlog.processors.JSONRenderer()]
    structlog.configure(processors=[*stamps, *last], logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    return structlog.get_logger()


def _without_secrets(_log: Any, _method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Take passwords out of an entry, its traceback included."""
    return {key: hushed_in(value) for key, value in entry.items()}


def log_problems(log: Any, problems: Sequence[Problem], faults: Iterable[Fault]) -> None:
    """Log what a tick or digest met: faults of the program with the way there, templates and figures by their places.

    Notes, which ask for nothing, are information and take no problem's place among those that are logged.
    """
    for fault in faults:
        work = fault.work
        log.error(
            "program.failed", **{work.sort.replace(" ", "_"): work.id}, fault=fault.words, calls=list(fault.trace)
        )
    others = [problem for problem in problems if problem.code != INTERNAL_ERROR]
    for problem in [problem for problem in others if problem.code == "bad-template"][:MOST_LOGGED]:
        log.warning("template.failed", problem=str(problem))
    figures = [problem for problem in others if problem.code != "bad-template"]
    for problem in [problem for problem in figures if problem.severity is not ProblemSeverity.NOTE][:MOST_LOGGED]:
        log.warning("figures.problem", problem=str(problem))
    for problem in [problem for problem in figures if problem.severity is ProblemSeverity.NOTE][:MOST_LOGGED]:
        log.info("figures.noted", note=str(problem))
