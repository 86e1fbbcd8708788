"""Whether a client certificate is asked for, required, or neither; None when it cannot be known."""

from collections.abc import Callable

from auditor.endpoints.tls.oldsession import open_any
from auditor.endpoints.tls.picture import TlsPicture
from auditor.endpoints.tls.session import Denied, NotAgreed
from auditor.endpoints.wire import Address, Closed, Silent, Stream, Unreachable
from auditor.errors import ReadError

NONE, OPTIONAL, REQUIRED = "none", "optional", "required"
Talk = Callable[[Stream], bool]


def client_auth(address: Address, seen: TlsPicture, talk: Talk) -> tuple[str | None, str]:
    """Return what is asked of clients, and why it is unknown if it is.

    In TLS 1.3 a client is told after its own handshake has ended (RFC 8446 4.4.2.4), so `talk` says something
    in the port's protocol and returns whether the answer lets us in (nginx answers 400 instead of an alert).
    """
    if seen.asks_certificate is None:
        return None, "the server's first flight could not be read to its end"
    if not seen.asks_certificate:
        return NONE, ""
    try:
        with open_any(address, "TLS handshake without a client certificate", None, seen) as stream:
            return (OPTIONAL, "") if talk(stream) else (REQUIRED, "")
    except (Denied, Closed):
        return REQUIRED, ""
    except NotAgreed as error:
        return None, f"a certificate is asked for; whether it is required is unknown: {error}"
    except Silent:
        return None, "a certificate is asked for; whether it is required is unknown: no answer after the handshake"
    except (Unreachable, ReadError) as error:
        return None, f"a certificate is asked for; whether it is required is unknown: {error}"
