"""The file format of stunnel: global options, services, and folders it includes in place (stunnel(8), `include`)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from auditor.endpoints.configs.statement import Unparseable
from auditor.endpoints.configs.text import read_text

_MOST_FILES = 200
_DEEPEST = 10
_HOMES = ("/etc/stunnel/", "/usr/local/etc/stunnel/", "/opt/stunnel/etc/")


@dataclass(frozen=True, slots=True)
class Option:
    """One line: name in lower case, value as written, and where it stands."""

    name: str
    value: str
    line: int
    file: str


@dataclass(slots=True)
class Service:
    """A section with its options in order, those of the global part that stood before it first."""

    name: str
    line: int
    file: str
    options: list[Option] = field(default_factory=list)

    def all(self, *names: str) -> list[Option]:
        """Options called so, in order."""
        wanted = {name.lower() for name in names}
        return [one for one in self.options if one.name in wanted]

    def last(self, *names: str) -> Option | None:
        """The one that counts."""
        found = self.all(*names)
        return found[-1] if found else None

    def on(self, name: str) -> bool:
        """Whether a yes/no option is yes."""
        one = self.last(name)
        return one is not None and one.value.lower() == "yes"


class Sections:
    """The global part and the services of a file with all it includes; `missing` names folders that are not there."""

    def __init__(self, path: Path, text: str) -> None:
        self.top = Service("", 0, path.name)
        self.services: list[Service] = []
        self.missing: list[str] = []
        self._root = path.parent
        self._read = 0
        self._take(path, text, 0)

    def _take(self, path: Path, text: str, depth: int) -> None:
        self._read += 1
        if depth > _DEEPEST or self._read > _MOST_FILES:
            raise Unparseable("the files include too many others")
        name = path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.name
        for option in _lines(text, name):
            if option.name == "[":
                self.services.append(Service(option.value, option.line, name, list(self.top.options)))
            elif option.name == "include":
                self._include(option, depth)
            else:
                (self.services[-1] if self.services else self.top).options.append(option)

    def _include(self, option: Option, depth: int) -> None:
        """Every file of a folder, in the order of their names."""
        folder = self._folder(option.value)
        if folder is None:
            self.missing.append(option.value)
            return
        for each in sorted(folder.iterdir()):
            if each.is_file() and each.stat().st_size:
                self._take(each, read_text(each), depth + 1)

    def _folder(self, value: str) -> Path | None:
        """Where an included folder lies: beside a file that is a copy, else at its own place."""
        given = value.replace("\\", "/").rstrip("/")
        inner = next((given.removeprefix(home) for home in _HOMES if given.startswith(home)), given.rpartition("/")[2])
        places = [self._root / (inner if given.startswith("/") or ":" in given else given)]
        if given.startswith("/") and str(self._root.resolve()).startswith(("/etc", "/usr/local", "/opt")):
            places.append(Path(given))
        return next((each for each in places if each.is_dir() and each.resolve() != self._root.resolve()), None)


def _lines(text: str, file: str) -> Iterator[Option]:
    for number, raw in enumerate(text.splitlines(), 1):
        content = raw.strip().lstrip("\ufeff")
        if not content or content[0] in "#;":
            continue
        if content[0] == "[":
            if not content.endswith("]"):
                raise Unparseable(f"{file}: line {number}: the name of a service does not end")
            yield Option("[", content[1:-1], number, file)
            continue
        key, equals, value = content.partition("=")
        if not equals or not key.strip() or " " in key.strip():
            raise Unparseable(f"{file}: line {number}: this is no option of stunnel")
        yield Option(key.strip().lower(), value.strip(), number, file)
