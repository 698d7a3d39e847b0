"""Ten thousand changed alerts on their way to the outbox, against Debian's Alertmanager with as many on the same machine.

`./run pytest -m benchmark tests/benchmarks/test_queueing_speed.py -s`, with `prometheus-alertmanager` (Debian's package of that
name) on the path, or named in `ALERTMANAGER`; without it our own figures are printed alone. Nothing asserts a time.
Wanted: 10,000 changed alerts deduplicated, grouped and queued in no more time than Alertmanager needs from the first alert
posted to the last group's webhook, less the wait it is told to keep.

Both have 500 owners with 20 alerts each. Ours goes from verdicts in hand to committed rows: alerts, events with their findings
in words, notices, messages, deliveries. Alertmanager is given its words and writes none, and keeps no events; so the time that
goes into findings, messages and charts is measured within the same tick and given apart. Both are given in seconds of the clock
and of the processor; Alertmanager's processor time holds its start and five more posts of the same alerts.
"""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np
import pytest
from samples.worlds import a_folder, an_engine

from alerting.app.situation.situation import situation_of
from alerting.app.tick import compose
from alerting.app.tick.report import TickReport
from alerting.app.tick.tick import tell_and_keep
from alerting.app.tick.times import TickTimes
from alerting.charts.pictures import Pictures
from alerting.demo.sink import _free_port
from alerting.evaluation.alert_findings import AlertFindings
from alerting.opening import open_store
from alerting.reports import event_chart as event_charts

pytestmark = pytest.mark.benchmark
OWNERS, EACH, MONTHS = 500, 20, 60
DAY = date(2021, 4, 6)
AT = datetime(2021, 4, 6, 7, tzinfo=UTC)
ALERTMANAGER = shutil.which(os.environ.get("ALERTMANAGER", "prometheus-alertmanager"))
#: Seconds that Alertmanager is told to wait for more of a group.
GROUP_WAIT = 1.0


def rules() -> str:
    areas = "\n".join(f"  - {{id: a{n}, title: Area {n}, parent: force, owner: o{n}}}" for n in range(OWNERS))
    owners = "\n".join(f"  - {{id: o{n}, name: Commander {n}, email: o{n}@example.org}}" for n in range(OWNERS))
    measures = "\n".join(
        f"  - {{id: m{m}, title: Measure {m}, topic: t, unit: count, better: lower, every: month, source: figures/all.csv}}"
        for m in range(EACH)
    )
    return (
        f"topics: [{{id: t, title: Topic}}]\nmeasures:\n{measures}\n"
        f"areas:\n  - {{id: force, title: Force, kind: policing, owner: head}}\n{areas}\n"
        f"owners:\n  - {{id: head, name: Head of Performance, email: head@example.org}}\n{owners}\n"
        "rules:\n  - id: high\n    title: Above the upper limit\n"
        f"    measures: [{', '.join(f'm{m}' for m in range(EACH))}]\n"
        "    when: {above_upper_limit: {limits: {previous_financial_year: {}}}}\n"
    )


def figures() -> str:
    """Five years of ordinary months, and a last one that is exceptional everywhere."""
    chance = np.random.default_rng(20210406)
    months = [f"{2016 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d}" for n in range(MONTHS)]
    lines = ["measure,area,period,value"]
    for series in range(OWNERS * EACH):
        measure, area = divmod(series, OWNERS)
        values = [*chance.poisson(100, MONTHS - 1).tolist(), 400 + series % 100]
        lines += [f"m{measure},a{area},{month},{value}" for month, value in zip(months, values, strict=True)]
    return "\n".join(lines) + "\n"


class Stopwatch:
    """Seconds within some functions, by what they do: of the processor, and of the clock."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}

    def around(self, name: str, function: Callable[..., object]) -> Callable[..., object]:
        def timed(*given: object, **named: object) -> object:
            cpu, wall = process_time(), perf_counter()
            try:
                return function(*given, **named)
            finally:
                self.cpu[name] = self.cpu.get(name, 0.0) + process_time() - cpu
                self.wall[name] = self.wall.get(name, 0.0) + perf_counter() - wall

        return timed


@pytest.mark.timeout(600)
def test_ten_thousand_alerts_to_the_outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Stopwatch()
    monkeypatch.setattr(AlertFindings, "make", watch.around("findings", AlertFindings.make))
    monkeypatch.setattr(compose, "contained_message_for", watch.around("messages", compose.contained_message_for))
    monkeypatch.setattr(event_charts.EventCharts, "of", watch.around("charts", event_charts.EventCharts.of))
    monkeypatch.setattr(Pictures, "of", watch.around("charts", Pictures.of))
    folder = a_folder(tmp_path / "rules", {"rules.yaml": rules(), "figures/all.csv": figures()})
    engine = an_engine(folder, tmp_path / "state", DAY)
    store, situation = open_store(engine.settings), situation_of(engine.rules, engine.enquiries.read(), DAY)

    def ticked(days: int) -> tuple[TickReport, float, float]:
        at = AT + timedelta(days=days)
        wall, cpu = perf_counter(), process_time()
        report = tell_and_keep(situation, store, TickTimes(at=at, now=at), engine.installation.message_defaults)
        return report, perf_counter() - wall, process_time() - cpu

    first, wall, cpu = ticked(0)
    spent, took = dict(watch.cpu), dict(watch.wall)
    again, wall_again, cpu_again = ticked(1)
    store.close()
    assert (first.happened, len(first.deliveries)) == ({"opened": OWNERS * EACH}, OWNERS)
    assert (again.happened, again.deliveries) == ({}, ())
    worded = wall - took["messages"]
    queued = worded - took["findings"]
    print(
        f"\n{OWNERS * EACH:,} alerts of {OWNERS} owners opened, told and committed in {wall:.2f} s ({cpu:.2f} s of processor):"
        f"\n  charts {took['charts']:.2f} s ({spent['charts']:.2f}), words of messages"
        f" {took['messages'] - took['charts']:.2f} s ({spent['messages'] - spent['charts']:.2f}), findings in words"
        f" {took['findings']:.2f} s ({spent['findings']:.2f}),\n  all else (deduplicated, grouped, queued) {queued:.2f} s"
        f" ({cpu - spent['messages'] - spent['findings']:.2f})"
        f"\nthe same again, unchanged: {wall_again:.2f} s ({cpu_again:.2f})"
    )
    if ALERTMANAGER is not None:
        theirs = alertmanager_seconds(tmp_path)
        print(
            f"Alertmanager: {theirs.first:.2f} s, the same again {theirs.again:.2f} s ({theirs.cpu:.2f} of processor for all)"
            f"\nwe take {queued / theirs.first:.1f} x of its time to queue, {worded / theirs.first:.1f} x with findings in"
            f" words, {wall / theirs.first:.0f} x with messages and charts; unchanged {wall_again / theirs.again:.1f} x"
        )


@contextmanager
def webhook() -> Iterator[tuple[int, set[str]]]:
    """A receiver that remembers which series it was told of."""
    told: set[str] = set()

    class Hook(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.update(alert["labels"]["series"] for alert in body["alerts"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *given: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port, told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """From the first alert posted to the last one told, less the wait; to post the same again; of processor."""

    first: float
    again: float
    cpu: float


def alertmanager_seconds(folder: Path) -> Seconds:
    """The quickest of three runs."""
    return min((_once(folder / str(n)) for n in range(3)), key=lambda seconds: seconds.first)


def _once(folder: Path) -> Seconds:
    folder.mkdir()
    used = os.times()
    with webhook() as (hook, told):
        route = f"{{receiver: hook, group_by: [owner], group_wait: {GROUP_WAIT:g}s, group_interval: 5m, repeat_interval: 24h}}"
        receivers = f"[{{name: hook, webhook_configs: [{{url: 'http://127.0.0.1:{hook}/'}}]}}]"
        (folder / "config.yml").write_text(f"route: {route}\nreceivers: {receivers}\n")
        port = _free_port()
        command = (
            str(ALERTMANAGER), f"--config.file={folder}/config.yml", f"--storage.path={folder}/kept",
            f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
        )  # fmt: skip
        with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log) as process:
            try:
                line = _ready(port, folder / "log")
                bodies = _bodies()
                begun = perf_counter()
                _post(line, bodies)
                while len(told) < OWNERS * EACH and perf_counter() - begun < 60:
                    sleep(0.005)
                taken = perf_counter() - begun - GROUP_WAIT
                again = []
                for _ in range(5):
                    begun = perf_counter()
                    _post(line, bodies)
                    again.append(perf_counter() - begun)
                line.close()
            finally:
                process.terminate()
        assert len(told) == OWNERS * EACH
    ended = os.times()
    cpu = ended.children_user + ended.children_system - used.children_user - used.children_system
    return Seconds(first=taken, again=sorted(again)[2], cpu=cpu)


def _ready(port: int, log: Path) -> HTTPConnection:
    for _ in range(100):
        sleep(0.1)
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request("GET", "/-/ready")
            line.getresponse().read()
        except OSError:
            line.close()
        else:
            return line
    problem = re.findall(r'err="(.*)"', log.read_text())
    pytest.fail(f"Alertmanager does not start: {problem}")


def _bodies() -> list[bytes]:
    """The alerts as posted, a thousand at a time."""
    begun = datetime.now(UTC).isoformat()
    alerts = [
        {
            "labels": {
                "alertname": "high", "series": f"s{n}", "measure": f"m{n % EACH}", "area": f"a{n // EACH}",
                "owner": f"o{n // EACH}", "severity": "warning",
            },
            "annotations": {"summary": "Above the upper limit", "value": "400"},
            "startsAt": begun,
        }
        for n in range(OWNERS * EACH)
    ]  # fmt: skip
    return [json.dumps(alerts[first : first + 1_000]).encode() for first in range(0, len(alerts), 1_000)]


def _post(line: HTTPConnection, bodies: list[bytes]) -> None:
    for body in bodies:
        line.request("POST", "/api/v2/alerts", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200
