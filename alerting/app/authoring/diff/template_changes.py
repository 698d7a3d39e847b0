"""Which of a folder's own templates are new, gone or written otherwise, and which messages they are part of."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path, PurePosixPath

from alerting.app.authoring.diff.changes import Change
from alerting.app.authoring.diff.other_changes import ChangedThing, What
from alerting.domain.rule import RuleSet
from alerting.render.own_templates.files import FOLDER, SUFFIX, TemplateFile, template_files
from alerting.render.own_templates.overrides import PARTS
from alerting.wording.plain import counted

SORT = "template"
#: The messages that templates of their own are for.
_MESSAGES = ("notice", "digest")
#: What each part of a message is called.
_CALLED = {"subject": "subject", "txt": "text", "html": "HTML"}
#: Templates of more lines are not held against each other line by line.
_MOST_LINES = 2_000


def template_changes(base: Path, head: Path, rules: RuleSet) -> Iterator[ChangedThing]:
    """Yield the templates in which two rules folders differ, by name.

    Args:
        rules: HEAD's, by which rules, owners and channels are named.
    """
    before, after = template_files(base), template_files(head)
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        what = What.ADDED if old is None else What.REMOVED if new is None else What.CHANGED
        said = f"{_what_is_new(old, new)}; {_of_which(name, rules)}"
        change = Change(key="text", what="text", before=_length(old), after=_length(new), said=said)
        yield ChangedThing(sort=SORT, id=f"{FOLDER}/{name}", what=what, changes=(change,))


def _length(file: TemplateFile | None) -> str:
    return "none" if file is None else file.trouble or counted(len(file.text.splitlines()), "line")


def _what_is_new(old: TemplateFile | None, new: TemplateFile | None) -> str:
    if new is None:
        return "removed"
    if new.trouble is not None:
        return f"cannot be used: {new.trouble}"
    if old is None:
        return "added"
    if old.trouble is not None:
        return "can be used now"
    before, after = old.text.splitlines(), new.text.splitlines()
    if before == after:
        return "the end of its last line is another"
    if max(len(before), len(after)) > _MOST_LINES:
        return f"{counted(len(before), 'line')} → {counted(len(after), 'line')}"
    kept = sum(block.size for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks())
    gone, more = len(before) - kept, len(after) - kept
    said = [*([f"{counted(more, 'line')} new"] if more else []), *([f"{counted(gone, 'line')} gone"] if gone else [])]
    return ", ".join(said)


def _of_which(name: str, rules: RuleSet) -> str:
    """Say which messages a template is part of, by its name."""
    path = PurePosixPath(name)
    message, part = next(
        ((message, part) for message in _MESSAGES for part in PARTS if path.name == f"{message}.{part}{SUFFIX}"),
        ("", ""),
    )
    of = _of_place(path.parts[:-1], rules)
    if not message or of is None:
        return "counts where another template includes it"
    return f"the {_CALLED[part]} of {message}s {of}".rstrip()


def _of_place(parts: tuple[str, ...], rules: RuleSet) -> str | None:
    """Name whom or what a template is for, by the folder that it stands in; None: it is for no message by itself."""
    match parts:
        case ():
            return ""
        case ("rules", id_):
            return f"on the rule {id_}{'' if any(rule.id == id_ for rule in rules.rules) else ', which is not there'}"
        case ("owners", id_):
            return f"to {rules.owners[id_].name if id_ in rules.owners else f'{id_}, who is not there'}"
        case ("channels", id_):
            return f"by the channel {id_}"
    return None
