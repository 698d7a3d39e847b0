"""What holds for every mail, whatever is in it."""

import re
import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2.exceptions import SecurityError
from samples import mails

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import Message
from alerting.domain.severity import Severity
from alerting.render.cards import together, worst_first
from alerting.render.demo_page import render_demo_page
from alerting.render.digest import render_digest
from alerting.render.environment import _environment
from alerting.render.notice import render_notice
from alerting.render.source_trouble import render_source_trouble
from alerting.reports.digest_views import DigestTopic
from alerting.reports.views import AreaList, Ending, EventView, SourceReport, Trouble
from alerting.reports.watched import FigureCounts

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} {% raw %} \"' & <img src=https://evil.example/x>"


def forty_events() -> Message:
    return render_notice(mails.a_notice(*(mails.an_event(n) for n in range(40))))


def a_thousand_events() -> Message:
    return render_notice(mails.a_notice(*(mails.an_event(n) for n in range(1_000))))


def everything_goes_on() -> Message:
    entries = tuple(
        replace(mails.ENTRIES["calls-101"], figure=mails.a_figure(f"Measure {n}", f"Measure {n}", f"{n + 100}"))
        for n in range(900)
    )
    late = tuple(replace(mails.NOT_JUDGED[1], measure=f"Measure {n}") for n in range(900))
    return render_digest(mails.a_digest(topics=(DigestTopic(title="All", entries=entries),), not_judged=late))


def a_ruined_file() -> Message:
    rows = tuple(
        Trouble(file="figures/all.csv", row=n, column="value", found=f"x{n}", message="not a number")
        for n in range(2, 900)
    )
    report = replace(mails.a_source_trouble().reports[0], refused=rows)
    return render_source_trouble(mails.a_source_trouble(reports=(report,)))


MESSAGES: dict[str, Callable[[], Message]] = {
    "one": lambda: render_notice(mails.a_notice(mails.CALLS)),
    "other-areas": lambda: render_notice(mails.a_notice(mails.REFERRALS)),
    "ten": lambda: render_notice(mails.ten_events()),
    "forty": forty_events,
    "thousand": a_thousand_events,
    "digest": lambda: render_digest(mails.a_digest()),
    "quiet-digest": lambda: render_digest(mails.a_quiet_digest()),
    "endless-digest": everything_goes_on,
    "trouble": lambda: render_source_trouble(mails.a_source_trouble()),
    "ruined-file": a_ruined_file,
}
every_mail = pytest.mark.parametrize("message_of", MESSAGES.values(), ids=MESSAGES.keys())


class Shown(HTMLParser):
    """Collects the words a reader sees and the addresses a mail program may fetch or follow."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.followed: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "href":
                self.followed.append(value or "")
            if name in ("src", "background", "srcset", "action", "data") or "url(" in (value or ""):
                self.fetched.append(value or "")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] not in (["style"], ["title"]):
            self.words.append(data)


def hostile(view: Any) -> Any:
    """The same view with hostile words in every text, at every depth."""
    if type(view) is str:
        return f"{view} {HOSTILE}"
    if type(view) is tuple:
        return tuple(hostile(item) for item in view)
    if is_dataclass(view) and not isinstance(view, type):
        return replace(view, **{field.name: hostile(getattr(view, field.name)) for field in fields(view)})
    return view


@every_mail
def test_the_text_stands_alone_with_every_number_of_the_html(message_of: Callable[[], Message]) -> None:
    message = message_of()

    in_html = set(re.findall(r"\d[\d,./]*", " ".join(Shown(message.html).words)))

    assert in_html
    assert set() == in_html - set(re.findall(r"\d[\d,./]*", message.text))


@every_mail
def test_the_text_is_narrow_and_tidy(message_of: Callable[[], Message]) -> None:
    lines = message_of().text.split("\n")

    assert [] == [line for line in lines if len(line) > 78 or line != line.rstrip()]
    assert "" == lines[-1] != lines[-2]


@every_mail
def test_a_mail_fetches_nothing_and_follows_only_given_links(message_of: Callable[[], Message]) -> None:
    message = message_of()
    shown = Shown(message.html)

    assert [] == shown.fetched
    assert set() == set(shown.followed) - {mails.CALLS.link}
    assert set() == set(shown.tags) & {"script", "img", "link", "iframe", "form", "button", "svg", "video"}
    assert "@import" not in message.html
    assert "url(" not in message.html


@every_mail
def test_a_mail_is_small_enough_to_be_shown_whole(message_of: Callable[[], Message]) -> None:
    message = message_of()

    assert len(message.html.encode()) < 102_000
    assert len(message.html.encode()) + len(message.text.encode()) < 200_000


@every_mail
def test_a_subject_is_one_short_line(message_of: Callable[[], Message]) -> None:
    subject = message_of().subject

    assert 0 < len(subject) <= 150
    assert subject.isprintable()


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(render_notice(hostile(mails.ten_events())), id="notice"),
        pytest.param(render_digest(hostile(mails.a_digest())), id="digest"),
        pytest.param(render_source_trouble(hostile(mails.a_source_trouble())), id="source-trouble"),
    ],
)
def test_markup_and_template_syntax_in_data_appear_literally(message: Message) -> None:
    shown = Shown(message.html)

    assert set() == set(shown.tags) & {"script", "img"}
    assert [] == shown.fetched
    assert "{{ 7*7 }} {% raw %}" in message.html
    assert "<script>alert(1)</script>" in " ".join(shown.words)
    assert "<script>alert(1)</script>" in " ".join(message.text.split())
    assert "49" not in re.findall(r"\d+", message.text)


def test_markup_in_a_mail_stays_in_its_frame_on_the_demo_page() -> None:
    message = render_notice(hostile(mails.a_notice(mails.CALLS)))

    page = Shown(render_demo_page([mails.a_mail(message.subject, message.text, message.html)], mails.SUMMARY))

    assert 1 == page.tags.count("iframe")
    assert set() == set(page.tags) & {"script", "img", "h4"}
    assert {"#themes", "#open", "#not-judged", "#mails"} == set(page.followed)


def test_the_demo_page_keeps_the_lines_of_the_plain_text() -> None:
    message = render_notice(mails.a_notice(mails.REFERRALS))

    page = Shown(render_demo_page([mails.a_mail(message.subject, message.text, message.html)], mails.SUMMARY))

    assert f"\n{message.text}" in page.words


def test_the_demo_page_orders_days_and_themes() -> None:
    page = render_demo_page([], mails.SUMMARY)

    assert page.index("Victims first") < page.index("Managing demand") < page.index("Confidence")


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://a b", "https://[", " "]
)
def test_only_web_addresses_become_links(link: str) -> None:
    message = render_notice(mails.a_notice(replace(mails.CALLS, link=link)))

    assert [] == Shown(message.html).followed


def test_the_protective_marking_stands_at_the_start_of_the_subject_and_at_top_and_foot() -> None:
    message = render_notice(mails.a_notice(mails.CALLS, marking="OFFICIAL-SENSITIVE"))
    words = "".join(Shown(message.html).words).split()

    assert message.subject.startswith("[OFFICIAL-SENSITIVE] ! West Mercia: 999 in 10 s")
    assert ("OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE") == (words[0], words[-1])
    assert message.text.startswith("OFFICIAL-SENSITIVE\n\n")
    assert message.text.endswith("\n\nOFFICIAL-SENSITIVE\n")


def test_replying_is_offered_only_where_somebody_reads_it() -> None:
    message = render_notice(mails.a_notice(mails.CALLS, reply_to=None))

    assert "Reply to this mail" not in message.html + message.text


def test_the_callers_headers_are_passed_on() -> None:
    headers = (("References", "<root@example.org>"),)

    assert headers == render_notice(mails.a_notice(mails.CALLS, headers=headers)).headers


def test_dark_mode_survives_and_other_styles_are_inline() -> None:
    html = render_notice(mails.a_notice(mails.CALLS)).html

    assert "@media (prefers-color-scheme: dark)" in html
    assert 1 == html.count("<style")
    assert 'class="sheet" style="' in html


VERDICTS = {
    Meaning.CONCERN: "! Concern",
    Meaning.IMPROVEMENT: "+ Improvement",
    Meaning.CHANGE: "~ Change",
    None: "? Not come",
}


@pytest.mark.parametrize(("meaning", "words"), VERDICTS.items())
@pytest.mark.parametrize("severity", list(Severity))
def test_what_stands_has_its_verdict_as_a_mark_and_its_severity_as_weight_and_word(meaning, words, severity) -> None:
    event = replace(mails.CALLS, severity=severity, meaning=meaning, not_come=meaning is None)
    message = render_notice(mails.a_notice(event))
    shape, word = words.split(" ", 1)
    style = {Meaning.CONCERN: "concern", Meaning.IMPROVEMENT: "improvement", Meaning.CHANGE: "change"}.get(
        meaning, "unknown"
    )
    said = {Severity.CRITICAL: "critical", Severity.WARNING: "warning", Severity.INFO: "for information"}[severity]

    assert f"{shape}</span> {word}</span>" in message.html
    assert (f'class="tag out-{style}"' in message.html) == (severity is Severity.INFO)
    assert (f'class="tag {style}"' in message.html) == (severity is not Severity.INFO)
    assert ('class="tag badge"' in message.html) == (severity is Severity.CRITICAL)
    news = "new" if meaning is None else "new exception"
    assert f"{shape} {word.upper()}, {said}, {news}\n" in message.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"kind": EventKind.RESOLVED, "ended": Meaning.CONCERN}, "Concern is over", id="concern"),
        pytest.param(
            {"kind": EventKind.RESOLVED, "ended": Meaning.IMPROVEMENT}, "Improvement is over", id="improvement"
        ),
        pytest.param({"kind": EventKind.RESOLVED, "ended": Meaning.CHANGE}, "Change is over", id="change"),
        pytest.param({"kind": EventKind.RESOLVED}, "Resolved", id="what-had-not-come"),
        pytest.param({"kind": EventKind.CORRECTED, "closed": True}, "Corrected", id="corrected-away"),
        pytest.param({"kind": EventKind.WITHDRAWN, "ended": Meaning.CONCERN}, "No longer watched", id="withdrawn"),
    ],
)
def test_an_end_says_what_ended_and_is_neither_praised_nor_an_alarm(changes: Any, words: str) -> None:
    message = render_notice(mails.a_notice(replace(mails.CALLS, severity=Severity.CRITICAL, **changes)))

    assert 'class="tag out-over"' in message.html
    assert f"=</span> {words}</span>" in message.html
    assert f"= {words.upper()}\n" in message.text
    assert "critical" not in message.html.split("<body")[1] + message.text
    assert "✓" not in message.html + message.text


def test_what_stands_and_cannot_be_judged_now_is_not_called_late() -> None:
    message = render_notice(mails.a_notice(replace(mails.CALLS, kind=EventKind.REMINDED, meaning=None)))

    assert "? NOT KNOWN, critical, still open\n" in message.text


def test_concerns_come_before_changes_and_improvements_and_the_farthest_beyond_its_line_first() -> None:
    def event(n: int, meaning: Meaning | None = Meaning.CONCERN, **changes: Any) -> EventView:
        return mails.an_event(n, **{"severity": Severity.WARNING, "meaning": meaning} | changes)

    events = [
        event(0, Meaning.IMPROVEMENT, severity=Severity.CRITICAL, distance=99.0),
        event(8, None),
        event(4, Meaning.CHANGE, distance=9.0),
        event(1, distance=0.5),
        event(2, distance=2.0),
        event(3, kind=EventKind.REMINDED, distance=5.0),
        event(5, kind=EventKind.WORSENED),
        event(6, severity=Severity.INFO, distance=50.0),
        event(9, distance=0.5, rule_place=1),
        event(7, None, kind=EventKind.RESOLVED, ended=Meaning.CONCERN),
    ]

    assert [5, 2, 1, 9, 8, 3, 6, 4, 0, 7] == [int(event.measure.split()[-1]) for event in worst_first(events)]


def test_what_has_not_come_stands_before_a_reminder() -> None:
    late = mails.an_event(1, severity=Severity.WARNING, meaning=None)
    reminder = mails.an_event(0, severity=Severity.WARNING, kind=EventKind.REMINDED, distance=9.0)

    assert [late, reminder] == worst_first([reminder, late])


def test_the_areas_of_one_measure_stand_together_behind_the_topmost() -> None:
    def area(place: int, name: str, distance: float) -> EventView:
        return mails.an_event(1, severity=Severity.WARNING, area=name, area_place=place, distance=distance)

    events = [area(1, "North", 1.0), area(0, "Force", 0.1), mails.an_event(0, distance=5.0), area(2, "South", 9.0)]

    assert ["Force", "South", "North", "Shropshire"] == [event.area for event in worst_first(events)]


CALLS_SAID = "! West Mercia: 999 in 10 s 83%, standard 90%"
ONE_SAID = "Shropshire: Recorded crime type 1 1,007"
ENDED = replace(
    mails.CALLS, kind=EventKind.CORRECTED, closed=True, ending=Ending(new_value="93%", old_value="83%", lasted=None)
)


def _resolved(n: int) -> Any:
    return mails.an_event(n, kind=EventKind.RESOLVED)


@pytest.mark.parametrize(
    ("events", "subject"),
    [
        pytest.param([mails.CALLS], CALLS_SAID, id="one-opened"),
        pytest.param([mails.REFERRALS, mails.CALLS], f"{CALLS_SAID} and 1 more", id="the-worst-is-named"),
        pytest.param(
            [mails.CALLS, mails.REFERRALS, mails.an_event(0), _resolved(1)],
            f"{CALLS_SAID} and 3 more",
            id="all-other-figures-are-counted",
        ),
        pytest.param(
            [mails.CALLS, replace(mails.CALLS, rule=mails.REFERRALS.rule)], CALLS_SAID, id="one-figure-under-two-rules"
        ),
        pytest.param(
            [replace(mails.CALLS, area="Shropshire", area_place=3), replace(mails.CALLS, severity=Severity.WARNING)],
            f"{CALLS_SAID} and 1 more",
            id="the-topmost-area-leads",
        ),
        pytest.param(
            [
                replace(mails.CALLS, series=("calls", "north")),
                replace(mails.CALLS, series=("calls-in-writing", "north")),
            ],
            f"{CALLS_SAID} and 1 more",
            id="two-measures-of-one-title",
        ),
        pytest.param(
            [
                replace(mails.CALLS, series=("calls", "north")),
                replace(mails.CALLS, series=("calls", "north"), rule_place=1),
            ],
            CALLS_SAID,
            id="two-rules-on-one-series",
        ),
        pytest.param([_resolved(1)], f"Resolved: {ONE_SAID}", id="resolved"),
        pytest.param([_resolved(1), _resolved(5)], f"Resolved: {ONE_SAID} and 1 more", id="several-resolved"),
        pytest.param(
            [replace(_resolved(1), ended=Meaning.CONCERN)], f"Resolved: {ONE_SAID}", id="a-concern-is-resolved"
        ),
        pytest.param(
            [replace(_resolved(1), ended=Meaning.IMPROVEMENT)],
            f"Over: {ONE_SAID}, upper limit",
            id="an-improvement-is-over",
        ),
        pytest.param(
            [replace(_resolved(1), ended=Meaning.CHANGE)], f"Over: {ONE_SAID}, upper limit", id="a-change-is-over"
        ),
        pytest.param([mails.VOLUMES], "No longer watched: Herefordshire: Total recorded crime 412", id="withdrawn"),
        pytest.param([replace(mails.CALLS, kind=EventKind.WORSENED)], f"Worse: {CALLS_SAID}", id="worsened"),
        pytest.param(
            [replace(mails.CALLS, kind=EventKind.WORSENED, turned=True)], f"Turned: {CALLS_SAID}", id="turned"
        ),
        pytest.param([replace(mails.CALLS, kind=EventKind.CORRECTED)], f"Corrected: {CALLS_SAID}", id="corrected"),
        pytest.param([ENDED], "Corrected: West Mercia: 999 in 10 s 83%, standard 90%", id="corrected-away"),
        pytest.param(
            [ENDED, mails.REFERRALS],
            "! Telford: VAL referrals 12.2%, red band and 1 more",
            id="what-stands-comes-before-what-was-corrected-away",
        ),
    ],
)
def test_a_subject_names_the_worst_and_counts_the_rest(events: list[Any], subject: str) -> None:
    assert subject == render_notice(mails.a_notice(*events)).subject


def test_a_long_subject_is_cut_to_sixty_characters_less_marking_and_count() -> None:
    event = replace(mails.CALLS, brief=replace(mails.CALLS.brief, names=("Very long title " * 60,)))

    subject = render_notice(mails.a_notice(event, mails.REFERRALS, marking="OFFICIAL")).subject

    assert subject == "[OFFICIAL] ! West Mercia: Very long title Very long title Very long 83% and 1 more"


def test_a_correction_that_ends_an_exception_looks_like_an_end() -> None:
    message = render_notice(mails.a_notice(ENDED))

    assert "=</span> Corrected" in message.html
    assert "critical" not in message.html.split("<body")[1]


def test_a_long_notice_says_what_is_shortened() -> None:
    message = a_thousand_events()

    assert "1,000 concerns (250 critical)\n\nAll new." in message.text
    assert "Details are shortened to keep this mail readable:" in message.text
    assert re.search(r"Outside the control limits: \d{3}", message.text)


def test_a_measure_and_period_have_one_card_with_every_area_and_rule() -> None:
    force = replace(mails.REFERRALS, area="West Mercia", area_place=0, others=AreaList(), distance=0.1)
    telford = replace(mails.REFERRALS, area_place=3, others=AreaList(), distance=5.0)
    other_rule = replace(
        force,
        severity=Severity.INFO,
        meaning=Meaning.IMPROVEMENT,
        rule=mails.CALLS.rule,
        compared=replace(force.compared, against="2 points above lower limit 10.2%"),
    )

    message = render_notice(mails.a_notice(telford, other_rule, force))
    shown = "".join(Shown(message.html).words)

    assert message.html.count("<h1") == shown.count("Victim advice line referral rate") == 1
    assert message.text.startswith(
        "! CONCERN + IMPROVEMENT, warning, new exception\nWest Mercia and 1 more area · September 2020\n"
    )
    assert "\n+ Improvement, for information: 2 points above lower limit 10.2%\n" in message.text
    assert (
        "- West Mercia: 12.2%, 2.8 points below, ! concern, + improvement\n"
        "- Telford & Wrekin: 12.2%, 2.8 points below, ! concern\n"
    ) in message.text
    assert 1 == message.text.count("rules/victims.yaml:31:5")


def test_figures_are_counted_not_rules_and_the_worse_verdict_counts() -> None:
    better = replace(mails.CALLS, severity=Severity.CRITICAL, meaning=Meaning.IMPROVEMENT, rule=mails.REFERRALS.rule)
    worse = mails.an_event(7, kind=EventKind.WORSENED)

    message = render_notice(mails.a_notice(better, mails.CALLS, worse, _resolved(1)))

    assert message.text.startswith("2 concerns (1 critical), 1 exception over\n\n1 new, 1 worse.")


def test_sections_are_verdicts_in_the_order_of_their_worst_and_cards_are_numbered_through() -> None:
    events = [
        mails.an_event(0, meaning=Meaning.IMPROVEMENT),
        mails.an_event(1, meaning=Meaning.CHANGE),
        mails.an_event(3),
        _resolved(5),
    ]

    text = render_notice(mails.a_notice(*events)).text

    places = [text.index(f"=== {title} ===") for title in ("Concerns", "Changes", "Improvements", "Over")]
    assert sorted(places) == places
    assert ["3", "1", "0", "5"] == re.findall(r"^\d\. Recorded crime type (\d)", text, re.MULTILINE)
    assert ["1", "2", "3", "4"] == re.findall(r"^(\d)\. Recorded", text, re.MULTILINE)


def test_a_note_is_said_once_with_the_items_that_it_is_about() -> None:
    events = [mails.an_event(n, severity=Severity.WARNING, notes=("Few surveyed",), remark=None) for n in range(4)]
    other = mails.an_event(9, severity=Severity.WARNING, notes=("Another",), distance=-1.0)

    text = render_notice(mails.a_notice(*events, other)).text

    assert "Bear in mind: (1 to 4) Few surveyed. (5) Another.\n" in text


def test_how_to_answer_is_said_once_where_one_card_stands_beside_what_is_no_longer_watched() -> None:
    events = [mails.an_event(0), *(replace(mails.VOLUMES, measure=f"Measure {n}") for n in range(6))]
    message = render_notice(mails.a_notice(*events))

    for told in (message.text, message.html):
        assert told.count("What now.") == told.count("To you, ") == 1
        assert "begin with the number" not in told
    assert "begin with the number" in " ".join(render_notice(mails.ten_events()).text.split())


def test_what_remarks_of_a_source_share_is_said_once_and_the_rest_by_item() -> None:
    remarks = (
        "The report (9/20); 36 of 40 missing",
        "The report (9/20)",
        "The report (9/20); provisional; by hand",
        "Other",
    )
    events = [mails.an_event(n, severity=Severity.WARNING, remark=remark) for n, remark in enumerate(remarks)]
    told = " ".join(render_notice(mails.a_notice(*events)).text.split())

    assert told.count("The report") == 1
    assert "(1 to 3) The report (9/20). (1) 36 of 40 missing. (3) Provisional; by hand. (4) Other." in told


def test_a_bundle_is_told_in_brief_and_nothing_is_missing_from_it() -> None:
    message = render_notice(mails.a_notice(*(mails.an_event(n) for n in range(20))))

    assert [] == [n for n in range(20) if f" Recorded crime type {n} (" not in message.text]
    assert "Also:" not in message.text
    assert "Rule:" not in message.text
    assert 20 == message.text.count("rules/volumes.yaml")


@pytest.mark.parametrize(("cards", "full"), [(1, 1), (3, 3), (4, 2), (6, 2), (7, 1), (8, 1), (9, 0)])
def test_so_many_cards_are_shown_in_full(cards: int, full: int) -> None:
    message = render_notice(mails.a_notice(*(mails.an_event(n) for n in range(cards))))

    assert full == message.text.count("\nRule: ")


def test_every_one_of_forty_events_is_named() -> None:
    words = " ".join("".join(Shown(forty_events().html).words).split())

    assert [] == [n for n in range(40) if f"Recorded crime type {n}:" not in words]


def test_many_other_areas_are_shown_exceptional_ones_first_and_counted() -> None:
    others = tuple(
        mails.a_glance(
            area=f"Area {n}",
            value=str(n),
            state="exception" if n == 29 else "normal",
            meanings=(Meaning.CONCERN,) if n == 29 else (),
        )
        for n in range(30)
    )

    text = render_notice(mails.a_notice(replace(mails.CALLS, others=AreaList(others)))).text

    assert (
        "! concern, 2 areas:\n- West Mercia: 83%, 7 points below, standard 90%, ! concern\n- Area 29: 29, ! concern\n"
        "11 areas, normal:\n- Area 0: 0, normal"
    ) in text
    assert "and 18 more, all normal" in text


def test_a_quiet_digest_says_so() -> None:
    message = render_digest(mails.a_quiet_digest())

    assert "Week to 15 October: 1 concern" == message.subject
    assert "12 figures watched (a measure in an area), 11 as expected. The exception is" in message.text


def test_a_digest_without_any_exception_says_so() -> None:
    message = render_digest(mails.a_digest(topics=(), counts=FigureCounts(expected=12), marking=None))

    assert "Week to 15 October: nothing exceptional" == message.subject
    assert message.text.startswith("Nothing exceptional\n")


def test_a_digest_says_what_was_checked_and_what_is_not_known_and_why() -> None:
    text = " ".join(render_digest(mails.a_digest()).text.split())

    assert "=== Not known (6) === 3 have no figure for Q2 2020/21, due by 5 October 2020 and 1 is held." in text
    assert (
        "- 3 have no figure for Q2 2020/21, due by 5 October 2020: Domestic abuse satisfaction (Herefordshire, Shropshire and "
        "Telford & Wrekin)." in text
    )
    assert "1,204 of 1,210 figures judged." in text


def test_an_endless_digest_says_how_many_it_leaves_out() -> None:
    text = " ".join(everything_goes_on().text.split())

    assert re.search(r"Shortened to keep this mail readable: \d+ of lesser weight are left out \(All \d+\)\.", text)


def test_a_source_owner_reads_file_row_column_what_was_found_and_the_fix() -> None:
    text = " ".join(render_source_trouble(mails.a_source_trouble()).text.split())

    assert "figures/call-handling.csv, row 12, column value" in text
    assert "Found: 83 per cent To mend: Write 83 or 83%." in text


def test_what_is_said_of_several_places_is_said_once_with_all_of_them() -> None:
    late = [
        Trouble(file=name, message="No figure for Q3 2018/19 yet", fix="supply it")
        for name in ("Rape", "Burglary", "Drugs")
    ]
    other = Trouble(file="f.csv", row=3, message="a value must be a number", found="n/k")
    view = mails.a_source_trouble(reports=(SourceReport(source="crime", other=(*late, other)),))
    message = render_source_trouble(view)

    assert (
        "- No figure for Q3 2018/19 yet.\n  Rape; Burglary; Drugs.\n  To mend: Supply it.\n- f.csv, row 3\n"
        in message.text
    )
    assert "To look at (4):" in message.text
    assert 1 == message.html.count("No figure for Q3 2018/19 yet")


def test_of_very_many_places_it_says_how_many_more_there_are() -> None:
    late = [Trouble(file=f"Measure {n}", message="No figure yet") for n in range(60)]
    text = render_source_trouble(
        mails.a_source_trouble(reports=(SourceReport(source="crime", other=tuple(late)),))
    ).text

    assert "Measure 49; and 10 more." in " ".join(text.split())


def test_the_same_view_gives_the_same_bytes() -> None:
    assert render_notice(mails.ten_events()) == render_notice(mails.ten_events())


@pytest.mark.parametrize("count", [1, 10, 40])
def test_how_long_a_notice_takes_is_reported(count: int, record_property: Callable[[str, object], None]) -> None:
    view = mails.a_notice(*(mails.an_event(n) for n in range(count)))
    render_notice(view)

    began = time.perf_counter()
    message = render_notice(view)
    record_property(f"render_{count}_ms", round(1000 * (time.perf_counter() - began), 2))

    assert message.html.endswith("</html>")


@pytest.mark.parametrize("others", [pytest.param((mails.CALLS,), id="beside-others"), pytest.param((), id="alone")])
def test_what_is_no_longer_watched_is_told_once_and_in_short_where_there_is_much(others):
    withdrawn = tuple(
        mails.an_event(n, kind=EventKind.WITHDRAWN, reason="the rule was removed", since=None) for n in range(13)
    )

    text = render_notice(mails.a_notice(*others, *withdrawn)).text

    assert len(others) == text.count("What now. Clears") + text.count("\nClears at")
    assert [1] * 13 == [text.count(f"- {event.headline.partition(',')[0]}") for event in withdrawn]
    assert 13 == text.count("The rule was removed.")
    assert "Details are shortened" not in text


def test_a_thousand_no_longer_watched_are_all_counted():
    withdrawn = (mails.an_event(n, kind=EventKind.WITHDRAWN) for n in range(1_000))

    text = render_notice(mails.a_notice(*withdrawn)).text

    assert "1,000 figures no longer watched" in text
    found = re.search(r"readable: (\d+) in brief, (\d+) in the list alone and (\d+) as a count", " ".join(text.split()))
    assert found is not None
    assert 1_000 == sum(int(number) for number in found.groups())


def test_an_exception_that_was_corrected_away_did_not_last():
    message = render_notice(mails.a_notice(ENDED))

    assert "Now:       93%\nTold:      83%\n" in message.text
    assert "Lasted" not in message.text + message.html


def test_what_is_passed_on_says_from_whom_and_names_nobody_twice():
    event = replace(mails.CALLS, kind=EventKind.ESCALATED, on_behalf_of=("Head of Contact",))
    event = replace(event, also_told=("Head of Contact", "Deputy Chief Constable"))

    text = render_notice(mails.a_notice(event)).text

    assert "Passed on: from Head of Contact. Also told: Deputy Chief Constable. What now." in " ".join(text.split())


@pytest.mark.parametrize(("line", "tied"), [("plan £20.093m", True), ("second lowest band of four", False)])
def test_a_short_line_below_a_figure_is_not_broken(line, tied):
    other = mails.a_glance(area="North", value="£25.068m", state="exception", meanings=(Meaning.CONCERN,), line=line)
    html = render_notice(mails.a_notice(replace(mails.CALLS, compared=None, others=AreaList([other])))).html

    (style,) = re.findall(rf'class="kind(?: tied)?" style="([^"]*)">{line}', html)
    assert tied == ("white-space:nowrap" in style.replace(" ", ""))


def test_an_area_without_a_verdict_has_its_reason_and_no_mark():
    html = render_notice(mails.a_notice(mails.REFERRALS)).html

    assert re.search(r'<td class="num"[^>]*>late</td>', html)
    assert re.search(r'<td class="num"[^>]*><span aria-hidden="true">!</span>&nbsp;<strong>concern</strong></td>', html)


@pytest.mark.parametrize("source", ["{{ words.append('x') }}", "{{ words.__class__.__mro__ }}", "{{ ''.__class__ }}"])
def test_what_templates_may_not_do_is_refused_every_time(source):
    template = _environment().from_string(source)
    for _ in range(2):
        with pytest.raises(SecurityError):
            template.render(words=["a"])


def test_two_measures_of_one_title_stand_on_cards_of_their_own():
    same = [replace(mails.CALLS, series=(measure, "north")) for measure in ("calls", "calls-in-writing")]
    assert [1, 1] == [len(card) for card in together(same)]
    assert [2] == [len(card) for card in together([mails.CALLS, replace(mails.CALLS, rule_place=1)])]
