"""A small public key infrastructure for tests: roots, signers, a timestamp authority that answers on loopback."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign import signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from auditor.report.keys import SignerKey, make_key

NOW = datetime.now(UTC).replace(microsecond=0)
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class Holder:
    """A certificate with its key, and who issued it."""

    def __init__(
        self,
        name,
        issuer=None,
        *,
        ca=False,
        start=-1,
        days=365,
        usages=None,
        purposes=(),
        crl_url=None,
        ocsp_url=None,
        rsa_key=False,
    ):
        self.key = rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP256R1())
        self.issuer = issuer or self
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        on = usages if usages is not None else (("key_cert_sign", "crl_sign") if ca else ("digital_signature",))
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW + timedelta(days=start))
            .not_valid_after(NOW + timedelta(days=start + days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**{word: word in on for word in _USAGES}), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.issuer.key.public_key()), critical=False
            )
        )
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=True)
        if crl_url:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        if ocsp_url:
            where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url))
            builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
        self.certificate = builder.sign(self.issuer.key, hashes.SHA256())

    @property
    def asn1(self):
        return asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))

    def pem(self):
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self, passphrase=None):
        how = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)

    def pkcs12(self, passphrase, chain=()):
        others = [holder.certificate for holder in chain]
        return pkcs12.serialize_key_and_certificates(
            b"signer", self.key, self.certificate, others, BestAvailableEncryption(passphrase)
        )

    def signer(self, *chain: "Holder") -> SignerKey:
        return make_key(
            signers.SimpleSigner(
                self.asn1,
                keys.PrivateKeyInfo.load(self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
                SimpleCertificateStore.from_certs([holder.asn1 for holder in chain]),
            )
        )

    def crl(self, *revoked: "Holder", days=30) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(NOW - timedelta(hours=2)).next_update(NOW + timedelta(days=days))
        for holder in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(holder.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(NOW - timedelta(hours=1)).build())
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        ).add_extension(x509.CRLNumber(1), critical=False)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


class Estate:
    """A root, a signer, an approver and a timestamp authority below the root."""

    def __init__(self) -> None:
        self.root = Holder("Test Root", ca=True, days=3650)
        self.middle = Holder("Test Issuing CA", self.root, ca=True, days=1825)
        self.signer = Holder("Ada Auditor", self.middle)
        self.approver = Holder("Olga Officer", self.middle)
        self.authority = Holder(
            "Test Timestamp Authority", self.root, purposes=[ExtendedKeyUsageOID.TIME_STAMPING], rsa_key=True
        )

    @property
    def key(self) -> SignerKey:
        return self.signer.signer(self.middle)

    @property
    def roots(self):
        return [self.root.asn1]

    @property
    def crls(self):
        return (self.root.crl(), self.middle.crl())


@contextlib.contextmanager
def loopback(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve `handler` on loopback until the end of the block; gives the address."""
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextlib.contextmanager
def timestamp_server(authority: Holder) -> Iterator[str]:
    """An RFC 3161 authority on loopback; gives its address."""
    key = keys.PrivateKeyInfo.load(authority.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    stamper = DummyTimeStamper(authority.asn1, key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None:
            return

    with loopback(Handler) as address:
        yield f"{address}/tsa"
