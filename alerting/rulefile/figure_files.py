"""What is wrong with the files that sources name, at the place that names them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerting.domain.columns_wanted import columns_wanted
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import RuleSet
from alerting.domain.source_columns import listed
from alerting.rulefile.forms.parameters import parameters
from alerting.rulefile.forms.plugins import SOURCES, Plugged, kind_of_file, kinds
from alerting.rulefile.looking import FigureFiles
from alerting.rulefile.mistakes import PathProblem
from alerting.rulefile.sections import DeclaredItem, Sections
from alerting.rulefile.yaml.rule_file import RuleFile
from alerting.spelling import nearest


def file_mistakes(sections: Sections, figures: FigureFiles) -> Iterator[PathProblem]:
    """Look for the file of every source, and of every path that a measure names."""
    for entry in sections.entries["sources"]:
        read: Plugged = entry.form
        cls = kinds(SOURCES)[read.kind]
        for key, (field, _) in parameters(cls.Settings).items():  # type: ignore[attr-defined]  # what makes a class a source
            if field.metadata.get("path") and key in read.settings:
                yield from _looked_for(entry, key, read.settings[key], figures)
    declared = {entry.id for entry in sections.entries["sources"]} | {
        id_ for name, id_ in sections.lost if name == "sources"
    }
    seen: set[str] = set()
    for entry in sections.entries["measures"]:
        path = entry.form.source
        if path is not None and path not in declared and path not in seen:
            seen.add(path)
            yield from _looked_for(entry, "source", path, figures)


def file_mistakes_of_lost(files: Sequence[RuleFile], sections: Sections, figures: FigureFiles) -> Iterator[PathProblem]:
    """Look for the files of what has mistakes of its own too, so that one run names all that is to be mended."""
    kept = {(id(entry.file), entry.path) for name in ("sources", "measures") for entry in sections.entries[name]}
    for file, path, key, value in _named_in(files):
        declared = key == "source" and any(value in _mapping(other, "sources") for other in files)
        if (id(file), path) not in kept and not declared and (trouble := figures.trouble(value)) is not None:
            code, message, fix = trouble
            yield PathProblem(file=file, path=(*path, key), code=code, message=message, fix=fix)


def _named_in(files: Sequence[RuleFile]) -> Iterator[tuple[RuleFile, tuple[str | int, ...], str, str]]:
    """Yield the paths of figures as they are written: file, where it stands, key and path."""
    of_kind = {
        (kind, key)
        for kind, cls in kinds(SOURCES).items()
        for key, (field, _) in parameters(cls.Settings).items()  # type: ignore[attr-defined]  # what makes a class a source
        if field.metadata.get("path")
    }
    for file in files:
        for name, source in _mapping(file, "sources").items():
            for kind, key in of_kind:
                if isinstance(source, dict) and kind in source and isinstance(source.get(key), str):
                    yield file, ("sources", name), key, source[key]
        measures = file.value.get("measures")
        for index, measure in enumerate(measures if isinstance(measures, list) else ()):
            path = measure.get("source") if isinstance(measure, dict) else None
            if isinstance(path, str) and kind_of_file(path) is not None:  # else it is an id
                yield file, ("measures", index), "source", path


def _mapping(file: RuleFile, section: str) -> Mapping[str, Any]:
    found = file.value.get(section)
    return found if isinstance(found, dict) else {}


def column_mistakes(sections: Sections, rules: RuleSet, figures: FigureFiles) -> Iterator[PathProblem]:
    """Warn of columns that a target or condition names and its source does not have: nothing is ever judged by them."""
    for want in columns_wanted(rules):
        source, entry = rules.sources.get(want.source), sections.by_id(want.section).get(want.id)
        if source is None or entry is None or want.column in source.fixed:
            continue
        names = figures.headings(source)
        theirs = source.columns.get(want.column, want.column)
        if not names or want.column in names:
            continue
        near = nearest(theirs, names)
        fix = f'did you mean "{near}"?' if near else f"there are: {listed(names)}"
        lacks = "no target" if want.section == "measures" else "nothing to judge by"
        file = source.settings.get(source.kind)
        message = f'no column "{theirs}" in {file if isinstance(file, str) else source.id}, so {lacks}'
        key = "target" if want.section == "measures" else "when"
        yield entry.mistake("unknown-column", message, fix, key=key, severity=ProblemSeverity.WARNING)


def _looked_for(entry: DeclaredItem, key: str, path: str, figures: FigureFiles) -> Iterator[PathProblem]:
    trouble = figures.trouble(path)
    if trouble is not None:
        code, message, fix = trouble
        yield entry.mistake(code, message, fix, key=key)
