"""Who may associate with a DICOM port, under which titles, and for what: found out with few associations."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from auditor.endpoints.dicom.association import Answer, Titles, converse
from auditor.endpoints.dicom.pdu import NotDicom
from auditor.endpoints.tls.session import Denied, NotAgreed
from auditor.endpoints.wire import Closed, Silent, Stream, Unreachable
from auditor.errors import ReadError

Opener = Callable[[str], Stream]
UNKNOWN_CALLED = "ZZNOSUCHTITLE"
SERVICES = ("echo", "find", "get", "move", "store", "private")
ANYBODY = "anybody"
YES, OFFERED, NO, UNKNOWN = "yes", "offered", "no", "unknown"
_SUCCESS = 0x0000
_EXECUTED = (0x0000, 0xFF00, 0xFF01)
_PAUSES = (0.3, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Who:
    """The titles to use: the port's own, one it should know (may be empty), and ours, which it should not know."""

    called: str
    known: str
    unknown: str
    find: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What was learnt. A flag that could not be learnt is in `unknown`, with the reason.

    `answers` tells for each caller (`ANYBODY`, or the known title) and each of `SERVICES` whether it is carried out
    (`YES`), its context accepted and never used (`OFFERED`), refused (`NO`) or `UNKNOWN`. `window` is the asynchronous
    operations window, invoked/performed (PS3.7 D.3.3.3), empty where none was answered.
    """

    spoken: bool
    reason: str = ""
    flags: Mapping[str, bool] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)
    implementation: str = ""
    version: str = ""
    maximum: int | None = None
    transfer: tuple[str, ...] = ()
    window: str = ""
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def find_out(open_stream: Opener, who: Who) -> Access:
    """At most five associations, one after the other: ours, an odd called title, the known caller, an identity."""
    ours = _try(open_stream, Titles(who.called, who.unknown), "A-ASSOCIATE-RQ as unknown AE", find=who.find)
    if isinstance(ours, str):
        return Access(False, ours)
    known = ours
    if ours.accepted is None and who.known:
        found = _try(open_stream, Titles(who.called, who.known), "A-ASSOCIATE-RQ as known AE")
        known = ours if isinstance(found, str) else found
    flags, unknown = _of_unknown(ours, known)
    answers = {ANYBODY: answers_of(ours) if "accepts_unknown_calling" in flags else dict.fromkeys(SERVICES, UNKNOWN)}
    if known is not ours:
        answers[who.known] = answers_of(known)
    _called(open_stream, who, ours, known, flags, unknown)
    best = ours if ours.accepted else known
    if best.accepted is None:
        unknown.setdefault("accepts_private_storage", "no association was accepted")
        return Access(True, "", flags, unknown, answers=answers)
    flags["accepts_private_storage"] = best.services["private"]
    identity, window = _identity(open_stream, who, ours)
    flags.update(identity)
    peer = best.accepted
    return Access(
        True,
        "",
        flags,
        unknown,
        peer.implementation,
        peer.version,
        peer.maximum,
        tuple(sorted(set(peer.contexts.values()))),
        window or peer.window,
        answers,
    )


def answers_of(answer: Answer) -> dict[str, str]:
    """What one association tells of each service."""
    if answer.accepted is None:
        settled = answer.rejected is not None and not answer.rejected.transient
        return dict.fromkeys(SERVICES, NO if settled or answer.aborted else UNKNOWN)
    found = {service: OFFERED if answer.services[service] else NO for service in SERVICES}
    if answer.echo is not None:
        found["echo"] = YES if answer.echo == _SUCCESS else NO
    if answer.find is not None:
        found["find"] = YES if answer.find in _EXECUTED else NO
    return found


def _of_unknown(ours: Answer, known: Answer) -> tuple[dict[str, bool], dict[str, str]]:
    """What an unknown calling title was granted."""
    names = ("accepts_unknown_calling", "anonymous_echo", "anonymous_find", "anonymous_get", "anonymous_move",
             "anonymous_store")  # fmt: skip
    if ours.accepted is None:
        why = _why_unknown(ours, known)
        if why:
            return {}, dict.fromkeys(names, why)
        return dict.fromkeys(names, False), {}
    flags = {
        "accepts_unknown_calling": True,
        "anonymous_echo": ours.echo == _SUCCESS,
        "anonymous_get": ours.services["get"],
        "anonymous_move": ours.services["move"],
        "anonymous_store": ours.services["store"],
    }
    unknown: dict[str, str] = {}
    if ours.find is not None:
        flags["anonymous_find"] = ours.find in _EXECUTED
    elif ours.services["find"]:
        unknown["anonymous_find"] = "no query was sent or answered; allow_find in the inventory allows one"
    else:
        flags["anonymous_find"] = False
    return flags, unknown


def _why_unknown(ours: Answer, known: Answer) -> str:
    """Why a refusal says nothing of the calling title; empty when it does say that it is checked."""
    if ours.rejected is not None and ours.rejected.transient:
        return "the port only refused for the time being"
    if known.accepted is not None or (ours.rejected is not None and ours.rejected.calling_unknown):
        return ""
    if ours.rejected is not None and ours.rejected.called_unknown:
        return "the called title of the inventory is not the port's, so the calling title was not reached"
    return "no association was accepted under any title, so the cause of the refusal is not known"


def _called(
    open_stream: Opener, who: Who, ours: Answer, known: Answer, flags: dict[str, bool], unknown: dict[str, str]
) -> None:
    """Whether an arbitrary called title is accepted, asked by a caller that the port lets in."""
    if ours.accepted is None and known.accepted is None:
        if ours.rejected is not None and ours.rejected.called_unknown:
            flags["accepts_unknown_called"] = False
            return
        if ours.rejected is None or not ours.rejected.calling_unknown or who.known:
            unknown["accepts_unknown_called"] = "no association was accepted with the listed title to compare with"
            return
        unknown["accepts_unknown_called"] = "the port refuses our title; list known_calling_ae to look further"
        return
    calling = who.unknown if ours.accepted else who.known
    odd = _try(open_stream, Titles(UNKNOWN_CALLED, calling), "A-ASSOCIATE-RQ to an arbitrary called AE", echo=False)
    if isinstance(odd, str) or (odd.rejected is not None and odd.rejected.transient):
        unknown["accepts_unknown_called"] = odd if isinstance(odd, str) else "the port only refused for the time being"
    else:
        flags["accepts_unknown_called"] = odd.accepted is not None


def _identity(open_stream: Opener, who: Who, ours: Answer) -> tuple[dict[str, bool], str]:
    """Whether user identity (PS3.7 D.3.3.7) is answered, asked with a user name and no password; and the window."""
    calling = who.unknown if ours.accepted else who.known
    found = _try(
        open_stream, Titles(who.called, calling), "A-ASSOCIATE-RQ with user identity", echo=False, identity=True
    )
    if isinstance(found, str):
        return {}, ""
    identity = {"answers_user_identity": found.accepted is None or found.accepted.identity}
    return identity, found.accepted.window if found.accepted else ""


def _try(
    open_stream: Opener, titles: Titles, what: str, *, echo: bool = True, find: bool = False, identity: bool = False
) -> Answer | str:
    """One association; a refusal for the time being is waited out. Returns the reason when nothing can be read."""
    answer: Answer | str = "no answer"
    for pause in (*_PAUSES, 0.0):
        answer = _once(open_stream, titles, what, echo=echo, find=find, identity=identity)
        later = answer == _BUSY or (
            isinstance(answer, Answer) and answer.rejected is not None and answer.rejected.transient
        )
        if not later or not pause:
            break
        time.sleep(pause)
    return answer


_BUSY = "the port closes the connection at an association request"


def _once(open_stream: Opener, titles: Titles, what: str, *, echo: bool, find: bool, identity: bool) -> Answer | str:
    try:
        with open_stream(what) as stream:  # type: ignore[attr-defined]
            return converse(stream, titles, echo=echo, find=find, identity=identity)
    except Silent:
        return "no answer to an association request in time"
    except Closed:
        return _BUSY
    except NotDicom as error:
        return str(error)
    except (Denied, NotAgreed) as error:
        return f"the TLS session could not be set up: {error}"
    except (Unreachable, ReadError) as error:
        return str(error).splitlines()[0]
