"""A folder with one measure and its figures, checked as of a day."""

import json

import pytest
from samples.rule_folders import written

from alerting.cli import main

FOLDER = """\
topics: [{id: t, title: Topic, owner: boss}]
areas: [{id: force, title: Force, kind: policing, owner: boss}]
owners: [{id: boss, name: Boss, email: boss@example.org}, {id: next, name: Next, email: next@example.org}]
roles: {operator: boss, maintainer: boss, fallback: boss}
"""


@pytest.fixture
def remarks(tmp_path, capsys):
    """Check rules on monthly figures from April 2018 on, and return what is *told* of each remark."""

    def run(
        rules="",
        values="",
        *,
        measure="unit: count, better: lower",
        as_of="2020-10-15",
        more="",
        options=(),
        rows=(),
        header=True,
        every="month",
        told=("code", "severity", "line", "message"),
    ):
        lines = ["measure,area,period,value"] * header
        for n, value in enumerate(values.split()):
            lines.append(f"m,force,{2018 + (n + 3) // 12}-{(n + 3) % 12 + 1:02d},{'' if value == '_' else value}")
        lines += rows
        own = f"measures: [{{id: m, title: Measure, topic: t, every: {every}, source: f.csv, {measure}}}]\n"
        files = {
            "r.yaml": FOLDER + own + "rules:\n" + rules,
            "more.yaml": more or "topics: []\n",
            "f.csv": "\n".join(lines) + "\n",
        }
        main(["check", str(written(tmp_path, files)), "--as-of", as_of, "--format", "json", *options])
        found = json.loads(capsys.readouterr().out)["problems"]
        return [tuple(one[key] for key in told) for one in found]

    return run
