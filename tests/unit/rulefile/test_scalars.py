"""What an unquoted word is."""

from datetime import date

import pytest

from alerting.rulefile.yaml.scalars import NotAFigure, resolved


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", "Null"),
        ("true", True), ("false", False), ("True", "True"), ("TRUE", "TRUE"),
        ("no", "no"), ("NO", "NO"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"),
        ("0", 0), ("-0", 0), ("+5", 5), ("90", 90), ("-3", -3),
        ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-2.5E-1", -0.25),
        ("017", "017"), ("00", "00"), ("01.5", "01.5"), ("0x1F", "0x1F"), ("0o17", "0o17"), ("1_000", "1_000"),
        ("1,234", "1,234"), ("90 %", "90 %"), ("1:30", "1:30"), ("12:30:45", "12:30:45"),
        (".", "."), ("-", "-"), ("+", "+"), ("e5", "e5"), (".e5", ".e5"), ("--1", "--1"), ("1e", "1e"),
        ("2020-09-14", date(2020, 9, 14)), ("2020-02-30", "2020-02-30"), ("2020-9-4", "2020-9-4"),
        ("2020-09", "2020-09"), ("2020/21-Q2", "2020/21-Q2"), ("2020-W38", "2020-W38"),
        ("2020-09-14T07:00:00", "2020-09-14T07:00:00"),
        ("١٢", "١٢"),
    ],
)  # fmt: skip
def test_a_plain_word_is(word, value):
    found = resolved(word)

    assert (type(value), value) == (type(found), found)


@pytest.mark.parametrize("word", [".nan", ".NaN", ".inf", "-.inf", "+.Inf", "1e999", "9" * 41, "-" + "9" * 5000])
def test_what_is_no_figure_is_refused(word):
    with pytest.raises(NotAFigure):
        resolved(word)
