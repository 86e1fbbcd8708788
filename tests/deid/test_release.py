"""Nothing is released that the scan objects to; the command, the crosswalk and the way back work on real files."""

import json

import pydicom
import pytest
from click.testing import CliRunner

from auditor.api import deid, deid_compare
from auditor.cli.deid import deid as command
from auditor.config.load import load
from auditor.deid import crosswalk
from auditor.deid.certificate import ROOM
from auditor.errors import UsageError, VerificationError
from tests.deid.corpus import NUMBER, write
from tests.deid.test_crosswalk import recipient  # noqa: F401 - a fixture


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site").mkdir()
    for number in (1, 2):
        write(tmp_path / "in", number=number)
    key = tmp_path / "project.key"
    key.write_text("a7" * 32, "ascii")
    key.chmod(0o600)
    return load(
        None, flags={"store.path": str(tmp_path / "store"), "audit.executor": "serial"}, start=tmp_path / "site"
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One release with a crosswalk that several tests look at: settings, folder and what came of it."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "site").mkdir()
    for number in (1, 2):
        write(folder / "in", number=number)
    key = folder / "project.key"
    key.write_text("a7" * 32, "ascii")
    key.chmod(0o600)
    settings = load(
        None, flags={"store.path": str(folder / "store"), "audit.executor": "serial"}, start=folder / "site"
    )
    secret = {"crosswalk": folder / "who.crosswalk", "passphrase": b"long passphrase"}
    done = release(settings, folder, profile="tcia", **secret)
    return settings, folder, done


def release(site, tmp_path, **more):
    key = tmp_path / "project.key"
    return deid(tmp_path / "in", tmp_path / "out", configuration=site, project_key=key, ocr=False, **more)


def test_a_clean_copy_is_released_with_its_certificate(shared):
    _, tmp_path, done = shared
    assert done.complete
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 2
    assert not (tmp_path / "out.work" / "staging").exists()
    note = next(note for note in done.run.notes if note.room == ROOM)
    said = json.loads(note.text)
    assert said["files"] == {"staged": 2}
    assert said["table_rows"] == 657
    assert said["actions"]["uid"] > 4
    assert said["smallest_group"] == 1
    assert NUMBER not in note.text


def test_what_the_scan_still_sees_is_cleaned_again_and_said_in_the_certificate(site, tmp_path):
    profile = tmp_path / "leaky.yaml"
    entry = "  - {attribute: PatientName, action: keep, why: to see what happens}\n"
    profile.write_text(f"name: leaky\ninherits: basic\nattributes:\n{entry}", "utf-8")
    done = release(site, tmp_path, profile=str(profile))
    assert done.complete
    names = {str(pydicom.dcmread(tmp_path / "out" / one.path).PatientName) for one in done.released}
    assert names == {""}
    assert any("2 files were cleaned again" in risk for risk in done.certificate.risks)
    assert not any(tally.counts.get("fail") for tally in done.run.tallies if tally.rule == "headers.patient-name-kept")


@pytest.mark.parametrize("profile", ["basic", "hipaa-safe-harbor", "limited-data-set"])
def test_every_shipped_profile_stands_the_scan(site, tmp_path, profile):
    done = release(site, tmp_path, profile=profile)
    assert done.complete
    dates = {pydicom.dcmread(tmp_path / "out" / one.path).get("StudyDate", "") for one in done.released}
    assert dates == ({"20260214"} if profile == "limited-data-set" else {""})
    assert not any("cleaned again" in risk for risk in done.certificate.risks)


def test_text_that_the_scan_objects_to_goes_and_faces_are_said(site, tmp_path):
    for path in (tmp_path / "in").glob("*.dcm"):
        dataset = pydicom.dcmread(path)
        dataset.SoftwareVersions = "syngo 4.1, licensed to the customer"
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.4"
        dataset.Modality, dataset.BodyPartExamined = "XC", "FACE"
        dataset.save_as(path)
    done = release(site, tmp_path, profile="tcia")
    assert done.complete
    copies = [pydicom.dcmread(tmp_path / "out" / one.path) for one in done.released]
    assert not any("SoftwareVersions" in copy for copy in copies)
    assert all(copy.Modality == "XC" for copy in copies)
    assert any("2 files can show a face" in risk for risk in done.certificate.risks)


def test_pseudonyms_of_the_sites_own_table_are_known_for_what_they_are(site, tmp_path):
    (tmp_path / "subjects.csv").write_text(f"patient_id,pseudonym\n{NUMBER},4471190032\n", "utf-8")
    done = release(site, tmp_path, profile="tcia", subjects=tmp_path / "subjects.csv")
    assert done.complete
    assert {pydicom.dcmread(tmp_path / "out" / one.path).PatientID for one in done.released} == {"4471190032"}


def test_an_output_within_the_input_is_refused(site, tmp_path):
    for target in (tmp_path / "in" / "out", tmp_path / "in", tmp_path):
        with pytest.raises(UsageError, match="within each other"):
            deid(tmp_path / "in", target, configuration=site, ocr=False)


def test_copies_without_a_project_key_go_into_an_empty_folder_only(site, tmp_path):
    first = deid(tmp_path / "in", tmp_path / "out", configuration=site, ocr=False)
    assert first.complete
    assert not first.workplace.exists()
    with pytest.raises(UsageError, match="holds files already"):
        deid(tmp_path / "in", tmp_path / "out", configuration=site, ocr=False)
    assert len(list((tmp_path / "out").rglob("*.dcm"))) == 2


def test_what_lay_in_the_output_before_is_told_and_what_is_made_again_is_not(site, tmp_path):
    assert release(site, tmp_path).strangers == 0
    assert release(site, tmp_path).strangers == 0
    (tmp_path / "out" / "raw.dcm").write_bytes(b"as it came")
    again = release(site, tmp_path)
    assert again.strangers == 1
    assert any("1 files lay in the output already" in risk for risk in again.certificate.risks)


def test_a_copy_that_cannot_be_made_clean_stays_in_quarantine(site, tmp_path):
    profile = tmp_path / "leaky.yaml"
    profile.write_text("name: leaky\ninherits: basic\nfile_name: 'KOWALSKA_ZOFIA_19610317/{instance}'\n", "utf-8")
    done = release(site, tmp_path, profile=str(profile))
    assert len(done.quarantined) == 2
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").rglob("*.dcm"))
    assert len(list((tmp_path / "out.work" / "quarantine").rglob("*.dcm"))) == 2


def test_the_crosswalk_leads_back_with_the_passphrase_alone(shared):
    _, tmp_path, done = shared
    where = tmp_path / "who.crosswalk"
    entries = crosswalk.read(where, b"long passphrase")
    assert (entries[0].original, entries[0].replacement) == (NUMBER, done.released[0].patient)
    with pytest.raises(VerificationError):
        crosswalk.read(where, b"short passphrase")


@pytest.mark.parametrize(
    ("where", "passphrase", "says"),
    [
        ("who.crosswalk", None, "needs somebody"),
        ("who.crosswalk", b"", "needs somebody"),
        ("who.crosswalk", b"short", "too short"),
        ("out/who.crosswalk", b"long passphrase", "would be released"),
    ],
)
def test_a_crosswalk_that_keeps_no_secret_is_refused_before_anything_is_done(site, tmp_path, where, passphrase, says):
    with pytest.raises(UsageError, match=says):
        release(site, tmp_path, crosswalk=tmp_path / where, passphrase=passphrase)
    assert not (tmp_path / "out.work").exists()


def test_the_package_itself_can_be_called(site, tmp_path):
    import auditor

    done = auditor.deid(tmp_path / "in", tmp_path / "called", configuration=site, ocr=False)
    assert len(done.released) == 2


def test_a_zip_can_come_out(site, tmp_path):
    key = tmp_path / "project.key"
    done = deid(tmp_path / "in", tmp_path / "out.zip", configuration=site, project_key=key, ocr=False)
    assert done.complete
    again = deid(tmp_path / "out.zip", tmp_path / "twice", configuration=site, project_key=key, ocr=False)
    assert len(again.released) == 2


def test_another_tools_poor_work_is_found_out(site, tmp_path):
    for path in (tmp_path / "in").glob("*.dcm"):
        dataset = pydicom.dcmread(path)
        dataset.PatientName = "ANON"
        (tmp_path / "theirs").mkdir(exist_ok=True)
        dataset.save_as(tmp_path / "theirs" / path.name)
    stored = deid_compare(f"{tmp_path / 'in'}={tmp_path / 'theirs'}", configuration=site)
    failed = {tally.rule for tally in stored.run.tallies if tally.counts.get("fail")}
    assert {"deid.identifier-survived", "deid.uid-kept", "deid.date-kept", "deid.private-not-safe"} <= failed
    said = json.loads(next(note.text for note in stored.run.notes if note.room == ROOM))
    assert said["files"] == {"staged": 2, "withheld": 0, "skipped": 0}
    assert said["actions"]["keep"] > 100
    assert said["actions"]["replace"] > 0
    assert NUMBER not in json.dumps(said)
    assert "deid.marker-missing" in failed


def test_our_own_work_stands_the_same_rules(shared):
    site, tmp_path, _ = shared
    pair = f"{tmp_path / 'in'}={tmp_path / 'out'}"
    stored = deid_compare(pair, configuration=site, options={"project_key": bytes.fromhex("a7" * 32)})
    failed = {tally.rule for tally in stored.run.tallies if tally.counts.get("fail")}
    assert failed <= {"deid.small-group"}
    without_key = deid_compare(pair, configuration=site)
    failed = {tally.rule for tally in without_key.run.tallies if tally.counts.get("fail")}
    assert failed <= {"deid.small-group", "deid.pair-uncertain"}
    assert stored.run.dispositions["deid"]["read"] == 3


def test_sealed_originals_come_back_and_the_question_is_recorded(site, tmp_path, recipient):  # noqa: F811
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    certificate, key = recipient
    (tmp_path / "c.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "k.pem").write_bytes(pem)
    done = release(site, tmp_path, profile="tcia", recipients=(tmp_path / "c.pem",))
    copy = tmp_path / "out" / done.released[0].path
    sealed = pydicom.dcmread(copy)
    assert len(sealed.EncryptedAttributesSequence) == 1
    words = ["reidentify", str(copy), str(tmp_path / "back.dcm"), "--key", "k.pem", "--certificate", "c.pem"]
    refused = CliRunner().invoke(command, [*words, "--reason", "short"])
    assert refused.exit_code != 0
    result = CliRunner().invoke(command, [*words, "--reason", "incidental finding, ethics 7/26", "--log", "asked.log"])
    assert result.exit_code == 0, result.output
    back = pydicom.dcmread(tmp_path / "back.dcm")
    assert back.PatientID == NUMBER
    log = (tmp_path / "asked.log").read_text("utf-8")
    assert "ethics 7/26" in log
    assert NUMBER not in log


def test_the_command_explains_without_writing(site, tmp_path):
    file = next((tmp_path / "in").glob("*.dcm"))
    result = CliRunner().invoke(command, ["explain", "tcia", str(file)])
    assert result.exit_code == 0, result.output
    assert "Table E.1-1 (0010,0010)" in result.output
    assert "rensen" not in result.output
    dry = CliRunner().invoke(command, [str(tmp_path / "in"), str(tmp_path / "none"), "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert not (tmp_path / "none").exists()
