"""Loads of a source that comes in pieces: what is written, by when, and what makes it whole."""

import asyncio
import os
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import structlog
from structlog.testing import LogCapture

from alerting.app.situation.posted_loads import note_posted_load
from alerting.opening import open_store
from alerting.service.loop import Service
from samples.lives import LONDON, Life

AREAS = ("force", "north", "south")
#: How a source says that a load is whole.
WAYS = {
    "rows": "rows: 3",
    "areas": "areas: all",
    "marker": "marker: done.flag",
    "quiet": "quiet: 10 minutes",
    "posted": "posted: true",
}
MINUTE = timedelta(minutes=1)


class Loads:
    """A small force whose figures come in pieces; all clocks, those of files too, are the test's.

    Args:
        way: which of WAYS says that a load is whole.
    """

    def __init__(self, folder, way, more="", measure=", expected: 5 days", at="2020-06-01 07:00"):
        self.way, self.posts = way, 0
        self.life = Life(folder, source=f", complete: {{{WAYS[way]}}}{more}", measure=measure)
        self.life.write()
        self.file = self.life.folder / "figures/m.csv"
        self.marker = self.life.folder / "figures/done.flag"
        self.at = at
        self.rows = {}

    @property
    def now(self):
        return datetime.combine(date.fromisoformat(self.at[:10]), time.fromisoformat(self.at[11:]), LONDON)

    def later(self, minutes):
        """Let time go by."""
        self.at = f"{self.now + minutes * MINUTE:%Y-%m-%d %H:%M}"

    def write(self, rows):
        """Have the file hold these figures, `{(area, period): value}`, changed just now."""
        lines = [f"m,{area},{period},{value}" for (area, period), value in rows.items()]
        self.file.write_text("\n".join(["measure,area,period,value", *lines, ""]), encoding="utf-8")
        self._stamp(self.file)

    def whole(self):
        """Say, the way that the source has for it, that what is there is whole."""
        if self.way == "marker":
            self.later(1)
            self.marker.write_text("")
            self._stamp(self.marker)
        elif self.way == "posted":
            self.later(1)
            self.posts += 1
            with self.opened() as (engine, store):
                assert note_posted_load(engine.rules, store, "calls", self.now, f"load {self.posts}")
        elif self.way == "quiet":
            self.later(10)

    @contextmanager
    def opened(self):
        """The engine now, and its state until the block's end."""
        with self.life.opened(self.at[:10], self.now.time()) as (engine, store):
            yield engine, store

    def tick(self):
        """Tick now; return what is told."""
        self.later(1)
        with self.opened() as (engine, store):
            self.life.report = engine.tick(store)
            self.life.deliver(store, engine)
        return self.life.told()

    @contextmanager
    def served(self):
        """A service that is started now; calling what is given rings its bell now, and returns what is logged."""
        captured = LogCapture()
        log = structlog.wrap_logger(None, processors=[captured], wrapper_class=structlog.BoundLogger)
        clock = self

        class Clock:
            def now(self):
                return clock.now

        def engine():
            made = self.life.engine(self.now.date(), self.now.time())
            made.installation = replace(made.installation, clock=Clock())
            return made

        def boot_s():
            return self.now.timestamp()

        with closing(open_store(engine().settings)) as store:
            service = Service(engine(), store, engine, log, boot_s)

            def ring():
                before = len(captured.entries)
                asyncio.run(service.judge())
                return [one["event"] for one in captured.entries[before:] if one["event"] != "figures.problem"]

            yield ring

    def _stamp(self, path):
        seconds = self.now.timestamp()
        os.utime(path, (seconds, seconds))


def figures(period, *values):
    """A figure of each area."""
    return {(area, period): value for area, value in zip(AREAS, values, strict=False)}
