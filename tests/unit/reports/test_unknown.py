"""What is not known is grouped by why; what did not come, by its period too."""

import pytest
from samples.worlds import a_measure, a_panel, rules_for

from alerting.conditions.target_missed import TargetMissed
from alerting.domain.finding import Reason
from alerting.domain.measure import Measure
from alerting.domain.period import Calendar
from alerting.reports.unknown import unknown_groups
from alerting.reports.watched import FigureState, Lack, WatchedFigure

RULES = rules_for(a_panel([5.0]), TargetMissed(at_least=1.0), a_measure())
AREA = next(iter(RULES.areas.areas))


def unknown(
    why: Reason | Lack | None,
    period: str = "2020-09",
    state: FigureState = FigureState.NOT_KNOWN,
    **more: str,
) -> WatchedFigure:
    return WatchedFigure(
        measure=a_measure(title="Calls"), area=AREA, period=Calendar().parse_exact(period), state=state, severity=None,
        is_new=False, why=why, **more,
    )  # fmt: skip


def said(*figures: WatchedFigure, unread: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    return [(group.count, group.words) for group in unknown_groups(figures, RULES, unread)]


def test_the_most_come_first_and_what_is_known_is_in_no_group():
    held, few = unknown(Reason.HELD), unknown(Reason.FEW_POINTS)
    known = unknown(None, state=FigureState.EXPECTED)

    assert said(held, few, few, known) == [(2, "have too few earlier figures"), (1, "is held")]


def test_what_did_not_come_is_grouped_by_its_period():
    missing = [unknown(Reason.MISSING, period) for period in ("2020-08", "2020-09", "2020-09")]

    assert said(*missing) == [(2, "have no figure for September 2020"), (1, "has no figure for August 2020")]


@pytest.mark.parametrize("why", [None, *Reason, *Lack])
def test_there_are_words_for_one_and_for_several_whatever_the_reason(why):
    (one,), (several,) = said(unknown(why)), said(unknown(why), unknown(why))

    assert (one[0], several[0]) == (1, 2)
    assert one[1].split()[0] in ("is", "has", "lies", "rests", "would", "could", "cannot")
    assert several[1].split()[0] in ("are", "have", "lie", "rest", "would", "could", "cannot")


def test_measures_that_cannot_be_read_are_counted_apart():
    measure: Measure = next(iter(RULES.measures.values()))

    assert said(unread=(measure.id,)) == [(1, "measure whose source could not be read")]


def test_figures_that_checks_hold_are_named_with_what_they_fail():
    one, another = (unknown(Lack.FAILED_CHECK, failed_check=f"{value} is above 100") for value in (870, 900))

    (group,) = unknown_groups([one, one, another], RULES)

    assert (group.count, group.words) == (3, "are held by a check")
    assert group.names == ("Calls (A0 and A0): 870 is above 100", "Calls: 900 is above 100")
