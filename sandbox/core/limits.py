"""How many requests a vendor takes in a while."""

import time
from collections import deque


class Window:
    """A rolling window over the last `seconds`. What is refused does not count."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._taken: deque[float] = deque()

    def count(self) -> int:
        """How many were taken in the window."""
        start = time.monotonic() - self._seconds
        while self._taken and self._taken[0] <= start:
            self._taken.popleft()
        return len(self._taken)

    def take(self, limit: int) -> bool:
        """Count one request; False when `limit` are there already."""
        if self.count() >= limit:
            return False
        self.add()
        return True

    def add(self) -> None:
        self._taken.append(time.monotonic())

    def wait(self) -> float:
        """Seconds until the oldest one leaves the window; 0.0 when it is empty."""
        return max(0.0, self._taken[0] + self._seconds - time.monotonic()) if self.count() else 0.0


def retry_after(seconds: int) -> dict[str, str]:
    """The header of a 429; none for 0 seconds."""
    return {"Retry-After": str(seconds)} if seconds else {}
