"""A wheel, and a wheel made from the sdist, find rules and reports wherever they are installed."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _build(kind, source, target):
    program = f"import os, hatchling.build as b; os.chdir({str(source)!r}); print(b.build_{kind}({str(target)!r}))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return target / result.stdout.split()[-1]


def _rules(folder):
    """`auditor rules list` of the package unpacked in `folder`, run from elsewhere and without the checkout."""
    program = (
        "import sys; sys.path = [p for p in sys.path if 'site-packages' in p or 'python' in p.lower()];"
        f"sys.path.insert(0, {str(folder)!r});"
        "import auditor; from auditor.cli.main import run; print(auditor.__file__);"
        "raise SystemExit(run(['rules', 'list']))"
    )
    result = subprocess.run([sys.executable, "-I", "-c", program], cwd="/", capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    place, _, listing = result.stdout.partition("\n")
    assert place.startswith(str(folder))
    return listing


def _installed(wheel, target):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)  # noqa: S202 - a wheel this test has just built
    return target


@pytest.fixture(scope="module")
def editable_listing():
    result = subprocess.run([Path(sys.executable).parent / "auditor", "rules", "list"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_wheel_brings_every_rule(tmp_path, editable_listing):
    wheel = _build("wheel", ROOT, tmp_path)
    assert _rules(_installed(wheel, tmp_path / "site")) == editable_listing


def test_a_wheel_made_from_the_sdist_brings_every_rule(tmp_path, editable_listing):
    sdist = _build("sdist", ROOT, tmp_path)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "source")  # noqa: S202 - an sdist this test has just built
    unpacked = next((tmp_path / "source").iterdir())
    wheel = _build("wheel", unpacked, tmp_path)
    assert _rules(_installed(wheel, tmp_path / "site")) == editable_listing
