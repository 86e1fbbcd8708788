"""nginx configuration as a tree of directives: blocks, quotes, comments, and includes followed within bounds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from auditor.endpoints.configs.statement import Unparseable
from auditor.endpoints.configs.text import read_text
from auditor.endpoints.data import document

_TOKEN = re.compile(
    r"""\s+|\#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|(?:\\.|\$\{[^}\n]*\}|[^\s{};\\"'])(?:\\.|\$\{[^}\n]*\}|[^\s{};\\])*|.""",
    re.DOTALL,
)
_QUOTES = ('"', "'")
_HOMES = ("/etc/nginx/", "/usr/local/etc/nginx/", "/usr/local/nginx/conf/", "/opt/nginx/conf/")
_SYSTEM = ("/etc", "/usr/local", "/opt")
_MOST_FILES = 200
_MOST_TOKENS = 400_000
_DEEPEST = 20


@dataclass(slots=True)
class Directive:
    """One directive: name, arguments, where it stands, and what is inside its block."""

    name: str
    arguments: list[str]
    file: str
    line: int
    inside: list["Directive"] = field(default_factory=list)
    block: bool = False

    def all(self, name: str) -> list["Directive"]:
        """Directives called `name` directly inside."""
        return [each for each in self.inside if each.name == name]

    def walk(self) -> Iterator["Directive"]:
        """Everything inside, at any depth."""
        for each in self.inside:
            yield each
            yield from each.walk()


class Tree:
    """Reads one file and what it includes; names of files are relative to `root`."""

    def __init__(self, root: Path, prefix: Path) -> None:
        self._root = root
        self._prefix = prefix
        self._open: list[Path] = []
        self.files: set[Path] = set()
        self.missing: list[str] = []

    def read(self, path: Path, text: str | None = None) -> Directive:
        """The whole as one nameless directive; raises Unparseable."""
        top = Directive("", [], self._name(path), 1, block=True)
        top.inside = self._file(path, text)
        return top

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.name

    def _file(self, path: Path, text: str | None = None) -> list[Directive]:
        real = path.resolve()
        if real in self._open:
            raise Unparseable(f"{self._name(path)} includes itself")
        if len(self.files) >= _MOST_FILES or len(self._open) >= _DEEPEST:
            raise Unparseable("the files include too many others")
        self.files.add(real)
        self._open.append(real)
        try:
            if text is None:
                text = read_text(path) if path.stat().st_size else ""
            return _Parser(text, self._name(path), self).block(top=True)
        except OSError as error:
            raise Unparseable(f"{self._name(path)} cannot be read") from error
        finally:
            self._open.pop()

    def include(self, one: Directive) -> list[Directive]:
        """What an include brings in; one file that is not there is left as it stands, since it may hold anything.

        A pattern that matches nothing brings nothing, as nginx has it; where its folder is not there, that is said.
        """
        pattern = one.arguments[0]
        for folder, inner in self._places(pattern):
            files = [path for path in _matches(folder, inner) if path.is_file()]
            if files:
                return [one for path in files for one in self._file(path)]
        if is_harmless(pattern):
            return []
        if not set("*?[") & set(pattern):
            self.missing.append(pattern)
            return [one]
        if not any((folder / inner).parent.is_dir() for folder, inner in self._places(pattern)):
            self.missing.append(pattern)
        return []

    def locate(self, name: str) -> Path | None:
        """The file that a directive of the main configuration names, or None where it is not here."""
        return next((folder / inner for folder, inner in self._places(name) if (folder / inner).is_file()), None)

    def _places(self, pattern: str) -> Iterator[tuple[Path, str]]:
        """Where an include may lie, and its pattern there.

        An absolute one that names nginx's own folder is looked for in what is read first, since that may be a copy;
        the file system of this machine counts only where what is read lies in such a folder itself.
        """
        if not pattern.startswith("/"):
            yield from ((folder, pattern) for folder in (*(each.parent for each in self._open[-1:]), self._prefix))
            return
        inside = next((pattern.removeprefix(home) for home in _HOMES if pattern.startswith(home)), "")
        if inside:
            yield self._prefix, inside
            yield self._root, inside
        if not inside or str(self._root.resolve()).startswith(_SYSTEM):
            yield Path("/"), pattern.lstrip("/")


def _matches(folder: Path, inner: str) -> list[Path]:
    try:
        return sorted(folder.glob(inner)) if not inner.startswith("..") else [folder / inner]
    except (ValueError, NotImplementedError):
        return []


def is_harmless(pattern: str) -> bool:
    """Whether an include brings types, parameters or modules alone, by its name."""
    return any(
        name in pattern if name.endswith("/") else pattern.rpartition("/")[2] == name
        for name in document("nginx.yaml")["harmless"]
    )


class _Parser:
    def __init__(self, text: str, file: str, tree: Tree) -> None:
        self._file = file
        self._tree = tree
        self._tokens = self._scan(text)

    def _scan(self, text: str) -> Iterator[tuple[str, int]]:
        line = 1
        for count, found in enumerate(_TOKEN.finditer(text)):
            token = found.group()
            if count > _MOST_TOKENS:
                raise Unparseable(f"{self._file}: there is too much in the file")
            if not token.isspace() and not token.startswith("#"):
                if token in _QUOTES:
                    raise Unparseable(f"{self._file}: line {line}: quotes are left open")
                yield token, line
            line += token.count("\n")

    def block(self, *, top: bool = False, depth: int = 0) -> list[Directive]:
        result: list[Directive] = []
        words: list[tuple[str, int]] = []
        if depth > _DEEPEST:
            raise Unparseable(f"{self._file}: blocks are nested too deeply")
        for piece, line in self._tokens:
            if piece == ";":
                result += self._finished(words, line)
                words = []
            elif piece == "{":
                one = self._directive(words, line)
                one.block = True
                if one.name.endswith("_by_lua_block"):
                    raise Unparseable(f"{self._file}: line {line}: Lua blocks are not read")
                one.inside = self.block(depth=depth + 1)
                result.append(one)
                words = []
            elif piece == "}":
                if top or words:
                    raise Unparseable(
                        f"{self._file}: line {line}: a brace closes where nothing is open, or a ; is missing"
                    )
                return result
            else:
                words.append((piece.strip("\"'") if piece[0] in "\"'" else piece, line))
        if not top or words:
            raise Unparseable(f"{self._file}: the file ends inside a block or directive")
        return result

    def _directive(self, words: list[tuple[str, int]], line: int) -> Directive:
        if not words:
            raise Unparseable(f"{self._file}: line {line}: a directive has no name")
        return Directive(words[0][0], [word for word, _ in words[1:]], self._file, words[0][1])

    def _finished(self, words: list[tuple[str, int]], line: int) -> list[Directive]:
        one = self._directive(words, line)
        if one.name == "include" and one.arguments:
            return self._tree.include(one)
        return [one]
