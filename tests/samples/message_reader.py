"""Reads a notice or a digest back from its text part and names what it says wrongly: count, order, verdict, age, difference.

Nothing of the code that writes messages is used: what is counted is counted anew in what is shown, and what is said of a figure is
held against the finding that `evaluate` prints, or against the other numbers of the sentence.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from samples.message_differences import VALUE, N, Wrong, differences, digits, value_of
from samples.message_facts import Fact, Facts, Sent, short_period
from samples.message_text import SHAPES, VERDICTS, Shown, blocks, in_digest, in_notice, paragraphs, sections

#: What the head of a notice counts.
_COUNTED = "concern|change|improvement|over|not come|not known|correct|no longer|answered|come"
#: What is beside a message's own sections: nothing is counted there.
_NOT_TABLES = (
    "Read first", "Going well", "Coming", "Bear in mind", "Problems with the figures", "What was checked", "In the next 30 days",
)  # fmt: skip


def problems(sent: Sent, facts: Facts) -> list[Wrong]:
    """Return everything that a message says wrongly."""
    read = {"digest": _digest, "notice": _notice, "scorecard": _scorecard}[sent.kind]
    return [*read(sent, facts), *differences(sent.text)]


def number(text: str) -> int:
    return int(text.replace(",", ""))


# -- digests -------------------------------------------------------------------------------------------------------------


def _scorecard(sent: Sent, _facts: Facts) -> Iterator[Wrong]:
    """A scorecard's counts are those of its subject and add up; its table is another one than a digest's."""
    bar = next((part for part in paragraphs(sections(sent.text)[""]) if re.match(r"[\d,]+ [^|]+ \| ", part)), "")
    counts = {words: number(count) for count, words in re.findall(r"(?:^|\| )([\d,]+) ([^|]+?)(?= \||$)", bar)}
    watched = _first(r"([\d,]+) figures? watched", " ".join(sent.text.split()))
    if bar and sum(counts.values()) != watched:
        yield Wrong("count", f"{bar}: {watched} are watched")
    for words, count in counts.items():
        if words != "as expected" and f"{count:,} {words}" not in sent.subject:
            yield Wrong("count", f"{sent.subject}: at the head {bar}")


def _digest(sent: Sent, facts: Facts) -> Iterator[Wrong]:
    parts = sections(sent.text)
    first, tables = in_digest(parts.get("Read first", []), "Read first"), []
    for title, lines in parts.items():
        if title not in _NOT_TABLES and (cards := in_digest(lines, title)) and not re.search(r" \([\d,]+\)$", title):
            tables.append((paragraphs(lines)[0], cards))
    shown = [card for _, cards in tables for card in cards]
    yield from _digest_counts(sent, parts, tables, facts)
    mixed = {card.news for card in shown} - {None, "new"}
    yield from _order(first, facts, "to read first", by_distance=not mixed)
    for title, lines in parts.items():
        if title not in _NOT_TABLES and not re.search(r" \([\d,]+\)$", title):
            for topic in blocks(lines):
                yield from _order(in_digest(topic, title), facts, f"under {title}")
    yield from _worst_first(first, shown)
    stands = [
        card for title, lines in parts.items() if title.startswith("Open, as last") for card in in_digest(lines, title)
    ]
    for card in [*first, *shown]:
        yield from _verdict(card, facts)
    for card in stands:  # a line each rule
        meanings = [fact.finding["meaning"] for fact in _of(card, facts)]
        if card.verdict not in meanings:
            yield from _verdict(card, facts)
    for card in shown:
        yield from _age(card, facts)
        yield from _moved(card, facts)


def _moved(card: Shown, facts: Facts) -> Iterator[Wrong]:
    """What a table says of a figure's change: "+2 points on Aug 2020", "−38%" on last year, "was 13"."""
    found = _of_period(card, facts)
    before_others = re.split(r"; | Said: | What drives it: ", card.words)[0]
    apart, was = rf"(?P<way>[+−])(?P<d>{N})(?P<unit>%| points?)", rf"was (?P<was>{VALUE})(?!,\d)(?: (?!in |on )[a-z]+)?"
    match = re.search(rf", (?:{apart}|{was})(?: (?:on|in) (?P<on>[A-Z][^,]*?))?(?=,|$| [A-Z])", before_others)
    if (
        match is None
        or before_others.count(", was ") > 1
        or len({(fact.finding["measure"], fact.finding["area"]) for fact in found}) != 1
    ):
        return
    finding = found[0].finding
    values = facts.values.get((finding["measure"], finding["area"]), {})
    now, before = values.get(finding["period"]), _earlier(values, finding["period"], match["on"])
    if now is None or before is None or before == 0:
        return
    if match["was"]:
        if abs(Decimal(before) - (value_of(match["was"]) or 0)) > Decimal("0.5").scaleb(
            -digits(match["was"])
        ) * Decimal("1.000001"):
            yield Wrong("difference", f"{card.name}: was {before}, not {match['was']}")
        return
    moved = Decimal(now) - Decimal(before)
    size = abs(moved) if "point" in match["unit"] else abs(moved / Decimal(before)) * 100
    step = Decimal(1).scaleb(-digits(match["d"]))
    if (moved > 0) != (match["way"] == "+") or abs(size - Decimal(match["d"].replace(",", ""))) > step:
        yield Wrong("difference", f"{card.name}: {now} after {before} is not {match[0][2:]}")


def _earlier(values: dict[str, float], period: str, on: str | None) -> float | None:
    if on is not None:
        return next((value for name, value in values.items() if short_period(name) == on), None)
    year = re.match(r"\d{4}", period)
    assert year is not None
    twin = f"{int(year[0]) - 1}{period[4:]}"
    if "/" in period:
        twin = f"{int(year[0]) - 1}/{int(year[0]) % 100:02}{period[7:]}"
    return values.get(twin)


def _digest_counts(
    sent: Sent, parts: dict[str, list[str]], tables: list[tuple[str, list[Shown]]], facts: Facts
) -> Iterator[Wrong]:
    head = [part for part in paragraphs(parts[""]) if part]
    if not any("igest, " in part for part in head):
        return
    at = next(n for n, part in enumerate(head) if "igest, " in part)
    said = re.split(r" (?:[A-Z]\w+ )?[Dd]igest, |(?<=[a-z)]) [A-Z][\w ]* [Dd]igest, ", head[at])[0]
    if not sent.subject.replace("\n", " ").lower().endswith(f": {said.lower()}"):
        yield Wrong("count", f"the subject says {sent.subject}, the head {said}")
    counts = {word: _first(rf"(?<!\w)([\d,]+) {word}(?:s\b|\b)", said) for word in (*VERDICTS, "not known")}
    new = sum(number(one) for one in re.findall(r"\(([\d,]+) new\)", said))
    summary = next((part for part in head if "watched (a measure in an area)" in part), "")
    bar = head[at + 1] if summary != head[at + 1] else ""
    expected, watched = _first(r"([\d,]+) as expected", summary), _first(r"([\d,]+) figures? watched", summary)
    if sum(counts.values()) + expected != watched:
        yield Wrong("count", f"{counts}, {expected} as expected: not {watched} watched")
    in_bar = sum(number(one) for one in re.findall(r"(?:^|\| )([\d,]+) ", bar))
    if bar and in_bar != watched:
        yield Wrong("count", f"the bar adds up to {in_bar}, {watched} are watched")
    yield from _news(summary, counts, new)
    marked = [card.name for _, cards in tables for card in cards if card.news == "new" and card.verdict in VERDICTS]
    if marked and not new:
        yield Wrong("count", f"nothing is new at the head, below are {marked}")
    for title, count in (("As expected", expected), ("Not known", counts["not known"])):
        shown = next((_first(r"\(([\d,]+)\)", name) for name in parts if re.match(rf"{title} \(", name)), count)
        if shown != count:
            yield Wrong("count", f"{title}: {shown}, at the head {count}")
    yield from _in_tables(sent, tables, counts, facts)


def _news(summary: str, counts: dict[str, int], new: int) -> Iterator[Wrong]:
    all_ = sum(counts[verdict] for verdict in VERDICTS)
    ways = {
        r"The exception is new": (1, 1), r"The exception is not new": (1, 0), r"Both exceptions are new": (2, 2),
        r"Neither exception is new": (2, 0),
    }  # fmt: skip
    for words, expected in ways.items():
        if f"{words}." in summary and (all_, new) != expected:
            yield Wrong("count", f"{words}: {new} of {all_}")
    if (match := re.search(r"(All|None of the|[\d,]+ of) ([\d,]+) exceptions (?:is|are) new", summary)) is not None:
        told = (
            {"All": all_, "None of the": 0}.get(match[1])
            if not match[1][0].isdigit()
            else _first(r"([\d,]+)", match[1])
        )
        if (number(match[2]), told) != (all_, new):
            yield Wrong("count", f"{match[0]}: {new} of {all_}")
    elif all_ and not any(f"{words}." in summary for words in ways):
        yield Wrong("count", f"what is new of {all_}: {summary}")


def _first(pattern: str, text: str) -> int:
    match = re.search(pattern, text)
    return 0 if match is None else number(match[1])


def _in_tables(
    sent: Sent, tables: list[tuple[str, list[Shown]]], counts: dict[str, int], facts: Facts
) -> Iterator[Wrong]:
    """Each table counts the figures that it shows, and together they show what the head counts."""
    total: Counter[str] = Counter()
    for said, cards in tables:
        names = Counter(tuple(sorted({fact.finding["measure"] for fact in facts.named(card.name)})) for card in cards)
        if any(len(measures) > 1 and several > 1 for measures, several in names.items()):
            return  # two measures of one name: one figure in two cards cannot be told from two
        worst: dict[tuple[str, str], int] = {}
        for key, verdict in (one for card in cards for one in _figures(card, facts)):
            worst[key] = min(worst.get(key, len(VERDICTS)), VERDICTS.index(verdict))
        shown = Counter(VERDICTS[place] for place in worst.values())
        told = {verdict: _first(rf"([\d,]+) {verdict}", said) for verdict in VERDICTS}
        if told != {verdict: shown[verdict] for verdict in VERDICTS}:
            yield Wrong("count", f"{said}: shown are {dict(shown)}")
        total += shown
    if "Shortened to keep" not in sent.text and any(total[verdict] != counts[verdict] for verdict in VERDICTS):
        yield Wrong("count", f"the head has {counts}, the tables {dict(total)}")


def _figures(card: Shown, facts: Facts) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the figures of a card: the first one, and those of areas that follow: "Shropshire ! 11.2%; Telford ! 12.2%"."""
    found = facts.named(card.name)
    measure = found[0].finding["measure"] if found else card.name
    areas = {name: fact.finding["area"] for fact in found for name in fact.areas}
    every = {name: fact.finding["area"] for fact in facts.facts for name in fact.areas}
    topmost = next((fact.finding["area"] for fact in facts.facts if fact.topmost), "")
    if card.verdict in VERDICTS:
        yield (measure, next(iter(areas.values())) if len(set(areas.values())) == 1 else topmost), card.verdict
    own = re.sub(r"Also (?:[!~+] [A-Z][a-z]+(?:, )?)+", "", card.words)
    own = re.split(r" What drives it: | Said: | Corrected\. | https?://", own)[0]
    for match in re.finditer(r"(?<= )([!~+])(?= |;|$)", own):
        before = own[: match.start()].rstrip()
        area = max((name for name in every if before.endswith(name)), key=len, default=before)
        yield (measure, every.get(area, area)), SHAPES[match[1]]


def _worst_first(first: list[Shown], shown: list[Shown]) -> Iterator[Wrong]:
    """Nothing in the tables that is not to be read first weighs more than what is."""
    if first and len(shown) > len(first):
        left = sorted(card.weight for card in shown)[: len(first)]
        if max((card.weight for card in first if not card.is_of_several), default=left[-1]) > left[-1]:
            yield Wrong("order", f"{first[-1].words} is to be read first, before {left}")


# -- notices -------------------------------------------------------------------------------------------------------------


def _notice(sent: Sent, facts: Facts) -> Iterator[Wrong]:
    cards = list(in_notice(sent.text))
    if not cards or "Details are shortened" in sent.text:
        return
    common = re.search(r"([^.]+ · [^.]+?) unless said", " ".join(paragraphs(sections(sent.text)[""])))
    for card in cards:
        card.place = card.place or (common[1].strip() if common else None)
    yield from _notice_counts(sent, cards)
    yield from _order(cards, facts, "in the notice")
    for card in cards:
        yield from _verdict(card, facts)
        yield from _age(card, facts)
    if (match := re.match(r"(?:\[[^]]*\] )?(?:[A-Z][a-z ]+: )?([!~+?]) ", sent.subject)) is not None:
        verdict = "not known" if match[1] == "?" else SHAPES[match[1]]
        if cards[0].verdict not in (verdict, None):
            yield Wrong("verdict", f"the subject is {sent.subject}, the first card a {cards[0].verdict}")


def _told(card: Shown) -> int:
    """How many figures a card tells: its place says so, and where its table has no others, the table."""
    more = re.search(r" and ([\d,]+) more areas?\b", card.place or "")
    if card.number is not None and card.rows and card.words[:1] not in "!~+?=":
        return len(card.rows)
    return 1 + (number(more[1]) if more else 0)


def _notice_counts(sent: Sent, cards: list[Shown]) -> Iterator[Wrong]:
    told = sum(map(_told, cards)) + len(
        re.findall(r"^- ", "\n".join(sections(sent.text).get("No longer watched", [])), re.MULTILINE)
    )
    names = {re.sub(r": \S.*$", "", card.name) for card in cards}
    several = len({(card.name, card.place) for card in cards}) == len(cards) == len(names)
    more = re.search(r" and ([\d,]+) more$", sent.subject)
    figures = 1 + (number(more[1]) if more else 0)
    if several and figures != told:
        yield Wrong("count", f"the subject counts {figures}, shown are {told}")
    head = next((part for part in paragraphs(sections(sent.text)[""]) if _is_head(part)), None)
    if head is None:
        return
    counts = [
        number(one) for one in re.findall(r"(?:^|, )([\d,]+) (?=[a-z])", re.sub(r" \([\d,]+ critical\)", "", head))
    ]
    if sum(counts) != figures:
        yield Wrong("count", f"the subject counts {figures}, the head {head}")
    if all(_told(card) == 1 for card in cards) and several:
        shown = Counter(card.verdict for card in cards)
        critical = sum(card.severity == "critical" for card in cards)
        for verdict in VERDICTS:
            if _first(rf"([\d,]+) {verdict}", head) != shown[verdict]:
                yield Wrong("count", f"{head}: shown are {dict(shown)}")
        if sum(number(one) for one in re.findall(r"\(([\d,]+) critical\)", head)) != critical:
            yield Wrong("count", f"{head}: {critical} are critical")


def _is_head(part: str) -> bool:
    """Whether it counts what happened; "4 s low band" is a card's figure."""
    one = rf"[\d,]+ (?:{_COUNTED})[a-z ]*(?: \([\d,]+ critical\))?"
    return re.fullmatch(rf"{one}(?:, {one})*", part) is not None


# -- what both say of a figure -------------------------------------------------------------------------------------------


def _of(card: Shown, facts: Facts) -> list[Fact]:
    """Return the exceptions that a card may be about; none where a rule waits before it opens or ends one."""
    found = facts.named(card.name)
    if card.place:
        place = re.split(r" and [\d,]+ more areas? · | · ", card.place)[0]
        found = [fact for fact in found if place in fact.areas]
    elif len({fact.finding["area"] for fact in found}) > 1:
        found = [fact for fact in found if fact.topmost]
    if not all(fact.is_certain for fact in found):
        return []
    return [fact for fact in found if fact.is_exception]


def _of_period(card: Shown, facts: Facts) -> list[Fact]:
    """Return those of the period that the card names, where there are some."""
    found = _of(card, facts)
    labels = {label for fact in found for label in labels_of(fact.finding["period"])}
    named = card.named_first(labels)
    return [fact for fact in found if named & set(labels_of(fact.finding["period"]))] or found


def _order(cards: list[Shown], facts: Facts, where: str, *, by_distance: bool = True) -> Iterator[Wrong]:
    """Verdicts, then severities, then how far beyond the line, where nothing else is said of what happened.

    Args:
        by_distance: not where it is said elsewhere what is new and what stands.
    """
    for before, after in itertools.pairwise(cards):
        if before.is_of_several or after.is_of_several:
            continue  # it stands where the worst of them stands, which may be another than the first
        if before.weight > after.weight:
            yield Wrong("order", f"{where}: {before.name} ({before.weight}) before {after.name} ({after.weight})")
        elif before.weight != after.weight or before.verdict not in VERDICTS:
            continue
        elif (
            (places := [_news_place(card) for card in (before, after)]) and None not in places and places[0] > places[1]
        ):
            yield Wrong("order", f"{where}: {before.name} ({before.news}) before {after.name} ({after.news})")
        elif by_distance and before.news == after.news:
            far, near = (_distances(card, facts) for card in (before, after))
            if far and near and max(far) < min(near):
                yield Wrong("order", f"{where}: {before.name} ({max(far):.3g}) before {after.name} ({min(near):.3g})")


def _news_place(card: Shown) -> int | None:
    """What got worse, what is new, what stands; None where it is not said."""
    return {"worse": 0, "new": 1, "going on": 2}.get(card.news or "")


def _distances(card: Shown, facts: Facts) -> list[float]:
    severity = "info" if card.severity == "for information" else card.severity
    found = [fact for fact in _of(card, facts) if fact.finding["meaning"] == card.verdict]
    return [fact.distance for fact in found if fact.finding["severity"] == severity]


def _verdict(card: Shown, facts: Facts) -> Iterator[Wrong]:
    """A card has the worst verdict of the findings on its figure, and the severity of one of them.

    Its reader's own rules come first, and a worse verdict of a rule that tells others stands beside.
    """
    found = _of_period(card, facts)
    meanings = sorted(fact.finding["meaning"] for fact in found if fact.finding["meaning"] is not None)
    if card.verdict not in VERDICTS or not found:
        return
    worst = min(meanings, key=VERDICTS.index, default=None)
    if worst not in (card.verdict, *card.beside) or card.verdict not in meanings:
        yield Wrong("verdict", f"{card.name} is a {card.verdict}; found is {meanings}")
    severity = {"for information": "info"}.get(card.severity or "", card.severity)
    if severity and severity not in {fact.finding["severity"] for fact in found}:
        yield Wrong(
            "verdict", f"{card.name} is {card.severity}; found is {[fact.finding['severity'] for fact in found]}"
        )


def _age(card: Shown, facts: Facts) -> Iterator[Wrong]:
    """The period that is named is that of the finding, and what is said to have begun began when its streak did."""
    found = [fact for fact in _of(card, facts) if card.verdict in (fact.finding["meaning"], None)]
    if card.verdict in VERDICTS and found:
        labels = {label for fact in found for label in labels_of(fact.finding["period"])}
        named = card.place.partition(" · ")[2] if card.place else card.words
        if not any(label in named for label in labels):
            yield Wrong("age", f"{card.name} names none of {labels}: {card.words[:200]}")
    for match in re.finditer(r"(?P<nth>\w+) (?:month|quarter|year|week|day) running", card.words):
        if found and not any(_streak(fact, match) for fact in found):
            yield Wrong(
                "age",
                f"{card.name}: {match[0]}; found is {[(f.finding['period'], f.finding['consecutive']) for f in found]}",
            )


_NTH = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def _streak(fact: Fact, match: re.Match[str]) -> bool:
    count = fact.finding["consecutive"]
    said = _NTH.index(match["nth"]) if match["nth"] in _NTH else _first(r"(\d+)", match["nth"])
    return bool(said == count)


def labels_of(period: str) -> tuple[str, ...]:
    """A period as tables and as sentences name it."""
    short = short_period(period)
    months = dict(zip(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ), strict=True))  # fmt: skip
    long = re.sub(r"\b(" + "|".join(months) + r")\b", lambda match: months[match[1]], short)
    quarter = re.sub(r"^(Q\d) (\d\d)/(\d\d)$", r"\1 20\2/\3", short)
    return tuple(dict.fromkeys((short, long, quarter)))
