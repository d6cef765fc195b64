"""Programs that come inside Python packages."""

from importlib.util import find_spec
from pathlib import Path


def package_folder(package: str) -> Path | None:
    """Where a package lies, without importing it; None when not installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def clean_environment(
    environment: dict[str, str], *prefixes: str
) -> dict[str, str]:
    """Without the variables that would change how a server starts."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(prefixes)
    }
