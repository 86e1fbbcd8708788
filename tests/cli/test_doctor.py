"""`auditor doctor`: says what is missing before a night's run does."""

import pytest

from auditor.cli.main import run


@pytest.fixture
def site(tmp_path, capsys):
    assert run(["init", str(tmp_path)]) == 0
    capsys.readouterr()
    return tmp_path


def doctor(site, capsys):
    code = run(["doctor", "--config", str(site / "auditor.toml")])
    lines = [line.split(None, 1) for line in capsys.readouterr().out.splitlines()]
    return code, {words[1].split("  ")[0]: words[0] for words in lines[:-1]}, lines[-1]


def amend(site, text):
    file = site / "auditor.toml"
    file.write_text(file.read_text() + text)


def test_a_site_just_begun_lacks_nothing(site, capsys):
    code, grades, last = doctor(site, capsys)
    assert code == 0
    assert grades["pango"] == grades["fonts"] == grades["site key"] == grades["rules"] == "ok"
    assert grades["signer"] == grades["targets"] == "note"
    assert " ".join(last) == "everything a run needs is here"


def test_a_target_that_is_not_there_is_missing(site, capsys):
    amend(site, '\n[headers]\npaths = ["nowhere"]\n')
    code, grades, last = doctor(site, capsys)
    assert (code, grades["targets"], " ".join(last)) == (2, "missing", "1 missing")


def test_a_signer_that_may_sign_is_named(site, capsys):
    assert run(["sign", "init-dev-ca", str(site / "pki")]) == 0
    amend(site, '\n[report]\nsigner = "pki/signer.p12"\npassphrase_file = "pki/signer.passphrase"\n')
    capsys.readouterr()
    code, grades, _ = doctor(site, capsys)
    assert (code, grades["signer"]) == (0, "ok")


def test_a_signer_whose_file_is_gone_is_missing(site, capsys):
    amend(site, '\n[report]\nsigner = "pki/gone.p12"\n')
    code, grades, _ = doctor(site, capsys)
    assert (code, grades["signer"]) == (2, "missing")


def test_a_key_that_others_can_read_is_missing(site, capsys):
    (site / "site.key").chmod(0o644)
    code, grades, _ = doctor(site, capsys)
    assert (code, grades["site key"]) == (2, "missing")
