"""Reads a finding's words back: numbers, sides, directions and counts, by patterns of its own and not by the code that wrote them.

Every sentence must be one that the reader knows, so that no sentence goes unread.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from math import isfinite

from alerting.domain.finding import Finding, State
from alerting.domain.measure import Covers, Measure, Polarity, Span, Unit
from alerting.domain.period import Calendar, Period, PeriodKind
from samples.word_worlds import Spoken

#: Decimals in the contract's examples and the force's reports, by unit; money in millions has three.
DECIMALS = {
    Unit.COUNT: 0, Unit.PERCENT: 1, Unit.RATE: 2, Unit.NUMBER: 2, Unit.CURRENCY: 0, Unit.SECONDS: 0, Unit.MINUTES: 1, Unit.DAYS: 1,
}  # fmt: skip
ONE_OF = {
    "offences": "offence", "calls": "call", "missing persons": "missing person", "burglaries": "burglary", "losses": "loss",
    "searches": "search", "people": "person", "members of staff": "member of staff", "minutes": "minute", "days": "day",
    "points": "point",
}  # fmt: skip
SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "JPY "}
SHORT_SCALES = {"thousand": "k", "million": "m", "billion": "bn", None: ""}
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
PLACES = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
COUNTED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
N = r"-?\d(?:[\d,]*\d)?(?:\.\d+)?(?:e[+-]?\d+)?"
#: A change in percent.
P = f"(?:less than )?{N}%"
#: What no text may hold, whatever the figures.
NEVER = {
    "two spaces": r"  ", "a space before a stop": r" [.,;:)]", "two stops": r"\.\.|,,|;;|\.,|,\.", "no word": r"\b(?:None|nan|inf|NaN)\b|not known",
    "a word twice": r"\b([A-Za-z]+) \1\b", "one of many": r"(?<![\d.,e-])1 (?:days|weeks|months|quarters|years|points|calls|offences)\b",
    "a before a vowel": r"\ba (?:8|11|18)(?!\d)|\ba [aeio]|\ban (?:[0-79]\b|[bcdfgjklmnpqrstvwxyz])", "minus nothing": r"-0(?![\d.,])|-0\.0+(?!\d)",
    "an empty bracket": r"\(\s*\)", "a judgement": r"\b(?:bad|worse|poor|failing|alarming|exceptional)\b",
}  # fmt: skip


class Unreadable(AssertionError):
    """A text that says something else than its figures, or nothing that can be read."""


def must(holds: object, why: str) -> None:
    if not holds:
        raise Unreadable(why)


def named(period: Period) -> str:
    """A period's name, from its days."""
    first = period.first_day
    if period.kind is PeriodKind.DAY:
        return f"{first.day} {MONTHS[first.month - 1]} {first.year}"
    if period.kind is PeriodKind.WEEK:
        return f"week {first.isocalendar().week}, {first.isocalendar().year}"
    if period.kind is PeriodKind.MONTH:
        return f"{MONTHS[first.month - 1]} {first.year}"
    year = first.year if first.month >= 4 else first.year - 1
    years = f"{year}/{str(year + 1)[2:]}"
    return years if period.kind is PeriodKind.YEAR else f"Q{(first.month - 4) % 12 // 3 + 1} {years}"


def placed(period: Period, span: Span | Covers | None) -> str:
    """A period with its preposition."""
    last = period.last_day
    end = f"{MONTHS[last.month - 1]} {last.year}"
    if span is Covers.YEAR_TO_DATE:
        return f"in the year to date to {end}"
    if isinstance(span, Span):
        return f"in the {span.count} {span.kind.value}s to {end}"
    return f"{'on' if period.kind is PeriodKind.DAY else 'in'} {named(period)}"


def counted(n: int) -> str:
    """An ordinal: first … tenth, 11th, 22nd."""
    if n <= 10:
        return PLACES[n]
    return f"{n}{'th' if n // 10 % 10 == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def sign(number: float | Decimal) -> int:
    return (number > 0) - (number < 0)


class Figures:
    """How one measure's figures are written, and back."""

    def __init__(self, measure: Measure) -> None:
        self.unit = measure.unit
        self.decimals = DECIMALS[measure.unit] if measure.decimals is None else measure.decimals
        before = after = ""
        if measure.unit is Unit.CURRENCY:
            before, after = SIGNS[measure.currency], SHORT_SCALES[measure.scale]
            if measure.scale and measure.decimals is None:
                self.decimals = 3
        self.name = measure.unit_name if measure.unit not in (Unit.PERCENT, Unit.CURRENCY, Unit.SECONDS) else None
        if self.name is None and measure.unit in (Unit.MINUTES, Unit.DAYS):
            after = f" (?:{measure.unit.value}|{ONE_OF[measure.unit.value]})"
        number = N if not before else rf"-?{re.escape(before)}{N.removeprefix('-?')}"
        if measure.unit is Unit.PERCENT:
            after = "%"
        self.bare = f"{number}{after}"
        if measure.unit is Unit.SECONDS:
            self.bare = rf"(?:-?[\d,]+ min {N} s|{N} s)"
        self.full = self.bare if self.name is None else f"{number} (?:{self.name}|{ONE_OF[self.name]})"
        much = rf"{N} points?" if measure.unit is Unit.PERCENT else self.full
        self.size = f"(?:less than |more than )?{much}"

    def read(self, text: str) -> Decimal:
        """The number in a text, in the measure's unit; singular and plural must agree with it."""
        if match := re.fullmatch(rf"(-?)([\d,]+) min ({N}) s", text):
            must(Decimal(match[3]) < 60, f"{text}: sixty seconds are a minute")
            total = Decimal(match[2].replace(",", "")) * 60 + Decimal(match[3])
            return -total if match[1] else total
        match = re.search(N, text)
        assert match, text
        number = match[0]
        for many, one in ONE_OF.items():
            if re.search(rf"{re.escape(number)} {many}$", text) and many != one:
                must(number not in ("1", "-1"), f"{text}: one of many")
            elif text.endswith(f"{number} {one}"):
                must(number in ("1", "-1"), f"{text}: many of one")
        digits = number.partition("e")[0].partition(".")[0].lstrip("-")
        must("," not in digits or re.fullmatch(r"\d{1,3}(,\d{3})+", digits), f"{text}: commas not in threes")
        must("," in digits or len(digits) <= 3, f"{text}: no commas")
        value = Decimal(number.replace(",", ""))
        return -value if text[: match.start()].endswith("-") or (text.startswith("-") and match.start() > 0) else value

    def same(self, text: str, true: float, decimals: int | None = None) -> Decimal:
        """The number in a text, which must be what *true* rounds to."""
        shown = self.read(text)
        least = self.decimals if decimals is None else decimals
        if text.startswith("less than "):
            must(0 < abs(true) < shown, f"{text} for {true!r}")
            return shown
        if text.startswith("more than "):
            return shown
        places = re.search(rf"{N}(?= s$)|{N}", text)
        assert places
        written = places[0] if "min" not in text else re.findall(N, text)[-1]
        digits = len(written.partition(".")[2]) if "e" not in written else 0
        step = Decimal(10) ** -max(digits, least) if "e" not in written else abs(shown) * Decimal("1e-14")
        exact = Decimal(true)
        must(abs(shown - exact) <= step / 2 + abs(exact) * Decimal("1e-14"), f"{text} for {true!r}")
        return shown


class Reader:
    """Reads one finding's text and subject."""

    def __init__(self, spoken: Spoken) -> None:
        facts = spoken.found.facts
        self.text, self.subject, self.condition = spoken.text, spoken.subject, spoken.condition
        self.finding: Finding = facts.finding
        self.verdict = spoken.verdict
        self.measure: Measure = facts.measure
        self.area = "" if facts.is_root_area else facts.area.title
        self.place = facts.area.title
        self.due_on: date | None = facts.due_on
        self.figures = Figures(self.measure)
        self.span = self.measure.covers or self.measure.rolling
        self.kind = self.finding.period.kind.value
        self.value = Decimal(0)
        #: What the words say the figures did: +1 up or above, -1 down or below, 0 neither; None where nothing is said.
        self.went: int | None = None
        self.says_wanted = False
        self.told: set[str] = set()
        self.several = False

    # -- the whole ---------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Read everything.

        Raises:
            Unreadable: it says something else than the figures.
        """
        for text in (self.text, self.subject):
            for what, pattern in NEVER.items():
                must(not re.search(pattern, text), f"{what}: {re.search(pattern, text)}")
            must(text.count("(") == text.count(")"), "brackets")
        must(re.match(r"[A-Z0-9£€$-]", self.text) and self.text.endswith("."), "no sentence")
        if self.finding.value is None:
            self._read_absent()
            return
        sentences = re.split(r"(?<=[^.])\. (?=[A-Z])", self.text[:-1])
        must(len(set(sentences)) == len(sentences), "a sentence twice")
        must(all(re.match(r"[A-Z0-9£€$-]", sentence) for sentence in sentences), "no capital")
        clause = self._read_lead(sentences[0])
        if not self.finding.state.is_verdict:
            must(clause == "" and len(sentences) == 2 and sentences[1].startswith("It is not judged: "), "no reason")
        else:
            self._read_clause(clause, short=False)
            self._read_rest(sentences[1:])
        self._read_subject()

    def _read_lead(self, sentence: str) -> str:
        """Read the value with its place and period; return what follows."""
        when = placed(self.finding.period, self.span)
        template = self.measure.sentence
        if template is None:
            lead = f"{re.escape(self.measure.title)}: @"
        else:
            lead = re.escape(template).replace(r"\{value\}", "@")
        place = "" if r"\{area\}" in lead else (f" in {self.area}" if self.area else "")
        if r"\{period\}" in lead:
            begins = lead.startswith(r"\{period\}")
            lead, when = lead.replace(r"\{period\}", when[:1].upper() + when[1:] if begins else when), ""
        lead = lead.replace(r"\{area\}", re.escape(self.place)).replace("@", f"({self.figures.full})")
        match = re.match(lead + re.escape(place + (f" {when}" if when else "")), sentence)
        must(match, f"no lead: {lead} {place} {when}")
        assert match and self.finding.value is not None
        self.value = self.figures.same(match[1], self.finding.value)
        must(sign(self.value) == sign(self.finding.value), f"{match[1]} for {self.finding.value!r}")
        return sentence[match.end() :]

    def _read_subject(self) -> None:
        head, tail = f"{self.measure.title}: ", f" ({self.place})"
        must(self.subject.startswith(head) and self.subject.endswith(tail), "no subject")
        body = self.subject[len(head) : -len(tail)]
        match = re.match(self.figures.full, body)
        must(match, "no figure in the subject")
        assert match and self.finding.value is not None
        must(self.figures.same(match[0], self.finding.value) == self.value, f"{match[0]} is not the text's figure")
        if self.finding.state.is_verdict:
            went = self.went
            self._read_clause(body[match.end() :], short=True)
            must(self.went == went, f"the subject says {self.went}, the text {went}")

    def _read_absent(self) -> None:
        what = self.measure.title
        small = what if what[1].isupper() or " at Risk" in what else what[0].lower() + what[1:]
        when = placed(self.finding.period, self.span)
        about = re.escape(f"{small}{' in ' + self.area if self.area else ''} {when}")
        whys = "|".join(("the figure could not be read", "the source gives two different figures", "there are too few earlier figures",
                         "an earlier figure that the comparison needs is missing", "it rests on too few cases"))  # fmt: skip
        before = r"(?: It was (?P<first>.+?))?"
        match = re.fullmatch(
            rf"(?:No figure has come for {about}(?:; it was due by (?P<due>[^.]+))?|There is no figure for {about}"
            rf"|There is no usable figure for {about}: (?:{whys})|The source that gives {about} could not be read)\.{before}", self.text,
        )  # fmt: skip
        must(match, f"absent: {about}")
        assert match
        if match["due"]:
            assert self.due_on
            must(match["due"] == f"{self.due_on.day} {MONTHS[self.due_on.month - 1]} {self.due_on.year}", "due")
        if match["first"]:
            self._read_before(f"It was {match['first'].removesuffix('.')}")

    # -- the sentences after the first -----------------------------------------------------------------------------------

    def _read_rest(self, sentences: list[str]) -> None:
        finding, better = self.finding, self.measure.better
        wanted = None
        streak = False
        for sentence in sentences:
            if sentence.startswith("It was "):
                self._read_before(sentence)
            elif sentence.startswith("This is "):
                streak = True
                self._read_streak(sentence)
            elif match := re.fullmatch(r"(Higher|Lower) is better here", sentence):
                wanted = match[1].lower()
            elif match := re.fullmatch(r"(It is compared with|The new average is that of) the ([\d,]+) figures from (.+) to (.+)", sentence):
                self._read_members(*match.groups())
            elif sentence == "The figure is provisional":
                must(finding.provisional, sentence)
            elif sentence == "Its limits are trial limits, from fewer than 12 figures":
                must(finding.trial, sentence)
            elif sentence == "The change is as published":
                must(finding.evidence.get("change") == "as published", sentence)
            else:
                raise Unreadable(f"unknown sentence: {sentence}")
        must(streak == ((finding.consecutive or 0) >= 2), "how long")
        must(not finding.provisional or "The figure is provisional" in sentences, "provisional is not said")
        good = {Polarity.HIGHER: 1, Polarity.LOWER: -1, Polarity.NEITHER: None}[better]
        said_good = finding.state is State.EXCEPTION and self.went not in (None, 0) and self.went == good
        if self.verdict is not finding.state:
            must(wanted in (None, better.value), f"{wanted} is better")
        elif wanted is not None:
            must(wanted == better.value and said_good, f"{wanted} is better, but {better} and {self.went}")
        else:
            must(not said_good or self.says_wanted, f"a move that is wanted ({better}) is told as any other")
        for name in ("previous", "last_year"):
            self._is_told(name)

    def _is_told(self, name: str) -> None:
        """A figure before that is known is told, once."""
        period, number = self.finding.period, getattr(self.finding, name)
        twin = period.same_period_last_year
        if number is not None and (name == "previous" or (twin is not None and twin != period - 1)):
            must(name in self.told, f"{name} is not told")

    def _read_before(self, sentence: str) -> None:
        period = self.finding.period
        known = {placed(period - 1, self.span): "previous"}
        if (twin := period.same_period_last_year) is not None:
            known.setdefault(placed(twin, self.span), "last_year")
        for part in re.split(rf" and (?={self.figures.bare})", sentence.removeprefix("It was ")):
            match = re.match(rf"({self.figures.bare}) (.+)", part)
            must(match, f"before: {part}")
            assert match
            must(match[2] in known, f"{match[2]} is neither the period before nor last year's")
            self._tell(known[match[2]], match[1])

    def _tell(self, name: str, text: str) -> None:
        """A figure before, which reads on the side of the value on which it is."""
        must(name not in self.told, f"{name} twice")
        self.told.add(name)
        true = getattr(self.finding, name)
        must(true is not None, f"{name} is not known")
        shown = self.figures.same(text, true)
        if self.finding.value is not None:
            must(sign(shown - self.value) == sign(true - self.finding.value), f"{text} beside {self.value}")

    def _read_streak(self, sentence: str) -> None:
        count = self.finding.consecutive
        assert count is not None
        since = named(self.finding.period - (count - 1))
        what = "an exception for the" if self.several else "the"
        must(sentence == f"This is {what} {counted(count)} {self.kind} running, since {since}", sentence)

    def _read_members(self, which: str, count: str, first: str, last: str) -> None:
        limits = self.finding.evidence["limits"]
        must(int(count.replace(",", "")) == limits["figures"] >= 2, "how many figures")
        ends = [named(Calendar().parse(limits[name], self.finding.period.kind)) for name in ("from", "until")]
        must(ends == [first, last], "from when to when")
        must((self.finding.rebased_on == self.finding.period) == which.startswith("The new"), which)

    # -- what the figures are held against -------------------------------------------------------------------------------

    def _read_clause(self, clause: str, *, short: bool) -> None:
        """Find the condition's own pattern that fits, and hold what it says against the figures."""
        self.went = None
        for pattern, reading in self._patterns(short=short):
            expanded = pattern.replace("<Q>", self.figures.bare).replace("<S>", self.figures.size).replace("<F>", self.figures.full)
            if match := re.fullmatch(expanded, clause):
                reading(match)
                return
        raise Unreadable(f"unknown clause of {self.condition.key}: {clause!r}")

    def _patterns(self, *, short: bool) -> Iterator[tuple[str, Callable[[re.Match[str]], None]]]:
        key = self.condition.key
        size = "" if short else "(?P<size><S>) "
        called = re.escape(self.measure.called)
        level = rf", (?:{size}(?P<side>above|below)|on) the {called} of (?P<ref><Q>)"
        ahead = rf", projected (?P<mid><Q>)(?: \([^()]+?(?:–| to )(?P<high><Q>)\))? for (?P<when>.+?)(?P<against>, (?:on|above|below)| against|, which leaves) the (?:(?P<ref1><Q>) planned by then|{called} of (?P<ref2><Q>))(?: open)?(?:; its (?P<ahead>\S+)-(?:{self.kind}) projections have been off by (?P<error><S>) on average)?"
        significantly = r", (?:significantly (?P<side>above|below) (?:the average of (?P<mean><Q>)|its usual level of (?P<usual><Q>)|the (?P<expected><Q>) expected|its usual level) \((?P<which>upper|lower) limit (?P<limit><Q>)\))"
        beyond = r", (?P<side>above|below) its (?P<which>upper|lower) limit of (?P<limit><Q>)"
        within = r", within its limits of (?P<low><Q>) to (?P<high><Q>)|, not (?P<not>above|below) its (?:upper|lower) limit of (?P<end><Q>)|, on its limits, which are both (?P<both><Q>)"
        centre = r"(?:the average of (?P<mean><Q>)|its usual level of (?P<usual><Q>)|the (?P<expected><Q>) expected)"
        limits = [(beyond if short else significantly, self._beyond), (within, self._within), ("", self._nothing)]
        kinds = f"{self.kind}s"
        count = rf"(?P<n>\d+) {kinds}"
        run = rf", {count} in a row" if short else rf", with the last {count} (?P<all>both|all)"
        table: dict[str, list[tuple[str, Callable[[re.Match[str]], None]]]] = {
            "above_upper_limit": limits, "below_lower_limit": limits, "outside_limits": limits,
            "target_missed": [(level, self._level), (rf", against (?P<a>an?) {called} of (?P<ref><Q>) due by (?P<day>.+)", self._due)],
            "will_miss": [(ahead, self._ahead), (level, self._level)],
            "run": [(rf"{run} (?P<side>above|below) {centre}", self._run), (rf", (?P<side>above|below|on) {centre}", self._beside_centre)],
            "trend": [
                (rf", (?P<way>rising|falling) {'for' if short else 'throughout the last'} {count}", self._trend),
                (rf", (?P<way>higher|lower) than the {self.kind} before", self._step), ("", self._nothing),
            ],
            "near_limit": [
                (rf", (?:(?P<on>on)|close to) its (?P<which>upper|lower) limit of (?P<limit><Q>)(?:, and on it or close to it)?(?: in (?:at least (?P<n>\d+)|(?P<each>each)) of the last (?P<of>\d+) {kinds})?", self._near),
                *limits,
            ],
            "average_moved": [
                (r", and its average has (?P<way>risen|fallen|moved) from (?P<old><Q>) to (?P<new><Q>)", self._moved),
                (r", and its average of (?P<now><Q>) no longer fits and should be set anew|, with no move of its average \((?P<still><Q>)\)", self._not_moved),
            ],
            "outside_range": [
                (rf", (?:{size}(?P<side>above|below)|(?P<in>within|on)|not (?P<not>above|below)) the (?P<called>.+?) of (?:(?P<low><Q>) to (?P<high><Q>)|(?P<end><Q>))", self._range),
            ],
            "band": [(r", in the (?P<band>\w+) band" + ("" if short else r" \((?:below (?P<below><Q>)|(?P<from><Q>) or more|(?P<low><Q>) to below (?P<high><Q>)|(?P<any>any value))\)"), self._band)],
            "below_trajectory": [(rf", (?:{size}(?P<side>above|below)|on) the (?P<ref><Q>) planned by then(?:, (?P<tolerance>more than|within) the (?P<allowed><S>) allowed)?", self._plan), (", before the plan begins", self._no_plan)],
            "variance": [
                (rf", {size.replace(') ', ')')}(?: \((?P<share>{P})\)|, or (?P<share2>{P}),)? (?P<side>over|under|above|below) the (?P<column>[a-z ]+) of (?P<ref><Q>)" if not short else r", (?P<side>over|under|above|below) the (?P<column>[a-z ]+) of (?P<ref><Q>)", self._variance),
                (r", (?P<line>in line with|equal to) the (?P<column>[a-z ]+) of (?P<ref><Q>)" + ("" if short else r"(?: \((?P<size><S>) (?P<side>over|under|above|below)\))?"), self._in_line),
            ],
            "rank": [(rf", (?P<place>\S+) of (?P<areas>\d+) areas{'' if short else ', where first is best'}", self._rank)],
            "outlier_among_areas": [
                (r", (?P<side>above|below) the (?P<which>upper|lower) limit of (?P<limit><Q>) among areas of its kind" if short else r", significantly (?P<side>above|below) the average of (?P<mean><Q>) among areas of its kind \((?P<which>upper|lower) limit (?P<limit><Q>) for its size\)", self._outlier),
                (r", within what is usual among areas of its kind \((?P<low><Q>) to (?P<high><Q>)" + ("" if short else " for its size") + r"\)", self._within_areas),
            ],
            "not_fresh": [("", self._nothing)],
        }  # fmt: skip
        table["above_trajectory"] = table["below_trajectory"]
        share = rf"(?:(?P<points><S>), or (?P<share>{P}),|(?P<alone>{P})|(?P<size><S>))"
        base = r"(?P<base>.+?)(?: \((?P<then><Q>)\))?"
        total = rf"(?P<now>the year to date|the last 12 months) (?:{share} (?P<way>higher|lower) than|the same as) (?P<old>last year's|the 12 before)"
        reached = r", (?:short of the (?P<short>.+) wanted|meeting the (?P<met>.+) wanted|where a reduction of (?P<none>.+) is wanted|where no rise is (?P<zero>wanted))"
        table["change"] = [
            (rf", with {total}", self._total),
            (rf", (?P<way>up|down) {share} on {base}", self._change), (r", no change on (?P<base>.+)", self._no_change),
        ]  # fmt: skip
        table["reduction_missed"] = [
            (rf", with {total}{reached}", self._total),
            (rf", (?P<way>a rise|a fall) of {share} on {base}{reached}", self._change), (rf", no change on (?P<base>.+?){reached}", self._no_change),
        ]  # fmt: skip
        yield from table[key]

    def _against(self, text: str, true: float | None, side: str | None = None) -> Decimal:
        """A number that the value is held against: it reads as it is, and on its side of the value."""
        must(true is not None, f"{text} is held against nothing")
        assert true is not None and self.finding.value is not None
        shown, apart = self.figures.same(text, true), sign(self.finding.value - true)
        must(sign(self.value - shown) == apart, f"{self.value} against {text}, truly {self.finding.value!r} and {true!r}")
        if side is not None:
            said = {"above": 1, "over": 1, "on": 0, "below": -1, "under": -1}[side]
            must(said == apart, f"{side} {text}, truly {self.finding.value!r} and {true!r}")
            self.went = said
        return shown

    def _apart(self, match: re.Match[str], true: float | None) -> None:
        if match.groupdict().get("size") and self.finding.value is not None and true is not None:
            apart = abs(self.finding.value - true)
            must(not isfinite(apart) or self.figures.same(match["size"], apart) > 0, "no distance")

    def _level(self, match: re.Match[str]) -> None:
        wanted = self.finding.target if self.finding.target is not None else self.finding.plan
        self._against(match["ref"], wanted, match["side"] or "on")
        self._apart(match, wanted)

    def _due(self, match: re.Match[str]) -> None:
        must((match["a"] == "an") == (self.measure.called[0] in "aeiou"), match[0])
        self._against(match["ref"], self.finding.target)
        assert self.finding.due
        day = date.fromisoformat(self.finding.due)
        must(match["day"] == f"{day.day} {MONTHS[day.month - 1]} {day.year}", match["day"])

    def _beyond(self, match: re.Match[str]) -> None:
        must((match["which"] == "upper") == (match["side"] == "above"), match[0])
        limit = self.finding.upper if match["which"] == "upper" else self.finding.lower
        self._centre(match, match["side"])
        self._against(match["limit"], limit, match["side"])

    def _centre(self, match: re.Match[str], side: str) -> None:
        found = {name: match.groupdict().get(name) for name in ("mean", "usual", "expected")}
        for name, text in found.items():
            if text:
                self._against(text, self.finding.centre, side)
                method = self.finding.evidence["limits"]["method"]
                must({"fixed": "usual", "published": "usual", "seasonal": "expected"}.get(method, "mean") == name, f"{name} of {method}")

    def _within(self, match: re.Match[str]) -> None:
        finding, key = self.finding, self.condition.key
        if match["low"]:
            low, high = self._against(match["low"], finding.lower), self._against(match["high"], finding.upper)
            must(low <= self.value <= high, match[0])
        elif match["both"]:
            must(finding.lower == finding.upper == finding.value, match[0])
        elif match["not"] == "above":
            must(self.value <= self._against(match["end"], finding.upper) and key != "below_lower_limit", match[0])
        else:
            must(self.value >= self._against(match["end"], finding.lower) and key != "above_upper_limit", match[0])
        self._side_of_centre()

    def _side_of_centre(self) -> None:
        """Only an exception by near_limit has a side within its limits; the others are told on neither."""
        if self.finding.state is State.EXCEPTION and self.finding.centre is not None and self.finding.value is not None:
            self.went = sign(self.finding.value - self.finding.centre)

    def _nothing(self, match: re.Match[str]) -> None:
        if self.condition.key == "trend":
            must(self.finding.previous is None or self.finding.previous == self.finding.value, "nothing is said")

    def _values(self) -> list[float]:
        return list(self.finding.evidence["values"]["figures"])

    def _run(self, match: re.Match[str]) -> None:
        self.several = True
        self._centre(match, match["side"])
        values, centre = self._values(), self.finding.centre
        assert centre is not None
        must(int(match["n"]) == len(values), match[0])
        must(match.groupdict().get("all") in (None, "both" if len(values) == 2 else "all"), match[0])
        must({sign(x - centre) for x in values} == {1 if match["side"] == "above" else -1}, f"{values} and {centre}")

    def _beside_centre(self, match: re.Match[str]) -> None:
        self._centre(match, match["side"])
        must(match["side"] == "on" or self.verdict is State.NORMAL, "an exception that is none")

    def _trend(self, match: re.Match[str]) -> None:
        self.several = True
        values = self._values()
        must(int(match["n"]) == len(values), match[0])
        way = 1 if match["way"] == "rising" else -1
        must({sign(b - a) for a, b in zip(values, values[1:], strict=False)} == {way}, f"{values}")
        self.went = way if self.verdict is State.EXCEPTION else None

    def _step(self, match: re.Match[str]) -> None:
        assert self.finding.value is not None and self.finding.previous is not None
        must(sign(self.finding.value - self.finding.previous) == (1 if match["way"] == "higher" else -1), match[0])

    def _near(self, match: re.Match[str]) -> None:
        finding = self.finding
        assert finding.centre is not None and finding.value is not None
        limit = finding.upper if match["which"] == "upper" else finding.lower
        assert limit is not None
        self._against(match["limit"], limit)
        must(bool(match["on"]) == (finding.value == limit), match[0])
        must((finding.centre < finding.value <= limit) or (finding.centre > finding.value >= limit), match[0])
        self.went = sign(finding.value - finding.centre)
        if match["of"]:
            self.several = True
            close = [x for x in self._values() if abs(x - finding.centre) > abs(limit - finding.centre) * 2 / 3 * (1 - 1e-9)]
            must(int(match["of"]) == len(self._values()), match[0])
            must(len(close) >= (int(match["n"]) if match["n"] else len(self._values())), f"{match[0]} {self._values()}")

    def _moved(self, match: re.Match[str]) -> None:
        old, new = self.finding.previous_centre, self.finding.centre
        assert old is not None and new is not None
        shown = sign(self.figures.same(match["new"], new) - self.figures.same(match["old"], old))
        must(shown == sign(new - old) == {"risen": 1, "fallen": -1, "moved": 0}[match["way"]], match[0])
        self.went = shown

    def _not_moved(self, match: re.Match[str]) -> None:
        assert self.finding.centre is not None
        self.figures.same(match["now"] or match["still"], self.finding.centre)
        if match["now"]:
            self.several = True
            self._side_of_centre()

    def _range(self, match: re.Match[str]) -> None:
        low, high = (getattr(self.condition, name) for name in ("low", "high"))
        finding = self.finding
        if match["low"]:
            self._against(match["low"], low)
            self._against(match["high"], high)
        side = match["side"]
        ends = {"above": high, "below": low}
        if match["end"]:
            self._against(match["end"], ends.get(side or match["not"] or "", low if low is not None else high))
        assert finding.value is not None
        if side:
            must(sign(finding.value - ends[side]) == (1 if side == "above" else -1), match[0])
            self._apart(match, ends[side])
            self.went = 1 if side == "above" else -1
        else:
            must((low is None or low <= finding.value) and (high is None or finding.value <= high), match[0])

    def _band(self, match: re.Match[str]) -> None:
        must(match["band"] == self.finding.band, match[0])
        (band,) = [one for one in self.condition.bands if one.name == self.finding.band]
        shown = match.groupdict()
        low, high = shown.get("from") or shown.get("low"), shown.get("below") or shown.get("high")
        if low:
            must(self._against(low, band.at_least) <= self.value, match[0])
        if high:
            must(self._against(high, band.below) > self.value, match[0])
        must(not shown or len(shown) == 1 or (bool(low), bool(high)) == (band.at_least is not None, band.below is not None), match[0])

    def _plan(self, match: re.Match[str]) -> None:
        finding = self.finding
        self._against(match["ref"], finding.plan, match["side"] or "on")
        self._apart(match, finding.plan)
        allowed = match["tolerance"]
        if allowed is None:
            return
        tolerance: float = self.condition.tolerance
        assert finding.value is not None and finding.plan is not None
        wrong = -1 if self.condition.key == "below_trajectory" else 1
        must(sign(finding.value - finding.plan) == wrong, f"a tolerance on the right side: {match[0]}")
        over = abs(Decimal(finding.value) - Decimal(finding.plan)) > Decimal(tolerance)
        self.figures.same(match["allowed"], tolerance, decimals=4)
        near = abs(abs(finding.value - finding.plan) - tolerance) <= 1e-12 * max(abs(finding.plan), 1)
        must((allowed == "more than") == over or near, match[0])
        if match.groupdict().get("size"):
            shown, edge = self.figures.read(match["size"]), self.figures.read(match["allowed"])
            must((shown > edge) == (allowed == "more than"), f"reads otherwise: {match[0]}")

    def _no_plan(self, match: re.Match[str]) -> None:
        must(self.finding.plan is None, match[0])

    def _variance(self, match: re.Match[str]) -> None:
        finding = self.finding
        self._against(match["ref"], finding.plan, match["side"])
        self._apart(match, finding.plan)
        self._column(match)
        share = match.groupdict().get("share") or match.groupdict().get("share2")
        assert finding.value is not None and finding.plan is not None
        if share:
            self._percent(share, (finding.value - finding.plan) / abs(finding.plan) * 100)
            must((match["share2"] is not None) == (self.measure.unit is Unit.PERCENT), match[0])

    def _column(self, match: re.Match[str]) -> None:
        against = self.condition.against.replace("_", " ")
        must(match["column"] == against, match[0])
        side = match.groupdict().get("side")
        must(side is None or (side in ("over", "under")) == (against == "plan"), match[0])

    def _in_line(self, match: re.Match[str]) -> None:
        finding = self.finding
        assert finding.value is not None and finding.plan is not None
        self._column(match)
        side = match.groupdict().get("side")
        self._against(match["ref"], finding.plan, side or ("on" if match["line"] == "equal to" else None))
        if match["line"] == "in line with":
            must(self.verdict is State.NORMAL and abs(finding.value - finding.plan) < abs(finding.plan) * 0.01, match[0])
            self._apart(match, finding.plan)
        self.went = sign(finding.value - finding.plan)

    def _percent(self, text: str, true: float) -> None:
        shown = Decimal(text.removeprefix("less than ").removesuffix("%").replace(",", ""))
        if text.startswith("less than"):
            must(0 < abs(true) < shown, f"{text} for {true!r}")
            return
        digits = len(text.removesuffix("%").partition(".")[2])
        step = Decimal(10) ** -max(digits, 1 if abs(true) < 10 else 0)
        must(abs(shown - abs(Decimal(true))) <= step / 2 + abs(Decimal(true)) * Decimal("1e-12"), f"{text} for {true!r}")
        must((shown == 0) == (true == 0) and (shown == 100) == (abs(true) == 100), f"{text} for {true!r}")

    def _much(self, match: re.Match[str]) -> None:
        change = self.finding.change
        assert change is not None
        amount = getattr(self.condition, "amount", None) or self.condition.at_least
        share = match["share"] or match["alone"]
        if amount.relative:
            must(share, f"no percent: {match[0]}")
            self._percent(share, change)
            if match["points"]:
                base = self.finding.evidence["compared_with"]
                self.figures.same(match["points"], abs(change) * abs(base) / 100)
                must(self.measure.unit is Unit.PERCENT, match[0])
        else:
            must(match["size"] or match["alone"], match[0])
            must(self.figures.same(match["size"] or match["alone"], abs(change)) > 0, match[0])

    def _reached(self, match: re.Match[str]) -> None:
        if self.condition.key != "reduction_missed":
            return
        self.says_wanted = True
        change, wanted = self.finding.change, self.condition.at_least
        assert change is not None
        fell_enough = change < 0 and -change >= wanted.number
        must(bool(match["met"]) == (fell_enough and wanted.number > 0), match[0])
        must(bool(match["short"]) == (change < 0 and not fell_enough), match[0])
        must(bool(match["zero"]) == (wanted.number == 0), match[0])
        given = match["short"] or match["met"] or match["none"]
        if given:
            text = given.replace(" reduction", "").replace("reduction of ", "")
            asked = self.figures.read(text) if not wanted.relative else Decimal(text.removesuffix("%"))
            must(abs(asked - Decimal(wanted.number)) < Decimal("1e-4"), match[0])
            much = match.groupdict().get("share") or match.groupdict().get("alone") or match.groupdict().get("size")
            if much and change < 0:
                shown = self.figures.read(much)
                must((shown < asked) == (-change < wanted.number), f"reads otherwise: {match[0]}")

    def _change(self, match: re.Match[str]) -> None:
        change = self.finding.change
        assert change is not None
        up = match["way"] in ("up", "a rise")
        must(sign(change) == (1 if up else -1), match[0])
        self._much(match)
        self.went = sign(change)
        self._base(match)
        self._reached(match)

    def _base(self, match: re.Match[str]) -> None:
        period, versus = self.finding.period, self.condition.versus
        twin = period.same_period_last_year
        names = {
            "previous_period": named(period - 1) if self.span is None else f"the {self.kind} before",
            "same_period_last_year": "the year before" if twin == period - 1 else f"the same {self.kind} last year",
            "year_to_date": "the year before" if twin == period - 1 else "the same time last year",
            "rolling_12_months": "the year before" if twin == period - 1 else "the 12 months before",
        }
        must(match["base"] == names[versus], f"{match['base']} for {versus}")
        if match.groupdict().get("then"):
            name = "previous" if versus == "previous_period" or twin == period - 1 else "last_year"
            self._tell(name, match["then"])
            then = getattr(self.finding, name)
            assert self.finding.value is not None
            must(then == self.finding.evidence["compared_with"], "another figure than the one compared")
            must(sign(self.finding.value - then) == self.went, match[0])
            if name == "previous" and twin == period - 1 and self.finding.last_year is not None:
                self.told.add("last_year")

    def _no_change(self, match: re.Match[str]) -> None:
        must(self.finding.change == 0, match[0])
        self.went = 0
        self._base(match)
        self._reached(match)

    def _total(self, match: re.Match[str]) -> None:
        change, versus = self.finding.change, self.condition.versus
        assert change is not None
        must((match["now"], match["old"]) == {
            "year_to_date": ("the year to date", "last year's"), "rolling_12_months": ("the last 12 months", "the 12 before"),
        }[versus], match[0])  # fmt: skip
        must(sign(change) == {"higher": 1, "lower": -1, None: 0}[match["way"]], match[0])
        if match["way"]:
            self._much(match)
        self.went = sign(change)
        self._reached(match)

    def _rank(self, match: re.Match[str]) -> None:
        evidence = self.finding.evidence
        must(match["place"] == counted(int(evidence["place"])) and int(match["areas"]) == evidence["areas_compared"], match[0])

    def _outlier(self, match: re.Match[str]) -> None:
        finding = self.finding
        if match.groupdict().get("mean"):
            self._against(match["mean"], finding.centre, match["side"])
        must((match["which"] == "upper") == (match["side"] == "above"), match[0])
        self._against(match["limit"], finding.upper if match["which"] == "upper" else finding.lower, match["side"])

    def _within_areas(self, match: re.Match[str]) -> None:
        must(self._against(match["low"], self.finding.lower) <= self.value <= self._against(match["high"], self.finding.upper), match[0])
        self._side_of_centre()

    def _ahead(self, match: re.Match[str]) -> None:
        self.says_wanted = True
        finding, evidence = self.finding, self.finding.evidence
        wanted = finding.target if finding.target is not None else finding.plan
        assert wanted is not None and finding.due is not None
        ref = self.figures.same(match["ref1"] or match["ref2"], wanted)
        due = Calendar().containing(date.fromisoformat(finding.due), finding.period.kind)
        must(match["when"] == named(due), match[0])
        self.figures.same(match["mid"], evidence["projected"])
        low, high = evidence["projected_low"], evidence["projected_high"]
        if match["high"]:
            shown = self.figures.same(match["high"], high)
            must(sign(shown - ref) == sign(high - wanted), f"{match[0]}: {high!r} against {wanted!r}")
        word = match["against"].strip(", ")
        expected = "on" if low == high == wanted else "below" if high < wanted else "above" if low > wanted else ("against", "which leaves")
        must(word in expected if isinstance(expected, tuple) else word == expected, match[0])
        if match.groupdict().get("ahead"):
            count = due.ordinal - finding.period.ordinal
            must(match["ahead"] == (COUNTED[count] if count <= 10 else str(count)), match[0])
            self.figures.same(match["error"], evidence["projection_error"])


def problem(spoken: Spoken) -> str | None:
    """What is wrong with a finding's words; None: nothing."""
    try:
        Reader(spoken).check()
    except Unreadable as wrong:
        return f"{wrong}\n  {spoken.condition.key}: {spoken.text}\n  subject: {spoken.subject}"
    return None


