"""Real peers: a test that needs one names it, and is skipped without it, except where peers are promised."""

import os
import shutil
import signal
from pathlib import Path

import pytest

PROMISED = "AUDITOR_TESTS_NEED_PEERS"

# A shell that runs this in the background has SIGINT ignored, and children inherit that: tests of Ctrl-C need it back.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item):
    for marker in item.iter_markers("peers"):
        missing = [name for name in marker.args if shutil.which(name) is None and not Path("/usr/sbin", name).exists()]
        if missing and os.environ.get(PROMISED):
            pytest.fail(f"{PROMISED} is set, and these peers are missing: {', '.join(missing)}")
        if missing:
            pytest.skip(f"needs {', '.join(missing)}: scripts/bootstrap --peers")
