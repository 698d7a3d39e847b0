"""`alerting accept`: say that rules or figures which shrank are meant."""

from pathlib import Path

import click

from alerting.cli.options import chosen_folder


@click.command(
    epilog="\b\nExamples:\n  alerting accept rules                  all that waits\n"
    "  alerting accept rules crime            the source crime alone\n  alerting accept --rules rules crime    the same"
)
@click.argument("named", metavar="[RULES] [SOURCE]...", nargs=-1)
@click.option(
    "--rules",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The rules folder, in place of the argument RULES.  [default: ALERTING_RULES, else rules]",
)
def command(named: tuple[str, ...], folder: Path | None) -> int:
    """Let rules and figures that wait be taken over by the next tick.

    A rules folder with at least ten fewer, and more than a fifth fewer, rules, measures or owners than the last one waits;
    so does one without any rules, and a source with so many fewer rows or series. It may be half copied. What nobody
    accepts is taken over after a day. Rules that are older than those of another place on the same state wait until they
    are brought up to date, or accepted here.
    """
    from alerting.wiring import engine_of

    sources = named if folder is not None else named[1:]
    engine = engine_of(chosen_folder(Path(named[0]) if folder is None and named else None, folder))
    waited, other = engine.accept(sources)
    for one in waited:
        what = "the rules" if one.source is None else f"the figures of {one.source}"
        print(f"Accepted: {what} as they were seen last. The next tick takes them over.")
    if other is not None:
        print(f"Accepted: the rules of this folder, in place of those in {other}, which wait from now on.")
    if not waited and other is None:
        print("Nothing waits to be accepted.")
    return 0
