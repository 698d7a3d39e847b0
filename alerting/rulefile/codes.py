"""The codes of problems in rule files: stable words that people search for, each with what it means."""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "empty-folder": "the rules folder holds no *.yaml file, so there is nothing to watch",
    "unreadable-file": "a file is missing, outside the folders that may be read, too large or not UTF-8 text",
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
    "unknown-channel": "no channel has this id, or there is no such kind of channel",
    "unknown-rule": "no rule has this id",
    "condition-does-not-fit": "the condition cannot work on a measure that the rule watches",
    "nobody-told": "an exception of this series would be told to nobody",
    "no-address": "somebody is to be told but has no address",
    "no-figures": "nothing says where a measure's figures come from",
    "no-series": "a rule watches no series at all",
    "unused": "something is declared and never used",
    "not-acted-on": "this version reads the key but does nothing with it yet",
}
