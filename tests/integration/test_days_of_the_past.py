"""`--as-of`: what is done as if on another day happens on that day, whatever the hour and the time of year now."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.demo.story import FixedClock

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param(datetime(2020, 11, 28, 23, 30, tzinfo=UTC), date(2020, 6, 3), id="late, from winter into summer"),
        pytest.param(
            datetime(2020, 6, 28, 23, 30, tzinfo=UTC), date(2020, 1, 3), id="after midnight, from summer into winter"
        ),
        pytest.param(datetime(2020, 6, 28, 12, tzinfo=UTC), date(2020, 6, 3), id="at noon"),
    ],
)
def test_the_instant_lies_on_the_day(tmp_path, now, day):
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS, "figures/calls.csv": "measure,area,period,value\n"})
    engine = an_engine(folder, tmp_path / "state", day)
    engine.installation = replace(engine.installation, clock=FixedClock(now))

    local = engine.installation.instant(day).astimezone(LONDON)
    assert (day, now.astimezone(LONDON).time()) == (local.date(), local.time())
