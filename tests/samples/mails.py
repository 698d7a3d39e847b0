"""Views of mails with figures that West Mercia published, for golden files and tests of rendering."""

from dataclasses import replace
from datetime import date
from typing import Any

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.severity import Severity
from alerting.reports.demo_views import DemoSummary, MailView
from alerting.reports.digest_views import (
    Checked,
    DigestEntry,
    DigestTopic,
    DigestView,
    EntryFigure,
    ExpectedFigure,
    FigureLine,
    NotJudged,
    Standing,
    ThemeTally,
    TopicLine,
    UnknownGroup,
)
from alerting.reports.views import (
    AreaFigure,
    AreaGlance,
    AreaList,
    Ending,
    EventView,
    NoticeView,
    RuleNote,
    SourceReport,
    SourceTroubleView,
    Trouble,
)
from alerting.reports.watched import FigureCounts
from alerting.wording.briefly import Brief, HeldLine
from alerting.wording.compared import Compared

REPORT = "Performance Report Q2 July to September 2020, published on 15 October 2020"


def a_glance(*, area: str, state: str, meanings: tuple[Meaning, ...] = (), **figure: Any) -> AreaGlance:
    """Return an area of a table.

    Args:
        figure: as `AreaFigure` has it.
    """
    return AreaGlance(area=area, state=state, meanings=meanings, figure=lambda: AreaFigure(**figure))


CALLS = EventView(
    kind=EventKind.OPENED,
    severity=Severity.CRITICAL,
    meaning=Meaning.CONCERN,
    brief=Brief(area="West Mercia", names=("999 in 10 s",), figure="83%", line=HeldLine("standard", "90%"), mark="!"),
    headline="999 calls answered within 10 seconds: 83%, below the standard of 90% (West Mercia)",
    text=(
        "83% of 999 calls were answered within 10 seconds in September 2020, 7 points below the standard of 90%. "
        "That is up from 81% in August 2020; no figure is known for September 2019."
    ),
    topic="Call handling",
    measure="999 calls answered within 10 seconds",
    area="West Mercia",
    period="September 2020",
    since="since August 2020, second month running",
    compared=Compared(
        figure="83%",
        line="standard 90%",
        apart="7 points below",
        against="7 points below standard 90%",
        before="It was 81% in August 2020.",
        clears="at 90% or more",
    ),
    clears="Clears at 90% or more",
    rule=RuleNote(
        title="999 calls answered too slowly",
        where="rules/call-handling.yaml:4:5",
        why="Agreed standard, Performance Management Framework 4.1",
    ),
    also_told=("Head of Local Policing", "Deputy Chief Constable"),
    remark=REPORT,
    link="https://example.org/reports/calls",
)
REFERRALS = EventView(
    kind=EventKind.OPENED,
    severity=Severity.WARNING,
    meaning=Meaning.CONCERN,
    brief=Brief(area="Telford", names=("VAL referrals",), figure="12.2%", line=HeldLine("red band"), mark="!"),
    headline="Victim advice line referrals: 12.2%, in the red band, below 15% (Telford & Wrekin)",
    text=(
        "12.2% of victims were referred to the Victim Advice Line in September 2020, in the red band (below 15%). "
        "That is up from 9.4% in August 2020."
    ),
    topic="Victims",
    measure="Victim advice line referral rate",
    area="Telford & Wrekin",
    period="September 2020",
    since="since August 2020, second month running",
    compared=Compared(
        figure="12.2%",
        line="red band",
        apart="2.8 points below",
        against="red band, 2.8 points below 15%",
        before="It was 9.4% in August 2020.",
        clears="at 15% or more",
    ),
    clears="Clears at 15% or more",
    rule=RuleNote(
        title="Too few victims referred", where="rules/victims.yaml:31:5", why="Victims' Code compliance, scorecard 1.1"
    ),
    others=AreaList(
        [
            a_glance(area="West Mercia", value="13.1%", state="exception", meanings=(Meaning.CONCERN,)),
            a_glance(area="South Worcestershire", value="11.9%", state="exception", meanings=(Meaning.CONCERN,)),
            a_glance(area="North Worcestershire", value="16.2%", state="normal"),
            a_glance(area="Herefordshire", value="13.6%", state="exception", meanings=(Meaning.CONCERN,)),
            a_glance(area="Shropshire", value="–", state="late"),
        ]
    ),
    also_told=("Head of Victim Services",),
    remark=REPORT,
    notes=("Officers' knowledge of the line was being surveyed in this quarter",),
)
BURGLARY = EventView(
    kind=EventKind.RESOLVED,
    severity=Severity.WARNING,
    ended=Meaning.CONCERN,
    brief=Brief(
        area="West Mercia",
        names=("Residential burglary (dwelling)", "Residential burglary"),
        figure="941",
        line=HeldLine("limits", "926 to 1,004"),
        mark="",
    ),
    headline="Residential burglary: 941, within its limits again (West Mercia)",
    text="941 residential burglaries were recorded in Q1 2020/21, between the limits of 926 and 1,004.",
    topic="Acquisitive crime",
    measure="Residential burglary (dwelling)",
    area="West Mercia",
    period="Q1 2020/21",
    rule=RuleNote(title="Outside the control limits", where="rules/volumes.yaml:12:5"),
    ending=Ending(new_value="941", old_value="1,012 in Q4 2019/20", lasted="2 quarters, Q3 and Q4 2019/20"),
    remark=REPORT,
)
VOLUMES = EventView(
    kind=EventKind.WITHDRAWN,
    severity=Severity.INFO,
    ended=Meaning.CONCERN,
    brief=Brief(
        area="Herefordshire", names=("Total recorded crime",), figure="412", line=HeldLine("average", "380"), mark=""
    ),
    headline="Crime volumes against the monthly average: 412, above the average of 380 (Herefordshire)",
    text="412 crimes were recorded in March 2019.",
    topic="Volumes",
    measure="Total recorded crime",
    area="Herefordshire",
    period="March 2019",
    reason="the rule ended on 31 March 2020, with the monthly report that it belonged to",
    rule=RuleNote(title="Above the monthly average", where="rules/volumes-2019.yaml:8:5"),
)


def an_event(n: int = 0, **changes: Any) -> EventView:
    """A plain exception, told apart by its number."""
    count = 1_000 + 7 * n
    base = EventView(
        kind=EventKind.OPENED,
        severity=(Severity.WARNING, Severity.CRITICAL, Severity.INFO, Severity.WARNING)[n % 4],
        meaning=Meaning.CONCERN,
        brief=Brief(
            area="Shropshire",
            names=(f"Recorded crime type {n}",),
            figure=f"{count:,}",
            line=HeldLine("upper limit", f"{count - 50:,}"),
            mark="!",
        ),
        headline=f"Recorded crime type {n}: {count:,}, above its upper limit of {count - 50:,} (Shropshire)",
        text=f"{count:,} offences of type {n} were recorded in Q2 2020/21, 50 above the upper limit of {count - 50:,}.",
        topic=("Violence", "Acquisitive crime", "Public order")[n % 3],
        measure=f"Recorded crime type {n}",
        area="Shropshire",
        period="Q2 2020/21",
        since="since Q1 2020/21, second quarter running",
        rule=RuleNote(
            title="Outside the control limits", where="rules/volumes.yaml:12:5", why="The quarterly report's own method"
        ),
        others=AreaList(
            [
                a_glance(area="Herefordshire", value=f"{count - 400:,}", state="normal"),
                a_glance(area="North Worcestershire", value=f"{count - 300:,}", state="normal"),
                a_glance(
                    area="Telford & Wrekin", value=f"{count + 3:,}", state="exception", meanings=(Meaning.CONCERN,)
                ),
            ]
        ),
        also_told=("Head of Performance",),
        remark=REPORT,
    )
    return replace(base, **changes)


def a_notice(*events: EventView, **changes: Any) -> NoticeView:
    base = NoticeView(
        owner="Commander, Telford & Wrekin",
        events=events,
        as_of="15 October 2020",
        reply_to="performance@example.org",
    )
    return replace(base, **changes)


def ten_events() -> NoticeView:
    """One of everything that can happen, and more exceptions, marked."""
    headline = REFERRALS.headline.replace("Telford & Wrekin", "Herefordshire")
    worse = replace(
        REFERRALS,
        kind=EventKind.WORSENED,
        area="Herefordshire",
        brief=replace(REFERRALS.brief, area="Herefordshire"),
        headline=headline,
        severity=Severity.CRITICAL,
    )
    corrected = an_event(
        8, kind=EventKind.CORRECTED, reason="the figure for Q2 2020/21 was revised from 1,020 on 12 October 2020"
    )
    events = (BURGLARY, CALLS, REFERRALS, worse, VOLUMES, corrected, *(an_event(n) for n in range(4)))
    return a_notice(*events, marking="OFFICIAL")


THEMES = (
    ThemeTally(theme="Confidence", exceptions=0, critical=0, normal=8, not_judged=4),
    ThemeTally(theme="Victims first", exceptions=7, critical=0, normal=3, not_judged=2),
    ThemeTally(theme="Managing demand", exceptions=3, critical=2, normal=9, not_judged=0),
)


def a_late_survey(area: str) -> NotJudged:
    return NotJudged(
        measure="Domestic abuse satisfaction",
        area=area,
        period="Q2 2020/21",
        reason="late",
        detail="Due on 5 October 2020",
    )


NOT_JUDGED = (
    NotJudged(
        measure="Grade 1 response time",
        area="West Mercia",
        period="September 2020",
        reason="held",
        detail="Until 23 October 2020: being tested after the new command and control system",
    ),
    *(a_late_survey(area) for area in ("Herefordshire", "Shropshire", "Telford & Wrekin")),
)
UNKNOWN = (
    UnknownGroup(
        count=3,
        words="have no figure for Q2 2020/21, due by 5 October 2020",
        names=("Domestic abuse satisfaction (Herefordshire, Shropshire and Telford & Wrekin)",),
    ),
    UnknownGroup(count=1, words="is held", names=("Grade 1 response time",)),
)


def a_figure(measure: str, title: str, value: str, area: str = "West Mercia", **extra: Any) -> EntryFigure:
    return EntryFigure(
        id=(measure, area), measure=measure, title=title, area=area, area_unsaid=area == "West Mercia",
        area_place=0 if area == "West Mercia" else 1, period=extra.pop("period", "Sep 2020"),
        when=extra.pop("when", "in September 2020"), value=value, **extra,
    )  # fmt: skip


ENTRIES = {
    "calls-999": DigestEntry(
        standing=Standing.OPENED,
        severity=Severity.CRITICAL,
        meaning=Meaning.CONCERN,
        figure=a_figure(
            "999 in 10 s",
            "999 calls answered within 10 seconds",
            "83%",
            line="standard 90%",
            change="+2 points on Aug 2020",
        ),
        headline=CALLS.headline,
        since=CALLS.since,
        text="Up from 81% in August 2020",
        owners=("Head of Contact",),
        link=CALLS.link,
    ),
    "calls-101": DigestEntry(
        standing=Standing.ONGOING,
        severity=Severity.WARNING,
        meaning=Meaning.CONCERN,
        figure=a_figure(
            "101 in 30 s", "101 calls answered within 30 seconds", "27%", line="standard 80%", since="since Jun 2020"
        ),
        headline="101 calls answered within 30 seconds: 27%, below the standard of 80% (West Mercia)",
        since="since June 2020, fourth month running",
        owners=("Head of Contact",),
    ),
    "referrals": DigestEntry(
        standing=Standing.WORSENED,
        severity=Severity.CRITICAL,
        meaning=Meaning.CONCERN,
        figure=a_figure("VAL referrals", "Referrals to the Victim Advice Line", "12.2%", "Telford", line="lowest band"),
        headline=REFERRALS.headline,
        since=REFERRALS.since,
        owners=("Commander, Telford & Wrekin",),
    ),
    "burglary": DigestEntry(
        standing=Standing.RESOLVED,
        severity=Severity.WARNING,
        meaning=Meaning.CONCERN,
        figure=a_figure("burglary", "Burglary", "945", period="Q1 20/21"),
        headline=BURGLARY.headline,
        text="1,012 in Q4 2019/20; lasted 2 quarters",
        owners=("Head of Crime",),
    ),
    "volumes": DigestEntry(
        standing=Standing.WITHDRAWN,
        severity=Severity.INFO,
        meaning=Meaning.CONCERN,
        figure=a_figure("volumes", "Volumes", "14", "Herefordshire", period="Feb 2020"),
        headline=VOLUMES.headline,
        text="The rule ended on 31 March 2020",
        owners=("Commander, Herefordshire",),
    ),
}


def a_digest(**changes: Any) -> DigestView:
    base = DigestView(
        owner="Deputy Chief Constable",
        title="Weekly digest",
        window="9 to 15 October 2020",
        span="this week",
        time="Week to 15 October",
        as_of="15 October 2020",
        counts=FigureCounts(concerns=3, expected=1_201, not_known=6, new_concerns=1, critical=2, over=1),
        topics=(
            DigestTopic(title="Call handling", entries=(ENTRIES["calls-101"], ENTRIES["calls-999"])),
            DigestTopic(title="Victims", entries=(ENTRIES["referrals"],)),
            DigestTopic(title="Volumes", entries=(ENTRIES["burglary"], ENTRIES["volumes"])),
        ),
        themes=THEMES,
        checked=Checked(series=1_210, judged=1_204, reasons=(("held", 4), ("late", 2))),
        not_judged=NOT_JUDGED,
        unknown=UNKNOWN,
        marking="OFFICIAL",
        reply_to="performance@example.org",
    )
    return replace(base, **changes)


def a_quiet_digest() -> DigestView:
    return a_digest(
        owner="Head of Contact",
        topics=(DigestTopic(title="Call handling", entries=(replace(ENTRIES["calls-101"], owners=()),)),),
        themes=(ThemeTally(theme="Managing demand", exceptions=1, critical=0, normal=11, not_judged=0),),
        counts=FigureCounts(concerns=1, expected=11),
        checked=Checked(series=12, judged=12, until="30 September 2020"),
        not_judged=(),
        unknown=(),
        lines=(
            TopicLine(
                theme="Managing demand",
                topic="Call handling",
                inclusion="Month and quarter",
                figures=(
                    FigureLine(
                        text="101 calls answered within 30 seconds: 27% in September 2020, below the standard of 80%",
                        severity=Severity.WARNING,
                        meaning=Meaning.CONCERN,
                    ),
                    FigureLine(text="999 calls answered within 10 seconds: 94% in September 2020"),
                ),
                commentary="Exceptions: 101 calls answered within 30 seconds",
                expected=(ExpectedFigure(words="999 in 10 s 94% (+1 point)", period="Sep 2020"),),
            ),
        ),
        marking=None,
    )


def a_source_trouble(**changes: Any) -> SourceTroubleView:
    base = SourceTroubleView(
        owner="Performance Analyst",
        as_of="15 October 2020",
        reply_to="performance@example.org",
        reports=(
            SourceReport(
                source="Call handling",
                refused=(
                    Trouble(
                        file="figures/call-handling.csv",
                        row=12,
                        column="value",
                        found="83 per cent",
                        message="a value must be a number; the figure for September 2020 in West Mercia is not used",
                        fix="write 83 or 83%",
                    ),
                ),
                conflicts=(
                    Trouble(
                        file="figures/call-handling.csv",
                        row=18,
                        found="81 in row 17, 84 in row 18",
                        message="two different values for one measure, area, period and published day",
                        fix="keep one, or give the later one its own published day",
                    ),
                ),
                effect="2 series are not judged until this is mended",
            ),
            SourceReport(source="Warehouse", failed="connection to the warehouse was refused at 07:00"),
        ),
    )
    return replace(base, **changes)


def a_mail(subject: str, text: str, html: str, **changes: Any) -> MailView:
    base = MailView(
        day=date(2020, 10, 15),
        owner="Head of Contact",
        address="head.of.contact@example.org",
        kind="Notice",
        subject=subject,
        text=text,
        html=html,
    )
    return replace(base, **changes)


SUMMARY = DemoSummary(
    title="Exceptions in the published figures",
    as_of="15 October 2020",
    themes=THEMES,
    checked=Checked(series=1_210, judged=1_204, reasons=(("held", 4), ("late", 2))),
    not_judged=NOT_JUDGED,
    open=(ENTRIES["calls-101"], ENTRIES["calls-999"], ENTRIES["referrals"]),
)
