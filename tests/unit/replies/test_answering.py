"""What is written, in the forms of programs beyond the matrix, and where the message is not known."""

import pytest
from samples.replies.cases import ALERTS, NOTICE, NOTICE_HTML, TOKEN, TOLD, quoted

from alerting.replies.answering import answer
from alerting.replies.incoming import Act
from alerting.replies.reading import read_mail

OK, NOT_MINE, COMMENT = Act.ACKNOWLEDGE, Act.NOT_MINE, Act.COMMENT
HEAD = "From: P <alerts@example.org>\nSent: Thursday\nTo: C\nSubject: x\n\n"


def said(text, kind="text/plain", told=TOLD, items=5):
    raw = f"From: c@example.org\nContent-Type: {kind}; charset=utf-8\n\n{text}"
    found = answer(read_mail(raw.encode()), told=told, items=items)
    return found.act, found.items, found.comment


@pytest.mark.parametrize(
    "frame",
    [
        f"Performance alerts <{ALERTS}> schrieb am Do., 15. Okt. 2020, 07:00:\n\n{quoted()}",
        f"Am 15.10.20 um 07:00 schrieb Performance alerts:\n{quoted()}",
        f"Le 15/10/2020 à 07:00, Performance alerts a écrit :\n{quoted()}",
        f"Performance alerts a écrit le 15/10/2020 à 07:00 :\n{NOTICE}",
        (
            f"From: Performance alerts <{ALERTS}>\nDate: Thursday, 15 October 2020 at 07:00\nTo: C "
            f"<c@example.org>\nSubject: x\n{NOTICE}"
        ),
        f"From: Performance alerts [mailto:{ALERTS}] \nSent: 15 October 2020 07:00\nTo: C\nSubject: x\n\n{NOTICE}",
        f"*From:* P <{ALERTS}>\n*Sent:* Thursday\n*To:* C\n*Subject:* x\n\n{NOTICE}",
        f"**Von:** P <{ALERTS}>\n**Gesendet:** Do.\n**An:** C\n**Betreff:** x\n\n{NOTICE}",
        f"-----Ursprüngliche Nachricht-----\nVon: P\nGesendet: x\nAn: y\nBetreff: z\n\n{NOTICE}",
        f"-----Message d'origine-----\nDe : P\nEnvoyé : x\nÀ : y\nObjet : z\n\n{NOTICE}",
        f"-----Neges Wreiddiol-----\nOddi wrth: P\nAnfonwyd: x\nAt: y\nPwnc: z\n\n{NOTICE}",
        f"   ----- Forwarded message ----- From: P <{ALERTS}>To: C <c@example.org>Sent: Thursday\nSubject: x\n{NOTICE}",
        f"P---15/10/2020 07:00:00---\n\nFrom: P\nTo: C\nDate: 15/10/2020 07:00\nSubject: x\n\n{NOTICE}",
        f"Den 15. okt. 2020 kl. 07.00 skrev Performance alerts <{ALERTS}>:\n\n{quoted()}",
        f"15.10.2020 07:00 пользователь Performance alerts <\n{ALERTS}> написал:\n{quoted()}",
        f"Fra: P <{ALERTS}>\nSendt: 15. oktober 2020\nTil: C\nEmne: x\n\n{NOTICE}",
        f"Original Message\n\nFrom: P\nSent: x\nTo: a@example.org;\n  b@example.org;\n  c@example.org\nSubject: x\n\n{NOTICE}",
        "On 15 October 2020 at 07:00, Performance alerts wrote:\n",
        NOTICE,
        TOLD[1],
    ],
)
def test_a_quote_is_known_in_whatever_frame(frame):
    assert (OK, (), "") == said(f"ok\n\n{frame}")


@pytest.mark.parametrize(
    "around",
    [
        "{}\n____________________\nHead of Contact\nok",
        "{}\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.",
        "OFFICIAL - FOR POLICE USE ONLY\n\n{}",
        "Classification: OFFICIAL\n\n{}",
        "[EXTERNAL EMAIL]\n\n{}",
        "EXTERNAL EMAIL: This email came from outside the force. Think before you click.\n{}",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Öffnen Sie keine Anhänge.\n\n{}",
        "RHYBUDD: Daeth y neges hon o'r tu allan i'r sefydliad.\n\n{}",
        "ATTENTION : Cet e-mail provient de l'extérieur de l'organisation.\n\n{}",
        "{}\n\nKind regards,\n\nHead of Contact\nTel. 01632 960123",
        "{}\n\nMit freundlichen Grüßen\nLeitstelle",
        "{}\n\nCofion gorau\nPennaeth Troseddau",
        "{}\n\n*****\nThis e-mail is intended only for the addressee.\n*****\nwww.example.org",
        "{}\n\nSent from Mail for Windows",
        "{}\n\nGesendet von Mail für Windows",
        "{}\n\nEnvoyé à partir d'Outlook pour iOS",
        "{}\n\nAnfonwyd o fy iPhone",
        "{}\n\nVirus-free. www.example.org\n<https://www.example.org/scan>",
        "{}\n\n[cid:image001.png@01D6A2]",
        "\u00a0\n{}\u00a0\n\u00a0",
    ],
)
def test_what_stands_around_words_is_left_out(around):
    assert (NOT_MINE, (), "") == said(around.format("not mine"))
    assert (COMMENT, (), "Two cars are off the road.") == said(around.format("Two cars are off the road."))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hi all,\n\nok\n\nThanks\nHead", "Hi all,\n\nok"),
        ("OK. We look into it.", "OK. We look into it."),
        (
            "We have staff.\n\nRegards\nHead\nPS: The rota changes in May too.",
            "We have staff.\n\nRegards\nHead\nPS: The rota changes in May too.",
        ),
        (
            "We have a plan.\nThanks\nThe rota changes in May and June.",
            "We have a plan.\nThanks\nThe rota changes in May and June.",
        ),
        (
            "On Monday the Deputy Chief Constable wrote:\nno more staff",
            "On Monday the Deputy Chief Constable wrote:\nno more staff",
        ),
        (
            "On 12 October the Chief Constable wrote:\nno more staff",
            "On 12 October the Chief Constable wrote:\nno more staff",
        ),
        (f"On 12 October we wrote to the Chief\n\n{quoted()}", "On 12 October we wrote to the Chief"),
        (f"{'On it ' * 99}wrote 1:\n{quoted()}", f"{'On it ' * 99}wrote 1:"),
        ("Original message\nwas wrong.", "Original message\nwas wrong."),
        (
            f"{HEAD}{NOTICE}\nWe look into all of them for somebody else.\n",
            "We look into all of them for somebody else.",
        ),
        ("Sent 12 officers from Wellington.", "Sent 12 officers from Wellington."),
        ("If you have received the new figures, tell me.", "If you have received the new figures, tell me."),
        ("Cars: 3\nVans: 2\nStaff: 41\n\n" + NOTICE, "Cars: 3\nVans: 2\nStaff: 41"),
        ("thanks", "thanks"),
        ("see https://example.org/plan", "see https://example.org/plan"),
    ],
)
def test_words_that_look_like_something_else_are_kept(text, kept):
    assert (COMMENT, (), kept) == said(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ok<br><br>We act.<br>", (OK, (), "We act.")),
        ("<style>x{}</style><p>&#111;k</p>", (OK, (), "")),
        ("<div>ok</div><div>-- <br>Head of Contact</div><blockquote>x</blockquote>", (OK, (), "")),
        (
            (
                "<p>ok 3</p><div><b>Von:</b> P<br><b>Gesendet:</b> x<br><b>An:</b> y<br><b>Betreff:</b> "
                f"z</div>{NOTICE_HTML}"
            ),
            (OK, (3,), ""),
        ),
        (f"{NOTICE_HTML}<p>not mine</p><p>Crime's</p>", (NOT_MINE, (), "Crime's")),
        (f"<blockquote>{NOTICE_HTML}</blockquote><p>noted</p>", (OK, (), "")),
        ("<ul><li>one</li><li>two</li></ul>", (COMMENT, (), "one\ntwo")),
        ('On it <img alt="🚓"> <img alt="logo">', (COMMENT, (), "On it 🚓")),
    ],
)
def test_html_says_what_it_shows(text, found):
    assert found == said(text, "text/html")


def test_links_that_a_gateway_rewrote_do_not_make_a_line_of_ours_a_persons():
    told = (f"{NOTICE}More: https://example.org/report\n",)
    text = f"{HEAD}{NOTICE}More: https://gate.example.net/?u=https%3A%2F%2Fexample.org%2Freport\n\nFigures are late.\n"
    assert (COMMENT, (), "Figures are late.") == said(text, told=told)


def test_the_words_of_a_chart_are_ours_where_its_picture_came_as_text():
    told_html = f'{NOTICE_HTML}<p><img src="cid:1" alt="Burglary in Telford: January 612, February 640, March 941"></p>'
    text = f"{HEAD}{TOLD[1]}\n\n[Burglary in Telford: January 612, February 640, March 941]\n\nThree were one series.\n"
    assert (COMMENT, (), "Three were one series.") == said(text, told=(NOTICE, *said_forms(told_html)))


def said_forms(html):
    from alerting.replies.told import forms

    return forms("", html)[1:]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"ok\n\n{HEAD}{NOTICE}", (OK, (), ""), id="a head"),
        pytest.param(f"On 15 Oct 2020, at 07:00, P <a@example.org> wrote:\n{quoted()}\nok\n", (OK, (), ""), id="marks"),
        pytest.param(
            f"{HEAD}{NOTICE}\nok\n", (Act.NONE, (), ""), id="below an unmarked quote nothing can be told apart"
        ),
        pytest.param(
            f"ok\n\nOn 15 Oct 2020, at 07:00, P <a@example.org> wrote:\n\n{NOTICE}",
            (OK, (), ""),
            id="a sure attribution",
        ),
    ],
)
def test_where_the_message_is_not_known_marks_and_heads_decide(text, found):
    assert found == said(text, told=())


def test_a_marking_of_the_organisations_own_is_known_by_the_message_that_begins_with_it():
    quote = NOTICE.replace("OFFICIAL", "FORCE EYES")
    text = f"Force eyes\n\nok\n\nWe act.\n\n{HEAD}{quote}"
    assert [(OK, (), "We act."), (COMMENT, (), "Force eyes\n\nok\n\nWe act.")] == [
        said(text, told=(quote,)),
        said(text),
    ]


def test_the_line_that_holds_the_token_is_ours_though_it_is_not_known():
    quote = NOTICE.replace("What now.", f"Reference: {TOKEN.upper()}\n\nWhat now.")
    assert [(OK, (), ""), (OK, (), "")] == [said(f"ok\n\n{HEAD}{quote}"), said(f"ok\n\nReference: {TOKEN}\n")]


def test_a_signature_below_the_quote_is_nobodys_words():
    assert (OK, (), "") == said(f"ok\n\nOn 15/10/2020 P wrote:\n{quoted()}\n\n\n--\nHead of Contact\n")


def test_a_button_of_ours_in_a_quote_is_not_pressed_by_quoting_it():
    assert (Act.NONE, (), "") == said(f"{HEAD}OK\nNot mine\n{NOTICE}\nOK\n", told=(f"{NOTICE}\nOK\n", NOTICE))


def test_a_comment_is_cut_at_4000_characters_and_says_so():
    raw = f"From: c@example.org\n\nok\n{'x' * 4001}".encode()
    exactly = f"From: c@example.org\n\nok\n{'x' * 4000}".encode()
    assert [(4000, True), (4000, False)] == [
        (len(found.comment), found.cut)
        for found in (answer(read_mail(one), told=(), items=1) for one in (raw, exactly))
    ]
