"""The JSON Schema of a rule file, for editors: the union of every form, conditions and limits as found by scanning."""

from typing import Any

from pydantic import create_model
from pydantic.json_schema import GenerateJsonSchema

from alerting.rulefile.forms.base import Form, Text, describe
from alerting.rulefile.forms.parameters import LimitsMethodForm
from alerting.rulefile.forms.plugins import NOTIFIERS, SourceForm, channel_form, kinds
from alerting.rulefile.forms.sections import LISTS
from alerting.rulefile.sections import SINGLES


def rule_file_schema() -> dict[str, Any]:
    """Return the schema, in draft 2020-12; every key has its description."""
    keys: dict[str, Any] = {
        name: (list[form] | None, describe(_first_line(form), None))  # type: ignore[valid-type]  # types made at run time
        for name, form in LISTS.items()
    }
    keys |= {name: (form | None, describe(_first_line(form), None)) for name, form in SINGLES.items()}
    keys["sources"] = (dict[Text, SourceForm] | None, describe("Where figures come from, by name.", None))
    keys["limits"] = (dict[Text, LimitsMethodForm] | None, describe("Limits by name, for use in conditions.", None))
    keys["channels"] = (_channels() | None, describe("Ways to tell people, by name.", None))
    model = create_model("RuleFile", __base__=Form, **keys)
    schema = model.model_json_schema(by_alias=True)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "Rule file",
        "description": "One file of a rules folder: any of these keys, each in any file.",
        **{key: value for key, value in schema.items() if key not in ("title", "description")},
    }


def _channels() -> Any:
    """Return `email: {}`, settings of the kind that the name is, or `ops-room: {folder: {...}}`."""
    value: Any = None
    for kind in kinds(NOTIFIERS):
        keys: Any = {"settings": (channel_form(kind) | None, describe("its settings", key=kind))}
        value |= channel_form(kind) | create_model(f"{kind.capitalize()}Channel", __base__=Form, **keys)
    return dict[Text, value]


def _first_line(form: type[Form]) -> str:
    return (form.__doc__ or "").strip().split("\n", maxsplit=1)[0]
