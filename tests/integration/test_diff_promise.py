"""What `diff` promises of a changed rule of the example is what running the changed rules sends, notice by notice."""

import re
import shutil
from datetime import date
from random import Random

import pytest
from samples.diffs import compared, told_day_by_day, told_in
from samples.sampling import few, first

from alerting.domain.backtest import DaySpan
from alerting.rulefile import load_rules
from alerting.scaffold.folder import example as files_of_example
from alerting.scaffold.folder import write

#: Wholly: two weeks in which weekly and monthly figures come, reminders go out and some are passed on.
SPAN = DaySpan(first=date(2026, 4, 8), last=few(date(2026, 4, 9), date(2026, 4, 21)))
_NUMBER = re.compile(r"(?<=[:{ ])\d+(?:\.\d+)?(?=[ ,}%]|$)")


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example") / "rules"
    write(folder, files_of_example())
    return folder


@pytest.fixture(scope="module")
def told_before(example):
    return told_day_by_day(example, SPAN)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", first(1, range(50)))
def test_one_changed_threshold_tells_what_was_promised_and_no_more(example, told_before, tmp_path, seed):
    head = _edited(example, tmp_path / "head", Random(seed))

    found = compared(example, head, SPAN)

    told_after = told_day_by_day(head, SPAN)
    assert 1 <= len(found.rules.changed)
    assert told_after - told_before == told_in(found.notices.added)
    assert told_before - told_after == told_in(found.notices.removed)


def _edited(example, head, random):
    """Return a copy of the example in which one number of one condition, or one target, is another."""
    for _ in range(100):
        shutil.rmtree(head, ignore_errors=True)
        shutil.copytree(example, head / "rules")
        path = random.choice(sorted(example.glob("*.yaml")))
        lines = path.read_text().split("\n")
        places = [(n, found) for n, line in enumerate(lines) for found in _thresholds(line)]
        if not places:
            continue
        n, (start, end) = random.choice(places)
        number = float(lines[n][start:end])
        other = number * random.uniform(0.7, 1.3)
        lines[n] = f"{lines[n][:start]}{round(other) if number >= 8 else round(other, 1):g}{lines[n][end:]}"
        (head / "rules" / path.name).write_text("\n".join(lines))
        rules = load_rules(head / "rules").rules
        if rules is not None and lines != path.read_text().split("\n"):
            return head / "rules"
    raise AssertionError("no edit leaves the rules sound")


def _thresholds(line):
    """Yield where the numbers of a condition or a target stand in a line."""
    begins, ends = max(line.find("when:"), line.find("target:")), line.find("called")
    if begins >= 0:
        yield from (match.span() for match in _NUMBER.finditer(line, begins, ends if ends >= 0 else len(line)))
