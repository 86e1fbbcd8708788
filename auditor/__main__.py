"""`auditor` and `python -m auditor`."""

import signal
import sys

INCOMPLETE = 3


def main() -> None:
    """Run the command line and exit with its code, which a Ctrl-C while Python loads or tidies up does not replace."""
    try:
        from auditor.cli.main import run

        code = run()
    except KeyboardInterrupt:  # before there is a command that could answer it, or while one says how it ended
        sys.stderr.write("interrupted\n")
        code = INCOMPLETE
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(code)


if __name__ == "__main__":
    main()
