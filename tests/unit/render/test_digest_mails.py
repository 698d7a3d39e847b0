"""What holds for every digest: how much a mail carries, what a page does, what a reader is told first."""

from dataclasses import replace

import pytest
from samples import charts, digests, mails

from alerting.domain.notify.notice import Message
from alerting.domain.severity import Severity
from alerting.render.digest import render_digest
from alerting.render.draft import draft_as_markdown, draft_as_text
from alerting.render.printing import page_of_message
from alerting.reports.digest_views import (
    Checked,
    ComingNote,
    DataTrouble,
    DigestTopic,
    DigestView,
    FigureLine,
    HoldNote,
    Standing,
    TopicLine,
)


def endless() -> DigestView:
    """More of everything than a mail can carry, with the largest charts."""
    entries = tuple(
        digests.charted(
            replace(mails.ENTRIES["calls-999"], figure=mails.a_figure(f"Measure {n}", "Long", f"{n}", change="Long words. " * 9)),
            charts.FULLEST,
        )
        for n in range(400)
    )  # fmt: skip
    ongoing = tuple(
        replace(mails.ENTRIES["calls-101"], figure=mails.a_figure(f"Type {n}", f"Type {n}", f"{n + 100}"))
        for n in range(400)
    )
    figures = tuple(replace(digests.LINES[0].figures[0], text=f"Measure {n}: " + "long words, " * 12) for n in range(3))
    lines = tuple(replace(digests.LINES[0], topic=f"Topic {n}", figures=figures) for n in range(60))
    late = tuple(replace(mails.NOT_JUDGED[1], measure=f"Measure {n}") for n in range(200))
    return digests.busy(
        topics=(DigestTopic(title="All", entries=(*entries, *ongoing)),), lines=lines, not_judged=late,
        holds=(digests.HOLD,) * 200, coming=digests.COMING * 100,
        troubles=tuple(DataTrouble(source=f"s{n}", lines=("Some words. " * 9,) * 5) for n in range(100)),
    )  # fmt: skip


def weight(message: Message) -> int:
    """The mail's bytes as sent: words once more a third for their coding, pictures in base64."""
    words = len(message.html.encode()) + len(message.text.encode())
    return words + sum(len(picture.png) * 137 // 100 for picture in message.pictures)


@pytest.mark.parametrize("view", [digests.busy, digests.troubled, endless])
def test_a_digest_with_its_pictures_stays_below_200_kilobytes(view) -> None:
    assert weight(render_digest(view())) < 200_000


def test_a_page_carries_everything() -> None:
    message = render_digest(endless(), whole=True)

    assert all(f">Measure {n}</td>" in message.html for n in range(400))
    assert "Shortened" not in message.html


def test_a_page_has_its_pictures_inside_and_breaks_well_on_paper() -> None:
    page = page_of_message(render_digest(digests.busy()))

    assert "cid:" not in page
    assert 2 == page.count("data:image/png;base64,")
    assert page.index("@page") < page.index("</head>")


def test_the_worst_that_stand_have_small_charts_and_what_is_over_has_none() -> None:
    kinds = [Standing.RESOLVED, Standing.ONGOING, Standing.OPENED, Standing.WORSENED]
    severities = [Severity.CRITICAL, Severity.WARNING, Severity.INFO, Severity.WARNING]
    entries = tuple(
        digests.charted(
            replace(
                mails.ENTRIES["calls-999"],
                standing=standing,
                severity=severity,
                figure=mails.a_figure(standing, standing, "1"),
            ),
            chart,
        )
        for standing, severity, chart in zip(kinds, severities, charts.CHARTS.values(), strict=False)
    )

    message = render_digest(digests.busy(topics=(DigestTopic(title="All", entries=entries),)))
    rows = message.html.split('class="name top"')[1:]

    assert [("Worsened", True), ("Ongoing", True), ("Opened", True)] == [
        (row.partition(">")[2].partition("<")[0], "<img" in row) for row in rows
    ]
    assert 3 == len(message.pictures)
    assert all(picture.most_bytes < 2_000 for picture in message.pictures)


def test_a_failed_source_stands_in_subject_and_first_sentence() -> None:
    message = render_digest(digests.troubled())

    assert "Week to 15 October: 3 not known, 1 source failed" == message.subject
    text = " ".join(message.text.split())
    assert "12 as expected. 1 source could not be read, so there may be more." in text
    assert "- 12 measures whose source could not be read: Stock; Deliveries." in text


@pytest.mark.parametrize(
    ("checked", "words"),
    [
        pytest.param(Checked(series=0, judged=0), "0 of 0 figures judged.", id="nothing"),
        pytest.param(
            Checked(series=1_210, judged=1_204, reasons=(("held", 4), ("late", 2)), until="30 September 2020"),
            "1,204 of 1,210 figures judged, of periods to 30 September 2020.", id="periods",
        ),
        pytest.param(
            Checked(series=3, judged=3, unread_measures=1, unread_sources=1),
            "3 of 3 figures judged; 1 measure not judged at all, because 1 source could not be read.", id="a source",
        ),
    ],
)  # fmt: skip
def test_what_was_checked_is_counted(checked: Checked, words: str) -> None:
    assert words in " ".join(render_digest(digests.busy(checked=checked)).text.split())


def test_hostile_words_are_words_in_digests_and_drafts() -> None:
    words = "<b>|x|</b> [a](javascript:1) `c`\r\nBcc: x"
    line = TopicLine(theme=words, topic=words, inclusion="Quarter", figures=(FigureLine(text=words),), commentary=words)
    view = digests.busy(
        lines=(line,), themes=(), not_included=(words,), holds=(HoldNote(title=words, until=None, reason=words),),
        coming=(ComingNote(day="1 May 2020", lines=(words,)),), troubles=(DataTrouble(source=words, lines=(words,)),),
    )  # fmt: skip
    draft = digests.a_draft(lines=(line,), not_included=(words,), troubles=())

    assert "<b>" not in render_digest(view).html
    assert r"\<b\>\|x\|\</b\> \[a\](javascript:1) \`c\` Bcc: x" in draft_as_markdown(draft)
    assert [] == [row for row in draft_as_markdown(draft).splitlines() if row.startswith("Bcc")]
    assert "\r" not in draft_as_text(draft)


def test_what_is_held_begins_with_a_large_letter() -> None:
    held = replace(digests.HOLD, title="response time and 999 attended in 20 min")
    message = render_digest(digests.busy(holds=(held,)))

    assert "- Response time and 999 attended in 20 min, until 23 October 2020" in message.text
    assert "<strong>Response time and 999 attended in 20 min</strong>" in message.html
