"""Every command goes on where the program fails at one rule, source or message: one line on stderr, exit 1, no traceback."""

from contextlib import closing
from datetime import date

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.app.digests import make as digests
from alerting.app.digests.fault_views import NOT_CHECKED
from alerting.cli import main
from alerting.conditions.outside_range import OutsideRange
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.notify.notice import NoticeKind
from alerting.limits.xmr import Xmr
from alerting.opening import open_store
from alerting.render import notice
from alerting.render.bare import NOT_LAID_OUT
from alerting.sources.csv import CsvSource

pytestmark = pytest.mark.faults
DAY = date(2020, 10, 15)
MORE = """
measures: [{id: steady, title: Steady, topic: calls, unit: count, better: lower, every: month, source: other}]
sources: {other: {csv: figures/other.csv, owner: contact}}
rules:
  - {id: limited, title: Far off, measures: answered, areas: [force], when: {below_lower_limit: {limits: {xmr: {}}}}}
  - {id: good, title: Steady is high, measures: steady, areas: [force], when: {outside_range: {to: 10}}}
digests: [{id: sunday, every: "sunday 07:30", to: [contact]}]
"""
MONTHS = [f"{2019 + n // 12}-{n % 12 + 1:02}" for n in range(21)]
FILES = {
    "calls.yaml": CALLS, "more.yaml": MORE,
    "figures/calls.csv": "measure,area,period,value\n" + "".join(f"answered,force,{month},80\n" for month in MONTHS),
    "figures/other.csv": "measure,area,period,value\n" + "".join(f"steady,force,{month},20\n" for month in MONTHS),
}  # fmt: skip


class Boom(RuntimeError):
    """What nobody foresaw."""


def boom(*_args, **_kwargs):
    raise Boom("nobody foresaw it")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "state"))
    return a_folder(tmp_path / "rules", FILES)


def the_csv_of_calls(self, source, *rest):
    return boom() if source.id != "other" else READ(self, source, *rest)


READ = CsvSource.read
BREAKS = [
    pytest.param((TargetMissed, "judge", boom), 'rule "slow" could not be judged', id="condition"),
    pytest.param((Xmr, "compute", boom), 'rule "limited" could not be judged', id="limits"),
    pytest.param((CsvSource, "read", the_csv_of_calls), 'source "figures/calls.csv" could not be read', id="source"),
]
COMMANDS = [
    pytest.param(["run", "{rules}", "--dry-run"], "opened", id="run"),
    pytest.param(["digest", "{rules}", "--id", "sunday", "--out", "{out}"], "sunday-contact.html", id="digest-out"),
    pytest.param(["digest", "{rules}", "--draft"], "", id="draft"),
    pytest.param(["evaluate", "{rules}"], "Steady", id="evaluate"),
    pytest.param(["notify", "preview", "good", "--rules", "{rules}", "--out", "{out}"], "Steady", id="preview"),
]


@pytest.mark.sampled(9)
@pytest.mark.parametrize(("arguments", "told"), COMMANDS)
@pytest.mark.parametrize(("target", "words"), BREAKS)
def test_a_command_goes_on_without_what_fails(folder, monkeypatch, capsys, target, words, arguments, told):
    monkeypatch.setattr(*target)
    places = {"rules": folder, "out": folder.parent / "out"}
    day = ["--as-of", DAY.isoformat()]

    status = main([one.format(**places) for one in arguments] + day)

    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if "internal-error" in line]
    assert (1, 1) == (status, len(lines)), err
    assert "Boom: nobody foresaw it" in lines[0]
    assert words in lines[0]
    assert told in out
    assert "Traceback" not in out + err


def ticked(folder, tmp_path):
    engine = an_engine(folder, tmp_path / "own", DAY)
    store = open_store(engine.settings)
    try:
        return engine.tick(store, DAY), engine.digest(store, DAY, ("sunday",))
    finally:
        store.close()


def test_a_digest_names_the_rule_that_was_not_checked(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(TargetMissed, "judge", boom)

    _, report = ticked(folder, tmp_path)

    (delivery,) = report.deliveries
    assert "999 calls answered too slowly" in delivery.message.text
    assert NOT_CHECKED in " ".join(delivery.message.text.split())
    assert report.has_errors


def test_a_notice_that_cannot_be_laid_out_comes_as_plain_lines(folder, tmp_path, monkeypatch):
    sound, _ = ticked(folder, tmp_path / "sound")
    monkeypatch.setattr(notice, "render_notice", boom)

    report, _ = ticked(folder, tmp_path)

    whole, bare = (
        [
            one
            for one in each.deliveries
            if one.notice_id in {n.id for n in each.notices if n.kind is NoticeKind.EXCEPTIONS}
        ]
        for each in (sound, report)
    )
    assert [one.address for one in whole] == [one.address for one in bare] != []
    for one in bare:
        assert NOT_LAID_OUT in one.message.text
    with closing(open_store(an_engine(folder, tmp_path / "own", DAY).settings)) as store:
        kept = {one.id: one.message.html for one in store.deliveries()}
    assert all(NOT_LAID_OUT in kept[one.id] for one in bare)
    texts = "".join(one.message.text for one in bare)
    assert "Steady is high (steady, force): " in texts
    assert report.has_errors
    assert {'notice to "contact" could not be laid out'} == {
        fault.words.partition(":")[0] for fault in report.evaluation.faults
    }


def test_a_digest_that_cannot_be_laid_out_comes_as_what_stands(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(digests, "render_digest", boom)

    _, report = ticked(folder, tmp_path)

    (delivery,) = report.deliveries
    assert "999 calls answered too slowly (answered, force) stands." in delivery.message.text
    assert NOT_LAID_OUT in delivery.message.text
    assert report.has_errors
    assert ['digest sunday for "contact" could not be laid out'] == [
        fault.words.partition(":")[0] for fault in report.faults
    ]


def test_rules_that_fail_only_together_are_judged_apart(folder, monkeypatch):
    text = (folder / "more.yaml").read_text(encoding="utf-8")
    twin = "  - {id: twin, title: Twin, measures: steady, areas: [force], when: {outside_range: {to: 15}}}\n"
    (folder / "more.yaml").write_text(text.replace("digests:", f"{twin}digests:"), encoding="utf-8")
    before = [one.finding.text for one in an_engine(folder, folder.parent / "own", DAY).enquiries.evaluate(DAY).found]
    whole = OutsideRange.judge

    def alone(self, block, *more):
        return boom() if block.shape[1] > 1 else whole(self, block, *more)

    monkeypatch.setattr(OutsideRange, "judge", alone)
    answer = an_engine(folder, folder.parent / "own", DAY).enquiries.evaluate(DAY)

    assert before == [one.finding.text for one in answer.found]
    (problem,) = [one for one in answer.problems if one.code == "internal-error"]
    assert 'rule "good" could not be judged together with 1 more, and was judged alone: Boom' in problem.message


@pytest.mark.parametrize("target", [one.values[0] for one in BREAKS], ids=[one.id for one in BREAKS])
def test_what_stands_is_listed_and_explained_without_what_fails(folder, tmp_path, monkeypatch, capsys, target):
    engine = an_engine(folder, tmp_path / "state", DAY)
    store = open_store(engine.settings)
    engine.tick(store, DAY)
    with store.begin() as state:
        (alert,) = [one.id for one in state.alerts.open() if one.key.rule == "good"]
    store.close()
    monkeypatch.setattr(*target)

    listed = main(["alerts", "list", str(folder)])
    standing = capsys.readouterr()
    explained = main(["explain", alert, "--rules", str(folder)])
    behind = capsys.readouterr()

    assert (0, "") == (listed, standing.err)
    assert "Steady" in standing.out
    assert explained in (0, 1)
    assert "Steady" in behind.out
    assert "Traceback" not in behind.out + behind.err
