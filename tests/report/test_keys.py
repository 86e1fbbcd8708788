"""Keys are opened from PKCS#12, PEM and tokens; files that others may read, and wrong passphrases, are refused."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.config.load import load
from auditor.errors import ConfigError, SigningError
from auditor.report.build import report_by_configuration, signing_of
from auditor.report.devca import init_dev_ca
from auditor.report.entry import entry_is_signed, entry_signer
from auditor.report.keys import open_key
from auditor.report.sign import Signing, sign
from auditor.report.trust import load_certificates
from auditor.report.verify import Worth, verify
from tests.report.pki import Holder

MODULE = "/usr/lib/softhsm/libsofthsm2.so"


def configured(folder, **report):
    lines = ["[report]", *(f"{key} = {value!r}" for key, value in report.items())]
    (folder / "auditor.toml").write_text("\n".join(lines).replace("True", "true"))
    return load(folder / "auditor.toml")


def private(file, content):
    file.write_bytes(content)
    file.chmod(0o600)
    return file.name


def test_no_signer_means_an_unsigned_report_that_says_so(stored, tmp_path):
    configuration = configured(tmp_path, language="en")
    assert open_key(configuration) is None
    assert signing_of(configuration) is None
    report = report_by_configuration(stored, configuration)
    assert report.level == ""
    assert verify(report.content, [], datetime.now(UTC)).worth is Worth.BROKEN


def test_pkcs12_opens_with_passphrase_from_file_environment_or_prompt(estate, tmp_path):
    private(tmp_path / "key.p12", estate.signer.pkcs12(b"open sesame", [estate.middle]))
    private(tmp_path / "pass", b"open sesame\n")
    by_file = configured(tmp_path, signer="key.p12", passphrase_file="pass")
    assert open_key(by_file, {}).name == "Ada Auditor"
    other = configured(tmp_path, signer="key.p12")
    assert open_key(other, {"AUDITOR_PASSPHRASE": "open sesame"}).chain
    assert open_key(other, {}, lambda text: "open sesame").name == "Ada Auditor"


@pytest.mark.parametrize("passphrase", ["wrong", ""])
def test_a_wrong_passphrase_is_refused_without_telling_it(estate, tmp_path, passphrase):
    private(tmp_path / "key.p12", estate.signer.pkcs12(b"open sesame"))
    with pytest.raises(ConfigError, match="passphrase is wrong") as caught:
        open_key(configured(tmp_path, signer="key.p12"), {}, lambda text: passphrase)
    assert "open sesame" not in str(caught.value)
    private(tmp_path / "key.pem", estate.signer.key_pem(b"open sesame") + estate.signer.pem())
    with pytest.raises(ConfigError, match="passphrase is wrong"):
        open_key(configured(tmp_path, signer="key.pem"), {"AUDITOR_PASSPHRASE": passphrase})


def test_pem_opens_in_one_file_or_two(estate, tmp_path):
    private(tmp_path / "both.pem", estate.signer.key_pem() + estate.signer.pem() + estate.middle.pem())
    assert len(open_key(configured(tmp_path, signer="both.pem"), {}).chain) == 1
    private(tmp_path / "key.pem", estate.signer.key_pem())
    private(tmp_path / "cert.pem", estate.signer.pem())
    assert open_key(configured(tmp_path, signer="key.pem", certificate="cert.pem"), {}).name == "Ada Auditor"


@pytest.mark.parametrize(
    "content", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"]
)
def test_files_that_hold_no_key_are_refused(content, tmp_path):
    for name in ("key.pem", "key.p12"):
        private(tmp_path / name, content)
        with pytest.raises(ConfigError, match="holds no key"):
            open_key(configured(tmp_path, signer=name), {})


def test_a_key_that_others_can_read_is_refused(estate, tmp_path):
    (tmp_path / "key.pem").write_bytes(estate.signer.key_pem() + estate.signer.pem())
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by others") as caught:
        open_key(configured(tmp_path, signer="key.pem"), {})
    assert caught.value.next_step.startswith("chmod 600")
    with pytest.raises(ConfigError, match="cannot be read"):
        open_key(configured(tmp_path, signer="missing.pem"), {})


def test_the_development_ca_is_private_and_never_overwritten(tmp_path):
    made = init_dev_ca(tmp_path / "ca", datetime.now(UTC))
    for file in (made.signer, made.passphrase):
        assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigError, match="already"):
        init_dev_ca(tmp_path / "ca", datetime.now(UTC))
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be written"):
        init_dev_ca(tmp_path / "file" / "ca", datetime.now(UTC))


def test_trusted_certificates_that_are_none_are_refused(tmp_path):
    for name, content in (("a.pem", b""), ("b.pem", b"\xff garbage")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigError, match="trusted certificate"):
            load_certificates([tmp_path / name])
    with pytest.raises(ConfigError, match="trusted certificate"):
        load_certificates([tmp_path / "missing.pem"])


def test_entries_are_signed_and_a_change_shows(estate):
    for key in (estate.key, Holder("Rita", rsa_key=True).signer()):
        signature = entry_signer(key)(b"an entry")
        assert entry_is_signed(b"an entry", signature)
        assert not entry_is_signed(b"another entry", signature)
        assert not entry_is_signed(b"an entry", {**signature, "value": "00"})
        assert not entry_is_signed(b"an entry", {})


def test_level_and_timestamp_authority_come_from_the_configuration(estate, tmp_path, stored, tsa):
    private(tmp_path / "key.p12", estate.signer.pkcs12(b"x", [estate.middle]))
    (tmp_path / "root.pem").write_bytes(estate.root.pem())
    for number, crl in enumerate(estate.crls):
        (tmp_path / f"{number}.crl").write_bytes(crl)
    configuration = configured(
        tmp_path,
        signer="key.p12",
        level="B-LT",
        timestamp_url=tsa,
        trust=["root.pem"],
        crls=["0.crl", "1.crl"],
        approval=True,
        language="de",
    )
    report = report_by_configuration(stored, configuration, environment={"AUDITOR_PASSPHRASE": "x"}, approval=False)
    assert report.level == "B-LT"
    assert verify(report.content, estate.roots, datetime.now(UTC)).worth is Worth.WHOLE


@pytest.fixture
def token(tmp_path, monkeypatch, estate):
    """A soft token with the signer's key and certificate in it."""
    (tmp_path / "tokens").mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(config))
    environment = {**os.environ, "SOFTHSM2_CONF": str(config)}

    def softhsm(*words):
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True, env=environment, timeout=60)

    softhsm("--init-token", "--free", "--label", "audit", "--so-pin", "1234", "--pin", "5678")
    import pkcs11
    from pkcs11.util.ec import decode_ec_private_key
    from pkcs11.util.x509 import decode_x509_certificate

    library = pkcs11.lib(MODULE)
    library.reinitialize()
    with library.get_token(token_label="audit").open(user_pin="5678", rw=True) as session:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        der = estate.signer.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        session.create_object(
            {
                **decode_ec_private_key(der),
                pkcs11.Attribute.LABEL: "signer",
                pkcs11.Attribute.ID: b"1",
                pkcs11.Attribute.TOKEN: True,
            }
        )
        certificate = decode_x509_certificate(estate.signer.asn1.dump())
        session.create_object(
            {**certificate, pkcs11.Attribute.LABEL: "signer", pkcs11.Attribute.ID: b"1", pkcs11.Attribute.TOKEN: True}
        )
    return f"pkcs11:{MODULE}?token=audit&label=signer"


@pytest.mark.peers("softhsm2-util")
def test_a_key_on_a_token_signs(token, drawn, estate, places, tmp_path):
    configuration = configured(tmp_path, signer=token)
    key = open_key(configuration, {"AUDITOR_PASSPHRASE": "5678"})
    assert key.name == "Ada Auditor"
    made = sign(drawn, Signing(key), datetime.now(UTC), reason="test", folders=places)
    assert verify(made.content, [estate.middle.asn1], datetime.now(UTC)).worth is Worth.WHOLE
    with pytest.raises(SigningError, match="cannot be used"):
        open_key(
            configured(tmp_path, signer=token.replace("token=audit", "token=none")), {"AUDITOR_PASSPHRASE": "5678"}
        )


def test_a_token_without_its_module_is_told(tmp_path):
    with pytest.raises(SigningError, match="cannot be used"):
        open_key(
            configured(tmp_path, signer=f"pkcs11:{Path('/nowhere/module.so')}?token=x"), {"AUDITOR_PASSPHRASE": "1"}
        )
