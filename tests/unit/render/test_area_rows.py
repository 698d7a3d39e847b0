"""Areas in a card: by verdict where they are many, each with a bar that says what its figures say."""

from dataclasses import replace

import pytest
from samples import mails

from alerting.domain.finding import Meaning
from alerting.render.area_rows import AreaRow, area_rows, row_groups
from alerting.reports.views import AreaFigure, AreaGlance, AreaList, EventView
from alerting.wording.compared import Compared


def an_area(
    name: str, number: float | None, held: float | None = 15.0, *, bad: bool = True, line: str = "lowest band"
) -> AreaGlance:
    """One area, exceptional or not."""
    figure = AreaFigure(value=f"{number}%", line=line, number=number, held=held)
    return AreaGlance(
        area=name,
        state="exception" if bad else "normal",
        meanings=(Meaning.CONCERN,) if bad else (),
        figure=lambda: figure,
    )


def an_event(*others: AreaGlance, own: AreaGlance) -> EventView:
    """What is told of one area, with others beside it."""
    compared = Compared(figure=own.figure().value, line=own.figure().line)
    return replace(mails.REFERRALS, area=own.area, others=AreaList(others), own=own, compared=compared)


def rows_of(*numbers: float | None, held: float | None = 15.0) -> list[AreaRow]:
    """Rows of areas, the first one told of."""
    areas = [an_area(f"Area {n}", number, held) for n, number in enumerate(numbers)]
    return area_rows([an_event(*areas[1:], own=areas[0])], full=True)[0]


def test_a_figure_below_its_line_leaves_the_way_to_it_grey() -> None:
    """Of ten on a scale to twenty, with the line at fifteen: ten in colour, five grey, the tick, the rest empty."""
    row = rows_of(10.0, 20.0, 5.0, 6.0, 7.0, 8.0)[0]

    assert [part.style for part in row.bar] == ["concern", "usual", "tick", ""]
    widths = [part.width for part in row.bar]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2)
    assert sum(widths) == pytest.approx(100, abs=0.2)
    assert widths[3] == pytest.approx(widths[1], abs=0.2)


def test_a_figure_above_its_line_is_in_colour_on_both_sides_of_the_tick() -> None:
    """The longest fills its bar."""
    row = rows_of(10.0, 20.0, 5.0, 6.0, 7.0, 8.0)[1]

    assert [part.style for part in row.bar] == ["concern", "tick", "concern"]
    assert row.bar[0].width == pytest.approx(3 * row.bar[2].width, abs=0.3)


def test_a_figure_without_a_line_has_no_tick_and_an_area_without_a_figure_no_bar() -> None:
    """What is not known is not drawn."""
    rows = rows_of(10.0, 20.0, 5.0, 6.0, 7.0, 8.0, None, held=None)

    assert [part.style for part in rows[0].bar] == ["concern", ""]
    assert not rows[-1].bar


@pytest.mark.parametrize(
    "numbers",
    [(-3.0, 20.0, 5.0, 6.0, 7.0, 8.0), (99.0, 99.1, 99.2, 99.3, 99.4, 99.5), (10.0, 20.0, 5.0), (0.0,) * 6],
    ids=["below nought", "all alike", "few", "nothing"],
)
def test_bars_that_would_mislead_or_say_nothing_are_not_drawn(numbers: tuple[float, ...]) -> None:
    """They begin at nought, are many, and differ."""
    assert not any(row.bar for row in rows_of(*numbers, held=max(numbers)))


def test_a_line_of_another_rule_is_not_drawn_under_a_row_that_names_its_own() -> None:
    """The row says "lowest band"; the glance is held against a target that another rule watches."""
    areas = [an_area(f"Area {n}", float(n + 5)) for n in range(6)]
    event = an_event(*areas[1:], own=an_area("Area 0", 5.0, 30.0, line="target 30%"))
    told, *others = area_rows([replace(event, compared=Compared(figure="5.0%", line="lowest band"))], full=True)[0]

    assert told.number is None
    assert all(other.number is not None for other in others)


def test_many_rows_stand_by_verdict_and_say_their_line_once() -> None:
    """Six concerns of which one is told singly, three that are as expected."""
    areas = [an_area(f"Area {n}", float(n)) for n in range(6)]
    fine = [an_area(f"Fine {n}", 16.0 + n, bad=False, line="highest band") for n in range(3)]
    told = [an_event(*areas[1:], *fine, own=areas[0])]
    told += [an_event(own=area) for area in areas[1:]]
    groups = row_groups(area_rows(told, full=True)[0])

    assert [(group.words, group.says_line) for group in groups] == [
        ("6 areas, lowest band", True),
        ("3 areas, highest band, normal", True),
    ]
    assert [len(group.marks) for group in groups] == [1, 0]


def test_few_rows_and_rows_that_differ_keep_their_verdict_each() -> None:
    """Headings would take more room than they save."""
    assert row_groups(rows_of(1.0, 2.0, 3.0)) == []
    rows = [row for pair in zip(rows_of(*range(4)), rows_of(*range(4)), strict=True) for row in pair]
    alternating = [replace(row, words="late" if n % 2 else None) for n, row in enumerate(rows)]
    assert row_groups(alternating) == []


def test_areas_of_which_nothing_is_known_but_that_are_named_in_one_line() -> None:
    """Eleven lines of "no figure" say no more than one."""
    areas = [AreaGlance(area=f"Area {n}", state="late", figure=lambda: AreaFigure(value="–")) for n in range(7)]
    told = [an_event(own=area) for area in areas]
    (group,) = row_groups(area_rows(told, full=True)[0])

    assert group.names == "Area 0, Area 1, Area 2, Area 3, Area 4, Area 5 and Area 6"
    assert row_groups(rows_of(*range(7)))[0].names is None
