"""One notice a source to its owner: what is late, empty, refused, gone or cannot be read; and that all is well again."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerting.app.notices.compose import MessageDefaults
from alerting.app.notices.late_loads import late_loads, watched_for_lateness
from alerting.app.notices.operator import Post, engine_note
from alerting.app.situation.shrink_guard import SHRUNK
from alerting.app.situation.situation import Situation
from alerting.domain.fault import LAID_OUT, Faults, Work
from alerting.domain.finding import Reason
from alerting.domain.notify.notice import Message, Notice, NoticeKind
from alerting.domain.notify.recipients import Presence, measure_owners, source_recipients
from alerting.domain.problem import NO_FIGURES, UNREADABLE, Problem
from alerting.domain.rule import RuleSet
from alerting.evaluation.engine import Evaluation
from alerting.evaluation.newest import newest_verdicts
from alerting.figures.check_problems import DOUBTFUL, FAILED_CHECK
from alerting.figures.observations import Reading
from alerting.render.bare import bare_message
from alerting.render.source_trouble import render_source_trouble
from alerting.reports.event_view import as_of_words
from alerting.reports.views import SourceReport, SourceTroubleView, Trouble
from alerting.wording.plain import counted

_NAMESPACE = uuid.UUID("d3b6c2c2-5a52-4c39-9f3f-0c8c5f7f9e21")
#: Warnings about figures that their owner is told of, beside everything that is refused.
_OTHER = (
    "no-figures",
    "vanished",
    FAILED_CHECK,
    DOUBTFUL,
    "beyond-bounds",
    "percent-as-fraction",
    "contradicts-its-parts",
)
#: Keys of troubles in which nothing comes from a source.
_DOWN = (UNREADABLE, f"no-figures {NO_FIGURES}")


#: Source -> keys of the troubles its owner was told of.
Troubles = Mapping[str, Sequence[str]]


@dataclass(eq=False)
class _Found:
    """What is wrong with one source: a key for each thing, so that the same thing is told once."""

    keys: list[str] = field(default_factory=list)
    #: What earlier versions called a thing (it had the row in it) -> its key.
    once_called: dict[str, str] = field(default_factory=dict)
    failed: str | None = None
    waiting: list[Trouble] = field(default_factory=list)
    refused: list[Trouble] = field(default_factory=list)
    conflicts: list[Trouble] = field(default_factory=list)
    other: list[Trouble] = field(default_factory=list)


def source_notes(
    rules: RuleSet,
    situation: Situation,
    before: Troubles,
    presence: Presence,
    defaults: MessageDefaults,
    tick: tuple[datetime, str],
) -> tuple[list[tuple[Notice, Message]], list[tuple[str, tuple[str, ...]]]]:
    """Return messages to the owners of sources with new troubles or none any more, and what each source has now.

    Args:
        before: what was told.
        tick: its instant and id.
    """
    evaluation = situation.evaluation
    found = _troubles(rules, evaluation, situation.reading, situation.problems, tick[0])
    worse: dict[str, list[str]] = {}
    well: dict[str, list[str]] = {}
    changed: list[tuple[str, tuple[str, ...]]] = []
    for source in rules.sources.values():
        own = found.get(source.id, _Found())
        now, told = own.keys, [own.once_called.get(key, key) for key in before.get(source.id, ())]
        if UNREADABLE in now:  # what else was wrong with it cannot be seen meanwhile
            now = list(dict.fromkeys((*told, *now)))
        readers = presence.reached_for(source_recipients(source.id, rules))[:1]
        if not readers:  # somebody must hear of figures that do not come at all
            readers = presence.reached_for(measure_owners(source.id, rules, presence.day))
            now = [key for key in now if key in _DOWN]
        if not readers:
            continue  # told when there is an address
        if set(now) != set(before.get(source.id, ())):
            changed.append((source.id, tuple(now)))
        for person in readers:
            if set(now) - set(told):
                worse.setdefault(person, []).append(source.id)
            elif told and not now:
                well.setdefault(person, []).append(source.id)
    faults = evaluation.faults
    made = [_trouble_notice(person, ids, found, rules, defaults, tick, faults) for person, ids in worse.items()]
    for person, ids in well.items():
        made.append(_well_notice(person, ids, rules, defaults, tick, faults, whole=not found.keys() & set(ids)))
    return made, changed


def _troubles(
    rules: RuleSet, evaluation: Evaluation, reading: Reading, problems: Iterable[Problem], at: datetime
) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for source, why in reading.failed.items():
        own = found.setdefault(source, _Found())
        own.failed = why
        own.keys.append(UNREADABLE)
    for problem in problems:
        if problem.source is not None:
            _add(found.setdefault(problem.source, _Found()), problem)
    for source, measure, period, areas in _late(rules, evaluation, reading):
        own = found.setdefault(source, _Found())
        own.keys.append(f"late {measure} {period}")
        title = rules.measures[measure].title
        own.other.append(Trouble(file=title, message=f"no figure for {period} yet: {areas}", fix="supply it"))
    for late in late_loads(rules, evaluation, reading, at):
        own = found.setdefault(late.source, _Found())
        own.keys += [key for key in late.keys if key not in own.keys]
        own.other.append(Trouble(file=late.file, message=late.message, fix=late.fix))
    return {source: own for source, own in found.items() if own.keys}


def _add(own: _Found, problem: Problem) -> None:
    line = problem.place.line
    row = line if line > 1 and not problem.names_its_rows else None
    trouble = Trouble(
        file=problem.place.file,
        message=problem.message,
        fix=problem.fix,
        row=row,
        begins_with_id=problem.code in (FAILED_CHECK, DOUBTFUL),
    )
    if problem.code == SHRUNK:
        own.waiting.append(trouble)
    elif problem.code == "conflict":
        own.conflicts.append(trouble)
    elif problem.is_error:
        own.refused.append(trouble)
    elif problem.code in _OTHER:
        own.other.append(trouble)
    else:
        return
    key = f"{problem.code} {problem.message if problem.about is None else problem.about}"
    own.keys.append(key)
    own.once_called[f"{problem.code} {problem.message}"] = key


def _late(rules: RuleSet, evaluation: Evaluation, reading: Reading) -> Iterable[tuple[str, str, str, str]]:
    """Yield (source, measure, period, areas in words) of what is late and that no rule of its own watches for."""
    waiting: dict[tuple[str, str, str], dict[str, None]] = {}
    told_by_rule = watched_for_lateness(evaluation)
    for verdict in newest_verdicts(evaluation, only=Reason.LATE):
        source = verdict.measure.source
        if source is not None and source not in reading.failed and verdict.measure.id not in told_by_rule:
            key = (source, verdict.measure.id, verdict.period.label)
            waiting.setdefault(key, {})[rules.areas[verdict.area].title] = None
    for (source, measure, period), areas in waiting.items():
        names = list(areas)
        listed = ", ".join(names[:5]) + (f" and {counted(len(names) - 5, 'more area')}" if len(names) > 5 else "")
        yield source, measure, period, listed


def _trouble_notice(
    person: str,
    ids: Sequence[str],
    found: Mapping[str, _Found],
    rules: RuleSet,
    defaults: MessageDefaults,
    tick: tuple[datetime, str],
    faults: Faults,
) -> tuple[Notice, Message]:
    reports = tuple(_report(id_, found[id_], rules) for id_ in ids)
    view = SourceTroubleView(
        owner=rules.owners[person].name,
        reports=reports,
        as_of=as_of_words(tick[0].astimezone(defaults.zone).date()),
        marking=defaults.marking,
        reply_to=defaults.person,
    )
    id_ = str(uuid.uuid5(_NAMESPACE, f"{tick[1]}/{person}"))
    notice = Notice(id=id_, kind=NoticeKind.SOURCE_TROUBLE, owner=person, at=tick[0])
    work = Work(sort="message to", id=person, done=LAID_OUT)
    written = faults.attempt(work, lambda: render_source_trouble(view))
    return notice, written or bare_message("Figures need mending", list(_plainly(reports)), defaults.marking)


def _plainly(reports: Sequence[SourceReport]) -> Iterable[str]:
    """Yield what is wrong with sources, a line each."""
    for one in reports:
        if one.failed is not None:
            yield f"{one.source} cannot be read: {one.failed}"
        for trouble in (*one.waiting, *one.refused, *one.conflicts, *one.other):
            yield f"{one.source}: {trouble.file}{f' row {trouble.row}' if trouble.row else ''}: {trouble.message}"


def _report(id_: str, own: _Found, rules: RuleSet) -> SourceReport:
    measures = [measure for measure in rules.measures.values() if measure.source == id_]
    effect = None
    if own.failed is not None:
        which = f"{len(measures):,} measures are" if len(measures) > 1 else "1 measure is"
        effect = f"Until it can be read, {which} not judged; what was told stays as it is."
    return SourceReport(
        source=id_,
        failed=own.failed,
        waiting=tuple(own.waiting),
        refused=tuple(own.refused),
        conflicts=tuple(own.conflicts),
        other=tuple(own.other),
        effect=effect,
    )


def _well_notice(
    person: str,
    ids: Sequence[str],
    rules: RuleSet,
    defaults: MessageDefaults,
    tick: tuple[datetime, str],
    faults: Faults,
    *,
    whole: bool,
) -> tuple[Notice, Message]:
    named = ", ".join(ids)
    post = Post(owner=person, name=rules.owners[person].name, at=tick[0], about=f"{tick[1]}/well/{named}")
    if whole:
        return engine_note(
            post, f"Figures in order again: {named}", ("Nothing is left to mend.",), (), defaults, faults
        )
    left = "What is left to mend in them is named by `alerting evaluate`."
    return engine_note(post, f"Figures can be read again: {named}", (left,), (), defaults, faults)
