"""A responder for CRLs and OCSP on loopback, for certificates that name it."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.report.pki import NOW, loopback


class Answers:
    """What the responder says: CRLs by path, and who is revoked by OCSP. `asked` lists the paths that were asked."""

    def __init__(self):
        self.crls = {}
        self.issuers = []
        self.known = []
        self.revoked = []
        self.asked = []

    def ocsp(self, raw):
        request = ocsp.load_der_ocsp_request(raw)
        subject = next(one for one in self.known if one.certificate.serial_number == request.serial_number)
        gone = subject in self.revoked
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=subject.certificate,
            issuer=subject.issuer.certificate,
            algorithm=request.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if gone else ocsp.OCSPCertStatus.GOOD,
            this_update=NOW - timedelta(hours=1),
            next_update=NOW + timedelta(days=7),
            revocation_time=NOW - timedelta(hours=2) if gone else None,
            revocation_reason=None,
        )
        nonces = [item for item in request.extensions if item.oid.dotted_string == "1.3.6.1.5.5.7.48.1.2"]
        for item in nonces:
            builder = builder.add_extension(item.value, critical=False)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, subject.issuer.certificate)
        return builder.sign(subject.issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


@contextlib.contextmanager
def responder(answers: Answers) -> Iterator[str]:
    """Serve `answers`; gives the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(answers.crls[self.path], "application/pkix-crl")

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(answers.ocsp(raw), "application/ocsp-response")

        def reply(self, content: bytes, kind: str) -> None:
            answers.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            return

    with loopback(Handler) as address:
        yield address
