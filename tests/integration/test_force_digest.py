"""The digest of who sees everything, on the shipped rules and the published figures of one day."""

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from samples.worlds import an_engine

from alerting.app.digests.make import digest_pages, digests_named
from alerting.domain.finding import Meaning, State
from alerting.evaluation.findings import FindingMaker
from alerting.evaluation.newest import newest_verdicts
from alerting.opening import open_store
from alerting.reports.watched import is_out_of_date
from alerting.wording.plain import capitalised

RULES, DAY = Path(__file__).parents[2] / "rules", date(2020, 10, 15)
WORST_FIRST = (Meaning.CONCERN, Meaning.CHANGE, Meaning.IMPROVEMENT)


@pytest.fixture(scope="module")
def deputys(tmp_path_factory):
    """The digest as text, and every finding that is exceptional that day by a rule that judges figures."""
    engine = an_engine(RULES, tmp_path_factory.mktemp("state"), DAY)
    store = open_store(engine.settings)
    evaluation = engine.tick(store, DAY).evaluation
    digests = digests_named(engine.rules, ["monday"])
    pages = digest_pages(
        engine.rules,
        engine.enquiries.read(),
        store,
        DAY,
        engine.installation.instant(DAY),
        engine.installation.message_defaults,
        digests,
    )
    text = next(" ".join(page.message.text.split()) for page in pages if page.owner == "deputy-chief-constable")
    store.close()
    maker, found = FindingMaker(evaluation), []
    for verdict in newest_verdicts(evaluation):
        if verdict.state is State.EXCEPTION and not verdict.verdicts.group.is_freshness:
            found += [one for _, one in maker.at(verdict.verdicts, verdict.row, np.array([verdict.place]))]
    return text, found


def shown(found):
    """The figure, or the change that is printed without one."""
    return str(found.line) if found.facts.is_change_alone else found.brief.figure


def test_everything_exceptional_stands_in_it(deputys):
    text, found = deputys

    missing = [
        one.headline
        for one in found
        if capitalised(one.facts.measure.short or one.facts.measure.title) not in text or shown(one) not in text
    ]
    assert len(found) > 50
    assert [] == missing


def test_its_counts_are_those_of_the_figures(deputys):
    text, found = deputys

    worst = {}
    for one in (one for one in found if not is_out_of_date(one.finding.period, DAY)):
        key, place = (one.finding.measure, one.finding.area), WORST_FIRST.index(one.finding.meaning)
        worst[key] = min(worst.get(key, place), place)
    counts = Counter(worst.values())
    head = [f"{counts[n]} {meaning}s ({counts[n]} new)" for n, meaning in enumerate(WORST_FIRST)]
    assert text.startswith(", ".join(head))


def test_what_drives_a_rise_and_the_areas_of_a_measure_stand_with_it(deputys):
    text, _ = deputys

    assert "What drives it: nuisance ASB +833, environmental ASB +440 of +1,667" in text
    assert "Shropshire ! 11.2%; S Worcs ! 11.9%; Telford ! 12.2%; Herefordshire ! 13.6%" in text
