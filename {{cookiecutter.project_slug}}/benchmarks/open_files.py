"""How many sockets this process and its children may hold."""

import resource


def allow_open_files(number: int) -> None:
    """Raises OSError when the system does not grant so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < number:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))
        except (OSError, ValueError) as error:
            raise OSError(
                f"{number} files must be open at a time and {hard} may; "
                f"say `ulimit -Hn {number}` as root first."
            ) from error
