"""`alerting comment`: say something about a topic or measure in a period."""

from pathlib import Path

import click

from alerting.cli.options import rules_option, sort_and_id
from alerting.errors import UsageError

EPILOG = """\b
Examples:
  alerting comment call-handling 'Ten new staff answer calls from November' --person head-of-contact
  alerting comment calls-999-answered-10s 'The centre was closed on two days' --period 2020-09 --person head-of-contact
  alerting comment topic:crime 'Recording was audited' --period 2020/21-Q2 --person performance-analyst
"""


@click.command(epilog=EPILOG)
@click.argument("named", metavar="TOPIC|MEASURE")
@click.argument("words")
@rules_option
@click.option(
    "--period",
    metavar="PERIOD",
    help="What it is about, like 2020-09 or 2020/21-Q2.  [default: the newest that is over; for a topic, the month]",
)
@click.option("--person", required=True, metavar="OWNER", help="Who says it: an owner's id from the rules.")
def command(named: str, words: str, rules: Path, period: str | None, person: str) -> None:
    """Say WORDS about a topic or a measure in a period, exceptional or not.

    They stand in the next digests of those who see it, beside the measure's exceptions of that time, in its notices, and in the
    commentary of the month's draft. Where one id names both, write `topic:ID` or `measure:ID`. The id of an alert does what
    `alerting alerts comment` does.
    """
    from alerting.app.alerts.comments import say
    from alerting.domain.comment import About, Named
    from alerting.domain.period import PeriodError
    from alerting.wiring import engine_of

    engine = engine_of(rules)
    sort, id_ = sort_and_id(named, [about.value for about in About])
    try:
        of = engine.rules.calendar.parse_exact(period) if period else None
    except PeriodError as error:
        raise UsageError(f"--period: {error}") from error
    with engine.state() as store:
        day, at = engine.now_in(store)
        about = Named(id=id_, sort=About(sort) if sort else None, period=of)
        click.echo(say(engine.rules, store, about, words, person, at, day))
