"""Making a rule that is tried out in shadow active: one word of its file, found by its place; nothing else is touched."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

from alerting.domain.notify.recipients import recipients
from alerting.domain.place import Place
from alerting.domain.problem import Problem
from alerting.domain.rule import Rule, RuleSet, Status
from alerting.errors import UsageError
from alerting.rulefile.edited import as_diff, with_word
from alerting.rulefile.lint import RuleProblem, checks
from alerting.rulefile.loading import Loaded
from alerting.rulefile.placing import Placing
from alerting.spelling import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """What makes a rule active.

    Args:
        path: the file, and `before` and `after` all of its text as it is kept.
        place: of the word that changes.
        told: ids of the owners who are told from then on.
        problems: what is wrong with the rule once it is active, and is not now.
    """

    rule: Rule
    path: Path
    place: Place
    before: str
    after: str
    told: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def is_refused(self) -> bool:
        """Whether the folder would be refused with it."""
        return any(problem.is_error for problem in self.problems)

    @property
    def diff(self) -> str:
        """The change as a unified diff, without the ends of lines."""
        return as_diff(self.before, self.after, self.place.file)


def promotion(loaded: Loaded, folder: Path, id_: str, day: date) -> Promotion | None:
    """Return what makes a rule active; None: it is.

    Raises:
        UsageError: there is no such rule, or it is off.
    """
    assert loaded.rules is not None and loaded.placing is not None
    rules = loaded.rules
    rule = next((one for one in rules.rules if one.id == id_), None)
    if rule is None:
        near = nearest(id_, [one.id for one in rules.rules])
        raise UsageError(f'no rule "{id_}"' + (f'; did you mean "{near}"?' if near else ""))
    if rule.status is Status.ACTIVE:
        return None
    if rule.status is Status.OFF:
        raise UsageError(f"{id_} is off, not in shadow; write `status: active` at {rule.place.file}:{rule.place.line}")
    declared = loaded.placing.declared("rules", id_)
    assert declared is not None
    place = declared.file.place((*declared.path, "status"))
    path = folder / declared.file.relative
    before = declared.file.raw_file.raw.decode("utf-8")
    changed = _with_active(rules, rule)
    return Promotion(
        rule=rule,
        path=path,
        place=place,
        before=before,
        after=_changed(before, place),
        told=_told(changed, id_, day),
        problems=_new_problems(rules, changed, loaded.placing),
    )


def write(made: Promotion) -> None:
    """Put the changed file in the place of the one that was read.

    Raises:
        UsageError: it is another one by now, or cannot be written.
    """
    path, raw = made.path.resolve(), made.after.encode("utf-8")
    try:
        if path.read_bytes() != made.before.encode("utf-8"):
            raise UsageError(f"{made.place.file} has changed meanwhile; nothing was written, call it again")
        mode = path.stat().st_mode
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
            half = Path(file.name)
            file.write(raw)
        try:
            half.chmod(mode)
            half.replace(path)
        except OSError:
            with suppress(OSError):
                half.unlink()
            raise
    except OSError as error:
        raise UsageError(f"cannot write {made.place.file}: {error.strerror}; let this user write it") from error


def _changed(text: str, place: Place) -> str:
    """Return a file's text with the word at a place put right.

    Raises:
        UsageError: another word stands there.
    """
    after = with_word(text, place, Status.SHADOW, Status.ACTIVE)
    if after is None:
        raise UsageError(f"{place} does not read `shadow` as it stands there; write `active` by hand")
    return after


def _with_active(rules: RuleSet, rule: Rule) -> RuleSet:
    changed = replace(rule, status=Status.ACTIVE)
    return replace(rules, rules=tuple(changed if one is rule else one for one in rules.rules))


def _told(rules: RuleSet, id_: str, day: date) -> tuple[str, ...]:
    """Return whom a rule tells on a day, in the order of its measures and areas."""
    rule = next(one for one in rules.rules if one.id == id_)
    found: dict[str, None] = {}
    for measure in rule.measures:
        watched = rules.watched_areas(rule, measure)
        for area in rules.areas.areas:
            if watched is None or area in watched:
                found |= dict.fromkeys(recipients(rule, measure, area, rules, day))
    return tuple(found)


def _new_problems(before: RuleSet, after: RuleSet, placing: Placing) -> tuple[Problem, ...]:
    known = set(_remarks(before))
    placed = (placing.problem(remark) for remark in _remarks(after) if remark not in known)
    return tuple(problem for problem in placed if problem is not None)


def _remarks(rules: RuleSet) -> Sequence[RuleProblem]:
    return [remark for check in checks() for remark in check(rules)]
