"""Reads a condition's clause: every form it may have, and what each must have in common with the figures."""

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from math import isclose

from alerting.domain import exact
from alerting.domain.finding import State
from alerting.domain.measure import Measure, Unit
from alerting.domain.parameters import Amount
from alerting.domain.period import Calendar, PeriodKind
from samples.brought import of_conditions, of_methods
from samples.word_figures import COUNTED, Figures, N, P, must, named, percent, placed, sign, written
from samples.word_worlds import Spoken

#: From here on a number of sixteen digits is not told exactly, and nobody reads a difference off it.
VAST = 1e15

SAID = {"above": 1, "over": 1, "on": 0, "below": -1, "under": -1}
Match = re.Match[str]


def side_of(value: float, line: float) -> int:
    """On which side of a line a value is; 0: on it, but for what adding up has rounded."""
    return 0 if exact.same(value, line) else sign(value - line)


class ClauseReader:
    """Reads one clause, in a text or (short) in a subject."""

    def __init__(self, spoken: Spoken, figures: Figures, *, short: bool) -> None:
        facts = spoken.found.facts
        self.finding, self.condition, self.verdict = facts.finding, spoken.condition, spoken.verdict
        self.measure: Measure = facts.measure
        self.figures, self.short = figures, short
        self.span = self.measure.covers or self.measure.rolling
        self.kind = self.finding.period.kind.value
        #: What the words say the figures did: +1 up or above, -1 down or below, 0 neither; None where nothing is said.
        self.went: int | None = None
        self.says_wanted, self.several = False, False
        #: Figures before that the clause names, as written.
        self.told: dict[str, str] = {}
        #: Those that are the value itself, since nothing has changed.
        self.implied: set[str] = set()
        assert self.finding.value is not None
        self.true = self.finding.value
        self.value = figures.read(self._value_of(spoken))

    def _value_of(self, spoken: Spoken) -> str:
        match = re.search(rf"{re.escape(self.measure.title)}: ({self.figures.full})", spoken.subject)
        must(match, "no figure in the subject")
        assert match
        return match[1]

    def read(self, clause: str) -> None:
        """Find the form that fits, and hold what it says against the figures."""
        for form in of_conditions()[self.condition.key].forms:
            if match := re.fullmatch(self._pattern(form.pattern), clause):
                if isinstance(form.reading, str):
                    getattr(self, f"_{form.reading}")(match)
                else:
                    form.reading(self, match)
                return
        must(False, f"unknown clause of {self.condition.key}: {clause!r}")

    def _pattern(self, form: str) -> str:
        kinds = {"Q": self.figures.bare, "S": self.figures.size, "P": P}
        named_groups = re.sub(r"<(\w+)=([QSP])>", lambda found: f"(?P<{found[1]}>{kinds[found[2]]})", form)
        return named_groups.replace("<K>", self.kind).replace("<C>", re.escape(self.measure.called))

    def _against(self, text: str, true: float | None, side: str | None = None) -> int:
        """A number that the value is held against reads as it is, and on its side of the value; return that side."""
        must(true is not None, f"{text} is held against nothing")
        assert true is not None
        apart = side_of(self.true, true)
        must(sign(self.value - self.figures.same(text, true)) == apart, f"{text} beside {self.value}")
        if side is not None:
            must(SAID[side] == apart, f"{side} {text}, truly {self.true!r} and {true!r}")
            self.went = apart
        return apart

    def _apart(self, match: Match, written_: str, true: float | None) -> None:
        """A difference is told in a text, never in a subject, and is that of the two figures as they stand there."""
        size = match["size"]
        must((size is None) == (self.short or match["side"] is None), f"difference: {match[0]}")
        if size and true is not None:
            self._differs(size, written_, true)

    def _differs(self, size: str, written_: str, true: float) -> None:
        if max(abs(self.true), abs(true)) >= VAST:
            must(size.startswith("more than ") or self.figures.same(size, abs(self.true - true)) > 0, "no difference")
            return
        shown, read = abs(self.value - self.figures.read(written_)), self.figures.read(size)
        must(
            shown > 0 and (read == shown or (size.startswith("less than ") and shown < read)), f"{size} is not {shown}"
        )

    def _nothing(self, _: Match) -> None:
        """Nothing is said, where there is nothing to say."""

    # -- targets, ranges, bands and plans --------------------------------------------------------------------------------

    def _level(self, match: Match) -> None:
        wanted = self.finding.target if self.finding.target is not None else self.finding.plan
        self._against(match["ref"], wanted, match["side"] or "on")
        self._apart(match, match["ref"], wanted)

    def _due(self, match: Match) -> None:
        must((match["a"] == "an") == (self.measure.called[0] in "aeiou"), match[0])
        self._against(match["ref"], self.finding.target)
        must(match["day"] == written(date.fromisoformat(str(self.finding.due))), match["day"])

    def _range(self, match: Match) -> None:
        ends = {"above": self.condition.high, "below": self.condition.low}  # type: ignore[attr-defined]
        side = match["side"] or match["not"]
        if match["low"]:
            self._against(match["low"], ends["below"])
            self._against(match["high"], ends["above"])
        else:
            known = [end for end in ends.values() if end is not None]
            self._against(match["end"], ends[side] if side else known[0])
        outside = {way for way, end in ends.items() if end is not None and side_of(self.true, end) == SAID[way]}
        must(outside == ({match["side"]} if match["side"] else set()), match[0])
        if match["side"]:
            self._apart(match, match["end"] or match["high" if side == "above" else "low"], ends[side])
            self.went = SAID[side]

    def _band(self, match: Match) -> None:
        bands = {band.name: band for band in self.condition.bands}  # type: ignore[attr-defined]
        must(match["band"] == self.finding.band, match[0])
        low, high = match["from"] or match["low"], match["below"] or match["high"]
        ends = (bands[match["band"]].at_least, bands[match["band"]].below)
        must(
            self.short or ("(" in match[0] and (bool(low), bool(high)) == tuple(end is not None for end in ends)),
            match[0],
        )
        must(low is None or self._against(low, ends[0]) >= 0, match[0])
        must(high is None or self._against(high, ends[1]) < 0, match[0])

    def _plan(self, match: Match) -> None:
        self._against(match["ref"], self.finding.plan, match["side"] or "on")
        self._apart(match, match["ref"], self.finding.plan)
        self._straight(match)
        if not match["than"]:
            return
        tolerance: float = self.condition.tolerance  # type: ignore[attr-defined]
        wrong = -1 if self.condition.key == "below_trajectory" else 1
        must(self.went == wrong, f"a tolerance on the right side: {match[0]}")
        must((match["than"] == "more than") == (self.verdict is State.EXCEPTION), match[0])
        allowed = self.figures.same(match["allowed"], tolerance, decimals=4)
        must(
            (self.figures.read(match["size"]) > allowed) == (match["than"] == "more than"),
            f"reads otherwise: {match[0]}",
        )

    def _straight(self, match: Match) -> None:
        """A line between two milestones alone was planned by nobody, but on their own days."""
        milestones, day = self.condition.milestones, self.finding.period.last_day  # type: ignore[attr-defined]
        drawn = self.condition.shape == "linear" and len(milestones) == 2  # type: ignore[attr-defined]
        between = drawn and milestones[0].date < day < milestones[1].date
        must(("straight line" in match[0]) == between, match[0])
        must(not between or self.short == (match["ends"] is None), match[0])
        if match["ends"]:
            days = re.findall(r"\(([^()]+ [0-9]{4})\)", match["ends"])
            must(days == [written(one.date) for one in milestones], match[0])

    def _no_plan(self, match: Match) -> None:
        must(self.finding.plan is None, match[0])

    # -- limits and averages ---------------------------------------------------------------------------------------------

    def _beyond(self, match: Match) -> None:
        must((match["which"] == "upper") == (match["side"] == "above"), match[0])
        must(("significantly" in match[0]) != self.short, match[0])
        if not self.short:
            self._centre(match)
        self._against(match["limit"], self._limit(match), match["side"])

    def _limit(self, match: Match) -> float | None:
        return self.finding.upper if match["which"] == "upper" else self.finding.lower

    def _centre(self, match: Match) -> None:
        """The value lies where it is said of the centre, which is called what its method makes of it."""
        for name in ("mean", "usual", "expected"):
            if match[name]:
                self._against(match[name], self._counted(), match["side"])
                method = self.finding.evidence["limits"]["method"]
                must(of_methods()[method].centre == name, f"{name} of {method}")

    def _counted(self) -> float | None:
        """A run ends with the move that it made, and is counted against the centre before it."""
        moved = self.condition.key == "run" and self.finding.rebased_on == self.finding.period
        return self.finding.previous_centre if moved else self.finding.centre

    def _within(self, match: Match) -> None:
        must(self._against(match["low"], self.finding.lower) >= 0, match[0])
        must(self._against(match["high"], self.finding.upper) <= 0, match[0])
        self._side_of_centre()

    def _not_beyond(self, match: Match) -> None:
        above = match["not"] == "above"
        side = self._against(match["end"], self.finding.upper if above else self.finding.lower)
        must(side <= 0 if above else side >= 0, match[0])
        must(self.condition.key != ("below_lower_limit" if above else "above_upper_limit"), match[0])
        self._side_of_centre()

    def _on_both(self, match: Match) -> None:
        must(self.finding.lower == self.finding.upper == self.true, match[0])
        self._side_of_centre()

    def _side_of_centre(self) -> None:
        """Where a rule that is turned round finds nothing beyond its limits, the centre tells which side is better."""
        if self.finding.state is State.EXCEPTION and self.finding.centre is not None:
            self.went = sign(self.true - self.finding.centre)

    def _values(self) -> list[float]:
        return list(self.finding.evidence["values"]["figures"])

    def _run(self, match: Match) -> None:
        self.several = True
        self._centre(match)
        values, centre = self._values(), self._counted()
        assert centre is not None
        must(int(match["n"]) == len(values), match[0])
        must({sign(x - centre) for x in values} == {SAID[match["side"]]}, f"{values} and {centre}")
        must(self.short or match["all"] == ("both" if len(values) == 2 else "all"), match[0])

    def _beside_centre(self, match: Match) -> None:
        self._centre(match)
        must(match["side"] == "on" or self.verdict is State.NORMAL, "an exception that is none")

    def _trend(self, match: Match) -> None:
        self.several, self.went = True, 1 if match["way"] == "rising" else -1
        values = self._values()
        must(int(match["n"]) == len(values) - 1, match[0])
        must({sign(after - before) for before, after in pairwise(values)} == {self.went}, f"{values}")
        must(("throughout" in match[0]) != self.short, match[0])

    def _step(self, match: Match) -> None:
        assert self.finding.previous is not None
        must(sign(self.true - self.finding.previous) == (1 if match["way"] == "higher" else -1), match[0])

    def _no_step(self, _: Match) -> None:
        must(self.finding.previous in (None, self.true), "nothing is said")

    def _near(self, match: Match) -> None:
        centre, limit = self.finding.centre, self._limit(match)
        assert centre is not None and limit is not None
        self._against(match["limit"], limit)
        must(bool(match["on"]) == (self.true == limit), match[0])
        must(centre < self.true <= limit or centre > self.true >= limit, match[0])
        self.went = sign(self.true - centre)
        if match["of"]:
            self.several = True
            near = [x for x in self._values() if abs(x - centre) > abs(limit - centre) * 2 / 3 * (1 - 1e-9)]
            must(int(match["of"]) == len(self._values()), match[0])
            must(len(near) >= int(match["n"] or match["of"]), f"{match[0]} {self._values()}")

    def _moved(self, match: Match) -> None:
        old, new = self.finding.previous_centre, self.finding.centre
        assert old is not None and new is not None
        self.went = sign(self.figures.same(match["new"], new) - self.figures.same(match["old"], old))
        must(self.went == sign(new - old) == {"risen": 1, "fallen": -1, "moved": 0}[match["way"]], match[0])

    def _not_moved(self, match: Match) -> None:
        assert self.finding.centre is not None
        known = match.groupdict()
        self.figures.same(known.get("now") or known["still"], self.finding.centre)
        self.several = "now" in known
        self._side_of_centre()

    # -- among areas, and ahead ------------------------------------------------------------------------------------------

    def _rank(self, match: Match) -> None:
        evidence = self.finding.evidence
        place, before = evidence["place"], evidence.get("place_before")
        must((float(match["place"]), float(match["areas"])) == (place, evidence["areas_compared"]), match[0])
        must(bool(match["joint"]) == (evidence.get("sharing", 1) > 1), match[0])
        must((match["was"] and float(match["was"])) == (None if before == place else before), match[0])

    def _outlier(self, match: Match) -> None:
        must((match["which"] == "upper") == (match["side"] == "above"), match[0])
        must(("significantly" in match[0]) != self.short, match[0])
        if not self.short:
            self._against(match["mean"], self.finding.centre, match["side"])
        self._against(match["limit"], self._limit(match), match["side"])

    def _ahead(self, match: Match) -> None:
        self.says_wanted = True
        finding, evidence = self.finding, self.finding.evidence
        wanted = finding.target if finding.target is not None else finding.plan
        assert wanted is not None
        reference = self.figures.same(match["planned"] or match["wanted"], wanted)
        due = Calendar().containing(date.fromisoformat(str(finding.due)), finding.period.kind)
        must(match["when"] == named(due), match[0])
        self.figures.same(match["mid"], evidence["projected"])
        low, high = evidence["projected_low"], evidence["projected_high"]
        if match["high"]:
            must(sign(self.figures.same(match["high"], high) - reference) == sign(high - wanted), match[0])
        side = "on" if low == high == wanted else "below" if high < wanted else "above" if low > wanted else None
        open_ = "against" if self.short else "which leaves"
        must(match["against"].strip(", ") == (side or open_), match[0])
        if match["ahead"]:
            count = due.ordinal - finding.period.ordinal
            must(match["ahead"] == (COUNTED[count] if count < len(COUNTED) else str(count)), match[0])
            self.figures.same(match["error"], evidence["projection_error"])

    # -- changes and variances -------------------------------------------------------------------------------------------

    def _variance(self, match: Match) -> None:
        plan = self.finding.plan
        self._against(match["ref"], plan, match["side"])
        self._apart(match, match["ref"], plan)
        self._column(match)
        assert plan is not None
        if share := match["share"] or match["apart"]:
            percent(share, (self.true - plan) / abs(plan) * 100)
            must((match["apart"] is not None) == (self.measure.unit is Unit.PERCENT), match[0])

    def _in_line(self, match: Match) -> None:
        plan = self.finding.plan
        assert plan is not None
        self._column(match)
        self._against(match["ref"], plan, match["side"])
        self._apart(match, match["ref"], plan)
        must(self.verdict is State.NORMAL and abs(self.true - plan) < abs(plan) / 100, match[0])
        self.went = sign(self.true - plan)

    def _equal(self, match: Match) -> None:
        self._against(match["ref"], self.finding.plan, "on")
        self._column(match)

    def _column(self, match: Match) -> None:
        against: str = self.condition.against  # type: ignore[attr-defined]
        must(match["column"] == against.replace("_", " "), match[0])
        side = match.groupdict().get("side")
        must(side is None or (side in ("over", "under")) == (against == "plan"), match[0])

    def _change(self, match: Match) -> None:
        change = self.finding.change
        assert change is not None
        self.went = 1 if match["way"] in ("up", "a rise") else -1
        must(sign(change) == self.went, match[0])
        self._much(match, change)
        self._base(match)
        self._reached(match)

    def _change_from(self, match: Match) -> None:
        """The earlier figure stands instead of a percentage of few, or where it was more than tripled."""
        change = self.finding.change
        assert change is not None
        self.went = 1 if match["way"] in ("up", "a rise") else -1
        must(sign(change) == self.went, match[0])
        must(self._wanted.relative and self.measure.unit is not Unit.PERCENT, match[0])
        must(self._is_little(getattr(self.finding, self._base(match))), match[0])
        self._reached(match)

    def _is_little(self, before: float) -> bool:
        """Whether a percentage of an earlier figure says less than the figure."""
        scale = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(self.measure.scale or "", 1)
        return before * scale < 30 or self.true > 3 * before

    def _no_change(self, match: Match) -> None:
        must(self.finding.change == 0, match[0])
        self.went = 0
        name = self._base(match)
        if getattr(self.finding, name) == self.finding.evidence.get("compared_with") == self.true:
            self.implied = {name}
        self._reached(match)

    def _total(self, match: Match) -> None:
        change, versus = self.finding.change, self.condition.versus  # type: ignore[attr-defined]
        assert change is not None
        spans = {"the year to date": "year_to_date", "the last 12 months": "rolling_12_months"}
        must(spans[match["now"]] == versus and (match["old"] == "last year's") == (versus == "year_to_date"), match[0])
        self.went = {"higher": 1, "lower": -1, None: 0}[match["way"]]
        must(sign(change) == self.went, match[0])
        if match["way"]:
            self._much(match, change)
        self._reached(match)

    def _much(self, match: Match, change: float) -> None:
        then = match.groupdict().get("then")
        before = self.finding.evidence.get("compared_with")
        if not self._wanted.relative:
            size = match["size"] or match["alone"]
            if then:
                self._differs(size, then, before)
            else:
                must(self.figures.read(size) > 0, match[0])
            return
        must(match["size"] is None or self.measure.unit is Unit.PERCENT, f"no percent: {match[0]}")
        if match["size"]:
            must(self._is_little(before), f"no percent: {match[0]}")
        else:
            percent(match["share"] or match["alone"], change)
            little = then and self.condition.key == "change" and self._is_little(before)
            must(not little, f"a percentage of little: {match[0]}")
        if match["points"]:
            must(self.measure.unit is Unit.PERCENT, match[0])
        if (points := match["points"] or match["size"]) and then:
            self._differs(points, then, before)

    @property
    def _wanted(self) -> Amount:
        found: Amount = getattr(self.condition, "amount" if self.condition.key == "change" else "at_least")
        return found

    def _base(self, match: Match) -> str:
        """The figure compared with is named by its period, and written where it is known; return the finding's name for it."""
        period, versus = self.finding.period, self.condition.versus  # type: ignore[attr-defined]
        same = period.same_period_last_year == period - 1
        names = {
            "previous_period": named(period - 1),
            "same_period_last_year": "the year before" if same else f"the same {self.kind} last year",
            "year_to_date": "the year before" if same else "the same time last year",
            "rolling_12_months": "the year before" if same else "the 12 months before",
        }
        if (
            self.span is not None and period.kind is not PeriodKind.YEAR
        ):  # both ends of the comparison by what they span
            back = period - 1 if versus == "previous_period" else period.same_period_last_year
            assert back is not None
            names[versus] = placed(back, self.span).removeprefix("in ")
        must(match["base"] == names[versus], f"{match['base']} for {versus}")
        name = "previous" if same or versus == "previous_period" else "last_year"
        then = match.groupdict().get("then")
        if then:
            self.told[name] = then
            before, change = getattr(self.finding, name), self.finding.change
            must(before == self.finding.evidence["compared_with"], "not the figure compared with")
            expected = (self.true - before) / abs(before) * 100 if self._wanted.relative else self.true - before
            size = 100.0 if self._wanted.relative else before
            right = change is not None and (
                exact.same(change, expected, size) or isclose(change, expected, rel_tol=1e-9)
            )
            must(right, f"{change!r} is not {expected!r}")
        return name

    def _reached(self, match: Match) -> None:
        """Short of, meeting: as the figures are, and as they read."""
        if self.condition.key != "reduction_missed":
            return
        self.says_wanted = True
        change, wanted = self.finding.change, self._wanted
        assert change is not None
        enough = -change >= wanted.number
        expected = "zero" if wanted.number == 0 else "none" if change >= 0 else "met" if enough else "short"
        must([name for name in ("zero", "none", "met", "short") if match[name]] == [expected], match[0])
        if expected == "zero":
            return
        asked = self.figures.read(re.findall(rf"-?(?:{self.figures.size}|{N}%)", match[expected])[0])
        must(abs(asked - Decimal(wanted.number)) < Decimal("1e-4"), match[0])
        much = match.groupdict()
        if change < 0 and (told := much.get("share") or much.get("alone") or much.get("size")):
            must((self.figures.read(told) < asked) == (not enough), f"reads otherwise: {match[0]}")
