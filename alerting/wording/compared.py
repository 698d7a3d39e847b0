"""A figure beside its line, in the few words of a mail's head: how far apart they are, and what would end the exception."""

from dataclasses import dataclass, replace
from math import isfinite

from alerting.domain.finding import Meaning
from alerting.domain.period import PeriodKind
from alerting.wording.briefly import HeldLine
from alerting.wording.dates import plural
from alerting.wording.facts import Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A finding's figure and the line it is held against."""

    #: "83%"; None where none came.
    figure: str | None
    #: "standard 90%"; None where it is held against nothing that has a name.
    line: str | None = None
    #: "7 points below", of the line.
    apart: str | None = None
    #: Both in one phrase: "7 points below standard 90%".
    against: str | None = None
    #: "It is up 2 points from 81% in August 2020."
    before: str | None = None
    #: "at 90% or more": what would be no exception; None where no figure tells.
    clears: str | None = None


def apart(facts: Facts, line: HeldLine | None) -> str | None:
    """Return how far a value lies from the number that its line names: 7 points below."""
    value = facts.finding.value
    if line is None or line.number is None or value is None or value == line.number or not isfinite(value):
        return None
    # What is counted stands beside neither the figure nor its line.
    bare = facts if facts.style.is_place else replace(facts, style=replace(facts.style, named=None))
    below = (value < line.number) is not facts.style.is_place
    return f"{bare.apart(line.number, given=line.given)} {'below' if below else 'above'}"


def against(facts: Facts, line: HeldLine | None) -> str | None:
    """Return line and distance in one phrase: 7 points below standard 90%; lowest band, 1.9 points below 15%."""
    if line is not None and facts.is_change_alone:
        return f"{line}, as printed"
    far = apart(facts, line)
    if line is None or line.number is None or far is None:
        return None if line is None else str(line)
    return f"{far} {line}" if line.at else f"{line}, {far} {facts.level(line.number)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The figures that would be no exception, both ends among them, with lines as they are; None: open.

    `given`: whether a rule author gave the ends.
    """

    low: float | None = None
    high: float | None = None
    given: bool = False


def cleared_at(facts: Facts, within: Within | None) -> str | None:
    """Return which figures end an exception: at 90% or more, at 685 or less, at 251 to 351; None where none is known to.

    Ends are rounded inwards, so that each figure that the words hold ends it.
    """
    if within is None or facts.finding.value is None:
        return None
    low, high = within.low, within.high
    least = None if low is None else facts.reaching(low, up=True, given=within.given)
    most = None if high is None else facts.reaching(high, up=False, given=within.given)
    if facts.style.is_place and least is None and most is not None:
        return f"in {most} place or better"
    if least is not None and most is not None:
        return f"at {least}" if least == most else f"at {least} to {most}"
    return f"at {least} or more" if least is not None else f"at {most} or less" if most is not None else None


def clearing(meaning: Meaning | None, clears: str, periods: int, kind: PeriodKind) -> str:
    """Write what it takes to end an exception: Clears at 90% or more; Ends with 3 months in a row at 90% or more.

    Args:
        clears: as `Compared` has it.
        periods: normal ones in a row that it takes.
    """
    word = "Clears" if meaning is Meaning.CONCERN else "Ends"
    return f"{word} {clears}" if periods == 1 else f"{word} with {periods} {plural(kind)} in a row {clears}"
