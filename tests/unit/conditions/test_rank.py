"""Places among areas."""

from samples.brought import Form, OfCondition, Said

from alerting.conditions.rank import Rank

THIRD = {"value": 31.0, "evidence": {"place": 3.0, "areas_compared": 5.0}}
KEPT = {"value": 31.0, "evidence": {"place": 3.0, "areas_compared": 5.0, "place_before": 3.0}}
LOST = {"value": 31.0, "evidence": {"place": 3.0, "areas_compared": 5.0, "sharing": 2.0, "place_before": 2.0}}

BROUGHT = (
    OfCondition(
        key="rank",
        said=(
            Said(Rank(worse_than=2), THIRD, ", 3rd of 5 areas, where 1st is best", ", 3rd of 5 areas", "3rd of 5"),
            Said(
                Rank(worse_than=2),
                LOST,
                ", joint 3rd of 5 areas, was 2nd, where 1st is best",
                ", joint 3rd of 5 areas, was 2nd",
                "joint 3rd of 5, was 2nd",
            ),
            Said(Rank(worse_than=2), KEPT, ", 3rd of 5 areas, where 1st is best", ", 3rd of 5 areas", "3rd of 5"),
        ),
        judged=(Rank(worse_than=2),),
        worded=lambda drawn: Rank(worse_than=drawn.random.choice([1, 2])),
        forms=(
            Form(
                r", (?P<joint>joint )?(?P<place>[0-9]+)(?:st|nd|rd|th) of (?P<areas>[0-9]+) areas"
                r"(?:, was (?P<was>[0-9]+)(?:st|nd|rd|th))?(?:, where 1st is best)?",
                "rank",
            ),
        ),
    ),
)
