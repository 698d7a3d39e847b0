"""`alerting promote`: make a rule that is tried out in shadow active."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from alerting.cli.options import output_format, rules_option
from alerting.errors import RulesInvalid

if TYPE_CHECKING:
    from alerting.app.authoring.promote import Promotion
    from alerting.domain.rule import RuleSet


@click.command(
    epilog="""\b
Examples:
  alerting promote calls-999-target                   what would change, as a diff
  alerting promote calls-999-target --write           change it in the file

\b
Exit status: 0 fine, 1 the folder would be refused with the rule active, 2 there is no such rule, or it is off.
"""
)
@click.argument("rule")
@rules_option
@click.option("--write", "is_written", is_flag=True, help="Change the file; without it nothing is written.")
@output_format("text", "json")
def command(rule: str, rules: Path, output_format: str, *, is_written: bool) -> int:
    """Make RULE, which is tried out in shadow, active: show the line of its file that changes, and who is told from then on.

    With --write that one word is changed in the file, and nothing else. What stands then is told by the next tick.
    """
    from alerting.app.authoring.promote import promotion, write
    from alerting.rulefile import load_rules
    from alerting.settings import load_settings

    settings = load_settings()
    loaded = load_rules(
        rules, shown_as=rules.as_posix(), figures=settings.figures, cache_dir=settings.cache_dir / "rules"
    )
    if loaded.rules is None:
        raise RulesInvalid(loaded.problems, rules.as_posix())
    today = datetime.now(ZoneInfo(loaded.rules.schedule.timezone)).date()
    made = promotion(loaded, rules, rule, today)
    written = made is not None and is_written and not made.is_refused
    if made is not None and written:
        write(made)
    if output_format == "json":
        click.echo(json.dumps(_as_json(rule, made, written=written), ensure_ascii=False, indent=2))
    else:
        _print(rule, made, loaded.rules, written=written)
    for problem in () if made is None else made.problems:
        print(problem, file=sys.stderr)
    return int(made is not None and made.is_refused)


def _as_json(rule: str, made: "Promotion | None", *, written: bool) -> dict[str, object]:
    if made is None:
        return {"rule": rule, "status": "active", "written": False, "diff": "", "where": None, "told": []}
    status = "active" if written else "shadow"
    return {
        "rule": rule,
        "status": status,
        "written": written,
        "diff": made.diff,
        "where": str(made.place),
        "told": list(made.told),
    }


def _print(rule: str, made: "Promotion | None", rules: "RuleSet", *, written: bool) -> None:
    from alerting.wording.plain import listed

    if made is None:
        click.echo(f"{rule} is active already: there is nothing to change.")
        return
    names = [rules.owners[id_].name for id_ in made.told]
    click.echo(f"{made.diff}\n")
    click.echo(f"From then on it tells {listed(names)}." if names else "It would tell nobody.")
    if made.is_refused:
        click.echo("Nothing was written: with the rule active the folder would be refused.")
    elif written:
        click.echo(f"Changed at {made.place}. What stands is told by the next tick.")
    else:
        click.echo("Nothing was written; --write changes the file.")
