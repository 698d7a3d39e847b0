"""What the demonstration's page shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerting.reports.digest_views import Checked, DigestEntry, NotJudged, ThemeTally


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """One mail that was sent, for the page that shows them all. `kind` in words: "notice", "digest"."""

    day: date
    owner: str
    address: str
    kind: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSummary:
    """How everything stands after the last day."""

    title: str
    as_of: str
    themes: Sequence[ThemeTally]
    checked: Checked
    not_judged: Sequence[NotJudged] = ()
    #: What stands open, worst first.
    open: Sequence[DigestEntry] = ()
