"""The product's story: figures arrive, are told, arrive again, are missing, recover; and what else may happen meanwhile."""

import asyncio
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from samples.worlds import CALLS, a_folder, an_engine

from alerting.demo.sink import MailSink, parts_of
from alerting.errors import UsageError
from alerting.opening import open_store

HEAD = "measure,area,period,value,published\n"
MAY = (
    "answered,force,2020-05,94,2020-06-02\nanswered,north,2020-05,95,2020-06-02\nanswered,south,2020-05,91,2020-06-02\n"
)
JUNE = (
    "answered,force,2020-06,88,2020-07-02\nanswered,north,2020-06,83,2020-07-02\nanswered,south,2020-06,90,2020-07-02\n"
)
JULY = "answered,force,2020-07,87,2020-08-04\nanswered,south,2020-07,91,2020-08-04\n"
AUGUST = (
    "answered,force,2020-08,93,2020-09-02\nanswered,north,2020-08,92,2020-09-02\nanswered,south,2020-08,92,2020-09-02\n"
)
GOLDEN = Path(__file__).parent.parent / "golden" / "story.txt"


class World:
    """A folder, its state and a mail server; each day in it is one tick with what it hands over."""

    def __init__(self, tmp_path, sink, rules=CALLS):
        self.state, self.sink = tmp_path / "state", sink
        self.folder = a_folder(
            tmp_path / "rules", {"rules.yaml": rules, "figures/calls.csv": HEAD + MAY + JUNE + JULY + AUGUST}
        )

    def day(self, on, *, smtp=True, dry_run=False):
        engine = an_engine(self.folder, self.state, on, self.sink.url if smtp else None)
        store = open_store(engine.settings)
        before = len(self.sink.kept)
        try:
            self.report = engine.tick(store, on, dry_run=dry_run)
            self.delivery = None if dry_run else asyncio.run(engine.deliver(store))
        finally:
            store.close()
        return [told(path) for path in self.sink.kept[before:]]

    def digest(self, on):
        engine = an_engine(self.folder, self.state, on, self.sink.url)
        store = open_store(engine.settings)
        before = len(self.sink.kept)
        try:
            engine.digest(store, on)
            asyncio.run(engine.deliver(store))
        finally:
            store.close()
        return [parts_of(path) for path in self.sink.kept[before:]]

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")


def told(path):
    to, subject, text, _html = parts_of(path)
    sentence = next((line for line in text.splitlines() if "% of 999 calls were" in line), "")
    return f"{to} | {subject.strip()} | {sentence}"


@pytest.fixture
def sink(tmp_path):
    with MailSink(tmp_path / "mails") as server:
        yield server


@pytest.fixture
def world(tmp_path, sink):
    return World(tmp_path, sink)


def test_three_days_and_what_each_owner_is_told(world, request):
    story = []
    for on in (
        date(2020, 6, 3),
        date(2020, 7, 3),
        date(2020, 7, 3),
        date(2020, 8, 5),
        date(2020, 9, 3),
        date(2020, 9, 4),
    ):
        story += [f"{on}:", *(f"  {one}" for one in world.day(on) or ["nothing"])]
    text = "\n".join(story) + "\n"
    if request.config.getoption("--update-golden", default=False):
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text


def test_a_missing_month_neither_resolves_nor_opens(world):
    world.day(date(2020, 7, 3))
    assert [] == world.day(date(2020, 8, 5))  # July came without North, which stays open
    assert ["contact@example.org", "north@example.org"] == [one.split(" | ")[0] for one in world.day(date(2020, 9, 3))]


def test_what_could_not_be_sent_is_sent_by_the_next_run(world):
    assert [] == world.day(date(2020, 7, 3), smtp=False)
    assert 2 == world.delivery.waiting
    assert 2 == len(world.day(date(2020, 7, 3)))
    assert (2, 0) == (world.delivery.accepted, world.delivery.waiting)


def test_a_dry_run_shows_what_would_be_sent_and_changes_nothing(world):
    assert [] == world.day(date(2020, 7, 3), dry_run=True)
    assert 2 == len(world.report.deliveries)
    assert 2 == len(world.day(date(2020, 7, 3)))


def test_the_past_is_not_told_again(world):
    world.day(date(2020, 8, 5))
    with pytest.raises(
        UsageError, match="the newest tick is of 2020-08-05, and today is 2020-07-03: nothing is judged until that day"
    ):
        world.day(date(2020, 7, 3))


def test_a_first_tick_tells_what_is_open_with_its_true_opening(world):
    mails = world.day(date(2020, 8, 5))
    assert "contact@example.org | ! West Mercia: 999 calls answered 87%, standard 90%" in mails[0]
    (event,) = [event for event in world.report.notices[0].events if event.alert.key.area == "force"]
    assert ("2020-06", 2) == (str(event.alert.opened), event.alert.consecutive)


def test_a_removed_rule_withdraws_its_alerts_with_a_word_to_those_told(world):
    world.day(date(2020, 7, 3))
    world.write(
        "rules.yaml",
        CALLS.replace("id: slow", "id: other").replace("target_missed: {}", "target_missed: {at_least: 10}"),
    )
    world.day(date(2020, 7, 4))
    assert {"withdrawn": 2} == dict(world.report.happened)
    assert {"contact", "north-commander"} == {notice.owner for notice in world.report.notices}


def test_a_source_that_fails_neither_opens_nor_resolves(world):
    world.day(date(2020, 7, 3))
    (world.folder / "figures/calls.csv").write_text("", encoding="utf-8")
    (mail,) = world.day(date(2020, 9, 3))  # nobody is named for the source: to the owner of what comes from it
    assert mail.startswith("contact@example.org | Figures to mend in figures/calls.csv: 1 source could not be read")
    assert {} == dict(world.report.happened)
    assert world.report.has_errors
    world.write("figures/calls.csv", HEAD + MAY + JUNE + JULY + AUGUST)
    world.day(date(2020, 9, 4))
    assert {"resolved": 2} == dict(world.report.happened)


def test_a_refused_cells_row_is_told_once_to_the_sources_owner(tmp_path, sink):
    named = "sources: {calls: {csv: figures/calls.csv, owner: contact}}\n"
    world = World(tmp_path, sink, CALLS.replace("source: figures/calls.csv", "source: calls") + named)
    world.write("figures/calls.csv", HEAD + MAY + "answered,north,2020-06,many,2020-07-02\n")
    world.day(date(2020, 7, 3))
    (text,) = [text for _to, subject, text, _html in map(parts_of, sink.kept) if "Figures to mend" in subject]
    assert ["Row 5"] == re.findall(r"row \d+", text, re.IGNORECASE)


def test_a_revision_that_leaves_nothing_exceptional_is_a_correction(world):
    world.day(date(2020, 7, 3))
    world.write("figures/calls.csv", HEAD + MAY + JUNE + "answered,north,2020-06,96,2020-07-06\n")
    (mail,) = world.day(date(2020, 7, 7))
    assert mail.startswith("north@example.org | Corrected: ")


def test_for_and_clear_after_count_periods(tmp_path, sink):
    patient = CALLS.replace("severity: critical", "severity: critical\n    for: 2\n    clear_after: 2")
    world = World(tmp_path, sink, patient)
    days = [date(2020, 7, 3), date(2020, 8, 5), date(2020, 9, 3)]
    assert [{}, {"opened": 1}, {}] == [dict(happened) for happened in (happened_on(world, day) for day in days)]


def happened_on(world, day):
    world.day(day)
    return world.report.happened


def test_each_owner_gets_one_digest_a_day_and_a_quiet_week_says_so(world):
    world.day(date(2020, 7, 3))
    mails = {to: (subject, text) for to, subject, text, _html in world.digest(date(2020, 7, 6))}
    assert {"contact@example.org", "north@example.org", "south@example.org"} == set(mails)
    assert "Week to 6 July: 1 concern (1 new)" == mails["north@example.org"][0]
    assert "Week to 6 July: nothing exceptional" == mails["south@example.org"][0]
    assert [] == world.digest(date(2020, 7, 6))
    again = {to: text for to, _subject, text, _html in world.digest(date(2020, 7, 13))}
    assert "Still open" in again["north@example.org"] or "Going on" in again["north@example.org"]


def test_a_redirected_week_goes_to_one_address_and_says_for_whom(world):
    engine = an_engine(world.folder, world.state, date(2020, 7, 3), world.sink.url)
    engine.installation = replace(
        engine.installation, settings=replace(engine.settings, redirect_all_to="trial@example.org")
    )
    store = open_store(engine.settings)
    try:
        engine.tick(store, date(2020, 7, 3))
        asyncio.run(engine.deliver(store))
        replies = {(one.last_reply or "").partition(" (")[2] for one in store.deliveries()}
        went_to = {one.went_to for one in store.deliveries()}
    finally:
        store.close()
    assert {"redirected to trial@example.org)"} == replies
    assert "trial@example.org (redirected, instead of north@example.org)" in went_to
    found = [parts_of(path)[:2] for path in world.sink.kept]
    assert {"trial@example.org"} == {to for to, _subject in found}
    assert any("[for north@example.org]" in subject for _to, subject in found)
