"""Places among areas."""

from samples.brought import Form, OfCondition, Said

from alerting.conditions.rank import Rank

THIRD = {"value": 31.0, "evidence": {"place": 3.0, "areas_compared": 5.0}}

BROUGHT = (
    OfCondition(
        key="rank",
        said=(
            Said(
                Rank(worse_than=2), THIRD, ", third of 5 areas, where first is best", ", third of 5 areas", "3rd of 5"
            ),
        ),
        judged=(Rank(worse_than=2),),
        worded=lambda drawn: Rank(worse_than=drawn.random.choice([1, 2])),
        forms=(Form(r", (?P<place>\S+) of (?P<areas>[0-9]+) areas(?:, where first is best)?", "rank"),),
    ),
)
