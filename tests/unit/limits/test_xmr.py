"""Limits from moving ranges."""

from datetime import date

from samples.brought import MethodCase, OfMethod

from alerting.domain.parameters import Baseline
from alerting.domain.period import Calendar
from alerting.limits.xmr import Xmr

HALF_WAY = Baseline(since=date(2018, 6, 1), until=date(2019, 3, 31))
JUNE = Calendar().parse_exact("2019-06")

BROUGHT = (
    OfMethod(
        key="xmr",
        cases=(
            MethodCase(id="xmr", make=lambda _: Xmr()),
            MethodCase(id="xmr-one-sigma-unscreened", make=lambda _: Xmr(sigmas=1.0, screen=False, minimum_points=4)),
            MethodCase(id="xmr-first-figures", make=lambda _: Xmr(baseline=Baseline(first=8), rebase_on=(JUNE,))),
            MethodCase(id="xmr-dated", make=lambda _: Xmr(sigmas=2.0, baseline=HALF_WAY)),
        ),
        worded=lambda drawn: drawn.random.choice([Xmr(minimum_points=5), Xmr(sigmas=1.0)]),
    ),
)
