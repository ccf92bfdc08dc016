"""How much may come from one chat: a window that moves with time, in memory.

Asked and counted apart: an update that could not be stored comes again, and must not count twice. What is counted is forgotten with the
window, and of very many chats the one that was silent longest.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

MOST_KEYS = 50_000


class Flow:
    """At most `limit` within `seconds` for every key. Thread-safe."""

    def __init__(self, limit: int, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.seconds, self._clock = limit, seconds, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def has_room(self, key: str) -> bool:
        """Whether one more may come."""
        with self._lock:
            times = self._times.get(key)
            if times is None:
                return True
            while times and times[0] <= self._clock() - self.seconds:
                times.popleft()
            return len(times) < self.limit

    def count(self, key: str) -> None:
        """One has come."""
        with self._lock:
            times = self._times.setdefault(key, deque(maxlen=self.limit))
            times.append(self._clock())
            self._times.move_to_end(key)
            # The front was silent longest: gone as soon as it can hold nobody back.
            while self._times and (len(self._times) > MOST_KEYS or next(iter(self._times.values()))[-1] <= self._clock() - self.seconds):
                self._times.popitem(last=False)
