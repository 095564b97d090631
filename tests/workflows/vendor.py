"""A vendor that serves one flow after the other, and remembers in which order."""

import asyncio

from temporalio import activity
from temporalio.exceptions import ApplicationError

QUEUE = "vendor"


class Vendor:
    def __init__(self) -> None:
        self.served: list[str] = []
        self.refuses = False
        self.open = asyncio.Event()
        self.open.set()

    @activity.defn(name="vendor.serve")
    async def serve(self, name: str) -> int:
        """Serve once the vendor is open; return how often this one was served."""
        self.served.append(name)
        await self.open.wait()
        if self.refuses:
            raise ApplicationError("not this one", non_retryable=True)
        return self.served.count(name)
