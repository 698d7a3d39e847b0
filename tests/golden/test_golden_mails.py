"""Every mail as its reader gets it, and the page that shows them."""

from collections.abc import Callable
from datetime import date

import pytest
from samples import charts, mails

from alerting.domain.notify.notice import Message
from alerting.render.demo_page import render_demo_page
from alerting.render.digest import render_digest
from alerting.render.notice import render_notice
from alerting.render.source_trouble import render_source_trouble

MESSAGES: dict[str, Callable[[], Message]] = {
    "notice-one-opened": lambda: render_notice(mails.a_notice(mails.CALLS)),
    "notice-other-areas": lambda: render_notice(mails.a_notice(mails.REFERRALS, marking="OFFICIAL")),
    "notice-ten-events": lambda: render_notice(mails.ten_events()),
    "notice-with-chart": lambda: render_notice(mails.a_notice(charts.charted(mails.CALLS))),
    "notice-resolved": lambda: render_notice(mails.a_notice(mails.BURGLARY)),
    "notice-withdrawn": lambda: render_notice(mails.a_notice(mails.VOLUMES)),
    "digest-quiet": lambda: render_digest(mails.a_quiet_digest()),
    "source-trouble": lambda: render_source_trouble(mails.a_source_trouble()),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_mail_reads_as_it_was_agreed(name: str, matches_golden: Callable[[str, str], None]) -> None:
    message = MESSAGES[name]()

    matches_golden(f"{name}.txt", f"Subject: {message.subject}\n\n{message.text}")
    matches_golden(f"{name}.html", message.html)


def test_the_demo_page_shows_every_mail(matches_golden: Callable[[str, str], None]) -> None:
    notice = MESSAGES["notice-one-opened"]()
    digest = MESSAGES["digest-quiet"]()
    sent = [
        mails.a_mail(digest.subject, digest.text, digest.html, kind="Digest"),
        mails.a_mail(notice.subject, notice.text, notice.html, day=date(2020, 6, 15)),
    ]

    matches_golden("demo-page.html", render_demo_page(sent, mails.SUMMARY))
