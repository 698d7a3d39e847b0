"""Who answers for what is watched."""

from samples.worlds import CALLS, a_folder

from alerting.cli import main


def test_owners_are_printed_with_their_names(tmp_path, capsys):
    folder = a_folder(tmp_path / "rules", {"r.yaml": CALLS})

    assert 0 == main(["owners", str(folder)])
    assert "contact  Head of Contact" in capsys.readouterr().out.splitlines()
