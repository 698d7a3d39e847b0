"""Everything else a rules folder declares: from forms to domain values, put together as a RuleSet."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from alerting.domain.aggregation import with_parts_resolved
from alerting.domain.area import Area, AreaTree
from alerting.domain.measure import Match, Window
from alerting.domain.rule import (
    Away,
    Channel,
    Digest,
    Escalate,
    Owner,
    QuietHours,
    Roles,
    RuleSet,
    Schedule,
    Silence,
)
from alerting.rulefile.build.measures import measures_of, sources_of, topics_of
from alerting.rulefile.build.rules import rules_of
from alerting.rulefile.forms.context import Context
from alerting.rulefile.forms.plugins import NOTIFIERS, kinds
from alerting.rulefile.forms.sections import AreaForm, BreakForm, DigestForm, OwnerForm, SilenceForm
from alerting.rulefile.mistakes import PathProblem
from alerting.rulefile.sections import DeclaredItem, Sections

#: The channel that owners have who name none.
EMAIL = "email"
EVERYTHING = Match()


def built(folder: str, version: str, sections: Sections, context: Context) -> tuple[RuleSet, list[PathProblem]]:
    """Put what is usable together; mistakes that only the whole shows are returned beside it."""
    measures = with_parts_resolved(measures_of(sections, _schedule(sections).holidays))
    sources, mistakes = sources_of(sections, measures, context)
    areas, area_mistakes = areas_of(sections)
    mistakes += area_mistakes
    mistakes += _totals(sections)
    digests = sections.by_id("digests").values()
    mistakes += [mistake for entry in digests for mistake in _digest_mistakes(entry)]
    rules = RuleSet(
        folder=folder,
        version=version,
        calendar=context.calendar,
        areas=areas,
        topics=topics_of(sections),
        measures=measures,
        sources=sources,
        rules=rules_of(sections, measures),
        owners={id_: _owner(entry.form) for id_, entry in sections.by_id("owners").items()},
        roles=Roles(**_merged(sections, "roles")),
        channels=_channels(sections),
        holds=_windows(sections, "holds"),
        breaks=_windows(sections, "breaks"),
        notes=_windows(sections, "notes"),
        exclusions=_windows(sections, "exclusions"),
        silences=tuple(_silence(entry.form) for entry in sections.by_id("silences").values()),
        schedule=_schedule(sections),
        digests=tuple(_digest(entry.form) for entry in digests),
    )
    return rules, mistakes


def areas_of(sections: Sections) -> tuple[AreaTree, list[PathProblem]]:
    """Return the tree, each child with its parent's kind; an area that is its own ancestor is a mistake."""
    entries = sections.by_id("areas")
    forms: dict[str, AreaForm] = {id_: entry.form for id_, entry in entries.items()}
    mistakes: list[PathProblem] = []
    declared = []
    for id_, form in forms.items():
        line = _line(id_, forms)
        parent = form.parent
        if parent is not None and line[-1] == id_ and next(area for area in forms if area in line) == id_:
            way = " > ".join(line)  # said once, where the first area of the circle stands
            mistakes.append(entries[id_].mistake("bad-value", f"the area is part of itself: {way}", key="parent"))
            parent = None
        kinds_above = [forms[area].kind for area in line if area in forms and forms[area].kind]
        kind = kinds_above[0] if kinds_above else None
        if kind is not None and kind != kinds_above[-1] and form.kind is not None:
            message = f'its kind is "{kind}", but it lies in an area of the kind "{kinds_above[-1]}"'
            mistakes.append(entries[id_].mistake("bad-value", message, "remove the kind, or the parent", key="kind"))
        declared.append(
            Area(id=id_, title=form.title, short=form.short, kind=kind or "", parent=parent, owners=form.owner)
        )
    return AreaTree.of(declared), mistakes


def _line(id_: str, forms: dict[str, AreaForm]) -> list[str]:
    """Return the area, its parent and so on; a circle ends with the area that closes it."""
    line = [id_]
    while (form := forms.get(line[-1])) is not None and form.parent is not None:
        line.append(form.parent)
        if form.parent in line[:-1]:
            break
    return line


def _totals(sections: Sections) -> Iterator[PathProblem]:
    for entry in sections.by_id("measures").values():
        total, items = entry.form.total, entry.form.items
        if total is None or "items" in entry.broken:
            continue
        if not items:
            yield entry.mistake("bad-value", "a total needs items that add up to it", key="total")
        elif total not in items:
            yield entry.mistake("unknown-measure", f'no item "{total}"', f"there are: {', '.join(items)}", key="total")


def _owner(form: OwnerForm) -> Owner:
    escalate, quiet = form.escalate, form.quiet_hours
    return Owner(
        id=form.id,
        name=form.name,
        email=form.email,
        deputy=form.deputy,
        away=tuple(Away(since=away.since, until=away.until) for away in form.away),
        escalate=None if escalate is None else Escalate(working_days=escalate.after, to=escalate.to),
        channels=form.channels,
        quiet_hours=None if quiet is None else QuietHours(since=quiet.since, until=quiet.until),
        mail_budget=form.mail_budget,
        false_alarms=form.false_alarms,
    )


def _merged(sections: Sections, name: str) -> dict[str, Any]:
    """Return the keys that any file gives."""
    found: dict[str, Any] = {}
    for entry in sections.entries[name]:
        found |= {key: getattr(entry.form, key) for key in entry.form.model_fields_set}
    return found


def _schedule(sections: Sections) -> Schedule:
    keys = _merged(sections, "schedule")
    keys.pop("financial_year_starts", None)  # the calendar's
    return replace(Schedule(), **keys)


def _channels(sections: Sections) -> dict[str, Channel]:
    found: dict[str, Channel] = {id_: entry.form for id_, entry in sections.by_id("channels").items()}
    if EMAIL not in found and EMAIL in kinds(NOTIFIERS):
        found[EMAIL] = Channel(id=EMAIL, kind=EMAIL)
    return found


def _windows(sections: Sections, name: str) -> tuple[Window, ...]:
    return tuple(_window(entry) for entry in sections.entries[name])


def _window(entry: DeclaredItem) -> Window:
    form = entry.form
    if isinstance(form, BreakForm):  # open to the right: everything from the day on lies behind the break
        return Window(id=entry.id, match=form.match, since=form.on, until=None, words=form.reason)
    words: str = form.say if hasattr(form, "say") else form.reason
    return Window(id=entry.id, match=form.match or EVERYTHING, since=form.since, until=form.until, words=words)


def _silence(form: SilenceForm) -> Silence:
    return Silence(id=form.id, match=form.match, since=form.since, until=form.until, reason=form.reason)


def _digest(form: DigestForm) -> Digest:
    return Digest(
        id=form.id,
        to=form.to,
        every=form.every,
        before_working_days=form.before,
        meetings=tuple(form.meetings),
        about=form.about,
        form=form.form,
        on_holiday=form.on_holiday,
    )


def _digest_mistakes(entry: DeclaredItem) -> Iterator[PathProblem]:
    form: DigestForm = entry.form
    if {"every", "before", "meetings"} & entry.broken:
        return
    if form.every is None and form.before is None:
        yield entry.mistake(
            "missing-key", "nothing says when the digest goes out", "write `every:`, or `before:` with `meetings:`"
        )
    elif form.before is not None and not form.meetings:
        yield entry.mistake(
            "missing-key",
            "the digest goes out before meetings, but none is given",
            "write `meetings: [2020-10-21]`",
            key="before",
            of_key=True,
        )
    elif form.meetings and form.before is None:
        yield entry.mistake(
            "missing-key",
            "nothing says how long before the meetings",
            "write `before: 4 working days`",
            key="meetings",
            of_key=True,
        )
