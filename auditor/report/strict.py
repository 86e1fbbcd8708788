"""Every byte of a signed PDF is accounted for: what the signature does not cover may hold nothing but itself.

A signature covers its file except the place of its own value. That place is where a forger can hide things, or
change a letter without breaking the mathematics (hexadecimal in another case, padding, unsigned parts of the CMS).
So the place must be exactly what signing writes there: canonical hexadecimal, canonical DER (X.690, 10), zeros.
"""

import re
from collections.abc import Iterable
from typing import Any

_HEX = re.compile(rb"<([0-9a-f]*)>")
_UPPER = re.compile(rb"<([0-9A-F]*)>")
_DIGESTS = frozenset(
    bytes.fromhex(head + oid + tail)
    for oid in ("0609608648016503040201", "0609608648016503040202", "0609608648016503040203")
    for head, tail in (("300b", ""), ("300d", "0500"))
)


def gap_problem(pdf: bytes, byte_range: list[int], contents: bytes) -> str:
    """Why the part of the file that a signature leaves out is not exactly its own value, or an empty string."""
    if len(byte_range) != 4 or byte_range[0] != 0:
        return "the signature does not cover the file from its first byte"
    start, end = byte_range[1], byte_range[2]
    if not 0 < start < end <= byte_range[2] + byte_range[3] <= len(pdf):
        return "the signature names places that the file does not have"
    gap = pdf[start:end]
    found = _HEX.fullmatch(gap) or _UPPER.fullmatch(gap)
    if found is None:
        return "something else than the signature stands in the part that it does not cover"
    value = bytes.fromhex(found.group(1).decode("ascii"))
    if value != contents and value.rstrip(b"\0") != contents.rstrip(b"\0"):
        return "the signature that is read is not the one in the part it leaves out"
    length = _der_length(value)
    if not length or any(value[length:]):
        return "bytes are hidden behind the value of the signature"
    return ""


def cms_problem(der: bytes, known: Iterable[Any], *, vouched: bool) -> str:
    """Why a CMS SignedData (RFC 5652, 5.1) is not in the one form that signing writes, or an empty string.

    `known` are certificates whose content is proven otherwise: those of validated paths, and trusted roots. With
    `vouched`, every certificate that came along must be one of them or be signed by one.
    """
    from asn1crypto import cms

    length = _der_length(der)
    try:
        info = cms.ContentInfo.load(der[:length], strict=True)
        signed = info["content"]
        signer = signed["signer_infos"][0]
        if info.copy().dump(force=True) != der[:length] or len(signed["signer_infos"]) != 1:
            return "the signature is not written in the canonical form"
        fault = _version_problem(signed, signer) or _algorithm_problem(signed, signer)
        return fault or _certificates_problem(signed, signer, list(known), vouched=vouched)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        return f"the signature cannot be read ({type(error).__name__})"


def _version_problem(signed: Any, signer: Any) -> str:
    plain = signed["encap_content_info"]["content_type"].native == "data"
    if signed["version"].native != ("v1" if plain else "v3") or signer["version"].native != "v1":
        return "the signature states a version that does not fit it"
    if plain and signed["encap_content_info"]["content"].native is not None:
        return "the signature carries content of its own"
    return "" if signed["crls"].native is None else "the signature carries data that nothing covers"


def _algorithm_problem(signed: Any, signer: Any) -> str:
    digests = [item.dump() for item in signed["digest_algorithms"]]
    if digests != [signer["digest_algorithm"].dump()] or digests[0] not in _DIGESTS:
        return "the signature names other algorithms than it uses"
    method = signer["signature_algorithm"]
    parameters = method["parameters"].dump() if method["parameters"] is not None else b""
    name = method["algorithm"].native
    right = {"rsassa_pkcs1v15": b"\x05\x00"}.get(name, b"\x05\x00" if name.endswith("_rsa") else b"")
    if name != "rsassa_pss" and parameters not in (right, b""):
        return "the signature names other algorithms than it uses"
    allowed = {"signature_time_stamp_token"}
    unsigned = signer["unsigned_attrs"]
    names = [item["type"].native for item in unsigned] if unsigned.native is not None else []
    return "" if set(names) <= allowed and len(names) == len(set(names)) else "the signature carries unsigned additions"


def _certificates_problem(signed: Any, signer: Any, known: list[Any], *, vouched: bool) -> str:
    embedded = [item.chosen for item in signed["certificates"]]
    sid = signer["sid"].chosen
    pool = {item.dump(): item for item in known}
    mine = [
        item
        for item in embedded
        if item.issuer.dump() == sid["issuer"].dump() and item.serial_number == sid["serial_number"].native
    ]
    if len(mine) != 1:
        return "the certificate of the signer is not in the signature, or there are two"
    for item in embedded:
        if item["signature_algorithm"].dump() != item["tbs_certificate"]["signature"].dump():
            return "a certificate in the signature was changed"
        known_already = item is mine[0] or item.dump() in pool
        if vouched and not known_already and not _vouched(item, [*pool.values(), *embedded]):
            return "the signature holds a certificate that nobody vouches for"
    return ""


def _vouched(certificate: Any, issuers: list[Any]) -> bool:
    """Whether one of `issuers` signed the certificate."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    try:
        subject = x509.load_der_x509_certificate(certificate.dump())
        candidates = [item for item in issuers if item.subject.dump() == certificate.issuer.dump()]
    except ValueError:
        return False
    for item in candidates:
        try:
            subject.verify_directly_issued_by(x509.load_der_x509_certificate(item.dump()))
        except (ValueError, TypeError, InvalidSignature):
            continue
        return True
    return False


def _der_length(value: bytes) -> int:
    """How many bytes the first DER value of `value` has, or 0 when it is none."""
    if len(value) < 2 or value[0] != 0x30:
        return 0
    if value[1] < 0x80:
        total = 2 + value[1]
    else:
        count = value[1] & 0x7F
        if not 1 <= count <= 4 or len(value) < 2 + count:
            return 0
        total = 2 + count + int.from_bytes(value[2 : 2 + count], "big")
    return total if total <= len(value) else 0
