"""`python -m benchmarks.baseline bench_…`: the other side, in a process."""

import sys

import uvicorn

from {{cookiecutter.module_name}}.settings import load_settings

from benchmarks.comparison import load


def main(module: str) -> None:
    """The same server with the same options as the service's."""
    settings = load_settings()
    uvicorn.run(
        load(module).baseline(settings),
        port=settings.APP_PORT,
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main(sys.argv[1])
