"""Loads the data files of this package, once a process: tables in YAML, word lists in compressed text."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

_PREFIX = 2


@lru_cache(maxsize=32)
def table(name: str) -> Any:
    """The table `data/<name>.yaml`; it ships with the package and is trusted."""
    text = (files("auditor.identifiers") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders


@dataclass(frozen=True, slots=True)
class WordList:
    """A large set of words, kept as text: 1.5 MB where a set of str takes 15."""

    blocks: dict[str, str] = field(repr=False)

    def __contains__(self, word: str) -> bool:
        return f"\n{word}\n" in self.blocks.get(word[:_PREFIX], "")

    def begins(self, start: str) -> bool:
        """Whether some word of the list starts so."""
        return f"\n{start}" in self.blocks.get(start[:_PREFIX], "")

    def __iter__(self) -> Iterator[str]:
        for block in self.blocks.values():
            yield from block.split()


@lru_cache(maxsize=16)
def wordlist(name: str) -> WordList:
    """The word list `data/<name>.txt.gz`, sorted, one word a line; lines that start with # tell source and licence."""
    raw = gzip.decompress((files("auditor.identifiers") / "data" / f"{name}.txt.gz").read_bytes())
    blocks: dict[str, list[str]] = {}
    for word in raw.decode("utf-8").split("\n"):
        if word and word[0] != "#":
            blocks.setdefault(word[:_PREFIX], []).append(word)
    return WordList({prefix: "\n" + "\n".join(items) + "\n" for prefix, items in blocks.items()})
