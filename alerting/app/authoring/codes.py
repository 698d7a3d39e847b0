"""Every code of a problem: those of readers and of checks, those of figures as ticks find them, and those of tests of rules."""

from collections.abc import Mapping
from functools import cache

from alerting.rulefile.codes import codes_with

#: Packages whose modules are checks, which may declare codes of their own.
CHECKS = ("alerting.rulefile.lint", "alerting.app.authoring.figure_lint")

#: What is said of figures, each with what becomes of them and what to do.
OF_FIGURES: Mapping[str, str] = {
    "partial-load": "the load of a source is not whole yet, by its `complete`: nothing of it is judged, and what was read"
    " before goes on counting; wait until what it names has come, or mend `complete`. Its owner is told"
    " once it is late",
    "failed-check": "figures fail one of their measure's `checks`: they are held and not judged; mend them at their"
    " source, or let true ones through with `alerting figures accept MEASURE AREA PERIOD`",
    "doubtful": "figures look like a slip (a factor of ten, digits changed round, a repeated column) and are judged"
    " all the same; mend them at their source, or say with `alerting figures accept MEASURE AREA PERIOD`"
    " that they are right. `checks: {slips: all}` holds such",
    "vanished": "figures that a source had before are no longer in it: they go on counting; to take one back, keep"
    " its row with an empty value",
    "shrunk": "much that a source or the rules had before is missing: what was read before goes on counting until"
    " somebody puts it back, or says with `alerting accept` that it is right, or the day that is named has"
    " come",
    "conflict": "rows of one source give different figures for one measure, area and period: none of them is judged"
    " until one is left; a revision needs a later day in the column `published`",
    "refused-cell": "a cell holds something else where a figure must stand: that figure is not judged, all others are;"
    " mend it at its source",
    "bad-period": "rows have a period that cannot be read, or is none of their measure's: they are left out",
    "bad-date": "rows have a day of publication that cannot be read: they are left out; write days as 2020-10-15",
    "bad-flag": "the column that marks provisional figures says neither true nor false",
    "future-period": "figures are of periods that have not begun; mend the period, else they are judged once it is over",
    "hidden-column": "a column is not read: its heading stands more than once, or a key of the source says where this"
    " comes from",
    "read-as": "how something in a file was read that may be meant otherwise; nothing is to be done where it is right",
    "unclaimed-measure": "rows name a measure that the rules do not have: nothing reads them; write it as its id or title, or"
    " map it under `names` of the source",
    "unclaimed-area": "rows name an area that the rules do not have: nothing reads them; write it as its id or title, or"
    " map it under `names` of the source",
    "beyond-bounds": "figures lie beyond what their measure can be; mend them, or its `minimum` and `maximum`",
    "percent-as-fraction": "figures of a percent look like fractions, 0.83 for 83%; write percents as 83",
    "contradicts-its-parts": "a value is not what the numerator and denominator beside it make; mend whichever is wrong",
    "parts-differ": "parts of a family do not add up to its total; mend whichever is wrong at its source",
}
#: What is said of tests of rules.
OF_TESTS: Mapping[str, str] = {
    "test-failed": "a test of a rule expects something else than what the rule tells; mend the rule or the test",
    "test-lacking": "a rule has no test, so that nobody notices when it is changed and tells otherwise",
    "test-unnoticed": "a rule can be changed so that it tells otherwise, and no test of it fails; add a case that tells the"
    " two apart",
}


@cache
def all_codes() -> Mapping[str, str]:
    """Return every code with what it means.

    Raises:
        DuplicateCode: two checks declare one.
    """
    return {**OF_FIGURES, **OF_TESTS, **codes_with(*CHECKS)}
