"""Parents that a source never gives, made of their children when all of them are there."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from alerting.domain.area import AreaTree
from alerting.domain.arrays import Flags
from alerting.domain.combining import Pieces, Recipe, together
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.figures.derived import pass_on
from alerting.figures.panel_builder import PanelBuilder
from alerting.figures.spans import is_due


def roll_up(
    sheet: PanelBuilder,
    n: int,
    measure: Measure,
    recipe: Recipe,
    areas: tuple[AreaTree, Mapping[str, int]],
    given: Flags,
    as_of: date,
) -> None:
    """Give parents what their children make, from the lowest up.

    Args:
        areas: the tree, and each area's place.
        given: for each column of the measure, whether its source prints it: such a parent is left as it is.
    """
    tree, place = areas
    own = sheet.columns_of(n)
    # Where the measure's own periods are expected, the clock says that one is late; a part's absence would hide that.
    clocked = measure.every is sheet.kind and measure.expected is not None
    unsaid = np.array([clocked or not is_due(measure, sheet, row, as_of) for row in range(sheet.n_periods)], dtype=bool)
    for id_ in reversed(list(tree.areas)):
        children = tree.children.get(id_, ())
        parent = sheet.column(n, place[id_])
        columns = [sheet.column(n, place[child]) for child in children]
        if parent is None or given[parent - own.start] or not columns or None in columns:
            continue
        pieces = sheet.pieces(slice(None), np.array(columns, dtype=np.intp), recipe.along).turned
        _fill(sheet, parent, pieces, recipe, unsaid=unsaid)


def _fill(sheet: PanelBuilder, parent: int, pieces: Pieces, recipe: Recipe, *, unsaid: Flags) -> None:
    """Fill a parent's empty cells; say why where they stay so."""
    made = together(pieces, recipe)
    value = sheet.plane("value")[:, parent]
    free = np.isnan(value)
    if sheet.reasons is not None:
        free &= sheet.reasons[:, parent] == 0
    filled = free & ~np.isnan(made.value)
    value[filled] = made.value[filled]
    for name, plane in made.planes.items():
        if name in pieces.planes:
            here = sheet.planes[name][:, parent]
            here[filled] = np.where(np.isnan(here[filled]), plane[filled], here[filled])
    if made.provisional is not None:
        sheet.mark_provisional((slice(None), parent), made.provisional & filled)
    silent = unsaid & (made.reasons == Reason.PARTIAL.code)
    pass_on(sheet, slice(parent, parent + 1), np.where(free & ~silent, made.reasons, 0).astype(np.int8)[:, None])
