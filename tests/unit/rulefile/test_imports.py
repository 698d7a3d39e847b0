"""Checking a folder loads nothing that it does not need, so that it answers at once."""

import subprocess
import sys

import pytest
from samples.rule_folders import sound_with

HEAVY = ("polars", "sqlalchemy", "aiosmtplib", "jinja2", "holidays", "structlog", "scipy")


@pytest.mark.parametrize(
    ("program", "heavy"),
    [
        pytest.param("import alerting.rulefile", (*HEAVY, "numpy", "pydantic", "ruamel"), id="naming-the-package"),
        pytest.param(
            "from alerting.cli import main; main(['check', {folder!r}, '--no-figures'])",
            HEAVY,
            id="alerting-check-of-rules-alone",
        ),
        pytest.param("from alerting.cli import main; main(['schema'])", HEAVY, id="alerting-schema"),
    ],
)
def test_what_is_heavy_is_not_loaded_by(tmp_path, program, heavy):
    folder = str(sound_with(tmp_path / "rules"))
    asked = f"{program.format(folder=folder)}\nimport sys\nprint('LOADED', [m for m in {heavy} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True, cwd=tmp_path)

    assert "LOADED []" == done.stdout.strip().split("\n")[-1]
