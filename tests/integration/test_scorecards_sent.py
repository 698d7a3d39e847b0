"""Scorecards on their way: printed by the browser that is there, attached to the mail, kept in the state, on every channel."""

import asyncio
import stat
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest
from samples.smtp_server import InTurn, Relay, run, script
from samples.worlds import CALLS, a_folder, an_engine

from alerting.app.digests import make
from alerting.demo.sink import MailSink
from alerting.opening import open_store

DAY = date(2020, 8, 5)
FIGURES = "measure,area,period,value\n" + "".join(
    f"answered,{area},2020-0{month},{value}\n"
    for area, values in (("force", (94, 88, 83)), ("north", (95, 89, 91)))
    for month, value in enumerate(values, 5)
)
BOARD = "[contact, north-commander]"
PDF = b"%PDF-1.4 two sheets\n"
PRINTS = (
    'echo one >> {seen}; for word in "$@"; do case $word in --print-to-pdf=*) printf "%s\\n" "%PDF-1.4 two sheets"'
    ' > "${{word#--print-to-pdf=}}";; esac; done'
)


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A folder whose digest is a scorecard for two posts, and a browser that is a shell script, where one is given."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def made(browser=None, channels="", to=BOARD):
        if browser is not None:
            path = tmp_path / "bin" / "chromium"
            path.parent.mkdir()
            path.write_text(f"#!/bin/sh\n{browser.format(seen=tmp_path / 'seen')}\n")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
        rules = CALLS.replace("to: [each_owner]", f"to: {to}, form: scorecard") + channels
        return a_folder(tmp_path / "rules", {"all.yaml": rules, "figures/calls.csv": FIGURES})

    return made


def digested(folder, state, url=None):
    """Tick, and make the digest; return the store, the engine and what was reported."""
    engine = an_engine(folder, state, DAY, url)
    store = open_store(engine.settings)
    engine.tick(store, DAY)
    return store, engine, engine.digest(store, DAY)


def pdfs(message):
    return [part for part in message.walk() if part.get_content_type() == "application/pdf"]


def test_the_pdf_goes_with_the_mail_and_is_printed_once_for_all_who_get_the_same(board, tmp_path):
    folder = board(PRINTS)
    with MailSink(tmp_path / "mails") as sink:
        store, engine, report = digested(folder, tmp_path, sink.url)
        asyncio.run(engine.deliver(store))
        store.close()
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in sink.kept]
    cards = [mail for mail in mails if "(scorecard)" in mail["Subject"]]

    assert (2, None) == (len(cards), report.no_pdf)
    assert ["one"] == (tmp_path / "seen").read_text().split()
    for mail in cards:
        (pdf,) = pdfs(mail)
        assert ("scorecard-monday-2020-08-05.pdf", "attachment") == (pdf.get_filename(), pdf.get_content_disposition())
        assert PDF == pdf.get_content()
        assert "multipart/mixed" == mail.get_content_type()
        html, text = (mail.get_body(preferencelist=(kind,)).get_content() for kind in ("html", "plain"))
        assert "size: A4 landscape" in html and "Its two sheets are attached as PDF" in html
        assert "999 calls answered within 10 seconds: 83% Jul 2020" in " ".join(text.split())
        assert 1 == sum(part.get_content_type() == "image/png" for part in mail.walk())


def test_what_waits_in_the_state_keeps_its_pdf(board, tmp_path):
    store, _engine, report = digested(board(PRINTS), tmp_path)
    waiting = [one.message.enclosures for one in store.deliveries() if one.message.enclosures]
    store.close()

    assert [PDF, PDF] == [enclosure.pdf for (enclosure,) in waiting]
    assert {one.message.enclosures for one in report.deliveries} == set(waiting)


def test_without_a_browser_the_page_goes_alone_and_says_so(board, tmp_path):
    store, _engine, report = digested(board(), tmp_path)
    messages = [one.message for one in store.deliveries() if "(scorecard)" in one.message.subject]
    store.close()

    assert report.no_pdf is not None and report.no_pdf.startswith("there is no Chromium (chromium, ")
    assert not report.has_errors
    assert 2 == len(messages)
    assert all(not one.enclosures and "There is no PDF of it: there is no Chromium (" in one.html for one in messages)
    assert all("There is no PDF of it" in " ".join(one.text.split()) for one in messages)


def test_a_browser_that_fails_holds_no_message_back(board, tmp_path):
    store, _engine, report = digested(board("echo no display >&2; exit 3"), tmp_path)
    messages = [one.message for one in store.deliveries() if "(scorecard)" in one.message.subject]
    store.close()

    assert report.no_pdf is not None and "ended with 3 and printed nothing: no display" in report.no_pdf
    assert 2 == len(messages)
    assert all("no display" in one.html for one in messages)


def test_a_second_digest_of_the_day_prints_nothing(board, tmp_path):
    store, engine, _report = digested(board(PRINTS), tmp_path)
    again = engine.digest(store, DAY)
    store.close()

    assert ((), 2) == (again.deliveries, len(again.already))
    assert ["one"] == (tmp_path / "seen").read_text().split()


def test_a_folder_channel_keeps_the_pdf_too(board, tmp_path):
    channels = "channels: {email: {}, copies: {folder: {path: copies}}}\n"
    folder = board(PRINTS, channels, to="[contact]")
    text = (
        (folder / "all.yaml")
        .read_text()
        .replace("email: contact@example.org}", "email: contact@example.org, channels: [copies]}")
    )
    (folder / "all.yaml").write_text(text)
    store, engine, _report = digested(folder, tmp_path)
    asyncio.run(engine.deliver(store))
    store.close()
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in tmp_path.rglob("*.eml")]

    assert [PDF] == [pdf.get_content() for mail in mails for pdf in pdfs(mail)]


@pytest.mark.parametrize(
    ("answers", "pdf", "pictures"),
    [
        pytest.param(("250 taken",), 1, 1, id="taken"),
        pytest.param(("552 5.3.4 too big", "250 taken"), 0, 1, id="without-the-pdf"),
        pytest.param(("552 5.3.4 too big", "552 5.3.4 too big", "250 taken"), 0, 0, id="without-pictures"),
    ],
)
def test_what_is_too_large_goes_without_the_pdf_first(board, tmp_path, answers, pdf, pictures):
    folder = board(PRINTS, to="[contact]")

    async def sent():
        async with Relay((script(dot=InTurn("250 notice", *answers)),)) as server:
            engine = await asyncio.to_thread(an_engine, folder, tmp_path, DAY, server.url())
            store = open_store(engine.settings)
            engine.tick(store, DAY)
            await engine.deliver(store)
            await asyncio.to_thread(engine.digest, store, DAY)
            await engine.deliver(store)
            store.close()
            return [message_from_bytes(taken.content, policy=default) for taken in server.ledger][-1]

    mail = run(sent())

    assert "(scorecard)" in mail["Subject"]
    assert (pdf, pictures) == (len(pdfs(mail)), sum(part.get_content_type() == "image/png" for part in mail.walk()))


@pytest.mark.faults
def test_where_the_program_fails_at_one_its_readers_get_what_stands(board, tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("lost")

    monkeypatch.setattr(make, "render_scorecard", broken)
    store, _engine, report = digested(board(), tmp_path)
    messages = [one.message for one in store.deliveries() if "Monday digest" in one.message.subject]
    store.close()

    assert 1 <= len(report.faults)
    assert 2 == len(messages)
    assert all("999 calls answered too slowly (answered, force) stands." in one.text for one in messages)
