"""Log-in forms: found on a page, and tried with a vendor's account, each account at most once.

Only the host and port listed are spoken to: a redirect that leads elsewhere is not followed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from auditor.endpoints.web.exchange import Response, request

Opener = Callable[[str], Any]
NOBODY = ("zz-nobody-7f3a91", "no-such-account")
_LARGEST_PAGE = 65536
_MOST_HOPS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_REFUSALS = ("error", "fail", "denied", "invalid", "login", "logout")


@dataclass(slots=True)
class Form:
    """One form with a field for a password: where it is sent, and what stands in it already."""

    action: str = ""
    user_field: str = ""
    password_field: str = ""
    hidden: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a visitor gets it: its path, answer, text, and the cookies given on the way."""

    path: str
    answer: Response
    cookies: Mapping[str, str]

    @property
    def text(self) -> str:
        """The page, at most 64 KiB."""
        return self.answer.glance.decode("utf-8", "replace")


def find_form(page: Page) -> Form | None:
    """The first form of a page that asks for a password, or None."""
    reader = _Reader()
    try:
        reader.feed(page.text)
    except (AssertionError, ValueError):  # what the parser of the standard library says to some broken markup
        return None
    return reader.found


def visit(open_stream: Opener, host: str, path: str, cookies: Mapping[str, str], body: str | None = None) -> Page:
    """Get a page, or post `body` to it; redirects on the same host are followed, three at most.

    Raises what `request` raises, and what `open_stream` does.
    """
    jar = dict(cookies)
    for _ in range(_MOST_HOPS + 1):
        what = f"{'GET' if body is None else 'POST'} {path.partition('?')[0]}"
        with open_stream(what) as stream:
            answer = request(stream, host, path, cookies=jar, body=body, most=_LARGEST_PAGE)
        jar |= _cookies(answer)
        target = _on_this_host(host, path, answer)
        if target is None:
            break
        path, body = target, None
    return Page(path, answer, jar)


def try_logins(open_stream: Opener, host: str, page: Page, accounts: Sequence[tuple[str, str]]) -> str | None:
    """The first of `accounts` (user and password) that the form on `page` lets in; None when none does.

    An account that cannot exist is tried first: where that seems to be let in as well, the answers prove nothing.
    """
    if _one(open_stream, host, page, *NOBODY):
        return None
    return next((user for user, password in accounts if _one(open_stream, host, page, user, password)), None)


def _one(open_stream: Opener, host: str, page: Page, user: str, password: str) -> bool:
    """Whether the form lets one account in, on a page and with cookies of its own."""
    fresh = visit(open_stream, host, page.path, page.cookies)
    form = find_form(fresh)
    action = _path_of(host, fresh.path, form.action or fresh.path) if form else None
    if form is None or action is None:
        return False
    fields = {**form.hidden, form.user_field: user, form.password_field: password}
    with open_stream(f"log-in form as {user}") as stream:
        answer = request(stream, host, action, cookies=fresh.cookies, body=urlencode(fields), most=_LARGEST_PAGE)
    return _let_in(open_stream, host, action, answer, {**fresh.cookies, **_cookies(answer)})


def _let_in(open_stream: Opener, host: str, path: str, answer: Response, cookies: Mapping[str, str]) -> bool:
    """Whether an answer to a log-in means success: a code for the application, or a page that asks no more."""
    if answer.status not in _REDIRECTS:
        asks = find_form(Page(path, answer, cookies)) is not None
        return answer.status == 200 and bool(answer.headers.get("set-cookie")) and not asks
    location = answer.headers.get("location", "")
    if any(word in location.lower() for word in _REFUSALS):
        return False
    if "code=" in urlsplit(location).query:
        return True
    target = _on_this_host(host, path, answer)
    if target is None:
        return False
    after = visit(open_stream, host, target, cookies)
    return after.answer.status == 200 and find_form(after) is None


def _on_this_host(host: str, path: str, answer: Response) -> str | None:
    """Where a redirect leads on the same host; None for no redirect, or one that leads elsewhere."""
    location = answer.headers.get("location", "")
    return _path_of(host, path, location) if answer.status in _REDIRECTS and location else None


def _path_of(host: str, path: str, target: str) -> str | None:
    parts = urlsplit(urljoin(path, target))
    if parts.hostname and parts.hostname.lower() != host.strip("[]").lower():
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "") or "/"


def _cookies(answer: Response) -> dict[str, str]:
    pairs = (line.split(";")[0].partition("=") for line in answer.headers.get("set-cookie", "").splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


class _Reader(HTMLParser):
    """Keeps the first form with a password field."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Form | None = None
        self._form = Form()

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
        elif tag == "input" and self.found is None:
            self._field(given)

    def _field(self, given: Mapping[str, str]) -> None:
        kind, name = given.get("type", "text").lower(), given.get("name", "")
        if kind == "password":
            self._form.password_field = name
            self.found = self._form if name and self._form.user_field else None
        elif kind in ("text", "email") and name and not self._form.user_field:
            self._form.user_field = name
        elif kind == "hidden" and name and len(self._form.hidden) < 50:
            self._form.hidden[name] = given.get("value", "")
