"""Divides trees into chunks of files, lazily and always in the same way, whole folders together where they fit."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from auditor.dicomio import Found, Refused, find
from auditor.errors import TargetError
from auditor.model.target import Chunk, Target

FILE, REFUSED = "dicom-file", "file"
_FEW, _MANY = 200, 600


def chunks(paths: tuple[str, ...], base: Path) -> Iterator[Chunk]:
    """Chunks of everything met below `paths`; relative ones refer to the working folder, then to `base`.

    Raises TargetError for a path at which there is nothing.
    """
    number = 0
    for root in roots(paths, base):
        held: list[Target] = []
        folder = None
        for met in find(root):
            parent = met.locator.rpartition("/")[0]
            if len(held) >= _MANY or (len(held) >= _FEW and parent != folder):
                yield _chunk(number, held)
                number += 1
                held = []
            held.append(target(met))
            folder = parent
        if held:
            yield _chunk(number, held)
            number += 1


def _chunk(number: int, targets: list[Target]) -> Chunk:
    """A chunk whose name tells its content apart, so that a resumed run reads again what has changed."""
    content = sha256(
        "\0".join(f"{each.locator}\0{each.attributes['size']}" for each in targets).encode("utf-8", "replace")
    )
    return Chunk(f"headers-{number:06d}-{content.hexdigest()[:8]}", tuple(targets))


def roots(paths: tuple[str, ...], base: Path) -> list[Path]:
    """The paths asked for, resolved. Raises TargetError when there is nothing at one of them."""
    found: list[Path] = []
    for path in paths:
        here = Path(path).expanduser()
        place = here if here.exists() or here.is_absolute() else base / here
        if not place.exists():
            raise TargetError(
                "there is nothing at a path that was to be scanned",
                where=f"argument {len(found) + 1}",
                right="an existing file, folder or archive",
                next_step="auditor scan --help",
            )
        found.append(place)
    return found


def target(met: Found | Refused) -> Target:
    """What was met, as a target; what was refused carries the reason with it."""
    if isinstance(met, Found):
        return Target(FILE, str(met.root), met.locator, {"form": str(met.form), "size": str(met.size)})
    told = {"reason": str(met.reason), "disposition": str(met.disposition), "size": str(met.size)}
    return Target(REFUSED, str(met.root), met.locator, told)
