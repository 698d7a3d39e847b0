"""A mail's HTML as a tree, read as mail programs read it: elements, inline styles, the styles that depend on the medium."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"
#: The golden mails by the kind of message; other golden files are charts and pages.
KINDS = ("notice", "digest", "engine", "source")
PAGES = {path.stem: path for kind in KINDS for path in sorted(GOLDEN.glob(f"{kind}-*.html"))}
_VOID = {"br", "img", "meta", "link", "hr", "input", "col"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


@dataclass(eq=False)
class Element:
    """An element with its attributes; `words` are those right inside it."""

    tag: str
    attrs: Mapping[str, str]
    parent: "Element | None" = None
    children: list["Element | str"] = field(default_factory=list)

    @cached_property
    def style(self) -> Mapping[str, str]:
        """The inline style by property."""
        return declarations(self.attrs.get("style", ""))

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attrs.get("class", "").split())

    @property
    def text(self) -> str:
        """Everything in it that is read, with single spaces."""
        parts = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(parts).split())

    def all(self, *tags: str) -> Iterator["Element"]:
        """Yield the elements below it in document order, of these tags or of any."""
        for child in self.children:
            if isinstance(child, Element):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    def phrases(self) -> Iterator[tuple["Element", str]]:
        """Yield what stands between tags, with the element that it stands in; not what is in the head."""
        for child in self.children:
            if isinstance(child, str):
                if words := " ".join(child.split()):
                    yield self, words
            elif child.tag not in ("style", "title"):
                yield from child.phrases()

    def lineage(self) -> Iterator["Element"]:
        """Yield it and what it stands in, from the inside out."""
        yield self
        if self.parent is not None:
            yield from self.parent.lineage()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.here = self.root
        self.comments: list[str] = []
        self.unclosed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in _VOID:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.here.tag != tag:
            self.unclosed.append(f"</{tag}> in <{self.here.tag}>")
        elif self.here.parent is not None:
            self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def declarations(css: str) -> dict[str, str]:
    """Read `property: value; …`; "!important" stays out."""
    pairs = (part.partition(":") for part in css.split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, colon, value in pairs if colon}


class MailPage:
    """One mail."""

    def __init__(self, html: str) -> None:
        builder = _Builder()
        builder.feed(html)
        builder.close()
        self.html, self.root = html, builder.root
        self.comments, self.unclosed = builder.comments, builder.unclosed
        (self.body,) = self.root.all("body")

    @classmethod
    def golden(cls, name: str) -> "MailPage":
        return cls(PAGES[name].read_text(encoding="utf-8"))

    @cached_property
    def media(self) -> Mapping[str, tuple[tuple[str, Mapping[str, str]], ...]]:
        """Media query -> (selector, declarations) in order."""
        css = "".join(style.text for style in self.root.all("style"))
        found: dict[str, tuple[tuple[str, Mapping[str, str]], ...]] = {}
        for part in css.split("@media")[1:]:
            query, _, rules = part.partition("{")
            found[query.strip()] = tuple(
                (selector.strip(), declarations(body))
                for selectors, body in _RULE.findall(rules)
                for selector in selectors.split(",")
            )
        return found

    def shown(self, element: Element, name: str, *, medium: str | None = None) -> str | None:
        """Return a property as it counts for an element itself: of the medium's rules the last that meets it, else inline."""
        value = element.style.get(name)
        for selector, body in self.media[medium] if medium else ():
            if name in body and _meets(element, selector):
                value = body[name]
        return value


def _meets(element: Element, selector: str) -> bool:
    *above, own = selector.split()
    if not _is(element, own):
        return False
    outer = list(element.lineage())[1:]
    return all(any(_is(ancestor, part) for ancestor in outer) for part in above)


def _is(element: Element, simple: str) -> bool:
    return simple[1:] in element.classes if simple.startswith(".") else simple == element.tag
