"""HL7 version 2 over MLLP: whether an unknown sender is answered, asked with a query that creates nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.endpoints.tls.session import Denied, NotAgreed
from auditor.endpoints.wire import Closed, Silent, Unreachable
from auditor.errors import ReadError

_START, _END = b"\x0b", b"\x1c\r"
_LARGEST = 65536
_ACCEPTED = ("AA", "CA")


@dataclass(frozen=True, slots=True)
class Hl7:
    """Whether HL7 is spoken, and whether a sender that nobody registered is accepted (None: it was not said)."""

    spoken: bool
    reason: str = ""
    accepts_unknown: bool | None = None


def ask(open_stream: Callable[[str], Any], now: datetime) -> Hl7:
    """Send one QBP^Q22 for a patient who cannot exist, from an application nobody knows."""
    stamp = now.strftime("%Y%m%d%H%M%S")
    message = "\r".join(
        (
            rf"MSH|^~\&|IMAGING-AUDITOR|NOSUCHFACILITY|||{stamp}||QBP^Q22^QBP_Q21|AUDIT{stamp}|P|2.5",
            f"QPD|Q22^Find Candidates^HL7|AUDIT{stamp}|@PID.3.1^ZZ-NOBODY-7F3A91",
            "RCP|I|1^RD",
        )
    )
    try:
        with open_stream("HL7 QBP^Q22 for a patient who cannot exist") as stream:
            stream.send(_START + message.encode("ascii") + b"\r" + _END)
            return _read(stream)
    except Silent:
        return Hl7(False, "no answer to an HL7 message in time")
    except Closed:
        return Hl7(False, "the port closes the connection at an HL7 message")
    except (Denied, NotAgreed) as error:
        return Hl7(False, f"the TLS session could not be set up: {error}")
    except (Unreachable, ReadError) as error:
        return Hl7(False, str(error).splitlines()[0])


def _read(stream: Any) -> Hl7:
    raw = b""
    while _END not in raw and len(raw) < _LARGEST:
        raw += stream.some(4096)
        if raw[:1] != _START:
            return Hl7(False, "the answer is not HL7 in MLLP frames")
    text = raw.decode("latin-1").replace("\x0b", "").replace("\n", "\r")
    if not text.startswith("MSH") or len(text) < 4:
        return Hl7(False, "the answer in MLLP frames is not HL7 version 2")
    segments = [part.strip().split(text[3]) for part in text.split("\r")]
    answer = next((part[1].strip() for part in segments if part[0] == "MSA" and len(part) > 1), None)
    return Hl7(True, accepts_unknown=None if answer is None else answer in _ACCEPTED)
