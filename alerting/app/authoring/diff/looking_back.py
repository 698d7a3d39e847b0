"""Two sets of rules over the same span of the past, on the same figures: side by side, so that what both share is done once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from heapq import merge
from pathlib import Path

from alerting.app.authoring.backtest import Backtesting, Figures, LookingBack
from alerting.app.authoring.backtesting.spans import refuse_empty
from alerting.app.authoring.backtesting.ticking import Alongside, alone
from alerting.app.authoring.diff.difference import Difference, LookedBack, difference
from alerting.app.authoring.diff.reporting import reporting
from alerting.app.authoring.diff.roll_over import rolled_over
from alerting.app.authoring.diff.sides import Side
from alerting.app.installation import Installation, Ports
from alerting.app.situation.chance_files import ChanceFiles
from alerting.domain.backtest import DaySpan
from alerting.domain.rule import RuleSet
from alerting.errors import UsageError
from alerting.figures.decided_by import decided_by
from alerting.figures.observations import Reading
from alerting.render.own_templates.overrides import Overrides


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Compares rules on the figures of one installation; nothing is stored and nothing is sent.

    `read` reads the installation's sources as a set of rules declares them; `figures` is a file that `figures export` wrote,
    to be read in their place. `on_day` is told of each day that is done.
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
        found, reading = difference(base, head, span), None
        if not found.is_of_words:  # else nothing is told otherwise
            reading = self._reading(head)
            found = difference(base, head, span, self._over(base, head, span, reading))
        if not self.roll_over:
            return found
        return replace(found, rolled_over=rolled_over(head.rules, reading or self._reading(head), span.last))

    def _reading(self, side: Side) -> Reading:
        own = LookingBack(replace(self.installation, rules=side.rules), self.ports)
        return self.read(side.rules) if self.figures is None else own.reading_of(self.figures)

    def _over(self, base: Side, head: Side, span: DaySpan, reading: Reading) -> tuple[LookedBack, LookedBack]:
        """Run both sides' rules over a span; what HEAD has read and judged is not read and judged again for BASE."""
        ours = Figures.of(reading, head.rules)
        is_shared = not reading.faults and decided_by(base.rules) == decided_by(head.rules)
        theirs = ours.again() if is_shared else Figures.of(self._reading(base), base.rules)
        after = self._backtesting(head, ours, span)
        before = self._backtesting(base, theirs, span, alone if after is None or not is_shared else after.judged_on)
        if after is not None and before is not None and is_shared:
            after.alongside = before.judged_on
        for day in merge(*(own.days() for own in (before, after) if own is not None)):
            self.on_day(day)
        return _looked_back(base, theirs, before), _looked_back(head, ours, after)

    def _backtesting(
        self, side: Side, figures: Figures, span: DaySpan, alongside: Alongside = alone
    ) -> Backtesting | None:
        """Begin to run rules over a span, with the messages that their own templates make; None: no figure is known in it."""
        if not _any_known(side.rules, figures, span):
            return None
        own = replace(self.installation, rules=side.rules)
        return Backtesting(
            rules=side.rules,
            figures=figures,
            span=span,
            new_store=self.ports.memory_store,
            defaults=replace(own.message_defaults, overrides=Overrides(side.folder)),
            kept=ChanceFiles.beside(own.settings.cache_dir),
            alongside=alongside,
        )


def _looked_back(side: Side, figures: Figures, backtesting: Backtesting | None) -> LookedBack:
    reading = figures.reading
    return LookedBack(
        backtest=None if backtesting is None else backtesting.found(),
        reporting=reporting(reading, side.rules),
        failed=tuple(reading.failed),
        problems=tuple(problem for problem in reading.problems if problem.is_error),
    )


def _any_known(rules: RuleSet, figures: Figures, span: DaySpan) -> bool:
    """Say whether there is anything to look back on; else the rules alone are compared."""
    try:
        refuse_empty(span, figures.dated, rules)
    except UsageError:
        return False
    return True
