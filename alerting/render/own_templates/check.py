"""Every template of a rules folder tried on sample messages, before anybody gets a real one."""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.render.own_templates.files import FOLDER, SUFFIX, WHOLE, TemplateFile, template_files
from alerting.render.own_templates.host import Rendered, TemplateFailed
from alerting.render.own_templates.overrides import CODE, PARTS, Overrides
from alerting.render.own_templates.visible_text import numbers_in, words_of

if TYPE_CHECKING:
    from alerting.render.own_templates.samples import Sample

UNKNOWN: Final = "unknown-template"
LEFT_OUT: Final = "figures-left-out"
_KINDS: Final = ("notice", "digest")
_NAMES: Final = tuple(f"{kind}.{part}{SUFFIX}" for kind in _KINDS for part in PARTS)
#: Holds what others include; nothing in it is a template of a message.
SHARED: Final = "shared"
#: Folders by whom or what their templates are for, and what each is called.
_SORTS: Final = {"rules": "rule", "owners": "owner", "channels": "channel"}
#: So many numbers are named that a text lacks.
_MOST_NAMED: Final = 3


def template_problems(folder: Path, rules: RuleSet | None, shown_as: str | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with the templates of a rules folder, in the order of files and lines.

    Args:
        rules: what the folder declares, to know rules, owners and channels by; None where that is unusable.
        shown_as: the folder as the user typed it.
    """
    found = template_files(folder)
    if not found:
        return ()
    shown = _Shown(f"{(shown_as or folder.as_posix()).rstrip('/')}/{FOLDER}", found)
    problems = list(_misplaced(found, rules, shown))
    with Overrides(folder, shown_as, together_s=math.inf) as overrides:
        trials = _Trials(overrides, shown)
        own = [name for name in found if PurePosixPath(name).name in _NAMES and not name.startswith(f"{SHARED}/")]
        problems += [problem for name in own if found[name].trouble is None for problem in trials.problems(name)]
        problems += [problem for name in own if (problem := trials.left_out(name)) is not None]
    problems += [
        shown.problem(name, CODE, file.trouble, file.fix)
        for name, file in found.items()
        if file.trouble is not None and (name.endswith(SUFFIX) or name == WHOLE)
    ]
    in_order = sorted(dict.fromkeys(problems), key=lambda problem: (*problem.sort_key, problem.message))
    return tuple(in_order)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Where problems stand: the folder as the user typed it, and its files."""

    folder: str
    files: Mapping[str, TemplateFile]

    def problem(
        self, name: str, code: str, message: str, fix: str | None = None, *, line: int = 1, error: bool = True
    ) -> Problem:
        """Return a problem of the template *name*."""
        file = self.files.get(name)
        lines = file.text.split("\n") if file is not None else []
        return Problem(
            place=Place(file=self.folder if name == WHOLE else f"{self.folder}/{name}", line=line, column=1),
            code=code,
            severity=ProblemSeverity.ERROR if error else ProblemSeverity.WARNING,
            message=message,
            fix=fix,
            source_line=lines[line - 1] if line <= len(lines) else None,
        )


def _misplaced(found: Mapping[str, TemplateFile], rules: RuleSet | None, shown: _Shown) -> Iterator[Problem]:
    """Find files that no message will ever take."""
    for name in found:
        parts = PurePosixPath(name).parts
        if name == WHOLE or parts[0] == SHARED:
            continue
        if not name.endswith(SUFFIX):
            if f"{parts[-1]}{SUFFIX}" in _NAMES:
                message = f"this is not read: the names of templates end with {SUFFIX}"
                yield shown.problem(name, UNKNOWN, message, f"did you mean {parts[-1]}{SUFFIX}?")
        elif parts[-1] not in _NAMES:
            near = get_close_matches(parts[-1], _NAMES, n=1)
            fix = f"did you mean {near[0]}?" if near else f"what other templates include stands in {FOLDER}/{SHARED}/"
            yield shown.problem(name, UNKNOWN, f"no message uses {parts[-1]}", fix)
        elif len(parts) > 1:
            yield from _of_nobody(name, "/".join(parts[1:-1]), rules, shown)


def _of_nobody(name: str, id_: str, rules: RuleSet | None, shown: _Shown) -> Iterator[Problem]:
    top = name.split("/", 1)[0]
    if top not in _SORTS or not id_:
        places = ", ".join(f"{sort}/<id>/" for sort in _SORTS)
        message = f"no message looks into {name.rpartition('/')[0]}/"
        yield shown.problem(name, UNKNOWN, message, f"templates stand in {places} or in {FOLDER}/ itself")
        return
    if top == "rules" and PurePosixPath(name).name.startswith("digest."):
        yield shown.problem(name, UNKNOWN, "a digest is about no single rule", "put it under owners/ or channels/")
    if rules is None:
        return
    ids = {"rules": [rule.id for rule in rules.rules], "owners": [*rules.owners], "channels": [*rules.channels]}
    known: Collection[str] = ids[top]
    if id_ not in known:
        near = get_close_matches(id_, known, n=1)
        fix = f'did you mean "{near[0]}"?' if near else None
        yield shown.problem(name, UNKNOWN, f'no {_SORTS[top]} "{id_}"', fix)


@dataclass(frozen=True, slots=True)
class _Trials:
    """Templates rendered with every sample of their kind."""

    overrides: Overrides
    shown: _Shown
    #: (template, sample) -> what came out.
    written: dict[tuple[str, str], Rendered] = field(default_factory=dict)

    def problems(self, name: str) -> Iterator[Problem]:
        """Yield what is wrong with one; after the first failure nothing more is tried: most others would fail alike."""
        kind, part = _kind_and_part(name)
        seen: set[str] = set()
        for sample in _samples(kind):
            try:
                written = self.overrides.tried(part, name, sample.view, sample.message)
            except TemplateFailed as failed:
                message = f"{failed.reason} (tried on {sample.what})"
                yield self.shown.problem(failed.file, CODE, message, line=failed.line or 1)
                return
            self.written[name, sample.what] = written
            unwanted = set(written.unwanted) - seen
            seen |= unwanted
            if unwanted and sample.odd:
                message = "words from the figures become markup"
                yield self.shown.problem(name, CODE, message, 'put quotes around every value: title="{{ area }}"')
            else:
                for what in sorted(unwanted):
                    message = f"{what}; mail programs block it, and a filter may take the mail for an attack"
                    yield self.shown.problem(name, CODE, message)

    def left_out(self, name: str) -> Problem | None:
        """Compare the text and the HTML of messages that a template is a part of, with those that stand beside it."""
        kind, part = _kind_and_part(name)
        text_name, html_name = (self._beside(name, f"{kind}.{other}{SUFFIX}") for other in ("txt", "html"))
        if part == "subject" or (
            part == "html" and text_name and PurePosixPath(text_name).parent == PurePosixPath(name).parent
        ):
            return None  # said once, of the text
        for sample in _samples(kind):
            text, html = (
                self.written.get((text_name or "", sample.what)),
                self.written.get((html_name or "", sample.what)),
            )
            if (text_name and text is None) or (html_name and html is None):
                return None  # it failed, and is told as that
            shown = html.words if html is not None else words_of(sample.message.html)
            lacking = sorted(numbers_in(shown) - numbers_in(text.text if text is not None else sample.message.text))
            if lacking:
                more = f" and {len(lacking) - _MOST_NAMED} more" if len(lacking) > _MOST_NAMED else ""
                message = f"the text lacks numbers that the HTML has: {', '.join(lacking[:_MOST_NAMED])}{more}"
                fix = f"let both parts say the same, for whoever sees the text alone (tried on {sample.what})"
                return self.shown.problem(name, LEFT_OUT, message, fix, error=False)
        return None

    def _beside(self, name: str, other: str) -> str | None:
        """Return the template of another part that goes with *name*: in its folder, else for everybody, else none."""
        near = (PurePosixPath(name).parent / other).as_posix()
        return next((found for found in (near, other) if found in self.shown.files), None)


def _kind_and_part(name: str) -> tuple[str, str]:
    kind, part = PurePosixPath(name).name.removesuffix(SUFFIX).split(".")
    return kind, part


def _samples(kind: str) -> "tuple[Sample, ...]":
    from alerting.render.own_templates.samples import samples  # and with them jinja2

    return samples(kind)
