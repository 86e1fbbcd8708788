"""Passwords and PINs in configuration files: whether one is a default or guessable. Their values are never shown."""

from functools import cache

from auditor.endpoints.data import document


def is_default_secret(value: str) -> bool:
    """Whether `value` is a password that products ship or everybody tries first. A reference to a variable is none."""
    return value.strip().lower() in _secrets()


def is_default_login(user: str, password: str) -> bool:
    """Whether the two are a vendor's log-in, or the name is its own password."""
    return (user.lower(), password) in _logins() or (bool(user) and user.lower() == password.lower())


@cache
def _secrets() -> frozenset[str]:
    return frozenset(str(each).lower() for each in document("weak.yaml")["secrets"])


@cache
def _logins() -> frozenset[tuple[str, str]]:
    return frozenset((str(each["user"]).lower(), str(each["password"])) for each in document("weak.yaml")["logins"])
