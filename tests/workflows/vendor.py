"""A vendor that serves one flow after the other, and remembers in which order."""

import asyncio

from temporalio import activity

QUEUE = "vendor"


class Vendor:
    def __init__(self) -> None:
        self.served: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    @activity.defn(name="vendor.serve")
    async def serve(self, name: str) -> int:
        """Serve once the vendor is open; return how often this one was served."""
        self.served.append(name)
        await self.open.wait()
        return self.served.count(name)
