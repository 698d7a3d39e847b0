"""Reads a finding's words back: numbers, sides, directions and counts, by patterns of its own and not by the code that wrote them.

Every sentence must be one that the reader knows, so that no sentence goes unread.
"""

import re
from datetime import timedelta

from alerting.domain.finding import Finding, State
from alerting.domain.measure import Covers, Measure, Polarity, Unit
from alerting.domain.period import Calendar, PeriodKind
from samples.word_clauses import VAST, ClauseReader
from samples.word_figures import Figures, P, UnreadableError, counted, must, named, percent, placed, sign, written
from samples.word_worlds import Spoken

#: What no text may hold, whatever the figures.
NEVER = {
    "two spaces": r"  ",
    "a space before a stop": r" [.,;:)]",
    "two stops": r"[.,;]{2}",
    "no word": r"\b(?:None|nan|inf|NaN)\b|(?<!is )not known",
    "a word twice": r"\b([A-Za-z]+) \1\b",
    "one of many": r"(?<![\d.,e-])1 (?:days|weeks|months|quarters|years|points|calls|offences)\b",
    "a before a vowel": r"\ba (?:8|11|18)(?!\d)|\ba [aeio]|\ban (?:[0-79]\b|[bcdfgjklmnpqrstvwxyz])",
    "minus nothing": r"-0(?![\d.,])|-0\.0+(?!\d)",
    "an empty bracket": r"\(\s*\)",
    "a judgement": r"\b(?:bad|worse|poor|failing|alarming|exceptional)\b",
}
BEGINS = r"[A-Z0-9£€$\N{MINUS SIGN}-]"
UNUSABLE = (
    "the figure could not be read",
    "the source gives two different figures",
    "there are too few earlier figures",
    "an earlier figure that the comparison needs is missing",
    "it needs the figures? for .+, which (?:is|are) [a-z ]+",
    "it rests on too few cases",
)
GOOD = {Polarity.HIGHER: 1, Polarity.LOWER: -1, Polarity.NEITHER: None}


class Reader:
    """Reads one finding's text and subject."""

    def __init__(self, spoken: Spoken) -> None:
        facts = spoken.found.facts
        self.spoken, self.text, self.subject = spoken, spoken.text, spoken.subject
        self.finding: Finding = facts.finding
        self.measure: Measure = facts.measure
        self.place, self.due_on = facts.area.title, facts.due_on
        self.inside = "" if facts.area_unsaid else f" in {self.place}"
        self.figures = Figures(self.measure)
        self.span = self.measure.covers or self.measure.rolling
        self.when = placed(self.finding.period, self.span)
        self.told: set[str] = set()

    def check(self) -> None:
        """Read everything.

        Raises:
            UnreadableError: it says something else than the figures.
        """
        for text in (self.text, self.subject):
            for what, pattern in NEVER.items():
                must(not re.search(pattern, text), f"{what}: {re.search(pattern, text)}")
            must(text.count("(") == text.count(")"), "brackets")
        must(re.match(BEGINS, self.text) and self.text.endswith("."), "no sentence")
        if self.finding.value is None:
            self._read_absent()
            return
        sentences = re.split(r"(?<=[^.])\. (?=[A-Z])", self.text[:-1])
        must(len(set(sentences)) == len(sentences), "a sentence twice")
        value, clause = self._read_lead(sentences[0])
        in_subject, short = self._read_subject()
        must(self.figures.read(value) == self.figures.read(in_subject), f"{in_subject} is not the text's figure")
        self._read_brief(in_subject, short)
        if self.finding.state.is_verdict:
            self._read_verdict(clause, short, sentences[1:])
        else:
            must(short == ", not judged", "the subject compares what is not judged")
            why = re.fullmatch("It is not judged(?:: .+| for now)", sentences[1])
            must(clause == "" and len(sentences) == 2 + self._read_age(sentences) and why, "no reason")

    def _read_lead(self, sentence: str) -> tuple[str, str]:
        """Read the value with its place and period; return it as written, and what follows."""
        template = f"{self.measure.title}: {{value}}" if self.measure.sentence is None else self.measure.sentence
        if "{area}" not in template:
            template += self.inside
        if "{period}" not in template:
            template += " {period}"
        when = self.when[:1].upper() + self.when[1:] if template.startswith("{period}") else self.when
        filled = template.replace("{area}", self.place).replace("{period}", when)
        before, after = map(re.escape, filled.split("{value}"))
        match = re.match(f"{before}({self.figures.full}){after}", sentence)
        must(match, f"does not begin: {filled}")
        assert match and self.finding.value is not None
        shown = self.figures.same(match[1], self.finding.value)
        must(sign(shown) == sign(self.finding.value), f"{match[1]} for {self.finding.value!r}")
        return match[1], sentence[match.end() :]

    def _read_subject(self) -> tuple[str, str]:
        match = re.fullmatch(
            rf"{re.escape(self.measure.title)}: ({self.figures.full})(.*) \({re.escape(self.place)}\)", self.subject
        )
        must(match, "no subject")
        assert match
        return match[1], match[2]

    def _read_brief(self, figure: str, short: str) -> None:
        """Read the subject of a mail: mark, area, title, figure, and a line made of no other numbers than the headline."""
        marks = {None: "[?] ", "concern": "! ", "improvement": "[+] ", "change": "~ "}
        mark = marks[self.finding.meaning] if self.finding.state.name == "EXCEPTION" else ""
        about = f"{mark}{re.escape(self.place)}: {re.escape(self.measure.title)}"
        match = re.fullmatch(f"{about} ({self.figures.bare})(?:, (.*))?", self.spoken.brief)
        must(match, f"the mail's subject is {self.spoken.brief}")
        assert match
        must(figure.startswith(match[1]), f"{match[1]} is not {figure}")
        numbers = re.findall(r"\d[\d,.]*\d|\d", match[2] or "")
        must(not set(numbers) - set(re.findall(r"\d[\d,.]*\d|\d", f"{short} {figure}")), f"{match[2]} for {short}")

    def _read_absent(self) -> None:
        """Read that there is no figure, and why; and what the figures before were."""
        title = self.measure.title
        small = title if title[1].isupper() or " at Risk" in title else title[0].lower() + title[1:]
        about = re.escape(f"{small}{self.inside} {self.when}")
        due = f"; it was due by {written(self.due_on)}" if self.due_on else ""
        match = re.fullmatch(
            rf"(?:No figure has come for {about}{due}|There is no figure for {about}(?:: .+?)?"
            rf"|There is no usable figure for {about}: (?:{'|'.join(UNUSABLE)})|The source that gives {about} could not be read)"
            r"\.(?: (It was .+)\.)?", self.text,
        )  # fmt: skip
        must(match, f"absent: {about}")
        assert match
        if match[1]:
            self._read_before(match[1])
        late = self.spoken.condition.key == "not_fresh" and self.finding.state.is_verdict and self.due_on
        by = f", due by {written(self.due_on)}" if late and self.due_on else ""
        expected = f"{title}: no figure for {named(self.finding.period)}{by} ({self.place})"
        must(self.subject == expected, f"the subject is not {expected}")

    # -- a verdict -------------------------------------------------------------------------------------------------------

    def _read_verdict(self, clause: str, short: str, sentences: list[str]) -> None:
        in_text = ClauseReader(self.spoken, self.figures, short=False)
        in_text.read(clause)
        in_subject = ClauseReader(self.spoken, self.figures, short=True)
        in_subject.read(short)
        must(in_text.went == in_subject.went, f"the subject says {in_subject.went}, the text {in_text.went}")
        self.told |= in_text.implied
        for name, figure in in_text.told.items():
            self._tell(name, figure)
        for sentence in sentences:
            must(re.match(BEGINS, sentence), f"no capital: {sentence}")
            self._read_sentence(sentence, several=in_text.several)
        finding = self.finding
        streaks = [sentence for sentence in sentences if sentence.startswith("This is ")]
        must(bool(streaks) == ((finding.consecutive or 0) >= 2), "how long")
        must(finding.provisional == ("The figure is provisional" in sentences), "provisional")
        must(bool(finding.trial) == ("Its limits are trial limits, from fewer than 12 figures" in sentences), "trial")
        must(
            (finding.evidence.get("change") == "as published") == ("The change is as published" in sentences),
            "published",
        )
        self._read_age(sentences)
        self._read_wanted(sentences, in_text)
        self._all_told()

    def _read_age(self, sentences: list[str]) -> bool:
        """The last sentence says that nothing newer has come, where something was due; return whether it does."""
        said = sentences[-1:] == [f"There is no newer figure since {named(self.finding.period)}"]
        due = self.due_on is not None and (self.finding.period + 1).last_day + timedelta(days=5) < self.spoken.as_of
        must(said == (due and self.spoken.is_newest), "no newer figure")
        return said

    def _read_sentence(self, sentence: str, *, several: bool) -> None:
        if sentence.startswith("It was "):
            self._read_before(sentence)
        elif re.match("It is (?:up|down|the same)", sentence) and not sentence.endswith(", as published"):
            self._read_moves(sentence.removeprefix("It is "))
        elif sentence.startswith("This is "):
            self._read_streak(sentence, several=several)
        elif sentence.startswith(("It is compared with ", "The new average is ")):
            self._read_members(sentence)
        elif sentence.startswith("The average since "):
            self._read_proposed(sentence)
        elif sentence.startswith("It is ") and sentence.endswith(", as published"):
            self._read_printed(sentence.removeprefix("It is ").removesuffix(", as published"))
        else:
            known = (
                "no newer figure since",
                "figure is provisional",
                "trial limits, from fewer",
                "change is as published",
                "er is better here",
            )
            must(any(words in sentence for words in known), f"unknown sentence: {sentence}")

    def _read_wanted(self, sentences: list[str], clause: ClauseReader) -> None:
        """A move that is wanted is told as wanted, and no other is."""
        said = [sentence for sentence in sentences if sentence.endswith(" is better here")]
        finding, better = self.finding, self.measure.better
        must(said in ([], [f"{better.value.capitalize()} is better here"]), f"{said} where {better} is better")
        if self.spoken.verdict is not finding.state:
            return  # a rule turned round has no side
        moved = finding.state is State.EXCEPTION and clause.went not in (None, 0) and clause.went == GOOD[better]
        must(bool(said) == (moved and not clause.says_wanted), f"went {clause.went}, {better} is better: {said}")

    def _read_printed(self, words: str) -> None:
        """Changes that the source prints are told where one of the two figures is not known, each on what it is on."""
        period, changes = self.finding.period, self.finding.evidence["printed_changes"]
        on = {
            "previous_period": f"on {named(period - 1)}",
            "same_period_last_year": "on last year",
            "year_to_date": "in the year to date on last year's",
        }
        told = [rf"(?:(?P<w{n}>up|down) (?P<s{n}>{P})|no change) {re.escape(on[v])}" for n, v in enumerate(changes)]
        match = re.fullmatch(" and ".join(told), words)
        must(match, f"not the printed changes: {words}")
        assert match
        for n, change in enumerate(changes.values()):
            way, size = match[f"w{n}"], match[f"s{n}"]
            must({"up": 1, "down": -1, None: 0}[way] == sign(change), words)
            if size:
                percent(size, change)
        must(self.finding.previous is None or self.finding.last_year is None, "both figures are known")

    def _read_before(self, sentence: str) -> None:
        period = self.finding.period
        known = {placed(period - 1, self.span): "previous"}
        if self._starts_anew:
            known = {}
        if (twin := period.same_period_last_year) is not None:
            known.setdefault(placed(twin, self.span), "last_year")
        for part in re.split(rf" and (?={self.figures.bare})", sentence.removeprefix("It was ")):
            match = re.match(rf"({self.figures.bare}) (.+)", part)
            must(match and match[2] in known, f"{part}: neither the period before nor last year's")
            assert match
            self._tell(known[match[2]], match[1])

    def _read_moves(self, words: str) -> None:
        """Up or down on the period before and on last year's: by points, by a percentage, or from a small figure."""
        period, twin = self.finding.period, self.finding.period.same_period_last_year
        known = {placed(period - 1, self.span): "previous"}
        if twin is not None:
            known.setdefault(placed(twin, self.span), "last_year")
        value = self.finding.value
        assert value is not None
        now = self.figures.read(self._read_subject()[0])
        for part in re.split(" and (?=up |down |the same as )", words):
            if part.startswith("the same as "):
                name = known[part.removeprefix("the same as ")]
                must(getattr(self.finding, name) == value and name not in self.told, part)
                self.told.add(name)
                continue
            match = re.fullmatch(
                rf"(?P<way>up|down) (?:(?P<points>{self.figures.size}) |(?P<share>{P}) )?"
                rf"from (?P<then>{self.figures.bare}) (?P<when>.+)", part,
            )  # fmt: skip
            must(match, f"neither up nor down: {part}")
            assert match
            name = known[match["when"]]
            before = getattr(self.finding, name)
            self._tell(name, match["then"])
            must(sign(value - before) == {"up": 1, "down": -1}[match["way"]], part)
            scale = {"thousand": 1e3, "million": 1e6, "billion": 1e9}.get(self.measure.scale or "", 1)
            little = before * scale < 30 or value > 3 * before
            of_percents = self.measure.unit is Unit.PERCENT
            must((match["points"] is not None) == of_percents, f"points of percents alone: {part}")
            must(of_percents or (match["share"] is None) == little, f"a percentage of little: {part}")
            if match["points"] and max(abs(value), abs(before)) < VAST:
                must(self.figures.read(match["points"]) == abs(now - self.figures.read(match["then"])), part)
            elif match["share"]:
                percent(match["share"], (value - before) / before * 100)

    def _tell(self, name: str, text: str) -> None:
        """A figure before reads on the side of the value on which it is."""
        must(name not in self.told, f"{name} twice")
        self.told.add(name)
        true, value = getattr(self.finding, name), self.finding.value
        must(true is not None, f"{name} is not known")
        shown = self.figures.same(text, true)
        if value is not None:
            now = self.figures.read(self._read_subject()[0])
            must(sign(shown - now) == sign(true - value), f"{text} beside {now}")

    @property
    def _starts_anew(self) -> bool:
        """Whether the figure of the period before says nothing beside this one: it is a part of it, or of the year before."""
        to_date = self.span is Covers.YEAR_TO_DATE and self.finding.period.kind is not PeriodKind.YEAR
        return to_date and self.finding.value is not None

    def _all_told(self) -> None:
        """Figures before that are known are told."""
        period = self.finding.period
        twin = period.same_period_last_year
        must(self.finding.previous is None or self._starts_anew or "previous" in self.told, "previous is not told")
        if self.finding.last_year is not None and twin is not None and twin != period - 1:
            must("last_year" in self.told, "last year is not told")

    def _read_streak(self, sentence: str, *, several: bool) -> None:
        count, period = self.finding.consecutive, self.finding.period
        assert count is not None
        what = "an exception for the" if several else "the"
        expected = f"This is {what} {counted(count)} {period.kind.value} running, since {named(period - (count - 1))}"
        must(sentence == expected, f"{sentence} is not {expected}")

    def _read_proposed(self, sentence: str) -> None:
        """The lines of a proposed move are those of the evidence, and those in force stand beside them."""
        evidence, finding = self.finding.evidence, self.finding
        pattern = "The average since (.+) is (.+), with limits of (.+?) to (.+?)(?: in place of (.+) to (.+))?"
        found = re.fullmatch(pattern, sentence)
        must(found is not None and finding.state is State.EXCEPTION, sentence)
        assert found is not None
        must(found[1] == named(finding.period - (int(evidence["proposed_periods"]) - 1)), sentence)
        names = ("proposed_centre", "proposed_lower", "proposed_upper")
        for said, line in zip(
            found.groups()[1:], (*map(evidence.get, names), finding.lower, finding.upper), strict=True
        ):
            must((said is None) == (line is None), sentence)
            if said is not None:
                self.figures.same(said, line)

    def _read_members(self, sentence: str) -> None:
        limits, period = self.finding.evidence["limits"], self.finding.period
        first, last = (named(Calendar().parse(limits[name], period.kind)) for name in ("from", "to"))
        what = "The new average is that of" if self.finding.rebased_on == period else "It is compared with"
        must(sentence == f"{what} the {limits['points']:,} figures from {first} to {last}", sentence)


def problem(spoken: Spoken) -> str | None:
    """What is wrong with a finding's words; None: nothing."""
    try:
        Reader(spoken).check()
    except UnreadableError as wrong:
        return f"{wrong}\n  {spoken.condition.key}: {spoken.text}\n  subject: {spoken.subject}"
    return None
