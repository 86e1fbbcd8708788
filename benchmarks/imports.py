"""What `auditor --help` costs, as a ratio to a bare `python -c 'import click'` in the same run.

python benchmarks/imports.py [ROUNDS]
"""

import resource
import subprocess
import sys
from statistics import median

COMMANDS = {
    "import click": [sys.executable, "-c", "import click"],
    "auditor --help": [sys.executable, "-m", "auditor", "--help"],
}


def cpu(command: list[str]) -> float:
    """CPU seconds of one run of `command`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(rounds: int) -> None:
    """Run the commands in turn, `rounds` times, and print the median of the ratios."""
    for command in COMMANDS.values():
        cpu(command)
    taken = [{name: cpu(command) for name, command in COMMANDS.items()} for _ in range(rounds)]
    for name in COMMANDS:
        ratio = median(row[name] / row["import click"] for row in taken)
        print(f"{name:<20} {ratio:5.2f} x import click")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
