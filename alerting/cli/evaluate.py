"""`alerting evaluate`: print what the rules say of the figures; send nothing."""

import gc
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import IsoDate, as_of, output_format, rules_folder, some_rules

if TYPE_CHECKING:
    from alerting.app.situation.evaluate import EvaluateResult
    from alerting.domain.finding import Finding


@click.command(
    epilog="\b\nExamples:\n"
    "  alerting evaluate rules --as-of 2020-10-15\n"
    "  alerting evaluate rules --only exception --format json\n"
    "  alerting evaluate rules --rule calls-999-target --text all\n"
    "  alerting evaluate rules --every-period --format ndjson\n"
    "  alerting evaluate rules --as-known 2020-10-15     with the figures that had been read by then"
)
@rules_folder
@as_of
@output_format("text", "json", "ndjson")
@some_rules
@click.option("--only", type=click.Choice(("exception", "normal", "no_data", "not_enough_history")), help="One state.")
@click.option("--every-period", is_flag=True, help="Judge every period up to the day, not the newest alone.")
@click.option(
    "--text", type=click.Choice(("unusual", "all")), default="unusual", help="Write words for normal ones too."
)
@click.option(
    "--as-known",
    metavar="DATE",
    type=IsoDate(),
    help="Judge what had been read by the end of this day (as `run` and `serve` kept it), as of this day or --as-of.",
)
@click.option(
    "--fresh", is_flag=True, help="Judge what the sources hold alone, not what ticks have read from them before."
)
def command(
    rules: Path,
    as_of: date | None,
    output_format: str,
    only_rules: tuple[str, ...],
    only: str | None,
    text: str,
    as_known: date | None,
    **asked: bool,
) -> int:
    """Print what the rules say of the figures; store and send nothing.

    Figures are those that a tick would judge: also what a source held once and holds no more, where this folder's ticks have
    read it.
    """
    from alerting.domain.finding import UNUSUAL, State
    from alerting.rulefile.yaml.rule_file import collector_off
    from alerting.wiring import engine_of_some

    state = State[only.upper()] if only else None
    if state is State.NORMAL and output_format == "text":
        text = "all"  # who asks for them wants to read them
    with collector_off():  # nothing that is made here is garbage before the end
        engine = engine_of_some(rules, only_rules)
        day = as_of or as_known or engine.installation.today()
        if as_known is not None:
            reading = engine.enquiries.as_known(as_known)
        else:
            reading = (
                engine.enquiries.alone(engine.enquiries.read(), as_of)
                if asked["fresh"]
                else engine.enquiries.counting(as_of)
            )
        read_by_people = output_format == "text" and text == "unusual"  # who are shown nothing that has no words
        wanted = UNUSUAL if state is None and read_by_people else state
        answer = engine.enquiries.evaluate(day, reading, every_period=asked["every_period"], only=wanted, text=text)
        _PRINTERS[output_format](answer)
        gc.freeze()  # nor need the interpreter look for any in it on its way out
    for problem in answer.problems:
        print(problem, file=sys.stderr)
    return 1 if answer.has_errors else 0


def _print_json(answer: "EvaluateResult") -> None:
    from pydantic_core import to_json

    from alerting.evaluation.as_json import evaluation_json

    _write(to_json(evaluation_json(answer.evaluation, answer.found)) + b"\n")


def _print_ndjson(answer: "EvaluateResult") -> None:
    from pydantic_core import to_json

    from alerting.evaluation.as_json import finding_json

    _write(b"".join(to_json(finding_json(one.finding)) + b"\n" for one in answer.found))


def _print_text(answer: "EvaluateResult") -> None:
    counts = answer.evaluation.counts()
    judged = ", ".join(f"{number:,} {state.replace('_', ' ')}" for state, number in counts.items())
    print(f"As of {answer.evaluation.as_of.isoformat()}: {judged}.")
    for one in answer.found:
        finding = one.finding
        if finding.text is None:
            continue
        print(f"\n{_verdict(finding)} · {answer.evaluation.rules.areas[finding.area].title} · {finding.rule}")
        print(f"  {finding.text}")
        for note in finding.notes[: len(finding.notes) - finding.sourced]:  # the source's own stands in notices
            print(f"  Note: {note}")
        print(f"  {finding.where}")


def _verdict(finding: "Finding") -> str:
    """Name the state with its reason; how serious only of what is exceptional: `normal · warning` reads as a warning."""
    from alerting.domain.finding import State

    why = f" ({finding.reason.value})" if finding.reason else ""
    serious = f" · {finding.severity.word}" if finding.state is State.EXCEPTION else ""
    return f"{finding.state.word}{why}{serious}"


def _write(content: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


_PRINTERS = {"json": _print_json, "ndjson": _print_ndjson, "text": _print_text}
