"""How rule tests are written: `RULES/tests/*.yaml`."""

import re
from datetime import date
from typing import Annotated, Any

from alerting.domain.alert import EventKind
from alerting.domain.finding import Reason, State
from alerting.domain.notify.holding import SuppressionReason
from alerting.domain.rule_test import SUPPRESSED
from alerting.domain.severity import Severity
from alerting.rulefile.forms.base import Form, Known, Read, Text, choice, describe, one_or_many
from alerting.rulefile.forms.context import described, value_problem
from alerting.rulefile.forms.selection import AreaId, MeasureId, OwnerId
from alerting.rulefile.forms.time import AnyPeriod, day_of

#: What an author writes for a figure that does not come.
MISSING = "_"
EVENTS = (*(kind.value for kind in EventKind if kind is not EventKind.COMMENTED), SUPPRESSED)
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?%?")
#: Between figures: spaces, and a comma before them, since lists are written so.
_BETWEEN = re.compile(r",?\s+")
#: Figures that are repeated: 94*3, (94 93)*3.
_REPEATED = re.compile(r"(?:\((?P<several>[^()*]*)\)|(?P<one>[^\s()*]+))\*(?P<times>[1-9][0-9]{0,5})(?![^\s,])")
_MOST_TIMES = 1000

RuleId = Annotated[str, Known("rule")]
_WORDS_OF_STATES = {state.word: state.word for state in State}
_WORDS_OF_SEVERITIES = {severity.word: severity.word for severity in Severity}
_WORDS_OF_REASONS = {reason.value: reason.value for reason in Reason}
_WORDS_OF_HOLDS = {held.value: held.value for held in SuppressionReason}


def _cells(value: Any) -> tuple[str, ...]:
    """Read `94 93 _ 92`, `94*3 92`, `(94 93)*6` or a list into one text a period; a missing figure is empty."""
    if isinstance(value, str):
        words = [word for word in _BETWEEN.split(repeated(value).strip()) if word]
    elif isinstance(value, list):
        words = [str(word) for word in value if not isinstance(word, (dict, list))]
        if len(words) != len(value):
            raise value_problem("wrong-type", "expected numbers, found a list or mapping among them")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        words = [str(value)]
    else:
        raise value_problem("wrong-type", f"expected figures, found {described(value)}", "write them like 94 93 _ 92")
    if not words:
        raise value_problem("bad-value", "there is no figure", "write them like 94 93 _ 92")
    for word in words:
        if word != MISSING and not (_NUMBER.fullmatch(word) and any(character.isdigit() for character in word)):
            raise value_problem(
                "bad-value", f'"{word}" is no figure', f"write numbers with spaces between, {MISSING} for a missing one"
            )
    return tuple("" if word == MISSING else word for word in words)


def repeated(text: str) -> str:
    """Return figures with those that are to be repeated written out: `94*3` and `(94 93)*3`."""

    def written_out(found: re.Match[str]) -> str:
        times = int(found["times"])
        if times > _MOST_TIMES:
            raise value_problem(
                "bad-value", f"{times} times is too often", f"repeat figures at most {_MOST_TIMES} times"
            )
        return " ".join([found["several"] or found["one"]] * times)

    return _REPEATED.sub(written_out, text)


Cells = Annotated[tuple[str, ...], Read(_cells, {"anyOf": [{"type": "string"}, {"type": "array"}, {"type": "number"}]})]


def _known_days(value: Any) -> tuple[date | None, ...]:
    """Read `_ 2020-06-15` or a list into one day a period; None: the day of the period's tick."""
    if isinstance(value, str):
        words = [word for word in _BETWEEN.split(value.strip()) if word]
    else:
        words = value if isinstance(value, list) else [value]
    return tuple(None if word == MISSING else day_of(word) for word in words)


KnownDays = Annotated[tuple[date | None, ...], Read(_known_days, {"anyOf": [{"type": "string"}, {"type": "array"}]})]


def _anything(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise value_problem("wrong-type", f"expected a value, found {described(value)}")
    return value


_AnyValue = Annotated[Any, Read(_anything, {})]
_Count = Annotated[Any, Read(_anything, {"anyOf": [{"type": "integer"}, {"type": "null"}]})]
_Figure = Annotated[Any, Read(_anything, {"anyOf": [{"type": "number"}, {"type": "null"}]})]


class FiguresForm(Form):
    """One series' figures, one a period."""

    measure: MeasureId = describe("the measure")
    area: AreaId = describe("the area")
    since: AnyPeriod = describe("the period of the first figure", key="from")
    values: Cells | None = describe(
        "one figure a period, `_` for a missing one; `94*3` is one three times, `(94 93)*3` several", None
    )
    numerator: Cells | None = describe("numerators, in the same order", None)
    denominator: Cells | None = describe("denominators, in the same order", None)
    lower_limit: Cells | None = describe("lower limits as published", None)
    upper_limit: Cells | None = describe("upper limits as published", None)
    centre: Cells | None = describe("centres as published", None)
    target: Cells | None = describe("targets, where they come with the figures", None)
    plan: Cells | None = describe("a plan's values, where they come with the figures", None)
    published: KnownDays | None = describe(
        "the day on which each became known, `_` for its period's tick; a series given again with later days revises it",
        None,
    )


class AcknowledgeForm(Form):
    """Somebody takes an alert on, right after a period's tick."""

    period: AnyPeriod = describe("after this period's tick")
    rule: RuleId = describe("the alert's rule")
    area: AreaId = describe("the alert's area")
    measure: MeasureId | None = describe("the alert's measure, where the rule has several", None)
    person: OwnerId = describe("who")


class ExpectForm(Form):
    """One event that must happen; keys that are not given may be anything."""

    period: AnyPeriod = describe("at this period's tick")
    event: Annotated[str, choice({event: event for event in EVENTS})] = describe("what happens")
    rule: RuleId | None = describe("of this rule", None)
    measure: MeasureId | None = describe("of this measure", None)
    area: AreaId | None = describe("in this area", None)
    to: Annotated[tuple[str, ...], one_or_many(OwnerId, "an owner or a list of owners")] | None = describe(
        "who is told: exactly these; [] nobody", None
    )
    says_: Text | None = describe("words that the message has", None, key="says")
    mail: Text | None = describe(
        "a file like tests/mails/x.txt with the whole mails, one a reader; `alerting test --update` writes it", None
    )
    reason: Annotated[str, choice(_WORDS_OF_HOLDS)] | None = describe("of what is suppressed: why", None)


class FindingForm(Form):
    """One finding; keys as in the JSON of `evaluate`, those that are not given may be anything."""

    period: AnyPeriod = describe("the judged period, on the day of its tick")
    rule: RuleId = describe("the rule")
    measure: MeasureId | None = describe("the measure, where the rule has several", None)
    area: AreaId | None = describe("the area, where the test has several", None)
    state: Annotated[str, choice(_WORDS_OF_STATES)] | None = describe("the verdict", None)
    severity: Annotated[str, choice(_WORDS_OF_SEVERITIES)] | None = describe("how bad", None)
    reason: Annotated[str, choice(_WORDS_OF_REASONS)] | None = describe("why there is no verdict", None)
    value: _Figure = describe("the value, to as many digits as are written", None)
    target: _Figure = describe("the target", None)
    plan: _Figure = describe("the plan's value", None)
    centre: _Figure = describe("the centre", None)
    lower: _Figure = describe("the lower limit", None)
    upper: _Figure = describe("the upper limit", None)
    change: _Figure = describe("the change", None)
    previous_centre: _Figure = describe("the centre before a re-base", None)
    consecutive: _Count = describe("exceptional periods in a row", None)
    rebase_count: _Count = describe("how often the centre was moved", None)
    band: _AnyValue = describe("the band", None)
    due: _AnyValue = describe("the day on which a target is due", None)
    trial: _AnyValue = describe("whether the limits are trial limits", None)
    provisional: _AnyValue = describe("whether the figure is provisional", None)
    rebased_on: _AnyValue = describe("the period of the last re-base", None)
    side: _AnyValue = describe("above or below the line or what it is compared with", None)
    meaning: _AnyValue = describe("concern, improvement or change", None)
    assurance: _AnyValue = describe("passes, fails or hit_and_miss", None)
    text: _AnyValue = describe("words that the text has", None)


class RuleTestForm(Form):
    """One test."""

    name: Text = describe("what it shows")
    rules: Annotated[tuple[str, ...], one_or_many(RuleId, "a rule or a list of rules")] | None = describe(
        "the rules that are tried; default every rule on the measures given", None
    )
    figures: list[FiguresForm] = describe("the figures")
    acknowledge: list[AcknowledgeForm] = describe("what people take on", [])
    expect: list[ExpectForm] | None = describe("exactly what must happen; [] nothing", None)
    findings: list[FindingForm] = describe("findings that must be", [])
