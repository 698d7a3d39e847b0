"""Random valid folders: nothing crashes, the newest finding is the last of all periods', a tick opens what `evaluate` says.

`./run pytest -m exhaustive tests/contract/test_random_folders.py` tries thousands, from another seed with ALERTING_TESTS_SEED.
"""

import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from samples.random_folders import Folder, random_folder
from samples.worlds import an_engine

from alerting.evaluation.as_json import finding_json
from alerting.store.sql import SqlStore

#: Folders of the ordinary suite, in portions that may run side by side.
PORTION, PORTIONS = 8, 10
#: Folders of the exhaustive run.
MANY = 5000
FIRST_SEED = int(os.environ.get("ALERTING_TESTS_SEED", "0"))


def disagreements(folder: Folder, path: Path) -> list[str]:
    """Judge a folder in every way, and say where two of them differ."""
    engine = an_engine(path, path / "state", folder.as_of)
    newest = [finding_json(one.finding) for one in engine.evaluate(folder.as_of, text="all").found]
    history = [finding_json(one.finding) for one in engine.evaluate(folder.as_of, every_period=True, text="all").found]
    last = {(one["rule"], one["measure"], one["area"]): one for one in history}
    found = []
    for one in newest:
        key = (one["rule"], one["measure"], one["area"])
        found += [
            f"{key} {one['period']} {name}: newest {one[name]!r}, every period {last.get(key, {}).get(name)!r}"
            for name in one
            if not _same(one[name], last.get(key, {}).get(name))
        ]
    return found + _tick_differs(folder, path, history)


def _same(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return one == other


def _tick_differs(folder: Folder, path: Path, history: list[dict]) -> list[str]:
    """Tick once on a new state: what is open is what the last verdict of each series says."""
    engine = an_engine(path, path / "state", folder.as_of)
    verdicts = {
        (one["rule"], one["measure"], one["area"]): one for one in history if one["state"] in ("exception", "normal")
    }
    ended = {rule["id"] for rule in folder.rules if "until" in rule}
    expected = {key for key, one in verdicts.items() if one["state"] == "exception" and key[0] not in ended}
    store = SqlStore("sqlite:///:memory:")
    store.upgrade()
    try:
        engine.tick(store, folder.as_of)
        with store.begin() as state:
            alerts = {
                (alert.key.rule, alert.key.measure, alert.key.area) for alert in state.open_alerts()
            }
    finally:
        store.close()
    alerts = {key for key in alerts if key[0] not in ended}
    return [f"{key} is an exception, and no alert" for key in sorted(expected - alerts)] + [
        f"{key} is an alert, and no exception" for key in sorted(alerts - expected)
    ]


def tried(first: int, count: int, path: Path) -> tuple[Counter[str], list[str]]:
    """Try folders by their seeds; return what they held, and what went wrong."""
    counted: Counter[str] = Counter()
    wrong = []
    for seed in range(first, first + count):
        folder = random_folder(Random(seed), path / str(seed))
        if folder is None:
            continue
        counted.update(["folders", *(next(iter(rule["when"])) for rule in folder.rules)])
        try:
            wrong += [f"seed {seed}: {one}" for one in disagreements(folder, path / str(seed))]
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is looked for
            wrong.append(f"seed {seed}: {type(error).__name__}: {error}")
    return counted, wrong


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_no_random_folder_crashes_or_contradicts_itself(portion, tmp_path):
    counted, wrong = tried(portion * PORTION, PORTION, tmp_path)

    assert not wrong, "\n".join(wrong)
    assert counted["folders"] >= PORTION // 2


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("portion", range(MANY // 100))
def test_no_folder_of_thousands_crashes_or_contradicts_itself(portion, tmp_path):
    counted, wrong = tried(FIRST_SEED + 1000 + portion * 100, 100, tmp_path)

    assert not wrong, "\n".join(wrong)
    assert counted["folders"] >= 50
