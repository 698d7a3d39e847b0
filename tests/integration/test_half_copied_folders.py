"""Rules and figures of which much is missing wait; nobody is told what only a half copied folder says."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from samples.services import BELL, THURSDAY, World
from samples.worlds import a_folder, an_engine

from alerting.app.notices import source_owner as source_notes
from alerting.app.situation.shrink_guard import accept
from alerting.demo.sink import MailSink, parts_of
from alerting.errors import RulesShrunk
from alerting.service.heartbeat import Heartbeat
from alerting.settings import Secret

MONTHS = ("2020-07", "2020-08", "2020-09")
AREAS = [f"area-{n}" for n in range(14)]
ROLES = "roles: {maintainer: analyst}\n"
HEAD = """\
topics: [{id: t, title: Topic, owner: boss}]
owners:
  - {id: boss, name: Head of Performance, email: boss@example.org}
  - {id: analyst, name: Performance Analyst, email: analyst@example.org}
sources: {f: {csv: figures/f.csv, owner: analyst}}
areas:
  - {id: force, title: Force, owner: boss}
""" + "".join(f"  - {{id: {id_}, title: Area {n}, parent: force}}\n" for n, id_ in enumerate(AREAS))  # fmt: skip
MEASURE = """\
measures:
  - {id: calls, title: Calls waiting, topic: t, unit: count, better: lower, every: month, source: f}
"""


def the_rules(count, limit=10):
    """Write so many rules; all but the first look for what never comes."""
    each = [
        f"  - {{id: r{n}, title: Rule {n}, measures: calls, when: {{target_missed: {{at_most: {limit + 1000 * n}}}}}}}\n"
        for n in range(count)
    ]
    return "rules:\n" + "".join(each)


def figures(value=12, months=MONTHS, areas=AREAS):
    rows = [f"calls,{area},{month},{value}\n" for area in areas for month in months]
    return "measure,area,period,value\n" + "".join(rows)


class Folder:
    """A folder, its state and a mail server."""

    def __init__(self, tmp_path):
        self.folder, self.state = tmp_path / "rules", tmp_path / "state"
        self.sink = MailSink(tmp_path / "mails")
        self.write("top.yaml", HEAD + MEASURE + ROLES)
        self.write("rules.yaml", the_rules(20))
        self.write("figures/f.csv", figures())

    def write(self, name, text):
        a_folder(self.folder, {name: text})

    def engine(self, on):
        return an_engine(self.folder, self.state, on, self.sink.url)

    def run(self, day, **options):
        """Tick on a day of October and deliver; return the report and the mails' addresses and subjects."""
        engine, before = self.engine(date(2020, 10, day)), len(self.sink.kept)
        with engine.state() as store:
            try:
                report = engine.tick(store, **options)
            finally:
                asyncio.run(engine.deliver(store))
        return report, [(parts_of(path)[0], parts_of(path)[1]) for path in self.sink.kept[before:]]

    def accept(self, *sources):
        with self.engine(date(2020, 10, 15)).state() as store, store.begin() as state:
            return [one.source for one in accept(state.guards, sources)]


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path)
    with made.sink:
        made.run(15)
        yield made


class TestRules:
    def test_half_of_them_gone_withdraws_nothing_and_is_told_once(self, folder):
        folder.write("rules.yaml", the_rules(9, limit=5000))

        with pytest.raises(
            RulesShrunk, match="holds 9 rules, 1 measure and 2 owners, where 20 rules, 1 measure and 2 owners"
        ):
            folder.run(15)
        told = [(parts_of(path)[0], parts_of(path)[1]) for path in folder.sink.kept]
        assert ("analyst@example.org", "Much is missing in the rules: they wait") == told[-1]
        before = len(folder.sink.kept)
        with pytest.raises(RulesShrunk):
            folder.run(15)
        assert before == len(folder.sink.kept)

    def test_once_they_are_back_nothing_has_happened(self, folder):
        folder.write("rules.yaml", the_rules(9))
        with pytest.raises(RulesShrunk):
            folder.run(15)
        folder.write("rules.yaml", the_rules(20))

        report, told = folder.run(15)
        assert ({}, []) == (report.happened, told)

    def test_accepted_they_are_in_force_at_the_next_tick(self, folder):
        folder.write("rules.yaml", the_rules(9, limit=5000))
        with pytest.raises(RulesShrunk):
            folder.run(15)

        assert [None] == folder.accept()
        report, _ = folder.run(15)
        assert 14 == sum(report.happened.values())

    def test_after_a_day_they_are_in_force_by_themselves(self, folder):
        folder.write("rules.yaml", the_rules(9))
        with pytest.raises(RulesShrunk):
            folder.run(15)

        folder.run(16)

    def test_an_empty_set_waits_however_few_there_were(self, tmp_path):
        made = Folder(tmp_path)
        with made.sink:
            made.write("rules.yaml", the_rules(2))
            made.run(15)
            made.write("rules.yaml", "rules: []\n")
            with pytest.raises(RulesShrunk, match="holds 0 rules"):
                made.run(15)

    def test_a_dry_run_refuses_them_too_and_keeps_nothing(self, folder):
        folder.write("rules.yaml", the_rules(9))

        with pytest.raises(RulesShrunk):
            folder.run(15, dry_run=True)
        assert [] == folder.accept()


class TestFigures:
    def test_a_file_of_which_much_is_missing_is_not_used(self, folder):
        folder.write("figures/f.csv", figures(value=3, areas=AREAS[:7]))

        report, told = folder.run(16)
        assert {} == report.happened
        assert report.has_errors
        assert ["shrunk"] == [problem.code for problem in report.problems]
        assert "21 rows and 7 series, where 42 rows and 14 series were before" in report.problems[0].message
        assert [("analyst@example.org", "Figures to mend in f: 1 file waits, as much is missing in it")] == told
        assert [] == folder.run(16)[1]

    @pytest.mark.faults
    def test_its_owner_hears_which_file_waits_also_where_the_message_cannot_be_laid_out(self, folder, monkeypatch):
        def fails(_view):
            raise RuntimeError("nobody foresaw it")

        monkeypatch.setattr(source_notes, "render_source_trouble", fails)
        folder.write("figures/f.csv", figures(value=3, areas=AREAS[:7]))

        texts = [delivery.message.text for delivery in folder.run(16)[0].deliveries]
        assert [True, False] == ["f.csv: 21 rows and 7 series, where 42 rows" in text for text in texts]

    def test_the_whole_file_is_judged_when_it_comes(self, folder):
        folder.write("figures/f.csv", figures(value=3, areas=AREAS[:7]))
        folder.run(16)
        folder.write("figures/f.csv", figures(value=3))

        assert {"corrected": 14} == folder.run(16)[0].happened

    def test_accepted_it_is_judged_and_what_is_missing_goes_on_counting(self, folder):
        folder.write("figures/f.csv", figures(value=3, areas=AREAS[:7]))
        folder.run(16)

        assert ["f"] == folder.accept("f")
        assert {"corrected": 7} == folder.run(16)[0].happened

    def test_after_a_day_it_is_judged_by_itself(self, folder):
        folder.write("figures/f.csv", figures(value=3, areas=AREAS[:7]))
        folder.run(16)

        assert {"corrected": 7} == folder.run(17)[0].happened

    def test_a_measure_that_leaves_the_rules_takes_its_rows_along(self, folder):
        folder.write("figures/f.csv", figures() + figures().partition("\n")[2].replace("calls", "crime"))
        crime = MEASURE.replace("measures:\n", "").replace("calls", "crime").replace("Calls", "Crimes")
        folder.write("top.yaml", HEAD + MEASURE + crime + ROLES)
        folder.run(16)
        folder.write("top.yaml", HEAD + MEASURE + ROLES)

        assert "shrunk" not in [problem.code for problem in folder.run(17)[0].problems]


class TestService:
    def test_rules_half_copied_wait_while_the_last_ones_work_and_the_heartbeat_is_silent(self, tmp_path, monkeypatch):
        signs = []
        monkeypatch.setattr(Heartbeat, "beat", lambda _, now_s: signs.append(now_s))
        whole = HEAD + MEASURE + ROLES + the_rules(20)
        world = World(tmp_path, rules=whole, heartbeat_url=Secret("http://127.0.0.1:1/"))
        with world.sink:
            world.write("figures/f.csv", figures())
            world.start(THURSDAY - timedelta(hours=1))
            world.ring(THURSDAY + BELL)
            assert 1 == len(signs)
            world.write("rules.yaml", HEAD + MEASURE + ROLES + the_rules(9))
            said = [*world.ring(world.clock.at + BELL)]
            signs.clear()
            said += [event for _ in range(3) for event in world.ring(world.clock.at + BELL)]

            assert 1 == said.count("rules.refused")
            assert 20 == len(world.service.engine.rules.rules)
            assert [] == signs

            with world.store.begin() as state:
                waiting = [one for one in state.guards.all() if one.refused]
                for one in waiting:
                    state.guards.save(replace(one, accepted=one.refused))
            assert ["rules.adopted"] == world.ring(world.clock.at + BELL)
            assert 9 == len(world.service.engine.rules.rules)
            assert 1 == len(signs)
            world.close()
