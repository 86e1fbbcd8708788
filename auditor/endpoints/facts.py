"""Every fact of this room: of a live port, of a configuration file, and of the estate they make up together."""

from auditor.model.facts import Catalogue, FactSpec, FactType

T, N, F, M, L, R = (
    FactType.TEXT,
    FactType.NUMBER,
    FactType.FLAG,
    FactType.MOMENT,
    FactType.TEXTS,
    FactType.RECORDS,
)


def _plain(name: str, kind: FactType, doc: str, fields: tuple[FactSpec, ...] = ()) -> FactSpec:
    return FactSpec(name, kind, doc, plain=True, fields=fields)


_SUITE_FLAGS = (
    ("null", "no encryption"),
    ("anonymous", "nobody is authenticated"),
    ("export", "single DES or export strength"),
    ("rc4", "RC4"),
    ("triple_des", "3DES"),
    ("cbc", "CBC mode with a separate MAC"),
    ("static_rsa", "RSA key transport"),
    ("static_dh", "static Diffie-Hellman"),
)

_PORT = (
    _plain("scope", T, "what the subject is: port, configuration or estate"),
    _plain("protocol", T, "what the port speaks, as found: dicom, http, hl7 or syslog"),
    _plain("tls", F, "TLS is spoken on the port"),
    _plain("plaintext", F, "the protocol is served without TLS on the port"),
)

_TLS = (
    _plain("tls_versions", L, "protocol versions accepted, oldest first"),
    _plain(
        "suites",
        R,
        "cipher suites accepted, one record for each version and suite",
        (
            _plain("locator", T, "protocol version"),
            _plain("value", T, "name of the suite (IANA)"),
            *(_plain(name, F, doc) for name, doc in _SUITE_FLAGS),
        ),
    ),
    _plain("dh_bits", N, "bits of the smallest ephemeral finite-field group met"),
    _plain("compression", F, "TLS compression is accepted"),
    _plain("secure_renegotiation", F, "RFC 5746 is supported under every version before TLS 1.3"),
    _plain("client_auth", T, "what is asked of clients: none, optional or required"),
    _plain("ps315_profile", T, "the PS3.15 Annex B profile the port meets: modified-bcp-195, bcp-195 or none"),
)

_CERTIFICATE = (
    _plain("cert_fingerprint", T, "SHA-256 of the leaf certificate"),
    FactSpec("cert_subject", T, "subject of the leaf certificate"),
    _plain("cert_days_left", N, "whole days until the leaf ends; negative when it has"),
    _plain("cert_days_until_valid", N, "whole days until the leaf begins to be valid; 0 when it has"),
    _plain("cert_lifetime_days", N, "days between the leaf's begin and end"),
    _plain("cert_self_signed", F, "the leaf is signed by its own key"),
    _plain("cert_trusted", F, "signatures lead from the leaf to the site's CA"),
    _plain("cert_name_matches", F, "a name of the leaf covers the name it is used under"),
    _plain("cert_has_san", F, "the leaf has subjectAltName"),
    _plain("cert_signature", T, "hash algorithm of the leaf's signature"),
    _plain("cert_key_type", T, "RSA, EC, DSA, EdDSA or unknown"),
    _plain("cert_key_bits", N, "size of the leaf's key"),
    _plain("cert_eku", T, "extendedKeyUsage of the leaf: absent, server or other"),
    _plain("cert_is_ca", F, "the leaf may sign other certificates"),
    _plain("cert_revoked", F, "a revocation list of the issuer names the leaf"),
    _plain(
        "cert_stapled",
        T,
        "stapled OCSP response: absent, good, revoked, stale, unverified, unknown, not-genuine or unreadable",
    ),
    _plain("cert_expected", F, "the leaf is the one the inventory says is deployed"),
)

_DICOM = (
    _plain("accepts_unknown_calling", F, "an association from an unknown calling AE title is accepted"),
    _plain("accepts_unknown_called", F, "an association with an arbitrary called AE title is accepted"),
    _plain("anonymous_echo", F, "C-ECHO of an unknown AE succeeds"),
    _plain("anonymous_find", F, "C-FIND of an unknown AE is carried out"),
    _plain("anonymous_get", F, "a C-GET context of an unknown AE is accepted"),
    _plain("anonymous_move", F, "a C-MOVE context of an unknown AE is accepted"),
    _plain("anonymous_store", F, "a storage context of an unknown AE is accepted"),
    _plain("accepts_private_storage", F, "a storage class that no standard knows is accepted"),
    _plain("answers_user_identity", F, "user identity negotiation is answered, not ignored"),
    _plain("implementation", T, "implementation version name of the peer"),
    _plain("implementation_class", T, "implementation class UID of the peer"),
    _plain("max_pdu", N, "largest PDU the peer takes; 0 means no limit"),
    _plain("async_window", T, "asynchronous operations invoked/performed, as answered; 0 means no limit"),
    _plain("transfer_syntaxes", L, "transfer syntaxes the peer chose"),
)

_WEB = (
    _plain("open_resources", L, "patient-level resources that answered without log-in"),
    _plain("default_logins", L, "accounts whose vendor password works"),
    _plain("hsts", F, "Strict-Transport-Security is sent"),
    _plain("cors_any", F, "any origin may read answers"),
    _plain("bare_cookies", L, "cookies set without Secure or HttpOnly"),
    _plain("server", T, "what the server calls itself"),
    _plain("takes_frames", F, "a syslog sink keeps the connection at the beginning of a frame (RFC 5425 4.3.1)"),
    _plain("accepts_unknown_sender", F, "an HL7 message of an unknown sender is accepted"),
)

_STATEMENT = (
    _plain("locator", T, "file and line, or `default` with the product and the versions that have it"),
    FactSpec("value", T, "the setting as written, or the product's default"),
    _plain("aspect", T, "what the statement is about"),
    _plain("state", T, "what it says of that"),
    _plain("setting", T, "the product's own name of the setting"),
)
_CONFIGURATION = (
    _plain("product", T, "whose configuration the file is"),
    _plain("unreadable", T, "why the file cannot be read as what it should be"),
    FactSpec(
        "config",
        R,
        "what a configuration does, in words all products share; one record a statement",
        fields=_STATEMENT,
    ),
    FactSpec(
        "configured_versions",
        R,
        "versions of TLS a configuration accepts, or `left-open` where the product's own version decides",
        fields=_STATEMENT,
    ),
    FactSpec("configured_suites", R, "weaknesses of the cipher suites a configuration allows", fields=_STATEMENT),
    FactSpec("configured_groups", R, "groups a configuration sets for ephemeral Diffie-Hellman", fields=_STATEMENT),
    FactSpec(
        "configured_client_auth",
        R,
        "what a configuration asks of TLS clients: none, optional or required",
        fields=_STATEMENT,
    ),
    FactSpec(
        "configured_peer_verification",
        R,
        "whether a configuration verifies the servers it calls itself",
        fields=_STATEMENT,
    ),
)
# Which fact holds the statements of an aspect; every other aspect is in `config`.
FACT_OF_ASPECT = {
    "tls-version": "configured_versions",
    "tls-1.2": "configured_versions",
    "cipher": "configured_suites",
    "dh-group": "configured_groups",
    "client-certificate": "configured_client_auth",
    "peer-verify": "configured_peer_verification",
}

_ESTATE = (
    FactSpec(
        "estate",
        R,
        "where inventory, configuration and answers disagree",
        fields=(
            _plain("locator", T, "the port or file"),
            FactSpec("value", T, "the title or address it is about"),
            _plain("kind", T, "what disagrees"),
        ),
    ),
    FactSpec(
        "changes",
        R,
        "what is different from the run before",
        fields=(
            _plain("locator", T, "the port"),
            FactSpec("value", T, "what is new"),
            _plain("kind", T, "new-port, new-version, new-suite or certificate-changed"),
        ),
    ),
)

CATALOGUE = Catalogue.of("endpoints", (*_PORT, *_TLS, *_CERTIFICATE, *_DICOM, *_WEB, *_CONFIGURATION, *_ESTATE))


def names_of(*groups: str) -> tuple[str, ...]:
    """The names of the facts that one way of looking supplies: `tls`, `certificate`, `dicom` or `web`."""
    table = {"tls": _TLS, "certificate": _CERTIFICATE, "dicom": _DICOM, "web": _WEB}
    return tuple(spec.name for group in groups for spec in table[group])
