"""A finding with its words: in a line, for a subject, and as a text."""

from dataclasses import dataclass

from alerting.conditions.base import ConditionBase, in_words
from alerting.domain.fault import Faults, Work
from alerting.domain.finding import Finding, State
from alerting.evaluation.distance import SeriesUpTo, distance
from alerting.wording.briefly import Brief, HeldLine, names_of
from alerting.wording.clause import Clause
from alerting.wording.compared import Compared, against, apart
from alerting.wording.facts import Facts
from alerting.wording.outlook import as_it_runs
from alerting.wording.text import brief, figures_before, finding_text, headline, no_verdict_text


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A finding with what gives it words."""

    finding: Finding
    condition: ConditionBase
    facts: Facts
    #: The rule's words as a unit of work, and where it is noted that they cannot be written.
    work: Work
    faults: Faults
    #: Whether only state and value are known, because what is behind them could not be gathered.
    is_bare: bool = False
    #: The series' figures; None where they could not be gathered.
    series: SeriesUpTo | None = None

    @property
    def decided(self) -> ConditionBase:
        """The plain condition that decided."""
        parts = list(self.condition.plain_parts())
        return in_words(parts[self.facts.decided_by or 0].condition)

    @property
    def not_come(self) -> bool:
        """Whether it is an exception of lateness: a figure has not come."""
        return self.finding.state is State.EXCEPTION and self.finding.meaning is None

    @property
    def distance(self) -> float:
        """How far an exception lies beyond its line: in sigmas of its limits, else of its series, else in tenths of the line.

        0 for what lies beyond no line.
        """
        held = None if self.is_bare else self.faults.attempt(self.work, lambda: self.decided.beyond(self.facts))
        return 0.0 if held is None else distance(held, self.series)

    @property
    def headline(self) -> str:
        """The finding in one line; where it cannot be written, its bare figure."""
        written = (
            None
            if self.is_bare
            else self.faults.attempt(self.work, lambda: headline(self.facts, self._clause(short=True)))
        )
        return self._bare() if written is None else written

    @property
    def brief(self) -> Brief:
        """The finding for a subject line; where it cannot be written, its bare figure."""
        written = None if self.is_bare else self.faults.attempt(self.work, self._brief)
        if written is not None:
            return written
        value = self.finding.value
        figure = ", no figure" if value is None else f"{value:.12g}"
        return Brief(area=self.facts.area.title, names=names_of(self.facts.measure), figure=figure)

    @property
    def line(self) -> HeldLine | None:
        """What the figure is held against; None where it is held against nothing."""
        return None if self.is_bare else self.faults.attempt(self.work, lambda: self.condition.held_against(self.facts))

    def apart(self, line: HeldLine | None) -> str | None:
        """How far the figure lies from a line that it is held against: "7 points below"."""
        return None if self.is_bare else self.faults.attempt(self.work, lambda: apart(self.facts, line))

    @property
    def comparison(self) -> str | None:
        """How the figure stands to what it is held against, as the headline says it: "below the standard of 90%"."""
        said = None if self.is_bare else self.faults.attempt(self.work, lambda: self._clause(short=True))
        return None if said is None else said.by_itself or None

    @property
    def outlook(self) -> str | None:
        """Whether it will go on missing its target, in a sentence."""
        return None if self.is_bare else self.faults.attempt(self.work, lambda: as_it_runs(self.facts))

    def _brief(self) -> Brief:
        return brief(self.facts, self._clause(short=True), self.condition.held_against(self.facts))

    @property
    def compared(self) -> Compared:
        """Its figure beside its line; where that cannot be written, its bare figure."""
        written = None if self.is_bare else self.faults.attempt(self.work, self._compared)
        return (
            Compared(figure=self.brief.figure if self.finding.value is not None else None)
            if written is None
            else written
        )

    def _compared(self) -> Compared:
        line = self.condition.held_against(self.facts) if self.finding.state.is_verdict else None
        clears = self.condition.clears(self.facts) if self.finding.state is State.EXCEPTION else None
        return Compared(
            figure=self._brief().figure if self.finding.value is not None else None,
            line=None if line is None else str(line),
            apart=apart(self.facts, line),
            against=against(self.facts, line),
            before=figures_before(self.facts, self._clause(short=True)),
            clears=clears,
        )

    def with_text(self) -> "Found":
        """Write the finding's text into it, and return it; where that fails, its bare figure, which says so."""
        text = None if self.is_bare else self.faults.attempt(self.work, self._text)
        if text is None:
            state = self.finding.state.word.replace("_", " ")
            text = f"{self._bare()}, {state}. The program could not say it in words."
        self.finding.say(text)
        return self

    def _text(self) -> str:
        if self.finding.state.is_verdict or self.condition.by_clock:
            return finding_text(self.facts, self._clause(short=False))
        return no_verdict_text(self.facts)

    def _bare(self) -> str:
        """Write what the figure is, by means that cannot fail."""
        value = "no figure" if self.finding.value is None else f"{self.finding.value:.12g}"
        return f"{self.facts.measure.title} ({self.facts.area.title}): {value} for {self.finding.period.label}"

    def _clause(self, *, short: bool) -> Clause:
        return self.condition.clause(self.facts, short=short)
