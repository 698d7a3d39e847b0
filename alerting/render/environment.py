"""The templates: compiled once, sandboxed, strict about names; and HTML with its styles inlined."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from css_inline import CSSInliner
from jinja2 import PackageLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from alerting.render import verdict_marks as marks
from alerting.render.area_rows import area_line
from alerting.wording import plain

Layout = TypeVar("Layout")

#: Mail programs cut a message off above 102 kB of HTML (Gmail); gateways and people's patience end soon after.
HTML_BUDGET_BYTES = 98_000


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, which remembers what it found safe: that depends on the kind of object and the attribute's name alone."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether templates may read an attribute."""
        key = type(obj), attr
        safe = self._safe.get(key)
        if safe is None:
            safe = self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return safe


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = _Environment(
        loader=PackageLoader("alerting.render"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        area_line=area_line,
        capitalised=plain.capitalised,
        counted=plain.counted,
        fact=plain.fact,
        listed=plain.listed,
        number=plain.number,
        safe_link=safe_link,
        sentence=plain.sentence,
        wrapped=plain.wrapped,
    )
    environment.globals.update(mark=marks.mark, verdict_mark=marks.verdict_mark)
    return environment


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(minify_css=True, load_remote_stylesheets=False)


def _finalized(value: object) -> object:
    """Clean every value that a template prints; markup comes from our own macros, whose values were cleaned inside."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return plain.with_minus(plain.cleaned(value))
    return value


def safe_link(link: str | None) -> str | None:
    """Return *link* where it is a web address that may be clicked; else None."""
    if not link:
        return None
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in ("https", "http") and parts.hostname and not re.search(r"\s", link) else None


def text_of(template: str, **values: Any) -> str:
    """Render a text template."""
    return plain.tidied(_environment().get_template(template).render(values))


def page_of(template: str, **values: Any) -> str:
    """Render an HTML template."""
    return _environment().get_template(template).render(values)


def mail_of(template: str, **values: Any) -> str:
    """Render an HTML template as a mail: no indentation, styles inline but for those that depend on the medium."""
    return _inliner().inline(re.sub(r"\n\s+", "\n", page_of(template, **values)))


def first_that_fits(attempts: Iterator[tuple[Layout, str]]) -> tuple[Layout, str]:
    """Return the first layout whose HTML keeps the budget, with that HTML; the last one where none does."""
    layout, html = next(attempts)
    while len(html.encode()) > HTML_BUDGET_BYTES:
        try:
            layout, html = next(attempts)
        except StopIteration:
            break
    return layout, html
