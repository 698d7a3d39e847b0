"""Random loads in pieces: whatever order they come in, the messages are those of the whole load at its completion."""

from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import pytest
from samples.lives import Life
from samples.loads import WAYS
from samples.sampling import few

from alerting.app.tick.tick import run_tick
from alerting.app.tick.times import TickTimes
from alerting.domain.loads import LoadSigns
from alerting.domain.period import KINDS, PeriodKind
from alerting.figures.observations import Observations, Reading
from alerting.store.memory import MemoryStore

AREAS, FIRST = ("force", "north", "south"), 2020 * 12
#: Months of which figures are known; the load brings the next one.
KNOWN = 3
MEASURES = (
    "  - {id: n, title: Burglaries, topic: t, unit: count, better: lower, every: month, target: 10, source: calls}\n"
)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    """The rules of a small force with two measures, by how their source says that a load is whole."""
    found = {}
    for way, words in WAYS.items():
        life = Life(tmp_path_factory.mktemp(way), source=f", complete: {{{words.replace('3', '6')}}}")
        life.rules = life.rules.replace("sources: {calls", MEASURES + "sources: {calls").replace(
            "measures: m,", "measures: [m, n],"
        )
        life.write()
        found[way] = life.engine(datetime(2020, 5, 1, tzinfo=UTC).date())
    return found


def observed(rows):
    """Figures `{(measure, area, month): value}` as a source gives them, in their order."""
    cells = np.array([*rows], dtype=np.int32).reshape(-1, 3)
    kind = np.full(len(rows), KINDS.index(PeriodKind.MONTH), dtype=np.int8)
    return Observations(
        source="calls", file="m.csv", measure=cells[:, 0], area=cells[:, 1], kind=kind, ordinal=cells[:, 2] + FIRST,
        published=np.zeros(len(rows), dtype=np.int32), columns={"value": np.array([*rows.values()], dtype=np.float64)},
        refused=np.zeros(len(rows), dtype=bool), provisional=None, note=None, note_texts=("",), record=range(len(rows)),
    )  # fmt: skip


class World:
    """One random load of a source, and ticks while it comes."""

    def __init__(self, engine, way, seed):
        self.engine, self.way, self.random = engine, way, Random(seed)
        at = [(m, a, month) for m in range(2) for a in range(3) for month in range(KNOWN + 1)]
        figure = lambda: float(self.random.choice((4, 8, 10, 11, 12, 30)))  # noqa: E731
        self.before = {cell: figure() for cell in at if cell[2] < KNOWN}
        revised = {cell: figure() for cell in self.before if self.random.random() < 0.2}
        self.whole = self.before | revised | {cell: figure() for cell in at if cell[2] == KNOWN}
        self.changed = [cell for cell in self.whole if self.before.get(cell) != self.whole[cell]]

    def pieces(self):
        """Yield what the source holds while it is loaded, less the whole: appended to, or written anew."""
        newest = [cell for cell in self.whole if cell[2] == KNOWN]
        self.random.shuffle(newest)
        is_anew = self.random.random() < 0.5
        rest = [cell for cell in (self.whole if is_anew else self.changed) if cell[2] < KNOWN]
        between = rest + newest[1:-1]
        self.random.shuffle(between)
        # By figures alone nobody can tell a load that has not reached its newest period from the one before.
        order = [newest[0], *between, newest[-1]]
        if self.way in ("marker", "quiet", "posted"):
            self.random.shuffle(order)
        for cut in sorted(self.random.sample(range(1, len(order)), self.random.randint(1, 3))):
            yield ({} if is_anew else dict(self.before)) | {cell: self.whole[cell] for cell in order[:cut]}

    def tick(self, store, rows, now, *, is_whole):
        """Tick on what the source holds; return what happened and what is told, word for word."""
        changed = now - (11 if is_whole else 1) * MINUTE
        marked = changed + MINUTE if is_whole else changed - self.random.choice((1, 1000)) * HOUR
        if is_whole and self.way == "posted":
            with store.begin() as state:
                state.loads.post("calls", now - MINUTE, str(now))
        signs = {"calls": LoadSigns(changed=changed, marked=marked)}
        reading = Reading(observations=(observed(rows),), signs=signs)
        own = self.engine.installation
        times = TickTimes(at=now, now=now, due_at=None, place=own.place)
        report = run_tick(own.rules, reading, store, now.date(), times, own.message_defaults)
        with store.begin() as state:
            state.outbox.accept([one.id for one in report.deliveries], now)
        told = sorted((one.owner, one.message.subject, one.message.text) for one in report.deliveries)
        return dict(report.happened), told, dict(report.counts)


def messages(engine, way, seed):
    """What a whole load tells at once, and what it tells as it comes in pieces, tick by tick."""
    world = World(engine, way, seed)
    begins, ends = datetime(2020, 4, 20, 6, tzinfo=UTC), datetime(2020, 5, 6, 18, tzinfo=UTC)
    store = MemoryStore.empty()
    world.tick(store, world.before, begins, is_whole=True)
    image = store.image()
    at_once = world.tick(store, world.whole, ends, is_whole=True)
    store.become(image)
    parts = [*world.pieces()]
    on_the_way = [
        world.tick(store, rows, ends - (len(parts) - n) * HOUR, is_whole=False)[:2] for n, rows in enumerate(parts)
    ]
    in_pieces = world.tick(store, world.whole, ends, is_whole=True)
    again = world.tick(store, world.whole, ends + HOUR, is_whole=True)
    store.close()
    return at_once, on_the_way, in_pieces, again


@pytest.fixture(autouse=True)
def _pictures_stay_undrawn(monkeypatch):
    """What is told is told in words; drawing takes longer than all the rest."""
    monkeypatch.setattr("alerting.app.tick.tick.draw_queued", lambda *_: ())


@pytest.mark.sampled
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("way", WAYS)
def test_the_messages_of_a_load_in_pieces_are_those_of_the_whole(engines, way):
    told = 0
    for seed in range(few(1, 2_000)):
        at_once, on_the_way, in_pieces, again = messages(engines[way], way, f"{way} {seed}")
        assert {(str({}), str([]))} == {(str(happened), str(texts)) for happened, texts in on_the_way}, seed
        assert at_once == in_pieces, seed
        assert again[:2] == ({}, []), seed
        told += bool(at_once[1])
    assert told
