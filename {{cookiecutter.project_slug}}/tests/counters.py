"""What a service says of itself at /metrics."""

import asyncio
import re

import httpx2

PATIENCE_SECONDS = 20
SLOW_IN_PROGRESS = (
    'http_requests_in_progress{endpoint="/probe/slow/{seconds}",method="GET"}'
)


async def metric(url: str, series: str) -> float:
    """`series` is name and labels as they are written; 0 when unknown."""
    async with httpx2.AsyncClient(base_url=url, timeout=20) as client:
        text = (await client.get("/metrics")).text
    found = re.search(
        f"^{re.escape(series)} (\\S+)$", text, flags=re.MULTILINE
    )
    return float(found[1]) if found else 0.0


async def becomes(url: str, series: str, value: float) -> None:
    """Returns when it has that value; raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await metric(url, series) != value:
            await asyncio.sleep(0.02)
