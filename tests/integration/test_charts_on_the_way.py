"""Charts from the figures to the mailbox."""

import asyncio
import io
import re
from datetime import date
from email import message_from_bytes
from email.policy import default

import pytest
from PIL import Image
from samples.smtp_server import InTurn, Relay, run, script
from samples.worlds import CALLS, a_folder, an_engine

from alerting.demo.sink import MailSink, parts_of
from alerting.opening import open_store

HEAD = "measure,area,period,value\n"
MONTHS = [f"2019-{n:02d}" for n in range(4, 13)] + [f"2020-{n:02d}" for n in range(1, 7)]
NOTIFY = "    notify: [area_owner, contact]\n"


def figures(area: str, newest: float) -> str:
    values = [91 + n % 4 for n in range(len(MONTHS) - 1)] + [newest]
    return "".join(f"answered,{area},{month},{value}\n" for month, value in zip(MONTHS, values, strict=True))


def test_all_who_are_told_of_a_series_see_one_picture_that_arrives_whole(tmp_path):
    text = HEAD + figures("force", 92) + figures("north", 83) + figures("south", 94)
    folder = a_folder(tmp_path / "rules", {"all.yaml": CALLS + NOTIFY, "figures/calls.csv": text})
    with MailSink(tmp_path / "mails") as sink:
        engine = an_engine(folder, tmp_path, date(2020, 7, 6), sink.url)
        store = open_store(engine.settings)
        report = engine.tick(store, date(2020, 7, 6))
        assert 2 == asyncio.run(engine.deliver(store)).accepted
        store.close()

    first, second = (delivery.message.pictures for delivery in report.deliveries)
    assert first == second and first[0] is second[0]
    for path in sink.kept:
        read = message_from_bytes(path.read_bytes(), policy=default)
        (picture,) = [part for part in read.walk() if part.get_content_type() == "image/png"]
        html = read.get_body(preferencelist=("html",)).get_content()
        assert first[0].png == picture.get_content()
        assert [f"cid:{picture['Content-ID'].strip('<>')}"] == re.findall(r'src="([^"]+)"', html)
        with Image.open(io.BytesIO(picture.get_content())) as drawn:
            drawn.load()
            assert (1080, 624) == drawn.size
        text = read.get_body(preferencelist=("plain",)).get_content()
        assert "History: April 2019 to June 2020, with standard 90%." in " ".join(text.split())


def test_a_second_tick_on_the_same_figures_sends_nothing_and_a_retry_sends_the_same_picture(tmp_path):
    text = HEAD + figures("force", 83)
    folder = a_folder(tmp_path / "rules", {"all.yaml": CALLS, "figures/calls.csv": text})
    engine = an_engine(folder, tmp_path, date(2020, 7, 6))
    store = open_store(engine.settings)
    engine.tick(store, date(2020, 7, 6))
    (waiting,) = store.deliveries()
    again = engine.tick(store, date(2020, 7, 6))

    assert () == again.deliveries
    assert waiting.message.pictures == store.deliveries()[0].message.pictures
    assert waiting.message.pictures[0].png.startswith(b"\x89PNG")
    store.close()


def test_the_demonstrations_page_holds_the_pictures_themselves(tmp_path):
    text = HEAD + figures("force", 83)
    folder = a_folder(tmp_path / "rules", {"all.yaml": CALLS, "figures/calls.csv": text})
    with MailSink(tmp_path / "mails") as sink:
        engine = an_engine(folder, tmp_path, date(2020, 7, 6), sink.url)
        store = open_store(engine.settings)
        engine.tick(store, date(2020, 7, 6))
        asyncio.run(engine.deliver(store))
        store.close()
        _, _, _, html = parts_of(sink.kept[0])

    assert "cid:" not in html
    assert 'src="data:image/png;base64,iVBOR' in html


TOO_BIG = "552 5.3.4 too big"


@pytest.mark.parametrize(
    ("steps", "pictures", "states"),
    [
        pytest.param({"EHLO": ["250-here", "250 SIZE 8000"]}, [0], ["accepted"], id="55-not-offered"),
        pytest.param({"MAIL": InTurn(TOO_BIG, "250 ok")}, [0], ["accepted"], id="55-at-the-sender"),
        pytest.param({"dot": InTurn(TOO_BIG, "250 taken")}, [0], ["accepted"], id="56-after-the-dot"),
        pytest.param(
            {"dot": TOO_BIG}, [], ["pending"], id="56-still-too-large"
        ),  # nobody else is taken: it may be the relay
        pytest.param({"dot": "554 5.6.0 spam"}, [], ["pending"], id="no-matter-of-size"),
        pytest.param({}, [1], ["accepted"], id="taken"),
    ],
)
def test_a_mail_refused_for_its_size_goes_once_more_without_its_pictures(tmp_path, steps, pictures, states):
    text = HEAD + figures("force", 83)
    folder = a_folder(tmp_path / "rules", {"all.yaml": CALLS, "figures/calls.csv": text})

    images: list[bool] = []

    async def sent():
        async with Relay((script(**steps),)) as server:
            engine = await asyncio.to_thread(an_engine, folder, tmp_path, date(2020, 7, 6), server.url())
            store = open_store(engine.settings)
            engine.tick(store, date(2020, 7, 6))
            await engine.deliver(store)
            found = [one.state.value for one in store.deliveries() if one.message.pictures]
            tries = [len(store.attempts(one.id)) for one in store.deliveries() if one.message.pictures]
            store.close()
            images.extend(b"<img" in taken.content for taken in server.ledger)
            shown = [len(re.findall(rb"Content-Type: image/png", taken.content)) for taken in server.ledger]
            data = sum(said == "DATA" for heard in server.heard for said in heard)
            return found, tries, shown, data

    found, tries, shown, data = run(sent())

    assert (states, [1], pictures) == (found, tries, shown)
    assert images == [bool(count) for count in pictures]  # words stand where a picture is not
    assert data <= 3  # whole, without pictures, in short
