"""Who runs this process."""

import getpass


def current_account() -> str:
    """The name of the account; in a container without a password entry for it, that there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown account"
