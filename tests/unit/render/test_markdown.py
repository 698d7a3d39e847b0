"""Words of others in Markdown: they read as they are, and do nothing."""

import pytest

from alerting.render.markdown import block, in_html, inline, lines_within, within

STILL = "\N{ZERO WIDTH SPACE}"


@pytest.mark.parametrize(
    ("title", "written"),
    [
        pytest.param("999 calls in 10 s", "999 calls in 10 s", id="plain"),
        pytest.param("@everyone look", f"@{STILL}everyone look", id="mention"),
        pytest.param("see #12 and GH-7", f"see \\#{STILL}12 and GH{STILL}\\-7", id="issues"),
        pytest.param("https://example.org/x", f"https:{STILL}//example\\.org/x", id="address"),
        pytest.param("www.example.org", f"www{STILL}\\.example\\.org", id="address-without-scheme"),
        pytest.param("[a](b)", "\\[a\\]\\(b\\)", id="link"),
        pytest.param("![a](b)", "\\!\\[a\\]\\(b\\)", id="picture"),
        pytest.param("<img src=x> & more", f"&lt;img src\\=x&gt; &amp;{STILL} more", id="html"),
        pytest.param("a | b ` c * d _ e", "a \\| b \\` c \\* d \\_ e", id="marks"),
        pytest.param("one\n\n# two\n/close", f"one \\#{STILL} two /close", id="lines"),
        pytest.param(":tada: ~bug %1 !3", f":{STILL}tada: \\~{STILL}bug %{STILL}1 \\!{STILL}3", id="gitlab"),
        pytest.param("fixes 1a2b3c4d5e", f"fixes 1a2b{STILL}3c4d5e", id="commit"),
        pytest.param("a\u202eb\x1b[1m", "ab \\[1m", id="directions-and-controls"),
    ],
)
def test_a_title_is_text_and_no_more(title, written):
    assert written == inline(title)


def test_between_tags_nothing_is_marked_up_and_nothing_is_live():
    assert f"&lt;b&gt; @{STILL}all *x*" == in_html("<b> @all\n*x*")


def test_a_block_cannot_be_ended_from_inside():
    found = block("a\n```\n@all\n````js\nb", 1_000)
    assert found.startswith("`````text\na\n") and found.endswith("\nb\n`````")


def test_what_is_too_long_is_cut_at_a_character_and_what_is_left_out_is_counted():
    assert "ab…" == within("abcdef", 5)
    assert "…" == within("äöü", 4)
    assert "äöü" == within("äöü", 6)
    assert ["aaaa", "- … and 2 more lines, left out here for want of room"] == list(
        lines_within(["aaaa", "bbbb", "c"], 8, "line")
    )
    (long,) = lines_within(["ä" * 9_000], 60_000, "line")
    assert len(long.encode()) <= 1_500
