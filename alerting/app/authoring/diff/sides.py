"""The two sides of a comparison: rules of a folder, or of a folder as it stood at a git revision."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.rulefile import load_rules
from alerting.rulefile.looking import PASSING
from alerting.rulefile.revision import folder_at
from alerting.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side: its rules, the folder that they were read from (a passing one, for a revision), and how it is called."""

    rules: RuleSet
    folder: Path
    shown: str
    is_passing: bool = False


@contextmanager
def sides(base: str, head: str | None, folder: Path, settings: Settings) -> Iterator[tuple[Side, Side]]:
    """Open both sides.

    Args:
        base: a folder, or a revision of the repository that *folder* is in.
        head: the same; None: *folder* as it stands.
        folder: the rules folder in the work tree.

    Raises:
        UsageError: a side cannot be read, or its rules have errors.
    """
    with ExitStack() as opened:
        yield (
            opened.enter_context(_side(base, folder, settings)),
            opened.enter_context(_side(head if head is not None else str(folder), folder, settings)),
        )


@contextmanager
def _side(name: str, folder: Path, settings: Settings) -> Iterator[Side]:
    if name and Path(name).is_dir():
        yield _loaded(Path(name), Path(name).as_posix(), settings, fix=f"run `alerting check {name}`")
        return
    with folder_at(folder, name) as written_out:
        shown = f"{name}:{folder.as_posix()}"
        loaded = _loaded(written_out, shown, settings, fix="name a revision whose rules are sound")
        # Messages name places relative to the folder that they are shown in.
        yield replace(loaded, rules=replace(loaded.rules, folder=shown.rstrip("/")), is_passing=True)


def _loaded(folder: Path, shown: str, settings: Settings, fix: str) -> Side:
    """Load a side's rules. What is wrong with figures refuses none of them."""
    cache = settings.cache_dir / "rules"
    loaded = load_rules(folder, shown_as=shown, figures=settings.figures, cache_dir=cache, rules_only=True)
    if loaded.rules is None:
        errors = [problem for problem in loaded.problems if problem.is_error and problem.code not in PASSING]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise UsageError(f"the rules of {shown} cannot be compared, since they have errors: {errors[0]}{more}; {fix}")
    return Side(rules=loaded.rules, folder=folder, shown=shown)
