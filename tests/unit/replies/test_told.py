"""Our own words known again: how long a line must be, how much may have changed, and where it stood."""

import pytest

from alerting.replies.told import SentWords, forms, visible

TEXT = """\
OFFICIAL

Burglary in Telford rose
ok
See https://example.org/reports/burglary
https://example.org/more
Figures of October
"""
TOLD = SentWords((TEXT,))


@pytest.mark.parametrize(
    ("line", "is_ours"),
    [
        pytest.param("ingtonburglaryx", False, id="other words"),
        pytest.param("Burglary in Telf", False, id="14 letters"),
        pytest.param("Burglary in Telfo", True, id="15 letters"),
        pytest.param("BURGLARY, in (Telford)", True, id="other capitals and signs"),
        pytest.param("in Telford rose ok See", True, id="over the ends of lines"),
        pytest.param("https://example.org/more", True, id="a link of ours alone"),
        pytest.param("https://example.net/more", False, id="another link alone"),
        pytest.param("http://a.de/1234", False, id="a short link"),
        pytest.param("https://example", False, id="12 letters of a link"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_line_of_fifteen_letters_is_ours_wherever_it_stands(line, is_ours):
    assert is_ours is TOLD.has_long(line)


@pytest.mark.parametrize(
    ("before", "line", "goes_on"),
    [
        ("Burglary in", "Telfo", True),
        ("Burglary in", "Telf", False),
        ("Burglary in Telford", "", False),
        ("", "Burglary in Telford", False),
        ("See https://example.org/rep", "orts/burglary", True),
        ("Burglary in", "Wellington", False),
        ("x" * 300, "Burglary in Telford", False),
    ],
)
def test_a_line_goes_on_where_both_stand_in_one_piece(before, line, goes_on):
    assert goes_on is TOLD.goes_on(before, line)


@pytest.mark.parametrize(
    ("line", "is_kin"),
    [
        ("rose in burglary", True),
        ("Telford", True),
        ("Wellington", False),
        ("burglary in Wellington rose again", False),
        ("burglary in Telford rose again", True),
        ("burglary in Telford two three", True),
        ("burglary in one two three", False),
        ("...", True),
    ],
)
def test_a_changed_line_is_kin_by_its_words_or_neighbours(line, is_kin):
    assert is_kin is TOLD.is_kin(line)


@pytest.mark.parametrize(
    ("line", "after", "follows"),
    [
        ("ok", "Burglary in Telford rose", True),
        ("OK.", "in Telford rose", True),
        ("ok", "Figures of October", False),
        ("OFFICIAL", "Burglary in Telford rose", False),
        ("Burglary in Telford rose", "OFFICIAL", True),
        ("ok", "nowhere to be found", False),
        ("k", "Burglary in Telford rose", False),
    ],
)
def test_a_line_follows_where_the_message_has_it_further_down(line, after, follows):
    assert follows is TOLD.follows(line, after)


def test_the_last_place_of_a_line_counts():
    once, twice = SentWords(("Figures of October\nok\n",)), SentWords(("Figures of October\nok\nFigures of October\n",))
    assert [True, False] == [told.follows("ok", "Figures of October") for told in (once, twice)]


def test_short_lines_and_signs_are_known_whole():
    assert [True, False, True] == [TOLD.has_line(line) for line in ("OK!", "o", "See https://example.net/other")]
    assert [True, False, False] == [SentWords(("! CONCERN\n83% ~\n",)).has_signs(line) for line in (" ! ~ ", "?", " ")]
    assert [True, False] == [TOLD.opens_with(line) for line in ("Official.", "ok")]


def test_nothing_is_ours_where_the_message_is_not_known():
    nothing = SentWords(())
    assert [False] * 5 == [
        nothing.is_known,
        nothing.has_long("x" * 40),
        nothing.has_line("x"),
        nothing.opens_with("x"),
        nothing.goes_on("x" * 20, "y"),
    ]
    assert TOLD.is_known


def test_a_message_is_known_in_every_form_it_was_sent_in():
    assert ("a", "b\n\nc") == forms("a", '<p>b</p><img alt="c">')
    assert ("a",) == forms("a", "")


def test_what_nobody_sees_is_left_out_and_what_joins_emoji_stays():
    assert "a b\nc 👮\u200d♀" == visible("a\u00a0b\u2028\u200bc\u202f\ufeff👮\u200d♀\x07")
