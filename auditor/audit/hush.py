"""Keeps libraries from writing values of the files they read to a terminal or log."""

import logging
import signal
import warnings


def hush() -> None:
    """Drop warnings and log lines of other packages: their texts quote element values.

    Only our own logger stays, and what it says is masked.
    """
    warnings.simplefilter("ignore")
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    root.addHandler(logging.NullHandler())
    logging.captureWarnings(True)


def start_worker() -> None:
    """Set up a worker process: quiet, and leaving Ctrl-C to the process that keeps the run."""
    hush()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
