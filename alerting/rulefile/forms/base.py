"""Forms: how values are written in rule files. Each form reads a plain value and describes itself in the JSON Schema.

A field `Annotated[Level, Written(...)]` holds a `Level` of the domain, however it was written.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic.annotated_handlers import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from alerting.rulefile.forms.context import Context, context_of, described, value_problem
from alerting.spelling import nearest

JsonSchema = dict[str, Any]
#: What a number looks like that `float` reads in one way only.
_FIGURE = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class Form(BaseModel):
    """A mapping with known keys; numbers are no text, text is no number, and an unknown key is a mistake."""

    # Built at first use: most forms are only ever parts of others.
    model_config = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _note_unknown_keys(cls, value: Any, info: ValidationInfo) -> Any:
        """Keep the known keys of a mapping with an unknown one, so that the error can suggest the nearest."""
        if isinstance(value, dict) and not value.keys() <= (known := cls.known_keys()):
            context_of(info).keys_of[id(value)] = known
        return value

    @classmethod
    @cache
    def known_keys(cls) -> frozenset[str]:
        """Return the keys as they are written."""
        return frozenset(field.alias or name for name, field in cls.model_fields.items())


def describe(description: str, default: Any = ..., *, key: str | None = None, **bounds: Any) -> Any:
    """Declare a key: its description, its default (none: it must be there), and its name where Python has none."""
    return Field(default=default, alias=key, description=description, **bounds)


def text_schema(words: str, pattern: str | None = None) -> JsonSchema:
    """Return the schema of a text, with what it takes in words for the page of keys."""
    return {"type": "string", "$comment": words} | ({} if pattern is None else {"pattern": pattern})


class WrittenAs:
    """A value written in the form that *shape* gives, which is asked only when a schema is made."""

    def __init__(self, shape: Callable[[], Any]) -> None:
        self.shape = shape

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(self.shape())


class Read:
    """A value read by a function of the plain value."""

    def __init__(self, read: Callable[[Any], Any], schema: JsonSchema) -> None:
        self.read, self.schema = read, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return dict(self.schema)


class ReadIn:
    """A value read by a function of the plain value and the context."""

    def __init__(self, read: Callable[[Any, Context], Any], schema: JsonSchema) -> None:
        self.read, self.schema = read, schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        read = self.read
        return core_schema.with_info_plain_validator_function(lambda value, info: read(value, info.context))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        return dict(self.schema)


class Known(ReadIn):
    """The id of something declared, of one sort."""

    def __init__(self, sort: str, what: str | None = None) -> None:
        expected = f"the id of {_with_article(what or sort)}"

        def read(value: Any, context: Context) -> str:
            return context.check(sort, text_of(value, expected), what=what)

        super().__init__(read, text_schema(expected))


def choice(options: type[Enum] | Mapping[str, Any], otherwise: Mapping[str, str] = MappingProxyType({})) -> Read:
    """Return the form of one word out of several: an enum's values, or a mapping's keys for its values.

    Args:
        otherwise: words that one would expect, and which of ours is meant.
    """
    table = {str(member.value): member for member in options} if isinstance(options, type) else dict(options)

    def read(value: Any) -> Any:
        if isinstance(value, str) and value in table:
            return table[value]
        listed = " | ".join(table)
        if not isinstance(value, str):
            word = {True: "yes", False: "no"}[value] if isinstance(value, bool) else None
            fix = f"write {word}" if word in table else None
            raise value_problem("wrong-type", f"expected {listed}, found {described(value)}", fix)
        near = otherwise.get(value.lower()) or nearest(value, table)
        raise value_problem("bad-value", f'"{value}" is none of {listed}', f'did you mean "{near}"?' if near else None)

    return Read(read, {"enum": list(table)})


class OneOf:
    """A value written in one of several forms.

    Args:
        arms: the forms by name, asked only when a schema is made.
        choose: names the arm for a plain value; None where none fits.
        expected: for "expected …, found …" where none fits.
    """

    def __init__(
        self, arms: Callable[[], Mapping[str, Any]], choose: Callable[[Any], str | None], expected: str
    ) -> None:
        self.arms, self.choose, self.expected = arms, choose, expected

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Made here rather than by typing.Union with tags: unions hash their members, and forms need no hash.
        return core_schema.tagged_union_schema(
            {f"<{name}>": handler.generate_schema(arm) for name, arm in self.arms().items()},
            self._tag,
            custom_error_type="wrong-type",
            custom_error_message="expected {expected}",
            custom_error_context={"expected": self.expected},
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        found = handler(schema)
        # An editor cannot choose the arm as we do: a mapping of areas and one of keys may both fit.
        found["anyOf"] = found.pop("oneOf")
        return found | {"$comment": self.expected}

    def _tag(self, value: Any) -> str | None:
        name = self.choose(value)
        return None if name is None else f"<{name}>"


def by_type(arms: Mapping[type, str]) -> Callable[[Any], str | None]:
    """Return what names the arm for a value of exactly these types."""
    return lambda value: arms.get(type(value))


def one_or_many(item: Any, expected: str) -> OneOf:
    """Return the form of one value or a list of them; reads as a tuple."""
    return OneOf(
        lambda: {
            "one": Annotated[item, AfterValidator(lambda found: (found,))],
            "many": Annotated[list[item], AfterValidator(tuple)],
        },
        lambda value: (
            "many" if isinstance(value, list) else None if isinstance(value, dict) or value is None else "one"
        ),
        expected,
    )


def text_of(value: Any, expected: str = "text") -> str:
    """Return *value* if it is a line of text."""
    if isinstance(value, str) and value.isprintable() and not value.isspace() and value:
        return value  # nearly always; the rest finds out what is wrong, or that it is an unusual space
    if not isinstance(value, str):
        raise value_problem("wrong-type", f"expected {expected}, found {described(value)}", _in_quotes(value))
    if not value.strip():
        raise value_problem("bad-value", f"expected {expected}, found empty text")
    if (found := _CONTROL.search(value)) is not None:
        what = f"U+{ord(found[0]):04X}, a line end, control character or turn of the direction of writing,"
        raise value_problem("bad-value", f"{what} cannot stand in {expected}")
    return value


def _lines(value: Any) -> str:
    """Return *value* if it is text, of one line or several."""
    if isinstance(value, str) and value.strip():
        text_of(" ".join(value.split()))
        return value
    return text_of(value)


def _in_quotes(value: Any) -> str | None:
    """Suggest quotes for what is read as something else; a decimal number may have been written otherwise than Python writes it."""
    if isinstance(value, float):
        return "put it into quotes as it stands, so that it is not read as a number"
    plain = isinstance(value, (int, date)) and not isinstance(value, bool)
    return f'put it into quotes: "{value}"' if plain else None


def number_of(value: Any, expected: str = "a number") -> float:
    """Return *value* if it is a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise value_problem("wrong-type", f"expected {expected}, found {described(value)}", _as_number(value))
    return float(value)


def _as_number(value: Any) -> str | None:
    """Suggest the number somebody may have meant: 1,234 or 90 %."""
    plain = re.sub(r"[,_]", "", value).removesuffix("%").strip() if isinstance(value, str) else ""
    plain = re.sub(r"^([-+]?)0+(?=[0-9])", r"\1", plain)  # a leading zero makes it a text, as of a telephone number
    return f"write {plain}" if _FIGURE.fullmatch(plain) else None


def _id(value: Any) -> str:
    found = text_of(value, "an id")
    if not _ID.fullmatch(found):
        fix = re.sub(r"[^A-Za-z0-9._-]+", "-", found).strip("-._").lower()
        suggestion = f"write {fix}" if fix else None
        raise value_problem(
            "bad-value", f'"{found}" is no id: letters, digits, hyphens, dots and underscores make one', suggestion
        )
    return found


def id_other_than(*words: str) -> Read:
    """Return the form of an id that is none of these words, which stand for something where ids stand."""

    def read(value: Any) -> str:
        found = _id(value)
        if found in words:
            raise value_problem("bad-value", f'"{found}" has a meaning of its own in rule files', "choose another id")
        return found

    return Read(read, text_schema("an id", f"^{_ID.pattern}$"))


Text = Annotated[str, Read(text_of, {"type": "string", "minLength": 1})]
Lines = Annotated[str, Read(_lines, {"type": "string", "minLength": 1})]
Id = Annotated[str, Read(_id, text_schema("an id", f"^{_ID.pattern}$"))]


def _with_article(sort: str) -> str:
    return f"{'an' if sort[0] in 'aeiou' else 'a'} {sort}"
