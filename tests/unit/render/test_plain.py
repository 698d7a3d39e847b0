"""Text that came in as data leaves as something a mail can carry and a reader can trust."""

import pytest

from alerting.wording import plain


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "999 calls\r\nBcc: all@example.org", "999 calls Bcc: all@example.org", id="a-line-end-starts-no-header"
        ),
        pytest.param("a\u2028b\x85c\x0bd\x00e", "a b c d e", id="other-line-ends-and-nul"),
        pytest.param("83% \u202eevil\u2066", "83% evil", id="nothing-turns-the-direction"),
        pytest.param("محطة 83%", "محطة 83%", id="letters-that-run-right-to-left-stay"),
        pytest.param("=?utf-8?q?x=0ABcc:_e?=", "= ?utf-8?q?x=0ABcc:_e? =", id="an-encoded-word-stays-letters"),
        pytest.param("half \ud83d", "half \N{REPLACEMENT CHARACTER}", id="half-a-character"),
    ],
)
def test_a_header_line(text: str, line: str) -> None:
    assert line == plain.one_line(text)


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        pytest.param("three words here", 16, "three words here", id="fits"),
        pytest.param("three words here", 15, "three words…", id="cut-at-a-word"),
        pytest.param("onewordonly", 5, "onew…", id="cut-in-a-word"),
        pytest.param("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 2, "👩‍👩‍👧…", id="a-family-is-one"),
        pytest.param("🇬🇧🇫🇷🇩🇪", 2, "🇬🇧…", id="a-flag-is-one"),
        pytest.param("e\u0301e\u0301e\u0301", 2, "e\u0301…", id="an-accent-belongs-to-its-letter"),
        pytest.param("👍🏽👍🏽👍🏽", 2, "👍🏽…", id="a-skin-tone-belongs-to-its-hand"),
    ],
)
def test_shortening_counts_what_a_reader_sees(text: str, length: int, short: str) -> None:
    assert short == plain.shortened(text, length)


def test_a_flood_of_accents_is_dammed() -> None:
    assert len(plain.shortened("e" + "\u0301" * 500, 150)) < 12


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("since July 2020", "Since July 2020.", id="a-phrase"),
        pytest.param("Is it so?", "Is it so?", id="a-question"),
        pytest.param("VAL rate", "VAL rate.", id="capitals-stay"),
    ],
)
def test_a_phrase_becomes_a_sentence(phrase: str, sentence: str) -> None:
    assert sentence == plain.sentence(phrase)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 exceptions"), (1, "1 exception"), (2, "2 exceptions"), (1204, "1,204 exceptions")],
)
def test_a_noun_agrees_with_its_number(count: int, text: str) -> None:
    assert text == plain.counted(count, "exception")


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_reads_as_a_sentence_does(words: list[str], text: str) -> None:
    assert text == plain.listed(words)


def test_wrapping_keeps_an_address_whole_and_hangs_the_rest() -> None:
    address = "https://example.org/" + "x" * 90

    assert f"- see\n  {address}\n  now" == plain.wrapped(f"see {address} now", "- ")
