"""A finding in the few words of a subject line: whose figure it is, the figure, and the line it is held against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from alerting.domain.finding import Meaning, State
from alerting.domain.measure import SHORT_MEASURE, Measure
from alerting.domain.parameters import Amount, Band
from alerting.domain.period import PeriodKind
from alerting.wording.changes import ChangeInWords
from alerting.wording.clauses import column_words, counted_centre
from alerting.wording.dates import noun, plural
from alerting.wording.facts import Facts
from alerting.wording.numbers import place_before, placed

#: What a finding is to its reader, in one character.
MARKS: Final = {Meaning.CONCERN: "!", Meaning.IMPROVEMENT: "+", Meaning.CHANGE: "~"}
#: What has not come.
NOT_COME: Final = "?"
#: A title is not cut behind one of these.
_LEADS_ON: Final = frozenset(
    (
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "or",
        "over",
        "per",
        "than",
        "that",
        "the",
        "their",
        "to",
        "under",
        "until",
        "up",
        "was",
        "were",
        "which",
        "who",
        "with",
        "within",
        "without",
        "&",
        "–",
        "-",
        "/",
    )
)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """What a figure is held against: "standard" at "90%"; where nothing is given up by leaving it out, without a number."""

    word: str
    at: str = ""
    #: The figure named, where it is one that the value is held against and lies above or below.
    number: float | None = field(default=None, compare=False)
    #: Whether a rule's author gave it.
    given: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        """Write both."""
        return f"{self.word} {self.at}" if self.at else self.word


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A finding, or what is left of it, for a subject line."""

    area: str
    #: What the measure is called, the longest first; each is used where all the rest fits beside it.
    names: Sequence[str]
    #: "83%", or ", no figure for March 2024".
    figure: str
    line: HeldLine | None = None
    #: `!` concern, `+` improvement, `~` change, `?` not come; empty where nothing stands.
    mark: str = ""

    def within(self, room: int) -> str:
        """Write it in so many characters: the line's value goes first, then its word, then words of the measure."""
        written = ""
        for written in self._ever_shorter():
            if len(written) <= room:
                break
        return written

    def _ever_shorter(self) -> Iterator[str]:
        line = self.line
        for name in self.names:
            yield self._written(name, "" if line is None else f", {line}")
        name = self.names[-1]
        if line is not None and line.at:
            yield self._written(name, f", {line.word}")
        words = name.split()
        while words:
            yield self._written(" ".join(words), "")
            words = _without_the_last(words)
        yield self._written("", "")

    def _written(self, name: str, line: str) -> str:
        said = (
            f"{name}{self.figure}{line}" if self.figure.startswith(",") or not name else f"{name} {self.figure}{line}"
        )
        return f"{self.mark} {self.area}: {said}".strip()


def names_of(measure: Measure) -> tuple[str, ...]:
    """Return what a measure is called in a subject: its `short`, else its title, then that in few words."""
    if measure.short is not None:
        return (measure.short,)
    made = made_short(measure.title)
    return (made,) if made == measure.title else (measure.title, made)


def made_short(title: str, room: int = SHORT_MEASURE) -> str:
    """Return as many whole words of a title as fit, less what leads on to the next one."""
    if len(title) <= room:
        return title
    words = title.split()
    while len(words) > 1 and len(" ".join(words)) > room:
        words = _without_the_last(words)
    short = " ".join(words)
    return short if len(short) <= room else f"{short[: room - 1]}…"


def _without_the_last(words: Sequence[str]) -> list[str]:
    kept = list(words[:-1])
    while len(kept) > 1 and (kept[-1].lower() in _LEADS_ON or kept[-1].count("(") > kept[-1].count(")")):
        kept.pop()
    if kept:
        kept[-1] = kept[-1].rstrip(",;:–-")
    return kept


def brief_of(facts: Facts, line: HeldLine | None, value: str) -> Brief:
    """Return a finding in brief.

    Args:
        line: what the figure is held against, as its condition says.
        value: the figure, with enough digits for that.
    """
    finding = facts.finding
    came = finding.value is not None
    figure = value if came else f", no figure for {finding.period.label}"
    if facts.is_change_alone and finding.state.is_verdict and line is not None:
        figure = f", {line}"
    mark = (
        "" if finding.state is not State.EXCEPTION else NOT_COME if finding.meaning is None else MARKS[finding.meaning]
    )
    return Brief(
        area=facts.area.short or facts.area.title,
        names=names_of(facts.measure),
        figure=figure,
        line=line if came and finding.state.is_verdict else None,
        mark=mark,
    )


def level(facts: Facts) -> HeldLine | None:
    """Standard 90%."""
    wanted = facts.finding.target
    return None if wanted is None else HeldLine(facts.measure.called, facts.level(wanted), wanted, given=True)


def limit(facts: Facts, side: Literal["above", "below", "either"]) -> HeldLine | None:
    """Upper limit 685; limits 251 to 351 of what lies within both."""
    value, lower, upper = facts.finding.value, facts.finding.lower, facts.finding.upper
    if value is None:
        return None
    if upper is not None and side != "below" and (value > upper or side == "above" or lower is None):
        return HeldLine("upper limit", facts.beside(upper), upper)
    if lower is not None and side != "above" and (value < lower or side == "below" or upper is None):
        return HeldLine("lower limit", facts.beside(lower), lower)
    if lower is None or upper is None:
        return None
    return HeldLine("limits", f"{facts.beside(lower)} to {facts.beside(upper)}")


def near(facts: Facts) -> HeldLine | None:
    """Close to upper limit 685."""
    value, centre = facts.finding.value, facts.finding.centre
    found = limit(facts, "either" if value is None or centre is None else "above" if value > centre else "below")
    if found is None or facts.finding.state is not State.EXCEPTION:
        return found
    return HeldLine(f"close to {found.word}", found.at)


def run(facts: Facts, length: int) -> HeldLine | None:
    """8 months above average 302."""
    value, centre = facts.finding.value, counted_centre(facts.finding)
    if value is None or centre is None:
        return None
    if facts.finding.state is not State.EXCEPTION or value == centre:
        return HeldLine("average", facts.line(centre))
    side = "above" if value > centre else "below"
    return HeldLine(f"{length} {plural(facts.finding.period.kind)} {side} average", facts.line(centre))


def trend(facts: Facts, length: int) -> HeldLine | None:
    """Down 5 months."""
    own = facts.per_day
    now, before = (facts.finding.value, facts.finding.previous) if own is None else (own["value"], own["previous"])
    if facts.finding.state is not State.EXCEPTION or now is None or before is None:
        return None
    way, moves, kind = "up" if now > before else "down", length - 1, facts.finding.period.kind
    return HeldLine(f"{way} on {_before(kind)}" if moves == 1 else f"{way} {moves} {plural(kind)}")


def _before(kind: PeriodKind) -> str:
    return "the day before" if kind is PeriodKind.DAY else f"last {noun(kind)}"


def moved(facts: Facts) -> HeldLine | None:
    """Average 456, was 567."""
    now, before = facts.finding.centre, facts.finding.previous_centre
    if now is None:
        return None
    if facts.finding.state is not State.EXCEPTION or before is None or facts.finding.rebased_on != facts.finding.period:
        return HeldLine("average", facts.style.bare(now))
    return HeldLine("average", f"{facts.style.bare(now, before)}, was {facts.style.bare(before, now)}")


def accepted(facts: Facts, low: float | None, high: float | None, called: str | None) -> HeldLine | None:
    """Lowest accepted 90%; optimum band 8,000 to 10,000."""
    value = facts.finding.value
    if low is not None and high is not None and low != high and (called or value is None or low <= value <= high):
        return HeldLine(called or "range", f"{facts.level(low)} to {facts.level(high)}")
    end = high if low is None or (high is not None and value is not None and value > high) else low
    if end is None:
        return None
    if facts.style.is_place and low is None:
        return HeldLine(called or "last accepted", facts.level(end), end, given=True)
    which = "accepted" if low == high else "lowest accepted" if end == low else "highest accepted"
    return HeldLine(called or which, facts.level(end), end, given=True)


def band(facts: Facts, bands: Sequence[Band], edge: float | None = None) -> HeldLine | None:
    """Red band; *edge*: where the nearest one begins that is no exception."""
    name = facts.finding.band
    known = name is not None and any(one.name == name for one in bands)
    return HeldLine(f"{name} band", number=edge, given=True) if known else None


def plan(facts: Facts, called: str = "plan") -> HeldLine | None:
    """Plan 77.0%."""
    planned = facts.finding.plan
    return None if planned is None else HeldLine(called, facts.beside(planned), planned)


def column(facts: Facts, against: str) -> HeldLine | None:
    """Budget £50.373m."""
    planned = facts.finding.plan
    return None if planned is None else HeldLine(column_words(against), facts.beside(planned), planned)


#: Totals that a change may be of, by `versus`.
_TOTALS: Final = {"year_to_date": "year to date", "rolling_12_months": "12 months"}


def change(facts: Facts, versus: str, *, relative: bool) -> HeldLine | None:
    """Up 22% on last year; year to date 9% down."""
    moved_by = facts.finding.change
    if moved_by is None:
        return None
    way, compared = (
        "up" if moved_by > 0 else "down",
        ChangeInWords.of(facts, versus, moved_by, relative=relative, short=True),
    )
    if versus in _TOTALS:
        return HeldLine(f"{_TOTALS[versus]} {'the same' if moved_by == 0 else f'{compared.size_alone()} {way}'}")
    base = _before(facts.finding.period.kind) if versus == "previous_period" else "last year"
    if moved_by == 0:
        return HeldLine(f"no change on {base}")
    if facts.style.is_place and compared.figure is not None:
        return HeldLine(f"was {facts.beside(compared.figure)}")
    if (figure := compared.stands_for_percent) is not None:
        return HeldLine(f"{way} from {figure} {base}")
    return HeldLine(f"{way} {compared.size_alone()} on {base}")


def given(facts: Facts, amount: Amount) -> str:
    """Write an amount that a rule author gave, as given: 20%, 3 points."""
    if amount.relative:
        return f"{amount.number:,.10f}".rstrip("0").rstrip(".") + "%"
    return facts.style.wanted(amount.number)


def reduction(facts: Facts, at_least: Amount) -> HeldLine | None:
    """20% fall wanted."""
    if at_least.number == 0:
        return HeldLine("no rise wanted")
    wanted = given(facts, at_least)
    return HeldLine(f"{wanted} fall wanted" if at_least.relative else f"fall of {wanted} wanted")


def place(facts: Facts) -> HeldLine | None:
    """7th of 8, was 6th."""
    evidence = facts.finding.evidence
    own, areas = evidence.get("place"), evidence.get("areas_compared")
    if own is None or areas is None:
        return None
    return HeldLine(f"{placed(evidence)} of {int(areas):,}{place_before(evidence)}")


def among_areas(facts: Facts) -> HeldLine | None:
    """Areas' upper limit 45%."""
    found = limit(facts, "either")
    return None if found is None else HeldLine(f"areas' {found.word}", found.at, found.number)


def heading(facts: Facts) -> HeldLine | None:
    """Heading for 21%, target 25%."""
    projected, *ends = (facts.finding.evidence.get(f"projected{end}") for end in ("", "_low", "_high"))
    wanted = facts.finding.target if facts.finding.target is not None else facts.finding.plan
    if projected is None or wanted is None:
        return None
    word = "plan" if facts.finding.target is None else facts.measure.called
    heads_for = f"heading for {facts.style.bare(projected, wanted, *ends)}"  # as in the text
    return HeldLine(f"{heads_for}, {word}", facts.style.level(wanted, projected))
