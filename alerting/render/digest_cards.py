"""The exceptions of a digest as rows: one for each measure and period, with its areas, in the order of weight."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import AnyPicture
from alerting.render.verdict_marks import STANDING_TITLES, WORST_FIRST, VerdictMark, mark, more_areas, verdict_mark
from alerting.reports.digest_views import DigestEntry, DigestTopic, EntryFigure, Standing
from alerting.reports.order import Weight
from alerting.wording.plain import capitalised, counted, sentence

#: The standings of what was an exception before.
_HAD_BEFORE = (Standing.WORSENED, Standing.ONGOING, Standing.CORRECTED)
#: The standings of what stands.
STILL = (Standing.OPENED, Standing.WORSENED, Standing.ONGOING, Standing.PENDING, Standing.CORRECTED)


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure of a card with all that its rules say of it, the worst first."""

    figure: EntryFigure
    entries: Sequence[DigestEntry]

    @property
    def mark(self) -> VerdictMark:
        """What the worst of its rules makes it."""
        return mark(self.entries[0])

    @property
    def besides(self) -> Sequence[VerdictMark]:
        """The marks of its other rules, and of those that tell others, where they find something else."""
        found = [meaning for entry in self.entries for meaning in (entry.meaning, *entry.by_others)]
        return [verdict_mark(meaning) for meaning in dict.fromkeys(found) if meaning is not self.entries[0].meaning]

    @property
    def shadow(self) -> str | None:
        """That nobody but its author is told, where all its rules are tried out."""
        return "tried out in shadow" if all(entry.shadow for entry in self.entries) else None

    @property
    def lines(self) -> str:
        """What it is held against, by all its rules: "25% fall wanted, lower limit 603"."""
        return ", ".join(dict.fromkeys(e.figure.line for e in self.entries if e.figure and e.figure.line))

    @property
    def comparisons(self) -> str:
        """How it stands to that, by all its rules: "below the standard of 90%"."""
        figures = [entry.figure for entry in self.entries if entry.figure]
        return ", ".join(dict.fromkeys(said for one in figures if (said := one.comparison or one.line)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestCard:
    """One measure in one period: the topmost exceptional area leads, the others follow by distance."""

    topic: str
    theme: str
    lead: Shown
    others: Sequence[Shown]
    #: Whether each figure says if it is new: not where all of a digest are.
    says_news: bool = False
    picture: AnyPicture | None = None

    @property
    def entries(self) -> list[DigestEntry]:
        """All that stands in it."""
        return [entry for shown in (self.lead, *self.others) for entry in shown.entries]

    @property
    def weight(self) -> Weight:
        """It stands where its first member stands."""
        return min(entry.weight for entry in self.entries)

    @property
    def is_improvement(self) -> bool:
        """Whether nothing in it is anything else to its reader."""
        return all(entry.meaning is Meaning.IMPROVEMENT for entry in self.entries)

    @property
    def goes_well(self) -> bool:
        """Whether it is an improvement by the rules that tell others, too."""
        return self.is_improvement and all({*entry.by_others} <= {Meaning.IMPROVEMENT} for entry in self.entries)

    @property
    def name(self) -> str:
        """The measure, with the area where that is not the topmost one."""
        figure = self.lead.figure
        measure = capitalised(figure.measure)
        return measure if figure.area_unsaid else f"{measure}, {figure.area}"

    @property
    def brief(self) -> str:
        """It in a few words: "Shoplifting 1,418 (−29%)", "VAL referrals 13.1% (below 15%), 4 more areas"."""
        figure = self.lead.figure
        beside = figure.change or self.lead.lines
        more = f", {self._more}" if self.others else ""
        return f"{self.name} {figure.value}".rstrip() + (f" ({beside})" if beside else "") + more

    @property
    def facts(self) -> list[str]:
        """What stands below the name: news, period, line, change, since when of what is not new, age."""
        figure, first = self.lead.figure, self.lead.entries[0]
        news = STANDING_TITLES[first.standing] if self.says_news else None
        provisional = "provisional" if figure.provisional else None
        since = None if first.standing is Standing.OPENED else figure.since
        parts = (news, figure.period, self.lead.lines, figure.change, since, provisional, figure.age, self.lead.shadow)
        return [part for part in parts if part]

    @property
    def more(self) -> list[str]:
        """What stands below that, a line each: areas, what drives it, what was corrected, what people said."""
        drivers, entries = self.lead.figure.drivers, self.entries
        corrected = (e.text for e in entries if e.standing is Standing.CORRECTED and e.text)
        said = (f"Said: {sentence(comment)}" for entry in entries for comment in entry.comments)
        areas = "; ".join(self._area(shown) for shown in self.others)
        lines = (areas, f"What drives it: {drivers}" if drivers else "", *(sentence(one) for one in corrected), *said)
        return list(dict.fromkeys(line for line in lines if line))

    def _area(self, shown: Shown) -> str:
        """Write another area: "Telford ! 12.2%"; with its line where that is another one than the first's."""
        figure, first, lead = shown.figure, shown.entries[0], self.lead.entries[0]
        words = f"{figure.area} {shown.mark.shape} {figure.value}".rstrip()
        news = STANDING_TITLES[first.standing].lower() if self.says_news and first.standing is not lead.standing else ""
        besides = [part for part in (shown.lines if shown.lines != self.lead.lines else "", news) if part]
        return f"{words} ({', '.join(besides)})" if besides else words

    @property
    def links(self) -> list[str]:
        """Where more is to be read."""
        return list(dict.fromkeys(entry.link for entry in self.entries if entry.link))

    @property
    def first(self) -> str:
        """It in a line for those who read only the first ones, after its name."""
        figure, also = self.lead.figure, f"and {self._more}" if self.others else ""
        parts = (
            f"{figure.value} {figure.when}".strip(),
            self.lead.comparisons,
            figure.since,
            figure.age,
            self.lead.shadow,
            also,
        )
        return ", ".join(part for part in parts if part)

    @property
    def _more(self) -> str:
        return more_areas(
            len(self.others), self.lead.entries[0].meaning, (shown.entries[0].meaning for shown in self.others)
        )

    @property
    def title(self) -> str:
        """The measure's full title, with the area where that is not the topmost one."""
        figure = self.lead.figure
        return figure.title if figure.area_unsaid else f"{figure.title}, {figure.area}"

    @property
    def owner(self) -> str | None:
        """Who answers first for the first of it, where a digest is about several owners' figures."""
        owners = self.lead.entries[0].owners
        return owners[0] if owners else None


def cards_of(topics: Iterable[DigestTopic]) -> list[DigestCard]:
    """Return the exceptions of today as cards, the worst first."""
    found: list[DigestCard] = []
    entries = [(topic, e) for topic in topics for e in topic.entries if _stands(e)]
    says_news = any(entry.standing is not Standing.OPENED for _, entry in entries)
    groups: dict[tuple[str, str, str], list[tuple[DigestTopic, DigestEntry]]] = {}
    for topic, entry in entries:
        figure = entry.figure
        key = ("", entry.headline, "") if figure is None else (topic.title, figure.id[0], figure.period)
        groups.setdefault(key, []).append((topic, entry))
    for members in groups.values():
        topic = members[0][0]
        found.append(_card(topic, [entry for _, entry in members], says_news=says_news))
    return sorted(found, key=lambda card: (card.weight, card.name))


def _stands(entry: DigestEntry) -> bool:
    return entry.standing in STILL and entry.is_known and not entry.is_over and not entry.not_come


def _card(topic: DigestTopic, entries: Sequence[DigestEntry], *, says_news: bool) -> DigestCard:
    figures: dict[tuple[str, str], list[DigestEntry]] = {}
    for entry in sorted(entries, key=lambda one: one.weight):
        figures.setdefault(entry.figure.id if entry.figure else ("", entry.headline), []).append(entry)
    shown = [Shown(_figure(those[0]), _as_one(those)) for those in figures.values()]
    lead = min(shown, key=lambda one: one.figure.area_place)
    others = sorted((one for one in shown if one is not lead), key=lambda one: one.entries[0].weight)
    return DigestCard(
        topic=topic.title, theme=topic.theme or topic.title, lead=lead, others=others, says_news=says_news
    )


def _as_one(entries: Sequence[DigestEntry]) -> list[DigestEntry]:
    """Return a figure's entries, the worst first: what a rule finds anew that another found before is not new of the figure."""
    before = {entry.meaning for entry in entries if entry.standing in _HAD_BEFORE}
    found = (
        replace(one, standing=Standing.ONGOING) if one.standing is Standing.OPENED and one.meaning in before else one
        for one in entries
    )
    return sorted(found, key=lambda one: one.weight)


def _figure(entry: DigestEntry) -> EntryFigure:
    return entry.figure or bare_figure(entry)


def bare_figure(entry: DigestEntry) -> EntryFigure:
    """Return a figure of which nothing but the entry's headline is known."""
    return EntryFigure(
        id=("", entry.headline), measure=entry.headline, title=entry.headline, area="", period="", when="", value=""
    )


def standing_words(figure: EntryFigure) -> str:
    """Write a figure of which an exception stands that cannot be judged now: its period is told, and what came since."""
    place = "" if figure.area_unsaid else f", {figure.area}"
    parts = (f"{figure.title}{place}: {figure.value}".removesuffix(": "), figure.line, figure.period, figure.age)
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class TopicCards:
    """A topic's cards, worst first."""

    title: str
    cards: Sequence[DigestCard]


@dataclass(frozen=True, slots=True)
class Table:
    """A theme's topics, the one with the worst card first; with how many figures of each verdict they are, in words."""

    theme: str
    counts: str
    topics: Sequence[TopicCards]

    @property
    def names_topics(self) -> bool:
        """Whether its topics have headings: where its own does not name the only one."""
        return [topic.title for topic in self.topics] != [self.theme]


def tables_of(cards: Sequence[DigestCard]) -> list[Table]:
    """Arrange cards, given worst first, by theme and topic: each stands where its worst card does."""
    themes: dict[str, dict[str, list[DigestCard]]] = {}
    for card in cards:
        themes.setdefault(card.theme, {}).setdefault(card.topic, []).append(card)
    return [
        Table(
            theme,
            _counts([card for those in topics.values() for card in those], len(topics)),
            [TopicCards(title, those) for title, those in topics.items()],
        )
        for theme, topics in themes.items()
    ]


def _counts(cards: Sequence[DigestCard], topics: int) -> str:
    """Count figures (a measure in an area), each once as the worst of its cards has it, as the head does."""
    worst: dict[tuple[str, str], int] = {}
    for shown in (one for card in cards for one in (card.lead, *card.others)):
        meaning, key = shown.entries[0].meaning, shown.figure.id
        if meaning is not None:
            worst[key] = min(worst.get(key, len(WORST_FIRST)), WORST_FIRST.index(meaning))
    counts = Counter(worst.values())
    said = ", ".join(counted(counts[n], meaning.value) for n, meaning in enumerate(WORST_FIRST) if counts[n])
    return f"{said}; topics by their worst line" if said and topics > 1 else said
