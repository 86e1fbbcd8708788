"""`auditor verify` says in sentences what was changed: which page, which words, which file, which value."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from pyhanko.sign.timestamps import HTTPTimeStamper

from auditor.cli.main import run
from auditor.model import codec
from auditor.model.header import read_header
from auditor.report.build import draw, folders
from auditor.report.explain import Help, explained
from auditor.report.redraw import Look, compose, drawn_with, redraw
from auditor.report.sign import Signing, approve, sign
from auditor.report.told import Told
from auditor.report.verify import Worth, verify
from auditor.store.folder import open_store
from tests.report.attacks import ATTACKS, incremental_update
from tests.store.runs import seal_run

SAID = {
    "incremental_update": ["A part /Extra was put into the file."],
    "shadow_content": ["Page 1 reads as what was signed, and looks otherwise"],
    "shadow_annotation": [" fields or notes where what was signed bears "],
    "replaced_table": [
        "findings.csv is not the one",
        "holds 0 findings of headers.check-000 with the outcome fail, the report says 3",
    ],
    "replaced_run": ["run.json is not the one the report was made with", "where the run data inside says"],
    "replaced_in_an_update": ["The attached findings.csv was replaced.", "findings.csv now lacks 3 rows"],
    "other_words": ["Page 1 "],
    "signature_removed": ["carries no signature", "read and look as the run data inside gives"],
    "signature_removed_in_an_update": ["The part /AcroForm of the file was removed."],
    "signed_by_another": ["made for another signer than Mallory", "Pages and attached files"],
    "swapped_certificate": ["what was changed is the signature or its frame"],
    "wrapped_range": ["what was changed is the signature or its frame"],
    "one_byte": ["content does not fit the signature", "belongs to page 1"],
}


@pytest.fixture(scope="module")
def lasting(drawn, estate, places, tsa):
    job = Signing(estate.key, "B-LTA", HTTPTimeStamper(tsa), approval=True, roots=tuple(estate.roots), crls=estate.crls)
    first = sign(drawn, job, datetime.now(UTC), reason="test", folders=places).content
    return approve(first, estate.approver.signer(estate.middle), datetime.now(UTC), reason="ok", folders=places)


@pytest.fixture
def desk(tmp_path, monkeypatch, estate):
    """An empty desk with the root certificate on it; `look` verifies bytes there and gives the code and the words."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "root.pem").write_bytes(estate.root.pem())
    (tmp_path / "auditor.toml").write_text('[store]\npath = "none"\n')
    return tmp_path


def look(desk, capsys, pdf, *more):
    (desk / "r.pdf").write_bytes(pdf)
    code = run(["verify", "r.pdf", "--trust", "root.pem", *more])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("level", ["signed", "lasting"])
def test_a_whole_report_shows_the_run_data_inside_it(level, request, desk, capsys):
    code, told = look(desk, capsys, request.getfixturevalue(level))
    assert code == 0
    assert "Its pages show what the run data inside says." in told


@pytest.mark.parametrize("level", ["signed", "lasting"])
@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_told_with_what_it_changed(level, name, request, desk, capsys):
    code, told = look(desk, capsys, ATTACKS[name](request.getfixturevalue(level)))
    assert code == 1
    assert all(words in told for words in SAID[name]), told


@pytest.mark.peers("pdfsig")
@pytest.mark.parametrize("name", ATTACKS)
def test_verification_is_never_milder_than_pdfsig(name, signed, desk):
    """What pdfsig takes for unsigned, partly signed or invalid is broken here too, and so is what it lets pass."""
    (desk / "r.pdf").write_bytes(ATTACKS[name](signed))
    done = subprocess.run(["pdfsig", "-nocert", "r.pdf"], capture_output=True, text=True, timeout=60, check=False)
    theirs = "Signature is Valid" in done.stdout and "Total document signed" in done.stdout
    ours = run(["verify", "r.pdf", "--trust", "root.pem", "--quick"])
    assert ours == 1
    assert theirs == (name == "signed_by_another"), done.stdout


def test_quick_verification_compares_no_pages(signed, desk, capsys):
    code, told = look(desk, capsys, signed, "--quick")
    assert code == 0
    assert "pages show" not in told
    assert look(desk, capsys, signed[:-100], "--quick")[0] == 1


def test_with_the_store_at_hand_it_is_said_which_value_of_the_run_was_changed(tmp_path, monkeypatch, capsys, estate):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "auditor.toml").write_text('[store]\npath = "store"\n')
    stored = seal_run(open_store(tmp_path / "store"))
    places = folders(Look())
    pdf = sign(draw(stored)[0], Signing(estate.key), datetime.now(UTC), reason="t", folders=places).content
    for name, words in (
        ("replaced_run", "In run.json, complete is true where it was false."),
        ("replaced_table", "findings.csv now lacks 3 rows; the first is of headers.check-000, fingerprint "),
    ):
        (tmp_path / "r.pdf").write_bytes(ATTACKS[name](pdf))
        assert run(["verify", "r.pdf"]) == 1
        assert words in capsys.readouterr().out


def test_a_signer_whose_pages_say_something_else_than_the_run_is_caught(stored, estate, places):
    """The signature is whole: the forger holds the key. The run inside still tells what was found."""
    honest, _ = draw(stored, signer="Ada Auditor", certificate=estate.key.pem())
    files = _files(honest)
    told = codec.load(Told, files["report.json"])
    rosy = replace(told, groups=tuple(replace(group, count=0) for group in told.groups))
    lie = _with_other_pages(honest, stored, rosy, files)
    pdf = sign(lie, Signing(estate.key), datetime.now(UTC), reason="t", folders=places).content
    verdict = explained(pdf, verify(pdf, estate.roots, datetime.now(UTC)), Help(Look(), datetime.now(UTC)))
    assert verdict.worth is Worth.BROKEN
    assert "Its pages do not show what the run data inside says." in verdict.sentences


def _files(pdf):
    from auditor.report.anatomy import files_in, open_pdf

    with open_pdf(pdf) as opened:
        return files_in(opened)


def _with_other_pages(honest, stored, told, files):
    """The pages of one report with the attached files of another."""
    import io

    import pikepdf

    from auditor.report.redraw import attachment

    inside = [attachment(name, raw) for name, raw in files.items()]
    lie = compose(stored.run, stored.sha256, told, inside, Look())
    with pikepdf.open(io.BytesIO(honest)) as one, pikepdf.open(io.BytesIO(lie)) as other:
        assert len(one.pages) == len(other.pages)
        out = io.BytesIO()
        other.save(out)
    return out.getvalue()


def test_a_report_is_drawn_again_from_itself_to_the_byte(drawn, stored):
    files = _files(drawn)
    assert redraw(files, Look()) == drawn
    assert read_header(files["run.json"]) == stored.run


def test_other_templates_than_those_of_the_report_are_said(signed, estate, tmp_path):
    (tmp_path / "site.css").write_text("p { color: #16202a; }")
    site = Look("en", tmp_path)
    assert drawn_with(site) != drawn_with(Look())
    now = datetime.now(UTC)
    for pdf, worth in ((signed, Worth.WHOLE), (signed[:-9], Worth.BROKEN)):
        verdict = explained(pdf, verify(pdf, estate.roots, now), Help(site, now))
        assert verdict.worth is worth
        assert "other templates or libraries" in verdict.sentences[-1]


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7\n", b"\x00" * 5000, b"%PDF-1.7\n%%EOF\n/ByteRange [ 0 1 2 3 ]"])
def test_what_is_too_broken_to_be_explained_is_broken_all_the_same(raw, desk, capsys):
    code, told = look(desk, capsys, raw)
    assert code == 1
    assert "cannot be told" in told or "cannot be read" in told


def test_many_differences_are_counted_not_listed(signed, estate, monkeypatch):
    from auditor.report import explain

    monkeypatch.setattr(explain, "_changes", lambda *_: (f"Difference {number}." for number in range(20)))
    now = datetime.now(UTC)
    pdf = incremental_update(signed)
    told = explained(pdf, verify(pdf, estate.roots, now), Help(Look(), now)).sentences
    assert told[-1] == "8 further differences are not listed."


def test_a_store_that_does_not_know_the_run_helps_with_nothing(signed, estate, tmp_path):
    from auditor.report.check import verify_file

    (tmp_path / "r.pdf").write_bytes(ATTACKS["replaced_run"](signed))
    store = open_store(tmp_path / "store")
    settings = SimpleNamespace(
        settings=SimpleNamespace(report=SimpleNamespace(trust=(), language="en", templates="", logo=""))
    )
    verdict = verify_file(tmp_path / "r.pdf", settings, (), datetime.now(UTC), store)
    assert "run.json is not the one" in " ".join(verdict.sentences)
