"""`auditor` and `python -m auditor`."""

import signal

from auditor.cli.main import run


def main() -> None:
    """Run the command line and exit with its code, which a Ctrl-C while Python tidies up does not replace."""
    code = run()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
