"""The demonstration alone needs a mail server that Python brings; who runs the product need not install it."""

import sys

import pytest

from alerting.cli import main


class Absent:
    """A finder that says of one package that it is not installed."""

    @staticmethod
    def find_spec(name, *_):
        if name == "aiosmtpd":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.fixture
def without_the_extra(monkeypatch):
    for name in [name for name in sys.modules if name.startswith(("alerting.demo", "aiosmtpd"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Absent, *sys.meta_path])


@pytest.mark.usefixtures("without_the_extra")
def test_without_its_mail_server_the_demonstration_says_what_to_install(capsys, tmp_path):
    assert 2 == main(["demo", "--out", str(tmp_path / "demo")])

    assert "pip install 'alerting[demo]'" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


@pytest.mark.usefixtures("without_the_extra")
def test_all_else_goes_on_without_it(capsys):
    assert 0 == main(["schema"])

    assert capsys.readouterr().out.startswith("{")
