"""Which break, hold or exclusion is in the way of a verdict, with its days in words."""

from collections.abc import Sequence
from datetime import date

from alerting.domain.finding import Finding, Reason
from alerting.domain.measure import Measure, Window
from alerting.domain.rule import RuleSet
from alerting.wording.dates import day_words


class Obstacles:
    """The declared windows that may stand between a figure and what it would be compared with."""

    def __init__(self, rules: RuleSet) -> None:
        self._windows: dict[Reason, Sequence[Window]] = {
            Reason.BREAK: rules.breaks,
            Reason.FEW_POINTS: rules.breaks,
            Reason.EXCLUDED: rules.exclusions,
            Reason.HELD: rules.holds,
        }

    def of(self, measure: Measure, area: str, finding: Finding) -> tuple[str, str] | None:
        """Return the words and days of what is in a finding's way; None where nothing that is declared is.

        The newest that begins by the finding's period counts; of breaks, where there is none, the next that is still to come.
        """
        reason = finding.reason
        declared = self._windows.get(reason, ()) if reason is not None else ()
        own = [w for w in declared if w.match.covers_measure(measure) and w.match.covers_area(area)]
        if not own or reason is None:
            return None
        day = finding.period.last_day
        before = [window for window in own if _begins(window) <= day]
        ahead = [window for window in own if _begins(window) > day] if reason is Reason.BREAK else []
        if before:
            found = max(before, key=_begins)
        elif ahead:
            found = min(ahead, key=_begins)
        else:
            return None
        return found.words, _days(found, reason)


def _begins(window: Window) -> date:
    return window.since or date.min


def _days(window: Window, reason: Reason) -> str:
    """Write of 1 January 2020; from 1 March to 30 June 2020."""
    if reason in (Reason.BREAK, Reason.FEW_POINTS):
        return f"of {day_words(_begins(window))}"
    since = f"from {day_words(window.since)}" if window.since else ""
    until = f"{' ' if since else ''}until {day_words(window.until)}" if window.until else ""
    return f"{since}{until}" or "throughout"
