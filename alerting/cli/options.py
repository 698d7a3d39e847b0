"""Options that several commands share, so that they read alike everywhere."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from alerting.errors import UsageError

Result = TypeVar("Result")


class IsoDate(click.ParamType[date]):
    """A day written like 2020-10-15."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day."""
        if isinstance(value, date):
            return value
        # fromisoformat alone would also take 20201015 and 2020-W42-4.
        with suppress(ValueError):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                return date.fromisoformat(value)
        return self.fail(f'"{value}" is not a date; write it like 2020-10-15', param, ctx)


def rules_folder(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give *command* the parameter `rules`, an existing folder: argument, --rules, ALERTING_RULES or `rules`."""

    @click.argument("rules_argument", metavar="[RULES]", required=False, type=click.Path(path_type=Path))
    @click.option(
        "--rules",
        "rules_option",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The rules folder, in place of the argument RULES.  [default: ALERTING_RULES, else rules]",
    )
    @wraps(command)
    def with_folder(*args: Any, rules_argument: Path | None, rules_option: Path | None, **kwargs: Any) -> Result:
        return command(*args, rules=chosen_folder(rules_argument, rules_option), **kwargs)

    return with_folder


def rules_option(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give *command* the parameter `rules`, an existing folder, where an argument of its own names something else."""

    @click.option(
        "--rules",
        "rules_option",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The rules folder.  [default: ALERTING_RULES, else rules]",
    )
    @wraps(command)
    def with_folder(*args: Any, rules_option: Path | None, **kwargs: Any) -> Result:
        return command(*args, rules=chosen_folder(None, rules_option), **kwargs)

    return with_folder


def as_of(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give *command* the parameter `as_of`, a day or None."""
    return click.option(
        "--as-of",
        metavar="DATE",
        type=IsoDate(),
        help="Act as if on this day, with the figures published by then.  [default: today]",
    )(command)


def some_rules(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give *command* the parameter `only_rules`, ids; none: all rules."""
    return click.option(
        "--rule", "only_rules", metavar="RULE", multiple=True, help="Of this rule alone; may be given more than once."
    )(command)


def yes(command: Callable[..., Result]) -> Callable[..., Result]:
    """Give *command* the parameter `yes`: what would ask is done."""
    return click.option("--yes", is_flag=True, help="Do it for a day to come, too.")(command)


def refuse_days_to_come(as_of: date | None, today: date, *, yes: bool) -> None:
    """Ask before something is done for a day to come: from then on nothing is done until that day.

    Raises:
        UsageError: it is one, and nobody said yes.
    """
    if as_of is not None and as_of > today and not yes:
        raise UsageError(
            f"--as-of {as_of} is a day to come (today is {today}): nothing could be told until then, and"
            " `alerting db rewind` would have to undo it; where you mean it, add --yes"
        )


def output_format(*choices: str) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Give a command the parameter `output_format`, one of *choices*; the first is the default."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="How to print the results.",
    )


def progress(length: int, label: str) -> AbstractContextManager[Any]:
    """Return a bar that shows on a terminal how far a command is, and elsewhere nothing."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def sort_and_id(text: str, sorts: Sequence[str]) -> tuple[str | None, str]:
    """Read `topic:crime`, an id with what it is of before it; None where that is not said."""
    sort, _, rest = text.partition(":")
    return (sort, rest) if rest and sort in sorts else (None, text)


def names_an_alert(text: str) -> bool:
    """Say whether what was typed can be the id of an alert: a rule, a measure, an area and a period with slashes between."""
    return text.count("/") >= 3


def line_to_copy(*words: object) -> str:
    """Return a command of this program as it works where this one was called: by name, through `./run` or by its path."""
    started, program = os.environ.get("STARTED_BY"), sys.argv[0]
    if started:
        called = [started, "alerting"]
    elif Path(program).name == "alerting" and shutil.which("alerting") is None:
        called = [program]
    else:
        called = ["alerting"]
    return shlex.join([*called, *map(str, words)])


def chosen_folder(argument: Path | None, option: Path | None) -> Path:
    """Return the rules folder that was named, else that of the settings.

    Raises:
        UsageError: two were named, or it is none.
    """
    if argument is not None and option is not None and argument != option:
        raise UsageError(f"two rules folders given, {argument} and --rules {option}; give one")
    folder = argument or option
    if folder is None:
        # Imported here: a folder named on the command line needs no settings.
        from alerting.settings import load_settings

        folder = load_settings().rules
    if not folder.is_dir():
        what = "is not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"the rules folder {folder} {what}; name it as RULES, --rules DIR or ALERTING_RULES")
    return folder
