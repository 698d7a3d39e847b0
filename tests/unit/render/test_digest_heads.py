"""What a digest says first: its subject, and the same words at its head."""

from datetime import date

import pytest
from samples import digests, mails

from alerting.render.digest import render_digest
from alerting.render.digest_head import bar_of
from alerting.reports.watched import FigureCounts
from alerting.wording.dates import time_to


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        pytest.param(
            FigureCounts(concerns=5, new_concerns=1, improvements=2, over=1, expected=30, not_known=4),
            "5 concerns (1 new), 2 improvements, 1 over, 4 not known", id="the-contract's-example",
        ),
        pytest.param(
            FigureCounts(concerns=1, changes=1, new_changes=1, improvements=1), "1 concern, 1 change (1 new), 1 improvement",
            id="one-of-each",
        ),
        pytest.param(FigureCounts(expected=9), "nothing exceptional", id="nothing-exceptional"),
        pytest.param(FigureCounts(not_known=2), "2 not known", id="nothing-judged-is-not-nothing-exceptional"),
        pytest.param(FigureCounts(expected=1_000, concerns=1_204), "1,204 concerns", id="thousands"),
        pytest.param(FigureCounts(), "nothing watched", id="nothing-watched"),
    ],
)  # fmt: skip
def test_a_subject_counts_figures_and_leaves_out_what_there_is_none_of(counts, words):
    message = render_digest(mails.a_digest(counts=counts, marking=None))

    assert f"Week to 15 October: {words}" == message.subject
    assert words.casefold() in message.text.split("\n")[0].casefold()


def test_a_marking_stands_in_front():
    assert render_digest(mails.a_digest(marking="OFFICIAL")).subject.startswith("[OFFICIAL] Week to 15 October: ")


def test_a_source_that_failed_is_said_in_the_subject():
    subject = render_digest(digests.troubled()).subject

    assert "Week to 15 October: 3 not known, 1 source failed" == subject


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        pytest.param(date(2020, 10, 8), date(2020, 10, 15), "Week to 15 October", id="week"),
        pytest.param(date(2020, 3, 4), date(2020, 3, 5), "Day to 5 March", id="day"),
        pytest.param(date(2020, 3, 5), date(2020, 3, 5), "Day to 5 March", id="the-same-day"),
        pytest.param(date(2020, 2, 29), date(2020, 3, 31), "Month to 31 March", id="month"),
        pytest.param(date(2020, 2, 1), date(2020, 2, 29), "Month to 29 February", id="february"),
        pytest.param(date(2020, 1, 1), date(2020, 3, 31), "Quarter to 31 March", id="quarter"),
        pytest.param(date(2019, 3, 31), date(2020, 3, 31), "Year to 31 March", id="year"),
        pytest.param(date(2020, 10, 15), date(2021, 1, 25), "Digest of 102 days to 25 January", id="any-other"),
    ],
)  # fmt: skip
def test_a_time_is_named_by_how_long_it_is(first, last, words):
    assert words == time_to(first, last)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        pytest.param(FigureCounts(concerns=31, expected=5), ["31 concerns", "5 ·"], id="a-narrow-part-has-its-mark"),
        pytest.param(FigureCounts(expected=2), ["2 as expected"], id="one-part"),
        pytest.param(
            FigureCounts(improvements=11, not_known=19), ["11 +", "19 not known"], id="a-long-word-needs-more-room"
        ),
        pytest.param(FigureCounts(), [], id="nothing"),
    ],
)
def test_a_part_of_the_bar_has_words_where_they_fit_on_a_telephone(counts, words):
    assert words == [part.words for part in bar_of(counts)]
    assert all(part.percent >= 9 for part in bar_of(counts))


def test_the_text_has_the_counts_in_words():
    counts = FigureCounts(concerns=31, changes=1, improvements=2, expected=5, not_known=4)

    assert (
        "31 concerns | 1 change | 2 improvements | 5 as expected | 4 not known"
        in render_digest(digests.busy(counts=counts)).text
    )
