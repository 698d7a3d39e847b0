"""A backtest as a page: one file, no scripts, nothing fetched."""

from alerting.domain.backtest import Backtest
from alerting.domain.rule import RuleSet
from alerting.render.backtest.as_text import said_first
from alerting.render.environment import page_of
from alerting.reports.backtest_page import page_view
from alerting.wording.dates import day_words


def backtest_page(backtest: Backtest, rules: RuleSet) -> str:
    """Render the page: in numbers, by rule, by owner and month, a timeline of alerts, and the notices, some of them whole."""
    view = page_view(backtest, rules)
    span = backtest.span
    return page_of(
        "backtest.html.j2",
        title=f"What the rules would have told, {day_words(span.first)} to {day_words(span.last)}",
        said=list(said_first(backtest, view.summary)),
        view=view,
        loud=[rule for rule in view.summary.rules if rule.notices or rule.opened or rule.stood],
        owners=[owner for owner in view.summary.owners if owner.notices],
    )
