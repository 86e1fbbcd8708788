"""The crosswalk and sealed attributes open for those who hold the key, and say nothing to others."""

from datetime import UTC, datetime, timedelta

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pydicom.data import get_testdata_file

from auditor.cli.main import run
from auditor.deid import crosswalk, reidentify
from auditor.deid.crosswalk import Entry
from auditor.deid.encoding import Syntax
from auditor.deid.sealed import EXPLICIT_LITTLE, Sealer, unseal
from auditor.errors import VerificationError

ENTRIES = (Entry("patient", "Ørsted-12", "PABC"), Entry("uid", "1.2.3", "2.25.9"))


@pytest.fixture(scope="module")
def recipient():
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "trustee")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()), key


def test_the_passphrase_opens_it_and_the_file_is_for_the_owner_alone(tmp_path):
    path = tmp_path / "who.crosswalk"
    crosswalk.write(path, ENTRIES, b"correct horse", ())
    assert crosswalk.read(path, b"correct horse") == ENTRIES
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Ørsted".encode() not in path.read_bytes()


def test_a_recipients_key_opens_it_too(tmp_path, recipient):
    certificate, key = recipient
    path = tmp_path / "who.crosswalk"
    crosswalk.write(path, ENTRIES, None, (certificate,))
    assert crosswalk.read(path, key=key) == ENTRIES


def test_wrong_passphrase_and_changed_file_are_told_in_one_sentence(tmp_path):
    path = tmp_path / "who.crosswalk"
    crosswalk.write(path, ENTRIES, b"correct horse", ())
    with pytest.raises(VerificationError) as wrong:
        crosswalk.read(path, b"battery staple")
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 1
    path.write_bytes(raw)
    with pytest.raises(VerificationError) as changed:
        crosswalk.read(path, b"correct horse")
    assert str(wrong.value) == str(changed.value)


def test_a_file_cut_short_at_a_chunk_border_does_not_open(tmp_path):
    path = tmp_path / "who.crosswalk"
    many = tuple(Entry("patient", f"id-{number:06d}" * 4, f"P{number}") for number in range(9000))
    crosswalk.write(path, many, b"x", ())
    whole = path.read_bytes()
    for cut in (len(whole) - 1, len(whole) // 2, 40, len(crosswalk.MAGIC)):
        path.write_bytes(whole[:cut])
        with pytest.raises(VerificationError):
            crosswalk.read(path, b"x")


def test_sealed_attributes_open_with_the_key_and_with_no_other(recipient):
    certificate, key = recipient
    syntax = Syntax(explicit=True, little=True)
    name = syntax.element(0x00100010, "PN", b"Kowalska^Zofia")
    value = Sealer((certificate,)).value([name], syntax)
    content = value[value.index(b"OB\0\0") + 8 :]
    assert b"Kowalska" not in value
    assert name in unseal(content, certificate, key)
    other = rsa.generate_private_key(65537, 2048)
    with pytest.raises(VerificationError):
        unseal(content, certificate, other)


def test_sealed_content_that_happens_to_end_in_a_zero_opens_too(tmp_path, recipient):
    certificate, key = recipient
    syntax = Syntax(explicit=True, little=True)
    name = syntax.element(0x00100010, "PN", b"Kowalska^Zofia")
    sealed = (Sealer((certificate,)).value([name], syntax) for _ in range(20_000))
    contents = (value[value.index(b"OB\0\0") + 8 :] for value in sealed)
    item = pydicom.Dataset()
    item.EncryptedContentTransferSyntaxUID = EXPLICIT_LITTLE
    item.EncryptedContent = next(one for one in contents if one[3 + int.from_bytes(one[2:4])] == 0)
    copy = pydicom.dcmread(get_testdata_file("MR_small.dcm"))
    copy.EncryptedAttributesSequence = [item]
    copy.save_as(tmp_path / "copy.dcm")
    assert reidentify.restore(tmp_path / "copy.dcm", tmp_path / "back.dcm", certificate, key) == 1
    assert pydicom.dcmread(tmp_path / "back.dcm").PatientName == "Kowalska^Zofia"


def test_a_pseudonym_is_looked_up_and_one_that_is_not_there_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(["init"])
    crosswalk.write(tmp_path / "walk.bin", ENTRIES, b"correct horse", ())
    (tmp_path / "words").write_bytes(b"correct horse")
    (tmp_path / "words").chmod(0o600)
    words = ["deid", "reidentify", "walk.bin", "--passphrase-file", "words", "--reason", "a second opinion"]
    capsys.readouterr()

    assert run([*words, "--pseudonym", ENTRIES[0].replacement]) == 0
    assert ENTRIES[0].original in capsys.readouterr().out
    assert run([*words, "--pseudonym", "SUBJ-0"]) == 2
    assert "no such pseudonym" in capsys.readouterr().err
