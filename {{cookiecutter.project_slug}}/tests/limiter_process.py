"""`python -m tests.limiter_process KEY LIMIT TIMES`: asks all at once.

Says `ready`, waits for a line, asks, and says how many were let through.
"""

import asyncio
import os
import sys

from tests.limiters import limiter_parts


async def main(key: str, limit: int, times: int) -> None:
    """Connected before it says that it is ready."""
    async with limiter_parts(os.environ) as parts:
        pings = (parts.redis.ping() for _ in range(times))
        await asyncio.gather(*pings)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        asked = (
            parts.limiter.check_rate_limit(key, limit) for _ in range(times)
        )
        answers = await asyncio.gather(*asked)
        print(sum(allowed for allowed, _ in answers), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
