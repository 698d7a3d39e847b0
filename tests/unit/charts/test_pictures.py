"""What charts look like, in facts: places, sizes, colours and words; nobody compares pixels."""

import io
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from samples.charts import CHARTS, CONCERN, FULLEST, a_chart, limits, points
from samples.sampling import few

from alerting.charts.chart import Chart, ChartBand, Line, LineKind, Mark
from alerting.charts.drawing import Box, Colour, Drawing, Label, Shape, Stroke, Symbol
from alerting.charts.fonts import width
from alerting.charts.kept import kept, png_of_kept
from alerting.charts.label_spacing import spread
from alerting.charts.layout import HEIGHT, WIDTH, laid_out
from alerting.charts.png import LARGEST_BYTES, SCALE, dashes, png_of
from alerting.charts.scales import axis_of
from alerting.charts.svg import svg_of
from alerting.charts.words import alt_text
from alerting.domain.finding import Meaning
from alerting.domain.measure import Unit
from alerting.wording.briefly import MARKS

ALL = [pytest.param(chart, id=name) for name, chart in CHARTS.items()]


def drawn(chart: Chart) -> Drawing:
    drawing = laid_out(chart)
    assert drawing is not None
    return drawing


def words_of(chart: Chart) -> list[Label]:
    return [item for item in drawn(chart).items if isinstance(item, Label)]


def box_of(words: Label) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the letters."""
    wide = width(words.words, words.size, bold=words.bold)
    left = words.at[0] - {"start": 0, "middle": wide / 2, "end": wide}[words.anchor]
    return left, words.at[1] - 0.73 * words.size, left + wide, words.at[1]


def overlap(a: Label, b: Label) -> bool:
    left, top, right, bottom = box_of(a)
    left_b, top_b, right_b, bottom_b = box_of(b)
    return left < right_b and left_b < right and top < bottom_b and top_b < bottom


@pytest.mark.parametrize("chart", ALL)
def test_no_words_lie_on_others(chart):
    lying = [(a.words, b.words) for a, b in combinations(words_of(chart), 2) if overlap(a, b)]

    assert [] == lying


@pytest.mark.parametrize("chart", ALL)
def test_every_word_can_be_read_on_a_telephone(chart):
    """A screen of 360 pixels shows the picture 328 pixels wide; letters are 11 pixels high or more then.

    A mark within a symbol may be smaller: the symbol's shape says the same.
    """
    assert min(words.size for words in words_of(chart) if words.words not in MARKS.values()) * 328 / WIDTH >= 11


@pytest.mark.parametrize("chart", ALL)
def test_no_words_leave_the_card(chart):
    boxes = {words.words: box_of(words) for words in words_of(chart)}

    assert {} == {w: b for w, b in boxes.items() if b[0] < 0 or b[1] < 0 or b[2] > WIDTH or b[3] > HEIGHT}


@pytest.mark.parametrize("chart", ALL)
def test_a_picture_is_small_and_twice_the_size_it_is_shown_at(chart):
    png = png_of(drawn(chart))

    assert len(png) <= LARGEST_BYTES == 18 * 1024
    with Image.open(io.BytesIO(png)) as picture:
        scale = 1.5 if chart is FULLEST else SCALE
        assert ((WIDTH * scale, HEIGHT * scale), "P") == (picture.size, picture.mode)


@pytest.mark.parametrize("chart", ALL)
def test_a_picture_is_the_same_to_the_last_byte_each_time_and_out_of_its_kept_drawing(chart):
    assert png_of(drawn(chart)) == png_of(drawn(chart)) == png_of_kept(kept(drawn(chart)))


@pytest.mark.parametrize("chart", ALL)
def test_a_picture_is_opaque_and_white_behind_so_that_a_dark_program_changes_nothing(chart):
    with Image.open(io.BytesIO(png_of(drawn(chart)))) as picture:
        assert "transparency" not in picture.info
        assert (255, 255, 255) == picture.convert("RGB").getpixel((picture.width - 8, picture.height - 8))


@pytest.mark.parametrize("chart", ALL)
def test_a_picture_has_few_colours_all_of_inks_in_its_drawing_or_halfway_from_them_to_the_card(chart):
    drawing = drawn(chart)
    inks = {tuple(bytes.fromhex(item.ink.value[1:])) for item in drawing.items}
    halfway = {tuple(round((255 + channel) / 2) for channel in ink) for ink in inks}

    with Image.open(io.BytesIO(png_of(drawing))) as picture:
        used = {colour for _, colour in picture.convert("RGB").getcolors()}

    assert used <= inks | halfway
    assert len(inks) < len(used) <= 16


def test_a_page_holds_the_words_and_nothing_that_is_fetched():
    svg = svg_of(drawn(FULLEST), 'a < b & "c"')

    top = ET.fromstring(svg)
    assert 'a < b & "c"' == top.attrib["aria-label"] == top.findtext("{http://www.w3.org/2000/svg}title")
    assert {"svg", "title", "rect", "polyline", "polygon", "circle", "text"} >= {
        e.tag.split("}")[1] for e in top.iter()
    }
    assert "href" not in svg and "url(" not in svg


def test_what_a_title_cannot_show_is_left_out_of_it():
    from alerting.charts.chart import drawable

    assert "999 calls <b> answered" == drawable("999\ncalls\x00 <b> \u202eanswered\ud800\ufeff")


def test_a_drawing_kept_before_points_had_their_verdicts_look_is_drawn_still():
    old = kept(drawn(CHARTS["standard"])).replace(b'"SQUARE"', b'"DOWN"').replace(b'"CONCERN"', b'"EXCEPTION"')

    assert b'"DOWN"' in old
    assert png_of_kept(old).startswith(b"\x89PNG")


class TestMarks:
    def symbols(self, chart: Chart) -> list[Symbol]:
        return [item for item in drawn(chart).items if isinstance(item, Symbol)]

    @pytest.mark.parametrize(
        ("mark", "meaning", "shape", "written"),
        [
            pytest.param(Mark.EXCEPTION, Meaning.CONCERN, Shape.SQUARE, "!", id="concern"),
            pytest.param(Mark.EXCEPTION, Meaning.IMPROVEMENT, Shape.DOT, "+", id="improvement"),
            pytest.param(Mark.EXCEPTION, Meaning.CHANGE, Shape.DIAMOND, "~", id="change"),
            pytest.param(Mark.EXCEPTION, None, Shape.DIAMOND, None, id="nobody-can-say"),
            pytest.param(Mark.RUN, None, Shape.SQUARE, None, id="in a row"),
            pytest.param(Mark.MOVED, Meaning.CHANGE, Shape.DIAMOND, "~", id="average moved"),
            pytest.param(Mark.PROPOSED, Meaning.CHANGE, Shape.DIAMOND, "~", id="new average proposed"),
        ],
    )
    def test_a_mark_has_the_shape_and_character_of_its_verdict(self, mark, meaning, shape, written):
        chart = a_chart([], points=points([1, 5, 2], {1: (mark, meaning)}))
        found = self.symbols(chart)

        assert [Shape.DOT, Shape.DOT, shape] == [found[1].shape, found[2].shape, found[3].shape]
        assert (
            2 * [written or ""] == [w.words for w in words_of(chart) if w.words in ("!", "+", "~")] or written is None
        )
        assert (written is None) == all(w.words not in ("!", "+", "~") for w in words_of(chart))

    def test_a_verdict_has_the_colour_that_it_has_in_mails(self):
        marks = {n: (Mark.EXCEPTION, meaning) for n, meaning in enumerate(Meaning)}
        found = self.symbols(a_chart([], points=points([1, 5, 2], marks)))

        assert ["#a33600", "#005a9c", "#16202a"] == [s.ink.value for s in found[-3:]]

    def test_a_provisional_point_is_hollow_and_no_other(self):
        found = self.symbols(a_chart([], points=points([1, 5, 2], provisional=(2,))))

        assert [True, False, False, True] == [s.hollow for s in found]  # the first is the key's

    def test_a_held_point_is_shown_apart(self):
        found = self.symbols(a_chart([], points=points([1, 5, 2], held=(1,))))

        assert 2 == sum(s.ink is Colour.FAINT and s.hollow for s in found)

    def test_each_kind_of_mark_has_its_word_once(self):
        chart = a_chart([], points=points([1, 5, 2, 6], {1: CONCERN, 3: CONCERN}, provisional=(3,)))

        assert 1 == sum(w.words == "concern" for w in words_of(chart))
        assert 1 == sum(w.words == "provisional" for w in words_of(chart))


class TestLines:
    def strokes(self, chart: Chart, ink: Colour) -> list[Stroke]:
        return [item for item in drawn(chart).items if isinstance(item, Stroke) and item.ink is ink]

    def test_a_gap_is_a_gap(self):
        found = self.strokes(a_chart([1, 2, None, 3, 4]), Colour.SERIES)

        assert [2, 2] == [len(stroke.places) for stroke in found]

    def test_a_value_between_two_gaps_is_joined_to_nothing(self):
        assert [] == self.strokes(a_chart([1, None, 3]), Colour.SERIES)

    def test_nothing_is_joined_across_a_break(self):
        found = self.strokes(a_chart([], points=points([1, 2, 3, 4], breaks=(2,))), Colour.SERIES)

        assert [2, 2] == [len(stroke.places) for stroke in found]

    def test_limits_jump_between_two_periods(self):
        chart = a_chart([], points=points([5, 6, 5, 6]), lines=limits((9, 5, 1, 2), (8, 6, 4, 2)))
        (centre,) = self.strokes(chart, Colour.CENTRE)

        assert 4 == len(centre.places)
        assert centre.places[1][0] == centre.places[2][0]  # straight up, half way between the second and third points
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(centre.places))

    def test_limits_begin_where_there_are_any(self):
        chart = a_chart([], points=points([5, 6, 5, 6]), lines=limits((None, None, None, 2), (8, 6, 4, 2)))
        (centre,) = self.strokes(chart, Colour.CENTRE)
        first = next(i for i in drawn(chart).items if isinstance(i, Stroke) and i.ink is Colour.SERIES).places[0]

        assert centre.places[0][0] > first[0]

    def test_a_target_is_dashed_and_named_with_its_number(self):
        chart = CHARTS["standard"]

        assert [True] == [stroke.dash is not None for stroke in self.strokes(chart, Colour.TARGET)]
        assert "Standard 90%" in [w.words for w in words_of(chart)]

    def test_dashes_go_round_corners_and_leave_the_gaps(self):
        assert [[(0, 0), (3, 0)], [(5, 0), (6, 0), (6, 2)]] == dashes([(0, 0), (6, 0), (6, 3)], 3, 2)


class TestWords:
    def test_the_newest_value_is_named_as_the_texts_name_it(self):
        assert [("7,767", True)] == [(w.words, w.bold) for w in words_of(CHARTS["years"]) if w.bold and w.size > 20]

    def test_a_value_beside_its_limit_is_written_apart_from_it(self):
        chart = a_chart([350, 350.4], lines=limits((350.2, 300, 250, 2)))

        assert {"350.4", "Upper limit 350.2"} <= {w.words for w in words_of(chart)}

    def test_the_newest_value_is_named_where_it_lies_when_later_ones_are_missing(self):
        assert "7" in [w.words for w in words_of(a_chart([5, 7, None, None])) if w.bold]

    def test_a_long_name_never_costs_a_line_its_number(self):
        line = limits((90, 50, 10, 2))[:1]
        chart = a_chart([60, 70], lines=(type(line[0])(kind=LineKind.TARGET, called="Agreed minimum standard of service",
                                                      values=(88.0, 88.0)),))  # fmt: skip

        assert "88" in [w.words for w in words_of(chart)]

    def test_financial_years_are_named_and_parted(self):
        words = [w.words for w in words_of(CHARTS["years"])]

        assert ["2018/19", "2019/20", "20/21"] == [w for w in words if "/" in w]

    def test_the_last_period_is_always_named(self):
        assert "Sep" == [w.words for w in words_of(CHARTS["years"]) if w.words in ("Jul", "Aug", "Sep")][-1]

    def test_a_band_that_is_named_for_a_colour_has_it(self):
        boxes = [item for item in drawn(CHARTS["bands"]).items if isinstance(item, Box)]

        assert [Colour.WORST, Colour.MIDDLE, Colour.GREEN] == [box.ink for box in boxes if box.ink is not Colour.CARD]

    def test_bands_are_named(self):
        assert {"red", "amber", "green"} <= {w.words for w in words_of(CHARTS["bands"])}


@pytest.mark.parametrize(
    ("values", "unit", "low", "ticks"),
    [
        pytest.param([0, 3, 1], Unit.COUNT, 0, ["0", "1", "2", "3"], id="near zero, whole numbers only"),
        pytest.param([3, 40, 20], Unit.COUNT, 0, ["0", "10", "20", "30", "40"], id="from zero"),
        pytest.param(
            [7000, 7400] * 4, Unit.COUNT, 6900, ["6,900", "7,000", "7,100", "7,200", "7,300", "7,400"], id="far"
        ),
        pytest.param([91, 99] * 4, Unit.PERCENT, 90, ["90%", "92%", "94%", "96%", "98%"], id="cut"),
        pytest.param([97, 100] * 4, Unit.PERCENT, 96, ["96%", "97%", "98%", "99%", "100%"], id="never beyond 100%"),
        pytest.param([-2.4, 0.5], Unit.NUMBER, -3, ["-3", "-2", "-1", "0"], id="both signs"),
        pytest.param([700, 1250], Unit.SECONDS, 0, ["0 s", "5 min", "10 min", "15 min", "20 min"], id="minutes"),
        pytest.param([5, 5] * 4, Unit.COUNT, 4, ["4", "5"], id="all equal"),
        pytest.param(
            [86, 79], Unit.PERCENT, 65, ["65%", "70%", "75%", "80%", "85%"], id="few shares: 20 points at least"
        ),
        pytest.param(
            [8, 7], Unit.PERCENT, 4, ["4%", "5%", "6%", "7%", "8%"], id="few small shares: half of the highest"
        ),
        pytest.param(
            [145, 151], Unit.COUNT, 60, ["60", "80", "100", "120", "140"], id="few counts: half of the highest"
        ),
    ],
)
def test_the_axis_begins_where_it_should_at_round_numbers(values, unit, low, ticks):
    axis = axis_of(a_chart(values, unit))

    assert axis is not None
    assert (low, ticks) == (axis.low, [words for _, words in axis.ticks])


def test_a_straight_plan_with_one_level_in_sight_is_a_short_step():
    chart = a_chart([5, 6], lines=(Line(kind=LineKind.PLAN, called="Plan", values=(None, 7.0), stepped=False),))
    (plan,) = [item for item in drawn(chart).items if isinstance(item, Stroke) and item.ink is Colour.PLAN]

    assert plan.places[0][0] < plan.places[1][0]


@pytest.mark.parametrize("values", [[1e300, -1e300], [1.0, 1.0 + 1e-15], [1e16, 2e16], [1e-12, 2e-12]])
def test_figures_that_no_axis_can_hold_have_no_picture(values):
    assert laid_out(a_chart(values)) is None


@pytest.mark.parametrize("values", [[1e12, 3e14], [1e-6, 3e-6], [-5, -5], [0, 0, 0]])
def test_very_large_very_small_and_equal_figures_have_one(values):
    assert laid_out(a_chart(values, Unit.NUMBER)) is not None


def test_a_far_edge_of_a_band_does_not_flatten_the_values():
    bands = (ChartBand(called="red", low=None, high=20, rank=0), ChartBand(called="green", low=20, high=5000, rank=1))
    axis = axis_of(a_chart([12, 18, 25], bands=bands))

    assert axis is not None and axis.high < 50


@pytest.mark.parametrize("high", [10.001, 10.05, 10.2])
def test_a_band_thinner_than_a_pixel_is_painted(high):
    bands = (ChartBand(called="red", low=None, high=10, rank=0), ChartBand(called="amber", low=10, high=high, rank=0.5),
             ChartBand(called="green", low=high, high=None, rank=1))  # fmt: skip

    assert png_of(drawn(a_chart([5, 12, 25], bands=bands)))


class TestSpreading:
    def test_labels_with_room_stay_where_they_are(self):
        assert [10, 50, 90] == spread([10, 50, 90], [20, 20, 20], 0, 100)

    def test_labels_that_touch_move_apart_evenly_and_keep_their_order(self):
        assert [40, 60] == spread([49, 51], [20, 20], 0, 100)

    def test_equal_wishes_keep_the_order_given(self):
        assert [30, 50, 70] == spread([50, 50, 50], [20, 20, 20], 0, 100)

    def test_labels_stay_within_the_room(self):
        assert [10, 30, 90] == spread([0, 1, 120], [20, 20, 20], 0, 100)

    def test_more_than_the_room_holds_are_squeezed_evenly(self):
        assert [25, 75] == spread([0, 0], [100, 100], 0, 100)

    def test_no_labels_at_all(self):
        assert [] == spread([], [], 0, 100)


finite = st.floats(allow_nan=False, allow_infinity=False)
usual = st.floats(min_value=-1e7, max_value=1e7, allow_nan=False)


def charts_of(figure: st.SearchStrategy[float]) -> st.SearchStrategy[Chart]:
    """Charts of any length with gaps and two lines."""

    def made(figures: list[float | None], upper: float, centre: float, unit: Unit) -> Chart:
        lines = limits((upper, centre, None, len(figures)))[:2]
        return a_chart([], unit, points=points([1.0, *figures][1:] or [1.0]), lines=lines)

    return st.builds(
        made, st.lists(st.none() | figure, min_size=1, max_size=60).filter(any), figure, figure, st.sampled_from(Unit)
    )


def test_lines_at_the_very_foot_leave_the_newest_period_s_name_free() -> None:
    figures = [*[None] * 18, 4805.0, -6709.0]
    chart = a_chart([], Unit.PERCENT, points=points(figures), lines=limits((-9161.0, -9161.0, None, len(figures)))[:2])

    assert [] == [(a.words, b.words) for a, b in combinations(words_of(chart), 2) if overlap(a, b)]


@given(charts_of(finite))
@settings(max_examples=few(50, 1_000), deadline=None)
def test_any_figures_are_drawn_within_the_card_or_not_at_all(chart):
    drawing = laid_out(chart)
    if drawing is None:
        return
    places = [place for item in drawing.items if isinstance(item, Stroke) for place in item.places]
    places += [item.at for item in drawing.items if isinstance(item, Symbol | Label)]

    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    ET.fromstring(svg_of(drawing, alt_text(chart)))


@given(charts_of(usual))
@settings(max_examples=few(50, 1_000), deadline=None)
def test_round_numbers_on_the_axis_differ_in_place_and_words(chart):
    axis = axis_of(chart)
    if axis is None:
        return

    assert 1 <= len(axis.ticks) <= 8
    assert (
        len(axis.ticks) == len({words for _, words in axis.ticks}) == len({axis.share(tick) for tick, _ in axis.ticks})
    )


@given(charts_of(st.floats(min_value=-1e4, max_value=1e4).map(lambda x: round(x, 1))))
@settings(max_examples=few(40, 1_000), deadline=None)
def test_no_words_lie_on_others_whatever_the_figures(chart):
    if laid_out(chart) is None:
        return
    lying = [(a.words, b.words) for a, b in combinations(words_of(chart), 2) if overlap(a, b)]

    assert [] == lying
