"""Who may do what on whom: every calling title against every called one, as answered, configured or only listed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor.endpoints.configs.read import ConfigReading
from auditor.endpoints.dicom.access import ANYBODY, NO, OFFERED, SERVICES, UNKNOWN, YES
from auditor.endpoints.examine import Examined
from auditor.endpoints.inventory import Endpoint
from auditor.endpoints.reading import port_name
from auditor.model.views import Cell, Label, View, ViewKind

WITH_CERTIFICATE = "anybody with a certificate"
MOST = 200
_LETTERS = dict(zip(SERVICES, "efgmsp", strict=True))
_ORDER = ("open", "accepted", "refused", "unanswered", "configured")


@dataclass(frozen=True, slots=True)
class Permission:
    """What `caller` may do on `called`: an answer for each service, and what says so.

    `state` is one of `model.views.AE_STATES`; `plain` says that it works without TLS.
    """

    caller: str
    called: str
    state: str
    answers: Mapping[str, str]
    plain: bool = False

    @property
    def note(self) -> str:
        """One place a service: capital for carried out, small for offered and never used, `·` refused, `?` unknown."""
        if not self.answers:
            return ""
        return "".join(_letter(service, self.answers.get(service, UNKNOWN)) for service in SERVICES)

    @property
    def ways(self) -> int:
        """How many services are open to the caller."""
        return sum(answer in (YES, OFFERED) for answer in self.answers.values())


def permissions(ports: Sequence[tuple[Endpoint, Examined]], files: Sequence[ConfigReading]) -> tuple[Permission, ...]:
    """Every pair that is known of: the answer of a live port counts before a configuration, and that before a list."""
    best: dict[tuple[str, str], Permission] = {}
    columns: dict[str, list[str]] = defaultdict(list)
    for endpoint, done in ports:
        if not endpoint.kind.startswith("dicom"):
            continue
        columns[endpoint.called_ae.strip()].append(_called(endpoint))
        for one in _of_port(endpoint, done):
            best.setdefault((one.caller, one.called), one)
    for one in _of_files(files, columns):
        best.setdefault((one.caller, one.called), one)
    for endpoint, _ in ports:
        if endpoint.kind.startswith("dicom") and endpoint.known_calling_ae.strip():
            pair = endpoint.known_calling_ae.strip(), _called(endpoint)
            best.setdefault(pair, Permission(*pair, "configured", {}))
    return tuple(best[key] for key in sorted(best))


def view(name: str, found: Iterable[Permission]) -> View:
    """The table to draw: callers are rows, what they call is a column; where there are many, the most connected."""
    cells = list(found)
    rows, gone = _labels(one.caller for one in cells)
    columns, _ = _labels(one.called for one in cells)
    at_row = {text: number for number, text in enumerate(rows)}
    at_column = {text: number for number, text in enumerate(columns)}
    kept = [
        Cell(at_row[one.caller], at_column[one.called], one.ways, one.ways if one.plain else 0, one.state, one.note)
        for one in cells
        if one.caller in at_row and one.called in at_column
    ]
    kept.sort(key=lambda cell: (cell.row, cell.column))
    return View(ViewKind.AE_MATRIX, name, tuple(map(Label, rows)), tuple(map(Label, columns)), tuple(kept), gone)


def _of_port(endpoint: Endpoint, done: Examined) -> Iterator[Permission]:
    plain = done.values.get("plaintext") is True
    required = done.values.get("client_auth") == "required"
    called = _called(endpoint)
    if not done.answers:
        refused = required and done.attempts.get("dicom") == "refused"
        every = dict.fromkeys(SERVICES, NO if refused else UNKNOWN)
        yield Permission(ANYBODY, called, "refused" if refused else "unanswered", every)
        return
    if required:
        yield Permission(ANYBODY, called, "refused", dict.fromkeys(SERVICES, NO))
    for caller, answers in done.answers.items():
        stranger = caller == ANYBODY
        who = WITH_CERTIFICATE if stranger and required else caller
        yield Permission(who, called, _state(answers, stranger=stranger), answers, plain)


def _state(answers: Mapping[str, str], *, stranger: bool) -> str:
    given = set(answers.values())
    if given & {YES, OFFERED}:
        return "open" if stranger else "accepted"
    return "refused" if given == {NO} else "unanswered"


def _of_files(files: Sequence[ConfigReading], columns: Mapping[str, Sequence[str]]) -> Iterator[Permission]:
    """What configurations grant; a title that a listed port answers to is that port's column."""
    for found in files:
        answers: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for one in found.grants:
            answers[one.caller.strip(), one.called.strip()][one.service] = OFFERED if one.allowed else NO
        for (caller, called), given in answers.items():
            for column in columns.get(called) or [f"{called} {found.product}"]:
                yield Permission(ANYBODY if caller == "*" else caller, column, "configured", given)


def _called(endpoint: Endpoint) -> str:
    return f"{endpoint.called_ae.strip()} {port_name(endpoint)}".strip()


def _letter(service: str, answer: str) -> str:
    letter = _LETTERS[service]
    return {YES: letter.upper(), OFFERED: letter, NO: "·"}.get(answer, "?")


def _labels(names: Iterable[str]) -> tuple[list[str], int]:
    """Names in order, at most `MOST` of them, the most connected; and how many are left out."""
    counted: dict[str, int] = defaultdict(int)
    for name in names:
        counted[name] += 1
    kept = sorted(counted, key=lambda name: (-counted[name], name))[:MOST]
    return sorted(kept), len(counted) - len(kept)
