"""The house holds to its own rules: layers, types, lint, sizes, and what may be committed."""

import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
TOOLS = {
    "layers": ["lint-imports", "--no-cache"],
    "types": ["mypy"],
    "lint": ["ruff", "check", "--quiet", "--no-cache", "."],
    "format": ["ruff", "format", "--check", "--quiet", "--no-cache", "."],
    "unused code": ["vulture"],
    "dependencies": ["deptry", "auditor"],
}


@pytest.mark.parametrize("name", TOOLS)
def test_tool_has_nothing_to_say(name):
    tool, *words = TOOLS[name]
    result = subprocess.run([BIN / tool, *words], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def _tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _lines(file):
    return len(file.read_text("utf-8").splitlines())


def test_a_file_reads_in_one_sitting():
    sizes = {file: _lines(file) for file in _tracked("*.py")}
    assert median(sizes.values()) <= 150
    assert not {str(file): size for file, size in sizes.items() if size > 400}
    assert sum(size > 300 for size in sizes.values()) <= len(sizes) // 10


def test_nothing_committed_names_a_registry_or_a_folder_of_some_machine():
    forbidden = re.compile(
        r"py" r"pi\.org|python" r"hosted|registry\.npmjs|deb\.debian|/home/\w+/|/wor" + r"k/main|/tm" + r"p/[a-z]"
    )
    guilty = []
    for file in _tracked("*.py", "*.toml", "*.md", "*.yaml", "*.lock", "scripts/*", ".ci/*", "*.j2", "*.cfg"):
        guilty += [f"{file}: {found.group()}" for found in forbidden.finditer(file.read_text("utf-8"))]
    assert not guilty
    assert not _tracked("uv.lock", "pylock.toml")


def test_help_imports_nothing_heavy():
    heavy = ("pydicom", "pandas", "weasyprint", "pyhanko", "duckdb", "numpy", "pyarrow", "pynetdicom", "pydantic")
    program = (
        "import sys; from auditor.cli.main import run; code = run(['--help']);"
        f"print('HEAVY', [name for name in {heavy!r} if name in sys.modules], code)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "HEAVY [] 0" in result.stdout


def test_every_script_fits_a_screen():
    for file in (*ROOT.glob("scripts/*"), ROOT / ".ci" / "run"):
        assert _lines(file) <= 60, file
