"""Messages that show every name a template can use, present and absent: what a template is tried on before anybody gets it."""

from dataclasses import dataclass, replace
from functools import cache

from alerting.domain.alert import EventKind
from alerting.domain.finding import Meaning
from alerting.domain.notify.notice import Message, Picture
from alerting.domain.severity import Severity
from alerting.render.digest import render_digest
from alerting.render.notice import render_notice
from alerting.reports.digest_views import (
    Checked,
    DigestEntry,
    DigestTopic,
    DigestView,
    NotJudged,
    Standing,
    ThemeTally,
)
from alerting.reports.views import (
    AreaFigure,
    AreaGlance,
    AreaList,
    ChartView,
    Ending,
    EventView,
    NoticeView,
    RuleNote,
)
from alerting.reports.watched import FigureCounts
from alerting.wording.briefly import Brief, HeldLine

#: Words as they may come in figures and titles; in HTML they must arrive as these very characters.
_HOSTILE = "<img src=x> & \"so called\" onclick='x' {{ 7*7 }} \u202e\ud83d"

_ODDITIES = "odd characters in the figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A view and the built-in message of it."""

    what: str
    view: NoticeView | DigestView
    message: Message

    @property
    def odd(self) -> bool:
        """Whether its words try to be more than words."""
        return self.what == _ODDITIES


def _chart() -> ChartView:
    picture = Picture(id="sample", png=b"")
    shows = "History: April 2019 to September 2020, with standard 90%."
    return ChartView(alt=f"Below the standard. {shows}", shows=shows, width=540, height=280, draw=lambda: picture)


_OPENED = EventView(
    kind=EventKind.OPENED,
    severity=Severity.CRITICAL,
    meaning=Meaning.CONCERN,
    brief=Brief(area="West Mercia", names=("999 in 10 s",), figure="83%", line=HeldLine("standard", "90%"), mark="!"),
    headline="999 calls answered within 10 seconds: 83%, below the standard of 90% (West Mercia)",
    text="83% of 999 calls were answered within 10 seconds in September 2020, 7 points below the standard of 90%.",
    topic="Call handling",
    measure="999 calls answered within 10 seconds",
    area="West Mercia",
    period="September 2020",
    since="since August 2020, second month running",
    reason="The figure for August 2020 was revised from 91%",
    notes=("Too few callers surveyed: indicative only",),
    rule=RuleNote(title="999 calls answered too slowly", why="Agreed standard", where="rules/calls.yaml:4:5"),
    others=AreaList(
        [
            AreaGlance(area="Shropshire", figure=lambda: AreaFigure(value="91%"), state="normal"),
            AreaGlance(area="North", figure=lambda: AreaFigure(value="–"), state="late"),
        ]
    ),
    also_told=("Head of Contact", "Deputy Chief Constable"),
    on_behalf_of=("Head of Crime",),
    cites='First told on 15 September 2020: "999 calls: 91%".',
    comments=("Head of Contact, 12 October 2020: more staff from May",),
    remark="Performance Report Q2",
    link="https://example.org/report",
    chart=_chart,
)
_BARE = replace(
    _OPENED,
    severity=Severity.INFO,
    since=None,
    reason=None,
    notes=(),
    rule=RuleNote(title="999 calls answered too slowly", where=""),
    others=AreaList(),
    also_told=(),
    on_behalf_of=(),
    cites=None,
    comments=(),
    remark=None,
    link=None,
    chart=lambda: None,
)
_ENDED = replace(
    _BARE,
    kind=EventKind.RESOLVED,
    severity=Severity.WARNING,
    meaning=None,
    ended=Meaning.CONCERN,
    ending=Ending(new_value="92%", old_value="83%", lasted="2 months, August 2020 to September 2020"),
)
_ODD = replace(_BARE, headline=f"Headline {_HOSTILE}", text=_HOSTILE, measure=_HOSTILE, area=_HOSTILE, topic=_HOSTILE)
_SUMMARY = "Held back since 14 October 2020, 20:00, because of quiet hours"
_NOTICE = NoticeView(owner="Head of Contact", events=(_OPENED,), as_of="15 October 2020", reply_to="post@example.org")
_ENTRY = DigestEntry(
    standing=Standing.OPENED,
    severity=Severity.CRITICAL,
    meaning=Meaning.CONCERN,
    headline=_OPENED.headline,
    since=_OPENED.since,
    text="Up from 81% in August 2020",
    owners=("Head of Contact",),
    link="https://example.org/report",
)
_DIGEST = DigestView(
    owner="Head of Contact",
    title="Monday digest",
    window="9 to 15 October 2020",
    span="this week",
    time="Week to 15 October",
    as_of="15 October 2020",
    counts=FigureCounts(concerns=6, expected=1_198, not_known=6, new_concerns=2, critical=3, over=2),
    topics=(
        DigestTopic(
            title="Call handling",
            entries=tuple(
                replace(_ENTRY, standing=standing, since=None, text=None, owners=(), link=None) for standing in Standing
            ),
        ),
        DigestTopic(title="Victims", entries=(_ENTRY,)),
    ),
    themes=(ThemeTally(theme="Managing demand", exceptions=6, critical=3, normal=1_104, not_judged=6),),
    checked=Checked(series=1_210, judged=1_204, reasons=(("held", 4), ("late", 2))),
    not_judged=(
        NotJudged(
            measure="Satisfaction",
            area="Shropshire",
            period="Q2 2020/21",
            reason="late",
            detail="Due on 5 October 2020",
        ),
        NotJudged(measure="Response time", area="West Mercia", period="September 2020", reason="held"),
    ),
    marking="OFFICIAL",
    reply_to="post@example.org",
)
_QUIET = replace(
    _DIGEST,
    topics=(),
    themes=(),
    counts=FigureCounts(expected=12),
    checked=Checked(series=12, judged=12),
    not_judged=(),
    marking=None,
    reply_to=None,
)


@cache
def samples(kind: str) -> tuple[Sample, ...]:
    """Return what templates of a kind, `notice` or `digest`, are tried on."""
    if kind == "notice":
        notices = {
            "one new exception": _NOTICE,
            "several events": replace(
                _NOTICE, events=(_ENDED, _OPENED, _BARE), marking="OFFICIAL", reply_to=None, summary=_SUMMARY
            ),
            "one that is over": replace(_NOTICE, events=(_ENDED,)),
            _ODDITIES: replace(_NOTICE, owner=f"Owner {_HOSTILE}", events=(_ODD,)),
        }
        return tuple(Sample(what=what, view=view, message=render_notice(view)) for what, view in notices.items())
    odd = replace(_ENTRY, headline=f"Headline {_HOSTILE}", text=_HOSTILE)
    digests = {
        "a digest of a busy week": _DIGEST,
        "a digest of a quiet week": _QUIET,
        _ODDITIES: replace(_QUIET, topics=(DigestTopic(title=_HOSTILE, entries=(odd,)),)),
    }
    return tuple(Sample(what=what, view=view, message=render_digest(view)) for what, view in digests.items())
