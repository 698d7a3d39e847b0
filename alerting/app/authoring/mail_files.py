"""Whole mails kept beside rule tests, to be held against those that the engine writes."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

#: Between the mails to several readers.
_BETWEEN = "\n" + "-" * 72 + "\n"


@dataclass(frozen=True, slots=True)
class MailFiles:
    """Files of a rules folder with mails as they are to be.

    Args:
        update: write what comes, instead of holding it against what is there.
    """

    folder: Path
    update: bool = False

    def unlike(self, name: str, mails: Sequence[str]) -> Iterator[str]:
        """Say what is not as in a file; nothing where it is, or was written."""
        path, said = self.folder / name, _BETWEEN.join(f"{mail.rstrip()}\n" for mail in mails)
        if self.update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(said, encoding="utf-8")
            return
        if not path.exists():
            yield f"{name} is not there; `alerting test --update` writes it"
            return
        kept = path.read_text(encoding="utf-8")
        if kept != said:
            lines = difflib.unified_diff(kept.splitlines(), said.splitlines(), name, "the mail", n=0, lineterm="")
            changes = [line for line in lines if line[:1] in {"+", "-"}][2:6]
            yield f"the mail is not as in {name}: {' '.join(changes)}; where it should be so, `alerting test --update` writes it"


def whole_mail(reader: str, subject: str, text: str) -> str:
    """Return a mail as it is kept: whom it goes to, its subject, its text."""
    return f"To: {reader}\nSubject: {subject}\n\n{text}"
