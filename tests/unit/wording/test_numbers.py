from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from samples.wording import a_measure, read

from alerting.domain import exact
from alerting.domain.measure import Unit
from alerting.wording.numbers import NumberStyle, ordinal

NUMBERS = st.floats(-1e7, 1e7, allow_subnormal=False)
STYLES = st.builds(
    lambda unit, decimals, scale: NumberStyle.of(a_measure(unit=unit, decimals=decimals, scale=scale)),
    st.sampled_from(list(Unit)),
    st.sampled_from([None, 0, 1, 3]),
    st.sampled_from([None, None, "million"]),
)


def alike(x, y):
    """Whether two numbers are one, or apart only behind the fourteenth digit, which binary arithmetic made."""
    return exact.same(x, y) or f"{x:.14g}" == f"{y:.14g}"


@st.composite
def neighbours(draw):
    """Two numbers, mostly so close that rounding would mix them up."""
    x = draw(NUMBERS)
    apart = draw(st.sampled_from([0.0, 1e-15, 1e-9, 1e-4, 0.001, 0.03, 0.04, 0.5, 1.0, 60.0]) | NUMBERS)
    return x, x + apart


def style(unit, **extra):
    return NumberStyle.of(a_measure(unit=unit, **extra))


@pytest.mark.parametrize(
    ("unit", "extra", "x", "expected"),
    [
        pytest.param(Unit.COUNT, {}, 7767.0, "7,767", id="count"),
        pytest.param(Unit.COUNT, {}, 1176.4, "1,176", id="an-average-of-counts-is-rounded"),
        pytest.param(Unit.COUNT, {}, 0.0, "0", id="none"),
        pytest.param(Unit.COUNT, {}, -0.0, "0", id="negative-zero-is-zero"),
        pytest.param(Unit.COUNT, {"decimals": 2}, -0.0, "0.00", id="negative-zero-with-decimals"),
        pytest.param(Unit.COUNT, {}, -12.0, "-12", id="minus"),
        pytest.param(Unit.COUNT, {"unit_name": "calls"}, 7767.0, "7,767 calls", id="named"),
        pytest.param(Unit.COUNT, {"unit_name": "calls"}, 1.0, "1 call", id="one-call"),
        pytest.param(Unit.COUNT, {"unit_name": "calls"}, 0.0, "0 calls", id="no-calls"),
        pytest.param(Unit.COUNT, {"unit_name": "calls"}, None, "not known", id="unknown-has-no-unit"),
        pytest.param(Unit.PERCENT, {}, 83.0, "83%", id="percent"),
        pytest.param(Unit.PERCENT, {}, 13.1, "13.1%", id="percent-with-a-tenth"),
        pytest.param(Unit.PERCENT, {"decimals": 1}, 77.0, "77.0%", id="decimals-that-a-measure-fixes-are-kept"),
        pytest.param(Unit.PERCENT, {}, 0.04, "0.04%", id="some-never-reads-as-none"),
        pytest.param(Unit.PERCENT, {}, 99.97, "99.97%", id="nearly-all-never-reads-as-all"),
        pytest.param(Unit.PERCENT, {"decimals": 0}, 99.7, "100%", id="unless-the-measure-fixes-its-decimals"),
        pytest.param(Unit.PERCENT, {}, 100.0, "100%", id="all"),
        pytest.param(Unit.RATE, {}, 6.1742, "6.17", id="rate"),
        pytest.param(Unit.NUMBER, {}, 0.1 + 0.2, "0.3", id="noise-of-binary-fractions"),
        pytest.param(Unit.CURRENCY, {}, 1234.0, "£1,234", id="pounds"),
        pytest.param(Unit.CURRENCY, {"currency": "EUR"}, 1234.0, "€1,234", id="euros"),
        pytest.param(Unit.CURRENCY, {"currency": "CHF"}, 1234.0, "CHF 1,234", id="a-currency-without-a-sign"),
        pytest.param(Unit.CURRENCY, {}, -1234.0, "\N{MINUS SIGN}£1,234", id="minus-before-the-sign"),
        pytest.param(Unit.CURRENCY, {"scale": "million"}, 1.7, "£1.7m", id="millions"),
        pytest.param(Unit.CURRENCY, {"scale": "million"}, 234.225, "£234.225m", id="millions-to-the-thousand"),
        pytest.param(Unit.CURRENCY, {"scale": "million", "decimals": 3}, 1.7, "£1.700m", id="millions-fixed"),
        pytest.param(Unit.CURRENCY, {"scale": "thousand"}, 12.5, "£12.5k", id="thousands"),
        pytest.param(Unit.CURRENCY, {"scale": "thousand"}, 1852.708, "£1,852.7k", id="thousands-not-to-the-pound"),
        pytest.param(Unit.CURRENCY, {"scale": "thousand"}, 0.04, "£0.04k", id="forty-pounds-never-read-as-nothing"),
        pytest.param(Unit.CURRENCY, {"scale": "thousand", "decimals": 3}, 1852.7, "£1,852.700k", id="thousands-fixed"),
        pytest.param(Unit.SECONDS, {}, 45.0, "45 s", id="seconds"),
        pytest.param(Unit.SECONDS, {}, 780.0, "13 min 0 s", id="minutes-and-seconds"),
        pytest.param(Unit.SECONDS, {}, 59.7, "1 min 0 s", id="seconds-rounded-up-to-a-minute"),
        pytest.param(Unit.SECONDS, {}, -65.0, "-1 min 5 s", id="minus-a-minute"),
        pytest.param(Unit.MINUTES, {}, 12.0, "12 minutes", id="minutes"),
        pytest.param(Unit.MINUTES, {}, 1.0, "1 minute", id="one-minute"),
        pytest.param(Unit.DAYS, {}, 3.0, "3 days", id="days"),
        pytest.param(Unit.DAYS, {}, 1.0, "1 day", id="one-day"),
        pytest.param(Unit.DAYS, {}, 1.5, "1.5 days", id="one-and-a-half-days"),
        pytest.param(Unit.DAYS, {"unit_name": "working days"}, 1.0, "1 working day", id="one-working-day"),
        pytest.param(Unit.COUNT, {}, float("nan"), "not known", id="not-a-number"),
        pytest.param(Unit.COUNT, {}, float("inf"), "not known", id="no-number-at-all"),
    ],
)
def test_values(unit, extra, x, expected):
    assert expected == style(unit, **extra).value(x)


@pytest.mark.parametrize(
    ("unit", "extra", "x", "against", "expected"),
    [
        pytest.param(Unit.PERCENT, {}, 89.96, [90.0], "89.96%", id="never-onto-the-level"),
        pytest.param(Unit.PERCENT, {}, 90.0, [90.0], "90%", id="equal-is-shown-equal"),
        pytest.param(Unit.PERCENT, {}, 83.04, [90.0], "83%", id="no-more-digits-than-needed"),
        pytest.param(Unit.PERCENT, {}, 89.9996, [90.0, 83.0], "89.9996%", id="the-closest-decides"),
        pytest.param(Unit.COUNT, {}, 350.6, [351.0], "350.6", id="an-average-beside-a-count"),
        pytest.param(Unit.COUNT, {"unit_name": "calls"}, 350.6, [351.0], "350.6 calls", id="named"),
        pytest.param(Unit.PERCENT, {"decimals": 0}, 89.6, [90.0], "89.6%", id="also-where-the-decimals-are-fixed"),
        pytest.param(Unit.SECONDS, {}, 779.6, [780.0], "12 min 59.6 s", id="minutes-keep-their-form"),
        pytest.param(Unit.CURRENCY, {}, 1234.4, [1234.0], "£1,234.40", id="pence-in-twos"),
        pytest.param(
            Unit.CURRENCY, {"scale": "thousand"}, 1852.708, [1852.7], "£1,852.71k", id="thousands-over-a-line"
        ),
        pytest.param(Unit.CURRENCY, {"scale": "thousand"}, 1852.708, [1850.0], "£1,852.7k", id="thousands-far-from-it"),
        pytest.param(Unit.NUMBER, {}, 0.1 + 0.2, [0.3], "0.3", id="judged-equal-reads-equal"),
        pytest.param(Unit.PERCENT, {}, 83.0, [None, float("nan"), float("inf")], "83%", id="against-nothing"),
    ],
)
def test_values_held_against_others(unit, extra, x, against, expected):
    assert expected == style(unit, **extra).value(x, *against)


@pytest.mark.parametrize(
    ("unit_name", "one"),
    [
        pytest.param("offences", "1 offence", id="offences"),
        pytest.param("missing persons", "1 missing person", id="the-last-word-of-several"),
        pytest.param("members of staff", "1 member of staff", id="the-word-before-of"),
        pytest.param("enquiries", "1 enquiry", id="ies"),
        pytest.param("searches", "1 search", id="ches"),
        pytest.param("losses", "1 loss", id="sses"),
        pytest.param("boxes", "1 box", id="xes"),
        pytest.param("cases", "1 case", id="ses"),
        pytest.param("people", "1 person", id="people"),
        pytest.param("children", "1 child", id="children"),
        pytest.param("staff", "1 staff", id="no-plural"),
    ],
)
def test_one_of_a_named_unit_is_singular(unit_name, one):
    named = style(Unit.COUNT, unit_name=unit_name)
    assert (one, f"2 {unit_name}", "2") == (named.value(1.0), named.value(2.0), named.bare(2.0))


@pytest.mark.parametrize(
    ("unit", "extra", "a", "b", "expected"),
    [
        pytest.param(Unit.PERCENT, {}, 83.0, 90.0, "7 points", id="points"),
        pytest.param(Unit.PERCENT, {}, 91.0, 90.0, "1 point", id="one-point"),
        pytest.param(Unit.PERCENT, {}, 89.96, 90.0, "0.04 points", id="never-nothing"),
        pytest.param(Unit.PERCENT, {}, 90.0, 90.0, "0 points", id="nothing"),
        pytest.param(Unit.PERCENT, {}, 0.30000000000001, 0.3, "less than 0.0000000001 points", id="next-to-nothing"),
        pytest.param(Unit.PERCENT, {}, 0.1 + 0.2, 0.3, "0 points", id="nothing-but-binary-noise"),
        pytest.param(Unit.PERCENT, {}, 83.1, 83.0, "0.1 points", id="what-the-decimals-say"),
        pytest.param(Unit.COUNT, {}, 9275.0, 7767.0, "1,508", id="count"),
        pytest.param(Unit.COUNT, {"unit_name": "calls"}, 8.0, 7.0, "1 call", id="one-call"),
        pytest.param(Unit.COUNT, {"unit_name": "calls"}, 9.0, 7.0, "2 calls", id="two-calls"),
        pytest.param(Unit.COUNT, {}, 89.6, 90.0, "0.4", id="parts-of-a-count"),
        pytest.param(Unit.CURRENCY, {"scale": "million"}, 52.085, 50.373, "£1.712m", id="millions"),
        pytest.param(Unit.CURRENCY, {"scale": "thousand"}, 1852.708, 1850.0, "£2.7k", id="thousands"),
        pytest.param(
            Unit.CURRENCY, {"scale": "thousand"}, 1852.708, 1852.7, "£0.01k", id="eight-pounds-are-not-nothing"
        ),
        pytest.param(Unit.SECONDS, {}, 903.0, 780.0, "2 min 3 s", id="seconds"),
        pytest.param(Unit.DAYS, {}, 4.0, 3.0, "1 day", id="one-day"),
    ],
)
def test_differences(unit, extra, a, b, expected):
    assert (expected, expected) == (style(unit, **extra).difference(a, b), style(unit, **extra).difference(b, a))


@pytest.mark.parametrize(
    ("x", "against", "expected"),
    [
        pytest.param(22.4, [], "22%", id="whole-percents"),
        pytest.param(-22.4, [], "22%", id="the-size-only"),
        pytest.param(3.4, [], "3.4%", id="tenths-below-ten"),
        pytest.param(9.97, [], "10%", id="up-to-ten"),
        pytest.param(0.4, [], "0.4%", id="less-than-one"),
        pytest.param(0.003, [], "0.003%", id="never-nothing"),
        pytest.param(1e-12, [], "less than 0.0000000001%", id="next-to-nothing"),
        pytest.param(0.0, [], "0%", id="nothing"),
        pytest.param(99.96, [], "99.96%", id="nearly-all-is-not-all"),
        pytest.param(100.0, [], "100%", id="all"),
        pytest.param(1118.2, [], "1,118%", id="many-times"),
        pytest.param(19.96, [20.0], "19.96%", id="never-onto-what-it-is-held-against"),
        pytest.param(20.0, [20.0], "20%", id="equal-is-shown-equal"),
        pytest.param(12.4, [12.2], "12.4%", id="that-round-to-one-number"),
    ],
)
def test_relative_changes(x, against, expected):
    assert expected == style(Unit.COUNT).percent(x, *against)


@pytest.mark.parametrize(
    ("unit", "x", "expected"),
    [
        pytest.param(Unit.PERCENT, 90.0, "90%", id="whole"),
        pytest.param(Unit.PERCENT, 89.95, "89.95%", id="more-digits-than-the-figures-have"),
        pytest.param(Unit.PERCENT, 100 / 3, "33.3%", id="but-not-all-of-a-computed-one"),
        pytest.param(Unit.COUNT, 6.5, "6.5", id="half-a-count"),
    ],
)
def test_what_a_rule_author_wrote_is_quoted_as_written(unit, x, expected):
    assert expected == style(unit).level(x)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1, "first"), (2, "second"), (3, "third"), (8, "eighth"), (10, "tenth"), (11, "11th"), (12, "12th"), (13, "13th"),
        (21, "21st"), (22, "22nd"), (23, "23rd"), (24, "24th"), (101, "101st"), (111, "111th"), (1002, "1,002nd"),
    ],
)  # fmt: skip
def test_ordinals(n, expected):
    assert expected == ordinal(n)


@pytest.mark.parametrize(
    ("unit", "x", "expected"),
    [
        (Unit.COUNT, 154.5, "155"), (Unit.COUNT, 155.5, "156"), (Unit.COUNT, -154.5, "-155"), (Unit.PERCENT, 0.15, "0.2%"),
        (Unit.PERCENT, 8.25, "8.3%"), (Unit.PERCENT, 8.35, "8.4%"), (Unit.RATE, 1.005, "1.01"), (Unit.RATE, -1.005, "-1.01"),
        (Unit.COUNT, 154.49999999999997, "155"), (Unit.COUNT, 154.4999999999, "154"), (Unit.SECONDS, 59.5, "1 min 0 s"),
        (Unit.CURRENCY, 2.5, "£3"),
    ],
)  # fmt: skip
def test_halves_are_rounded_up_as_the_decimal_says(unit, x, expected):
    assert expected == style(unit).bare(x)


@pytest.mark.parametrize(
    ("unit", "x", "against", "expected"),
    [
        (Unit.PERCENT, 580 / 1000 * 100, 58.0, "58%"), (Unit.PERCENT, 8.000000000000002, 8.0, "8%"),
        (Unit.PERCENT, 83.19999999999999, 83.2, "83.2%"), (Unit.NUMBER, 7.300000000000001, 7.3, "7.3"),
        (Unit.NUMBER, 7.300000000000001, 7.31, "7.3"), (Unit.PERCENT, 89.96, 90.0, "89.96%"),
        (Unit.PERCENT, 89.99999999999, 90.0, "89.99999999999%"), (Unit.NUMBER, 160e9 + 0.01, 160e9, "160,000,000,000.01"),
    ],
)  # fmt: skip
def test_no_digits_that_only_binary_arithmetic_made_are_shown(unit, x, against, expected):
    assert expected == style(unit).bare(x, against)


def test_measures_with_equal_settings_share_a_style():
    assert style(Unit.PERCENT) is style(Unit.PERCENT)


@given(STYLES, neighbours())
def test_two_numbers_read_in_the_order_they_have(style, pair):
    x, y = pair
    a, b = read(style.bare(x, y)), read(style.bare(y, x))
    order = 0 if exact.same(x, y) else (x > y) - (x < y)
    assert (a > b) - (a < b) in ({order, 0} if alike(x, y) else {order})


@given(STYLES, NUMBERS, st.lists(NUMBERS, max_size=3), st.sampled_from([1e-6, 0.02, 0.3]))
@example(NumberStyle.of(a_measure(unit=Unit.COUNT)), 9999999.999999998, [10000000.0], 1e-6)
def test_a_value_stays_on_its_side_of_each_of_several_numbers(style, x, others, apart):
    others = [y for y in [*others, x + apart] if not alike(x, y)]
    shown = read(style.bare(x, *others))
    assert [y < x for y in others] == [read(style.bare(y, x)) < shown for y in others]
    assert [y > x for y in others] == [read(style.bare(y, x)) > shown for y in others]


@given(STYLES, NUMBERS)
def test_only_zero_reads_as_zero(style, x):
    assert (x == 0) == (read(style.bare(x)) == 0)


@given(STYLES, NUMBERS)
def test_what_is_read_is_the_number_rounded(style, x):
    assert abs(read(style.bare(x)) - Decimal(x)) <= Decimal("0.5000001") * Decimal(10) ** -style.decimals


@given(STYLES, neighbours())
@example(NumberStyle.of(a_measure(unit=Unit.COUNT, decimals=3)), (0.0, 1000000.56250274))  # rounded once, not twice
def test_a_difference_is_nothing_only_between_equals(style, pair):
    a, b = pair
    apart = read(style.difference(a, b).removeprefix("less than "))
    assert exact.same(a, b) == (apart == 0)
    assert abs(apart - abs(Decimal(a) - Decimal(b))) <= Decimal("0.5000001") * Decimal(10) ** -style.decimals


# Nobody wants a change of less than a millionth of a percent; one may happen.
@given(st.floats(-1e5, 1e5, allow_subnormal=False), st.just(0.0) | st.floats(1e-6, 1e4))
def test_a_change_reads_on_its_side_of_the_change_that_is_wanted(change, wanted):
    size = read(style(Unit.COUNT).percent(change, wanted).removeprefix("less than "))
    level = read(style(Unit.COUNT).percent(wanted, abs(change)).removeprefix("less than "))
    assert (abs(change) < wanted, abs(change) > wanted) == (size < level, size > level)


@given(st.floats(0, 1e3), st.sampled_from(["calls", "missing persons"]))
def test_a_name_is_singular_exactly_after_a_1(x, name):
    number, _, written = style(Unit.COUNT, unit_name=name).value(x).partition(" ")
    assert (number == "1") == (written == name[:-1])


@pytest.mark.parametrize(
    ("x", "text"), [(1e300, "1e+300"), (-2.5e21, "-2.5e+21"), (123456789012345678, "123,456,789,012,345,680")]
)
def test_numbers_beyond_counting_are_written_with_a_power_of_ten(x, text):
    assert NumberStyle.of(a_measure(unit=Unit.COUNT)).value(x) == text


def test_a_change_that_just_reaches_what_is_wanted_has_its_digits():
    style = NumberStyle.of(a_measure(unit=Unit.COUNT))
    assert ["12.5%", "13%", "20%"] == [style.percent(-12.5, 12.5), style.percent(-12.5), style.percent(20.0, 20.0)]
