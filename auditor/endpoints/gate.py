"""The manners of a run: how many connections a host may have at once, how often, and a list of what was sent."""

import threading
import time
from collections import Counter
from collections.abc import Mapping


class Gate:
    """Counts connections by host; `enter` waits for a free place and for the pause between two connections.

    `at_once` connections a host, `pause` seconds between the beginnings of two. Shared by all threads of
    one run; `peak` is the most that were ever open on one host.
    """

    def __init__(self, at_once: int = 1, pause: float = 0.0) -> None:
        self._at_once = at_once
        self._pause = pause
        self._changed = threading.Condition()
        self._open: Counter[str] = Counter()
        self._next: dict[str, float] = {}
        self.peak = 0
        self._sent: dict[int, Counter[str]] = {}

    def enter(self, host: str, what: str) -> None:
        """Take a place on `host`, and note `what` as sent by this thread."""
        with self._changed:
            self._changed.wait_for(lambda: self._open[host] < self._at_once)
            self._open[host] += 1
            self.peak = max(self.peak, self._open[host])
            start = max(time.monotonic(), self._next.get(host, 0.0))
            self._next[host] = start + self._pause
            self._note(what)
        if self._pause:
            time.sleep(max(0.0, start - time.monotonic()))

    def leave(self, host: str) -> None:
        """Give the place on `host` back."""
        with self._changed:
            self._open[host] -= 1
            self._changed.notify_all()

    def note(self, what: str) -> None:
        """Note a further message on a connection that is open already."""
        with self._changed:
            self._note(what)

    def _note(self, what: str) -> None:
        self._sent.setdefault(threading.get_ident(), Counter())[what] += 1

    def sent(self) -> Mapping[str, int]:
        """What this thread has sent since the last call, with how often."""
        with self._changed:
            return self._sent.pop(threading.get_ident(), Counter())
