"""What the commands over stored runs have in common: the configuration, the store, writing a result."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from auditor.config.private import PRIVATE

if TYPE_CHECKING:
    from auditor.config.settings import Configuration
    from auditor.store.folder import Store

config_option = click.option(
    "--config", "config_file", type=click.Path(path_type=Path), help="The auditor.toml to use."
)
store_option = click.option(
    "--store", "store_folder", type=click.Path(path_type=Path), help="The folder that keeps runs."
)


def opened(config_file: Path | None, store_folder: Path | None = None) -> "tuple[Configuration, Store]":
    """Load the configuration and open the store that it, or `--store`, names."""
    from auditor.api import site_store

    configuration = configured(config_file, store_folder)
    return configuration, site_store(configuration)


def configured(config_file: Path | None, store_folder: Path | None = None) -> "Configuration":
    """The configuration, with `--store` in its place."""
    from auditor.config.load import load

    flags = {"store.path": str(store_folder.resolve()) if store_folder else None}
    return load(config_file, environment=os.environ, flags=flags)


def write_text(pieces: Iterable[str], output: Path | None) -> None:
    """Write to stdout, or to a file only the owner can read."""
    if output is None:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
        return
    with _private(output) as stream:
        stream.writelines(piece.encode() for piece in pieces)


def write_bytes(content: bytes, output: Path) -> None:
    """Write to a file only the owner can read."""
    with _private(output) as stream:
        stream.write(content)


@contextmanager
def _private(output: Path) -> Iterator[BinaryIO]:
    """Open `output` for its owner alone; raises UsageError when it cannot be written."""
    from auditor.errors import UsageError

    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
        with os.fdopen(descriptor, "wb") as stream:
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.fchmod(descriptor, PRIVATE)  # the file may have been there before, for everybody to read
            yield stream
    except OSError as error:
        raise UsageError(
            f"the result cannot be written: {error.strerror}",
            where=str(output),
            right="a folder with room that this user may write to",
            next_step="the same command with another --output",
        ) from error


def prompt(text: str) -> str:
    """Ask for a passphrase on the terminal, unseen; empty when there is no terminal."""
    if not sys.stdin.isatty():
        return ""
    answer: Any = click.prompt(text.rstrip(": "), hide_input=True, default="", show_default=False, err=True)
    return str(answer)
