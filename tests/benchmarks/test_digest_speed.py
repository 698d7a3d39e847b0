"""Digests for a thousand owners: seconds and memory, from verdicts to messages ready for delivery.

`./run pytest -m benchmark tests/benchmarks/test_digest_speed.py -s` prints the figures; nothing here asserts a time.
"""

import resource
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.digests.make import digests_named, run_digests
from alerting.app.engine import Engine
from alerting.opening import open_store
from alerting.ports.state import Store

pytestmark = pytest.mark.benchmark
OWNERS, MEASURES, MONTHS = 1_000, 6, 36
#: Writing 5 to it makes Linux count a process's peak anew.
CLEAR = Path("/proc/self/clear_refs")
FIRST_TICK, MONDAY = date(2020, 10, 6), date(2020, 10, 12)


def rules() -> str:
    areas = "\n".join(f"  - {{id: a{n}, title: Area {n}, parent: force, owner: o{n}}}" for n in range(OWNERS))
    owners = "\n".join(f"  - {{id: o{n}, name: Commander {n}, email: o{n}@example.org}}" for n in range(OWNERS))
    topics = "\n".join(f"  - {{id: t{m}, title: Topic {m}, theme: Theme {m % 2}}}" for m in range(MEASURES))
    measures = "\n".join(
        f"  - {{id: m{m}, title: Measure {m}, topic: t{m}, unit: count, better: lower, every: month, expected: 5 days, "
        "source: figures/all.csv}"
        for m in range(MEASURES)
    )
    return (
        f"topics:\n{topics}\nmeasures:\n{measures}\nareas:\n  - {{id: force, title: Force, kind: policing, owner: head}}\n"
        f"{areas}\nowners:\n  - {{id: head, name: Head of Performance, email: head@example.org}}\n{owners}\n"
        "rules:\n  - id: high\n    title: Above the upper limit\n"
        f"    measures: [{', '.join(f'm{m}' for m in range(MEASURES))}]\n"
        "    when: {above_upper_limit: {limits: {rolling: {}}}}\n"
        "digests: [{id: monday, every: 'monday 07:30', to: [each_owner, head]}]\n"
    )


def figures(every: int) -> str:
    """Three years of figures that go up and down a little; one series in *every* jumps at the end."""
    lines = ["measure,area,period,value"]
    for series in range(OWNERS * MEASURES):
        area, measure = divmod(series, MEASURES)
        for month in range(MONTHS):
            year, number = divmod(2017 * 12 + 9 + month, 12)
            value = 100 + (series * 7 + month * 31) % 23
            if month == MONTHS - 1 and every and series % every == 0:
                value = 400 + series % 50
            lines.append(f"m{measure},a{area},{year}-{number + 1:02d},{value}")
    return "\n".join(lines) + "\n"


@pytest.fixture(params=[0, 30, 5], ids=["quiet", "200 exceptions", "1,200 exceptions"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Store]]:
    folder = a_folder(tmp_path / "rules", {"rules.yaml": rules(), "figures/all.csv": figures(request.param)})
    engine = an_engine(folder, tmp_path / "state", FIRST_TICK)
    store = open_store(engine.settings)
    engine.tick(store, FIRST_TICK)
    yield engine, store
    store.close()


def peak_kib(*, anew: bool = False) -> int:
    """The most memory this process has held; on Linux since it was last asked anew."""
    if anew and CLEAR.exists():
        CLEAR.write_text("5")
    if CLEAR.exists():
        (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.timeout(600)
def test_digests_for_a_thousand_owners(world: tuple[Engine, Store], request: pytest.FixtureRequest) -> None:
    engine, store = world
    reading = engine.enquiries.read()
    before, begun, worked = peak_kib(anew=True), perf_counter(), process_time()
    report = run_digests(
        engine.rules,
        reading,
        store,
        MONDAY,
        engine.installation.instant(MONDAY),
        engine.installation.message_defaults,
        digests_named(engine.rules, ()),
    )
    seconds, worked, grown = perf_counter() - begun, process_time() - worked, (peak_kib() - before) / 1024
    mails = len(report.deliveries)
    size = sum(len(one.message.html) + len(one.message.text) for one in report.deliveries) / mails / 1024
    pictures = sum(len(one.message.pictures) for one in report.deliveries)
    print(
        f"\n{request.node.callspec.id}: {mails:,} digests in {seconds:.1f} s, {worked:.1f} s of them at work "
        f"({worked / mails * 1e3:.1f} ms each), {size:.0f} KiB of words each, {pictures:,} pictures, {grown:.0f} MiB more "
        "at the highest"
    )

    assert OWNERS + 1 == mails
