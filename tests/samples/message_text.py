"""The text part of a notice or digest taken apart, as a person reads it: head, sections, cards, lines; by patterns of its own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

VERDICTS = ("concern", "change", "improvement")
SHAPES = {"!": "concern", "~": "change", "+": "improvement"}
SEVERITIES = ("critical", "warning", "for information")
_MARK = r"(?P<shape>[!~+?=]) (?P<word>[A-Z][a-z]+(?: [a-z]+)*)(?:, (?P<severity>critical|warning|for information))?"
#: The marks of other rules on a figure.
_ALSO = r"Also (?:[!~+] [A-Z][a-z]+(?:, )?)+"
#: Stands behind the last line.
_END = "="
_NEWS = {"got worse": "worse", "turned to": "worse", "new exception": "new"}
_FULL = re.compile(r"^[!~+?=] [A-Z]{2}")


@dataclass
class Shown:
    """A measure in a period as a message shows it: how it is marked, where, its figure, and every word of it in one line."""

    verdict: str | None
    severity: str | None
    name: str
    words: str
    place: str | None = None
    #: Lines of a table of areas: "Telford & Wrekin: 12.2%, 2.8 points below, lowest band, ! concern".
    rows: list[str] = field(default_factory=list)
    number: int | None = None
    section: str = ""
    #: "worse", "new" or something else that happened; None where nothing is said.
    news: str | None = None
    #: Verdicts that stand beside its own: those of rules that tell others.
    beside: tuple[str, ...] = ()
    #: Whether a digest's line goes on with other areas: "Telford ! 12.2%".
    has_others: bool = False

    @property
    def all_words(self) -> str:
        """Its place and period, where these stand apart, and all the rest."""
        return f"{self.place} {self.words}"

    @property
    def is_of_several(self) -> bool:
        """Whether it tells of more areas than one."""
        return self.has_others or bool(re.search(r" and [\d,]+ more areas?\b", self.all_words))

    def named_first(self, labels: Iterable[str]) -> set[str]:
        """Return those labels of periods that stand first: of its own figure, before what that is compared with."""
        words = self.place.partition(" · ")[2] if self.place else self.words
        places = {label: match.start() for label in labels if (match := re.search(rf"\b{re.escape(label)}\b", words))}
        return {label for label, place in places.items() if place == min(places.values())}

    @property
    def weight(self) -> tuple[int, int]:
        """Less comes first: verdicts, then severities; what is over after all that stands."""
        rank = VERDICTS.index(self.verdict) if self.verdict in VERDICTS else 0 if self.verdict == "not known" else 3
        return rank, SEVERITIES.index(self.severity) if self.severity else len(SEVERITIES)


def joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def sections(text: str) -> dict[str, list[str]]:
    """Return the lines below each heading; those of the head below "", of the foot nowhere."""
    found: dict[str, list[str]] = {"": []}
    below = ""
    for line in text.partition("\n" + "-" * 72)[0].splitlines():
        if match := re.fullmatch("=== (.+) ===", line):
            below = match[1]
            found[below] = []
        else:
            found[below].append(line)
    return found


def paragraphs(lines: list[str]) -> list[str]:
    """Return text between empty lines, each in one line."""
    return [joined(part.splitlines()) for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()]


def items(lines: list[str]) -> list[str]:
    """Return what begins with a dash, each in one line."""
    found: list[list[str]] = []
    for line in lines:
        if line.startswith("- "):
            found.append([line[2:]])
        elif found and line.startswith("  "):
            found[-1].append(line)
    return [joined(one) for one in found]


def verdict_of(shape: str, word: str) -> str | None:
    """What a mark says: a verdict, not come, not known, or None of what is over."""
    if shape == "?":
        return "not known"
    return word.lower() if shape in SHAPES else None


def in_digest(lines: list[str], section: str) -> list[Shown]:
    """Return the cards of a table, or of what is to be read first."""
    found = []
    for item in items(lines):
        match = re.match(_MARK + ": ", item)
        if match:
            news = re.search(r" (New|Worse|Going on|Corrected), ", item)
            found.append(
                Shown(
                    verdict_of(match["shape"], match["word"]), match["severity"], item[match.end() :], item,
                    section=section, news=news[1].lower() if news else None,
                    beside=_beside(also[0]) if (also := re.search(_ALSO, item)) else (),
                    has_others=bool(re.search(r" [!~+] ", re.sub(_ALSO, "", item[match.end() :]))),
                )
            )  # fmt: skip
    return found


def blocks(lines: list[str]) -> list[list[str]]:
    """Return what stands between empty lines: a digest's topics."""
    return [part.splitlines() for part in re.split(r"\n\s*\n", "\n".join(lines))]


def in_notice(text: str) -> Iterator[Shown]:
    """Yield a notice's cards: in full (a mark in capitals on a line of its own) and in brief (numbered, the mark in brackets)."""
    for section, lines in sections(text).items():
        card: list[str] = []
        for line in [*lines, _END]:
            begins = (
                line is _END
                or _FULL.match(line)
                or (re.match(r"\d+\. ", line) and not (card and _FULL.match(card[0]) and _numbered(card) is None))
            )
            if begins:
                if card and (made := _card(card, section)) is not None:
                    yield made
                card = []
            if begins or card:
                card.append(line)


def _numbered(card: list[str]) -> int | None:
    return next((n for n, line in enumerate(card) if re.match(r"\d+\. ", line)), None)


def _card(card: list[str], section: str) -> Shown | None:
    rows = list(_rows(card))
    if _FULL.match(card[0]):
        return _in_full(card, rows, section)
    whole = joined(card)
    match = re.match(r"(?P<number>\d+)\. (?P<name>.+?) \((?P<marks>[!~+?=] [^)]+)\)", whole)
    if match is None:
        return None
    mark = re.match(_MARK, match["marks"])
    if mark is None:
        return None
    foots = (re.match(r"   ([^.]*? · .*?)\. ", f"{line} {after} ") for line, after in pairwise([*card, ""]))
    place = next((foot for foot in foots if foot is not None), None)
    return Shown(
        verdict_of(mark["shape"], mark["word"]), mark["severity"], match["name"], whole, joined([place[1]]) if place else None,
        rows, int(match["number"]), section, "worse" if re.search(r"Got worse\.|Turned to the other", whole) else None,
        _beside(match["marks"][mark.end() :]),
    )  # fmt: skip


def _beside(rest: str) -> tuple[str, ...]:
    return tuple(SHAPES[shape] for shape in re.findall(r"(?<= )([!~+]) [A-Z]", rest))


def _until_empty(card: list[str]) -> Iterator[str]:
    for line in card:
        if not line.strip():
            return
        yield line


def _in_full(card: list[str], rows: list[str], section: str) -> Shown | None:
    match = re.match(r"(?P<shape>[!~+?=]) (?P<word>[A-Z]+(?: [A-Z]+)*)(?P<rest>.*)", card[0])
    if match is None:
        return None
    severity = next((one for one in SEVERITIES if one in match["rest"]), None)
    happened = next((news for words, news in _NEWS.items() if words in match["rest"]), None)
    head = list(_until_empty(card[1:]))
    place = next((line for line in head if " · " in line), None)
    number = _numbered(head)
    name = joined(head[1:] if number is None else head[number:])
    numbered = re.match(r"(\d+)\. ", name)
    return Shown(
        verdict_of(match["shape"], match["word"]), severity, re.sub(r"^\d+\. ", "", name), joined(card), place, rows,
        int(numbered[1]) if numbered else None, section, happened, _beside(match["rest"]),
    )  # fmt: skip


def _rows(card: list[str]) -> Iterator[str]:
    start = next((n for n, line in enumerate(card) if line.startswith("Area: figure, ")), None)
    if start is None:
        return
    found: list[list[str]] = []
    for line in card[start + 1 :]:
        if line.startswith("- "):
            found.append([line[2:]])
        elif found and line.startswith("  ") and not line.startswith("  and ") and not line.startswith("   "):
            found[-1].append(line)
        else:
            break
    yield from map(joined, found)
