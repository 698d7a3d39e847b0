"""Trees of areas: what selectors choose."""

import pytest

from alerting.domain.area import Area, AreaSelector, AreaTree

#: A company of two divisions; north has two wards, one of them a beat.
TREE = AreaTree.of(
    [
        Area(id="company", title="Company"),
        Area(id="north", title="North", parent="company"),
        Area(id="ward", title="Ward", parent="north"),
        Area(id="beat", title="Beat", parent="ward"),
        Area(id="village", title="Village", parent="north"),
        Area(id="south", title="South", parent="company"),
    ]
)


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        pytest.param(AreaSelector(children_of="company"), "north south", id="children-are-one-level"),
        pytest.param(AreaSelector(below="company"), "north south ward village beat", id="below-is-every-depth"),
        pytest.param(AreaSelector(below="north"), "ward village beat", id="below-is-without-the-area-itself"),
        pytest.param(AreaSelector(below="beat"), "", id="nothing-is-below-a-leaf"),
        pytest.param(AreaSelector(leaves_of="company"), "south village beat", id="leaves-of-every-depth"),
        pytest.param(AreaSelector(leaves_of="north"), "village beat", id="leaves-of-a-part"),
    ],
)
def test_a_selector_chooses_areas_by_their_place(selector, chosen):
    assert set(chosen.split()) == TREE.selected(selector)
