"""Holds what a message says of how far figures lie apart against the digits that stand beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from samples.message_text import sections

N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
#: A figure in any unit, with the sign of its currency before it and what it is counted in behind.
FIGURE = rf"(?P<minus>[-\N{{MINUS SIGN}}]?)(?P<sign>[£€$]|JPY )?(?P<number>{N})(?P<unit>(?:k|m|bn)?%?)"
VALUE = rf"(?:[£€$]|JPY )?(?:{N})(?:k|m|bn)?%?"


@dataclass(frozen=True)
class Wrong:
    """What is wrong: `kind` is count, order, verdict, age or difference."""

    kind: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


def differences(text: str) -> Iterator[Wrong]:
    """Name what is said to be apart by something else than the digits that stand there."""
    for part in _spoken(in_seconds(text)):
        yield from _head_of_a_card(part)
        for match in re.finditer(
            rf"(?P<d>{FIGURE}(?: points?)?) (?P<side>above|below)(?: the)? (?P<line>[a-z ]+?) (?:of )?(?P<at>{VALUE})",
            part.replace("JPY ", "JPY"),
        ):
            yield from _beside_title(part, match)
        yield from _changes(part)


def in_seconds(text: str) -> str:
    """Write times in one unit: 1 min 6.6 s as 66.6 s."""
    return re.sub(
        rf"({N})[ \n]+min[ \n]+({N}) s\b",
        lambda match: f"{Decimal(match[1].replace(',', '')) * 60 + Decimal(match[2])} s",
        text,
    )


def _spoken(text: str) -> list[str]:
    """Return what is said of one figure each: cards in brief, the heads of full ones and their sentences."""
    found = []
    for lines in sections(text).values():
        found += re.split(r"\n(?=\d+\. |[!~+?=] [A-Z]{2})", "\n".join(lines))
    return found


def value_of(text: str) -> Decimal | None:
    match = re.search(FIGURE, text)
    if match is None:
        return None
    found = Decimal(match["number"].replace(",", ""))
    return -found if match["minus"] else found


def digits(text: str) -> int:
    match = re.search(N, text)
    return len(match[0].partition(".")[2]) if match else 0


def _head_of_a_card(part: str) -> Iterator[Wrong]:
    """A full card's figure, line and distance stand in three cells: 83%, standard 90%, 7 points below."""
    match = re.search(
        rf"^  (?P<value>\S.*?)   (?P<line>[A-Za-z].*?) (?P<at>[\N{{MINUS SIGN}}-]?{VALUE})\n  (?P<d>.+) (?P<side>above|below)$",
        part,
        re.MULTILINE,
    )
    if match is not None and not re.search(r"band|average|\bmin\b|less than|more than", match[0]):
        yield from _apart(match["value"], match["at"], match["d"], match["side"], match[0])


def _beside_title(part: str, match: re.Match[str]) -> Iterator[Wrong]:
    """A card in brief: "5. Anti-social behaviour: 13,004 (! Concern, warning)", then "571 above upper limit 12,433"."""
    title = re.match(rf"\d+\. [^\n]*?: (?P<value>[\N{{MINUS SIGN}}-]?{VALUE})[^\n]*?\s\([!~+]", part)
    if title is not None and not re.search(r"\bmin\b|less than|more than", match[0]):
        yield from _apart(title["value"], match["at"], match["d"], match["side"], match[0])


def _apart(value: str, at: str, apart: str, side: str, words: str) -> Iterator[Wrong]:
    a, b, d = value_of(value), value_of(at), value_of(apart)
    if a is None or b is None or d is None or "e" in words.split(maxsplit=1)[0]:
        return
    step = Decimal(1).scaleb(-min(digits(value), digits(at), digits(apart)))
    if abs(abs(a - b) - d) >= step and d < Decimal(10) ** 15:
        yield Wrong("difference", f"{value} and {at} are not {apart} apart: {' '.join(words.split())}")
    if a != b and (a > b) != (side == "above"):
        yield Wrong("difference", f"{value} is not {side} {at}")


def _changes(part: str) -> Iterator[Wrong]:
    """ "It is down 32% from 19,157 in Q1 2020/21 and up 15% from 11,337": the figure stands at the head of the card."""
    words = " ".join(part.split())
    own = re.search(rf"(?:^\d+\. .*?: |^  )(?P<value>[\N{{MINUS SIGN}}-]?{VALUE})(?=[ \n])", part, re.MULTILINE)
    sentence = re.search(r"It is ((?:up|down) .*?(?<=[^.])\.(?= |$))", words)
    if own is None or sentence is None:
        return
    for match in re.finditer(rf"(?P<way>up|down) (?P<d>{VALUE})(?P<points> points?)? from (?P<b>{VALUE})", sentence[1]):
        now, before, said = value_of(own["value"]), value_of(match["b"]), value_of(match["d"])
        if now is None or not before or said is None or now == before:
            continue
        if (now > before) != (match["way"] == "up"):
            yield Wrong("difference", f"{own['value']} is not {match['way']} from {match['b']}")
        elif match["points"] or not match["d"].endswith("%"):
            step = Decimal(1).scaleb(-min(digits(own["value"]), digits(match["b"])))
            if abs(abs(now - before) - said) >= step:
                yield Wrong("difference", f"{own['value']} is not {match[0]}")
        elif not _in_percent(now, before, said, match["d"]):
            yield Wrong("difference", f"{own['value']} is not {match[0]}")


def _in_percent(now: Decimal, before: Decimal, said: Decimal, written: str) -> bool:
    """Whether figures of so many digits may differ by so many percent: what is printed is rounded, the change is of the figures."""
    step = Decimal(1).scaleb(-digits(written)) / 2
    true = abs(now - before) / abs(before) * 100
    unsure = Decimal("0.5").scaleb(-min(digits(str(now)), digits(str(before))))
    slack = unsure * (1 + abs(now / before)) / (abs(before) - unsure) * 100 if abs(before) > unsure else Decimal(1000)
    return abs(true.quantize(Decimal("0.0001"), ROUND_HALF_UP) - said) <= step + slack
