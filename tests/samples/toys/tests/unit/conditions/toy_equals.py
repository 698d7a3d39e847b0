"""Values that are a certain number."""

from alerting.conditions.equals import Equals
from samples.brought import Case, Form, OfCondition, Said, Verdicts
from samples.word_figures import must
from samples.worlds import _

from alerting.domain import exact


def is_the_number(reader, match):
    must(exact.same(reader.true, reader.condition.number) == (match["not"] is None), match[0])


BROUGHT = (
    OfCondition(
        key="equals",
        said=(
            Said(Equals(number=999.0), {"value": 999.0}, ", which is the 999 looked for", None, "looked for 999"),
            Said(Equals(number=999.0), {"value": 9.0}, ", which is not the 999 looked for", None, "looked for 999"),
        ),
        verdicts=(Verdicts("that-very-number", Equals(number=0.3), [0.1 + 0.2, 0.31, _, 0.3], "EndE"),),
        cases=(Case(id="equals", make=lambda gauge: Equals(number=gauge.level(10.0))),),
        worded=lambda drawn: Equals(number=drawn.near),
        forms=(Form(", which is (?P<not>not )?the <number=Q> looked for", is_the_number),),
    ),
)
