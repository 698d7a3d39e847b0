"""The page that shows every mail of a demonstration: one file, no scripts, nothing fetched."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from alerting.domain.period import MONTH_NAMES
from alerting.render.environment import page_of
from alerting.render.judged_words import checked_sentence, not_judged_groups, worst_themes_first
from alerting.reports.demo_views import DemoSummary, MailView
from alerting.wording.plain import counted

#: Lines for each reason of what could not be judged; the page may be long, but somebody reads it.
_MOST_LINES = 200


def render_demo_page(mails: Sequence[MailView], summary: DemoSummary) -> str:
    """Render *mails*, by day in the order given within a day, under a summary of how everything stands."""
    by_day = sorted(mails, key=lambda mail: mail.day)
    days = [(_written(day), [_framed(mail) for mail in those]) for day, those in groupby(by_day, lambda mail: mail.day)]
    return page_of(
        "demo_page.html.j2",
        summary=summary,
        days=days,
        totals=_totals(mails, summary),
        checked=checked_sentence(summary.checked),
        themes=worst_themes_first(summary.themes),
        open=sorted(summary.open, key=lambda entry: entry.weight),
        not_judged=not_judged_groups(summary.not_judged, _MOST_LINES),
    )


def _written(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def _framed(mail: MailView) -> tuple[MailView, str]:
    """Pair a mail with its HTML for the frame, whose links open beside the page instead of inside the frame."""
    return mail, mail.html.replace("<head>", '<head><base target="_blank">', 1)


def _totals(mails: Sequence[MailView], summary: DemoSummary) -> str:
    exceptions = sum(theme.exceptions for theme in summary.themes)
    owners = len({mail.owner for mail in mails})
    return f"{counted(exceptions, 'exception')}, {counted(len(mails), 'mail')} to {counted(owners, 'owner')}"
