"""Templates of an organisation's own that fail, or that are given odd figures: the cases of the fault matrix.

The numbers are those of the fault matrix's cases on templates: 164 to 176, 178 and 179; 177 is in test_templates_on_the_way.py.
"""

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from samples import mails
from samples.rule_folders import written
from samples.sampling import few
from samples.templates import a_view, applied, arrived, body, checked, folder_with

from alerting.render.notice import render_notice
from alerting.render.own_templates.host import TemplateHost
from alerting.render.own_templates.overrides import Overrides
from alerting.render.own_templates.visible_text import numbers_in, words_of
from alerting.reports.views import AreaList, RuleNote
from alerting.wording.plain import graphemes

HTML = '{% extends "builtin/mail.html.j2" %}{% block body %}<p>{{ events[0].text }}</p>{% endblock %}'
MESSAGE = render_notice(a_view())
#: Ends the template's process: each such case takes a second.
ENDLESS = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"
#: case -> (template, line of the mistake, what is said of it)
FAILING = {
    "164-undefined-variable": ("\n{{ nope }}", 2, "'nope' is undefined"),
    "164-undefined-attribute": ("{{ events[0].nope }}", 1, "has no attribute 'nope'"),
    "164-undefined-in-a-condition": ("{% if nope %}x{% endif %}", 1, "'nope' is undefined"),
    "164-undefined-in-a-loop": ("a\n{% for e in events %}\n{{ e.tet }}\n{% endfor %}", 3, "has no attribute 'tet'"),
    "164-event-that-is-not-there": ("{{ events[7].text }}", 1, "has no element 7"),
    "164-undefined-filter": ("\n\n{{ owner|shout }}", 3, "No filter named 'shout'"),
    "164-undefined-test": ("{{ owner is shouting }}", 1, "No test named 'shouting'"),
    "164-undefined-block": ("{{ self.nope() }}", 1, "has no attribute 'nope'"),
    "164-name-of-the-built-in-templates": ("{{ layout }}", 1, "'layout' is undefined"),
    "165-syntax-error": ("a\n{% if %}", 2, "Expected an expression"),
    "165-unclosed-block": ("{% for e in events %}\n{{ e.text }}", 2, "Unexpected end of template"),
    "165-unclosed-expression": ("{{ owner", 1, "unexpected end of template"),
    "165-unknown-tag": ("{% now %}", 1, "unknown tag 'now'"),
    "165-recursive-macro": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 1, "it goes too deep"),
    "165-includes-itself": ("{% include 'SELF' %}", 1, "it goes too deep"),
    "165-extends-itself": ("{% extends 'SELF' %}", 1, "it goes too deep"),
    "165-nested-too-far": ("{% if 1 %}" * 3_000 + "{% endif %}" * 3_000, 1, "it goes too deep"),
    "166-doubling": (
        "{% set n = namespace(s='aaaa') %}\n{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
        2, "more than 256 MB of memory",
    ),
    "166-nested-loops": (ENDLESS, 1, "it takes too long"),
    "166-one-endless-calculation": ("{{ 9**(9**9) }}", 1, "it takes too long"),
    "166-long-constant": ("{{ 'a' * 300000000 }}", 1, "more than 256 MB of memory"),
    "166-long-list": ("{{ ([0] * 300000000)|length }}", 1, "more than 256 MB of memory"),
    "166-center": ("{{ 'a'.center(1000000000) }}", 1, "more than 256 MB of memory"),
    "166-format": ("{{ '%999999999d'|format(1) }}", 1, "more than 256 MB of memory"),
    "166-format-method": ("{{ '{:999999999}'.format(1) }}", 1, "more than 256 MB of memory"),
    "166-huge-range": ("{% for i in range(10000000000) %}{% endfor %}", 1, "Range too big"),
    "166-lipsum": ("{{ lipsum(n=100000) }}", 1, "'lipsum' is undefined"),
    "170-twenty-megabytes": ("{% for i in range(20000) %}{{ 'x' * 1000 }}{% endfor %}", 1, "more than 200 kB"),
    "170-one-piece-of-a-megabyte": ("{{ 'x' * 1000000 }}", 1, "more than 200 kB"),
    "170-zero-bytes": ("", 1, "it comes out empty"),
    "170-blanks": (" \n\t{{ ' ' }}\n", 1, "it comes out empty"),
    "170-invisible-characters": ("\u202e\u2066{{ '\u200e' }}", 1, "it comes out empty"),
    "178-include-that-is-not-there": ("a\n{% include 'shared/foot.txt.j2' %}", 2, 'no template "shared/foot.txt.j2"'),
    "160-include-of-an-absolute-path": ("{% include '/etc/passwd' %}", 1, 'no template "/etc/passwd"'),
    "160-include-from-above": ("{% include '../measures.yaml' %}", 1, 'no template "../measures.yaml"'),
    "160-include-of-a-rule-file": ("{% include 'base.yaml' %}", 1, 'no template "base.yaml"'),
    "160-include-of-an-address": ("{% include 'https://example.org/x' %}", 1, "no template"),
}  # fmt: skip

#: Each ends a process by what another of its kind does: a second of the processor, or all the memory it may have.
ALIKE = {f"166-{case}" for case in ("one-endless-calculation", "long-list", "center", "format", "format-method")}
FAILING_CASES = [pytest.param(case, marks=[pytest.mark.exhaustive] if case in ALIKE else []) for case in FAILING]


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """Every failing template and every way out in one folder, each of one owner: what the check says, and what a pass gives.

    One process has them all, unless one of them has it ended: none may spoil what the next one does.
    """
    top = tmp_path_factory.mktemp("together")
    canary = top / "canary"
    excluded = few(ALIKE, set())
    cases = {case: template for case, (template, *_) in FAILING.items() if case not in excluded} | {
        f"167-{n}": way for n, way in enumerate(WAYS_OUT)
    }
    paths = {case: f"owners/{case}/notice.txt.j2" for case in cases}
    templates = {paths[case]: text.replace("SELF", paths[case]) for case, text in cases.items()}
    templates = {name: text.replace("CANARY", str(canary)) for name, text in templates.items()}
    folder = folder_with(top, {**templates, "shared/m.j2": "{% macro f() %}{% endmacro %}"})
    owners = "".join(f"  - {{id: {case}, name: Owner}}\n" for case in cases)
    written(folder, {"owners.yaml": f"owners:\n{owners}"})
    view = a_view()
    with Overrides(folder, "rules", together_s=math.inf) as overrides:
        messages = {
            case: overrides.overridden(MESSAGE, view, owner=case, channels=["email"])["email"] for case in cases
        }
    return {
        "said": [line.removeprefix("rules/templates/owners/") for line in checked(folder)],
        "problems": [str(problem).removeprefix("rules/templates/owners/") for problem in overrides.problems],
        "messages": messages,
        "canary": canary,
    }


@pytest.mark.parametrize("case", FAILING_CASES)
def test_a_template_that_fails_is_an_error_of_the_check_with_its_line(case, together):
    _, line, says = FAILING[case]

    (problem,) = [said for said in together["said"] if said.startswith(f"{case}/")]

    assert problem.startswith(f"{case}/notice.txt.j2:{line}:1: error[bad-template]: ")
    assert says in problem


@pytest.mark.parametrize("case", FAILING_CASES)
def test_a_template_that_fails_leaves_the_built_in_message_with_a_line_that_says_so(case, together):
    _, line, says = FAILING[case]
    message = together["messages"][case]

    (problem,) = [said for said in together["problems"] if said.startswith(f"{case}/")]

    assert problem.startswith(f"{case}/notice.txt.j2:{line}:1: warning[bad-template]: ")
    assert says in problem
    note = f"This message is in the plain built-in form, because its template failed: templates/owners/{case}/notice.txt.j2"
    for part, own in ((message.text, MESSAGE.text), (message.html, MESSAGE.html)):
        assert note in words_of(part)
        assert numbers_in(words_of(own)) <= numbers_in(words_of(part))
    assert message.subject == MESSAGE.subject


#: Known ways out of a template sandbox; each would make the canary file, or show what is no template's business.
WAYS_OUT = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ ''|attr(['__cl', 'ass__']|join) }}",
    "{{ (events|groupby('__class__'))[0].grouper }}",
    "{{ self.__init__.__globals__.__builtins__.open('CANARY', 'w') }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('touch CANARY') }}",
    "{{ joiner.__init__.__globals__.os.popen('touch CANARY') }}",
    "{{ lipsum.__globals__.os.popen('touch CANARY') }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ range.__class__ }}",
    "{{ dict.__base__ }}",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{{ '{0.__class__}'.format('') }}",
    "{{ '{0.__class__.__mro__}'|format('') }}{{ ''.format.__globals__ }}",
    "{{ '{x.__class__}'.format_map({'x': 1}) }}",
    "{% set f = ''.format %}{{ f('{0.__class__}') }}{{ f.__self__ }}",
    "{{ ''|attr('format')('{0.__class__}', 1) }}",
    "{{ owner.__init__ }}",
    "{{ events.append(1) }}",
    "{{ events[0].update({}) }}",
    "{{ (events|first).pop('text') }}",
    "{{ namespace(a=1).__class__ }}",
    "{{ caller.__code__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m._environment }}",
    "{{ m()|attr('gi_frame') if m is defined else (events|map('upper')).gi_frame }}",
    "{% import 'shared/m.j2' as m %}{{ m.__dict__ }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ __import__('os').system('touch CANARY') }}",
    "{{ open('CANARY', 'w') }}",
    "{{ environment.loader }}",
    "{% include ['/proc/self/environ', '/etc/passwd'] %}",
    "{% extends '/etc/passwd' %}",
    "{% from '/etc/passwd' import x %}",
]


@pytest.mark.parametrize("case", [f"167-{n}" for n in range(len(WAYS_OUT))])
def test_no_way_leads_out_of_the_sandbox(case, together):
    said = [problem for problem in together["said"] if problem.startswith(f"{case}/")]
    ran = [problem for problem in together["problems"] if problem.startswith(f"{case}/")]

    assert [True] == [problem.startswith(f"{case}/notice.txt.j2:1:1: error[bad-template]: ") for problem in said]
    assert 1 == len(ran)
    assert together["messages"][case].text.startswith(MESSAGE.text.split("\n-----")[0])
    assert not together["canary"].exists()


def test_167_an_attribute_that_may_not_be_seen_is_undefined_in_a_list(tmp_path):
    template = "{{ [owner]|map(attribute='__class__')|list }}"

    assert "[Undefined]\n" == applied(folder_with(tmp_path, {"notice.txt.j2": template})).message.text


def test_167_the_process_that_renders_can_open_nothing_and_knows_no_setting(monkeypatch):
    """What broke out of the sandbox would be there with Python's own means, and could do as little."""
    monkeypatch.setenv("ALERTING_SMTP_URL", "smtp://user:secret@relay.example.org")
    host = TemplateHost({"x.j2": "x"})
    assert "x" == host.rendered("x.j2", {}).text
    process = Path(f"/proc/{host._process.pid}")
    found = dict(re.findall(r"^Max (\S[a-z ]+?) {2,}(\S+)", (process / "limits").read_text(), re.MULTILINE))
    environment = (process / "environ").read_text()
    host.close()

    assert "ALERTING" not in environment

    assert ("3", "0", "0", str(256 * 2**20)) == (
        found["open files"], found["file size"], found["core file size"], found["address space"],
    )  # fmt: skip


HOSTILE = "<script>alert(1)</script> {{ 7*7 }} {% raw %} \"' & <img src=https://evil.example/x>"
EVERYTHING = (
    "{% for e in events %}{{ e.headline }} {{ e.text }} {{ e.measure }} {{ e.area }} {{ e.rule.title }} {{ e.rule.why }}"
    "{% for o in e.others %}{{ o.area }} {{ o.value }}{% endfor %}{{ e.also_told|listed }}{% endfor %} {{ owner }}"
)


def a_hostile_view():
    event = replace(
        mails.CALLS, headline=HOSTILE, text=HOSTILE, measure=HOSTILE, area=HOSTILE, also_told=(HOSTILE,),
        rule=RuleNote(title=HOSTILE, why=HOSTILE, where="rules/x.yaml:1:1"),
        others=AreaList([mails.a_glance(area=HOSTILE, value="1%", state="normal")]),
    )  # fmt: skip
    return mails.a_notice(event, owner=HOSTILE)


def test_168_what_looks_like_a_template_in_the_figures_is_printed_as_it_is(tmp_path):
    templates = {
        "notice.txt.j2": EVERYTHING,
        "notice.html.j2": EVERYTHING,
        "notice.subject.j2": "{{ events[0].headline }}",
    }

    outcome = applied(folder_with(tmp_path, templates), a_hostile_view())

    assert () == outcome.problems
    for part in (outcome.message.text, words_of(outcome.message.html)):
        assert 9 == part.count("{{ 7*7 }} {% raw %}")
        assert "49" not in numbers_in(part)
    assert "{{ 7*7 }}" in outcome.message.subject


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(EVERYTHING, id="169-whole"),
        pytest.param('{% extends "builtin/mail.html.j2" %}{% block body %}' + EVERYTHING + "{% endblock %}", id="169-in-the-frame"),
        pytest.param('{% include "shared/all.txt.j2" %}', id="169-by-way-of-a-file-for-text"),
        pytest.param('{% import "shared/m.j2" as m %}{{ m.all(events, owner) }}', id="169-by-way-of-a-macro"),
        pytest.param("{% set kept %}" + EVERYTHING + "{% endset %}{{ kept }}", id="169-by-way-of-a-set"),
        pytest.param('<p title="{{ events[0].text }}">x</p>' + EVERYTHING, id="169-in-an-attribute"),
    ],
)  # fmt: skip
def test_markup_in_the_figures_is_shown_not_obeyed(template, tmp_path):
    shared = {
        "shared/all.txt.j2": EVERYTHING,
        "shared/m.j2": "{% macro all(events, owner) %}" + EVERYTHING + "{% endmacro %}",
    }

    outcome = applied(folder_with(tmp_path, {"notice.html.j2": template, **shared}), a_hostile_view())

    assert () == outcome.problems
    assert set() == {"script", "img"} & tags_in(outcome.message.html)
    assert "<script>alert(1)</script>" in words_of(outcome.message.html)


def test_166_html_that_is_slow_to_look_into_is_ended_too(tmp_path):
    template = "<xmp>" + "<style>" * 28_000 + "</xmp>{{ owner }}"

    outcome = applied(folder_with(tmp_path, {"notice.html.j2": template}))

    assert [True] == [problem.message.startswith("it takes too long") for problem in outcome.problems]
    assert set() == numbers_in(words_of(outcome.built_in.html)) - numbers_in(words_of(outcome.message.html))


def tags_in(html):
    """Return the names of tags as a browser finds them."""
    parser, found = HTMLParser(), set()
    parser.handle_starttag = lambda tag, _: found.add(tag)
    parser.feed(html)
    return found


@pytest.mark.parametrize(
    ("template", "says"),
    [
        pytest.param("{{ events[0].text|safe }}", "No filter named 'safe'", id="169-safe"),
        pytest.param("{% autoescape false %}{{ owner }}{% endautoescape %}", "autoescape cannot be changed", id="169-autoescape"),
        pytest.param("<p title={{ events[0].headline }}>{{ owner }}</p>", "the figures become markup", id="169-bare-attribute"),
        pytest.param("<script>x</script>{{ owner }}", "<script> in the HTML", id="169-script"),
        pytest.param('<img src="https://example.org/pixel"> {{ owner }}', "fetched from elsewhere", id="169-remote-picture"),
        pytest.param('<p style="background: url(https://x.example)">{{ owner }}</p>', "from elsewhere", id="169-remote-style"),
        pytest.param('<a href="javascript:x()">{{ owner }}</a>', "is no web address", id="176-script-as-a-link"),
        pytest.param('<a href="#" onclick="x()">{{ owner }}</a>', "the attribute onclick", id="169-event-handler"),
    ],
)  # fmt: skip
def test_html_that_could_do_harm_is_an_error_of_the_check(template, says, tmp_path):
    problems = checked(folder_with(tmp_path, {"notice.html.j2": template}))

    assert [True] == [says in problem for problem in problems if "error[" in problem]


@pytest.mark.parametrize("template", ["<p> </p>", "<style>p { color: red }</style>", "<!-- x -->", "<title>x</title>"])
def test_170_html_without_a_word_is_empty(template, tmp_path):
    outcome = applied(folder_with(tmp_path, {"notice.html.j2": template}))

    assert ["it comes out empty; messages go out in the built-in form"] == [p.message for p in outcome.problems]
    assert words_of(outcome.built_in.html) == words_of(outcome.message.html).replace(f"{noted(outcome)} ", "")


def noted(outcome):
    return re.search(r"This message is in the plain built-in form.*?\.(?= |$)", words_of(outcome.message.html))[0]


HEADERS = set(arrived(render_notice(a_view())).keys())
NASTY = [
    pytest.param("a\rb", "a b", id="171-cr"),
    pytest.param("a\nb", "a b", id="171-lf"),
    pytest.param("a\r\nBcc: e@example.org", "a Bcc: e@example.org", id="171-crlf"),
    pytest.param("a\vb\fc", "a b c", id="171-vt-and-ff"),
    pytest.param("a\u2028b\u2029c", "a b c", id="171-line-and-paragraph-separator"),
    pytest.param("a\u0085b", "a b", id="171-next-line"),
    pytest.param("a\0b", "a b", id="171-nul"),
    pytest.param("a\x1b[31mb\x7f", "a [31mb", id="171-escape"),
    pytest.param("=?utf-8?q?x=0ABcc:_e?=", "= ?utf-8?q?x=0ABcc:_e? =", id="172-encoded-word"),
    pytest.param("=?utf-8?b?eApCY2M6IGU=?=", "= ?utf-8?b?eApCY2M6IGU= ? =", id="172-encoded-word-in-base64"),
    pytest.param("=\u202e?utf-8?q?x=0ABcc:_e?=", "= ?utf-8?q?x=0ABcc:_e? =", id="172-made-by-dropping"),
    pytest.param("=\0?utf-8?q?x=0ABcc:_e?=", "= ?utf-8?q?x=0ABcc:_e? =", id="172-made-by-cleaning"),
    pytest.param("a\u202eb\u2066c\u2069d\u200fe\u061cf", "abcdef", id="173-writing-direction"),
    pytest.param("half \ud83d", "half \ufffd", id="173-half-a-character"),
    pytest.param("👩‍🚒 🇬🇧 👍🏽", "👩‍🚒 🇬🇧 👍🏽", id="173-emoji"),
    pytest.param("Роlісе", "Роlісе", id="173-homoglyphs"),
]


@pytest.mark.sampled(2, each=False)
@pytest.mark.parametrize(("data", "shown"), NASTY)
def test_a_subject_from_figures_is_one_line_and_makes_no_header(data, shown, tmp_path):
    view = mails.a_notice(replace(mails.CALLS, area=data))

    outcome = applied(folder_with(tmp_path, {"notice.subject.j2": "{{ events[0].area }}"}), view)

    assert (shown, ()) == (outcome.message.subject, outcome.problems)
    assert HEADERS == set(arrived(outcome.message).keys())
    assert len(HEADERS) == len(arrived(outcome.message).items())


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        pytest.param("a\nBcc: e@example.org\n\n{{ owner }}", "a Bcc: e@example.org Commander, Telford & Wrekin", id="171-lines"),
        pytest.param(r"{{ 'a\r\nBcc: e' }}", "a Bcc: e", id="171-escapes"),
        pytest.param(r"a{{ '\0\u2028\u0085' }}b", "a b", id="171-separators"),
        pytest.param("={{ '?utf-8?q?x=0ABcc:_e?' }}=", "= ?utf-8?q?x=0ABcc:_e? =", id="172-put-together"),
        pytest.param(r"{{ 'a\ud83d' }}", "a\ufffd", id="173-half-a-character"),
        pytest.param("a\u202e{{ 'b' }}\u2066c", "abc", id="173-writing-direction"),
    ],
)  # fmt: skip
def test_a_subject_from_a_template_is_one_line_and_makes_no_header(template, shown, tmp_path):
    outcome = applied(folder_with(tmp_path, {"notice.subject.j2": template}))

    assert (shown, ()) == (outcome.message.subject, outcome.problems)
    assert HEADERS == set(arrived(outcome.message).keys())


@pytest.mark.parametrize(
    ("template", "begins"),
    [
        pytest.param("{{ 'word ' * 400 }}", "word word", id="173-two-thousand-characters"),
        pytest.param("{{ 'é' * 400 }}", "ééé", id="173-accents"),
        pytest.param("{{ '👩‍👩‍👧‍👦' * 400 }}", "👩‍👩‍👧‍👦", id="173-joined-emoji"),
        pytest.param("a{{ '\u0301' * 2000 }}b", "a", id="173-flood-of-combining-marks"),
    ],
)
def test_a_long_subject_is_cut_and_its_lines_fit_a_mail(template, begins, tmp_path):
    outcome = applied(folder_with(tmp_path, {"notice.subject.j2": template}))

    assert outcome.message.subject.startswith(begins)
    assert len(graphemes(outcome.message.subject)) <= 150
    assert len(outcome.message.subject) < 2_000
    assert outcome.message.subject == " ".join(arrived(outcome.message)["Subject"].split())


@pytest.mark.parametrize(
    ("template", "read"),
    [
        pytest.param("a\n.\n..\nb", "a\n.\n..\nb\n", id="174-lines-of-dots"),
        pytest.param(r"{{ 'a\rb\r\nc\n.\nd' }}", "a\nb\nc\n.\nd\n", id="174-bare-line-ends"),
        pytest.param("a\rb\r\nc", "a\nb\nc\n", id="174-line-ends-of-the-file"),
        pytest.param("{{ 'x' * 5000 }}", "x" * 5_000 + "\n", id="174-a-long-line"),
        pytest.param(r"{{ '\ud83d' }} half", "\ufffd half\n", id="174-half-a-character"),
        pytest.param("{{ 'שלום \u202e abc' }}", "שלום  abc\n", id="174-mixed-directions"),
        pytest.param(r"a{{ '\0\x1b' }}b", "a  b\n", id="174-controls"),
        pytest.param("83 % – é ☃ 👍🏽", "83 % – é ☃ 👍🏽\n", id="174-beyond-ascii"),
    ],
)
def test_a_text_arrives_as_the_template_wrote_it(template, read, tmp_path):
    outcome = applied(folder_with(tmp_path, {"notice.txt.j2": template}))

    assert (read, ()) == (body(outcome.message, "plain"), outcome.problems)
    assert HEADERS == set(arrived(outcome.message).keys())


@pytest.mark.sampled(3, each=False)
@pytest.mark.parametrize(
    ("number", "written_as"),
    [
        ("3.0000000000000004", "3"), ("0.1 + 0.2", "0.3"), ("1e21", "1000000000000000000000"), ("-0.0", "0"), ("1e-7", "0.0000001"),
        ("1e400", "n/a"), ("1e400 - 1e400", "n/a"), ("None", ""), ("events[0].reason", ""), ("7", "7"), ("1204|number", "1,204"),
        ("1|counted('call')", "1 call"), ("89.96", "89.96"), ("-12.5", "-12.5"), ("5e-324", "0"),
    ],
)  # fmt: skip
def test_175_a_number_is_written_as_people_write_it(number, written_as, tmp_path):
    outcome = applied(folder_with(tmp_path, {"notice.txt.j2": f"<{{{{ {number} }}}}>"}))

    assert (f"<{written_as}>\n", ()) == (outcome.message.text, outcome.problems)


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        pytest.param("javascript:alert(1)", "none", id="176-script"),
        pytest.param("data:text/html,x", "none", id="176-data"),
        pytest.param("//evil.example", "none", id="176-no-scheme"),
        pytest.param('https://example.org/" onclick="x', "none", id="176-a-quote-and-a-blank"),
        pytest.param('https://example.org/"onclick="x', '<a href="https://example.org/&quot;onclick=&quot;x">', id="176-a-quote"),
        pytest.param("https://example.org/?a=1&b=2", '<a href="https://example.org/?a=1&amp;b=2">', id="176-a-web-address"),
    ],
)  # fmt: skip
def test_only_a_web_address_can_become_a_link(link, shown, tmp_path):
    template = '{% if events[0].link %}<a href="{{ events[0].link }}">More</a>{% else %}none{% endif %}'
    view = mails.a_notice(replace(mails.CALLS, link=link))

    html = applied(folder_with(tmp_path, {"notice.html.j2": template}), view).message.html

    assert shown in html.replace("&#34;", "&quot;")


def test_178_a_template_that_cannot_be_read_is_said_and_replaced(tmp_path):
    folder = folder_with(tmp_path, {"notice.html.j2": HTML})
    (folder / "templates/notice.txt.j2").symlink_to(tmp_path / "gone.txt.j2")

    outcome = applied(folder)

    assert ["rules/templates/notice.txt.j2:1:1"] == [str(problem.place) for problem in outcome.problems]
    assert "templates/notice.txt.j2: Cannot be read: No such file or directory." in words_of(outcome.message.text)
    assert words_of(outcome.built_in.html) == words_of(outcome.message.html).replace(f"{noted(outcome)} ", "")


def test_178_a_template_that_was_removed_leaves_the_next_one(tmp_path):
    folder = folder_with(tmp_path, {"notice.subject.j2": "for all", "owners/head/notice.subject.j2": "for the head"})
    with Overrides(folder) as overrides:

        def subject():
            view = a_view()
            return overrides.overridden(render_notice(view), view, owner="head", channels=["email"])["email"].subject

        assert "for the head" == subject()
        (folder / "templates/owners/head/notice.subject.j2").unlink()
        assert "for the head" == subject()  # one pass, one set of templates
    with overrides:
        assert "for all" == subject()


BOTH = {
    "notice.txt.j2": "{% for e in events %}{{ e.headline }}\n{{ e.text }}\n{% endfor %}",
    "notice.html.j2": "{% for e in events %}<h1>{{ e.headline }}</h1><p>{{ e.text }}</p>{% endfor %}",
}


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(a_view(), id="179-one"),
        pytest.param(mails.ten_events(), id="179-ten"),
        pytest.param(mails.a_digest(), id="179-digest"),
    ],
)  # fmt: skip
def test_text_and_html_say_the_same_numbers_also_where_one_of_them_failed(view, tmp_path):
    broken = {name: f"{text}{{{{ nope }}}}" for name, text in BOTH.items() if name.endswith("html.j2")}
    templates = {**BOTH, **broken, "digest.subject.j2": "{{ nope }}"}

    for chosen in (BOTH, templates):
        message = applied(folder_with(tmp_path, chosen), view).message
        assert set() == numbers_in(words_of(message.html)) - numbers_in(message.text)


@pytest.mark.parametrize(
    ("templates", "place"),
    [
        pytest.param({"notice.txt.j2": "Look at the other part."}, "notice.txt.j2", id="179-text-without-figures"),
        pytest.param({"notice.html.j2": "Ring 01743 237500. {{ owner }}"}, "notice.html.j2", id="179-html-with-more"),
        pytest.param(
            {**BOTH, "owners/head/notice.html.j2": "Ring 01743 237500. {{ owner }}"},
            "owners/head/notice.html.j2", id="179-html-of-one-owner-with-more",
        ),
        pytest.param({"digest.txt.j2": "{{ checked }}"}, "digest.txt.j2", id="179-digest"),
    ],
)  # fmt: skip
def test_a_text_that_lacks_numbers_of_the_html_is_a_warning_of_the_check(templates, place, tmp_path):
    (problem,) = checked(folder_with(tmp_path, templates))

    assert problem.startswith(f"rules/templates/{place}:1:1: warning[figures-left-out]: the text lacks numbers")


def test_parts_that_agree_are_no_problem(tmp_path):
    assert [] == checked(folder_with(tmp_path, BOTH))
