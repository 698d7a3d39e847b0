"""The command line: each command in a module, found by scanning this folder, that is imported when it is called.

Nothing but click may be imported at the top: `alerting --help` and shell completion must start at once.
"""

import gc
import importlib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import click

from alerting.errors import AlertingError, RulesInvalid, UsageError
from alerting.secrecy import hushed

#: Commands in the order of use; others follow by name.
IN_ORDER = (
    "demo", "init", "check", "test", "backtest", "diff", "promote", "evaluate", "run", "serve", "digest", "alerts", "comment",
    "explain", "notify", "deliveries", "inbox", "accept", "figures", "schema", "db",
)  # fmt: skip
_FIRST_LINE = re.compile(r'"""`alerting (?P<name>\w+)`: (?P<help>.+\.)')

EXIT_FOUND = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count

#: New objects between two looks for garbage, in place of 700: a command loads and makes much that stays, and most are over
#: before there is any.
OBJECTS_UNTIL_COLLECTED = 50_000

EXAMPLES = """\b
Examples:
  alerting demo                                  the whole path on real figures, mails and all
  alerting init rules                            a folder of one's own to begin with
  alerting check rules                           is this folder sound?
  alerting test rules                            do its rules do what their authors expect?
  alerting evaluate rules --as-of 2020-10-15     what is exceptional?
  alerting run --rules rules --dry-run           who would be told what?
  alerting serve --rules rules                   keep doing it

\b
Exit status: 0 fine (exceptions are fine), 1 problems were found or a source or message failed,
2 wrong usage or a rules folder that cannot be used.
"""


@cache
def commands() -> Mapping[str, str]:
    """Return each command with its help in one line: what the first line of its module says, which is read and not imported.

    The command is `command` in the module of its name in this package.
    """
    found = {}
    for path in Path(__file__).parent.glob("*.py"):
        with path.open(encoding="utf-8") as file:
            match = _FIRST_LINE.match(file.readline())
        if match and match["name"] == path.stem:
            found[path.stem] = match["help"][:1].upper() + match["help"][1:]
    return {name: found[name] for name in (*IN_ORDER, *sorted(found.keys() - set(IN_ORDER))) if name in found}


class LazyCommands(click.Group):
    """A group whose commands are imported when called, not when listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of use."""
        return list(commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and return its command; None where there is no such command."""
        if cmd_name not in commands():
            return None
        command = importlib.import_module(f"{__name__}.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"{__name__}.{cmd_name}.command is no click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(commands().items()))


@click.group(
    cls=LazyCommands,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(package_name="alerting", prog_name="alerting", message="%(prog)s %(version)s")
def group() -> None:
    """Find the exceptions in an organisation's figures and tell the people who answer for them.

    Figures, rules and owners stand in a folder of YAML and CSV files. RULES is that folder: as an argument,
    as --rules DIR, or as ALERTING_RULES; `rules` where none is given.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; what a user can mend becomes one line on stderr.

    Args:
        arguments: default those of the process, which was started for this one command.
    """
    if arguments is not None:
        return _run(arguments)
    gc.set_threshold(OBJECTS_UNTIL_COLLECTED)
    # Plugins of pydantic would be looked for in every package that is installed, and could change what is read.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    status = _run(None)
    gc.freeze()  # the interpreter need not look for garbage in all of it on its way out
    return status


def _run(arguments: Sequence[str] | None) -> int:
    try:
        status = group.main(args=arguments, prog_name="alerting", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_USAGE
    except click.ClickException as error:
        return _complain(_usage_line(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except (UsageError, RulesInvalid) as error:
        return _complain(str(error), EXIT_USAGE)
    except AlertingError as error:
        return _complain(str(error), EXIT_FOUND)
    except BrokenPipeError:
        # The interpreter flushes stdout once more at exit; without this it would complain about the same pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FOUND  # as click ends it where the reader goes away earlier
    except OSError as error:  # the disk is full, a file may not be read: for the user to mend
        where = f": {error.filename}" if error.filename else ""
        return _complain(f"{error.strerror or error}{where}", EXIT_FOUND)
    except Exception as error:  # noqa: BLE001  # the last resort: one line that says so
        if sys.flags.dev_mode:
            import traceback

            print(hushed("".join(traceback.format_exception(error))), end="", file=sys.stderr)
            return EXIT_FOUND
        return _complain(_fault_line(error), EXIT_FOUND)
    return status if isinstance(status, int) else 0


def _complain(message: str, status: int) -> int:
    print(f"alerting: {' '.join(hushed(message).split())}", file=sys.stderr)
    return status


def _fault_line(error: Exception) -> str:
    """Say that the program itself failed: whoever runs it can do nothing with a traceback but hand it on."""
    from alerting.domain.fault import Fault, Work

    command = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] in commands() else "alerting"
    fault = Fault.of(Work(sort="command", id=command, done="finished"), error)
    return (
        f"{fault.words}; this is a fault of the program, report it with this line (`python -X dev` shows the way to it)"
    )


def _usage_line(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message[:1].lower()}{message[1:]}; see `{error.ctx.command_path} --help`"
    return message
