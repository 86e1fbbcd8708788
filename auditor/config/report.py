"""`[report]`: how reports look and who signs them."""

from auditor.config.section import Section


class ReportSettings(Section):
    """`[report]`: the signer's key (PKCS#12 or PEM) and where its passphrase is read from."""

    signer: str = ""
    passphrase_file: str = ""
    trust: tuple[str, ...] = ()
