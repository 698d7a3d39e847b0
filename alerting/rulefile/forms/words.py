"""How addresses, links, sentences and the names of sources are written."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import urlsplit

from alerting.domain.area import SHORT
from alerting.domain.mailbox import InvalidAddress, plain_address
from alerting.domain.measure import SHORT_MEASURE
from alerting.rulefile.forms.base import Read, ReadIn, text_of, text_schema
from alerting.rulefile.forms.context import Context, value_problem
from alerting.wording.briefly import made_short

#: What stands for something in a measure's sentence.
PLACEHOLDERS = ("value", "area", "period")
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")


def _address(value: Any) -> str:
    text = value if isinstance(value, str) else text_of(value, "a mail address")
    try:
        return plain_address(text)
    except InvalidAddress as error:
        shown = text if text.isprintable() else ascii(text)[1:-1]
        fix = "write one plain address, like head.of.contact@example.org"
        raise value_problem("bad-value", f'"{shown}" is not one mail address: {error.why}', fix) from None


def _link(value: Any) -> str:
    text = text_of(value, "a web address")
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("https", "http") and parts.hostname is not None and not re.search(r"\s", text)
    except ValueError:
        usable = False
    if not usable:
        raise value_problem("bad-value", f'"{text}" is not a web address', "begin with https:// or http://")
    return text


def _currency(value: Any) -> str:
    text = text_of(value, "a currency code")
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise value_problem("bad-value", f'"{text}" is no currency code', "write three capitals, like GBP")
    return text


def _sentence(value: Any) -> str:
    text = text_of(value, "a sentence")
    for match in _BRACES.finditer(text):
        if match[1] not in PLACEHOLDERS:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise value_problem("bad-value", f"{match[0]} stands for nothing in a sentence", f"there are {known}")
    if "{value}" not in text:
        raise value_problem(
            "bad-value", "the sentence does not give the figure", "put {value} where the figure belongs"
        )
    return text


def _short(most: int) -> Read:
    """Read a name that fits a subject line or a column of a table."""

    def read(value: Any) -> str:
        text = text_of(value, "a short name")
        if len(text) > most:
            message = f'"{text}" has {len(text)} characters: a short name has {most} at most'
            raise value_problem("bad-value", message, f'write fewer, like "{made_short(text, most)}"')
        return text

    return Read(read, {"type": "string", "minLength": 1, "maxLength": most})


def _source(value: Any, context: Context) -> str:
    name = text_of(value, "the name of a source or the path of a file")
    if name not in context.declared.get("source", ()) and ("/" in name or PurePosixPath(name).suffix):
        return name
    return context.check("source", name)


Address = Annotated[str, Read(_address, text_schema("a mail address") | {"format": "email"})]
WebLink = Annotated[str, Read(_link, text_schema("an address like `https://example.org/report`", "^https?://"))]
CurrencyCode = Annotated[str, Read(_currency, text_schema("three capitals", "^[A-Z]{3}$"))]
Sentence = Annotated[str, Read(_sentence, text_schema("text with `{value}` in it"))]
SourceName = Annotated[str, ReadIn(_source, text_schema("the id of a source or a path"))]
MeasureShort = Annotated[str, _short(SHORT_MEASURE)]
Short = Annotated[str, _short(SHORT)]
