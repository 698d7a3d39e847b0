"""A token opens the message and reader it was made for, with any key in force, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.replies.token import TOKEN_LENGTH, Purpose, looks_like_token, opened, reference, reference_of, sign

OLD, NEW = b"0123456789abcdef", b"fedcba9876543210"
READER = "commander.telford@example.org"
KEYS = st.binary(min_size=16, max_size=40)


@given(KEYS, st.text(), st.text(), st.sampled_from(Purpose), st.booleans())
def test_what_was_signed_opens_in_any_case_of_letters(key, message, recipient, purpose, capitals):
    token = sign(key, message, recipient, purpose)
    shown = token.upper() if capitals else token
    assert (purpose, True) == (opened([OLD, key], shown, message, recipient), looks_like_token(shown))
    assert reference(message, recipient, purpose) == reference_of(shown)


@given(st.integers(0, TOKEN_LENGTH - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_letter_opens_nothing(place, letter):
    token = sign(NEW, "n-1", READER)
    changed = token[:place] + letter + token[place + 1 :]
    assert (None if changed != token else Purpose.ANSWER) == opened([NEW], changed, "n-1", READER)


@given(st.integers(0, TOKEN_LENGTH - 1))
def test_a_cut_token_opens_nothing_and_is_not_looked_up(length):
    cut = sign(NEW, "n-1", READER)[:length]
    assert (None, "", False) == (opened([NEW], cut, "n-1", READER), reference_of(cut), looks_like_token(cut))


def test_a_rotated_key_goes_on_opening_while_it_is_kept():
    token = sign(OLD, "n-1", READER)
    assert (Purpose.ANSWER, None) == (opened([NEW, OLD], token, "n-1", READER), opened([NEW], token, "n-1", READER))


@pytest.mark.parametrize(
    ("message", "recipient"),
    [("n-2", READER), ("n-1", "commander.shropshire@example.org"), ("n-1 ", READER), ("", f"n-1 {READER}")],
)
def test_it_opens_neither_another_message_nor_another_reader(message, recipient):
    assert opened([NEW], sign(NEW, "n-1", READER), message, recipient) is None


def test_a_seal_of_one_reader_does_not_fit_the_reference_of_another():
    mine, theirs = sign(NEW, "n-1", READER), sign(NEW, "n-1", "commander.shropshire@example.org")
    assert opened([NEW], theirs[:12] + mine[12:], "n-1", "commander.shropshire@example.org") is None


def test_capitals_in_the_address_make_no_difference():
    assert Purpose.RETURN == opened([NEW], sign(NEW, "n-1", READER, Purpose.RETURN), "n-1", READER.upper())


def test_a_token_fits_before_the_at_sign_also_where_a_server_rewrites_it():
    assert len(f"SRS0=abcd=ef=example.org=alerts+{sign(NEW, 'n-1', READER)}") <= 64


@pytest.mark.parametrize("text", ["é" * TOKEN_LENGTH, "1" * TOKEN_LENGTH, " " * TOKEN_LENGTH, "\u212a" * TOKEN_LENGTH])
def test_only_letters_and_digits_of_base_32_look_like_a_token(text):
    assert (False, None) == (looks_like_token(text), opened([NEW], text, "n-1", READER))


def test_a_letter_that_is_small_in_another_script_only_opens_nothing():
    token = next(t for n in range(99) if "k" in (t := sign(NEW, f"n-{n}", READER)))
    number = next(n for n in range(99) if sign(NEW, f"n-{n}", READER) == token)
    assert opened([NEW], token.replace("k", "\u212a"), f"n-{number}", READER) is None


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="16 octets"):
        sign(b"secret", "n-1", READER)
