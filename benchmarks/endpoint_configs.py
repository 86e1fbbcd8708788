"""Adapter: a folder of configuration files, one sub-folder a product, to neutral fault names.

python benchmarks/endpoint_configs.py FOLDER OUT.json
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from endpoints import neutral, run

from auditor.endpoints.configs.read import is_whole

_ANY_PRODUCT = "misc"


def main(folder: Path, out: Path) -> None:
    """Judge every file, and every folder that is read as a whole."""
    root = folder.resolve()
    listed = [{"path": str(root / path), "product": product} for path, product in _paths(root)]
    found = neutral(*run({"configs": listed}, ["127.0.0.0/8"]))
    result: dict[str, Any] = {str(Path(path).relative_to(root)): entry for path, entry in found.items()}
    out.write_text(json.dumps(result, indent=1), "utf-8")


def _paths(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        product = "" if parts[0] == _ANY_PRODUCT else parts[0]
        if path.is_file() or (len(parts) > 1 and path.is_dir() and is_whole(path, product)):
            yield "/".join(parts), product


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
