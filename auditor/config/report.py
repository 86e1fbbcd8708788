"""`[report]`: how reports look, who signs them, how strongly, and whom they are verified against."""

from typing import Literal

from auditor.config.section import Section

Level = Literal["B-B", "B-T", "B-LT", "B-LTA"]


class ReportSettings(Section):
    """`[report]`. `signer` is a PKCS#12 or PEM file, or `pkcs11:<module>?token=<label>&label=<key label>`.

    The passphrase comes from `passphrase_file`, the environment variable named by `passphrase_variable`, or a prompt.
    `certificate` is the PEM certificate chain of a PEM key. `level` is the PAdES level (ETSI EN 319 142-1):
    B-T and above ask `timestamp_url`; B-LT and above embed revocation data, fetched or read from `crls`.
    """

    signer: str = ""
    certificate: str = ""
    passphrase_file: str = ""
    passphrase_variable: str = "AUDITOR_PASSPHRASE"  # noqa: S105 - the name of a variable
    trust: tuple[str, ...] = ()
    crls: tuple[str, ...] = ()
    level: Level = "B-B"
    timestamp_url: str = ""
    timestamp_fallback: bool = False
    approval: bool = False
    language: str = "en"
    templates: str = ""
    logo: str = ""
