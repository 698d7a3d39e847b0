"""What has no place in a mail's HTML: scripts, forms, and whatever is fetched from elsewhere."""

import re
from html.parser import HTMLParser


def unwanted_in(html: str) -> list[str]:
    """Name what has no place in a mail, each once."""
    return list(_Tags(html).unwanted)


class _Tags(HTMLParser):
    """Collects what has no place in a mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.unwanted: dict[str, None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, forms, frames, and whatever is fetched from elsewhere."""
        if tag in ("script", "iframe", "object", "embed", "form", "link", "base") or (
            tag == "meta" and ("http-equiv", "refresh") in [(name, (value or "").lower()) for name, value in attrs]
        ):
            self.unwanted[f"<{tag}> in the HTML"] = None
        for name, value in attrs:
            text = value or ""
            if name.startswith("on"):
                self.unwanted[f"the attribute {name} in the HTML"] = None
            elif name == "href" and re.match(r"\s*(?!https?:|mailto:|tel:)[a-z]+:", text, re.IGNORECASE):
                self.unwanted[f'href="{text[:60]}" in the HTML is no web address'] = None
            elif name in ("src", "background", "srcset", "data") and not text.startswith("cid:"):
                self.unwanted[f'{name}="{text[:60]}" in the HTML is fetched from elsewhere'] = None
            elif name == "style" and re.search(r"url\(|@import", text):
                self.unwanted["a style in the HTML is fetched from elsewhere"] = None
