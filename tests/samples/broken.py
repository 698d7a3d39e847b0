"""A folder in which one thing raises what nobody foresaw, and another rule that has nothing to do with it."""

from datetime import timedelta

from alerting.conditions.registry import conditions
from alerting.domain.period import Calendar
from alerting.limits.registry import limits_methods
from alerting.opening import open_store
from samples.examples import example_files
from samples.worlds import a_folder, an_engine

CLASSES = {**conditions(), **limits_methods()}
#: The rule that fails is `r`; `steady` watches figures of its own by a condition of its own.
STEADY = """
measures: [{{id: steady, title: Steady, topic: t, unit: count, better: lower, every: month, source: other}}]
sources: {{other: {{csv: figures/other.csv, owner: o}}}}
owners: [{{id: duty, name: ICT Duty, email: duty@example.org}}]
roles: {{operator: duty}}
rules: [{{id: steady, title: Steady, measures: steady, areas: [force], when: {when}}}]
"""


class Boom(RuntimeError):
    """What nobody foresaw."""


def boom(*_args, **_kwargs):
    raise Boom("shapes (3,) and (4,)\ndiffer")


class Broken:
    """A folder in which one thing raises while `fails` is on."""

    def __init__(self, tmp_path, monkeypatch, key, attribute=None, cls=None):
        example = CLASSES[key].entry.example
        files, self.day = example_files(example)
        when = "{outside_range: {to: 10}}" if key != "outside_range" else "{target_missed: {at_most: 10}}"
        first = Calendar().parse_exact("2018-04")
        months = "".join(f"steady,force,{first + n},20\n" for n in range(60) if (first + n).last_day < self.day)
        more = {"steady.yaml": STEADY.format(when=when), "figures/other.csv": f"measure,area,period,value\n{months}"}
        self.folder, self.state = a_folder(tmp_path / "rules", {**files, **more}), tmp_path / "state"
        written = files["rules.yaml"].splitlines()
        self.line = next(n for n, line in enumerate(written, 1) if line.startswith("rules:"))
        self.patch, self.target = monkeypatch, (cls or CLASSES[key], attribute)

    def breaks(self, do=boom):
        """Break the program, which then is another one: what ticks of the whole one kept is not gone by."""
        self.patch.setattr(*self.target, do)
        self.patch.setattr("alerting.rulefile.program.program", lambda: "broken")

    def evaluate(self):
        return an_engine(self.folder, self.state, self.day).enquiries.evaluate(self.day, text="all")

    def tick(self, days=0):
        day = self.day + timedelta(days=days)
        engine = an_engine(self.folder, self.state, day)
        store = open_store(engine.settings)
        try:
            report = engine.tick(store, day)
            with store.begin() as state:
                return report, {alert.key.rule for alert in state.alerts.open()}
        finally:
            store.close()


#: What fails while a rule is judged, and while its findings are put into words.
JUDGES = [(key, "judge" if key in conditions() else "compute") for key in CLASSES]
CLAUSES = [(key, "clause") for key in conditions()]
