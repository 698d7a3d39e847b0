"""One notice for everything that can be told, in the words of the use cases, and the engine's own messages."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from alerting.app.notices.compose import MessageDefaults
from alerting.app.notices.operator import mass_change_note, refused_note, trial_note, undelivered_note
from alerting.charts.chart import LineKind
from alerting.conditions.target_missed import TargetMissed
from alerting.domain.alert import Alert, AlertEvent, AlertState, EventKind, SeriesKey
from alerting.domain.finding import Meaning
from alerting.domain.lifecycle import FIGURES_REVISED
from alerting.domain.notify.due_by_time import SILENCE_OVER
from alerting.domain.notify.notice import Delivery, Message
from alerting.domain.period import Calendar, Period, PeriodKind
from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import Owner, RuleSet
from alerting.domain.severity import Severity
from alerting.render.notice import render_notice
from alerting.reports.views import AreaList, Ending, EventView
from samples import charts, mails
from samples.charts import CONCERN, points
from samples.worlds import a_measure, a_panel, rules_for

AT = datetime(2020, 10, 15, 7, 0, tzinfo=UTC)
LETTERHEAD = MessageDefaults(domain="example.org", zone=UTC, reply_to="performance@example.org")

MISSING = None
_JUNE, _AUGUST = Calendar().parse_exact("2019-06"), Calendar().parse_exact("2019-08")
_REFERRED = [21, 20.5, 19.8, 22, 18, 17.5, 16, 16.6, 15.2, 16.1, 15.9, MISSING]
#: Two months in the worst band; the same after the first of them was revised.
BANDS = replace(
    charts.BANDS, title="Victim advice line referral rate", area="Telford & Wrekin",
    points=points([*_REFERRED, 9.4, 12.2], {12: CONCERN, 13: CONCERN}, first=_AUGUST, provisional=(13,)),
)  # fmt: skip
BANDS_REVISED = replace(BANDS, points=points([*_REFERRED, 15.4, 12.2], {13: CONCERN}, first=_AUGUST))
STANDARD_REVISED = replace(
    charts.STANDARD,
    points=points([93, 94.1, 92, 91.4, 90.6, 92.2, 94, 93.1, 92.5, 91, 90.4, 91.9, 93, 92.4, 91.5, 91.2], first=_JUNE),
    lines=(charts.level(LineKind.TARGET, "Standard", (90.0, 16)),),
)  # fmt: skip
BURGLARIES = charts.a_chart(
    [], title="Residential burglary (dwelling)",
    points=points([955, 948, 990, 961, 930, 972, 1010, 1012, 941], {6: CONCERN, 7: CONCERN},
                  first=Period(PeriodKind.QUARTER, 2018 * 4)),
    lines=charts.limits((None, None, None, 4), (1004, 965, 926, 5)),
)  # fmt: skip

#: What each case below is a notice of.
OPENED = charts.charted(
    replace(
        mails.CALLS,
        text="83% of 999 calls were answered within 10 seconds in September 2020, 7 points below the standard of 90%. It was"
        " 85.4% in August 2020. This is the fourth month running, since June 2020.",
        since=None,
    )
)
CORRECTED = charts.charted(
    replace(
        mails.REFERRALS,
        kind=EventKind.CORRECTED,
        text="12.2% of victim-based crimes were referred to the Victim Advice Line in Telford & Wrekin in September 2020, in the"
        " red band (below 15%). It is down 3.2 points from 15.4% in August 2020.",
        since=None,
        reason="The figures were revised; it has been exceptional since September 2020, not August 2020.",
        cites=f'First told on 17 September 2020: "{mails.REFERRALS.headline.replace("12.2%", "9.4%")}".',
    ),
    BANDS_REVISED,
)
CORRECTED_AWAY = replace(
    charts.charted(mails.CALLS, STANDARD_REVISED),
    kind=EventKind.CORRECTED,
    headline="999 calls answered within 10 seconds: 91.2%, not below the standard of 90.0% (West Mercia)",
    text="91.2% of 999 calls were answered within 10 seconds in September 2020, 1.2 points above the standard of 90.0%. It was"
    " 91.5% in August 2020.",
    since=None,
    reason=FIGURES_REVISED,
    closed=True,
    cites=f'First told on 15 October 2020: "{mails.CALLS.headline}".',
    ending=Ending(new_value="91.2% in September 2020", old_value="83% in September 2020", lasted=None),
)
WORSENED = replace(
    charts.charted(mails.REFERRALS, BANDS),
    kind=EventKind.WORSENED,
    severity=Severity.CRITICAL,
    comments=(
        "Commander, Telford & Wrekin, 22 September 2020: acknowledged",
        "Head of Victim Services, 1 October 2020: a second adviser starts in November",
    ),
)
REMINDED = replace(
    OPENED, kind=EventKind.REMINDED, chart=mails.CALLS.chart,
    reason="First told on 15 July 2020; nobody has acknowledged it since.",
)  # fmt: skip
ESCALATED = replace(
    OPENED, kind=EventKind.ESCALATED, on_behalf_of=("Head of Contact",), also_told=("Head of Contact",),
    reason="Head of Contact was told on 12 October 2020; nobody has acknowledged it since.",
)  # fmt: skip
STOOD_IN_FOR = replace(mails.REFERRALS, on_behalf_of=("Commander, Telford & Wrekin",))
SILENCED_BEFORE = replace(OPENED, reason=SILENCE_OVER, severity=Severity.WARNING)
CLEARED = charts.charted(
    replace(
        mails.BURGLARY,
        ending=Ending(
            new_value="941 in Q1 2020/21",
            old_value="1,012 in Q4 2019/20",
            lasted="2 quarters, Q3 2019/20 to Q4 2019/20",
        ),
    ),
    BURGLARIES,
)
UNWATCHED = tuple(
    replace(
        mails.VOLUMES, headline=f"{title} (Herefordshire)", measure=title, reason="the rule ended on 31 March 2019",
        text=f"{title}: 12 in March 2019.",
    )
    for title in ("Business crime in the month", "Rural crime in the month", "Other sexual offences in the month")
)  # fmt: skip
#: As a force-level notice has them.
MANY_AREAS = tuple(
    mails.a_glance(
        area=f"Beat {n}, Safer Neighbourhood Team",
        value=f"{40 + n}%",
        state="exception" if n % 9 == 0 else "normal",
        meanings=(Meaning.CONCERN,) if n % 9 == 0 else (),
        number=40 + n,
        held=50,
    )
    for n in range(1, 31)
)
FLOOD = (
    "61 exceptions opened at once, in 58 of 190 series. The figures themselves may be wrong; check them before you act."
)


def a_flood() -> Message:
    return render_notice(mails.a_notice(*(mails.an_event(n) for n in range(61)), summary=FLOOD))


def _told(event: EventView, **changes: object) -> Callable[[], Message]:
    return lambda: render_notice(mails.a_notice(event, **changes))


def _rules() -> RuleSet:
    rules = rules_for(a_panel([1]), TargetMissed(), a_measure())
    owners = {
        "operator": Owner(id="operator", name="ICT Duty Officer", email="ict.duty@example.org"),
        "contact": Owner(id="contact", name="Head of Contact", email="head.of.contact@example.org"),
    }
    rule = rules.rules[0]
    named = (replace(rule, title="Outside the control limits"), replace(rule, id="target", title="Target missed"))
    return replace(rules, rules=named, owners=owners)


def _opened(rule: str, n: int) -> AlertEvent:
    alert = Alert(
        key=SeriesKey(rule=rule, measure="m", area=f"a{n}"), opened=Calendar().parse_exact("2020-09"),
        state=AlertState.OPEN, severity=Severity.WARNING, period=Calendar().parse_exact("2020-09"), value=1.0,
        consecutive=1, opened_at=AT, changed_at=AT,
    )  # fmt: skip
    return AlertEvent(kind=EventKind.OPENED, alert=alert, finding=None, at=AT)


def a_mass_change() -> Message:
    events = [_opened("r", n) for n in range(40)] + [_opened("target", n) for n in range(21)]
    return mass_change_note(FLOOD, events, "operator", _rules(), LETTERHEAD, (AT, "tick"))[1]


def an_undelivered_message() -> Message:
    message = render_notice(mails.a_notice(mails.CALLS))
    delivery = Delivery(
        id="d", notice_id="n", owner="contact", channel="email", address="head.of.contact@example.org",
        message_id="m@example.org", message=message,
    )  # fmt: skip
    failures = {
        "refused": [(delivery, "550 5.1.1 no such mailbox")],
        "not taken within 24 hours": [(replace(delivery, id="e"), "452 4.2.2 mailbox full")],
    }
    return undelivered_note(failures, "operator", _rules(), LETTERHEAD, AT)[1]


def refused_rules() -> Message:
    problems = [
        Problem(
            place=Place(file="rules/call-handling.yaml", line=12, column=7), code="unknown-measure",
            severity=ProblemSeverity.ERROR, message='no measure "calls-99-answered"',
            fix='did you mean "calls-999-answered-10s"?',
        ),
        Problem(
            place=Place(file="rules/volumes.yaml", line=31, column=11), code="bad-number",
            severity=ProblemSeverity.ERROR, message='sigmas: found "two"', fix="write a number such as 2",
        ),
    ]  # fmt: skip
    return refused_note(problems, _rules().owners["operator"], LETTERHEAD, AT)[1]


def a_trial() -> Message:
    return trial_note(_rules().owners["contact"], LETTERHEAD, AT)[1]


#: name -> what makes the message, beside the plainest ones.
MESSAGES: Mapping[str, Callable[[], Message]] = {
    "notice-fourth-month": _told(OPENED, provenance="figures/calls.csv, row 412, read at 07:00, load posted at 06:58"),
    "notice-many-areas": _told(replace(mails.REFERRALS, area="West Mercia", others=AreaList(MANY_AREAS))),
    "notice-worsened": _told(WORSENED),
    "notice-corrected": _told(CORRECTED),
    "notice-corrected-away": _told(CORRECTED_AWAY),
    "notice-reminded": _told(REMINDED),
    "notice-escalated": _told(ESCALATED),
    "notice-for-somebody-away": _told(STOOD_IN_FOR, marking="OFFICIAL"),
    "notice-after-a-silence": _told(SILENCED_BEFORE),
    "notice-within-limits-again": _told(CLEARED),
    "notice-some-no-longer-watched": lambda: render_notice(mails.a_notice(REMINDED, CLEARED, *UNWATCHED)),
    "notice-flood": a_flood,
    "notice-held-back": lambda: render_notice(
        mails.a_notice(mails.REFERRALS, mails.BURGLARY, summary="Held back over your quiet hours.")
    ),
    "engine-mass-change": a_mass_change,
    "engine-undelivered": an_undelivered_message,
    "engine-refused-rules": refused_rules,
    "engine-trial": a_trial,
}
