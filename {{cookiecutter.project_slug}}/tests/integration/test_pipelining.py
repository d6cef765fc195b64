"""Requests that come before the reply to the last one."""

import asyncio
from urllib.parse import urlsplit

from tests.running_service import RunningService


async def test_none_is_part_of_the_one_before(
    probe_service: RunningService,
) -> None:
    host = urlsplit(probe_service.url).netloc
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    more, last = "keep-alive", "close"
    writer.write(
        "".join(
            f"GET /probe/context/{user} HTTP/1.1\r\n"
            f"Host: {host}\r\nConnection: {then}\r\n\r\n"
            for user, then in (("ann", more), ("bob", more), ("eve", last))
        ).encode()
    )
    async with asyncio.timeout(20):
        replies = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert replies.count(b'"nobody"') == 3
