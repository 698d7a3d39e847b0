"""Rules: from forms to domain values, measures resolved."""

import hashlib
from collections.abc import Mapping

from alerting.domain.measure import Measure
from alerting.domain.rule import Notify, Rule
from alerting.rulefile.forms.sections import RuleForm
from alerting.rulefile.forms.selection import Measures
from alerting.rulefile.sections import DeclaredItem, Sections

AREA_OWNER = Notify()


def rules_of(sections: Sections, measures: Mapping[str, Measure]) -> tuple[Rule, ...]:
    """Return the rules in the order of files and lines."""
    chosen = _SelectedMeasures(measures)
    return tuple(_rule(entry, chosen, sections) for entry in sections.by_id("rules").values())


class _SelectedMeasures:
    """Resolves selections of measures; each selection once, however many rules make it."""

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        self.measures = measures
        self.place = {id_: place for place, id_ in enumerate(measures)}
        self.resolved: dict[Measures, tuple[str, ...]] = {}

    def ids(self, selection: Measures) -> tuple[str, ...]:
        """Return the ids in the order of declaration."""
        if selection.ids is not None:
            if len(selection.ids) == 1:
                return selection.ids if selection.ids[0] in self.place else ()
            return tuple(sorted((id_ for id_ in selection.ids if id_ in self.place), key=self.place.__getitem__))
        if selection not in self.resolved:
            found = (id_ for id_, measure in self.measures.items() if _fits(selection, measure))
            self.resolved[selection] = tuple(found)
        return self.resolved[selection]


def _fits(selection: Measures, measure: Measure) -> bool:
    return (
        (not selection.tags or not measure.tags.isdisjoint(selection.tags))
        and (selection.topic is None or measure.topic == selection.topic)
        and (selection.items_of is None or measure.item_of == selection.items_of)
    )


def _rule(entry: DeclaredItem, chosen: _SelectedMeasures, sections: Sections) -> Rule:
    form: RuleForm = entry.form
    measures = chosen.ids(form.measures)
    if sections.lost and (not measures or len(form.measures.ids or ()) > len(measures)):
        entry.broken |= {"measures"}  # some of them are declared, with mistakes of their own
    text = entry.file.item_text("rules", int(entry.path[1]))
    notify = form.notify
    if notify is None:
        told = form.when.tells
        notify = AREA_OWNER if told is None else Notify(names=told)
    return Rule(
        id=form.id,
        title=form.title,
        measures=measures,
        when=form.when,
        areas=form.areas,
        every=form.every,
        open_after=form.open_after,
        clear_after=form.clear_after,
        severity=form.severity,
        notify=notify,
        inhibit=form.inhibit,
        remind=form.remind,
        review_after=form.review_after,
        status=form.status,
        author=form.author,
        why=form.why,
        since=form.since,
        until=form.until,
        former_id=form.was,
        place=entry.file.item_place("rules", int(entry.path[1])),
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
