"""The month's draft for the performance report: one line a topic, under its theme."""

from collections.abc import Iterator
from itertools import groupby

from alerting.render.judged_words import absent_topics, checked_sentence
from alerting.render.verdict_marks import verdict_mark
from alerting.reports.digest_views import DataTrouble, DraftView, FigureLine, TopicLine
from alerting.wording.plain import one_line, sentence

#: Characters that markdown would read as more than themselves; the table's own among them.
_MARKDOWN = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>|#"})


def draft_as_text(view: DraftView) -> str:
    """Write the draft with one line a topic, however long, so that it can be pasted and searched."""
    return _marked(view, _text_lines(view))


def draft_as_markdown(view: DraftView) -> str:
    """Write the draft as a table of topic, inclusion, what the figures say, and commentary."""
    return _marked(view, _markdown_lines(view))


def _text_lines(view: DraftView) -> Iterator[str]:
    yield f"{_title(view)}"
    yield from (one_line(line) for line in _preamble(view))
    for theme, lines in groupby(view.lines, lambda line: line.theme):
        yield f"\n{one_line(theme)}\n"
        for line in lines:
            yield one_line(f"- {line.topic} ({line.inclusion}): {_data(line)} {_commentary(line)}")
    if absent := absent_topics(view.not_included, view.without_figures, of=view.month):
        yield f"\n{one_line(absent)}"
    yield from (f"\n{one_line(line)}" for line in _besides(view))


def _markdown_lines(view: DraftView) -> Iterator[str]:
    yield f"# {_title(view)}\n"
    yield "  \n".join(_escaped(line) for line in _preamble(view))
    yield "\n| Topic | Inclusion | Data | Commentary |"
    yield "| --- | --- | --- | --- |"
    for theme, lines in groupby(view.lines, lambda line: line.theme):
        yield f"| **{_escaped(theme)}** | | | |"
        for line in lines:
            cells = (line.inclusion, _data(line), _commentary(line))
            yield f"| **{_escaped(line.topic)}** | {' | '.join(_escaped(cell) for cell in cells)} |"
    if absent := absent_topics(view.not_included, view.without_figures, of=view.month):
        yield f"\n{_escaped(absent)}"
    yield from (f"\n{_escaped(line)}" for line in _besides(view))


def _title(view: DraftView) -> str:
    return f"Performance summary, {view.month}{', with the quarter' if view.ends_quarter else ''}"


def _preamble(view: DraftView) -> Iterator[str]:
    yield f"Draft. Figures as known on {view.as_of}. {sentence(checked_sentence(view.checked))}"
    for trouble in view.troubles:
        what = "could not be read" if trouble.failed else "has figures to mend"
        yield f"The source {trouble.source} {what}: {' '.join(trouble.lines)}{_effect(trouble)}"


def _effect(trouble: DataTrouble) -> str:
    return f" {sentence(trouble.effect)}" if trouble.effect else ""


def _data(line: TopicLine) -> str:
    """Write the figures in a row; exceptional ones say what they are by their mark."""
    return " ".join(f"{_mark(figure)}{sentence(figure.text)}" for figure in line.figures)


def _commentary(line: TopicLine) -> str:
    """Write what is exceptional, and what people said of it."""
    return " ".join(sentence(one) for one in (line.commentary, *line.comments))


def _besides(view: DraftView) -> Iterator[str]:
    """Write what was said of topics that have no line."""
    for spoken in view.comments:
        yield f"Said of {spoken.topic}: {' '.join(sentence(one) for one in spoken.comments)}"


def _mark(figure: FigureLine) -> str:
    return "" if figure.severity is None else f"{verdict_mark(figure.meaning, figure.severity).written}: "


def _marked(view: DraftView, lines: Iterator[str]) -> str:
    """Join lines, with the protective marking at top and foot where there is one."""
    text = "\n".join(lines)
    marking = one_line(view.marking) if view.marking else ""
    return f"{marking}\n\n{text}\n\n{marking}\n" if marking else f"{text}\n"


def _escaped(text: str) -> str:
    return one_line(text).translate(_MARKDOWN)
