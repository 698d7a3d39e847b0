"""`alerting comment`: say something about a topic or measure, list it, take it back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from alerting.cli.options import output_format, rules_option, sort_and_id
from alerting.errors import UsageError

if TYPE_CHECKING:
    from alerting.domain.comment import Comment, Named
    from alerting.domain.rule import RuleSet


class _Saying(click.Group):
    """A group in which what is no command's name is what is spoken of: `alerting comment crime 'Recording was audited'`."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a name, and of what is spoken of the one that says something of it."""
        return super().get_command(ctx, cmd_name) or super().get_command(ctx, "say")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name before words that have none."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["say", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_Saying,
    epilog="""\b
Examples:
  alerting comment call-handling 'Ten new staff answer calls from November' --person head-of-contact
  alerting comment calls-999-answered-10s 'The centre was closed on two days' --period 2020-09 --person head-of-contact
  alerting comment topic:crime 'Recording was audited' --period 2020/21-Q2 --person performance-analyst
  alerting comment list call-handling
  alerting comment remove 3 --person head-of-contact
""",
    subcommand_metavar="TOPIC|MEASURE WORDS | list | remove …",
)
def command() -> None:
    """Say WORDS about a topic or a measure in a period, exceptional or not; list what was said; take it back.

    They stand in the next digests of those who see it, beside the measure's exceptions of that time, in its notices, and in the
    commentary of the month's draft.
    """


@command.command(
    short_help="Say WORDS about TOPIC or MEASURE; `say` may be left out.",
    epilog="\b\nExample:\n  alerting comment say crime 'Recording was audited' --period 2020/21-Q2 --person performance-analyst",
)
@click.argument("named", metavar="TOPIC|MEASURE")
@click.argument("words")
@rules_option
@click.option(
    "--period",
    metavar="PERIOD",
    help="What it is about, like 2020-09 or 2020/21-Q2.  [default: the newest that is over; for a topic, the month]",
)
@click.option("--person", required=True, metavar="OWNER", help="Who says it: an owner's id from the rules.")
def say(named: str, words: str, rules: Path, period: str | None, person: str) -> None:
    """Say WORDS about a topic or a measure in a period, exceptional or not.

    Where one id names both, write `topic:ID` or `measure:ID`. The id of an alert does what `alerting alerts comment` does.
    """
    from alerting.app.alerts import comments
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    about = _named(engine.rules, named, period)
    with engine.state() as store:
        day, at = engine.now_in(store)
        click.echo(comments.say(engine.rules, store, about, words, person, at, day))


@command.command(
    "list",
    epilog="\b\nExamples:\n  alerting comment list\n  alerting comment list crime --period 2020/21-Q2 --format json",
)
@click.argument("named", metavar="[TOPIC|MEASURE]", required=False)
@rules_option
@click.option("--period", metavar="PERIOD", help="Only what is about this period.")
@click.option("--all", "every", is_flag=True, help="Those too that were taken back.")
@output_format("text", "json")
def list_(named: str | None, rules: Path, period: str | None, output_format: str, *, every: bool) -> None:
    """List what was said of topics and measures, oldest first; of a topic also what was said of its measures.

    What was said of an alert stands in `alerting explain ALERT`.
    """
    from alerting.app.alerts.comments import as_json, listed
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    about = _named(engine.rules, named or "", period)
    with engine.state() as store:
        found = listed(engine.rules, store, about, every=every)
    if output_format == "json":
        click.echo(json.dumps({"comments": [as_json(one) for one in found]}, ensure_ascii=False, indent=2))
        return
    for one in found:
        _print(one)
    click.echo(f"{len(found):,} comment{'s' * (len(found) != 1)}." if found else "No comments.")


@command.command(
    short_help="Take COMMENT back, which `alerting comment list` numbers.",
    epilog="\b\nExample:\n  alerting comment remove 3 --person head-of-contact",
)
@click.argument("number", metavar="COMMENT", type=int)
@rules_option
@click.option("--person", required=True, metavar="OWNER", help="Who takes it back: an owner's id from the rules.")
def remove(number: int, rules: Path, person: str) -> None:
    """Take COMMENT back: it stands in no message and no draft to come. It is kept, with who took it back and when."""
    from alerting.app.alerts.comments import take_back
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    with engine.state() as store:
        _, at = engine.now_in(store)
        click.echo(take_back(engine.rules, store, number, person, at))


def _named(rules: "RuleSet", named: str, period: str | None) -> "Named":
    from alerting.domain.comment import About, Named
    from alerting.domain.period import PeriodError

    sort, id_ = sort_and_id(named, [about.value for about in About])
    try:
        of = rules.calendar.parse_exact(period) if period else None
    except PeriodError as error:
        raise UsageError(f"--period: {error}") from error
    return Named(id=id_, sort=About(sort) if sort else None, period=of)


def _print(one: "Comment") -> None:
    click.echo(f"{one.number:>4}  {one.about.value} {one.subject}, {one.period.label}")
    click.echo(f"      {one.person}, {one.at:%Y-%m-%d %H:%M} UTC: {one.words}")
    if one.withdrawn_at is not None:
        click.echo(f"      taken back by {one.withdrawn_by}, {one.withdrawn_at:%Y-%m-%d %H:%M} UTC")
