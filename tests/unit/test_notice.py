"""Messages without their pictures."""

import pytest

from alerting.domain.notice import Message, Picture


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

    assert (message.without_pictures().html, message.without_pictures().pictures) == (left, ())
