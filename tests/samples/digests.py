"""Digests as views: a busy week with charts, a quiet one, and one in which figures failed."""

from dataclasses import replace
from typing import Any

from alerting.charts.chart import Chart
from alerting.charts.pictures import Pictures
from alerting.charts.sparkline import HEIGHT, WIDTH
from alerting.domain.finding import Meaning
from alerting.domain.severity import Severity
from alerting.reports.digest_views import (
    Checked,
    ComingNote,
    DataTrouble,
    DigestEntry,
    DigestTopic,
    DigestView,
    DraftView,
    ExpectedFigure,
    FigureLine,
    HoldNote,
    NotJudged,
    SilencedNote,
    Standing,
    ThemeTally,
    TopicLine,
    UnknownGroup,
)
from alerting.reports.event_chart import SMALL_ALT
from alerting.reports.views import (
    ChartView,
)
from alerting.reports.watched import FigureCounts
from samples import charts, mails

DEMAND, VICTIMS, SECURE = "Managing demand", "Victims first", "A more secure county"
LINES = (
    TopicLine(
        theme=DEMAND, topic="Call handling", inclusion="Month and quarter",
        figures=(
            FigureLine(
                text="999 calls answered within 10 seconds: 83% in September 2020, up 2 points on August 2020 (81%), below the "
                "standard of 90%",
                severity=Severity.CRITICAL, meaning=Meaning.CONCERN,
            ),
            FigureLine(
                text="101 calls answered within 30 seconds: 27% in September 2020, below the 76.9% planned by then",
                severity=Severity.WARNING, meaning=Meaning.CONCERN,
            ),
            FigureLine(text="and 4 more measures"),
        ),
        commentary="Exceptions: 999 calls answered within 10 seconds; 101 calls answered within 30 seconds",
    ),
    TopicLine(
        theme=VICTIMS, topic="Victim Advice Line", inclusion="Month and quarter",
        figures=(
            FigureLine(
                text="13.1% in September 2020, up 3 points on August 2020 (10.1%), in the lowest band",
                severity=Severity.WARNING, meaning=Meaning.CONCERN,
            ),
        ),
        commentary="Exceptions in all areas except North Worcestershire",
    ),
    TopicLine(
        theme=VICTIMS, topic="Victim satisfaction", inclusion="Quarter unless updated",
        figures=(FigureLine(text="77.8% in March 2020; Q2 2020/21 is late"),), commentary="Not judged",
    ),
    TopicLine(
        theme=SECURE, topic="Robbery", inclusion="Quarter unless exceptional",
        figures=(
            FigureLine(text="152 offences in Q2 2020/21, down 5.6% on Q1 2020/21 (161), within its limits of 140 to 171"),
        ),
        commentary="No exceptional volumes",
        expected=(ExpectedFigure(words="Personal robbery 144 (−2.7%)", period="Q2 20/21"),),
    ),
)  # fmt: skip
THEMES = (
    ThemeTally(theme=SECURE, exceptions=0, critical=0, normal=12, not_judged=0),
    ThemeTally(theme=VICTIMS, exceptions=7, critical=0, normal=3, not_judged=2),
    ThemeTally(theme=DEMAND, exceptions=3, critical=2, normal=9, not_judged=0),
)
HOLD = HoldNote(
    title="Average response time to emergencies and Emergencies attended within 20 minutes", until="23 October 2020",
    reason="Tested after the move to the new command and control system",
)  # fmt: skip
SILENCE = SilencedNote(
    title="101 calls answered too slowly (West Mercia)",
    until="18 December 2020",
    reason="Planned for, reported separately",
)
COMING = (
    ComingNote(day="23 October 2020", lines=("The last day of a hold: Average response time to emergencies",)),
    ComingNote(
        day="5 November 2020",
        lines=(
            "Figures for October 2020 are due: 999 calls answered within 10 seconds and 12 more",
            "A milestone of a plan: Referrals to the Victim Advice Line, 18.3%",
        ),
    ),
)


def charted(entry: DigestEntry, chart: Chart) -> DigestEntry:
    drawn = Pictures()
    view = ChartView(alt=SMALL_ALT, shows=SMALL_ALT, width=WIDTH, height=HEIGHT, draw=lambda: drawn.small(chart))
    return replace(entry, chart=lambda: view)


def busy(**changes: Any) -> DigestView:
    """Something of everything, with the charts of the worst."""
    said = ("Head of Contact, 12 October 2020: twelve call handlers start on 2 November",)
    calls = charted(replace(mails.ENTRIES["calls-999"], text=mails.CALLS.text, comments=said), charts.STANDARD)
    corrected = replace(
        mails.ENTRIES["burglary"], standing=Standing.CORRECTED, closed=True,
        headline="Robbery: 152, within its limits (Telford & Wrekin)",
        text="The figures were revised; under the new ones there is no exception",
    )  # fmt: skip
    base = mails.a_digest(
        topics=(
            DigestTopic(
                title="Call handling", theme="Victims first", entries=(replace(mails.ENTRIES["calls-101"], comments=said), calls)
            ),
            DigestTopic(
                title="Victim Advice Line", theme="Victims first", entries=(charted(mails.ENTRIES["referrals"], charts.BANDS),)
            ),
            DigestTopic(title="Robbery", entries=(mails.ENTRIES["burglary"], corrected, mails.ENTRIES["volumes"])),
        ),
        themes=THEMES, lines=LINES, not_included=("Drug offences", "Vehicle seizures"), without_figures=("Data maturity",),
        checked=Checked(series=1_210, judged=1_204, reasons=(("held", 4), ("late", 2)), until="30 September 2020"),
        holds=(HOLD,), silenced=(SILENCE,), coming=COMING,
    )  # fmt: skip
    return replace(base, **changes)


def troubled() -> DigestView:
    """A week in which a source failed, another has rows to mend, and nothing else happened."""
    troubles = (
        DataTrouble(
            source="warehouse", lines=("The connection to the warehouse was refused.",), effect="12 measures were not judged",
            failed=True,
        ),
        DataTrouble(
            source="calls",
            lines=(
                'figures/calls.csv, row 12: "83 per cent" is not a number; write 83 or 83%.',
                "figures/calls.csv, row 18: two figures for September 2020 in West Mercia, 81 in row 17 and 84 here.",
            ),
        ),
    )  # fmt: skip
    late = tuple(mails.a_late_survey(area) for area in ("Herefordshire", "Shropshire"))
    conflict = NotJudged(
        measure="999 calls answered within 10 seconds", area="West Mercia", period="September 2020",
        reason="with two different figures",
    )  # fmt: skip
    reasons = (("late", 2), ("with two different figures", 1))
    return mails.a_digest(
        topics=(), themes=(), counts=FigureCounts(expected=12, not_known=3), lines=LINES[2:3], troubles=troubles,
        not_judged=(*late, conflict), unknown=(
            UnknownGroup(count=12, words="measures whose source could not be read", names=("Stock", "Deliveries")),
            UnknownGroup(count=2, words="have no figure for Q2 2020/21, due by 5 October 2020", names=("DA satisfaction",)),
            UnknownGroup(count=1, words="has two different values", names=("999 calls answered within 10 seconds",)),
        ), marking=None,
        checked=Checked(
            series=15, judged=12, reasons=reasons, until="30 September 2020", unread_measures=12, unread_sources=1
        ),
    )  # fmt: skip


def a_draft(**changes: Any) -> DraftView:
    base = DraftView(
        month="September 2020", ends_quarter=True, as_of="15 October 2020", lines=LINES, not_included=("Public order",),
        without_figures=("Data maturity",), checked=Checked(series=1_210, judged=1_204, until="30 September 2020"),
        troubles=troubled().troubles, marking="OFFICIAL",
    )  # fmt: skip
    return replace(base, **changes)
