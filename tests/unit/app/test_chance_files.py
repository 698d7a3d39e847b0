"""What chance does is tried once: the same rules and figures find it again, whatever else becomes of the files."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest
from samples.chance_worlds import AS_OF, Kind, noise

from alerting.app.situation import chance_files
from alerting.app.situation.chance_files import ChanceFiles
from alerting.conditions.outside_limits import OutsideLimits
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.measure import Level
from alerting.evaluation.budget import expected
from alerting.evaluation.budget.trial import Rates
from alerting.evaluation.budget.worlds import LIKENESS
from alerting.limits.rolling import Rolling

PLANES = [field.name for field in fields(Rates)]


def some_rates(seed=1, shapes=2):
    chance = np.random.default_rng(seed)
    made = Rates(**{name: chance.random((shapes, len(LIKENESS))) for name in PLANES})
    made.opens[0] = np.nan  # of which nothing is known
    return made


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in PLANES)


def refused():
    raise AssertionError("tried again")


def files(folder, made_by="v1"):
    return ChanceFiles(folder, made_by)


def test_what_was_made_is_found_again_by_another_process(tmp_path):
    made = files(tmp_path).rates("name", 2, some_rates)
    assert same(made, files(tmp_path).rates("name", 2, refused))


@pytest.mark.parametrize(
    ("data", "made_by"),
    [
        pytest.param(b"", "v1", id="empty"),
        pytest.param(b'{"made_by": "v1", "opens": [[', "v1", id="cut"),
        pytest.param(b"[]", "v1", id="something-else"),
        pytest.param(b'{"made_by": "v1", "opens": [["a"]]}', "v1", id="words"),
        pytest.param(None, "v2", id="of-another-program"),
    ],
)
def test_what_is_not_whole_or_of_another_program_is_made_anew(tmp_path, data, made_by):
    files(tmp_path).rates("name", 2, some_rates)
    if data is not None:
        (tmp_path / "name.chance.json").write_bytes(data)
    made = files(tmp_path, made_by).rates("name", 2, lambda: some_rates(2))
    assert same(some_rates(2), made)
    assert same(made, files(tmp_path, made_by).rates("name", 2, refused))


def test_rates_of_another_number_of_shapes_are_made_anew(tmp_path):
    files(tmp_path).rates("name", 3, lambda: some_rates(shapes=3))
    assert same(some_rates(), files(tmp_path).rates("name", 2, some_rates))


def test_so_many_are_kept_the_longest_unused_goes_first(tmp_path, monkeypatch):
    monkeypatch.setattr(chance_files, "MOST_GROUPS", 2)
    for name in "abc":
        files(tmp_path).rates(name, 2, some_rates)
    assert 2 == len(list(tmp_path.iterdir()))


def test_several_may_write_at_once(tmp_path):
    def ask(seed):
        return files(tmp_path).rates("name", 2, lambda: some_rates(seed))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, [1] * 64))
    assert all(same(found[0], one) for one in found)
    assert ["name.chance.json"] == [path.name for path in tmp_path.iterdir()]


def test_a_folder_that_cannot_be_written_to_costs_time_alone(tmp_path):
    (tmp_path / "chance").write_text("no folder")
    assert same(some_rates(), files(tmp_path / "chance").rates("name", 2, some_rates))


KIND = Kind(condition=OutsideLimits(limits=Rolling()))
SERIES = noise(np.random.default_rng(5), 0.0, (24, 3))


def budgeted(kind, kept, series=SERIES):
    panel = kind.panel(series)
    (found,) = expected.by_chance(kind.rules(panel), {panel.kind: panel}, AS_OF, kept=kept)
    return found.opens


def test_the_same_rules_and_figures_are_tried_once(tmp_path, monkeypatch):
    before = budgeted(KIND, files(tmp_path))
    monkeypatch.setattr(expected, "tried", lambda *_: refused())
    monkeypatch.setattr(expected, "worlds", lambda *_: refused())
    assert before.tolist() == budgeted(KIND, files(tmp_path)).tolist()


@pytest.mark.parametrize(
    ("kind", "series"),
    [
        pytest.param(replace(KIND, condition=OutsideLimits(limits=Rolling(window=8))), SERIES, id="the-limits"),
        pytest.param(replace(KIND, condition=TargetMissed(at_least=Level(number=45.0))), SERIES, id="the-condition"),
        pytest.param(replace(KIND, opens=2), SERIES, id="for"),
        pytest.param(replace(KIND, clears=2), SERIES, id="clear-after"),
        pytest.param(replace(KIND, minimum=48.0), SERIES, id="what-the-figures-cannot-pass"),
        pytest.param(KIND, SERIES[1:], id="how-many-figures"),
        pytest.param(KIND, SERIES * 2, id="their-spread"),
        pytest.param(replace(KIND, made=lambda z: 5000 + z), SERIES, id="their-level"),
    ],
)
def test_whatever_decides_is_tried_anew(tmp_path, kind, series):
    budgeted(KIND, files(tmp_path))
    made = budgeted(kind, files(tmp_path), series)
    assert made.tolist() == budgeted(kind, expected.NOTHING_KEPT, series).tolist()
    assert 2 == len(list(tmp_path.iterdir()))
