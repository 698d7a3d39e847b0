"""Pages for files: standing alone, fit for paper, and printed as PDF by a browser where there is one."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from alerting.domain.notify.notice import Message
from alerting.errors import UsageError
from alerting.render.inline_images import self_contained

#: Looked for on the path, in this order.
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: A page is printed in a second or two; a browser that takes longer than this hangs.
_TIMEOUT_S = 60
#: Others wait meanwhile, and the message goes without its PDF.
_TIMEOUT_IN_A_DIGEST_S = 30
#: Begins what a page says of its sheets.
_SHEETS = "@page {"
#: On paper the sheet is the page, colours are printed, and neither a row nor an entry is torn apart.
_FOR_PAPER = """<style>
@page { size: A4; margin: 14mm 12mm; }
@media print {
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body, .page, .sheet { background-color: #ffffff !important; }
  body { zoom: 0.8; }
  .sheet { padding: 0 !important; }
  .chart { max-width: 440px !important; }
  table { max-width: none !important; }
  tr, li, .card { break-inside: avoid; }
  h1, h2, h3, .theme { break-after: avoid; }
}
</style></head>"""


def page_of_message(message: Message) -> str:
    """Return a message as a page of its own: pictures inside, fit for paper, fetching nothing.

    One that says itself what its sheets are is left as it is.
    """
    page = self_contained(message.html, message.pictures)
    return page if _SHEETS in page else page.replace("</head>", _FOR_PAPER, 1)


def browser(named: Path | None) -> Path | None:
    """Return the browser that prints: the one named, else the first on the path; None where there is none.

    Raises:
        UsageError: the one named is not there.
    """
    if named is not None:
        if not (named.is_file() and os.access(named, os.X_OK)):
            raise UsageError(f"ALERTING_CHROMIUM names {named}, which is no program; name Chromium's, or leave it out")
        return named
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return Path(found) if found else None


def print_pdf(page: Path, out: Path, program: Path, *, timeout_s: float = _TIMEOUT_S) -> str | None:
    """Print a page; return why there is no PDF, None where there is one.

    The browser gets a profile of its own that is thrown away, and is told to fetch nothing by itself.
    """
    out.unlink(missing_ok=True)
    with TemporaryDirectory(prefix="alerting-print-", ignore_cleanup_errors=True) as profile:
        try:
            done = subprocess.run(  # noqa: S603  # the program is the installation's own choice
                _command(program, profile, page, out), capture_output=True, timeout=timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            return f"{program} took more than {timeout_s:g} seconds"
        except OSError as error:
            return f"{program} could not be started: {error.strerror}"
    if out.is_file() and out.stat().st_size:
        return None
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return f"{program} ended with {done.returncode} and printed nothing{f': {last[0][:200]}' if last else ''}"


def _command(program: Path, profile: str, page: Path, out: Path) -> Sequence[str]:
    # Chromium's sandbox needs rights that root may not hand down; everybody else keeps it.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return [
        str(program),
        "--headless",
        *sandbox,
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={profile}",
        "--no-pdf-header-footer",
        f"--print-to-pdf={out.resolve()}",
        page.resolve().as_uri(),
    ]


class Printer:
    """Prints pages as PDF with the browser that is there; what was printed is kept, and pages that are alike are printed once."""

    def __init__(self, named: Path | None) -> None:
        """Look for the browser: the one that a setting names, else the first on the path."""
        self._printed: dict[bytes, bytes | str] = {}
        self._why: str | None = None
        self._program: Path | None = None
        try:
            self._program = browser(named)
            if self._program is None:
                self._why = f"there is no Chromium ({', '.join(BROWSERS)}); name one in ALERTING_CHROMIUM"
        except UsageError as error:
            self._why = str(error)

    @property
    def failed(self) -> str | None:
        """Why a page was not printed; None where none failed."""
        return next((why for why in self._printed.values() if isinstance(why, str)), None)

    def printed(self, message: Message) -> bytes | str:
        """Return a message's page as PDF, or why there is none."""
        page = page_of_message(message)
        key = hashlib.sha256(page.encode()).digest()
        if key not in self._printed:
            self._printed[key] = self._why or self._print(page)
        return self._printed[key]

    def _print(self, page: str) -> bytes | str:
        assert self._program is not None
        with TemporaryDirectory(prefix="alerting-page-", ignore_cleanup_errors=True) as folder:
            html, pdf = Path(folder) / "page.html", Path(folder) / "page.pdf"
            try:
                html.write_text(page, encoding="utf-8")
                why = print_pdf(html, pdf, self._program, timeout_s=_TIMEOUT_IN_A_DIGEST_S)
                return pdf.read_bytes() if why is None else why
            except OSError as error:
                return f"a page could not be written to {folder}: {error.strerror}"
