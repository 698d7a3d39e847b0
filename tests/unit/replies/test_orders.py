"""The first line of a reply: what is an order, and what is no more than words."""

import pytest

from alerting.replies.incoming import Act
from alerting.replies.orders import order_of

OK, NOT_MINE, FALSE_ALARM = Act.ACKNOWLEDGE, Act.NOT_MINE, Act.FALSE_ALARM


@pytest.mark.parametrize(
    ("line", "act", "numbers"),
    [
        ("ok", OK, ()),
        ("OK", OK, ()),
        ("Ok.", OK, ()),
        ("okay", OK, ()),
        ("O.K.", OK, ()),
        ("ok…", OK, ()),
        ("OK!!!", OK, ()),
        ("acknowledge", OK, ()),
        ("Acknowledged", OK, ()),
        ("NOTED", OK, ()),
        ("\u00a0 noted \u00a0", OK, ()),
        ("*ok*", OK, ()),
        ("“ok”", OK, ()),
        ("ok :-)", OK, ()),
        ("OK 👍🏽", OK, ()),
        ("ｏｋ", OK, ()),
        ("OFFICIAL: noted", OK, ()),
        ("[OFFICIAL-SENSITIVE] ok", OK, ()),
        ("OFFICIAL - SENSITIVE ok", OK, ()),
        ("OFFICIAL OK", OK, ()),
        ("Ok, thanks", OK, ()),
        ("noted – thanks", OK, ()),
        ("Many thanks, noted.", OK, ()),
        ("noted with thanks", OK, ()),
        ("Thank you. Acknowledged", OK, ()),
        ("ok, ta", OK, ()),
        ("ok danke", OK, ()),
        ("OK, merci beaucoup", OK, ()),
        ("ok diolch yn fawr", OK, ()),
        ("ok – thank you very much!", OK, ()),
        ("not mine", NOT_MINE, ()),
        ("Not mine!", NOT_MINE, ()),
        ("not-mine", NOT_MINE, ()),
        ("Not mine, thanks.", NOT_MINE, ()),
        ("false alarm", FALSE_ALARM, ()),
        ("False alarms, thanks!", FALSE_ALARM, ()),
        ("OFFICIAL: false-alarm", FALSE_ALARM, ()),
        ("3 5 false alarm", FALSE_ALARM, (3, 5)),
        ("false alarm: 2-3", FALSE_ALARM, (2, 3)),
        ("ok 2 5", OK, (2, 5)),
        ("2 5 ok", OK, (2, 5)),
        ("ok 2, 5", OK, (2, 5)),
        ("OK: 5,2", OK, (2, 5)),
        ("ok 2 and 5", OK, (2, 5)),
        ("ok 2 & 5, thanks", OK, (2, 5)),
        ("ok #2 #5", OK, (2, 5)),
        ("ok (2) (5)", OK, (2, 5)),
        ("ok 2 2 02", OK, (2,)),
        ("4 not mine", NOT_MINE, (4,)),
        ("not mine: 4", NOT_MINE, (4,)),
        ("ok 2-5", OK, (2, 3, 4, 5)),
        ("ok 2 – 4", OK, (2, 3, 4)),
        ("ok ٢", OK, (2,)),
    ],
)
def test_an_order_is_known_however_it_is_written(line, act, numbers):
    order = order_of(line)
    assert (act, numbers) == ((order.act, order.numbers(9)) if order else (None, ()))


@pytest.mark.parametrize(
    "line",
    [
        "OK but …",
        "ok?",
        "OK？",
        "noted?",
        "not ok",
        "nok",
        "ok ok",
        "ok thanks, will do",
        "it is not mine",
        "not mine but Crime's",
        "no false alarm",
        "false",
        "false alarm?",
        "ok 2 false alarm 4",
        "mine",
        "thanks",
        "👍",
        "ok 👎",
        "ok 😡",
        "ok 2.5",
        "ok 2/5",
        "ok 10%",
        "ok +2",
        "2 ok 5",
        "ok 2 ok 5",
        "ok 2 not mine 4",
        "ok 2 to 5",
        "ok two",
        "okey dokey",
        "OK'd",
        "books",
        "acknowledgement",
        "noted, Jo",
        "ok all",
        "",
        "...",
        "2 5",
        "official",
        "ok" * 200,
        "Official ok",
        "unofficially ok",
        "ok <b>",
        "oκ",
        "о\u200bk",
    ],
)
def test_anything_else_is_no_order(line):
    assert order_of(line) is None


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        pytest.param("ok 3", (3,), id="the last one"),
        pytest.param("ok 4", None, id="beyond the last"),
        pytest.param("ok 0", None, id="nought"),
        pytest.param("ok 1 4", None, id="one of them"),
        pytest.param("ok 2-4", None, id="a range that goes beyond"),
        pytest.param("ok 3-2", None, id="a range backwards"),
        pytest.param("ok 1-999999999999", None, id="a range without end"),
        pytest.param(f"ok {'9' * 150}", None, id="a number of 150 digits"),
    ],
)
def test_numbers_are_those_of_the_message_or_none_at_all(line, numbers):
    assert numbers == order_of(line).numbers(3)
