"""Days in the life of a small force: figures written anew, a tick a day, and what is told to whom."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alerting.app.engine import Engine
from alerting.demo.story import FixedClock
from alerting.domain.alert import Alert
from alerting.ports.state import Store
from alerting.settings import Secret, Settings
from alerting.wiring import engine_of

LONDON = ZoneInfo("Europe/London")
BASE = """
topics: [{id: t, title: Topic, owner: head}]
owners:
  - {id: head, name: Head of Performance, email: head@example.org%(head)s}
  - {id: north, name: "Commander, North", email: north@example.org%(north)s}
  - {id: deputy, name: "Deputy, North", email: deputy@example.org%(deputy)s}
  - {id: chief, name: Chief Officer, email: chief@example.org}
  - {id: data, name: Data Team, email: data@example.org}
  - {id: duty, name: ICT Duty, email: duty@example.org}
areas:
  - {id: force, title: Force, kind: policing, owner: head}
  - {id: north, title: North, parent: force, owner: north}
  - {id: south, title: South, parent: force, owner: south-owner}
measures:
  - {id: m, title: Crimes, topic: t, unit: count, better: lower, every: month, target: 10, source: calls%(measure)s}
sources: {calls: {csv: figures/m.csv, owner: data%(source)s}}
%(more)s
"""
RULES = "rules: [{id: r, title: Too many, measures: m, when: {target_missed: {}}%(rule)s}]\n"


class Life:
    """A folder, its state and its days.

    `told` names what a tick told: (person, kind, area) for exceptions, (person, kind of notice) for the rest.
    """

    def __init__(self, folder: Path, **parts: str) -> None:
        self.folder, self.state = folder / "rules", folder / "state"
        self.parts = {
            "head": "",
            "north": "",
            "deputy": "",
            "measure": "",
            "more": "",
            "rule": "",
            "source": "",
            **parts,
        }
        self.rules = BASE.replace("owner: south-owner", "owner: north") + RULES
        self.figures: dict[tuple[str, str], str] = {}
        self.smtp: str | None = None
        #: Where the state is; None: in its folder.
        self.database: str | None = None
        #: Whether a channel takes what a tick tells.
        self.delivers = True
        #: Further settings.
        self.settings: dict[str, Any] = {}

    def set(self, **parts: str) -> None:
        """Change parts of the rules."""
        self.parts |= parts

    def write(self) -> None:
        """Write rules and figures."""
        (self.folder / "figures").mkdir(parents=True, exist_ok=True)
        (self.folder / "r.yaml").write_text(self.rules % self.parts, encoding="utf-8")
        rows = [f"m,{area},{period},{value}" for (area, period), value in sorted(self.figures.items())]
        (self.folder / "figures/m.csv").write_text(
            "\n".join(["measure,area,period,value", *rows, ""]), encoding="utf-8"
        )

    def engine(self, on: date, at: time = time(7)) -> Engine:
        """The engine at a time of a day."""
        settings = Settings(
            state_dir=self.state, mail_from="alerts@example.org", smtp_url=Secret(self.smtp) if self.smtp else None,
            database_url=Secret(self.database) if self.database else None, **self.settings,
        )  # fmt: skip
        return engine_of(self.folder, settings, FixedClock(datetime.combine(on, at, LONDON)))

    @contextmanager
    def opened(self, on: str, at: time = time(7)) -> Iterator[tuple[Engine, Store]]:
        """The engine at a time of a day, and its state until the block's end."""
        engine = self.engine(date.fromisoformat(on), at)
        with engine.state() as store:
            yield engine, store

    def tick(self, on: str, values: Mapping[str, str] | str | None = None, *, at: time = time(7), area: str = "force"):
        """Tick on a day, with figures `{"2020-04": "12"}` or `"2020-04 12, 2020-05 8"` added or revised before it."""
        if isinstance(values, str):
            values = dict(pair.split() for pair in values.split(", "))
        self.figures |= {(area, period): value for period, value in (values or {}).items()}
        self.write()
        with self.opened(on, at) as (engine, store):
            self.report = engine.tick(store, date.fromisoformat(on))
            if self.smtp:
                self.delivery = asyncio.run(engine.deliver(store))
            elif self.delivers:
                self.deliver(store, engine)
        return self.told()

    def deliver(self, store, engine) -> None:
        """Take what may be sent, as a channel does that takes everything."""
        now = engine.clock.now()
        due = [one.id for one in store.deliveries() if one.state.value == "pending" and (one.not_before or now) <= now]
        with store.begin() as state:
            state.outbox.accept(due, now)

    def told(self) -> list[tuple[str, ...]]:
        """What the last tick told."""
        found: list[tuple[str, ...]] = []
        for notice in self.report.notices:
            found += [(notice.owner, event.kind.value, event.alert.key.area) for event in notice.events]
            if not notice.events:
                found.append((notice.owner, notice.kind.value))
        return sorted(found)

    def suppressed(self) -> list[tuple[str, str]]:
        """Whom the last tick did not tell, and why."""
        return sorted((one.owner, one.reason.value) for one in self.report.suppressed)

    def alerts(self, *, ended: bool = False) -> list[Alert]:
        """What stands."""
        with self.opened("2020-01-01") as (_, store), store.begin() as state:
            return state.alerts.recent(datetime(1990, 1, 1, tzinfo=LONDON)) if ended else state.alerts.open()

    def digest(self, on: str, owner: str = "head") -> str:
        """The text of the digest that an owner gets on a day, in one line."""
        self.write()
        with self.opened(on) as (engine, store):
            made = engine.digest(store, date.fromisoformat(on)).deliveries
        return " ".join(next(one.message.text for one in made if one.owner == owner).split())

    def message(self, owner: str) -> str:
        """The text of what the last tick told an owner."""
        return next(one.message.text for one in self.report.deliveries if one.owner == owner)

    def subject(self, owner: str) -> str:
        """The subject of what the last tick told an owner."""
        return next(one.message.subject for one in self.report.deliveries if one.owner == owner)
