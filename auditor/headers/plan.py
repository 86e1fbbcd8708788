"""Divides trees into chunks of files, lazily and always in the same way, whole folders together where they fit."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path

from auditor.dicomio import Found, Refused, find
from auditor.errors import TargetError
from auditor.headers.kin import Kin, Pairs
from auditor.model.target import Chunk, Target

FILE, REFUSED = "dicom-file", "file"
BATCH = 200  # files that a worker has open at once
_FEW, _MANY = BATCH, 600
_HELD = 40  # chunks that are kept while the rest is glanced at; what lies beyond is found twice


def chunks(paths: tuple[str, ...], base: Path, kin: Kin, digest: Callable[[str], str]) -> Iterator[Chunk]:
    """Chunks of everything met below `paths`; relative ones refer to the working folder, then to `base`.

    Each carries what `kin` found out of its studies and patients elsewhere. Raises TargetError for a path at which
    there is nothing.
    """
    found = roots(paths, base)
    source = enumerate(divided(found))
    held = list(islice(source, _HELD))
    if len(held) > 1 or any(len(targets) > BATCH for _, targets in held):
        for number, targets in chain(held, source):
            kin.add(number, targets)
    for number, targets in chain(
        held, islice(enumerate(divided(found)), len(held), None) if len(held) == _HELD else ()
    ):
        yield _chunk(number, targets, kin.of(number), digest)


def divided(found: list[Path]) -> Iterator[list[Target]]:
    """The targets below the roots, chunk by chunk."""
    for root in found:
        held: list[Target] = []
        folder = None
        for met in find(root):
            parent = met.locator.rpartition("/")[0]
            if len(held) >= _MANY or (len(held) >= _FEW and parent != folder):
                yield held
                held = []
            held.append(target(met))
            folder = parent
        if held:
            yield held


def _chunk(number: int, targets: list[Target], kin: Pairs, digest: Callable[[str], str]) -> Chunk:
    """A chunk whose name tells its content apart, so that a resumed run reads again what has changed."""
    content = sha256(
        "\0".join(f"{each.locator}\0{each.attributes['size']}" for each in targets).encode("utf-8", "replace")
    )
    if kin:
        known = sorted({f"{known.kind}\0{known.value}" for _, identity in kin for known in identity.known})
        content.update(digest("\0".join(known)).encode("ascii"))
    return Chunk(f"headers-{number:06d}-{content.hexdigest()[:8]}", tuple(targets), kin or None)


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
