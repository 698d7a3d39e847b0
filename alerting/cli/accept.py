"""`alerting accept`: say that a rules folder or a source which shrank is meant."""

from pathlib import Path

import click

from alerting.cli.options import rules_folder


@click.command(
    epilog="\b\nExamples:\n  alerting accept rules                  all that waits\n"
    "  alerting accept rules crime            the source crime alone"
)
@rules_folder
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
def command(rules: Path, sources: tuple[str, ...]) -> int:
    """Let rules and figures that wait be taken over by the next tick.

    A rules folder, or a source, with at least ten fewer and more than a fifth fewer rules, measures, owners, rows or
    series than the last one waits: it may be half copied. What is not accepted is taken over after a day. Rules that are
    older than those of another place on the same state wait until they are brought up to date, or accepted here.
    """
    from alerting.domain.shrinking import source_of, source_subject
    from alerting.errors import UsageError
    from alerting.opening import accept
    from alerting.wiring import Engine

    engine = Engine.of(rules)
    if unknown := [source for source in sources if source not in engine.rules.sources]:
        raise UsageError(f'no source "{unknown[0]}"; the rules have {", ".join(engine.rules.sources) or "none"}')
    with engine.state() as store:
        waited = accept(store, [source_subject(source) for source in sources])
        other = None if sources else engine.take_over(store)
    for one in waited:
        source = source_of(one.subject)
        what = "the rules" if source is None else f"the figures of {source}"
        print(f"Accepted: {what} as they were seen last. The next tick takes them over.")
    if other is not None:
        print(f"Accepted: the rules of this folder, in place of the newer ones in {other}, which wait from now on.")
    if not waited and other is None:
        print("Nothing waits to be accepted.")
    return 0
