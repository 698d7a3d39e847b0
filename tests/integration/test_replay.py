"""What was told can be told again: the same figures, rules and days give the same bytes, what was known the same finding."""

from datetime import date

import pytest
from samples.lives import Life
from samples.sampling import first

from alerting.cli import main
from alerting.demo.sink import MailSink
from alerting.evaluation.as_json import finding_json

#: Days with the figures that came or were revised on them: an opening, a reminder, a correction, an end, and one anew.
DAYS = (
    ("2020-06-03", "2020-04 5, 2020-05 12"), ("2020-06-10", None), ("2020-07-03", "2020-06 13"),
    ("2020-07-09", "2020-05 9"), ("2020-08-03", "2020-07 8"), ("2020-09-03", "2020-08 14"), ("2020-09-04", "2020-08 11"),
)  # fmt: skip
ALERT = "r/m/force/2020-05"


def lived(folder, on_the_day=None):
    """Live through the days, every mail kept; return the life and the mails' bytes in the order in which they came."""
    folder.mkdir()
    life = Life(folder)
    life.set(rule=", remind: weekly", head=", escalate: {after: 1 working days, to: chief}")
    with MailSink(folder / "mails") as sink:
        life.smtp = sink.url
        for day, figures in DAYS:
            life.tick(day, figures)
            if on_the_day is not None:
                on_the_day(life, day)
        return life, [path.read_bytes() for path in sink.kept]


@pytest.mark.parametrize("style", first(1, ["text", "json"]))
def test_the_same_days_lived_again_give_the_same_mails_and_the_same_chain(tmp_path, capsys, monkeypatch, style):
    """In a folder of the same name, which the mails name beside the rule's line."""
    monkeypatch.setenv("ALERTING_STATE_DIR", str(tmp_path / "life/state"))
    times = []
    for name in ("once", "again"):
        life, mails = lived(tmp_path / "life")
        assert 0 == main(["explain", ALERT, "--rules", str(life.folder), "--format", style])
        times.append((mails, capsys.readouterr().out))
        (tmp_path / "life").rename(tmp_path / name)

    assert len(times[0][0]) >= 7
    assert "2020-05" in times[0][1]
    assert times[0] == times[1]


def test_what_had_been_read_by_a_day_gives_the_finding_that_was_told_on_it(tmp_path):
    told = {}

    def keep(life, day):
        told[day] = [
            finding_json(event.finding)
            for notice in life.report.notices
            for event in notice.events
            if event.kind.value in ("opened", "corrected", "resolved") and event.finding is not None
        ]

    life, _ = lived(tmp_path / "life", keep)
    said = {day: findings for day, findings in told.items() if findings}

    assert {"2020-06-03", "2020-07-09", "2020-08-03", "2020-09-03"} <= said.keys()
    for day, findings in said.items():
        on = date.fromisoformat(day)
        engine = life.engine(date(2021, 1, 1))
        answer = engine.enquiries.evaluate(on, engine.enquiries.as_known(on), every_period=True, text="all")
        known = {(one.finding.area, str(one.finding.period)): finding_json(one.finding) for one in answer.found}
        for finding in findings:
            assert known[finding["area"], finding["period"]] == finding, day


def test_a_message_that_is_tried_again_has_the_same_bytes(tmp_path):
    """All but the date of the attempt."""
    life = Life(tmp_path)
    life.tick("2020-06-03", "2020-04 5, 2020-05 12")
    with life.opened("2020-06-03") as (_, store):
        (delivery,) = store.deliveries()
    mails = [life.engine(day).enquiries.as_mail(delivery) for day in (date(2020, 6, 3), date(2020, 6, 4))]
    dated = [[line for line in mail.splitlines() if not line.startswith(b"Date:")] for mail in mails]

    assert dated[0] == dated[1]
    assert mails[0] != mails[1]
