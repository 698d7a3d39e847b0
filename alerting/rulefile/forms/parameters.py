"""Forms of conditions, limits, sources and channels, made from the dataclasses that scanning finds.

A field that has a description is a parameter: its type says how it is written, its default whether it must be. A class
with one parameter named by its attribute `short` is written as that parameter alone (`any_of: [...]`).
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, RootModel, ValidationInfo, create_model
from pydantic.annotated_handlers import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from alerting.conditions.registry import conditions
from alerting.domain.condition import Condition
from alerting.domain.limits_method import LimitsMethod
from alerting.domain.measure import Level
from alerting.domain.parameters import AcceptedMove, Amount, Band, Baseline, Days, Milestone, MinimumCases
from alerting.domain.period import Period
from alerting.limits.registry import limits_methods
from alerting.rulefile import elsewhere
from alerting.rulefile.forms.accepted import AcceptedMoveSelection
from alerting.rulefile.forms.base import Form, Lines, OneOf, Read, ReadIn, Text, WrittenAs, by_type, choice, describe
from alerting.rulefile.forms.context import FOLLOWS, OURS, Context, context_of, described, value_problem
from alerting.rulefile.forms.figures import AmountForm, Bands, LevelForm, Milestones, Number, Positive
from alerting.rulefile.forms.limits import MinimumCasesSelection
from alerting.rulefile.forms.time import AnyPeriod, BaselineSelection, Day, DaysLong


class ConditionForm(RootModel[Any]):
    """One condition under its key. Its schema is made by `condition_form`, from what scanning finds."""

    root: "OneCondition"  # type: ignore[name-defined]  # noqa: F821 - handed over by condition_form


def _whole_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise value_problem("wrong-type", f"expected a whole number, found {described(value)}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise value_problem("wrong-type", f"expected true or false, found {described(value)}")
    return value


def _name_or_number(value: Any) -> str | int:
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise value_problem("wrong-type", f"expected a name or a number, found {described(value)}")
    return value


#: type of a parameter -> how it is written.
FORMS: Mapping[Any, Any] = {
    int: Annotated[int, Read(_whole_number, {"type": "integer"})],
    float: Number,
    str: Text,
    str | int: Annotated[
        str | int, Read(_name_or_number, {"type": ["string", "integer"], "$comment": "a name or a number"})
    ],
    bool: Annotated[bool, Read(_flag, {"type": "boolean"})],
    date: Day,
    Period: AnyPeriod,
    Days: DaysLong,
    Baseline: BaselineSelection,
    MinimumCases: MinimumCasesSelection,
    Period | AcceptedMove: AcceptedMoveSelection,
    Level: LevelForm,
    Amount: AmountForm,
    tuple[Band, ...]: Bands,
    tuple[Milestone, ...]: Milestones,
}


def form_of(declared: Any) -> Any:
    """Return the form of a parameter's type.

    Raises:
        TypeError: there is none; this is ours to mend, where the class is declared.
    """
    if declared in FORMS:
        return FORMS[declared]
    if declared is Condition:
        return Annotated[ConditionForm, AfterValidator(lambda form: form.root)]
    if declared is LimitsMethod:
        return _LimitsForm
    if isinstance(declared, type) and is_dataclass(declared):
        return _mapping_form(declared)
    origin, arguments = typing.get_origin(declared), typing.get_args(declared)
    if origin in (typing.Union, types.UnionType) and type(None) in arguments:
        rest = [argument for argument in arguments if argument is not type(None)]
        return form_of(reduce(or_, rest)) | None
    if origin is Literal:
        return Annotated[str, choice({str(word): word for word in arguments})]
    if origin is tuple and arguments[1:] == (...,):
        return Annotated[list[form_of(arguments[0])], AfterValidator(tuple)]  # type: ignore[misc]  # a type made at run time
    raise TypeError(f"no written form for parameters of type {declared}")


@cache
def parameters(cls: type) -> Mapping[str, tuple[Field[Any], Any]]:
    """Return the fields that authors set, by the key they write, each with its type."""
    hints = typing.get_type_hints(cls)
    described_fields = [field for field in fields(cls) if "description" in field.metadata]
    return {field.metadata.get("yaml", field.name): (field, hints[field.name]) for field in described_fields}


def _needed(cls: type) -> list[str]:
    """Return the keys of *cls* that have no default."""
    return [key for key, (field, _) in parameters(cls).items() if field.default is MISSING]


@cache  # each condition takes each limits method: one form of it is one schema, however often it is taken
def settings_form(cls: type, name: str, base: type[Form] = Form) -> type[Form]:
    """Make the form of a dataclass's parameters, on top of *base*'s keys."""
    keys: dict[str, Any] = {}
    for key, (field, declared) in parameters(cls).items():
        alias = None if key == field.name else key
        form = _form_by(field.metadata) or form_of(declared)
        keys[field.name] = (form, describe(field.metadata["description"], _default(field), key=alias))
    return create_model(name, __base__=base, __doc__=cls.__doc__, **keys)


def _form_by(said: Mapping[str, Any]) -> Any:
    """Return the form that a field's metadata ask for; None where its type decides."""
    return Positive if said.get("positive") else Lines if said.get("lines") else None


def _mapping_form(cls: type) -> Any:
    """Return the form of a dataclass of parameters that reads as a plain mapping, by the keys that were written.

    What the class refuses when it is made (ValueError) is a mistake.
    """
    keys = {field.name: key for key, (field, _) in parameters(cls).items()}

    def plain(read: Form) -> dict[str, Any]:
        given = {name: getattr(read, name) for name in keys if name in read.model_fields_set}
        try:
            cls(**given)
        except ValueError as error:
            raise value_problem("bad-value", str(error)) from error
        return {keys[name]: value for name, value in given.items()}

    return Annotated[settings_form(cls, f"{cls.__name__}Keys"), AfterValidator(plain)]


def _default(field: Field[Any]) -> Any:
    """Return what stands for a key that is not written, for the schema: the class itself fills in its own defaults."""
    if field.default is MISSING:
        return ...
    plain = field.default is None or isinstance(field.default, (str, int, float))
    return field.default if plain else None


class OneKey:
    """`{key: parameters}` with one key out of those that classes are found under; reads as an instance of that class.

    Args:
        sort: what the classes are, in codes and messages.
        hint: what to do about several keys.
    """

    def __init__(self, classes: Mapping[str, type], sort: str, hint: str) -> None:
        self.classes, self.sort, self.hint = classes, sort, hint

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        arms = {f"<{key}>": self._arm(key, cls, handler) for key, cls in self.classes.items()}
        union = core_schema.tagged_union_schema(arms, lambda value: f"<{next(iter(value))}>")
        return core_schema.with_info_before_validator_function(self._check, union)

    def _arm(self, key: str, cls: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler.generate_schema(_instance_form(cls))
        bare = not _needed(cls)  # `key:` with nothing after it stands for all defaults
        if bare:
            schema = core_schema.nullable_schema(schema)
        mapping = core_schema.typed_dict_schema(
            {key: core_schema.typed_dict_field(schema)}, strict=True, extra_behavior="forbid"
        )
        return core_schema.no_info_after_validator_function(
            lambda found: cls() if bare and found[key] is None else found[key], mapping
        )

    def _check(self, value: Any, info: ValidationInfo) -> Any:
        """Refuse anything but a mapping with one known key."""
        if isinstance(value, str) and value in self.classes:
            raise value_problem(
                "wrong-type", f"expected a mapping, found {described(value)}", f"write {{{value}: {{}}}}"
            )
        if not isinstance(value, dict) or not value:
            raise value_problem("wrong-type", f"expected a {self.sort} with its parameters, found {described(value)}")
        for key in value:
            if key not in self.classes:
                known_elsewhere = elsewhere.CONDITIONS.get(key.lower()) if self.sort == "condition" else None
                fix = known_elsewhere or context_of(info).suggestion(key, self.classes, OURS)
                raise value_problem(f"unknown-{self.sort}", f'no {self.sort} "{key}"', fix, at=(key,), of_key=True)
        if len(value) > 1:
            message = f"one {self.sort} at a time, found {', '.join(value)}"
            raise value_problem("bad-value", message, self.hint, at=(list(value)[1],), of_key=True)
        return value


@cache
def condition_form() -> type[ConditionForm]:
    """Return the form of a condition, complete."""
    one = OneKey(conditions(), "condition", "put them under all_of: or any_of:")
    ConditionForm.model_rebuild(_types_namespace={"OneCondition": Annotated[Any, one]})
    return ConditionForm


def _limits_named(value: Any, context: Context) -> LimitsMethod:
    """Return the limits of a name, or a method with all its defaults."""
    context.used.add(("limits", value))
    if value in context.limits:
        return context.limits[value]
    methods = limits_methods()
    if value in methods:
        if needed := _needed(methods[value]):
            message = f"{value} cannot do without {', '.join(needed)}"
            raise value_problem("missing-key", message, f"write {{{value}: {{{needed[0]}: …}}}}")
        return methods[value]()
    if value in context.declared.get("limits", ()) or not context.complete:
        raise value_problem(FOLLOWS, "these limits have a mistake of their own")
    known = [*context.declared.get("limits", ()), *methods]
    raise value_problem("unknown-limits", f'no limits "{value}"', context.suggestion(value, known, OURS))


def _limits_arms() -> dict[str, Any]:
    return {"name": Annotated[Any, ReadIn(_limits_named, {"type": "string"})], "method": LimitsMethodForm}


LimitsMethodForm = Annotated[
    Any, WrittenAs(lambda: Annotated[Any, OneKey(limits_methods(), "limits", "choose one method")])
]
_LimitsForm = Annotated[
    Any,
    OneOf(
        _limits_arms,
        by_type({str: "name", dict: "method"}),
        "the name of limits, or a limits method with its parameters",
    ),
]
ConditionSelection = Annotated[
    Condition, WrittenAs(lambda: Annotated[condition_form(), AfterValidator(lambda form: form.root)])
]


def _instance_form(cls: type) -> Any:
    """Return the form of *cls*'s parameters that reads as an instance of it."""
    short: str | None = getattr(cls, "short", None)
    if short is not None:
        declared = typing.get_type_hints(cls)[short]
        return Annotated[form_of(declared), AfterValidator(lambda value: cls(**{short: value}))]
    form = settings_form(cls, cls.__name__)

    def instance(read: Form) -> Any:
        return cls(**{name: getattr(read, name) for name in read.model_fields_set})

    return Annotated[form, BeforeValidator(lambda value: {} if value is None else value), AfterValidator(instance)]
