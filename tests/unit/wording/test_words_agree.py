"""Whatever the figures: sides, directions and verdict words are those that the figures, as read, have."""

from hypothesis import assume, given
from hypothesis import strategies as st
from samples.wording import a_measure, facts_of, read

from alerting.domain.measure import Polarity, Unit
from alerting.domain.parameters import Amount, Band
from alerting.wording.changes import changed, reduction
from alerting.wording.clauses import against_level, against_limits, in_band, variance
from alerting.wording.text import finding_text, headline

PERCENT, COUNT = a_measure(), a_measure(unit=Unit.COUNT, better=Polarity.LOWER)
BANDS = (
    Band(name="red", at_least=None, below=15.0),
    Band(name="amber", at_least=15.0, below=20.0),
    Band(name="green", at_least=20.0, below=None),
)
FIGURES = st.floats(0, 1e6, allow_subnormal=False)
APART = st.sampled_from([-30.0, -1.0, -0.04, -1e-7, 0.0, 1e-7, 0.04, 1.0, 30.0])
POLARITIES = st.sampled_from(list(Polarity))


def side_of(text, value, level, words):
    """Which of (below, on, above) the words say, and which the figures as read say."""
    said = [word in text for word in words]
    return said, [read(value) < read(level), read(value) == read(level), read(value) > read(level)]


@given(FIGURES, APART, POLARITIES, st.sampled_from(list(Unit)), st.none() | FIGURES)
def test_a_level_is_told_on_the_side_that_the_figures_show(value, apart, better, unit, previous):
    """Whatever else the text holds the value against, and whichever way is better."""
    target = value + apart
    facts = facts_of(a_measure(unit=unit, better=better), value=value, target=target, previous=previous)
    text = finding_text(facts, against_level(facts))
    shown, level = text.split(": ")[1], text.split("the target of ")[1]
    said, seen = side_of(text, shown, level, (" below the target", ", on the target", " above the target"))
    assert [value < target, value == target, value > target] == said == seen


@given(FIGURES, st.sampled_from([1e-7, 1e-4, 0.03, 0.4]), st.sampled_from(list(Unit)))
def test_equals_read_equal_however_many_digits_something_else_asks_for(value, apart, unit):
    facts = facts_of(a_measure(unit=unit), value=value, upper=value, previous=value + apart)
    text = finding_text(facts, against_limits(facts, "above"))
    assert read(text.split(": ")[1]) == read(text.split("upper limit of ")[1])


@given(FIGURES, APART, FIGURES, st.sampled_from(["above", "below", "either"]))
def test_limits_are_told_on_the_side_that_the_figures_show(upper, apart, width, side):
    value, lower = upper + apart, upper - width
    facts = facts_of(COUNT, value=value, lower=lower, upper=upper)
    clause = against_limits(facts, side).text
    assert (value > upper and side != "below") == ("significantly above" in clause)
    assert (value < lower <= upper and side != "above") == ("significantly below" in clause)
    if "within" in clause:
        assert lower <= value <= upper


@given(APART, st.sampled_from(list(BANDS)), POLARITIES)
def test_a_value_reads_inside_its_band(apart, band, better):
    edge = band.at_least if band.at_least is not None else band.below
    assert edge is not None
    value = edge + apart
    assume((band.at_least is None or value >= band.at_least) and (band.below is None or value < band.below))
    facts = facts_of(a_measure(better=better), value=value, band=band.name)
    for text in (finding_text(facts, in_band(facts, BANDS)), headline(facts, in_band(facts, BANDS, short=True))):
        shown = read(text.split(": ")[1])
        assert (band.at_least is None or shown >= band.at_least) and (band.below is None or shown < band.below)


@given(st.floats(-1e5, 1e5), st.booleans(), POLARITIES)
def test_up_and_down_match_the_sign_and_only_none_is_no_change(change, relative, better):
    facts = facts_of(a_measure(better=better), value=50.0, change=change)
    clause = changed(facts, "previous_period", relative=relative).text
    assert [change > 0, change < 0, change == 0] == [word in clause for word in (", up ", ", down ", ", no change on ")]


@given(st.floats(-200, 200), st.floats(0, 100, exclude_min=True), st.booleans())
def test_rise_fall_short_and_met_match_the_figures(change, wanted, relative):
    facts = facts_of(PERCENT, value=50.0, change=change)
    clause = reduction(facts, "previous_period", Amount(number=wanted, relative=relative)).text
    expected = [change > 0, change == 0, change < 0, change < 0 and -change < wanted, change < 0 and -change >= wanted]
    words = ("a rise of", "no change on", "a fall of", "short of", "meeting")
    assert expected == [word in clause for word in words]


@given(FIGURES, APART, st.sampled_from(["plan", "average"]))
def test_over_and_under_match_the_figures(plan, apart, against):
    value = plan + apart
    clause = variance(facts_of(COUNT, value=value, plan=plan), against).text
    words = (" over the ", " under the ") if against == "plan" else (" above the ", " below the ")
    said = [word in clause for word in (*words, ", equal to the ")]
    assert [value > plan, value < plan, value == plan] == said
