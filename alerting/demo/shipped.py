"""Where the shipped rule folder is: in the checkout, or in the installed package."""

from pathlib import Path

from alerting.errors import UsageError


def shipped_rules() -> Path:
    """Return the folder, as short as it can be written from here."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "shipped_rules", package.parent / "rules"):
        if (folder / "measures.yaml").is_file():
            return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    raise UsageError("the shipped rules are not installed; run the demo from a checkout or install the wheel again")
