import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.domain.finding import State
from alerting.domain.fold import Folded, Walk, fold, open_rows, opening_rows

CODES = {"E": State.EXCEPTION, "n": State.NORMAL, "d": State.NO_DATA, "h": State.NOT_ENOUGH_HISTORY}


def folded(text, opens=1, clears=1):
    states = np.array([[CODES[letter]] for letter in text], dtype=np.int8)
    return fold(states, np.ones(states.shape, dtype=bool), np.array([opens]), np.array([clears]))


@pytest.mark.parametrize(
    ("text", "opens", "clears", "is_open", "opened", "last"),
    [
        pytest.param("n", 1, 1, False, -1, -1, id="normal-opens-nothing"),
        pytest.param("E", 1, 1, True, 0, 0, id="one-exception-opens"),
        pytest.param("nEE", 1, 1, True, 1, 2, id="further-ones-go-on"),
        pytest.param("EnE", 1, 1, True, 2, 2, id="a-new-one-after-a-normal"),
        pytest.param("EE", 3, 1, False, -1, -1, id="two-are-too-few-for-three"),
        pytest.param("EEE", 3, 1, True, 2, 2, id="the-third-opens"),
        pytest.param("EEdE", 3, 1, False, -1, -1, id="a-gap-ends-the-count"),
        pytest.param("Ed", 1, 1, True, 0, 0, id="absence-does-not-resolve"),
        pytest.param("Ehhd", 1, 1, True, 0, 0, id="nor-does-any-other-lack-of-a-verdict"),
        pytest.param("En", 1, 2, True, 0, 0, id="one-normal-is-too-few-to-clear"),
        pytest.param("Endn", 1, 2, True, 0, 0, id="a-gap-ends-the-clearing-count"),
        pytest.param("Enn", 1, 2, False, 0, 0, id="two-normals-clear"),
    ],
)
def test_alerts_open_go_on_and_clear(text, opens, clears, is_open, opened, last):
    found = folded(text, opens, clears)
    assert (is_open, opened, last) == (found.is_open[0], found.opened[0], found.last[0])


def test_where_an_alert_began_is_the_first_of_its_run():
    assert 1 == folded("nEEE", opens=3).began[0]


def test_what_cleared_and_what_it_had_opened_are_kept():
    found = folded("EEnE")
    assert (2, 0, 3) == (found.cleared[0], found.cleared_opened[0], found.opened[0])


def model(text, opens, clears):
    """The same in plain Python, one period at a time."""
    is_open, bad, good = False, 0, 0
    for letter in text:
        bad = bad + 1 if letter == "E" else 0
        good = good + 1 if letter == "n" else 0
        if not is_open and bad >= opens:
            is_open = True
        elif is_open and good >= clears:
            is_open = False
    return is_open


@given(
    st.lists(st.text("Endh", min_size=12, max_size=12), min_size=1, max_size=6), st.integers(1, 4), st.integers(1, 4)
)
def test_folding_many_series_at_once_equals_folding_each(series, opens, clears):
    states = np.array([[CODES[letter] for letter in one] for one in series], dtype=np.int8).T
    n = len(series)
    found = fold(states, np.ones(states.shape, dtype=bool), np.full(n, opens), np.full(n, clears))
    assert [model(one, opens, clears) for one in series] == found.is_open.tolist()


#: A for above, B for below: exceptions of two sides.
SIDES = {"A": 1, "B": -1}


def folded_by_side(series, opens, clears=1):
    states = np.array([[CODES.get(letter, State.EXCEPTION) for letter in one] for one in series], dtype=np.int8).T
    sides = np.array([[SIDES.get(letter, 0) for letter in one] for one in series], dtype=np.int8).T
    n = len(series)
    everywhere = np.ones(states.shape, dtype=bool)
    found = fold(states, everywhere, np.full(n, opens), np.full(n, clears), sides)
    rows = [open_rows(states[:, i], everywhere[:, i], opens, clears, sides[:, i]) for i in range(n)]
    return found, rows


@pytest.mark.parametrize(
    ("text", "opens", "opened", "began"),
    [
        pytest.param("AB", 2, -1, -1, id="one-above-and-one-below-are-no-two-in-a-row"),
        pytest.param("ABB", 2, 2, 1, id="two-below-are"),
        pytest.param("BABAB", 2, -1, -1, id="to-and-fro-opens-nothing"),
        pytest.param("AABB", 2, 1, 0, id="a-jump-ends-no-alert-that-is-open"),
        pytest.param("AdA", 2, -1, -1, id="a-gap-ends-the-count-on-one-side-too"),
    ],
)
def test_what_opens_an_alert_is_in_a_row_on_one_side(text, opens, opened, began):
    found, _ = folded_by_side([text], opens)
    assert (found.opened[0], found.began[0]) == (opened, began)


def model_by_side(text, opens, clears):
    is_open, bad, good, before, stands = False, 0, 0, "", []
    for letter in text:
        bad = (bad + 1 if bad and letter == before else 1) if letter in SIDES else 0
        before = letter
        good = good + 1 if letter == "n" else 0
        is_open = good < clears if is_open else bad >= opens
        stands.append(is_open)
    return stands


@given(
    st.lists(st.text("ABndh", min_size=12, max_size=12), min_size=1, max_size=6), st.integers(1, 4), st.integers(1, 4)
)
def test_folding_by_side_equals_counting_each_series_period_by_period(series, opens, clears):
    found, rows = folded_by_side(series, opens, clears)
    for n, one in enumerate(series):
        stands = model_by_side(one, opens, clears)
        assert rows[n].tolist() == stands
        assert found.is_open[n] == stands[-1]


@pytest.mark.parametrize("share", [0.02, 0.2])
def test_series_that_were_never_exceptional_make_no_difference_to_the_others(share):
    chance = np.random.default_rng(7)
    for _ in range(60):
        rows, columns = chance.integers(0, 15), chance.integers(0, 12)
        states = chance.choice([0, 1, 2, 3], p=[0.9 - share, share, 0.05, 0.05], size=(rows, columns)).astype(np.int8)
        counts = chance.random((rows, columns)) < 0.8
        after = chance.integers(1, 4, columns), chance.integers(1, 4, columns)
        sides = None if chance.random() < 0.5 else chance.integers(-1, 2, (rows, columns)).astype(np.int8)
        whole = fold(states, counts, *after, sides)
        for column in range(columns):
            own = slice(column, column + 1)
            alone = fold(
                states[:, own], counts[:, own], after[0][own], after[1][own], None if sides is None else sides[:, own]
            )
            for name in Folded.__slots__:
                assert getattr(whole, name)[column] == getattr(alone, name)[0]


@given(
    st.lists(st.text("ABndh", min_size=12, max_size=12), min_size=1, max_size=6), st.integers(1, 4), st.integers(1, 4)
)
def test_alerts_open_where_a_series_stands_open_and_did_not_before(series, opens, clears):
    states = np.array([[CODES.get(letter, State.EXCEPTION) for letter in one] for one in series], dtype=np.int8).T
    sides = np.array([[SIDES.get(letter, 0) for letter in one] for one in series], dtype=np.int8).T
    after = np.full(len(series), opens), np.full(len(series), clears)
    found = opening_rows(states, np.ones(states.shape, dtype=bool), *after, sides)
    for n, one in enumerate(series):
        stands = model_by_side(one, opens, clears)
        begins = [now and not before for now, before in zip(stands, [False, *stands], strict=False)]
        assert begins == found[:, n].tolist()


def as_lists(found: Folded) -> list[list[int]]:
    return [getattr(found, name).tolist() for name in Folded.__slots__]


@given(st.data())
def test_a_walk_taken_up_where_it_was_left_gives_what_a_whole_one_gives(data):
    n_rows, n = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 4))
    cells = st.lists(st.integers(0, 3), min_size=n_rows * n, max_size=n_rows * n)
    states = np.array(data.draw(cells), dtype=np.int8).reshape(n_rows, n)
    counts = np.array(data.draw(cells)).reshape(n_rows, n) > 0
    sides = np.array(data.draw(cells), dtype=np.int8).reshape(n_rows, n) % 3 - 1
    opens, clears = (np.array(data.draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))) for _ in range(2))
    stop = data.draw(st.integers(0, n_rows))
    other = data.draw(st.integers(0, n - 1))
    before = states.copy()
    before[:, other] = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n_rows, max_size=n_rows)))

    walk = Walk(opens, clears).to(stop, before, counts, sides)
    left = walk.copy()
    again = Walk(opens[[other]], clears[[other]])
    left.put(np.array([other]), again.to(stop, states[:, [other]], counts[:, [other]], sides[:, [other]]))
    found = left.to(n_rows, states, counts, sides).folded

    assert as_lists(found) == as_lists(fold(states, counts, opens, clears, sides))
    assert as_lists(walk.folded) == as_lists(fold(before[:stop], counts[:stop], opens, clears, sides[:stop]))
