"""Reports go out by mail over TLS; a server that is down is tried again, and said."""

import ssl
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from auditor.config.load import load
from auditor.schedule.delivery import Document, compose, deliver
from tests.report.pki import Holder


class Inbox:
    def __init__(self, refuse=0):
        self.mails = []
        self.refuse = refuse

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def certificate(tmp_path):
    from cryptography import x509

    holder = Holder.__new__(Holder)
    _local(holder)
    (tmp_path / "server.pem").write_bytes(holder.key_pem() + holder.pem())
    (tmp_path / "server.pem").chmod(0o600)
    (tmp_path / "ca.pem").write_bytes(holder.pem())
    assert isinstance(holder.certificate, x509.Certificate)
    return tmp_path


def _local(holder):
    """A self-signed certificate for 127.0.0.1."""
    import ipaddress
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    holder.key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    holder.certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(holder.key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(address, critical=False)
        .sign(holder.key, hashes.SHA256())
    )


class TlsController(Controller):
    def __init__(self, inbox, context, **options):
        self.context = context
        super().__init__(inbox, hostname="127.0.0.1", port=0, **options)

    def factory(self):
        return SMTP(self.handler, tls_context=self.context, require_starttls=True)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def serve(inbox, folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return TlsController(inbox, context)


def configured(folder, port, **mail):
    values = {"host": "127.0.0.1", "port": port, "sender": "audit@example.org", "ca_file": "ca.pem"} | mail
    lines = [f"{key} = {value!r}" for key, value in values.items()]
    (folder / "auditor.toml").write_text(
        "[mail]\n" + "\n".join(lines) + '\n[[schedule]]\nname = "daily"\ncron = "0 6 * * *"\n'
        'mail_to = ["officer@example.org"]\n[store]\npath = "store"\n'
    )
    return load(folder / "auditor.toml")


REPORT = Document("officer.pdf", b"%PDF-1.7 x", "application/pdf")


def send(configuration, waits=None):
    return deliver(
        configuration.settings.schedule[0],
        configuration,
        [REPORT],
        "Imaging audit",
        "Attached.",
        wait=(waits if waits is not None else []).append,
    )


def test_a_report_is_sent_over_tls(certificate):
    inbox = Inbox()
    server = serve(inbox, certificate)
    server.start()
    try:
        assert send(configured(certificate, server.server.sockets[0].getsockname()[1])) == []
    finally:
        server.stop()
    (mail,) = inbox.mails
    assert (mail["To"], mail["Subject"]) == ("officer@example.org", "Imaging audit")
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("officer.pdf", REPORT.content)


def test_a_server_that_refuses_is_tried_again(certificate):
    inbox = Inbox(refuse=2)
    server = serve(inbox, certificate)
    server.start()
    waits = []
    try:
        assert send(configured(certificate, server.server.sockets[0].getsockname()[1], wait_seconds=5), waits) == []
    finally:
        server.stop()
    assert (len(inbox.mails), waits) == (1, [5, 10])


def test_a_server_that_is_down_or_not_trusted_is_said(certificate):
    waits = []
    (told,) = send(configured(certificate, 9, attempts=2, wait_seconds=1), waits)
    assert "not handed over" in told
    assert waits == [1]
    server = serve(Inbox(), certificate)
    server.start()
    try:
        port = server.server.sockets[0].getsockname()[1]
        (told,) = send(configured(certificate, port, attempts=1, ca_file=""))
    finally:
        server.stop()
    assert "SSLCertVerificationError" in told


def test_a_sender_is_needed_and_large_files_are_named(certificate):
    (told,) = send(configured(certificate, 9, sender=""))
    assert "no sender" in told
    settings = configured(certificate, 9).settings.mail
    big = Document("all.csv", b"x" * 20_000_001, "text/csv")
    mail = compose(settings, ["a@example.org"], [big], "s", "t")
    assert "too large" in mail.get_content() if not mail.is_multipart() else "too large" in mail.as_string()
