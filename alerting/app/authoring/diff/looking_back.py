"""Two sets of rules over the same span of the past, on the same figures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from alerting.app.authoring.backtest import LookingBack, backtested
from alerting.app.authoring.backtesting.days_known import with_days
from alerting.app.authoring.backtesting.spans import refuse_empty
from alerting.app.authoring.diff.difference import Difference, LookedBack, difference
from alerting.app.authoring.diff.reporting import reporting
from alerting.app.authoring.diff.roll_over import rolled_over
from alerting.app.authoring.diff.sides import Side
from alerting.app.installation import Installation, Ports
from alerting.app.situation.chance_files import ChanceFiles
from alerting.domain.backtest import DaySpan
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.observations import Reading
from alerting.render.own_templates.overrides import Overrides


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Compares rules on the figures of one installation; nothing is stored and nothing is sent.

    `read` reads the installation's sources as a set of rules declares them; `figures` is a file that `figures export` wrote,
    to be read in their place. `on_day` is told of each day that is done, on each side.
    """

    installation: Installation
    ports: Ports
    read: Callable[[RuleSet], Reading]
    figures: Path | None = None
    on_day: Callable[[date], object] = lambda _: None
    #: Whether it is also asked what HEAD's limits are from the next financial year on.
    roll_over: bool = False

    def of(self, base: Side, head: Side, span: DaySpan) -> Difference:
        """Return what HEAD does that BASE does not, and would have told over a span.

        Raises:
            UsageError: the file of figures cannot be used.
        """
        found = difference(base, head, span)
        if not found.is_of_words:  # else nothing is told otherwise
            found = difference(base, head, span, (self._over(base, span), self._over(head, span)))
        if not self.roll_over:
            return found
        return replace(found, rolled_over=rolled_over(head.rules, self._reading(head), span.last))

    def _reading(self, side: Side) -> Reading:
        own = LookingBack(replace(self.installation, rules=side.rules), self.ports)
        return self.read(side.rules) if self.figures is None else own.reading_of(self.figures)

    def _over(self, side: Side, span: DaySpan) -> LookedBack:
        """Run a side's rules over a span, with the messages that its own templates make."""
        own, reading = replace(self.installation, rules=side.rules), self._reading(side)
        defaults = replace(own.message_defaults, overrides=Overrides(side.folder))
        backtest = None
        if _any_known(side.rules, reading, span):
            store, kept = self.ports.memory_store, ChanceFiles.beside(own.settings.cache_dir)
            backtest = backtested(side.rules, reading, span, store, defaults, on_day=self.on_day, kept=kept)
        return LookedBack(
            backtest=backtest,
            reporting=reporting(reading, side.rules),
            failed=tuple(reading.failed),
            problems=tuple(problem for problem in reading.problems if problem.is_error),
        )


def _any_known(rules: RuleSet, reading: Reading, span: DaySpan) -> bool:
    """Say whether there is anything to look back on; else the rules alone are compared."""
    try:
        refuse_empty(span, with_days(reading, rules), rules)
    except UsageError:
        return False
    return True
