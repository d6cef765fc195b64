"""Asks a server of this machine how it is."""

import http.client


def is_well(port: int, path: str, timeout: float = 5.0) -> bool:
    """Whether GET answers 200 by now."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        link.request("GET", path)
        return link.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
