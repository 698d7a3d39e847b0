"""Scorecards: of folders as they stand on a day, made up ones of any size, and a reader that counts what their pages show."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from alerting.app.digests.alert_snapshot import AlertSnapshot
from alerting.app.digests.contents import Contents
from alerting.app.digests.make import digests_named, morning_on
from alerting.domain.notify.notice import Message
from alerting.domain.severity import Severity
from alerting.opening import open_store
from alerting.render.environment import HTML_BUDGET_BYTES
from alerting.render.printing import BROWSERS
from alerting.reports.morning import DigestReader
from alerting.reports.scorecard import ScorecardView, ScoreFigure, ScoreLine, ScoreTheme
from alerting.reports.watched import FigureCounts, FigureState
from samples import mails
from samples.mail_page import Element, MailPage
from samples.worlds import an_engine

BROWSER = next((path for name in BROWSERS if (path := shutil.which(name))), None)
SHAPES = {
    "!": FigureState.CONCERN, "~": FigureState.CHANGE, "+": FigureState.IMPROVEMENT, "·": FigureState.EXPECTED,
    "?": FigureState.NOT_KNOWN,
}  # fmt: skip
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")


def of_folder(folder: Path, state: Path, day: date, digest: str | None = None) -> ScorecardView:
    """The scorecard of who sees everything after a tick on a day: of one digest, or of all there is."""
    engine = an_engine(folder, state, day)
    store = open_store(engine.settings)
    try:
        report = engine.tick(store, day)
        assert not report.evaluation.faults
        rules, own = engine.rules, engine.installation
        (chosen,) = digests_named(rules, [digest]) if digest else [replace(digests_named(rules, ())[0], about=None)]
        reader = DigestReader(owner=next(iter(rules.owners)), sees_all=True, about=chosen.about)
        with store.begin() as held:
            book = morning_on(rules, engine.enquiries.read(), day, day)
            contents = Contents(
                book, AlertSnapshot(rules, held, own.instant(day)), own.instant(day), own.message_defaults
            )
            view = contents.scorecard(chosen, reader, own.instant(day))
        assert not book.evaluation.faults
        return view
    finally:
        store.close()


def a_figure(state: FigureState = FigureState.EXPECTED, **changes: Any) -> ScoreFigure:
    exceptional = state.is_exceptional
    base = ScoreFigure(
        area="West Mercia", area_place=0, area_unsaid=True, state=state, severity=Severity.WARNING if exceptional else None,
        besides=(), value="83%", period="Sep 2020", why="late" if state is FigureState.NOT_KNOWN else None,
        weight=(int(state), 0, 0, 0.0, 0),
    )  # fmt: skip
    return replace(base, **changes)


def a_line(number: int, state: FigureState = FigureState.EXPECTED, areas: int = 0, **changes: Any) -> ScoreLine:
    """A measure; every third of its areas is a concern."""
    below = tuple(
        a_figure(
            FigureState.EXPECTED if n % 3 else FigureState.CONCERN,
            area=f"Ward {n + 1}",
            area_place=n + 1,
            area_unsaid=False,
        )
        for n in range(areas)
    )
    base = ScoreLine(
        measure=f"calls {number}", title=f"Calls answered in time, {number}", lead=a_figure(state), areas=below,
        last_year="81%", change="+2 points", held_against=("standard 90%",),
    )  # fmt: skip
    return replace(base, **changes)


def a_view(*themes: Sequence[ScoreLine], **changes: Any) -> ScorecardView:
    """A scorecard of some themes, with the counts of its figures and the rest as in a digest."""
    made = tuple(ScoreTheme(title=f"Theme {n + 1}", lines=tuple(lines)) for n, lines in enumerate(themes) if lines)
    states = Counter(figure.state for theme in made for line in theme.lines for figure in line.figures)
    counts = FigureCounts(
        concerns=states[FigureState.CONCERN], changes=states[FigureState.CHANGE],
        improvements=states[FigureState.IMPROVEMENT], expected=states[FigureState.EXPECTED],
        not_known=states[FigureState.NOT_KNOWN],
    )  # fmt: skip
    digest = mails.a_digest(counts=counts, topics=(), unknown=(), **changes)
    return ScorecardView(digest=digest, title="Board scorecard", meeting="21 October 2020", themes=made)


def pages_in(pdf: bytes) -> int:
    return len(_PAGE.findall(pdf))


def contradictions(view: ScorecardView, message: Message) -> Iterator[str]:
    """Yield where a page or text says something else than the digest's counts, or leaves out what it does not own up to."""
    counts, page = view.digest.counts, MailPage(message.html)
    own = Counter(figure.state for theme in view.themes for line in theme.lines for figure in line.figures)
    told = Counter({
        FigureState.CONCERN: counts.concerns, FigureState.CHANGE: counts.changes,
        FigureState.IMPROVEMENT: counts.improvements, FigureState.EXPECTED: counts.expected,
        FigureState.NOT_KNOWN: counts.not_known,
    })  # fmt: skip
    if own != +told:
        yield f"lines have {own}, the digest counts {told}"
    lines = [line for theme in view.themes for line in theme.lines]
    shown = list(rows(page))
    left = re.search(r"([\d,]+) measures? of lesser weight for which there is no room", page.body.text)
    if len(shown) + (int(left[1].replace(",", "")) if left else 0) != len(lines):
        yield f"{len(shown)} of {len(lines)} measures are shown, and it owns up to {left and left[1]}"
    if (
        not left
        and sum((row for row in shown), Counter()) != own
        and max((len(line.areas) for line in lines), default=0) <= 40
    ):
        yield f"marks are {sum((row for row in shown), Counter())}, figures {own}"
    text = " ".join(message.text.split())
    for line in lines:
        if " ".join(line.title.split()) not in text:
            yield f"the text lacks {line.title}"
        for figure in line.figures:
            if figure.state.is_exceptional and figure.value not in text:
                yield f"the text lacks {line.title} {figure.area}: {figure.value}"
    yield from _unsound(page, message)


def rows(page: MailPage) -> Iterator[Counter[FigureState]]:
    """Yield the states that each measure's row shows: its own verdict, and its areas'."""
    found: Counter[FigureState] | None = None
    for row in page.body.all("tr"):
        cells = [cell for cell in row.all("td") if "v" in cell.classes]
        if cells:
            if found is not None:
                yield found
            found = Counter([next(_marks(cells[0]))])
            found.update(mark for cell in row.all("td") if "a" in cell.classes for mark in _marks(cell))
        elif found is not None and "st" in row.classes:
            found.update(_marks(row))
    if found is not None:
        yield found


def _marks(element: Element) -> Iterator[FigureState]:
    return (SHAPES[one.text] for one in element.all("span") if "m" in one.classes)


def _unsound(page: MailPage, message: Message) -> Iterator[str]:
    """Yield what makes a page hard to read for whoever does not see it, or for a mail program."""
    yield from (f"not closed: {one}" for one in page.unclosed)
    yield from (f"{one.tag} without words" for one in page.body.all("img") if not one.attrs.get("alt"))
    yield from ("a head without scope" for one in page.body.all("th") if one.attrs.get("scope") is None)
    yield from (
        "a mark without words"
        for one in page.body.all("span")
        if "m" in one.classes and not one.attrs.get("aria-label")
    )
    if len(list(page.body.all("h1"))) != 1 or len(list(page.body.all("main"))) != 1:
        yield "no single heading, or no single main part"
    if len(message.html.encode()) > HTML_BUDGET_BYTES:
        yield f"{len(message.html.encode()):,} bytes of HTML"
    if "http" in message.html.replace("http://www.w3.org", ""):
        yield "it fetches or links something"
