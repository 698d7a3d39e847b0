"""Mistakes on their way to problems: what a form refused, in the words of this software, at its place in the file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from alerting.domain.place import Place
from alerting.domain.problem import Problem, ProblemSeverity
from alerting.rulefile import elsewhere
from alerting.rulefile.forms.context import FOLLOWS, Context, described
from alerting.rulefile.spaces import named_space, unusual_space
from alerting.rulefile.tree import Path
from alerting.rulefile.yaml.rule_file import RuleFile, first_key

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: So many known keys are listed where none is like the unknown one.
MOST_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PathProblem:
    """A problem whose place is still a path, so that places are looked up only where there is a problem."""

    file: RuleFile
    path: Path
    code: str
    message: str
    fix: str | None = None
    severity: ProblemSeverity = ProblemSeverity.ERROR
    #: Point at the key; at the first key of the mapping; else at the value.
    of_key: bool = False
    of_first_key: bool = False

    def problem(self) -> Problem:
        """Look the place up."""
        place = self.file.place(self.path, of_key=self.of_key)
        if self.of_first_key:
            line, column = first_key(self.file.marks, self.path)
            place = Place(file=self.file.shown, line=line, column=column)
        return Problem(
            place=place,
            code=self.code,
            severity=self.severity,
            message=self.message,
            fix=self.fix,
            source_line=self.file.line(place.line),
        )


def flaws_of(file: RuleFile) -> Iterator[Problem]:
    """Return what is wrong with a file's text."""
    for flaw in file.flaws:
        yield Problem(
            place=Place(file=file.shown, line=flaw.line, column=flaw.column),
            code=flaw.code,
            severity=ProblemSeverity.ERROR,
            message=flaw.message,
            fix=flaw.fix,
            source_line=file.line(flaw.line),
        )


def mistakes_in(error: ValidationError, value: Any, file: RuleFile, path: Path, context: Context) -> list[PathProblem]:
    """Translate what pydantic found in *value*, which stands at *path*."""
    found = error.errors(include_url=False)
    meant = _meant_keys(found, value, context)
    translated = (_translated(one, value, file, path, context) for one in found if not _is_meant(one, meant))
    return [mistake for mistake in translated if mistake is not None and not _left_out(mistake)]


def broken_keys(error: ValidationError, value: Any, context: Context) -> frozenset[str]:
    """Return the keys of the mapping *value* that cannot be relied on: refused, missing, or meant by a misspelt one."""
    found = error.errors(include_url=False)
    first = {one["loc"][0] for one in found if one["loc"]}
    meant = {name for (*outer, name) in _meant_keys(found, value, context) if not outer}
    return frozenset(str(key) for key in first | meant)


def _steps(location: Iterable[str | int]) -> Path:
    """Drop the names of forms from a pydantic location."""
    return tuple(step for step in location if not (isinstance(step, str) and (step[:1] == "<" or step == "[key]")))


def _parent(value: Any, location: tuple[str | int, ...]) -> Any:
    """Return the mapping that holds the key a location ends with; steps that lead nowhere are passed over."""
    for step in _steps(location)[:-1]:
        children = dict(enumerate(value)) if isinstance(value, list) else value
        if isinstance(children, dict) and step in children:
            value = children[step]
    return value


def _meant_keys(found: Iterable["ErrorDetails"], value: Any, context: Context) -> set[tuple[str | int, ...]]:
    """Return where keys are probably meant by misspelt ones, so that their absence is not reported as well."""
    meant: set[tuple[str | int, ...]] = set()
    for one in found:
        if one["type"] == "extra_forbidden":
            fix = _key_suggestion(one, value, context)
            if fix is not None and fix.startswith('did you mean "'):
                meant.add((*one["loc"][:-1], fix.split('"')[1]))
    return meant


def _is_meant(one: "ErrorDetails", meant: set[tuple[str | int, ...]]) -> bool:
    return one["type"] == "missing" and one["loc"] in meant


def _key_suggestion(one: "ErrorDetails", value: Any, context: Context) -> str | None:
    key, parent = str(one["loc"][-1]), _parent(value, one["loc"])
    if (space := unusual_space(key)) is not None:
        return f"it holds a {named_space(space[0])}: put a plain space in its place, or nothing"
    if " " in key and one["input"] is None:
        return "put text that holds a comma into quotes"  # {reason: planned for, reported separately}
    known = context.keys_of.get(id(parent), ())
    absent = sorted(name for name in known if name not in parent)
    fix = context.suggestion(key, absent)
    if fix is not None and fix.startswith("did you mean"):
        return fix
    if key in elsewhere.KEYS:
        return elsewhere.KEYS[key]
    return f"known keys: {', '.join(absent)}" if 0 < len(absent) <= MOST_LISTED else None


def _left_out(mistake: PathProblem) -> bool:
    """Whether the missing key is there but could not be read, which is reported already."""
    return mistake.code == "missing-key" and any(
        path[: len(mistake.path)] == mistake.path for path in mistake.file.left_out
    )


def _translated(one: "ErrorDetails", value: Any, file: RuleFile, path: Path, context: Context) -> PathProblem | None:
    kind, location = one["type"], one["loc"]
    where = path + _steps(location)
    if kind == FOLLOWS:
        return None
    if kind == "extra_forbidden":
        fix = _key_suggestion(one, value, context)
        return PathProblem(
            file=file, path=where, code="unknown-key", message=f'unknown key "{location[-1]}"', fix=fix, of_key=True
        )
    if kind == "missing":
        fix = f"write `{location[-1]}: …`"
        message = f'the key "{location[-1]}" is missing'
        return PathProblem(file=file, path=where[:-1], code="missing-key", message=message, fix=fix, of_first_key=True)
    facts: Mapping[str, Any] = one.get("ctx", {})
    if "message" in facts:  # a complaint of ours
        below = tuple(facts["at"])
        of_key = facts["of_key"] or location[-1:] == ("[key]",)
        return PathProblem(
            file=file, path=where + below, code=kind, message=facts["message"], fix=facts["fix"], of_key=of_key
        )
    code, message = _in_our_words(kind, facts, one["input"])
    return PathProblem(file=file, path=where, code=code, message=message, of_key=location[-1:] == ("[key]",))


#: pydantic's types of errors -> what was expected.
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}


def _in_our_words(kind: str, facts: Mapping[str, Any], found: Any) -> tuple[str, str]:
    if kind in _EXPECTED:
        return "wrong-type", f"expected {_EXPECTED[kind]}, found {described(found)}"
    if "expected" in facts:  # no form fits
        return "wrong-type", f"expected {facts['expected']}; found {described(found)}"
    bounds = {"greater_than_equal": ("ge", "at least"), "less_than_equal": ("le", "at most")}
    if kind in bounds:
        fact, words = bounds[kind]
        return "bad-value", f"must be {words} {facts[fact]}, found {described(found)}"
    raise AssertionError(f"a pydantic error without words of ours: {kind}")
