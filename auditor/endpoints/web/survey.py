"""What an HTTP port lets anybody see: TLS or a redirect to it, resources without log-in, headers, vendor log-ins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from auditor.endpoints.data import document
from auditor.endpoints.tls.session import Denied, NotAgreed
from auditor.endpoints.web.exchange import NotHttp, Response, get
from auditor.endpoints.web.forms import find_form, try_logins, visit
from auditor.endpoints.wire import Closed, Silent, Unreachable
from auditor.errors import ReadError

Opener = Callable[[str], Any]
_DICOM_JSON = "application/dicom+json, application/json, */*;q=0.5"
_LISTS = (b"[",)
_NOTHING_FOUND = 204  # what QIDO-RS answers when it looked and found nothing (PS3.18 10.6.3)
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Web:
    """What was learnt; `open_paths` are resources that answered without log-in, `logins` the vendor ones that work."""

    spoken: bool
    reason: str = ""
    server: str = ""
    redirects_to_tls: bool = False
    wants_certificate: bool = False
    wants_login: bool | None = None
    open_paths: tuple[str, ...] = ()
    logins: tuple[str, ...] | None = None
    hsts: bool = False
    cors_any: bool = False
    cookies_bare: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


def resources(called: str) -> tuple[str, ...]:
    """Paths of resources that show patients, where `called` is the AE title that the inventory lists, or nothing."""
    paths = [str(entry["path"]) for entry in document("http.yaml")["resources"]]
    title = quote(called, safe="")
    return tuple(dict.fromkeys(path.replace("{aet}", title) for path in paths if title or "{aet}" not in path))


def survey(open_stream: Opener, host: str, called: str = "", *, try_defaults: bool) -> Web:
    """Ask the front page and each known resource once; log-ins only when `try_defaults`."""
    front = _get(open_stream, host, "/")
    if isinstance(front, str):
        return Web(False, front)
    if wants_certificate(front):
        return Web(True, server=front.headers.get("server", ""), wants_certificate=True)
    if wants_tls(front):
        return Web(True, server=front.headers.get("server", ""), redirects_to_tls=True)
    answers = {path: _get(open_stream, host, path) for path in resources(called)}
    got = {path: answer for path, answer in answers.items() if isinstance(answer, Response)}
    everything = [front, *got.values()]
    refused = any(answer.status in (401, 403) for answer in everything)
    missing = any(answer.status in (400, 401, 403, 404) for answer in everything)
    opened = tuple(
        path for path, answer in got.items() if _shows_patients(answer) or (answer.status == _NOTHING_FOUND and missing)
    )
    return Web(
        True,
        server=front.headers.get("server", ""),
        redirects_to_tls=_redirects(front, got),
        wants_login=refused if got else None,
        open_paths=opened,
        logins=_logins(open_stream, host, got, front) if try_defaults else None,
        hsts="strict-transport-security" in front.headers,
        cors_any=any(_any_origin(answer) for answer in everything),
        cookies_bare=_bare_cookies(everything),
    )


def wants_certificate(answer: Response) -> bool:
    """Whether the server let us in only to say that a client certificate is missing, as nginx does (status 400)."""
    return answer.status in (400, 403, 495, 496) and b"certificate" in answer.glance.lower()


def wants_tls(answer: Response) -> bool:
    """Whether the answer only says that this port speaks TLS (nginx, Apache: 400 at a plain request)."""
    text = answer.glance.lower()
    return answer.status in (400, 497) and b"http" in text and (b"https port" in text or b"ssl-enabled" in text)


def _get(open_stream: Opener, host: str, path: str, login: tuple[str, str] | None = None) -> Response | str:
    try:
        with open_stream(f"GET {path}" + (f" as {login[0]}" if login else "")) as stream:
            return get(stream, host, path, login=login, accept=_DICOM_JSON)
    except Silent:
        return "no answer to an HTTP request in time"
    except Closed:
        return "the port closes the connection at an HTTP request"
    except NotHttp as error:
        return str(error)
    except (Denied, NotAgreed) as error:
        return f"the TLS session could not be set up: {error}"
    except (Unreachable, ReadError) as error:
        return str(error).splitlines()[0]


def _shows_patients(answer: Response) -> bool:
    """A list in JSON or XML, or DICOM itself, at a place where only patients and studies are listed."""
    if answer.status not in (200, 206):
        return False
    kind = answer.media_type
    if kind in ("application/dicom", "multipart/related", "application/dicom+xml", "application/dicom+json"):
        return True
    start = _first_chunk(answer)
    return (kind.endswith("json") or kind in ("", "text/plain")) and start.startswith(_LISTS)


def _first_chunk(answer: Response) -> bytes:
    text = answer.glance.lstrip()
    if "chunked" in answer.headers.get("transfer-encoding", "").lower():
        text = text.partition(b"\n")[2].lstrip()
    return text.removeprefix(b"\xef\xbb\xbf").lstrip()


def _redirects(front: Response, got: Mapping[str, Response]) -> bool:
    """Whether nothing but redirects to https is served."""
    return all(
        answer.status in _REDIRECTS and urlsplit(answer.headers.get("location", "")).scheme == "https"
        for answer in (front, *got.values())
    )


def _logins(open_stream: Opener, host: str, got: Mapping[str, Response], front: Response) -> tuple[str, ...] | None:
    """Vendor log-ins that turn a 401 into a success, one try an account; by a form where Basic is not asked for."""
    table = document("http.yaml")
    known = {**got, "/": front}
    place = next((path for path in table["login_paths"] if path in known and known[path].status == 401), None)
    if place is None:
        return _form_logins(open_stream, host)
    tried: set[str] = set()
    for entry in table["logins"]:
        if entry["user"] in tried:
            continue
        tried.add(entry["user"])
        answer = _get(open_stream, host, place, (entry["user"], entry["password"]))
        if isinstance(answer, Response) and 200 <= answer.status < 300:
            return (entry["user"],)
    return ()


def _form_logins(open_stream: Opener, host: str) -> tuple[str, ...] | None:
    """Vendor log-ins that a form lets in, where no account was tried by Basic; None where no form is met."""
    for entry in document("http.yaml")["forms"]:
        try:
            page = visit(open_stream, host, entry["path"], {})
            if find_form(page) is None or not any(mark in page.text.lower() for mark in entry["marks"]):
                continue
            accounts = [(each["user"], each["password"]) for each in entry["logins"]]
            user = try_logins(open_stream, host, page, accounts)
        except (Silent, Closed, NotHttp, Denied, NotAgreed, Unreachable, ReadError):
            continue
        return (user,) if user else ()
    return None


def _any_origin(answer: Response) -> bool:
    allowed = answer.headers.get("access-control-allow-origin", "")
    return allowed in ("*", "https://origin.invalid")


def _bare_cookies(answers: list[Response]) -> tuple[str, ...]:
    """Names of cookies set without Secure or without HttpOnly (RFC 6265 4.1.2)."""
    found: set[str] = set()
    for answer in answers:
        for cookie in answer.headers.get("set-cookie", "").splitlines():
            flags = {part.strip().lower() for part in cookie.split(";")[1:]}
            if not {"secure", "httponly"} <= flags:
                found.add(cookie.partition("=")[0].strip()[:40])
    return tuple(sorted(found))
