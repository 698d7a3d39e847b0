"""Values on the wrong side of a target."""

from datetime import date

from samples.brought import Case, Form, OfCondition, Said, Verdicts
from samples.gauge import target
from samples.word_forms import LEVEL
from samples.worlds import _

from alerting.conditions.target_missed import TargetMissed
from alerting.domain.measure import Level

DUE = date(2021, 3, 31)
AT_LEAST_3, AT_MOST_30 = TargetMissed(at_least=Level(number=3.0)), TargetMissed(at_most=Level(number=30.0))

BROUGHT = (
    OfCondition(
        key="target_missed",
        said=(
            Said(
                AT_MOST_30,
                {"value": 31.0, "target": 30.0},
                ", 1 above the target of 30",
                ", above the target of 30",
                "target 30",
            ),
            Said(
                TargetMissed(at_most=Level(number=30.0), due=DUE),
                {"value": 31.0, "target": 30.0},
                ", 1 above the target of 30",
                ", above the target of 30",
                "target 30",
            ),
            Said(
                TargetMissed(at_most=Level(number=30.0), due=DUE),
                {"value": 31.0, "target": 30.0, "due": "2021-03-31"},
                ", against a target of 30 due by 31 March 2021",
                None,
                "target 30",
            ),
        ),
        verdicts=(
            Verdicts("on-it-is-not", AT_LEAST_3, [3, 2.99, 3.01, _, 2], "nEndE"),
            Verdicts("at-most", TargetMissed(at_most=Level(number=3.0)), [3, 3.01], "nE"),
        ),
        cases=(
            Case(id="target_missed", make=target),
            Case(id="target_missed-due", make=lambda gauge: target(gauge, due=date(2019, 6, 1))),
        ),
        worded=lambda drawn: TargetMissed(
            **{drawn.side: Level(number=drawn.near)}, due=drawn.random.choice([None, None, drawn.day])
        ),
        forms=(LEVEL, Form(", against (?P<a>an?) <C> of <ref=Q> due by (?P<day>.+)", "due")),
    ),
)
