"""What a list of ciphers in a configuration allows, in OpenSSL's or IANA's words."""

import ssl
from collections.abc import Iterable
from functools import lru_cache

from auditor.endpoints.configs.statement import Statements
from auditor.endpoints.tls.suites import Suite, all_suites, by_number

_CLASSES = ("null", "anonymous", "export", "rc4", "triple_des", "cbc", "static_rsa")
_ALIASES = {
    "null": ("NULL", "ENULL", "COMPLEMENTOFALL"),
    "export": ("EXP", "EXPORT", "EXPORT40", "EXPORT56", "LOW", "DES"),
    "rc4": ("RC4", "MEDIUM"),
    "triple_des": ("3DES",),
}
_BANS = {
    "null": ("NULL", "ENULL"),
    "export": ("EXP", "EXPORT", "LOW", "DES"),
    "rc4": ("RC4",),
    "triple_des": ("3DES",),
}
_BY_RSA = (
    "DES-CBC3-",
    "RC4",
    "3DES",
    "MEDIUM",
    "EXP-RC",
    "EXP-DES",
    "EXP1024-RC",
    "EXP1024-DES",
)  # names and words that mean key transport by RSA, or take it in
_OLD_NAMES = (
    ("export", "EXP-"),
    ("export", "EXP1024-"),
    ("triple_des", "DES-CBC3"),
    ("rc4", "RC4-"),
    ("rc4", "-RC4"),
    ("null", "NULL-"),
    ("null", "-NULL"),
)


@lru_cache(512)
def classes_of_openssl(text: str) -> frozenset[str]:
    """Weaknesses that an OpenSSL cipher string allows.

    The string is expanded by the library at hand; what that library no longer has (RC4, 3DES, export) is
    read from the words themselves.
    """
    found = {name for suite in _expanded(text) for name in classes_of(suite)}
    tokens = [token for token in text.replace(",", ":").replace(" ", ":").split(":") if token]
    banned = {token.lstrip("!-").upper() for token in tokens if token[0] in "!-"}
    for token in tokens:
        if token[0] not in "!-@+":
            found |= _of_word(token.upper(), banned)
    if "triple_des" in found:
        found.add("cbc")
    return frozenset(found)


def _of_word(word: str, banned: set[str]) -> set[str]:
    """Weaknesses of one word of a cipher string, by its text. A `+` before a word only moves what is there already."""
    found = {
        name for name, words in _ALIASES.items() if set(word.split("+")) & set(words) and not banned & set(_BANS[name])
    }
    found |= {name for name, piece in _OLD_NAMES if piece in word and not banned & {*_BANS[name], word}}
    if found & {"rc4", "triple_des", "export"} and word.startswith(_BY_RSA) and not banned & {"RSA", "KRSA"}:
        found.add("static_rsa")
    return found


@lru_cache(512)
def takes_ephemeral_dh(text: str) -> bool:
    """Whether an OpenSSL cipher string allows suites with ephemeral Diffie-Hellman over a finite field."""
    return any(suite.ephemeral_dh for suite in _expanded(text))


def classes_of(suite: Suite) -> set[str]:
    """Weaknesses of one suite."""
    return {name for name in _CLASSES if getattr(suite, name)}


def classes_of_names(names: Iterable[str]) -> set[str]:
    """Weaknesses of suites named as IANA does, `SSL_` for `TLS_` as Java does, or as OpenSSL does."""
    known = {suite.name.upper(): suite for suite in all_suites()}
    found: set[str] = set()
    for name in names:
        text = name.strip()
        suite = known.get("TLS_" + text.upper().removeprefix("SSL_").removeprefix("TLS_"))
        found |= classes_of(suite) if suite else classes_of_openssl(text)
    return found


def say_ciphers(said: Statements, classes: Iterable[str], setting: str, value: str, line: int, file: str = "") -> None:
    """One statement for each weakness allowed."""
    for name in sorted(classes):
        said.say("cipher", name, setting, value, line, file)


def _expanded(text: str) -> list[Suite]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.set_ciphers(f"{text}:@SECLEVEL=0")
    except (ssl.SSLError, ValueError):
        return []
    numbers = (int(entry["id"]) & 0xFFFF for entry in context.get_ciphers())
    return [suite for number in numbers if (suite := by_number().get(number)) is not None and not suite.tls13]
