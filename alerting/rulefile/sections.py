"""The sections of rule files as filled-in forms, with every mistake noted and what is usable kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from alerting.domain.place import Place
from alerting.domain.problem import ProblemSeverity
from alerting.domain.rule import Channel
from alerting.rulefile.forms.base import Form
from alerting.rulefile.forms.context import Context, described
from alerting.rulefile.forms.parameters import LimitsMethodForm
from alerting.rulefile.forms.plugins import (
    NOTIFIERS,
    Plugged,
    SourceForm,
    channel_form,
    kind_of_channel,
    kinds,
    plugged,
)
from alerting.rulefile.forms.sections import LISTS, RolesForm, ScheduleForm
from alerting.rulefile.mistakes import PathProblem, broken_keys, mistakes_in
from alerting.rulefile.tree import Path
from alerting.rulefile.yaml.rule_file import RuleFile

#: Sections that are one mapping of keys, and those that are mappings by name.
SINGLES: Mapping[str, type[Form]] = {"schedule": ScheduleForm, "roles": RolesForm}
NAMED = ("sources", "limits", "channels")
SECTIONS = (*LISTS, *SINGLES, *NAMED)


@dataclass(slots=True, kw_only=True)
class DeclaredItem:
    """One thing that a file declares: its form, and the keys of it that cannot be relied on."""

    id: str
    file: RuleFile
    path: Path
    form: Any
    broken: frozenset[str] = frozenset()

    def mistake(
        self,
        code: str,
        message: str,
        fix: str | None = None,
        *,
        key: str | None = None,
        below: Path = (),
        severity: ProblemSeverity = ProblemSeverity.ERROR,
        of_key: bool = False,
    ) -> PathProblem:
        """Note a mistake at one of its keys, or *below* it; without one, at its beginning."""
        path = self.path if key is None else (*self.path, key, *below)
        return PathProblem(
            file=self.file,
            path=path,
            code=code,
            message=message,
            fix=fix,
            severity=severity,
            of_key=of_key,
            of_first_key=not of_key and (key is None or key == "when"),
        )

    @property
    def written(self) -> Mapping[str, Any]:
        """Its keys as plain values."""
        value: Any = self.file.value
        for step in self.path:
            value = value[step]
        return value if isinstance(value, dict) else {}

    @property
    def where(self) -> str:
        """file:line of its beginning."""
        return f"{self.begins.file}:{self.begins.line}"

    @property
    def begins(self) -> Place:
        """The line that it begins on."""
        section, index = self.path[0], self.path[1]
        if isinstance(index, int):
            place = self.file.item_place(str(section), index)
        else:
            place = self.file.name_place(str(section), str(index))
        return replace(place, column=1)

    def line_of(self, key: str, item: str | None = None) -> Place:
        """Return the line of one of its keys; of the item's own where it has that key."""
        items = self.written.get("items")
        own = items.get(item) if isinstance(items, dict) else None
        below = ("items", str(item), key) if isinstance(own, dict) and key in own else (key,)
        return replace(self.file.place((*self.path, *below), of_key=True), column=1)


@dataclass(slots=True, kw_only=True)
class Sections:
    """Every file's entries by section, in the order of files and lines."""

    entries: dict[str, list[DeclaredItem]] = field(default_factory=lambda: {name: [] for name in SECTIONS})
    #: (section, id) of what is declared but not usable at all.
    lost: set[tuple[str, str]] = field(default_factory=set)
    mistakes: list[PathProblem] = field(default_factory=list)

    def by_id(self, section: str) -> dict[str, DeclaredItem]:
        """Return a section's entries; of two with one id, which is a mistake already, the first."""
        found: dict[str, DeclaredItem] = {}
        for entry in self.entries[section]:
            found.setdefault(entry.id, entry)
        return found


def read_sections(files: Sequence[RuleFile], context: Context) -> Sections:
    """Fill in a form for everything that *files* declare. Limits come first, because conditions hold them by value."""
    sections = Sections()
    for file in files:
        sections.mistakes += _unknown_sections(file, context)
    _read_limits(files, context, sections)
    for file in files:
        for name, model in LISTS.items():
            _read_list(file, name, model, context, sections)
        for name, model in SINGLES.items():
            _read_single(file, name, model, context, sections)
        _read_sources(file, context, sections)
        _read_channels(file, context, sections)
    return sections


def _unknown_sections(file: RuleFile, context: Context) -> Iterator[PathProblem]:
    for key in file.value:
        if key not in SECTIONS:
            fix = context.suggestion(key, [name for name in SECTIONS if name not in file.value])
            fix = (
                fix
                if fix is not None and fix.startswith("did you mean")
                else f"known keys: {', '.join(sorted(SECTIONS))}"
            )
            yield PathProblem(
                file=file, path=(key,), code="unknown-key", message=f'unknown key "{key}"', fix=fix, of_key=True
            )


def _read_list(file: RuleFile, name: str, model: type[Form], context: Context, sections: Sections) -> None:
    items = file.value.get(name)
    if items is None:
        return
    if not isinstance(items, list):
        message = f"expected a list, found {described(items)}"
        sections.mistakes.append(
            PathProblem(
                file=file, path=(name,), code="wrong-type", message=message, fix="begin each item with a hyphen"
            )
        )
        return
    validate = model.__pydantic_validator__.validate_python
    kept = sections.entries[name]
    for index, item in enumerate(items):
        path = (name, index)
        try:
            form, broken = validate(item, context=context), frozenset[str]()
        except ValidationError as error:
            sections.mistakes += mistakes_in(error, item, file, path, context)
            form, broken = _salvaged(model, item, error, context)
        id_ = _id_of(item, name, index)
        if form is None:
            sections.lost.add((name, id_))
        else:
            kept.append(DeclaredItem(id=id_, file=file, path=path, form=form, broken=broken))


def _id_of(item: Any, section: str, index: int) -> str:
    """Return an item's id; its place in the list where it has none."""
    id_ = item.get("id") if isinstance(item, dict) else None
    return id_ if isinstance(id_, str) else f"{section[:-1]}-{index + 1}"


def _salvaged(
    model: type[Form], item: Any, error: ValidationError, context: Context
) -> tuple[Form | None, frozenset[str]]:
    """Fill in the form without the keys that are wrong; None where it cannot do without them."""
    if not isinstance(item, dict):
        return None, frozenset()
    broken = broken_keys(error, item, context)
    usable = {key: value for key, value in item.items() if key not in broken}
    try:
        return model.__pydantic_validator__.validate_python(usable, context=context), broken
    except ValidationError:
        return None, broken


def _read_single(file: RuleFile, name: str, model: type[Form], context: Context, sections: Sections) -> None:
    value = file.value.get(name)
    if value is None:
        return
    form, broken, mistakes = _filled(TypeAdapter(model), value, file, (name,), context)
    sections.mistakes += mistakes
    if form is None:
        form, broken = model(), frozenset(model.known_keys())
    for other in sections.entries[name]:
        for key in sorted(_given(form) & _given(other.form)):
            place = other.file.place((name, key), of_key=True)
            message = f'"{key}" is set already, at {place.file}:{place.line}'
            mistake = PathProblem(
                file=file, path=(name, key), code="duplicate-key", message=message, fix="keep one of them", of_key=True
            )
            sections.mistakes.append(mistake)
    sections.entries[name].append(DeclaredItem(id=name, file=file, path=(name,), form=form, broken=broken))


def _given(form: Form) -> set[str]:
    return set(form.model_fields_set)


def _filled(
    adapter: TypeAdapter[Any], value: Any, file: RuleFile, path: Path, context: Context
) -> tuple[Any, frozenset[str], list[PathProblem]]:
    """Return the form, the keys that are wrong, and the mistakes; no form where there is any."""
    try:
        return adapter.validate_python(value, context=context), frozenset(), []
    except ValidationError as error:
        return None, broken_keys(error, value, context), mistakes_in(error, value, file, path, context)


def _mapping(file: RuleFile, name: str, sections: Sections) -> Mapping[str, Any]:
    value = file.value.get(name)
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    message = f"expected a mapping by name, found {described(value)}"
    sections.mistakes.append(PathProblem(file=file, path=(name,), code="wrong-type", message=message))
    return {}


@cache
def _limits_adapter() -> TypeAdapter[Any]:
    return TypeAdapter(LimitsMethodForm)


@cache
def _source_adapter() -> TypeAdapter[Any]:
    return TypeAdapter(SourceForm)


def _read_limits(files: Sequence[RuleFile], context: Context, sections: Sections) -> None:
    for file in files:
        for name, value in _mapping(file, "limits", sections).items():
            path = ("limits", name)
            form, _, mistakes = _filled(_limits_adapter(), value, file, path, context)
            sections.mistakes += mistakes
            if form is None:
                sections.lost.add(path)
                continue
            context.limits.setdefault(name, form)
            sections.entries["limits"].append(DeclaredItem(id=name, file=file, path=path, form=form))


def _read_sources(file: RuleFile, context: Context, sections: Sections) -> None:
    for name, value in _mapping(file, "sources", sections).items():
        path = ("sources", name)
        form, _, mistakes = _filled(_source_adapter(), value, file, path, context)
        sections.mistakes += mistakes
        if form is None:
            sections.lost.add(path)
        else:
            sections.entries["sources"].append(DeclaredItem(id=name, file=file, path=path, form=form))


def _read_channels(file: RuleFile, context: Context, sections: Sections) -> None:
    for id_, value in _mapping(file, "channels", sections).items():
        path: Path = ("channels", id_)
        told = kind_of_channel(id_, value)
        if told is None:
            sections.mistakes.append(_unknown_kind(file, id_, value, context))
            sections.lost.add(("channels", id_))
            continue
        kind, settings, own_key = told
        below = (*path, kind) if own_key else path
        form, _, mistakes = _filled(
            TypeAdapter(channel_form(kind)), {} if settings is None else settings, file, below, context
        )
        sections.mistakes += mistakes
        if form is None:
            sections.lost.add(("channels", id_))
            continue
        notifier = kinds(NOTIFIERS)[kind]
        read: Plugged = plugged(kind, notifier, form)
        channel = Channel(
            id=id_,
            kind=read.kind,
            settings=read.settings,
            by_address=getattr(notifier, "by_address", True),
            place=file.name_place("channels", id_),
        )
        sections.entries["channels"].append(DeclaredItem(id=id_, file=file, path=path, form=channel))


def _unknown_kind(file: RuleFile, id_: str, value: Any, context: Context) -> PathProblem:
    known = kinds(NOTIFIERS)
    only = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None
    path: Path = ("channels", id_) if only is None else ("channels", id_, only)
    found = id_ if only is None else only
    fix = context.suggestion(found, known)
    return PathProblem(
        file=file, path=path, code="unknown-channel", message=f'no kind of channel "{found}"', fix=fix, of_key=True
    )
