"""What a site wants: options of Annex E, exceptions of its own, and how pseudonyms, dates and names are made."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from auditor.config.section import Section
from auditor.config.strictmodel import validate
from auditor.config.strictyaml import load, nearest
from auditor.deid.codes import Option
from auditor.errors import RuleError
from auditor.resources import rules_folder

OptionName = Literal[
    "clean-pixel-data",
    "clean-recognizable-visual-features",
    "clean-graphics",
    "clean-structured-content",
    "clean-descriptors",
    "retain-longitudinal-full-dates",
    "retain-longitudinal-modified-dates",
    "retain-patient-characteristics",
    "retain-device-identity",
    "retain-uids",
    "retain-safe-private",
    "retain-institution-identity",
]
ActionName = Literal["keep", "remove", "empty", "dummy", "clean", "uid", "shift", "replace"]
_DEEPEST = 8


class AttributeEntry(Section):
    """One attribute a site treats otherwise than the table; `why` is printed in the certificate."""

    attribute: str
    action: ActionName
    value: str = ""
    why: Annotated[str, Field(min_length=3)]

    @model_validator(mode="after")
    def _value_only_to_replace(self) -> "AttributeEntry":
        if (self.action == "replace") != bool(self.value):
            raise ValueError("a value belongs to the action replace, and to no other")
        return self


class RegionEntry(Section):
    """A rectangle to blank in every file that matches; pixels, ends exclusive."""

    box: tuple[int, int, int, int]
    why: Annotated[str, Field(min_length=3)]
    modality: str = ""
    manufacturer: str = ""
    model: str = ""


class ProfileFile(Section):
    """A profile as written. What a profile inherits comes first; its own lines win."""

    name: str
    title: str = ""
    inherits: str = ""
    options: tuple[OptionName, ...] = ()
    without: tuple[OptionName, ...] = ()
    attributes: tuple[AttributeEntry, ...] = ()
    regions: tuple[RegionEntry, ...] = ()
    recipe: str = ""
    shift_days: tuple[int, int] = (-3650, -365)
    prefix: Annotated[str, Field(pattern=r"^[A-Z0-9-]{0,6}$")] = "DEID-"
    file_name: str = "{patient}/{study}/{series}/{instance}"
    documents: Literal["redact", "withhold"] = "redact"
    smallest_group: Annotated[int, Field(ge=2, le=1000)] = 5

    @model_validator(mode="after")
    def _no_contradiction(self) -> "ProfileFile":
        low, high = self.shift_days
        if low > high or low <= 0 <= high:
            raise ValueError("shift_days is a window (low, high) of days that does not contain 0")
        if "{instance}" not in self.file_name:
            raise ValueError("file_name needs {instance}, or files would overwrite each other")
        return self


class Profile(Section):
    """A profile with everything it inherits. `sources` are the files it was made of, base first."""

    name: str
    title: str
    options: frozenset[Option]
    attributes: tuple[AttributeEntry, ...]
    regions: tuple[RegionEntry, ...]
    recipe: str
    shift_days: tuple[int, int]
    prefix: str
    file_name: str
    documents: Literal["redact", "withhold"]
    smallest_group: int
    sources: tuple[str, ...]

    def has(self, option: Option) -> bool:
        """Whether an option is applied."""
        return option in self.options


def load_profile(name: str, folder: Path | None = None) -> Profile:
    """The profile called `name` in the shipped folder, or the file at that path.

    Raises RuleError with ``file:line`` for an unknown profile, a circle, or one that contradicts itself.
    """
    return _resolved(_chain(name, folder or rules_folder() / "profiles" / "deid"))


def names(folder: Path | None = None) -> tuple[str, ...]:
    """The shipped profiles."""
    return tuple(sorted(path.stem for path in (folder or rules_folder() / "profiles" / "deid").glob("*.yaml")))


def _chain(name: str, folder: Path) -> list[tuple[ProfileFile, str]]:
    chain: list[tuple[ProfileFile, str]] = []
    seen: set[Path] = set()
    wanted, near = name, folder
    while wanted:
        path = _find(wanted, near, folder)
        if path in seen or len(seen) >= _DEEPEST:
            raise RuleError("a profile inherits itself", where=str(path), right="a chain of profiles that ends")
        seen.add(path)
        read = validate(load(path, error=RuleError), ProfileFile, error=RuleError)
        if read.recipe:
            read = read.model_copy(update={"recipe": str((path.parent / read.recipe).resolve())})
        chain.append((read, str(path)))
        wanted, near = read.inherits, path.parent
    return chain[::-1]


def _find(name: str, near: Path, shipped: Path) -> Path:
    candidates = [Path(name), near / name, near / f"{name}.yaml", shipped / f"{name}.yaml"]
    for path in candidates:
        if path.suffix in (".yaml", ".yml") and path.is_file():
            return path.resolve()
    known = names(shipped)
    raise RuleError(
        f"there is no profile {name!r}",
        where=str(near),
        right=nearest(name, known) or "one of " + ", ".join(known),
        next_step="auditor deid --help",
    )


def _resolved(chain: list[tuple[ProfileFile, str]]) -> Profile:
    merged: dict[str, Any] = {}
    options: set[str] = set()
    exceptions: dict[str, AttributeEntry] = {}
    regions: list[RegionEntry] = []
    for read, source in chain:
        both = set(read.options) & set(read.without)
        if both:
            raise RuleError(f"{sorted(both)[0]} is both asked for and left out", where=source, right="one of the two")
        options = (options | set(read.options)) - set(read.without)
        exceptions |= _by_attribute(read.attributes, source)
        regions += read.regions
        merged |= {key: getattr(read, key) for key in read.model_fields_set & set(_SCALARS)}
    _check(options, chain[-1][1])
    last = chain[-1][0]
    defaults = {key: ProfileFile.model_fields[key].default for key in _SCALARS}
    return Profile(
        name=last.name,
        title=last.title or last.name,
        options=frozenset(Option(option) for option in options),
        attributes=tuple(exceptions.values()),
        regions=tuple(regions),
        sources=tuple(source for _, source in chain),
        **(defaults | merged),
    )


_SCALARS = ("recipe", "shift_days", "prefix", "file_name", "documents", "smallest_group")


def _by_attribute(entries: Iterable[AttributeEntry], source: str) -> Mapping[str, AttributeEntry]:
    found: dict[str, AttributeEntry] = {}
    for entry in entries:
        if entry.attribute in found and found[entry.attribute].action != entry.action:
            raise RuleError(f"{entry.attribute} is given two actions", where=source, right="one action an attribute")
        found[entry.attribute] = entry
    return found


def _check(options: set[str], source: str) -> None:
    if {"retain-longitudinal-full-dates", "retain-longitudinal-modified-dates"} <= options:
        raise RuleError(
            "the profile keeps dates both in full and modified", where=source, right="one of the two options (E.3.6)"
        )
