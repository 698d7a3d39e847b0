"""Random valid folders: nothing crashes, and no finding depends on the way in which it is come by or on what stands beside it,
and none is other than what a second, plain reading of the figures comes to.

`./run pytest -m exhaustive tests/contract/test_random_folders.py` tries thousands, from another seed with FOLDERS_FROM.
"""

import os
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from samples.every_way import every_way
from samples.plain_reading import read_apart
from samples.random_folders import Folder, random_folder, random_rule_keys
from samples.random_measures import ALWAYS, WORDS_ONLY, random_keys
from samples.random_rules import World
from samples.sampling import first
from samples.worlds import an_engine

from alerting.domain.period import Calendar, PeriodKind
from alerting.evaluation.as_json import finding_json
from alerting.rulefile.forms.base import Form
from alerting.rulefile.forms.sections import MeasureForm, RuleForm

#: Folders of the ordinary suite, in portions that may run side by side.
PORTION, PORTIONS = 6, 5
#: Folders of the exhaustive run, a hundred a test.
MANY = 5000
#: Keys of rules from which words and addressees are made, and what becomes of an alert whose rule has a new name.
RULE_WORDS_ONLY = ("why", "author", "was")
#: What is judged nowhere because of it is tried by itself (`tests/unit/figures/test_data_checks.py`).
HOLDING = ("checks",)
DAY = date(2020, 4, 1)
FIRST_SEED = int(os.environ.get("FOLDERS_FROM", "1000"))


def keys_of(form: type[Form]) -> set[str]:
    """The keys as authors write them."""
    return {field.alias or name for name, field in form.model_fields.items()}


def tried(first: int, count: int, path: Path) -> tuple[Counter[str], list[str]]:
    """Try folders by their seeds; return what they held, and what went wrong."""
    counted: Counter[str] = Counter()
    wrong = []
    for seed in range(first, first + count):
        rng, place = Random(seed), path / str(seed)
        folder = random_folder(rng, place)
        if folder is not None:
            counted.update(["folders", *(next(iter(rule["when"])) for rule in folder.rules)])
            try:
                ways = every_way(folder, place, rng)
                counted["findings"] += ways.findings
                wrong += [f"seed {seed}: {one}" for one in ways.differences]
            except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is looked for
                wrong.append(f"seed {seed}: {type(error).__name__}: {error}")
        shutil.rmtree(place, ignore_errors=True)
    return counted, wrong


@pytest.mark.parametrize("portion", first(1, range(PORTIONS)))
def test_no_random_folder_crashes_or_contradicts_itself(portion, tmp_path):
    counted, wrong = tried(portion * PORTION, PORTION, tmp_path)

    assert not wrong, "\n".join(wrong)
    assert counted["folders"] >= PORTION // 2


def test_every_key_of_a_measure_and_of_a_rule_is_tried():
    world = World(
        first=DAY, last=DAY, level=1, columns=("goal",), areas=("force",), limits=(), kind=PeriodKind.MONTH, integral=True,
        calendar=Calendar(),
    )  # fmt: skip
    measures = {*ALWAYS, "source", "of", "items", "total", *random_keys(Random(0), world)}
    rules = {"id", "title", "measures", "when", *random_rule_keys(Random(0), world)}

    assert keys_of(MeasureForm) == measures | {*WORDS_ONLY, *HOLDING}
    assert keys_of(RuleForm) == rules | {*RULE_WORDS_ONLY}


#: A finding as it is not: what is changed in one that the second reading must notice.
TAMPERED = {
    "trend": {"state": "exception", "consecutive": 1}, "change": {"state": "exception", "consecutive": 1},
    "target_missed": {"state": "no_data", "consecutive": None}, "outside_limits": {"upper": 63.0}, "run": {"centre": 52.0},
    "near_limit": {"state": "exception", "consecutive": 1}, "band": {"consecutive": 2}, "outside_range": {"value": 52.0},
}  # fmt: skip
WHEN = {
    "trend": {"length": 3}, "change": {"versus": "previous_period", "rises_by": "10 %"}, "target_missed": {"at_most": 60},
    "outside_limits": {"limits": {"xmr": {}}}, "run": {"of": {"previous_financial_year": {}}, "length": 3},
    "near_limit": {"limits": {"rolling": {"window": 3}}}, "band": {"bands": [{"high": "60 or more"}, {"low": "below 60"}]},
    "outside_range": {"to": 60},
}  # fmt: skip


@pytest.mark.parametrize("key", TAMPERED)
def test_a_finding_that_is_not_what_its_figures_say_is_noticed(key, tmp_path):
    values = (50, 54, 49, 51, 53, 50, 52, 48, 51, 50, 53, 51, 52, 50, 51)
    rows = [f"m,north,{2018 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d},{value},,," for n, value in enumerate(values)]
    figures = "\n".join(["measure,area,period,value,numerator,denominator,published", *rows]) + "\n"
    measure = {
        "id": "m",
        "title": "M",
        "topic": "t",
        "unit": "number",
        "better": "lower",
        "every": "month",
        "source": "s",
    }
    rule = {"id": "r", "title": "R", "measures": ["m"], "when": {key: WHEN[key]}}
    folder = Folder(date(2019, 7, 1), [measure], [rule], {}, [], figures, {})
    found = an_engine(folder.write(tmp_path), tmp_path / "state", folder.as_of).enquiries.evaluate(
        folder.as_of, every_period=True
    )
    history = [finding_json(one.finding) for one in found.found]

    assert list(read_apart(folder, history)) == []
    assert list(read_apart(folder, [*history[:-1], {**history[-1], **TAMPERED[key]}]))
    assert list(read_apart(folder, history[:-1]))


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("portion", range(MANY // 100))
def test_no_folder_of_thousands_crashes_or_contradicts_itself(portion, tmp_path):
    counted, wrong = tried(FIRST_SEED + portion * 100, 100, tmp_path)

    assert not wrong, "\n".join(wrong)
    assert counted["folders"] >= 50
