"""Templates of an organisation's own: which one counts, what it can use, and the process that renders it."""

import os
import re
import signal
import sys

import pytest
from samples import charts, mails
from samples.rule_folders import sound_with, written
from samples.templates import a_view, applied, checked, folder_with

from alerting.render.notice import render_notice
from alerting.render.own_templates.host import TemplateFailed, TemplateHost
from alerting.render.own_templates.overrides import Overrides
from alerting.render.own_templates.visible_text import numbers_in, words_of

HTML = '{% extends "builtin/mail.html.j2" %}{% block body %}<p>{{ events[0].text }}</p>{% endblock %}'
MESSAGE = render_notice(a_view())
#: Takes the second of the processor that it has.
ENDLESS = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"
EACH = ("rules/calls-target/", "owners/head/", "channels/email/", "")


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("kind", "part"), [("notice", "subject"), ("notice", "txt"), ("notice", "html"), ("digest", "txt")]
)
@pytest.mark.parametrize("first", range(4), ids=["rule", "owner", "channel", "for-all"])
def test_the_nearest_template_counts(first, kind, part, tmp_path):
    templates = {f"{place}{kind}.{part}.j2": f"Of {place or 'all'}" for place in EACH[first:]}
    is_notice = kind == "notice"

    outcome = applied(
        folder_with(tmp_path, templates), a_view() if is_notice else mails.a_digest(marking=None),
        rules=("calls-target",) if is_notice else (),
    )  # fmt: skip

    wanted = EACH[first] if is_notice else EACH[max(first, 1)]
    shown = {"subject": outcome.message.subject, "txt": outcome.message.text, "html": words_of(outcome.message.html)}
    assert (f"Of {wanted or 'all'}", ()) == (shown[part].strip(), outcome.problems)


@pytest.mark.parametrize(
    "about",
    [
        pytest.param({"rules": ("calls-target", "other")}, id="two-rules"),
        pytest.param({"rules": ("other",)}, id="another-rule"),
        pytest.param({"rules": ("../owners/head",)}, id="an-id-that-leads-elsewhere"),
    ],
)
def test_a_rules_template_is_for_messages_about_that_rule_alone(about, tmp_path):
    folder = folder_with(tmp_path, {"rules/calls-target/notice.subject.j2": "x", "owners/head/notice.txt.j2": "y"})

    message = applied(folder, owner="chief", **about).message

    assert (render_notice(a_view()).subject, render_notice(a_view()).text) == (message.subject, message.text)


def test_an_id_with_a_slash_is_a_folder_in_a_folder(tmp_path):
    folder = folder_with(tmp_path, {"rules/crime/rape/notice.subject.j2": "x"})

    assert "x" == applied(folder, rules=("crime/rape",)).message.subject
    assert [
        'rules/templates/rules/crime/rape/notice.subject.j2:1:1: error[unknown-template]: no rule "crime/rape"'
    ] == checked(folder)


def test_each_channel_gets_its_own_and_what_they_share_is_one_message(tmp_path):
    folder = folder_with(tmp_path, {"channels/ops-room/notice.txt.j2": "{{ subject }}"})
    view = a_view()
    with Overrides(folder) as overrides:
        found = overrides.overridden(render_notice(view), view, owner="head", channels=["email", "ops-room", "archive"])

    assert found["email"] is found["archive"]
    assert render_notice(view).subject == found["ops-room"].text.strip()


def test_without_templates_no_process_starts_and_the_message_is_the_built_in_one(tmp_path):
    outcome = applied(sound_with(tmp_path / "rules"))

    assert (outcome.built_in, 0) == (outcome.message, outcome.starts)


def test_one_process_renders_for_a_thousand_owners(tmp_path):
    folder = folder_with(
        tmp_path, {"notice.subject.j2": "For {{ owner }}", "owners/o7/notice.subject.j2": "{{ nope }}"}
    )
    with Overrides(folder) as overrides:
        subjects = set()
        for n in range(1_000):
            view = a_view(owner=f"Owner {n}")
            found = overrides.overridden(MESSAGE, view, owner=f"o{n}", channels=["email"])
            subjects.add(found["email"].subject)
        assert (1_000, 1, 1) == (len(subjects), overrides.starts, len(overrides.problems))


def test_a_template_that_had_its_process_ended_is_not_tried_again_and_others_go_on(tmp_path):
    folder = folder_with(tmp_path, {"notice.txt.j2": ENDLESS, "notice.subject.j2": "For {{ owner }}"})
    view = a_view()
    with Overrides(folder) as overrides:
        for _ in range(50):
            found = overrides.overridden(MESSAGE, view, owner="head", channels=["email"])["email"]
        assert ("For Commander, Telford & Wrekin", 2) == (found.subject, overrides.starts)
    assert [True] == [problem.message.startswith("it takes too long: more than ") for problem in overrides.problems]


def test_all_templates_together_may_take_so_long_and_no_longer(tmp_path):
    folder = folder_with(tmp_path, {"notice.subject.j2": "For {{ owner }}"})
    with Overrides(folder, together_s=1e-9) as overrides:
        first, second = (
            overrides.overridden(MESSAGE, a_view(), owner="head", channels=["email"])["email"] for _ in "ab"
        )

    assert ("For Commander, Telford & Wrekin", MESSAGE.subject) == (first.subject, second.subject)
    assert "all templates together take more than" in overrides.problems[0].message


def test_what_one_message_sets_no_other_sees(tmp_path):
    shared = "{% set kept = namespace(n=0) %}{% macro next() %}{% set kept.n = kept.n + 1 %}{{ kept.n }}{% endmacro %}"
    folder = folder_with(
        tmp_path, {"shared/count.j2": shared, "notice.txt.j2": '{% import "shared/count.j2" as c %}{{ c.next() }}{{ c.next() }}'}
    )  # fmt: skip
    with Overrides(folder) as overrides:
        texts = [overrides.overridden(MESSAGE, a_view(), owner=o, channels=["email"])["email"].text for o in "abc"]

    assert ["12\n"] * 3 == texts


def test_the_frame_brings_styles_marking_and_foot(tmp_path):
    html = applied(folder_with(tmp_path, {"notice.html.j2": HTML}), a_view(marking="OFFICIAL")).message.html

    assert html.startswith("<!DOCTYPE html>")
    assert 2 == words_of(html).count("OFFICIAL")
    assert "Sent to Commander, Telford & Wrekin. Figures as known on 15 October 2020." in words_of(html)
    assert 'class="sheet" style="' in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_the_frame_of_the_text_brings_marking_and_foot(tmp_path):
    template = '{% extends "builtin/mail.txt.j2" %}{% block body %}{{ subject|wrapped }}{% endblock %}'

    text = applied(folder_with(tmp_path, {"notice.txt.j2": template}), a_view(marking="OFFICIAL")).message.text

    assert text.startswith("OFFICIAL\n\n[OFFICIAL] ! West Mercia: 999 in 10 s")
    assert text.endswith("\n\nOFFICIAL\n")


def test_the_protective_marking_cannot_be_left_out(tmp_path):
    templates = {
        "notice.subject.j2": "{{ owner }}",
        "notice.txt.j2": "{{ owner }}",
        "notice.html.j2": "<p>{{ owner }}</p>",
    }

    message = applied(folder_with(tmp_path, templates), a_view(marking="OFFICIAL")).message

    assert "[OFFICIAL] Commander, Telford & Wrekin" == message.subject
    assert "OFFICIAL\n\nCommander, Telford & Wrekin\n\nOFFICIAL\n" == message.text
    assert "OFFICIAL Commander, Telford & Wrekin OFFICIAL" == words_of(message.html)


def test_a_marking_in_a_title_or_among_the_words_is_not_the_marking(tmp_path):
    template = "<title>{{ title }}</title><p>No OFFICIAL words for {{ owner }}</p>"

    html = applied(folder_with(tmp_path, {"notice.html.j2": template}), a_view(marking="OFFICIAL")).message.html

    assert "OFFICIAL No OFFICIAL words for Commander, Telford & Wrekin OFFICIAL" == words_of(html)


@pytest.mark.parametrize("marking", ["OFFICIAL", None])
@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("{{ owner }}", "<p>{{ owner }}</p>", id="bare"),
        pytest.param(
            '{% extends "builtin/mail.txt.j2" %}{% block body %}{{ owner }}{% endblock %}',
            '{% extends "builtin/mail.html.j2" %}{% block body %}{{ owner }}{% endblock %}', id="in-the-frame",
        ),
        pytest.param("{{ summary|sentence|wrapped }}\n{{ owner }}", "<p>{{ summary }}</p>{{ owner }}", id="printed-by-it"),
    ],
)  # fmt: skip
def test_why_a_message_is_a_summary_cannot_be_left_out(text, html, marking, tmp_path):
    view = a_view(marking=marking, summary="held back since 14 October 2020, because of quiet hours")

    message = applied(folder_with(tmp_path, {"notice.txt.j2": text, "notice.html.j2": html}), view).message

    for words in (" ".join(message.text.split()), words_of(message.html)):
        assert 1 == words.lower().count("held back since 14 october 2020, because of quiet hours")
        assert words.lower().startswith("official held back" if marking else "held back")
        assert (2 if marking else 0) == words.count("OFFICIAL")


def test_html_without_a_body_is_marked_too(tmp_path):
    template = "<frameset><noframes>{{ owner }}</noframes></frameset>"

    message = applied(folder_with(tmp_path, {"notice.html.j2": template}), a_view(marking="OFFICIAL")).message

    assert words_of(message.html).startswith("OFFICIAL ")


def test_a_subject_that_fails_leaves_the_other_parts_and_says_so_in_them(tmp_path):
    templates = {"notice.subject.j2": "{{ nope }}", "notice.txt.j2": "Own text"}

    outcome = applied(folder_with(tmp_path, templates))

    note = "This message has the built-in subject, because its template failed: templates/notice.subject.j2, line 1: "
    assert outcome.built_in.subject == outcome.message.subject
    assert words_of(outcome.message.text).startswith(f"Own text {note}")
    assert note in words_of(outcome.message.html)


def test_the_note_of_a_failure_stands_before_the_closing_marking(tmp_path):
    message = applied(folder_with(tmp_path, {"notice.html.j2": "{{ nope }}"}), a_view(marking="OFFICIAL")).message

    assert message.text.endswith("'nope' is undefined.\n\nOFFICIAL\n")
    assert re.search(r"line 1: 'nope' is undefined\. .*OFFICIAL$", words_of(message.html))


def test_several_failures_are_one_line(tmp_path):
    templates = {"notice.html.j2": "{{ nope }}", "notice.txt.j2": "{{ nope }}", "notice.subject.j2": "{% if %}"}

    outcome = applied(folder_with(tmp_path, templates))

    assert 1 == words_of(outcome.message.text).count("its template failed")
    assert "And 2 more templates failed." in words_of(outcome.message.text)
    assert 3 == len(outcome.problems)


def test_a_picture_is_shown_by_its_name_and_others_are_left_out(tmp_path):
    view = mails.a_notice(charts.charted(mails.CALLS))
    with_picture = (
        '{% set c = events[0].chart %}<img src="{{ c.src }}" alt="{{ c.alt }}" width="{{ c.width }}">{{ owner }}'
    )

    shown = applied(folder_with(tmp_path / "a", {"notice.html.j2": with_picture}), view)
    left_out = applied(folder_with(tmp_path / "b", {"notice.html.j2": "{{ owner }}"}), view)

    assert shown.built_in.pictures == shown.message.pictures != ()
    assert f"cid:{shown.message.pictures[0].id}" in shown.message.html
    assert () == left_out.message.pictures


ODD_FILES = {
    "a-link-to-a-file-outside": (lambda path, outside: path.symlink_to(outside), "the link leads out"),
    "not-utf-8": (lambda path, _: path.write_bytes(b"x\xff"), "byte 0xFF is not UTF-8"),
    "too-large": (lambda path, _: path.write_text("x" * 300_000), "more than 256 kB"),
    "a-pipe": (lambda path, _: os.mkfifo(path), "no plain file"),
}


@pytest.mark.parametrize("case", ODD_FILES)
def test_a_file_that_is_none_or_lies_outside_is_not_read_and_said(case, tmp_path):
    make, says = ODD_FILES[case]
    folder = folder_with(tmp_path, {"shared/x.j2": "x"})
    make(folder / "templates/notice.txt.j2", written(tmp_path / "outside", {"x.j2": "SECRET"}) / "x.j2")

    outcome = applied(folder)

    assert "SECRET" not in outcome.message.text
    assert [True] == [says in problem for problem in checked(folder)]
    assert [True] == [says in str(problem) for problem in outcome.problems]


def test_a_folder_is_not_looked_into_by_way_of_a_link(tmp_path):
    folder = folder_with(tmp_path, {"shared/x.j2": "x"})
    (folder / "templates/owners").symlink_to(written(tmp_path / "outside", {"head/notice.txt.j2": "SECRET"}))

    assert "SECRET" not in applied(folder).message.text


@pytest.mark.parametrize("is_link", [True, False], ids=["a-link-outside", "a-file"])
def test_templates_that_are_no_folder_inside_are_said_and_not_used(is_link, tmp_path):
    top = sound_with(tmp_path / "rules") / "templates"
    if is_link:
        top.symlink_to(written(tmp_path / "outside", {"notice.txt.j2": "SECRET"}))
    else:
        top.write_text("x")

    outcome = applied(top.parent)

    assert outcome.built_in == outcome.message
    assert ["rules/templates:1:1"] == [str(problem.place) for problem in outcome.problems]
    assert [True] == [problem.startswith("rules/templates:1:1: error[bad-template]") for problem in checked(top.parent)]


def test_a_link_that_stays_inside_the_rules_folder_is_followed(tmp_path):
    folder = folder_with(tmp_path, {"shared/subject.j2": "Linked"})
    (folder / "templates/notice.subject.j2").symlink_to("shared/subject.j2")

    assert "Linked" == applied(folder).message.subject


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("notices.txt.j2", "no message uses notices.txt.j2; did you mean notice.txt.j2?"),
        ("notice.txt", "the names of templates end with .j2; did you mean notice.txt.j2?"),
        ("footer.j2", "no message uses footer.j2; what other templates include stands in templates/shared/"),
        ("rules/calls-targt/notice.txt.j2", 'no rule "calls-targt"; did you mean "calls-target"?'),
        ("owners/haed/notice.txt.j2", 'no owner "haed"; did you mean "head"?'),
        ("channels/pager/notice.txt.j2", 'no channel "pager"'),
        ("rules/notice.txt.j2", "no message looks into rules/; templates stand in rules/<id>/"),
        ("measures/calls/notice.txt.j2", "no message looks into measures/calls/"),
        ("rules/calls-target/digest.subject.j2", "a digest is about no single rule"),
    ],
)
def test_a_template_that_no_message_takes_is_an_error_of_the_check(name, says, tmp_path):
    (problem,) = checked(folder_with(tmp_path, {name: "{{ text }}"}))

    assert problem.startswith(f"rules/templates/{name}:1:1: error[unknown-template]: ")
    assert says in problem


def test_files_that_are_no_templates_and_shared_ones_are_no_problem(tmp_path):
    assert [] == checked(folder_with(tmp_path, {"README.md": "x", "shared/foot.j2": "{{ nope }}", ".hidden.j2": "{{"}))


def test_a_mistake_in_a_shared_file_stands_where_it_is_written(tmp_path):
    templates = {"shared/foot.txt.j2": "\n\n{{ nope }}", "notice.txt.j2": 'a\n{% include "shared/foot.txt.j2" %}'}

    (problem,) = checked(folder_with(tmp_path, templates))

    assert problem.startswith("rules/templates/shared/foot.txt.j2:3:1: error[bad-template]: 'nope' is undefined")


def test_a_template_may_extend_that_of_everybody(tmp_path):
    templates = {
        "notice.txt.j2": "{% block body %}{{ subject }}{% endblock %}",
        "owners/head/notice.txt.j2": '{% extends "notice.txt.j2" %}{% block body %}{{ super() }}\nRing 01743.{% endblock %}',
    }
    outcome = applied(folder_with(tmp_path, templates))

    assert f"{outcome.built_in.subject}\nRing 01743.\n" == outcome.message.text


def test_a_process_that_is_told_to_stop_finishes_and_one_that_was_ended_is_started_anew():
    host = TemplateHost({"x.j2": "x"})
    assert "x" == host.rendered("x.j2", {}).text
    os.kill(host._process.pid, signal.SIGTERM)
    assert ("x", 1) == (host.rendered("x.j2", {}).text, host.starts)
    host._process.kill()
    host._process.wait()

    assert ("x", 2) == (host.rendered("x.j2", {}).text, host.starts)
    host.close()


def test_a_process_that_does_not_answer_is_ended():
    host = TemplateHost({"x.j2": "x"})
    assert "x" == host.rendered("x.j2", {}).text
    process = host._process
    process.send_signal(signal.SIGSTOP)

    with pytest.raises(TemplateFailed, match="it takes too long: more than 2 seconds"):
        host.rendered("x.j2", {})

    assert -signal.SIGKILL == process.returncode
    host.close()


def test_where_no_process_can_start_the_message_is_the_built_in_one_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))

    outcome = applied(folder_with(tmp_path, {"notice.txt.j2": "x", "notice.html.j2": "x"}))

    assert "The process for templates failed: it does not start: No such file or directory." in words_of(
        outcome.message.text
    )
    assert set() == numbers_in(words_of(outcome.built_in.text)) - numbers_in(outcome.message.text)
    assert (2, 1) == (len(outcome.problems), outcome.starts)
