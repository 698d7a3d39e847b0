"""Messages without their pictures."""

from dataclasses import replace

import pytest

from alerting.domain.notify.notice import Message, Picture
from alerting.domain.notify.shortened import in_short, without_pictures


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p><img class="chart" src="cid:a@x" alt="88% &gt; 80%" width="540"></p>', "<p>88% &gt; 80%</p>"),
        ("<img alt='a > b' src='cid:a@x'>!", "a > b!"),
        ('<img src="cid:a@x">', ""),
        ('<img src="data:image/png;base64,AA" alt="own">', '<img src="data:image/png;base64,AA" alt="own">'),
        ("<p>cid:a@x</p>", "<p>cid:a@x</p>"),
    ],
)
def test_a_pictures_words_stand_in_its_place(html, left):
    message = Message(subject="s", text="t", html=html, pictures=(Picture(id="a@x", png=b""),))

    assert without_pictures(message) == replace(message, html=left, pictures=())


def test_a_message_in_short_is_the_beginning_of_its_text_and_says_that_there_is_more():
    text = "\n".join(f"Line {n} of <b>many</b> & more." for n in range(1000))
    short = in_short(Message(subject="s", text=text, html="<p>" + "x" * 90_000, pictures=()))
    assert short.text.startswith("Line 0 of <b>many</b> & more.\nLine 1 ")
    assert len(short.text) < 4200
    assert "The rest is left out" in short.text
    assert "&lt;b>many&lt;/b> &amp; more" in short.html
    assert len(short.html) < 6000


def test_a_short_message_in_short_is_all_of_its_text():
    assert "83%" == in_short(Message(subject="s", text="83%", html="")).text
