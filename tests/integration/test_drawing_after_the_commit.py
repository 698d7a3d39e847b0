"""Pictures are drawn when their messages are safe, each once, and only those that are sent; without one its words go."""

import asyncio
import io
import sqlite3
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest
from PIL import Image
from samples.worlds import CALLS, a_folder, an_engine

from alerting.app.notices import draw_pictures as drawing
from alerting.app.tick import tick
from alerting.charts import kept
from alerting.demo.sink import MailSink
from alerting.domain.notify.notice import Picture, UndrawnPicture
from alerting.errors import AlertingError
from alerting.opening import open_store

DAY = date(2020, 7, 6)
MONTHS = [f"2019-{n:02d}" for n in range(4, 13)] + [f"2020-{n:02d}" for n in range(1, 7)]
TWO_READERS = "    notify: [area_owner, contact]\n"
BROKEN = "no ink"


def figures(*areas: str) -> str:
    values = [*(91 + n % 4 for n in range(len(MONTHS) - 1)), 83]
    rows = [f"answered,{area},{month},{value}" for area in areas for month, value in zip(MONTHS, values, strict=True)]
    return "\n".join(["measure,area,period,value", *rows, ""])


@pytest.fixture
def world(tmp_path):
    """A folder, its engine and its state; two people are told of one series."""
    folder = a_folder(tmp_path / "rules", {"all.yaml": CALLS + TWO_READERS, "figures/calls.csv": figures("north")})
    with MailSink(tmp_path / "mails") as sink:
        engine = an_engine(folder, tmp_path, DAY, sink.url)
        store = open_store(engine.settings)
        yield engine, store, sink
        store.close()


def counted(monkeypatch):
    """Which drawings are drawn."""
    drawn, png_of = [], kept.png_of
    monkeypatch.setattr(kept, "png_of", lambda one: drawn.append(one) or png_of(one))
    return drawn


def sent(sink):
    """The PNGs and the HTML of what arrived."""
    for path in sink.kept:
        read = message_from_bytes(path.read_bytes(), policy=default)
        html = read.get_body(preferencelist=("html",)).get_content()
        yield [part.get_content() for part in read.walk() if part.get_content_type() == "image/png"], html


def test_a_tick_is_done_though_its_pictures_cannot_be_kept(world, monkeypatch):
    engine, store, sink = world
    save = type(store).save_pictures

    def refuses(*_):
        raise AlertingError("the disk is full")

    monkeypatch.setattr(type(store), "save_pictures", refuses)
    assert 2 == len(engine.tick(store, DAY).deliveries)
    monkeypatch.setattr(type(store), "save_pictures", save)
    assert asyncio.run(engine.deliver(store)).accepted == 2
    assert [1, 1] == [len(pngs) for pngs, _ in sent(sink)]


def test_a_picture_that_two_are_told_with_is_drawn_once_while_others_may_write(world, monkeypatch):
    engine, store, sink = world
    drawn, png_of = [], kept.png_of

    def watched(one):
        with sqlite3.connect(engine.settings.state_dir / "alerting.db", timeout=0) as other:
            other.execute("BEGIN IMMEDIATE")
            (queued,) = other.execute("SELECT count(*) FROM delivery").fetchone()
        drawn.append(queued)
        return png_of(one)

    monkeypatch.setattr(kept, "png_of", watched)
    engine.tick(store, DAY)
    assert drawn == [2]  # the lock was free, and both messages were there
    assert asyncio.run(engine.deliver(store)).accepted == 2
    assert drawn == [2]
    (first, _), (second, _) = sent(sink)
    assert first == second
    with Image.open(io.BytesIO(first[0])) as picture:
        assert picture.size == (1080, 624)


def test_nothing_is_drawn_for_what_is_not_sent(tmp_path, monkeypatch):
    rows = "".join(
        f"  - {{id: r{n}, title: Rule {n}, measures: answered, when: {{target_missed: {{at_least: {85 + n}}}}}}}\n"
        for n in range(5)
    )
    folder = a_folder(tmp_path / "rules", {"all.yaml": CALLS + rows, "figures/calls.csv": figures("force")})
    engine, drawn = an_engine(folder, tmp_path, DAY), counted(monkeypatch)
    store = open_store(engine.settings)
    engine.tick(store, DAY, dry_run=True)
    assert not drawn
    report = engine.tick(store, DAY)
    store.close()
    (delivery,) = report.deliveries
    assert len(report.notices[0].events) == 6
    assert len(delivery.message.pictures) == len(drawn) == 1  # one card, whichever rules speak in it


def test_what_a_process_that_died_did_not_draw_is_drawn_when_it_is_sent(world, monkeypatch):
    engine, store, sink = world
    monkeypatch.setattr(tick, "draw_queued", lambda *_: ())
    drawn = counted(monkeypatch)
    engine.tick(store, DAY)
    assert not drawn
    assert {type(one) for waiting in store.deliveries() for one in waiting.message.pictures} == {UndrawnPicture}
    assert asyncio.run(engine.deliver(store)).accepted == 2
    assert {len(pngs) for pngs, _ in sent(sink)} == {1}


def test_once_drawn_a_picture_is_kept_as_such(world):
    engine, store, _ = world
    report = engine.tick(store, DAY)
    ((first,), (second,)) = (waiting.message.pictures for waiting in store.deliveries())
    assert isinstance(first, Picture)
    assert first == second
    assert first.png == report.deliveries[0].message.pictures[0].png
    assert len(first.png) == first.most_bytes <= report.deliveries[0].message.pictures[0].most_bytes


@pytest.mark.faults
def test_a_picture_that_cannot_be_drawn_is_said_and_its_words_are_sent(world, monkeypatch):
    engine, store, sink = world

    def broken(_):
        raise ValueError(BROKEN)

    monkeypatch.setattr(kept, "png_of", broken)
    report = engine.tick(store, DAY)
    assert report.has_errors
    assert BROKEN in report.problems[-1].message
    assert asyncio.run(engine.deliver(store)).accepted == 2
    for pngs, html in sent(sink):
        assert pngs == []
        assert "cid:" not in html
        assert "April 2019 to June 2020, with standard 90%" in " ".join(html.split())


def test_what_is_not_drawn_in_time_is_left_to_whoever_sends_it(world, monkeypatch):
    engine, store, sink = world
    monkeypatch.setattr(drawing, "LONGEST_S", -1.0)
    monkeypatch.setattr(drawing, "_BATCH", 1)
    drawn = counted(monkeypatch)
    folder = a_folder(engine.installation.folder, {"figures/calls.csv": figures("north", "south")})
    an_engine(folder, engine.settings.state_dir, DAY).tick(store, DAY)
    assert len(drawn) == 1
    assert asyncio.run(engine.deliver(store)).accepted == 3
    assert len([png for pngs, _ in sent(sink) for png in pngs]) == 3
