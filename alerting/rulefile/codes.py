"""The codes of problems in rule files: stable words that people search for, each with what it means.

What one check alone finds it declares itself, as `CODES` in its file; here stand those of readers, and those that several use.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping

SHARED: Mapping[str, str] = {
    "empty-folder": "the rules folder holds no *.yaml file, so there is nothing to watch",
    "missing-secret": "a secret that a channel names is not there; nothing goes out over that channel, all others work",
    "missing-figures": "a source's file is not there; its measures cannot be judged, all others are",
    "unreadable-figures": "a source's file is a link out of its folder, no file or locked away; its measures cannot be judged",
    "unreadable-file": "a file is outside the folders that may be read, too large or not UTF-8 text",
    "skipped-file": "a file looks like a rule file but is not read because of its name or place",
    "yaml-syntax": "the text is not YAML; the rest of that file is not checked",
    "yaml-feature": "a part of YAML that rule files do without: anchors, aliases, merge keys, tags, documents",
    "duplicate-key": "a key stands twice in one mapping",
    "unknown-key": "a key that means nothing at its place",
    "missing-key": "a key that must be there is not",
    "wrong-type": "a value is of the wrong sort: text for a number, one thing for a list",
    "bad-value": "a value is of the right sort but cannot be meant: no such day, a minimum above the maximum",
    "duplicate-id": "two things of one sort have one id, or ids that differ in capitals only",
    "unknown-measure": "no measure has this id, and no measure is selected",
    "unknown-tag": "no measure carries this tag",
    "unknown-topic": "no topic has this id",
    "unknown-area": "no area has this id, or no area is of this kind",
    "unknown-owner": "no owner has this id",
    "unknown-source": "no source has this id, or there is no such kind of source",
    "unknown-limits": "no limits have this name, and no limits method has",
    "unknown-condition": "there is no such condition",
    "unknown-column": "a target or condition names a column that the source does not have",
    "unknown-channel": "no channel has this id, or there is no such kind of channel",
    "unknown-rule": "no rule has this id",
    "condition-does-not-fit": "the condition cannot work on a measure that the rule watches",
    "no-figures": "nothing says where a measure's figures come from, or its source has none of it",
    "bad-template": "a template of the folder's own cannot be rendered; messages take the built-in one",
    "unknown-template": "a file under templates/ that no message uses: no such name, rule, owner or channel",
    "figures-left-out": "the text that a template writes lacks numbers that the HTML has",
    "unused": "something is declared and never used",
    "source-failed": "a source cannot be read, so that none of its measures can be judged",
    "wrong-figures": "figures of a source were refused or look wrong; `alerting evaluate` names each",
    "no-rules": "there is no rule, so that nothing is watched",
    "no-roles": "no role is given, so that nobody hears of it when the engine itself is in trouble",
    "nobody-told-then": "on days of the next twelve months nobody is told: owners are away, or none answers yet",
    "fallback-told-then": "on days of the next twelve months the fallback alone is told, since all others are away",
    "internal-error": "the program itself failed at a rule, source or message; report it, all else goes on",
    "nobody-listens": "loads of a source are whole when they are posted, and the settings name no address to post them to",
    "not-acted-on": "the key is read, but nothing is done with it here",
}


class DuplicateCode(TypeError):
    """Two modules declare one code; this is ours to mend, not the user's."""


def codes_with(*packages: str) -> Mapping[str, str]:
    """Return every code with what it means, those included that the checks in these packages declare.

    Raises:
        DuplicateCode: a code is declared twice.
    """
    codes = dict(SHARED)
    for name, declared in _declared(packages):
        if twice := sorted(codes.keys() & declared.keys()):
            raise DuplicateCode(f"{name} declares {', '.join(twice)}, which is declared elsewhere")
        codes |= declared
    return codes


def _declared(packages: Iterable[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for package in packages:
        for info in sorted(pkgutil.iter_modules(importlib.import_module(package).__path__), key=lambda one: one.name):
            name = f"{package}.{info.name}"
            yield name, getattr(importlib.import_module(name), "CODES", {})
