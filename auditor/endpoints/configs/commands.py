"""Command lines in systemd units with their drop-ins and environment files, and in shell scripts."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from auditor.endpoints.configs.statement import Unparseable
from auditor.endpoints.configs.text import read_text

_START = re.compile(r"^\s*ExecStart\s*=\s*[-@:+!]*(.*)$")
_ENVIRONMENT = re.compile(r"^\s*Environment\s*=\s*(.*)$")
_FILE = re.compile(r"^\s*EnvironmentFile\s*=\s*-?(.*?)\s*$")
_ASSIGNED = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_SHELL = ("-c", "-lc", "-ec")
_LONGEST = 50_000


@dataclass(frozen=True, slots=True)
class Command:
    """One tool that is started: its name, its arguments, and where that is written.

    `unknown` names a variable among the arguments whose value is not here.
    """

    tool: str
    arguments: tuple[str, ...]
    line: int
    file: str
    unknown: str = ""


def commands(path: Path, text: str, tools: Sequence[str]) -> list[Command]:
    """Every command of `text` that starts one of `tools`; raises Unparseable where quotes are left open.

    A unit is read with its drop-ins: an empty ExecStart takes back what stood before, and Environment holds for all.
    """
    sources = [(path.name, text), *_drop_ins(path)]
    unit = any(_START.match(line) for _, _, line in _lines(sources))
    variables = _variables(path, sources, unit=unit)
    found: list[Command] = []
    for file, number, line in _lines(sources):
        start = _START.match(line)
        content = start.group(1) if start else "" if unit else line
        if start and not content.strip():
            found.clear()
        command = "" if content.lstrip().startswith(("#", ";")) else _put(content, variables)
        if not any(tool in command for tool in tools):
            continue
        one = _started(_words(command, number), tools, number, file)
        if one is not None:
            found.append(one)
    return found


def _drop_ins(path: Path) -> list[tuple[str, str]]:
    """Files of `unit.service.d`, which change the unit beside them."""
    folder = path.parent / f"{path.name}.d"
    if path.suffix != ".service" or not folder.is_dir():
        return []
    return [(f"{folder.name}/{each.name}", read_text(each)) for each in sorted(folder.glob("*.conf"))]


def _lines(sources: Sequence[tuple[str, str]]) -> Iterator[tuple[str, int, str]]:
    """File, number and text of every line, those that end in a backslash together with what goes on."""
    for file, text in sources:
        number = 1
        for raw in re.sub(r"\\\n", lambda _: " \0", text).split("\n"):
            yield file, number, raw.replace("\0", " ")
            number += 1 + raw.count("\0")


def _variables(path: Path, sources: Sequence[tuple[str, str]], *, unit: bool) -> dict[str, str]:
    known: dict[str, str] = {}
    for _, number, line in _lines(sources):
        named, given, assigned = _FILE.match(line), _ENVIRONMENT.match(line), _ASSIGNED.match(line)
        if named and (file := _beside(path, named.group(1))) is not None:
            known |= _assignments(read_text(file))
        elif given:
            pairs = (word.partition("=") for word in _words(given.group(1), number))
            known |= {name: value for name, _, value in pairs}
        elif assigned and not unit:
            known |= _assignments(line)
    return known


def _assignments(text: str) -> dict[str, str]:
    """Lines `NAME=value` of an environment file or a script; quotes that stay open are no assignment."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        one = _ASSIGNED.match(line)
        if one and not line.lstrip().startswith("#"):
            try:
                found[one.group(1)] = " ".join(shlex.split(one.group(2), comments=True))
            except ValueError:
                continue
    return found


def _beside(path: Path, name: str) -> Path | None:
    """A file a unit names: in the copy of the machine that the unit lies in, else in the unit's own folder."""
    parts = path.resolve().parts
    root = next((parts[:at] for at, part in enumerate(parts) if part in ("etc", "lib", "usr")), ())
    places = [Path(*root) / name.lstrip("/")] if root else []
    places.append(path.parent / PurePosixPath(name).name)
    return next((each for each in places if name and each.is_file()), None)


def _started(words: Sequence[str], tools: Sequence[str], number: int, file: str) -> Command | None:
    """The first of `tools` in a command, be it inside what a shell is told by -c."""
    for at, word in enumerate(words):
        name = PurePosixPath(word).name
        if name in tools:
            given = tuple(words[at + 1 :])
            unknown = next((found.group(1) for each in given if (found := _VARIABLE.search(each))), "")
            return Command(name, given, number, file, unknown)
        if word in _SHELL and at + 1 < len(words):
            return _started(_words(words[at + 1], number), tools, number, file)
    return None


def _put(content: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda name: variables.get(name.group(1), name.group()), content[: _LONGEST + 1])


def _words(content: str, number: int) -> list[str]:
    if len(content) > _LONGEST:
        raise Unparseable(f"line {number}: the command is too long")
    try:
        return shlex.split(content)
    except ValueError as error:
        raise Unparseable(f"line {number}: quotes are left open") from error
