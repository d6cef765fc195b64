"""`python -m tests.http_process URL TOKEN TIMES`: asks all at once.

Says `ready`, waits for a line, asks, and says how many got a 200.
"""

import asyncio
import sys

import httpx2

PATIENCE_SECONDS = 60


async def main(url: str, token: str, times: int) -> None:
    """Connected before it says that it is ready."""
    async with httpx2.AsyncClient(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=PATIENCE_SECONDS,
    ) as client:
        live = (client.get("/health/live") for _ in range(times))
        await asyncio.gather(*live)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        asked = (client.get("/api/me") for _ in range(times))
        replies = await asyncio.gather(*asked)
        statuses = [reply.status_code for reply in replies]
        assert set(statuses) <= {200, 429}, statuses
        print(statuses.count(200), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
