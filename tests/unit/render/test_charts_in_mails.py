"""Pictures in notices: shown where they fit, said in words where nobody sees them."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

from samples import mails
from samples.charts import FULLEST, STANDARD, a_chart, charted

from alerting.charts.pictures import Pictures
from alerting.charts.words import shows
from alerting.domain.notify.notice import Delivery
from alerting.render.cards import worst_first
from alerting.render.notice import PICTURES_BUDGET_BYTES, render_notice
from alerting.reports.views import EventView
from notifiers.mime import Sender, mail


class Images(HTMLParser):
    """Collects the attributes of every image."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.found.append(dict(attrs))


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def with_charts(count: int) -> list[EventView]:
    """Alerts, each with a chart of its own that is as full as one can be."""
    return [
        charted(mails.an_event(n), replace(FULLEST, title=f"Recorded crime type {n}, as recorded"))
        for n in range(count)
    ]


def test_a_picture_is_named_by_the_html_and_its_alternative_text_says_what_it_shows():
    message = render_notice(mails.a_notice(charted(mails.CALLS)))
    (image,) = Images(message.html).found
    (picture,) = message.pictures

    assert f"cid:{picture.id}" == image["src"]
    assert ("540", "312") == (image["width"], image["height"])
    assert f"{mails.CALLS.measure}, {mails.CALLS.area}. {shows(STANDARD)}" == unescape(image["alt"] or "")
    assert "max-width: 540px" in (image["style"] or "") or "max-width:540px" in (image["style"] or "")


def test_the_text_says_what_the_picture_shows():
    message = render_notice(mails.a_notice(charted(mails.CALLS)))

    assert f"History: {shows(STANDARD)}" in in_one_line(message.text)


def test_an_event_without_a_chart_has_no_picture_and_no_word_of_one():
    message = render_notice(mails.a_notice(mails.CALLS))

    assert ((), [], False) == (message.pictures, Images(message.html).found, "History" in message.text)


def test_a_chart_that_cannot_be_drawn_is_said_in_words():
    message = render_notice(mails.a_notice(charted(mails.CALLS, a_chart([1e250, 2e250]))))

    assert () == message.pictures
    assert "History" in message.html and "History" in message.text


def test_alerts_with_charts_stay_below_200_kb_as_sent():
    message = render_notice(mails.a_notice(*with_charts(3)))
    delivery = Delivery(
        id="d", notice_id="n", owner="o", channel="email", address="a@example.org", message_id="m@example.org",
        message=message,
    )  # fmt: skip
    sent = mail(delivery, message, Sender.of("alerts@example.org", None), at=datetime(2020, 10, 15, tzinfo=UTC))

    assert len(sent) < 200_000
    assert 1 <= len(message.pictures) <= 3
    assert sum(len(picture.png) for picture in message.pictures) <= PICTURES_BUDGET_BYTES
    assert len(message.pictures) + message.html.count("<strong>History:</strong>") == 3
    assert 3 == len(re.findall("^History:", message.text, re.MULTILINE))


def test_pictures_are_those_of_the_worst():
    events = with_charts(6)
    message = render_notice(mails.a_notice(*events))
    shown = [unescape(image["alt"] or "") for image in Images(message.html).found]

    assert [f"{event.measure}, {event.area}." for event in worst_first(events)[:2]] == [
        alt[: alt.index(" April 2018")] for alt in shown
    ]


def test_two_events_of_one_picture_carry_it_once():
    pictures = Pictures()
    message = render_notice(
        mails.a_notice(charted(mails.CALLS, STANDARD, pictures), charted(mails.REFERRALS, STANDARD, pictures))
    )

    assert 1 == len(message.pictures)
    assert 2 == message.html.count(f"cid:{message.pictures[0].id}")


def test_a_chart_is_drawn_once_for_all_who_see_it():
    pictures = Pictures()

    assert pictures.of(STANDARD) is pictures.of(replace(STANDARD))


def test_nothing_is_drawn_for_events_that_are_told_in_brief():
    asked = []
    events = [replace(mails.an_event(n), chart=lambda n=n: asked.append(n)) for n in range(6)]

    render_notice(mails.a_notice(*events))

    assert [1, 5] == sorted(asked)


def test_markup_in_a_title_stays_words_in_the_alternative_text():
    title = '"><script>alert(1)</script>'
    hostile = replace(mails.CALLS, measure=title)
    message = render_notice(mails.a_notice(charted(hostile, a_chart([1, 5], title=title))))

    shown = Images(message.html)
    assert "script" not in shown.tags
    assert ['"><script>alert(1)</script>' in (image["alt"] or "") for image in shown.found] == [True]
