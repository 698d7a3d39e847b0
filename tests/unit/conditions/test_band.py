"""Values in a named band."""

from samples.brought import Case, Form, OfCondition, Said, Verdicts
from samples.worlds import _

from alerting.conditions.band import InBand
from alerting.domain.parameters import Band

RED_GREEN = (Band(name="red", at_least=None, below=15.0), Band(name="green", at_least=15.0, below=None))
BANDS = (
    Band(name="red", at_least=None, below=15.0),
    Band(name="amber", at_least=15.0, below=20.0),
    Band(name="green", at_least=20.0, below=None),
)


def bands(gauge):
    """Worst first; edges lie between the figures, since a mirrored band holds its other end."""
    edges = ((None, 7.1), (7.1, 10.1), (10.1, None))
    named = zip(("red", "amber", "green"), edges, strict=True)
    at = lambda value: None if value is None else gauge.level(value)  # noqa: E731
    if not gauge.turned:
        return tuple(Band(name=name, at_least=at(low), below=at(high)) for name, (low, high) in named)
    return tuple(Band(name=name, at_least=at(high), below=at(low)) for name, (low, high) in named)


BROUGHT = (
    OfCondition(
        key="band",
        said=(
            Said(
                InBand(bands=RED_GREEN),
                {"value": 14.0, "band": "red"},
                ", in the red band (below 15)",
                ", in the red band",
                "red band",
            ),
        ),
        verdicts=(
            Verdicts("worst-only", InBand(bands=BANDS), [14.9, 15, 20, _, 0], "EnndE"),
            Verdicts("from-amber", InBand(bands=BANDS, exception_from="amber"), [14.9, 15, 19.99, 20], "EEEn"),
            Verdicts("worst-is-high", InBand(bands=BANDS[::-1]), [14.9, 15, 20, _, 0], "nnEdn"),
            Verdicts("in-between", InBand(bands=(BANDS[2], *BANDS[:2]), exception_from="red"), [14.9, 15, 20], "EnE"),
        ),
        cases=(
            Case(id="band", make=lambda gauge: InBand(bands=bands(gauge), exception_from="amber")),
            Case(id="band-worst", make=lambda gauge: InBand(bands=bands(gauge))),
        ),
        worded=lambda drawn: InBand(bands=drawn.bands, exception_from=drawn.random.choice([None, drawn.bands[1].name])),
        forms=(
            Form(
                r", in the (?P<band>\w+) band(?: \((?:below <below=Q>|<from=Q> or more|<low=Q> to below <high=Q>|any value)\))?",
                "band",
            ),
        ),
    ),
)
