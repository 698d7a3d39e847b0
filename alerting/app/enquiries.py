"""What may be asked of an installation without changing anything: figures, findings, previews, trials."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from alerting.app.installation import Installation, Ports
from alerting.domain.alert import AlertEvent
from alerting.domain.comment import Comment
from alerting.domain.finding import Only
from alerting.domain.notify.notice import LOCAL_SENDER, Delivery
from alerting.domain.period import Period
from alerting.domain.problem import Problem
from alerting.ports import FigureSource, Keeping
from alerting.ports.state import Store

if TYPE_CHECKING:  # loaded where used: numpy and polars take longer than a check of the rules
    from alerting.app.authoring.preview import Preview
    from alerting.app.authoring.rule_tests import RuleTests
    from alerting.app.situation.evaluate import EvaluateResult
    from alerting.figures.observations import Reading
    from alerting.reports.digest_views import DraftView

#: Adapters by kind of source.
Sources = Mapping[str, FigureSource]
#: Every source is read whole.
WHOLE: Mapping[str, date] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Enquiries:
    """Questions to an installation; nothing is stored and nothing is sent."""

    installation: Installation
    ports: Ports

    def sources(self) -> Sources:
        """Return the adapters of all kinds of sources; what they keep, they keep in the cache."""
        found = self.ports.sources()
        for adapter in found.values():
            if isinstance(adapter, Keeping):
                adapter.keep_in(self.installation.settings.cache_dir / "sources")
        return found

    def read(
        self, *, windows: Mapping[str, date] = WHOLE, until: date | None = None, recognise: bool = False,
        sources: Sources | None = None, only: Collection[str] | None = None,
    ) -> "Reading":  # fmt: skip
        """Read every source once.

        Args:
            windows: the first day that is read, by source; the others are read whole.
            until: the day that figures are wanted up to; None: today.
            recognise: say of what bytes they were read.
            sources: adapters that were asked already; None: new ones.
            only: ids of the sources that are read; None: all.
        """
        from alerting.app.situation.read_sources import read_figures

        own = self.installation
        return read_figures(
            own.rules, self.sources() if sources is None else sources, own.folders, own.today(), windows=windows,
            until=until, recognise=recognise, only=only,
        )  # fmt: skip

    def read_on(
        self, store: Store, day: date, *, full: bool = False, recognise: bool = False,
        sources: Sources | None = None, only: Collection[str] | None = None,
    ) -> "Reading":  # fmt: skip
        """Read every source as a tick on *day* does: its window, where what lies before is remembered; *full*: all."""
        windows = WHOLE if full else self.windows(store, day)
        return self.read(windows=windows, until=day, recognise=recognise, sources=sources, only=only)

    def content_of(self, store: Store, source: str) -> str | None:
        """Return what tells the bytes of a source from others; None where nobody can without reading it."""
        from alerting.app.situation.read_sources import contents_of

        own = self.installation
        windows = self.windows(store, own.today())
        found = contents_of(own.rules, self.sources(), own.folders, windows, only=(source,))
        return None if found is None else found.get(source)

    def windows(self, store: Store, day: date) -> Mapping[str, date]:
        """Return, by source, the first day that is read on *day*, where what lies before it is remembered in the state."""
        from alerting.app.situation.counting import is_of
        from alerting.app.situation.windows import windows_of

        own = self.installation
        if all(source.window is None for source in own.rules.sources.values()):
            return {}
        with store.begin() as state:
            return windows_of(own.rules, state.guards, day) if is_of(state, own.place) else {}

    def counting(self, as_of: date | None = None) -> "Reading":
        """Return the figures that a tick would judge: where the state is this folder's, also those that a source held before."""
        from alerting.app.situation.counting import counting

        own = self.installation
        if not own.settings.has_state:
            return self.alone(self.read(), as_of)
        with closing(self.ports.open_store(own.settings)) as store:
            day = as_of or own.today()
            reading = self.read_on(store, day)
            return counting(reading, own.rules, store, own.place, own.instant(as_of), own.clock.now())

    def alone(self, reading: "Reading", as_of: date | None = None) -> "Reading":
        """Return the figures of what was read that would count without a state: loads that are not whole do not."""
        from alerting.app.situation.counting import alone

        own = self.installation
        return alone(reading, own.rules, own.instant(as_of), own.clock.now())

    def as_known(self, day: date) -> "Reading":
        """Return the figures that had been read by the end of a day.

        Raises:
            UsageError: none had.
        """
        from alerting.app.situation.known_figures import as_known

        own = self.installation
        with closing(self.ports.open_store(own.settings)) as store, store.begin() as state:
            return as_known(own.rules, state.readings, own.end_of(day))

    def missing_secrets(self) -> Iterator[Problem]:
        """Yield a problem for each secret that a channel names and that is not there; a source's is missed when it is read."""
        from alerting.app.delivery.channel_secrets import missing_secrets

        return missing_secrets(self.installation.rules, self.ports.notifiers())

    def evaluate(
        self,
        as_of: date,
        reading: "Reading | None" = None,
        *,
        every_period: bool = False,
        only: Only = None,
        text: str = "unusual",
    ) -> "EvaluateResult":
        """Judge figures, by default the sources', as known on a day."""
        from alerting.app.situation.evaluate import evaluate_figures

        reading = self.alone(self.read(), as_of) if reading is None else reading
        return evaluate_figures(
            self.installation.rules, reading, as_of, every_period=every_period, only=only, text=text
        )

    def preview(self, rule: str, area: str | None = None, as_of: date | None = None) -> "Preview":
        """Write the notice that a rule would send."""
        from alerting.app.authoring.preview import preview_notice

        own, figures = self.installation, self.counting(as_of)
        return preview_notice(
            own.rules, figures, as_of or own.today(), own.instant(as_of), own.message_defaults, rule, area
        )

    def as_mail(self, delivery: Delivery) -> bytes:
        """Return a delivery as the mail it would be."""
        own = self.installation
        sender = own.settings.mail_from or LOCAL_SENDER
        return self.ports.as_mail(delivery, sender, own.settings.reply_to, own.clock.now())

    def draft(self, as_of: date | None = None, period: Period | None = None) -> "tuple[DraftView, Reading]":
        """Return the month's draft for the performance report, with what people said, and the figures it was made of.

        Args:
            period: the month, or the quarter whose last it is; None: the newest month that is over.

        Raises:
            UsageError: it is no month or quarter, or is not over.
        """
        from alerting.app.digests.draft import month_draft

        own, figures = self.installation, self.counting(as_of)
        marking = own.settings.protective_marking
        said, comments = self._said()
        view = month_draft(own.rules, figures, as_of or own.today(), period, marking, said, comments)
        return view, figures

    def _said(self) -> tuple[Sequence[AlertEvent], Sequence[Comment]]:
        """Return what people said of alerts, and of topics and measures, oldest first."""
        own = self.installation
        if not own.settings.has_state:
            return (), ()
        with closing(self.ports.open_store(own.settings)) as store, store.begin() as state:
            return state.alerts.acknowledgements_and_comments(), state.comments.made()

    def rule_tests(self, shown: str) -> "RuleTests":
        """Return the folder's rule tests.

        Args:
            shown: the folder as the user typed it, for places.
        """
        from alerting.app.authoring.rule_tests import RuleTests

        return RuleTests(self.installation, self.ports, shown)
